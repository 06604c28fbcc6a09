// swarm_core from outside: its instructions, accounts, events and addresses, written down by hand
// from programs/abi so that a test fails when the bytes on the wire change.
import { createHash } from "node:crypto";
import { join, u16, u32, u64 } from "./bytes.js";
import { addressOf, bytesOf, pda } from "./keys.js";
import { instruction, read, sign, signWrite, write } from "./vm.js";

export const ROLE = { provider: 0, user: 1, operator: 2 };
export const SOURCE = { wallet: 0, rewards: 1, unbonding: 2 };
export const PURSE = { stream: 0, work: 1 };
export const PAUSE = { stakeIn: 1, claim: 2, withdraw: 4, nodes: 8, openLease: 16, postRoot: 32, incident: 64 };
export const SET = { guardian: 0, sentinel: 1, resolver: 2 };
export const OP = { replaceSet: 1, setRole: 2, setLimits: 3, removeSentinelKey: 4, lowerSentinelPause: 5, lowerWorkCap: 6, setMarket: 7 };
export const TAG = { config: 1, set: 2, pool: 3, fleet: 4, work: 5, position: 6, node: 7, digest: 8, lease: 9, incident: 10, op: 11 };
export const CATEGORY = { uptime: 0, slaBreach: 1, misreport: 2, negligence: 3, fraud: 4 };
export const VERDICT = { uphold: 0, reject: 1, draw: 2 };
export const TARGET = { node: 0, position: 1 };
export const DAY = 86_400n;

// Accounts in order: `name` with ! if it signs and * if it is written. Arguments: name:type.
const SIGNED = "mask:u16 valid_until_slot:u64";
const HOOKABLE = "stake_vault* mint token_program";
const TABLE = `
 1 init            | authority!* program program_data config* pool* fleet* work* stake_vault* reward_vault* escrow_vault* mint token_program system_program | hook:key outflow_floor:u64 work_cap:u64 provider_min_stake:u64 user_min_stake:u64 operator_min_stake:u64
 2 init_set        | authority!* program program_data config* guardian* sentinel* resolver* system_program | kind:u8 threshold:u8 keys:rest
 3 seal            | program program_data config* guardian sentinel resolver stake_vault reward_vault escrow_vault token_program |
 4 open_position   | owner!* config fleet pool* position* from* ${HOOKABLE} system_program | role:u8 nonce:u64 amount:u64 lock:u32
 5 add_stake       | owner! config fleet pool* position* from* ${HOOKABLE} | source:u8 amount:u64 lock:u32
 6 request_unstake | owner! config pool* position* | amount:u64
 7 withdraw        | owner! config fleet pool* position* to* stake_vault* rent_to* mint token_program | amount:u64
 8 refresh         | config pool* position* |
 9 fund            | payer! config purse* from* reward_vault* mint token_program | purse:u8 amount:u64 seconds:u32
10 claim           | owner! config fleet pool* position* to* reward_vault* mint token_program |
11 post_root       | config fleet work* sentinel | n:u64 root:key size:u64 cum_total:u64 ${SIGNED}
12 disable_root    | work* set | n:u64 ${SIGNED}
13 claim_work      | config fleet work* position* | index:u64 cumulative:u64 proof:rest
14 breaker         | config fleet* set | what:u8 seconds:u32 ${SIGNED}
15 queue_op        | payer!* config fleet* guardian op* system_program | kind:u8 payload_hash:key ${SIGNED}
16 cancel_op       | op* guardian rent_to* | ${SIGNED}
17 execute_op      | config* op* guardian* sentinel* resolver* rent_to* | payload:rest
18 register_node   | owner!* identity! config fleet position* node* system_program | units:u32 price:u64 accept_standby:u8
19 attest_node     | payer!* config fleet* sentinel node* digest* system_program | sha256:key units:u32 until:u64 ${SIGNED}
20 set_terms       | owner! config fleet* position* node* | units:u32 price:u64 accept_standby:u8
21 retire_node     | owner! config fleet* position* node* digest* rent_to* digest_rent_to* |
22 open_lease      | tenant!* config fleet node* position standby_1 standby_2 discount lease* from* escrow_vault* mint token_program system_program | nonce:u64 units:u32 seconds:u32 amount:u64 max_rate:u64 standbys:u8 discounted:u8
23 top_up          | payer! config lease* node from* escrow_vault* mint token_program | amount:u64
24 settle          | lease* node |
25 payout          | config lease* node to* treasury* escrow_vault* rent_to* mint* token_program | seat:u8
26 close_lease     | who! config lease* node* to* escrow_vault* mint token_program | reason:u16
27 failover        | lease* node* standby_1* position_1 standby_2* position_2 |
28 quarantine      | config fleet* set target* | kind:u8 incident:u64 seconds:u32 reason:u16 ${SIGNED}
29 release         | config set target* | kind:u8 incident:u64 ${SIGNED}
30 open_incident   | opener!* config fleet sentinel bond_position* position* node incident* system_program | id:u64 category:u8 bps:u16 on_node:u8 evidence:key ${SIGNED}
31 dispute         | owner! incident* |
32 resolve         | config pool* resolver incident* position* bond_position* rent_to* | verdict:u8 bps:u16 ${SIGNED}
33 execute         | config fleet* pool* incident* position* bond_position* node stake_vault* rent_to* mint* token_program |
34 compensate      | config incident* lease* to* ${HOOKABLE} | seat:u8
35 recover         | config pool* incident* position* stake_vault* rent_to* mint* token_program |`;

