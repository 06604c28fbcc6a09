"""core/rules: what a slash takes and where it goes (D7, D8), and lease money (D5)."""
import z3

import machine as words
import rules_slash as slash
import transcript as t
from machine import M, Word, variable
from prover import theorem
from rules import Record
from theorems_rules import CLOCK, a_moment, begin, same
from theorems_wide import product_grows, product_within, refusing


@theorem("D8: a claim is the share rounded up, and at most the stake")
def claim_fits(claim):
    begin()
    base, bps = variable("base", t.SUPPLY_MAX + 1), variable("bps", t.BPS_ONE + 1)
    words.machine.fact(base.v > 0, bps.v > 0)
    product_within(base.v, bps.v, t.SUPPLY_MAX, t.BPS_ONE)
    product_grows(bps.v, z3.IntVal(t.BPS_ONE), base.v)
    product_grows(z3.IntVal(1), bps.v, base.v)
    loss, why = refusing(lambda: slash.claim_of(base, bps))
    claim("never refused", z3.BoolVal(why is None))
    if why is None:
        claim("never more than the stake", loss.v <= base.v)
        claim("something", loss.v >= 1)
        claim("the ceiling", z3.And(loss.v * t.BPS_ONE >= base.v * bps.v, (loss.v - 1) * t.BPS_ONE < base.v * bps.v))
        claim.canary("rounded down", loss.v * t.BPS_ONE <= base.v * bps.v, base.v == 3, bps.v == 1)
        claim.canary("less than the stake", loss.v < base.v, base.v == 3, bps.v == t.BPS_ONE)


@theorem("D8: what is upheld is at most what was claimed")
def upheld_is_less(claim):
    begin()
    base, most, bps = variable("base", t.SUPPLY_MAX + 1), variable("most", t.BPS_ONE + 1), variable("bps", t.BPS_ONE + 1)
    words.machine.fact(bps.v <= most.v)
    for each in (most, bps):
        product_within(base.v, each.v, t.SUPPLY_MAX, t.BPS_ONE)
    product_grows(bps.v, most.v, base.v)
    (claimed, why), (upheld, why_not) = (refusing(lambda b=b: slash.claim_of(base, b)) for b in (most, bps))
    claim("never refused", z3.BoolVal(why is None and why_not is None))
    if why is None and why_not is None:
        claim("at_risk does not underflow", upheld.v <= claimed.v)
        claim.canary("always less", upheld.v < claimed.v, base.v == 10, most.v == 100, bps.v == 100)


@theorem("D8: the bond is a tenth rounded up, something, and at most the role's least stake")
def bond_fits(claim):
    loss, least = variable("loss"), variable("least")
    words.machine.fact(loss.v > 0)
    bond = slash.accuser_bond(loss, least)
    claim("something", bond.v >= 1)
    claim("at most the least stake", z3.Implies(least.v > 0, bond.v <= least.v))
    claim("at most the claim", bond.v <= loss.v)
    claim("a tenth", z3.Implies(loss.v <= 10 * least.v, z3.And(10 * bond.v >= loss.v, 10 * (bond.v - 1) < loss.v)))
    claim.canary("always a tenth", 10 * bond.v >= loss.v, loss.v == 100, least.v == 3)
    claim.canary("less than a tenth", 10 * bond.v <= loss.v, loss.v == 11, least.v == 50)


@theorem("D7: two windows never have more than 60 %, and older ones are forgotten")
def windows_are_bounded(claim):
    cur, prev = variable("cur", slash.WINDOWS_BPS + 1), variable("prev", slash.WINDOWS_BPS + 1)
    window, at, bps = variable("window", 1 << 32), variable("at", (1 << 32) * slash.WINDOW), variable("bps", t.BPS_ONE + 1)
    words.machine.fact(cur.v + prev.v <= slash.WINDOWS_BPS)
    position = Record(slash_cur=cur, slash_prev=prev, slash_window=window)
    taken = slash.take_slash_window(position, bps, at)
    after = position.slash_cur.v + position.slash_prev.v
    claim("at most 60 %", after <= slash.WINDOWS_BPS)
    claim("the window fits", position.slash_window.v < 1 << 32)
    claim("none is opened anew", position.slash_window.v >= window.v)
    same_window = at.v < (window.v + 1) * slash.WINDOW
    next_window = z3.And(at.v >= (window.v + 1) * slash.WINDOW, at.v < (window.v + 2) * slash.WINDOW)
    before = z3.If(same_window, cur.v + prev.v, z3.If(next_window, cur.v, 0))
    if taken:
        claim("all that counts, counts", after == before + bps.v)
    else:
        claim("there was no room", before + bps.v > slash.WINDOWS_BPS)
    claim.canary("always taken", z3.BoolVal(taken), cur.v == 6_000, prev.v == 0, bps.v == 1, window.v == 5,
                 at.v == 5 * slash.WINDOW)
    claim.canary("never taken", z3.BoolVal(not taken), cur.v == 0, prev.v == 5_000, bps.v == 1_000, window.v == 5,
                 at.v == 5 * slash.WINDOW)


