#include "chain/check_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "abi/anchor.h"
#include "abi/program.h"
#include "chain/programs.h"
#include "chain/swarm.h"
#include "chain/swarm_text.h"

namespace wardhive::chain {
namespace {

constexpr Pubkey kStake = pubkey_constant("Stake11111111111111111111111111111111111111");
constexpr Pubkey kMemo = pubkey_constant("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

// One instruction of one length. In its words {aN} is the N-th account, {qN}, {dN}, {bN} and {kN}
// the number of 8, 4 or 1 bytes or the key at byte N.
struct Shape {
  std::uint32_t tag;
  std::size_t size;
  std::size_t accounts;  // it needs at least
  std::string_view words;
  Power power = Power::None;
  std::size_t seed_at = 0;  // where the length of a text stands that comes on top of `size`
};
struct Decoder {
  Pubkey program;
  std::string_view name;
  std::size_t tag_bytes;
  std::span<const Shape> shapes;
};

constexpr Shape kSystemShapes[] = {
    {0, 52, 2,
     "makes the account {a1} of {q12} bytes for the program {k20}; {a0} puts {q4} lamports in"},
    {1, 36, 1, "gives the account {a0} to the program {k4}", Power::Authority},
    {2, 12, 2, "sends {q4} lamports from {a0} to {a1}"},
    {3, 92, 2, "makes the account {a1} from a seed of {k4}; {a0} pays", Power::None, 36},
    {4, 4, 3, "uses the durable nonce {a0}: what is signed now can be sent at any later time",
     Power::Nonce},
    {5, 12, 5, "takes {q4} lamports out of the durable nonce {a0} to {a1}", Power::Nonce},
    {6, 36, 3, "makes {a0} a durable nonce of {k4}", Power::Nonce},
    {7, 36, 2, "gives the durable nonce {a0} to {k4}", Power::Authority},
    {8, 12, 1, "sets {q4} bytes aside for the account {a0}"},
    {9, 84, 2, "sets bytes aside for the account {a0}, made from a seed of {k4}", Power::None, 36},
    {10, 76, 2, "gives the account {a0}, made from a seed of {k4}, to a program", Power::Authority,
     36},
    {11, 52, 3, "sends {q4} lamports from {a0}, made from a seed of {a1}, to {a2}", Power::None,
     12},
    {12, 4, 1, "renews the durable nonce {a0}", Power::Nonce},
};
constexpr Shape kBudgetShapes[] = {
    {1, 5, 0, "asks for {d1} bytes of heap"},
    {2, 5, 0, "asks for at most {d1} compute units"},
    {3, 9, 0, "offers {q1} micro-lamports for each compute unit"},
    {4, 5, 0, "asks for at most {d1} bytes of accounts"},
};
constexpr Shape kTokenShapes[] = {
    {0, 35, 2, "makes {a0} a mint of {k2}, which nobody can freeze"},
    {0, 67, 2, "makes {a0} a mint of {k2}, which {k35} can freeze"},
    {1, 1, 4, "makes {a0} a token account of {a2} for the mint {a1}"},
    {2, 2, 3, "makes {a0} a multisig of {b1} signatures"},
    {3, 9, 3, "sends {q1} token units from {a0} to {a1}"},
    {4, 9, 3, "lets {a1} take up to {q1} token units from {a0} at any time", Power::Authority},
    {5, 1, 2, "takes back what somebody may take from {a0}"},
    {6, 3, 2, "leaves nobody power {b1} over {a0} (0 mint, 1 freeze, 2 owner, 3 close)",
     Power::Authority},
    {6, 35, 2, "gives power {b1} over {a0} to {k3} (0 mint, 1 freeze, 2 owner, 3 close)",
     Power::Authority},
    {7, 9, 3, "makes {q1} new units of the mint {a0} in {a1}"},
    {8, 9, 3, "destroys {q1} token units of {a0}"},
    {9, 1, 3, "closes {a0}; its lamports go to {a1}"},
    {10, 1, 3, "freezes {a0}", Power::Authority},
    {11, 1, 3, "thaws {a0}", Power::Authority},
    {12, 10, 4, "sends {q1} units of the mint {a1} from {a0} to {a2}"},
    {13, 10, 4, "lets {a2} take up to {q1} units of the mint {a1} from {a0} at any time",
     Power::Authority},
    {14, 10, 3, "makes {q1} new units of the mint {a0} in {a1}"},
    {15, 10, 3, "destroys {q1} token units of {a0}"},
    {16, 33, 3, "makes {a0} a token account of {k1} for the mint {a1}"},
    {17, 1, 1, "counts the lamports in {a0} as wrapped SOL"},
    {18, 33, 2, "makes {a0} a token account of {k1} for the mint {a1}"},
    {19, 2, 2, "makes {a0} a multisig of {b1} signatures"},
    {20, 35, 1, "makes {a0} a mint of {k2}, which nobody can freeze"},
    {20, 67, 1, "makes {a0} a mint of {k2}, which {k35} can freeze"},
    {22, 1, 1, "fixes the owner of {a0} for ever"},
};
constexpr Shape kAssociatedShapes[] = {
    {0, 0, 6, "makes {a1}, the token account of {a2} for the mint {a3}; {a0} pays"},
    {0, 1, 6, "makes {a1}, the token account of {a2} for the mint {a3}; {a0} pays"},
    {1, 1, 6,
     "makes {a1}, the token account of {a2} for the mint {a3}, if it is not there; {a0} pays"},
};
constexpr Shape kStakeShapes[] = {
    {0, 116, 2, "makes {a0} a stake account: {k4} decides on the stake, {k36} may take it out"},
    {1, 40, 3, "gives power {d36} over the stake account {a0} to {k4} (0 stake, 1 withdraw)",
     Power::Authority},
    {2, 4, 6, "delegates the stake account {a0} to the validator {a1}"},
    {3, 12, 3, "splits {q4} lamports of the stake account {a0} off into {a1}"},
    {4, 12, 5, "takes {q4} lamports out of the stake account {a0} to {a1}"},
    {5, 4, 3, "ends the delegation of the stake account {a0}"},
    {7, 4, 5, "merges the stake account {a1} into {a0}"},
    {9, 4, 4, "makes {a0} a stake account: {a2} decides on the stake, {a3} may take it out"},
    {10, 8, 4, "gives power {d4} over the stake account {a0} to {a3} (0 stake, 1 withdraw)",
     Power::Authority},
    {16, 12, 3, "moves {q4} lamports of stake from {a0} to {a1}"},
    {17, 12, 3, "moves {q4} lamports from the stake account {a0} to {a1}"},
};
constexpr Shape kLoaderShapes[] = {
    {0, 4, 1, "makes {a0} a buffer for program code"},
    {1, 16, 2, "writes program code into the buffer {a0} from byte {d4}", Power::None, 8},
    {2, 12, 8, "makes the program {a2} from the code in {a3}", Power::Upgrade},
    {3, 4, 7, "replaces the code of the program {a1} by what {a2} holds", Power::Upgrade},
    {4, 4, 2, "changes who may change the code of {a0}", Power::Authority},
    {5, 4, 2, "closes {a0}; its lamports go to {a1}", Power::Upgrade},
    {6, 8, 2, "makes room for {d4} more bytes of code in {a0}", Power::Upgrade},
    {7, 4, 3, "gives the power to change the code of {a0} to {a2}", Power::Authority},
};
constexpr Decoder kDecoders[] = {
    {programs::kSystem, "System", 4, kSystemShapes},
    {programs::kComputeBudget, "compute budget", 1, kBudgetShapes},
    {programs::kToken, "Token", 1, kTokenShapes},
    {programs::kToken2022, "Token-2022", 1, kTokenShapes},
    {programs::kAssociatedToken, "associated token", 1, kAssociatedShapes},
    {kStake, "Stake", 4, kStakeShapes},
    {programs::kUpgradeableLoader, "upgradeable loader", 4, kLoaderShapes},
};

template <class T>
T number_at(std::span<const std::uint8_t> data, std::size_t at) {
  T value{};
  std::memcpy(&value, data.data() + at, sizeof value);  // within `size`, by the tables (tested)
  return value;
}

std::string filled(char kind, std::size_t at, const InstructionView& in) {
  switch (kind) {
    case 'a':
      return in.accounts[at].text();
    case 'q':
      return std::to_string(number_at<std::uint64_t>(in.data, at));
    case 'd':
      return std::to_string(number_at<std::uint32_t>(in.data, at));
    case 'b':
      return std::to_string(in.data[at]);
    default:
      return base58_encode(in.data.subspan(at, 32));
  }
}

std::string words_of(std::string_view words, const InstructionView& in) {
  std::string text;
  while (!words.empty()) {
    const auto open = std::min(words.find('{'), words.size());
    text += words.substr(0, open);
    words.remove_prefix(open);
    if (words.empty()) break;
    const auto close = words.find('}');
    std::size_t at = 0;
    for (const char digit : words.substr(2, close - 2))
      at = 10 * at + static_cast<std::size_t>(digit - '0');
    text += filled(words[1], at, in);
    words.remove_prefix(close + 1);
  }
  return text;
}

// An option's tag is 0 or 1 and says how much follows; anything else is another instruction.
bool option_fits(const Decoder& decoder, const Shape& shape, std::span<const std::uint8_t> data) {
  if (decoder.shapes.data() != kTokenShapes) return true;
  if (shape.tag == 6) return data[2] == (shape.size == 35 ? 1 : 0);
  if (shape.tag == 0 || shape.tag == 20) return data[34] == (shape.size == 67 ? 1 : 0);
  return true;
}

bool fits(const Decoder& decoder, const Shape& shape, const InstructionView& in) {
  if (in.accounts.size() < shape.accounts) return false;
  if (shape.seed_at == 0) return in.data.size() == shape.size;
  if (in.data.size() < shape.size) return false;
  return number_at<std::uint64_t>(in.data, shape.seed_at) == in.data.size() - shape.size &&
         decoder.tag_bytes == 4;
}

std::uint32_t tag_of(const Decoder& decoder, std::span<const std::uint8_t> data) {
  if (data.empty()) return 0;  // only the associated token program means something by that
  return decoder.tag_bytes == 1 ? data[0] : number_at<std::uint32_t>(data, 0);
}

Explained unreadable(std::string program, std::span<const std::uint8_t> data) {
  return {.program = std::move(program),
          .says = fmt::format("cannot be read here ({} bytes): nobody can say from it what it does",
                              data.size())};
}

Explained by_table(const Decoder& decoder, const InstructionView& in) {
  const std::string name(decoder.name);
  if (!in.data.empty() && in.data.size() < decoder.tag_bytes) return unreadable(name, in.data);
  if (in.data.empty() && decoder.shapes.data() != kAssociatedShapes)
    return unreadable(name, in.data);
  const auto tag = tag_of(decoder, in.data);
  for (const auto& shape : decoder.shapes)
    if (shape.tag == tag && fits(decoder, shape, in) && option_fits(decoder, shape, in.data))
      return {name, words_of(shape.words, in), true, shape.power};
  return unreadable(name, in.data);
}

std::string argument_text(const swarm::Argument& argument, std::span<const std::uint8_t> data) {
  const auto size =
      argument.type == swarm::Type::Rest ? data.size() : argument_width(argument.type);
  const swarm::Field field{argument.name, argument.type, 0, static_cast<std::uint16_t>(size), 1};
  return fmt::format("{} {}", argument.name, field_text(field, data));
}

// Who decides is what these change, at once or after a delay.
bool changes_who_decides(std::string_view name) {
  return name == "init" || name == "init_set" || name == "seal" || name == "queue_op" ||
         name == "cancel_op" || name == "execute_op";
}

Explained by_schema(std::string_view program, std::span<const swarm::InstructionSchema> schemas,
                    const InstructionView& in) {
  const std::string name(program);
  if (in.data.empty()) return unreadable(name, in.data);
  for (const auto& schema : schemas) {
    if (schema.tag != in.data[0]) continue;
    if (in.accounts.size() < schema.slots.size()) break;
    auto rest = in.data.subspan(1);
    std::string arguments;
    bool whole = true;
    for (const auto& argument : schema.arguments) {
      const auto size =
          argument.type == swarm::Type::Rest ? rest.size() : argument_width(argument.type);
      whole = whole && size <= rest.size();
      if (!whole) break;
      arguments += "; " + argument_text(argument, rest.first(size));
      rest = rest.subspan(size);
    }
    if (!whole || !rest.empty()) break;
    std::string accounts;
    for (std::size_t i = 0; i < schema.slots.size(); ++i)
      if ((schema.slots[i].flags & swarm::kWritable) != 0)
        accounts += fmt::format("; {} {}", schema.slots[i].name, in.accounts[i].text());
    return {name, fmt::format("{}: {}{}{}", schema.name, schema.doc, arguments, accounts), true,
            program == "swarm_core" && changes_who_decides(schema.name) ? Power::Authority
                                                                        : Power::None};
  }
  return unreadable(name, in.data);
}

}  // namespace

Explained explain(const InstructionView& in, const OurPrograms& ours) {
  for (const auto& decoder : kDecoders)
    if (decoder.program == in.program) return by_table(decoder, in);
  if (in.program == kMemo)
    return {"memo", fmt::format("leaves a note of {} bytes", in.data.size()), true, Power::None};
  if (in.program == ours.swarm_core && in.program != Pubkey{})
    return by_schema("swarm_core", swarm::kInstructions, in);
  if (in.program == ours.swarm_anchor && in.program != Pubkey{})
    return by_schema("swarm_anchor", swarm::anchor::kInstructions, in);
  return unreadable(in.program.text(), in.data);
}

}  // namespace wardhive::chain
