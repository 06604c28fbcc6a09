"""sol/wide.h: products, sums and quotients of more than 64 bits."""
import z3

import machine as words
import transcript as t
from machine import B, M, U128, Word, variable
from prover import lemma, theorem


@lemma
def product_within(x, y, m, n):
    return z3.Implies(z3.And(0 <= x, x <= m, 0 <= y, y <= n), z3.And(0 <= x * y, x * y <= m * n))


@lemma
def product_grows(a, b, c):
    return z3.Implies(z3.And(a <= b, c >= 0), a * c <= b * c)


@lemma
def product_of_sum(s, x, y, d):
    return z3.Implies(s == x + y, s * d == x * d + y * d)


@theorem("multiply: the two words are the product")
def multiply_is_exact(claim):
    t.summaries = set()
    a, b = variable("a"), variable("b")
    (ah, al), (bh, bl) = a.split(32), b.split(32)
    for x in (ah, al):
        for y in (bh, bl):
            product_within(x, y, B - 1, B - 1)
    product = t.multiply(a, b)
    claim("lo + hi 2^64 = a b", product.whole == (ah * B + al) * (bh * B + bl))
    claim("hi is a word", z3.And(product.hi.v >= 0, product.hi.v < M))
    claim.canary("hi = 0", product.hi.v == 0, a.v == M - 1, b.v == M - 1)
    claim.canary("hi < 2^64 - 2", product.hi.v < M - 2, a.v == M - 1, b.v == M - 1)


@theorem("add: the sum, and whether it fits")
def add_is_exact(claim):
    a, b = U128(variable("al"), variable("ah")), U128(variable("bl"), variable("bh"))
    whole = a.whole + b.whole
    fits = t.add(a, b)
    claim("fits says so", (whole < M * M) == z3.BoolVal(fits))
    claim("the sum, modulo 2^128", a.whole == z3.If(whole < M * M, whole, whole - M * M))
    claim.canary("never wraps", z3.BoolVal(fits))
    claim.canary("always wraps", z3.BoolVal(not fits))


@theorem("subtract: the difference modulo 2^128")
def subtract_is_exact(claim):
    a, b = U128(variable("al"), variable("ah")), U128(variable("bl"), variable("bh"))
    left = a.whole - b.whole
    t.subtract(a, b)
    claim("a - b or a - b + 2^128", a.whole == z3.If(left < 0, left + M * M, left))
    claim.canary("never wraps", left >= 0)


@theorem("less: the order of the numbers")
def less_is_exact(claim):
    a, b = U128(variable("al"), variable("ah")), U128(variable("bl"), variable("bh"))
    claim("less", (a.whole < b.whole) == z3.BoolVal(bool(t.less(a, b))))
    claim.canary("always less", a.whole < b.whole)


