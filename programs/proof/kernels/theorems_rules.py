"""core/rules: streams (D3), weights (D4), buckets (D7), deadlines (D1), the growth of work (D12)."""
import z3

import machine as words
import rules
import transcript as t
from machine import M, U128, Word, variable
from prover import theorem
from rules import Record
from theorems_wide import product_grows, product_of_sum, product_within, refusing

DAYS_366 = 366 * t.DAY
CLOCK = 1 << 62  # seconds and slots stay far below
BOTH = {"multiply", "divide_narrow"}
NO = Word(0)


def fits(divisor):
    """Why the quotient of the latest product fits: one factor is at most the divisor."""
    if words.machine.multiplied:
        a, b = words.machine.multiplied[-1]
        for x, y in ((a, b), (b, a)):
            product_grows(x, divisor, y)
            product_grows(x, z3.IntVal(M - 1), divisor)


def begin():
    t.summaries = set(BOTH)
    t.before_narrow = fits
    t.after_multiply = lambda a, b: None


def a_pool(prefix=""):
    names = ("carry", "weight", "total", "start", "end", "emitted", "last", "last_slot")
    pool = Record(**{n: variable(prefix + n) for n in names}, acc=U128(variable("acc_lo"), variable("acc_hi")))
    pool.fresh = pool.growth = pool.before = None
    words.machine.fact(pool.start.v <= pool.end.v, pool.end.v < CLOCK, pool.last.v < CLOCK, pool.last_slot.v < CLOCK)
    return pool


def a_moment():
    return Record(t=variable("t", CLOCK), slot=variable("slot", CLOCK))


def same(a, b, *factors):
    for factor in factors:
        product_of_sum(a, b, z3.IntVal(0), factor)


@theorem("D3 bound: a share of what was emitted never overflows and is never refused")
def accrual_fits(claim):
    # Units of 2^-64 token. One position, the rest of them as a sum: what was emitted and not yet paid
    # out (`vault`, tokens that lie in a token account, so a word) is theirs, or in the carry.
    begin()
    m = words.machine
    weight, owed, frac = variable("weight"), variable("owed"), variable("frac")
    carry, vault = variable("carry"), variable("vault")
    others, gap = z3.Ints("others gap")
    paid = U128(variable("paid_lo"), variable("paid_hi"))
    acc = U128(variable("acc_lo"), variable("acc_hi"))
    wraps = z3.Int("wraps")
    m.fact(others >= 0, gap >= 0, wraps >= 0, acc.whole + wraps * M * M == paid.whole + gap)
    m.fact(owed.v * M + frac.v + weight.v * gap + others + carry.v == M * vault.v)
    product_grows(z3.IntVal(M * M), gap, weight.v)
    product_within(weight.v, gap, weight.v, gap)
    pool = Record(acc=acc)
    position = Record(weight=weight, owed=owed, frac=frac, paid=paid)
    # With weight 0 every product is 0, however often the accumulator has wrapped.
    _, why = refusing(lambda: settle_with_hints(pool, position, gap))
    claim("never refused", z3.BoolVal(why is None))
    if why is None:
        claim("exact", position.owed.v * M + position.frac.v == owed.v * M + frac.v + weight.v * gap)
        claim("within the vault", position.owed.v <= vault.v)
        claim("settled", position.paid.whole == acc.whole)
    claim.canary("owes nothing", z3.BoolVal(why is None) if why else position.owed.v == 0, weight.v == 3,
                 gap == M, owed.v == 0, frac.v == 0, others == 0, carry.v == 0, wraps == 0, paid.lo.v == 0,
                 paid.hi.v == 0)


def settle_with_hints(pool, position, gap):
    weight = position.weight.v
    multiply = t.multiply

    def hinted(a, b):
        b = words.word(b)
        same(weight, z3.IntVal(0), b.v, gap)
        return multiply(a, b)

    t.multiply = hinted
    subtract = t.subtract

    def subtracted(a, b):
        subtract(a, b)
        product_of_sum(gap, a.lo.v, M * a.hi.v, weight)
        product_grows(z3.IntVal(0), a.lo.v, weight)
        product_grows(z3.IntVal(M), M * a.hi.v, weight)

    t.subtract = subtracted
    try:
        return rules.settle_position(pool, position)
    finally:
        t.multiply, t.subtract = multiply, subtract


