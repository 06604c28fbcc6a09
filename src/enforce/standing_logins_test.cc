#include "enforce/standing_logins.h"

#include <gmock/gmock.h>
#include <utmpx.h>

#include <cstring>

namespace wardhive {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Instant kNow = instant_from_ns(1'800'000'000LL * 1'000'000'000);
const IpAddress kGuest = *IpAddress::parse("203.0.113.66");

Event attempt(EventKind kind, const IpAddress& from, Instant at, std::uint16_t port = 40'000) {
  Event event{kind, address(from.text()), node("job-1"), at, {}};
  event.attributes["port"] = std::to_string(port);
  return event;
}

std::string utmp_of(const IpAddress& from, Instant at, short type = USER_PROCESS) {
  utmpx record{};
  record.ut_type = type;
  record.ut_tv.tv_sec = static_cast<decltype(record.ut_tv.tv_sec)>(to_ns(at) / 1'000'000'000);
  if (from.is_v4())
    std::memcpy(record.ut_addr_v6, from.bytes.data() + 12, 4);
  else
    std::memcpy(record.ut_addr_v6, from.bytes.data(), 16);
  return {reinterpret_cast<const char*>(&record), sizeof record};
}

// The defect this class exists for: a guesser between two guesses has a connection too.
TEST(StandingLogins, AConnectionIsNoLogin) {
  StandingLogins logins;
  EXPECT_THAT(logins.peers({{kGuest, 40'000}}, ""), IsEmpty());
  logins.note(attempt(EventKind::AuthFailed, kGuest, kNow));
  EXPECT_THAT(logins.peers({{kGuest, 40'000}}, ""), IsEmpty());
}

TEST(StandingLogins, StandWhileTheirConnectionDoes) {
  StandingLogins logins;
  logins.note(attempt(EventKind::AuthSucceeded, kGuest, kNow, 40'000));
  EXPECT_THAT(logins.peers({{kGuest, 40'000}}, ""), ElementsAre(kGuest));
  EXPECT_THAT(logins.peers({{kGuest, 40'001}}, ""), IsEmpty()) << "another connection";
  EXPECT_THAT(logins.peers({}, ""), IsEmpty()) << "it ended";
  auto nameless = attempt(EventKind::AuthSucceeded, kGuest, kNow, 40'001);
  nameless.attributes.clear();
  logins.note(nameless);
  EXPECT_THAT(logins.peers({{kGuest, 40'001}}, ""), IsEmpty());
}

TEST(StandingLogins, AGuessThatHitProtectsNobody) {
  StandingLogins logins;
  logins.note(attempt(EventKind::AuthFailed, kGuest, kNow - minutes(9)));
  logins.note(attempt(EventKind::AuthSucceeded, kGuest, kNow));
  EXPECT_THAT(logins.peers({{kGuest, 40'000}}, utmp_of(kGuest, kNow)), IsEmpty());
  // Nor when he goes on guessing with the connection open.
  logins.note(attempt(EventKind::AuthFailed, kGuest, kNow + minutes(1)));
  EXPECT_THAT(logins.peers({{kGuest, 40'000}}, utmp_of(kGuest, kNow)), IsEmpty());

  const auto old = kNow + minutes(1) + StandingLogins::kDoubt + seconds(1);
  logins.note(attempt(EventKind::AuthSucceeded, kGuest, old, 40'002));
  EXPECT_THAT(logins.peers({{kGuest, 40'002}}, ""), ElementsAre(kGuest));
}

// Somebody else behind the same address fails later: who was in before stays in.
TEST(StandingLogins, FailuresAfterALoginTakeNothingFromIt) {
  StandingLogins logins;
  logins.note(attempt(EventKind::AuthSucceeded, kGuest, kNow, 40'000));
  logins.note(attempt(EventKind::AuthFailed, kGuest, kNow + seconds(1), 40'001));
  EXPECT_THAT(logins.peers({{kGuest, 40'000}}, ""), ElementsAre(kGuest));
  EXPECT_THAT(logins.peers({{kGuest, 40'000}}, utmp_of(kGuest, kNow)), ElementsAre(kGuest));
}

TEST(StandingLogins, OfBeforeThisProcessAreInUtmp) {
  const StandingLogins logins;
  const auto v6 = *IpAddress::parse("2001:db8::7");
  const auto utmp = utmp_of(kGuest, kNow) + utmp_of(v6, kNow) + utmp_of(IpAddress{}, kNow) +
                    utmp_of(*IpAddress::parse("192.0.2.9"), kNow, DEAD_PROCESS) + "half a record";
  EXPECT_THAT(
      logins.peers({{kGuest, 1}, {v6, 2}, {v6, 3}, {*IpAddress::parse("192.0.2.9"), 4}}, utmp),
      ElementsAre(kGuest, v6));
  EXPECT_THAT(logins.peers({}, utmp), IsEmpty()) << "left over from a session that was cut";
  EXPECT_THAT(logins_of_utmp("x"), IsEmpty());
}

TEST(StandingLogins, MemoryIsBounded) {
  StandingLogins logins;
  for (std::size_t i = 0; i < StandingLogins::kLoginsMax + 10; ++i)
    logins.note(attempt(EventKind::AuthSucceeded, kGuest, kNow, static_cast<std::uint16_t>(1 + i)));
  EXPECT_THAT(logins.peers({{kGuest, 10}}, ""), IsEmpty());
  EXPECT_THAT(logins.peers({{kGuest, 11}}, ""), ElementsAre(kGuest));
}

}  // namespace
}  // namespace wardhive