@theorem("D7: the day's budget of slashes is 2 % of a principal, and never nothing")
def slash_cap_fits(claim):
    begin()
    principal = variable("principal", t.SUPPLY_MAX + 1)
    cap, why = refusing(lambda: slash.slash_cap(principal))
    claim("never refused", z3.BoolVal(why is None))
    if why is None:
        claim("something", cap.v >= 1)
        claim("2 %", z3.Or(cap.v == 1, 50 * cap.v <= principal.v))
        claim.canary("always 2 %", 50 * cap.v <= principal.v, principal.v == 49)
        claim.canary("at most 1 %", 100 * cap.v <= principal.v, principal.v == 100)


@theorem("D7: only an empty bucket admits a larger item, which fills it")
def first_is_bounded(claim):
    begin()
    level, at = variable("level"), variable("at", CLOCK)
    x, cap, period, now = variable("x"), variable("cap"), variable("period", 1 << 32), variable("now", CLOCK)
    m = words.machine
    m.fact(period.v > 0, cap.v > 0)
    bucket = Record(level=level, at=at)
    taken = slash.take_or_first(bucket, x, cap, period, now)
    claim("within capacity", z3.Implies(z3.BoolVal(bool(taken)), bucket.level.v <= cap.v))
    quotient = z3.IntVal(0)
    for (divisor, q), (_, dt) in zip(m.narrowed, m.multiplied):
        product_grows(dt, period.v, cap.v)
        product_grows(cap.v + 1, q, period.v)
        product_grows(z3.IntVal(1), q, period.v)
        same(dt, z3.IntVal(0), cap.v)
        quotient = q
    if len(m.narrowed) == 2:  # asked twice, it leaks the same
        (_, first), (_, second) = m.narrowed
        product_grows(first + 1, second, period.v)
        product_grows(second + 1, first, period.v)
    over = z3.BoolVal(not m.narrowed)  # a whole period has passed: it is empty
    if taken:
        claim("a larger one fills it", z3.Implies(x.v > cap.v, bucket.level.v == cap.v))
        claim("a larger one found it empty", z3.Implies(x.v > cap.v, z3.Or(over, level.v <= quotient)))
        claim("a smaller one is counted", z3.Implies(x.v <= cap.v, bucket.level.v >= x.v))
        claim("time only moves on", z3.And(bucket.at.v >= at.v, bucket.at.v >= now.v))
    else:
        claim("as it was", z3.And(bucket.level.v == level.v, bucket.at.v == at.v))
        claim("an empty one refuses nothing", z3.And(z3.Not(over), level.v > quotient))
    pins = cap.v == 100, period.v == 10, now.v == 6, at.v == 1
    claim.canary("a larger one is never taken", z3.BoolVal(not taken), level.v == 50, x.v == 200, *pins)
    claim.canary("a larger one is always taken", z3.BoolVal(bool(taken)), level.v == 51, x.v == 200, *pins)


@theorem("D8: what is taken is split to the unit, each part rounded down and the rest burned")
def split_is_exact(claim):
    for on_node in (True, False):
        loss = variable("loss", t.SUPPLY_MAX + 1)
        incident = Record(loss=loss, category=variable("category", 5))
        category = incident.category.v
        burned = slash.split_loss(incident, on_node)
        pot, back = incident.pot.v, incident.recoverable.v
        claim("nothing is made or lost", pot + back + burned.v == loss.v)
        claim("no part is negative", z3.And(pot >= 0, back >= 0, burned.v >= 0))
        if on_node:
            claim("30 %, rounded down", z3.And(10 * pot <= 3 * loss.v, 3 * loss.v < 10 * (pot + 1)))
        else:
            claim("no tenants, no pot", pot == 0)
        claim("half, rounded down", z3.Implies(category != slash.FRAUD, z3.And(2 * back <= loss.v, loss.v <= 2 * back + 1)))
        claim("nothing of a fraud", z3.Implies(category == slash.FRAUD, back == 0))
        claim("at least a fifth is burned", 5 * burned.v >= loss.v)
        claim.canary("always half", 2 * back >= loss.v - 1, loss.v == 10, category == slash.FRAUD)
        claim.canary("at most a fifth is burned", 5 * burned.v <= loss.v, loss.v == 9, category == 0)


