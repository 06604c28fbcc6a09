"""The schema as a Codama IDL (https://github.com/codama-idl/codama): a rootNode."""
NUMBERS = ("u8", "u16", "u32", "u64", "u128")


def camel(name):
    head, *rest = name.split("_")
    return head[:1].lower() + head[1:] + "".join(part[:1].upper() + part[1:] for part in rest)


def type_of(name):
    if name in NUMBERS:
        return {"kind": "numberTypeNode", "format": name, "endian": "le"}
    if name == "key":
        return {"kind": "publicKeyTypeNode"}
    if name == "rest":
        return {"kind": "bytesTypeNode"}  # without a size: up to the end
    return {"kind": "definedTypeLinkNode", "name": camel(name)}


def field(row):
    kind = type_of(row["type"])
    if row["count"] > 1:
        kind = {"kind": "arrayTypeNode", "item": kind,
                "count": {"kind": "fixedCountNode", "value": row["count"]}}
    return {"kind": "structFieldTypeNode", "name": camel(row["name"]), "docs": [], "type": kind}


def struct(row):
    return {"kind": "structTypeNode", "fields": [field(each) for each in row["fields"]]}


def starts_with(data):
    return {"kind": "constantDiscriminatorNode", "offset": 0, "constant": {
        "kind": "constantValueNode", "type": {"kind": "bytesTypeNode"},
        "value": {"kind": "bytesValueNode", "data": bytes(data).hex(), "encoding": "base16"}}}


def pda(row):
    fields = {each["name"]: each["type"] for each in row["fields"]}

    def seed(text):
        if text.startswith('"'):
            return {"kind": "constantPdaSeedNode",
                    "type": {"kind": "stringTypeNode", "encoding": "utf8"},
                    "value": {"kind": "stringValueNode", "string": text.strip('"')}}
        return {"kind": "variablePdaSeedNode", "name": camel(text), "docs": [],
                "type": type_of(fields[text])}

    return {"kind": "pdaNode", "name": camel(row["name"]), "docs": [],
            "seeds": [seed(text) for text in row["seeds"].split(", ")]}


def account(row):
    return {"kind": "accountNode", "name": camel(row["name"]), "size": row["size"], "docs": [],
            "data": struct(row), "pda": {"kind": "pdaLinkNode", "name": camel(row["name"])},
            "discriminators": [starts_with([row["tag"], row["version"]])]}


def instruction(row):
    tag = {"kind": "instructionArgumentNode", "name": "tag", "docs": [], "type": type_of("u8"),
           "defaultValue": {"kind": "numberValueNode", "number": row["tag"]},
           "defaultValueStrategy": "omitted"}
    made = {
        "kind": "instructionNode", "name": camel(row["name"]), "docs": [row["doc"]],
        "optionalAccountStrategy": "programId",
        "accounts": [{"kind": "instructionAccountNode", "name": camel(each["name"]),
                      "isWritable": each["writable"], "isSigner": each["signer"],
                      "isOptional": False, "docs": []} for each in row["accounts"]],
        "arguments": [tag] + [{"kind": "instructionArgumentNode", "name": camel(each["name"]),
                               "docs": [], "type": type_of(each["type"])}
                              for each in row["arguments"]],
        "discriminators": [{"kind": "fieldDiscriminatorNode", "name": "tag", "offset": 0}],
    }
    if row["trailing"] != "none":
        signs = row["trailing"] == "set_signers"
        made["remainingAccounts"] = [{
            "kind": "instructionRemainingAccountsNode", "isOptional": not signs, "isSigner": signs,
            "docs": [], "value": {"kind": "argumentValueNode",
                                  "name": "signers" if signs else "hookAccounts"}}]
    return made


def idl(schema):
    program = {
        "kind": "programNode", "name": camel(schema["name"]), "version": "0.1.0",
        "publicKey": "11111111111111111111111111111111",
        "docs": [schema["about"]],
        "accounts": [account(row) for row in schema["accounts"]],
        "instructions": [instruction(row) for row in schema["instructions"]],
        "definedTypes": [{"kind": "definedTypeNode", "name": camel(row["name"]), "docs": [],
                          "type": struct(row)} for row in schema["types"]]
        + [{"kind": "definedTypeNode", "name": camel(row["name"]) + "Event", "docs": [],
            "type": struct(row)} for row in schema["events"]],
        "pdas": [pda(row) for row in schema["accounts"]],
        "errors": [{"kind": "errorNode", "name": camel(row["name"]), "code": row["number"],
                    "message": row["text"], "docs": []} for row in schema["errors"]],
    }
    return {"kind": "rootNode", "standard": "codama", "version": "1.0.0", "program": program,
            "additionalPrograms": []}
