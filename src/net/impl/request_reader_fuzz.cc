// Any bytes, in any pieces: the reader ends in one of its states, within its bounds, and whether
// the bytes come at once or one by one makes no difference to what is served.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "net/impl/request_reader.h"

namespace {

using wardhive::net::detail::RequestReader;
using State = RequestReader::State;

constexpr std::size_t kBodyMax = 1000;

// What was served, as text.
std::vector<std::string> read_all(std::string_view bytes, std::size_t step) {
  RequestReader reader;
  std::vector<std::string> served;
  while (!bytes.empty() && reader.state() != State::Failed) {
    reader.feed(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    while (reader.state() == State::Head || reader.state() == State::Done) {
      if (reader.state() == State::Head) {
        WARDHIVE_ASSERT(reader.head().path.starts_with('/'));
        WARDHIVE_ASSERT(reader.head().headers.lines().size() <= wardhive::limits::kHttpHeadersMax);
        reader.accept_body(kBodyMax);
        continue;
      }
      const auto request = reader.take();
      WARDHIVE_ASSERT(request.body.size() <= kBodyMax);
      served.push_back(request.target + "\n" + request.body);
    }
  }
  if (reader.state() == State::Failed) WARDHIVE_ASSERT(reader.failure().response.status >= 400);
  return served;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 64 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto at_once = read_all(bytes, size + 1);
  const auto one_by_one = read_all(bytes, 1);
  WARDHIVE_ASSERT(at_once == one_by_one);
  return 0;
}
