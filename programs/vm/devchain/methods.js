// The standard methods that read: accounts, tokens, slots. Each takes (chain, params).
import { accountJson, isMint, isTokenAccount, mintOf, TOKEN_2022_PROGRAM, TOKEN_PROGRAM, tokenAccount, uiAmount } from "./encode.js";
import { invalidParams, minContextSlotNotReached } from "./errors.js";
import { accountFilter } from "./filters.js";
import * as take from "./params.js";

const ACCOUNTS_MAX = 100;

// The reading commitment of a config; refuses when the asked-for context is not reached yet.
export function level(chain, given, fallback) {
  const from = typeof given === "string" ? { commitment: given } : take.config(given);
  const commitment = take.commitment(from, fallback);
  const slot = chain.slotAt(commitment);
  if (from.minContextSlot !== undefined && from.minContextSlot !== null &&
      BigInt(take.integer(from.minContextSlot, "minContextSlot")) > slot) throw minContextSlotNotReached(slot);
  return { from, commitment, slot };
}

export const withContext = (slot, value) => ({ context: { apiVersion: "3.0.0", slot }, value });

function reading(chain, given) {
  const at = level(chain, given);
  const read = (address) => chain.account(address, at.commitment);
  return { ...at, read, options: { encoding: take.encoding(at.from), slice: take.dataSlice(at.from), read } };
}

function tokenAccounts(chain, owner, by, given) {
  const { slot, commitment, options } = reading(chain, given);
  const mint = by.mint && take.address(by.mint, "mint");
  const programs = by.programId ? [take.address(by.programId, "programId")] : [TOKEN_PROGRAM, TOKEN_2022_PROGRAM];
  if (!mint && !by.programId) throw invalidParams("Invalid param: give mint or programId");
  const found = programs.flatMap((program) => chain.programAccounts(program, commitment)).filter((account) => {
    if (!isTokenAccount(account)) return false;
    const token = tokenAccount(account);
    return token.owner === owner && (!mint || token.mint === mint);
  });
  return withContext(slot, found.map((account) => ({ pubkey: account.address, account: accountJson(account, options) })));
}

export const readMethods = {
  getAccountInfo(chain, [address, given]) {
    const { slot, read, options } = reading(chain, given);
    return withContext(slot, accountJson(read(take.address(address)), options));
  },
  getMultipleAccounts(chain, [addresses, given]) {
    const { slot, read, options } = reading(chain, given);
    const wanted = take.list(addresses, "addresses", ACCOUNTS_MAX).map((one) => take.address(one));
    return withContext(slot, wanted.map((one) => accountJson(read(one), options)));
  },
  getProgramAccounts(chain, [program, given]) {
    const { slot, commitment, from, options } = reading(chain, given);
    const found = chain.programAccounts(take.address(program), commitment).filter(accountFilter(from.filters))
      .map((account) => ({ pubkey: account.address, account: accountJson(account, options) }));
    return take.boolean(from.withContext, "withContext") ? withContext(slot, found) : found;
  },
  getBalance(chain, [address, given]) {
    const { slot, read } = reading(chain, given);
    return withContext(slot, read(take.address(address))?.lamports ?? 0n);
  },
  getTokenAccountBalance(chain, [address, given]) {
    const { slot, read } = reading(chain, given);
    const account = read(take.address(address));
    if (!account || !isTokenAccount(account)) throw invalidParams("Invalid param: could not find account or not a Token account");
    const token = tokenAccount(account), mint = read(token.mint);
    return withContext(slot, uiAmount(token.amount, mint ? mintOf(mint).decimals : 0));
  },
  getTokenSupply(chain, [address, given]) {
    const { slot, read } = reading(chain, given);
    const mint = read(take.address(address));
    if (!mint || !isMint(mint)) throw invalidParams("Invalid param: not a Token mint");
    return withContext(slot, uiAmount(mintOf(mint).supply, mintOf(mint).decimals));
  },
  getTokenAccountsByOwner: (chain, [owner, by, given]) => tokenAccounts(chain, take.address(owner, "owner"), take.config(by), given),

  getLatestBlockhash(chain, [given]) {
    const { commitment, slot } = level(chain, given);
    const { hash, slot: born } = chain.blockhashAt(commitment);
    return withContext(slot, { blockhash: hash, lastValidBlockHeight: born - chain.base + 150n });
  },
  isBlockhashValid(chain, [hash, given]) {
    const { commitment, slot } = level(chain, given);
    return withContext(slot, chain.isBlockhashValid(take.address(hash, "blockhash"), commitment));
  },
  getSlot: (chain, [given]) => level(chain, given).slot,
  getBlockHeight: (chain, [given]) => level(chain, given).slot - chain.base,
  getTransactionCount: (chain) => chain.history.size,
  getBlockTime(chain, [slot]) {
    const behind = Number(chain.slot) - take.integer(slot, "slot");
    return behind < 0 ? null : Math.floor((chain.unixMs - behind * chain.slotMs) / 1000);
  },
  getEpochInfo(chain, [given]) {
    const { slot } = level(chain, given);
    const schedule = chain.svm.getEpochSchedule();
    return { absoluteSlot: slot, blockHeight: slot - chain.base, epoch: chain.epoch, slotsInEpoch: schedule.slotsPerEpoch,
      slotIndex: (slot - schedule.firstNormalSlot) % schedule.slotsPerEpoch, transactionCount: chain.history.size };
  },
  getGenesisHash: (chain) => chain.genesisHash,
  getHealth: () => "ok",
  getVersion: () => ({ "solana-core": "3.0.0-devchain", "feature-set": 0 }),
  getFirstAvailableBlock: (chain) => chain.base,
  minimumLedgerSlot: (chain) => chain.base,
  getMinimumBalanceForRentExemption: (chain, [length]) =>
    chain.svm.minimumBalanceForRentExemption(BigInt(take.integer(length, "length", { max: 10 * 1024 * 1024 }))),
  getRecentPerformanceSamples: (chain) => [{ slot: chain.slot, numSlots: 150, numTransactions: chain.history.size,
    numNonVoteTransactions: chain.history.size, samplePeriodSecs: Math.max(1, Math.round(150 * chain.slotMs / 1000)) }],
};
