// What is tried: instructions of users, with arguments around what matters.
#include "proof/sequence.h"

namespace swarm::proof {

Sequence::Planned Sequence::plan_open() {
  const std::size_t at = choices_.below(kPositions);
  const std::size_t owner = owner_of(at);
  const std::uint64_t nonce = at % kPositionsPerOwner;
  // Half of all are providers, for the market.
  static constexpr std::uint8_t kRolesTried[] = {0, 0, 0, 1, 1, 2};
  const auto role = static_cast<std::uint8_t>(
      choices_.below(16) == 0 ? 3 : kRolesTried[choices_.below(std::size(kRolesTried))]);
  const ModelRole& rules = model_.roles[role % kRoles];
  const std::uint64_t amount =
      choices_.one_in(2) ? choices_.amount(rules.min_stake)
                         : choices_.amount(model_.wallets[owner] / (1 + choices_.below(200)));
  const Int locks[] = {rules.lock_min, rules.lock_max, (rules.lock_min + rules.lock_max) / 2,
                       rules.lock_max + 1, 0};
  const auto lock = static_cast<std::uint32_t>(locks[choices_.below(std::size(locks))]);
  return {world_.make(InstructionTag::OpenPosition,
                      {{"owner", world_.owner(owner)},
                       {"position", world_.position(at)},
                       {"from", world_.wallet(owner)}},
                      Writer().u8(role).u64(nonce).u64(amount).u32(lock)),
          [=, this] { return model_.open(at, owner, nonce, role, amount, lock); }};
}

Sequence::Planned Sequence::plan_add() {
  const std::size_t at = choices_.below(kPositions);
  const std::size_t owner = owner_of(at);
  const auto source = static_cast<std::uint8_t>(choices_.below(16) == 0 ? 9 : choices_.below(3));
  Int reference = model_.wallets[owner] / 100;
  Int end = 0;
  std::uint8_t role = 0;
  if (const auto found = model_.positions.find(at); found != model_.positions.end()) {
    const ModelPosition& position = found->second;
    if (source == 1) reference = position.owed;
    if (source == 2) reference = position.unbonding;
    end = position.lock_end;
    role = position.role;
  }
  const std::uint64_t amount = choices_.amount(reference);
  const ModelRole& rules = model_.roles[role];
  const Int left = end > model_.t ? Int(end - model_.t) : Int(0);
  const Int locks[] = {0, 0, 0, rules.lock_min, rules.lock_max, left, left + 1, 1};
  const auto lock = static_cast<std::uint32_t>(locks[choices_.below(std::size(locks))]);
  const Key from = source == 1   ? world_.address("reward_vault")
                   : source == 2 ? world_.address("stake_vault")
                                 : world_.wallet(owner);
  return {world_.make(
              InstructionTag::AddStake,
              {{"owner", world_.owner(owner)}, {"position", world_.position(at)}, {"from", from}},
              Writer().u8(source).u64(amount).u32(lock)),
          [=, this] { return model_.add(at, source, amount, lock); }};
}

Sequence::Planned Sequence::plan_unstake() {
  const std::size_t at = choices_.below(kPositions);
  const auto found = model_.positions.find(at);
  const std::uint64_t amount =
      choices_.amount(found == model_.positions.end() ? Int(1) : found->second.amount);
  return {world_.make(InstructionTag::RequestUnstake,
                      {{"owner", world_.owner(owner_of(at))}, {"position", world_.position(at)}},
                      Writer().u64(amount)),
          [=, this] { return model_.request_unstake(at, amount); }};
}

Sequence::Planned Sequence::plan_withdraw() {
  const std::size_t at = choices_.below(kPositions);
  const std::size_t owner = owner_of(at);
  const auto found = model_.positions.find(at);
  const std::uint64_t amount =
      choices_.amount(found == model_.positions.end() ? Int(1) : found->second.unbonding);
  return {world_.make(InstructionTag::Withdraw,
                      {{"owner", world_.owner(owner)},
                       {"position", world_.position(at)},
                       {"to", world_.wallet(owner)},
                       {"rent_to", world_.owner(owner)}},
                      Writer().u64(amount)),
          [=, this] { return model_.withdraw(at, amount); }};
}

Sequence::Planned Sequence::plan_refresh() {
  const std::size_t at = choices_.below(kPositions);
  return {world_.make(InstructionTag::Refresh, {{"position", world_.position(at)}}),
          [=, this] { return model_.refresh(at); }};
}

Sequence::Planned Sequence::plan_fund() {
  const std::size_t payer = choices_.below(kOwners);
  const auto purse = static_cast<std::uint8_t>(choices_.below(16) == 0 ? 5 : choices_.below(2));
  const std::uint64_t amount =
      choices_.amount(model_.wallets[payer] / (1 + 10 * choices_.below(200)));
  static constexpr std::uint32_t kSeconds[] = {kDay,           30 * kDay, 366 * kDay, kDay - 1,
                                               366 * kDay + 1, 100'000,   0};
  const std::uint32_t seconds =
      purse == 1 && !choices_.one_in(8) ? 0 : kSeconds[choices_.below(std::size(kSeconds))];
  return {world_.make(InstructionTag::Fund,
                      {{"payer", world_.owner(payer)},
                       {"purse", world_.address(purse == 1 ? "work" : "pool")},
                       {"from", world_.wallet(payer)}},
                      Writer().u8(purse).u64(amount).u32(seconds)),
          [=, this] { return model_.fund(payer, purse, amount, seconds); }};
}

Sequence::Planned Sequence::plan_claim() {
  const std::size_t at = choices_.below(kPositions);
  return {world_.make(InstructionTag::Claim, {{"owner", world_.owner(owner_of(at))},
                                              {"position", world_.position(at)},
                                              {"to", world_.wallet(owner_of(at))}}),
          [=, this] { return model_.claim(at); }};
}

// ---- Comparing

std::string Sequence::differs() const {
  const auto check = [](std::string& text, const char* name, const Int& program, const Int& model) {
    if (program != model)
      text += std::string(name) + " is " + program.str() + ", the model's " + model.str() + "; ";
  };
  const auto wide = [](const U128& value) { return Int(value.hi) << 64 | Int(value.lo); };
  const Int modulus = Int(1) << 128;
  std::string text;
  const Pool pool = world_.read<Pool>(world_.address("pool"));
  check(text, "pool.acc", wide(pool.acc), model_.acc % modulus);
  check(text, "pool.carry", pool.carry, model_.carry);
  check(text, "pool.weight", pool.weight, model_.weight);
  check(text, "pool.total", pool.total, model_.total);
  check(text, "pool.start", pool.start, model_.start);
  check(text, "pool.end", pool.end, model_.end);
  check(text, "pool.emitted", pool.emitted, model_.emitted);
  check(text, "pool.last", pool.last, model_.last);
  check(text, "pool.last_slot", pool.last_slot, model_.last_slot);
  check(text, "pool.principal", pool.principal, model_.principal);
  check(text, "pool.next_id", pool.next_id, model_.next_id);
  check(text, "pool.outflow", pool.outflow, model_.outflow);
  const Work work = world_.read<Work>(world_.address("work"));
  check(text, "work.active.n", work.active.n, model_.active.n);
  check(text, "work.pending.n", work.pending.n, model_.pending.n);
  check(text, "work.claimed", work.claimed, model_.work_claimed);
  check(text, "work.funded", work.funded, model_.work_funded);
  check(text, "work.last_epoch", work.last_epoch, model_.last_epoch);
  const Fleet fleet = world_.read<Fleet>(world_.address("fleet"));
  for (std::size_t bit = 0; bit < kPauseBits; ++bit)
    check(text, "fleet.paused_until", fleet.paused_until[bit], model_.paused_until[bit]);
  check(text, "fleet.sentinel_used", fleet.sentinel_used, model_.sentinel_used);
  check(text, "fleet.guardian_used", fleet.guardian_used, model_.guardian_used);
  check(text, "fleet.op_seq", fleet.op_seq, model_.op_seq);
  const Config config = world_.read<Config>(world_.address("config"));
  check(text, "config.work_cap", config.work_cap, model_.work_cap);
  check(text, "config.outflow_bps", config.outflow_bps, model_.outflow_bps);
  check(text, "config.sentinel_pause", config.sentinel_pause, model_.sentinel_pause);
  for (std::size_t role = 0; role < kRoles; ++role) {
    check(text, "role.min_stake", config.roles[role].min_stake, model_.roles[role].min_stake);
    check(text, "role.weight_max", config.roles[role].weight_max, model_.roles[role].weight_max);
    check(text, "role.unbond", config.roles[role].unbond, model_.roles[role].unbond);
  }
  for (std::size_t kind = 0; kind < kSetKinds; ++kind) {
    const Set set = world_.read<Set>(world_.set(static_cast<SetKind>(kind)));
    check(text, "set.size", set.size, model_.sets[kind].keys.size());
    check(text, "set.threshold", set.threshold, model_.sets[kind].threshold);
    check(text, "set.seq", set.seq, model_.sets[kind].seq);
  }
  for (std::size_t at = 0; at < kPositions; ++at) {
    const auto found = model_.positions.find(at);
    const bool exists = world_.exists(world_.position(at));
    if (exists != (found != model_.positions.end())) text += "a position exists for one only; ";
    if (!exists || found == model_.positions.end()) continue;
    const Position position = world_.read<Position>(world_.position(at));
    const ModelPosition& model = found->second;
    check(text, "position.id", position.id, model.id);
    check(text, "position.amount", position.amount, model.amount);
    check(text, "position.weight", position.weight, model.weight);
    check(text, "position.lock_end", position.lock_end, model.lock_end);
    check(text, "position.lock_slot", position.lock_slot, model.lock_slot);
    check(text, "position.unbonding", position.unbonding, model.unbonding);
    check(text, "position.unbond_end", position.unbond_end, model.unbond_end);
    check(text, "position.paid", wide(position.paid), model.paid % modulus);
    check(text, "position.frac", position.frac, model.frac);
    check(text, "position.owed", position.owed, model.owed);
    check(text, "position.work_claimed", position.work_claimed, model.work_claimed);
  }
  for (std::size_t owner = 0; owner < kOwners; ++owner)
    check(text, "a wallet", world_.tokens(world_.wallet(owner)), model_.wallets[owner]);
  check(text, "the stake vault", world_.tokens(world_.address("stake_vault")), model_.stake_vault);
  check(text, "the reward vault", world_.tokens(world_.address("reward_vault")),
        model_.reward_vault);
  for (std::uint64_t op = model_.op_seq > 4 ? model_.op_seq - 4 : 0; op < model_.op_seq; ++op) {
    if (world_.exists(world_.op(op)) != model_.ops.contains(op))
      text += "an op exists for one only; ";
  }
  return text + market_differs();
}

}  // namespace swarm::proof
