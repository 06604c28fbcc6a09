// Hostile accounts: every account of every instruction replaced by what an attacker can bring.
// Named after the list of attacks (A1 ...); each must fail in its class and change nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { honest, CREATED } from "../harness/honest.js";
import { key, pdaAll } from "../harness/keys.js";
import { INSTRUCTIONS } from "../harness/swarm.js";
import { createMint, createTokenAccount } from "../harness/tokens.js";
import { FEATURE_SETS, programFile, read, sign, SYSTEM } from "../harness/vm.js";
import { alice, AT, bob, CASE, HARDWARE, MACHINES, mallory, PROGRAM } from "../harness/world.js";

const STATE = ["config", "pool", "fleet", "work", "position", "op", "guardian", "sentinel", "resolver", "set", "purse", "node", "digest", "lease", "standby_1",
  "standby_2", "position_1", "position_2", "discount", "target", "incident", "bond_position"];
const VAULTS = ["stake_vault", "reward_vault", "escrow_vault"];
const PROGRAMS = ["token_program", "system_program"];
const ALIEN = key("another program");  // owns forged accounts; need not exist for that
const SIZES = { config: 312, set: 376, pool: 128, fleet: 168, work: 184, position: 248, node: 328, digest: 112, lease: 536, incident: 336, op: 128 };
const TAGS = { config: 1, set: 2, pool: 3, fleet: 4, work: 5, position: 6, node: 7, digest: 8, lease: 9, incident: 10, op: 11 };

// Runs `attack(honest case, slot)` for each slot that `wanted` picks, in all instructions.
function everySlot(name, wanted, attack) {
  for (const features of FEATURE_SETS) test(`${name} [${features}]`, () => {
    let tried = 0;
    for (const instruction of Object.keys(INSTRUCTIONS)) {
      const one = honest(instruction, features);
      for (const slot of INSTRUCTIONS[instruction].accounts) {
        if (!wanted(slot, instruction)) continue;
        attack(one, slot.name, `${instruction}, ${slot.name}`);
        tried += 1;
      }
    }
    assert.ok(tried > 0, "no slot was tried");
  });
}
const exists = (slot, instruction) => !(CREATED[instruction] ?? []).includes(slot.name);
// init_set looks only at the sets made before.
// What failover() and recover() look for is an address first: a standby, or a slashed stake, that is
// gone is passed over.
const isState = (slot, instruction) => STATE.includes(slot.name) && exists(slot, instruction) && !mayBeGone(slot, instruction);
const mayBeGone = (slot, instruction) => (instruction === "failover" && /^standby/.test(slot.name)) || (instruction === "recover" && slot.name === "position");

// The same bytes at an address of the attacker's.
function copyOf({ world: { vm }, accounts }, slot, change) {
  const fake = key(`forged ${slot}`);
  vm.put(fake, { ...vm.account(accounts[slot]), ...change });
  return { [slot]: fake };
}

for (const features of FEATURE_SETS) test(`every instruction works when nothing is changed [${features}]`, () => {
  for (const instruction of Object.keys(INSTRUCTIONS)) {
    const { world, make } = honest(instruction, features, { fresh: true });
    world.vm.mustWork(make());
  }
});

// ---- AUTH ----

everySlot("A1 the owner, payer or authority is named and has not signed", (slot) => slot.signs, ({ world, make, accounts }, slot) =>
  world.vm.mustFail(make({ [slot]: accounts[slot].address }), { class: "AUTH" }));

for (const features of FEATURE_SETS) test(`A1 another key signs where a key of the set must [${features}]`, () => {
  for (const instruction of ["post_root", "disable_root", "breaker", "queue_op", "cancel_op", "attest_node", "release", "open_incident", "resolve"]) {
    const { world, make, trailing } = honest(instruction, features);
    world.vm.mustFail(make({}, {}, [{ ...trailing[0], address: mallory.address, key: mallory }, trailing[1]]), { code: 122 });
  }
});

for (const features of FEATURE_SETS) test(`A2 a key of the set is named and has not signed [${features}]`, () => {
  for (const instruction of ["post_root", "disable_root", "breaker", "queue_op", "cancel_op", "attest_node", "release", "open_incident", "resolve"]) {
    const { world, make, trailing } = honest(instruction, features);
    world.vm.mustFail(make({}, {}, [trailing[0], read(trailing[1])]), { code: 101 });
  }
});

