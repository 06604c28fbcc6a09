#!/usr/bin/env python3
"""The page against a real `wardhive up`, driven in headless Chromium. Standard library only.

WARDHIVE_BINARY names the program (build/release/wardhive if unset). The browser part is skipped
where chromium or chromedriver is missing. Nothing leaves loopback and nothing is enforced.
"""

import contextlib
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
class Served(unittest.TestCase):
    """A `wardhive up` of one's own and a browser."""

    OPTIONS, SENTENCE = (), "nodes watched"

    @classmethod
    def settings(cls, root):
        return ""

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(setattr, cls, "browser", None)
        directory = tempfile.TemporaryDirectory(prefix="wardhive-page-")
        cls.addClassCleanup(directory.cleanup)
        root = pathlib.Path(directory.name)
        cls.state = root / "state"
        (root / "wardhive.toml").write_text(cls.settings(root))
        cls.server = subprocess.Popen([BINARY, "up", "--config", root / "wardhive.toml", "--state", cls.state, "--node", NODE,
                                       "--listen", "127.0.0.1:0", "--no-act", *cls.OPTIONS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.addClassCleanup(cls.stop_server)
        cls.first_link = LineReader(cls.server.stdout).find(r"page\s+(http://\S+)").group(1)
        cls.url = cls.first_link.split("/#")[0]
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    @classmethod
    def stop_server(cls):
        cls.server.send_signal(signal.SIGCONT)
        cls.server.terminate()
        cls.server.wait(timeout=30)
        cls.server.stdout.close()

    @classmethod
    def call(cls, path, body, token):
        request = urllib.request.Request(f"{cls.url}/api/v1/{path}", json.dumps(body).encode(), {"Authorization": f"Bearer {token}", "X-Wardhive": "1"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    @classmethod
    def token_file(cls, person):
        return cls.state / (f"token-{person}" if person else "token")

    @classmethod
    def new_link(cls, person=None):
        return subprocess.run([BINARY, "token", "login", "--url", cls.url, "--state", cls.state, "--token-file", cls.token_file(person)], check=True, capture_output=True, text=True).stdout.strip()

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

    def log_in(self, path="", person=None):
        self.browser.open(self.new_link(person).replace("/#", f"/{path}#"))
        self.browser.wait_text("#sentence", self.SENTENCE)

    def wait_for_row(self, kind, text):
        script = "return [...document.querySelectorAll(`[data-row=${arguments[0]}]`)].find((row) => row.innerText.includes(arguments[1]))?.getAttribute('href') ?? ''"
        return wait_until(lambda: self.browser.run(script, kind, text), f"a row of {kind} says {text}")


class Page(Served):
    SENTENCE = "shadow mode: nothing is applied"

    @classmethod
    def settings(cls, root):
        cls.auth_log = root / "auth.log"
        cls.auth_log.touch()
        return f'[ingest]\nauth_logs = ["{cls.auth_log}"]\n'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enrol_agent()
        cls.guess_passwords("192.0.2.77", 41_000)  # so that each test alone has an incident to look at

    @classmethod
    def guess_passwords(cls, address, pid, user=HOSTILE_USER):
        """Seven failed log-ins, as sshd writes them: two more than a burst needs."""
        with cls.auth_log.open("a") as log:
            for attempt in range(7):
                log.write(f"{rfc3339(7 - attempt)} {NODE} sshd[{pid + attempt}]: Failed password for invalid user {user} from {address} port {50_000 + attempt} ssh2\n")

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

    def test_nothing_is_said_of_proposals_while_there_is_none(self):
        self.log_in("?all=1")
        self.wait_for_row("incident", "192.0.2.77")
        self.assertTrue(self.browser.run("return document.querySelector('#proposals').hidden"))
        self.assertNotIn("Proposals", self.browser.text("#main"))

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


class Proposals(Served):
    """Two persons must approve a pause. No chain answers, so what is ordered stays ordered."""

    OPTIONS, SENTENCE = ("--mode", "enforce"), "1 node watched"
    # A key that everybody knows: RFC 8032, 7.1, test 1.
    KEY = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60" "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")

    @classmethod
    def settings(cls, root):
        key = root / "sentinel.json"
        key.write_text(json.dumps(list(cls.KEY)))
        key.chmod(0o600)
        return f"""[ingest]
auth_logs = []
[server]
operators = ["ada", "olu"]
[respond.approvals]
pause = 2
[chain]
endpoints = ["http://127.0.0.1:9"]
program = "11111111111111111111111111111112"
sentinel_keys = ["{key}"]
"""

    @classmethod
    def ask(cls, path, person=None, **body):
        return cls.call(path, body, cls.token_file(person).read_text().strip())

    def proposed(self, minutes, reason, person="olu", parts=("claim",)):
        """Each act is another one: the same is not proposed twice."""
        says = self.ask("proposals", person, kind="pause", target="fleet/", parts=parts, lasts=60 * minutes, reason=reason)["says"]
        proposal = says.split()[0]
        self.addCleanup(self.end, proposal)
        return proposal

    def end(self, proposal):
        with contextlib.suppress(urllib.error.HTTPError):  # it is not open any more
            self.ask(f"proposals/{proposal}/withdraw", reason="the test is over")

    def answer(self, proposal, verb):
        """Opens the proposal's details and clicks one of its buttons there."""
        self.browser.open(f"{self.url}/?proposal={proposal}")
        button = f"#detail [data-focus='detail {verb} {proposal}']"
        wait_until(lambda: self.browser.run("return document.querySelector(arguments[0]) !== null", button), f"{verb} of {proposal} can be clicked")
        self.browser.click(button)
        self.browser.wait_text("#dialog", proposal)

    def row(self, proposal):
        return self.browser.run("return document.querySelector(`#proposals tr[data-key=${arguments[0]}]`)?.innerText ?? ''", proposal)

    def test_another_person_approves_by_a_click_and_who_proposed_cannot(self):
        self.log_in(person="olu")
        self.browser.run("window.wasHere = true")
        proposal = self.proposed(5, "claims are drained")
        self.wait_for_row("proposal", "pause claim for 5m")
        self.browser.wait_text("#news", f"Proposal {proposal} opened: pause claim for 5m")
        self.assertTrue(self.browser.run("return window.wasHere"), "it was reloaded")
        for part in ("open", "proposed by olu", "1 of 2", "1 missing", "Approve", "Withdraw"):
            self.assertIn(part, self.row(proposal))
        self.assertRegex(self.row(proposal), "1 d|23 h")
        wait_until(lambda: self.browser.run("return document.title") == "(1) Wardhive", "the title counts it")

        self.answer(proposal, "approve")
        self.assertIn("Approve: pause claim for 5m?", self.browser.text("#dialog"))
        self.assertIn("It is the last approval: the act is signed at once", self.browser.text("#dialog"))
        self.browser.keys("Enter")
        self.browser.wait_text("#dialog .answer", f"Not done: olu has approved {proposal} already; it takes another person (1 of 2 approvals)")
        self.browser.keys("Escape")
        self.assertIn("1 missing", self.row(proposal))

        self.browser.forget_cookies()
        self.log_in(person="ada")
        self.answer(proposal, "approve")
        self.browser.keys("Enter")
        self.browser.wait_text("#dialog .answer", f"{proposal} is ordered: it is signed now")
        self.browser.keys("Escape")
        wait_until(lambda: "ordered" in self.row(proposal), "it is ordered")
        self.assertIn("proposed by olu, approved by ada", self.row(proposal))
        self.assertNotIn("Approve", self.row(proposal) + self.browser.text("#detail header") + self.browser.text("#detail .buttons"))
        for part in ("claims are drained", "2 of 2", "olu proposed it", "ada approved it", f"wardhive proposals show {proposal}"):
            self.assertIn(part, self.browser.text("#detail"))

    def test_withdrawn_with_a_reason_it_is_gone_and_kept(self):
        proposal = self.proposed(6, HOSTILE_USER, "ada")
        self.log_in()
        self.answer(proposal, "withdraw")
        self.assertIn("Withdraw: pause claim for 6m?", self.browser.text("#dialog"))
        self.assertIn(HOSTILE_USER, self.browser.text("#dialog"))
        self.browser.keys(" ", "Enter")
        self.assertEqual(self.browser.text("#dialog .answer"), "", "without a reason nothing is sent")
        self.browser.keys(*HOSTILE_USER, "Enter")
        self.browser.wait_text("#dialog .answer", HOSTILE_USER)
        self.browser.keys("Escape")
        self.browser.wait_text("#detail header", "withdrawn")
        self.assertIn(HOSTILE_USER, self.browser.text("#detail"))
        self.assertEqual(self.browser.text("#detail .buttons"), "")
        self.assertEqual(self.row(proposal), "", "ended ones are not listed")
        self.browser.open(f"{self.url}/?all=1&q={proposal}")
        wait_until(lambda: "ended" in self.row(proposal), "ended ones are listed if asked for")
        self.assertIn(HOSTILE_USER, self.row(proposal))
        self.assertEqual(self.browser.run("return document.querySelectorAll('#main img').length"), 0)

    def test_in_shadow_mode_the_refusal_is_shown_and_the_proposal_stays(self):
        proposal = self.proposed(7, "to be refused", "ada")
        self.ask("mode", mode="shadow")
        self.addCleanup(self.ask, "mode", mode="enforce")
        self.log_in(person="olu")
        self.answer(proposal, "approve")
        self.browser.keys("Enter")
        self.browser.wait_text("#dialog .answer", "Not done: the mode is shadow: nothing is signed; see wardhive mode enforce")
        self.browser.keys("Escape")
        self.assertIn("1 missing", self.row(proposal))

    def test_rows_are_reached_by_keyboard_and_lose_their_colours_when_old(self):
        proposal = self.proposed(8, "keys", "ada")
        self.log_in(f"?q={proposal}")
        self.wait_for_row("proposal", "pause claim for 8m")
        focused = lambda: self.browser.run("return document.activeElement.dataset.focus ?? document.activeElement.id")
        self.browser.keys("j")
        self.assertEqual(focused(), f"proposal {proposal}")
        self.browser.keys("e")
        self.assertEqual(focused(), "detail")
        self.browser.wait_text("#detail header", proposal)
        self.browser.keys("Escape")
        self.assertEqual(focused(), f"proposal {proposal}")
        chip = lambda: self.browser.run("return document.querySelector('#proposals .chip').className")
        wait_until(lambda: "tone-warn" in chip(), "it is fresh")
        self.server.send_signal(signal.SIGSTOP)
        try:
            wait_until(lambda: "tone-none" in chip(), "old data has no colour")
        finally:
            self.server.send_signal(signal.SIGCONT)
        wait_until(lambda: "tone-warn" in chip(), "it is fresh again")

    def test_on_a_narrow_screen_nothing_is_beside_the_page(self):
        proposal = self.proposed(9, "https://example.org/" + "x" * 200, "ada", ["stake-in", "claim", "nodes", "open-lease", "post-root", "incident"])
        self.browser.width(390)
        self.addCleanup(self.browser.width, 0)
        self.log_in(f"?proposal={proposal}")
        self.wait_for_row("proposal", "post-root, incident for 9m")
        self.browser.wait_text("#detail", "Who approved")
        self.assertEqual(self.browser.run("return [document.documentElement, document.querySelector('#proposals .scroll')].map((e) => e.scrollWidth - e.clientWidth)"), [0, 0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
