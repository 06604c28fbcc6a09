"""The rules of swarm_core, transcribed as transcript.py says."""
from __future__ import annotations

import machine
import transcript as t
from machine import U128, Word, word
from transcript import Refused, saturating_sub


class Record:
    """A struct: its fields by name."""

    def __init__(self, **fields):
        self.__dict__.update({name: v if isinstance(v, U128) else word(v) for name, v in fields.items()})


# ---- file: core/rules/stream.h

def emitted_by(pool, at):
    # > if (pool.end == pool.start) return 0;
    if pool.end == pool.start:
        return Word(0)
    # > const std::uint64_t until = t < pool.end ? t : pool.end;
    until = at if at < pool.end else pool.end
    # > sol::multiply(pool.total, sol::saturating_sub(until, pool.start), product);
    product = t.multiply(pool.total, saturating_sub(until, pool.start))
    # > return sol::divide_narrow(product.hi, product.lo, pool.end - pool.start, rest);
    return t.divide_narrow(product.hi, product.lo, pool.end - pool.start)[0]


def settle_pool(pool, now):
    # > const std::uint64_t dt = sol::saturating_sub(now.t, pool.last);
    dt = saturating_sub(now.t, pool.last)
    # > const std::uint64_t slots = sol::saturating_sub(now.slot, pool.last_slot);
    slots = saturating_sub(now.slot, pool.last_slot)
    # > const std::uint64_t skip = slots < dt / 2 + 1 ? sol::saturating_sub(dt, 2 * slots) : 0;
    skip = saturating_sub(dt, 2 * slots) if slots < dt // 2 + 1 else Word(0)
    # > if (dt != 0) pool.last = now.t;
    if dt != 0:
        pool.last = now.t
    # > if (slots != 0) pool.last_slot = now.slot;
    if slots != 0:
        pool.last_slot = now.slot
    # > const std::uint64_t shift = pool.weight < kWeightMin ? dt : skip;
    shift = dt if pool.weight < t.WEIGHT_MIN else skip
    # > pool.start += shift;
    pool.start = pool.start + shift
    # > pool.end += shift;
    pool.end = pool.end + shift
    # > if (dt == shift) return;
    if dt == shift:
        return
    # > const std::uint64_t emitted = emitted_by(pool, pool.last);
    emitted = emitted_by(pool, pool.last)
    # > const std::uint64_t fresh = emitted - pool.emitted;
    fresh = emitted - pool.emitted
    # > pool.emitted = emitted;
    pool.emitted = emitted
    pool.fresh = fresh
    # > sol::divide({pool.carry, fresh}, pool.weight, growth, pool.carry);
    growth, pool.carry = t.divide(U128(pool.carry, fresh), pool.weight)
    pool.growth = growth
    # > sol::U128 acc{pool.acc.lo, pool.acc.hi};
    acc = U128(pool.acc.lo, pool.acc.hi)
    # > (void)sol::add(acc, growth);  // modulo 2^128: only differences are used
    t.add(acc, growth)
    # > pool.acc = {acc.lo, acc.hi};
    pool.acc = acc


