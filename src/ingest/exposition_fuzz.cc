// Foreign bytes: the page of a scraped target.
#include "base/check.h"
#include "ingest/exposition.h"
#include "ingest/scraper.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  const std::string_view page(reinterpret_cast<const char*>(data), size);
  const auto rows = parse_exposition(page);
  if (!rows)
    WARDHIVE_ASSERT(rows.error().message.starts_with("line ") ||
                    rows.error().code == ErrorCode::LimitReached);
  std::map<SeriesId, bool> known;
  const auto batch = read_page(page, "gpu-7", node("gpu-7"), instant_from_ns(5), known);
  WARDHIVE_ASSERT(batch ? rows && batch->samples.size() == rows->size() &&
                              batch->defined.size() == known.size()
                        : known.empty());
  return 0;
}
