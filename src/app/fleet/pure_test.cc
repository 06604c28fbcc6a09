// What needs no sandbox: causes of refusal, messages, fault files, log lines, HTTP heads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>

#include "app/fleet/attacker.h"
#include "app/fleet/http_message.h"
#include "app/fleet/job.h"
#include "app/fleet/refusal.h"
#include "app/fleet/sshd.h"
#include "app/fleet/wire.h"
#include "app/fleet/world.h"

namespace wardhive::fleet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

NamespaceFacts healthy(int error) {
  return {.step = "make its namespaces",
          .error = error,
          .unprivileged_userns_clone = 1,
          .max_user_namespaces = 96'365,
          .max_net_namespaces = 96'365,
          .apparmor_restrict_unprivileged_userns = 0};
}

TEST(Refusal, DebiansSysctlIsNamed) {
  auto facts = healthy(EPERM);
  facts.unprivileged_userns_clone = 0;
  const auto error = explain_refusal(facts);
  EXPECT_EQ(error.code, ErrorCode::PermissionDenied);
  EXPECT_THAT(error.message, HasSubstr("could not make its namespaces: Operation not permitted"));
  EXPECT_THAT(error.message, HasSubstr("sudo sysctl -w kernel.unprivileged_userns_clone=1"));
}

TEST(Refusal, SysctlsForOrdinaryUsersAreNotBlamedForRoot) {
  auto facts = healthy(EPERM);
  facts.root = true;
  facts.seccomp = true;
  facts.unprivileged_userns_clone = 0;
  facts.apparmor_restrict_unprivileged_userns = 1;
  EXPECT_THAT(explain_refusal(facts).message, HasSubstr("seccomp=unconfined"));
}

TEST(Refusal, ZeroNamespacesAllowedIsNamedWhateverTheErrno) {
  for (const int error : {ENOSPC, EPERM, EUSERS}) {
    auto facts = healthy(error);
    facts.max_user_namespaces = 0;
    EXPECT_THAT(explain_refusal(facts).message,
                HasSubstr("sudo sysctl -w user.max_user_namespaces=15000"));
  }
  auto facts = healthy(ENOSPC);
  facts.max_net_namespaces = 0;
  EXPECT_THAT(explain_refusal(facts).message, HasSubstr("user.max_net_namespaces is 0"));
  EXPECT_EQ(explain_refusal(healthy(ENOSPC)).code, ErrorCode::LimitReached);
}

// Ubuntu lets the namespace be made and then takes its rights: a later step meets EACCES.
TEST(Refusal, AppArmorIsNamedAtALaterStepToo) {
  auto facts = healthy(EACCES);
  facts.step = "make its mounts private";
  facts.seccomp = true;
  facts.apparmor_restrict_unprivileged_userns = 1;
  EXPECT_THAT(explain_refusal(facts).message,
              HasSubstr("kernel.apparmor_restrict_unprivileged_userns=0"));
}

TEST(Refusal, SeccompIsBlamedOnlyWhenAFilterIsThere) {
  auto facts = healthy(EPERM);
  EXPECT_THAT(explain_refusal(facts).message, HasSubstr("chroot"));
  facts.seccomp = true;
  EXPECT_THAT(explain_refusal(facts).message, HasSubstr("seccomp filter"));
}

TEST(Refusal, KernelWithoutNamespacesIsUnsupported) {
  EXPECT_EQ(explain_refusal(healthy(EINVAL)).code, ErrorCode::Unsupported);
  EXPECT_THAT(explain_refusal(healthy(ENOMEM)).message, HasSubstr("Cannot allocate memory"));
}

TEST(Refusal, SettingsThatDoNotExistAreNotZero) {
  const NamespaceFacts facts{.step = "make its namespaces",
                             .error = EPERM,
                             .unprivileged_userns_clone = {},
                             .max_user_namespaces = {},
                             .max_net_namespaces = {},
                             .apparmor_restrict_unprivileged_userns = {}};
  EXPECT_THAT(explain_refusal(facts).message, Not(HasSubstr("sysctl -w")));
}

TEST(Wire, WordsAndDescriptorsArriveAsSent) {
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
  const Fd left(pair[0]);
  Fd right(pair[1]);
  const std::string words[] = {"spawn", "", "a b\nc"};
  ASSERT_TRUE(send_message(left.get(), words, {pair, 1}));
  const auto message = receive_message(right.get());
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_THAT(message->words, ElementsAre("spawn", "", "a b\nc"));
  EXPECT_EQ(message->fds.size(), 1u);
  right.reset();
  EXPECT_EQ(receive_message(left.get()).error().code, ErrorCode::Unavailable);
  EXPECT_FALSE(send_message(left.get(), words)) << "an error, not a signal";
}

TEST(Wire, WhatDoesNotFitIsRefusedBeforeItIsSent) {
  const std::string nul[] = {std::string("a\0b", 3)};
  EXPECT_EQ(send_message(-1, nul).error().code, ErrorCode::InvalidInput);
  const std::string large[] = {std::string(kMessageBytesMax, 'x')};
  EXPECT_EQ(send_message(-1, large).error().code, ErrorCode::LimitReached);
  EXPECT_FALSE(unpack(""));
  EXPECT_FALSE(unpack("open"));
}

