#!/usr/bin/env python3
"""`wardhive up` as an operator meets it: comes up, says what is wrong, stops, comes back."""

import json
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from support import BINARY, Agent, Controller, Process, Sandbox, failed_logins, wait_until

NO_SANDBOX = Sandbox.refused()
ATTACKER = "203.0.113.66"


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="wardhive-up-", ignore_cleanup_errors=True)
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def controller(self, *options, **more):
        wardhive = Controller(self.root, *options, **more)
        self.addCleanup(wardhive.close)
        return wardhive

    def refused(self, *options, config=None, state=None, prefix=()):
        """`wardhive up` that must not come up: (exit code, what it said)."""
        file = self.root / "refused.toml"
        file.write_text(config if config is not None else "[ingest]\nauth_logs = []\n")
        file.chmod(0o644)
        listen = () if "--listen" in options else ("--listen", "127.0.0.1:0")
        argv = [*prefix, BINARY, "up", "--config", file, "--state", state or self.root / "refused", *listen, "--no-act", *options]
        done = subprocess.run(list(map(str, argv)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("wardhive: "), done.stderr)
        return done.returncode, done.stderr


class Start(Case):
    def test_an_empty_state_is_ready_in_shadow_mode_within_seconds(self):
        wardhive = self.controller("--no-act")
        began = time.monotonic()
        wardhive.start()
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(wardhive.healthz(), {"status": "ok"})
        self.assertEqual(wardhive.ask("status")["mode"], "shadow")
        for secret in ("token", "remote-write-token"):
            self.assertEqual((wardhive.state / secret).stat().st_mode & 0o777, 0o600)
        self.assertEqual(wardhive.state.stat().st_mode & 0o777, 0o700)
        self.assertNotIn((wardhive.state / "token").read_text(), wardhive.process.says(), "the token is no line of a log")

    def test_a_second_one_on_the_directory_is_refused_with_the_firsts_pid(self):
        wardhive = self.controller("--no-act").start()
        code, said = self.refused(state=wardhive.state)
        self.assertEqual(code, 1)
        self.assertIn(str(wardhive.process.pid), said)
        self.assertIn(str(wardhive.state), said)
        self.assertEqual(wardhive.healthz(), {"status": "ok"}, "the first one goes on")

    def test_a_used_port_is_named_with_a_way_out(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            code, said = self.refused("--listen", f"127.0.0.1:{port}")
        self.assertEqual(code, 1)
        self.assertIn(str(port), said)
        self.assertRegex(said, "--listen|another port")

    def test_a_broken_configuration_is_usage_with_file_and_line(self):
        for config, line, word in (("[respond]\nmood = \"shadow\"\n", 2, "mode"), ("[monitor]\nsilence_suspect = \"0s\"\n", 2, "500ms"),
                                   ("[respond.rails]\nexpiry_min = 7\n", 2, "expiry_min"), ("[server\n", 1, "")):
            with self.subTest(config=config):
                code, said = self.refused(config=config)
                self.assertEqual(code, 2)
                self.assertIn(f"{self.root / 'refused.toml'}:{line}:", said)
                self.assertIn(word, said)
        self.assertFalse((self.root / "refused").exists(), "nothing is made before the configuration is understood")

    def test_a_plain_door_beyond_loopback_is_refused(self):
        for option in ("--listen", "--agent-listen"):
            with self.subTest(option=option):
                code, said = self.refused(option, "0.0.0.0:0")
                self.assertEqual(code, 2)
                self.assertIn("allow_plain_http", said)


class State(Case):
    def stopped(self):
        wardhive = self.controller("--no-act").start()
        self.assertEqual(wardhive.process.stop(), 0)
        return wardhive

    def test_a_newer_state_is_refused_and_left_alone(self):
        state = self.stopped().state
        database = sqlite3.connect(state / "wardhive.db")
        database.execute("PRAGMA user_version = 9999")
        database.close()
        before = (state / "wardhive.db").read_bytes()
        code, said = self.refused(state=state)
        self.assertNotEqual(code, 0)
        self.assertIn("9999", said)
        self.assertIn("newer", said)
        self.assertEqual((state / "wardhive.db").read_bytes(), before)

    def test_garbage_for_a_database_is_refused_and_left_alone(self):
        state = self.stopped().state
        for leftover in state.glob("wardhive.db-*"):
            leftover.unlink()
        (state / "wardhive.db").write_bytes(b"no database" * 1_000)
        code, said = self.refused(state=state)
        self.assertEqual(code, 6)
        self.assertIn("wardhive.db", said)
        self.assertEqual((state / "wardhive.db").read_bytes(), b"no database" * 1_000)

    @unittest.skipIf(os.geteuid() == 0 and shutil.which("setpriv") is None, "setpriv is not installed")
    def test_a_directory_of_somebody_else_names_the_permission(self):
        prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if os.geteuid() == 0 else ()
        self.root.chmod(0o755)
        locked = self.root / "locked"
        locked.mkdir(mode=0o555)
        code, said = self.refused(state=locked / "state", prefix=prefix)
        self.assertEqual(code, 4)
        self.assertIn(str(locked / "state"), said)
        self.assertIn("permission denied", said.lower())

    @unittest.skipIf(NO_SANDBOX, NO_SANDBOX)
    def test_a_full_disk_degrades_and_heals(self):
        sandbox = Sandbox()
        self.addCleanup(sandbox.close)
        mount = self.root / "disk"
        mount.mkdir()
        self.assertEqual(sandbox.run("mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "none", mount)[0], 0)
        auth_log = self.root / "auth.log"
        auth_log.touch()
        wardhive = self.controller("--no-act", sandbox=sandbox, state=mount / "state", config=f'[ingest]\nauth_logs = ["{auth_log}"]\n').start()
        outside = sandbox.outside(mount)
        with (outside / "ballast").open("wb", buffering=0) as ballast:
            self.assertRaises(OSError, lambda: [ballast.write(b"x" * 4_096) for _ in range(2_000)])
        degraded = lambda: "disk" in wardhive.ask("status")["sentence"] and wardhive.ask("status")["disk_full"]
        wait_until(degraded, lambda: f"the disk is told to be full: {wardhive.process.says()[-1000:]}", 15)
        self.assertTrue(wardhive.process.alive())
        with auth_log.open("a") as log:
            log.write(failed_logins(ATTACKER, 6, 4_000))
        (outside / "ballast").unlink()
        wait_until(lambda: not wardhive.ask("status")["disk_full"], "room is noticed", 30)
        wait_until(lambda: any(i["subject"] == f"address/{ATTACKER}" for i in wardhive.ask("incidents", "list", "--all")), "what came meanwhile is not lost")
        self.assertEqual(wardhive.process.stop(), 0)
        self.assertEqual(sandbox.run(BINARY, "audit", "verify", "--state", mount / "state")[0], 0)

    @unittest.skipIf(NO_SANDBOX, NO_SANDBOX)
    def test_no_room_at_start_is_named(self):
        sandbox = Sandbox()
        self.addCleanup(sandbox.close)
        mount = self.root / "disk"
        mount.mkdir()
        self.assertEqual(sandbox.run("mount", "-t", "tmpfs", "-o", "size=16k,mode=700", "none", mount)[0], 0)
        wardhive = self.controller("--no-act", sandbox=sandbox, state=mount / "state")
        self.assertNotEqual(wardhive.spawn().wait(), 0)
        self.assertRegex(wardhive.process.says(), "(?i)full|no space")
        self.assertIn(str(mount), wardhive.process.says())


@unittest.skipIf(NO_SANDBOX, NO_SANDBOX)
class Shadow(Case):
    """With an agent and a packet filter, in a namespace: what would be done is decided, shown, kept, not done."""

    def setUp(self):
        super().setUp()
        self.sandbox = Sandbox()
        self.addCleanup(self.sandbox.close)
        self.auth_log = self.root / "auth.log"
        self.auth_log.touch()
        self.wardhive = self.controller("--no-act", sandbox=self.sandbox).start()
        self.agent = Agent(self.wardhive, "node-1", "--auth-log", self.auth_log)
        self.addCleanup(self.agent.close)
        self.agent.start()

    def attack(self, address, pid):
        # Not before the packet filter is known to work: a ban nobody could apply is held, not shadowed.
        wait_until(self.agent.can_act, "the agent can act")
        with self.auth_log.open("a") as log:
            log.write(failed_logins(address, 6, pid))
        return wait_until(lambda: next((d for d in self.wardhive.decisions() if d["target"] == f"address/{address}"), None), f"a decision about {address}")

    def test_brute_force_is_decided_and_not_applied(self):
        decision = self.attack(ATTACKER, 4_000)
        self.assertEqual((decision["verb"], decision["state"]), ("ban_address", "shadow"))
        self.assertEqual(self.sandbox.bans(), [])
        explained = self.wardhive.ask("decisions", "explain", decision["id"])
        self.assertTrue(explained)

    def test_enforce_bans_reverts_and_releases(self):
        self.assertEqual(self.wardhive.cli("mode", "enforce")[0], 0)
        wait_until(lambda: self.wardhive.ask("status")["mode"] == "enforce", "enforce")
        decision = self.attack(ATTACKER, 4_000)
        self.assertEqual(decision["state"], "active")
        wait_until(lambda: self.sandbox.bans() == [ATTACKER], "banned, once")
        self.assertEqual(self.wardhive.cli("decisions", "revert", decision["id"], "--reason", "a guest")[0], 0)
        wait_until(lambda: self.sandbox.bans() == [], "let go")
        self.attack("203.0.113.67", 5_000)
        wait_until(lambda: self.sandbox.bans() == ["203.0.113.67"], "banned, once")
        self.assertEqual(self.wardhive.cli("release", "--all")[0], 0)
        wait_until(lambda: self.sandbox.bans() == [], "all let go")

    def test_sigterm_leaves_effects_and_says_so_and_a_restart_knows_them(self):
        self.wardhive.cli("mode", "enforce")
        wait_until(lambda: self.wardhive.ask("status")["mode"] == "enforce", "enforce")
        self.attack(ATTACKER, 4_000)
        wait_until(lambda: self.sandbox.bans() == [ATTACKER], "banned")
        before = [self.wardhive.ask("incidents", "list", "--all"), self.wardhive.decisions()]
        self.assertEqual(self.wardhive.process.stop(), 0)
        self.assertRegex(self.wardhive.process.says(), r"stopped; 1 effect stays in place")
        self.assertEqual(self.sandbox.bans(), [ATTACKER])
        self.wardhive.start()
        self.assertEqual(self.wardhive.ask("status")["mode"], "enforce", "a person's choice outlives a restart")
        names = lambda kind: sorted((n["id"], n["state"]) for n in kind)
        after = [self.wardhive.ask("incidents", "list", "--all"), self.wardhive.decisions()]
        self.assertEqual(list(map(names, after)), list(map(names, before)))
        self.assertEqual(self.sandbox.bans(), [ATTACKER])

    def test_a_copied_key_is_told_a_restart_is_not_and_enrolling_again_shuts_both_out(self):
        wait_until(self.agent.connected, "the agent is there")
        for _ in range(3):
            self.agent.kill()
            self.agent.start()
            wait_until(self.agent.connected, "the agent is there again")
        self.assertEqual(self.wardhive.ask("incidents", "list", "--all"), [])
        copy = self.root / "copy"
        shutil.copytree(self.agent.state, copy)
        thief = Process(self.root / "thief.log", "agent", "--controller", self.wardhive.url, "--state", copy, sandbox=self.sandbox)
        self.addCleanup(lambda: thief.alive() and thief.kill())
        incident = wait_until(lambda: next((i for i in self.wardhive.ask("incidents", "list") if i["playbook"] == "stolen-credential"), None), "it is told", 60)
        self.assertEqual(incident["subject"], "node/node-1")
        notices = json.dumps(self.wardhive.ask("notices"))
        self.assertIn("is used by two processes by turns", notices)
        self.assertIn("wardhive token enroll --node node-1", notices)
        self.assertEqual(self.wardhive.decisions(), [], "the node that was robbed is left in peace")
        self.agent.close()
        self.assertNotIn("records_refused", thief.says())
        own = Agent(self.wardhive, "node-1", directory=self.root / "anew")
        self.addCleanup(own.close)
        own.start()
        wait_until(lambda: "records_refused" in thief.says(), lambda: f"the copy is shut out; it says {thief.says()[-1000:]}")
        wait_until(own.connected, "the right machine is in")

    # The controller's own host has the control, but is taken for one that cannot act: the decision is held.
    def test_the_own_host_needs_no_agent(self):
        root = self.root / "own"
        root.mkdir()
        wardhive = Controller(root, sandbox=self.sandbox, config=f'[respond]\nmode = "enforce"\n[ingest]\nauth_logs = ["{root / "auth.log"}"]\n')
        self.addCleanup(wardhive.close)
        (root / "auth.log").touch()
        wardhive.start()
        wait_until(lambda: wardhive.ask("nodes", "show", "controller")["controls"] == ["nftables"], "this host can act")
        (root / "auth.log").write_text(failed_logins(ATTACKER, 6, 4_000))
        decision = wait_until(wardhive.decisions, "a decision")[0]
        self.assertEqual(decision["state"], "active")


if __name__ == "__main__":
    unittest.main(verbosity=2)
