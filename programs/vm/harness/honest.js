// Each instruction once as an honest caller sends it, in a world where it works: what hostile tests
// change one thing of.
import { bytesOf } from "./keys.js";
import { finalise } from "./loader.js";
import { OP, opOf, payload, positionOf, SET, sha256, SOURCE, workLeaf, VERDICT } from "./swarm.js";
import { sign, Vm } from "./vm.js";
import { alice, AT, AUTHORITY, bareWorld, bob, HARDWARE, KEYS, mallory, MIN_STAKE, NODES, PRICE, PROGRAM, sealedWorld, UNITS, World } from "./world.js";

const AMOUNT = 10n * MIN_STAKE;
const signers = (kind, places) => ({ args: { mask: places.reduce((sum, one) => sum | (1 << one), 0) }, given: { set: AT[kind] },
  trailing: places.map((one) => sign(KEYS[kind][one])) });

// Rewards have been earned, and an unstake has matured.
function withEarnings(world) {
  world.open(alice, AMOUNT);
  world.fund(1_000_000_000n, 100_000);
  world.vm.wait(10);
  return world;
}
function withTicket(world) {
  withEarnings(world);
  world.vm.mustWork(world.call("request_unstake", { amount: AMOUNT }));
  world.vm.wait(5 * 86_400);
}
export const CAP = 1_000_000n;
function withRoot(world) {
  const position = world.open(alice, AMOUNT);
  world.fundWork(CAP);
  world.vm.wait(86_400);
  world.postRoot(workLeaf(AT.config, position, 1n, CAP), 1, CAP);
}

const DAY = 86_400, ofBob = () => positionOf(PROGRAM, bob);
// A lease that runs on bob's machine, with both of mallory's as standbys.
function withLease(world) {
  world.serve(0, 1, 2);
  world.vm.mustWork(world.openLease({ standbys: 2 }));
  world.vm.wait(10_000);
}

// name -> prepares `world` and returns the instruction's {args, given, trailing}, what is not usual.
const PREPARE = {
  open_position: () => ({ args: { amount: AMOUNT } }),
  add_stake: (world) => { world.open(alice, AMOUNT); return { args: { source: SOURCE.wallet, amount: AMOUNT } }; },
  request_unstake: (world) => { world.open(alice, AMOUNT); world.vm.wait(1); return { args: { amount: AMOUNT } }; },
  withdraw: (world) => { withTicket(world); return { args: { amount: AMOUNT } }; },
  refresh: (world) => { world.open(alice, AMOUNT); world.vm.wait(1); return {}; },
  fund: () => ({ args: { amount: AMOUNT, seconds: 86_400 }, given: { payer: bob } }),
  claim: (world) => { withEarnings(world); return {}; },
  post_root: (world) => {
    world.fundWork(CAP);
    world.vm.wait(86_400);
    const { args, given, trailing } = signers("sentinel", [0, 1]);
    return { args: { ...args, n: 1n, root: sha256([1]), size: 1n, cum_total: CAP }, given, trailing };
  },
  disable_root: (world) => {
    world.fundWork(CAP);
    world.vm.wait(86_400);
    world.vm.mustWork(world.signed("post_root", "sentinel", [0, 1], { n: 1n, root: sha256([1]), size: 1n, cum_total: CAP }));
    const { args, given, trailing } = signers("guardian", [0, 1]);
    return { args: { ...args, n: 1n }, given, trailing };
  },
  claim_work: (world) => { withRoot(world); return { args: { index: 0n, cumulative: CAP, proof: [] } }; },
  breaker: () => { const { args, given, trailing } = signers("guardian", [0, 2]); return { args: { ...args, what: 1, seconds: 60 }, given, trailing }; },
  queue_op: () => {
    const { args, given, trailing } = signers("guardian", [0, 1]);
    return { args: { ...args, kind: OP.lowerWorkCap, payload_hash: sha256(payload.lowerWorkCap(1n)) }, given: { ...given, op: opOf(PROGRAM, 0) }, trailing };
  },
  cancel_op: (world) => {
    const { op } = world.queue(OP.lowerWorkCap, payload.lowerWorkCap(1n));
    const { args, trailing } = signers("guardian", [1, 2]);
    return { args, given: { op, rent_to: mallory }, trailing };
  },
  execute_op: (world) => {
    const bytes = payload.lowerWorkCap(1n), { op } = world.queue(OP.lowerWorkCap, bytes);
    world.vm.wait(1);
    return { args: { payload: bytes }, given: { op, rent_to: mallory } };
  },
};

