// Accounts and token amounts as the RPC shows them.
import { getBase58Decoder, getAddressDecoder } from "@solana/kit";
import { invalidParams } from "./errors.js";

export const TOKEN_PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
export const TOKEN_2022_PROGRAM = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb";
const TOKEN_ACCOUNT_BYTES = 165;
const MINT_BYTES = 82;
const BASE58_BYTES_MAX = 128;
// Exempt accounts carry u64::MAX, and since rent collection ended every account is exempt.
const RENT_EPOCH = 18446744073709551615n;

const key = (data, at) => getAddressDecoder().decode(data.subarray(at, at + 32));
const u64 = (data, at) => new DataView(data.buffer, data.byteOffset).getBigUint64(at, true);
const u32 = (data, at) => new DataView(data.buffer, data.byteOffset).getUint32(at, true);
const optionalKey = (data, at) => (u32(data, at) === 1 ? key(data, at + 4) : null);

const isToken = (account) => account.programAddress === TOKEN_PROGRAM || account.programAddress === TOKEN_2022_PROGRAM;
// Token-2022 marks an extended account after byte 165: 1 mint, 2 account.
const extended = (account, kind) => account.programAddress === TOKEN_2022_PROGRAM &&
  account.data.length > TOKEN_ACCOUNT_BYTES && account.data[TOKEN_ACCOUNT_BYTES] === kind;

export const isTokenAccount = (account) =>
  isToken(account) && (account.data.length === TOKEN_ACCOUNT_BYTES || extended(account, 2));
export const isMint = (account) => isToken(account) && (account.data.length === MINT_BYTES || extended(account, 1));

export function tokenAccount(account) {
  const { data } = account;
  return { mint: key(data, 0), owner: key(data, 32), amount: u64(data, 64), delegate: optionalKey(data, 72),
    state: ["uninitialized", "initialized", "frozen"][data[108]] ?? "uninitialized", isNative: u32(data, 109) === 1,
    delegatedAmount: u64(data, 121), closeAuthority: optionalKey(data, 129) };
}

export function mintOf(account) {
  const { data } = account;
  return { mintAuthority: optionalKey(data, 0), supply: u64(data, 36), decimals: data[44],
    isInitialized: data[45] === 1, freezeAuthority: optionalKey(data, 46) };
}

export function uiAmount(amount, decimals) {
  const digits = amount.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const rest = decimals ? digits.slice(-decimals).replace(/0+$/, "") : "";
  const text = rest ? `${whole}.${rest}` : whole;
  return { amount: amount.toString(), decimals, uiAmount: Number(text), uiAmountString: text };
}

// `read` finds the mint for the decimals. Null: not a kind we can take apart.
function parsed(account, read) {
  const program = account.programAddress === TOKEN_PROGRAM ? "spl-token" : "spl-token-2022";
  const space = account.data.length;
  if (isMint(account)) {
    const mint = mintOf(account);
    return { program, parsed: { type: "mint", info: { ...mint, supply: mint.supply.toString() } }, space };
  }
  if (!isTokenAccount(account)) return null;
  const { amount, delegatedAmount, delegate, closeAuthority, ...info } = tokenAccount(account);
  const mint = read(info.mint);
  if (!mint || !isMint(mint)) return null;
  const { decimals } = mintOf(mint);
  return { program, space, parsed: { type: "account", info: { ...info, tokenAmount: uiAmount(amount, decimals),
    ...(delegate && { delegate, delegatedAmount: uiAmount(delegatedAmount, decimals) }),
    ...(closeAuthority && { closeAuthority }) } } };
}

function dataJson(account, { encoding, slice, read }) {
  if (encoding === "jsonParsed") {
    const taken = parsed(account, read);
    if (taken) return taken;
    encoding = "base64";  // what a validator does with programs it does not know
  }
  const data = slice ? account.data.subarray(slice.offset, slice.offset + slice.length) : account.data;
  if (encoding === "base58") {
    if (data.length > BASE58_BYTES_MAX)
      throw invalidParams(`Encoded binary (base 58) data should be less than ${BASE58_BYTES_MAX} bytes, please use Base64 encoding.`);
    return [getBase58Decoder().decode(data), "base58"];
  }
  if (encoding === "base64+zstd") throw invalidParams("encoding base64+zstd is not offered by the devchain; use base64");
  return [Buffer.from(data).toString("base64"), "base64"];
}

// An account or null, in the RPC's form. `options`: {encoding, slice, read}.
export function accountJson(account, options) {
  if (!account) return null;
  return { lamports: account.lamports, data: dataJson(account, options), owner: account.programAddress,
    executable: account.executable, rentEpoch: RENT_EPOCH, space: account.data.length };
}
