#!/usr/bin/env python3
"""Removes or bends every check of swarm_core once; a test has to fail each time.

    mutate.py --build DIR [--checks] [--sample N --seed S] [--only TEXT] [--list] [--jobs N]

--checks takes only what takes a whole check away: results ignored, guards removed, rules made Any.

DIR is a build tree with proof_test, sequence_run and their libraries (no sanitizers: they only cost). A
mutant is compiled in one piece, linked with the tests' objects as built, and run: the native tests, then
random operations against the model, then the tests of the rules. What none of them notices survives;
survivors.txt says of each known one why that is no loss. Exit status 1 for a survivor that is not in there,
or for an entry that no mutant matches any more.
"""
import argparse
import concurrent.futures
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

PROGRAMS = pathlib.Path(__file__).resolve().parent.parent
def core_files(pattern, without):
    return sorted(str(path.relative_to(PROGRAMS)) for path in PROGRAMS.glob(pattern)
                  if path.name not in without and not path.stem.endswith("_test"))


CORE = core_files("core/*.cc", {"entrypoint.cc"})
HEADERS = core_files("core/*.h", {"handlers.h", "rules_fixture.h"}) + core_files("core/rules/*.h", set())
# Of the library only what opens accounts; the rest has tests of its own.
SOL = ["sol/account.h", "sol/rules.h", "sol/token.h", "sol/entrypoint.h"]
SECONDS = 60  # a mutant that runs longer hangs, and so is noticed

# What is exchanged, once per place. A guard goes by its `return`; a comparison by its spaces, which
# templates do not have.
FLIPS = [(" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "), (" != ", " == "),
         (" && ", " || "), (" || ", " && ")]
RULES = [(r"sol::Linked<[^;]*?>\((?:[^()]|\([^()]*\))*\)", "sol::Any{}"), (r"sol::Is\((?:[^()]|\([^()]*\))*\)", "sol::Any{}"),
         (r"sol::MintIs\([^()]*\)", "sol::AnyMint{}"), (r"sol::AuthorityIs\([^()]*\)", "sol::AnyAuthority{}")]
NUMBERS = [(r"(?<![\w.])\+ 1(?![\w.'])", "+ 2"), (r"(?<![\w.])- 1(?![\w.'])", "- 2"), (r"\+= 1;", "+= 2;"),
           (r"(?<=[<>=] )(k[A-Z]\w+)(?=[ ;)])", r"(\1 + 1)"), (r"(?<=, )(kPausePeriod|kOutflowPeriod|kBpsOne)(?=[,)])", r"(\1 + 1)"),
           (r"\+ (k[A-Z]\w+);", r"+ \1 + 1;"), (r"\? (\w+) : (\w+)", r"? \2 : \1")]
ASSIGNMENTS = re.compile(r"^  +(?:\w+(?:->|\.))+[\w.\[\]]+ [+-]?= [^;]*;$", re.M)
CHECKS = re.compile(r"\b(?:SOL_CHECK)\(")
GUARDS = re.compile(r"\bif \((?!constexpr)")


def closing(text, opening):
    """Where the parenthesis at `opening` ends."""
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    raise ValueError("unbalanced")


def blank_comments(text):
    """The text with comments, literals, macros and static_asserts blanked, so that places stay places."""
    def blank(match):
        return re.sub(r"[^\n]", "\x01", match[0])
    return re.sub(r'//[^\n]*|"(?:\\.|[^"\\])*"|^#(?:[^\n]*\\\n)*[^\n]*|static_assert\([^;]*;|requires[^;{]*[;{]', blank, text, flags=re.M)


