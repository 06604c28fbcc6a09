// What goes wrong between a client and a cluster, on purpose: notices that never come, come late or
// twice, slots that are taken back, refusals, noise on the websocket. The clock moves by hand.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import * as kit from "@solana/kit";
import { WebSocket } from "ws";
import { Chain } from "../devchain/chain.js";
import { serve } from "../devchain/server.js";
import { join, u32, u64 } from "../harness/bytes.js";
import { programFile } from "../harness/vm.js";

const WATCHED = "4Nd1mYd3yqUCbPv2bZqvj5mRRvXhpeSn5vXaQd4GQvB6";
let server, url;
before(async () => {
  server = await serve(new Chain({ finalizedLag: 8, unixMs: 1_700_000_000_000 }));
  url = `http://127.0.0.1:${server.port}`;
});
after(() => server.close());
beforeEach(() => ask("devchain_setFaults", {}));

async function ask(method, ...params) {
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
  return response.status === 200 ? response.json() : { status: response.status, headers: response.headers };
}

// One instruction as a signed transaction, in base64; `blockhash` is an answer of getLatestBlockhash.
async function wire(payer, instructions, { result: { value: { blockhash } } }) {
  const message = kit.pipe(kit.createTransactionMessage({ version: 0 }), (m) => kit.setTransactionMessageFeePayerSigner(payer, m),
    (m) => kit.setTransactionMessageLifetimeUsingBlockhash({ blockhash, lastValidBlockHeight: 1_000n }, m), (m) => kit.appendTransactionMessageInstructions([instructions].flat(), m));
  return kit.getBase64EncodedWireTransaction(await kit.signTransactionMessageWithSigners(message));
}

// A websocket whose messages are taken one by one; `none()` shows that nothing else has come.
class Socket {
  static async open() {
    const socket = new Socket(), ws = new WebSocket(url.replace("http", "ws"));
    Object.assign(socket, { ws, queue: [], waiting: [] });
    const give = (one) => (socket.waiting.shift() ?? ((late) => socket.queue.push(late)))(one);
    ws.on("message", (data) => give(JSON.parse(data)));
    ws.on("close", (code) => give({ closed: code }));
    await new Promise((resolve, reject) => { ws.on("open", resolve); ws.on("error", reject); });
    return socket;
  }
  next() { return this.queue.length > 0 ? Promise.resolve(this.queue.shift()) : new Promise((resolve) => this.waiting.push(resolve)); }
  async call(method, ...params) {
    this.ws.send(JSON.stringify({ jsonrpc: "2.0", id: 9, method, params }));
    for (;;) { const answer = await this.next(); assert.ok(!answer.closed, `closed with ${answer.closed}`); if (answer.id === 9) return answer; }
  }
  // What is sent before the answer to a question has come by then: the door keeps the order.
  async none() {
    this.ws.send("?");
    assert.equal((await this.next()).error.code, -32700);
  }
  close() { this.ws.close(); }
}
const watch = async () => { const socket = await Socket.open(); await socket.call("accountSubscribe", WATCHED, { commitment: "processed" }); return socket; };
let amount = 1_000_000;
const change = async () => { amount += 1; await ask("devchain_setAccount", WATCHED, { lamports: amount, owner: "11111111111111111111111111111111" }); return amount; };
const lamports = (notice) => notice.params.result.value.lamports;

test("a dropped notice never comes, and the next one does", async () => {
  const socket = await watch();
  await ask("devchain_setFaults", { rules: [{ kind: "dropNotice", methods: ["accountNotification"], count: 1 }] });
  await change();
  await socket.none();
  const second = await change();
  assert.equal(lamports(await socket.next()), second);
  socket.close();
});

test("a late notice comes as many slots later as was asked, after newer ones", async () => {
  const socket = await watch();
  await ask("devchain_setFaults", { rules: [{ kind: "lateNotice", methods: ["accountNotification"], slots: 3, count: 1 }] });
  const slot = server.chain.slot, first = await change(), second = await change();
  assert.equal(lamports(await socket.next()), second);
  for (let i = 0; i < 2; i++) server.chain.tick();
  await socket.none();
  server.chain.tick();
  const late = await socket.next();
  assert.equal(lamports(late), first);
  assert.equal(late.params.result.context.slot, Number(slot));  // it says when it was true
  socket.close();
});