TEST(World, EachHostHasOneCableAndNoWayOut) {
  const std::string names[] = {"node-1", "node-2"};
  EXPECT_THAT(switch_commands(names),
              HasSubstr("link add port1 type veth peer name eth0 netns node-2\n"));
  const auto inside = host_commands("192.0.2.11");
  EXPECT_THAT(inside, HasSubstr("addr add 192.0.2.11/32 dev eth0\n"));
  EXPECT_THAT(inside, HasSubstr("route add 203.0.113.0/24 dev eth0 src 192.0.2.11\n"));
  EXPECT_THAT(inside, Not(HasSubstr("default")));
}

TEST(Fault, IsReadWithItsBounds) {
  EXPECT_EQ(*parse_fault(""), Fault{});
  EXPECT_EQ(*parse_fault("latency_ms=800\nerror_percent=30.5\n\nhealth_fail=1"),
            (Fault{.latency_ms = 800, .error_percent = 30.5, .health_fail = true}));
  for (const auto* bad : {"latency_ms=60001", "latency_ms=-1", "latency_ms=5x", "error_percent=101",
                          "error_percent=nan", "health_fail=2", "latency=5", "latency_ms", "="})
    EXPECT_FALSE(parse_fault(bad)) << bad;
  EXPECT_THAT(parse_fault("latency_ms=1\nlatenci_ms=2").error().message,
              HasSubstr("fault:2: \"latenci_ms=2\""));
}

TEST(JobMetrics, BucketsAreCumulative) {
  JobMetrics metrics;
  metrics.count(200, millis(10));
  metrics.count(500, seconds(60));
  metrics.count_turned_away();
  const auto text = metrics.render();
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"0.005\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"0.01\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"5\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("job_connections_turned_away_total 1\n"));
}

const Endpoint kPeer{*IpAddress::parse("203.0.113.66"), 41'022};

TEST(SshdLog, LinesAreThoseOfOpenSsh) {
  EXPECT_THAT(
      attempt_messages("admin", false, false, kPeer),
      ElementsAre(
          "Invalid user admin from 203.0.113.66 port 41022",
          "pam_unix(sshd:auth): check pass; user unknown",
          "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
          "rhost=203.0.113.66 ",
          "Failed password for invalid user admin from 203.0.113.66 port 41022 ssh2"));
  EXPECT_EQ(attempt_messages("root", true, false, kPeer).back(),
            "Failed password for root from 203.0.113.66 port 41022 ssh2");
  EXPECT_EQ(attempt_messages("deploy", true, true, kPeer).front(),
            "Accepted password for deploy from 203.0.113.66 port 41022 ssh2");
  EXPECT_EQ(closed_message("admin", false, kPeer),
            "Connection closed by invalid user admin 203.0.113.66 port 41022 [preauth]");
}

// As with the real sshd, a name can look like another line's end, but never be a line of its own.
TEST(SshdLog, UserNameCannotBreakTheLine) {
  EXPECT_EQ(log_safe_user("a\nb\x1b[2J\xff"), "a?b?[2J?");
  EXPECT_EQ(log_safe_user("root from 198.51.100.7 port 22 ssh2"),
            "root from 198.51.100.7 port 22 ssh2");
  EXPECT_EQ(log_safe_user(std::string(500, 'x')).size(), 64u);
}

TEST(Outcome, TellsADropFromARejectFromAClosedPort) {
  EXPECT_EQ(outcome_of(0), "connected");
  EXPECT_EQ(outcome_of(ETIMEDOUT), "timeout");
  EXPECT_EQ(outcome_of(ECONNREFUSED), "refused");
  EXPECT_EQ(outcome_of(ECONNRESET), "reset");
  EXPECT_EQ(outcome_of(EHOSTUNREACH), "unreachable");
}

TEST(Endpoint, NeedsAnAddressAndAPort) {
  EXPECT_EQ(parse_endpoint("192.0.2.11:8080")->port, 8080);
  for (const auto* bad :
       {"192.0.2.11", "192.0.2.11:", "192.0.2.11:0", "192.0.2.11:65536", "node-1:80", "::1:80"})
    EXPECT_FALSE(parse_endpoint(bad)) << bad;
}

TEST(HttpHead, RequestAndResponseAreRead) {
  const auto request =
      parse_http_head("GET /work HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->second, "/work");
  EXPECT_FALSE(request->keep_alive);
  const auto response = parse_http_head(
      "HTTP/1.1 503 Service Unavailable\r\nX-Node:node-1 \r\ncontent-length: 7\r\n\r\n");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->third, "Service Unavailable");
  EXPECT_EQ(response->header("x-node"), "node-1");
  EXPECT_EQ(response->content_length, 7u);
  EXPECT_TRUE(response->keep_alive);
}

TEST(HttpHead, WhatTwoReadersCouldReadDifferentlyIsRefused) {
  const std::string start = "GET / HTTP/1.1\r\n";
  for (const auto* bad :
       {"Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: +1\r\n",
        "Content-Length: 1, 1\r\n", "Content-Length : 1\r\n", " folded: x\r\n", "no colon\r\n",
        "a: b\nc: d\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 99999999\r\n",
        "Content-Length: 99999999999999999999999\r\n"})
    EXPECT_FALSE(parse_http_head(start + bad + "\r\n")) << bad;
  for (const auto* bad : {"", "\r\n\r\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n",
                          "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\n"})
    EXPECT_FALSE(parse_http_head(bad)) << bad;
}

}  // namespace
}  // namespace wardhive::fleet
