// swarm_describe PROGRAM: prints a program's schema (programs/abi) as one JSON document, from which
// generate.py makes IDLs, the TypeScript client and the reference page. Not itself a format for
// others.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "abi/anchor.h"
#include "abi/hook.h"
#include "abi/program.h"

namespace {

using namespace swarm;

const char* name_of(Type type) {
  switch (type) {
    case Type::U8:
      return "u8";
    case Type::U16:
      return "u16";
    case Type::U32:
      return "u32";
    case Type::U64:
      return "u64";
    case Type::U128:
      return "u128";
    case Type::Key:
      return "key";
    case Type::RoleRules:
      return "RoleRules";
    case Type::RootRecord:
      return "RootRecord";
    case Type::Seat:
      return "Seat";
    case Type::Rest:
      return "rest";
  }
  return "?";
}

const char* name_of(Trailing trailing) {
  switch (trailing) {
    case Trailing::None:
      return "none";
    case Trailing::SetSigners:
      return "set_signers";
    case Trailing::HookAccounts:
      return "hook_accounts";
  }
  return "?";
}

// No text of the schema needs more than this; a test parses what comes out.
std::string quoted(const char* text) {
  std::string made = "\"";
  for (const char* c = text; *c != '\0'; ++c) {
    if (*c == '"' || *c == '\\') made += '\\';
    made += *c;
  }
  return made + "\"";
}

template <class Rows, class F>
std::string list(const Rows& rows, F row) {
  std::string made;
  for (const auto& each : rows) {
    if (!made.empty()) made += ",\n";
    made += row(each);
  }
  return "[" + made + "]";
}

std::string fields(std::span<const Field> rows) {
  return list(rows, [](const Field& field) {
    return fmt::format(R"({{"name":{},"type":"{}","offset":{},"count":{}}})", quoted(field.name),
                       name_of(field.type), field.offset, field.count);
  });
}

std::string arguments(std::span<const Argument> rows) {
  return list(rows, [](const Argument& argument) {
    return fmt::format(R"({{"name":{},"type":"{}"}})", quoted(argument.name),
                       name_of(argument.type));
  });
}

std::string instructions(std::span<const InstructionSchema> rows) {
  return list(rows, [](const InstructionSchema& row) {
    return fmt::format(
        R"({{"name":{},"tag":{},"doc":{},"trailing":"{}","arguments":{},"accounts":{}}})",
        quoted(row.name), row.tag, quoted(row.doc), name_of(row.trailing), arguments(row.arguments),
        list(row.slots, [](const Slot& slot) {
          return fmt::format(R"({{"name":{},"signer":{},"writable":{}}})", quoted(slot.name),
                             (slot.flags & kSigner) != 0, (slot.flags & kWritable) != 0);
        }));
  });
}

struct TypeSchema {
  const char* name;
  std::span<const Field> fields;
};

struct Program {
  const char* name;
  const char* about;
  std::span<const AccountSchema> accounts;
  std::span<const TypeSchema> types;
  std::span<const InstructionSchema> instructions;
  std::span<const PayloadSchema> payloads;
  std::span<const EventSchema> events;
  std::span<const ErrorSchema> errors;
};

constexpr TypeSchema kTypes[] = {
    {"RoleRules", kRoleRulesFields}, {"RootRecord", kRootRecordFields}, {"Seat", kSeatFields}};
constexpr Program kPrograms[] = {
    {"swarm_core", "Swarm: staking, rewards and their administration", kAccounts, kTypes,
     kInstructions, kPayloads, kEvents, kErrors},
    {"swarm_anchor",
     "Swarm: checkpoints of append-only logs",
     anchor::kAccounts,
     {},
     anchor::kInstructions,
     {},
     anchor::kEvents,
     anchor::kErrors},
    {"swarm_hook",
     "Swarm: a transfer hook with a cap and with respect for freezes",
     hook::kAccounts,
     {},
     hook::kInstructions,
     {},
     hook::kEvents,
     hook::kErrors},
};

void print(const Program& program) {
  fmt::print("{{\"name\":{},\"about\":{},\n", quoted(program.name), quoted(program.about));
  fmt::print("\"accounts\":{},\n", list(program.accounts, [](const AccountSchema& row) {
               return fmt::format(
                   R"({{"name":{},"tag":{},"version":{},"size":{},"seeds":{},"fields":{}}})",
                   quoted(row.name), row.tag, row.version, row.size, quoted(row.seeds),
                   fields(row.fields));
             }));
  fmt::print("\"types\":{},\n", list(program.types, [](const TypeSchema& row) {
               return fmt::format(R"({{"name":{},"fields":{}}})", quoted(row.name),
                                  fields(row.fields));
             }));
  fmt::print("\"instructions\":{},\n", instructions(program.instructions));
  fmt::print("\"payloads\":{},\n", list(program.payloads, [](const PayloadSchema& row) {
               return fmt::format(R"({{"name":{},"kind":{},"arguments":{}}})", quoted(row.name),
                                  row.kind, arguments(row.arguments));
             }));
  fmt::print("\"events\":{},\n", list(program.events, [](const EventSchema& row) {
               return fmt::format(R"({{"name":{},"tag":{},"size":{},"fields":{}}})",
                                  quoted(row.name), row.tag, row.size, fields(row.fields));
             }));
  fmt::print("\"errors\":{}}}\n", list(program.errors, [](const ErrorSchema& row) {
               return fmt::format(R"({{"name":{},"number":{},"text":{}}})", quoted(row.name),
                                  row.number, quoted(row.text));
             }));
}

}  // namespace

int main(int argc, char** argv) {
  for (const Program& program : kPrograms) {
    if (argc != 2 || std::string_view(argv[1]) != program.name) continue;
    print(program);
    return 0;
  }
  std::string names;
  for (const Program& program : kPrograms) names += fmt::format(" {}", program.name);
  fmt::print(stderr, "usage: swarm_describe PROGRAM, one of:{}\n", names);
  return 2;
}
