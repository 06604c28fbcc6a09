// Playbooks come from packs that others write.
#include "base/check.h"
#include "respond/playbook.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  const auto book = parse_playbook({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
  if (!book) {
    WARDHIVE_ASSERT(book.error().message.starts_with("fuzz.yaml:"));
    return 0;
  }
  WARDHIVE_ASSERT(!book->name.empty() && !book->kinds.empty() && !book->steps.empty());
  WARDHIVE_ASSERT(book->score_min <= 100 && book->hold <= hours(1) && book->digest.size() == 12);
  return 0;
}
