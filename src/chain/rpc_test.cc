// Rpc, prepare and send against an endpoint that says what the test wants. The real development
// chain is asked in tests/e2e/chain_test.py.
#include "chain/rpc.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "base/bytes.h"
#include "chain/programs.h"
#include "chain/send.h"
#include "net/server.h"

namespace wardhive::chain {
namespace {

struct Reply {
  std::string body;
  unsigned status = 200;
};
Reply result(std::string_view json) {
  return {fmt::format(R"({{"jsonrpc":"2.0","id":1,"result":{}}})", json)};
}

class RpcTest : public testing::Test {
 protected:
  RpcTest() {
    router_.add({.name = "rpc", .method = net::Method::Post, .pattern = "/"},
                [this](const net::Request& request) { return answer(request.body); });
    server_ = std::make_unique<net::Server>(net::ServerConfig{}, router_);
    port_ = server_->listen("rpc", *net::ListenAddress::parse("127.0.0.1:0")).value();
    server_->start();
    say("getLatestBlockhash",
        result(fmt::format(R"({{"value":{{"blockhash":"{}","lastValidBlockHeight":150}}}})",
                           programs::kToken.text())));
  }
  ~RpcTest() override { server_->stop(); }

  // The next answer to this method; the last one stays.
  void say(const std::string& method, Reply reply) {
    const std::lock_guard lock(mutex_);
    replies_[method].push_back(std::move(reply));
  }
  Rpc rpc() {
    RpcConfig config{.url = fmt::format("http://127.0.0.1:{}/", port_)};
    config.pause = [this](Duration wait) { paused_.push_back(wait); };
    config.error_names = [](const Pubkey& program,
                            std::uint32_t number) -> std::optional<ErrorText> {
      if (program != programs::kToken || number != 720) return std::nullopt;
      return ErrorText{"AmountZero", "the amount is zero"};
    };
    return Rpc(std::move(config));
  }
  std::vector<std::string> asked(std::string_view method) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const auto& body : asked_)
      if (JsonValue::parse(body)->string_or("method", "") == method) found.push_back(body);
    return found;
  }

  std::vector<Duration> paused_;

 private:
  net::Response answer(const std::string& body) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(body);
    auto& queue = replies_[JsonValue::parse(body)->string_or("method", "")];
    if (queue.empty()) return {500, {}, "not scripted"};
    const auto reply = queue.front();
    if (queue.size() > 1) queue.pop_front();
    return {static_cast<int>(reply.status), {}, reply.body};
  }

  std::mutex mutex_;
  std::map<std::string, std::deque<Reply>> replies_;  // guarded by mutex_
  std::vector<std::string> asked_;                    // guarded by mutex_
  net::Router router_;
  std::unique_ptr<net::Server> server_;
  std::uint16_t port_ = 0;
};

const Keypair& payer() {
  static const auto kPayer = Keypair::from_seed({7});
  return kPayer;
}
Plan plan() {
  return {.instructions = {Instruction{programs::kToken, {writable(programs::kClockSysvar)}, {1}}},
          .payer = payer().pubkey()};
}
Transaction signed_plan(const Prepared& prepared) {
  const std::array signers{&payer()};
  return *sign(prepared.message, signers);
}

TEST_F(RpcTest, RepeatsWhenItIsAskedTooOftenAndWaitsLongerEachTime) {
  say("getBalance", {"slow down", 429});
  say("getBalance", {"slow down", 429});
  say("getBalance", result(R"({"value":18446744073709551615})"));
  EXPECT_EQ(rpc().balance(payer().pubkey()), 18446744073709551615u);
  EXPECT_EQ(paused_, (std::vector<Duration>{millis(250), millis(500)}));
}

TEST_F(RpcTest, GivesUpOnAnEndpointThatStaysBusy) {
  say("getBalance", {"slow down", 429});
  const auto refused = rpc().balance(payer().pubkey());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, reason::kRateLimited);
  EXPECT_EQ(asked("getBalance").size(), 5u);
}

TEST_F(RpcTest, AnswersThatAreNoRpcAreToldApart) {
  for (const auto* body : {"<html>hello</html>", "{}", "[]", "null", R"({"result":{"value":"12"}})",
                           R"({"result":{}})"}) {
    say("getSlot", {body});
    say("getBalance", {body});
  }
  for (int i = 0; i < 6; ++i) {
    const auto refused = rpc().balance(payer().pubkey());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, reason::kBadAnswer) << refused.error().message;
  }
}

TEST_F(RpcTest, ErrorsKeepTheEndpointsWords) {
  say("getSlot", {R"({"error":{"code":-32601,"message":"no such method"}})", 400});
  const auto refused = rpc().slot();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, reason::kRpcError);
  EXPECT_NE(refused.error().message.find("no such method"), std::string::npos);
}

