// For tests: a blocking socket that says exactly the bytes it is told to. Every wait ends after
// 10 s with what was there, so a broken server fails a test instead of hanging it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/file.h"

namespace wardhive::net::testing {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0)
      setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    open(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  explicit RawClient(const std::string& path)
      : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    open(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }

  bool connected() const { return connected_; }
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void finish_sending() const { ::shutdown(fd_.get(), SHUT_WR); }

  // Up to and with `mark`; all that came if the peer closes first.
  std::string read_to(std::string_view mark) {
    while (buffer_.find(mark) == std::string::npos && fill()) {
    }
    const auto at = buffer_.find(mark);
    return cut(at == std::string::npos ? buffer_.size() : at + mark.size());
  }
  // Head and Content-Length body of one answer.
  std::string read_answer(bool with_body = true) {
    auto answer = read_to("\r\n\r\n");
    std::size_t length = 0;
    if (const auto at = answer.find("Content-Length: "); with_body && at != std::string::npos)
      std::from_chars(answer.data() + at + 16, answer.data() + answer.size(), length);
    while (buffer_.size() < length && fill()) {
    }
    return answer + cut(std::min(length, buffer_.size()));
  }
  // Everything until the peer closes. `closed` tells whether it did.
  std::string read_to_end() {
    while (fill()) {
    }
    return cut(buffer_.size());
  }
  bool closed() const { return closed_; }

 private:
  void open(const sockaddr* address, socklen_t length) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connected_ = ::connect(fd_.get(), address, length) == 0;
  }
  bool fill() {
    char bytes[16 * 1024];
    const auto got = ::recv(fd_.get(), bytes, sizeof bytes, 0);
    closed_ = got == 0 || (got < 0 && errno == ECONNRESET);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }
  std::string cut(std::size_t bytes) {
    auto front = buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
    return front;
  }

  Fd fd_;
  bool connected_ = false;
  bool closed_ = false;
  std::string buffer_;
};

}  // namespace wardhive::net::testing
