// For tests and benches: what a Prometheus sends.
#pragma once

#include <snappy.h>

#include <cstdint>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "model/sample.h"

namespace wardhive::testing {

struct SentSeries {
  Labels labels;
  std::vector<std::pair<std::int64_t, double>> samples;  // ms since 1970, value
};

// prometheus.WriteRequest, not yet packed.
inline std::string write_request(const std::vector<SentSeries>& all) {
  std::string bytes;
  protozero::pbf_writer request(bytes);
  for (const auto& sent : all) {
    protozero::pbf_writer series(request, 1);
    for (const auto& [name, value] : sent.labels) {
      protozero::pbf_writer label(series, 1);
      label.add_string(1, name);
      label.add_string(2, value);
    }
    for (const auto& [at, value] : sent.samples) {
      protozero::pbf_writer sample(series, 2);
      sample.add_double(1, value);
      sample.add_int64(2, at);
    }
  }
  return bytes;
}

inline std::string packed(const std::string& bytes) {
  std::string body;
  snappy::Compress(bytes.data(), bytes.size(), &body);
  return body;
}

}  // namespace wardhive::testing