TEST_F(RpcTest, AccountsComeInOrderWithHolesForThoseThatAreNot) {
  say("getMultipleAccounts",
      result(fmt::format(R"({{"value":[null,{{"owner":"{}","lamports":7,"executable":true,)"
                         R"("data":["AQI=","base64"]}}]}})",
                         programs::kToken.text())));
  const std::array keys{programs::kSystem, programs::kToken};
  const auto found = rpc().accounts(keys);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_FALSE((*found)[0].has_value());
  EXPECT_EQ((*found)[1]->data, (Bytes{1, 2}));
  EXPECT_EQ((*found)[1]->owner, programs::kToken);
  EXPECT_TRUE((*found)[1]->executable);
  const std::array three{programs::kSystem, programs::kToken, programs::kToken2022};
  EXPECT_FALSE(rpc().accounts(three).has_value());  // two answers for three keys
}

TEST_F(RpcTest, TheComputeLimitIsATenthAboveTheSimulation) {
  say("simulateTransaction", result(R"({"value":{"err":null,"logs":["a"],"unitsConsumed":1005}})"));
  const auto prepared = prepare(rpc(), plan());
  ASSERT_TRUE(prepared.has_value()) << prepared.error().message;
  EXPECT_EQ(prepared->units_limit, 1106u);  // 1105.5 rounded up
  EXPECT_EQ(prepared->last_valid_height, 150u);
  EXPECT_EQ(prepared->message.instructions.size(), 2u);
  EXPECT_EQ(prepared->message.instructions[0].data, programs::set_compute_unit_limit(1106).data);
}

// The price of a plan that offers at most 2,000 lamports for its 1,106 units; 0: it offers none.
class PriceTest : public RpcTest {
 protected:
  std::uint64_t offered(std::string_view fees, unsigned tries = 0) {
    say("simulateTransaction", result(R"({"value":{"err":null,"unitsConsumed":1005}})"));
    say("getRecentPrioritizationFees", fees.empty() ? Reply{"", 500} : result(fees));
    auto wants = plan();
    wants.priority_fee = {.lamports_max = 2'000, .tries = tries};
    wants.instructions[0].accounts.push_back(readonly(programs::kRentSysvar));
    const auto prepared = prepare(rpc(), wants);
    EXPECT_TRUE(prepared.has_value()) << prepared.error().message;
    const auto& all = prepared->message.instructions;
    if (all.size() == 2) return 0;
    std::uint64_t price = 0;
    std::memcpy(&price, all[1].data.data() + 1, sizeof price);
    EXPECT_EQ(all[1].data, programs::set_compute_unit_price(price).data);
    return price;
  }
  static constexpr std::uint64_t kMost = 2'000ull * 1'000'000 / 1'106;
};

TEST_F(PriceTest, IsWhatTheDearestBlockAskedOfWhoWritesTheSame) {
  EXPECT_EQ(offered(R"([{"slot":1,"prioritizationFee":0},{"slot":2,"prioritizationFee":700},)"
                    R"({"slot":3,"prioritizationFee":300}])"),
            700u);
  const auto question = asked("getRecentPrioritizationFees").at(0);
  EXPECT_NE(question.find(programs::kClockSysvar.text()), std::string::npos) << question;
  EXPECT_EQ(question.find(programs::kRentSysvar.text()), std::string::npos) << "it is only read";
}

TEST_F(PriceTest, IsNothingWhereNobodyCrowds) {
  EXPECT_EQ(offered(R"([{"slot":1,"prioritizationFee":0}])"), 0u);
}

TEST_F(PriceTest, IsNeverMoreThanMayBeOffered) {
  EXPECT_EQ(offered(R"([{"slot":1,"prioritizationFee":9223372036854775807}])"), kMost);
}

TEST_F(PriceTest, RisesWithWhatWasNotIncludedWhateverBlocksSay) {
  EXPECT_EQ(offered("[]", 1), kMost / 8);
  EXPECT_EQ(offered("", 2), kMost / 4) << "nor if the endpoint does not know";
}

TEST_F(PriceTest, RisesToTheMostAndNoFurther) {
  EXPECT_EQ(offered("[]", 4), kMost);
  EXPECT_EQ(offered("[]", 4'000'000'000u), kMost);
}

TEST_F(PriceTest, AnEndpointThatNamesNoneStopsNothing) {
  EXPECT_EQ(offered(""), 0u);
  EXPECT_EQ(asked("getRecentPrioritizationFees").size(), 1u) << "it is asked once";
}

TEST_F(RpcTest, AnEndpointBehindWhatAPlanWasMadeFromHasNoSayInIt) {
  say("simulateTransaction",
      {R"({"jsonrpc":"2.0","id":1,"error":{"code":-32016,"message":"not reached"}})"});
  auto late = plan();
  late.slot_min = 77;
  const auto refused = prepare(rpc(), late);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().reason, reason::kProgramError);
  EXPECT_NE(refused.error().reason, reason::kTransactionRefused) << "it may be asked again";
  EXPECT_NE(asked("simulateTransaction").at(0).find("\"minContextSlot\":77"), std::string::npos);
}

TEST_F(RpcTest, WhatAProgramRefusesIsToldInItsWordsAndNothingIsSigned) {
  say("simulateTransaction",
      result(R"({"value":{"err":{"InstructionError":[1,{"Custom":720}]},"logs":[]}})"));
  const auto refused = prepare(rpc(), plan());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, reason::kProgramError);
  EXPECT_NE(refused.error().message.find("AmountZero (720): the amount is zero"), std::string::npos)
      << refused.error().message;
  EXPECT_TRUE(asked("sendTransaction").empty());
}

TEST_F(RpcTest, APayerWithoutMoneyIsNamedWithTheNextStep) {
  for (const auto* error : {"AccountNotFound", "InsufficientFundsForFee"}) {
    say("simulateTransaction", result(fmt::format(R"({{"value":{{"err":"{}"}}}})", error)));
    const auto refused = prepare(rpc(), plan());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, reason::kPayerUnfunded);
    EXPECT_NE(refused.error().message.find(payer().pubkey().text()), std::string::npos);
    EXPECT_NE(refused.error().message.find("airdrop"), std::string::npos);
  }
}

