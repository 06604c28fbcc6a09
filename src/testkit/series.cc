#include "testkit/series.h"

#include <fmt/format.h>

#include "base/check.h"

namespace wardhive {
namespace {

void add(SampleBatch& batch, Labels labels, std::string_view of, Instant at, double value) {
  auto canonical = canonical_labels(std::move(labels));
  WARDHIVE_ASSERT(canonical.has_value());
  const auto id = series_id(*canonical);
  batch.defined.push_back({id, std::move(*canonical), node(of)});
  batch.samples.push_back({id, at, value});
}

}  // namespace

void add_look(SampleBatch& batch, Instant at, std::string_view metric, std::string_view subject,
              std::string_view vantage, double value) {
  add(batch,
      {{"__name__", std::string(metric)},
       {"subject", std::string(subject)},
       {"vantage", std::string(vantage)}},
      vantage, at, value);
}

void add_own(SampleBatch& batch, Instant at, std::string_view metric, std::string_view node,
             double value) {
  add(batch, {{"__name__", std::string(metric)}, {"instance", std::string(node)}}, node, at, value);
}

Event log_in(EventKind kind, std::string_view from, std::string_view where, std::string_view user,
             Instant at) {
  Event event{kind, address(from), node(where), at, {}};
  event.attributes = {
      {"service", "sshd"},
      {"user", std::string(user)},
      {"line", fmt::format("{} password for {} from {} port 4711 ssh2",
                           kind == EventKind::AuthFailed ? "Failed" : "Accepted", user, from)}};
  return event;
}

}  // namespace wardhive
