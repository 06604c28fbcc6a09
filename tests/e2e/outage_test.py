#!/usr/bin/env python3
"""`wardhive up` with [chain] while endpoints fail, hang, show the past or lie. 77: no Node or npm packages.

What fails is told as the network's health, never as a changed authority; what changed meanwhile is told afterwards.
"""

import base64
import concurrent.futures
import http.server
import json
import os
import pathlib
import signal
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import main
from devchain_test import Chain
from support import wait_until
from watch_test import STAKE, WITHIN, Watching, key, put, samples, stake_of

TOLD = 25.0  # an endpoint is ill after three errors or time-outs of 5 s, blind is 5 s of that or 12 s without a look
STALE = 15.0  # five slots behind are two seconds, each endpoint's slot is looked at every two
FORK = 60.0  # 31 slots of 700 ms, on a machine that does other things too
CATCH_UP = 15.0 + WITHIN  # an ill endpoint rests for 10 s


class Between:
    """An endpoint before the chain; what it says is up to answer()."""

    def __init__(self, behind):
        between = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))

                def ask():
                    request = urllib.request.Request(behind, body, {"content-type": "application/json"})
                    with urllib.request.urlopen(request, timeout=10) as answer:
                        return json.load(answer)

                out = json.dumps(between.answer(json.loads(body), ask)).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(out)))
                self.end_headers()
                self.wfile.write(out)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class Liar(Between):
    """It says of one account that `withdrawer` holds it."""

    def __init__(self, behind, account, withdrawer):
        self.lies, self.lying = 0, False
        self.account, self.withdrawer = account, withdrawer
        super().__init__(behind)

    def answer(self, asked, ask):
        said = ask()
        keys = asked["params"][0] if asked["method"] == "getMultipleAccounts" else asked["params"][:1] if asked["method"] == "getAccountInfo" else []
        if self.lying and self.account in keys and "result" in said:
            values = said["result"]["value"]
            value = values[keys.index(self.account)] if isinstance(values, list) else values
            value["data"][0] = base64.b64encode(stake_of(self.withdrawer)).decode()
            self.lies += 1
        return said


class Stuck(Between):
    """While `stuck` it answers everything as it did last: an endpoint that lost its peers and does not know."""

    def __init__(self, behind):
        self.stuck, self.replayed, self._said = False, 0, {}
        super().__init__(behind)

    def answer(self, asked, ask):
        # What may differ from one time to the next (a slot to be reached at least) makes no other question.
        question = asked["method"], json.dumps(asked["params"][:1])
        if not self.stuck or question not in self._said:
            self._said[question] = ask()
        else:
            self.replayed += 1
        return {**self._said[question], "id": asked["id"]}


class Scene:
    """A chain and a controller of their own, with accounts of which `quiet` never changes."""

    def __init__(self, folder, name, *options):
        self.name = name
        self.changing, self.quiet = key(60), key(70)
        self.chain = Chain("--port", "0", *options)
        self.wardhive = Watching(folder, [self.chain.ready["rpc"]], [self.changing, self.quiet])
        for account in (self.changing, self.quiet):
            put(self.chain, account, STAKE, stake_of(key(1)))
        self.chain.ask("devchain_warp", {"slots": 2})  # confirmed, or their appearance is a change too

    def close(self):
        os.kill(self.chain.pid, signal.SIGCONT)
        self.wardhive.close()
        self.chain.stop()

    def change(self):
        put(self.chain, self.changing, STAKE, stake_of(key(2)))

    def faults(self, *rules):
        self.chain.ask("devchain_setFaults", {"seed": 1, "rules": list(rules)})

    def health(self, subject, over):
        """The incident about fleet/`subject`, if it is over or not as asked."""
        found = [i for i in self.wardhive.incidents() if i["subject"] == f"fleet/{subject}"]
        return found[0] if found and bool(found[0].get("ended_at")) == over else None

    def slot(self, level):
        return self.chain.ask("getSlot", {"commitment": level})

    # What begins and what ends it. The change happens where nobody sees it.
    def errors(self):
        self.faults({"kind": "rpcError", "code": -32005, "message": "node is unhealthy"})
        self.change()
        return "rpc", self.faults

    def limited(self):
        self.faults({"kind": "http429"})
        self.change()
        return "rpc", self.faults

    def hanging(self):
        self.change()
        os.kill(self.chain.pid, signal.SIGSTOP)
        return "rpc", lambda: os.kill(self.chain.pid, signal.SIGCONT)

    def fork(self):
        self.chain.ask("devchain_warp", {"slots": 40})
        before = samples(self.wardhive)
        wait_until(lambda: samples(self.wardhive) > before + 14, "it saw the slots that are taken back")
        seen = self.slot("processed")
        self.chain.ask("devchain_rollback", 31)
        self.change()
        # Until it is past what it showed already it counts as ill: that ends by itself.
        return "rpc", lambda: wait_until(lambda: self.slot("confirmed") > seen, "the fork is as long as what it replaced", FORK)

    def play(self):
        """It fails, an authority changes unseen, it works again: the line to print."""
        self.wardhive.looking()
        began = time.monotonic()
        subject, end = getattr(self, self.name)()
        incident = wait_until(lambda: self.health(subject, over=False), f"{self.name} is told", TOLD)
        told = time.monotonic() - began
        assert incident["playbook"] == "chain-unwell", incident
        assert not self.wardhive.about(self.changing), "what nobody saw was said"
        end()
        ended = time.monotonic()
        wait_until(lambda: self.wardhive.about(self.changing), f"after {self.name} the change is told", CATCH_UP)
        caught_up = time.monotonic() - ended
        wait_until(lambda: self.health(subject, over=True), f"{self.name} is over", CATCH_UP + 20)
        assert not self.wardhive.about(self.quiet), "an authority that did not change was named"
        assert sorted(i["playbook"] for i in self.wardhive.incidents()) == ["authority-change", "chain-unwell"], self.wardhive.incidents()
        assert not self.wardhive.decisions(), "something was done"
        return (f"{self.name}: told as fleet/{subject} after {told:.1f} s (limit {TOLD:.0f}), "
                f"the change caught up {caught_up:.1f} s after it was over (limit {CATCH_UP:.0f})")


