// The inside of a Bank: one transaction at a time, a stack of running programs, and the rules. Only
// programs/host includes this.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/runtime.h"
#include "host/serialize.h"
#include "sol/cpi.h"
#include "sol/syscall.h"
#include "sol/sysvar.h"

namespace solhost {

__extension__ typedef unsigned __int128 Wide;

// How an instruction ended.
struct [[nodiscard]] Verdict {
  Fault fault = Fault::None;
  std::uint32_t custom = 0;

  bool ok() const { return fault == Fault::None; }
  static Verdict number(std::uint32_t custom) { return {Fault::Custom, custom}; }
};
inline constexpr Verdict kSuccess{};

#define SOLHOST_CHECK(...)                                                                  \
  do {                                                                                      \
    if (const ::solhost::Verdict verdict_ = (__VA_ARGS__); !verdict_.ok()) return verdict_; \
  } while (false)

struct KeyHash {
  std::size_t operator()(const Key& key) const {
    // Addresses are hashes, but for those that tests make up of a few bytes.
    return (key.words[0] ^ key.words[1] ^ key.words[2] ^ key.words[3]) * 0x9e3779b97f4a7c15u;
  }
};

// One account of the transaction. A writable one is worked on in `copy`; others are read in place.
struct Slot {
  Key key{};
  bool signer = false;
  bool writable = false;
  bool changed = false;
  const Account* before = nullptr;  // what the bank holds
  Account copy{};

  const Account& now() const { return writable ? copy : *before; }
};

// A program that runs, called from outside or by the one below it.
struct Frame {
  Key program{};
  std::vector<FrameAccount> accounts{};
  std::vector<std::uint8_t> data{};
  Input input{};
  Wide lamports = 0;       // of its accounts, when it began
  std::jmp_buf jump;       // where a syscall goes that may not return to the program
  Verdict jump_verdict{};  // and why
};

class Machine;
using BuiltIn = Verdict (*)(Machine&, Frame&);
Verdict run_system_program(Machine& machine, Frame& frame);
Verdict run_token_program(Machine& machine, Frame& frame);

// Exactly one is set.
struct Callee {
  Entrypoint entrypoint = nullptr;
  BuiltIn built_in = nullptr;
};

class Machine {
 public:
  Machine();

  std::unordered_map<Key, Account, KeyHash> accounts;
  std::unordered_map<Key, Callee, KeyHash> programs;
  sol::Clock clock{};
  sol::Rent rent{};
  bool record_logs = true;

  Outcome execute(std::span<const Instruction> instructions);
  std::uint64_t rent_exempt(std::uint64_t size) const;

  // ---- What programs may do to accounts. Each checks and then acts; nothing else changes them.
  const Account& account(const FrameAccount& a) const { return slots_[a.slot].now(); }
  const Key& key(const FrameAccount& a) const { return slots_[a.slot].key; }
  Verdict set_lamports(const Frame& frame, const FrameAccount& a, std::uint64_t lamports);
  Verdict add_lamports(const Frame& frame, const FrameAccount& a, std::uint64_t lamports);
  // New length, and new bytes where they differ.
  Verdict set_data(const Frame& frame, const FrameAccount& a, std::span<const std::uint8_t> data);
  Verdict set_owner(const Frame& frame, const FrameAccount& a, const Key& owner);

  // ---- For syscalls.
  static Machine& current();
  Frame& top() { return *frames_[depth_ - 1]; }
  std::size_t depth() const { return depth_; }
  Verdict call(const sol::CallInstruction& instruction, std::span<const sol::CallAccount> infos,
               std::span<const sol::SignerSeeds> signers);
  // Leaves the running program for good. What lies between must own nothing.
  [[noreturn]] void leave(Verdict verdict);
  void log(std::string line);
  template <class Make>
  void log_by(Make make) {
    if (record_logs) log(make());
  }
  void add_event(std::vector<std::uint8_t> event) { outcome_.events.push_back(std::move(event)); }
  std::vector<std::uint8_t> return_data{};
  Key return_program{};

 private:
  struct Callees;  // call.cc

  void load(std::span<const Instruction> instructions);
  Slot& slot_for(const Key& key);
  std::size_t find_slot(const Key& key) const;  // slot_count_ if there is none
  Frame& push(const Key& program);
  Verdict run(Frame& frame);
  Verdict run_entrypoint(Frame& frame, Entrypoint entrypoint);
  Verdict take_back(Frame& frame);
  Wide lamports_of(const Frame& frame) const;
  Verdict check_may_change(const Frame& frame, const FrameAccount& a) const;
  Verdict check_rent() const;
  void commit();

  Verdict prepare(const sol::CallInstruction& instruction, std::span<const Key> signers,
                  Callees& callees);
  Verdict take_from_caller(Frame& caller, std::span<const sol::CallAccount> infos,
                           Callees& callees);
  Verdict give_to_caller(const Callees& callees);

  // Slots and frames keep their memory from one transaction to the next.
  std::vector<Slot> slots_{};
  std::size_t slot_count_ = 0;
  std::vector<std::unique_ptr<Frame>> frames_{};
  std::size_t depth_ = 0;
  std::size_t logged_bytes_ = 0;
  bool log_is_full_ = false;
  Outcome outcome_{};
};

// The runtime's words for a failure, as in "Program X failed: ...".
std::string text_of(const Verdict& verdict);

// Called at the program's own stack height; the syscalls need no more.
inline constexpr std::size_t kDepthMax = 5;
inline constexpr std::uint64_t kAccountBytesMax = 10 * 1024 * 1024;

}  // namespace solhost
