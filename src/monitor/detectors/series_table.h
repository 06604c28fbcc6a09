// Every series ever defined, by a dense index that detectors keep their state under. Never shrinks.
//
//   cost    find: one hash probe, about 20 ns (cache permitting); memory: 52 bytes, its text (cut
//           to 256) and 6-12 bytes of index per series
//   limit   so many ordinary series, and apart from them so many series of looks: a sender of junk
//           series must not blind the probes
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/codec.h"
#include "base/limits.h"
#include "model/sample.h"

namespace wardhive {

// What a series tells of a (subject, vantage) pair; see monitor.h.
enum class LookKind : std::uint8_t {
  None,
  ProbeSuccess,
  ProbeDuration,
  GatewayRequests,
  GatewayErrors,
  GatewayLatency,
  GatewayCheck
};

struct SeriesInfo {
  std::uint32_t index = 0;
  std::string_view name;  // its __name__
  std::string_view text;  // name{label="value",...}, cut to 256 bytes
  const Entity& entity;   // whose series it is; of a look: the vantage
  LookKind look = LookKind::None;
  const Entity& subject;  // whom the look was at; else the entity
};

// base/limits.h, where a test does not set smaller ones.
struct MonitorBounds {
  std::size_t nodes = limits::kNodesMax;
  std::size_t pairs = limits::kVantagePairsMax;
  std::size_t sources = limits::kSourcesTrackedMax;
  std::size_t series = limits::kSeriesMax;
  std::size_t look_series = limits::kLookSeriesMax;
};

class SeriesTable {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  explicit SeriesTable(const MonitorBounds& bounds) : bounds_(bounds) {}

  // The index of a series that is new; nothing if it is known already or refused.
  std::optional<std::uint32_t> define(const SeriesDefined& series);
  std::uint32_t find(const SeriesId& id) const;  // kNone if never defined
  SeriesInfo info(std::uint32_t index) const;
  std::uint32_t entity_index(std::uint32_t index) const { return rows_[index].entity; }
  const Entity& entity(std::uint32_t entity_index) const { return entities_[entity_index]; }
  std::uint32_t entity_count() const { return static_cast<std::uint32_t>(entities_.size()); }

  // Newest sample stepped; the monitor keeps it rising.
  Instant& last_at(std::uint32_t index) { return rows_[index].last_at; }
  std::uint16_t& detectors(std::uint32_t index) { return rows_[index].detectors; }
  const SeriesId& id(std::uint32_t index) const { return rows_[index].id; }

  std::uint32_t size() const { return static_cast<std::uint32_t>(rows_.size()); }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t state_bytes() const;

  void save(BinaryWriter& out) const;
  bool load(BinaryReader& in);

 private:
  struct Row {
    SeriesId id;
    Instant last_at;            // the epoch's far past until the first sample
    std::uint32_t text_at = 0;  // chunk << 16 | place
    std::uint32_t entity = 0;
    std::uint32_t subject = 0;
    std::uint16_t text_size = 0;
    LookKind look = LookKind::None;
    std::uint16_t detectors = 0;  // bit i: detector i of the catalogue takes its samples
  };
  std::string_view text(const Row& row) const;
  std::uint32_t keep_text(std::string_view text);
  std::uint32_t keep_entity(const Entity& entity);
  bool has_room(LookKind look) const;
  void insert(const Row& row);
  void grow_index();

  MonitorBounds bounds_;
  std::vector<Row> rows_;
  std::vector<std::uint32_t> index_;  // open addressing, power of two; kNone is free
  std::vector<std::string> texts_;    // chunks of 64 KiB that never move
  std::vector<Entity> entities_;
  std::unordered_map<Entity, std::uint32_t, EntityHash> entity_of_;
  std::uint32_t look_count_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace wardhive
