#include "proof/sequence.h"

#include <algorithm>
#include <string_view>

namespace swarm::proof {

namespace {

std::uint64_t small(const Int& value) {
  return value > Int(UINT64_MAX) ? UINT64_MAX : static_cast<std::uint64_t>(value);
}

constexpr Code kWrongOwner = 201;  // an account that is not there belongs to the System program

Code code_of(const solhost::Outcome& outcome) {
  if (outcome.ok()) return 0;
  if (outcome.error == solhost::Fault::Custom) return outcome.custom_code;
  return 1'000'000 + static_cast<Code>(outcome.error);
}

}  // namespace

std::uint64_t Choices::amount(const Int& reference) {
  switch (below(10)) {
    case 0:
      return 0;
    case 1:
      return 1;
    case 2:
      return small(reference / 2);
    case 3:
      return small(reference) + 1;
    case 4:
      return take<std::uint16_t>();
    case 5:
      return std::uint64_t{1'000'000'000} * take<std::uint16_t>();
    case 6:
      return take<std::uint64_t>() >> below(64);
    case 7:
      return small(reference / 16);
    default:
      return small(reference);
  }
}

Sequence::Sequence(std::span<const std::uint8_t> bytes) : choices_(bytes) {
  model_.t = static_cast<std::uint64_t>(world_.bank.clock().unix_timestamp);
  model_.slot = world_.bank.clock().slot;
  model_.start = model_.end = model_.last = model_.t;
  model_.last_slot = model_.slot;
  model_.last_epoch = model_.prior_epoch = model_.t / kEpochSeconds;
  const World::Start start;
  model_.outflow_floor = start.outflow_floor;
  model_.work_cap = start.work_cap;
  for (std::size_t role = 0; role < kRoles; ++role) {
    const RoleBounds& bounds = kRoleBounds[role];
    model_.roles[role] = {start.min_stakes[role], bounds.lock_min,   bounds.lock_max,
                          bounds.weight_min,      bounds.weight_max, bounds.unbond_max};
  }
  model_.market.bond_per_unit = start.min_stakes[0];
  model_.sets = {ModelSet{{0, 1, 2, 3, 4}, 3}, ModelSet{{5, 6, 7}, 2}, ModelSet{{8, 9, 10}, 2}};
  model_.wallets.assign(kOwners, start.wallet);
  model_.fleet.purses.assign(kOwners, 0);
  model_.fleet.treasuries.assign(kOwners, 0);
  model_.elsewhere = Int(kSupplyMax) - Int(kOwners) * start.wallet;
  for (std::size_t i = 0; i < kOwners; ++i) {
    const Key key = world_.owner(i);
    model_.fleet.owners_by_key[std::string(reinterpret_cast<const char*>(key.bytes()), 32)] = i;
  }
  clock_falls_ = choices_.one_in(2);
  for (std::size_t i = 0; i < kSetKeys; ++i) {
    const Key key = world_.set_key(i);
    keys_by_bytes_[std::string(reinterpret_cast<const char*>(key.bytes()), 32)] = i;
  }
}

SequenceResult Sequence::run(std::uint64_t limit) {
  SequenceResult result;
  while (!choices_.done() && result.operations < limit) {
    let_time_pass();
    const Planned planned = plan();
    const bool hostile = choices_.one_in(8);
    const std::string failure = hostile ? play_hostile(planned) : play(planned);
    operations_ += 1;
    if (!failure.empty()) {
      result.failure = "operation " + std::to_string(result.operations + 1) + ", instruction " +
                       std::to_string(planned.instruction.data[0]) + ": " + failure;
      return result;
    }
    if (hostile) {
      result.operations += 1;
      result.hostile += 1;
    } else {
      result.count(planned.instruction.data[0], last_code_);
    }
  }
  result.failure = wind_up(result);
  return result;
}

// At two and a half slots a second: minutes while the market is busy, days while there are trials,
// else up to years. Sometimes a clock that jumps without slots, or one that goes back.
void Sequence::let_time_pass() {
  static constexpr std::uint64_t kSteps[] = {
      0, 1, 7, 60, kHour, kDay, 3 * kDay, 8 * kDay, 30 * kDay, 91 * kDay, 366 * kDay, 0};
  static constexpr std::uint64_t kBusySteps[] = {0,  0,   1,   7,   60,    60,
                                                 60, 600, 600, 600, kHour, 3 * kHour};
  static constexpr std::uint64_t kTrialSteps[] = {0,   0,     1,     60,        60,        600,
                                                  600, kHour, kHour, 6 * kHour, 6 * kHour, 0};
  const std::size_t which = choices_.below(std::size(kSteps));
  if (which + 1 == std::size(kSteps) && phase() != Phase::Market && wait_for_an_incident()) {
    world_.clock(small(model_.t), small(model_.slot));
    return;
  }
  const std::uint64_t step = phase() == Phase::Market   ? kBusySteps[which]
                             : phase() == Phase::Trials ? kTrialSteps[which]
                                                        : kSteps[which];
  const std::size_t how = choices_.below(16);
  std::uint64_t slots = step * 5 / 2 + (step != 0 ? 1 : 0);
  if (how == 0) slots = step / 8;  // more than two seconds a slot
  if (how == 1) slots = 0;
  const bool falls = how == 2 && clock_falls_;
  model_.pass(falls ? Int(model_.t - std::min<std::uint64_t>(step, kDay)) : Int(model_.t + step),
              model_.slot + slots);
  world_.clock(small(model_.t), small(model_.slot));
}

Sequence::Planned Sequence::plan() {
  // What a tenant gets is for time that the node was out before it was accused, and a part of what
  // was earned on it: rare, so that no chance is left out.
  if (any_incident([&](const ModelIncident& each) { return is_owing(each); }) && choices_.one_in(3))
    return plan_compensate();
  const std::size_t which = choices_.below(8);
  const bool years = phase() == Phase::Years;
  if (which < (phase() == Phase::Market ? 6 : 3)) return plan_market();
  if (phase() == Phase::Trials ? which < 6 : years && which == 3) return plan_trial();
  switch (choices_.below(24)) {
    case 0:
    case 1:
    case 2:
      return plan_open();
    case 3:
    case 4:
    case 5:
      return plan_add();
    case 6:
    case 7:
    case 8:
      return plan_unstake();
    case 9:
    case 10:
    case 11:
      return plan_withdraw();
    case 12:
      return plan_refresh();
    case 13:
    case 14:
      return plan_fund();
    case 15:
    case 16:
      return plan_claim();
    case 17:
      return plan_post_root();
    case 18:
    case 19:
      return plan_claim_work();
    case 20:
      return plan_breaker();
    case 21:
      return plan_queue_op();
    case 22:
      return choices_.one_in(4) ? plan_cancel_op() : plan_execute_op();
    default:
      return choices_.one_in(2) ? plan_disable_root() : plan_execute_op();
  }
}

std::string Sequence::play(const Planned& planned) {
  const Code expected = planned.model();
  const solhost::Outcome outcome = world_.bank.execute(planned.instruction);
  last_code_ = code_of(outcome);
  if (last_code_ != expected) {
    return "the program answers " + std::to_string(last_code_) + " (" + outcome.text() +
           "), the model " + std::to_string(expected);
  }
  if (const std::string difference = differs(); !difference.empty()) return difference;
  if (expected != 0) return "";
  if (std::string broken = model_.broken_invariant(); !broken.empty()) return broken;
  return play_again(planned);
}

std::string Sequence::play_again(const Planned& planned) {
  const auto tag = static_cast<InstructionTag>(planned.instruction.data[0]);
  bool has_incident = false;  // that is still there
  for (const solhost::Meta& meta : planned.instruction.metas) {
    for (std::uint64_t id = 0; id < kIncidents; ++id)
      has_incident = has_incident || (meta.key == world_.incident(id) && world_.exists(meta.key));
  }
  Code expected = 0;
  switch (tag) {
    case InstructionTag::Quarantine:
      expected = static_cast<Code>(Fault::AlreadyHandled);
      break;
    case InstructionTag::Release:
      expected = static_cast<Code>(Fault::NotThisIncident);
      break;
    case InstructionTag::Settle:
      break;
    case InstructionTag::Dispute:
      expected = static_cast<Code>(Fault::IncidentDecided);
      break;
    case InstructionTag::Resolve:
      expected = has_incident ? static_cast<Code>(Fault::NotDisputed) : kWrongOwner;
      break;
    case InstructionTag::Execute:
      expected = has_incident ? static_cast<Code>(Fault::NotUpheld) : kWrongOwner;
      break;
    case InstructionTag::Compensate:
      expected = static_cast<Code>(Fault::AlreadyCompensated);
      break;
    case InstructionTag::Recover:
      expected = has_incident ? static_cast<Code>(Fault::NothingToRecover) : kWrongOwner;
      break;
    default:
      return "";
  }
  const solhost::Outcome outcome = world_.bank.execute(planned.instruction);
  if (code_of(outcome) != expected) return "I18: done twice, it answers " + outcome.text();
  const std::string difference = differs();
  return difference.empty() ? "" : "I18: done twice, " + difference;
}

// Whatever is falsified: the program refuses it and nothing has changed.
std::string Sequence::play_hostile(const Planned& planned) {
  solhost::Instruction instruction = planned.instruction;
  if (!falsify(instruction)) return "";
  const solhost::Outcome outcome = world_.bank.execute(instruction);
  if (outcome.ok()) return "a falsified instruction succeeded";
  return differs();
}

namespace {

// Whether the instruction opens the account in every case and, if another is to be put there, can
// take none but the right one. What it does not open may be anything, so it is left alone.
bool is_always_opened(InstructionTag tag, std::string_view name, bool swaps) {
  static constexpr std::string_view kSingletons[] = {"config",   "fleet",    "pool",    "work",
                                                     "guardian", "sentinel", "resolver"};
  static constexpr std::string_view kOthers[] = {"owner",  "payer",    "position", "identity",
                                                 "tenant", "who",      "node",     "lease",
                                                 "target", "incident", "opener"};
  if (std::ranges::find(kSingletons, name) != std::end(kSingletons)) return true;
  if (name == "position" && tag == InstructionTag::Recover) return false;  // if nothing comes back
  // Only the first attestation makes an account.
  if (name == "system_program") return tag != InstructionTag::AttestNode;
  if (!swaps) return std::ranges::find(kOthers, name) != std::end(kOthers);
  switch (tag) {
    case InstructionTag::TopUp:
    case InstructionTag::Settle:
    case InstructionTag::CloseLease:
    case InstructionTag::Failover:
      return name == "node";
    case InstructionTag::SetTerms:
    case InstructionTag::RetireNode:
    case InstructionTag::OpenLease:
      return name == "position";
    default:
      return false;  // another owner's is another matter: unit tests
  }
}

}  // namespace

// One thing is made wrong that the instruction must notice.
bool Sequence::falsify(solhost::Instruction& instruction) {
  const auto tag = static_cast<InstructionTag>(instruction.data[0]);
  std::span<const Slot> slots;
  for (const InstructionSchema& row : kInstructions) {
    if (row.tag == instruction.data[0]) slots = row.slots;
  }
  switch (choices_.below(6)) {
    case 0:
      instruction.data.push_back(0);
      return tag != InstructionTag::ClaimWork && tag != InstructionTag::ExecuteOp;
    case 1:
      instruction.data.pop_back();
      return true;
    case 2:
      instruction.metas.pop_back();
      return true;
    case 3:
      instruction.metas.push_back({world_.owner(0), false, false});
      return true;
    default:
      break;
  }
  const std::size_t at = choices_.below(slots.size());
  const std::string_view name = slots[at].name;
  const bool swaps = choices_.one_in(2);
  if (!is_always_opened(tag, name, swaps)) return false;
  solhost::Meta& meta = instruction.metas[at];
  if (swaps && (name == "node" || name == "position")) {
    const Key other = name == "node" ? world_.node(choices_.below(kNodes))
                                     : world_.position(choices_.below(kPositions));
    if (other == meta.key) return false;
    meta.key = other;
    return true;
  }
  if (swaps) {
    static constexpr const char* kOthers[] = {"config",   "fleet",        "pool",     "work",
                                              "guardian", "sentinel",     "resolver", "stake_vault",
                                              "mint",     "token_program"};
    const Key other = world_.address(kOthers[choices_.below(std::size(kOthers))]);
    if (other == meta.key) return false;
    meta.key = other;
    return true;
  }
  if ((slots[at].flags & kSigner) != 0) {
    meta.signer = false;
    return true;
  }
  if ((slots[at].flags & kWritable) == 0) return false;
  meta.writable = false;
  return true;
}

}  // namespace swarm::proof
