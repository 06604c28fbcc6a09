#!/usr/bin/env python3
"""`wardhive chain stake` and its like: a provider stakes, earns, claims, leaves. 77: no Node or npm packages."""

import base64
import http.server
import json
import pathlib
import sys
import threading
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import Case, key_text, main


class Swallowing:
    """An endpoint that takes transactions and loses them; everything else it hands on."""

    def __init__(self, behind):
        outer = self
        self.swallowed = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                asked = json.loads(body)
                if asked["method"] == "sendTransaction":
                    outer.swallowed += 1
                    signature = key_text(base64.b64decode(asked["params"][0])[1:65])
                    answer = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": signature}).encode()
                else:
                    request = urllib.request.Request(behind, body, {"content-type": "application/json"})
                    with urllib.request.urlopen(request, timeout=10) as response:
                        answer = response.read()
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Stake(Case):
    """One sealed program, and a provider who stakes, earns, claims and leaves."""

    def warp(self, seconds):
        # Locks are over in seconds and in slots, both.
        self.chain.ask("devchain_warp", {"seconds": seconds, "slots": seconds})

    def test_a_provider_stakes_earns_claims_and_leaves_with_all_of_it(self):
        wallet, owner, program, _, mint = self.sealed()
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        at = ["--program", program, *self.at(wallet)]
        stake = ["stake", "100.5", "--role", "provider", "--lock", "30d", "--from", tokens, *at]

        dry = self.ok(*stake, "--dry-run")
        self.assertEqual((dry["dry_run"], dry["signature"], dry["tokens_out_units"], dry["maximum_loss_units"], dry["new_authorities"]),
                         (True, None, 100_500_000, 0, []))
        self.assertEqual(self.balance(tokens), 1_000_000_000)
        self.assertEqual(self.ok("position", "list", *at), [])

        done = self.ok(*stake)
        self.assertFalse(done["dry_run"])
        self.assertEqual({key: done[key] for key in ("tokens_out_units", "rent_lamports", "fee_lamports")},
                         {key: dry[key] for key in ("tokens_out_units", "rent_lamports", "fee_lamports")})
        self.assertEqual(self.balance(tokens), 899_500_000)
        position = done["position"]["position"]
        shown = self.ok("position", "show", *at)
        self.assertEqual((shown["position"], shown["staked_units"], shown["role"], shown["rewards_claimable_units"]), (position, 100_500_000, "provider", 0))
        self.assertEqual([one["position"] for one in self.ok("position", "list", *at)], [position])

        with self.subTest("what the program refuses is told in its words, and costs nothing"):
            self.assertIn("LockNotOver (822)", self.refused(2, "program_error", "unstake", "ALL", *at))
            self.assertIn("LockOutOfRange", self.refused(2, "program_error", "stake", "0", "--lock", "1d", "--from", tokens, *at))
            self.assertIn("AmountZero", self.refused(2, "program_error", "stake", "0", "--from", tokens, *at))

        gift = self.ok("fund", "300", "--duration", "30d", "--from", tokens, *at)
        self.assertEqual((gift["tokens_out_units"], gift["maximum_loss_units"]), (300_000_000, 300_000_000))
        self.warp(10 * 86_400)
        shown = self.ok("position", "show", *at)
        self.assertGreaterEqual(shown["rewards_claimable_units"], 99_900_000)  # the only staker: a third of it
        self.assertLessEqual(shown["rewards_claimable_units"], 100_100_000)
        earned = self.ok("claim", "--to", tokens, *at)
        self.assertGreaterEqual(earned["tokens_in_units"], shown["rewards_claimable_units"])
        self.assertEqual(self.balance(tokens), 599_500_000 + earned["tokens_in_units"])

        self.warp(10 * 86_400)
        more = self.ok("stake", "50", "--source", "rewards", "--from", tokens, *at)
        self.assertEqual((more["tokens_out_units"], more["position"]["staked_units"]), (0, 150_500_000))

        self.warp(11 * 86_400)
        self.ok("refresh", *at)
        left = self.ok("unstake", "ALL", *at)
        self.assertEqual((left["position"]["staked_units"], left["position"]["unbonding_units"]), (0, 150_500_000))
        self.assertIn("StillUnbonding", self.refused(2, "program_error", "withdraw", "--to", tokens, *at))
        self.warp(15 * 86_400)
        before = self.balance(tokens)
        self.ok("claim", "--to", tokens, *at)
        claimed = self.balance(tokens) - before
        out = self.ok("withdraw", "--to", tokens, *at)
        self.assertEqual((out["tokens_in_units"], out["position"]), (150_500_000, None))  # it closes
        self.assertEqual(self.balance(tokens), before + claimed + 150_500_000)
        self.refused(3, "no_position", "claim", *at)
        self.assertEqual(self.ok("position", "list", *at), [])

    def test_one_transaction_one_signer_and_a_limit_a_tenth_above_the_simulation(self):
        wallet, owner, program, _, mint = self.sealed()
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        answer = self.ok("stake", "10", "--role", "provider", "--lock", "30d", "--from", tokens, "--program", program, *self.at(wallet))
        found = self.chain.ask("getTransaction", answer["signature"], {"encoding": "json", "commitment": "confirmed"})
        self.assertEqual(len(found["transaction"]["signatures"]), 1)
        used = found["meta"]["computeUnitsConsumed"]
        self.assertLessEqual(abs(answer["compute_unit_limit"] - used * 1.1), 2)
        self.assertEqual(found["meta"]["fee"], answer["fee_lamports"])

    def test_rewards_make_the_wallet_that_is_missing(self):
        wallet, owner, program, _, mint = self.sealed()
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        at = ["--program", program, *self.at(wallet)]
        self.refused(3, "no_tokens", "stake", "10", "--role", "provider", "--lock", "30d", *at)
        self.ok("stake", "10", "--role", "provider", "--lock", "30d", "--from", tokens, *at)
        self.ok("fund", "300", "--duration", "30d", "--from", tokens, *at)
        self.warp(86_400)
        self.assertGreater(self.ok("claim", *at)["tokens_in_units"], 0)

    def test_somebody_elses_tokens_and_a_program_that_is_not_there_are_refused_with_the_reason(self):
        wallet, owner, program, _, mint = self.sealed()
        _, other = self.wallet("other.json", sol=None)
        theirs = self.tokens("theirs.json", mint, other, 1_000_000_000)
        stake = ["stake", "10", "--role", "provider", "--lock", "30d", "--from", theirs]
        self.assertIn(f"belongs to {other}", self.refused(2, "", *stake, "--program", program, *self.at(wallet)))
        self.assertIn("check --program and --url", self.refused(3, "no_account", *stake, "--program", other, *self.at(wallet)))
        poor, address = self.wallet("poor.json", sol=None)
        own = self.tokens("own.json", mint, address, 1_000_000_000)
        message = self.refused(2, "payer_unfunded", "stake", "10", "--role", "provider", "--lock", "30d", "--from", own, "--program", program, *self.at(poor))
        self.assertIn(address, message)

    def test_an_expired_blockhash_is_told_once_it_cannot_land_any_more(self):
        wallet, owner, program, _, mint = self.sealed()
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        lossy = Swallowing(self.chain.ready["rpc"])
        self.addCleanup(lossy.close)
        stake = ["stake", "10", "--role", "provider", "--lock", "30d", "--from", tokens, "--program", program]
        message = self.refused(5, "blockhash_expired", *stake, "-k", wallet, "-u", lossy.url)
        self.assertIn("nothing was changed", message)
        self.assertIn("send it again", message)
        self.assertGreater(lossy.swallowed, 1)  # it was sent more than once before it was given up
        self.assertEqual(self.balance(tokens), 1_000_000_000)
        self.ok(*stake, *self.at(wallet))

    def test_a_program_that_is_not_sealed_takes_nothing(self):
        wallet, owner, program, _, mint, again = self.initialised()
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        self.assertIn("NotSealed", self.refused(2, "program_error", "stake", "10", "--role", "provider", "--lock", "30d", "--from", tokens, "--program", program, *self.at(wallet)))
        self.assertEqual(self.ok(*again)["sets"], 3)  # setting up again changes nothing
        self.assertEqual(self.balance(tokens), 1_000_000_000)


if __name__ == "__main__":
    main()
