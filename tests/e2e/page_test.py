#!/usr/bin/env python3
"""The page against a real `wardhive up`, driven in headless Chromium. Standard library only.

WARDHIVE_BINARY names the program (build/release/wardhive if unset). The browser part is skipped
where chromium or chromedriver is missing. Nothing leaves loopback and nothing is enforced.
"""

import datetime
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from webdriver import Browser, LineReader, missing_parts, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("WARDHIVE_BINARY", ROOT / "build/release/wardhive"))
HOSTILE_USER = "<img src=x onerror=alert(1)>"
NODE, AGENT = "controller-1", "gate-1"


def rfc3339(seconds_ago=0):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds_ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Embedded(unittest.TestCase):
    """Facts of the files, without a browser."""

    def setUp(self):
        self.files = {path.name: path.read_text() for path in (ROOT / "web").iterdir()}

    def test_every_file_of_web_is_embedded_and_no_other(self):
        embedded = re.findall(r'WARDHIVE_EMBED\(\w+, "web/([^"]+)"\)', (ROOT / "src/api/assets.cc").read_text())
        self.assertEqual(sorted(embedded), sorted(self.files))
        rebuilt_for = re.findall(r"web/([\w.]+)", (ROOT / "src/api/CMakeLists.txt").read_text())
        self.assertEqual(sorted(rebuilt_for), sorted(self.files))

    def test_every_file_is_reached_from_the_page_and_none_is_missing(self):
        reached, waiting = set(), ["index.html"]
        while waiting:
            name = waiting.pop()
            self.assertIn(name, self.files, "referred to, but not there")
            reached.add(name)
            pattern = r'from "/([^"]+)"' if name.endswith(".js") else r'(?:src|href)="/([^"]+)"'
            waiting += set(re.findall(pattern, self.files[name])) - reached
        self.assertEqual(reached, set(self.files))

    def test_nothing_on_the_page_parses_markup_or_runs_text(self):
        banned = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|<script>|<style|\sstyle=|\son\w+=\"|https?://(?!www\.w3\.org/2000/svg)")
        for name, text in self.files.items():
            self.assertEqual(banned.findall(text), [], name)


