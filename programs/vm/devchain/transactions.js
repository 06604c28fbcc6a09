// The standard methods about transactions, and the development-only ones. Each takes (chain, params, server).
import { getBase58Decoder } from "@solana/kit";
import { accountJson, isTokenAccount, mintOf, tokenAccount, uiAmount } from "./encode.js";
import { blockNotAvailable, describeError, invalidParams, RpcError, slotSkipped, unsupportedVersion } from "./errors.js";
import { level, readMethods, withContext } from "./methods.js";
import * as take from "./params.js";
import { accountKeys, decodeMessage, unitPrice, decodeTransaction, transactionJson } from "./transaction.js";

const FEE_PER_SIGNATURE = 5000n;
const SIGNATURES_MAX = 256;

const base58 = (bytes) => getBase58Decoder().decode(bytes);
export const isAt = (chain, record, commitment) => record.slot <= chain.slotAt(commitment);
const status = (err) => (err ? { Err: err } : { Ok: null });

function confirmationStatus(chain, record) {
  return ["finalized", "confirmed"].find((one) => isAt(chain, record, one)) ?? "processed";
}

function returnData(meta) {
  const data = meta?.returnData();
  return data && data.data().length > 0
    ? { programId: base58(data.programId()), data: [Buffer.from(data.data()).toString("base64"), "base64"] } : null;
}

function innerInstructions(meta) {
  return meta.innerInstructions().map((list, index) => ({ index, instructions: list.map((inner) => {
    const instruction = inner.instruction();
    return { programIdIndex: instruction.programIdIndex(), accounts: [...instruction.accounts()],
      data: base58(instruction.data()), stackHeight: inner.stackHeight() };
  }) })).filter(({ instructions }) => instructions.length > 0);
}

function tokenBalances(keys, accounts, read) {
  return keys.flatMap((address, accountIndex) => {
    const account = accounts.get(address);
    if (!account || !isTokenAccount(account)) return [];
    const token = tokenAccount(account), mint = read(token.mint);
    return [{ accountIndex, mint: token.mint, owner: token.owner, programId: account.programAddress,
      uiTokenAmount: uiAmount(token.amount, mint ? mintOf(mint).decimals : 0) }];
  });
}

function metaJson(chain, { decoded, err, keys, loaded, before, after, logs, units, meta }) {
  const balances = (accounts) => keys.map((address) => accounts.get(address)?.lamports ?? 0n);
  const read = (address) => chain.account(address);
  const paid = balances(before)[0] - balances(after)[0];
  const fee = FEE_PER_SIGNATURE * BigInt(decoded.message.header.numSignerAccounts);
  return { err, status: status(err), fee: err && paid > fee ? paid : fee, preBalances: balances(before), postBalances: balances(after),
    preTokenBalances: tokenBalances(keys, before, read), postTokenBalances: tokenBalances(keys, after, read),
    innerInstructions: innerInstructions(meta), logMessages: logs, computeUnitsConsumed: units, rewards: [],
    loadedAddresses: loaded, ...(returnData(meta) && { returnData: returnData(meta) }) };
}

// Blocks are shown once confirmed.
function confirmedLevel(chain, given) {
  const at = level(chain, given, "finalized");
  if (at.commitment === "processed") throw invalidParams("Method does not support commitment below `confirmed`");
  return at;
}

// A transaction of the history with what it did, as getTransaction and getBlock show it.
function withMeta(chain, record, how, { maxSupportedTransactionVersion: newest }) {
  const { raw, message: { version } } = record.decoded;
  if (version !== "legacy" && newest === undefined) throw unsupportedVersion(version);
  const transaction = how === "json" ? transactionJson(record.decoded)
    : [how === "base64" ? Buffer.from(raw).toString("base64") : base58(raw), how];
  return { transaction, meta: metaJson(chain, record), ...(newest !== undefined && { version }) };
}

function simulated(outcome, accounts = null) {
  return { err: outcome.err, logs: outcome.logs, accounts, unitsConsumed: outcome.units,
    returnData: returnData(outcome.meta), innerInstructions: null, replacementBlockhash: null };
}

