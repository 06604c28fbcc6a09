// A server that says anything, in any pieces: each session ends with an error or with messages
// within their bound, and pieces make no difference. First byte: 'r' is the whole answer, even its
// handshake; else what comes after a handshake that is right.
#include <algorithm>
#include <boost/beast/websocket/detail/hybi13.hpp>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/check.h"
#include "net/impl/websocket_session.h"

namespace {

using namespace wardhive;
using namespace wardhive::net::detail;
namespace hybi13 = boost::beast::websocket::detail;

constexpr std::size_t kMessageMax = 1'000;

// What the client asked is answered at once, then come `bytes`, at most `step` at a time.
class Server : public ByteStream {
 public:
  Server(std::string_view bytes, std::size_t step, bool shake)
      : bytes_(bytes), step_(step), shake_(shake) {}

  Result<std::size_t> read_some(std::span<char> into, Duration) override {
    const auto count = std::min({into.size(), step_, bytes_.size()});
    std::memcpy(into.data(), bytes_.data(), count);
    bytes_.erase(0, count);
    return count;
  }
  Status write_all(std::string_view bytes, Duration) override {
    if (!shake_) return ok();
    asked_ += bytes;
    if (!asked_.ends_with("\r\n\r\n")) return ok();
    shake_ = false;
    constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
    const auto at = asked_.find(kKey);
    WARDHIVE_ASSERT(at != asked_.npos);
    const auto key = std::string_view(asked_).substr(at + kKey.size(), 24);
    hybi13::sec_ws_accept_type accept;
    hybi13::make_sec_ws_accept(accept, {key.data(), key.size()});
    bytes_ =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        std::string(accept.data(), accept.size()) + "\r\n\r\n" + bytes_;
    return ok();
  }

 private:
  std::string bytes_, asked_;
  const std::size_t step_;
  bool shake_;
};

// What was understood, as text.
std::vector<std::string> talk(std::string_view bytes, std::size_t step, bool shake) {
  Server server(bytes, step, shake);
  WebsocketSession session(server, {seconds(1), seconds(1), kMessageMax});
  std::vector<std::string> said;
  if (const auto shaken = session.shake_hands("host:1", "/"); !shaken) {
    WARDHIVE_ASSERT(!shake);
    return {"not shaken"};
  }
  for (;;) {
    auto message = session.receive();
    if (!message) break;
    WARDHIVE_ASSERT(message->size() <= kMessageMax);
    said.push_back(*std::move(message));
  }
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 16 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool shake = data[0] != 'r';
  const auto at_once = talk(bytes, size + 1'000, shake);
  WARDHIVE_ASSERT(at_once == talk(bytes, 1, shake));
  return 0;
}