@theorem("D8: what comes back grows with time and never exceeds what may")
def recovery_is_bounded(claim):
    begin()
    m = words.machine
    recoverable = variable("recoverable", t.SUPPLY_MAX + 1)
    incident = Record(recoverable=recoverable, executed_at=variable("executed_at", CLOCK),
                      executed_slot=variable("executed_slot", CLOCK))
    now = a_moment()
    later = Record(t=variable("later_t", CLOCK), slot=variable("later_slot", CLOCK))
    m.fact(later.t.v >= now.t.v, later.slot.v >= now.slot.v)

    def multiplied(a, b):
        product_within(a, b, t.SUPPLY_MAX, slash.RECOVER_EPOCHS)
        product_grows(b, z3.IntVal(slash.RECOVER_EPOCHS), a)
        product_grows(b, z3.IntVal(0), a)

    t.after_multiply = multiplied
    results = [refusing(lambda at=at: slash.recovered_by(incident, at)) for at in (now, later)]
    claim("never refused", z3.BoolVal(all(why is None for _, why in results)))
    (first, why), (second, why_not) = results
    if why is None and why_not is None:
        if len(m.multiplied) == 2:
            product_grows(m.multiplied[0][1], m.multiplied[1][1], recoverable.v)
        claim("at most what may", z3.And(first.v <= recoverable.v, second.v <= recoverable.v))
        claim("never less later", first.v <= second.v)
        day = incident.executed_at.v + t.DAY
        claim("nothing on the first day", z3.Implies(now.t.v <= day, first.v == 0))
        claim("nothing before as many slots", z3.Implies(now.slot.v <= incident.executed_slot.v + t.DAY, first.v == 0))
        whole = slash.RECOVER_EPOCHS * t.DAY
        claim("all of it after thirty", z3.Implies(z3.And(
            now.t.v > incident.executed_at.v + whole, now.slot.v > incident.executed_slot.v + whole),
            first.v == recoverable.v))
        pins = (recoverable.v == 30, incident.executed_at.v == 0, incident.executed_slot.v == 0,
                now.t.v == t.DAY + 1, now.slot.v == t.DAY + 1)
        claim.canary("nothing", first.v == 0, *pins, later.t.v == t.DAY + 1, later.slot.v == t.DAY + 1)
        claim.canary("all", second.v == recoverable.v, *pins, later.t.v == t.DAY + 1, later.slot.v == t.DAY + 1)


@theorem("D8: a tenant gets at most the gap's price, half of what was earned, and the pot")
def compensation_is_bounded(claim):
    begin()
    seat = Record(rate=variable("rate"), earned=variable("earned", t.SUPPLY_MAX + 1))
    gap, pot = variable("gap", CLOCK), variable("pot", t.SUPPLY_MAX + 1)
    x = slash.compensation(seat, gap, pot)
    price = seat.rate.v * gap.v
    claim("at most the price", x.v <= price)
    claim("at most half of what was earned", 2 * x.v <= seat.earned.v)
    claim("at most the pot", x.v <= pot.v)
    claim("one of them", z3.Or(x.v == price, x.v == pot.v, 2 * x.v >= seat.earned.v - 1))
    claim.canary("always the price", x.v == price, seat.rate.v == 10, gap.v == 10, seat.earned.v == 100, pot.v == 1000)
    claim.canary("never the price", x.v < price, seat.rate.v == 1, gap.v == 10, seat.earned.v == 100, pot.v == 1000)


def a_seat():
    seat = Record(**{name: variable(name, t.SUPPLY_MAX + 1) for name in ("payable", "prev", "cur", "earned")},
                  rate=variable("rate"), window=variable("window"))
    words.machine.fact(seat.payable.v + seat.prev.v + seat.cur.v <= t.SUPPLY_MAX)
    return seat


