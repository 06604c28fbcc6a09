// The demo program (sol/demo) with everything it needs around it: a bank, a mint, two savers with
// wallets, and each of its instructions as an honest caller would write it. Tests bend one thing;
// the fuzzer and the differential recorder bend many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/runtime.h"

namespace demo_play {

using solhost::Bank;
using solhost::Instruction;
using solhost::Key;
using solhost::Outcome;

// SHA-256 of the label: an address that nobody has to think up.
Key labelled(std::string_view label);

struct Saver {
  Key key{};
  Key wallet{};  // his token account
};

inline constexpr std::size_t kSavers = 2;
inline constexpr std::uint64_t kNumbers = 3;  // box numbers that play uses
inline constexpr std::uint64_t kWalletTokens = 1'000'000;

struct Play {
  // Accounts are there, the demo's own are not yet: init() and open_box() make them.
  Play();
  // And now they are: the bank, its vault, and box 0 of each saver.
  void settle();

  Instruction init() const;
  Instruction open_box(const Saver& saver, std::uint64_t number) const;
  Instruction deposit(const Saver& saver, std::uint64_t amount, std::uint64_t number = 0) const;
  Instruction withdraw(const Saver& saver, std::uint64_t amount, std::uint64_t number = 0) const;
  Instruction burn(const Saver& saver, std::uint64_t amount, std::uint64_t number = 0) const;
  Instruction close_box(const Saver& saver, std::uint64_t number = 0) const;
  Instruction write_note(const Saver& saver, std::string_view note, std::uint64_t number = 0) const;
  Instruction tell() const;
  Instruction witness(std::uint16_t threshold, const std::vector<Key>& signers) const;
  Instruction tip(const Saver& from, const Key& to, std::uint64_t lamports) const;
  Instruction check_final(const Key& program_data) const;
  Instruction nothing() const;

  Key box_of(const Saver& saver, std::uint64_t number) const;
  std::uint64_t box_amount(const Saver& saver, std::uint64_t number = 0) const;
  std::uint64_t total() const;

  Bank bank;
  Key program{};
  Key state{};  // of the demo's Bank
  Key vault{};
  Key mint{};
  Key admin{};
  Saver savers[kSavers]{};
};

}  // namespace demo_play
