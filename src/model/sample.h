// What is measured. A series is defined once per log before its first sample; its id follows from
// its labels alone, so every process gives it the same one.
#pragma once

#include <compare>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/time.h"
#include "model/entity.h"

namespace wardhive {

struct SeriesId {
  Hash128 bytes{};
  auto operator<=>(const SeriesId&) const = default;
  std::string text() const { return to_hex(bytes); }
  static Result<SeriesId> parse(std::string_view text);
};
struct SeriesIdHash {
  std::size_t operator()(const SeriesId& id) const {
    std::size_t h;  // the bytes are a hash already
    std::memcpy(&h, id.bytes.data(), sizeof h);
    return h;
  }
};

// Sorted by name, names unique, no empty value; "__name__" holds the metric's name.
using Labels = std::vector<std::pair<std::string, std::string>>;

// Sorts, drops empty values. InvalidInput if a name repeats or a bound of limits.h is passed.
Result<Labels> canonical_labels(Labels labels);
// First 128 bits of BLAKE2b over the canonical labels, each text preceded by its length (LE u32).
SeriesId series_id(const Labels& canonical);
std::string_view label(const Labels& labels, std::string_view name);  // "" if absent
std::string format_series(const Labels& labels);  // name{a="b",...} as Prometheus prints it

// Series by which an observer speaks about a node (monitor.h). Only enrolled agents and the
// controller may: from any other sender they belong to nobody and are ordinary numbers.
bool only_vantages_say(std::string_view metric_name);

struct SeriesDefined {
  SeriesId id;
  Labels labels;
  Entity entity;  // whose series it is: from the sender's credential or the identity label
  bool operator==(const SeriesDefined&) const = default;
};

struct Sample {
  SeriesId series;
  Instant at;
  double value = 0;
  bool operator==(const Sample&) const = default;
};

// One request's worth: the unit that is logged and stepped.
struct SampleBatch {
  std::vector<SeriesDefined> defined;
  std::vector<Sample> samples;
  bool operator==(const SampleBatch&) const = default;
};

// Binary form for the samples log and the agent's spool (little-endian, versioned, bounded).
std::string encode_samples(const SampleBatch& batch);
// Corrupt for anything that encode_samples did not write; never reads past the end.
Result<SampleBatch> decode_samples(std::string_view bytes);

}  // namespace wardhive
