// The fleet's programs on hosts of a real sandbox, seen as the demo sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <sstream>

#include "app/fleet/sandbox_fixture.h"

namespace wardhive::fleet {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

class PartsTest : public SandboxTest {
 protected:
  void start_job() {
    start_part("node-1", "job",
               {"job", "--node", "node-1", "--fault-file", Sandbox::inside("fault").string()});
    ASSERT_TRUE(eventually(
        [&] { return part("client", {"get", "192.0.2.11:8080", "/healthz"}).code == 0; }));
  }
  void start_sshd() {
    start_part("node-1", "sshd",
               {"sshd", "--node", "node-1", "--auth-log", Sandbox::inside("auth.log").string(),
                "--account", "deploy:right"});
    ASSERT_TRUE(eventually([&] { return port_open(); }));
  }
  bool port_open() {
    return shell("node-1", "ss -Hltn sport = 22").out.find(":22") != std::string::npos;
  }
};

TEST_F(PartsTest, JobAnswersErrsUnderFaultAndRecovers) {
  start_job();
  const auto good = part("client", {"get", "192.0.2.11:8080", "/work"});
  EXPECT_EQ(good.out, "{\"node\":\"node-1\",\"job\":\"job\"}\n");

  ASSERT_TRUE(write_file_atomically(sandbox_->outside("fault"),
                                    "latency_ms=120\nerror_percent=100\nhealth_fail=1\n"));
  EXPECT_EQ(part("client", {"get", "192.0.2.11:8080", "/work"}).err, "500 Internal Server Error\n");
  EXPECT_EQ(part("client", {"get", "192.0.2.11:8080", "/healthz"}).err,
            "503 Service Unavailable\n");
  std::filesystem::remove(sandbox_->outside("fault"));
  EXPECT_EQ(part("client", {"get", "192.0.2.11:8080", "/work"}).code, 0);
  EXPECT_EQ(part("client", {"get", "192.0.2.11:8080", "/healthz"}).code, 0);

  const auto metrics = part("client", {"get", "192.0.2.11:8080", "/metrics"}).out;
  EXPECT_THAT(metrics, HasSubstr("job_requests_total{code=\"200\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("job_requests_total{code=\"500\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("job_request_duration_seconds_bucket{le=\"0.1\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("job_request_duration_seconds_count 3\n"));
}

TEST_F(PartsTest, BadFaultFileKeepsTheLastGoodOne) {
  start_job();
  ASSERT_TRUE(write_file_atomically(sandbox_->outside("fault"), "error_percent=100\n"));
  EXPECT_EQ(part("client", {"get", "192.0.2.11:8080", "/work"}).code, 1);
  ASSERT_TRUE(write_file_atomically(sandbox_->outside("fault"), "error_percent=lots\n"));
  EXPECT_EQ(part("client", {"get", "192.0.2.11:8080", "/work"}).code, 1);
  EXPECT_THAT(file("log/job.log"), HasSubstr("fault:1:"));
}

TEST_F(PartsTest, JobRefusesNonsenseAndGoesOn) {
  start_job();
  EXPECT_EQ(part("client", {"get", "192.0.2.11:8080", "/nothing"}).err, "404 Not Found\n");
  EXPECT_EQ(part("client", {"get", "192.0.2.11:8080", "/wo rk"}).err, "400 Bad Request\n");
  EXPECT_EQ(part("client", {"get", "192.0.2.11:8080", "/work"}).code, 0);
}

TEST_F(PartsTest, GuessesAppearInTheAuthLogWithTheAttackersRealAddress) {
  start_sshd();
  const auto guesses = part("attacker", {"attacker", "--target", "192.0.2.11:22", "--rate", "1000",
                                         "--attempts", "4", "--login", "admin:1", "deploy:2"});
  const auto seen = lines_of(guesses.out);
  ASSERT_EQ(seen.size(), 5u);
  EXPECT_THAT(
      seen[0],
      MatchesRegex(R"(.*"outcome":"connected","user":"admin","accepted":false,"port":[0-9]+,.*)"));
  EXPECT_EQ(
      seen[4],
      R"({"summary":true,"attempts":4,"accepted":0,"connected":4,"refused":0,"timeout":0,"reset":0,"unreachable":0})");

  ASSERT_TRUE(eventually([&] { return count_of(file("auth.log"), "[preauth]") == 4; }));
  const auto log = file("auth.log");
  EXPECT_THAT(
      lines_of(log),
      Contains(
          MatchesRegex(
              R"([A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} node-1 sshd\[[0-9]+\]: Failed password for )"
              R"(invalid user admin from 203\.0\.113\.66 port [0-9]+ ssh2)"))
          .Times(2));
  EXPECT_EQ(count_of(log, "Failed password for deploy from 203.0.113.66 port "), 2u);
  EXPECT_EQ(count_of(log, "Invalid user admin from 203.0.113.66 port "), 2u);
  EXPECT_THAT(log, Not(HasSubstr("Accepted")));
}

TEST_F(PartsTest, NeighbourFailsOnceThenStaysIn) {
  start_sshd();
  const auto out =
      part("neighbour", {"attacker", "--target", "192.0.2.11:22", "--rate", "1000", "--attempts",
                         "3", "--stay", "--login", "deploy:typo", "deploy:right"})
          .out;
  EXPECT_THAT(out, HasSubstr(R"("attempts":3,"accepted":2,"connected":3)"));
  const auto log = file("auth.log");
  EXPECT_EQ(count_of(log, "Failed password for deploy from 203.0.113.67 port "), 1u);
  EXPECT_EQ(count_of(log, "Accepted password for deploy from 203.0.113.67 port "), 2u);
}

TEST_F(PartsTest, ClosedPortIsRefusedAndSilenceIsATimeout) {
  EXPECT_THAT(part("attacker", {"attacker", "--target", "192.0.2.11:22", "--attempts", "1"}).out,
              HasSubstr(R"("outcome":"refused")"));
  EXPECT_THAT(part("attacker", {"attacker", "--target", "192.0.2.77:22", "--attempts", "1",
                                "--connect-timeout-ms", "50"})
                  .out,
              HasSubstr(R"("outcome":"timeout")"));
}

// The first incident of the demo, by hand: a ban in a set with expiry.
TEST_F(PartsTest, BannedAddressIsCountedAndShutOutTheNeighbourIsNot) {
  if (shell("node-1", "command -v nft").code != 0) GTEST_SKIP() << "nft is not installed";
  start_sshd();
  const auto rules =
      shell("node-1",
            "nft 'add table inet t; add set inet t banned { type ipv4_addr; flags timeout; };"
            "add chain inet t in { type filter hook input priority 0; };"
            "add rule inet t in ip saddr @banned counter drop;"
            "add element inet t banned { 203.0.113.66 timeout 10m }'");
  ASSERT_EQ(rules.code, 0) << rules.err;
  const auto shut_out = part("attacker", {"attacker", "--target", "192.0.2.11:22", "--attempts",
                                          "2", "--connect-timeout-ms", "100"});
  EXPECT_THAT(shut_out.out, HasSubstr(R"("connected":0,"refused":0,"timeout":2)"));
  const auto innocent = part(
      "neighbour", {"attacker", "--target", "192.0.2.11:22", "--attempts", "2", "--rate", "1000"});
  EXPECT_THAT(innocent.out, HasSubstr(R"("connected":2)"));
  EXPECT_THAT(file("auth.log"), Not(HasSubstr("203.0.113.66")));
  EXPECT_THAT(shell("node-1", "nft -j list chain inet t in").out,
              MatchesRegex(R"(.*"packets": [1-9].*)"));
}

TEST_F(PartsTest, ClientLogsEachRequestAndSumsUpAtItsEnd) {
  start_job();
  const auto start = Sandbox::inside("go").string();
  start_part("client", "client",
             {"client", "--gateway", "192.0.2.11:8080", "--workers", "2", "--pause-ms", "1",
              "--start-file", start});
  EXPECT_TRUE(sandbox_->running("client"));
  EXPECT_EQ(file("log/client.log"), "") << "waits for its start file";
  ASSERT_TRUE(write_file_atomically(sandbox_->outside("go"), ""));
  ASSERT_TRUE(eventually([&] { return count_of(file("log/client.log"), "\n") >= 20; }));
  ASSERT_TRUE(sandbox_->kill("job", SIGKILL));
  ASSERT_TRUE(
      eventually([&] { return file("log/client.log").find("\"error\"") != std::string::npos; }));
  ASSERT_TRUE(sandbox_->kill("client", SIGTERM));
  const auto end = sandbox_->wait_exit("client", kTestWaitMax);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, 0);

  const auto lines = lines_of(file("log/client.log"));
  EXPECT_THAT(lines.front(),
              MatchesRegex(R"(\{"at_ns":[0-9]{19},"status":200,"node":"node-1","ms":[0-9.]+\})"));
  EXPECT_THAT(file("log/client.log"), HasSubstr(R"("status":0,"node":"","ms":)"));
  EXPECT_THAT(
      lines.back(),
      MatchesRegex(R"(\{"summary":true,"requests":[0-9]+,"ok":[0-9]+,"failed":[1-9][0-9]*\})"));
}

TEST_F(PartsTest, WrongUsageIsExplained) {
  const auto wrong = part("client", {"client", "--gateway", "nowhere"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("\"nowhere\" is not ADDRESS:PORT"));
  EXPECT_EQ(part("client", {"no-such-part"}).code, 2);
  EXPECT_EQ(part("client", {"client", "--help"}).code, 0);
}

}  // namespace
}  // namespace wardhive::fleet