@theorem("D3 bound: every step keeps shares, carry and what was emitted equal")
def accrual_steps(claim):
    m = words.machine
    weight, total = variable("weight"), variable("total_weight")
    fresh, carry, carry_after, vault = (variable(n) for n in ("fresh", "carry", "carry_after", "vault"))
    mine, others, growth = z3.Ints("mine others growth")
    m.fact(weight.v <= total.v, mine >= 0, others >= 0, growth >= 0)
    m.fact(mine + others + carry.v == M * vault.v)
    m.fact(growth * total.v + carry_after.v == fresh.v * M + carry.v)  # proved of settle_pool below
    product_grows(weight.v, total.v, growth)
    product_within(weight.v, growth, weight.v, growth)
    mine_after, others_after = mine + weight.v * growth, others + (total.v - weight.v) * growth
    claim("equal", mine_after + others_after + carry_after.v == M * (vault.v + fresh.v))
    claim("nobody loses", z3.And(mine_after >= mine, others_after >= others))
    claim.canary("the whole is mine", mine_after == M * (vault.v + fresh.v), weight.v == 1, total.v == 2,
                 growth == M, vault.v == 0, carry.v == 0)


def emission(pool, until):
    """What is kept true of `emitted`: the floor of total x elapsed / length, and 0 without a length."""
    m = words.machine
    elapsed, length = m.fresh("elapsed"), m.fresh("length")
    m.fact(length == pool.end.v - pool.start.v,
           elapsed == z3.If(until < pool.end.v, until, pool.end.v) - pool.start.v)
    return elapsed, length, z3.If(
        length == 0, pool.emitted.v == 0,
        z3.And(pool.emitted.v * length <= pool.total.v * elapsed,
               pool.total.v * elapsed < pool.emitted.v * length + length))


@theorem("D3: emitted_by is at most the total, and grows with time")
def emitted_by_is_bounded(claim):
    begin()
    m = words.machine
    pool = a_pool()
    first, second = variable("first", CLOCK), variable("second", CLOCK)
    m.fact(pool.start.v <= first.v, first.v <= second.v)
    a, b = rules.emitted_by(pool, first), rules.emitted_by(pool, second)
    if len(m.narrowed) == 2:
        (length, qa), (_, qb) = m.narrowed
        (_, xa), (_, xb) = m.multiplied
        product_grows(pool.total.v + 1, qa, length)
        product_grows(xa, length, pool.total.v)
        product_grows(xa, xb, pool.total.v)
        product_grows(qb + 1, qa, length)
        product_grows(xb, length, pool.total.v)
        product_grows(pool.total.v + 1, qb, length)
    claim("at most the total", z3.And(a.v <= pool.total.v, b.v <= pool.total.v))
    claim("grows", a.v <= b.v)
    pins = pool.total.v == 10, pool.start.v == 0, pool.end.v == 10, first.v == 3, second.v == 5
    claim.canary("stays", a.v == b.v, *pins)
    claim.canary("is less", b.v < 5, *pins)


