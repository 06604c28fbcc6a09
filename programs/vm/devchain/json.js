// JSON with 64-bit integers: a u64 leaves as plain digits, as Solana's own servers write it.

// Like JSON.stringify for plain data, and a bigint becomes a number without quotes.
export function toJson(value) {
  switch (typeof value) {
    case "bigint": return value.toString();
    case "string": case "number": case "boolean": return JSON.stringify(value);
    case "object": break;
    default: return "null";
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${toJson(field)}`).join(",")}}`;
}
