// A small piggy bank that uses every part of `sol`. It is the library's own test: built for the
// chain and natively, and both builds must agree on whatever is thrown at them (host_test, replay).
#pragma once

#include <array>
#include <cstdint>

#include "sol/account.h"
#include "sol/cpi.h"
#include "sol/entrypoint.h"
#include "sol/error.h"
#include "sol/event.h"
#include "sol/hash.h"
#include "sol/layout.h"
#include "sol/log.h"
#include "sol/pda.h"
#include "sol/system.h"
#include "sol/sysvar.h"
#include "sol/token.h"
#include "sol/token_cpi.h"

namespace demo {

// The program's only account of its type, at the seed "bank".
struct Bank {
  static constexpr std::uint8_t kTag = 1;
  static constexpr std::uint8_t kVersion = 1;
  static constexpr bool kSingleton = true;
  static constexpr std::uint64_t kBoxesMax = 1u << 20;

  sol::AccountHeader header;
  sol::Key admin;
  sol::Key mint;
  sol::Key vault;
  std::uint64_t boxes;
  std::uint64_t total;
  std::uint8_t decimals;
  std::uint8_t vault_bump;
  std::uint8_t has_hook;
  std::uint8_t pad[5];
};
SOL_FIELD(Bank, admin, 16);
SOL_FIELD(Bank, mint, 48);
SOL_FIELD(Bank, vault, 80);
SOL_FIELD(Bank, boxes, 112);
SOL_FIELD(Bank, total, 120);
SOL_FIELD(Bank, decimals, 128);
SOL_SIZE(Bank, 136);

// One saver's box, at the seeds "box", owner, number.
struct Box {
  static constexpr std::uint8_t kTag = 2;
  static constexpr std::uint8_t kVersion = 1;

  sol::AccountHeader header;
  sol::Key owner;
  std::uint64_t number;
  std::uint64_t amount;
  std::int64_t opened_at;
  sol::Key note;  // SHA-256 of whatever the owner wants to remember
};
SOL_FIELD(Box, owner, 16);
SOL_FIELD(Box, number, 48);
SOL_FIELD(Box, amount, 56);
SOL_FIELD(Box, opened_at, 64);
SOL_FIELD(Box, note, 72);
SOL_SIZE(Box, 104);

struct Moved {
  std::uint64_t tag;
  std::uint64_t seq;
  std::uint64_t amount;
  std::uint64_t total;
};
SOL_SIZE(Moved, 32);

enum class Fault : std::uint32_t {
  AmountZero = 720,
  TooMuch = 721,
  NotEmpty = 520,
  TooFewSigners = 120,
  StillUpgradeable = 521,
};

// Instruction tags in the order of `entrypoint`.
sol::Error init(const sol::Context&, const sol::Accounts<6>&, const sol::Args<>&);
sol::Error open_box(const sol::Context&, const sol::Accounts<4>&, const sol::Args<std::uint64_t>&);
sol::Error deposit(const sol::Context&, const sol::Accounts<7, 4>&,
                   const sol::Args<std::uint64_t>&);
sol::Error withdraw(const sol::Context&, const sol::Accounts<7>&, const sol::Args<std::uint64_t>&);
sol::Error burn(const sol::Context&, const sol::Accounts<6>&, const sol::Args<std::uint64_t>&);
sol::Error close_box(const sol::Context&, const sol::Accounts<3>&, const sol::Args<>&);
sol::Error write_note(const sol::Context&, const sol::Accounts<2>&,
                      const sol::Args<sol::Key, sol::Rest>&);
sol::Error tell(const sol::Context&, const sol::Accounts<1>&, const sol::Args<>&);
sol::Error witness(const sol::Context&, const sol::Accounts<1, 7>&,
                   const sol::Args<std::uint16_t>&);
sol::Error tip(const sol::Context&, const sol::Accounts<3>&, const sol::Args<std::uint64_t>&);
sol::Error check_final(const sol::Context&, const sol::Accounts<2>&, const sol::Args<>&);
sol::Error nothing(const sol::Context&, const sol::Accounts<0, 8>&, const sol::Args<>&);

}  // namespace demo
