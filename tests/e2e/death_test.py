#!/usr/bin/env python3
"""kill -9 of agent, controller and HAProxy: nothing doubled, nothing acknowledged lost, bans end by themselves.

Real processes, the real store, a real packet filter in a namespace of its own. Skips where
namespaces are refused.
"""

import contextlib
import pathlib
import random
import socket
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from support import BINARY, ROOT, Agent, Controller, Process, Sandbox, failed_logins, free_port, wait_until

NO_SANDBOX = Sandbox.refused()
HAPROXY = next((p for p in (ROOT / "build/peers/haproxy/bin/haproxy", pathlib.Path("/usr/sbin/haproxy")) if p.exists()), None)
SEEDS = range(3)
ENFORCE = """[respond]
mode = "enforce"
[ingest]
own_host = false
auth_logs = []
"""


@unittest.skipIf(NO_SANDBOX, NO_SANDBOX)
class Case(unittest.TestCase):
    def network(self, config=ENFORCE):
        """A controller that enforces, an agent of node-1 and its auth log, in one new namespace."""
        directory = tempfile.TemporaryDirectory(prefix="wardhive-death-", ignore_cleanup_errors=True)
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.sandbox = Sandbox()
        self.addCleanup(self.sandbox.close)
        self.auth_log = self.root / "auth.log"
        self.auth_log.touch()
        self.controller = Controller(self.root, "--no-act", sandbox=self.sandbox, config=config)
        self.addCleanup(self.controller.close)
        self.controller.start()
        self.agent = Agent(self.controller, "node-1", "--auth-log", self.auth_log)
        self.addCleanup(self.agent.close)
        self.start_agent()

    def start_agent(self):
        self.agent.start()
        wait_until(self.agent.can_act, lambda: f"the agent can act; it says {self.agent.process.says()[-1000:]}")

    def attack(self, address, pid=4_000, count=6):
        with self.auth_log.open("a") as log:
            log.write(failed_logins(address, count, pid))

    def wait_for_bans(self, *addresses, seconds=40):
        wait_until(lambda: self.sandbox.bans() == sorted(addresses),
                   lambda: f"banned once each: {sorted(addresses)}; banned are {self.sandbox.bans()}, decided {[(d['target'], d['state']) for d in self.controller.decisions()]}", seconds)

    def assert_one_decision_each(self, *addresses):
        decided = sorted(d["target"] for d in self.controller.decisions())
        self.assertEqual(decided, sorted(f"address/{a}" for a in addresses))

    def assert_audit_holds(self):
        code, _, err = self.sandbox.run(BINARY, "audit", "verify", "--state", self.controller.state)
        self.assertEqual((code, err), (0, ""))


