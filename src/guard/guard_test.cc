#include <gtest/gtest.h>

#include "base/limits.h"
#include "guard/door.h"

namespace wardhive {
namespace {

class SetClock final : public Clock {
 public:
  Instant wall() const override { return Instant(now.time_since_epoch()); }
  MonoTime mono() const override { return now; }
  MonoTime now{hours(1)};
};

TEST(RateLimiter, AdmitsTheBurstThenTheRate) {
  RateLimiter limiter(10, 5);
  MonoTime now{};
  int admitted = 0;
  for (int i = 0; i < 100; ++i) admitted += limiter.admit("a", 1, now);
  EXPECT_EQ(admitted, 5);
  EXPECT_TRUE(limiter.admit("b", 1, now)) << "one peer's flood is not another's";
  now += seconds(1);
  for (int i = 0; i < 100; ++i) admitted += limiter.admit("a", 1, now);
  EXPECT_EQ(admitted, 10) << "never more than the burst, however long it was quiet";
}

TEST(RateLimiter, ARequestBeyondTheBurstIsPaidOff) {
  RateLimiter limiter(10, 5);
  EXPECT_TRUE(limiter.admit("a", 100, MonoTime{}));
  EXPECT_FALSE(limiter.admit("a", 1, MonoTime(seconds(9))));
  EXPECT_TRUE(limiter.admit("a", 1, MonoTime(seconds(10))));
}

TEST(RateLimiter, FullTableRefusesNewPeersAndForgetsWholeBudgets) {
  RateLimiter limiter(1, 1);
  for (std::size_t i = 0; i < limits::kSourcesTrackedMax; ++i)
    ASSERT_TRUE(limiter.admit(std::to_string(i), 1, MonoTime{}));
  EXPECT_FALSE(limiter.admit("late", 1, MonoTime{}));
  EXPECT_TRUE(limiter.admit("late", 1, MonoTime(seconds(2))));
}

class DoorTest : public testing::Test {
 protected:
  DoorTest() : door(GuardSettings{}, clock) {
    door.set_token(Access::Operator, "cli", "operator-secret");
    door.set_token(Access::Writer, "remote-write", "writer-secret");
    door.set_agent("job-1", token_hash("agent-secret"));
  }
  static Caller caller(std::string bearer = {}) {
    Caller c;
    c.peer = "127.0.0.1";
    c.host = "127.0.0.1";
    c.bearer = std::move(bearer);
    return c;
  }
  SetClock clock;
  Door door;
};

TEST_F(DoorTest, EachTokenOpensItsOwnDoorOnly) {
  EXPECT_EQ(door.admit(caller("operator-secret"), Access::Operator)->name, "cli");
  EXPECT_EQ(door.admit(caller("agent-secret"), Access::Agent)->name, "job-1");
  EXPECT_EQ(door.admit(caller("writer-secret"), Access::Operator).error().code,
            ErrorCode::PermissionDenied);
  EXPECT_EQ(door.admit(caller("agent-secret"), Access::Operator).error().code,
            ErrorCode::PermissionDenied);
  EXPECT_EQ(door.admit(caller("operator-secret"), Access::Agent).error().code,
            ErrorCode::PermissionDenied);
  EXPECT_EQ(door.admit(caller("wrong"), Access::Operator).error().code, ErrorCode::Conflict);
  EXPECT_EQ(door.admit(caller(), Access::Writer).error().code, ErrorCode::Conflict);
  EXPECT_TRUE(door.admit(caller(), Access::Public));
}

TEST_F(DoorTest, ForeignHostIsRefusedWhateverTheToken) {
  auto c = caller("operator-secret");
  for (const auto* host : {"evil.example", "", "127.0.0.1.evil.example"}) {
    c.host = host;
    EXPECT_EQ(door.admit(c, Access::Operator).error().code, ErrorCode::PermissionDenied) << host;
  }
  for (const auto* host : {"localhost", "127.0.0.1", "[::1]"}) {
    c.host = host;
    EXPECT_TRUE(door.admit(c, Access::Operator)) << host;
  }
}

TEST_F(DoorTest, LogInCodeWorksOnceAndSessionNeedsTheHeaderToWrite) {
  const auto code = door.make_login_code("ada");
  const auto session = door.open_session(code);
  ASSERT_TRUE(session);
  EXPECT_FALSE(door.open_session(code)) << "once";
  auto c = caller();
  c.session = *session;
  ASSERT_TRUE(door.admit(c, Access::Operator));
  EXPECT_EQ(door.admit(c, Access::Operator)->name, "ada") << "approvals count persons";
  EXPECT_FALSE(door.admit(c, Access::Agent));
  c.writes = true;
  EXPECT_EQ(door.admit(c, Access::Operator).error().code, ErrorCode::PermissionDenied);
  c.write_header = true;
  EXPECT_TRUE(door.admit(c, Access::Operator));
  clock.now += hours(13);
  EXPECT_FALSE(door.admit(c, Access::Operator)) << "sessions end";
}

TEST_F(DoorTest, OldCodesAndEnrolmentTokensAreRefused) {
  const auto code = door.make_login_code("ada");
  const auto token = door.make_enrolment_token("job-2");
  EXPECT_FALSE(door.use_enrolment_token(token, "job-3")) << "for another node";
  EXPECT_TRUE(door.use_enrolment_token(token, "job-2"));
  EXPECT_FALSE(door.use_enrolment_token(token, "job-2")) << "once";
  const auto late = door.make_enrolment_token("");
  clock.now += hours(2);
  EXPECT_FALSE(door.open_session(code));
  EXPECT_FALSE(door.use_enrolment_token(late, "job-2"));
}

TEST_F(DoorTest, RemovedAgentIsOutAtOnceAndANewCredentialReplacesTheOld) {
  door.set_agent("job-1", token_hash("second"));
  EXPECT_FALSE(door.admit(caller("agent-secret"), Access::Agent));
  EXPECT_TRUE(door.admit(caller("second"), Access::Agent));
  door.remove_agent("job-1");
  EXPECT_FALSE(door.admit(caller("second"), Access::Agent));
}

}  // namespace
}  // namespace wardhive
