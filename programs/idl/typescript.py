"""The schema as a TypeScript client over @solana/kit's types: instructions, accounts, events, errors."""
from codama import camel

TYPES = {"u8": "number", "u16": "number", "u32": "number", "u64": "bigint", "u128": "bigint",
         "key": "Address", "rest": "Uint8Array"}

HEAD = '''// Generated from programs/abi by programs/idl/generate.py; don't edit.
//
// Instructions are made by name and handed to @solana/kit as they are; accounts and events are read from
// their bytes. A signer may be given as an address (it is then marked as signing) or as a kit signer.
import {
  type AccountMeta, type AccountSignerMeta, AccountRole, type Address, getAddressDecoder,
  getAddressEncoder, getProgramDerivedAddress, type Instruction, type TransactionSigner,
} from "@solana/kit";

type Party = Address | TransactionSigner;
type Meta = AccountMeta | AccountSignerMeta;

const toAddress = getAddressEncoder();
const fromAddress = getAddressDecoder();

function meta(party: Party, signer: boolean, writable: boolean): Meta {
  const role = signer
    ? writable ? AccountRole.WRITABLE_SIGNER : AccountRole.READONLY_SIGNER
    : writable ? AccountRole.WRITABLE : AccountRole.READONLY;
  if (typeof party === "string") return { address: party, role };
  return signer ? { address: party.address, role, signer: party } as AccountSignerMeta
    : { address: party.address, role };
}

class Writer {
  private readonly parts: Uint8Array[] = [];
  number(value: number | bigint, size: number): this {
    let rest = BigInt(value);
    if (rest < 0n || rest >> BigInt(8 * size) !== 0n) {
      throw new RangeError(`${value} does not fit ${8 * size} unsigned bits`);
    }
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; ++i, rest >>= 8n) bytes[i] = Number(rest & 255n);
    return this.raw(bytes);
  }
  key(value: Address): this { return this.raw(toAddress.encode(value)); }
  raw(bytes: ArrayLike<number>): this { this.parts.push(Uint8Array.from(bytes)); return this; }
  done(): Uint8Array {
    const all = new Uint8Array(this.parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.parts) { all.set(part, at); at += part.length; }
    return all;
  }
}

function integer(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size; i-- > 0;) value = value << 8n | BigInt(bytes[at + i]!);
  return value;
}
const small = (bytes: Uint8Array, at: number, size: number) => Number(integer(bytes, at, size));
const key = (bytes: Uint8Array, at: number): Address => fromAddress.decode(bytes.subarray(at, at + 32));
function expect(bytes: Uint8Array, what: string, size: number, head: readonly number[]): void {
  if (bytes.length !== size) throw new RangeError(`${what} has ${size} bytes, these are ${bytes.length}`);
  if (head.some((byte, i) => bytes[i] !== byte)) throw new TypeError(`these bytes are no ${what}`);
}
'''

SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "u128": 16, "key": 32, "RoleRules": 24, "RootRecord": 56,
         "Seat": 112}


def put(name, kind):
    if kind == "rest":
        return f".raw({name})"
    if kind == "key":
        return f".key({name})"
    if kind == "RoleRules":
        return f".raw(encodeRoleRules({name}))"
    return f".number({name}, {SIZES[kind]})"


def get(kind, at):
    if kind == "key":
        return f"key(bytes, {at})"
    if kind in ("u64", "u128"):
        return f"integer(bytes, {at}, {SIZES[kind]})"
    if kind in ("u8", "u16", "u32"):
        return f"small(bytes, {at}, {SIZES[kind]})"
    return f"decode{kind}(bytes.subarray({at}, {at} + {SIZES[kind]}))"


def hidden(row):
    return row["name"].startswith("pad")


def shape(row):
    lines = [f"export interface {row['name']} {{"]
    for each in row["fields"]:
        if hidden(each):
            continue
        kind = TYPES.get(each["type"], each["type"])
        lines.append(f"  {camel(each['name'])}: {kind}{'[]' if each['count'] > 1 else ''};")
    return lines + ["}"]


def decoded(row):
    lines = []
    for each in row["fields"]:
        if hidden(each):
            continue
        if each["count"] > 1:
            element = get(each["type"], f"{each['offset']} + {SIZES[each['type']]} * i")
            value = f"Array.from({{ length: {each['count']} }}, (_, i) => {element})"
        else:
            value = get(each["type"], each["offset"])
        lines.append(f"    {camel(each['name'])}: {value},")
    return lines


def type_code(row):
    size = SIZES[row["name"]]
    lines = shape(row)
    lines += [f"export function decode{row['name']}(bytes: Uint8Array): {row['name']} {{",
              f"  expect(bytes, \"{row['name']}\", {size}, []);", "  return {", *decoded(row), "  };", "}"]
    if row["name"] == "RoleRules":
        puts = "".join(put(f"value.{camel(each['name'])}", each["type"]) for each in row["fields"])
        lines += ["export function encodeRoleRules(value: RoleRules): Uint8Array {",
                  f"  return new Writer(){puts}.done();", "}"]
    return lines


