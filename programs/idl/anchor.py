"""The schema as an Anchor 0.30 IDL (https://www.anchor-lang.com/docs/basics/idl).

Discriminators are the program's own: one byte for instructions, tag and version for accounts, one byte
for events. Anchor has no type for "the bytes up to the end": such an argument is left out and named in
the instruction's docs.
"""
PRIMITIVE = {"u8": "u8", "u16": "u16", "u32": "u32", "u64": "u64", "u128": "u128", "key": "pubkey"}
PROGRAMS = {
    "token_program": None,
    "system_program": "11111111111111111111111111111111",
}


def type_of(name):
    return PRIMITIVE[name] if name in PRIMITIVE else {"defined": {"name": name}}


def field(row):
    kind = type_of(row["type"])
    return {"name": row["name"], "type": {"array": [kind, row["count"]]} if row["count"] > 1 else kind}


def struct(row):
    return {"name": row["name"], "serialization": "bytemuck", "repr": {"kind": "c"},
            "type": {"kind": "struct", "fields": [field(each) for each in row["fields"]]}}


def account(row):
    made = {"name": row["name"]}
    if row["writable"]:
        made["writable"] = True
    if row["signer"]:
        made["signer"] = True
    if PROGRAMS.get(row["name"]):
        made["address"] = PROGRAMS[row["name"]]
    return made


def instruction(row):
    docs = [row["doc"]]
    docs += [f"Behind the named arguments: {each['name']}, raw bytes up to the end."
             for each in row["arguments"] if each["type"] == "rest"]
    if row["trailing"] == "set_signers":
        docs.append("Behind the named accounts: one signer for each bit of the mask, in order.")
    if row["trailing"] == "hook_accounts":
        docs.append("Behind the named accounts: what the mint's transfer hook needs, if it has one.")
    return {"name": row["name"], "docs": docs, "discriminator": [row["tag"]],
            "accounts": [account(each) for each in row["accounts"]],
            "args": [{"name": each["name"], "type": type_of(each["type"])}
                     for each in row["arguments"] if each["type"] != "rest"]}


def idl(schema):
    return {
        # Where it lives is decided when it is deployed.
        "address": "11111111111111111111111111111111",
        "metadata": {"name": schema["name"], "version": "0.1.0", "spec": "0.1.0",
                     "description": schema["about"]},
        "instructions": [instruction(row) for row in schema["instructions"]],
        "accounts": [{"name": row["name"], "discriminator": [row["tag"], row["version"]]}
                     for row in schema["accounts"]],
        "events": [{"name": row["name"], "discriminator": [row["tag"]]} for row in schema["events"]],
        "errors": [{"code": row["number"], "name": row["name"], "msg": row["text"]}
                   for row in schema["errors"]],
        "types": [struct(row) for row in schema["types"] + schema["accounts"] + schema["events"]],
    }