export const INSTRUCTIONS = Object.fromEntries(TABLE.trim().split("\n").map((line) => {
  const [head, accounts, args] = line.split("|").map((part) => part.trim());
  const [tag, name] = head.split(/\s+/);
  return [name, { tag: Number(tag),
    accounts: accounts.split(" ").map((one) => ({ name: one.replace(/[!*]/g, ""), signs: one.includes("!"), written: one.includes("*") })),
    args: args === "" ? [] : args.split(" ").map((one) => { const [arg, type] = one.split(":"); return { name: arg, type }; }) }];
}));

const ENCODE = { u8: (value) => Buffer.from([Number(value)]), u16: (value) => u16(Number(value)), u32: (value) => u32(Number(value)),
  u64, key: (value) => (value instanceof Uint8Array ? Buffer.from(value) : bytesOf(value)), rest: (value) => Buffer.from(value) };

// An instruction by name. `accounts` and `args` are given by name, all of them; `trailing` are whole
// account entries, as read() or sign() make them. A signer that is given as text does not sign.
export function build(program, name, accounts, args = {}, trailing = []) {
  const { tag, accounts: slots, args: fields } = INSTRUCTIONS[name];
  const unknown = [...Object.keys(args).filter((one) => !fields.some((field) => field.name === one))];
  if (unknown.length > 0) throw new Error(`${name} has no argument ${unknown}`);
  const metas = slots.map(({ name: slot, signs, written }) => {
    const one = accounts[slot];
    if (one === undefined) throw new Error(`${name} needs the account ${slot}`);
    return signs && one.sign ? (written ? signWrite : sign)(one) : (written ? write : read)(one);
  });
  const data = fields.map(({ name: field, type }) => {
    if (args[field] === undefined) throw new Error(`${name} needs the argument ${field}`);
    return ENCODE[type](args[field]);
  });
  return instruction(program, [...metas, ...trailing], join([tag], ...data));
}

// Every address that has no variable part.
export function addresses(program) {
  const at = (...seeds) => pda(program, seeds).address;
  const set = (kind) => at("set", Buffer.from([kind]));
  return { config: at("cfg"), pool: at("pool"), fleet: at("flt"), work: at("wrk"), stake_vault: at("sv"), reward_vault: at("rv"),
    escrow_vault: at("ev"), guardian: set(SET.guardian), sentinel: set(SET.sentinel), resolver: set(SET.resolver) };
}
export const positionOf = (program, owner, nonce = 0n) => pda(program, ["pos", owner, nonce]).address;
export const nodeOf = (program, identity) => pda(program, ["node", identity]).address;
export const digestOf = (program, sha) => pda(program, ["dig", sha]).address;
export const leaseOf = (program, tenant, nonce = 0n) => pda(program, ["lse", tenant, nonce]).address;
export const incidentOf = (program, id) => pda(program, ["inc", id]).address;
export const opOf = (program, number) => pda(program, ["op", BigInt(number)]).address;

// ---- accounts ----

const u128 = (data, at) => data.readBigUInt64LE(at) + (data.readBigUInt64LE(at + 8) << 64n);
const rootRecord = (data, at) => ({ root: data.subarray(at, at + 32), size: data.readBigUInt64LE(at + 32),
  cum_total: data.readBigUInt64LE(at + 40), n: data.readBigUInt64LE(at + 48) });
const numbers = (data, fields) => Object.fromEntries(Object.entries(fields).map(([name, at]) => [name, data.readBigUInt64LE(at)]));

export const POSITION = { nonce: 80, id: 88, amount: 104, weight: 112, lock_end: 120, lock_slot: 128, unbonding: 136, unbond_end: 144,
  unbond_slot: 152, frac: 176, owed: 184, work_claimed: 192, bonded: 200, at_risk: 208, freeze_until: 216, last_incident: 224, frozen_at: 232 };
export const POOL = { carry: 32, weight: 40, total: 48, start: 56, end: 64, emitted: 72, last: 80, last_slot: 88, principal: 96, next_id: 104,
  outflow: 112, outflow_at: 120 };
export const FLEET = { op_seq: 16, sentinel_used: 24, sentinel_at: 32, guardian_used: 40, guardian_at: 48, units_total: 112, quarantined: 120,
  quarantined_at: 128, frozen: 136, frozen_at: 144 };
export const CONFIG = { outflow_floor: 224, work_cap: 232, bond_per_unit: 344, discount_stake: 352 };
export const NODE = { price: 144, bond: 152, down: 160, q_at: 168, q_until: 176, last_incident: 184, retire_at: 192, attested_until: 200, level_epoch: 208 };
export const LEASE = { nonce: 80, escrow: 88, prepaid: 96, paid: 104, refunded: 112, earned: 120, fee_charged: 128, fees: 136, settled_to: 144,
  settled_slot: 152, down_seen: 160, end: 168 };
