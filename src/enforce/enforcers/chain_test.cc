// The chain's enforcer. What needs a chain runs where tests/e2e/quarantine_test.py has made one and
// names it in WARDHIVE_TEST_MARKET.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/clock.h"
#include "base/json.h"
#include "chain/keypair.h"
#include "enforce/enforcers/chain.h"
#include "testkit/fake_endpoint.h"

namespace wardhive {
namespace {

using testing::HasSubstr;

constexpr const char* kSomeKey = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";

// A fresh key in a file of its own.
class KeyFile {
 public:
  KeyFile()
      : folder_(std::filesystem::temp_directory_path() / fmt::format("chain_test.{}", ::getpid())) {
    std::filesystem::create_directories(folder_);
    EXPECT_TRUE(chain::Keypair::generate().save(path(), true).has_value());
  }
  ~KeyFile() { std::filesystem::remove_all(folder_); }
  Path path() const { return folder_ / "key.json"; }

 private:
  const Path folder_;
};

DesiredItem order(bool present, std::uint64_t version) {
  DesiredItem item;
  item.verb = Verb::QuarantineNode;
  item.control = "chain";
  item.key = "job-1";
  item.present = present;
  item.version = version;
  return item;
}

DesiredItem order_for(std::string node) {
  auto item = order(true, 1);
  item.key = std::move(node);
  return item;
}

// As the actuator does: again until it is settled.
Result<Applied> settle(Enforcer& enforcer, const DesiredItem& item, Duration expires_in) {
  for (int tries = 0; tries < 150; ++tries) {
    auto applied = enforcer.apply(item, expires_in);
    if (applied || applied.error().code != ErrorCode::Unavailable) return applied;
  }
  return enforcer.apply(item, expires_in);
}

TEST(ChainEnforcer, RefusesWhatItIsConfiguredWithWrongly) {
  const KeyFile file;
  ChainEnforcerConfig config{
      .endpoints = {"http://127.0.0.1:1"}, .genesis = {}, .program = kSomeKey};
  EXPECT_THAT(make_chain_enforcer(config, system_clock()).error().message,
              HasSubstr("needs a sentinel's key file"));
  const auto key = file.path();
  std::filesystem::permissions(key, std::filesystem::perms(0644));
  config.sentinel_keys = {key};
  EXPECT_EQ(make_chain_enforcer(config, system_clock()).error().code, ErrorCode::PermissionDenied);
  std::filesystem::permissions(key, std::filesystem::perms(0600));
  config.program = "0OIl";
  EXPECT_EQ(make_chain_enforcer(config, system_clock()).error().code, ErrorCode::InvalidInput);
  config.program = kSomeKey;
  config.accounts["job-1"] = "short";
  EXPECT_EQ(make_chain_enforcer(config, system_clock()).error().code, ErrorCode::InvalidInput);
}

TEST(ChainEnforcer, WithoutAnAnswerItDoesNotWorkAndSaysWhy) {
  const KeyFile file;
  const auto key = file.path();
  ChainEnforcerConfig config{.endpoints = {"http://127.0.0.1:1"},
                             .genesis = {},
                             .program = kSomeKey,
                             .sentinel_keys = {key},
                             .payer_key = {},
                             .accounts = {{"job-1", kSomeKey}}};
  const auto enforcer = make_chain_enforcer(config, system_clock());
  ASSERT_TRUE(enforcer.has_value());
  const auto started = (*enforcer)->start();
  ASSERT_FALSE(started.has_value());
  EXPECT_THAT(started.error().message, HasSubstr("127.0.0.1:1"));
  EXPECT_EQ((*enforcer)->apply(order(true, 1), hours(1)).error().code, ErrorCode::Unavailable);
  EXPECT_EQ((*enforcer)->list().error().code, ErrorCode::Unavailable);
  EXPECT_THAT((*enforcer)->apply(order_for("job-9"), hours(1)).error().message,
              HasSubstr("name it as nodes.job-9.account"));
}

// On an endpoint that does what the test says; time is real, for the enforcer has a thread.
class OnAFake : public testing::Test {
 protected:
  OnAFake() {
    std::filesystem::create_directories(folder);
    EXPECT_TRUE(chain.sentinel.save(folder / "sentinel.json", true).has_value());
    auto made = make_chain_enforcer({.endpoints = {"http://chain.test"},
                                     .program = chain.program.text(),
                                     .sentinel_keys = {folder / "sentinel.json"},
                                     .accounts = {{"job-1", chain.account.text()}},
                                     .askers = {chain.asker()}},
                                    system_clock());
    EXPECT_TRUE(made.has_value()) << made.error().message;
    enforcer = std::move(*made);
  }
  ~OnAFake() override {
    enforcer.reset();
    std::filesystem::remove_all(folder);
  }
  template <class Change>
  auto under_lock(Change change) {
    const std::lock_guard lock(chain.mutex);
    return change();
  }
  // Until the enforcer's thread has asked for `method` this often.
  bool asked(std::string_view method, unsigned times) {
    std::unique_lock lock(chain.mutex);
    return chain.was_asked.wait_for(lock, seconds(30),
                                    [&] { return chain.asked[std::string(method)] >= times; });
  }
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("chain_fake.{}", ::getpid());
  FakeEndpoint chain;
  std::unique_ptr<Enforcer> enforcer;
};

TEST_F(OnAFake, AnOrderOfAnOutageIsNotSignedWhenTheEndpointIsBack) {
  ASSERT_TRUE(enforcer->start().has_value());
  under_lock([&] { chain.limited = true; });
  EXPECT_EQ(enforcer->apply(order(true, 5), hours(1)).error().code, ErrorCode::Unavailable);
  EXPECT_EQ(enforcer->apply(order(false, 6), Duration::zero()).error().code,
            ErrorCode::Unavailable);
  under_lock([&] { chain.limited = false; });
  const auto gone = settle(*enforcer, order(false, 6), Duration::zero());
  ASSERT_TRUE(gone.has_value()) << gone.error().message;
  EXPECT_EQ(gone->detail, "not in quarantine");
  EXPECT_EQ(under_lock([&] { return chain.asked["sendTransaction"]; }), 0u);
}

TEST_F(OnAFake, ARefusedOrderIsNotWokenByAChangedKeySet) {
  chain.node.key_at[0] = chain.now - 10;
  chain.node.last_incident = 1;
  ASSERT_TRUE(enforcer->start().has_value());
  const auto refused = settle(*enforcer, order(true, 5), hours(1));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::PermissionDenied);
  under_lock([&] { ++chain.set.seq; });  // every key may act again
  const auto looks = under_lock([&] { return chain.asked["getMultipleAccounts"]; });
  ASSERT_TRUE(asked("getMultipleAccounts", looks + 3));
  EXPECT_EQ(under_lock([&] { return chain.asked["sendTransaction"]; }), 0u);
  EXPECT_EQ(enforcer->apply(order(true, 5), hours(1)).error().code, ErrorCode::PermissionDenied);
}

TEST_F(OnAFake, AKeyThatLeftTheSetEndsActingWithoutAFloodOfQuestions) {
  ASSERT_TRUE(enforcer->start().has_value());
  EXPECT_TRUE(settle(*enforcer, order(false, 1), Duration::zero()).has_value());
  under_lock([&] { std::memset(&chain.set.keys[0], 7, 32); });
  // At the latest at the third round of questions.
  auto state = enforcer->start();
  for (unsigned round = 0; round < 8 && state; ++round) {
    const auto slots = under_lock([&] { return chain.asked["getSlot"]; });
    ASSERT_TRUE(asked("getSlot", slots + 1));
    state = enforcer->start();
  }
  ASSERT_FALSE(state.has_value());
  EXPECT_THAT(state.error().message, HasSubstr("is in the sentinel set"));
  // The endpoint's slot is asked for each two seconds: the measure.
  const auto slots = under_lock([&] { return chain.asked["getSlot"]; });
  const auto before = under_lock([&] { return chain.asked["getMultipleAccounts"]; });
  ASSERT_TRUE(asked("getSlot", slots + 1));
  EXPECT_LE(under_lock([&] { return chain.asked["getMultipleAccounts"]; }), before + 4);
}

TEST_F(OnAFake, WhyItCannotBeSignedIsSaidEachTime) {
  ASSERT_TRUE(enforcer->start().has_value());
  under_lock([&] { chain.simulation_error = R"("AccountNotFound")"; });
  const auto first = enforcer->apply(order(true, 5), hours(1));
  ASSERT_TRUE(asked("simulateTransaction", 1));
  const auto again = enforcer->apply(order(true, 5), hours(1));
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, ErrorCode::Unavailable) << "it may be funded any time";
  EXPECT_THAT(again.error().message, HasSubstr("has no SOL on this cluster; fund it first"));
}

