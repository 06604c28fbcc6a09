#include "ingest/prober.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <map>

#include "base/clock.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

// Gives every caller the same bytes and closes; with none it takes the connection and is silent.
class TinyServer {
 public:
  explicit TinyServer(std::string answer)
      : answer_(std::move(answer)),
        socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        stop_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_.get(), 64), 0);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~TinyServer() { stop(); }
  // From then on connections are refused.
  void stop() {
    if (!thread_.joinable()) return;
    EXPECT_EQ(::eventfd_write(stop_.get(), 1), 0);
    thread_.join();
    socket_.reset();
  }
  std::string url(std::string_view path = "/health") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }

 private:
  void run() {
    std::vector<Fd> silent;
    for (;;) {
      pollfd polled[2] = {{stop_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}};
      if (::poll(polled, 2, -1) < 0 || polled[0].revents != 0) return;
      Fd peer(::accept(socket_.get(), nullptr, nullptr));
      if (answer_.empty()) {
        silent.push_back(std::move(peer));
        continue;
      }
      char request[4'096];
      if (::recv(peer.get(), request, sizeof request, 0) > 0)
        ::send(peer.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
  }

  const std::string answer_;
  Fd socket_, stop_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

class Probe : public ::testing::Test {
 protected:
  struct Seen {
    std::vector<double> success, duration;
    std::size_t defined = 0;
  };
  void look(std::vector<ProbeTarget> targets, Duration timeout = seconds(5)) {
    prober_.set(std::move(targets), millis(20), timeout);
    if (!started_) prober_.start();
    started_ = true;
  }
  // Waits until `node` was looked at `count` times in all.
  Seen seen(const std::string& name, std::size_t count = 2) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(came_.wait_for(lock, std::chrono::seconds(20), [&] {
      return seen_[name].success.size() >= count;
    })) << name;
    return seen_[name];
  }
  std::size_t looks(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return seen_[name].success.size();
  }

 private:
  void take(const SampleBatch& batch) {
    const std::lock_guard lock(mutex_);
    for (const auto& series : batch.defined) {
      EXPECT_EQ(series.entity, node("gate")) << "who looked speaks, not whom it looked at";
      EXPECT_EQ(label(series.labels, "vantage"), "gate");
      const std::string subject(label(series.labels, "subject"));
      names_[series.id] = {subject, std::string(label(series.labels, "__name__"))};
      ++seen_[subject].defined;
    }
    for (const auto& sample : batch.samples) {
      ASSERT_TRUE(names_.contains(sample.series)) << "a sample before its definition";
      const auto& [name, metric] = names_[sample.series];
      (metric == "probe_success" ? seen_[name].success : seen_[name].duration)
          .push_back(sample.value);
    }
    came_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::map<SeriesId, std::pair<std::string, std::string>> names_;
  std::map<std::string, Seen> seen_;
  bool started_ = false;
  Prober prober_{"gate", [this](const SampleBatch& batch) {
                   take(batch);
                 }};  // last: stops before what it fills goes
};

TEST_F(Probe, AnAnswerIsASuccessByItsStatus) {
  TinyServer well("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
      ill("HTTP/1.1 500 Oops\r\n\r\n"), moved("HTTP/1.0 302 Found\r\n\r\n"),
      babble("SSH-2.0-OpenSSH\r\n");
  look({{"well", well.url()},
        {"ill", ill.url()},
        {"moved", moved.url()},
        {"babble", babble.url("")}});
  for (const auto& [name, success, answered] : {std::tuple{"well", 1.0, true},
                                                {"ill", 0.0, true},
                                                {"moved", 0.0, true},
                                                {"babble", 0.0, false}}) {
    const auto found = seen(name);
    for (const double value : found.success) EXPECT_EQ(value, success) << name;
    EXPECT_EQ(found.duration.size(), answered ? found.success.size() : 0) << name;
    for (const double value : found.duration)
      EXPECT_TRUE(value > 0 && value < 5) << name << " " << value;
    EXPECT_EQ(found.defined, 2u) << name << ": defined once";
  }
}

TEST_F(Probe, ARefusedConnectionIsAFailedLook) {
  TinyServer server("HTTP/1.1 200 OK\r\n\r\n");
  look({{"gone", server.url()}});
  EXPECT_EQ(seen("gone", 1).success[0], 1);
  server.stop();
  const auto before = looks("gone");
  EXPECT_EQ(seen("gone", before + 3).success.back(), 0);
}

TEST_F(Probe, ASilentTargetFailsAfterTheTimeoutAndDelaysNoOther) {
  TinyServer silent(""), well("HTTP/1.1 200 OK\r\n\r\n");
  look({{"silent", silent.url()}, {"well", well.url()}}, minutes(10));
  seen("well", 10);
  EXPECT_EQ(looks("silent"), 0u);
  look({{"silent", silent.url()}, {"well", well.url()}}, millis(50));
  const auto found = seen("silent");
  EXPECT_EQ(found.success, std::vector<double>(found.success.size(), 0.0));
  EXPECT_TRUE(found.duration.empty()) << "no answer has no duration";
}

// The kernel refuses to connect to a broadcast address at once, whoever listens: our failure.
TEST_F(Probe, AFailureOfOurOwnIsNoLook) {
  auto& unsent = metrics().counter("ingest_probes_unsent_total",
                                   "probes that failed on our own side; no look at anybody");
  const auto before = unsent.value();
  TinyServer well("HTTP/1.1 200 OK\r\n\r\n");
  look({{"unsent", "http://255.255.255.255:9/"}, {"well", well.url()}});
  seen("well", 5);
  EXPECT_GT(unsent.value(), before);
  EXPECT_EQ(looks("unsent"), 0u);
}

TEST_F(Probe, NamesAndOtherSchemesAreLeftOut) {
  TinyServer well("HTTP/1.1 200 OK\r\n\r\n");
  look({{"name", "http://localhost/"},
        {"https", "https://127.0.0.1/"},
        {"split", well.url("/a\r\nX: y")},
        {"port", "http://127.0.0.1:99999/"},
        {"bad name", well.url()},
        {"well", well.url()}});
  seen("well", 5);
  for (const auto* name : {"name", "https", "split", "port", "bad name"})
    EXPECT_EQ(looks(name), 0u) << name;
}

TEST_F(Probe, TargetsMayChangeWhileItRuns) {
  TinyServer one("HTTP/1.1 200 OK\r\n\r\n"), other("HTTP/1.1 200 OK\r\n\r\n");
  look({{"one", one.url()}});
  seen("one");
  look({{"one", one.url()}, {"other", other.url()}});
  seen("other");
  EXPECT_EQ(seen("one").defined, 2u) << "what stayed is not defined anew";
  look({});
}

TEST(StatusLine, IsReadStrictly) {
  EXPECT_EQ(read_status_line("HTTP/1.1 200 OK"), 200);
  EXPECT_EQ(read_status_line("HTTP/1.0 503"), 503);
  for (const auto* answer : {"", "HTTP/1.1 20", "HTTP/2 200 OK..", "HTTP/1.1 2x0 OK",
                             "HTTP/1.1 099 OK", "http/1.1 200 OK", "HTTP/1.1  20 OK"})
    EXPECT_EQ(read_status_line(answer), 0) << answer;
}

}  // namespace
}  // namespace wardhive
