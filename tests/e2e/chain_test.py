#!/usr/bin/env python3
"""`wardhive chain` on the real development chain: keys, deploying, sealing, verifying, staking. 77: no Node or npm packages."""

import base64
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from devchain_test import NODE, Chain
from support import BINARY, ROOT, run

PROGRAM = pathlib.Path(BINARY).parent / "programs/swarm_core.so"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
TOKEN = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
DECIMALS = 6


def key_bytes(address):
    number = 0
    for digit in address:
        number = number * 58 + ALPHABET.index(digit)
    return number.to_bytes(32, "big")


def key_text(raw):
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


class Case(unittest.TestCase):
    """One chain for the class; each test has a folder of its own."""

    @classmethod
    def setUpClass(cls):
        cls.chain = Chain("--port", "0", "--slot-ms", "40")
        cls.addClassCleanup(cls.chain.stop)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name):
        return str(self.folder / name)

    def wallet(self, name="id.json", sol="20"):
        """A new key file, with money; (file, address)."""
        address = self.ok("keygen", "-o", self.file(name))["address"]
        if sol:
            self.ok("airdrop", sol, address, *self.at())
        return self.file(name), address

    def at(self, keypair=None):
        return ["-u", self.chain.ready["rpc"], *(["-k", keypair] if keypair else [])]

    def chain_command(self, *argv):
        return run("chain", *argv, "--json")

    def ok(self, *argv):
        code, out, err = self.chain_command(*argv)
        self.assertEqual(code, 0, f"{argv}: {err}")
        answer = json.loads(out)
        if isinstance(answer, dict):
            self.assertEqual(answer["schema_version"], 1)
        return answer

    def refused(self, code, reason, *argv):
        """The message of a command that must fail with this exit code and reason."""
        got, out, err = self.chain_command(*argv)
        self.assertEqual((got, out), (code, ""), f"{argv}: {err}")
        error = json.loads(err.splitlines()[-1])["error"]
        self.assertEqual(error.get("reason", ""), reason, error)
        return error["message"]

    def mint(self):
        """A mint that nobody can add to, put there past the token program."""
        _, address = self.wallet("mint.json", sol=None)
        data = struct.pack("<I32sQBBI32s", 0, bytes(32), 10**15, DECIMALS, 1, 0, bytes(32))
        self.chain.ask("devchain_setAccount", address, {"lamports": 10**9, "owner": TOKEN, "data": base64.b64encode(data).decode()})
        return address

    def tokens(self, name, mint, owner, amount):
        """A token account of `owner` holding `amount` units."""
        _, address = self.wallet(name, sol=None)
        data = key_bytes(mint) + key_bytes(owner) + struct.pack("<QI32sBIQQI32s", amount, 0, bytes(32), 1, 0, 0, 0, 0, bytes(32))
        self.chain.ask("devchain_setAccount", address, {"lamports": 10**9, "owner": TOKEN, "data": base64.b64encode(data).decode()})
        return address

    def data_of(self, account):
        return base64.b64decode(self.chain.ask("getAccountInfo", account, {"encoding": "base64", "commitment": "confirmed"})["value"]["data"][0])

    def balance(self, account):
        return struct.unpack_from("<Q", self.data_of(account), 64)[0]

    def deployed(self, program=PROGRAM):
        """(wallet file, its address, program address, program file)"""
        wallet, owner = self.wallet()
        copy = self.folder / "program.so"
        copy.write_bytes(pathlib.Path(program).read_bytes())
        answer = self.ok("deploy", str(copy), *self.at(wallet))
        return wallet, owner, answer["program"], str(copy)

    def initialised(self):
        wallet, owner, program, copy = self.deployed()
        mint = self.mint()
        keys = [self.wallet(f"set{i}.json", sol=None)[1] for i in range(6)]
        arguments = ["init", "--program", program, "--mint", mint, "--guardian", f"2:{','.join(keys[:3])}", "--sentinel", f"1:{keys[3]}",
                     "--resolver", f"2:{keys[4]},{keys[5]}", "--outflow-floor", "5000", "--work-cap", "100", "--provider-min", "10",
                     "--user-min", "1", "--operator-min", "1000", *self.at(wallet)]
        self.assertEqual(self.ok(*arguments)["sets"], 3)
        return wallet, owner, program, copy, mint, arguments

    def sealed(self):
        wallet, owner, program, copy, mint, _ = self.initialised()
        self.ok("seal", "--program", program, "--yes", *self.at(wallet))
        return wallet, owner, program, copy, mint

    def verify(self, program, *argv):
        """(exit code, reasons of what does not hold)"""
        code, out, err = self.chain_command("verify", "--program", program, *self.at(), *argv)
        self.assertIn(code, (0, 6), err)
        answer = json.loads(out)
        self.assertEqual(answer["ok"], code == 0)
        return code, {check["reason"] for check in answer["checks"] if not check["ok"]}