TEST_F(OnAFake, ManyNodesAreWaitedForTogether) {
  EXPECT_TRUE(enforcer->is_slow()) << "so a machine's own bans come first";
  const std::vector<Wanted> orders{{order(true, 5), hours(1)}, {order_for("job-9"), hours(1)}};
  ASSERT_TRUE(enforcer->start().has_value());
  const auto answers = enforcer->apply_all(orders);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::Unavailable);
  EXPECT_EQ(answers[1].error().code, ErrorCode::InvalidInput);
}

TEST(ChainEnforcer, AnEndpointNamedTwiceIsToldAndCrashesNothing) {
  const KeyFile file;
  const auto made = make_chain_enforcer({.endpoints = {"http://127.0.0.1:1", "http://127.0.0.1:1"},
                                         .program = kSomeKey,
                                         .sentinel_keys = {file.path()}},
                                        system_clock());
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::InvalidInput);
}

class OnAChain : public testing::Test {
 protected:
  void SetUp() override {
    const char* market = std::getenv("WARDHIVE_TEST_MARKET");
    if (market == nullptr) GTEST_SKIP() << "tests/e2e/quarantine_test.py runs this";
    const auto json = JsonValue::parse(market);
    ASSERT_TRUE(json.has_value());
    config = {.endpoints = {json->string_or("url", "")},
              .genesis = {},
              .program = json->string_or("program", ""),
              .sentinel_keys = {json->string_or("key", "")},
              .payer_key = json->string_or("payer", ""),
              .fee_lamports_max = 50'000,
              .accounts = {{"job-1", json->string_or("node", "")}}};
    if (const auto signer = json->string_or("signer", ""); !signer.empty()) {
      config.signer = signer;
      config.sentinel_keys.clear();
      config.payer_key.clear();
    }
  }
  std::unique_ptr<Enforcer> started() const {
    auto enforcer = make_chain_enforcer(config, system_clock());
    EXPECT_TRUE(enforcer.has_value()) << enforcer.error().message;
    Status status = fail(ErrorCode::Unavailable, "");
    for (int tries = 0; tries < 10 && !status; ++tries) status = (*enforcer)->start();
    EXPECT_TRUE(status.has_value()) << status.error().message;
    return std::move(*enforcer);
  }
  ChainEnforcerConfig config;
};

