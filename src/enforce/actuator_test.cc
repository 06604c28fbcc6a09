#include "enforce/actuator.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/limits.h"

namespace wardhive {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ManualClock final : public Clock {
 public:
  Instant wall() const override { return wall_now; }
  MonoTime mono() const override { return mono_now; }
  void pass(Duration d) {
    wall_now += d;
    mono_now += d;
  }
  Instant wall_now = instant_from_ns(1'800'000'000'000'000'000);
  MonoTime mono_now{hours(5)};
};

// The world outside: outlives the agents that act on it.
struct World {
  std::map<std::string, Effect> effects;
  std::vector<std::string> log;  // what was done to it, "ban_address 192.0.2.7 60"
  bool reachable = true;
  bool honest = true;  // false: accepts and does nothing
  std::string never_touch;
  bool slow = false;
  bool over = false;  // what is asked for was there and was ended by others
};

class FakeEnforcer final : public Enforcer {
 public:
  FakeEnforcer(std::string control, World& world) : control_(std::move(control)), world_(world) {}
  std::string_view control() const override { return control_; }
  bool can(Verb verb) const override {
    return (verb == Verb::BanAddress) == (control_ == "nftables") && verb != Verb::Notify;
  }
  bool is_slow() const override { return world_.slow; }
  Status start() override {
    return world_.reachable ? ok() : Status(fail(ErrorCode::Unavailable, "nobody answers"));
  }
  void protect(std::vector<IpPrefix>, std::vector<IpAddress> logged_in) override {
    logged_in_ = std::move(logged_in);
  }
  Result<Applied> apply(const DesiredItem& item, Duration expires_in) override {
    if (!world_.reachable) return fail(ErrorCode::Unavailable, "nobody answers");
    if (item.present && item.key == world_.never_touch)
      return fail(ErrorCode::PermissionDenied, item.key + " is never touched");
    for (const auto& guest : logged_in_)
      if (item.present && item.key == guest.text())
        return fail(ErrorCode::Unavailable, item.key + " is logged in");
    world_.log.push_back(item.key +
                         (item.present ? " on " + std::to_string(item.share_bps) : " off"));
    if (world_.over && item.present) return Applied{true, "ended by others", true};
    if (!world_.honest) return Applied{false, "nothing changed"};
    if (item.present && item.share_bps < 10'000)
      world_.effects[item.key] = {
          .key = item.key, .present = true, .share_bps = item.share_bps, .expires_in = expires_in};
    else
      world_.effects.erase(item.key);
    return Applied{true, "done"};
  }
  Result<std::vector<Effect>> list() override {
    if (!world_.reachable) return fail(ErrorCode::Unavailable, "nobody answers");
    std::vector<Effect> out;
    for (const auto& [key, effect] : world_.effects) out.push_back(effect);
    return out;
  }
  Status release_all() override {
    world_.effects.clear();
    return ok();
  }

 private:
  std::string control_;
  World& world_;
  std::vector<IpAddress> logged_in_;
};

class ActuatorTest : public ::testing::Test {
 protected:
  ActuatorTest() {
    directory_ =
        std::filesystem::temp_directory_path() / ("actuator_test." + std::to_string(::getpid()));
    std::filesystem::create_directory(directory_);
    restart();
  }
  ~ActuatorTest() override { std::filesystem::remove_all(directory_); }

  // As after a kill -9: nothing is said to the old one.
  std::vector<Receipt> restart() {
    actuator_.reset();
    std::vector<std::unique_ptr<Enforcer>> enforcers;
    enforcers.push_back(std::make_unique<FakeEnforcer>("nftables", packets_));
    enforcers.push_back(std::make_unique<FakeEnforcer>("haproxy", proxy_));
    auto opened = Actuator::open({file(), *Entity::parse("node/job-1"), seconds(2), boot_},
                                 std::move(enforcers), clock_);
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    actuator_ = std::move(*opened);
    return actuator_->start();
  }
  Path file() const { return directory_ / "desired.jsonl"; }

