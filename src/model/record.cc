#include "model/record.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "model/journal.h"

namespace wardhive {
namespace {

constexpr std::array<std::string_view, 9> kKinds{"tick",    "event",          "finding",
                                                 "health",  "inventory",      "receipt",
                                                 "command", "config_changed", "clock_jumped"};
static_assert(kKinds.size() == std::variant_size_v<Record>);

template <std::size_t I = 0>
Result<Record> decode_as(std::size_t kind, const JsonValue& json) {
  if constexpr (I < std::variant_size_v<Record>) {
    if (kind != I) return decode_as<I + 1>(kind, json);
    auto noun = from_json<std::variant_alternative_t<I, Record>>(json);
    if (!noun) return std::unexpected(std::move(noun).error());
    return Record(std::in_place_index<I>, std::move(*noun));
  }
  return fail(ErrorCode::Internal, "record kind out of range");
}

}  // namespace

std::string_view record_kind(const Record& record) { return kKinds[record.index()]; }

std::string encode_record(const Record& record) {
  return std::visit([](const auto& noun) { return to_json(noun); }, record);
}

Result<Record> decode_record(std::string_view kind, std::string_view json) {
  if (json.size() > limits::kRecordBytesMax)
    return fail(ErrorCode::LimitReached,
                fmt::format("{} record has {} bytes; at most {} are taken", kind.substr(0, 32),
                            json.size(), limits::kRecordBytesMax));
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i] != kind) continue;
    WARDHIVE_ASSIGN(const auto document, JsonValue::parse(json));
    return decode_as(i, document);
  }
  return fail(ErrorCode::InvalidInput,
              fmt::format("\"{}\" is no kind of record", kind.substr(0, 32)));
}

std::string_view journal_kind(const JournalEntry& entry) {
  static constexpr std::array<std::string_view, 8> kinds{"score",      "incident", "decision",
                                                         "action",     "notice",   "command_result",
                                                         "settlement", "proposal"};
  static_assert(kinds.size() == std::variant_size_v<JournalEntry>);
  return kinds[entry.index()];
}

std::string encode_journal_entry(const JournalEntry& entry) {
  return std::visit([](const auto& noun) { return to_json(noun); }, entry);
}

}  // namespace wardhive
