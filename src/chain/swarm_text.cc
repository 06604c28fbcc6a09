#include "chain/swarm_text.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/bytes.h"

namespace wardhive::chain {
namespace {

constexpr std::size_t kHeadFields = 6;  // tag, version, pad, kind, seq, slot
constexpr std::string_view kInvoke = " invoke [", kData = "Program data: ";
constexpr std::size_t kDepthMax = 64;  // the runtime's own limit is far lower

template <class T>
T number_at(std::span<const std::uint8_t> data, std::size_t at) {
  T value;
  std::memcpy(&value, data.data() + at, sizeof value);
  return value;
}

std::string element_text(swarm::Type type, std::span<const std::uint8_t> bytes) {
  switch (type) {
    case swarm::Type::U8:
      return std::to_string(bytes[0]);
    case swarm::Type::U16:
      return std::to_string(number_at<std::uint16_t>(bytes, 0));
    case swarm::Type::U32:
      return std::to_string(number_at<std::uint32_t>(bytes, 0));
    case swarm::Type::U64:
      return std::to_string(number_at<std::uint64_t>(bytes, 0));
    case swarm::Type::Key:
      return base58_encode(bytes);
    default:
      return to_hex(bytes);
  }
}

// "Program KEY invoke [2]": the key, if the line begins or ends a program's part.
std::optional<std::string_view> program_of(std::string_view line) {
  if (!line.starts_with("Program ")) return std::nullopt;
  line.remove_prefix(8);
  return line.substr(0, line.find(' '));
}

}  // namespace

std::string field_text(const swarm::Field& field, std::span<const std::uint8_t> data) {
  const auto bytes = data.subspan(field.offset, field.size);
  const auto count = std::max<std::size_t>(field.count, 1);
  const auto width = bytes.size() / count;
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : ",") + element_text(field.type, bytes.subspan(i * width, width));
  return text;
}

std::optional<SwarmAccount> read_swarm_account(std::span<const std::uint8_t> data) {
  for (const auto& schema : swarm::kAccounts) {
    if (data.size() != schema.size || data[0] != schema.tag || data[1] != schema.version) continue;
    SwarmAccount account{.name = schema.name};
    for (const auto& field : schema.fields) account.fields[field.name] = field_text(field, data);
    return account;
  }
  return std::nullopt;
}

std::optional<SwarmEvent> read_swarm_event(std::span<const std::uint8_t> data) {
  for (const auto& schema : swarm::kEvents) {
    if (data.size() != schema.size || data[0] != schema.tag || data[1] != 1) continue;
    SwarmEvent event{.name = schema.name,
                     .seq = number_at<std::uint64_t>(data, 8),
                     .slot = number_at<std::uint64_t>(data, 16)};
    event.fields["kind"] = std::to_string(number_at<std::uint32_t>(data, 4));
    for (const auto& field : schema.fields.subspan(kHeadFields))
      event.fields[field.name] = field_text(field, data);
    return event;
  }
  return std::nullopt;
}

std::string SwarmEvent::sequence() const {
  // Positions and incidents are numbered apart.
  static constexpr std::array<std::string_view, 7> kOfPositions{
      "PositionOpened", "StakeAdded", "UnstakeRequested", "Withdrawn",
      "Refreshed",      "Claimed",    "WorkClaimed"};
  const auto id = fields.find("id");
  if (id == fields.end()) return std::string(name);
  const bool position = std::ranges::find(kOfPositions, name) != kOfPositions.end();
  return (position ? "position " : "incident ") + id->second;
}

ProgramLogs read_program_logs(std::span<const std::string> lines, const Pubkey& program) {
  ProgramLogs logs;
  const auto ours = program.text();
  std::vector<bool> stack;  // is it the program that runs at this depth
  for (const std::string_view line : lines) {
    if (line == "Log truncated") {
      logs.cut = true;
      break;
    }
    if (line.starts_with(kData)) {
      if (stack.empty() || !stack.back()) continue;
      const auto bytes = from_base64(line.substr(kData.size()));
      const auto event = bytes ? read_swarm_event(as_bytes(*bytes)) : std::nullopt;
      if (event)
        logs.events.push_back(*event);
      else
        ++logs.unknown;
      continue;
    }
    // What a program logs in words begins with "Program log:" and opens nothing.
    if (line.starts_with("Program log:") || line.starts_with("Program return:")) continue;
    const auto who = program_of(line);
    if (!who) continue;
    const auto what = line.substr(8 + who->size());
    if (what.starts_with(kInvoke) && stack.size() < kDepthMax)
      stack.push_back(*who == ours);
    else if ((what == " success" || what.starts_with(" failed")) && !stack.empty())
      stack.pop_back();
  }
  return logs;
}

}  // namespace wardhive::chain