  static DesiredItem item(Verb verb, std::string key, std::uint64_t version, Duration expires_in,
                          std::uint32_t share_bps = 0) {
    DesiredItem out;
    out.action = {.offset = version, .index = 1};
    out.verb = verb;
    out.control = verb == Verb::BanAddress ? "nftables" : "haproxy";
    out.key = std::move(key);
    out.share_bps = share_bps;
    out.version = version;
    out.epoch = 1;
    out.expires_in = expires_in;
    return out;
  }
  static DesiredItem ban(std::uint64_t version, Duration expires_in = seconds(600),
                         std::string key = "192.0.2.7") {
    return item(Verb::BanAddress, std::move(key), version, expires_in);
  }
  static DesiredItem drain(std::uint64_t version, Duration expires_in = seconds(600)) {
    return item(Verb::DrainNode, "job-1", version, expires_in);
  }
  static DesiredItem off(DesiredItem from, std::uint64_t version) {
    from.present = false;
    from.version = version;
    from.action.offset = version;
    from.expires_in = {};
    return from;
  }
  Receipt apply(const DesiredItem& wanted) {
    const auto receipts = actuator_->apply({&wanted, 1});
    EXPECT_EQ(receipts.size(), 1u);
    return receipts.empty() ? Receipt{} : receipts[0];
  }
  // As time goes by in the kernel too.
  std::vector<Receipt> pass(Duration d) {
    clock_.pass(d);
    for (auto it = packets_.effects.begin(); it != packets_.effects.end();) {
      it->second.expires_in -= d;
      it = it->second.expires_in <= Duration::zero() ? packets_.effects.erase(it) : std::next(it);
    }
    return actuator_->tick();
  }

