// swarm_core set up for real, in the order of a release: deployed by the upgradeable loader, init,
// three key sets, authority given up, sealed. Made once for each feature set and kind of mint, then
// restored from a snapshot, so that a test starts in 25 ms.
import assert from "node:assert/strict";
import { join } from "./bytes.js";
import { bytesOf, ground, key, pda, text } from "./keys.js";
import { deploy, finalise, programDataOf } from "./loader.js";
import { addresses, build, decode, digestOf, incidentOf, INSTRUCTIONS, leaseOf, nodeOf, opOf, payload, positionOf, OP, ROLE, SET, sha256 } from "./swarm.js";
import { balanceOf, createMint, createTokenAccount, mintTo, TOKEN, TOKEN_2022 } from "./tokens.js";
import { FEATURE_SETS, programFile, sign, SYSTEM, Vm } from "./vm.js";
import { test } from "node:test";

// The first key of this name for which every fixed address and op 0 have bump 255.
export const PROGRAM = key("swarm core#230");
export const AT = addresses(PROGRAM);
export const AUTHORITY = key("upgrade authority");
// A million whole tokens of six digits: beyond the outflow floor, far below the supply's bound.
export const WEALTH = 1_000_000_000_000n;
export const MIN_STAKE = 1_000_000n;
export const KEYS = {
  guardian: ["g0", "g1", "g2"].map((one) => key(`guardian ${one}`)),
  sentinel: ["s0", "s1", "s2"].map((one) => key(`sentinel ${one}`)),
  resolver: ["r0", "r1", "r2"].map((one) => key(`resolver ${one}`)),
};
export const THRESHOLD = 2;
// Owners whose first position has bump 255; each with a token account and WEALTH in it.
export const [alice, bob, mallory] = ["alice", "bob", "mallory"].map((name) => ground(name, (one) => [[PROGRAM, ["pos", one, 0n]], [PROGRAM, ["lse", one, 0n]]]));
// Machines' own keys and the digests of their hardware, of bump 255 too. The first is bob's, the others mallory's.
export const MACHINES = [0, 1, 2].map((i) => ground(`machine ${i}`, (one) => [[PROGRAM, ["node", one]]]));
export const HARDWARE = MACHINES.map((one) => bytesOf(ground(`hardware of ${one.label}`, (sha) => [[PROGRAM, ["dig", bytesOf(sha)]]])));
export const NODES = MACHINES.map((one) => nodeOf(PROGRAM, one));
export const UNITS = 4, PRICE = 10n;
// An incident's number, of bump 255.
export const CASE = (() => { let id = 1n; while (pda(PROGRAM, ["inc", id]).bump !== 255) id += 1n; return id; })();

const none = Buffer.alloc(32);

export class World {
  constructor(vm, mint, wallets) { Object.assign(this, { vm, mint, wallets }); }

  // ---- instructions: accounts and arguments by name, the usual ones filled in ----

  // The accounts that an honest caller would pass for `name`, with `given` in their places.
  accounts(name, given = {}) {
    const owner = given.owner ?? given.payer ?? given.tenant ?? alice;
    const usual = { ...AT, authority: AUTHORITY, program: PROGRAM, program_data: programDataOf(PROGRAM), mint: this.mint, token_program: this.mint.program,
      system_program: SYSTEM, owner, payer: owner, position: positionOf(PROGRAM, owner), from: this.wallets[text(owner)] ?? owner,
      to: this.wallets[text(owner)] ?? owner, rent_to: owner, purse: AT.pool, set: AT.guardian,
      identity: MACHINES[0], node: NODES[0], digest: digestOf(PROGRAM, HARDWARE[0]), digest_rent_to: mallory, tenant: owner, who: owner, target: NODES[0],
      standby_1: NODES[1], standby_2: NODES[2], position_1: positionOf(PROGRAM, mallory), position_2: positionOf(PROGRAM, mallory),
      discount: positionOf(PROGRAM, owner), lease: leaseOf(PROGRAM, owner), opener: mallory, bond_position: positionOf(PROGRAM, mallory),
      incident: incidentOf(PROGRAM, CASE), treasury: this.wallets[mallory.address] };
    return Object.fromEntries(INSTRUCTIONS[name].accounts.map(({ name: slot }) => [slot, given[slot] ?? usual[slot]]));
  }

  // Arguments likewise: a signature's lifetime, a nonce, an amount of nothing.
  call(name, args = {}, given = {}, trailing = []) {
    const usual = { nonce: 0n, role: ROLE.user, lock: 0, source: 0, purse: 0, valid_until_slot: this.vm.clock.slot + 100n, mask: 0,
      price: PRICE, accept_standby: 0, units: 1, standbys: 0, discounted: 0, max_rate: 1_000_000n, id: CASE, category: 2, bps: 1_000, on_node: 0, evidence: Buffer.alloc(32, 9) };
    const full = Object.fromEntries(INSTRUCTIONS[name].args.map(({ name: arg }) => [arg, args[arg] ?? usual[arg]]));
    return build(PROGRAM, name, this.accounts(name, given), full, trailing);
  }