for (const features of FEATURE_SETS) test(`A3 a threshold is met by one key given twice, by too few keys, or by keys that do not exist [${features}]`, () => {
  for (const instruction of ["post_root", "disable_root", "breaker", "queue_op", "cancel_op", "attest_node", "release", "open_incident", "resolve"]) {
    const { world, make, trailing } = honest(instruction, features);
    world.vm.mustFail(make({}, {}, [trailing[0], trailing[0]]), { code: 122 });
    const lone = instruction === "cancel_op" ? 0b010 : 0b001;
    world.vm.mustFail(make({}, { mask: lone }, [trailing[0]]), { code: 121 });
    world.vm.mustFail(make({}, { mask: lone | 0x8000 }, trailing), { code: 123 });
  }
});

// ---- OWNER ----

everySlot("A4 an account of the program's, forged under another program", isState, (one, slot) =>
  one.world.vm.mustFail(one.make(copyOf(one, slot, { owner: ALIEN })), { class: "OWNER" }));

everySlot("A5 an account of the program's, forged under the System program", isState, (one, slot) =>
  one.world.vm.mustFail(one.make(copyOf(one, slot, { owner: SYSTEM })), { class: "OWNER" }));

everySlot("A6 an account that does not exist, or has no data", isState, (one, slot) => {
  one.world.vm.mustFail(one.make({ [slot]: key("nothing here") }), { class: "OWNER" });
  one.world.vm.mustFail(one.make(copyOf(one, slot, { data: Buffer.alloc(0) })), { class: "TYPE" });
});

// ---- TYPE ----

everySlot("A7 an account of the program's in the place of another kind", isState, (one, slot) => {
  const tag = one.world.vm.account(one.accounts[slot]).data[0];
  for (const [kind, size] of Object.entries(SIZES)) {
    if (TAGS[kind] === tag) continue;
    const data = Buffer.alloc(size);
    data.set([TAGS[kind], 1]);
    one.world.vm.mustFail(one.make(copyOf(one, slot, { data })), { class: "TYPE" });
  }
  const sameSize = Buffer.from(one.world.vm.account(one.accounts[slot]).data);
  sameSize[0] = 250;
  one.world.vm.mustFail(one.make(copyOf(one, slot, { data: sameSize })), { code: 301 });
});

everySlot("A8 an older or a newer layout", isState, (one, slot) => {
  for (const version of [0, 2, 255]) {
    const data = Buffer.from(one.world.vm.account(one.accounts[slot]).data);
    data[1] = version;
    one.world.vm.mustFail(one.make(copyOf(one, slot, { data })), { code: 302 });
  }
});

everySlot("A9 one byte too short or too long", isState, (one, slot) => {
  const { data } = one.world.vm.account(one.accounts[slot]);
  one.world.vm.mustFail(one.make(copyOf(one, slot, { data: data.subarray(0, -1) })), { code: 303 });
  one.world.vm.mustFail(one.make(copyOf(one, slot, { data: Buffer.concat([data, Buffer.alloc(1)]) })), { code: 303 });
});

// ---- PDA ----

everySlot("A10 A12 a new account at an address that is not the canonical one of its own seeds", (slot, instruction) => !exists(slot, instruction), (one, slot) => {
  const seeds = { position: ["pos", alice, 0n], op: ["op", 0n], config: ["cfg"], pool: ["pool"], fleet: ["flt"], work: ["wrk"], stake_vault: ["sv"],
    reward_vault: ["rv"], escrow_vault: ["ev"], resolver: ["set", Buffer.from([2])], node: ["node", MACHINES[0]], digest: ["dig", HARDWARE[0]],
    lease: ["lse", alice, 0n], incident: ["inc", CASE] };
  const [, second] = pdaAll(PROGRAM, seeds[slot]);  // a worse bump
  one.world.vm.mustFail(one.make({ [slot]: second.address }), { class: "PDA" });
  for (const [other, its] of Object.entries(seeds)) {
    const { address } = pdaAll(PROGRAM, its, 1)[0];
    if (other === slot || one.world.vm.account(address).data.length > 0) continue;
    if (Object.values(one.accounts).includes(address)) continue;  // two slots at once: A20
    one.world.vm.mustFail(one.make({ [slot]: address }), { class: "PDA" });
  }
});

for (const features of FEATURE_SETS) test(`A11 a position of another owner, a key set of another kind [${features}]`, () => {
  for (const instruction of ["add_stake", "request_unstake", "withdraw", "claim"]) {
    const { world, make } = honest(instruction, features, { fresh: true });
    world.vm.mustFail(make({ position: world.open(bob) }), { class: "PDA" });
  }
  for (const [instruction, slot, other] of [["post_root", "sentinel", "guardian"], ["queue_op", "guardian", "resolver"], ["cancel_op", "guardian", "sentinel"],
    ["execute_op", "guardian", "sentinel"], ["execute_op", "sentinel", "resolver"], ["execute_op", "resolver", "guardian"], ["seal", "guardian", "sentinel"]]) {
    const { world, make } = honest(instruction, features);
    world.vm.mustFail(make({ [slot]: AT[other] }), { class: instruction === "execute_op" ? "ALIAS" : "PDA" });
  }
  for (const [instruction, other] of [["disable_root", "sentinel"], ["breaker", "resolver"]]) {
    const { world, make } = honest(instruction, features);
    world.vm.mustFail(make({ set: AT[other] }), { code: 124 });
  }
});