class Keys(Case):
    def test_a_key_is_ours_alone_and_never_overwritten(self):
        path, address = self.wallet(sol=None)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual(self.ok("address", "-k", path)["address"], address)
        self.assertIn("lost for ever", self.refused(1, "", "keygen", "-o", path))
        self.assertEqual(self.ok("address", "-k", path)["address"], address)

    def test_a_wallet_that_others_can_read_is_refused_before_anything_is_asked(self):
        path, _ = self.wallet(sol=None)
        os.chmod(path, 0o644)
        message = self.refused(4, "open_permissions", "deploy", str(PROGRAM), "-k", path, "-u", "http://127.0.0.1:1")
        self.assertIn(f"chmod 600 {path}", message)

    def test_a_missing_or_damaged_wallet_says_what_to_do(self):
        self.assertIn("keygen", self.refused(3, "", "address", "-k", self.file("none.json")))
        path, _ = self.wallet(sol=None)
        numbers = json.loads(pathlib.Path(path).read_text())
        numbers[40] ^= 1
        pathlib.Path(path).write_text(json.dumps(numbers))
        self.assertIn("does not belong", self.refused(2, "", "address", "-k", path))

    def test_money_arrives(self):
        _, address = self.wallet(sol="1.5")
        self.assertEqual(self.ok("balance", address, *self.at())["lamports"], 1_500_000_000)
        self.assertIn("decimals", self.refused(2, "", "airdrop", "1.0000000001", address, *self.at()))

    def test_another_cluster_is_refused_by_its_genesis_hash(self):
        wallet, _ = self.wallet()
        ours = self.chain.ready["genesis"]
        self.ok("balance", "--genesis", ours, *self.at(wallet))
        other = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"
        message = self.refused(1, "wrong_cluster", "deploy", str(PROGRAM), "--genesis", other, *self.at(wallet))
        self.assertIn(ours, message)

    def test_nobody_there_is_unreachable(self):
        self.refused(5, "", "balance", TOKEN, "-u", "http://127.0.0.1:1")