@theorem("D3: settling gives out what is due, exactly, and never takes back")
def settle_pool_is_exact(claim):
    begin()
    m = words.machine
    pool, now = a_pool(), a_moment()
    elapsed, length, kept = emission(pool, pool.last.v)
    m.fact(pool.start.v <= pool.last.v, pool.emitted.v <= pool.total.v, kept)
    emitted, total, carry, weight = pool.emitted.v, pool.total.v, pool.carry.v, pool.weight.v
    start, last, last_slot = pool.start.v, pool.last.v, pool.last_slot.v
    rules.settle_pool(pool, now)
    elapsed_after, length_after, kept_after = emission(pool, pool.last.v)
    for factor in (pool.emitted.v, total, emitted):
        same(length, length_after, factor)
        same(elapsed, elapsed_after, factor)
    product_grows(elapsed, elapsed_after, total)
    product_grows(pool.emitted.v + 1, emitted, length_after)
    product_grows(total + 1, pool.emitted.v, length_after)
    product_grows(elapsed_after, length_after, total)
    for divisor, quotient in m.narrowed[:1]:
        same(divisor, length_after, quotient, total)
        for a, x in m.multiplied[:1]:
            same(x, elapsed_after, a)
    if pool.fresh is not None:
        claim("what is fresh is a difference", z3.And(pool.fresh.v == pool.emitted.v - emitted, pool.emitted.v >= emitted))
        g = pool.growth
        claim("all of it goes to the weights", g.lo.v * weight + M * (g.hi.v * weight) + pool.carry.v == pool.fresh.v * M + carry)
        claim("carry is below the weight", pool.carry.v < weight)
        claim("somebody is staked", weight >= t.WEIGHT_MIN)
    else:
        claim("nothing changes hands", z3.And(pool.emitted.v == emitted, pool.carry.v == carry))
    claim("at most the total", pool.emitted.v <= total)
    claim("the floor, as before", kept_after)
    claim("time moves on", z3.And(pool.last.v >= last, pool.last_slot.v >= last_slot, pool.start.v <= pool.last.v))
    claim("moved by what passed at most", z3.And(pool.start.v >= start, pool.start.v - start <= pool.last.v - last))
    claim("its length stays", length_after == length)
    claim.canary("nothing is emitted", pool.emitted.v == emitted, total == 1000, start == 0, length == 1000, last == 0,
                 last_slot == 0, now.t.v == 10, now.slot.v == 10, emitted == 0, carry == 0, weight == t.WEIGHT_MIN)
    claim.canary("never moves", pool.start.v == start, now.t.v == 10, last == 0, now.slot.v == 0, last_slot == 0,
                 weight == t.WEIGHT_MIN, length == 100, total == 0, start == 0, emitted == 0)


@theorem("D3: fund keeps or raises the rate, and its numbers fit")
def fund_is_bounded(claim):
    begin()
    m = words.machine
    pool, now = a_pool(), a_moment()
    x, seconds = variable("x"), variable("seconds", 1 << 32)
    m.fact(pool.emitted.v <= pool.total.v, pool.end.v - pool.start.v <= DAYS_366, pool.start.v <= pool.last.v)
    before = [f.v for f in (pool.total, pool.emitted, pool.start, pool.end, pool.last)]
    pool.added = True
    rest = pool.total.v - pool.emitted.v

    def multiplied(a, b):  # an amount by a time
        product_grows(b, z3.IntVal(DAYS_366), a)
        product_grows(z3.IntVal(0), b, a)
        product_grows(z3.IntVal(1), b, a)

    t.after_multiply = multiplied
    _, why = refusing(lambda: rules.fund_stream(pool, x, seconds, now))
    claim("no error of arithmetic", z3.BoolVal(why not in ("Overflow", "DivideByZero")))
    if m.narrowed:
        divisor, floor = m.narrowed[0]
        product_grows(z3.IntVal(DAYS_366), floor, divisor)
        product_grows(z3.IntVal(DAYS_366 + 1), floor, divisor)
        same(floor, z3.IntVal(0), divisor)
        claim("the sum fits", z3.BoolVal(pool.added))
    if why is None:
        r, l = pool.before.rest.v, pool.before.left.v
        duration = pool.end.v - pool.start.v
        if len(m.multiplied) == 4:
            (_, d), (_, _) = m.multiplied[2:]
            same(d, duration, r)
            product_of_sum(m.multiplied[3][0], r, x.v, l)
            claim("the rate does not fall", (r + x.v) * l >= r * duration)
        claim("nothing is lost", z3.And(r == rest, pool.total.v == rest + x.v, pool.emitted.v == 0))
        claim("at least one second, at most 366 days", z3.And(duration >= 1, duration <= DAYS_366))
        claim("at least one unit a second", pool.total.v >= duration)
        claim("at most 2^61", pool.total.v <= t.SUPPLY_MAX)
        claim("starts at the latest second", z3.And(pool.start.v >= now.t.v, pool.start.v >= pool.last.v))
    total, emitted, start, end, last = before
    claim.canary("always refused", z3.BoolVal(why is not None), total == 0, end == 0, last == 0, now.t.v == 0,
                 x.v == t.SUPPLY_MAX, seconds.v == t.DAY, start == 0, emitted == 0)
    claim.canary("a rate never falls", z3.BoolVal(why != "RateWouldFall"), x.v == 1, seconds.v == DAYS_366,
                 total == 1000000, emitted == 0, now.t.v == 5, last == 5, end == 100005, start == 5)


