#include "engine/agent_protocol.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/limits.h"

namespace wardhive {
namespace {

// What happens on a machine. The rest is the controller's own sight, and a node that was taken over
// must not be able to invent it.
bool may_say(EventKind kind) {
  switch (kind) {
    case EventKind::AuthFailed:
    case EventKind::AuthSucceeded:
    case EventKind::AgentStarted:
    case EventKind::AgentStopping:
    case EventKind::ActuatorLost:
      return true;
    case EventKind::AuthorityChanged:
    case EventKind::ProgramEvent:
    case EventKind::ProgramEventGap:
    case EventKind::CredentialShared:
      return false;
  }
  return false;
}

Result<AgentMessage> decode_body(std::string_view kind, const JsonValue& body) {
  if (kind == "samples") {
    if (body.type() != JsonValue::Type::String)
      return fail(ErrorCode::InvalidInput, "samples: expected base64 text");
    const auto bytes = from_base64(body.as_string());
    if (!bytes) return fail(ErrorCode::InvalidInput, "samples are not base64");
    WARDHIVE_ASSIGN(auto batch, decode_samples(*bytes));
    return AgentMessage(std::move(batch));
  }
  if (kind == "event") {
    WARDHIVE_ASSIGN(auto event, from_json<Event>(body));
    if (!may_say(event.kind))
      return fail(ErrorCode::InvalidInput,
                  fmt::format("an event of kind \"{}\" is not an agent's to tell; expected "
                              "auth_failed, auth_succeeded, agent_started, agent_stopping or "
                              "actuator_lost",
                              name_of(event.kind)));
    return AgentMessage(std::move(event));
  }
  if (kind == "receipt") {
    WARDHIVE_ASSIGN(auto receipt, from_json<Receipt>(body));
    return AgentMessage(std::move(receipt));
  }
  return fail(ErrorCode::InvalidInput,
              fmt::format("kind \"{}\" is not for agents; expected event, receipt or samples",
                          kind.substr(0, 32)));
}

}  // namespace

std::string encode_message(std::uint64_t number, const AgentMessage& message) {
  if (const auto* batch = std::get_if<SampleBatch>(&message))
    return fmt::format(R"({{"n":{},"kind":"samples","body":"{}"}})", number,
                       to_base64(as_bytes(encode_samples(*batch))));
  const Record record = std::holds_alternative<Event>(message) ? Record(std::get<Event>(message))
                                                               : Record(std::get<Receipt>(message));
  return fmt::format(R"({{"n":{},"kind":"{}","body":{}}})", number, record_kind(record),
                     encode_record(record));
}

std::string encode_batch(std::string_view boot, const std::vector<std::string>& encoded_messages) {
  std::string body = "{\"boot\":";
  append_json_string(body, boot);
  body += ",\"records\":[";
  for (std::size_t i = 0; i < encoded_messages.size(); ++i) {
    if (i > 0) body += ',';
    body += encoded_messages[i];
  }
  return body + "]}";
}

Result<NumberedMessage> decode_message(const JsonValue& json) {
  const auto* number = json.find("n");
  const auto* body = json.find("body");
  if (number == nullptr || number->type() != JsonValue::Type::Int || number->as_int() <= 0)
    return fail(ErrorCode::InvalidInput, "n: expected a number from 1");
  if (body == nullptr) return fail(ErrorCode::InvalidInput, "body: expected one");
  WARDHIVE_ASSIGN(auto message, decode_body(json.string_or("kind", ""), *body));
  return NumberedMessage{static_cast<std::uint64_t>(number->as_int()), std::move(message)};
}

Result<AgentBatch> decode_batch(std::string_view body) {
  WARDHIVE_ASSIGN(const auto json, JsonValue::parse(body));
  AgentBatch batch;
  batch.boot = json.string_or("boot", "").substr(0, 64);
  const auto* records = json.find("records");
  if (records == nullptr || records->type() != JsonValue::Type::Array)
    return fail(ErrorCode::InvalidInput, "records: expected an array");
  if (records->items().size() > limits::kRecordsPerBatchMax)
    return fail(ErrorCode::LimitReached,
                fmt::format("records: {} of them; at most {} are taken", records->items().size(),
                            limits::kRecordsPerBatchMax));
  for (std::size_t i = 0; i < records->items().size(); ++i) {
    auto message = decode_message(records->items()[i]);
    if (!message)
      return fail(message.error().code, fmt::format("records[{}]: {}", i, message.error().message));
    if (!batch.messages.empty() && message->number <= batch.messages.back().number)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("records[{}]: number {} does not rise", i, message->number));
    batch.messages.push_back(std::move(*message));
  }
  return batch;
}

}  // namespace wardhive
