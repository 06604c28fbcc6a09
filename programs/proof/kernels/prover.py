"""Theorems, lemmas and canaries: how they are stated, and how z3 is asked."""
from __future__ import annotations

import time

import z3

import machine as words

TIMEOUT_MS = 120_000
# A search that has lost its way is begun again with another seed: the same question is answered in half a
# second or not in two minutes, and which of the two is luck.
TRIES = tuple(enumerate((5_000, 10_000, 20_000, 40_000, TIMEOUT_MS)))
theorems = []  # (name, statement)
lemmas = {}    # name -> (arity, make)


def theorem(name):
    """Registers statement(claim), which runs a transcription and says what must hold."""
    def register(statement):
        theorems.append((name, statement))
        return statement
    return register


def lemma(make):
    """An inequality of products that z3's linear reasoning does not find by itself. It is proved for all
    integers first; lemma(...) then states it of the terms given."""
    arity = make.__code__.co_argcount
    lemmas[make.__name__] = (arity, make)

    def use(*terms):
        words.machine.fact(make(*terms))
    return use


class Claim:
    """What one path through a statement claims."""

    def __init__(self):
        self.goals = []
        self.false = []
        self.pins = []

    def __call__(self, what, condition):
        self.goals.append((what, condition))

    def canary(self, what, condition, *pins):
        """Something false: z3 has to find a counterexample on some path, or the hypotheses contradict
        each other and the theorem says nothing. `pins` fix inputs so that it need not search."""
        self.false.append((what, z3.BoolVal(condition) if isinstance(condition, bool) else condition, pins))


class Failure(Exception):
    pass


class Linear:
    """Makes a formula linear: every product of variables becomes a variable of its own, the same for the
    same product. What then holds for whatever values those take holds for the products too, so this can
    lose a proof but never invent one; and linear arithmetic is decided."""

    def __init__(self):
        self.products = {}
        self.seen = {}

    def monomial(self, factors):
        name = "*".join(sorted(factor.sexpr() for factor in factors))
        return self.products.setdefault(name, z3.Int(f"[{name}]"))

    def __call__(self, formula):
        return self.walk(z3.simplify(formula, som=True, blast_distinct=True))

    def walk(self, term):
        key = term.get_id()
        if key not in self.seen:
            self.seen[key] = term, self.rewritten(term)  # the term stays alive, so its id stays its own
        return self.seen[key][1]

    def rewritten(self, term):
        if z3.is_app_of(term, z3.Z3_OP_POWER):
            base, exponent = term.children()
            return self.monomial([base] * exponent.as_long())
        if z3.is_mul(term):
            numbers = [c for c in term.children() if z3.is_int_value(c)]
            factors = []
            for child in term.children():
                if z3.is_app_of(child, z3.Z3_OP_POWER):
                    factors += [child.arg(0)] * child.arg(1).as_long()
                elif not z3.is_int_value(child):
                    factors.append(child)
            if len(factors) > 1:
                result = self.monomial(factors)
                for number in numbers:
                    result = number * result
                return result
        if not term.children():
            return term
        children = [self.walk(child) for child in term.children()]
        for is_kind, join in ((z3.is_add, z3.Sum), (z3.is_and, z3.And), (z3.is_or, z3.Or)):
            if is_kind(term):
                return join(*children)
        return term.decl()(*children)


class Path:
    """What is known on one path, fact by fact; each is made linear once."""

    def __init__(self, facts, rewrite):
        self.rewrite = rewrite
        self.facts = [self.rewrite(fact) for fact in facts]

    def ask(self, *assertions):
        """z3's verdict on the assertions together, and why it is none."""
        for seed, patience in TRIES:
            solver = z3.SolverFor("QF_LIA")
            solver.set("timeout", patience)
            solver.set("random_seed", seed)
            solver.add(*assertions)
            verdict = solver.check()
            if verdict != z3.unknown:
                break
        return verdict, solver

    def impossible(self):
        return self.ask(*self.facts)[0] == z3.unsat

    def holds(self, condition):
        return self.ask(*self.facts, self.rewrite(z3.Not(condition)))[0] == z3.unsat

    def must_hold(self, what, upto, condition):
        verdict, solver = self.ask(*self.facts[:upto], self.rewrite(z3.Not(condition)))
        if verdict == z3.sat:
            raise Failure(f"{what}: does not follow; {solver.model()}")
        if verdict != z3.unsat:
            raise Failure(f"{what}: no answer with {len(TRIES)} seeds ({solver.reason_unknown()})")


def refuted(facts, condition, pins):
    """Whether there is a real counterexample, with true products: the pins are put in first."""
    values = [(pin.arg(0), pin.arg(1)) for pin in pins]
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MS)
    for fact in [*facts, z3.Not(condition)]:
        solver.add(z3.simplify(z3.substitute(fact, *values)))
    return solver.check() == z3.sat


def prove_lemmas():
    for name, (arity, make) in lemmas.items():
        terms = z3.Ints(" ".join(f"t{i}" for i in range(arity)))
        solver = z3.SolverFor("QF_NIA")
        solver.add(z3.Not(make(*terms)))
        if solver.check() != z3.unsat:
            raise Failure(f"lemma {name} was not proved")


def prove(name, statement):
    """Returns (seconds, paths, goals, canaries killed)."""
    started = time.monotonic()
    claims = []
    rewrite = Linear()
    words.prune = lambda facts: Path(facts, rewrite).impossible()

    def run():
        claims.append(Claim())
        statement(claims[-1])
        return claims[-1]

    count = goals = 0
    canaries = {}
    for done, claim in words.paths(run):
        count += 1
        path = Path(done.facts, rewrite)
        if path.impossible():
            continue  # nobody can take this path
        for what, condition, upto in done.obligations:
            path.must_hold(f"{name}: {what}", upto, condition)
            goals += 1
        goals += len(claim.goals)
        if not path.holds(z3.And(*(condition for _, condition in claim.goals))):
            for what, condition in claim.goals:  # which of them, or all of them one by one
                path.must_hold(f"{name}: {what}", len(done.facts), condition)
        for what, condition, pins in claim.false:
            if canaries.get(what):
                continue
            canaries[what] = refuted(done.facts, condition, pins)
    if goals == 0:
        raise Failure(f"{name}: nothing was claimed on any path that exists")
    if not canaries:
        raise Failure(f"{name}: has no canary")
    alive = [what for what, found in canaries.items() if not found]
    if alive:
        raise Failure(f"{name}: the canary {alive[0]!r} was not refuted, so the theorem may be vacuous")
    return time.monotonic() - started, count, goals, len(canaries)