@theorem("quotient_digit: the digit, after at most two corrections")
def digit_is_exact(claim):
    t.summaries = set()
    rest, digit = variable("rest"), variable("digit", B)
    d_hi, d_lo = variable("d_hi", B), variable("d_lo", B)
    m = words.machine
    d = d_hi.v * B + d_lo.v
    m.fact(d_hi.v >= B // 2, rest.v < d)
    # The true digit, and what Knuth's proof says of it: its products by both halves of the divisor.
    true = z3.Int("true")
    value = rest.v * B + digit.v
    m.fact(true >= 0, true * d_hi.v * B + true * d_lo.v <= value,
           value < true * d_hi.v * B + true * d_lo.v + d)
    product_within(true, d_lo.v, true, B - 1)
    product_within(true, d_lo.v, B - 1, B - 1)
    product_grows(z3.IntVal(B), true, d_hi.v)
    product_grows(z3.IntVal(B), true, d_lo.v)
    estimate = z3.Int("estimate")
    # An estimate of true + 3 or more: (estimate - true - 1) d_hi >= 2 d_hi >= 2^32 > true.
    product_grows(z3.IntVal(2), estimate - true - 1, d_hi.v)
    product_grows(true + 1, estimate, d_hi.v)
    product_grows(estimate, true, d_hi.v)
    turns = []
    q = t.quotient_digit(rest, digit, d_hi, d_lo, turns)
    m.fact(estimate == (turns[0][0].v if turns else q.v))
    # The guesses are the estimate and what is one and two below it.
    for below, guess in enumerate([turn[0] for turn in turns] + [q]):
        for half in (d_hi, d_lo):
            product_of_sum(guess.v, estimate, z3.IntVal(-below), half.v)
            product_grows(guess.v, true, half.v)
            product_grows(true, guess.v, half.v)
            product_grows(true + 1, guess.v, half.v)
            product_grows(guess.v + 1, true, half.v)
        product_within(guess.v, d_lo.v, B, B - 1)
    claim("no third correction", z3.BoolVal(len(turns) < 3))
    claim("the digit", q.v == true)
    claim("below 2^32", z3.And(q.v >= 0, q.v < B))
    twice = rest.v == 9223372041149743079, digit.v == 0, d_hi.v == B // 2, d_lo.v == B - 1
    claim.canary("no correction", z3.BoolVal(not turns), *twice)
    claim.canary("at most one correction", z3.BoolVal(len(turns) < 2), *twice)


def narrow_statement(shift):
    def statement(claim):
        t.summaries = {"quotient_digit"}
        hi, lo, divisor = variable("hi"), variable("lo"), variable("divisor", 1 << (64 - shift))
        m = words.machine
        m.fact(hi.v < divisor.v, divisor.v >= 1 << (63 - shift))
        power = 1 << shift
        d = divisor.v * power
        calls = []

        def on_digit(result, rest, digit, d_hi, d_lo):
            product_of_sum(d, d_hi.v * B, d_lo.v, result)
            m.step("both halves of the divisor", d_hi.v * B + d_lo.v == d)
            if calls:  # the difference modulo 2^64 is the difference
                q1, top, high = calls[0]
                m.step("middle", rest.v == top.v * B + high.v - q1 * d)
                m.step("shifted dividend", (top.v * B + high.v) * B + digit.v == (hi.v * M + lo.v) * power)
            calls.append((result, rest, digit))

        t.on_digit = on_digit
        q, r = t.divide_narrow(hi, lo, divisor, shift)
        if calls:
            (q1, top, high), (q0, middle, low) = calls
            m.step("remainder, shifted", r.v * power == middle.v * B + low.v - q0 * d)
        claim("hi:lo = q divisor + r", hi.v * M + lo.v == q.v * divisor.v + r.v)
        claim("r < divisor", z3.And(r.v >= 0, r.v < divisor.v))
        claim("the quotient is a word", z3.And(q.v >= 0, q.v < M))
        claim.canary("r = 0", r.v == 0, hi.v == 0, divisor.v == (1 << (64 - shift)) - 1, lo.v == 1) \
            if shift < 63 else claim.canary("q = 0", q.v == 0, hi.v == 0, lo.v == 1)
    return statement


for shift in range(64):
    theorem(f"divide_narrow: quotient and remainder, divisor of {64 - shift} bits")(narrow_statement(shift))


@theorem("divide: all 128 bits of the quotient")
def divide_is_exact(claim):
    t.summaries = {"divide_narrow"}
    value, divisor = U128(variable("lo"), variable("hi")), variable("divisor")
    words.machine.fact(divisor.v > 0)
    whole = value.whole
    quotient, rest = t.divide(value, divisor)
    claim("value = q divisor + r", whole == quotient.lo.v * divisor.v + M * (quotient.hi.v * divisor.v) + rest.v)
    claim("r < divisor", z3.And(rest.v >= 0, rest.v < divisor.v))
    claim.canary("q < 2^64", quotient.hi.v == 0, value.hi.v == 9, value.lo.v == 0, divisor.v == 2)


def refusing(run):
    """The result of run(), or None and why it refused."""
    try:
        return run(), None
    except t.Refused as refused:
        return None, str(refused)


@theorem("mul_div: the floor, or an error that is true")
def mul_div_is_exact(claim):
    t.summaries = {"multiply", "divide_narrow"}
    a, b, divisor = variable("a"), variable("b"), variable("divisor")
    result, why = refusing(lambda: t.mul_div(a, b, divisor))
    product = a.v * b.v
    if why is None:
        claim("floor", z3.And(result.v * divisor.v <= product, product < result.v * divisor.v + divisor.v))
    elif why == "Overflow":
        claim("it does not fit", product >= M * divisor.v)
    else:
        claim("division by zero", divisor.v == 0)
    claim.canary("never refuses", z3.BoolVal(why is None), divisor.v == 1, a.v == M - 1, b.v == M - 1)
    claim.canary("always refuses", z3.BoolVal(why is not None), divisor.v == 3, a.v == 5, b.v == 7)


@theorem("div_ceil: the ceiling, or an error that is true")
def div_ceil_is_exact(claim):
    t.summaries = {"divide_narrow"}
    value, divisor = U128(variable("lo"), variable("hi")), variable("divisor")
    result, why = refusing(lambda: t.div_ceil(value, divisor))
    if words.machine.narrowed and why is None:
        floor = words.machine.narrowed[0][1]
        product_of_sum(result.v, floor, z3.IntVal(1), divisor.v)
        product_of_sum(result.v, floor, z3.IntVal(0), divisor.v)
    elif words.machine.narrowed:
        product_of_sum(words.machine.narrowed[0][1], z3.IntVal(M - 1), z3.IntVal(0), divisor.v)
    if why is None:
        claim("ceiling", z3.And((result.v - 1) * divisor.v < value.whole, value.whole <= result.v * divisor.v))
    elif why == "Overflow":
        claim("it does not fit", value.whole > (M - 1) * divisor.v)
    claim.canary("the floor", (result.v * divisor.v <= value.whole) if why is None else True,
                 divisor.v == 3, value.lo.v == 10, value.hi.v == 0)


@theorem("multiply_add: the sum, or an error that is true")
def multiply_add_is_exact(claim):
    t.summaries = {"multiply"}
    a, b, c = variable("a"), U128(variable("bl"), variable("bh")), variable("c")
    result, why = refusing(lambda: t.multiply_add(a, b, c))
    whole = a.v * b.lo.v + M * (a.v * b.hi.v) + c.v
    if why is None:
        claim("a b + c", result.whole == whole)
    else:
        claim("it does not fit", whole >= M * M)
    claim.canary("always fits", z3.BoolVal(why is None), a.v == 2, b.lo.v == 0, b.hi.v == M - 1, c.v == 0)