class SendTest : public RpcTest {
 protected:
  SendTest() {
    say("simulateTransaction", result(R"({"value":{"err":null,"unitsConsumed":1000}})"));
  }
  Result<Signature> go() {
    auto asker = rpc();
    const auto prepared = prepare(asker, plan());
    const auto transaction = signed_plan(*prepared);
    say("sendTransaction", result("\"" + transaction.id().text() + "\""));
    return send_and_confirm(asker, transaction, prepared->last_valid_height);
  }
};

TEST_F(SendTest, WaitsForItsCommitmentAndSendsAgainWhileItIsNotSeen) {
  say("getBlockHeight", result("100"));
  for (int i = 0; i < 6; ++i) say("getSignatureStatuses", result(R"({"value":[null]})"));
  say("getSignatureStatuses",
      result(R"({"value":[{"err":null,"confirmationStatus":"processed"}]})"));
  say("getSignatureStatuses",
      result(R"({"value":[{"err":null,"confirmationStatus":"confirmed"}]})"));
  const auto sent = go();
  ASSERT_TRUE(sent.has_value()) << sent.error().message;
  EXPECT_EQ(asked("sendTransaction").size(), 2u);
  EXPECT_EQ(asked("getSignatureStatuses").size(), 8u);
}

TEST_F(SendTest, SaysThatTheBlockhashExpiredOnlyOnceItCannotLandAnyMore) {
  say("getBlockHeight", result("150"));
  say("getBlockHeight", result("151"));
  say("getSignatureStatuses", result(R"({"value":[null]})"));
  const auto sent = go();
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().reason, reason::kBlockhashExpired);
  EXPECT_EQ(asked("getBlockHeight").size(), 2u);
}

TEST_F(SendTest, ARefusedPreflightSaysWhy) {
  say("sendTransaction",
      {R"({"error":{"code":-32002,"message":"preflight","data":{"err":"BlockhashNotFound"}}})"});
  const auto sent = go();
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().reason, reason::kBlockhashExpired);
  EXPECT_EQ(sent.error().code, ErrorCode::Timeout);
}

TEST_F(SendTest, ATransactionThatFailedOnTheChainIsAnError) {
  say("getBlockHeight", result("100"));
  say("getSignatureStatuses", result(R"({"value":[{"err":{"InstructionError":[1,{"Custom":6001}]},)"
                                     R"("confirmationStatus":"confirmed"}]})"));
  const auto sent = go();
  ASSERT_FALSE(sent.has_value());
  EXPECT_NE(sent.error().message.find("6001"), std::string::npos);
}

TEST_F(RpcTest, ABlockHeightIsAskedAtTheCommitmentThatIsMeant) {
  say("getBlockHeight", result("100"));
  EXPECT_EQ(rpc().block_height().value(), 100u);
  EXPECT_EQ(rpc().block_height(Commitment::Finalized).value(), 100u);
  const auto bodies = asked("getBlockHeight");
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_NE(bodies[0].find("\"confirmed\""), std::string::npos);
  EXPECT_NE(bodies[1].find("\"finalized\""), std::string::npos);
}

TEST_F(RpcTest, AnotherClusterIsRefusedByItsGenesisHash) {
  say("getGenesisHash", result("\"" + programs::kToken.text() + "\""));
  EXPECT_TRUE(check_genesis(rpc(), ""));
  EXPECT_TRUE(check_genesis(rpc(), programs::kToken.text()));
  const auto refused = check_genesis(rpc(), programs::kToken2022.text());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
  EXPECT_EQ(refused.error().reason, reason::kWrongCluster);
}

TEST(Cluster, HasNamesAndUrls) {
  EXPECT_EQ(cluster_of("m")->genesis, "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d");
  EXPECT_EQ(cluster_of("localhost")->url, "http://127.0.0.1:8899");
  EXPECT_EQ(cluster_of("https://rpc.example/key")->genesis, "");
  EXPECT_FALSE(cluster_of("mainet").has_value());
}

}  // namespace
}  // namespace wardhive::chain
