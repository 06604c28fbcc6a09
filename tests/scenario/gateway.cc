#include "scenario/gateway.h"

#include "testkit/series.h"

namespace wardhive::scenario {

double chance(Random& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

Gateway::Gateway(std::string name, std::vector<std::string> nodes) : name_(std::move(name)) {
  for (auto& node : nodes) backends_[node];
}

Gateway::Backend* Gateway::next(const std::map<std::string, std::uint32_t>& share_bps,
                                std::string* name) {
  Backend* best = nullptr;
  double total = 0;
  for (auto& [node, backend] : backends_) {
    const auto share = share_bps.at(node);
    if (!backend.up || share == 0) continue;
    backend.credit += share;
    total += share;
    if (best != nullptr && backend.credit <= best->credit) continue;
    best = &backend;
    *name = node;
  }
  if (best != nullptr) best->credit -= total;
  return best;
}

void Gateway::serve(double requests, const std::map<std::string, Service>& services,
                    const std::map<std::string, std::uint32_t>& share_bps, bool reachable,
                    Random& random) {
  for (owed_ += requests; owed_ >= 1; owed_ -= 1) {
    ++client_requests_;
    bool served = false;
    for (int attempt = 0; attempt < 2 && !served; ++attempt) {  // option redispatch
      std::string name;
      auto* backend = next(share_bps, &name);
      if (backend == nullptr) break;
      const auto& service = services.at(name);
      ++backend->requests;
      const bool connected = reachable && service.answers;
      const bool error = !connected || chance(random) < service.errs;
      backend->errors += error;
      if (connected && error) break;  // an answer is an answer
      served = !error;
    }
    client_failures_ += !served;
  }
}

void Gateway::check(const std::map<std::string, Service>& services, bool reachable, double loss,
                    Random& random) {
  for (auto& [name, backend] : backends_) {
    const auto& service = services.at(name);
    const bool good = reachable && service.answers && service.slower < kPatience &&
                      chance(random) >= service.errs && chance(random) >= loss;
    backend.good_run = good ? backend.good_run + 1 : 0;
    backend.failed_run = good ? 0 : backend.failed_run + 1;
    if (backend.failed_run >= 3) backend.up = false;
    if (backend.good_run >= 2) backend.up = true;
  }
}

SampleBatch Gateway::read(Instant at) const {
  SampleBatch batch;
  for (const auto& [node, backend] : backends_) {
    add_look(batch, at, "gateway_check_ok", node, name_, backend.failed_run == 0 ? 1 : 0);
    add_look(batch, at, "gateway_requests_total", node, name_,
             static_cast<double>(backend.requests));
    add_look(batch, at, "gateway_errors_total", node, name_, static_cast<double>(backend.errors));
  }
  return batch;
}

}  // namespace wardhive::scenario
