// JSON-RPC errors as Solana's RPC servers number them, and the VM's transaction errors as they
// look in JSON.

// A request that failed. `data` goes to the client as it is.
export class RpcError extends Error {
  constructor(code, message, data) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

// -32700, -32600 and -32601 are the door's own (rpc.js).
export const invalidParams = (message) => new RpcError(-32602, message);
export const internal = (message) => new RpcError(-32603, message);
export const blockNotAvailable = (slot) => new RpcError(-32004, `Block not available for slot ${slot}`);
export const slotSkipped = (slot) =>
  new RpcError(-32007, `Slot ${slot} was skipped, or missing due to ledger jump to recent snapshot`);
export const minContextSlotNotReached = (slot) =>
  new RpcError(-32016, "Minimum context slot has not been reached", { contextSlot: slot });
export const unsupportedVersion = (version) => new RpcError(-32015,
  `Transaction version (${version}) is not supported by the requesting client. ` +
  'Please try the request again with the following configuration parameter: "maxSupportedTransactionVersion": ' + version);

// Declaration order of solana-transaction-error and solana-instruction-error: litesvm hands out
// the position, clients want the name.
const TRANSACTION_ERRORS = [
  "AccountInUse", "AccountLoadedTwice", "AccountNotFound", "ProgramAccountNotFound",
  "InsufficientFundsForFee", "InvalidAccountForFee", "AlreadyProcessed", "BlockhashNotFound",
  "CallChainTooDeep", "MissingSignatureForFee", "InvalidAccountIndex", "SignatureFailure",
  "InvalidProgramForExecution", "SanitizeFailure", "ClusterMaintenance", "AccountBorrowOutstanding",
  "WouldExceedMaxBlockCostLimit", "UnsupportedVersion", "InvalidWritableAccount",
  "WouldExceedMaxAccountCostLimit", "WouldExceedAccountDataBlockLimit", "TooManyAccountLocks",
  "AddressLookupTableNotFound", "InvalidAddressLookupTableOwner", "InvalidAddressLookupTableData",
  "InvalidAddressLookupTableIndex", "InvalidRentPayingAccount", "WouldExceedMaxVoteCostLimit",
  "WouldExceedAccountDataTotalLimit", "MaxLoadedAccountsDataSizeExceeded", "ResanitizationNeeded",
  "InvalidLoadedAccountsDataSizeLimit", "UnbalancedTransaction", "ProgramCacheHitMaxLimit",
  "CommitCancelled",
];
const INSTRUCTION_ERRORS = [
  "GenericError", "InvalidArgument", "InvalidInstructionData", "InvalidAccountData",
  "AccountDataTooSmall", "InsufficientFunds", "IncorrectProgramId", "MissingRequiredSignature",
  "AccountAlreadyInitialized", "UninitializedAccount", "UnbalancedInstruction", "ModifiedProgramId",
  "ExternalAccountLamportSpend", "ExternalAccountDataModified", "ReadonlyLamportChange",
  "ReadonlyDataModified", "DuplicateAccountIndex", "ExecutableModified", "RentEpochModified",
  "NotEnoughAccountKeys", "AccountDataSizeChanged", "AccountNotExecutable", "AccountBorrowFailed",
  "AccountBorrowOutstanding", "DuplicateAccountOutOfSync", "InvalidError", "ExecutableDataModified",
  "ExecutableLamportChange", "ExecutableAccountNotRentExempt", "UnsupportedProgramId", "CallDepth",
  "MissingAccount", "ReentrancyNotAllowed", "MaxSeedLengthExceeded", "InvalidSeeds", "InvalidRealloc",
  "ComputationalBudgetExceeded", "PrivilegeEscalation", "ProgramEnvironmentSetupFailure",
  "ProgramFailedToComplete", "ProgramFailedToCompile", "Immutable", "IncorrectAuthority",
  "AccountNotRentExempt", "InvalidAccountOwner", "ArithmeticOverflow", "UnsupportedSysvar",
  "IllegalOwner", "MaxAccountsDataAllocationsExceeded", "MaxAccountsExceeded",
  "MaxInstructionTraceLengthExceeded", "BuiltinProgramsMustConsumeComputeUnits", "BorshIoError",
];

function instructionError(err) {
  if (typeof err === "number") return INSTRUCTION_ERRORS[err] ?? "GenericError";
  return "code" in err ? { Custom: err.code } : "BorshIoError";
}

// litesvm's FailedTransactionMetadata.err() in the JSON form of the RPC.
export function transactionError(err) {
  if (typeof err === "number") return TRANSACTION_ERRORS[err] ?? "SanitizeFailure";
  switch (err.constructor.name) {
    case "TransactionErrorInstructionError": return { InstructionError: [err.index, instructionError(err.err())] };
    case "TransactionErrorDuplicateInstruction": return { DuplicateInstruction: err.index };
    case "TransactionErrorInsufficientFundsForRent":
      return { InsufficientFundsForRent: { account_index: err.accountIndex } };
    default: return { ProgramExecutionTemporarilyRestricted: { account_index: err.accountIndex } };
  }
}

// Whether a transaction with this error was executed: it is in a block and has paid its fee.
export function wasExecuted(error) {
  return typeof error === "object" &&
    ("InstructionError" in error || "InsufficientFundsForRent" in error);
}

// One line for people, worded like a validator's.
export function describeError(error) {
  if (typeof error === "string") return error;
  const [index, inner] = error.InstructionError ?? [];
  if (index === undefined) return JSON.stringify(error);
  const what = typeof inner === "object" ? `custom program error: 0x${inner.Custom.toString(16)}` : inner;
  return `Error processing Instruction ${index}: ${what}`;
}
