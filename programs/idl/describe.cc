// Prints the program's schema (programs/abi) as one JSON document, from which generate.py makes
// IDLs, the TypeScript client and the reference page. Not itself a format for others.
#include <fmt/format.h>

#include <string>

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

std::string instructions() {
  return list(kInstructions, [](const InstructionSchema& row) {
    return fmt::format(
        R"({{"name":{},"tag":{},"doc":{},"trailing":"{}","arguments":{},"accounts":{}}})",
        quoted(row.name), row.tag, quoted(row.doc), name_of(row.trailing), arguments(row.arguments),
        list(row.slots, [](const Slot& slot) {
          return fmt::format(R"({{"name":{},"signer":{},"writable":{}}})", quoted(slot.name),
                             (slot.flags & kSigner) != 0, (slot.flags & kWritable) != 0);
        }));
  });
}

}  // namespace

int main() {
  fmt::print("{{\"accounts\":{},\n", list(kAccounts, [](const AccountSchema& row) {
               return fmt::format(
                   R"({{"name":{},"tag":{},"version":{},"size":{},"seeds":{},"fields":{}}})",
                   quoted(row.name), row.tag, row.version, row.size, quoted(row.seeds),
                   fields(row.fields));
             }));
  fmt::print("\"types\":[{{\"name\":\"RoleRules\",\"fields\":{}}},\n", fields(kRoleRulesFields));
  fmt::print("{{\"name\":\"RootRecord\",\"fields\":{}}}],\n", fields(kRootRecordFields));
  fmt::print("\"instructions\":{},\n", instructions());
  fmt::print("\"payloads\":{},\n", list(kPayloads, [](const PayloadSchema& row) {
               return fmt::format(R"({{"name":{},"kind":{},"arguments":{}}})", quoted(row.name),
                                  row.kind, arguments(row.arguments));
             }));
  fmt::print("\"events\":{},\n", list(kEvents, [](const EventSchema& row) {
               return fmt::format(R"({{"name":{},"tag":{},"size":{},"fields":{}}})",
                                  quoted(row.name), row.tag, row.size, fields(row.fields));
             }));
  fmt::print("\"errors\":{}}}\n", list(kErrors, [](const ErrorSchema& row) {
               return fmt::format(R"({{"name":{},"number":{},"text":{}}})", quoted(row.name),
                                  row.number, quoted(row.text));
             }));
}