def account_code(row):
    lines = shape(row)
    lines += [f"export function decode{row['name']}(bytes: Uint8Array): {row['name']} {{",
              f"  expect(bytes, \"{row['name']}\", {row['size']}, [{row['tag']}, {row['version']}]);",
              "  return {", *decoded(row), "  };", "}"]
    fields = {each["name"]: each["type"] for each in row["fields"]}
    seeds, parameters = [], []
    for text in row["seeds"].split(", "):
        if text.startswith('"'):
            seeds.append(text)
        else:
            parameters.append(f"{camel(text)}: {TYPES[fields[text]]}")
            seeds.append(f"new Writer(){put(camel(text), fields[text])}.done()")
    arguments = ", ".join(["program: Address", *parameters])
    lines += [f"export async function find{row['name']}({arguments}): Promise<Address> {{",
              f"  return (await getProgramDerivedAddress({{ programAddress: program, seeds: [{', '.join(seeds)}] }}))[0];",
              "}"]
    return lines


def event_code(row):
    named = dict(row, name=row["name"] + "Event")
    return shape(named) + [
        f"export function decode{named['name']}(bytes: Uint8Array): {named['name']} {{",
        f"  expect(bytes, \"{named['name']}\", {row['size']}, [{row['tag']}]);", "  return {",
        *decoded(row), "  };", "}"]


def instruction_code(row):
    name = camel(row["name"])
    title = name[:1].upper() + name[1:]
    lines = [f"export interface {title}Accounts {{"]
    for each in row["accounts"]:
        lines.append(f"  {camel(each['name'])}: {'Party' if each['signer'] else 'Address'};")
    lines.append("}")
    if row["arguments"]:
        lines.append(f"export interface {title}Arguments {{")
        lines += [f"  {camel(each['name'])}: {TYPES[each['type']]};" for each in row["arguments"]]
        lines.append("}")
    parameters = ["program: Address", f"accounts: {title}Accounts"]
    if row["arguments"]:
        parameters.append(f"args: {title}Arguments")
    trailing = {"none": None, "set_signers": ("signers", "Party[]", "true"),
                "hook_accounts": ("hookAccounts", "Meta[]", None)}[row["trailing"]]
    if trailing:
        parameters.append(f"{trailing[0]}: {trailing[1]}{' = []' if trailing[2] is None else ''}")
    lines.append(f"/** {row['doc']} */")
    lines.append(f"export function {name}({', '.join(parameters)}): Instruction {{")
    lines += ["  return {", "    programAddress: program,", "    accounts: ["]
    for each in row["accounts"]:
        lines.append(f"      meta(accounts.{camel(each['name'])}, {str(each['signer']).lower()}, "
                     f"{str(each['writable']).lower()}),")
    if trailing and trailing[2]:
        lines.append("      ...signers.map((signer) => meta(signer, true, false)),")
    elif trailing:
        lines.append("      ...hookAccounts,")
    lines.append("    ],")
    puts = "".join(put(f"args.{camel(each['name'])}", each["type"]) for each in row["arguments"])
    lines += [f"    data: new Writer().number({row['tag']}, 1){puts}.done(),", "  };", "}"]
    return lines


def payload_code(row):
    name = camel(row["name"]) + "Payload"
    rest = [each for each in row["arguments"] if each["name"] != "kind"]
    parameters = ", ".join(f"{camel(each['name'])}: {TYPES.get(each['type'], each['type'])}" for each in rest)
    puts = "".join(put(camel(each["name"]), each["type"]) for each in rest)
    return [f"/** What an op of kind {row['kind']} announces by its SHA-256 and executes. */",
            f"export function {name}({parameters}): Uint8Array {{",
            f"  return new Writer().number({row['kind']}, 1){puts}.done();", "}"]


def client(schema):
    parts = [HEAD.rstrip("\n")]
    for title, rows, code in (
            ("Types", schema["types"], type_code), ("Accounts", schema["accounts"], account_code),
            ("Events", schema["events"], event_code),
            ("Instructions", schema["instructions"], instruction_code),
            ("Payloads of ops", schema["payloads"], payload_code)):
        if not rows:
            continue
        parts.append(f"// ---- {title}")
        parts += ["\n".join(code(row)) for row in rows]
    errors = ["export const ERRORS: Readonly<Record<number, readonly [name: string, text: string]>> = {"]
    errors += [f"  {row['number']}: [\"{row['name']}\", \"{row['text']}\"]," for row in schema["errors"]]
    parts += ["// ---- Errors", "\n".join(errors + ["};"])]
    return "\n\n".join(parts) + "\n"
