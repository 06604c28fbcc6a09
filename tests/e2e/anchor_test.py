#!/usr/bin/env python3
"""Checkpoints of the audit on the real development chain, and what `audit check-anchor` makes of a changed audit. 77: no Node or npm packages."""

import contextlib
import datetime
import hashlib
import json
import pathlib
import shutil
import sqlite3
import struct
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import PROGRAM, Case, main
from support import Controller, failed_logins, run, wait_until

ANCHOR = PROGRAM.parent / "swarm_anchor.so"
ATTACKER = "203.0.113.66"


def time_text(ns):
    whole, rest = divmod(ns, 10**9)
    text = datetime.datetime.fromtimestamp(whole, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{rest:09d}".rstrip("0") if rest else "") + "Z"


def rewritten(database, change):
    """The audit with `change` made to its rows, and the whole chain of hashes made anew: sound in itself."""
    with contextlib.closing(sqlite3.connect(database)) as db, db:
        rows = [list(row) for row in db.execute("SELECT at, kind, actor, offset, idx, body_hash FROM audit ORDER BY sequence")]
        change(db, rows)
        db.execute("DELETE FROM audit")
        head = "0" * 64
        for sequence, (at, kind, actor, offset, index, body) in enumerate(rows, 1):
            link = {"sequence": sequence, "at": time_text(at), "kind": kind, "actor": actor, "offset": offset, "index": index, "body_hash": body.hex()}
            head = hashlib.sha256((head + json.dumps(link, separators=(",", ":"))).encode()).hexdigest()
            db.execute("INSERT INTO audit VALUES(?,?,?,?,?,?,?,?)", (sequence, at, kind, actor, offset, index, body, bytes.fromhex(head)))


def drop(db, rows, at):
    _, kind, _, offset, index, _ = rows.pop(at)
    if kind in ("receipt", "command"):
        db.execute("DELETE FROM log WHERE offset = ?", (offset,))
    else:
        db.execute("DELETE FROM journal WHERE offset = ? AND idx = ?", (offset, index))


def another_actor(db, rows):
    rows[1][2] = "somebody else"


def swapped(db, rows):
    rows[0], rows[1] = rows[1], rows[0]


def without_the_second(db, rows):
    drop(db, rows, 1)


def cut(keep):
    def change(db, rows):
        while len(rows) > keep:
            drop(db, rows, len(rows) - 1)
    return change


class Anchored(Case):
    def setUp(self):
        super().setUp()
        _, _, self.program, _ = self.deployed(ANCHOR)
        self.key, self.authority = self.wallet("anchor.json")
        self.log = self.folder / "auth.log"
        self.log.touch()

    def controller(self, name="one", interval="1s", url=None):
        directory = self.folder / name
        directory.mkdir()
        wardhive = Controller(directory, "--mode", "enforce", "--no-act", config=f"""[ingest]
auth_logs = ["{self.log}"]
own_host = false
[chain]
endpoints = ["{url or self.chain.ready["rpc"]}"]
anchor_program = "{self.program}"
anchor_key = "{self.key}"
anchor_interval = "{interval}"
""")
        self.addCleanup(wardhive.close)
        wardhive.start()
        return wardhive

    def check(self, state, *argv):
        """(exit code, answer or error of check-anchor)"""
        code, out, err = run("audit", "check-anchor", "--state", state, *(argv or self.at()), "--program", self.program, "--authority", self.authority, "--json")
        return code, json.loads(out) if out else json.loads(err.splitlines()[-1])["error"]

    def anchored(self):
        """(checkpoints, records) of the only log of this program"""
        accounts = self.chain.ask("getProgramAccounts", self.program, {"encoding": "base64"})
        if not accounts:
            return 0, 0
        self.assertEqual(len(accounts), 1)
        data = self.data_of(accounts[0]["pubkey"])
        return struct.unpack_from("<Q", data, 8)[0], struct.unpack_from("<Q", data, 88)[0]

    def metrics(self, wardhive):
        with urllib.request.urlopen(wardhive.url + "/metrics", timeout=5) as got:
            return got.read().decode()

    def command(self, wardhive):
        """A record of the audit."""
        wardhive.ask("mode", "shadow" if wardhive.ask("status")["mode"] == "enforce" else "enforce")

    def records(self, wardhive):
        return json.loads(run("audit", "verify", "--state", wardhive.state, "--json")[1])["records"]

    def all_anchored(self, wardhive):
        return wait_until(lambda: self.anchored()[1] == self.records(wardhive) > 0, lambda: f"anchored: {self.anchored()}; {wardhive.process.says()[-1500:]}")

    def test_it_goes_on_after_a_kill_and_every_change_of_the_past_is_found(self):
        wardhive = self.controller()
        self.command(wardhive)
        self.all_anchored(wardhive)
        for _ in range(3):
            self.command(wardhive)
            wardhive.kill()  # before, while or after the checkpoint is sent
            wardhive.start()
        for _ in range(4):
            self.command(wardhive)
        self.all_anchored(wardhive)
        before = self.anchored()
        wardhive.kill()
        wardhive.start()
        wait_until(lambda: f"wardhive_app_audit_anchored_records {before[1]}\n" in self.metrics(wardhive), "it has looked at the chain")
        self.assertEqual(self.anchored(), before, "nothing new: nothing is posted")
        code, answer = self.check(wardhive.state)
        self.assertEqual((code, answer["verdict"], answer["anchored_records"], answer["anchored_seq"]), (0, "matches", before[1], before[0]), answer)
        # The configuration says the same as the options.
        self.assertEqual(run("audit", "check-anchor", "--state", wardhive.state, "--config", wardhive.directory / "wardhive.toml")[0], 0)
        self.assertEqual(wardhive.process.stop(), 0)

        copy = self.folder / "copy"
        for change, expected in ((lambda db, rows: None, 0), (another_actor, 6), (swapped, 6), (without_the_second, 7), (cut(before[1] - 1), 7), (cut(2), 7)):
            shutil.copytree(wardhive.state, copy)
            rewritten(copy / "wardhive.db", change)
            self.assertEqual(run("audit", "verify", "--state", copy)[0], 0, f"{change}: alone, it looks sound")
            code, answer = self.check(copy)
            self.assertEqual(code, expected, (change, answer))
            shutil.rmtree(copy)
        # A body that was changed, and nothing else.
        shutil.copytree(wardhive.state, copy)
        with contextlib.closing(sqlite3.connect(copy / "wardhive.db")) as db, db:
            db.execute("UPDATE journal SET body = body || ' ' WHERE kind <> 'score'")
            db.execute("UPDATE log SET body = body || ' ' WHERE kind IN ('command', 'receipt')")
        self.assertEqual(self.check(copy)[0], 6)

        self.assertEqual(self.check(wardhive.state, "-u", "http://127.0.0.1:9")[0], 5)
        self.assertEqual(self.check(wardhive.state, *self.at(), "--log", "1")[0], 3)

        # Another history under the same log: told, nothing is signed, all else goes on.
        other = self.controller("two")
        self.command(other)
        wait_until(lambda: other.ask("status")["audit_problem"], "the audit is not the anchored one", 20)
        self.assertIn("audit", other.ask("status")["sentence"])
        for _ in range(before[1] + 2):
            self.command(other)
        wait_until(lambda: "not those that were anchored" in other.ask("status")["audit_problem"], lambda: other.ask("status"), 20)
        self.assertEqual(self.anchored(), before)
        self.assertIn("wardhive_app_audit_anchor_alarm 1", self.metrics(other))

    def test_the_close_of_an_incident_is_anchored_at_once_and_a_dead_chain_harms_nothing(self):
        wardhive = self.controller(interval="24h")
        self.command(wardhive)
        wait_until(lambda: self.anchored()[0] == 1, lambda: f"the first: {wardhive.process.says()[-1500:]}")
        with self.log.open("a") as log:
            log.write(failed_logins(ATTACKER, 6, 4_000, node="controller"))
        decision = wait_until(lambda: next(iter(wardhive.decisions()), None), "a decision")
        # Longer than two checkpoints are held apart: 30 slots are 12 s.
        slot = self.chain.ask("getSlot")
        wait_until(lambda: self.chain.ask("getSlot") >= slot + 30, "time passes on the chain", 60)
        self.assertEqual(self.anchored()[0], 1, "an open incident can wait")
        wardhive.ask("decisions", "revert", decision["id"], "--reason", "a guest")
        incident = lambda: next(i for i in wardhive.ask("incidents", "list", "--all") if i["subject"] == f"address/{ATTACKER}")
        wait_until(lambda: incident()["state"] in ("false_positive", "resolved"), lambda: f"closed: {incident()}")
        began = time.monotonic()
        wait_until(lambda: self.anchored()[0] == 2, lambda: f"anchored at its close: {wardhive.process.says()[-1500:]}", 15)
        print(f"anchored {time.monotonic() - began:.1f} s after the close was seen", file=sys.stderr)
        self.assertEqual(self.check(wardhive.state)[0], 0)

        nowhere = self.controller("two", url="http://127.0.0.1:9")
        self.command(nowhere)
        wait_until(lambda: "audit_not_anchored" in nowhere.process.says(), "it says so")
        self.assertEqual(nowhere.ask("status")["audit_problem"], "")
        self.assertEqual(nowhere.process.stop(), 0)


if __name__ == "__main__":
    main()