export const transactionMethods = {
  sendTransaction(chain, [text, given], { faults }) {
    const from = take.config(given);
    const decoded = decodeTransaction(take.bytes(text, "transaction", from));
    if (!take.boolean(from.skipPreflight, "skipPreflight")) {
      const outcome = chain.simulate(decoded);
      if (outcome.err === "SignatureFailure") throw new RpcError(-32003, "Transaction signature verification failure");
      if (outcome.err) throw new RpcError(-32002, `Transaction simulation failed: ${describeError(outcome.err)}`, simulated(outcome));
    }
    const { writable } = accountKeys(decoded.message, (address) => chain.account(address));
    // One that cannot run, or has no room in a block, is dropped without a word, as a validator does.
    if (!faults.losesAuctions(decoded.signature, writable, unitPrice(decoded.message))) chain.send(decoded);
    return decoded.signature;
  },
  getRecentPrioritizationFees: (chain, [accounts], { faults }) => [{ slot: chain.slot,
    prioritizationFee: faults.priceOf(take.list(accounts ?? [], "accounts", 128).map((one, at) => take.address(one, `accounts[${at}]`))) }],
  simulateTransaction(chain, [text, given]) {
    const from = take.config(given);
    const decoded = decodeTransaction(take.bytes(text, "transaction", from));
    const replaceBlockhash = take.boolean(from.replaceRecentBlockhash, "replaceRecentBlockhash");
    const sigVerify = take.boolean(from.sigVerify, "sigVerify");
    if (sigVerify && replaceBlockhash) throw invalidParams("sigVerify may not be used with replaceRecentBlockhash");
    const { slot } = level(chain, { ...from, commitment: "processed" });
    const outcome = chain.simulate(decoded, { replaceBlockhash, sigVerify });
    const wanted = from.accounts && take.list(take.config(from.accounts, "accounts").addresses, "accounts.addresses", 64);
    const read = (address) => outcome.accounts.get(address) ?? chain.account(address);
    const accounts = wanted ? wanted.map((one) => (outcome.err ? null
      : accountJson(read(take.address(one)), { encoding: take.encoding(from.accounts), read }))) : null;
    return withContext(slot, simulated(outcome, accounts));
  },
  getSignatureStatuses(chain, [signatures]) {
    const wanted = take.list(signatures, "signatures", SIGNATURES_MAX).map((one) => take.signature(one));
    return withContext(chain.slot, wanted.map((one) => {
      const record = chain.history.get(one);
      if (!record) return null;
      const final = isAt(chain, record, "finalized");
      return { slot: record.slot, confirmations: final ? null : chain.slot - record.slot, err: record.err,
        status: status(record.err), confirmationStatus: confirmationStatus(chain, record) };
    }));
  },
  getSignaturesForAddress(chain, [address, given]) {
    const { from, commitment } = level(chain, given);
    const wanted = take.address(address), limit = take.integer(from.limit ?? 1000, "limit", { min: 1, max: 1000 });
    let found = [...chain.history.values()].reverse().filter((one) => one.keys.includes(wanted) && isAt(chain, one, commitment));
    const position = (name) => from[name] && found.findIndex(({ signature }) => signature === take.signature(from[name], name));
    const until = position("until");
    if (until >= 0 && from.until) found = found.slice(0, until);
    const before = position("before");
    if (from.before) found = before < 0 ? [] : found.slice(before + 1);
    return found.slice(0, limit).map((one) => ({ signature: one.signature, slot: one.slot, err: one.err, memo: null,
      blockTime: one.blockTime, confirmationStatus: confirmationStatus(chain, one) }));
  },
  getTransaction(chain, [signature, given]) {
    const { from, commitment } = level(chain, typeof given === "string" ? { encoding: given } : given);
    const how = take.oneOf(from.encoding, "encoding", ["json", "base64", "base58"], "json");
    const record = chain.history.get(take.signature(signature));
    if (!record || !isAt(chain, record, commitment)) return null;
    return { slot: record.slot, blockTime: record.blockTime, ...withMeta(chain, record, how, from) };
  },
  // Blocks as long as their blockhashes are remembered.
  getBlock(chain, [slot, given]) {
    const { from, commitment } = confirmedLevel(chain, typeof given === "string" ? { encoding: given } : given);
    const how = take.oneOf(from.encoding, "encoding", ["json", "base64", "base58"], "json");
    const details = take.oneOf(from.transactionDetails, "transactionDetails", ["full", "signatures", "none"], "full");
    const wanted = BigInt(take.integer(slot, "slot"));
    if (wanted > chain.slotAt(commitment)) throw blockNotAvailable(wanted);
    const block = chain.block(wanted);
    if (!block) throw slotSkipped(wanted);
    const { hash, parent, records } = block;
    return { blockhash: hash, previousBlockhash: parent?.hash ?? chain.genesisHash, parentSlot: parent?.slot ?? wanted, blockHeight: wanted - chain.base,
      blockTime: readMethods.getBlockTime(chain, [Number(wanted)]), rewards: [],
      ...(details === "full" && { transactions: records.map((one) => withMeta(chain, one, how, from)) }),
      ...(details === "signatures" && { signatures: records.map(({ signature }) => signature) }) };
  },
  getBlocks(chain, [first, last, given]) {
    const { commitment } = confirmedLevel(chain, typeof last === "object" ? last : given);
    const from = BigInt(take.integer(first, "start slot")), newest = chain.slotAt(commitment);
    const to = typeof last === "number" ? BigInt(take.integer(last, "end slot")) : newest;
    return chain.hashes.map(({ slot }) => slot).filter((slot) => slot >= from && slot <= to && slot <= newest);
  },
  getFeeForMessage(chain, [text, given]) {
    const { slot } = level(chain, given);
    const message = decodeMessage(take.bytes(text, "message", {}, "base64"));
    return withContext(slot, chain.isBlockhashValid(message.lifetimeToken)
      ? FEE_PER_SIGNATURE * BigInt(message.header.numSignerAccounts) : null);
  },
  requestAirdrop(chain, [address, lamports], { faucet }) {
    const raw = faucet.transfer(chain, take.address(address), BigInt(take.integer(lamports, "lamports", { min: 1 })));
    const { err, record } = chain.send(decodeTransaction(raw));
    if (err) throw new RpcError(-32603, `airdrop failed: ${describeError(err)}`);
    return record.signature;
  },
};
