"""Whether the transcription is still what is compiled: every quoted C++ line stands in its file, and both
give the same numbers for random and extreme inputs."""
from __future__ import annotations

import pathlib
import random
import re
import subprocess

import rules
import rules_slash as slash
import transcript as t
from machine import M, U128, Word, word
from rules import Record

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = HERE.parent.parent
EDGES = [0, 1, 2, 3, 10_000, 86_399, 86_400, (1 << 20) - 1, 1 << 20, (1 << 32) - 1, 1 << 32, (1 << 32) + 1, 1 << 61,
         (1 << 61) + 1, 1 << 63, M - (1 << 32), M - 2, M - 1]
NUMBERS = {"DivideByZero": 603, "Overflow": 601, "AmountZero": 720, "BelowMinimum": 721, "SupplyTooLarge": 722,
           "LockOutOfRange": 723, "LockShortened": 724, "RateWouldFall": 726, "DurationOutOfRange": 727,
           "TooLittleForDuration": 728}


def quotes():
    """Quoted lines that their file does not have any more."""
    missing, count = [], 0
    for source in ("transcript.py", "rules.py", "rules_slash.py"):
        text = None
        for number, line in enumerate((HERE / source).read_text().splitlines(), 1):
            if match := re.search(r"# (?:---- )?file: (\S+)", line):
                text = " ".join((PROGRAMS / match[1]).read_text().split())
            if match := re.match(r"\s*# > (.*)", line):
                count += 1
                if " ".join(match[1].split()) not in text:
                    missing.append(f"{source}:{number}: {match[1]}")
    return count, missing


