#!/usr/bin/env python3
"""Abuse of the program on the real development chain, seen by `wardhive up` through RPC alone. 77: no Node or npm packages.

Real time passes here; what is printed is measured from the moment of sending what crosses the bound, so before it is
confirmed. Each test begins so many slots after the one before that the other's events are history, which is not judged.
"""

import base64
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import key_bytes, main
from check_tx_test import transaction
from devchain_test import NODE, Chain
from market_case import Market
from support import wait_until
from watch_test import Watching, samples

ERA = 10_000  # slots; what is more than 9,000 old when it is read is history
NODES, FAILURES, QUARANTINES, ACCUSATIONS = 20, 50, 5, 3  # the bounds
WAVE = 25
LIMITS = {"nodes": 15.0, "failures": 10.0, "quarantines": 60.0, "accusations": 120.0}  # s
PAUSE_NODES = "wardhive propose pause nodes"
PASS = 7  # samples that a look at the chain brings, at most
SENTINELS = range(3, 6)
SIGN = """
const { createPrivateKey, sign } = require("node:crypto");
const [seed, ...messages] = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const key = createPrivateKey({ key: Buffer.from("302e020100300506032b657004220420" + seed, "hex"), format: "der", type: "pkcs8" });
console.log(JSON.stringify(messages.map((one) => sign(null, Buffer.from(one, "base64"), key).toString("base64"))));
"""


