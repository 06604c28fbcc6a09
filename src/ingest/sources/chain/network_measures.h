// How well the network and its endpoints do, as samples. Series: see ingest/chain_source.h.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "chain/notices.h"
#include "chain/pool.h"
#include "model/sample.h"

namespace wardhive {

class NetworkMeasures {
 public:
  NetworkMeasures(const chain::EndpointPool& pool, const chain::Rpc& rpc, const Clock& clock)
      : pool_(pool), rpc_(rpc), clock_(clock) {}

  // Asks for slots and height, and takes what the pool knows.
  SampleBatch take();
  void put_failed(SampleBatch& batch, const std::string& program, std::uint64_t transactions);
  void put_notices(SampleBatch& batch, const chain::NoticesState& state);

 private:
  void put(SampleBatch& batch, std::string_view name, Labels labels, double value);
  std::optional<std::uint64_t> number(std::string_view method, std::string_view level);
  void skipped(std::uint64_t slot, std::uint64_t height, SampleBatch& batch);
  void confirmation(std::uint64_t processed, std::uint64_t confirmed, SampleBatch& batch);

  const chain::EndpointPool& pool_;
  const chain::Rpc& rpc_;
  const Clock& clock_;
  std::uint64_t last_slot_ = 0, last_height_ = 0, skipped_ = 0;
  std::deque<std::pair<std::uint64_t, MonoTime>> seen_;  // processed slots, not yet confirmed
};

}  // namespace wardhive
