#!/usr/bin/env python3
"""`wardhive up` with [chain] against the real development chain: who holds a power. 77: no Node or npm packages.

Real time passes here: what it prints is measured, from the moment of writing, so before it is confirmed.
"""

import base64
import collections
import contextlib
import json
import pathlib
import re
import statistics
import struct
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import TOKEN, Case, key_bytes, key_text, main
from devchain_test import Chain
from support import Controller, wait_until

SYSTEM = "1" * 32
STAKE = "Stake11111111111111111111111111111111111111"
WITHIN = 5.0  # seconds from confirmation to the incident
CHANGES = 6


def key(fill):
    return key_text(bytes([fill]) * 32)


def stake_of(withdrawer):
    """A stake account's bytes whose withdraw authority is `withdrawer`."""
    data = bytearray(200)
    data[0] = 2
    data[44:76] = key_bytes(withdrawer)
    return bytes(data)


def mint_of(authority, freezer=None):
    return struct.pack("<I32sQBBI32s", 1, key_bytes(authority), 10**15, 6, 1, 1 if freezer else 0, key_bytes(freezer) if freezer else bytes(32))


def multisig_of(threshold, *signers):
    return bytes([threshold, len(signers), 1]) + b"".join(map(key_bytes, signers)) + bytes(32 * (11 - len(signers)))


def nonce_of(authority):
    return struct.pack("<II32s32sQ", 1, 1, key_bytes(authority), bytes([7]) * 32, 5_000)


def put(chain, at, owner, data):
    chain.ask("devchain_setAccount", at, {"lamports": 10**9, "owner": owner, "data": base64.b64encode(data).decode()})


class Watching(Controller):
    """A controller in enforce mode that watches `accounts` on `endpoints`."""

    def __init__(self, directory, endpoints, accounts=(), program="", slot_lag_max=50, more=""):
        super().__init__(directory, "--mode", "enforce", "--no-act", config=f"""[ingest]
auth_logs = []
own_host = false
[chain]
endpoints = {json.dumps(list(endpoints))}
watch = {json.dumps(list(accounts))}
program = "{program}"
slot_lag_max = {slot_lag_max}
{more}""")
        self.accounts = set(accounts)

    def get(self, path):
        request = urllib.request.Request(self.url + path, headers={"authorization": "Bearer " + (self.state / "token").read_text().strip()})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def incidents(self):
        return self.get("/api/v1/incidents?state=all&limit=1000")

    def about(self, account):
        return [i for i in self.incidents() if i["subject"] == f"account/{account}"]

    def told(self):
        """How often people were told, by incident; over restarts too."""
        return collections.Counter(n["incident"] for n in self.get("/api/v1/notices?limit=1000"))

    def book(self):
        file = self.state / "chain-watch.json"
        return json.loads(file.read_text())["book"]["authorities"] if file.exists() else {}

    def looking(self):
        """Started, and the first look at each account is over."""
        self.start()
        wait_until(lambda: self.accounts <= self.book().keys(), "every account was looked at once")
        return self


