#include "base/metrics.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/json_text.h"

namespace wardhive {

void Counter::raise_to(std::uint64_t n) {
  auto seen = value_.load(std::memory_order_relaxed);
  while (seen < n && !value_.compare_exchange_weak(seen, n, std::memory_order_relaxed)) {
  }
}

MetricsRegistry::Family& MetricsRegistry::family(std::string_view name, std::string_view help,
                                                 bool is_counter) {
  auto it = families_.find(name);
  if (it == families_.end()) {
    it =
        families_
            .emplace(std::piecewise_construct, std::forward_as_tuple(name), std::forward_as_tuple())
            .first;
    it->second.help = help;
    it->second.is_counter = is_counter;
  }
  WARDHIVE_ASSERT(it->second.is_counter == is_counter);  // one name, one kind
  return it->second;
}

Counter& MetricsRegistry::counter(std::string_view name, std::string_view help,
                                  std::string_view labels) {
  const std::lock_guard lock(mutex_);
  return family(name, help, true).counters.try_emplace(std::string(labels)).first->second;
}

Gauge& MetricsRegistry::gauge(std::string_view name, std::string_view help,
                              std::string_view labels) {
  const std::lock_guard lock(mutex_);
  return family(name, help, false).gauges.try_emplace(std::string(labels)).first->second;
}

std::string MetricsRegistry::render() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  const auto line = [&](std::string_view name, const std::string& labels, double value) {
    text += "wardhive_";
    text += name;
    if (!labels.empty()) text += "{" + labels + "}";
    text += ' ';
    append_json_number(text, value);
    text += '\n';
  };
  for (const auto& [name, family] : families_) {
    text += fmt::format("# HELP wardhive_{} {}\n# TYPE wardhive_{} {}\n", name, family.help, name,
                        family.is_counter ? "counter" : "gauge");
    for (const auto& [labels, counter] : family.counters)
      line(name, labels, static_cast<double>(counter.value()));
    for (const auto& [labels, gauge] : family.gauges) line(name, labels, gauge.value());
  }
  return text;
}

MetricsRegistry& metrics() {
  static MetricsRegistry registry;
  return registry;
}

}  // namespace wardhive
