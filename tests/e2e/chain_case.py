"""`wardhive chain` on the real development chain: what the tests beside share. Standard library only."""

import base64
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

from devchain_test import NODE, Chain
from support import BINARY, run

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

    def put(self, address, data):
        """A token program's account, past the program; seen at every commitment but finalized at once."""
        self.chain.ask("devchain_setAccount", address, {"lamports": 10**9, "owner": TOKEN, "data": base64.b64encode(data).decode()})
        self.chain.ask("devchain_warp", {"slots": 2})

    def mint(self):
        """A mint that nobody can add to, put there past the token program."""
        _, address = self.wallet("mint.json", sol=None)
        data = struct.pack("<I32sQBBI32s", 0, bytes(32), 10**15, DECIMALS, 1, 0, bytes(32))
        self.put(address, data)
        return address

    def tokens(self, name, mint, owner, amount):
        """A token account of `owner` holding `amount` units."""
        _, address = self.wallet(name, sol=None)
        data = key_bytes(mint) + key_bytes(owner) + struct.pack("<QI32sBIQQI32s", amount, 0, bytes(32), 1, 0, 0, 0, 0, bytes(32))
        self.put(address, data)
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


def main():
    """Runs the tests of the calling file; 77 where something is not installed or not built."""
    if subprocess.run([NODE, "-e", "0"], stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
        print("skipped: Node 20.18 or the packages of programs/vm are missing (./dev setup)")
        sys.exit(77)
    if not PROGRAM.exists():
        print(f"skipped: {PROGRAM} is not built (target program_swarm_core)")
        sys.exit(77)
    unittest.main()
