// The VM loads, runs a transaction, and has what the rest of this folder counts on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKeyPairSigner, lamports } from "@solana/kit";
import { FeatureSet, LiteSVM } from "litesvm";

test("an airdrop arrives", async () => {
  const svm = new LiteSVM();
  const { address } = await generateKeyPairSigner();
  svm.airdrop(address, lamports(5_000_000n));
  assert.equal(svm.getBalance(address), 5_000_000n);
});

test("both feature sets exist and differ: mainnet's and all gates on", () => {
  const mainnet = new FeatureSet(), all = FeatureSet.allEnabled();
  assert.ok(mainnet.getActiveFeaturesCount() < all.getActiveFeaturesCount());
  assert.equal(all.getInactiveFeaturesCount(), 0);
});