  ManualClock clock_;
  World packets_;
  World proxy_;
  std::string boot_ = "boot-1";
  Path directory_;
  std::unique_ptr<Actuator> actuator_;
};

TEST_F(ActuatorTest, AppliesAndAnswersOnceRead) {
  const auto receipt = apply(ban(5));
  EXPECT_EQ(receipt.outcome, Outcome::Applied);
  EXPECT_TRUE(receipt.verified);
  EXPECT_EQ(receipt.action.text(), "act-5-1");
  EXPECT_EQ(receipt.agent.text(), "node/job-1");
  EXPECT_EQ(receipt.version, 5u);
  EXPECT_EQ(receipt.epoch, 1u);
  EXPECT_TRUE(packets_.effects.contains("192.0.2.7"));
  EXPECT_EQ(apply(off(ban(5), 6)).outcome, Outcome::Removed);
  EXPECT_THAT(packets_.effects, IsEmpty());
}

TEST_F(ActuatorTest, WhatOthersEndedIsToldAsRemovedAndNotAskedForAgain) {
  apply(ban(1));
  packets_.effects.clear();
  packets_.over = true;
  const auto receipts = pass(seconds(2));
  ASSERT_THAT(receipts, SizeIs(1));
  EXPECT_EQ(receipts[0].outcome, Outcome::Removed);
  EXPECT_TRUE(receipts[0].verified);
  EXPECT_EQ(receipts[0].detail, "ended by others");
  const auto asked = packets_.log.size();
  EXPECT_THAT(pass(minutes(1)), IsEmpty());
  EXPECT_EQ(packets_.log.size(), asked);
}

TEST_F(ActuatorTest, ASlowControlComesAfterTheOthers) {
  const std::vector<DesiredItem> both{drain(1), ban(2)};
  const auto in_order = actuator_->apply(both);
  ASSERT_THAT(in_order, SizeIs(2));
  EXPECT_EQ(in_order[0].version, 1u) << "by name";
  proxy_.slow = true;
  const std::vector<DesiredItem> again{off(drain(1), 3), off(ban(2), 4)};
  const auto swapped = actuator_->apply(again);
  ASSERT_THAT(swapped, SizeIs(2));
  EXPECT_EQ(swapped[0].version, 4u);
}

TEST_F(ActuatorTest, NeverCallsVerifiedWhatDidNotChange) {
  packets_.honest = false;
  const auto receipt = apply(ban(5));
  EXPECT_EQ(receipt.outcome, Outcome::Failed);
  EXPECT_FALSE(receipt.verified);
}

TEST_F(ActuatorTest, RefusesOlderVersionsAndEpochs) {
  apply(ban(5));
  auto older = off(ban(4), 4);
  EXPECT_EQ(apply(older).outcome, Outcome::Refused);
  auto newer_epoch = ban(3);  // a new controller counts as it likes
  newer_epoch.epoch = 2;
  EXPECT_EQ(apply(newer_epoch).outcome, Outcome::Applied);
  const auto refused = apply(off(ban(9), 9));
  EXPECT_EQ(refused.outcome, Outcome::Refused);
  EXPECT_THAT(refused.detail, HasSubstr("epoch 1 is older than 2"));
  EXPECT_TRUE(packets_.effects.contains("192.0.2.7"));
  EXPECT_EQ(actuator_->stats().refused, 2u);

  restart();  // the fence outlives the agent
  EXPECT_EQ(apply(off(ban(9), 9)).outcome, Outcome::Refused);
  // A full set of the old controller takes nothing away either.
  EXPECT_THAT(actuator_->apply_full({}, 1), IsEmpty());
  EXPECT_TRUE(packets_.effects.contains("192.0.2.7"));
}

TEST_F(ActuatorTest, AnOldVersionIsRefusedAfterTheRemovalToo) {
  apply(ban(5));
  apply(off(ban(5), 6));
  restart();
  EXPECT_EQ(apply(ban(5)).outcome, Outcome::Refused);
  EXPECT_THAT(packets_.effects, IsEmpty());
}

TEST_F(ActuatorTest, TheSameAgainIsAnsweredAgainAndLengthensNothing) {
  apply(ban(5, seconds(60)));
  pass(seconds(50));
  const auto again = apply(ban(5, seconds(60)));  // as a re-sent order would say
  EXPECT_EQ(again.outcome, Outcome::Applied);
  EXPECT_TRUE(again.verified);
  EXPECT_EQ(packets_.effects.at("192.0.2.7").expires_in, seconds(10));
  EXPECT_THAT(pass(seconds(10)), SizeIs(1));
  EXPECT_EQ(apply(ban(5, seconds(60))).outcome, Outcome::Expired);  // not banned anew
  EXPECT_THAT(packets_.effects, IsEmpty());
}

TEST_F(ActuatorTest, ABanEndsWithoutTheController) {
  apply(ban(5, seconds(60)));
  EXPECT_THAT(pass(seconds(59)), IsEmpty());
  const auto receipts = pass(seconds(1));
  ASSERT_THAT(receipts, SizeIs(1));
  EXPECT_EQ(receipts[0].outcome, Outcome::Expired);
  EXPECT_TRUE(receipts[0].verified);
  EXPECT_EQ(receipts[0].version, 5u);
  EXPECT_THAT(pass(seconds(60)), IsEmpty());  // said once
  EXPECT_EQ(actuator_->stats().held, 0u);
}

TEST_F(ActuatorTest, ALapsedDrainReturnsAtTenPercentAndNoFurther) {
  apply(drain(5, seconds(60)));
  const auto receipts = pass(seconds(60));
  ASSERT_THAT(receipts, SizeIs(1));
  EXPECT_EQ(receipts[0].outcome, Outcome::Expired);
  EXPECT_EQ(proxy_.effects.at("job-1").share_bps, 1'000u);
  pass(hours(30));
  restart();
  EXPECT_EQ(proxy_.effects.at("job-1").share_bps, 1'000u);
  // A controller whose full set no longer names it has not said that the node may return.
  actuator_->apply_full({}, 1);
  EXPECT_EQ(proxy_.effects.at("job-1").share_bps, 1'000u);
  apply(item(Verb::SetNodeShare, "job-1", 6, {}, 10'000));
  EXPECT_THAT(proxy_.effects, IsEmpty());
}

TEST_F(ActuatorTest, ALapsedShareStaysWhereItIs) {
  apply(item(Verb::SetNodeShare, "job-1", 5, seconds(60), 5'000));
  pass(seconds(61));
  EXPECT_EQ(proxy_.effects.at("job-1").share_bps, 5'000u);
}

// What stands in its way may go: tried again here, without being told.
TEST_F(ActuatorTest, ABanWaitsUntilALogInEnds) {
  actuator_->protect({}, {*IpAddress::parse("192.0.2.7")});
  const auto first = apply(ban(5, seconds(60)));
  EXPECT_EQ(first.outcome, Outcome::Failed);
  EXPECT_THAT(first.detail, HasSubstr("192.0.2.7 is logged in"));
  EXPECT_THAT(pass(seconds(10)), IsEmpty()) << "said once";
  actuator_->protect({}, {});
  const auto receipts = pass(seconds(2));
  ASSERT_THAT(receipts, SizeIs(1));
  EXPECT_EQ(receipts[0].outcome, Outcome::Applied);
  EXPECT_TRUE(receipts[0].verified);
  EXPECT_EQ(receipts[0].version, 5u);
  EXPECT_EQ(packets_.effects.at("192.0.2.7").expires_in, seconds(48));
}

TEST_F(ActuatorTest, RefusesADefenceWithoutAnEnd) {
  EXPECT_EQ(apply(ban(5, {})).outcome, Outcome::Refused);
  EXPECT_EQ(apply(drain(5, {})).outcome, Outcome::Refused);
  EXPECT_EQ(apply(item(Verb::SetNodeShare, "job-1", 5, {}, 5'000)).outcome, Outcome::Refused);
  EXPECT_EQ(apply(item(Verb::SetNodeShare, "job-1", 5, {}, 10'000)).outcome, Outcome::Applied);
  EXPECT_THAT(packets_.log, IsEmpty());
}

TEST_F(ActuatorTest, RefusesWhatThisMachineCannotDo) {
  auto foreign = ban(5);
  foreign.control = "wireguard";
  EXPECT_THAT(apply(foreign).detail, HasSubstr("no control \"wireguard\""));
  auto wrong = ban(5);
  wrong.control = "haproxy";
  EXPECT_THAT(apply(wrong).detail, HasSubstr("haproxy cannot ban_address"));
}

TEST_F(ActuatorTest, ARefusalIsNotTriedAgain) {
  packets_.never_touch = "192.0.2.7";
  const auto receipt = apply(ban(5));
  EXPECT_EQ(receipt.outcome, Outcome::Refused);
  EXPECT_THAT(receipt.detail, HasSubstr("never touched"));
  packets_.never_touch.clear();
  EXPECT_THAT(pass(seconds(10)), IsEmpty());
  restart();
  EXPECT_THAT(packets_.log, IsEmpty());
}

TEST_F(ActuatorTest, AFullSetTakesAwayWhatItDoesNotName) {
  apply(ban(5));
  apply(ban(6, seconds(600), "192.0.2.8"));
  packets_.effects["192.0.2.9"] = {
      .key = "192.0.2.9", .present = true, .share_bps = 0, .expires_in = seconds(600)};
  apply(ban(7));  // a change alone leaves the unknown one alone
  pass(seconds(5));
  EXPECT_TRUE(packets_.effects.contains("192.0.2.9"));
  packets_.log.clear();
  const std::vector full{ban(7)};
  const auto receipts = actuator_->apply_full(full, 1);
  EXPECT_THAT(packets_.log,
              ElementsAre("192.0.2.8 off", "192.0.2.9 off"));  // 192.0.2.7 is right as it is
  ASSERT_THAT(receipts, SizeIs(1));                            // nobody asked for the unknown one
  EXPECT_EQ(receipts[0].outcome, Outcome::Removed);
  EXPECT_EQ(receipts[0].version, 6u);
}

TEST_F(ActuatorTest, WithoutAControllerAFreshAgentKeepsWhatItFinds) {
  packets_.effects["192.0.2.9"] = {
      .key = "192.0.2.9", .present = true, .share_bps = 0, .expires_in = seconds(600)};
  restart();
  pass(seconds(100));
  EXPECT_TRUE(packets_.effects.contains("192.0.2.9"));
}

// Stored, then killed before the kernel heard of it.
TEST_F(ActuatorTest, KilledBetweenStoreAndApplyItAppliesAtTheNextStart) {
  packets_.reachable = false;
  EXPECT_EQ(apply(ban(5)).outcome, Outcome::Failed);
  packets_.reachable = true;
  const auto receipts = restart();
  ASSERT_THAT(receipts, SizeIs(1));
  EXPECT_EQ(receipts[0].outcome, Outcome::Applied);
  EXPECT_EQ(receipts[0].action.text(), "act-5-1");
  EXPECT_THAT(packets_.log, ElementsAre("192.0.2.7 on 0"));
}

TEST_F(ActuatorTest, PutsBackWhatAProxyForgot) {
  apply(drain(5));
  proxy_.effects.clear();  // it was restarted
  const auto receipts = pass(seconds(2));
  ASSERT_THAT(receipts, SizeIs(1));
  EXPECT_THAT(receipts[0].detail, HasSubstr("put right"));
  EXPECT_EQ(proxy_.effects.at("job-1").share_bps, 0u);
  EXPECT_EQ(actuator_->stats().repairs, 1u);
  proxy_.effects["job-1"].share_bps = 10'000 / 2;  // somebody else's hand
  pass(seconds(2));
  EXPECT_EQ(proxy_.effects.at("job-1").share_bps, 0u);
}

TEST_F(ActuatorTest, SaysOnceThatAControlIsGoneAndMakesGoodLater) {
  proxy_.reachable = false;
  pass(seconds(2));
  const auto state = actuator_->controls();
  ASSERT_THAT(state, SizeIs(2));
  EXPECT_EQ(state[0].control, "haproxy");
  EXPECT_FALSE(state[0].works);
  EXPECT_THAT(state[0].problem, HasSubstr("nobody answers"));
  EXPECT_TRUE(state[1].works);
  EXPECT_EQ(apply(ban(4)).outcome, Outcome::Applied);  // the other control goes on
  EXPECT_EQ(apply(drain(5)).outcome, Outcome::Failed);
  for (int i = 0; i < 10; ++i) EXPECT_THAT(pass(seconds(2)), IsEmpty());
  proxy_.reachable = true;
  const auto receipts = pass(seconds(2));
  ASSERT_THAT(receipts, SizeIs(1));
  EXPECT_EQ(receipts[0].outcome, Outcome::Applied);
}

TEST_F(ActuatorTest, ARestartNeverLengthensAnEffect) {
  apply(ban(5, seconds(100)));
  apply(drain(6, seconds(100)));
  clock_.pass(seconds(40));
  clock_.wall_now -= hours(1);  // the wall clock is set back while nobody runs
  packets_.effects.clear();
  restart();
  EXPECT_EQ(packets_.effects.at("192.0.2.7").expires_in, seconds(60));
  clock_.pass(seconds(60));
  const auto receipts = restart();
  ASSERT_THAT(receipts, SizeIs(2));
  for (const auto& receipt : receipts) EXPECT_EQ(receipt.outcome, Outcome::Expired);
  EXPECT_EQ(proxy_.effects.at("job-1").share_bps, 1'000u);
}

// A chain counts by its own clock, and nobody can lengthen or shorten what stands there.
TEST_F(ActuatorTest, AQuarantineOfAnotherLengthIsLeftAndAMissingOnePutBack) {
  const auto wanted = item(Verb::QuarantineNode, "job-1", 1, seconds(600));
  EXPECT_EQ(apply(wanted).outcome, Outcome::Applied);
  proxy_.effects["job-1"].expires_in += seconds(30);
  const auto acts = proxy_.log.size();
  EXPECT_THAT(pass(seconds(10)), IsEmpty());
  EXPECT_EQ(proxy_.log.size(), acts);
  proxy_.effects.clear();
  EXPECT_THAT(pass(seconds(4)), SizeIs(1));
  EXPECT_TRUE(proxy_.effects.contains("job-1"));
  // It ends by itself there; here it is over at its time.
  (void)pass(seconds(590));
  EXPECT_FALSE(proxy_.effects.contains("job-1"));
}

// After a boot the monotonic clock starts anew and the kernel's sets are empty.
TEST_F(ActuatorTest, AcrossABootOnlyTheRestIsHeld) {
  apply(ban(5, seconds(100)));
  const auto reboot = [&](std::string boot, Duration away) {
    boot_ = std::move(boot);
    clock_.wall_now += away;
    clock_.mono_now = MonoTime(seconds(10));
    packets_.effects.clear();
    restart();
  };
  reboot("boot-2", seconds(30));
  EXPECT_EQ(packets_.effects.at("192.0.2.7").expires_in, seconds(70));
  reboot("boot-3", seconds(-5));  // nobody knows how long it was away
  EXPECT_THAT(packets_.effects, IsEmpty());
}

// A limit on file sizes stands in for a full disk.
class FullDisk {
 public:
  FullDisk() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(ActuatorTest, AFullDiskDoesNotStopADefence) {
  {
    const FullDisk full;
    const auto receipt = apply(ban(5));
    EXPECT_EQ(receipt.outcome, Outcome::Applied);
    EXPECT_TRUE(receipt.verified);
    EXPECT_THAT(receipt.detail, HasSubstr("not stored"));
    actuator_->tick();
  }
  EXPECT_EQ(actuator_->stats().stores_failed, 1u);
  actuator_->tick();  // there is room again
  packets_.effects.clear();
  restart();
  EXPECT_TRUE(packets_.effects.contains("192.0.2.7"));
}

TEST_F(ActuatorTest, ReleaseUndoesAllUntilToldAgain) {
  apply(ban(5));
  apply(drain(6));
  std::vector<Receipt> receipts;
  EXPECT_TRUE(actuator_->release_all(receipts).has_value());
  EXPECT_THAT(receipts, SizeIs(2));
  EXPECT_THAT(packets_.effects, IsEmpty());
  EXPECT_THAT(proxy_.effects, IsEmpty());
  restart();
  pass(seconds(10));
  EXPECT_THAT(packets_.effects, IsEmpty());
  EXPECT_EQ(apply(ban(5)).outcome, Outcome::Applied);
}

TEST_F(ActuatorTest, RefusesMoreThanItCanHold) {
  std::vector<DesiredItem> many;
  for (std::size_t i = 0; i <= limits::kBansPerNodeMax; ++i)
    many.push_back(ban(i + 1, seconds(600),
                       "10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
                           std::to_string(i & 255)));
  const auto receipts = actuator_->apply(many);
  ASSERT_THAT(receipts, SizeIs(many.size()));
  EXPECT_EQ(receipts.back().outcome, Outcome::Refused);
  EXPECT_THAT(receipts.back().detail, HasSubstr("50000 effects"));
  EXPECT_EQ(actuator_->stats().held, limits::kBansPerNodeMax);
  EXPECT_EQ(apply(ban(60'000, seconds(60), many[0].key)).outcome,
            Outcome::Applied);  // a renewal is no further one
}

TEST_F(ActuatorTest, TheFileIsPrivateBoundedAndSurvivesATornEnd) {
  for (std::uint64_t batch = 0; batch < 5; ++batch) {
    std::vector<DesiredItem> items;
    for (std::uint64_t i = 1; i <= 600; ++i) items.push_back(ban(batch * 600 + i));
    actuator_->apply(items);
    actuator_->tick();
  }
  EXPECT_LT(std::filesystem::file_size(file()), 1'024u * DesiredFile::kLinesSpare);
  struct stat info{};
  ASSERT_EQ(::stat(file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  std::ofstream(file(), std::ios::app) << R"({"epoch":1,"item":{"item":{"con)";
  packets_.effects.clear();
  restart();
  EXPECT_TRUE(packets_.effects.contains("192.0.2.7"));
  EXPECT_EQ(apply(ban(2'999)).outcome, Outcome::Refused);
}

TEST_F(ActuatorTest, RefusesABrokenFileWithTheWayOut) {
  apply(ban(5));
  actuator_.reset();
  std::ofstream(file(), std::ios::app) << "garbage\n";
  const auto opened = Actuator::open({file(), {}, seconds(2), boot_}, {}, clock_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("desired.jsonl:3: "));
  EXPECT_THAT(opened.error().message, HasSubstr("move the file away"));
}

}  // namespace
}  // namespace wardhive