def a_role():
    """Rules inside the bounds that set_role checks, as wide as any role has them."""
    role = Record(min_stake=variable("min_stake"), lock_min=variable("lock_min", 1461 * t.DAY),
                  lock_max=variable("lock_max", 1461 * t.DAY), weight_min=variable("weight_min", 40_001),
                  weight_max=variable("weight_max", 40_001))
    words.machine.fact(role.lock_min.v <= role.lock_max.v, role.weight_min.v <= role.weight_max.v,
                       role.weight_min.v >= 5_000, role.min_stake.v >= 1)
    return role


@theorem("D4: the multiplier lies between its ends and grows with the time left")
def multiplier_is_monotone(claim):
    begin()
    m = words.machine
    role = a_role()
    shorter, longer = variable("shorter"), variable("longer")
    m.fact(shorter.v <= longer.v)
    divmod_, calls = Word.divmod, []

    def divided(self, other):  # span x elapsed / range
        result = divmod_(self, other)
        calls.append((result[0].v, words.word(other).v))
        return result

    multiply_ = Word.__mul__

    def multiplied(self, other):
        product_within(self.v, other.v, 40_000, 1461 * t.DAY)
        factors.append((self.v, other.v))
        return multiply_(self, other)

    factors = []
    Word.divmod, Word.__mul__ = divided, multiplied
    try:
        a, b = rules.multiplier(role, shorter), rules.multiplier(role, longer)
    finally:
        Word.divmod, Word.__mul__ = divmod_, multiply_
    span = role.weight_max.v - role.weight_min.v
    for (quotient, range_), (s, elapsed) in zip(calls, factors):
        same(s, span, elapsed, range_)
        product_grows(elapsed, range_, span)
        product_grows(span + 1, quotient, range_)
    if len(calls) == 2:
        product_grows(factors[0][1], factors[1][1], span)
        product_grows(calls[1][0] + 1, calls[0][0], calls[0][1])
    expired = z3.If(role.weight_min.v < t.BPS_ONE, role.weight_min.v, t.BPS_ONE)
    for result in (a, b):
        claim("between its ends", z3.And(expired <= result.v, result.v <= role.weight_max.v))
    claim("grows", a.v <= b.v)
    claim.canary("stays", a.v == b.v, role.lock_min.v == 0, role.lock_max.v == 10, role.weight_min.v == 10_000,
                 role.weight_max.v == 20_000, shorter.v == 1, longer.v == 2)


@theorem("D4: weigh never refuses a stake; a weight is at most four times it")
def weigh_fits(claim):
    begin()
    x, bps = variable("x", t.SUPPLY_MAX + 1), variable("bps", 40_001)
    product_within(x.v, bps.v, t.SUPPLY_MAX, 40_000)
    product_grows(bps.v, z3.IntVal(40_000), x.v)
    weight, why = refusing(lambda: rules.weigh(x, bps))
    claim("never refused", z3.BoolVal(why is None))
    if why is None:
        claim("at most four times", z3.And(weight.v >= 0, weight.v <= 4 * x.v, weight.v <= 1 << 63))
        claim("the floor", z3.And(weight.v * t.BPS_ONE <= x.v * bps.v, x.v * bps.v < (weight.v + 1) * t.BPS_ONE))
        claim.canary("at most three times", weight.v <= 3 * x.v, x.v == 100, bps.v == 40_000)


def staked():
    """A position inside its pool, with what set_weight keeps: weights are at most four times amounts."""
    pool = Record(weight=variable("pool_weight"), principal=variable("principal", t.SUPPLY_MAX + 1))
    position = Record(amount=variable("amount"), weight=variable("weight"), lock_end=variable("lock_end", CLOCK),
                      lock_slot=variable("lock_slot", CLOCK))
    words.machine.fact(position.amount.v <= pool.principal.v, position.weight.v <= 4 * position.amount.v,
                       position.weight.v <= pool.weight.v,
                       pool.weight.v - position.weight.v <= 4 * (pool.principal.v - position.amount.v))
    return pool, position