@unittest.skipIf(missing_parts(), f"not installed: {', '.join(missing_parts())}")
class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(setattr, cls, "browser", None)
        directory = tempfile.TemporaryDirectory(prefix="wardhive-page-")
        cls.addClassCleanup(directory.cleanup)
        root = pathlib.Path(directory.name)
        cls.state, cls.auth_log = root / "state", root / "auth.log"
        cls.auth_log.touch()
        (root / "wardhive.toml").write_text(f'[ingest]\nauth_logs = ["{cls.auth_log}"]\n')
        cls.server = subprocess.Popen([BINARY, "up", "--config", root / "wardhive.toml", "--state", cls.state, "--node", NODE,
                                       "--listen", "127.0.0.1:0", "--no-act"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.addClassCleanup(cls.stop_server)
        cls.first_link = LineReader(cls.server.stdout).find(r"page\s+(http://\S+)").group(1)
        cls.url = cls.first_link.split("/#")[0]
        cls.enrol_agent()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.guess_passwords("192.0.2.77", 41_000)  # so that each test alone has an incident to look at

    @classmethod
    def stop_server(cls):
        cls.server.send_signal(signal.SIGCONT)
        cls.server.terminate()
        cls.server.wait(timeout=30)
        cls.server.stdout.close()

    @classmethod
    def guess_passwords(cls, address, pid, user=HOSTILE_USER):
        """Seven failed log-ins, as sshd writes them: two more than a burst needs."""
        with cls.auth_log.open("a") as log:
            for attempt in range(7):
                log.write(f"{rfc3339(7 - attempt)} {NODE} sshd[{pid + attempt}]: Failed password for invalid user {user} from {address} port {50_000 + attempt} ssh2\n")

    @classmethod
    def call(cls, path, body, token):
        request = urllib.request.Request(f"{cls.url}/api/v1/{path}", json.dumps(body).encode(), {"Authorization": f"Bearer {token}", "X-Wardhive": "1"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    @classmethod
    def enrol_agent(cls):
        """Speaks as an agent that can ban; in shadow mode it is asked nothing."""
        token = cls.call("tokens/enroll", {"node": AGENT}, (cls.state / "token").read_text().strip())["token"]
        cls.credential = cls.call("agent/enroll", {"node": AGENT, "token": token}, "")["credential"]
        cls.sent = 0
        cls.agent_says({"kind": "agent_started", "subject": f"node/{AGENT}", "attributes": {"controls": "nftables", "addresses": "192.0.2.10"}})

    @classmethod
    def agent_says(cls, *events):
        records = []
        for event in events:
            cls.sent += 1
            records.append({"n": cls.sent, "kind": "event", "body": {"observer": f"node/{AGENT}", "at": rfc3339(), **event}})
        cls.call("agent/records", {"boot": "b1", "records": records}, cls.credential)

    @classmethod
    def agent_sees_guesses(cls, address):
        line = f"sshd[4242]: Failed password for invalid user {HOSTILE_USER} from {address} port 50000 ssh2"
        attempt = {"kind": "auth_failed", "subject": f"address/{address}", "attributes": {"user": HOSTILE_USER, "service": "sshd", "line": line}}
        cls.agent_says(*[attempt] * 7)

    @classmethod
    def new_link(cls):
        return subprocess.run([BINARY, "token", "login", "--url", cls.url, "--state", cls.state], check=True, capture_output=True, text=True).stdout.strip()

    def setUp(self):
        self.browser.open("about:blank")
        self.browser.console(), self.browser.requests_sent()

    def tearDown(self):
        self.assertFalse(self.browser.alert_open(), "text of an attacker ran as script")
        # A refused request is the server's answer, and the browser writes of it by itself.
        errors = [entry for entry in self.browser.console() if entry["level"] == "SEVERE" and "Failed to load resource" not in entry["message"]]
        self.assertEqual(errors, [])
        foreign = [url for url in self.browser.requests_sent() if not url.startswith((self.url, "about:", "data:"))]
        self.assertEqual(foreign, [], "the page asked somebody else")

    def log_in(self, path=""):
        self.browser.open(self.new_link().replace("/#", f"/{path}#"))
        self.browser.wait_text("#sentence", "shadow mode: nothing is applied")

    def wait_for_row(self, kind, text):
        script = "return [...document.querySelectorAll(`[data-row=${arguments[0]}]`)].find((row) => row.innerText.includes(arguments[1]))?.getAttribute('href') ?? ''"
        return wait_until(lambda: self.browser.run(script, kind, text), f"a row of {kind} says {text}")

    def test_a_login_link_works_once(self):
        self.browser.forget_cookies() if self.browser.url().startswith("http") else None
        link = self.new_link()
        self.browser.open(link)
        self.browser.wait_text("#sentence", "2 nodes watched")
        self.assertEqual(self.browser.url(), self.url + "/", "the code stays out of the address bar")
        self.assertEqual(self.browser.run("return document.cookie"), "", "no script can read the session")
        self.browser.forget_cookies()
        self.browser.open("about:blank")
        self.browser.open(link)
        self.browser.wait_text("#login-why", "The link was not accepted")
        self.assertIn("wardhive token login", self.browser.text("#login"))
        self.assertTrue(self.browser.run("return document.querySelector('#main').hidden"))
        self.assertEqual(self.browser.text("#sentence"), "", "nothing is shown without a session")

    def test_every_file_comes_with_a_policy_that_forbids_foreign_and_inline_code(self):
        for name in os.listdir(ROOT / "web"):
            with urllib.request.urlopen(f"{self.url}/{'' if name == 'index.html' else name}") as answer:
                policy = answer.headers["Content-Security-Policy"]
                self.assertEqual(answer.read(), (ROOT / "web" / name).read_bytes(), name)
            self.assertTrue(policy.startswith("default-src 'none';"), name)
            self.assertNotIn("unsafe", policy, name)

    def test_reading_and_changing_need_a_session(self):
        for path, data in (("status", None), ("decisions", None), ("decisions/dec-1/revert", b"{}")):
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{self.url}/api/v1/{path}", data)
            self.assertIn(refused.exception.code, (401, 403), path)
            self.assertTrue(json.load(refused.exception)["error"]["message"])

    def test_an_incident_appears_without_a_reload_and_says_why(self):
        self.log_in()
        self.browser.run("window.wasHere = true")
        self.agent_sees_guesses("203.0.113.66")
        self.wait_for_row("incident", "203.0.113.66")
        self.wait_for_row("decision", "ban 203.0.113.66")
        self.browser.wait_text("#news", "203.0.113.66")
        self.browser.wait_text("#decisions tbody", "would have")
        self.assertIn("0 in force", self.browser.text("#decisions .count"))
        self.assertTrue(self.browser.run("return window.wasHere"), "it was reloaded")

        self.browser.run("[...document.querySelectorAll('[data-row=incident]')].find((row) => row.innerText.includes('203.0.113.66')).click()")
        self.browser.wait_text("#detail .why", HOSTILE_USER)
        why = self.browser.text("#detail .why")
        for part in ("Evidence", "auth_failure_burst/", "Rails that were asked", "What would have changed its mind", "wardhive decisions revert dec-", "brute-force/1@"):
            self.assertIn(part, why)
        self.assertIn("would ban 203.0.113.66", self.browser.text("#detail .timeline"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('#detail img').length"), 0)

    def test_what_a_rail_held_back_says_which_and_why(self):
        self.log_in()
        self.browser.open(self.url + self.wait_for_row("decision", "192.0.2.77"))
        self.browser.wait_text("#detail .rails", f"blocked actuator: no agent with nftables on {NODE}")
        self.assertIn("held back", self.browser.text("#detail .decision-head"))
        self.assertIn("passed never touch", self.browser.text("#detail .rails"))

    def test_the_parts_of_a_score_sum_to_it(self):
        self.log_in()
        self.browser.open(self.url + self.wait_for_row("decision", "192.0.2.77"))
        self.browser.wait_text("#detail .parts tfoot", "sum")
        numbers = self.browser.run("return [...document.querySelectorAll('#detail .parts .number')].slice(1).map((cell) => cell.innerText)")
        *parts, total = [int(number.replace("\u2212", "-").replace(".", "")) for number in numbers]
        self.assertEqual(sum(parts), total)
        self.assertGreater(len(parts), 1)

    def test_a_decision_is_dismissed_after_a_look_at_what_that_does(self):
        self.log_in()
        self.guess_passwords("198.51.100.23", 43_000)
        row = self.wait_for_row("decision", "198.51.100.23")
        self.browser.open(self.url + row)
        self.browser.wait_text("#detail .decision-head", "Dismiss")
        self.browser.click("#detail .decision-head button.strong")
        self.assertIn("Nothing is in force, so nothing changes on any node.", self.browser.text("#dialog"))
        self.browser.keys(*"our own scanner", "Enter")
        self.browser.wait_text("#dialog .answer", "is dismissed; nothing was in force")
        self.browser.keys("Escape")
        self.browser.wait_text("#detail .decision-head", "reverted")
        self.browser.wait_text("#detail", "ended")
        self.assertNotIn("Dismiss", self.browser.text("#detail"))
        self.browser.open(self.url + "/?all=1&q=198.51.100.23")
        self.browser.wait_text("#incidents tbody", "false positive")

    def test_a_refusal_is_shown_in_words(self):
        self.log_in()
        self.guess_passwords("198.51.100.24", 44_000)
        self.browser.open(self.url + self.wait_for_row("decision", "198.51.100.24"))
        self.browser.wait_text("#detail .decision-head", "Dismiss")
        self.browser.click("#detail .decision-head button.strong")
        wait_until(lambda: self.browser.run("return document.querySelector('#dialog').open"), "the dialog is open")
        decision = re.search(r"dec-[0-9-]+", self.browser.text("#dialog")).group(0)
        subprocess.run([BINARY, "decisions", "revert", decision, "--url", self.url, "--state", self.state], check=True, capture_output=True)
        self.browser.keys("Enter")
        self.browser.wait_text("#dialog .answer", "Not done: not found: no decision")
        self.browser.keys("Escape")

    def test_everything_is_reached_by_keyboard(self):
        self.log_in()
        self.wait_for_row("incident", "192.0.2.77")
        focused = lambda: self.browser.run("return document.activeElement.dataset.focus ?? document.activeElement.id")
        self.browser.keys("/", *"192.0.2.77")
        self.assertEqual(focused(), "filter")
        wait_until(lambda: "q=192.0.2.77" in self.browser.url(), "the filter stands in the address")
        self.wait_for_row("decision", "192.0.2.77")
        wait_until(lambda: self.browser.run("return document.querySelectorAll('[data-row]').length") == 2, "one incident and one decision fit")
        self.browser.keys("Escape", "j")
        self.assertTrue(focused().startswith("incident inc-"))
        self.browser.keys("j", "j")
        self.assertTrue(focused().startswith("decision dec-"), "j stops at the last row")
        self.browser.keys("k", "Enter")
        wait_until(lambda: "incident=inc-" in self.browser.url(), "the incident stands in the address")
        self.browser.keys("e")
        self.assertEqual(focused(), "detail")
        self.browser.wait_text("#detail", "Timeline")
        self.browser.keys("Escape")
        self.assertTrue(focused().startswith("incident inc-"))
        self.assertNotIn("incident=", self.browser.url())
        self.browser.keys("?")
        self.browser.wait_text("#dialog", "Keys and signs")
        self.browser.keys("Escape")
        self.assertFalse(self.browser.run("return document.querySelector('#dialog').open"))

    def test_what_a_link_shows_is_shown_again(self):
        self.log_in()
        href = self.wait_for_row("incident", "192.0.2.77")
        self.browser.open(self.url + href)
        self.browser.wait_text("#detail", "192.0.2.77")
        self.browser.open(self.url + "/?incident=inc-999999999")
        self.browser.wait_text("#detail", 'no incident "inc-999999999"')

    def test_old_data_loses_its_colours_and_comes_back(self):
        self.log_in()
        self.browser.wait_text("#age", "lag")
        self.server.send_signal(signal.SIGSTOP)
        try:
            self.browser.wait_text("#age", "stale")
            self.assertTrue(self.browser.run("return document.body.hasAttribute('data-stale')"))
            self.browser.wait_text("#sentence", "Last known:")
            self.browser.wait_text("#nodes .tile-state", "was ")
            tones = self.browser.run("return [...document.querySelectorAll('.tile, .chip')].map((e) => e.className)")
            self.assertFalse([tone for tone in tones if "tone-good" in tone])
        finally:
            self.server.send_signal(signal.SIGCONT)
        wait_until(lambda: "stale" not in self.browser.text("#age") and "Last known" not in self.browser.text("#sentence"), "it is fresh again")

    def test_a_paused_page_stands_still_and_catches_up(self):
        self.log_in()
        self.wait_for_row("incident", "192.0.2.77")
        self.browser.keys("p")
        self.browser.wait_text("#age", "paused")
        self.guess_passwords("198.51.100.25", 45_000)
        self.browser.wait_text("#sentence", "Last known:")
        self.assertNotIn("198.51.100.25", self.browser.text("#incidents"))
        self.browser.keys("p")
        self.wait_for_row("incident", "198.51.100.25")

    def test_pages_that_were_left_hold_no_connection(self):
        self.log_in()
        for visit in range(8):  # two more than a browser opens to one host
            self.browser.open(f"{self.url}/?q={visit}")
            self.browser.wait_text("#sentence", "2 nodes watched", seconds=8)

    def test_a_session_that_ended_asks_for_a_new_link(self):
        self.log_in()
        self.browser.click("#logout")
        self.browser.wait_text("#login", "You are logged out.")
        self.assertEqual(self.browser.run("return document.querySelectorAll('[data-row]').length"), 0, "what was shown is gone")
        self.browser.open(self.url + "/?all=1")
        self.browser.wait_text("#login", "wardhive token login")


if __name__ == "__main__":
    unittest.main(verbosity=2)