def samples(wardhive):
    """Taken since this life of the controller began; a look at the chain brings at most seven."""
    with urllib.request.urlopen(wardhive.url + "/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return next((float(line.split()[1]) for line in lines if line.startswith("wardhive_monitor_samples_total")), 0)


class Authorities(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chain = Chain("--port", "0")  # 400 ms slots, as the network has
        cls.addClassCleanup(cls.chain.stop)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wardhive-watch-", ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_each_change_is_told_within_5_s_once_and_over_restarts(self):
        stakes = [key(40 + i) for i in range(CHANGES)]
        mint, missed, quiet = key(90), key(91), key(92)
        for account in (*stakes, missed, quiet):
            put(self.chain, account, STAKE, stake_of(key(1)))
        put(self.chain, mint, TOKEN, mint_of(key(1)))
        self.chain.ask("devchain_warp", {"slots": 2})  # confirmed, or their appearance is a change too
        wardhive = Watching(self.folder, [self.chain.ready["rpc"]], [*stakes, mint, missed, quiet])
        self.addCleanup(wardhive.close)
        wardhive.looking()

        took = []
        for i, account in enumerate((*stakes, mint)):
            began = time.monotonic()
            put(self.chain, account, *((TOKEN, mint_of(key(2))) if account == mint else (STAKE, stake_of(key(2)))))
            wait_until(lambda: wardhive.about(account), f"change {i} is an incident", WITHIN)
            took.append(time.monotonic() - began)
            time.sleep(0.137 * i % 0.9)  # or each would come right after a look
        self.assertLess(max(took), WITHIN)
        print(f"authority change, written to incident: median {statistics.median(took):.2f} s, worst {max(took):.2f} s of {len(took)}, limit {WITHIN:.0f} s")
        self.assertIn(key(2), wardhive.about(mint)[0]["summary"])

        with self.subTest("killed, changed meanwhile, started"):
            wardhive.kill()
            put(self.chain, missed, STAKE, stake_of(key(3)))
            self.chain.ask("devchain_warp", {"slots": 2})
            wardhive.start()
            wait_until(lambda: wardhive.about(missed), "what changed while nobody looked is told", WITHIN)
        with self.subTest("stopped and started, and nothing happened"):
            self.assertEqual(wardhive.process.stop(), 0)
            wardhive.start()
            wait_until(lambda: samples(wardhive) > 20, "it looked at least three times again")
            self.assertNotIn("chain_watch_failed", wardhive.process.says())
        told = wardhive.told()
        with self.subTest("each was told once, and nothing was done"):
            for account in (*stakes, mint, missed):
                found = wardhive.about(account)
                self.assertEqual([i["playbook"] for i in found], ["authority-change"], account)
                self.assertEqual(told[found[0]["id"]], 1)
            self.assertEqual(wardhive.about(quiet), [])
            self.assertEqual(wardhive.decisions(), [])

    def test_thresholds_signers_freezers_and_nonces_are_told_within_5_s_too(self):
        few, others, frozen, signer, nonce = key(50), key(51), key(52), key(53), key(54)
        a, b, c = key(1), key(2), key(3)
        changes = {  # account: owner, before, after, what is said
            few: (TOKEN, multisig_of(2, a, b, c), multisig_of(1, a, b, c), "threshold"),
            others: (TOKEN, multisig_of(2, a, b), multisig_of(2, a, c), c),
            frozen: (TOKEN, mint_of(a), mint_of(a, c), "freeze"),
        }
        for account, (owner, before, _, _) in changes.items():
            put(self.chain, account, owner, before)
        self.chain.ask("requestAirdrop", signer, 10**9)
        self.chain.ask("devchain_warp", {"slots": 2})
        wardhive = Watching(self.folder, [self.chain.ready["rpc"]], changes, more=f'signers = ["{signer}"]\n')
        self.addCleanup(wardhive.close)
        wardhive.looking()
        took = []
        for account, (owner, _, after, says) in changes.items():
            began = time.monotonic()
            put(self.chain, account, owner, after)
            wait_until(lambda: wardhive.about(account), f"{says} is an incident", WITHIN)
            took.append(time.monotonic() - began)
            self.assertIn(says, wardhive.about(account)[0]["summary"])
        self.assertIn(f"{b} was taken out", wardhive.about(others)[0]["summary"])
        # Looking for nonces costs much and is done each 30 s; that the signer did something is seen at once.
        began = time.monotonic()
        put(self.chain, nonce, SYSTEM, nonce_of(signer))
        self.chain.ask("requestAirdrop", signer, 1)
        wait_until(lambda: wardhive.about(signer), "the durable nonce is an incident", WITHIN)
        took.append(time.monotonic() - began)
        self.assertIn(nonce, wardhive.about(signer)[0]["summary"])
        print(f"threshold, signers, freeze authority, durable nonce, written to incident: {', '.join(f'{t:.2f}' for t in took)} s, limit {WITHIN:.0f} s")
        wait_until(lambda: samples(wardhive) > 20, "it went on looking")
        told = wardhive.told()
        for account in (*changes, signer):
            (found,) = wardhive.about(account)
            self.assertEqual((found["playbook"], told[found["id"]]), ("authority-change", 1))
        self.assertEqual(wardhive.decisions(), [])


    def test_a_notice_is_a_look_at_once_and_a_lost_one_costs_the_interval(self):
        accounts, quiet = [key(150 + i) for i in range(40)], key(58)
        for one in (*accounts, quiet):
            put(self.chain, one, STAKE, stake_of(key(1)))
        self.chain.ask("devchain_warp", {"slots": 2})
        untouched = iter(accounts)

        def change_told(wardhive, within):
            """Seconds from a change to its incident; None if it took longer than `within`."""
            account, began = next(untouched), time.monotonic()
            put(self.chain, account, STAKE, stake_of(key(2)))
            with contextlib.suppress(AssertionError):
                wait_until(lambda: wardhive.about(account), "the change is told", within)
                return time.monotonic() - began

        websocket = self.chain.ready["rpc"].replace("http", "ws")
        for state, urls, interval in (("heard", ["ws://127.0.0.1:1", websocket], 60), ("that nobody sends", ["ws://127.0.0.1:1"], 1)):
            with self.subTest(state):
                folder = self.folder / str(interval)
                folder.mkdir()
                wardhive = Watching(folder, [self.chain.ready["rpc"]], [*accounts, quiet], more=f'notices = {json.dumps(urls)}\ninterval = "{interval}s"\n')
                self.addCleanup(wardhive.close)
                wardhive.looking()
                # It begins with the endpoint that refuses.
                wait_until(lambda: change_told(wardhive, 2), "the first change is told", 20)
                took = [change_told(wardhive, WITHIN) for _ in range(3)]
                self.assertNotIn(None, took)
                self.assertEqual(wardhive.about(quiet), [])
                self.assertEqual(wardhive.decisions(), [])
                print(f"notices {state}, a look each {interval} s: written to incident {', '.join(f'{t:.2f}' for t in took)} s, limit {WITHIN:.0f} s")
                wardhive.close()


class Program(Case):
    def test_a_key_of_a_set_that_is_exchanged_is_told(self):
        _, _, program, *_ = self.initialised()
        directory = self.folder / "up"
        directory.mkdir()
        wardhive = Watching(directory, [self.chain.ready["rpc"]], program=program)
        self.addCleanup(wardhive.close)
        wardhive.start()
        sets = lambda: {at: said for at, said in wardhive.book().items() if "key set" in json.dumps(said)}
        wait_until(lambda: len(sets()) == 3, "the three key sets were looked at")
        at = sorted(sets())[0]
        data = bytearray(self.data_of(at))
        old = next(one for one in re.findall(r"[1-9A-HJ-NP-Za-km-z]{32,44}", json.dumps(sets()[at])) if key_bytes(one) in data)
        place = data.index(key_bytes(old))
        data[place:place + 32] = bytes([9]) * 32
        began = time.monotonic()
        put(self.chain, at, program, bytes(data))
        wait_until(lambda: wardhive.about(at), "the exchange is an incident", WITHIN)
        print(f"key of a set exchanged, written to incident: {time.monotonic() - began:.2f} s")
        summary = wardhive.about(at)[0]["summary"]
        self.assertLess(summary.index(key(9)), summary.index(old), "who has come in is said first")
        wait_until(lambda: samples(wardhive) > 20, "it went on looking")
        (found,) = wardhive.about(at)
        self.assertEqual(wardhive.told()[found["id"]], 1)
        self.assertEqual(wardhive.decisions(), [])

    def test_a_sealed_program_lost_its_upgrade_authority_and_that_is_told(self):
        wallet, owner, program, *_ = self.initialised()
        directory = self.folder / "up"
        directory.mkdir()
        wardhive = Watching(directory, [self.chain.ready["rpc"]], program=program)
        self.addCleanup(wardhive.close)
        wardhive.start()
        data = key_text(self.data_of(program)[4:36])
        wait_until(lambda: len(wardhive.book()) >= 6 and data in wardhive.book(), "the program's accounts were looked at")
        self.assertEqual(wardhive.incidents(), [])
        began = time.monotonic()
        self.ok("seal", "--program", program, "--yes", *self.at(wallet))
        wait_until(lambda: wardhive.about(data), "the upgrade authority's end is an incident", WITHIN)
        print(f"upgrade authority given up by transaction, sent to incident: {time.monotonic() - began:.2f} s")
        self.assertIn(owner, wardhive.about(data)[0]["summary"])
        self.assertEqual(wardhive.decisions(), [])


if __name__ == "__main__":
    main()