@theorem("D4: add_amount keeps weights within four times amounts, and the sum in a word")
def add_amount_fits(claim):
    begin()
    m = words.machine
    pool, position = staked()
    role, now = a_role(), a_moment()
    x, lock = variable("x"), variable("lock", 1 << 32)
    m.fact(x.v <= t.SUPPLY_MAX - pool.principal.v)  # check_room, or tokens that count already
    others = pool.weight.v - position.weight.v
    amount, lock_end, lock_slot = position.amount.v, position.lock_end.v, position.lock_slot.v

    def summary(rules_, left):  # proved above
        bps = variable("bps", 40_001)
        return bps

    def multiplied(a, b):
        product_grows(b, z3.IntVal(40_000), a)
        product_within(a, b, t.SUPPLY_MAX, 40_000)

    t.after_multiply = multiplied
    multiplier, rules.multiplier = rules.multiplier, summary
    try:
        _, why = refusing(lambda: rules.add_amount(pool, position, role, x, lock, now))
    finally:
        rules.multiplier = multiplier
    claim("no error of arithmetic", z3.BoolVal(why not in ("Overflow", "DivideByZero")))
    if why is None:
        claim("the amount", position.amount.v == amount + x.v)
        claim("the weight", position.weight.v <= 4 * position.amount.v)
        claim("the sum", z3.And(pool.weight.v == others + position.weight.v, pool.weight.v <= 4 * t.SUPPLY_MAX))
        claim("locks only grow", z3.And(position.lock_end.v >= lock_end, position.lock_slot.v >= lock_slot))
        claim.canary("a lock stays", position.lock_end.v == lock_end, lock.v == 100, now.t.v == 5, lock_end == 7)
    claim.canary("never refused", z3.BoolVal(why is None), x.v == 0, amount == 0)


@theorem("D4: remove_amount takes weight in proportion, and never too much")
def remove_amount_fits(claim):
    begin()
    m = words.machine
    pool, position = staked()
    x = variable("x")
    m.fact(x.v <= position.amount.v, position.amount.v > 0)
    others, weight, amount = pool.weight.v - position.weight.v, position.weight.v, position.amount.v
    _, why = refusing(lambda: hinted_remove(pool, position, x))
    claim("never refused", z3.BoolVal(why is None))
    if why is None:
        left, after = position.amount.v, position.weight.v
        claim("the amount", left == amount - x.v)
        claim("no more weight than before", after <= weight)
        claim("all takes all", z3.Implies(left == 0, after == 0))
        claim("at most four times", after <= 4 * left)
        claim("the sum", z3.And(pool.weight.v == others + after, pool.weight.v >= 0))
        claim.canary("nothing goes", after == weight, amount == 10, x.v == 5, weight == 10, pool.weight.v == 10)
    claim.canary("weight is left", position.weight.v > 0, amount == 10, x.v == 10, weight == 10)


def hinted_remove(pool, position, x):
    weight, amount = position.weight.v, position.amount.v

    def multiplied(a, left):
        product_grows(left, amount, weight)
        product_grows(weight, z3.IntVal(M - 1), amount)
        product_grows(weight, 4 * amount, left)
        same(left, z3.IntVal(0), weight)

    t.after_multiply = multiplied
    result = rules.remove_amount(pool, position, x)
    quotient = words.machine.narrowed[0][1]
    left = position.amount.v
    for bound in (weight + 1, 4 * left + 1, z3.IntVal(1)):
        product_grows(bound, quotient, amount)
    return result


@theorem("D7: a bucket takes within its capacity, refuses whole, and never leaks backwards")
def take_is_bounded(claim):
    begin()
    level, at = variable("level"), variable("at", CLOCK)
    x, cap, period, now = variable("x"), variable("cap"), variable("period", 1 << 32), variable("now", CLOCK)
    words.machine.fact(period.v > 0)
    bucket = Record(level=level, at=at)
    taken = rules.take(bucket, x, cap, period, now)
    claim("more than the capacity never", z3.Implies(x.v > cap.v, z3.BoolVal(not taken)))
    if not words.machine.narrowed:  # a whole period: it is empty, whatever its level was
        claim("a whole period has passed", now.v - at.v >= period.v)
        if taken:
            claim("starts from empty", z3.And(bucket.level.v == x.v, bucket.level.v <= cap.v, bucket.at.v == now.v))
        else:
            claim("as it was", z3.And(bucket.level.v == level.v, bucket.at.v == at.v, x.v > cap.v))
        return
    quotient = words.machine.narrowed[0][1]
    (_, dt), = words.machine.multiplied
    product_grows(dt, period.v, cap.v)
    product_grows(cap.v + 1, quotient, period.v)
    product_grows(z3.IntVal(1), quotient, period.v)
    same(dt, z3.IntVal(0), cap.v)
    claim("leaks at most its capacity", z3.And(quotient >= 0, quotient <= cap.v))
    if taken:
        claim("within capacity", bucket.level.v <= cap.v)
        claim("counts what it took", z3.And(bucket.level.v >= x.v, bucket.level.v <= level.v + x.v))
        claim("no more than has leaked", bucket.level.v >= level.v + x.v - quotient)
        claim("time only moves on", z3.And(bucket.at.v >= at.v, bucket.at.v >= now.v))
    else:
        claim("as it was", z3.And(bucket.level.v == level.v, bucket.at.v == at.v))
        claim("there was no room", z3.Or(x.v > cap.v, level.v - quotient + x.v > cap.v))
    claim("time that goes back leaks nothing", z3.Implies(now.v <= at.v, quotient == 0))
    pins = cap.v == 100, period.v == 10, now.v == 6, at.v == 1
    claim.canary("never takes", z3.BoolVal(not taken), level.v == 100, x.v == 50, *pins)
    claim.canary("always takes", z3.BoolVal(taken), level.v == 100, x.v == 51, *pins)