@theorem("D5: crediting a seat loses nothing, and pays out nothing that is not two windows old")
def credit_is_exact(claim):
    seat = a_seat()
    payable, prev, cur, window = (seat.payable.v, seat.prev.v, seat.cur.v, seat.window.v)
    holdback, net, at = variable("holdback", 1 << 32), variable("net", t.SUPPLY_MAX + 1), variable("at", CLOCK)
    words.machine.fact(holdback.v > 0, payable + prev + cur + net.v <= t.SUPPLY_MAX, window < CLOCK)
    slash.credit_seat(seat, holdback, net, at)
    claim("nothing is lost", seat.payable.v + seat.prev.v + seat.cur.v == payable + prev + cur + net.v)
    claim("what is new waits", z3.And(seat.cur.v >= net.v, seat.payable.v <= payable + prev + cur))
    claim("windows only move on", seat.window.v >= window)
    claim("the same window pays nothing out", z3.Implies(seat.window.v == window, seat.payable.v == payable))
    claim("the next one only what was before", z3.Implies(
        seat.window.v == window + 1, z3.And(seat.payable.v == payable + prev, seat.prev.v == cur)))
    claim("a later one all", z3.Implies(seat.window.v > window + 1, seat.payable.v == payable + prev + cur))
    claim.canary("never pays out", seat.payable.v == payable, payable == 0, prev == 5, cur == 0, net.v == 1,
                 window == 1, holdback.v == 10, at.v == 25)
    claim.canary("always pays out", seat.payable.v > payable, payable == 0, prev == 5, cur == 0, net.v == 1,
                 window == 2, holdback.v == 10, at.v == 25)


@theorem("D5: settling a lease moves escrow to the seat and the fees, to the unit")
def lease_is_exact(claim):
    begin()
    seat = a_seat()
    held = seat.payable.v + seat.prev.v + seat.cur.v
    lease = Record(**{name: variable(f"lease_{name}", t.SUPPLY_MAX + 1) for name in ("escrow", "earned", "fees", "fee_charged")},
                   fee_bps=variable("fee_bps", t.BPS_ONE + 1), holdback=variable("holdback", 1 << 32))
    escrow, earned, fees, charged, mine = lease.escrow.v, lease.earned.v, lease.fees.v, lease.fee_charged.v, seat.earned.v
    bps = lease.fee_bps.v
    seconds, now = variable("seconds", CLOCK), a_moment()
    # What settling keeps: the fee so far is the ceiling, and all of it was prepaid.
    words.machine.fact(lease.holdback.v > 0, seat.window.v < CLOCK, escrow + earned <= t.SUPPLY_MAX, fees <= charged,
                       mine <= earned, held + charged <= earned,
                       charged * t.BPS_ONE >= earned * bps, (charged - 1) * t.BPS_ONE < earned * bps)
    price = seat.rate.v * seconds.v

    def multiplied(a, b):
        if not a.eq(seat.rate.v):
            product_within(a, b, t.SUPPLY_MAX, t.BPS_ONE)
            product_grows(earned, a, bps)
            same(a, earned, a - earned, bps)
            product_within(a - earned, bps, a - earned, z3.IntVal(t.BPS_ONE))

    t.after_multiply = multiplied
    pay = slash.settle_lease(lease, seat, seconds, now)
    fee = lease.fee_charged.v - charged
    claim("the price, or all there is", z3.Or(pay.v == price, z3.And(pay.v == escrow, price >= escrow)))
    claim("out of the escrow", z3.And(pay.v <= escrow, lease.escrow.v == escrow - pay.v))
    claim("counted", z3.And(lease.earned.v == earned + pay.v, seat.earned.v == mine + pay.v))
    claim("the fee is the ceiling of all that was earned", z3.And(
        lease.fee_charged.v * t.BPS_ONE >= lease.earned.v * bps, (lease.fee_charged.v - 1) * t.BPS_ONE < lease.earned.v * bps))
    claim("no fee is given back, none above the pay", z3.And(fee >= 0, fee <= pay.v, lease.fees.v == fees + fee))
    claim("to the unit", seat.payable.v + seat.prev.v + seat.cur.v == held + pay.v - fee)
    pins = (escrow == 100, earned == 0, fees == 0, charged == 0, mine == 0, held == 0, bps == 500, seat.rate.v == 3,
            seconds.v == 10, now.t.v == 0, lease.holdback.v == 10, seat.window.v == 0)
    claim.canary("all of the escrow", pay.v == escrow, seat.payable.v == 0, *pins[:1])
    claim.canary("no fee", fee == 0)