everySlot("A11 a vault, mint or receiver of rent other than the recorded one",
  (slot, instruction) => [...VAULTS, "mint", "rent_to"].includes(slot.name) && exists(slot, instruction) && instruction !== "init", (one, slot) => {
    const { world, make, accounts } = one;
    const other = slot === "mint" ? createMint(world.vm, "another mint")
      : slot === "rent_to" ? (accounts[slot] === bob ? mallory : bob) : createTokenAccount(world.vm, `false ${slot}`, world.mint, mallory);
    world.vm.mustFail(make({ [slot]: other }), { class: "PDA" });
  });

everySlot("A11 vaults of this program in each other's places", (slot, instruction) => VAULTS.includes(slot.name) && exists(slot, instruction), ({ world, make }, slot) => {
  for (const other of VAULTS.filter((name) => name !== slot)) world.vm.mustFail(make({ [slot]: AT[other] }), { class: "PDA" });
});

for (const features of FEATURE_SETS) test(`A13 an altered vault bump cannot sign [${features}]`, () => {
  for (const [instruction, at] of [["withdraw", 208], ["claim", 209], ["close_lease", 210], ["compensate", 208], ["recover", 208]]) {
    const { world, make } = honest(instruction, features, { fresh: true });
    world.vm.patch(AT.config, (data) => { data[at] -= 1; });
    world.vm.mustFail(make(), { error: "ProgramFailedToComplete" });  // the runtime refuses the seeds
  }
});

// ---- CPI ----

everySlot("A17 A18 an impostor in the place of the Token or System program", (slot) => PROGRAMS.includes(slot.name), ({ world, make }, slot) => {
  world.vm.addProgram(ALIEN, programFile("features"));
  world.vm.mustFail(make({ [slot]: ALIEN }), { class: "CPI" });
});

// ---- ALIAS ----

// Every pair of accounts that are written or signed for: the second replaced by the first.
for (const features of FEATURE_SETS) test(`A20 A21 one account in two places of an instruction [${features}]`, () => {
  for (const instruction of Object.keys(INSTRUCTIONS)) {
    const { world, make, accounts } = honest(instruction, features);
    const slots = INSTRUCTIONS[instruction].accounts.filter(({ written }) => written).map(({ name }) => name);
    for (const first of slots) for (const second of slots) {
      if (first === second || accounts[first] === accounts[second]) continue;
      const outcome = world.vm.send(make({ [second]: accounts[first].address ?? accounts[first] }));
      assert.ok(!outcome.ok, `${instruction} takes ${first} as its ${second} too`);
      assert.ok(["ALIAS", "OWNER", "TYPE", "PDA", "TOKEN", "STATE", "AUTH"].includes(outcome.class) || outcome.error !== "Custom",
        `${instruction} with ${first} as ${second}: ${outcome.error} ${outcome.code}`);
    }
  }
});

for (const [instruction, given] of [["open_position", { from: AT.stake_vault }], ["add_stake", { from: AT.stake_vault }], ["withdraw", { to: AT.stake_vault }],
  ["claim", { to: AT.reward_vault }], ["fund", { from: AT.reward_vault }]])
  for (const features of FEATURE_SETS) test(`A20 ${instruction} from a vault to itself [${features}]`, () => {
    const { world, make } = honest(instruction, features);
    world.vm.mustFail(make(given), { class: "ALIAS" });
  });

// ---- writing ----

everySlot("an account that must be written is passed read-only",
  // init_set writes only the set that it makes; the authority, and who retires a node, pay and are signers first.
  (slot, instruction) => slot.written && slot.name !== "authority" && !(instruction === "retire_node" && slot.name === "rent_to") && !(instruction === "init_set" && exists(slot, instruction) && slot.name !== "config"), ({ name, world, make }, slot) => {
  const whole = make(), at = INSTRUCTIONS[name].accounts.findIndex((one) => one.name === slot);
  whole.accounts[at] = whole.accounts[at].key ? sign(whole.accounts[at].key) : read(whole.accounts[at]);
  assert.equal(world.vm.send(whole).class, "AUTH", `${name}, ${slot}`);
});