test("a duplicated notice comes twice, word for word", async () => {
  const socket = await watch();
  await ask("devchain_setFaults", { rules: [{ kind: "duplicateNotice", count: 1 }] });
  const first = await change();
  const [one, two] = [await socket.next(), await socket.next()];
  assert.deepEqual(one, two);
  assert.equal(lamports(one), first);
  await change();
  await socket.next();
  await socket.none();
  socket.close();
});

test("each fault strikes only what it names", async () => {
  const socket = await watch();
  await ask("devchain_setFaults", { rules: [{ kind: "dropNotice", methods: ["slotNotification"] }, { kind: "rpcError", methods: ["getBalance"], code: -32005, message: "behind" }] });
  await change();
  await socket.next();
  assert.deepEqual((await ask("getBalance", WATCHED)).error, { code: -32005, message: "behind" });
  assert.equal((await ask("getSlot")).error, undefined);
  assert.deepEqual((await ask("devchain_status")).result.faults, [{ kind: "dropNotice", struck: 0 }, { kind: "rpcError", struck: 1 }]);
  socket.close();
});

test("429 comes with retry-after as often as asked, and never to who lifts it", async () => {
  await ask("devchain_setFaults", { rules: [{ kind: "http429", count: 2 }] });
  for (let i = 0; i < 2; i++) {
    const { status, headers } = await ask("getSlot");
    assert.deepEqual([status, headers.get("retry-after")], [429, "1"]);
    assert.equal((await ask("devchain_status")).result.faults[0].struck, i + 1);
  }
  assert.equal((await ask("getSlot")).error, undefined);
});

// Transfers from one payer, `wire` as sendTransaction takes them and what they are to bring.
async function transfers() {
  const payer = await kit.generateKeyPairSigner(), base64 = { encoding: "base64" };
  await ask("requestAirdrop", payer.address, 1_000_000_000);
  server.chain.tick();
  const signed = async (to, lamports) => wire(payer, { programAddress: "11111111111111111111111111111111", data: join(u32(2), u64(lamports)),
    accounts: [{ address: payer.address, role: kit.AccountRole.WRITABLE_SIGNER }, { address: to, role: kit.AccountRole.WRITABLE }] },
  await ask("getLatestBlockhash", { commitment: "processed" }));
  return { payer, signed, fresh: async () => (await kit.generateKeyPairSigner()).address, send: (bytes) => ask("sendTransaction", bytes, base64),
    balance: async (of) => (await ask("getBalance", of, { commitment: "processed" })).result.value };
}

test("a transaction that writes a congested account is taken and never lands; its neighbours do", async () => {
  const { payer, signed, fresh, send, balance } = await transfers(), hot = await fresh(), cold = await fresh();
  await ask("devchain_setFaults", { rules: [{ kind: "congested", accounts: [hot] }] });
  const bytes = await signed(hot, 3_000_000), { result: signature } = await send(bytes);
  assert.equal(typeof signature, "string");
  assert.equal((await send(await signed(cold, 3_000_000))).error, undefined);
  server.chain.tick();
  assert.equal((await send(bytes)).result, signature);  // the same bytes again draw no new lot
  assert.deepEqual([await balance(hot), await balance(cold)], [0, 3_000_000]);
  assert.equal((await ask("getSignatureStatuses", [signature])).result.value[0], null);
  assert.deepEqual((await ask("devchain_status")).result.faults, [{ kind: "congested", struck: 1 }]);
  // Who only reads the account waits for nobody.
  const reads = await wire(payer, { programAddress: "11111111111111111111111111111111", data: join(u32(2), u64(1_000)),
    accounts: [{ address: payer.address, role: kit.AccountRole.WRITABLE_SIGNER }, { address: cold, role: kit.AccountRole.WRITABLE },
      { address: hot, role: kit.AccountRole.READONLY }] }, await ask("getLatestBlockhash", { commitment: "processed" }));
  assert.equal((await send(reads)).error, undefined);
  assert.equal(await balance(cold), 3_001_000);
  // When the crowd is gone, what is still valid lands.
  await ask("devchain_setFaults", {});
  assert.equal((await send(bytes)).result, signature);
  assert.equal(await balance(hot), 3_000_000);
});

