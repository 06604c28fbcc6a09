#!/usr/bin/env python3
"""`wardhive chain post-root`, `claim-work`: who earned what by work, on the development chain. 77: no Node or npm packages."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import main
from market_case import DAY, Market

TOKEN = 1_000_000  # units


class Work(Market):
    def list(self, name, *rows):
        path = self.folder / name
        path.write_text("position,position_id,cumulative_units\n" + "".join(f"{position},{number},{units}\n" for position, number, units in rows))
        return str(path)

    def test_what_was_worked_is_announced_waits_a_day_and_is_credited_once(self):
        _, _, program, _, mint = self.sealed()
        parties = [self.provider(f"p{i}", program, mint) for i in range(3)]
        (first, tokens, _), (second, _, _), (third, _, _) = parties
        at = {name: self.ok("position", "show", *party)["position"] for name, party in (("first", first), ("second", second), ("third", third))}
        number = {name: self.ok("position", "show", *party)["position_id"] for name, party in (("first", first), ("second", second), ("third", third))}
        self.ok("fund", "5", "--work", "--from", tokens, *first)
        sentinel, resolvers = ["--key", self.file("set3.json")], ["--key", self.file("set4.json"), "--key", self.file("set5.json")]

        # Rewards grow by the day: none is over yet. Then 100 tokens a day are allowed, but fewer are funded.
        early = self.list("early.csv", (at["first"], number["first"], 1))
        self.assertIn("may be from 0 (what the active root says) to 0", self.refused(1, "work_cap", "post-root", early, *sentinel, *first))
        self.warp(DAY)
        much = self.list("much.csv", (at["first"], number["first"], 5 * TOKEN + 1))
        self.assertIn("to 5 (what is funded", self.refused(1, "work_cap", "post-root", much, *sentinel, *first))
        wrong = self.list("wrong.csv", (at["first"], number["first"], 1), (at["first"], number["first"], 2))
        self.assertIn("wrong.csv, line 3: this position", self.refused(2, "", "post-root", wrong, *sentinel, *first))

        bad = self.list("bad.csv", (at["third"], number["third"], 4 * TOKEN))
        posted = self.ok("post-root", bad, *sentinel, *first)["account"]
        self.assertEqual((posted["active"], posted["pending"]["n"], posted["pending"]["total_units"]), (None, 1, 4 * TOKEN))
        self.assertIn("no root is active yet", self.refused(1, "other_root", "claim-work", bad, *third))
        self.assertIn("disable-root 1", self.refused(1, "root_pending", "post-root", bad, *sentinel, *first))
        self.assertIsNone(self.ok("disable-root", "1", *resolvers, *first)["account"]["pending"])

        good = self.list("good.csv", (at["first"], number["first"], TOKEN), (at["second"], number["second"], 2 * TOKEN), (at["third"], number["third"], 0))
        self.assertEqual(self.ok("post-root", good, *sentinel, *first)["account"]["pending"]["positions"], 3)
        self.warp(DAY + 1)
        self.assertEqual(self.ok("work", *first)["active"]["n"], 2)
        self.assertIn("too late", self.refused(1, "root_active", "disable-root", "2", *resolvers, *first))
        self.assertIn("is not the list of the active root 2", self.refused(1, "other_root", "claim-work", bad, *third))
        # The third claims for the second.
        claimed = self.ok("claim-work", good, "--position", at["second"], *third)["account"]
        self.assertEqual((claimed["work_claimed_units"], claimed["rewards_settled_units"]), (2 * TOKEN, 2 * TOKEN))
        self.assertIn("NothingNew", self.refused(2, "program_error", "claim-work", good, *second))
        self.assertIn("NothingNew", self.refused(2, "program_error", "claim-work", good, *third))
        self.assertEqual(self.ok("claim", *second)["tokens_in_units"], 2 * TOKEN)

        # The next list says the sum so far: one claim catches up.
        more = self.list("more.csv", (at["second"], number["second"], 3 * TOKEN), (at["first"], number["first"], 2 * TOKEN))
        less = self.list("less.csv", (at["second"], number["second"], 2 * TOKEN))
        self.assertIn("may be from 3", self.refused(1, "work_cap", "post-root", less, *sentinel, *first))
        self.ok("post-root", more, *sentinel, *first)
        self.warp(DAY + 1)
        self.assertEqual(self.ok("claim-work", more, *first)["account"]["work_claimed_units"], 2 * TOKEN)
        self.assertIn("has no line", self.refused(3, "no_leaf", "claim-work", more, *third))
        self.assertEqual(self.ok("work", *first)["claimed_units"], 4 * TOKEN)


if __name__ == "__main__":
    main()