def mutants_of(file):
    """(first, last, replacement, what) for every place in a file."""
    text = (PROGRAMS / file).read_text()
    plain = blank_comments(text)
    found = []
    for match in CHECKS.finditer(plain):
        end = closing(text, match.end() - 1)
        found.append((match.start(), end + 1, f"static_cast<void>{text[match.end() - 1:end + 1]}", "check ignored"))
    for match in GUARDS.finditer(plain):
        end = closing(text, match.end() - 1)
        if re.match(r"\s*(?:\[\[\w+\]\])?\s*return (?:sol::)?(?:Error|Check::|Fault::|code_of\(Error)", text[end + 1:]):
            condition = text[match.end():end]
            found.append((match.end(), end, f"false && ({condition})", "guard removed"))
    for old, new in FLIPS:
        for match in re.finditer(re.escape(old), plain):
            line = plain[plain.rfind("\n", 0, match.start()) + 1:plain.find("\n", match.end())]
            if re.search(r"\bif \(|return|while \(|for \(|\?|const bool|&&|\|\|", line) or "inside" in line:
                found.append((match.start(), match.end(), new, f"{old.strip()} made {new.strip()}"))
    for pattern, new in RULES + NUMBERS:
        for match in re.finditer(pattern, plain):
            replacement = match.expand(new)
            found.append((match.start(), match.end(), replacement, f"{' '.join(text[match.start():match.end()].split())} made {replacement}"))
    if file in CORE or file.startswith("core/rules"):
        for match in ASSIGNMENTS.finditer(plain):
            found.append((match.start(), match.end(), "", "assignment removed"))
    return text, plain, found


class Mutant:
    def __init__(self, file, text, first, last, replacement, what):
        self.file, self.what = file, what
        self.text = text[:first] + replacement + text[last:]
        leading = len(text[first:last]) - len(text[first:last].lstrip())  # of a flip: its space
        self.line = text.count("\n", 0, first + leading) + 1
        self.source = " ".join(text.splitlines()[self.line - 1].split())

    @property
    def is_removal(self):
        return self.what in ("check ignored", "guard removed") or "made sol::Any" in self.what

    @property
    def name(self):
        return f"{self.file}:{self.line}: {self.what} | {self.source}"

    @property
    def key(self):
        """Without the line's number, which moves."""
        return f"{self.file} | {self.what} | {self.source}"


def all_mutants():
    mutants, seen = [], set()
    for file in CORE + HEADERS + SOL:
        text, plain, found = mutants_of(file)
        for first, last, replacement, what in sorted(found):
            if "\x01" in plain[first:last].replace("\x01\n", "") and what != "guard removed" and what != "check ignored":
                continue
            mutant = Mutant(file, text, first, last, replacement, what)
            if mutant.text not in seen:
                seen.add(mutant.text)
                mutants.append(mutant)
    return mutants