export const INCIDENT = { id: 208, base: 216, loss: 224, bond: 232, deadline: 240, deadline_slot: 248, since: 256, down: 264, gap: 272,
  executed_at: 280, executed_slot: 288, pot: 296, recoverable: 304, recovered: 312 };
const SEAT = { rate: 64, earned: 72, payable: 80, prev: 88, cur: 96, window: 104 };

export const decode = {
  position: (data) => ({ ...numbers(data, POSITION), role: data[96], owner: addressOf(data.subarray(16, 48)), paid: u128(data, 160) }),
  pool: (data) => ({ ...numbers(data, POOL), acc: u128(data, 16) }),
  fleet: (data) => ({ ...numbers(data, FLEET), paused_until: Array.from({ length: 7 }, (_, bit) => data.readBigUInt64LE(56 + 8 * bit)) }),
  work: (data) => ({ active: rootRecord(data, 16), pending: rootRecord(data, 72), ...numbers(data, { active_at: 128, last_n: 144,
    last_epoch: 152, funded: 168, claimed: 176 }) }),
  config: (data) => ({ ...numbers(data, CONFIG), sealed: data[3] === 1, outflow_bps: data.readUInt16LE(214), sentinel_pause: data.readUInt32LE(216) }),
  node: (data) => ({ ...numbers(data, NODE), owner: addressOf(data.subarray(16, 48)), position: addressOf(data.subarray(80, 112)),
    units: data.readUInt32LE(312), attested_units: data.readUInt32LE(316), leased: data.readUInt32LE(320), level: data[324], accept_standby: data[325] }),
  lease: (data) => ({ ...numbers(data, LEASE), closed: data[3] === 1, tenant: addressOf(data.subarray(16, 48)), units: data.readUInt32LE(176),
    fee_bps: data.readUInt16LE(184), reason: data.readUInt16LE(186), seat: data[188], own: data[189],
    seats: [192, 304, 416].map((at) => ({ ...numbers(data.subarray(at, at + 112), SEAT), node: addressOf(data.subarray(at, at + 32)) })) }),
  incident: (data) => ({ ...numbers(data, INCIDENT), state: data[3], bps: data.readUInt16LE(332), category: data[334] }),
  op: (data) => ({ ...numbers(data, { op_seq: 80, eta: 88, expiry: 104, set_seq: 112 }), kind: data[120] }),
  set: (data) => ({ kind: data[16], size: data[17], threshold: data[18], seq: data.readBigUInt64LE(8),
    keys: Array.from({ length: data[17] }, (_, i) => addressOf(data.subarray(24 + 32 * i, 56 + 32 * i))) }),
};

// ---- admin payloads ----

export const payload = {
  replaceSet: (set, threshold, keys) => join([OP.replaceSet, set, threshold], ...keys.map(bytesOf)),
  setRole: (role, { minStake, lockMin, lockMax, weightMin, weightMax, unbond }) =>
    join([OP.setRole, role], u64(minStake), u32(lockMin), u32(lockMax), u16(weightMin), u16(weightMax), u32(unbond)),
  setLimits: ({ outflowBps, sentinelPause, outflowFloor, workCap }) =>
    join([OP.setLimits], u16(outflowBps), u32(sentinelPause), u64(outflowFloor), u64(workCap)),
  removeSentinelKey: (key) => join([OP.removeSentinelKey], bytesOf(key)),
  lowerSentinelPause: (seconds) => join([OP.lowerSentinelPause], u32(seconds)),
  setMarket: ({ feeBps = 500, treasuryBps = 0, discountBps = 0, notice = 86_400, holdback = 86_400, bondPerUnit = 1_000_000n, discountStake = 0n,
    treasury = "11111111111111111111111111111111" }) => join([OP.setMarket], u16(feeBps), u16(treasuryBps), u16(discountBps), u32(notice), u32(holdback),
    u64(bondPerUnit), u64(discountStake), bytesOf(treasury)),
  lowerWorkCap: (cap) => join([OP.lowerWorkCap], u64(cap)),
};
export const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();

// ---- work rewards: RFC 9162 trees ----

export const workLeaf = (config, position, id, cumulative) =>
  sha256([0], Buffer.from("WHWK1"), bytesOf(config), bytesOf(position), u64(id), u64(cumulative));
export const workNode = (left, right) => sha256([1], left, right);
const split = (count) => { let half = 1; while (half * 2 < count) half *= 2; return half; };

export function rootOf(leaves) {
  if (leaves.length === 1) return leaves[0];
  const half = split(leaves.length);
  return workNode(rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}
export function proofOf(leaves, index) {
  if (leaves.length === 1) return [];
  const half = split(leaves.length), left = leaves.slice(0, half), right = leaves.slice(half);
  return index < half ? [...proofOf(left, index), rootOf(right)] : [...proofOf(right, index - half), rootOf(left)];
}

