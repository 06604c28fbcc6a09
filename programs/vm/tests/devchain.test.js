// Unmodified @solana/kit against the devchain, and the devchain against nonsense.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import * as kit from "@solana/kit";
import { Chain } from "../devchain/chain.js";
import { serve } from "../devchain/server.js";

let server, url, rpc, rpcSubscriptions, ticker;
before(async () => {
  server = await serve(new Chain({ slotMs: 400, finalizedLag: 8, unixMs: 1_700_000_000_000 }));
  url = `http://127.0.0.1:${server.port}`;
  rpc = kit.createSolanaRpc(url);
  rpcSubscriptions = kit.createSolanaRpcSubscriptions(url.replace("http", "ws"));
  ticker = setInterval(() => server.chain.tick(), 10);
});
after(async () => {
  clearInterval(ticker);
  await server.close();
});

const post = async (body, headers = {}) => fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
const ask = async (method, ...params) => (await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))).json();

async function payer(lamports = 1_000_000_000n) {
  const signer = await kit.generateKeyPairSigner();
  await kit.airdropFactory({ rpc, rpcSubscriptions })({ commitment: "confirmed", lamports: kit.lamports(lamports), recipientAddress: signer.address });
  return signer;
}

// A System transfer, signed.
async function transfer(from, to, amount) {
  const data = Buffer.alloc(12);
  data.writeUInt32LE(2, 0);
  data.writeBigUInt64LE(amount, 4);
  const { value: blockhash } = await rpc.getLatestBlockhash({ commitment: "confirmed" }).send();
  const message = kit.pipe(kit.createTransactionMessage({ version: 0 }), (m) => kit.setTransactionMessageFeePayerSigner(from, m),
    (m) => kit.setTransactionMessageLifetimeUsingBlockhash(blockhash, m),
    (m) => kit.appendTransactionMessageInstruction({ programAddress: kit.address("11111111111111111111111111111111"), data,
      accounts: [{ address: from.address, role: kit.AccountRole.WRITABLE_SIGNER }, { address: to, role: kit.AccountRole.WRITABLE }] }, m));
  return kit.signTransactionMessageWithSigners(message);
}

test("kit's sendAndConfirm works unchanged, and the history has the transfer", async () => {
  const from = await payer(), { address: to } = await kit.generateKeyPairSigner();
  const signed = await transfer(from, to, 5_000_000n);
  await kit.sendAndConfirmTransactionFactory({ rpc, rpcSubscriptions })(signed, { commitment: "confirmed" });
  assert.equal((await rpc.getBalance(to, { commitment: "confirmed" }).send()).value, 5_000_000n);
  const signature = kit.getSignatureFromTransaction(signed);
  const found = await rpc.getTransaction(signature, { commitment: "confirmed", maxSupportedTransactionVersion: 0, encoding: "json" }).send();
  assert.equal(found.meta.fee, 5000n);
  assert.equal(found.meta.err, null);
  const [listed] = await rpc.getSignaturesForAddress(to, { commitment: "confirmed" }).send();
  assert.equal(listed.signature, signature);
});

test("an account subscription tells of the change", async () => {
  const from = await payer(), { address: to } = await kit.generateKeyPairSigner();
  const abort = new AbortController();
  const notices = await rpcSubscriptions.accountNotifications(to, { commitment: "processed", encoding: "base64" }).subscribe({ abortSignal: abort.signal });
  const first = notices[Symbol.asyncIterator]().next();  // kit keeps nothing for an iterator not yet asked
  const signed = await transfer(from, to, 3_000_000n);
  await rpc.sendTransaction(kit.getBase64EncodedWireTransaction(signed), { encoding: "base64" }).send();
  assert.equal((await first).value.value.lamports, 3_000_000n);
  abort.abort();
});

test("a transfer of too much fails in preflight with -32002 and its logs", async () => {
  const from = await payer(), { address: to } = await kit.generateKeyPairSigner();
  const signed = await transfer(from, to, 10n ** 15n);
  const { error } = await ask("sendTransaction", kit.getBase64EncodedWireTransaction(signed), { encoding: "base64" });
  assert.equal(error.code, -32002);
  assert.deepEqual(error.data.err, { InstructionError: [0, { Custom: 1 }] });
  assert.ok(error.data.logs.some((line) => line.includes("insufficient lamports")));
});

