// What the connections of one server share. I/O thread only, but for what says otherwise.
#pragma once

#include <array>
#include <asio/awaitable.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "net/impl/connection.h"
#include "net/impl/mailbox.h"
#include "net/impl/workers.h"
#include "net/server.h"

namespace wardhive::net::detail {

class ServerCore {
 public:
  ServerCore(ServerConfig server_config, const Router& server_router);
  ~ServerCore();

  void add_listener(std::string name, Listener listener);  // before run()
  void run();                                              // until shut_down()
  void shut_down();                                        // any thread: ends run()

  void forget(Connection& connection);
  // False if all bodies together would pass config.bodies_bytes_max.
  bool hold_body_bytes(std::size_t bytes);
  void release_body_bytes(std::size_t bytes) { body_bytes_ -= bytes; }

  const ServerConfig config;
  const Router& router;
  asio::io_context io{1};
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>(io);
  Workers workers;
  std::array<char, 64 * 1024> scratch;  // reads are done when readable, so one buffer serves all

 private:
  struct OpenListener {
    std::string name;
    std::string unlink_path;
    asio::posix::stream_descriptor socket;
  };

  asio::awaitable<void> accept_from(OpenListener& listener);
  asio::awaitable<void> tick();
  bool accept_one(OpenListener& listener);
  void admit(Fd socket, Peer peer);
  bool evict_longest_idle();
  void close_all();

  std::vector<std::unique_ptr<OpenListener>> listeners_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::map<IpAddress, std::size_t> per_address_;
  asio::steady_timer ticker_{io};
  asio::steady_timer accept_pause_{io};
  std::size_t body_bytes_ = 0;
  bool stopping_ = false;
};

}  // namespace wardhive::net::detail