class Deploy(Case):
    def test_a_payer_without_money_is_told_how_much_before_anything_is_sent(self):
        wallet, address = self.wallet(sol="0.1")
        message = self.refused(2, "payer_unfunded", "deploy", str(PROGRAM), "--program-id", self.file("program.json"), *self.at(wallet))
        self.assertIn(address, message)
        self.assertIn("airdrop", message)
        self.assertEqual(self.ok("balance", address, *self.at())["lamports"], 100_000_000)

    def test_the_chain_holds_the_file_and_room_for_nothing_longer(self):
        wallet, owner, program, copy = self.deployed()
        self.assertEqual(self.ok("deploy", copy, *self.at(wallet))["was_there"], True)
        data = self.data_of(key_text(self.data_of(program)[4:36]))
        self.assertEqual(data[13:45], key_bytes(owner))
        self.assertEqual(data[45:], PROGRAM.read_bytes())

    def test_a_break_costs_only_what_was_not_written_yet(self):
        wallet, _ = self.wallet()
        copy = self.folder / "program.so"
        copy.write_bytes(PROGRAM.read_bytes())
        self.chain.ask("devchain_setFaults", {"seed": 12, "rules": [{"kind": "rpcError", "methods": ["sendTransaction"], "rate": 0.03, "code": -32005, "message": "node is behind"}]})
        try:
            message = self.refused(5, "rpc_error", "deploy", str(copy), *self.at(wallet))
        finally:
            self.chain.ask("devchain_setFaults", {"seed": 1, "rules": []})
        self.assertIn("node is behind", message)
        answer = self.ok("deploy", str(copy), *self.at(wallet))
        self.assertLess(answer["bytes_written"], answer["bytes"])
        self.assertEqual(self.verify(answer["program"], "--file", str(copy))[1], {"upgrade_authority", "not_sealed"})

    def test_what_is_given_up_pays_back(self):
        wallet, address = self.wallet()
        copy = self.folder / "program.so"
        copy.write_bytes(PROGRAM.read_bytes())
        self.chain.ask("devchain_setFaults", {"seed": 12, "rules": [{"kind": "rpcError", "methods": ["sendTransaction"], "rate": 0.03, "code": -32005, "message": "node is behind"}]})
        try:
            self.refused(5, "rpc_error", "deploy", str(copy), *self.at(wallet))
        finally:
            self.chain.ask("devchain_setFaults", {"seed": 1, "rules": []})
        self.assertLess(self.ok("balance", address, *self.at())["lamports"], 19_700_000_000)
        self.assertGreater(self.ok("deploy", str(copy), "--abandon", *self.at(wallet))["lamports"], 300_000_000)
        self.assertGreater(self.ok("balance", address, *self.at())["lamports"], 19_990_000_000)  # all but fees
        self.refused(3, "no_buffer", "deploy", str(copy), "--abandon", *self.at(wallet))

    def test_a_priority_fee_is_paid(self):
        wallet, address = self.wallet()
        copy = self.folder / "program.so"
        copy.write_bytes(PROGRAM.read_bytes())
        self.ok("deploy", str(copy), "--with-compute-unit-price", "1000000", *self.at(wallet))
        spent = 20_000_000_000 - self.ok("balance", address, *self.at())["lamports"]
        wallet, address = self.wallet("plain.json")
        self.ok("deploy", str(copy), "--program-id", self.file("second.json"), *self.at(wallet))
        plain = 20_000_000_000 - self.ok("balance", address, *self.at())["lamports"]
        self.assertGreater(spent, plain + 100_000)

    def test_another_program_is_not_replaced(self):
        wallet, _, _, copy = self.deployed()
        data = bytearray(PROGRAM.read_bytes())
        data[data.index(b"Swarm core")] ^= 0x20
        pathlib.Path(copy).write_bytes(data)
        self.refused(1, "other_program", "deploy", copy, *self.at(wallet))

    def test_what_is_no_program_is_refused(self):
        wallet, _ = self.wallet()
        pathlib.Path(self.file("text.so")).write_text("hello")
        self.assertIn("no ELF", self.refused(2, "", "deploy", self.file("text.so"), *self.at(wallet)))


class SealAndVerify(Case):
    def test_a_sealed_program_verifies_and_each_drift_is_named(self):
        wallet, _, program, copy, _, _ = self.initialised()
        with self.subTest("an upgrade authority is left"):
            self.assertEqual(self.verify(program, "--file", copy), (6, {"upgrade_authority", "not_sealed"}))
        with self.subTest("sealing wants a yes"):
            self.assertIn("--yes", self.refused(2, "", "seal", "--program", program, *self.at(wallet)))
            self.assertFalse(self.ok("seal", "--program", program, "--dry-run", *self.at(wallet))["sealed"])
            self.assertEqual(self.verify(program, "--file", copy), (6, {"upgrade_authority", "not_sealed"}))
        with self.subTest("another key cannot seal"):
            other, _ = self.wallet("other.json")
            self.refused(2, "program_error", "seal", "--program", program, "--yes", *self.at(other))
        self.assertTrue(self.ok("seal", "--program", program, "--yes", *self.at(wallet))["sealed"])
        with self.subTest("sealed"):
            self.assertEqual(self.verify(program, "--file", copy), (0, set()))
            self.assertEqual(self.verify(program, "--hash", hashlib.sha256(PROGRAM.read_bytes().rstrip(b"\0")).hexdigest())[0], 0)
            for name in ("anchor", "codama"):
                self.assertEqual(self.verify(program, "--file", copy, "--idl", str(ROOT / f"idl/swarm_core.{name}.json")), (0, set()))
        with self.subTest("another byte"):
            data = bytearray(PROGRAM.read_bytes())
            data[data.index(b"Swarm core")] ^= 0x20
            pathlib.Path(self.file("other.so")).write_bytes(data)
            self.assertEqual(self.verify(program, "--file", self.file("other.so")), (6, {"program_differs"}))
        with self.subTest("a stale IDL"):
            stale = (ROOT / "idl/swarm_core.anchor.json").read_text().replace("add_stake", "add_steak")
            pathlib.Path(self.file("stale.json")).write_text(stale)
            self.assertEqual(self.verify(program, "--file", copy, "--idl", self.file("stale.json")), (6, {"stale_idl"}))
        with self.subTest("sealing twice"):
            self.assertIn("AlreadySealed", self.refused(2, "program_error", "seal", "--program", program, "--yes", *self.at(wallet)))

    def test_a_program_built_with_another_idl_is_stale(self):
        data = PROGRAM.read_bytes()
        digest = hashlib.sha256((ROOT / "idl/swarm_core.anchor.json").read_bytes()).hexdigest().encode()
        self.assertEqual(data.count(digest), 1)
        changed = self.folder / "changed.so"
        changed.write_bytes(data.replace(digest, b"0" * 64))
        _, _, program, copy = self.deployed(changed)
        self.assertEqual(self.verify(program, "--file", copy)[1], {"stale_idl", "upgrade_authority", "not_sealed"})

    def test_sealing_too_early_keeps_the_authority(self):
        wallet, _, program, copy = self.deployed()
        self.refused(3, "no_account", "seal", "--program", program, "--yes", *self.at(wallet))
        self.assertIn("upgrade_authority", self.verify(program, "--file", copy)[1])
        self.refused(2, "", "verify", "--program", program, *self.at())
        self.refused(3, "no_program", "verify", "--program", TOKEN[:-1] + "B", "--file", copy, *self.at())


