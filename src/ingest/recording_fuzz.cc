// Foreign bytes: a recorded table, plain or gzip. The first byte's lowest bit says whether start
// and step are given.
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"
#include "ingest/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  if (size == 0) return 0;
  const Fd memory(::memfd_create("recording", MFD_CLOEXEC));
  WARDHIVE_ASSERT(::write(memory.get(), data + 1, size - 1) == static_cast<ssize_t>(size - 1));
  const Path path = "/proc/self/fd/" + std::to_string(memory.get());
  SeriesOptions options;
  if ((data[0] & 1) != 0) options = {instant_from_ns(1'700'000'000'000'000'000), seconds(60)};
  auto recording = SeriesRecording::open(path, options);
  if (!recording) {
    WARDHIVE_ASSERT(recording.error().message.starts_with(path.string()));
    return 0;
  }
  Instant at;
  std::vector<double> values;
  for (;;) {
    const auto more = (*recording)->next(at, values);
    WARDHIVE_ASSERT(more || more.error().message.starts_with(path.string()));
    if (!more || !*more) return 0;
    WARDHIVE_ASSERT(values.size() == (*recording)->names().size());
  }
}
