// One libcurl transfer that another thread can end at once. Hides curl from the rest of the room.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "net/client.h"
#include "net/impl/byte_stream.h"

namespace wardhive::net::detail {

// What comes back, piece by piece; returning an error ends the transfer with it.
struct TransferEvents {
  std::function<Status(int status, const Headers& headers)> on_head;
  std::function<Status(std::string_view bytes)> on_body;
  Duration idle_timeout = {};  // no byte received for so long: Timeout; zero is no bound
};

// Keeps its connections for the next perform(). One thread at a time, but for interrupt().
class Transfer : public ByteStream {
 public:
  explicit Transfer(ClientConfig config);
  ~Transfer() override;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // `request.timeout` of zero is no bound on the whole (for streams); connecting is always bounded.
  Status perform(const ClientRequest& request, const TransferEvents& events,
                 Duration connect_timeout);

  // Connects, TLS included, and says nothing: for what begins as HTTP and goes on as something
  // else. The two below are for after it, until the next perform() or connect().
  Status connect(const std::string& url, Duration timeout);
  Result<std::size_t> read_some(std::span<char> into, Duration timeout) override;
  Status write_all(std::string_view bytes, Duration timeout) override;
  void close();  // the connection of connect()

  // Any thread: ends what is running at once and each later one (Unavailable, "cancelled").
  void interrupt();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wardhive::net::detail
