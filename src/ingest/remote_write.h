// Prometheus remote-write 1.0 (protobuf prometheus.WriteRequest in a snappy block) as samples.
//   https://prometheus.io/docs/specs/prw/remote_write_spec/
//
//   series  looked up by their raw label bytes, so labels are parsed once per series; at most
//           limits::kSeriesMax are remembered
//   entity  the identity label's value, as `identities` maps it (whole, or without the port);
//           others are a node of that name, watched and never acted on
//   left out, counted: staleness markers, native histograms, exemplars, metadata
//   bounds  the length that snappy declares is checked before a byte is allocated
//   thread  one at a time
//   cost    about 0.1 us a sample at 10 samples a series (bench/ingest)
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "model/sample.h"

namespace wardhive {

class RemoteWriteDecoder {
 public:
  RemoteWriteDecoder(std::string identity_label, std::map<std::string, std::string> identities);

  // Unsupported (415): another content type or encoding. LimitReached (413): larger than a bound
  // allows. InvalidInput (400): not snappy, not the message, labels unsorted or twice; nothing of
  // the request is taken then.
  Result<SampleBatch> decode(std::string_view body, std::string_view content_type,
                             std::string_view content_encoding);

  // A batch with definitions was turned away after all: series are defined anew as they come.
  void forget_series() { series_.clear(); }
  std::uint64_t left_out() const { return left_out_; }

 private:
  struct Hasher {
    using is_transparent = void;
    std::size_t operator()(std::string_view bytes) const {
      return std::hash<std::string_view>{}(bytes);
    }
  };
  Status decode_message(std::string_view raw, SampleBatch& batch);
  Status decode_series(std::string_view raw, SampleBatch& batch);
  Result<SeriesId> define(SampleBatch& batch);
  Entity entity_of(const Labels& labels) const;

  const std::string identity_label_;
  const std::map<std::string, std::string> identities_;
  std::unordered_map<std::string, SeriesId, Hasher, std::equal_to<>> series_;
  std::vector<const std::string*> fresh_;  // keys of series_ that this request brought
  std::string raw_, label_bytes_;
  std::uint64_t left_out_ = 0;
};

}  // namespace wardhive
