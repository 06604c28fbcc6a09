#!/usr/bin/env python3
"""`wardhive chain check-tx` on the real development chain: transactions built byte by byte here. 77: no Node or npm packages."""

import base64
import hashlib
import json
import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import PROGRAM, TOKEN, Case, key_bytes, key_text, main
from support import BINARY, run

SYSTEM = "11111111111111111111111111111111"
LOADER = "BPFLoaderUpgradeab1e11111111111111111111111"
TABLES = "AddressLookupTab1e1111111111111111111111111"
RECENT, RENT, CLOCK = (f"Sysvar{name}" for name in ("RecentB1ockHashes11111111111111111111", "Rent111111111111111111111111111111111", "C1ock11111111111111111111111111111111"))
NONCE_HASH = bytes(range(32))


def transaction(payer, instructions, table=None, blockhash=bytes(32)):
    """One signer's, unsigned, in base64; an instruction is (program, [(key, writable)], data). With a table (its address,
    the keys in it) it is of version 0, and takes from there all that no instruction calls and nobody signs."""
    writable, plain = [], []
    for program, accounts, _ in instructions:
        for key, changes in accounts:
            if key != payer:
                (writable if changes else plain).append(key)
        plain.append(program)
    calls, held = {program for program, _, _ in instructions}, table[1] if table else []
    writable = list(dict.fromkeys(writable))
    others = [key for key in dict.fromkeys(plain) if key != payer and key not in writable]
    found = [[key for key in keys if key in held and key not in calls] for keys in (writable, others)]
    fixed = [payer, *(key for key in writable if key not in found[0])]
    others = [key for key in others if key not in found[1]]
    keys = [*fixed, *others, *found[0], *found[1]]
    raw = bytes([1, 0, len(others), len(fixed) + len(others)]) + b"".join(key_bytes(key) for key in fixed + others) + blockhash + bytes([len(instructions)])
    for program, accounts, data in instructions:
        raw += bytes([keys.index(program), len(accounts), *(keys.index(key) for key, _ in accounts), len(data)]) + data
    if table:
        raw = b"\x80" + raw + b"\1" + key_bytes(table[0]) + b"".join(bytes([len(part), *(held.index(key) for key in part)]) for part in found)
    return base64.b64encode(b"\1" + bytes(64) + raw).decode()


def transfer(payer, to, lamports):
    return SYSTEM, [(payer, True), (to, True)], struct.pack("<IQ", 2, lamports)