  // Signed by these keys of a set (their places in it), as D2 wants it.
  signed(name, kind, places, args = {}, given = {}) {
    const mask = places.reduce((sum, place) => sum | (1 << place), 0);
    return this.call(name, { ...args, mask }, { set: AT[kind], ...given }, places.map((place) => sign(KEYS[kind][place])));
  }

  // ---- setting up ----

  init(args = {}, given = {}) {
    return this.call("init", { hook: none, outflow_floor: 1n << 30n, work_cap: 1_000_000_000n, provider_min_stake: MIN_STAKE, user_min_stake: MIN_STAKE,
      operator_min_stake: MIN_STAKE, ...args }, given);
  }
  initSet(kind, threshold = THRESHOLD, keys = KEYS[kind], given = {}) {
    return this.call("init_set", { kind: SET[kind], threshold, keys: join(...keys.map(bytesOf)) }, given);
  }
  seal(given = {}) { return this.call("seal", {}, given); }

  // ---- short ways through honest life ----

  open(owner = alice, amount = 10n * MIN_STAKE, { role = ROLE.user, lock = 0, nonce = 0n } = {}) {
    this.vm.mustWork(this.call("open_position", { role, nonce, amount, lock }, { owner, position: positionOf(PROGRAM, owner, nonce) }));
    return positionOf(PROGRAM, owner, nonce);
  }
  fund(amount, seconds, payer = bob) { return this.vm.mustWork(this.call("fund", { amount, seconds }, { payer })); }
  fundWork(amount, payer = bob) { return this.vm.mustWork(this.call("fund", { purse: 1, amount, seconds: 0 }, { payer, purse: AT.work })); }
  claim(owner = alice) { return this.vm.mustWork(this.call("claim", {}, { owner })); }

  // ---- the market: bob's machine 0, mallory's 1 and 2, alice the tenant ----

  node(i = 0) { return decode.node(this.vm.account(NODES[i]).data); }
  lease(owner = alice, nonce = 0n) { return decode.lease(this.vm.account(leaseOf(PROGRAM, owner, nonce)).data); }
  ownerOf(i) { return i === 0 ? bob : mallory; }
  stakeForNodes(owner, amount = 100n * MIN_STAKE) { return this.open(owner, amount, { role: ROLE.provider, lock: 30 * 86_400 }); }
  register(i = 0, args = {}, given = {}) {
    return this.call("register_node", { units: UNITS, accept_standby: i === 0 ? 0 : 1, ...args }, { owner: this.ownerOf(i), identity: MACHINES[i], node: NODES[i], ...given });
  }
  attest(i = 0, args = {}, places = [0, 1]) {
    return this.signed("attest_node", "sentinel", places, { sha256: HARDWARE[i], units: UNITS, until: this.vm.clock.unix + 30n * 86_400n, ...args },
      { payer: mallory, node: NODES[i], digest: digestOf(PROGRAM, HARDWARE[i]) });
  }
  serve(...machines) {
    for (const owner of new Set(machines.map((i) => this.ownerOf(i))))
      if (this.vm.account(positionOf(PROGRAM, owner)).data.length === 0) this.stakeForNodes(owner);
    for (const i of machines) { this.vm.mustWork(this.register(i)); this.vm.mustWork(this.attest(i)); }
    return this;
  }
  openLease(args = {}, given = {}) {
    return this.call("open_lease", { seconds: 86_400, amount: PRICE * 86_400n, ...args }, { tenant: alice, position: positionOf(PROGRAM, bob), ...given });
  }
  quarantine(args = {}, { by = "sentinel", places = [0], ...given } = {}) {
    return this.signed("quarantine", by, places, { kind: 0, incident: 1n, seconds: 3_600, reason: 20_000, ...args }, given);
  }
  release(args = {}, { by = "sentinel", places = [0, 1], ...given } = {}) {
    return this.signed("release", by, places, { kind: 0, incident: 1n, ...args }, given);
  }
  // ---- the trial: mallory accuses bob

