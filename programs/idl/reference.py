"""The schema for people: docs/reference/swarm-core.md and its siblings."""

HEAD = """# {name}: what it takes, keeps and answers

Generated from `programs/abi` by `programs/idl/generate.py`; a test keeps it current. Integers are little
endian; {units}. The same in machine form:
`idl/{name}.anchor.json`, `idl/{name}.codama.json`; as a client: `programs/vm/client/{name}.ts`.

## Instructions
The first byte is the tag, the arguments follow without padding, and nothing may follow them. Accounts come in
this order; *w* is writable, *s* signs.{signatures}
"""
UNITS = {"swarm_core": "amounts are token units, times are seconds since 1970, a lock is seconds"}
SIGNATURES = """ Instructions of a key set end with `mask` and `valid_until_slot`: bit *i*
of the mask stands for key *i* of the set, and the signers follow the named accounts in the order of the bits."""


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def instruction(row):
    def flags(each):
        return ("*s*" if each["signer"] else "") + ("*w*" if each["writable"] else "")

    accounts = ", ".join((each["name"] + " " + flags(each)).strip() for each in row["accounts"])
    arguments = ", ".join(f"{each['name']} {each['type']}" for each in row["arguments"]) or "none"
    more = {"none": "", "set_signers": "; then the signers", "hook_accounts": "; then the hook's"}[row["trailing"]]
    return (f"### {row['tag']} {row['name']}\n{row['doc']}\n\n- Arguments: {arguments}.\n"
            f"- Accounts: {accounts}{more}.\n")


def fields(rows):
    return table(["offset", "field", "type"],
                 [[each["offset"], f"`{each['name']}`",
                   each["type"] + (f" x {each['count']}" if each["count"] > 1 else "")] for each in rows])


def page(schema):
    signed = any(row["trailing"] == "set_signers" for row in schema["instructions"])
    parts = [HEAD.format(name=schema["name"], units=UNITS.get(schema["name"], "times are seconds since 1970"), signatures=SIGNATURES if signed else "")]
    parts += [instruction(row) for row in schema["instructions"]]
    if schema["payloads"]:
        parts.append("## Payloads of ops\n")
        parts.append(table(["kind", "name", "bytes"],
                           [[row["kind"], row["name"],
                             ", ".join(f"{each['name']} {each['type']}" for each in row["arguments"])]
                            for row in schema["payloads"]]) + "\n")
    parts.append("## Accounts\n")
    for row in schema["accounts"]:
        parts.append(f"### {row['name']}\nTag {row['tag']}, version {row['version']}, {row['size']} bytes, "
                     f"seeds {row['seeds']}.\n\n{fields(row['fields'])}\n")
    if schema["types"]:
        parts.append("## Types\n")
    parts += [f"### {row['name']}\n\n{fields(row['fields'])}\n" for row in schema["types"]]
    parts.append("## Events\n`Program data:` lines."
                 + (" `kind` is the role, source, purse, mask or op kind." if schema["payloads"] else "") + "\n")
    parts.append(table(["tag", "name", "bytes", "numbers"],
                       [[row["tag"], row["name"], row["size"],
                         ", ".join(each["name"] for each in row["fields"][6:]) or "none"]
                        for row in schema["events"]]) + "\n")
    parts.append("## Errors\nClass x 100 + n, for ever; numbers with n < 20 are the generic checks of `sol/error.h`.\n")
    parts.append(table(["number", "name", "what it means"],
                       [[row["number"], row["name"], row["text"]] for row in schema["errors"]]) + "\n")
    return "\n".join(parts)