test("who offers as much as the crowd lands, and the blocks name the price", async () => {
  const { payer, fresh, send, balance } = await transfers(), hot = await fresh(), cold = await fresh();
  const priced = async (to, price) => wire(payer, [
    { programAddress: "ComputeBudget111111111111111111111111111111", data: join([3], u64(price)), accounts: [] },
    { programAddress: "11111111111111111111111111111111", data: join(u32(2), u64(2_000_000)),
      accounts: [{ address: payer.address, role: kit.AccountRole.WRITABLE_SIGNER }, { address: to, role: kit.AccountRole.WRITABLE }] }], await ask("getLatestBlockhash", { commitment: "processed" }));
  const asked = async (...accounts) => (await ask("getRecentPrioritizationFees", accounts)).result[0].prioritizationFee;
  await ask("devchain_setFaults", { rules: [{ kind: "congested", accounts: [hot], price: 700 }] });
  assert.deepEqual([await asked(hot, cold), await asked(cold), await asked()], [700, 0, 0]);
  assert.equal((await ask("getRecentPrioritizationFees", ["pool"])).error.code, -32602);
  await send(await priced(hot, 699));
  assert.equal(await balance(hot), 0);
  await send(await priced(hot, 700));
  assert.equal(await balance(hot), 2_000_000);
  await ask("devchain_setFaults", {});
  assert.equal(await asked(hot), 0);
});

test("congestion at a rate lets some through, the same ones for equal seeds, and none is told before", async () => {
  const { signed, fresh, send, balance } = await transfers();
  const landed = async () => {
    const hot = await fresh();
    await ask("devchain_setFaults", { seed: 7, rules: [{ kind: "congested", rate: 0.5, accounts: [hot] }] });
    let pattern = "";
    for (let i = 0; i < 12; i++) {
      const before = await balance(hot);
      assert.equal((await send(await signed(hot, 2_000_000 + i))).error, undefined);
      pattern += (await balance(hot)) > before ? "+" : "-";
    }
    return pattern;
  };
  const first = await landed();
  assert.match(first, /\+/);
  assert.match(first, /-/);
  assert.equal(await landed(), first);
});

test("a rule that makes no sense is refused and the old rules stay", async () => {
  await ask("devchain_setFaults", { rules: [{ kind: "rpcError", methods: ["getSlot"] }] });
  for (const rules of [[{ kind: "nosuch" }], [{ kind: "rpcError", rate: 2 }], [{ kind: "lateNotice", slots: 0 }], "all", [7],
    [{ kind: "congested" }], [{ kind: "congested", accounts: [] }], [{ kind: "congested", accounts: ["pool"] }], [{ kind: "congested", accounts: WATCHED }],
    [{ kind: "congested", accounts: Array(65).fill(WATCHED) }], [{ kind: "rpcError", accounts: [WATCHED] }],
    [{ kind: "rpcError", price: 1 }], [{ kind: "congested", accounts: [WATCHED], price: 0 }], [{ kind: "congested", accounts: [WATCHED], price: "much" }], Array(33).fill({ kind: "rpcError" })])
    assert.equal((await ask("devchain_setFaults", { rules })).error.code, -32602);
  assert.equal((await ask("getSlot")).error.code, -32603);
});

// ---- slots taken back ----

test("a rollback undoes a transaction for every reader, and tells who watches", async () => {
  const socket = await watch(), { chain } = server;
  await change();
  await socket.next();
  chain.tick();
  const { address: to } = await kit.generateKeyPairSigner();
  const { result: signature } = await ask("requestAirdrop", to, 5_000_000);
  const second = await change();
  assert.equal(lamports(await socket.next()), second);
  assert.notEqual((await ask("getSignatureStatuses", [signature])).result.value[0], null);
  assert.equal((await ask("devchain_rollback", 1)).error, undefined);
  assert.equal(lamports(await socket.next()), second - 1);
  assert.equal((await ask("getBalance", WATCHED, { commitment: "processed" })).result.value, second - 1);
  assert.equal((await ask("getBalance", to, { commitment: "processed" })).result.value, 0);
  assert.equal((await ask("getSignatureStatuses", [signature])).result.value[0], null);
  assert.equal((await ask("getTransaction", signature, { commitment: "confirmed" })).result, null);
  for (const slots of [0, -1, 1.5, 100, "1"]) assert.equal((await ask("devchain_rollback", slots)).error.code, -32602);
  socket.close();
});

