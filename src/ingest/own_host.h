// This host's load, from /proc, under node_exporter's names: what `up` sees without any set-up.
//
//   thread one; a read costs under a millisecond and no more than 1,000 series
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/file.h"
#include "model/sample.h"

namespace wardhive {

class OwnHost {
 public:
  // `proc` is another directory in tests.
  explicit OwnHost(std::string node, Path proc = "/proc");
  // What can be read now; a file that is missing or odd leaves its series out. Series are defined
  // when they first appear and again each minute.
  SampleBatch read(Instant now);

 private:
  void put(SampleBatch& batch, Instant now, std::string_view name, double value,
           std::string_view label_name = {}, std::string_view label_value = {},
           std::string_view second_name = {}, std::string_view second_value = {});
  void read_cpu(SampleBatch& batch, Instant now);
  void read_memory(SampleBatch& batch, Instant now);
  void read_load(SampleBatch& batch, Instant now);
  void read_network(SampleBatch& batch, Instant now);
  void read_disks(SampleBatch& batch, Instant now);
  void read_filesystem(SampleBatch& batch, Instant now);

  const std::string node_;
  const Path proc_;
  std::map<std::string, SeriesDefined> series_;  // by name and labels
  Instant defined_at_{};
  bool define_all_ = false;
};

}  // namespace wardhive
