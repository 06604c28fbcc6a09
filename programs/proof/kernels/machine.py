"""Words of 64 bits, as C++ computes with them, in two kinds.

Concrete words are integers: the transcribed kernels run on them and are compared with the compiled
ones. Symbolic words are z3 integers: the same transcription then runs once for each path through it,
and what it did stands as equations. Nothing is assumed about wrapping: every sum, difference, product
and shift is reduced modulo 2^64 by an equation of its own.
"""
from __future__ import annotations

import z3

M = 1 << 64
B = 1 << 32


class Machine:
    """Runs a function once per path. `decisions` is the path: which way each branch went."""

    def __init__(self, decisions=()):
        self.decisions = list(decisions)
        self.taken = []
        self.forced = set()    # branches of which only one way can be gone
        self.facts = []        # equations that define what was computed, and the path's conditions
        self.obligations = []  # (what, condition): must follow from the facts before them
        self.names = {}        # of values, by their id
        self.multiplied = []   # operands of the products that stood for their contract
        self.narrowed = []     # divisor and quotient of the divisions that did
        self.count = 0

    def fresh(self, name):
        self.count += 1
        return z3.Int(f"{name}!{self.count}")

    def fact(self, *conditions):
        self.facts.extend(conditions)

    def oblige(self, what, condition):
        self.obligations.append((what, condition, len(self.facts)))

    def step(self, what, condition):
        """Proved where it stands, and known from there on: a proof in steps."""
        self.oblige(what, condition)
        self.fact(condition)

    def decide(self, condition):
        at = len(self.taken)
        if at < len(self.decisions):
            way = self.decisions[at]
        elif prune(self.facts + [condition]):
            way = False
            self.forced.add(at)
        else:
            way = True
            if prune(self.facts + [z3.Not(condition)]):
                self.forced.add(at)
        self.taken.append(way)
        self.fact(condition if way else z3.Not(condition))
        return way


machine = Machine()
prune = lambda facts: False  # whether these contradict each other, if that is easy to see


def paths(run):
    """Yields (machine, result) for every path of run(), first branches first."""
    global machine
    todo = [[]]
    while todo:
        decisions = todo.pop()
        machine = Machine(decisions)
        try:
            result = run()
        finally:
            done = machine
        for at in range(len(done.taken) - 1, len(decisions) - 1, -1):
            if at not in done.forced:
                todo.append(done.taken[:at] + [False])
        yield done, result


class Cond:
    """A comparison of symbolic words; branching on it chooses a path."""

    def __init__(self, condition):
        self.condition = condition

    def __bool__(self):
        return machine.decide(self.condition)


def named(name, value):
    """A variable that is equal to the value, so that products have variables as factors; the same one for
    the same value."""
    key = value.get_id()
    if key not in machine.names:
        variable_ = machine.fresh(name)
        machine.fact(variable_ == value)
        machine.names[key] = value, variable_
    return machine.names[key][1]


def divided(value, by):
    """(quotient, remainder) of a symbolic value by a positive constant."""
    q, r = machine.fresh("q"), machine.fresh("r")
    machine.fact(value == q * by + r, r >= 0, r < by, q >= 0)
    return q, r


class Word:
    """An unsigned 64-bit word. `bound` is above it; it is a multiple of `step`."""

    def __init__(self, value, bound=M, step=1):
        self.v = value
        self.bound = bound
        self.step = step
        self.parts = {}

    @property
    def symbolic(self):
        return not isinstance(self.v, int)

    def split(self, bits):
        """(high, low) at a bit; the same variables each time."""
        if bits not in self.parts:
            h, low = divided(self.v, 1 << bits)
            # From outside, a word that is not known better is below 2^64.
            machine.fact(h < max(1, self.bound >> bits) if self.bound % (1 << bits) == 0 else h <= self.bound >> bits)
            self.parts[bits] = h, low
        return self.parts[bits]

    def __add__(self, other):
        other = word(other)
        if not (self.symbolic or other.symbolic):
            return Word((self.v + other.v) % M)
        total = self.v + other.v
        if self.bound + other.bound <= M:
            return Word(total, self.bound + other.bound)
        return Word(named("sum", z3.If(total >= M, total - M, total)))

    __radd__ = __add__

    def __sub__(self, other):
        other = word(other)
        if not (self.symbolic or other.symbolic):
            return Word((self.v - other.v) % M)
        left = self.v - other.v
        return Word(named("left", z3.If(left < 0, left + M, left)))

    def __rsub__(self, other):
        return word(other) - self

    def __mul__(self, other):
        other = word(other)
        if not (self.symbolic or other.symbolic):
            return Word(self.v * other.v % M)
        product = self.v * other.v
        if (self.bound - 1) * (other.bound - 1) < M:
            return Word(product, (self.bound - 1) * (other.bound - 1) + 1)
        return Word(divided(product, M)[1])

    __rmul__ = __mul__

    def __floordiv__(self, other):
        return self.divmod(other)[0]

    def __mod__(self, other):
        return self.divmod(other)[1]

    def divmod(self, other):
        other = word(other)
        if not (self.symbolic or other.symbolic):
            return Word(self.v // other.v), Word(self.v % other.v)
        q, r = machine.fresh("q"), machine.fresh("r")
        machine.oblige("no division by zero", other.v != 0)
        machine.fact(self.v == q * other.v + r, r >= 0, r < other.v, q >= 0, q <= self.v)
        return Word(q, self.bound), Word(r, other.bound)

    def __rshift__(self, bits):
        if not self.symbolic:
            return Word(self.v >> bits)
        if bits == 0:
            return self
        return Word(self.split(bits)[0], max(1, self.bound >> bits))

    def __lshift__(self, bits):
        if not self.symbolic:
            return Word((self.v << bits) % M)
        if bits == 0:
            return self
        if self.bound << bits <= M:
            return Word(self.v * (1 << bits), self.bound << bits, 1 << bits)
        return Word(divided(self.v * (1 << bits), M)[1], M, 1 << bits)

    def __and__(self, mask):
        if not self.symbolic:
            return Word(self.v & mask)
        bits = mask.bit_length()
        assert mask == (1 << bits) - 1, "only masks of low bits are transcribed"
        return Word(self.split(bits)[1], 1 << bits)

    def __or__(self, other):
        other = word(other)
        if not (self.symbolic or other.symbolic):
            return Word(self.v | other.v)
        assert other.bound <= self.step, "the halves of an or must not overlap"
        return Word(self.v + other.v)

    def compare(self, other, relation):
        other = word(other)
        result = relation(self.v, other.v)
        return result if isinstance(result, bool) else Cond(result)

    def __lt__(self, other):
        return self.compare(other, lambda a, b: a < b)

    def __le__(self, other):
        return self.compare(other, lambda a, b: a <= b)

    def __gt__(self, other):
        return self.compare(other, lambda a, b: a > b)

    def __ge__(self, other):
        return self.compare(other, lambda a, b: a >= b)

    def __eq__(self, other):
        return self.compare(other, lambda a, b: a == b)

    def __ne__(self, other):
        return self.compare(other, lambda a, b: a != b)

    __hash__ = None

    def __repr__(self):
        return f"Word({self.v})"


def word(value):
    return value if isinstance(value, Word) else Word(value)


def variable(name, below=M):
    """A symbolic input."""
    value = z3.Int(name)
    machine.fact(value >= 0, value < below)
    return Word(value, below)


class U128:
    def __init__(self, lo, hi):
        self.lo, self.hi = word(lo), word(hi)

    @property
    def whole(self):
        return self.lo.v + M * self.hi.v
