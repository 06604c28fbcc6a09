// A websocket server on loopback that says what a test wants: real sockets, one connection after
// the other, on a thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wardhive {

class WebsocketServer {
 public:
  // One connection, seen from the server. What fails says so and fails from then on.
  class Peer {
   public:
    std::optional<std::string> receive();  // the next message; nothing: the connection is over
    bool send(std::string_view text);
    bool send_in_pieces(std::string_view text);  // a frame for each byte
    bool send_raw(std::string_view bytes);       // past the framing
    bool ping();
    bool wait(int ms);  // for something to read; false: nothing came
    void close(std::uint16_t code, std::string_view reason);

   private:
    friend class WebsocketServer;
    struct Impl;
    explicit Peer(Impl& impl) : impl_(impl) {}
    Impl& impl_;
  };
  // From the handshake on; the connection ends when it returns. On the server's thread.
  using Serve = std::function<void(Peer&)>;

  explicit WebsocketServer(Serve serve);
  // In place of every handshake: this answer, and no websocket.
  explicit WebsocketServer(std::string answer);
  ~WebsocketServer();  // ends the connection that is open

  std::string url() const;     // ws://127.0.0.1:PORT/
  std::size_t served() const;  // connections so far

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wardhive
