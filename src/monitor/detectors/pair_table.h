// Looks at one subject by one observer, kept together. A pair has up to `kStreams` streams (the
// observer's own probes, the gateway's check, real traffic) that make one claim between them:
// raised with the first stream that is odd; cleared when a stream is good again and no other is
// both odd and fresh. A stream without data neither raises nor holds: a drained node has no
// traffic.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "monitor/detectors/detector.h"

namespace wardhive {

// The part of a stream that the claim needs. `Stream` types derive from it.
struct StreamVerdict {
  bool odd = false;
  std::uint32_t good_run = 0;  // good looks since the last odd one
  Instant looked_at = kNever;
  Instant odd_since = kNever;
};
WARDHIVE_STATE(StreamVerdict) {
  v(self.odd);
  v(self.good_run);
  v(self.looked_at);
  v(self.odd_since);
}

// A claim: said once, again when it gets `kStrongerBy` stronger, and taken back once.
struct Claim {
  static constexpr std::uint8_t kStrongerBy = 20;
  std::uint8_t strength = 0;  // 0: not raised

  bool raised() const { return strength > 0; }
  // True if this is to be said.
  bool raise(std::uint8_t to) {
    if (raised() && to < strength + kStrongerBy) return false;
    strength = to;
    return true;
  }
};
WARDHIVE_STATE(Claim) { v(self.strength); }

template <class Stream, std::size_t kStreams>
class PairTable {
 public:
  struct Pair {
    Entity subject;
    Entity observer;
    Claim claim;
    std::array<Stream, kStreams> streams;
  };
  struct Place {
    std::uint32_t pair = 0;
    LookKind kind = LookKind::None;
  };

  explicit PairTable(std::size_t pairs_max) : pairs_max_(pairs_max) {}

  // False if the table is full.
  bool define(const SeriesInfo& series) {
    const auto pair = find_or_add(series.subject, series.entity);
    if (!pair) return false;
    place_of_.emplace(series.index, Place{*pair, series.look});
    return true;
  }
  // Only for series that define() took.
  Place place(std::uint32_t series) const { return place_of_.find(series)->second; }
  Pair& operator[](std::uint32_t pair) { return pairs_[pair]; }
  std::vector<Pair>& all() { return pairs_; }
  const std::vector<Pair>& all() const { return pairs_; }

  // True when the pair's claim falls, after a good look of `stream`: all its streams start afresh.
  bool clear(Pair& pair, const Stream& stream, std::uint32_t good_run_min, Instant now,
             Duration fresh) {
    if (!pair.claim.raised() || stream.good_run < good_run_min) return false;
    for (const auto& other : pair.streams)
      if (&other != &stream && other.odd && now - other.looked_at <= fresh) return false;
    pair.claim = {};
    for (auto& s : pair.streams) s.odd = false;
    return true;
  }

  void save(BinaryWriter& out) const {
    out(refused_);
    out(static_cast<std::uint32_t>(pairs_.size()));
    for (const auto& pair : pairs_) {
      out(pair.claim);
      out(pair.streams);
    }
  }
  // After define() of the same series in the same order.
  bool load(BinaryReader& in) {
    in(refused_);
    if (in.take<std::uint32_t>() != pairs_.size()) return false;
    for (auto& pair : pairs_) {
      in(pair.claim);
      in(pair.streams);
    }
    return !in.broken();
  }
  std::uint64_t refused() const { return refused_; }
  std::uint64_t state_bytes() const {
    // 48: node and bucket of the maps, as libstdc++ lays them out.
    return pairs_.capacity() * sizeof(Pair) + place_of_.size() * (sizeof(Place) + 48) +
           pair_of_.size() * (2 * sizeof(Entity) + 48);
  }

 private:
  struct Key {
    Entity subject, observer;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& k) const {
      return EntityHash{}(k.subject) * 1'000'003 ^ EntityHash {}(k.observer);
    }
  };
  std::optional<std::uint32_t> find_or_add(const Entity& subject, const Entity& observer) {
    if (const auto it = pair_of_.find({subject, observer}); it != pair_of_.end()) return it->second;
    if (pairs_.size() >= pairs_max_) {
      ++refused_;
      return std::nullopt;
    }
    const auto index = static_cast<std::uint32_t>(pairs_.size());
    pairs_.push_back({subject, observer, {}, {}});
    pair_of_.emplace(Key{subject, observer}, index);
    return index;
  }

  std::size_t pairs_max_;
  std::vector<Pair> pairs_;
  std::unordered_map<Key, std::uint32_t, KeyHash> pair_of_;
  std::unordered_map<std::uint32_t, Place> place_of_;
  std::uint64_t refused_ = 0;
};

}  // namespace wardhive