test("the same transaction twice, or one with an old blockhash, is refused by name", async () => {
  const from = await payer(), { address: to } = await kit.generateKeyPairSigner();
  const wire = kit.getBase64EncodedWireTransaction(await transfer(from, to, 2_000_000n));
  assert.equal((await ask("sendTransaction", wire, { encoding: "base64" })).error, undefined);
  assert.equal((await ask("sendTransaction", wire, { encoding: "base64" })).error.data.err, "AlreadyProcessed");
  const late = kit.getBase64EncodedWireTransaction(await transfer(from, to, 2_000_001n));
  server.chain.tick(200n);
  assert.equal((await ask("sendTransaction", late, { encoding: "base64" })).error.data.err, "BlockhashNotFound");
});

test("a commitment level sees what its slot saw, and a rollback undoes only what is not final", () => {
  const chain = new Chain({ finalizedLag: 4, unixMs: 0 });
  const address = kit.address("4Nd1mYd3yqUCbPv2bZqvj5mRRvXhpeSn5vXaQd4GQvB6");
  const holding = (lamports) => ({ address, data: new Uint8Array(), executable: false, lamports, space: 0n, programAddress: kit.address("11111111111111111111111111111111") });
  chain.setAccount(address, holding(7_000_000n));
  for (let i = 0; i < 4; i++) chain.tick();
  chain.setAccount(address, holding(8_000_000n));
  assert.equal(chain.account(address, "finalized").lamports, 7_000_000n);
  assert.equal(chain.account(address, "processed").lamports, 8_000_000n);
  const { slot } = chain;
  assert.ok(chain.rollback(2));
  assert.equal(chain.slot, slot - 2n);
  assert.equal(chain.account(address).lamports, 7_000_000n);
  assert.equal(chain.rollback(10), false);
  assert.equal(chain.account(address).lamports, 7_000_000n);
});

test("a snapshot brings accounts, slot and clock back", () => {
  const chain = new Chain({ unixMs: 1_000_000 });
  const saved = chain.save(), slot = chain.slot;
  chain.tick(100n);
  chain.load(saved);
  assert.equal(chain.slot, slot);
  assert.equal(chain.svm.getClock().unixTimestamp, 1000n);
});

test("injected faults strike as often as asked, and the same way for the same seed", async () => {
  const run = async () => {
    await ask("devchain_setFaults", { seed: 7, rules: [{ kind: "rpcError", methods: ["getSlot"], rate: 0.5, code: -32005 }] });
    const seen = [];
    for (let i = 0; i < 20; i++) seen.push("error" in (await ask("getSlot")));
    return seen;
  };
  const first = await run();
  assert.ok(first.includes(true) && first.includes(false));
  assert.deepEqual(await run(), first);
  await ask("devchain_setFaults", { rules: [{ kind: "http429", count: 1 }] });
  assert.equal((await post('{"jsonrpc":"2.0","id":1,"method":"getSlot"}')).status, 429);
  assert.equal((await post('{"jsonrpc":"2.0","id":1,"method":"getSlot"}')).status, 200);
  await ask("devchain_setFaults", {});
});

test("nonsense gets the error that JSON-RPC names", async () => {
  const code = async (body) => (await (await post(body)).json()).error.code;
  assert.equal(await code("{"), -32700);
  assert.equal(await code("[]"), -32600);
  assert.equal(await code("7"), -32600);
  assert.equal(await code('{"jsonrpc":"2.0","id":1,"method":"nosuch"}'), -32601);
  assert.equal(await code('{"jsonrpc":"2.0","id":1,"method":"getBalance","params":["x"]}'), -32602);
  assert.equal(await code('{"jsonrpc":"2.0","id":1,"method":"sendTransaction","params":["AAAA",{"encoding":"base64"}]}'), -32602);
});

test("names other than loopback's, other verbs and large bodies are refused", async () => {
  assert.equal((await post("{}", { origin: "http://example.org" })).status, 403);
  assert.equal((await fetch(url)).status, 405);
  assert.equal((await post(" ".repeat(300_000))).status, 413);
});

// Bytes from a seeded generator, then valid requests with one byte changed.
test("no body makes the door answer anything but JSON-RPC", async () => {
  const seed = '{"jsonrpc":"2.0","id":1,"method":"getProgramAccounts","params":["11111111111111111111111111111111",{"filters":[{"dataSize":1}]}]}';
  const until = Date.now() + 2000;
  for (let i = 0; Date.now() < until; i++) {
    const noise = createHash("sha512").update(`${i}`).digest();
    const body = i % 2 ? Buffer.from(seed) : noise;
    if (i % 2) body[noise.readUInt16LE(0) % body.length] = noise[2];
    const response = await post(body);
    assert.ok([200, 204].includes(response.status));
    if (response.status === 200) assert.equal(JSON.parse(await response.text()).jsonrpc, "2.0");
  }
});
