#include "ingest/sources/chain/network_measures.h"

#include <fmt/format.h>

namespace wardhive {

void NetworkMeasures::put(SampleBatch& batch, std::string_view name, Labels labels, double value) {
  SeriesDefined series;
  labels.emplace_back("__name__", std::string(name));
  labels.emplace_back("job", "chain");
  series.labels = *canonical_labels(std::move(labels));
  series.id = series_id(series.labels);
  series.entity = Entity{};
  batch.samples.push_back({series.id, clock_.wall(), value});
  batch.defined.push_back(std::move(series));
}

SampleBatch NetworkMeasures::take() {
  SampleBatch batch;
  for (const auto& endpoint : pool_.endpoints()) {
    const Labels labels{{"endpoint", endpoint.name}};
    put(batch, "chain_endpoint_up", labels, endpoint.health == chain::EndpointHealth::Well ? 1 : 0);
    if (endpoint.slot == 0) continue;
    put(batch, "chain_slot_lag", labels, static_cast<double>(endpoint.lag));
    put(batch, "chain_rpc_latency_seconds", labels, to_seconds(endpoint.latency));
  }
  const auto processed = number("getSlot", "processed"), confirmed = number("getSlot", "confirmed"),
             height = number("getBlockHeight", "confirmed");
  if (processed && confirmed && height) {
    put(batch, "chain_slot", {}, static_cast<double>(*confirmed));
    skipped(*confirmed, *height, batch);
    confirmation(*processed, *confirmed, batch);
  }
  return batch;
}

void NetworkMeasures::put_failed(SampleBatch& batch, const std::string& program,
                                 std::uint64_t transactions) {
  put(batch, "chain_program_failed_total", {{"program", program}},
      static_cast<double>(transactions));
}

void NetworkMeasures::put_notices(SampleBatch& batch, const chain::NoticesState& state) {
  put(batch, "chain_notices_open", {}, state.open ? 1 : 0);
  put(batch, "chain_notices_total", {}, static_cast<double>(state.heard));
}

std::optional<std::uint64_t> NetworkMeasures::number(std::string_view method,
                                                     std::string_view level) {
  const auto value = rpc_.call(method, fmt::format(R"([{{"commitment":"{}"}}])", level));
  if (!value || value->type() != JsonValue::Type::Int || value->as_int() < 0) return {};
  return static_cast<std::uint64_t>(value->as_int());
}

// Every slot has a block or was skipped.
void NetworkMeasures::skipped(std::uint64_t slot, std::uint64_t height, SampleBatch& batch) {
  if (last_slot_ != 0 && slot > last_slot_ && height >= last_height_) {
    const auto slots = slot - last_slot_, blocks = height - last_height_;
    skipped_ += slots > blocks ? slots - blocks : 0;
  }
  last_slot_ = slot;
  last_height_ = height;
  put(batch, "chain_skipped_slots_total", {}, static_cast<double>(skipped_));
}

void NetworkMeasures::confirmation(std::uint64_t processed, std::uint64_t confirmed,
                                   SampleBatch& batch) {
  const auto now = clock_.mono();
  if (seen_.empty() || processed > seen_.back().first) seen_.emplace_back(processed, now);
  std::optional<Duration> took;
  while (!seen_.empty() && seen_.front().first <= confirmed) {
    took = now - seen_.front().second;
    seen_.pop_front();
  }
  while (seen_.size() > 1'000) seen_.pop_front();
  if (took) put(batch, "chain_confirmation_seconds", {}, to_seconds(*took));
}

}  // namespace wardhive
