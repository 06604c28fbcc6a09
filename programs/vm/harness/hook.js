// swarm_hook from outside: its instructions and account by hand from programs/abi/hook.h, and worlds
// whose mint has it.
import { createHash } from "node:crypto";
import { join, u32, u64 } from "./bytes.js";
import { addressOf, bytesOf, ground, key, pda, text } from "./keys.js";
import { deploy, finalise } from "./loader.js";
import { positionOf, SET } from "./swarm.js";
import { createMint, createTokenAccount, mintTo, TOKEN_2022 } from "./tokens.js";
import { instruction, programFile, read, sign, signWrite, SYSTEM, Vm, write } from "./vm.js";
import { alice, AUTHORITY, bob, mallory, PROGRAM, WEALTH, World } from "./world.js";

export const HOOK = key("swarm hook");
export const MINTER = key("mint authority");
export const CAP = 100_000_000_000n;  // a tenth of what each of the rich people has
export const METAS_BYTES = 272;
const first8 = (words) => createHash("sha256").update(words).digest().subarray(0, 8);
export const EXECUTE = first8("spl-transfer-hook-interface:execute");
const MARK = first8("swarm-hook:config");

export const metasOf = (mint) => pda(HOOK, ["extra-account-metas", mint]).address;

export const setUp = (payer, mint, { cap = CAP, authority = MINTER, metas = metasOf(mint), core = PROGRAM, program = TOKEN_2022 } = {}) =>
  instruction(HOOK, [signWrite(payer), sign(authority), read(mint), write(metas), read(core), read(program), read(SYSTEM)], join([1], u64(cap)));

// What Token-2022 would call, for calling it oneself.
export const execute = (mint, amount, { source, destination = source, authority = alice, metas = metasOf(mint), core = PROGRAM, position }) =>
  instruction(HOOK, [source, mint, destination, authority, metas, core, position].map(read), join(EXECUTE, u64(amount)));

// The accounts behind a transfer's own: what the list says, and whoever asks for it.
export const hookAccounts = (mint, owner) => [read(PROGRAM), read(positionOf(PROGRAM, owner)), read(HOOK), read(metasOf(mint))];

// The account's bytes, as spl-tlv-account-resolution reads them.
export function metasBytes(mint, { cap = CAP, core = PROGRAM, bump = pda(HOOK, ["extra-account-metas", mint]).bump } = {}) {
  const seeds = join([1, 3], Buffer.from("pos"), [4, 0, 32, 32], [1, 8], Buffer.alloc(8));
  const list = join(u32(2), [0], bytesOf(core), [0, 0], [0x80 | 5], seeds, Buffer.alloc(32 - seeds.length), [0, 0]);
  const config = join([1, bump, 0, 0, 0, 0], u64(cap), bytesOf(mint), bytesOf(core), ...["sv", "rv", "ev"].map((seed) => bytesOf(pda(core, [seed]))));
  return join(EXECUTE, u32(list.length), list, MARK, u32(config.length), config);
}
export const decodeSetUp = (data) => ({ tag: data[0], version: data[1], seq: data.readBigUInt64LE(8), cap: data.readBigUInt64LE(24), core: addressOf(data.subarray(32, 64)) });

// ---- worlds ----

// A mint for which the list's address has bump 255: a transfer then costs what it costs at best.
export const MINT_LABEL = ground("hooked mint", (one) => [[HOOK, ["extra-account-metas", one]]]).label;

// Core and hook deployed, a mint with the hook, rich people; the hook is not set up.
export function bareHookWorld(features) {
  const vm = new Vm(features);
  deploy(vm, PROGRAM, programFile("swarm_core"), vm.airdrop(AUTHORITY));
  deploy(vm, HOOK, programFile("swarm_hook"), AUTHORITY);
  finalise(vm, HOOK, AUTHORITY);
  const mint = createMint(vm, MINT_LABEL, { program: TOKEN_2022, authority: MINTER, extensions: { transferHook: { program: HOOK, authority: null } } });
  const wallets = {};
  for (const owner of [alice, bob, mallory]) {
    vm.airdrop(owner);
    wallets[owner.address] = createTokenAccount(vm, `wallet of ${owner.label}`, mint, owner);
    mintTo(vm, mint, wallets[owner.address], WEALTH);
  }
  return new HookWorld(vm, mint, wallets);
}

export class HookWorld extends World {
  // TransferChecked with what the hook needs. `owner` has the source account, `by` signs.
  transfer(owner, to, amount, { by = owner, from = this.wallets[text(owner)], extra = hookAccounts(this.mint, owner) } = {}) {
    return instruction(TOKEN_2022, [write(from), read(this.mint), write(this.wallets[text(to)] ?? to), sign(by), ...extra],
      join([12], u64(amount), [this.mint.decimals]));
  }
  // A call of swarm_core that moves tokens of `payer`: an owner, or a vault.
  moving(name, args, given, payer) { return this.call(name, args, given, hookAccounts(this.mint, payer)); }
  freeze(owner, until) { this.vm.patch(positionOf(PROGRAM, owner), (data) => { data.writeBigUInt64LE(until, 216); }); }
}

// The mint is set up and swarm_core sealed on it.
const made = new Map();
export function hookWorld(features) {
  if (!made.has(features)) {
    const world = bareHookWorld(features), { vm } = world;
    vm.mustWork(setUp(vm.payer, world.mint));
    vm.mustWork(world.init({ hook: HOOK }));
    for (const set of Object.keys(SET)) vm.mustWork(world.initSet(set));
    finalise(vm, PROGRAM, AUTHORITY);
    vm.mustWork(world.seal());
    made.set(features, { world, bytes: vm.snapshot() });
  }
  const { world, bytes } = made.get(features);
  return new HookWorld(new Vm(features, bytes), world.mint, world.wallets);
}
