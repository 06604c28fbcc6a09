#!/usr/bin/env python3
"""`wardhive replay` on recordings others made, against a count of our own. Skips where they are absent."""

import bisect
import collections
import csv
import datetime
import gzip
import json
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from support import DATA, run

OPENSSH = DATA / "loghub-2k/OpenSSH/OpenSSH_2k.log"
NAB = DATA / "nab/realKnownCause/machine_temperature_system_failure.csv"
SMD = DATA / "smd/machine-1-2_test.csv.gz"


def replay(*argv):
    code, out, err = run("replay", *argv, timeout=120)
    if code != 0:
        raise AssertionError(f"replay {argv} ended with {code}: {err}")
    return out


def attempts_of(log, year, repeated=True):
    """address -> times of its failed attempts: a line of sshd each, and as many as syslog says were repeated."""
    pattern = re.compile(r"^(\w{3} +\d+ [\d:]{8}) \S+ sshd\[(\d+)\]: (?:message repeated (\d+) times: \[ )?Failed password for .* from (\S+) port \d+ ssh2\]?$")
    attempts = collections.defaultdict(list)
    for line in log.read_text(errors="replace").splitlines():
        if match := pattern.match(line):
            at = datetime.datetime.strptime(f"{year} {match[1]}", "%Y %b %d %H:%M:%S").timestamp()
            attempts[match[4]] += [at] * int(match[3] or 1) if repeated or not match[3] else []
    return attempts


def brute_force(times, bounds=((5, 120), (10, 1800))):
    """At least so many attempts within so many seconds, for any of the bounds."""
    times = sorted(times)
    return any(bisect.bisect_right(times, at + window) - i >= count for count, window in bounds for i, at in enumerate(times))


@unittest.skipUnless(OPENSSH.exists(), f"no {OPENSSH.name} here")
class OpenSsh(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.out = replay("--logs", OPENSSH, "--format", "sshd", "--year", "2017")
        cls.lines = [json.loads(line) for line in cls.out.splitlines()]

    def setUp(self):
        self.attempts = attempts_of(OPENSSH, 2017)
        self.expected = {address for address, times in self.attempts.items() if brute_force(times)}
        self.found = {line["subject"].removeprefix("address/") for line in self.lines
                      if line["type"] == "finding" and line["kind"] == "auth_failure_burst" and line["phase"] == "raised"}

    def told(self, addresses):
        return {address: f"{len(self.attempts.get(address, []))} attempts" for address in sorted(addresses)}

    def test_no_other_address_is_found(self):
        self.assertGreater(len(self.found), 5)
        self.assertEqual(self.told(self.found - self.expected), {})

    # syslog's "message repeated 5 times" is parsed as one event that counts 5, but counted as 1.
    def test_every_brute_forcing_address_is_found(self):
        self.assertEqual(self.told(self.expected - self.found), {})

    def test_every_brute_forcing_address_with_a_line_per_attempt_is_found(self):
        lines = {address for address, times in attempts_of(OPENSSH, 2017, repeated=False).items() if brute_force(times)}
        self.assertGreater(len(lines), 5, "the recording is not what this test was written for")
        self.assertEqual(self.told(lines - self.found), {})

    def test_no_address_is_decided_on_that_did_not_try(self):
        targets = {line["target"] for line in self.lines if line["type"] == "decision" and line["verb"].startswith("ban")}
        self.assertTrue(targets)
        self.assertEqual([t for t in targets if t.removeprefix("address/") not in self.attempts], [])

    def test_nothing_is_enforced(self):
        self.assertEqual([line for line in self.lines if line["type"] == "action"], [])
        firsts = {}
        for line in self.lines:
            if line["type"] == "decision" and line["verb"] != "notify":
                firsts.setdefault(line["id"], line["state"])
        self.assertEqual(set(firsts.values()), {"shadow"})

    def test_two_runs_are_byte_identical(self):
        self.assertEqual(self.out, replay("--logs", OPENSSH, "--format", "sshd", "--year", "2017"))

    def test_every_line_is_versioned(self):
        self.assertEqual([line for line in self.lines if line.get("schema_version") != 1], [])


@unittest.skipUnless(NAB.exists(), f"no {NAB.name} here")
class Nab(unittest.TestCase):
    def test_one_score_per_row_at_the_rows_time(self):
        with NAB.open() as file:
            rows = list(csv.DictReader(file))
        scores = [json.loads(line) for line in replay("--series", NAB, "--scores").splitlines()]
        self.assertEqual(len(scores), len(rows))
        self.assertEqual([s["t"] for s in scores], [r["timestamp"].replace(" ", "T") + "Z" for r in rows])
        self.assertEqual({tuple(s) for s in scores}, {("t", "series", "score", "threshold")})

    # A score that knew what comes next would be worthless live.
    def test_scores_do_not_know_the_future(self):
        rows = NAB.read_text().splitlines(keepends=True)[:6_000]
        with tempfile.TemporaryDirectory(prefix="wardhive-replay-") as directory:
            whole, part = pathlib.Path(directory, "a", NAB.name), pathlib.Path(directory, "b", NAB.name)
            for file, count in ((whole, len(rows)), (part, len(rows) // 2)):
                file.parent.mkdir()
                file.write_text("".join(rows[:count]))
            all_scores, early_scores = replay("--series", whole, "--scores"), replay("--series", part, "--scores")
        self.assertTrue(early_scores)
        self.assertTrue(all_scores.startswith(early_scores))


@unittest.skipUnless(SMD.exists(), f"no {SMD.name} here")
class Smd(unittest.TestCase):
    def test_a_wide_compressed_table_gives_one_line_per_row(self):
        with gzip.open(SMD, "rt") as file:
            rows = sum(1 for _ in file)
        lines = replay("--series", SMD, "--start", "2020-01-01T00:00:00Z", "--step", "60s", "--scores").splitlines()
        self.assertEqual(len(lines), rows)
        first, second, last = (json.loads(line)["t"] for line in (lines[0], lines[1], lines[-1]))
        self.assertEqual((first, second), ("2020-01-01T00:00:00Z", "2020-01-01T00:01:00Z"))
        self.assertEqual(datetime.datetime.fromisoformat(last[:-1]), datetime.datetime(2020, 1, 1) + datetime.timedelta(minutes=rows - 1))


class Refused(unittest.TestCase):
    def test_a_file_that_is_not_there_is_not_found(self):
        code, out, err = run("replay", "--logs", "/nonexistent.log")
        self.assertEqual((code, out), (3, ""))
        self.assertIn("/nonexistent.log", err)

    def test_what_makes_no_sense_is_usage(self):
        for argv in ((), ("--logs", OPENSSH, "--series", NAB), ("--logs", OPENSSH, "--scores"), ("--logs", OPENSSH, "--format", "apache"),
                     ("--logs", OPENSSH, "--tz", "summer"), ("--series", SMD, "--step", "soon")):
            with self.subTest(argv=argv):
                code, out, err = run("replay", *argv)
                self.assertEqual((code, out), (2, ""))
                self.assertTrue(err.startswith("wardhive: "), err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