class AgentDies(Case):
    def test_with_lines_unread_they_are_read_by_its_next_life(self):
        self.network()
        self.attack("198.51.100.7", pid=3_000, count=1)  # so that it has a place in the log to go on from
        wait_until(lambda: any(self.agent.state.glob("position-*")), "the agent remembers where it is in the log")
        self.agent.kill()
        self.attack("203.0.113.1")
        self.start_agent()
        self.wait_for_bans("203.0.113.1")
        self.assert_one_decision_each("203.0.113.1")

    def test_right_after_the_lines_were_written(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.network()
                self.attack("203.0.113.1")
                # Up to about where the ban is live: before, while and after it is asked for.
                spin_for(random.Random(seed).uniform(0, 0.4))
                self.agent.kill()
                self.start_agent()
                self.wait_for_bans("203.0.113.1")
                self.assert_one_decision_each("203.0.113.1")
                self.agent.close(), self.controller.close(), self.sandbox.close()

    def test_with_a_ban_in_place_it_stays_and_is_not_doubled(self):
        self.network()
        self.attack("203.0.113.1")
        self.wait_for_bans("203.0.113.1")
        self.agent.kill()
        self.assertEqual(self.sandbox.bans(), ["203.0.113.1"], "the kernel needs no agent")
        self.start_agent()
        self.attack("203.0.113.2", pid=5_000)
        self.wait_for_bans("203.0.113.1", "203.0.113.2")
        self.assert_one_decision_each("203.0.113.1", "203.0.113.2")

    def test_what_was_taken_out_by_hand_comes_back_and_foreign_tables_stay(self):
        self.network()
        self.sandbox.nft("add", "table", "inet", "theirs")
        self.sandbox.nft("add", "set", "inet", "theirs", "banned4", "{ type ipv4_addr; elements = { 203.0.113.200 } ; }")
        theirs = self.sandbox.nft("list", "table", "inet", "theirs")
        self.attack("203.0.113.1")
        self.wait_for_bans("203.0.113.1")
        self.controller.kill()
        self.agent.kill()
        self.sandbox.nft("delete", "element", "inet", "wardhive", "banned4", "{ 203.0.113.1 }")
        self.assertEqual(self.sandbox.bans(), [])
        self.controller.start()
        self.start_agent()
        self.wait_for_bans("203.0.113.1")
        self.sandbox.nft("delete", "table", "inet", "wardhive")
        self.wait_for_bans("203.0.113.1")
        self.assertEqual(self.sandbox.nft("list", "table", "inet", "theirs"), theirs)
        self.assert_one_decision_each("203.0.113.1")


class ControllerDies(Case):
    # A restarted controller forgets what its agents can act with until they start anew: new bans are held.
    def test_at_random_points_while_thirty_attack(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.storm(random.Random(seed))

    def storm(self, chance):
        self.network()
        attackers = [f"203.0.113.{i}" for i in range(1, 31)]
        lines = [failed_logins(a, 1, 10_000 + 100 * i + n) for n in range(10) for i, a in enumerate(attackers)]
        kills = sorted(chance.sample(range(10, 290), 3))
        with self.auth_log.open("a") as log:
            for at, line in enumerate(lines):
                log.write(line)
                log.flush()
                spin_for(0.003)
                if kills and at == kills[0]:
                    kills.pop(0)
                    self.controller.kill()
                    # Half of the time it comes back at once, else the agent has to keep more.
                    if chance.random() < 0.5 or not kills:
                        self.controller.start()
                    else:
                        self.controller.spawn()
        wait_until(self.controller.ready, "up again")
        self.wait_for_bans(*attackers, seconds=30)
        self.assert_one_decision_each(*attackers)
        incidents = [i["subject"] for i in self.controller.ask("incidents", "list", "--all")]
        self.assertEqual(sorted(incidents), sorted(f"address/{a}" for a in attackers), "an incident each")
        self.assertEqual([a["gaps"] for a in self.controller.ask("agents") if a["node"] == "node-1"], [0], "nothing of the spool is missing")
        self.assert_audit_holds()
        self.agent.close(), self.controller.close(), self.sandbox.close()

    # A restarted controller forgets what its agents can act with until they start anew: new bans are held.
    def test_what_was_said_meanwhile_is_delivered_afterwards(self):
        self.network()
        self.controller.kill()
        self.attack("203.0.113.1")
        wait_until(lambda: any((self.agent.state).glob("*spool*")), "the agent keeps what it has to say")
        self.controller.start()
        self.wait_for_bans("203.0.113.1")
        self.assert_one_decision_each("203.0.113.1")

    def test_bans_end_without_it(self):
        self.network(ENFORCE + '[respond.rails]\nexpiry_min = "5s"\nexpiry_max = "1m"\n[risk.auth_abuse]\nhalf_life = "10s"\n')
        self.attack("203.0.113.1")
        self.wait_for_bans("203.0.113.1")
        self.controller.kill()
        self.agent.kill()
        wait_until(lambda: self.sandbox.bans() == [], "the kernel lets go by itself", 70)
        self.controller.start()
        self.start_agent()
        wait_until(lambda: [d["state"] for d in self.controller.decisions()] == ["expired"], lambda: f"it is over: {self.controller.decisions()}")
        self.assertEqual(self.sandbox.bans(), [], "what ended is not put back")


@unittest.skipIf(NO_SANDBOX, NO_SANDBOX)
@unittest.skipUnless(HAPROXY, "haproxy is not installed")
class GatewayDies(Case):
    """HAProxy's own memory is all that drains a node: when it dies, the agent has to tell it again."""

    def test_a_drained_node_is_drained_again(self):
        ports = [free_port() for _ in range(5)]
        nodes = "".join(f'[nodes.job-{i}]\nclass = "gpu"\naddresses = ["192.0.2.{i}"]\nprobe_url = "http://127.0.0.1:{p}/"\n' for i, p in enumerate(ports, 1))
        self.network(ENFORCE + nodes + '[nodes.gateway]\nclass = "gateway"\naddresses = ["192.0.2.20"]\nbackends = ["job-1", "job-2", "job-3", "job-4", "job-5"]\n')
        self.socket = self.root / "haproxy.sock"
        (self.root / "haproxy.cfg").write_text(
            f"global\n  stats socket {self.socket} level admin\ndefaults\n  mode http\n  timeout connect 1s\n  timeout client 5s\n  timeout server 5s\n"
            f"frontend work\n  bind 127.0.0.1:{free_port()}\n  default_backend jobs\nbackend jobs\n  option httpchk GET /\n"
            + "".join(f"  server job-{i} 127.0.0.1:{p} check inter 500ms fall 3 rise 2 weight 100\n" for i, p in enumerate(ports, 1)))
        services = [self.serve(p) for p in ports]
        haproxy = self.start_haproxy()
        self.gateway = Agent(self.controller, "gateway", "--haproxy-socket", self.socket, "--no-nftables", "--auth-log", self.root / "none")
        self.addCleanup(self.gateway.close)
        self.gateway.start()
        probers = [Agent(self.controller, f"job-{i}", "--no-nftables", "--auth-log", self.root / "none") for i in range(2, 5)]
        for agent in probers:
            self.addCleanup(agent.close)
            agent.start()
        wait_until(lambda: len([n for n in self.controller.ask("nodes", "list") if n["state"] == "healthy"]) >= 3, lambda: f"nodes are healthy: {self.controller.ask('nodes', 'list')}")
        services[0].kill()
        wait_until(lambda: self.weight("job-1") == 0, lambda: f"job-1 is drained: {self.controller.decisions()} {self.controller.ask('nodes', 'list')}", 60)
        haproxy.kill()
        haproxy = self.start_haproxy()
        wait_until(lambda: self.weight("job-1") == 0, "job-1 is drained again", 30)
        self.assertEqual([self.weight(f"job-{i}") for i in range(2, 6)], [100] * 4, "and nobody else")
        self.assertEqual(len([d for d in self.controller.decisions() if d["target"] == "node/job-1"]), 1)

    def start_haproxy(self):
        self.socket.unlink(missing_ok=True)
        haproxy = Process(self.root / "haproxy.log", "-db", "-f", self.root / "haproxy.cfg", sandbox=self.sandbox, program=HAPROXY)
        self.addCleanup(lambda: haproxy.alive() and haproxy.kill())
        wait_until(self.socket.exists, lambda: f"haproxy is up: {haproxy.says()}")
        return haproxy

    def serve(self, port):
        service = Process(self.root / "service.log", "-c", "import http.server,sys\nclass H(http.server.BaseHTTPRequestHandler):\n  def do_GET(s):\n    s.send_response(200); s.send_header('Content-Length','0'); s.end_headers()\n"
                          f"http.server.ThreadingHTTPServer(('127.0.0.1',{port}),H).serve_forever()", sandbox=self.sandbox, program=sys.executable)
        self.addCleanup(lambda: service.alive() and service.kill())
        return service

    def weight(self, server):
        """What HAProxy itself says of a server's weight; None if it does not answer."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as s:
            try:
                s.connect(str(self.socket))
                s.sendall(f"get weight jobs/{server}\n".encode())
                said = s.makefile().read()
            except OSError:
                return None
        return int(said.split()[0]) if said.split() else None


def spin_for(seconds):
    """A random or paced moment, not a wait for a condition: the point is to be at any of them."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


if __name__ == "__main__":
    unittest.main(verbosity=2)
