"""The rules of slashing and of lease money, transcribed as transcript.py says."""
from __future__ import annotations

import rules
import transcript as t
from machine import Word, word
from transcript import saturating_sub

BOND_PART = 10
POT_BPS, RECOVERABLE_BPS = 3_000, 5_000
RECOVER_EPOCHS = 30
WINDOW, WINDOWS_BPS = 30 * t.DAY, 6_000
SLASH_BPS = 200
FRAUD = 4


# ---- file: core/rules/bucket.h

def take_or_first(bucket, x, cap, period, at):
    x, cap = word(x), word(cap)
    # > if (x > cap && level_now(bucket, cap, period, t) == 0) x = cap;
    if bool(x > cap) and bool(rules.level_now(bucket, cap, word(period), word(at)) == 0):
        x = cap
    # > return take(bucket, x, cap, period, t);
    return rules.take(bucket, x, cap, period, at)


# ---- file: core/rules/slash.h

def lesser(a, b):
    a, b = word(a), word(b)
    # > return a < b ? a : b;
    return a if a < b else b


def claim_of(base, bps):
    # > sol::multiply(base, bps, product);
    product = t.multiply(base, bps)
    # > return sol::div_ceil(product, kBpsOne);
    return t.div_ceil(product, t.BPS_ONE)


def accuser_bond(loss, min_stake):
    loss, min_stake = word(loss), word(min_stake)
    # > const std::uint64_t part = loss / kBondPart + (loss % kBondPart != 0 ? 1 : 0);
    whole, rest = loss.divmod(BOND_PART)
    part = whole + (Word(1) if rest != 0 else Word(0))
    # > return lesser(part, min_stake == 0 ? 1 : min_stake);
    return lesser(part, Word(1) if min_stake == 0 else min_stake)


def take_slash_window(position, bps, at):
    bps, at = word(bps), word(at)
    # > const std::uint64_t window = t / kSlashWindow;
    window = at // WINDOW
    # > if (window > position.slash_window) {
    if window > position.slash_window:
        # > window == position.slash_window + std::uint64_t{1} ? position.slash_cur : std::uint16_t{0};
        position.slash_prev = position.slash_cur if window == position.slash_window + 1 else Word(0)
        # > position.slash_cur = 0;
        position.slash_cur = Word(0)
        # > position.slash_window = static_cast<std::uint32_t>(window);
        position.slash_window = window
    # > const std::uint64_t sum = position.slash_cur + bps;
    total = position.slash_cur + bps
    # > if (sum + position.slash_prev > kSlashWindowsBps) return false;
    if total + position.slash_prev > WINDOWS_BPS:
        return False
    # > position.slash_cur = static_cast<std::uint16_t>(sum);
    position.slash_cur = total
    return True


def slash_cap(principal):
    # > std::uint64_t cap = SOL_TRY(sol::mul_div(principal, kSlashBps, kBpsOne));
    cap = t.mul_div(principal, SLASH_BPS, t.BPS_ONE)
    # > if (cap == 0) cap = 1;
    return Word(1) if cap == 0 else cap


def split_loss(incident, on_node):
    # > const std::uint64_t whole = loss / kBpsOne;
    # > const std::uint64_t rest = loss % kBpsOne;
    loss = incident.loss
    whole, rest = loss.divmod(t.BPS_ONE)
    # > const bool fraud = incident.category == static_cast<std::uint8_t>(Category::Fraud);
    fraud = bool(incident.category == FRAUD)
    # > incident.pot = on_node ? whole * kPotBps + rest * kPotBps / kBpsOne : 0;
    incident.pot = whole * POT_BPS + rest * POT_BPS // t.BPS_ONE if on_node else Word(0)
    # > incident.recoverable = fraud ? 0 : whole * kRecoverableBps + rest * kRecoverableBps / kBpsOne;
    incident.recoverable = Word(0) if fraud else whole * RECOVERABLE_BPS + rest * RECOVERABLE_BPS // t.BPS_ONE
    # > return loss - incident.pot - incident.recoverable;
    return loss - incident.pot - incident.recoverable


