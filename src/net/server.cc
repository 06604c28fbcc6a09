#include "net/server.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/check.h"
#include "net/impl/server_core.h"

namespace wardhive::net {

class Server::Impl {
 public:
  Impl(ServerConfig config, const Router& router)
      : core_(std::make_unique<detail::ServerCore>(std::move(config), router)) {}

  Result<std::uint16_t> listen(std::string name, const ListenAddress& address) {
    WARDHIVE_ASSERT(state_ == State::Fresh);
    WARDHIVE_ASSIGN(auto listener, open_listener(address));
    const auto port = listener.port;
    core_->add_listener(std::move(name), std::move(listener));
    return port;
  }

  void start() {
    begin();
    thread_ = std::thread([this] { serve(); });
  }

  void run() {
    begin();
    serve();
  }

  void stop() {
    std::unique_lock lock(mutex_);
    if (state_ == State::Running) {
      core_->shut_down();
      changed_.wait(lock, [this] { return state_ != State::Running; });
    }
    state_ = State::Stopped;
    if (thread_.joinable()) thread_.join();
    core_.reset();
  }

 private:
  enum class State { Fresh, Running, Ended, Stopped };

  void begin() {
    const std::lock_guard lock(mutex_);
    WARDHIVE_ASSERT(state_ == State::Fresh);
    state_ = State::Running;
  }

  void serve() {
    core_->run();
    const std::lock_guard lock(mutex_);
    state_ = State::Ended;
    changed_.notify_all();
  }

  std::unique_ptr<detail::ServerCore> core_;
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::Fresh;  // guarded by mutex_
  std::thread thread_;
};

Server::Server(ServerConfig config, const Router& router)
    : impl_(std::make_unique<Impl>(std::move(config), router)) {}
Server::~Server() { stop(); }

Result<std::uint16_t> Server::listen(std::string name, const ListenAddress& address) {
  return impl_->listen(std::move(name), address);
}
void Server::start() { impl_->start(); }
void Server::run() { impl_->run(); }
void Server::stop() { impl_->stop(); }

}  // namespace wardhive::net
