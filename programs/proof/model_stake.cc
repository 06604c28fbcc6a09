// The model's positions and rewards: D3, D4, D7 of the design, word by word.
#include <algorithm>

#include "proof/model.h"

namespace swarm::proof {

namespace {

Code number(Fault fault) { return static_cast<Code>(fault); }
constexpr Code kWrongOwner = 201;  // an account that is not there belongs to the System program
constexpr Code kAlreadyExists = 501;
constexpr Code kTokenInsufficient = 1;  // the Token program's own

Int positive(const Int& value) { return value > 0 ? value : Int(0); }

}  // namespace

bool Model::paused(Pause what) const {
  for (std::size_t bit = 0; bit < kPauseBits; ++bit) {
    if ((static_cast<unsigned>(what) >> bit & 1) != 0 && t < paused_until[bit]) return true;
  }
  return false;
}

bool Model::take(Int& level, Int& at, const Int& x, const Int& cap, const Int& period,
                 const Int& now) {
  const Int dt = positive(now - at);
  const Int leaked = dt >= period ? Int(0) : positive(level - cap * dt / period);
  if (leaked + x > cap) return false;
  level = leaked + x;
  at = std::max(at, now);
  return true;
}

bool Model::take_or_first(Int& level, Int& at, const Int& x, const Int& cap, const Int& period,
                          const Int& now) {
  Int whole = level, when = at;  // only an empty one takes all that it can
  const bool larger = x > cap && take(whole, when, cap, cap, period, now);
  return take(level, at, larger ? cap : x, cap, period, now);
}

Int Model::multiplier(const ModelRole& role, const Int& left) const {
  if (left < role.lock_min) return std::min(role.weight_min, Int(kBpsOne));
  const Int range = role.lock_max - role.lock_min;
  if (range == 0) return role.weight_max;
  return role.weight_min + (role.weight_max - role.weight_min) *
                               (std::min(left, role.lock_max) - role.lock_min) / range;
}

void Model::settle() {
  const Int dt = positive(t - last);
  const Int slots = positive(slot - last_slot);
  last = std::max(last, t);
  last_slot = std::max(last_slot, slot);
  const Int skip = positive(dt - 2 * slots);
  start += skip;
  end += skip;
  if (weight < kWeightMin) {
    start += dt - skip;
    end += dt - skip;
    return;
  }
  if (dt == skip) return;  // no time has passed: even what the carry could give waits
  const Int by_now = end == start ? Int(0) : total * (std::min(last, end) - start) / (end - start);
  const Int fresh = by_now - emitted;
  emitted = by_now;
  ever_emitted += fresh;
  const Int sum = fresh * kOne + carry;
  acc += sum / weight;
  carry = sum % weight;
  for (auto& [number, position] : positions) {
    position.ideal += fresh * kIdealOne * position.weight / weight;
  }
}

void Model::settle(ModelPosition& position) {
  const Int earned = position.weight * (acc - position.paid) + position.frac;
  position.owed += earned / kOne;
  position.credited += earned / kOne;
  position.frac = earned % kOne;
  position.paid = acc;
}

void Model::change_weight(ModelPosition& position, const Int& now) {
  weight += now - position.weight;
  position.weight = now;
  for (auto& [number, other] : positions) other.weight_changes += 1;
}

Code Model::open(std::size_t at, std::size_t owner, std::uint64_t nonce, std::uint8_t role,
                 const Int& amount, const Int& lock) {
  if (paused(Pause::StakeIn)) return number(Fault::Paused);
  if (role >= kRoles) return number(Fault::UnknownKind);
  const ModelRole& rules = roles[role];
  if (amount == 0) return number(Fault::AmountZero);
  if (amount < rules.min_stake) return number(Fault::BelowMinimum);
  if (lock < rules.lock_min || lock > rules.lock_max) return number(Fault::LockOutOfRange);
  if (principal + amount > kSupplyMax) return number(Fault::SupplyTooLarge);
  if (positions.contains(at)) return kAlreadyExists;
  if (amount > wallets[owner]) return kTokenInsufficient;
  settle();
  ModelPosition& position = positions[at];
  position.owner = owner;
  position.nonce = nonce;
  position.id = next_id;
  next_id += 1;
  position.role = role;
  position.amount = amount;
  position.lock_end = t + lock;
  position.lock_slot = slot + lock;
  position.paid = acc;
  change_weight(position, amount * multiplier(rules, lock) / kBpsOne);
  principal += amount;
  wallets[owner] -= amount;
  stake_vault += amount;
  return 0;
}

Code Model::add(std::size_t at, std::uint8_t source, const Int& x, const Int& lock) {
  const auto found = positions.find(at);
  if (found == positions.end()) return kWrongOwner;
  if (paused(Pause::StakeIn)) return number(Fault::Paused);
  if (x == 0 && lock == 0) return number(Fault::AmountZero);
  const Model before = *this;
  ModelPosition& position = found->second;
  settle();
  settle(position);
  const auto refuse = [&](Fault fault) {
    *this = before;
    return number(fault);
  };
  if (source == static_cast<std::uint8_t>(Source::Wallet)) {
    if (principal + x > kSupplyMax) return refuse(Fault::SupplyTooLarge);
  } else if (source == static_cast<std::uint8_t>(Source::Rewards)) {
    if (paused(Pause::Claim)) return refuse(Fault::Paused);
    if (principal + x > kSupplyMax) return refuse(Fault::SupplyTooLarge);
    if (x > position.owed) return refuse(Fault::TooMuch);
  } else if (source == static_cast<std::uint8_t>(Source::Unbonding)) {
    if (x > position.unbonding) return refuse(Fault::TooMuch);
  } else {
    return refuse(Fault::UnknownKind);
  }
  const ModelRole& rules = roles[position.role];
  if (position.amount == 0 && x < rules.min_stake) return refuse(Fault::BelowMinimum);
  if (lock == 0) {
    change_weight(position, position.weight +
                                x * multiplier(rules, positive(position.lock_end - t)) / kBpsOne);
  } else {
    if (lock < rules.lock_min || lock > rules.lock_max) return refuse(Fault::LockOutOfRange);
    if (t + lock < position.lock_end) return refuse(Fault::LockShortened);
    position.lock_end = t + lock;
    position.lock_slot = std::max(position.lock_slot, Int(slot + lock));
    change_weight(position, (position.amount + x) * multiplier(rules, lock) / kBpsOne);
  }
  position.amount += x;
  if (source == static_cast<std::uint8_t>(Source::Unbonding)) {
    position.unbonding -= x;
    return 0;
  }
  principal += x;
  stake_vault += x;
  if (source == static_cast<std::uint8_t>(Source::Rewards)) {
    position.owed -= x;
    reward_vault -= x;
    return 0;
  }
  const std::size_t owner = position.owner;
  if (x > wallets[owner]) {
    *this = before;
    return kTokenInsufficient;
  }
  wallets[owner] -= x;
  return 0;
}

Code Model::request_unstake(std::size_t at, const Int& x) {
  const auto found = positions.find(at);
  if (found == positions.end()) return kWrongOwner;
  ModelPosition& position = found->second;
  if (frozen(position)) return number(Fault::Frozen);
  if (x == 0) return number(Fault::AmountZero);
  if (x > position.amount) return number(Fault::TooMuch);
  if (!passed(position.lock_end, position.lock_slot)) return number(Fault::LockNotOver);
  if (position.amount - x < fleet.bonded(at)) return number(Fault::StakeBonded);
  const ModelRole& rules = roles[position.role];
  if (x != position.amount && position.amount - x < rules.min_stake)
    return number(Fault::BelowMinimum);
  if (position.unbonding != 0 && passed(position.unbond_end, position.unbond_slot))
    return number(Fault::TicketMatured);
  settle();
  settle(position);
  change_weight(position, position.weight * (position.amount - x) / position.amount);
  position.amount -= x;
  position.unbonding += x;
  position.unbond_end = t + rules.unbond;
  position.unbond_slot = slot + rules.unbond;
  return 0;
}

Code Model::withdraw(std::size_t at, const Int& x) {
  const auto found = positions.find(at);
  if (found == positions.end()) return kWrongOwner;
  ModelPosition& position = found->second;
  const auto empty = [&] {
    return position.amount == 0 && position.unbonding == 0 && position.owed == 0 &&
           fleet.bonded(at) == 0 && at_risk(at) == 0 && !comes_back(at);
  };
  if (paused(Pause::Withdraw)) return number(Fault::Paused);
  if (frozen(position)) return number(Fault::Frozen);
  if (x > position.unbonding) return number(Fault::TooMuch);
  if (x == 0 && !empty()) return number(Fault::AmountZero);
  if (x != 0 && !passed(position.unbond_end, position.unbond_slot))
    return number(Fault::StillUnbonding);
  if (position.amount + position.unbonding - x < at_risk(at)) return number(Fault::StakeAtRisk);
  const Int cap = std::max(Int(principal * outflow_bps / kBpsOne), outflow_floor);
  if (x != 0 && !take(outflow, outflow_at, x, cap, kOutflowPeriod, t))
    return number(Fault::OutflowFull);
  position.unbonding -= x;
  principal -= x;
  stake_vault -= x;
  wallets[position.owner] += x;
  if (empty()) {
    // What nobody can claim any more: less than one token unit.
    lost_fracs += position.weight * (acc - position.paid) + position.frac;
    lost_fracs += (position.credited) * kOne;
    closed += 1;
    positions.erase(found);
  }
  return 0;
}

Code Model::refresh(std::size_t at) {
  const auto found = positions.find(at);
  if (found == positions.end()) return kWrongOwner;
  ModelPosition& position = found->second;
  if (t < position.lock_end || slot < position.lock_slot) return number(Fault::LockNotOver);
  settle();
  settle(position);
  change_weight(position, position.amount *
                              std::min(roles[position.role].weight_min, Int(kBpsOne)) / kBpsOne);
  return 0;
}

Code Model::fund(std::size_t payer, std::uint8_t purse, const Int& x, const Int& seconds) {
  const Model before = *this;
  const auto refuse = [&](Code code) {
    *this = before;
    return code;
  };
  if (purse == static_cast<std::uint8_t>(Purse::Stream)) {
    settle();
    if (x == 0) return refuse(number(Fault::AmountZero));
    if (seconds < kStreamSecondsMin || seconds > kStreamSecondsMax)
      return refuse(number(Fault::DurationOutOfRange));
    const Int rest = total - emitted;
    if (rest + x > kSupplyMax) return refuse(number(Fault::SupplyTooLarge));
    const Int now = std::max(t, last);
    const Int left = positive(end - now);
    const Int sum = rest + x;
    const Int duration = rest == 0 ? seconds : Int((rest * left + x * seconds + sum - 1) / sum);
    if (rest > 0 && sum * left < rest * duration) return refuse(number(Fault::RateWouldFall));
    if (sum < duration) return refuse(number(Fault::TooLittleForDuration));
    total = sum;
    start = now;
    emitted = 0;
    end = now + duration;
  } else if (purse == static_cast<std::uint8_t>(Purse::Work)) {
    if (seconds != 0) return refuse(number(Fault::DurationOutOfRange));
    if (x == 0) return refuse(number(Fault::AmountZero));
    if (work_funded + x >= kOne) return refuse(601);
    work_funded += x;
  } else {
    return refuse(number(Fault::UnknownKind));
  }
  if (x > wallets[payer]) return refuse(kTokenInsufficient);
  wallets[payer] -= x;
  reward_vault += x;
  return 0;
}

Code Model::claim(std::size_t at) {
  const auto found = positions.find(at);
  if (found == positions.end()) return kWrongOwner;
  if (paused(Pause::Claim)) return number(Fault::Paused);
  ModelPosition& position = found->second;
  if (frozen(position)) return number(Fault::Frozen);
  settle();
  settle(position);
  wallets[position.owner] += position.owed;
  reward_vault -= position.owed;
  position.owed = 0;
  return 0;
}

std::string Model::broken_invariant() const {
  Int weights = 0, stakes = 0, owed = 0, accrued = carry + lost_fracs;
  for (const auto& [at, position] : positions) {
    weights += position.weight;
    stakes += position.amount + position.unbonding;
    const Int open = position.weight * (acc - position.paid) + position.frac;
    owed += position.owed + open / kOne;
    accrued += position.credited * kOne + open;
    // I11, I12: to one token unit, and a quarter more for each time that the sum of weights
    // changed.
    const Int got = position.credited * kIdealOne + open * (kIdealOne / kOne);
    const Int off = got > position.ideal ? Int(got - position.ideal) : Int(position.ideal - got);
    if (off > kIdealOne + position.weight_changes * kIdealOne / 4)
      return "I11: a position earned more or less than its seconds";
    if (position.weight > 4 * position.amount) return "D4: a weight above four times its amount";
  }
  if (weights != weight) return "I3: weights do not add up";
  if (stakes != principal || stake_vault < stakes) return "I1: the stake vault is short";
  if (reward_vault < owed + (total - emitted) + (work_funded - work_claimed))
    return "I1: the reward vault is short";
  if (accrued != ever_emitted * kOne) return "I2: what was emitted is not what was credited";
  if (work_claimed > work_funded || active.cum_total > work_funded) return "I2: unfunded work";
  if (weight >= (Int(1) << 63)) return "D4: total weight of 2^63";
  return broken_market_invariant();
}

}  // namespace swarm::proof
