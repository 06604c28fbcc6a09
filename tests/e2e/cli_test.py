#!/usr/bin/env python3
"""The command line's contract, over the whole command tree; `--write-docs` writes docs/reference/cli.md."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from support import BINARY, ROOT, Controller, failed_logins, free_port, run, wait_until

PAGE = ROOT / "docs/reference/cli.md"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
HEAD = """# Command line

Written by `tests/e2e/cli_test.py --write-docs` from the program's own help; a test keeps it current.

`--json` gives machine output: an object or an array (`[]` when empty), each object with `schema_version`; times are RFC 3339 in UTC,
durations are seconds. Standard output carries the answer, standard error everything else; an error with `--json` is
`{"schema_version":1,"error":{"code":...,"message":...}}` there, with a `reason` where several causes share a code
(`blockhash_expired`, `wrong_cluster`, `payer_unfunded`, `open_permissions`, `program_error`, ...).

| exit code | means |
|---|---|
| 0 | done |
| 1 | failed; the message says why |
| 2 | usage: an unknown command or option, a value or a configuration that makes no sense |
| 3 | not found |
| 4 | denied: no or a wrong token, a missing permission |
| 5 | unreachable, or no answer in time |
| 6 | a check failed: a configuration, the audit chain, a program on the chain |
| 7 | the audit is shorter than its checkpoint on the chain |
"""


def help_of(path):
    """Help with the program's name as people type it, whatever it was built as."""
    code, out, err = run(*path, "--help")
    if (code, err) != (0, ""):
        raise AssertionError(f"wardhive {' '.join(path)} --help ended with {code}: {err}")
    return "\n".join(line.rstrip() for line in out.replace(str(BINARY), "wardhive").strip().splitlines())


def children(text):
    listed = text.partition("\nSubcommands:\n")[2]
    return re.findall(r"^  ([a-z-]+)(?:\s|$)", listed, re.M)


def tree(path=()):
    """(path, help, names of its sub-commands) of every command, parents first."""
    text = help_of(path)
    yield path, text, children(text)
    for name in children(text):
        yield from tree((*path, name))


def reference():
    parts = [HEAD]
    for path, text, _ in tree():
        parts.append(f"\n## {' '.join(('wardhive', *path))}\n\n```\n{text}\n```\n")
    return "".join(parts)


class Tree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.commands = list(tree())

    def test_every_command_of_the_contract_is_there(self):
        paths = {" ".join(path) for path, _, _ in self.commands}
        wanted = {"up", "agent", "agent enroll", "demo", "replay", "status", "nodes list", "incidents list", "incidents show", "decisions list",
                  "decisions show", "decisions explain", "decisions revert", "risk show", "audit verify", "check config", "token login", "token enroll", "release", "version"}
        self.assertEqual(wanted - paths, set())

    def test_an_unknown_sub_command_is_usage_at_every_level(self):
        for path, _, names in self.commands:
            if not names:
                continue
            with self.subTest(path=path):
                code, out, err = run(*path, "frobnicate")
                self.assertEqual((code, out), (2, ""))
                self.assertIn("frobnicate", err)

    def test_an_unknown_option_is_usage_everywhere(self):
        for path, _, _ in self.commands:
            with self.subTest(path=path):
                code, out, _ = run(*path, "--frobnicate")
                self.assertEqual((code, out), (2, ""))

    def test_no_command_is_usage(self):
        self.assertEqual(run()[0], 2)

    def test_every_option_says_what_it_is(self):
        for path, text, _ in self.commands:
            with self.subTest(path=path):
                mute = [line for line in text.splitlines() if re.match(r"  -\S.*$", line) and not re.search(r"\S\s{2,}\S|\)$|REQUIRED$|\.\.\.$|\}$|\]$", line.strip())]
                self.assertEqual(mute, [])

    def test_the_reference_page_is_current(self):
        self.assertEqual(PAGE.read_text(), reference(), f"write it with: {pathlib.Path(__file__).name} --write-docs")


