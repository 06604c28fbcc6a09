// Foreign bytes: the body of a remote-write request. The first byte's lowest bit says whether the
// rest is packed already or is the message itself, so that the message is reached too.
#include <snappy.h>

#include <set>

#include "base/check.h"
#include "ingest/remote_write.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  if (size == 0) return 0;
  std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 1) != 0) {
    std::string packed;
    snappy::Compress(body.data(), body.size(), &packed);
    body = std::move(packed);
  }
  RemoteWriteDecoder decoder("instance", {{"10.0.0.7:9100", "gpu-7"}});
  const auto batch = decoder.decode(body, "application/x-protobuf", "snappy");
  const auto again = decoder.decode(body, "application/x-protobuf", "snappy");
  WARDHIVE_ASSERT(batch.has_value() == again.has_value());
  if (!batch) return 0;
  WARDHIVE_ASSERT(again->defined.empty() && again->samples.size() == batch->samples.size());
  std::set<SeriesId> defined;
  for (const auto& series : batch->defined) {
    const auto canonical = canonical_labels(series.labels);
    WARDHIVE_ASSERT(canonical && *canonical == series.labels &&
                    series.id == series_id(series.labels));
    WARDHIVE_ASSERT(valid_node_name(series.entity.name));
    defined.insert(series.id);
  }
  for (const auto& sample : batch->samples) WARDHIVE_ASSERT(defined.contains(sample.series));
  return 0;
}
