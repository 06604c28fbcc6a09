#include "ingest/sshd_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/limits.h"

namespace wardhive {
namespace {

const Instant kNow = *parse_rfc3339("2026-11-22T12:00:00Z");

class SshdLog : public ::testing::Test {
 protected:
  // A message of process `pid`, as syslog writes it today.
  std::optional<Event> say(std::string_view message, int pid = 100) {
    return parser_.parse(
        "Nov 22 11:59:58 gate sshd[" + std::to_string(pid) + "]: " + std::string(message), kNow);
  }
  std::string origin(std::string_view message) {
    const auto event = say(message, ++pid_);
    return event && event->kind == EventKind::AuthFailed ? event->subject.name : "nobody";
  }

  SshdLogParser parser_{node("gate"), {}};
  int pid_ = 1'000;
};

TEST_F(SshdLog, AFailedPasswordSaysWhoFromWhereAndWhen) {
  const auto event = say("Failed password for root from 203.0.113.66 port 4000 ssh2");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, EventKind::AuthFailed);
  EXPECT_EQ(event->subject, address("203.0.113.66"));
  EXPECT_EQ(event->observer, node("gate"));
  EXPECT_EQ(format_rfc3339(event->at), "2026-11-22T11:59:58Z");
  EXPECT_EQ(event->attributes.at("user"), "root");
  EXPECT_EQ(event->attributes.at("service"), "sshd");
  EXPECT_EQ(
      event->attributes.at("line"),
      "Nov 22 11:59:58 gate sshd[100]: Failed password for root from 203.0.113.66 port 4000 ssh2");
  EXPECT_FALSE(event->attributes.contains("count"));
}

TEST_F(SshdLog, EachKindOfFailureNamesItsAddress) {
  for (const auto* message :
       {"Failed password for invalid user admin from 203.0.113.66 port 4000 ssh2",
        "Invalid user admin from 203.0.113.66 port 4000", "Invalid user admin from 203.0.113.66",
        "Invalid user  from 203.0.113.66 port 4000",
        "Failed password for illegal user admin from ::ffff:203.0.113.66 port 4000 ssh2",
        "error: PAM: Authentication failure for root from 203.0.113.66",
        "Connection closed by authenticating user root 203.0.113.66 port 4000 [preauth]",
        "Connection reset by invalid user admin 203.0.113.66 port 4000 [preauth]",
        "Disconnected from authenticating user root 203.0.113.66 port 4000 [preauth]"})
    EXPECT_EQ(origin(message), "203.0.113.66") << message;
  EXPECT_EQ(origin("Failed password for root from 2001:db8::7 port 4000 ssh2"), "2001:db8::7");
}

TEST_F(SshdLog, AnAcceptedLogInIsASuccess) {
  for (const auto* message : {"Accepted password for root from 203.0.113.66 port 4000 ssh2",
                              "Accepted publickey for root from 203.0.113.66 port 4000 ssh2: "
                              "ED25519 SHA256:x from 198.51.100.7 port 1 ssh2"}) {
    const auto event = say(message);
    ASSERT_TRUE(event) << message;
    EXPECT_EQ(event->kind, EventKind::AuthSucceeded);
    EXPECT_EQ(event->subject, address("203.0.113.66"));
    EXPECT_EQ(event->attributes.at("user"), "root");
    EXPECT_EQ(event->attributes.at("port"), "4000") << "the connection that it came by";
  }
}

TEST_F(SshdLog, AUserNameNeverNamesTheAddress) {
  for (const auto* name :
       {"x from 198.51.100.7 port 1 ssh2", "x from 198.51.100.7", "a b  c from 198.51.100.7 port 1",
        " from 198.51.100.7 port 1 ssh2 ", "198.51.100.7 port 1", "from",
        "invalid user x from 198.51.100.7 port 1 ssh2", "message repeated 9 times: [ x"}) {
    EXPECT_EQ(origin(std::string("Failed password for invalid user ") + name +
                     " from 203.0.113.66 port 4000 ssh2"),
              "203.0.113.66")
        << name;
    EXPECT_EQ(origin(std::string("Invalid user ") + name + " from 203.0.113.66 port 4000"),
              "203.0.113.66")
        << name;
    EXPECT_EQ(origin(std::string("Invalid user ") + name + " from 203.0.113.66"), "203.0.113.66")
        << name;
    EXPECT_EQ(origin(std::string("Connection closed by invalid user ") + name +
                     " 203.0.113.66 port 4000 [preauth]"),
              "203.0.113.66")
        << name;
  }
}

TEST_F(SshdLog, WhatDoesNotEndInAnAddressNamesNobody) {
  for (const auto* message :
       {"Failed password for root from gate.example port 4000 ssh2",
        "Failed password for root from 203.0.113.66 port 4000",
        "Failed password for x from 198.51.100.7 port 1 ssh2 from",
        "Failed password for root from 203.0.113.66 port 4000 ssh2 and more",
        "Failed password for root 203.0.113.66 port 4000 ssh2",
        "Failed password for root from 203.0.113.066 port 4000 ssh2",
        "Connection closed by 203.0.113.66 port 4000 [preauth]",
        "Received disconnect from 203.0.113.66 port 4000:11: Bye [preauth]",
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 rhost=203.0.113.66  user=root",
        "Accepted password for root from gate port 4000 ssh2",
        "message repeated 2 times: [ Failed password for root from 203.0.113.66 port 4000 ssh2"})
    EXPECT_FALSE(say(message, ++pid_)) << message;
}

TEST_F(SshdLog, OneAttemptIsCountedOnce) {
  EXPECT_TRUE(say("Invalid user admin from 203.0.113.66 port 4000", 7));
  EXPECT_FALSE(say("Failed password for invalid user admin from 203.0.113.66 port 4000 ssh2", 7));
  EXPECT_FALSE(say("Connection closed by invalid user admin 203.0.113.66 port 4000 [preauth]", 7));
}

TEST_F(SshdLog, FurtherAttemptsOfTheSameProcessCount) {
  EXPECT_TRUE(say("Invalid user admin from 203.0.113.66 port 4000", 7));
  EXPECT_FALSE(say("Failed password for invalid user admin from 203.0.113.66 port 4000 ssh2", 7));
  EXPECT_TRUE(say("Failed password for invalid user admin from 203.0.113.66 port 4000 ssh2", 7));
  EXPECT_TRUE(say("Failed password for invalid user admin from 203.0.113.66 port 4001 ssh2", 8))
      << "another process is another attempt";
}

TEST_F(SshdLog, RepeatsCarryTheirCount) {
  const auto event =
      say("message repeated 5 times: [ Failed password for root from 203.0.113.66 port 4000 ssh2]");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->attributes.at("count"), "5");
  EXPECT_EQ(say("message repeated 4000000000 times: [ Failed password for root from 203.0.113.66 "
                "port 4000 ssh2]")
                ->attributes.at("count"),
            "1000");
  EXPECT_FALSE(
      say("message repeated 5000000000 times: [ Failed password for root from 203.0.113.66 port "
          "4000 ssh2]"));
}