def recovered_by(incident, now):
    # > const std::uint64_t elapsed = lesser(sol::saturating_sub(now.t, incident.executed_at),
    # > sol::saturating_sub(now.slot, incident.executed_slot));
    elapsed = lesser(saturating_sub(now.t, incident.executed_at), saturating_sub(now.slot, incident.executed_slot))
    # > if (elapsed == 0) return std::uint64_t{0};
    if elapsed == 0:
        return Word(0)
    # > const std::uint64_t epochs = lesser((elapsed - 1) / kEpochSeconds, kRecoverEpochs);
    epochs = lesser((elapsed - 1) // t.DAY, RECOVER_EPOCHS)
    # > return sol::mul_div(incident.recoverable, epochs, kRecoverEpochs);
    return t.mul_div(incident.recoverable, epochs, RECOVER_EPOCHS)


def compensation(seat, gap, pot):
    # > sol::multiply(seat.rate, gap, worth);
    worth = t.multiply(seat.rate, gap)
    # > std::uint64_t most = lesser(seat.earned / 2, pot);
    most = lesser(seat.earned // 2, pot)
    # > if (worth.hi == 0) most = lesser(most, worth.lo);
    if worth.hi == 0:
        most = lesser(most, worth.lo)
    # > return most;
    return most


# ---- file: core/rules/lease_money.h

def credit_seat(seat, holdback, net, at):
    holdback, net, at = word(holdback), word(net), word(at)
    # > const std::uint64_t window = t / holdback;
    window = at // holdback
    # > if (window <= seat.window) {  // a clock that goes back pays nothing out early
    if window <= seat.window:
        # > seat.cur += net;
        seat.cur = seat.cur + net
        return
    # > seat.payable += seat.prev;
    seat.payable = seat.payable + seat.prev
    # > if (window == seat.window + 1) {
    if window == seat.window + 1:
        # > seat.prev = seat.cur;
        seat.prev = seat.cur
    else:
        # > seat.payable += seat.cur;
        seat.payable = seat.payable + seat.cur
        # > seat.prev = 0;
        seat.prev = Word(0)
    # > seat.cur = net;
    seat.cur = net
    # > seat.window = window;
    seat.window = window


def settle_lease(lease, seat, seconds, now):
    """The lease's money; `seconds` is what seconds_to_bill says."""
    # > sol::multiply(seat.rate, seconds_to_bill(lease, node, now), due);
    due = t.multiply(seat.rate, seconds)
    # > const std::uint64_t pay = due.hi != 0 || due.lo > lease.escrow ? lease.escrow : due.lo;
    pay = lease.escrow if bool(due.hi != 0) or bool(due.lo > lease.escrow) else due.lo
    # > lease.escrow -= pay;
    lease.escrow = lease.escrow - pay
    # > lease.earned += pay;  // at most what was prepaid, which fits
    lease.earned = lease.earned + pay
    # > seat.earned += pay;
    seat.earned = seat.earned + pay
    # > sol::multiply(lease.earned, lease.fee_bps, scaled);
    scaled = t.multiply(lease.earned, lease.fee_bps)
    # > (void)sol::add(scaled, {kBpsOne - 1, 0});
    t.add(scaled, t.U128(t.BPS_ONE - 1, 0))
    # > const std::uint64_t fee_due = sol::divide_narrow(scaled.hi, scaled.lo, kBpsOne, rest);
    fee_due = t.divide_narrow(scaled.hi, scaled.lo, t.BPS_ONE)[0]
    # > const std::uint64_t fee = fee_due - lease.fee_charged;
    fee = fee_due - lease.fee_charged
    # > lease.fee_charged = fee_due;
    lease.fee_charged = fee_due
    # > lease.fees += fee;
    lease.fees = lease.fees + fee
    # > credit_seat(seat, lease.holdback, pay - fee, now.t);
    credit_seat(seat, lease.holdback, pay - fee, now.t)
    return pay
