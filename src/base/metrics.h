// Counters, gauges and summaries of our own, in one catalogue, served as Prometheus text 0.0.4.
// Names are `room_noun_unit` and are never renamed; `wardhive_` is put in front when rendered.
// Any thread; an increment is one relaxed atomic add.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace wardhive {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  // For counts that a pure room returns from stats(): never goes back.
  void raise_to(std::uint64_t n);
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(double v) { value_.store(v, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

class MetricsRegistry {
 public:
  // The same (name, labels) gives the same object; it lives as long as the registry. `labels` is
  // the text between the braces, e.g. `room="ingest",reason="limit"`; values must be escaped.
  Counter& counter(std::string_view name, std::string_view help, std::string_view labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, std::string_view labels = {});
  // Prometheus text exposition 0.0.4.
  std::string render() const;

 private:
  struct Family {
    std::string help;
    bool is_counter = false;
    std::map<std::string, Counter, std::less<>> counters;
    std::map<std::string, Gauge, std::less<>> gauges;
  };
  Family& family(std::string_view name, std::string_view help, bool is_counter);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;  // guarded by mutex_
};

// The process' registry.
MetricsRegistry& metrics();

}  // namespace wardhive