class Draw:
    """Random words: edges, near edges, and any number of bits."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def word(self, bits=64):
        r = self.random
        kind = r.randrange(4)
        if kind == 0:
            return r.choice(EDGES) % (1 << bits)
        if kind == 1:
            return (r.choice(EDGES) + r.randrange(-3, 4)) % (1 << bits)
        return r.getrandbits(r.randrange(1, bits + 1))

    def at_most(self, top):
        return min(self.word(), top) if self.random.random() < 0.5 else self.random.randrange(top + 1)

    def pool(self):
        """A pool as the program keeps it, so that divisions are defined; everything else is wild."""
        start = self.word(40)
        end = start + (0 if self.random.random() < 0.1 else self.word(26))
        return dict(acc=U128(self.word(), self.word()), carry=self.word(), weight=max(1, self.word(63)), total=self.word(62),
                    start=start, end=end, emitted=self.word(61), last=start + self.word(26), last_slot=self.word(40))

    def position(self):
        return dict(amount=max(1, self.word(61)), weight=self.word(62), lock_end=self.word(40), lock_slot=self.word(40),
                    paid=U128(self.word(), self.word()), frac=self.word(), owed=self.word())

    def role(self):
        low = self.word(27)
        weight = self.random.randrange(5_000, 40_000)
        return dict(min_stake=self.word(40), lock_min=low, lock_max=low + self.word(24), weight_min=weight,
                    weight_max=self.random.randrange(weight, 40_001))

    def moment(self, pool):
        return dict(t=pool["last"] + self.word(20), slot=pool["last_slot"] + self.word(20))


POOL = ("carry", "weight", "total", "start", "end", "emitted", "last", "last_slot")
POSITION = ("amount", "weight", "lock_end", "lock_slot", "paid", "frac", "owed")


def flat(*values):
    numbers = []
    for value in values:
        if isinstance(value, dict):
            numbers += flat(*value.values())
        elif isinstance(value, U128):
            numbers += [value.lo.v, value.hi.v]
        elif isinstance(value, Record):
            raise TypeError("name the fields")
        else:
            numbers.append(int(value.v if isinstance(value, Word) else value))
    return numbers


def fields(record, names):
    return flat(*(getattr(record, name) for name in names))


def wide_case(draw, name):
    w = draw.word
    if name in ("less", "add", "subtract"):
        given = [w() for _ in range(4)]
        a, b = U128(*given[:2]), U128(*given[2:])
        result = getattr(t, name)(a, b)
        return given, [int(result)] if name == "less" else [a.lo.v, a.hi.v] + ([int(result)] if name == "add" else [])
    if name == "multiply":
        given = [w(), w()]
        return given, flat(t.multiply(*given))
    if name == "saturating_sub":
        given = [w(), w()]
        return given, flat(t.saturating_sub(*given))
    if name == "divide_narrow":
        divisor = max(1, w())
        given = [draw.at_most(divisor - 1), w(), divisor]
        return given, flat(*t.divide_narrow(*given))
    if name == "divide":
        given = [w(), w(), max(1, w())]
        return given, flat(*t.divide(U128(*given[:2]), Word(given[2])))
    if name == "quotient_digit":
        high, low = (1 << 31) + w(31), w(32)
        given = [draw.at_most((high << 32 | low) - 1), w(32), high, low]
        return given, flat(t.quotient_digit(*map(Word, given)))
    given = [w(), w(), w()]
    if name == "mul_div":
        return given, lambda: flat(t.mul_div(*given))
    if name == "div_ceil":
        return given, lambda: flat(t.div_ceil(U128(*given[:2]), given[2]))
    given.append(w())
    return given, lambda: flat(t.multiply_add(Word(given[0]), U128(*given[1:3]), Word(given[3])))


def rule_case(draw, name):
    w = draw.word
    pool = draw.pool()
    record = Record(**pool)
    if name == "settle_pool":
        now = draw.moment(pool)
        rules.settle_pool(record, Record(**now))
        return flat(pool, now), flat(record.acc) + fields(record, POOL)
    if name == "emitted_by":
        at = pool["start"] + w(30)
        return flat(pool, at), flat(rules.emitted_by(record, Word(at)))
    if name == "fund_stream":
        now, x, seconds = draw.moment(pool), w(62), w(26)
        def run():
            rules.fund_stream(record, x, seconds, Record(**now))
            return flat(record.acc) + fields(record, POOL)
        return flat(pool, x, seconds, now), run
    if name in ("settle_position", "add_amount", "remove_amount"):
        position = draw.position()
        staked, more = Record(**position), []
        if name == "settle_position":
            if draw.random.random() < 0.7:  # else the accumulator is nearly always too far ahead
                position["paid"] = U128(pool["acc"].lo, pool["acc"].hi)
                staked = Record(**position)
                record.acc = pool["acc"] = U128(w(), pool["acc"].hi)
            call = lambda: rules.settle_position(record, staked)
        elif name == "remove_amount":
            more = [draw.at_most(position["amount"])]
            call = lambda: rules.remove_amount(record, staked, word(more[0]))
        else:
            role, now = draw.role(), draw.moment(pool)
            if draw.random.random() < 0.2:
                position["amount"], staked = 0, Record(**{**position, "amount": 0})
            lock = draw.random.choice([0, w(28), role["lock_min"], role["lock_max"]])
            more = [role, w(61), lock, now]
            call = lambda: rules.add_amount(record, staked, Record(**role), more[1], lock, Record(**now))

        def run():
            call()
            return flat(record.weight) + fields(staked, POSITION)
        return flat(pool, position, *more), run
    if name == "multiplier":
        role, left = draw.role(), w(28)
        return flat(role, left), flat(rules.multiplier(Record(**role), left))
    if name == "weigh":
        given = [w(), w(17)]
        return given, lambda: flat(rules.weigh(*given))
    if name == "take":
        level, at, x, cap, period, now = w(62), w(40), w(), w(62), max(1, w(32)), w(40)
        bucket = Record(level=level, at=at)
        taken = rules.take(bucket, x, cap, period, now)
        return [level, at, x, cap, period, now], [int(taken)] + fields(bucket, ("level", "at"))
    if name == "passed":
        given = [w(), w(), w(), w()]
        return given, [int(rules.passed(Word(given[0]), Word(given[1]), Record(t=given[2], slot=given[3])))]
    given = [w(), w(), w(), w(61), w()]
    return given, flat(rules.growth_max(*given))


def slash_case(draw, name):
    w = draw.word
    if name == "take_or_first":
        level, at, x, cap, period, now = w(62), w(40), w(), max(1, w(62)), max(1, w(32)), w(40)
        bucket = Record(level=level, at=at)
        taken = slash.take_or_first(bucket, x, cap, period, now)
        return [level, at, x, cap, period, now], [int(bool(taken))] + fields(bucket, ("level", "at"))
    if name == "claim_of":
        given = [w(), w(17)]
        return given, lambda: flat(slash.claim_of(*given))
    if name == "accuser_bond":
        given = [w(), w()]
        return given, flat(slash.accuser_bond(*given))
    if name == "take_slash_window":
        given = dict(slash_window=w(32), slash_cur=w(13), slash_prev=w(13))
        bps, at = w(13), draw.random.choice([w(53), (given["slash_window"] + w(2)) * slash.WINDOW])
        at = min(at, ((1 << 32) - 1) * slash.WINDOW)
        position = Record(**given)
        taken = slash.take_slash_window(position, bps, at)
        return flat(given, bps, at), [int(taken)] + fields(position, given)
    if name == "slash_cap":
        given = [w()]
        return given, lambda: flat(slash.slash_cap(*given))
    if name == "split_loss":
        loss, category, on_node = w(61), draw.random.randrange(5), draw.random.randrange(2)
        incident = Record(loss=loss, category=category)
        burned = slash.split_loss(incident, on_node == 1)
        return [loss, category, on_node], flat(burned, incident.pot, incident.recoverable)
    if name == "recovered_by":
        given = [w(61), w(40), w(40)]
        now = [given[1] + w(24), given[2] + w(24)]
        incident = Record(recoverable=given[0], executed_at=given[1], executed_slot=given[2])
        return given + now, lambda: flat(slash.recovered_by(incident, Record(t=now[0], slot=now[1])))
    if name == "compensation":
        rate, earned, gap, pot = w(), w(61), w(40), w(61)
        return [rate, earned, gap, pot], flat(slash.compensation(Record(rate=rate, earned=earned), gap, pot))
    seat = dict(rate=w(), earned=w(60), payable=w(60), prev=w(60), cur=w(60), window=w(20))
    holdback, at = max(1, w(32)), w(50)
    if draw.random.random() < 0.5:
        at = (seat["window"] + w(2)) * holdback
    record = Record(**seat)
    if name == "credit_seat":
        net = w(60)
        slash.credit_seat(record, holdback, net, at)
        return flat(seat, holdback, net, at), fields(record, seat)
    # A node that is never down and a slot for each second: seconds_to_bill is what it is given.
    lease = dict(escrow=w(60), earned=w(60), fees=w(60), fee_charged=w(40), fee_bps=draw.random.randrange(10_001))
    seconds = min(w(40), at)
    settled = Record(**lease, holdback=holdback)
    pay = slash.settle_lease(settled, record, seconds, Record(t=at, slot=at))
    return flat(lease, seat, holdback, seconds, at), flat(pay) + fields(settled, lease) + fields(record, seat)


WIDE = ("less", "add", "subtract", "multiply", "saturating_sub", "divide_narrow", "divide", "quotient_digit", "mul_div",
        "div_ceil", "multiply_add")
RULES = ("settle_pool", "emitted_by", "fund_stream", "settle_position", "add_amount", "remove_amount", "multiplier",
         "weigh", "take", "passed", "growth_max")
SLASH = ("take_or_first", "claim_of", "accuser_bond", "take_slash_window", "slash_cap", "split_loss", "recovered_by",
         "compensation", "credit_seat", "settle_lease")
MAKERS = {**dict.fromkeys(WIDE, wide_case), **dict.fromkeys(RULES, rule_case), **dict.fromkeys(SLASH, slash_case)}


def compare(native, cases, seed):
    """Returns (cases run, refusals among them, differences)."""
    t.summaries = set()
    draw, lines, wanted = Draw(seed), [], []
    for name in MAKERS:
        for _ in range(cases):
            given, expected = MAKERS[name](draw, name)
            try:
                expected = [0] + (expected() if callable(expected) else expected)
            except t.Refused as refused:
                expected = [1, NUMBERS[str(refused)]]
            lines.append(" ".join(map(str, [name, *given])))
            wanted.append(" ".join(map(str, expected)))
    run = subprocess.run([native], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    got = run.stdout.splitlines()
    wrong = [f"{line}: transcribed {w}, compiled {g}" for line, w, g in zip(lines, wanted, got) if w != g]
    if len(got) != len(lines):
        wrong.append(f"{len(lines)} asked, {len(got)} answered")
    return len(lines), sum(w.startswith("1 ") for w in wanted), wrong
