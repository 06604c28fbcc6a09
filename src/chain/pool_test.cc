// The pool over endpoints that say what the test wants, in simulated time.
#include "chain/pool.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "chain/send.h"
#include "testkit/manual_clock.h"

namespace wardhive::chain {
namespace {

constexpr const char* kGenesis = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG";
constexpr const char* kOther = "4uhcVJyU9pJkvQyS88uRDiswHScSGY3YQhkEBQsyD1vY";
constexpr const char* kMainnet = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";

JsonValue json(const std::string& text) { return *JsonValue::parse(text); }
RpcAttempt says(const std::string& text) { return {.answer = json(text)}; }
RpcAttempt down() {
  return {.answer = fail(ErrorCode::Unavailable, "connection refused"), .again = true};
}
RpcAttempt limited(Duration wait) {
  return {.answer = fault(ErrorCode::LimitReached, reason::kRateLimited, "429"),
          .again = true,
          .again_after = wait};
}

// One endpoint; a test replaces `answer`.
struct Node {
  std::string genesis = kGenesis;
  unsigned genesis_down = 0;  // times that it does not answer
  std::uint64_t slot = 1'000;
  std::string value = "7";
  std::function<RpcAttempt(std::string_view, const std::string&)> answer = {};
  std::map<std::string, unsigned, std::less<>> asked = {};