Object.assign(PREPARE, {
  register_node: (world) => { world.stakeForNodes(bob); return { args: { units: UNITS }, given: { owner: bob } }; },
  attest_node: (world) => {
    world.stakeForNodes(bob);
    world.vm.mustWork(world.register());
    const { args, given, trailing } = signers("sentinel", [0, 1]);
    return { args: { ...args, sha256: HARDWARE[0], units: UNITS, until: world.vm.clock.unix + 30n * 86_400n }, given: { ...given, payer: bob }, trailing };
  },
  set_terms: (world) => { world.serve(0); return { args: { units: UNITS - 1, price: PRICE + 1n }, given: { owner: bob } }; },
  retire_node: (world) => { world.serve(0); return { given: { owner: bob } }; },
  open_lease: (world) => {
    world.setMarket({ discountBps: 1_000, discountStake: MIN_STAKE });
    world.serve(0, 1, 2);
    world.open(alice, AMOUNT, { lock: 30 * DAY });
    return { args: { seconds: DAY, amount: PRICE * 86_400n, standbys: 2, discounted: 1 }, given: { tenant: alice, position: ofBob() } };
  },
  top_up: (world) => { withLease(world); return { args: { amount: AMOUNT }, given: { payer: mallory, lease: world.accounts("settle").lease } }; },
  settle: (world) => { withLease(world); return {}; },
  payout: (world) => {
    world.setMarket({ treasuryBps: 5_000, treasury: mallory.address });
    withLease(world);
    world.vm.mustWork(world.call("settle"));
    world.vm.wait(3 * DAY);
    return { args: { seat: 0 }, given: { to: world.wallets[bob.address] } };
  },
  close_lease: (world) => { withLease(world); return { args: { reason: 1 } }; },
  // The dearest way: the first standby is out of service too.
  failover: (world) => {
    withLease(world);
    world.vm.mustWork(world.quarantine({}, { target: NODES[1] }));
    world.vm.mustWork(world.quarantine({}, { by: "guardian", places: [0, 1] }));
    world.vm.wait(10);
    return {};
  },
  quarantine: (world) => {
    withLease(world);
    const { args, trailing } = signers("sentinel", [0]);
    return { args: { ...args, kind: 0, incident: 7n, seconds: 3_600, reason: 20_000 }, given: { set: AT.sentinel }, trailing };
  },
  release: (world) => {
    withLease(world);
    world.vm.mustWork(world.quarantine());
    world.vm.wait(10);
    const { args, trailing } = signers("sentinel", [0, 1]);
    return { args: { ...args, kind: 0, incident: 1n }, given: { set: AT.sentinel }, trailing };
  },
});

// Incidents, each in its dearest way.
const disputed = (world) => { world.prepareTrial(); world.vm.mustWork(world.accuse()); world.vm.mustWork(world.dispute()); };
const executed = (world) => {
  world.prepareTrial();
  world.vm.mustWork(world.accuse());
  world.vm.wait(3 * DAY + 1);
  world.vm.mustWork(world.crank("execute"));
};
Object.assign(PREPARE, {
  open_incident: (world) => {
    world.prepareTrial();
    const { args, trailing } = signers("sentinel", [0, 1]);
    return { args: { ...args, on_node: 1 }, given: { position: ofBob() }, trailing };
  },
  dispute: (world) => { world.prepareTrial(); world.vm.mustWork(world.accuse()); return { given: { owner: bob } }; },
  resolve: (world) => {
    disputed(world);
    const { args, trailing } = signers("resolver", [0, 1]);
    return { args: { ...args, verdict: VERDICT.reject, bps: 0 }, given: { position: ofBob(), rent_to: mallory }, trailing };
  },
  execute: (world) => {
    world.prepareTrial();
    world.vm.mustWork(world.accuse());
    world.vm.wait(3 * DAY + 1);
    return { given: { position: ofBob(), rent_to: mallory } };
  },
  compensate: (world) => { executed(world); return { args: { seat: 0 } }; },
  recover: (world) => { executed(world); world.vm.wait(31 * DAY); return { given: { position: ofBob(), rent_to: mallory } }; },
});

// Setup happens before the seal, so these have worlds of their own.
const initArgs = { hook: Buffer.alloc(32), outflow_floor: 1n << 30n, work_cap: CAP, provider_min_stake: MIN_STAKE, user_min_stake: MIN_STAKE,
  operator_min_stake: MIN_STAKE };
function setupWorld(features, steps) {
  const world = bareWorld(features);
  if (steps > 0) world.vm.mustWork(world.init());
  if (steps > 1) for (const kind of ["guardian", "sentinel"]) world.vm.mustWork(world.initSet(kind));
  if (steps > 2) {
    world.vm.mustWork(world.initSet("resolver"));
    finalise(world.vm, PROGRAM, AUTHORITY);
  }
  return world;
}

// Accounts that the instruction itself creates: nothing lies there before.
export const CREATED = {
  init: ["config", "pool", "fleet", "work", "stake_vault", "reward_vault", "escrow_vault"], init_set: ["resolver"],
  open_position: ["position"], queue_op: ["op"], register_node: ["node"], attest_node: ["digest"], open_lease: ["lease"], open_incident: ["incident"],
};

// {name, world, trailing, make(given, args, trailing), accounts} of one instruction; make() without
// changes works once. The world is shared with whoever asks for the same case, which does no harm
// as long as its calls fail; who changes it asks for a fresh one.
const shared = new Map(), prepared = new Map();

export function honest(name, features, { fresh = false } = {}) {
  const id = `${name} ${features}`;
  if (!fresh && shared.has(id)) return shared.get(id);
  if (!prepared.has(id)) {
    const { world, ...usual } = prepare(name, features);
    prepared.set(id, { world, usual, bytes: world.vm.snapshot() });
  }
  const { world: origin, usual, bytes } = prepared.get(id);
  const world = new World(new Vm(features, bytes), origin.mint, origin.wallets);
  const { args = {}, given = {}, trailing = [] } = usual;
  const one = { name, world, trailing, accounts: world.accounts(name, given),
    make: (otherGiven = {}, otherArgs = {}, otherTrailing = trailing) => world.call(name, { ...args, ...otherArgs }, { ...given, ...otherGiven }, otherTrailing) };
  if (!fresh) shared.set(id, one);
  return one;
}

function prepare(name, features) {
  if (name === "init") return { world: setupWorld(features, 0), args: initArgs };
  if (name === "init_set")
    return { world: setupWorld(features, 2), args: { kind: SET.resolver, threshold: 2, keys: Buffer.concat(KEYS.resolver.map(bytesOf)) } };
  if (name === "seal") return { world: setupWorld(features, 3) };
  const world = sealedWorld(features);
  return { world, ...PREPARE[name](world) };
}
