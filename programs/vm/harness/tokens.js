// Mints and token accounts, made by the token programs themselves. TOKEN is p-token in litesvm.
import { f64, join, u16, u64 } from "./bytes.js";
import { bytesOf, key } from "./keys.js";
import { createAccount } from "./loader.js";
import { instruction, read, sign, write } from "./vm.js";

export const TOKEN = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
export const TOKEN_2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb";
const MINT_BYTES = 82, ACCOUNT_BYTES = 165, EXTENDED_FROM = 166;
const none = Buffer.alloc(32);
const keyOrNone = (one) => (one ? bytesOf(one) : none);            // all zeroes: none
const optionalKey = (one) => (one ? join([1], bytesOf(one)) : Buffer.from([0]));

// A mint's extensions: {bytes it takes, its initialisation by (options)}. Each is written before the
// mint itself is initialised.
export const EXTENSIONS = {
  transferFee: { size: 108, data: ({ authority, bps = 100, max = 1_000_000n }) =>
    join([26, 0], optionalKey(authority), optionalKey(authority), u16(bps), u64(max)) },
  closeAuthority: { size: 32, data: ({ authority }) => join([25], optionalKey(authority)) },
  confidentialTransfer: { size: 65, data: ({ authority }) => join([27, 0], keyOrNone(authority), [1], none) },
  defaultState: { size: 1, data: ({ state = 2 }) => Buffer.from([28, 0, state]) },   // 2: frozen
  nonTransferable: { size: 0, data: () => Buffer.from([32]) },
  interestBearing: { size: 52, data: ({ authority, rate = 100 }) => join([33, 0], keyOrNone(authority), u16(rate)) },
  permanentDelegate: { size: 32, data: ({ authority }) => join([35], keyOrNone(authority)) },
  transferHook: { size: 64, data: ({ authority = null, program }) => join([36, 0], keyOrNone(authority), bytesOf(program)) },
  metadataPointer: { size: 64, data: ({ authority = null, metadata }) => join([39, 0], keyOrNone(authority), keyOrNone(metadata)) },
  scaledAmount: { size: 56, data: ({ authority, multiplier = 2 }) => join([43, 0], keyOrNone(authority), f64(multiplier)) },
  pausable: { size: 33, data: ({ authority }) => join([44, 0], bytesOf(authority)) },
};

// Creates a mint. `extensions` names those of EXTENSIONS with their options and needs TOKEN_2022;
// whoever they leave unnamed is `authority`. Returns {address, program, decimals, authority}.
export function createMint(vm, label, { program = TOKEN, decimals = 6, authority = key("mint authority"), freeze = null, extensions = {} } = {}) {
  const mint = key(label), names = Object.keys(extensions);
  const space = names.length === 0 ? MINT_BYTES : names.reduce((sum, name) => sum + 4 + EXTENSIONS[name].size, EXTENDED_FROM);
  vm.mustWork([
    createAccount(vm.payer, mint, vm.rent(space), space, program),
    ...names.map((name) => instruction(program, [write(mint)], EXTENSIONS[name].data({ authority, metadata: mint, ...extensions[name] }))),
    instruction(program, [write(mint)], join([20, decimals], bytesOf(authority), optionalKey(freeze))),
  ]);
  return { address: mint.address, program, decimals, authority };
}

// The bytes that an account of this mint takes; Token-2022 says so itself.
function accountBytes(vm, mint) {
  if (mint.program === TOKEN) return ACCOUNT_BYTES;
  return Number(vm.mustWork(instruction(mint.program, [read(mint)], [21])).returnData.readBigUInt64LE());
}

// Creates a token account at the key `label` for `owner`.
export function createTokenAccount(vm, label, mint, owner) {
  const account = key(label), space = accountBytes(vm, mint);
  vm.mustWork([createAccount(vm.payer, account, vm.rent(space), space, mint.program),
    instruction(mint.program, [write(account), read(mint)], join([18], bytesOf(owner)))]);
  return account;
}

export const mintTo = (vm, mint, account, amount) =>
  vm.mustWork(instruction(mint.program, [write(mint), write(account), sign(mint.authority)], join([7], u64(amount))));

// Instructions of an account's owner, and of a freeze authority.
export const token = {
  transferChecked: (mint, from, to, owner, amount) => instruction(mint.program,
    [write(from), read(mint), write(to), sign(owner)], join([12], u64(amount), [mint.decimals])),
  transfer: (mint, from, to, owner, amount) => instruction(mint.program, [write(from), write(to), sign(owner)], join([3], u64(amount))),
  approve: (mint, account, delegate, owner, amount) =>
    instruction(mint.program, [write(account), read(delegate), sign(owner)], join([4], u64(amount))),
  setCloseAuthority: (mint, account, owner, next) => instruction(mint.program, [write(account), sign(owner)], join([6, 3], optionalKey(next))),
  freeze: (mint, account, authority) => instruction(mint.program, [write(account), read(mint), sign(authority)], [10]),
};

export const balanceOf = (vm, account) => {
  const { data } = vm.account(account);
  return data.length >= ACCOUNT_BYTES ? data.readBigUInt64LE(64) : 0n;
};

// Fields of a token account that no honest transaction would set on one whose owner is a program:
// tests write them past the rules.
export const forge = {
  delegate: (vm, account, to, amount = 1n) => vm.patch(account, (data) => { data.writeUInt32LE(1, 72); bytesOf(to).copy(data, 76); data.writeBigUInt64LE(amount, 121); }),
  closeAuthority: (vm, account, to) => vm.patch(account, (data) => { data.writeUInt32LE(1, 129); bytesOf(to).copy(data, 133); }),
  frozen: (vm, account) => vm.patch(account, (data) => { data[108] = 2; }),
  amount: (vm, account, amount) => vm.patch(account, (data) => { data.writeBigUInt64LE(amount, 64); }),
};

