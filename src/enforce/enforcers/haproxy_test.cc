// Against the real HAProxy (tools/peers haproxy), on loopback in a network namespace of the test's
// own: a backend of two small HTTP services, requests counted where they arrive.
#include "enforce/enforcers/haproxy.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/un.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "enforce/actuator.h"
#include "enforce/enforcers/haproxy_text.h"
#include "enforce/enforcers/netns_gtest.h"
#include "enforce/haproxy_stats.h"

namespace wardhive {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string haproxy_program() {
  if (const char* named = std::getenv("WARDHIVE_HAPROXY")) return named;
  const auto unpacked = Path(WARDHIVE_SOURCE_DIR) / "build/peers/haproxy/bin/haproxy";
  return std::filesystem::exists(unpacked) ? unpacked.string() : "";
}

// One request per connection, one thread; lives until the test's process ends.
class Service {
 public:
  explicit Service(std::uint16_t port) : listener_("127.0.0.1", port, SOCK_STREAM) {
    ::listen(listener_.fd(), 64);
    std::thread([this] { serve(); }).detach();
  }
  std::atomic<int> requests = 0;  // without health checks
  std::atomic<bool> broken = false;

 private:
  void serve() {
    for (;;) {
      const Fd peer(::accept(listener_.fd(), nullptr, nullptr));
      char buffer[4096];
      const auto size = ::recv(peer.get(), buffer, sizeof buffer, 0);
      if (size <= 0) continue;
      const bool check =
          std::string_view(buffer, static_cast<std::size_t>(size)).find("/healthz") !=
          std::string_view::npos;
      if (!check) ++requests;
      const std::string_view answer =
          broken && !check ? "HTTP/1.1 500 Broken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                           : "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
      ::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }
  Peer listener_;
};

struct Gateway {
  explicit Gateway(int weight = 100) {
    directory =
        std::filesystem::temp_directory_path() / ("haproxy_test." + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    std::ofstream(directory / "haproxy.cfg")
        << "global\n stats socket " << socket().string() << " mode 600 level admin\n"
        << "defaults\n mode http\n timeout connect 1s\n timeout client 5s\n timeout server 5s\n "
           "retries 2\n option redispatch\n"
        << "frontend in\n bind 127.0.0.1:8080\n default_backend jobs\n"
        << "backend jobs\n balance roundrobin\n option httpchk GET /healthz\n"
        << " default-server check inter 100ms fall 2 rise 1 weight " << weight << "\n"
        << " server job-1 127.0.0.1:9001\n server job-2 127.0.0.1:9002\n";
    start();
  }
  ~Gateway() {
    stop();
    std::filesystem::remove_all(directory);
  }
  void start() {
    const auto program = haproxy_program();
    const auto config = (directory / "haproxy.cfg").string();
    pid = ::fork();
    if (pid == 0) {
      const Fd log(::open((directory / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
      ::dup2(log.get(), 2);
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::execl(program.c_str(), program.c_str(), "-db", "-f", config.c_str(), nullptr);
      ::_exit(1);
    }
    ASSERT_TRUE(eventually([&] {
      const auto servers = read_haproxy_stats(socket(), "jobs");
      return servers && std::ranges::all_of(*servers, &HaproxyServer::check_ok);
    })) << read_file(directory / "log", 100'000).value_or("");
  }
  void stop() {
    if (pid > 0) ::kill(pid, SIGKILL);
    if (pid > 0) ::waitpid(pid, nullptr, 0);
    pid = -1;
  }
  Path socket() const { return directory / "api.sock"; }
  // Status code of one request through the gateway; 0 if there is no answer.
  static int request() {
    const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto to = Peer::socket_address(*IpAddress::parse("127.0.0.1"), 8080);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return 0;
    const std::string_view question = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    ::send(fd.get(), question.data(), question.size(), MSG_NOSIGNAL);
    char buffer[4096];
    const auto size = ::recv(fd.get(), buffer, sizeof buffer, 0);
    return size > 12 ? std::atoi(buffer + 9) : 0;
  }
  static void request(int times) {
    for (int i = 0; i < times; ++i) EXPECT_EQ(request(), 200);
  }

  Path directory;
  pid_t pid = -1;
};

void at_gateway(const std::function<void()>& body) {
  if (haproxy_program().empty())
    GTEST_SKIP() << "no haproxy here: run tools/peers haproxy, or set WARDHIVE_HAPROXY";
  in_namespace(body);
}

DesiredItem share(std::string node, std::uint32_t share_bps, std::uint64_t version = 1) {
  DesiredItem item;
  item.action = {.offset = version, .index = 0};
  item.verb = share_bps == 0 ? Verb::DrainNode : Verb::SetNodeShare;
  item.control = "haproxy";
  item.key = std::move(node);
  item.share_bps = share_bps;
  item.version = version;
  item.epoch = 1;
  item.expires_in = share_bps == 10'000 ? Duration{} : minutes(10);
  return item;
}

std::unique_ptr<Enforcer> started(const Gateway& gateway) {
  auto enforcer = *make_haproxy({gateway.socket(), "jobs"});
  const auto status = enforcer->start();
  EXPECT_TRUE(status.has_value()) << status.error().message;
  return enforcer;
}

void apply(Enforcer& enforcer, const DesiredItem& item, const std::string& says) {
  const auto applied = enforcer.apply(item, item.expires_in);
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  EXPECT_TRUE(applied->verified) << applied->detail;
  EXPECT_THAT(applied->detail, HasSubstr(says));
}

TEST(Haproxy, DrainsAndBringsBackInStages) {
  at_gateway([] {
    auto& bad = *new Service(9001);
    auto& good = *new Service(9002);
    const Gateway gateway;
    const auto enforcer = started(gateway);
    Gateway::request(20);
    EXPECT_EQ(bad.requests, 10);

    apply(*enforcer, share("job-1", 0), "drained, weight 0 of 100");
    const int before = bad.requests;
    Gateway::request(100);
    EXPECT_EQ(bad.requests, before);  // none after the command returned
    EXPECT_THAT(*enforcer->list(), SizeIs(1));
    EXPECT_EQ(enforcer->list()->front().key, "job-1");
    EXPECT_EQ(enforcer->list()->front().share_bps, 0u);

    apply(*enforcer, share("job-1", 1'000), "ready, weight 10 of 100");
    good.requests = bad.requests = 0;
    Gateway::request(110);
    EXPECT_EQ(bad.requests, 10);  // 10 of 10 + 100
    EXPECT_EQ(good.requests, 100);
    EXPECT_EQ(enforcer->list()->front().share_bps, 1'000u);

    apply(*enforcer, share("job-1", 5'000), "weight 50 of 100");
    good.requests = bad.requests = 0;
    Gateway::request(150);
    EXPECT_EQ(bad.requests, 50);
    apply(*enforcer, share("job-1", 10'000), "weight 100 of 100");
    EXPECT_TRUE(enforcer->list()->empty());
    apply(*enforcer, share("job-1", 0), "drained");
    auto gone = share("job-1", 0);
    gone.present = false;
    apply(*enforcer, gone, "ready, weight 100 of 100");
    apply(*enforcer, gone, "ready, weight 100 of 100");
  });
}

TEST(Haproxy, PutsBackWhatARestartForgot) {
  at_gateway([] {
    auto& bad = *new Service(9001);
    new Service(9002);
    Gateway gateway;
    std::vector<std::unique_ptr<Enforcer>> enforcers;
    enforcers.push_back(*make_haproxy({gateway.socket(), "jobs"}));
    auto actuator = *Actuator::open(
        {gateway.directory / "desired.jsonl", *Entity::parse("node/gw-1"), Duration{}, "b"},
        std::move(enforcers), system_clock());
    actuator->start();
    const auto drain = share("job-1", 0);
    ASSERT_TRUE(actuator->apply({&drain, 1}).at(0).verified);
    gateway.stop();  // SIGKILL
    EXPECT_TRUE(actuator->tick().empty());
    EXPECT_THAT(actuator->controls().at(0).problem, HasSubstr("cannot be reached"));
    gateway.start();
    EXPECT_TRUE(actuator->effects().at("haproxy").empty());  // forgotten
    const auto receipts = actuator->tick();
    ASSERT_THAT(receipts, SizeIs(1));
    EXPECT_EQ(receipts[0].outcome, Outcome::Applied);
    EXPECT_TRUE(receipts[0].verified);
    bad.requests = 0;
    Gateway::request(50);
    EXPECT_EQ(bad.requests, 0);
  });
}

TEST(Haproxy, LeavesMaintenanceToThePersonWhoSetIt) {
  at_gateway([] {
    new Service(9001);
    new Service(9002);
    const Gateway gateway;
    const auto enforcer = started(gateway);
    const auto api = [&](const std::string& command) {
      return std::system(
          ("printf '" + command +
           "\\n' | python3 -c 'import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(\"" +
           gateway.socket().string() + "\"); s.sendall(sys.stdin.buffer.read()); s.recv(99)'")
              .c_str());
    };
    ASSERT_EQ(api("set server jobs/job-1 state maint"), 0);
    apply(*enforcer, share("job-1", 0), "in maintenance");
    const auto back = enforcer->apply(share("job-1", 10'000), {});
    ASSERT_FALSE(back.has_value());
    EXPECT_EQ(back.error().code, ErrorCode::Conflict);
    EXPECT_TRUE(enforcer->list()->empty());
    EXPECT_TRUE(enforcer->release_all().has_value());
    const auto servers = *read_haproxy_stats(gateway.socket(), "jobs");
    EXPECT_EQ(servers[0].status, "MAINT");
  });
}

TEST(Haproxy, CountsWhatTheServersDo) {
  at_gateway([] {
    auto& bad = *new Service(9001);
    new Service(9002);
    const Gateway gateway;
    Gateway::request(10);
    bad.broken = true;
    for (int i = 0; i < 10; ++i) Gateway::request();
    const auto servers = read_haproxy_stats(gateway.socket(), "jobs");
    ASSERT_TRUE(servers.has_value()) << servers.error().message;
    ASSERT_THAT(*servers, SizeIs(2));
    EXPECT_EQ((*servers)[0].server, "job-1");
    EXPECT_EQ((*servers)[0].requests_total, 10u);
    EXPECT_EQ((*servers)[0].errors_total, 5u);
    EXPECT_EQ((*servers)[0].status, "UP");
    EXPECT_TRUE((*servers)[0].check_ok);
    EXPECT_EQ((*servers)[0].weight, 100u);
    EXPECT_EQ((*servers)[1].errors_total, 0u);
    EXPECT_EQ(read_haproxy_stats(gateway.socket(), "nope").error().code, ErrorCode::NotFound);
  });
}

TEST(Haproxy, NamesWhatIsMissing) {
  at_gateway([] {
    new Service(9001);
    new Service(9002);
    const Gateway gateway;
    const auto enforcer = started(gateway);
    const auto unknown = enforcer->apply(share("job-9", 0), minutes(1));
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().code, ErrorCode::NotFound);
    EXPECT_THAT(unknown.error().message, HasSubstr("backend jobs has no server job-9"));
    EXPECT_EQ(enforcer->apply(share("job-1; shutdown", 0), minutes(1)).error().code,
              ErrorCode::InvalidInput);
    EXPECT_EQ(enforcer->apply(share("job-1", 10'001), minutes(1)).error().code,
              ErrorCode::InvalidInput);
    const auto other = (*make_haproxy({gateway.socket(), "nope"}))->start();
    EXPECT_EQ(other.error().code, ErrorCode::NotFound);
    EXPECT_THAT(other.error().message, HasSubstr("nope"));
  });
}

// A share of 10 % of weight 1 is no traffic at all, and so is 50 %.
TEST(Haproxy, RefusesBaseWeightsThatCannotCarryAShare) {
  at_gateway([] {
    new Service(9001);
    new Service(9002);
    const Gateway gateway(1);
    const auto status = (*make_haproxy({gateway.socket(), "jobs"}))->start();
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(status.error().message, HasSubstr("give it `weight 100`"));
  });
}

TEST(Haproxy, SaysWhenNobodyAnswers) {
  const auto directory =
      std::filesystem::temp_directory_path() / ("haproxy_mute." + std::to_string(::getpid()));
  std::filesystem::create_directory(directory);
  const auto path = directory / "api.sock";
  const auto enforcer = *make_haproxy({path, "jobs", millis(50)});
  EXPECT_EQ(enforcer->start().error().code, ErrorCode::Unavailable);
  EXPECT_THAT(enforcer->start().error().message, HasSubstr("level admin"));
  // Somebody listens and says nothing.
  const Fd mute(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::copy_n(path.c_str(), path.native().size(), at.sun_path);
  ASSERT_EQ(::bind(mute.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
  ASSERT_EQ(::listen(mute.get(), 4), 0);
  EXPECT_EQ(enforcer->start().error().code, ErrorCode::Timeout);
  EXPECT_EQ((*make_haproxy({Path(std::string(200, 'x')), "jobs"}))->start().error().code,
            ErrorCode::InvalidInput);
  std::filesystem::remove_all(directory);
}

TEST(HaproxyText, ReadsTheAdministratorsStates) {
  const auto parse = [](int admin_state) {
    return parse_servers_state(
               "1\n# srv_name srv_op_state srv_admin_state srv_uweight srv_iweight extra\njob-1 "
               "2 " +
               std::to_string(admin_state) + " 10 100 x\n\n")
        ->front();
  };
  EXPECT_FALSE(parse(0).drained || parse(0).maintenance);
  EXPECT_TRUE(parse(0).running);
  for (const int bit : {0x08, 0x10})
    EXPECT_TRUE(parse(bit).drained && !parse(bit).maintenance) << bit;
  for (const int bit : {0x01, 0x02, 0x04, 0x20, 0x40})
    EXPECT_TRUE(parse(bit).maintenance && !parse(bit).drained) << bit;
  EXPECT_EQ(parse(0).weight, 10u);
  EXPECT_EQ(parse(0).base_weight, 100u);
}

TEST(HaproxyText, SaysWhatHaproxySaid) {
  const auto code = [](std::string_view answer) {
    return parse_servers_state(answer).error().code;
  };
  EXPECT_EQ(code("Can't find backend.\n\n"), ErrorCode::NotFound);
  EXPECT_EQ(code("Permission denied\n\n"), ErrorCode::PermissionDenied);
  EXPECT_EQ(code("Unknown command: x\n"), ErrorCode::Unavailable);
  EXPECT_EQ(code(""), ErrorCode::Unavailable);
  EXPECT_EQ(code("1\n# srv_name\njob-1\n"), ErrorCode::Corrupt);
  EXPECT_EQ(
      code("1\n# srv_name srv_op_state srv_admin_state srv_uweight srv_iweight\njob-1 2 0 x 100\n"),
      ErrorCode::Corrupt);
  EXPECT_EQ(code("1\n# srv_name srv_op_state srv_admin_state srv_uweight srv_iweight\njob-1 2 0\n"),
            ErrorCode::Corrupt);
  // A complaint about an earlier command counts, although the table follows.
  EXPECT_EQ(code("No such server.\n\n1\n# srv_name srv_op_state srv_admin_state srv_uweight "
                 "srv_iweight\njob-1 2 0 1 100\n"),
            ErrorCode::NotFound);
  EXPECT_EQ(parse_stat("No such proxy.\n\n").error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace wardhive
