// A transaction's bytes taken apart: what the chain and the RPC need to know about it.
import { getAddressDecoder, getBase58Decoder, getCompiledTransactionMessageDecoder, getTransactionDecoder,
  getTransactionEncoder } from "@solana/kit";
import { invalidParams } from "./errors.js";

const LOOKUP_TABLE_HEADER = 56;  // bytes before the addresses of an address lookup table
const COMPUTE_BUDGET = "ComputeBudget111111111111111111111111111111";
const SYSTEM_PROGRAM = "11111111111111111111111111111111";

// Throws -32602 if the bytes are not exactly one transaction.
export function decodeTransaction(raw) {
  try {
    const transaction = getTransactionDecoder().decode(raw);
    const message = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
    // The decoders accept trailing bytes; a validator does not.
    if (getTransactionEncoder().encode(transaction).length !== raw.length) throw new Error("trailing bytes");
    const first = Object.values(transaction.signatures)[0];
    return { raw, transaction, message, signature: getBase58Decoder().decode(first ?? new Uint8Array(64)) };
  } catch (error) {
    throw invalidParams(`failed to deserialize transaction: ${error.message}`);
  }
}

// Throws -32602 if the bytes are not a message.
export function decodeMessage(raw) {
  try {
    return getCompiledTransactionMessageDecoder().decode(raw);
  } catch (error) {
    throw invalidParams(`failed to deserialize message: ${error.message}`);
  }
}

// The addresses a version 0 message takes from lookup tables; `read` yields an account or null.
function lookedUp(message, read) {
  const writable = [], readonly = [];
  for (const lookup of message.addressTableLookups ?? []) {
    const table = read(lookup.lookupTableAddress);
    const at = (index) => {
      const start = LOOKUP_TABLE_HEADER + 32 * index;
      return table && start + 32 <= table.data.length
        ? getAddressDecoder().decode(table.data.subarray(start, start + 32)) : null;
    };
    writable.push(...lookup.writableIndexes.map(at));
    readonly.push(...lookup.readonlyIndexes.map(at));
  }
  return { writable: writable.filter(Boolean), readonly: readonly.filter(Boolean) };
}

// All keys of a message in the order of the runtime's account index, and the writable ones.
export function accountKeys(message, read) {
  const { numSignerAccounts, numReadonlySignerAccounts, numReadonlyNonSignerAccounts } = message.header;
  const fixed = message.staticAccounts;
  const loaded = lookedUp(message, read);
  const isWritable = (index) => index < numSignerAccounts
    ? index < numSignerAccounts - numReadonlySignerAccounts
    : index < fixed.length - numReadonlyNonSignerAccounts;
  return {
    keys: [...fixed, ...loaded.writable, ...loaded.readonly],
    writable: [...fixed.filter((_, index) => isWritable(index)), ...loaded.writable],
    loaded,
  };
}

// What a transaction offers beside the base fee, micro-lamports a compute unit: SetComputeUnitPrice.
export function unitPrice(message) {
  const offer = message.instructions.find(({ programAddressIndex, data }) =>
    message.staticAccounts[programAddressIndex] === COMPUTE_BUDGET && data?.length === 9 && data[0] === 3);
  return offer ? Number(Buffer.from(offer.data).readBigUInt64LE(1)) : 0;
}

// The nonce account of a durable-nonce transaction, or null: its first instruction is
// AdvanceNonceAccount (System instruction 4).
export function nonceAccount(message) {
  const [first] = message.instructions;
  if (!first?.data || first.data.length < 4 || !first.accountIndices?.length) return null;
  if (message.staticAccounts[first.programAddressIndex] !== SYSTEM_PROGRAM) return null;
  if (first.data[0] !== 4 || first.data[1] || first.data[2] || first.data[3]) return null;
  return message.staticAccounts[first.accountIndices[0]] ?? null;
}

// A transaction as the RPC's "json" encoding has it.
export function transactionJson({ transaction, message }) {
  const base58 = (data) => getBase58Decoder().decode(data);
  const { numSignerAccounts, numReadonlySignerAccounts, numReadonlyNonSignerAccounts } = message.header;
  const json = {
    signatures: Object.values(transaction.signatures).map((one) => base58(one ?? new Uint8Array(64))),
    message: {
      header: {
        numRequiredSignatures: numSignerAccounts,
        numReadonlySignedAccounts: numReadonlySignerAccounts,
        numReadonlyUnsignedAccounts: numReadonlyNonSignerAccounts,
      },
      accountKeys: message.staticAccounts,
      recentBlockhash: message.lifetimeToken,
      instructions: message.instructions.map((instruction) => ({
        programIdIndex: instruction.programAddressIndex,
        accounts: instruction.accountIndices ?? [],
        data: base58(instruction.data ?? new Uint8Array()),
        stackHeight: 1,
      })),
    },
  };
  if (message.version !== "legacy")
    json.message.addressTableLookups = (message.addressTableLookups ?? []).map((lookup) => ({
      accountKey: lookup.lookupTableAddress,
      writableIndexes: lookup.writableIndexes,
      readonlyIndexes: lookup.readonlyIndexes,
    }));
  return json;
}