test("a transaction of a slot that was taken back can be sent again, once", async () => {
  const payer = await kit.generateKeyPairSigner(), { address: to } = await kit.generateKeyPairSigner(), base64 = { encoding: "base64" };
  await ask("requestAirdrop", payer.address, 1_000_000_000);
  const pay = join(u32(2), u64(5_000_000));
  const transfer = await wire(payer, { programAddress: "11111111111111111111111111111111", data: pay,
    accounts: [{ address: payer.address, role: kit.AccountRole.WRITABLE_SIGNER }, { address: to, role: kit.AccountRole.WRITABLE }] },
  await ask("getLatestBlockhash", { commitment: "processed" }));
  server.chain.tick();
  const balance = async () => (await ask("getBalance", to, { commitment: "processed" })).result.value;
  assert.equal((await ask("sendTransaction", transfer, base64)).error, undefined);
  assert.equal(await balance(), 5_000_000);
  await ask("devchain_rollback", 1);
  assert.equal(await balance(), 0);
  assert.equal((await ask("sendTransaction", transfer, base64)).error, undefined);
  assert.equal(await balance(), 5_000_000);
  assert.equal((await ask("sendTransaction", transfer, base64)).error.data.err, "AlreadyProcessed");
});

test("right after a warp every commitment has a blockhash that is valid, and what was signed before has expired", async () => {
  const latest = async (commitment) => (await ask("getLatestBlockhash", { commitment })).result.value.blockhash;
  const valid = async (hash) => (await ask("isBlockhashValid", hash, { commitment: "processed" })).result.value;
  const old = await latest("processed");
  await ask("devchain_warp", { seconds: 86_400, slots: 86_400 });
  for (const commitment of ["processed", "confirmed", "finalized"]) assert.ok(await valid(await latest(commitment)), commitment);
  assert.equal(await valid(old), false);
});

test("a blockhash of a slot that was taken back is not valid any more", async () => {
  server.chain.tick();
  const { blockhash } = (await ask("getLatestBlockhash", { commitment: "processed" })).result.value;
  assert.equal((await ask("isBlockhashValid", blockhash, { commitment: "processed" })).result.value, true);
  await ask("devchain_rollback", 1);
  assert.equal((await ask("isBlockhashValid", blockhash, { commitment: "processed" })).result.value, false);
});

// ---- blocks ----

test("a block has its transactions, its parent's hash and its time; a skipped slot has none", async () => {
  const { chain } = server, confirmed = { commitment: "confirmed", maxSupportedTransactionVersion: 0 };
  chain.tick();
  const slot = Number(chain.slot);
  const { result: signature } = await ask("requestAirdrop", WATCHED, 5_000_000);
  chain.tick();
  chain.tick(3n);
  const { result: block } = await ask("getBlock", slot, confirmed);
  assert.equal(block.transactions.length, 1);
  assert.equal(block.transactions[0].transaction.signatures[0], signature);
  assert.deepEqual((await ask("getBlock", slot, { ...confirmed, transactionDetails: "signatures" })).result.signatures, [signature]);
  const { result: parent } = await ask("getBlock", slot - 1, confirmed);
  assert.deepEqual([block.previousBlockhash, block.parentSlot], [parent.blockhash, slot - 1]);
  assert.equal((await ask("getBlock", slot + 2, { commitment: "processed" })).error.code, -32602);  // no block at that level
  assert.equal((await ask("getBlock", slot + 2, confirmed)).error.code, -32007);
  assert.equal((await ask("getBlock", slot + 1_000, confirmed)).error.code, -32004);
  assert.deepEqual((await ask("getBlocks", slot, slot + 4, confirmed)).result, [slot, slot + 1]);
});

// ---- the websocket's door ----