class Builder:
    def __init__(self, build, folder):
        self.build, self.folder = pathlib.Path(build).resolve(), pathlib.Path(folder)
        targets = ("proof_test", "sequence_run")
        if subprocess.run(["ninja", "-C", str(self.build), *targets], stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit("mutate: the tests do not build")
        self.links = {target: self.link_command(target) for target in targets}
        self.compiler = ["clang++-19", "-std=c++23", "-O0", "-w"]
        # A mutated source finds all headers read already; a mutated header is read by everything.
        headers = HEADERS + SOL + ["core/handlers.h", "sol/checked.h", "sol/hash.h", "sol/system.h"]
        (self.folder / "all.h").write_text("".join(f'#include "{file}"\n' for file in headers))
        subprocess.run([*self.compiler, f"-I{PROGRAMS}", "-x", "c++-header", self.folder / "all.h", "-o",
                        self.folder / "all.pch"], check=True)
        # Nothing changed, nothing may be noticed: else every mutant would seem to be.
        for file in (CORE[0], HEADERS[0], "core/rules/weight.h"):
            text = (PROGRAMS / file).read_text()
            if killer := self.judge(Mutant(file, text, 0, 0, "", "nothing")):
                sys.exit(f"mutate: {killer} fails without any mutant")

    def link_command(self, target):
        lines = subprocess.run(["ninja", "-C", str(self.build), "-t", "commands", target], capture_output=True,
                               text=True, check=True).stdout.strip().splitlines()
        return lines[-1].removeprefix(": && ").removesuffix(" && :")

    def judge(self, mutant):
        """What killed it, or None."""
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            folder = pathlib.Path(folder)
            changed = folder / "programs" / mutant.file
            changed.parent.mkdir(parents=True)
            changed.write_text(mutant.text)
            if mutant.file in CORE:
                how = ["-include-pch", self.folder / "all.pch", f"-I{PROGRAMS}", "-c", changed]
                rest = " programs/core/libwh_swarm_core.a"  # the other sources; what is defined already is left out
            else:
                unit = folder / "core.cc"
                unit.write_text("".join(f'#include "{file}"\n' for file in CORE + ["core/entrypoint.cc"]))
                how, rest = [f"-I{folder}/programs", f"-I{PROGRAMS}", "-c", unit], ""
            if subprocess.run([*self.compiler, *how, "-o", folder / "core.o"], capture_output=True).returncode != 0:
                return "compiler"
            for target, arguments in (("proof_test", ["--gtest_brief=1", "--gtest_fail_fast"]),
                                      ("sequence_run", ["--operations", "10000", "--seed", "7"])):
                command = re.sub(r"-o \S+", f"-o {folder}/{target}", self.links[target])
                command = command.replace("programs/core/libwh_swarm_core.a", f"{folder}/core.o{rest}")
                subprocess.run(command, shell=True, cwd=self.build, check=True, capture_output=True)
                if not passes([folder / target, *arguments]):
                    return target
            if mutant.file.startswith("core/rules/"):
                tests = [PROGRAMS / "core" / name for name in ("rules_test.cc", "rules_stream_test.cc")]
                subprocess.run([*self.compiler, f"-I{folder}/programs", f"-I{PROGRAMS}", *tests, "-o", folder / "rules",
                                "-lgtest", "-lgtest_main"], check=True)
                if not passes([folder / "rules", "--gtest_brief=1"]):
                    return "swarm_rules_test"
        return None


def passes(command):
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def known_survivors():
    """key -> why, from survivors.txt: a line of the mutant, then indented lines of why."""
    known, key = {}, None
    for line in (pathlib.Path(__file__).parent / "survivors.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            known[key] += line.strip() + " "
        else:
            key = line.strip()
            known[key] = ""
    return known


def main():
    parser = argparse.ArgumentParser(prog="mutate")
    parser.add_argument("--build", required=True)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--checks", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    mutants = [m for m in all_mutants() if options.only in m.name and (m.is_removal or not options.checks)]
    if options.list:
        print("\n".join(m.name for m in mutants))
        return 0
    everything = not options.sample and not options.only and not options.checks
    if options.sample:
        mutants = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        return run(options, mutants, Builder(options.build, folder), everything)


def run(options, mutants, builder, everything):
    started, known = time.monotonic(), known_survivors()
    counts, new, met = {}, [], set()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for mutant, killer in zip(mutants, pool.map(builder.judge, mutants)):
            counts[killer] = counts.get(killer, 0) + 1
            print(f"{'killed by ' + killer if killer else 'SURVIVED'}: {mutant.name}", flush=True)
            if killer is None:
                met.add(mutant.key)
                if mutant.key not in known:
                    new.append(mutant)
    print(f"{len(mutants)} mutants in {time.monotonic() - started:.0f} s: " + ", ".join(
        f"{count} {'killed by ' + killer if killer else 'survived'}" for killer, count in sorted(counts.items(), key=str)))
    for mutant in new:
        print(f"NEW SURVIVOR {mutant.key}")
    stale = [key for key in known if everything and key not in met]
    for key in stale:
        print(f"NO LONGER SURVIVES {key}")
    return 1 if new or stale else 0


if __name__ == "__main__":
    sys.exit(main())