class Stake(Case):
    """One sealed program, and a provider who stakes, earns, claims and leaves."""

    def warp(self, seconds):
        # Locks are over in seconds and in slots, both.
        self.chain.ask("devchain_warp", {"seconds": seconds, "slots": seconds})

    def test_a_provider_stakes_earns_claims_and_leaves_with_all_of_it(self):
        wallet, owner, program, _, mint = self.sealed()
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        at = ["--program", program, *self.at(wallet)]
        stake = ["stake", "100.5", "--role", "provider", "--lock", "30d", "--from", tokens, *at]

        dry = self.ok(*stake, "--dry-run")
        self.assertEqual((dry["dry_run"], dry["signature"], dry["tokens_out_units"], dry["maximum_loss_units"], dry["new_authorities"]),
                         (True, None, 100_500_000, 0, []))
        self.assertEqual(self.balance(tokens), 1_000_000_000)
        self.assertEqual(self.ok("position", "list", *at), [])

        done = self.ok(*stake)
        self.assertFalse(done["dry_run"])
        self.assertEqual({key: done[key] for key in ("tokens_out_units", "rent_lamports", "fee_lamports")},
                         {key: dry[key] for key in ("tokens_out_units", "rent_lamports", "fee_lamports")})
        self.assertEqual(self.balance(tokens), 899_500_000)
        position = done["position"]["position"]
        shown = self.ok("position", "show", *at)
        self.assertEqual((shown["position"], shown["staked_units"], shown["role"], shown["rewards_claimable_units"]), (position, 100_500_000, "provider", 0))
        self.assertEqual([one["position"] for one in self.ok("position", "list", *at)], [position])

        with self.subTest("what the program refuses is told in its words, and costs nothing"):
            self.assertIn("LockNotOver (822)", self.refused(2, "program_error", "unstake", "ALL", *at))
            self.assertIn("LockOutOfRange", self.refused(2, "program_error", "stake", "0", "--lock", "1d", "--from", tokens, *at))
            self.assertIn("AmountZero", self.refused(2, "program_error", "stake", "0", "--from", tokens, *at))

        gift = self.ok("fund", "300", "--duration", "30d", "--from", tokens, *at)
        self.assertEqual((gift["tokens_out_units"], gift["maximum_loss_units"]), (300_000_000, 300_000_000))
        self.warp(10 * 86_400)
        shown = self.ok("position", "show", *at)
        self.assertGreaterEqual(shown["rewards_claimable_units"], 99_900_000)  # the only staker: a third of it
        self.assertLessEqual(shown["rewards_claimable_units"], 100_100_000)
        earned = self.ok("claim", "--to", tokens, *at)
        self.assertGreaterEqual(earned["tokens_in_units"], shown["rewards_claimable_units"])
        self.assertEqual(self.balance(tokens), 599_500_000 + earned["tokens_in_units"])

        self.warp(10 * 86_400)
        more = self.ok("stake", "50", "--source", "rewards", "--from", tokens, *at)
        self.assertEqual((more["tokens_out_units"], more["position"]["staked_units"]), (0, 150_500_000))

        self.warp(11 * 86_400)
        self.ok("refresh", *at)
        left = self.ok("unstake", "ALL", *at)
        self.assertEqual((left["position"]["staked_units"], left["position"]["unbonding_units"]), (0, 150_500_000))
        self.assertIn("StillUnbonding", self.refused(2, "program_error", "withdraw", "--to", tokens, *at))
        self.warp(15 * 86_400)
        before = self.balance(tokens)
        self.ok("claim", "--to", tokens, *at)
        claimed = self.balance(tokens) - before
        out = self.ok("withdraw", "--to", tokens, *at)
        self.assertEqual((out["tokens_in_units"], out["position"]), (150_500_000, None))  # it closes
        self.assertEqual(self.balance(tokens), before + claimed + 150_500_000)
        self.refused(3, "no_position", "claim", *at)
        self.assertEqual(self.ok("position", "list", *at), [])

    def test_one_transaction_one_signer_and_a_limit_a_tenth_above_the_simulation(self):
        wallet, owner, program, _, mint = self.sealed()
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        answer = self.ok("stake", "10", "--role", "provider", "--lock", "30d", "--from", tokens, "--program", program, *self.at(wallet))
        found = self.chain.ask("getTransaction", answer["signature"], {"encoding": "json", "commitment": "confirmed"})
        self.assertEqual(len(found["transaction"]["signatures"]), 1)
        used = found["meta"]["computeUnitsConsumed"]
        self.assertLessEqual(abs(answer["compute_unit_limit"] - used * 1.1), 2)
        self.assertEqual(found["meta"]["fee"], answer["fee_lamports"])

    def test_rewards_make_the_wallet_that_is_missing(self):
        wallet, owner, program, _, mint = self.sealed()
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        at = ["--program", program, *self.at(wallet)]
        self.refused(3, "no_tokens", "stake", "10", "--role", "provider", "--lock", "30d", *at)
        self.ok("stake", "10", "--role", "provider", "--lock", "30d", "--from", tokens, *at)
        self.ok("fund", "300", "--duration", "30d", "--from", tokens, *at)
        self.warp(86_400)
        self.assertGreater(self.ok("claim", *at)["tokens_in_units"], 0)

    def test_somebody_elses_tokens_and_a_program_that_is_not_there_are_refused_with_the_reason(self):
        wallet, owner, program, _, mint = self.sealed()
        _, other = self.wallet("other.json", sol=None)
        theirs = self.tokens("theirs.json", mint, other, 1_000_000_000)
        stake = ["stake", "10", "--role", "provider", "--lock", "30d", "--from", theirs]
        self.assertIn(f"belongs to {other}", self.refused(2, "", *stake, "--program", program, *self.at(wallet)))
        self.assertIn("check --program and --url", self.refused(3, "no_account", *stake, "--program", other, *self.at(wallet)))
        poor, address = self.wallet("poor.json", sol=None)
        own = self.tokens("own.json", mint, address, 1_000_000_000)
        message = self.refused(2, "payer_unfunded", "stake", "10", "--role", "provider", "--lock", "30d", "--from", own, "--program", program, *self.at(poor))
        self.assertIn(address, message)

    def test_a_program_that_is_not_sealed_takes_nothing(self):
        wallet, owner, program, _, mint, again = self.initialised()
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        self.assertIn("NotSealed", self.refused(2, "program_error", "stake", "10", "--role", "provider", "--lock", "30d", "--from", tokens, "--program", program, *self.at(wallet)))
        self.assertEqual(self.ok(*again)["sets"], 3)  # setting up again changes nothing
        self.assertEqual(self.balance(tokens), 1_000_000_000)


def main():
    if subprocess.run([NODE, "-e", "0"], stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
        print("skipped: Node 20.18 or the packages of programs/vm are missing (./dev setup)")
        sys.exit(77)
    if not PROGRAM.exists():
        print(f"skipped: {PROGRAM} is not built (target program_swarm_core)")
        sys.exit(77)
    unittest.main()


if __name__ == "__main__":
    main()
