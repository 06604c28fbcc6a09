#!/usr/bin/env python3
"""`wardhive devchain`: the development chain as a person starts and stops it. 77: no Node or npm packages."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from support import BINARY, ROOT, run, wait_until

NODE = ROOT / "programs/vm/node"


class Chain:
    """A running `wardhive devchain --json`; `stop` gives its exit code."""

    def __init__(self, *argv):
        self._process = subprocess.Popen([BINARY, "devchain", "--json", *argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.pid = self._process.pid
        self.ready = json.loads(self._process.stdout.readline())

    def ask(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.ready["rpc"], body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["result"]

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(timeout=20)
        self._process.stdout.close()
        return code


class Devchain(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_it_answers_and_sigterm_saves_what_the_next_start_goes_on_from(self):
        ledger = os.path.join(self.folder.name, "ledger")
        holder = "4Nd1mYd3yqUCbPv2bZqvj5mRRvXhpeSn5vXaQd4GQvB6"
        chain = Chain("--port", "0", "--slot-ms", "20", "--ledger", ledger)
        try:
            self.assertEqual(chain.ready["schema_version"], 1)
            self.assertEqual(chain.ask("getHealth"), "ok")
            first = chain.ask("getSlot", {"commitment": "processed"})
            wait_until(lambda: chain.ask("getSlot", {"commitment": "processed"}) > first, "slots pass")
            chain.ask("requestAirdrop", holder, 5_000_000)
        finally:
            code = chain.stop()
        self.assertEqual(code, 0)
        again = Chain("--port", "0", "--ledger", ledger)
        try:
            self.assertEqual(again.ask("getBalance", holder)["value"], 5_000_000)
            self.assertEqual(again.ready["features"], "mainnet")
        finally:
            self.assertEqual(again.stop(), 0)
        switched = Chain("--port", "0", "--ledger", ledger, "--features", "all")
        try:
            self.assertEqual(switched.ready["features"], "all")
            self.assertEqual(switched.ask("getBalance", holder)["value"], 5_000_000)
        finally:
            self.assertEqual(switched.stop(), 0)

    def test_a_taken_port_is_unreachable(self):
        chain = Chain("--port", "0")
        try:
            port = chain.ready["rpc"].rpartition(":")[2]
            code, out, err = run("devchain", "--port", port)
        finally:
            chain.stop()
        self.assertEqual((code, out), (5, ""))
        self.assertIn(f"port {port} of 127.0.0.1", err)

    def test_values_that_make_no_sense_are_usage(self):
        for argv, words in ((["--port", "70000"], "expected 0 to 65535"), (["--features", "some"], "expected mainnet or all"),
                            (["--program", "nonsense"], "expected ADDRESS=FILE.so"), (["--nosuch"], "--nosuch")):
            code, out, err = run("devchain", *argv)
            self.assertEqual((code, out), (2, ""), argv)
            self.assertIn(words, err)

    def test_a_ledger_that_was_cut_short_is_refused_by_name(self):
        ledger = pathlib.Path(self.folder.name, "ledger")
        ledger.write_bytes(b"\0" * 40)
        code, _, err = run("devchain", "--port", "0", "--ledger", str(ledger))
        self.assertEqual(code, 1)
        self.assertIn("is not a whole ledger", err)

    def test_a_folder_without_the_chain_is_not_found_and_says_the_remedy(self):
        code, _, err = run("devchain", "--devchain", self.folder.name)
        self.assertEqual(code, 3)
        self.assertIn("main.js is missing", err)
        self.assertIn("--devchain .../programs/vm/devchain", err)

    def test_missing_packages_are_not_found_and_say_the_remedy(self):
        devchain = pathlib.Path(self.folder.name, "vm/devchain")
        devchain.mkdir(parents=True)
        (devchain / "main.js").write_text("")
        (devchain.parent / "node").write_bytes(NODE.read_bytes())
        (devchain.parent / "node").chmod(0o755)
        code, _, err = run("devchain", "--devchain", str(devchain))
        self.assertEqual(code, 3)
        self.assertIn("npm ci --prefix", err)


if __name__ == "__main__":
    missing = subprocess.run([NODE, "-e", "0"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if missing.returncode:
        print(f"skipped: {missing.stderr.strip()}")
        sys.exit(77)
    unittest.main(verbosity=2)