class Abuse(Market):
    @classmethod
    def setUpClass(cls):
        cls.chain = Chain("--port", "0")  # 400 ms slots, as the network has
        cls.addClassCleanup(cls.chain.stop)
        home = tempfile.TemporaryDirectory(prefix="wardhive-abuse-", ignore_cleanup_errors=True)
        cls.addClassCleanup(home.cleanup)
        cls.home = pathlib.Path(home.name)
        cls.program = None

    def setUp(self):
        super().setUp()
        self.up_folder, self.folder = self.folder, self.home
        if not self.program:
            self.found()
        self.chain.ask("devchain_warp", {"slots": ERA})
        self.wardhive = Watching(self.up_folder, [self.chain.ready["rpc"]], program=self.program, more=f'[nodes.job-1]\naccount = "{self.served}"\n')
        self.addCleanup(self.wardhive.close)
        self.wardhive.start()
        self.caught_up()
        self.assertEqual(self.wardhive.incidents(), [], "history is not judged")

    def found(self):
        """A sealed program with three sentinels (two to accuse, one to quarantine), a provider of many nodes, two operators."""
        wallet, _, program, _ = self.deployed()
        mint = self.mint()
        keys = [self.wallet(f"set{i}.json", sol=None)[1] for i in range(8)]
        self.ok("init", "--program", program, "--mint", mint, "--guardian", f"2:{','.join(keys[:3])}", "--sentinel", f"2:{','.join(keys[i] for i in SENTINELS)}",
                "--resolver", f"2:{keys[6]},{keys[7]}", "--outflow-floor", "5000", "--work-cap", "100", "--provider-min", "10", "--user-min", "1",
                "--operator-min", "1000", *self.at(wallet))
        self.ok("seal", "--program", program, "--yes", *self.at(wallet))
        Abuse.program, Abuse.sentinels = program, {i: keys[i] for i in SENTINELS}
        roles = (("owner", "provider", "30d"), ("accuser", "operator", "365d"), ("honest", "operator", "365d"))
        Abuse.owner, Abuse.accuser, Abuse.honest = self.at_once(lambda role: self.staker(mint, *role), roles)
        (Abuse.served,) = self.registered("served", 1)

    def staker(self, mint, name, role, lock):
        """(arguments, address) of somebody with a stake of 1,000 tokens"""
        wallet, address = self.wallet(f"{name}.json")
        tokens = self.tokens(f"{name}-tokens.json", mint, address, 1_000_000_000)
        at = ["--program", self.program, *self.at(wallet)]
        self.ok("stake", "1000", "--role", role, "--lock", lock, "--from", tokens, *at)
        return at, address

    def at_once(self, act, items):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:  # nearly all of it is waiting for confirmation
            return list(pool.map(act, items))

    def registered(self, name, count):
        """That many fake GPUs, within seconds; their addresses."""
        def one(i):
            machine, _ = self.wallet(f"{name}{i}.json", sol=None)
            return self.ok("node", "register", "--machine", machine, "--units", "1", "--price", "0.00001", *self.owner[0])["account"]["node"]
        return self.at_once(one, range(count))

    def caught_up(self):
        """All that is on the chain was read, and judged: what was given later came through."""
        listed = {one["signature"] for one in self.chain.ask("getSignaturesForAddress", self.program, {"limit": 60, "commitment": "confirmed"})}
        file = self.wardhive.state / "chain-watch.json"
        wait_until(lambda: file.exists() and listed <= set(json.loads(file.read_text())["book"]["signatures"]), "every transaction was read", 20)
        before = samples(self.wardhive)
        wait_until(lambda: samples(self.wardhive) > before + 2 * PASS, "it looked again")

    def quiet(self, what):
        self.caught_up()
        self.assertEqual(self.wardhive.incidents(), [], what)

    def told(self, what, account, *words, since):
        """The one incident about `account`: in time, told once with the remedy in it, and nothing else was done."""
        found = wait_until(lambda: self.wardhive.about(account), lambda: f"{what} are told: {self.wardhive.incidents()}", LIMITS[what])
        took = time.monotonic() - since
        self.assertLess(took, LIMITS[what])
        self.assertEqual([one["playbook"] for one in found], ["chain-abuse"])
        self.caught_up()
        self.only(account, *words)
        print(f"{self._testMethodName}: told after {took:.2f} s (limit {LIMITS[what]:.0f} s)")

    def only(self, account, *words):
        incidents = self.wardhive.incidents()
        self.assertEqual([one["subject"] for one in incidents], [f"account/{account}"], incidents)
        said = self.wardhive.get("/api/v1/notices?limit=1000")
        self.assertEqual([one["incident"] for one in said], [incidents[0]["id"]], said)
        for word in words:
            self.assertIn(word, said[0]["text"])
        self.assertEqual(self.wardhive.decisions(), [], "telling is all that is done")
        self.assertIsNone(self.ok("node", "show", self.served, *self.owner[0])["quarantined_until"])

    # ---- Of the program

    def test_a_wave_of_fake_gpus_is_told_and_growth_is_not(self):
        began = time.monotonic()
        self.registered("fake", NODES - 1)
        self.quiet("a provider who brings 19 machines")
        crossed = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(1) as meanwhile:
            rest = meanwhile.submit(self.registered, "more", WAVE - NODES + 1)
            self.told("nodes", self.program, PAUSE_NODES, since=crossed)
            rest.result()
        print(f"{WAVE} nodes in {time.monotonic() - began:.1f} s, of it the look whether 19 are told")
        self.caught_up()
        self.only(self.program, PAUSE_NODES)

    def test_a_wave_while_it_was_down_is_found_afterwards_and_told_once(self):
        self.registered("before", 8)
        self.wardhive.kill()
        self.registered("while", WAVE - 8)
        started = time.monotonic()
        self.wardhive.start()
        self.told("nodes", self.program, PAUSE_NODES, since=started)
        self.wardhive.kill()
        self.wardhive.start()
        self.registered("after", 1)
        self.caught_up()
        self.only(self.program, PAUSE_NODES)  # still the one of before

    def failing(self, first, count):
        """Sends that many transactions which name the program and fail; the clock before the last was sent."""
        keypair = json.loads((self.home / "owner.json").read_text())
        blockhash = key_bytes(self.chain.ask("getLatestBlockhash")["value"]["blockhash"])
        raw = [base64.b64decode(transaction(self.owner[1], [(self.program, [(self.owner[1], True)], bytes([255, n]))], blockhash=blockhash)) for n in range(first, first + count)]
        asked = json.dumps([bytes(keypair[:32]).hex(), *(base64.b64encode(one[65:]).decode() for one in raw)])
        signed = json.loads(subprocess.run([NODE, "-e", SIGN], input=asked, capture_output=True, text=True, check=True, timeout=30).stdout)
        how = {"encoding": "base64", "skipPreflight": True}
        sent = []
        for signature, one in zip(signed, raw):
            began = time.monotonic()
            sent.append(self.chain.ask("sendTransaction", base64.b64encode(b"\1" + base64.b64decode(signature) + one[65:]).decode(), how))
        wait_until(lambda: all(one and one["err"] for one in self.chain.ask("getSignatureStatuses", sent)["value"]), "they are on the chain, and failed")
        return began

    def test_a_burst_of_failing_transactions_is_told_and_a_handful_is_not(self):
        self.failing(0, 5)
        self.quiet("somebody's wrong wallet")
        self.failing(5, FAILURES - 6)
        self.quiet("one less than the bound")
        self.told("failures", self.program, "wardhive propose pause PART", since=self.failing(FAILURES - 1, 1))

    # ---- Of a key

    def test_a_stolen_sentinel_key_is_named_and_the_other_sentinels_and_the_payer_are_not(self):
        nodes = self.registered("good", 2 * QUARANTINES - 1)
        honest, stolen, _ = SENTINELS

        def quarantine(case):
            i, sentinel = case
            self.ok("quarantine", nodes[i], "--for", "1h", "--incident", str(100 + i), "--key", self.file(f"set{sentinel}.json"), *self.owner[0])

        self.at_once(quarantine, [(i, honest if i < QUARANTINES - 1 else stolen) for i in range(len(nodes) - 1)])
        self.quiet("four of each, eight of one payer")
        began = time.monotonic()
        quarantine((len(nodes) - 1, stolen))
        self.told("quarantines", self.sentinels[stolen], f"remove-sentinel-key --remove {self.sentinels[stolen]}", since=began)

    def test_who_accuses_like_no_honest_operator_is_named_and_an_honest_one_is_not(self):
        def accuse(case):
            number, who = case
            self.ok("incident", "open", self.served, "--incident", str(number), "--category", "uptime", "--claim", "1%", "--evidence", "ab" * 32,
                    *(part for i in SENTINELS[:2] for part in ("--key", self.file(f"set{i}.json"))), *who[0])

        self.at_once(accuse, [(1_001, self.honest), *((1_002 + i, self.accuser) for i in range(ACCUSATIONS - 1))])
        self.quiet("three accusations, not of one operator")
        began = time.monotonic()
        accuse((1_010, self.accuser))
        self.told("accusations", self.accuser[1], "wardhive propose pause incident", since=began)


if __name__ == "__main__":
    main()
