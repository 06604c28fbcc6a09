"""The arithmetic of swarm_core, transcribed line by line.

A comment `# > text` quotes the C++ line that the Python below it says again; `# file:` names where it
stands, and drift.py refuses a quote that is not there any more. The same functions run on integers
(compared with the compiled code) and on symbols (proved). Where `summaries` holds a function's name, a
call to it stands for its contract, which theorems.py proves of its body.
"""
from __future__ import annotations

import machine
from machine import B, M, U128, Word, word

summaries = set()
after_multiply = lambda a, b: None   # told of each product that stands for its contract
before_narrow = lambda divisor: None  # told of each call of divide_narrow that stands for its contract
on_digit = None  # told of each call of quotient_digit that stands for its contract, and of its result
LOW = 0xffffffff
SUPPLY_MAX = 1 << 61
WEIGHT_MIN = 1 << 20
BPS_ONE = 10_000
DAY = 86_400
EPOCHS_MAX = 7


class Refused(Exception):
    """The function left with an error."""


# ---- file: sol/wide.h

def less(a, b):
    # > return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo;
    return a.hi < b.hi if a.hi != b.hi else a.lo < b.lo


def add(a, b):
    # > const std::uint64_t lo = a.lo + b.lo;
    lo = a.lo + b.lo
    # > const std::uint64_t carry = lo < a.lo ? 1 : 0;
    carry = Word(1) if lo < a.lo else Word(0)
    # > const std::uint64_t hi = a.hi + b.hi;
    hi = a.hi + b.hi
    # > const bool fits = hi >= a.hi && hi + carry >= hi;
    fits = bool(hi >= a.hi) and bool(hi + carry >= hi)
    # > a = {lo, hi + carry};
    a.lo, a.hi = lo, hi + carry
    return fits


def subtract(a, b):
    # > a = {a.lo - b.lo, a.hi - b.hi - (a.lo < b.lo ? 1 : 0)};
    a.lo, a.hi = a.lo - b.lo, a.hi - b.hi - (Word(1) if a.lo < b.lo else Word(0))


def multiply(a, b):
    if "multiply" in summaries:
        m = machine.machine
        lo, hi = m.fresh("lo"), m.fresh("hi")
        m.multiplied.append((word(a).v, word(b).v))
        after_multiply(word(a).v, word(b).v)
        m.fact(lo + M * hi == word(a).v * word(b).v, lo >= 0, lo < M, hi >= 0, hi < M)
        return U128(Word(lo), Word(hi))
    a, b = word(a), word(b)
    # > const std::uint64_t low = (a & kLow) * (b & kLow);
    low = (a & LOW) * (b & LOW)
    # > const std::uint64_t cross = (a >> 32) * (b & kLow) + (low >> 32);  // at most 2^64 - 2^32
    cross = (a >> 32) * (b & LOW) + (low >> 32)
    # > const std::uint64_t other = (a & kLow) * (b >> 32) + (cross & kLow);
    other = (a & LOW) * (b >> 32) + (cross & LOW)
    # > product = {other << 32 | (low & kLow), (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32)};
    return U128(other << 32 | (low & LOW), (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32))