  RpcAttempt operator()(std::string_view method, const std::string& params) {
    ++asked[std::string(method)];
    if (method == "getGenesisHash" && genesis_down > 0) return --genesis_down, down();
    if (method == "getGenesisHash") return says(fmt::format("\"{}\"", genesis));
    if (answer) return answer(method, params);
    if (method == "getSlot") return says(std::to_string(slot));
    return says(fmt::format(R"({{"context":{{"slot":{}}},"value":{}}})", slot, value));
  }
  unsigned count(std::string_view method) const {
    const auto found = asked.find(method);
    return found == asked.end() ? 0 : found->second;
  }
};

class PoolTest : public testing::Test {
 protected:
  std::unique_ptr<EndpointPool> pool(std::size_t count, PoolConfig config = {}) {
    nodes_.assign(count, {});
    std::vector<Asker> askers;
    for (std::size_t i = 0; i < count; ++i) {
      config.urls.push_back(fmt::format("http://rpc-{}/", i));
      askers.push_back([this, i](std::string_view method, const std::string& params) {
        return nodes_[i](method, params);
      });
    }
    return EndpointPool::make(std::move(config), clock_, std::move(askers)).value();
  }
  ManualClock clock_;
  std::vector<Node> nodes_;
};

TEST_F(PoolTest, AsksTheFirstAndTheNextWhenItFails) {
  const auto p = pool(3);
  EXPECT_EQ(p->rpc().slot().value(), 1'000u);
  nodes_[0].answer = [](auto, auto&) { return down(); };
  nodes_[1].slot = 1'001;
  EXPECT_EQ(p->rpc().slot().value(), 1'001u);
  EXPECT_EQ(nodes_[2].count("getSlot"), 0u);
}

TEST_F(PoolTest, AnEndpointThatKeepsFailingRestsAndIsTriedAgain) {
  const auto p = pool(2, {.errors_max = 3, .rest = seconds(10)});
  nodes_[0].answer = [](auto, auto&) { return down(); };
  for (int i = 0; i < 3; ++i) p->look();
  EXPECT_EQ(p->endpoints()[0].health, EndpointHealth::Ill);
  const auto asked = nodes_[0].count("getSlot");
  for (int i = 0; i < 9; ++i) {
    EXPECT_TRUE(p->rpc().slot().has_value());
    p->look();
    clock_.advance(seconds(1));
  }
  EXPECT_EQ(nodes_[0].count("getSlot"), asked);
  nodes_[0].answer = {};
  clock_.advance(seconds(1));
  p->look();
  EXPECT_EQ(p->endpoints()[0].health, EndpointHealth::Well);
  EXPECT_EQ(p->endpoints()[0].problem, "");
}

TEST_F(PoolTest, ALimitedEndpointIsLeftAloneForAsLongAsItAsks) {
  const auto p = pool(2);
  nodes_[0].answer = [](auto, auto&) { return limited(seconds(7)); };
  EXPECT_TRUE(p->rpc().slot().has_value());
  EXPECT_EQ(p->endpoints()[0].health, EndpointHealth::Busy);
  EXPECT_EQ(p->endpoints()[0].limited, 1u);
  EXPECT_EQ(p->endpoints()[0].errors, 0u);
  clock_.advance(millis(6'999));
  EXPECT_TRUE(p->rpc().slot().has_value());
  EXPECT_EQ(nodes_[0].count("getSlot"), 1u);
  nodes_[0].answer = {};
  clock_.advance(millis(1));
  EXPECT_TRUE(p->rpc().slot().has_value());
  EXPECT_EQ(nodes_[0].count("getSlot"), 2u);
}

TEST_F(PoolTest, TheOnlyEndpointsLimitIsNamed) {
  const auto p = pool(1);
  nodes_[0].answer = [](auto, auto&) { return limited({}); };
  const auto slot = p->rpc().slot();
  ASSERT_FALSE(slot.has_value());
  EXPECT_EQ(slot.error().reason, reason::kRateLimited);
  const auto at_once = p->rpc().slot();
  ASSERT_FALSE(at_once.has_value());
  EXPECT_EQ(at_once.error().reason, reason::kNoEndpoint);
  EXPECT_NE(at_once.error().message.find("rpc-0 is busy"), std::string::npos);
  EXPECT_EQ(nodes_[0].count("getSlot"), 1u);
}

TEST_F(PoolTest, OneThatLagsIsNotAsked) {
  const auto p = pool(3, {.slot_lag_max = 50});
  nodes_[0].slot = 949;
  nodes_[1].slot = 950;
  p->look();
  p->look();
  const auto states = p->endpoints();
  EXPECT_EQ(states[0].health, EndpointHealth::Ill);
  EXPECT_EQ(states[0].lag, 51u);
  EXPECT_EQ(states[1].health, EndpointHealth::Well);
  EXPECT_EQ(states[1].lag, 50u);
  EXPECT_EQ(p->rpc().slot().value(), 950u);
}

TEST_F(PoolTest, ARefusalIsAnAnswerAndAsksNobodyElse) {
  const auto p = pool(2);
  nodes_[0].answer = [](auto, auto&) {
    return RpcAttempt{.answer = fail(ErrorCode::InvalidInput, "bad params")};
  };
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(p->rpc().slot().has_value());
  EXPECT_EQ(nodes_[0].count("getSlot"), 5u);
  EXPECT_EQ(nodes_[1].count("getSlot"), 0u);
  EXPECT_EQ(p->endpoints()[0].health, EndpointHealth::Well);
}

// All are down for an hour and somebody asks every 100 ms.
TEST_F(PoolTest, WhatBelongsTogetherIsAskedOfOneEndpoint) {
  const auto p = pool(3);
  nodes_[0].genesis = kMainnet;
  const auto one = p->one();
  ASSERT_TRUE(one.has_value()) << one.error().message;
  EXPECT_EQ(one->slot().value(), 1'000u);
  nodes_[1].answer = [](auto, auto&) { return down(); };
  EXPECT_EQ(one->slot().error().code, ErrorCode::Unavailable);
  EXPECT_EQ(nodes_[1].count("getSlot"), 2u) << "asked once each time";
  EXPECT_EQ(nodes_[0].count("getSlot") + nodes_[2].count("getSlot"), 0u);
  EXPECT_EQ(p->one()->slot().value(), 1'000u);
  EXPECT_EQ(nodes_[2].count("getSlot"), 1u) << "the next time another one, as that one failed";
}

TEST_F(PoolTest, OneOfNoneIsNone) {
  const auto p = pool(1);
  nodes_[0].genesis = kMainnet;
  EXPECT_EQ(p->one().error().reason, reason::kWrongCluster);
}

TEST_F(PoolTest, ACrowdOfRetriesHasABudget) {
  const auto p =
      pool(2, {.errors_max = 1'000'000, .attempts = 4, .retries_per_second = 2, .retry_burst = 20});
  for (auto& node : nodes_) node.answer = [](auto, auto&) { return down(); };
  unsigned questions = 0;
  for (; questions < 36'000; ++questions) {
    EXPECT_FALSE(p->rpc().slot().has_value());
    clock_.advance(millis(100));
  }
  const auto asked = nodes_[0].count("getSlot") + nodes_[1].count("getSlot");
  EXPECT_LE(asked, questions + 20 + 2 * 3'600 + 1);
  EXPECT_GE(asked, questions + 2 * 3'600 - 1);
}

TEST_F(PoolTest, AnotherClusterIsAskedNothing) {
  const auto p = pool(2, {.genesis = kGenesis});
  nodes_[0].genesis = kOther;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(p->rpc().slot().has_value());
  EXPECT_EQ(nodes_[0].count("getSlot"), 0u);
  EXPECT_EQ(nodes_[0].count("getGenesisHash"), 1u);
  EXPECT_EQ(nodes_[1].count("getGenesisHash"), 1u);
  EXPECT_EQ(p->endpoints()[0].health, EndpointHealth::WrongCluster);
  clock_.advance(hours(1));
  p->look();
  EXPECT_EQ(nodes_[0].count("getSlot"), 0u);
}

TEST_F(PoolTest, MainnetMustBeMeant) {
  const auto p = pool(1);
  nodes_[0].genesis = kMainnet;
  const auto refused = p->rpc().slot();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, reason::kWrongCluster);
  EXPECT_EQ(nodes_[0].count("getSlot"), 0u);
  const auto meant = pool(1, {.genesis = kMainnet});
  nodes_[0].genesis = kMainnet;
  EXPECT_TRUE(meant->rpc().slot().has_value());
}

TEST_F(PoolTest, WhoseClusterIsNotKnownYetIsAskedNothingElse) {
  const auto p = pool(1, {.genesis = kGenesis, .errors_max = 1'000});
  nodes_[0].genesis_down = 5;  // once by look(), four attempts by ask()
  p->look();
  EXPECT_FALSE(p->rpc().slot().has_value());
  EXPECT_EQ(nodes_[0].count("getSlot"), 0u);
  EXPECT_TRUE(p->rpc().slot().has_value());
}

TEST_F(PoolTest, TwoThatSayTheSameAgreeAndAThirdIsNotAsked) {
  const auto p = pool(3);
  const auto agreed = p->agreed("getBalance", "\"x\"");
  ASSERT_TRUE(agreed.has_value()) << agreed.error().message;
  EXPECT_EQ(agreed->value.as_int(), 7);
  EXPECT_EQ(agreed->slot, 1'000u);
  EXPECT_EQ(agreed->by.size(), 2u);
  EXPECT_EQ(nodes_[2].count("getBalance"), 0u);
}

TEST_F(PoolTest, TheOlderOneIsAskedAgainAtTheNewersSlot) {
  const auto p = pool(2);
  nodes_[1].slot = 1'002;
  nodes_[1].value = "8";
  std::string asked_with;
  nodes_[0].answer = [&](auto, const std::string& params) {
    const bool again = params.find("minContextSlot") != std::string::npos;
    if (again) asked_with = params;
    return says(again ? R"({"context":{"slot":1003},"value":8})"
                      : R"({"context":{"slot":1000},"value":7})");
  };
  const auto agreed = p->agreed("getBalance", "\"x\"");
  ASSERT_TRUE(agreed.has_value()) << agreed.error().message;
  EXPECT_EQ(agreed->value.as_int(), 8);
  EXPECT_EQ(agreed->slot, 1'002u);
  EXPECT_NE(asked_with.find("\"minContextSlot\":1002"), std::string::npos);
}

TEST_F(PoolTest, ALiarIsOutvotedAndRests) {
  for (std::size_t liar = 0; liar < 3; ++liar) {
    const auto p = pool(3);
    nodes_[liar].value = "9";
    const auto agreed = p->agreed("getBalance", "\"x\"");
    ASSERT_TRUE(agreed.has_value()) << agreed.error().message;
    EXPECT_EQ(agreed->value.as_int(), 7);
    // The third is asked only if the first two differ.
    EXPECT_EQ(p->endpoints()[liar].health, liar == 2 ? EndpointHealth::Well : EndpointHealth::Ill);
  }
}

TEST_F(PoolTest, DisagreementSaysWhatEachSaid) {
  const auto p = pool(3);
  nodes_[1].value = "8";
  nodes_[2].value = "9";
  const auto refused = p->agreed("getBalance", "\"x\"");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, reason::kDisagreement);
  for (const auto* url : {"rpc-0 says ", "rpc-1 says ", "rpc-2 says "})
    EXPECT_NE(refused.error().message.find(url), std::string::npos) << refused.error().message;
}

TEST_F(PoolTest, OneEndpointAgreesWithNobody) {
  const auto p = pool(2);
  nodes_[1].answer = [](auto, auto&) { return down(); };
  const auto refused = p->agreed("getBalance", "\"x\"");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, reason::kNoEndpoint);
}

// Keys of paid endpoints stand in their URLs; messages go to logs and to pages.
TEST(Pool, NeverShowsAUrl) {
  ManualClock clock;
  const std::string url = "https://user:pw@rpc.example/v1/SECRET";
  std::vector<Asker> askers{[&](auto, auto&) {
    return RpcAttempt{.answer = fail(ErrorCode::Unavailable, url + " is down, " + url)};
  }};
  const auto p = EndpointPool::make({.urls = {url}}, clock, askers).value();
  const auto slot = p->rpc().slot();
  ASSERT_FALSE(slot.has_value());
  EXPECT_EQ(slot.error().message.find("SECRET"), std::string::npos) << slot.error().message;
  EXPECT_EQ(p->endpoints()[0].name, "rpc.example");
  for (const auto& state : p->endpoints())
    EXPECT_EQ(state.problem.find("SECRET"), std::string::npos);
}

TEST(Pool, RefusesTheSameEndpointTwiceAndNone) {
  ManualClock clock;
  EXPECT_FALSE(EndpointPool::make({}, clock).has_value());
  EXPECT_FALSE(EndpointPool::make({.urls = {"http://a/", "http://a/"}}, clock).has_value());
}

}  // namespace
}  // namespace wardhive::chain