TEST_F(SshdLog, OtherProgramsAreNotListenedTo) {
  for (const auto* program :
       {"sudo[1]", "sshd", "sshdx[1]", "my-sshd[1]", "sshd[x]", "sshd[-1]", "sshd[99999999999]"})
    EXPECT_FALSE(parser_.parse("Nov 22 11:59:58 gate " + std::string(program) +
                                   ": Failed password for root from 203.0.113.66 port 4000 ssh2",
                               kNow))
        << program;
  EXPECT_TRUE(
      parser_.parse("Nov 22 11:59:58 gate sshd-session[1]: Failed password for root from "
                    "203.0.113.66 port 4000 ssh2",
                    kNow));
}

TEST_F(SshdLog, IsoTimesAreTakenWithTheirZone) {
  const auto event = parser_.parse(
      "2026-11-22T13:59:58.250000+02:00 gate sshd[1]: Invalid user a from 203.0.113.66 port 1\r",
      kNow);
  ASSERT_TRUE(event);
  EXPECT_EQ(format_rfc3339(event->at), "2026-11-22T11:59:58.25Z");
}

TEST_F(SshdLog, DecemberReadInJanuaryIsOfLastYear) {
  const auto event =
      parser_.parse("Dec 31 23:59:59 gate sshd[1]: Invalid user a from 203.0.113.66 port 1",
                    *parse_rfc3339("2027-01-01T00:00:03Z"));
  EXPECT_EQ(format_rfc3339(event->at), "2026-12-31T23:59:59Z");
}