// Afterwards the caller asks the chain: one incident, the lease at its standby.
TEST_F(OnAChain, ANodeIsQuarantinedOnceWhateverIsRepeatedAndItsLeaseMoves) {
  const auto enforcer = started();
  EXPECT_TRUE((*enforcer).list()->empty());
  const auto applied = settle(*enforcer, order(true, 41), hours(1));
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  EXPECT_TRUE(applied->verified);
  EXPECT_THAT(applied->detail, HasSubstr("in quarantine on the chain until"));
  const auto effects = enforcer->list();
  ASSERT_TRUE(effects.has_value());
  ASSERT_EQ(effects->size(), 1u);
  EXPECT_EQ((*effects)[0].key, "job-1");
  EXPECT_GT((*effects)[0].expires_in, minutes(59));
  // The order again, and again by a process that knows nothing of the first.
  EXPECT_TRUE(settle(*enforcer, order(true, 41), hours(1)).has_value());
  const auto again = started();
  const auto found = settle(*again, order(true, 41), hours(1));
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(applied->detail + found->detail, HasSubstr("lease moved"));
}

TEST_F(OnAChain, WhatWasWrongIsReleased) {
  const auto enforcer = started();
  const auto applied = settle(*enforcer, order(false, 42), Duration::zero());
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  EXPECT_EQ(applied->detail, "not in quarantine");
  EXPECT_TRUE(enforcer->list()->empty());
  const auto over = settle(*enforcer, order(true, 41), hours(1));
  ASSERT_TRUE(over.has_value()) << over.error().message;
  EXPECT_TRUE(over->over) << "the order was carried out, and what came of it was released";
  EXPECT_THAT(over->detail, HasSubstr("nothing is signed twice for one order"));
  const auto refused = settle(*enforcer, order(true, 43), hours(1));
  ASSERT_FALSE(refused.has_value()) << "its key acted on the node within seven days";
  EXPECT_EQ(refused.error().code, ErrorCode::PermissionDenied);
}

TEST_F(OnAChain, WithoutAKeyOfTheSetNothingIsSigned) {
  config.sentinel_keys = {config.payer_key};
  const auto enforcer = make_chain_enforcer(config, system_clock());
  ASSERT_TRUE(enforcer.has_value());
  Status status = ok();
  for (int tries = 0; tries < 5; ++tries) status = (*enforcer)->start();
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("is in the sentinel set"));
}

}  // namespace
}  // namespace wardhive
