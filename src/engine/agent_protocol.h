// What agent and controller say to one another (docs/reference/agent-protocol.md). Pure text work.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/desired.h"
#include "model/record.h"
#include "model/sample.h"

namespace wardhive {

struct ProbeTarget {
  std::string node;
  std::string url;
  auto operator<=>(const ProbeTarget&) const = default;
};
WARDHIVE_FIELDS(ProbeTarget) {
  v("node", self.node);
  v("url", self.url);
}

// Controller -> agent: everything that shall hold (full), or what changed.
struct DesiredSet {
  std::uint64_t epoch = 0;
  std::vector<DesiredItem> items;
  std::vector<std::string> protect;  // prefixes nothing may act on
  std::vector<ProbeTarget> probes;
  Duration probe_interval = millis(500);
  Duration probe_timeout = seconds(1);
};
WARDHIVE_FIELDS(DesiredSet) {
  v("epoch", self.epoch);
  v("items", self.items);
  v("protect", self.protect);
  v("probes", self.probes);
  v("probe_interval", self.probe_interval);
  v("probe_timeout", self.probe_timeout);
}

// Agent -> controller: an event, a receipt, or samples, with its number.
using AgentMessage = std::variant<Event, Receipt, SampleBatch>;
struct NumberedMessage {
  std::uint64_t number = 0;
  AgentMessage message;
};
struct AgentBatch {
  std::string boot;  // random per agent process
  std::vector<NumberedMessage> messages;
};

// One message as the JSON object that stands in a batch and in the spool.
std::string encode_message(std::uint64_t number, const AgentMessage& message);
// Joins encoded messages into a request's body.
std::string encode_batch(std::string_view boot, const std::vector<std::string>& encoded_messages);
// InvalidInput with the place (records[3]: ...) for anything an agent may not send: other kinds,
// events that only the controller sees (of the chain, of credentials),
// numbers that do not rise, more than limits::kRecordsPerBatchMax messages.
Result<AgentBatch> decode_batch(std::string_view body);
Result<NumberedMessage> decode_message(const JsonValue& json);

}  // namespace wardhive
