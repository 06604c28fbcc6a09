// A transaction from beginning to end, and one program's run within it.
#include "host/machine.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "host/address.h"
#include "host/text.h"

namespace solhost {

namespace {

thread_local Machine* running = nullptr;

constexpr std::size_t kLogBytesMax = 10'000;
constexpr std::uint64_t kRentOverhead = 128;
const Account kNothing{};

// What the runtime makes of a program's return value (solana-program-error).
Verdict verdict_of(std::uint64_t result) {
  if (result == 0) return kSuccess;
  if (result >> 32 == 0) return Verdict::number(static_cast<std::uint32_t>(result));
  static constexpr Fault kBuiltIn[] = {
      Fault::InvalidError,
      Fault::Custom,
      Fault::InvalidArgument,
      Fault::InvalidInstructionData,
      Fault::InvalidAccountData,
      Fault::AccountDataTooSmall,
      Fault::InsufficientFunds,
      Fault::IncorrectProgramId,
      Fault::MissingRequiredSignature,
      Fault::AccountAlreadyInitialized,
      Fault::UninitializedAccount,
      Fault::NotEnoughAccountKeys,
      Fault::AccountBorrowFailed,
      Fault::MaxSeedLengthExceeded,
      Fault::InvalidSeeds,
  };
  const std::uint64_t index = result >> 32;
  if ((result & 0xffffffff) != 0 || index >= std::size(kBuiltIn)) return {Fault::InvalidError};
  return {kBuiltIn[index]};
}

}  // namespace

Machine::Machine() {
  programs[sol::kSystemProgram].built_in = run_system_program;
  programs[sol::kTokenProgram].built_in = run_token_program;
  programs[sol::kToken2022Program].built_in = run_token_program;
}

Machine& Machine::current() {
  WARDHIVE_ASSERT(running != nullptr);  // a syscall outside Bank::execute
  return *running;
}

std::uint64_t Machine::rent_exempt(std::uint64_t size) const {
  const auto yearly = static_cast<double>((kRentOverhead + size) * rent.lamports_per_byte_year);
  return static_cast<std::uint64_t>(yearly * std::bit_cast<double>(rent.exemption_threshold_bits));
}

void Machine::log(std::string line) {
  if (!record_logs || log_is_full_) return;
  logged_bytes_ += line.size();
  if (logged_bytes_ >= kLogBytesMax) {
    log_is_full_ = true;
    line = "Log truncated";
  }
  outcome_.logs.push_back(std::move(line));
}

void Machine::leave(Verdict verdict) {
  Frame& frame = top();
  frame.jump_verdict = verdict;
  std::longjmp(frame.jump, 1);
}

// ---- The transaction

std::size_t Machine::find_slot(const Key& key) const {
  std::size_t at = 0;
  while (at < slot_count_ && !(slots_[at].key == key)) ++at;
  return at;
}

Slot& Machine::slot_for(const Key& key) {
  const std::size_t at = find_slot(key);
  if (at < slot_count_) return slots_[at];
  if (slot_count_ == slots_.size()) slots_.emplace_back();
  Slot& slot = slots_[slot_count_++];
  slot.key = key;
  slot.signer = slot.writable = slot.changed = false;
  return slot;
}

// The message's view: a key that signs or is writable anywhere is so everywhere.
void Machine::load(std::span<const Instruction> instructions) {
  slot_count_ = 0;
  for (const Instruction& instruction : instructions) {
    for (const Meta& meta : instruction.metas) {
      Slot& slot = slot_for(meta.key);
      slot.signer |= meta.signer;
      slot.writable |= meta.writable;
    }
    slot_for(instruction.program);
  }
  // Built-ins and the programs of this transaction are never writable.
  const auto is_called = [&](const Key& key) {
    return std::ranges::any_of(instructions, [&](const auto& i) { return i.program == key; });
  };
  const bool loader_present = find_slot(sol::kUpgradeableLoader) < slot_count_;
  for (Slot& slot : std::span(slots_).first(slot_count_)) {
    if (slot.key == sol::kSystemProgram || slot.key == sol::kUpgradeableLoader ||
        (is_called(slot.key) && !loader_present))
      slot.writable = false;
    const auto found = accounts.find(slot.key);
    slot.before = found == accounts.end() ? &kNothing : &found->second;
    if (slot.writable) slot.copy = *slot.before;
  }
}

Outcome Machine::execute(std::span<const Instruction> instructions) {
  outcome_ = {};
  depth_ = 0;
  logged_bytes_ = 0;
  log_is_full_ = false;
  return_data.clear();
  Machine* const outer = std::exchange(running, this);
  load(instructions);

  Verdict verdict;
  for (std::size_t i = 0; i < instructions.size() && verdict.ok(); ++i) {
    const Instruction& instruction = instructions[i];
    outcome_.instruction = i;
    Frame& frame = push(instruction.program);
    for (const Meta& meta : instruction.metas) {
      const std::size_t slot = find_slot(meta.key);
      FrameAccount account;
      account.slot = static_cast<std::uint32_t>(slot);
      account.signer = slots_[slot].signer;
      account.writable = slots_[slot].writable;
      frame.accounts.push_back(account);
    }
    frame.data.assign(instruction.data.begin(), instruction.data.end());
    verdict = run(frame);
    depth_ = 0;
  }
  if (verdict.ok()) verdict = check_rent();
  if (verdict.ok()) commit();
  running = outer;
  outcome_.error = verdict.fault;
  outcome_.custom_code = verdict.custom;
  outcome_.return_data = return_data;
  return std::move(outcome_);
}

// Nothing may be left between empty and rent-exempt, unless it was there before, has kept its size
// and has lost nothing (SIMD-0392, as litesvm 1.5.0 applies it under either feature set).
Verdict Machine::check_rent() const {
  for (const Slot& slot : std::span(slots_).first(slot_count_)) {
    if (!slot.writable || slot.copy.lamports == 0) continue;
    if (slot.copy.lamports >= rent_exempt(slot.copy.data.size())) continue;
    const Account& before = *slot.before;
    const bool was_paying =
        before.lamports != 0 && before.lamports < rent_exempt(before.data.size());
    if (!was_paying || before.data.size() != slot.copy.data.size() ||
        slot.copy.lamports < before.lamports)
      return {Fault::InsufficientFundsForRent};
  }
  return kSuccess;
}

void Machine::commit() {
  for (Slot& slot : std::span(slots_).first(slot_count_)) {
    if (!slot.changed) continue;
    if (slot.copy.lamports == 0) {
      accounts.erase(slot.key);
    } else {
      std::swap(accounts[slot.key], slot.copy);
    }
  }
}

// ---- One program

Frame& Machine::push(const Key& program) {
  if (depth_ == frames_.size()) frames_.push_back(std::make_unique<Frame>());
  Frame& frame = *frames_[depth_++];
  frame.program = program;
  frame.accounts.clear();
  return frame;
}

Wide Machine::lamports_of(const Frame& frame) const {
  Wide sum = 0;
  for (std::size_t i = 0; i < frame.accounts.size(); ++i) {
    if (frame.accounts[i].first == i) sum += account(frame.accounts[i]).lamports;
  }
  return sum;
}

Verdict Machine::run(Frame& frame) {
  for (std::size_t i = 0; i < frame.accounts.size(); ++i) {
    std::uint32_t first = 0;
    while (frame.accounts[first].slot != frame.accounts[i].slot) ++first;
    frame.accounts[i].first = first;
  }
  frame.lamports = lamports_of(frame);
  return_data.clear();
  return_program = frame.program;
  const auto callee = programs.find(frame.program);
  if (callee == programs.end()) return {Fault::UnsupportedProgramId};

  const auto name = [&] { return "Program " + to_base58(frame.program); };
  log_by([&] { return name() + " invoke [" + std::to_string(depth_) + "]"; });
  const Verdict verdict = callee->second.built_in != nullptr
                              ? callee->second.built_in(*this, frame)
                              : run_entrypoint(frame, callee->second.entrypoint);
  if (!verdict.ok()) {
    log_by([&] { return name() + " failed: " + text_of(verdict); });
    return verdict;
  }
  log_by([&] { return name() + " success"; });
  if (lamports_of(frame) != frame.lamports) return {Fault::UnbalancedInstruction};
  return kSuccess;
}

Verdict Machine::run_entrypoint(Frame& frame, Entrypoint entrypoint) {
  frame.input.open();
  frame.input.write(
      frame.accounts,
      [&](const FrameAccount& a) {
        return std::pair<const Key&, const Account&>(key(a), account(a));
      },
      frame.data, frame.program);
  const std::size_t depth = depth_;
  // A failed call ends its caller at once, as on the chain. Exceptions would do the same, ten times
  // slower; nothing between here and the syscall owns anything.
  if (setjmp(frame.jump) != 0) {
    depth_ = depth;
    return frame.jump_verdict;
  }
  const std::uint64_t result = entrypoint(frame.input.begin(), frame.input.instruction_data());
  frame.input.open();
  if (!return_data.empty()) {
    log_by([&] {
      return "Program return: " + to_base58(frame.program) + " " + to_base64(return_data);
    });
  }
  SOLHOST_CHECK(verdict_of(result));
  return take_back(frame);
}

// What the program left in its input, under the rules.
Verdict Machine::take_back(Frame& frame) {
  for (std::size_t i = 0; i < frame.accounts.size(); ++i) {
    const FrameAccount& a = frame.accounts[i];
    if (a.first != i) continue;
    const sol::detail::RawAccount& raw = *a.raw;
    if (raw.lamports != account(a).lamports) SOLHOST_CHECK(set_lamports(frame, a, raw.lamports));
    if (raw.data_size > a.size_before + sol::detail::kGrowthMax || raw.data_size > kAccountBytesMax)
      return {Fault::InvalidRealloc};
    SOLHOST_CHECK(set_data(frame, a, {raw.data(), raw.data_size}));
    // Last, so that its owner may change it and give it away in one go.
    if (!(raw.owner == account(a).owner)) SOLHOST_CHECK(set_owner(frame, a, raw.owner));
  }
  return kSuccess;
}

}  // namespace solhost