@theorem("D1: a deadline passes once, and by both clocks")
def passed_is_both(claim):
    end, end_slot, now = variable("end"), variable("end_slot"), a_moment()
    later = Record(t=variable("later_t", CLOCK), slot=variable("later_slot", CLOCK))
    words.machine.fact(later.t.v >= now.t.v, later.slot.v >= now.slot.v)
    first, second = rules.passed(end, end_slot, now), rules.passed(end, end_slot, later)
    claim("both", z3.BoolVal(first) == z3.And(now.t.v > end.v, now.slot.v > end_slot.v))
    claim("once", z3.Implies(z3.BoolVal(first), z3.BoolVal(second)))
    claim.canary("never", z3.BoolVal(not first))
    claim.canary("always", z3.BoolVal(first))


@theorem("D12: work grows within funds and seven epochs of the cap")
def growth_is_bounded(claim):
    begin()
    m = words.machine
    funded, before, last_epoch = variable("funded"), variable("cum_total"), variable("last_epoch")
    cap, epoch, total = variable("cap", t.SUPPLY_MAX + 1), variable("epoch"), variable("total")
    m.fact(before.v <= funded.v)
    multiply_ = Word.__mul__

    def multiplied(self, other):
        product_grows(other.v, z3.IntVal(t.EPOCHS_MAX), self.v)
        product_grows(z3.IntVal(0), other.v, self.v)
        same(other.v, z3.IntVal(0), self.v)
        return multiply_(self, other)

    Word.__mul__ = multiplied
    try:
        growth = rules.growth_max(funded, before, last_epoch, cap, epoch)
    finally:
        Word.__mul__ = multiply_
    claim("within the funds", growth.v <= funded.v - before.v)
    claim("seven epochs at most", growth.v <= t.EPOCHS_MAX * cap.v)
    claim("nothing twice in an epoch", z3.Implies(epoch.v <= last_epoch.v, growth.v == 0))
    claim("what post_root accepts is funded", z3.Implies(
        z3.And(total.v >= before.v, total.v - before.v <= growth.v), total.v <= funded.v))
    claim.canary("six epochs at most", growth.v <= 6 * cap.v, epoch.v == 9, last_epoch.v == 1, cap.v == 10,
                 funded.v == 1000, before.v == 0)
    claim.canary("always all funds", growth.v == funded.v - before.v, epoch.v == 2, last_epoch.v == 1, cap.v == 10,
                 funded.v == 1000, before.v == 0)


@theorem("D7: the outflow's capacity is a share of the principal")
def outflow_cap_fits(claim):
    begin()
    principal, bps = variable("principal", t.SUPPLY_MAX + 1), variable("bps", t.BPS_ONE + 1)
    product_within(principal.v, bps.v, t.SUPPLY_MAX, t.BPS_ONE)
    product_grows(bps.v, z3.IntVal(t.BPS_ONE), principal.v)
    cap, why = refusing(lambda: t.mul_div(principal, bps, t.BPS_ONE))
    claim("never refused", z3.BoolVal(why is None))
    if why is None:
        claim("at most all of it", cap.v <= principal.v)
        claim.canary("at most half", 2 * cap.v <= principal.v, principal.v == 10, bps.v == t.BPS_ONE)