def quotient_digit(rest, digit, d_hi, d_lo, turns=None):
    if "quotient_digit" in summaries:
        m = machine.machine
        q = m.fresh("digit")
        d = d_hi.v * B + d_lo.v
        value = rest.v * B + digit.v
        on_digit(q, rest, digit, d_hi, d_lo)
        m.oblige("quotient_digit: divisor normalised", z3_and(d_hi.v >= B // 2, d_hi.v < B, d_lo.v >= 0, d_lo.v < B))
        m.oblige("quotient_digit: one digit", z3_and(rest.v < d, digit.v >= 0, digit.v < B))
        m.fact(q >= 0, q < B, q * d <= value, value < (q + 1) * d)
        return Word(q, B)
    # > std::uint64_t q = rest / d_hi;
    q = rest // d_hi
    # > std::uint64_t left = rest - q * d_hi;
    left = rest - q * d_hi
    # > while (q >> 32 != 0 || q * d_lo > (left << 32 | digit)) {
    while bool(q >> 32 != 0) or bool(q * d_lo > (left << 32 | digit)):
        if turns is not None:
            turns.append((q, left))
            if len(turns) == 3:
                return q
        # > --q;
        q = q - 1
        # > left += d_hi;
        left = left + d_hi
        # > if (left >> 32 != 0) break;
        if left >> 32 != 0:
            break
    # > return q;
    return q


def divide_narrow(hi, lo, divisor, shift=None):
    """(quotient, remainder). `shift` is what clz gives for a symbolic divisor."""
    hi, lo, divisor = word(hi), word(lo), word(divisor)
    if "divide_narrow" in summaries:
        m = machine.machine
        q, r = m.fresh("q"), m.fresh("r")
        before_narrow(divisor.v)
        m.oblige("divide_narrow: the quotient fits", hi.v < divisor.v)
        m.fact(hi.v * M + lo.v == q * divisor.v + r, r >= 0, r < divisor.v, q >= 0, q < M)
        m.narrowed.append((divisor.v, q))
        return Word(q), Word(r)
    # > if (hi == 0) {
    if hi == 0:
        # > remainder = lo % divisor;
        # > return lo / divisor;
        return lo.divmod(divisor)
    # > const int shift = __builtin_clzll(divisor);
    shift = 64 - divisor.v.bit_length() if shift is None else shift
    # > const std::uint64_t d = divisor << shift;
    d = divisor << shift
    # > const std::uint64_t top = shift == 0 ? hi : hi << shift | lo >> (64 - shift);
    top = hi if shift == 0 else hi << shift | lo >> (64 - shift)
    # > const std::uint64_t low = lo << shift;
    low = lo << shift
    # > const std::uint64_t q1 = detail::quotient_digit(top, low >> 32, d >> 32, d & kLow);
    q1 = quotient_digit(top, low >> 32, d >> 32, d & LOW)
    # > (top << 32 | low >> 32) - q1 * d;  // modulo 2^64; the true value fits
    middle = (top << 32 | low >> 32) - q1 * d
    # > const std::uint64_t q0 = detail::quotient_digit(middle, low & kLow, d >> 32, d & kLow);
    q0 = quotient_digit(middle, low & LOW, d >> 32, d & LOW)
    # > remainder = ((middle << 32 | (low & kLow)) - q0 * d) >> shift;
    # > return q1 << 32 | q0;
    return q1 << 32 | q0, ((middle << 32 | (low & LOW)) - q0 * d) >> shift


def divide(value, divisor):
    """(quotient, remainder), the quotient of 128 bits."""
    # > const std::uint64_t hi = value.hi / divisor;
    hi = value.hi // divisor
    # > quotient.lo = divide_narrow(value.hi - hi * divisor, value.lo, divisor, remainder);
    lo, remainder = divide_narrow(value.hi - hi * divisor, value.lo, divisor)
    # > quotient.hi = hi;
    return U128(lo, hi), remainder


def mul_div(a, b, divisor):
    divisor = word(divisor)
    # > if (divisor == 0) [[unlikely]]
    if divisor == 0:
        raise Refused("DivideByZero")
    # > multiply(a, b, product);
    product = multiply(a, b)
    # > if (product.hi >= divisor) [[unlikely]]
    if product.hi >= divisor:
        raise Refused("Overflow")
    # > return divide_narrow(product.hi, product.lo, divisor, rest);
    return divide_narrow(product.hi, product.lo, divisor)[0]


def div_ceil(value, divisor):
    divisor = word(divisor)
    # > if (divisor == 0) [[unlikely]]
    if divisor == 0:
        raise Refused("DivideByZero")
    # > if (value.hi >= divisor) [[unlikely]]
    if value.hi >= divisor:
        raise Refused("Overflow")
    # > const std::uint64_t floor = divide_narrow(value.hi, value.lo, divisor, rest);
    floor, rest = divide_narrow(value.hi, value.lo, divisor)
    # > if (rest == 0) return floor;
    if rest == 0:
        return floor
    # > if (floor + 1 == 0) [[unlikely]]
    if floor + 1 == 0:
        raise Refused("Overflow")
    # > return floor + 1;
    return floor + 1


def multiply_add(a, b, c):
    # > multiply(a, b.lo, low);
    low = multiply(a, b.lo)
    # > multiply(a, b.hi, high);
    high = multiply(a, b.hi)
    # > if (high.hi != 0) [[unlikely]]
    if high.hi != 0:
        raise Refused("Overflow")
    # > if (!add(low, {c, high.lo})) [[unlikely]]
    if not add(low, U128(c, high.lo)):
        raise Refused("Overflow")
    # > sum = low;
    return low


def saturating_sub(a, b):
    # file: sol/checked.h
    # > return a > b ? static_cast<T>(a - b) : T{0};
    a, b = word(a), word(b)
    return a - b if a > b else Word(0)


def z3_and(*conditions):
    import z3
    return z3.And(*conditions)
