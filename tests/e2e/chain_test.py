#!/usr/bin/env python3
"""`wardhive chain`: keys, deploying, sealing, verifying. 77: no Node or npm packages."""

import hashlib
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import PROGRAM, TOKEN, Case, key_bytes, key_text, main
from support import ROOT, wait_until


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
        broke_at = self.chain.ask("getSlot", {"commitment": "confirmed"})
        wait_until(lambda: self.chain.ask("getSlot", {"commitment": "confirmed"}) > broke_at + 1, "what was sent before the break has landed", 10)
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


if __name__ == "__main__":
    main()