class CheckTx(Case):
    def setUp(self):
        super().setUp()
        _, self.us = self.wallet("us.json")
        _, self.friend = self.wallet("friend.json")
        _, self.thief = self.wallet("thief.json")
        self.policy()

    def policy(self, more="", limit=1_000_000):
        text = f'ours = ["{self.us}"]\nprograms = ["{SYSTEM}", "{TOKEN}"]\ndestinations = ["{self.friend}"]\n{more}\n[limit]\nlamports = {limit}\n'
        (self.folder / "policy.toml").write_text(text)

    def judged(self, instructions, *argv, payer=None, **more):
        """(exit code, report)"""
        text = transaction(payer or self.us, instructions, **more)
        code, out, err = self.chain_command("check-tx", text, "--policy", self.file("policy.toml"), *self.at(), *argv)
        self.assertIn(code, (0, 6), err)
        report = json.loads(out)
        self.assertEqual((report["schema_version"], report["allowed"]), (1, code == 0))
        self.assertEqual(report["allowed"], report["refusals"] == [])
        return code, report

    def rules(self, *instructions, **more):
        return sorted({one["rule"] for one in self.judged(instructions, **more)[1]["refusals"]})

    def account(self, name, owner, data, lamports=10**9):
        """An account put there past its program; its address."""
        address = self.wallet(name, sol=None)[1]
        self.chain.ask("devchain_setAccount", address, {"lamports": lamports, "owner": owner, "data": base64.b64encode(data).decode()})
        self.chain.ask("devchain_warp", {"slots": 2})
        return address

    def test_a_payment_within_the_policy_is_allowed_and_another_is_not(self):
        code, report = self.judged([transfer(self.us, self.friend, 900_000)])
        self.assertEqual(code, 0, report)
        self.assertEqual([(one["asset"], 900_000 <= one["units"] <= 905_000) for one in report["leaves"]], [("SOL", True)])
        self.assertEqual(report["instructions"][0]["says"], f"sends 900000 lamports from {self.us} to {self.friend}")
        self.assertEqual(self.rules(transfer(self.us, self.friend, 1_000_001)), ["limit"])
        self.assertEqual(self.rules(transfer(self.us, self.thief, 1)), ["destination"])

    def test_what_cannot_run_or_be_read_is_refused(self):
        self.assertIn("simulation_failed", self.rules(transfer(self.us, self.friend, 10**15)))
        # Only the program's address is trusted here; its instruction stays unread.
        self.assertIn("unreadable_instruction", self.rules((SYSTEM, [(self.us, True)], b"\x63\0\0\0")))
        # An endpoint that is not there allows nothing either.
        code, out, _ = run("chain", "check-tx", transaction(self.us, [transfer(self.us, self.friend, 1)]), "--policy", self.file("policy.toml"), "-u", "http://127.0.0.1:9", "--json")
        self.assertEqual((code, out), (5, ""))

    def test_a_token_account_that_is_given_away_is_found_among_payments(self):
        mint = self.mint()
        tokens = self.tokens("tokens.json", mint, self.us, 500)
        give = (TOKEN, [(tokens, True), (self.us, False)], bytes([6, 2, 1]) + key_bytes(self.thief))
        payments = [transfer(self.us, self.friend, n) for n in range(1, 9)]
        self.assertEqual(self.rules(*payments), [])
        code, report = self.judged([*payments[:5], give, *payments[5:]])
        self.assertEqual(code, 6)
        self.assertEqual({one["rule"] for one in report["refusals"]}, {"authority_change", "limit", "destination"})
        self.assertIn(f'"owner" of token account {tokens} went from {self.us} to {self.thief}', report["powers"])
        self.assertIn({"asset": mint, "units": 500}, report["leaves"])
        allowance = (TOKEN, [(tokens, True), (self.thief, False), (self.us, False)], struct.pack("<BQ", 4, 10))
        self.assertEqual(self.rules(allowance), ["authority_change"])

    def test_what_is_allowed_is_counted_over_time(self):
        self.policy("[window]\nlamports = 1_500_000", limit=1_010_000)
        text = transaction(self.us, [transfer(self.us, self.friend, 1_000_000)])
        at = ["--policy", self.file("policy.toml"), *self.at()]
        code, _, err = self.chain_command("check-tx", text, *at)
        self.assertEqual(code, 2)
        self.assertIn("--state", err)
        kept = self.folder / "spent"
        counted = [[transfer(self.us, self.friend, 1_000_000)], "--state", str(kept)]
        self.assertEqual(self.judged(*counted, "--dry-run")[0], 0)
        self.assertFalse((kept / "check-tx.json").exists())
        self.assertEqual(self.judged(*counted)[0], 0)
        self.assertEqual(self.judged(*counted)[0], 0)  # the same message
        code, report = self.judged([transfer(self.us, self.friend, 600_000)], "--state", str(kept))
        self.assertEqual((code, [one["rule"] for one in report["refusals"]]), (6, ["window"]))
        self.assertEqual(len(json.loads((kept / "check-tx.json").read_text())["spent"]), 1)
        # What it cannot read it does not take for an empty history.
        (kept / "check-tx.json").write_text("{")
        code, out, err = self.chain_command("check-tx", text, *at, "--state", str(kept))
        self.assertNotEqual(code, 0)
        self.assertEqual(out, "")
        self.assertIn("nothing is", err)

    def test_it_reads_files_and_standard_input_and_says_what_it_cannot_read(self):
        text = transaction(self.us, [transfer(self.us, self.friend, 1)])
        (self.folder / "tx").write_text(text + "\n")
        at = ["--policy", self.file("policy.toml"), *self.at()]
        code, out, _ = run("chain", "check-tx", "@" + self.file("tx"), *at)
        self.assertEqual(code, 0, out)
        self.assertIn("allowed: the policy has nothing against it", out)
        piped = subprocess.run([BINARY, "chain", "check-tx", "-", *at], input=text, text=True, capture_output=True, timeout=30)
        self.assertEqual(piped.returncode, 0, piped.stderr)
        message = base64.b64encode(base64.b64decode(text)[65:]).decode()
        self.assertEqual(self.chain_command("check-tx", message, "--message", *at)[0], 0)
        self.assertEqual(self.chain_command("check-tx", message, *at)[0], 2)
        self.assertIn("no base64", self.refused(2, "", "check-tx", "?", *at))
        self.policy("programms = []")
        self.assertIn("policy.toml:4: unknown key programms", self.refused(2, "", "check-tx", text, *at))

    # ---- Durable nonces

    def nonce(self, authority):
        return self.account("nonce.json", SYSTEM, struct.pack("<II", 1, 1) + key_bytes(authority) + NONCE_HASH + struct.pack("<Q", 5_000))

    def test_what_stays_good_for_ever_is_refused_unless_the_policy_says_otherwise(self):
        nonce = self.nonce(self.us)
        advance = (SYSTEM, [(nonce, True), (RECENT, False), (self.us, False)], struct.pack("<I", 4))
        pay = transfer(self.us, self.friend, 1)
        durable = {"blockhash": NONCE_HASH}
        self.assertEqual(self.rules(pay, **durable), [])
        code, report = self.judged([advance, pay], **durable)
        self.assertEqual((code, {one["rule"] for one in report["refusals"]}), (6, {"durable_nonce"}))  # and so it did run
        self.assertIn("what is signed now can be sent at any later time", report["instructions"][0]["says"])
        self.policy('allow = ["durable_nonce"]')
        self.assertEqual(self.rules(advance, pay, **durable), [])
        # Nothing else is allowed by that: whose nonce it is, and what is in it, stay ours.
        given = (SYSTEM, [(nonce, True), (self.us, False)], struct.pack("<I", 7) + key_bytes(self.thief))
        code, report = self.judged([advance, pay, given], **durable)
        self.assertEqual({one["rule"] for one in report["refusals"]} & {"authority_change"}, {"authority_change"})
        self.assertIn(f'"nonce" of durable nonce {nonce} went from {self.us} to {self.thief}', report["powers"])
        out = lambda to: (SYSTEM, [(nonce, True), (to, True), (RECENT, False), (RENT, False), (self.us, False)], struct.pack("<IQ", 5, 900_000))
        self.assertEqual(self.rules(advance, out(self.friend), **durable), [])
        self.assertEqual(self.rules(advance, out(self.thief), **durable), ["destination"])

    def test_a_nonce_that_is_another_ones_cannot_be_used(self):
        nonce = self.nonce(self.thief)
        self.policy('allow = ["durable_nonce"]')
        advance = (SYSTEM, [(nonce, True), (RECENT, False), (self.us, False)], struct.pack("<I", 4))
        self.assertEqual(self.rules(advance, transfer(self.us, self.friend, 1), blockhash=NONCE_HASH), ["simulation_failed"])

    # ---- Upgrades

    def program(self):
        """A program that we may upgrade, and a buffer of other code for it: (program, its data, buffer, hash of the code)."""
        _, self.us, program, _ = self.deployed()
        old = PROGRAM.read_bytes()
        code = old.replace(b"wardhive.example", b"wardhive.elpmaxe")
        self.assertNotEqual(code, old)
        buffer = self.account("buffer.json", LOADER, struct.pack("<IB", 1, 1) + key_bytes(self.us) + code, lamports=2 * 10**9)
        return program, key_text(self.data_of(program)[4:36]), buffer, hashlib.sha256(code.rstrip(b"\0")).hexdigest()

    def loads(self, more="", **limits):
        self.policy(more, **limits)
        text = (self.folder / "policy.toml").read_text()
        (self.folder / "policy.toml").write_text(text.replace(f'"{SYSTEM}"', f'"{SYSTEM}", "{LOADER}"', 1))

    def test_a_program_becomes_only_code_that_the_policy_names(self):
        program, data, buffer, digest = self.program()
        upgrade = lambda spill: (LOADER, [(data, True), (program, True), (buffer, True), (spill, True), (RENT, False), (CLOCK, False), (self.us, False)], struct.pack("<I", 3))
        self.policy()
        self.assertEqual(self.rules(upgrade(self.us)), ["program", "upgrade"])
        self.loads()
        code, report = self.judged([upgrade(self.us)])
        self.assertEqual((code, [one["rule"] for one in report["refusals"]]), (6, ["upgrade"]))
        self.assertIn(digest, report["refusals"][0]["says"])
        self.loads(f'upgrade_sha256 = ["{"ab" * 32}"]')
        self.assertEqual(self.rules(upgrade(self.us)), ["upgrade"])
        self.loads(f'upgrade_sha256 = ["{digest}"]')
        self.assertEqual(self.rules(upgrade(self.us)), [])
        # What lies in the buffer belongs to who may write it, and goes to whoever is named in the instruction.
        self.assertEqual(self.rules(upgrade(self.thief)), ["destination", "limit"])
        # Closing it is no upgrade to that code.
        close = (LOADER, [(buffer, True), (self.thief, True), (self.us, False)], struct.pack("<I", 5))
        self.assertIn("upgrade", self.rules(close))
        self.loads('allow = ["upgrade"]')
        self.assertEqual(self.rules(upgrade(self.us)), [])
        self.assertEqual(self.rules(close), ["destination", "limit"])

    def test_who_may_upgrade_is_a_power(self):
        program, data, _, _ = self.program()
        self.loads('allow = ["upgrade"]')
        for to, who in (([(self.thief, False)], self.thief), ([], "nobody")):
            code, report = self.judged([(LOADER, [(data, True), (self.us, False), *to], struct.pack("<I", 4))])
            rules = {one["rule"] for one in report["refusals"]}
            self.assertEqual((code, rules), (6, {"authority_change", "limit"} | ({"destination"} if to else set())), who)
            self.assertIn(f"program data {data} went from {self.us} to {who}", " ".join(report["powers"]))
        self.loads('allow = ["authority_change"]')
        seal = (LOADER, [(data, True), (self.us, False)], struct.pack("<I", 4))
        self.assertEqual(self.rules(seal), ["limit"])  # its rent, which nobody gets back any more
        self.loads('allow = ["authority_change"]', limit=10**10)
        self.assertEqual(self.rules(seal), [])

    # ---- Lookup tables

    def table(self, *keys, deactivated=2**64 - 1, name="table.json"):
        """A lookup table; (its address, its keys)."""
        head = struct.pack("<IQQBB32sH", 1, deactivated, 0, 0, 1, key_bytes(self.friend), 0)
        return self.account(name, TABLES, head + b"".join(key_bytes(key) for key in keys)), list(keys)

    def test_accounts_from_a_table_are_resolved_and_judged(self):
        mint = self.mint()
        ours = self.tokens("tokens.json", mint, self.us, 500)
        table = self.table(self.thief, self.friend, ours)
        pay, steal = transfer(self.us, self.friend, 1), transfer(self.us, self.thief, 1)
        code, report = self.judged([pay], table=table)
        self.assertEqual((code, [one["rule"] for one in report["refusals"]]), (6, ["lookup_table"]))
        self.assertIn(table[0], report["refusals"][0]["says"])
        self.assertEqual(report["instructions"][0]["says"], f"sends 1 lamports from {self.us} to {self.friend}")
        self.policy(f'lookup_tables = ["{table[0]}"]')
        self.assertEqual(self.rules(pay, table=table), [])
        code, report = self.judged([pay, steal], table=table)
        self.assertEqual((code, [one["rule"] for one in report["refusals"]]), (6, ["destination"]))
        self.assertIn(self.thief, report["refusals"][0]["says"])
        give = (TOKEN, [(ours, True), (self.us, False)], bytes([6, 2, 1]) + key_bytes(self.thief))
        code, report = self.judged([pay, give], table=table)
        self.assertEqual({one["rule"] for one in report["refusals"]}, {"authority_change", "limit", "destination"})
        self.assertIn(f'"owner" of token account {ours} went from {self.us} to {self.thief}', report["powers"])
        # Another table is not that one, whatever is in it.
        self.assertEqual(self.rules(pay, table=self.table(self.friend, name="other.json")), ["lookup_table"])

    def test_a_table_that_does_not_have_the_entry_or_is_none_leaves_nothing_allowed(self):
        table = self.table(self.friend)
        for name, wrong in (("short", (table[0], [self.thief, self.friend])), ("none", (self.thief, [self.friend]))):
            self.policy(f'lookup_tables = ["{wrong[0]}"]')
            rules = self.rules(transfer(self.us, self.friend, 1), table=wrong)
            self.assertEqual(rules, ["simulation_failed", "unreadable_instruction"], name)


if __name__ == "__main__":
    main()
