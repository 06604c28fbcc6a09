// Filters of getProgramAccounts and programSubscribe: dataSize and memcmp.
import { getBase58Encoder } from "@solana/kit";
import { config, integer, list, wrong } from "./params.js";

const FILTERS_MAX = 4;
const MEMCMP_BYTES_MAX = 128;

function memcmp(given) {
  const { offset, bytes, encoding = "base58" } = config(given, "memcmp");
  if (typeof bytes !== "string" || bytes.length > 175) throw wrong("memcmp.bytes", bytes, `text of at most ${MEMCMP_BYTES_MAX} bytes`);
  let wanted;
  try {
    wanted = encoding === "base64" ? Buffer.from(bytes, "base64") : Buffer.from(getBase58Encoder().encode(bytes));
  } catch {
    throw wrong("memcmp.bytes", bytes, "base-58 text");
  }
  const at = integer(offset, "memcmp.offset");
  return ({ data }) => Buffer.compare(data.subarray(at, at + wanted.length), wanted) === 0;
}

// One predicate over accounts; throws -32602.
export function accountFilter(given) {
  if (given === undefined || given === null) return () => true;
  const tests = list(given, "filters", FILTERS_MAX).map((filter, index) => {
    config(filter, `filters[${index}]`);
    if ("dataSize" in (filter ?? {})) {
      const size = integer(filter.dataSize, "dataSize");
      return ({ data }) => data.length === size;
    }
    if ("memcmp" in (filter ?? {})) return memcmp(filter.memcmp);
    throw wrong(`filters[${index}]`, filter, "dataSize or memcmp");
  });
  return (account) => tests.every((test) => test(account));
}