def fund_stream(pool, x, seconds, now):
    x, seconds = word(x), word(seconds)
    # > if (x == 0) return sol::Error(Fault::AmountZero);
    if x == 0:
        raise Refused("AmountZero")
    # > if (seconds < kStreamSecondsMin || seconds > kStreamSecondsMax)
    if bool(seconds < t.DAY) or bool(seconds > 366 * t.DAY):
        raise Refused("DurationOutOfRange")
    # > const std::uint64_t rest = pool.total - pool.emitted;
    rest = pool.total - pool.emitted
    # > if (x > kSupplyMax || rest > kSupplyMax - x) return sol::Error(Fault::SupplyTooLarge);
    if bool(x > t.SUPPLY_MAX) or bool(rest > t.SUPPLY_MAX - x):
        raise Refused("SupplyTooLarge")
    # > const std::uint64_t t = now.t > pool.last ? now.t : pool.last;
    at = now.t if now.t > pool.last else pool.last
    # > const std::uint64_t left = sol::saturating_sub(pool.end, t);
    left = saturating_sub(pool.end, at)
    # > std::uint64_t duration = seconds;
    duration = seconds
    pool.before = Record(rest=rest, left=left)
    # > if (rest != 0) {
    if rest != 0:
        # > sol::multiply(rest, left, sum);
        total = t.multiply(rest, left)
        # > sol::multiply(x, seconds, fresh);
        fresh = t.multiply(x, seconds)
        # > (void)sol::add(sum, fresh);  // both below 2^61 x 2^40
        pool.added = t.add(total, fresh)
        # > duration = SOL_TRY(sol::div_ceil(sum, rest + x));
        duration = t.div_ceil(total, rest + x)
        # > sol::multiply(rest, duration, now_paid);
        now_paid = t.multiply(rest, duration)
        # > sol::multiply(rest + x, left, then_paid);
        then_paid = t.multiply(rest + x, left)
        # > if (sol::less(then_paid, now_paid)) return sol::Error(Fault::RateWouldFall);
        if t.less(then_paid, now_paid):
            raise Refused("RateWouldFall")
    # > if (rest + x < duration) return sol::Error(Fault::TooLittleForDuration);
    if rest + x < duration:
        raise Refused("TooLittleForDuration")
    # > pool.total = rest + x;
    pool.total = rest + x
    # > pool.emitted = 0;
    pool.emitted = Word(0)
    # > pool.start = t;
    pool.start = at
    # > pool.end = t + duration;
    pool.end = at + duration


def settle_position(pool, position):
    # > sol::U128 earned{pool.acc.lo, pool.acc.hi};
    earned = U128(pool.acc.lo, pool.acc.hi)
    # > sol::subtract(earned, {position.paid.lo, position.paid.hi});
    t.subtract(earned, position.paid)
    # > SOL_CHECK(sol::multiply_add(position.weight, earned, position.frac, product));
    product = t.multiply_add(position.weight, earned, position.frac)
    # > const std::uint64_t owed = position.owed + product.hi;
    owed = position.owed + product.hi
    # > if (owed < position.owed) [[unlikely]]
    if owed < position.owed:
        raise Refused("Overflow")
    # > position.owed = owed;
    position.owed = owed
    # > position.frac = product.lo;
    position.frac = product.lo
    # > position.paid = pool.acc;
    position.paid = U128(pool.acc.lo, pool.acc.hi)


# ---- file: core/rules/weight.h

def expired_multiplier(rules):
    # > return rules.weight_min < kBpsOne ? rules.weight_min : kBpsOne;
    return rules.weight_min if rules.weight_min < t.BPS_ONE else Word(t.BPS_ONE)


def multiplier(rules, left):
    left = word(left)
    # > if (left < rules.lock_min) return expired_multiplier(rules);
    if left < rules.lock_min:
        return expired_multiplier(rules)
    # > const std::uint64_t range = rules.lock_max - rules.lock_min;
    range_ = rules.lock_max - rules.lock_min
    # > if (range == 0 || left >= rules.lock_max) return rules.weight_max;
    if bool(range_ == 0) or bool(left >= rules.lock_max):
        return rules.weight_max
    # > const std::uint64_t span = rules.weight_max - rules.weight_min;
    span = rules.weight_max - rules.weight_min
    # > return rules.weight_min + span * (left - rules.lock_min) / range;  // below 2^16 x 2^32
    return rules.weight_min + span * (left - rules.lock_min) // range_


def weigh(x, bps):
    # > return sol::mul_div(x, bps, kBpsOne);
    return t.mul_div(x, bps, t.BPS_ONE)


def set_weight(pool, position, weight):
    # > pool.weight = pool.weight - position.weight + weight;  // the sum contains the position's
    pool.weight = pool.weight - position.weight + weight
    # > position.weight = weight;
    position.weight = weight