class AgainstARunningOne(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="wardhive-cli-")
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name)
        cls.auth_log = cls.root / "auth.log"
        cls.auth_log.touch()
        cls.wardhive = Controller(cls.root, "--no-act", config=f'[ingest]\nauth_logs = ["{cls.auth_log}"]\n')
        cls.addClassCleanup(cls.wardhive.close)
        cls.wardhive.start()
        # Before anything happened: what is empty must say so.
        cls.empty = {name: cls.wardhive.cli(*name.split()) for name in ("incidents list", "decisions list", "decisions list --all", "notices", "risk list")}
        with cls.auth_log.open("a") as log:
            log.write(failed_logins("203.0.113.9", 7, 4_000))
        cls.incident = wait_until(lambda: cls.wardhive.ask("incidents", "list", "--all"), "an incident")[0]

    def test_an_empty_list_is_an_empty_array(self):
        for name, (code, out, _) in self.empty.items():
            with self.subTest(name=name):
                self.assertEqual((code, out), (0, "[]\n"))

    def answers(self):
        for argv in (("status",), ("nodes", "list"), ("nodes", "show", "controller"), ("incidents", "list"), ("incidents", "list", "--all"), ("incidents", "show", self.incident["id"]),
                     ("decisions", "list"), ("decisions", "list", "--all"), ("risk", "list"), ("risk", "show", "address/203.0.113.9"), ("notices",), ("agents",), ("token", "login"),
                     ("token", "enroll", "--node", "n-1"), ("allow", "address/198.51.100.7", "--reason", "ours"), ("disallow", "address/198.51.100.7"), ("mode", "shadow")):
            yield argv, self.wardhive.ask(*argv)
        for argv in (("audit", "verify", "--state", self.wardhive.state, "--json"), ("version", "--json"), ("check", "config", self.root / "wardhive.toml", "--json")):
            code, out, err = run(*argv)
            self.assertEqual((code, err), (0, ""), argv)
            yield argv, json.loads(out)

    def test_machine_output_is_json_with_a_schema_version(self):
        for argv, answer in self.answers():
            with self.subTest(argv=argv):
                self.assertEqual([o for o in (answer if isinstance(answer, list) else [answer]) if o.get("schema_version") != 1], [])

    def test_times_are_rfc_3339_and_durations_numbers(self):
        def walk(value, key=""):
            if isinstance(value, dict):
                for name, member in value.items():
                    yield from walk(member, name)
            elif isinstance(value, list):
                for member in value:
                    yield from walk(member, key)
            else:
                yield key, value
        for argv, answer in self.answers():
            for key, value in walk(answer):
                with self.subTest(argv=argv, key=key):
                    if value is not None and (key == "at" or key.endswith("_at")):
                        self.assertRegex(value, RFC3339)
                    if value is not None and (key.endswith(("_for", "_s", "_seconds", "_ms"))):
                        self.assertIsInstance(value, (int, float))

    def test_people_get_words(self):
        for argv in (("status",), ("incidents", "list"), ("incidents", "show", self.incident["id"]), ("risk", "show", "address/203.0.113.9"), ("agents",)):
            with self.subTest(argv=argv):
                code, out, err = self.wardhive.cli(*argv, json_out=False)
                self.assertEqual((code, err), (0, ""))
                self.assertTrue(out.strip())
                self.assertFalse(out.startswith(("{", "[")))

    def test_what_is_not_there_is_3(self):
        for argv in (("incidents", "show", "inc-999999"), ("decisions", "show", "dec-999999"), ("decisions", "explain", "dec-999999"), ("nodes", "show", "nobody"),
                     ("risk", "show", "address/198.51.100.99")):
            with self.subTest(argv=argv):
                code, out, err = self.wardhive.cli(*argv)
                self.assertEqual((code, out), (3, ""))
                error = json.loads(err)
                self.assertEqual((error["schema_version"], error["error"]["code"]), (1, "not_found"))
                self.assertTrue(error["error"]["message"])

    def test_a_wrong_token_is_4(self):
        token = self.root / "wrong"
        token.write_text("0" * 64)
        token.chmod(0o600)
        code, out, err = run("status", "--url", self.wardhive.url, "--token-file", token)
        self.assertEqual((code, out), (4, ""))
        self.assertIn("token", err)

    def test_a_token_others_can_read_is_not_used(self):
        token = self.root / "open"
        shutil.copy(self.wardhive.state / "token", token)
        token.chmod(0o644)
        code, out, err = run("status", "--url", self.wardhive.url, "--token-file", token)
        self.assertNotEqual(code, 0)
        self.assertEqual(out, "")
        self.assertIn(str(token), err)

    def test_nobody_there_is_5(self):
        url = f"http://127.0.0.1:{free_port()}"
        code, out, err = run("status", "--url", url, "--state", self.wardhive.state)
        self.assertEqual((code, out), (5, ""))
        self.assertIn(url.removeprefix("http://"), err)

    def test_no_state_is_3_and_names_the_way_out(self):
        code, _, err = run("status", "--state", self.root / "nowhere")
        self.assertEqual(code, 3)
        self.assertIn("wardhive up", err)

    def test_the_environment_names_url_and_state(self):
        environment = dict(os.environ, WARDHIVE_URL=self.wardhive.url, WARDHIVE_STATE=str(self.wardhive.state))
        self.assertEqual(run("status", env=environment)[0], 0)

    def test_audit_verify_tells_a_tampered_record(self):
        for name, statement in (("actor", "UPDATE audit SET actor = 'mallory' WHERE sequence = 2"), ("time", "UPDATE audit SET at = at + 1 WHERE sequence = 2"),
                                ("gone", "DELETE FROM audit WHERE sequence = 2"),
                                ("said", "UPDATE journal SET body = replace(body, '203.0.113.9', '203.0.113.8') WHERE kind = 'incident'")):
            with self.subTest(name=name):
                copy = self.root / name
                copy.mkdir()
                with contextlib.closing(sqlite3.connect(f"file:{self.wardhive.state / 'wardhive.db'}?mode=ro", uri=True)) as source, \
                        contextlib.closing(sqlite3.connect(copy / "wardhive.db", isolation_level=None)) as target:
                    source.backup(target)
                    self.assertEqual(run("audit", "verify", "--state", copy)[0], 0)
                    self.assertGreater(target.execute(statement).rowcount, 0)
                code, out, err = run("audit", "verify", "--state", copy)
                self.assertEqual((code, out), (6, ""))
                self.assertTrue(err.startswith("wardhive: "), err)

    def test_check_config_tells_file_line_and_suggestion(self):
        bad = self.root / "bad.toml"
        bad.write_text("[respond]\nmode = \"shadow\"\n[risk]\nrelase_threshold = 20\n")
        code, out, err = run("check", "config", bad)
        self.assertEqual((code, out), (6, ""))
        self.assertIn(f"{bad}:4: ", err)
        self.assertIn("release_threshold", err)
        self.assertEqual(run("check", "config", self.root / "none.toml")[0], 3)


if __name__ == "__main__":
    if "--write-docs" in sys.argv:
        PAGE.write_text(reference())
    else:
        unittest.main(verbosity=2)
