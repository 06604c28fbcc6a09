#!/usr/bin/env python3
"""`wardhive chain op`: administrative changes behind their delay, on the development chain. 77: no Node or npm packages."""

import base64
import hashlib
import pathlib
import shlex
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import key_text, main
from market_case import DAY, Market

DELAY, WINDOW = 3 * DAY, 7 * DAY
CONFIG_TAG, SENTINEL_PAUSE_AT, WORK_CAP_AT = 1, 216, 232


class Ops(Market):
    def setUp(self):
        super().setUp()
        _, _, self.program, _, self.mint = self.sealed()
        wallet, self.payer = self.wallet("anyone.json")
        self.anyone = ["--program", self.program, *self.at(wallet)]

    def keys(self, *numbers):
        return [part for number in numbers for part in ("--key", self.file(f"set{number}.json"))]

    def queue(self, *argv, keys=(0, 1)):
        return self.ok("op", "queue", *argv, *self.keys(*keys), *self.anyone)

    def config(self, layout, at):
        wanted = {"encoding": "base64", "commitment": "confirmed", "filters": [{"memcmp": {"offset": 0, "bytes": key_text(bytes([CONFIG_TAG]))}}]}
        (found,) = self.chain.ask("getProgramAccounts", self.program, wanted)
        return struct.unpack_from(layout, base64.b64decode(found["account"]["data"][0]), at)[0]

    def work_cap(self):
        return self.config("<Q", WORK_CAP_AT)

    def as_printed(self, queued):
        """The command that queue printed, run by anyone."""
        words = shlex.split(queued["execute"])
        self.assertEqual(words[:2], ["wardhive", "chain"])
        return [*words[2:], *self.anyone]

    def test_new_limits_wait_for_three_days_and_then_anyone_makes_them_once(self):
        dry = self.queue("set-limits", "--work-cap", "50", "--dry-run", "--payload", self.file("dry"))
        self.assertEqual((dry["dry_run"], dry["account"]["stage"]), (True, "waiting"))
        self.assertFalse((self.folder / "dry").exists())
        self.assertEqual(self.ok("op", "list", *self.anyone), [])

        queued = self.queue("set-limits", "--work-cap", "50")
        op = queued["account"]
        self.assertEqual((op["number"], op["kind"], op["stage"]), (0, "set-limits", "waiting"))
        self.assertEqual(op["payload_sha256"], hashlib.sha256(bytes.fromhex(queued["payload"])).hexdigest())
        self.assertEqual(op["change"], "--outflow 10% --sentinel-pause 1h --outflow-floor 5000 --work-cap 50")
        self.assertEqual([step["who"] for step in op["next"]], ["anyone", "2 of 3 guardians"])
        self.warp(DELAY - 60)
        message = self.refused(1, "op_not_yet", *self.as_printed(queued))
        self.assertIn(f"after {op['eta']} (and slot {op['eta_slot']}, if that is later); the chain's clock is 20", message)
        self.assertEqual(self.work_cap(), 100_000_000)

        self.warp(120)
        self.assertEqual(self.ok("op", "show", "0", *self.anyone)["stage"], "ready")
        message = self.refused(2, "other_payload", "op", "execute", "0", "--work-cap", "51", *self.anyone)
        self.assertIn(op["payload_sha256"], message)
        self.assertIn("--work-cap 51", message)
        self.refused(2, "", "op", "execute", "0", *self.anyone)  # its hash says nothing
        self.assertEqual(self.work_cap(), 100_000_000)
        self.assertIsNone(self.ok(*self.as_printed(queued))["account"])
        self.assertEqual(self.work_cap(), 50_000_000)
        self.refused(3, "no_op", *self.as_printed(queued))
        self.assertEqual(self.ok("op", "list", *self.anyone), [])
        self.assertEqual(self.queue("set-limits", "--work-cap", "60")["account"]["number"], 1)

    def test_a_smaller_power_needs_no_delay_and_its_payload_may_be_kept_in_a_file(self):
        kept = self.file("payload.hex")
        queued = self.queue("lower-sentinel-pause", "--sentinel-pause", "10m", "--payload", kept)
        self.assertEqual(pathlib.Path(kept).read_text(), queued["payload"] + "\n")
        self.warp(2)
        shown = self.ok("op", "show", "0", "--payload", kept, *self.anyone)
        self.assertEqual((shown["stage"], shown["change"]), ("ready", "--sentinel-pause 10m"))
        self.ok("op", "execute", "0", "--payload", kept, *self.anyone)
        self.assertEqual(self.config("<I", SENTINEL_PAUSE_AT), 600)
        pause = ["pause", "open-lease", *self.keys(3), *self.anyone, "--for"]
        self.assertIn("PauseTooLong", self.refused(2, "program_error", *pause, "11m"))
        self.ok(*pause, "10m")
        # No way back up without a delay.
        self.refused(2, "out_of_bounds", "op", "queue", "lower-sentinel-pause", "--sentinel-pause", "1h", *self.keys(0, 1), *self.anyone)
        pathlib.Path(kept).write_text("payload")
        self.queue("lower-work-cap", "--work-cap", "1")
        self.warp(2)
        self.assertIn("expected a payload in hex", self.refused(2, "", "op", "execute", "1", "--payload", kept, *self.anyone))

    def test_only_guardians_queue_and_two_of_them_veto(self):
        wanted = ["op", "queue", "set-market", "--fee", "20%", *self.anyone]
        self.assertIn("is no key of the guardian set", self.refused(2, "", *wanted, *self.keys(3)))
        self.assertIn("is no key of the guardian set", self.refused(2, "", *wanted, *self.keys(0, 4)))
        self.assertIn("1 keys of the guardian set given, 2 needed", self.refused(2, "", *wanted, *self.keys(0)))
        self.assertEqual(self.ok("op", "list", *self.anyone), [])

        queued = self.ok(*wanted, *self.keys(1, 2))
        veto = ["op", "cancel", "0", *self.anyone]
        self.assertIn("2 needed", self.refused(2, "", *veto, *self.keys(2)))
        self.assertIn("is no key of the guardian set", self.refused(2, "", *veto, *self.keys(3, 0)))
        self.assertEqual(self.ok("op", "show", "0", *self.anyone)["stage"], "waiting")
        before = self.chain.ask("getBalance", self.payer, {"commitment": "confirmed"})["value"]
        cancelled = self.ok(*veto, *self.keys(0, 2))
        self.assertIsNone(cancelled["account"])
        after = self.chain.ask("getBalance", self.payer, {"commitment": "confirmed"})["value"]
        self.assertGreater(after, before)  # the rent came back, and is more than the fee
        self.warp(DELAY + 60)
        self.refused(3, "no_op", *self.as_printed(queued))
        self.refused(3, "no_op", *veto, *self.keys(0, 2))

    def test_what_was_not_made_in_time_expires_and_new_guardians_end_what_the_old_ones_queued(self):
        late = self.queue("set-limits", "--work-cap", "70")
        self.warp(DELAY + WINDOW + 60)
        self.assertIn("queue it again", self.refused(1, "op_expired", *self.as_printed(late)))
        self.assertEqual([step["who"] for step in self.ok("op", "show", "0", *self.anyone)["next"]], ["2 of 3 guardians"])

        new = [self.wallet(f"new{i}.json", sol=None)[1] for i in range(3)]
        members = [part for key in new for part in ("--member", key)]
        replace = self.queue("replace-set", "--set", "guardian", "--threshold", "3", *members)
        self.warp(DELAY + 60)
        limits = self.queue("set-limits", "--work-cap", "80")
        self.warp(WINDOW - DELAY + 60)
        self.ok(*self.as_printed(replace))
        self.assertIn("not these any more", self.refused(1, "op_dead", *self.as_printed(limits)))
        self.assertEqual([(one["number"], one["stage"]) for one in self.ok("op", "list", *self.anyone)], [(0, "dead"), (2, "dead")])
        self.assertIn("is no key of the guardian set", self.refused(2, "", "op", "cancel", "2", *self.keys(0, 1), *self.anyone))
        self.ok("op", "cancel", "2", "--key", self.file("new0.json"), "--key", self.file("new2.json"), *self.anyone)
        self.assertEqual(self.work_cap(), 100_000_000)

    def test_what_the_program_would_refuse_after_the_delay_is_told_before_it(self):
        sentinel = self.ok("address", "-k", self.file("set3.json"))["address"]
        for kind, *options in (("set-limits", "--outflow", "4%"), ("set-market", "--treasury-share", "10%"), ("set-role", "--role", "user", "--lock-max", "1000d"),
                               ("remove-sentinel-key", "--remove", sentinel), ("lower-work-cap", "--work-cap", "100"),
                               ("replace-set", "--set", "sentinel", "--threshold", "1", "--member", self.ok("address", "-k", self.file("set0.json"))["address"])):
            self.refused(2, "out_of_bounds", "op", "queue", kind, *options, *self.keys(0, 1), *self.anyone)
        self.refused(2, "nothing_changes", "op", "queue", "set-limits", *self.keys(0, 1), *self.anyone)
        self.assertIn("--fee: is no option of set-limits", self.refused(2, "", "op", "queue", "set-limits", "--fee", "1", *self.keys(0, 1), *self.anyone))
        code, out, _ = self.chain_command("op", "queue", "set-everything", *self.keys(0, 1), *self.anyone)
        self.assertEqual((code, out), (2, ""))
        self.assertEqual(self.ok("op", "list", *self.anyone), [])


if __name__ == "__main__":
    main()