def add_amount(pool, position, rules, x, lock, now):
    x, lock = word(x), word(lock)
    # > if (position.amount == 0 && x < rules.min_stake) return sol::Error(Fault::BelowMinimum);
    if bool(position.amount == 0) and bool(x < rules.min_stake):
        raise Refused("BelowMinimum")
    # > const std::uint64_t amount = position.amount + x;
    amount = position.amount + x
    # > if (lock == 0) {
    if lock == 0:
        # > const std::uint64_t left = sol::saturating_sub(position.lock_end, now.t);
        left = saturating_sub(position.lock_end, now.t)
        # > const std::uint64_t added = SOL_TRY(weigh(x, multiplier(rules, left)));
        added = weigh(x, multiplier(rules, left))
        # > set_weight(pool, position, position.weight + added);
        set_weight(pool, position, position.weight + added)
    else:
        # > if (lock < rules.lock_min || lock > rules.lock_max) return sol::Error(Fault::LockOutOfRange);
        if bool(lock < rules.lock_min) or bool(lock > rules.lock_max):
            raise Refused("LockOutOfRange")
        # > if (now.t + lock < position.lock_end) return sol::Error(Fault::LockShortened);
        if now.t + lock < position.lock_end:
            raise Refused("LockShortened")
        # > position.lock_end = now.t + lock;
        position.lock_end = now.t + lock
        # > const std::uint64_t slot = now.slot + lock;
        slot = now.slot + lock
        # > if (slot > position.lock_slot) position.lock_slot = slot;
        if slot > position.lock_slot:
            position.lock_slot = slot
        # > set_weight(pool, position, SOL_TRY(weigh(amount, multiplier(rules, lock))));
        set_weight(pool, position, weigh(amount, multiplier(rules, lock)))
    # > position.amount = amount;
    position.amount = amount


def remove_amount(pool, position, x):
    # > const std::uint64_t amount = position.amount - x;
    amount = position.amount - x
    # > const std::uint64_t weight = SOL_TRY(sol::mul_div(position.weight, amount, position.amount));
    weight = t.mul_div(position.weight, amount, position.amount)
    # > set_weight(pool, position, weight);
    set_weight(pool, position, weight)
    # > position.amount = amount;
    position.amount = amount


# ---- file: core/rules/bucket.h

def level_now(bucket, cap, period, at):
    # > const std::uint64_t dt = sol::saturating_sub(t, bucket.at);
    dt = saturating_sub(at, bucket.at)
    # > if (dt >= period) return 0;
    if bool(dt >= period):
        return word(0)
    # > sol::multiply(cap, dt, product);
    product = t.multiply(cap, dt)
    # > const std::uint64_t leak = sol::divide_narrow(product.hi, product.lo, period, rest);
    leak = t.divide_narrow(product.hi, product.lo, period)[0]
    # > return sol::saturating_sub(bucket.level, leak);
    return saturating_sub(bucket.level, leak)


def take(bucket, x, cap, period, at):
    x, cap, period, at = word(x), word(cap), word(period), word(at)
    # > const std::uint64_t level = level_now(bucket, cap, period, t);
    level = level_now(bucket, cap, period, at)
    # > if (x > cap || level > cap - x) return false;
    if bool(x > cap) or bool(level > cap - x):
        return False
    # > bucket = {level + x, t > bucket.at ? t : bucket.at};
    bucket.level, bucket.at = level + x, at if at > bucket.at else bucket.at
    return True


# ---- file: core/rules/moment.h

def passed(end, end_slot, now):
    # > return now.t > end && now.slot > end_slot;
    return bool(now.t > end) and bool(now.slot > end_slot)


# ---- file: core/rules/growth.h

def growth_max(funded, cum_total, last_epoch, cap, epoch):
    funded, cum_total, cap, epoch = word(funded), word(cum_total), word(cap), word(epoch)
    # > std::uint64_t epochs = sol::saturating_sub(epoch, work.last_epoch);
    epochs = saturating_sub(epoch, last_epoch)
    # > if (epochs > kWorkEpochsMax) epochs = kWorkEpochsMax;
    if epochs > t.EPOCHS_MAX:
        epochs = Word(t.EPOCHS_MAX)
    # > const std::uint64_t by_cap = cap * epochs;  // 2^61 x 7 fits
    by_cap = cap * epochs
    # > const std::uint64_t by_funds = work.funded - work.active.cum_total;
    by_funds = funded - cum_total
    # > return by_cap < by_funds ? by_cap : by_funds;
    return by_cap if by_cap < by_funds else by_funds
