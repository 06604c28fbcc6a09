// Calls from program to program (Agave, program-runtime/src/cpi.rs and invoke_context.rs).
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "host/address.h"
#include "host/machine.h"

namespace solhost {

namespace {

constexpr std::uint64_t kDataMax = 10 * 1024;
constexpr std::uint64_t kMetasMax = 255;
constexpr std::uint64_t kInfosMax = 128;
constexpr std::size_t kSignersMax = 16;

// A broken rule of the call itself: the caller dies of it.
constexpr Verdict kDead{Fault::ProgramFailedToComplete};

}  // namespace

// The callee's list of accounts while the call is being put together.
struct Machine::Callees {
  struct One {
    FrameAccount account{};  // flags joined over all mentions
    const FrameAccount* in_caller = nullptr;
    const sol::CallAccount* info = nullptr;  // what the caller says about it
  };
  std::array<One, kMetasMax> unique{};
  std::size_t unique_count = 0;
  std::array<std::uint8_t, kMetasMax> order{};  // for each meta the index into `unique`

  std::span<One> all() { return std::span(unique).first(unique_count); }
  std::span<const One> all() const { return std::span(unique).first(unique_count); }
};

// Joins repeated accounts and refuses privileges that the caller does not have.
Verdict Machine::prepare(const sol::CallInstruction& instruction, std::span<const Key> signers,
                         Callees& callees) {
  const Frame& caller = top();
  for (std::uint64_t i = 0; i < instruction.meta_count; ++i) {
    const sol::CallMeta& meta = instruction.metas[i];
    const std::size_t slot = find_slot(*meta.key);
    const auto in_caller = std::ranges::find(caller.accounts, slot, &FrameAccount::slot);
    if (slot == slot_count_ || in_caller == caller.accounts.end()) {
      log_by([&] { return "Instruction references an unknown account " + to_base58(*meta.key); });
      return {Fault::MissingAccount};
    }
    std::size_t at = 0;
    while (at < callees.unique_count && callees.unique[at].account.slot != slot) ++at;
    Callees::One& one = callees.unique[at];
    if (at == callees.unique_count) {
      one = {};
      one.account.slot = static_cast<std::uint32_t>(slot);
      one.in_caller = &*in_caller;
      ++callees.unique_count;
    }
    one.account.signer |= meta.is_signer;
    one.account.writable |= meta.is_writable;
    callees.order[i] = static_cast<std::uint8_t>(at);
  }
  for (const Callees::One& one : callees.all()) {
    const Key& address = key(one.account);
    const auto escalated = [&](const char* what) {
      log_by([&] { return to_base58(address) + "'s " + what + " privilege escalated"; });
      return Verdict{Fault::PrivilegeEscalation};
    };
    if (one.account.writable && !one.in_caller->writable) return escalated("writable");
    if (one.account.signer && !one.in_caller->signer &&
        std::ranges::find(signers, address) == signers.end())
      return escalated("signer");
  }
  const std::size_t program = find_slot(*instruction.program);
  if (program == slot_count_) {
    log_by([&] { return "Unknown program " + to_base58(*instruction.program); });
    return {Fault::MissingAccount};
  }
  if (!slots_[program].now().executable) {
    log_by([&] { return "Account " + to_base58(*instruction.program) + " is not executable"; });
    return {Fault::AccountNotExecutable};
  }
  return kSuccess;
}

// What the caller has done to the accounts so far counts before the callee sees them.
Verdict Machine::take_from_caller(Frame& caller, std::span<const sol::CallAccount> infos,
                                  Callees& callees) {
  for (Callees::One& one : callees.all()) {
    const Key& address = key(one.account);
    if (account(one.account).executable) continue;
    const auto info = std::ranges::find_if(infos, [&](const auto& i) { return *i.key == address; });
    if (info == infos.end()) {
      log_by([&] { return "Instruction references an unknown account " + to_base58(address); });
      return {Fault::MissingAccount};
    }
    sol::detail::RawAccount& raw = *one.in_caller->raw;
    if (info->lamports != &raw.lamports || info->owner != &raw.owner || info->data != raw.data())
      return kDead;  // the runtime's InvalidPointer
    one.info = &*info;
    const FrameAccount& a = *one.in_caller;
    if (*info->lamports != account(a).lamports)
      SOLHOST_CHECK(set_lamports(caller, a, *info->lamports));
    if (info->data_size > a.size_before + sol::detail::kGrowthMax) return {Fault::InvalidRealloc};
    SOLHOST_CHECK(set_data(caller, a, {info->data, info->data_size}));
    if (!(*info->owner == account(a).owner)) SOLHOST_CHECK(set_owner(caller, a, *info->owner));
  }
  return kSuccess;
}

// What the callee has done becomes visible in the caller's input.
Verdict Machine::give_to_caller(const Callees& callees) {
  for (const Callees::One& one : callees.all()) {
    if (one.info == nullptr || !one.account.writable) continue;
    const Account& now = account(one.account);
    sol::detail::RawAccount& raw = *one.in_caller->raw;
    const std::size_t before = raw.data_size;
    const std::size_t after = now.data.size();
    if (after > one.in_caller->size_before + sol::detail::kGrowthMax) {
      log_by([&] {
        return "Account data size realloc limited to " + std::to_string(sol::detail::kGrowthMax) +
               " in inner instructions";
      });
      return {Fault::InvalidRealloc};
    }
    raw.lamports = now.lamports;
    raw.owner = now.owner;
    raw.data_size = after;
    open_room(raw.data(), std::max(before, after));
    if (after != 0) std::memcpy(raw.data(), now.data.data(), after);
    if (after < before) std::memset(raw.data() + after, 0, before - after);
    const std::size_t end = padded(one.in_caller->size_before) + sol::detail::kGrowthMax;
    close_room(raw.data() + after, end - after);
  }
  return kSuccess;
}

Verdict Machine::call(const sol::CallInstruction& instruction,
                      std::span<const sol::CallAccount> infos,
                      std::span<const sol::SignerSeeds> seeds) {
  Frame& caller = top();
  if (instruction.data_size > kDataMax || instruction.meta_count > kMetasMax ||
      infos.size() > kInfosMax || seeds.size() > kSignersMax)
    return kDead;
  std::array<Key, kSignersMax> signers{};
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const std::span<const sol::Slice> parts(seeds[i].seeds, seeds[i].count);
    if (create_address(parts, caller.program, signers[i]) != SeedError::None) return kDead;
  }
  Callees callees;
  SOLHOST_CHECK(prepare(instruction, std::span(signers).first(seeds.size()), callees));
  SOLHOST_CHECK(take_from_caller(caller, infos, callees));

  // A program may call itself, but not through another.
  for (std::size_t i = 0; i + 1 < depth_; ++i) {
    if (frames_[i]->program == *instruction.program && !(caller.program == *instruction.program))
      return {Fault::ReentrancyNotAllowed};
  }
  if (depth_ == kDepthMax) return {Fault::CallDepth};
  if (lamports_of(caller) != caller.lamports) return {Fault::UnbalancedInstruction};

  Frame& callee = push(*instruction.program);
  for (std::uint64_t i = 0; i < instruction.meta_count; ++i)
    callee.accounts.push_back(callees.unique[callees.order[i]].account);
  callee.data.assign(instruction.data, instruction.data + instruction.data_size);
  const Verdict verdict = run(callee);
  --depth_;
  SOLHOST_CHECK(verdict);
  return give_to_caller(callees);
}

}  // namespace solhost