TEST(SshdLogTime, AGivenYearRollsOverAndTheOffsetIsTakenOff) {
  SshdLogParser parser(node("gate"), {.year = 2015, .utc_offset = hours(1)});
  const auto at = [&](std::string_view time) {
    return format_rfc3339(
        parser
            .parse(std::string(time) +
                       " gate sshd[1]: Failed password for root from 203.0.113.66 port 1 ssh2",
                   kNow)
            ->at);
  };
  EXPECT_EQ(at("Dec 31 23:30:00"), "2015-12-31T22:30:00Z");
  EXPECT_EQ(at("Jan  1 00:30:00"), "2015-12-31T23:30:00Z");
  EXPECT_EQ(at("Feb  1 00:30:00"), "2016-01-31T23:30:00Z");
}

TEST_F(SshdLog, HostileBytesDoNoHarm) {
  const auto event = say("Invalid user \x1b[2J\x01 <script> from 203.0.113.66 port 4000");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->attributes.at("user"), "?[2J? <script>");
  EXPECT_EQ(say("Invalid user " + std::string(1'000, 'a') + " from 203.0.113.66", 8)
                ->attributes.at("user")
                .size(),
            64u);
  for (const auto* line :
       {"", " ", "Nov", "Nov 22 11:59:58", "Nov 22 11:59:58 ", "Nov 22 11:59:58 gate",
        "Xxx 22 11:59:58 gate sshd[1]: Invalid user a from 203.0.113.66",
        "Nov 99 11:59:58 gate sshd[1]: Invalid user a from 203.0.113.66",
        "Nov 22 1x:59:58 gate sshd[1]: Invalid user a from 203.0.113.66"})
    EXPECT_FALSE(parser_.parse(line, kNow)) << line;
}

// The end of a line that was cut is what its author put there.
TEST_F(SshdLog, ACutLineIsNotBelieved) {
  const std::string head = "Nov 22 11:59:58 gate sshd[1]: Invalid user ",
                    tail = " from 198.51.100.7";
  const auto line =
      head + std::string(limits::kLogLineBytesMax - head.size() - tail.size(), 'a') + tail;
  EXPECT_FALSE(parser_.parse(line, kNow));
  EXPECT_FALSE(parser_.parse(line + " from 203.0.113.66", kNow));
}

// Counted without the parser: per process, the greater of its "Invalid user" and its "Failed
// password" lines, as the former announce one of the latter.
TEST(SshdLogRecorded, CountsEachAddressAsANaiveCountDoes) {
  std::ifstream file(std::filesystem::path(WARDHIVE_SOURCE_DIR) /
                     "../shared/data/loghub-2k/OpenSSH/OpenSSH_2k.log");
  if (!file) GTEST_SKIP() << "no recorded log here";
  SshdLogParser parser(node("LabSZ"), {.year = 2015, .utc_offset = {}});
  std::map<std::string, int> counted, expected;
  std::map<std::pair<std::string, std::string>, std::pair<int, int>> processes;
  for (std::string line; std::getline(file, line);) {
    if (const auto event = parser.parse(line, kNow); event && event->kind == EventKind::AuthFailed)
      counted[event->subject.name] +=
          event->attributes.contains("count") ? std::stoi(event->attributes.at("count")) : 1;
    const auto from = line.rfind(" from ");
    if (from == std::string::npos) continue;
    const auto pid = line.substr(line.find('['), line.find(']') - line.find('['));
    const auto origin = line.substr(from + 6, line.find_first_of(" \r]", from + 6) - from - 6);
    auto& [invalid, failed] = processes[{pid, origin}];
    const auto repeated = line.find("message repeated ");
    if (line.find(": Invalid user ") != std::string::npos) ++invalid;
    if (line.find("Failed password for ") != std::string::npos)
      failed += repeated == std::string::npos ? 1 : std::stoi(line.substr(repeated + 17));
  }
  for (const auto& [process, counts] : processes)
    if (const int attempts = std::max(counts.first, counts.second); attempts > 0)
      expected[process.second] += attempts;
  EXPECT_GT(expected.size(), 20u);
  EXPECT_EQ(counted, expected);
}

}  // namespace
}  // namespace wardhive
