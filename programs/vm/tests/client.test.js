// The generated TypeScript client: it compiles strictly, makes the bytes that were written down by
// hand in harness/swarm.js, and reads what the program wrote. The IDLs are read by their own tools.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf } from "../harness/client.js";
import { honest } from "../harness/honest.js";
import { INSTRUCTIONS, opOf, payload, positionOf } from "../harness/swarm.js";
import { alice, AT, inWorld, MIN_STAKE, PROGRAM, sealedWorld } from "../harness/world.js";

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

const client = await clientOf("swarm_core");

const TYPES = { u8: Number, u16: Number, u32: Number, u64: BigInt, key: (one) => one, rest: (one) => Uint8Array.from(one) };
const meta = ({ address, role }) => ({ address, role });

// Everything but signatures and what a test chooses is given: that is enough to compare bytes.
for (const [name, { accounts, args }] of Object.entries(INSTRUCTIONS)) {
  test(`${name}: the client's instruction is the one written by hand`, () => {
    const world = sealedWorld("mainnet");
    const values = Object.fromEntries(args.map(({ name: arg, type }, i) => [arg, type === "key" ? Buffer.alloc(32, i + 1)
      : type === "rest" ? [1, 2, 3] : type === "u64" ? (1n << 63n) + BigInt(i) : 7 + i]));
    const given = { op: opOf(PROGRAM, 0) };
    const byHand = world.call(name, values, given);
    const parties = Object.fromEntries(accounts.map(({ name: slot }, i) => [camel(slot), byHand.accounts[i].address]));
    const named = Object.fromEntries(args.map(({ name: arg, type }) =>
      [camel(arg), type === "key" ? addressOfBytes(values[arg]) : TYPES[type](values[arg])]));
    const trailing = accounts.some(({ name: slot }) => slot === "set" || slot === "sentinel" || slot === "guardian" || slot === "resolver");
    const made = client[camel(name)](PROGRAM.address, parties, ...(args.length > 0 ? [named] : []), ...(trailing ? [[]] : []));
    assert.equal(Buffer.from(made.data).toString("hex"), Buffer.from(byHand.data).toString("hex"));
    const roles = byHand.accounts.map((one, i) => ({ address: one.address, role: (accounts[i].signs ? 2 : 0) | (accounts[i].written ? 1 : 0) }));
    assert.deepEqual(made.accounts.map(meta), roles);
  });
}

function addressOfBytes(bytes) {
  return client.decodeRootRecord(Uint8Array.from([...bytes, ...new Uint8Array(24)])).root;
}

test("payloads of ops are those written by hand", () => {
  const rules = { minStake: 5n, lockMin: 1, lockMax: 2, weightMin: 3, weightMax: 4, unbond: 6 };
  const pairs = [
    [client.setRolePayload(1, rules), payload.setRole(1, rules)],
    [client.setLimitsPayload(600, 60, 1n << 31n, 9n), payload.setLimits({ outflowBps: 600, sentinelPause: 60, outflowFloor: 1n << 31n, workCap: 9n })],
    [client.removeSentinelKeyPayload(alice.address), payload.removeSentinelKey(alice)],
    [client.lowerSentinelPausePayload(5), payload.lowerSentinelPause(5)],
    [client.setMarketPayload(1, 2, 3, 4, 5, 6n, 7n, alice.address), payload.setMarket({ feeBps: 1, treasuryBps: 2, discountBps: 3, notice: 4, holdback: 5,
      bondPerUnit: 6n, discountStake: 7n, treasury: alice.address })],
    [client.lowerWorkCapPayload(5n), payload.lowerWorkCap(5n)],
  ];
  for (const [made, byHand] of pairs) assert.deepEqual(Buffer.from(made), Buffer.from(byHand));
});

test("a number that does not fit is refused, and so are bytes of something else", () => {
  assert.throws(() => client.lowerWorkCapPayload(1n << 64n), /does not fit 64 unsigned bits/);
  assert.throws(() => client.lowerWorkCapPayload(-1n), /does not fit/);
  assert.throws(() => client.decodePosition(new Uint8Array(248)), /are no Position/);
  assert.throws(() => client.decodePosition(new Uint8Array(247)), /has 248 bytes/);
});

inWorld("the client reads what the program wrote", (world) => {
  world.open(alice, 10n * MIN_STAKE);
  const position = client.decodePosition(world.vm.account(positionOf(PROGRAM, alice, 0n)).data);
  assert.equal(position.owner, alice.address);
  assert.equal(position.amount, 10n * MIN_STAKE);
  assert.equal(position.weight, 5n * MIN_STAKE);
  assert.equal(client.decodePool(world.vm.account(AT.pool).data).principal, 10n * MIN_STAKE);
  assert.equal(client.decodeConfig(world.vm.account(AT.config).data).roles.length, 3);
  assert.equal(client.decodeSet(world.vm.account(AT.guardian).data).threshold, 2);
});

test("the client finds the addresses", async () => {
  assert.equal(await client.findConfig(PROGRAM.address), AT.config);
  assert.equal(await client.findPosition(PROGRAM.address, alice.address, 0n), positionOf(PROGRAM, alice, 0n));
  assert.equal(await client.findSet(PROGRAM.address, 1), AT.sentinel);
});

test("every event that an honest life makes is read", () => {
  let events = 0;
  const decoders = Object.entries(client).filter(([key]) => /^decode.*Event$/.test(key)).map(([, decode]) => decode);
  for (const name of Object.keys(INSTRUCTIONS)) {
    const one = honest(name, "mainnet", { fresh: true });
    for (const { parts: [bytes] } of one.world.vm.mustWork(one.make()).events) {
      const read = decoders.flatMap((decode) => { try { return [decode(bytes)]; } catch { return []; } });
      assert.equal(read.length, 1, `${name}: ${bytes.toString("hex")}`);
      assert.equal(read[0].slot, one.world.vm.clock.slot);
      events += 1;
    }
  }
  assert.ok(events >= 14, `${events}`);
});
