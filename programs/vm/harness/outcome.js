// What became of a transaction, in the words that tests ask for.
import { FailedTransactionMetadata } from "litesvm";
import { transactionError } from "../devchain/errors.js";

// Error classes of Wardhive's programs: an error number is class x 100 + n (programs/sol/error.h).
export const CLASSES = { AUTH: 1, OWNER: 2, TYPE: 3, PDA: 4, STATE: 5, MATH: 6, LIMIT: 7, TIME: 8,
  TOKEN: 9, CPI: 10, ALIAS: 11, PAUSED: 12, DATA: 13 };
const className = (code) => Object.keys(CLASSES).find((name) => CLASSES[name] === Math.floor(code / 100)) ?? null;

// Which program said what: the logs carry it only by nesting.
function readLogs(logs) {
  const stack = [], events = [], consumed = [];
  let by = null;
  for (const line of logs) {
    let found;
    if ((found = /^Program (\S+) invoke \[\d+\]$/.exec(line))) stack.push(found[1]);
    else if ((found = /^Program (\S+) consumed (\d+) of \d+ compute units$/.exec(line)))
      consumed.push({ program: found[1], depth: stack.length, units: BigInt(found[2]) });
    else if ((found = /^Program data: (.*)$/.exec(line)))
      events.push({ program: stack.at(-1), parts: found[1].split(" ").map((part) => Buffer.from(part, "base64")) });
    else if (/^Program \S+ success$/.test(line)) stack.pop();
    else if ((found = /^Program (\S+) failed: /.exec(line))) {
      by ??= found[1];  // the innermost is the first to speak
      stack.pop();
    }
  }
  return { events, consumed, by };
}

// {ok, error, index, code, class, by, units, events, consumed, logs, returnData}:
//   error   null, or the runtime's name: "Custom", "PrivilegeEscalation", "SignatureFailure", ...
//   index   of the instruction that failed, or null
//   code    Custom's number; `class` its class's name
//   by      the program that failed first (innermost), or null
//   units   of the whole transaction
export function outcomeOf(result) {
  const failed = result instanceof FailedTransactionMetadata;
  const meta = failed ? result.meta() : result;
  const logs = meta.logs();
  const err = failed ? transactionError(result.err()) : null;
  const [index, inner] = err?.InstructionError ?? [null, err];
  const code = inner?.Custom ?? null;
  return { ok: !failed, error: code !== null ? "Custom" : inner === null || typeof inner === "string" ? inner : Object.keys(inner)[0],
    index, code, class: code === null ? null : className(code), ...readLogs(logs), logs,
    units: meta.computeUnitsConsumed(), returnData: Buffer.from(meta.returnData()?.data() ?? []) };
}

// One line for a failed assertion.
export function describe(outcome) {
  if (outcome.ok) return `it worked (${outcome.units} CU)`;
  const what = outcome.code === null ? outcome.error : `Custom(${outcome.code})${outcome.class ? ` ${outcome.class}` : ""}`;
  return `${what} at instruction ${outcome.index}, by ${outcome.by}\n  ${outcome.logs.join("\n  ")}`;
}