class Outage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wardhive-outage-", ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def scene(self, name, *options):
        folder = self.folder / name
        folder.mkdir()
        scene = Scene(folder, name, *options)
        self.addCleanup(scene.close)
        return scene

    def test_what_fails_is_the_networks_health_and_the_watch_catches_up(self):
        # A slot of 700 ms makes a fork of 31 slots last for 22 s.
        scenes = [self.scene("errors"), self.scene("limited"), self.scene("hanging"), self.scene("fork", "--slot-ms", "700")]
        with concurrent.futures.ThreadPoolExecutor(len(scenes)) as at_once:  # nearly all of it is waiting
            for line in [at_once.submit(scene.play) for scene in scenes]:
                print(line.result())

    def test_one_of_two_that_lies_is_outvoted(self):
        scene = self.scene("liar")
        for place, liar_first in (("first", True), ("second", False)):
            with self.subTest(place):
                liar = Liar(scene.chain.ready["rpc"], scene.quiet, key(9))
                self.addCleanup(liar.stop)
                endpoints = [scene.chain.ready["rpc"], scene.chain.ready["rpc"].replace("127.0.0.1", "localhost"), liar.url]
                folder = self.folder / place
                folder.mkdir()
                wardhive = Watching(folder, endpoints[::-1] if liar_first else endpoints, [scene.changing, scene.quiet])
                self.addCleanup(wardhive.close)
                liar.lying = False
                wardhive.looking()
                liar.lying = True
                put(scene.chain, scene.changing, STAKE, stake_of(key(20 + liar_first)))
                wait_until(lambda: wardhive.about(scene.changing), "a real change is told", WITHIN)
                before = samples(wardhive)
                wait_until(lambda: samples(wardhive) > before + 60, "it looked several times more")
                self.assertEqual(wardhive.about(scene.quiet), [], "one endpoint's lie is no change")
                self.assertEqual(liar.lies > 0, liar_first, "a liar that is asked second is asked only about what changed")
                wardhive.close()

    def test_one_that_shows_the_past_hides_nothing_and_invents_nothing(self):
        scene = self.scene("stuck")
        stuck = Stuck(scene.chain.ready["rpc"])
        self.addCleanup(stuck.stop)
        endpoints = [stuck.url, scene.chain.ready["rpc"], scene.chain.ready["rpc"].replace("127.0.0.1", "localhost")]
        folder = self.folder / "among"
        folder.mkdir()
        wardhive = Watching(folder, endpoints, [scene.changing, scene.quiet], slot_lag_max=5)
        self.addCleanup(wardhive.close)
        wardhive.looking()
        stuck.stuck = True
        scene.change()
        began = time.monotonic()
        wait_until(lambda: wardhive.about(scene.changing), "the change is told though the preferred endpoint shows the past", STALE)
        took = time.monotonic() - began
        self.assertGreater(stuck.replayed, 0)
        before = samples(wardhive)
        wait_until(lambda: samples(wardhive) > before + 40, "it went on looking")
        stuck.stuck = False
        before = samples(wardhive)
        wait_until(lambda: samples(wardhive) > before + 40, "the endpoint is well again")
        (found,) = wardhive.about(scene.changing)
        self.assertEqual(wardhive.told()[found["id"]], 1, "the past is no second change")
        self.assertEqual(wardhive.about(scene.quiet), [])
        self.assertEqual(wardhive.decisions(), [])
        print(f"preferred endpoint of three stuck in the past: the change told after {took:.1f} s (limit {STALE:.0f})")


if __name__ == "__main__":
    main()