test("no frame makes the websocket answer anything but JSON-RPC, and it goes on serving", async () => {
  const socket = await Socket.open(), seed = '{"jsonrpc":"2.0","id":1,"method":"accountSubscribe","params":["11111111111111111111111111111111",{"encoding":"base64"}]}';
  for (let i = 0; i < 2_000; i++) {
    const noise = createHash("sha512").update(`ws ${i}`).digest(), frame = i % 2 ? Buffer.from(seed) : noise;
    if (i % 2) frame[noise.readUInt16LE(0) % frame.length] = noise[2];
    socket.ws.send(i % 3 === 0 ? frame : frame.toString("latin1"));
  }
  assert.equal((await socket.call("slotSubscribe")).jsonrpc, "2.0");
  for (const one of socket.queue) assert.equal(one.jsonrpc, "2.0");
  assert.equal((await socket.call("nosuchSubscribe")).error.code, -32601);
  assert.equal((await socket.call("accountUnsubscribe", 123_456_789)).error.code, -32602);
  assert.equal((await socket.call("logsSubscribe", { mentions: [] })).error.code, -32602);
  socket.close();
});

test("a frame that is too large or broken costs its sender the connection, and nobody else", async () => {
  const good = await Socket.open();
  const frames = [["x".repeat(300_000)], [Buffer.from([0xc3, 0x28]), { binary: false }]];  // more than 256 KiB; no UTF-8
  for (const frame of frames) {
    const bad = await Socket.open();
    bad.ws.send(...frame);
    assert.ok((await bad.next()).closed);
  }
  const broken = await Socket.open();
  broken.ws.on("error", () => {});
  broken.ws._socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));  // reserved bits, an opcode that does not exist
  assert.ok((await broken.next()).closed);
  assert.equal((await good.call("slotSubscribe")).error, undefined);
  good.close();
});

test("a connection has a bounded number of subscriptions, each ends when asked to", async () => {
  const socket = await Socket.open(), ids = [];
  for (let i = 0; i < 100; i++) ids.push((await socket.call("accountSubscribe", WATCHED)).result);
  assert.equal((await socket.call("accountSubscribe", WATCHED)).error.code, -32603);
  assert.equal((await socket.call("accountUnsubscribe", ids[0])).result, true);
  assert.equal(typeof (await socket.call("accountSubscribe", WATCHED)).result, "number");
  socket.close();
});

// ---- feature gates ----

test("feature gates can be switched while the chain runs, and accounts and programs stay", async (t) => {
  const chain = new Chain({ unixMs: 0 }), served = await serve(chain), program = "Probe11111111111111111111111111111111111111";
  t.after(() => served.close());
  const call = async (method, ...params) => (await fetch(`http://127.0.0.1:${served.port}`, { method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) })).json();
  chain.svm.addProgram(program, programFile("vm_probe"));
  await call("requestAirdrop", WATCHED, 7_000_000);
  const payer = await kit.generateKeyPairSigner();
  await call("requestAirdrop", payer.address, 1_000_000_000);
  const probe = async () => {
    const signed = await wire(payer, { programAddress: program, accounts: [], data: new Uint8Array() }, await call("getLatestBlockhash", { commitment: "processed" }));
    return (await call("simulateTransaction", signed, { encoding: "base64" })).result.value.err;
  };
  assert.deepEqual(await probe(), { InstructionError: [0, "ProgramFailedToComplete"] });  // mainnet lacks the syscall
  assert.equal((await call("devchain_setFeatures", "all")).error, undefined);
  assert.equal(await probe(), null);
  assert.equal((await call("devchain_status")).result.features, "all");
  assert.equal((await call("devchain_snapshot", "all-gates")).error, undefined);
  await call("devchain_setFeatures", "mainnet");
  assert.deepEqual(await probe(), { InstructionError: [0, "ProgramFailedToComplete"] });
  await call("devchain_restore", "all-gates");
  assert.equal(await probe(), null);
  assert.equal((await call("getBalance", WATCHED, { commitment: "processed" })).result.value, 7_000_000);
  for (const wrong of ["some", 1, null, undefined]) assert.equal((await call("devchain_setFeatures", wrong)).error.code, -32602);
});