  // Bob's node 0 leased by alice for 60 days, a day of which is over; then out of service for a day.
  prepareTrial() {
    this.serve(0);
    this.open(mallory, 10n * MIN_STAKE, { role: ROLE.operator, lock: 365 * 86_400 });
    this.vm.mustWork(this.openLease({ seconds: 60 * 86_400, amount: 60n * 86_400n * PRICE }));
    this.vm.wait(86_400);
    this.vm.mustWork(this.call("settle"));
    this.vm.mustWork(this.quarantine({ incident: CASE, seconds: 86_400 }));
    return this;
  }
  accuse(args = {}, given = {}, places = [0, 1]) {
    const id = args.id ?? CASE;
    return this.signed("open_incident", "sentinel", places, { on_node: 1, ...args }, { position: positionOf(PROGRAM, bob), incident: incidentOf(PROGRAM, id), ...given });
  }
  dispute(given = {}) { return this.call("dispute", {}, { owner: bob, ...given }); }
  resolve(verdict, bps = 0, places = [0, 1], given = {}) {
    return this.signed("resolve", "resolver", places, { verdict, bps }, { position: positionOf(PROGRAM, bob), rent_to: mallory, ...given });
  }
  // execute or recover, of incident `id`.
  crank(name, id = CASE) { return this.call(name, {}, { incident: incidentOf(PROGRAM, id), position: positionOf(PROGRAM, bob), rent_to: mallory }); }
  compensate(args = {}, given = {}) { return this.call("compensate", { seat: 0, ...args }, { tenant: alice, ...given }); }
  incident(id = CASE) { return decode.incident(this.vm.account(incidentOf(PROGRAM, id)).data); }
  supply() { return this.vm.account(this.mint).data.readBigUInt64LE(36); }

  setMarket(changes) {
    const bytes = payload.setMarket(changes), { op } = this.queue(OP.setMarket, bytes);
    this.vm.wait(3 * 86_400 + 86_400);
    this.vm.mustWork(this.execute(op, bytes));
  }

  // Posts a root over these leaves and waits until it is active.
  postRoot(root, size, cumTotal, n = this.work().last_n + 1n) {
    this.vm.mustWork(this.signed("post_root", "sentinel", [0, 1], { n, root, size: BigInt(size), cum_total: cumTotal }));
    this.vm.wait(86_401);
  }
  // Announces an op; returns {op, number}.
  queue(kind, bytes, places = [0, 1]) {
    const number = this.fleet().op_seq, op = opOf(PROGRAM, number);
    this.vm.mustWork(this.signed("queue_op", "guardian", places, { kind, payload_hash: sha256(bytes) }, { payer: mallory, op }));
    return { op, number };
  }
  execute(op, bytes) { return this.call("execute_op", { payload: bytes }, { op, rent_to: mallory }); }

  // ---- what the chain says ----

  pool() { return decode.pool(this.vm.account(AT.pool).data); }
  fleet() { return decode.fleet(this.vm.account(AT.fleet).data); }
  work() { return decode.work(this.vm.account(AT.work).data); }
  config() { return decode.config(this.vm.account(AT.config).data); }
  set(kind) { return decode.set(this.vm.account(AT[kind]).data); }
  position(owner = alice, nonce = 0n) { return decode.position(this.vm.account(positionOf(PROGRAM, owner, nonce)).data); }
  wallet(owner = alice) { return balanceOf(this.vm, this.wallets[text(owner)]); }
  vault(name) { return balanceOf(this.vm, AT[name]); }
}

// ---- making worlds ----

const bare = new Map();

// A VM with the program deployed and upgradeable, a mint, and three rich people; nothing set up.
// `mint`: "token" (p-token), "token-2022".
export function bareWorld(features, kind = "token") {
  const id = `${features} ${kind}`;
  if (!bare.has(id)) {
    const world = makeBareWorld(features, kind);
    bare.set(id, { world, bytes: world.vm.snapshot() });
  }
  const { world, bytes } = bare.get(id);
  return new World(new Vm(features, bytes), world.mint, world.wallets);
}

function makeBareWorld(features, kind) {
  const vm = new Vm(features), program = kind === "token" ? TOKEN : TOKEN_2022;
  deploy(vm, PROGRAM, programFile("swarm_core"), vm.airdrop(AUTHORITY));
  const mint = createMint(vm, "swarm mint", { program });
  const wallets = {};
  for (const owner of [alice, bob, mallory]) {
    vm.airdrop(owner);
    wallets[owner.address] = createTokenAccount(vm, `wallet of ${owner.label}`, mint, owner);
    mintTo(vm, mint, wallets[owner.address], WEALTH);
  }
  return new World(vm, mint, wallets);
}

const made = new Map();

// A sealed world of its own for the caller.
export function sealedWorld(features, kind = "token") {
  const id = `${features} ${kind}`;
  if (!made.has(id)) {
    const world = bareWorld(features, kind), { vm } = world;
    vm.mustWork(world.init());
    for (const set of Object.keys(SET)) vm.mustWork(world.initSet(set));
    finalise(vm, PROGRAM, AUTHORITY);
    vm.mustWork(world.seal());
    for (const seeds of [["cfg"], ["pool"], ["sv"], ["op", 0n]]) assert.equal(pda(PROGRAM, seeds).bump, 255, "PROGRAM is not the ground key");
    made.set(id, { world, bytes: vm.snapshot() });
  }
  const { world, bytes } = made.get(id);
  return new World(new Vm(features, bytes), world.mint, world.wallets);
}

// Registers `body(world)` under both feature sets, each time in a fresh sealed world.
export function inWorld(name, body, kind = "token") {
  for (const features of FEATURE_SETS) test(`${name} [${features}]`, () => body(sealedWorld(features, kind)));
}
