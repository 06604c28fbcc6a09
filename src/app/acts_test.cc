// What is signed of a privileged act, and all that is not.
#include "app/acts.h"

#include <gmock/gmock.h>

#include <functional>

#include "app/acting_fixture.h"
#include "chain/pool.h"
#include "chain/signer_door.h"
#include "testkit/manual_clock.h"

namespace wardhive {
namespace {

using chain::Pubkey;
using swarm::InstructionTag;
using testing::HasSubstr;

// Counts signatures; refuses where a test says so.
class WatchedSigner final : public chain::Signer {
 public:
  WatchedSigner(std::unique_ptr<chain::Signer> inner, unsigned& asked,
                std::optional<Error>& refusal)
      : inner_(std::move(inner)), asked_(asked), refusal_(refusal) {}
  Result<chain::SignerKeys> keys() override { return inner_->keys(); }
  Result<std::vector<chain::Signature>> sign(std::span<const std::uint8_t> message,
                                             std::span<const Pubkey> by) override {
    ++asked_;
    if (refusal_) return std::unexpected(*refusal_);
    return inner_->sign(message, by);
  }

 private:
  const std::unique_ptr<chain::Signer> inner_;
  unsigned& asked_;
  std::optional<Error>& refusal_;
};

class Acts : public testing::Test {
 protected:
  ActSigner signer(std::vector<chain::Keypair> keys, std::uint64_t bond_nonce = 0) {
    return {rpc,
            std::make_unique<WatchedSigner>(chain::make_local_signer(std::move(keys), chain.payer),
                                            signatures, refusal),
            chain.program,
            0,
            bond_nonce,
            clock};
  }
  Result<SignedAct> sign(const ChainAct& act) {
    return signer({chain.sentinel, chain.other}).sign(act, until);
  }
  Result<SignedAct> sign(ActKind kind) { return sign(some_act(chain, kind)); }
  // The refusal for good, in words; nothing was signed.
  std::string refused(const Result<SignedAct>& made) {
    if (made) return "it was signed";
    EXPECT_TRUE(is_for_good(made.error())) << made.error().message;
    EXPECT_EQ(signatures, 0u);
    return made.error().message;
  }
  std::string refused(ActKind kind) { return refused(sign(kind)); }
  // The instruction, of the one that calls the program.
  static const chain::CompiledInstruction& ours(const SignedAct& made, const Pubkey& program) {
    for (const auto& each : made.transaction.message.instructions)
      if (made.transaction.message.keys[each.program] == program) return each;
    ADD_FAILURE() << "it does not call the program";
    return made.transaction.message.instructions.front();
  }
  std::uint64_t number(const SignedAct& made, InstructionTag tag, std::string_view name) const {
    return chain::instruction_number(tag, ours(made, chain.program).data, name).value_or(~0ull);
  }
  Pubkey account(const SignedAct& made, std::size_t at) const {
    return made.transaction.message.keys[ours(made, chain.program).accounts.at(at)];
  }

  ManualClock clock;
  ActsChain chain;
  std::function<void()> before_answer = [] {};
  chain::Rpc rpc{{.url = "chain",
                  .retries = 0,
                  .ask = [this](std::string_view method, const std::string& params) {
                    before_answer();
                    return chain.asker()(method, params);
                  }}};
  Instant until = clock.wall() + minutes(30);
  unsigned signatures = 0;
  std::optional<Error> refusal;
};

TEST_F(Acts, AReleaseNamesItsQuarantineAndIsSignedByTheThreshold) {
  const auto made = sign(ActKind::ReleaseNode);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(number(*made, InstructionTag::Release, "incident"), ActsChain::kQuarantine);
  EXPECT_EQ(number(*made, InstructionTag::Release, "kind"), 0u) << "of a node";
  EXPECT_EQ(number(*made, InstructionTag::Release, "mask"), 3u);
  EXPECT_EQ(number(*made, InstructionTag::Release, "valid_until_slot"), chain.height + 150);
  EXPECT_EQ(account(*made, 2), chain.account);
  EXPECT_EQ(made->last_valid_height, chain.height + ActsChain::kValid);
  const auto& [given, message] = made->transaction;
  ASSERT_EQ(given.size(), 3u) << "two sentinels and the payer";
  for (std::size_t i = 0; i < given.size(); ++i)
    EXPECT_TRUE(chain::verify(message.keys[i], chain::encode(message), given[i]));
}

TEST_F(Acts, NoMoreKeysSignThanItTakes) {
  chain.set.threshold = 1;
  const auto made = sign(ActKind::ReleaseNode);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(number(*made, InstructionTag::Release, "mask"), 1u);
  const auto paused = signer({chain.other}).sign(some_act(chain, ActKind::Pause), until);
  ASSERT_TRUE(paused.has_value());
  EXPECT_EQ(number(*paused, InstructionTag::Breaker, "mask"), 2u) << "the key at bit 1 is here";
}

TEST_F(Acts, WhatIsOverOrAnothersIsNotReleased) {
  chain.node.q_until = chain.now;
  EXPECT_THAT(refused(ActKind::ReleaseNode), HasSubstr("quarantine 17 of job-1 is over"));
  chain.node.q_until = chain.now + 60;
  chain.node.last_incident = 18;
  EXPECT_THAT(refused(ActKind::ReleaseNode), HasSubstr("quarantined last by 18, not by 17"));
}

TEST_F(Acts, TooFewKeysAreCounted) {
  const auto release = some_act(chain, ActKind::ReleaseNode);
  EXPECT_THAT(refused(signer({chain.other}).sign(release, until)),
              HasSubstr("1 of the sentinels' keys is here and 2 are needed"));
  const auto stranger = chain::Keypair::generate();
  EXPECT_THAT(refused(signer({stranger}).sign(some_act(chain, ActKind::Pause), until)),
              HasSubstr("0 of the sentinels' keys are here and 1 is needed"));
}

TEST_F(Acts, AnAccusationIsThePayersWithItsStakeBehindIt) {
  const auto act = some_act(chain, ActKind::OpenIncident);
  const auto made = sign(act);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(number(*made, InstructionTag::OpenIncident, "id"), 77u);
  EXPECT_EQ(number(*made, InstructionTag::OpenIncident, "category"), 1u);
  EXPECT_EQ(number(*made, InstructionTag::OpenIncident, "bps"), 250u);
  EXPECT_EQ(number(*made, InstructionTag::OpenIncident, "on_node"), 1u);
  EXPECT_EQ(number(*made, InstructionTag::OpenIncident, "mask"), 3u);
  EXPECT_EQ(account(*made, 0), chain.payer.pubkey());
  EXPECT_EQ(account(*made, 4), chain.addresses.position(chain.payer.pubkey(), 0));
  EXPECT_EQ(account(*made, 5), chain::pubkey_of(chain.node.position));
  EXPECT_EQ(account(*made, 6), chain.account);
  EXPECT_EQ(account(*made, 7), chain.addresses.incident(77));
  // tag, id, category, bps, on_node, evidence
  const auto& data = ours(*made, chain.program).data;
  EXPECT_TRUE(std::all_of(data.begin() + 13, data.begin() + 45, [](auto b) { return b == 0xaa; }));
}

TEST_F(Acts, ANumberThatIsTakenIsNotAccusedUnderAgain) {
  chain.put(chain.addresses.incident(77), swarm::Incident{});
  EXPECT_THAT(refused(ActKind::OpenIncident),
              HasSubstr("77 is an incident's on the chain already"));
  auto act = some_act(chain, ActKind::OpenIncident);
  act.incident = 0;
  EXPECT_THAT(refused(sign(act)), HasSubstr("no number"));
}

TEST_F(Acts, WhoAccusesNeedsAStakeOfItsOwnThatIsNotTheAccused) {
  const auto act = some_act(chain, ActKind::OpenIncident);
  EXPECT_THAT(refused(signer({chain.sentinel, chain.other}, 3).sign(act, until)),
              HasSubstr("under number 3"));
  const auto bond = chain.addresses.position(chain.payer.pubkey(), 0);
  std::memcpy(&chain.node.position, bond.bytes.data(), 32);
  EXPECT_THAT(refused(sign(act)), HasSubstr("stands on our own stake"));
  swarm::Position provider = {};
  provider.tag = static_cast<std::uint8_t>(swarm::Position::kTag);
  provider.version = swarm::Position::kVersion;
  chain.put(bond, provider);
  EXPECT_THAT(refused(sign(act)), HasSubstr("no network operator's stake"));
}

TEST_F(Acts, AClaimAboveItsCategorysCapIsToldBeforeTheProgramDoes) {
  auto act = some_act(chain, ActKind::OpenIncident);
  act.claim_bps = 301;
  EXPECT_THAT(refused(sign(act)), HasSubstr("expected 1 to 300 for sla-breach"));
  EXPECT_EQ(chain.asked["simulateTransaction"], 0u);
}

TEST_F(Acts, APauseStopsThePartsThatItNames) {
  using swarm::Pause;
  const std::map<std::string, Pause> parts{
      {"stake-in", Pause::StakeIn},   {"claim", Pause::Claim},
      {"nodes", Pause::Nodes},        {"open-lease", Pause::OpenLease},
      {"post-root", Pause::PostRoot}, {"incident", Pause::Incident}};
  auto act = some_act(chain, ActKind::Pause);
  for (const auto& [name, bit] : parts) {
    act.parts = {name};
    const auto made = sign(act);
    ASSERT_TRUE(made.has_value()) << name;
    EXPECT_EQ(number(*made, InstructionTag::Breaker, "what"), static_cast<std::uint64_t>(bit));
    EXPECT_EQ(number(*made, InstructionTag::Breaker, "seconds"), 600u);
    EXPECT_EQ(number(*made, InstructionTag::Breaker, "mask"), 1u) << "one key is enough";
  }
  signatures = 0;
  act.parts = {"withdraw"};
  EXPECT_THAT(refused(sign(act)), HasSubstr("only guardians"));
}

TEST_F(Acts, NothingIsSignedForAProgramThatMayStillChange) {
  chain.config.state = 0;
  for (const auto kind : {ActKind::ReleaseNode, ActKind::OpenIncident, ActKind::Pause})
    EXPECT_THAT(refused(kind), HasSubstr("is not sealed"));
}

TEST_F(Acts, NothingIsSignedOnceItsTimeIsOver) {
  until = clock.wall() - seconds(1);
  EXPECT_THAT(refused(ActKind::Pause), HasSubstr("not signed before its time was over"));
  EXPECT_TRUE(chain.asked.empty());
  until = clock.wall() + seconds(2);
  before_answer = [&] { clock.advance(seconds(1)); };
  EXPECT_THAT(refused(ActKind::Pause), HasSubstr("not signed before its time was over"));
  EXPECT_EQ(chain.asked["simulateTransaction"], 1u) << "the chain took too long to answer";
}

TEST_F(Acts, WhatTheProgramRefusesIsForGoodAndSilenceIsNot) {
  chain.simulation_error = R"({"InstructionError":[1,{"Custom":301}]})";
  EXPECT_THAT(refused(ActKind::Pause), HasSubstr("was refused"));
  for (const auto* passing :
       {R"("AccountNotFound")", R"("BlockhashNotFound")", R"("AccountInUse")"}) {
    chain.simulation_error = passing;
    const auto made = sign(ActKind::Pause);
    ASSERT_FALSE(made.has_value());
    EXPECT_FALSE(is_for_good(made.error())) << passing;
  }
  chain.limited = true;
  EXPECT_FALSE(is_for_good(sign(ActKind::Pause).error()));
  EXPECT_FALSE(is_for_good(Error{ErrorCode::Timeout, "", ""}));
  EXPECT_FALSE(is_for_good(Error{ErrorCode::InvalidInput, "answered 403", ""}));
  EXPECT_TRUE(
      is_for_good(Error{ErrorCode::Conflict, "", std::string(chain::reason::kWrongCluster)}));
  EXPECT_EQ(signatures, 0u);
}

TEST_F(Acts, ASignersRefusalIsForGoodAndItsSilenceIsNot) {
  refusal = Error{ErrorCode::PermissionDenied, "the signer refuses: instruction 14", ""};
  const auto denied = sign(ActKind::Pause);
  ASSERT_FALSE(denied.has_value());
  EXPECT_TRUE(is_for_good(denied.error()));
  EXPECT_THAT(denied.error().message, HasSubstr("the signer refuses"));
  refusal = Error{ErrorCode::Unavailable, "the signer does not answer", ""};
  EXPECT_FALSE(is_for_good(sign(ActKind::Pause).error()));
}

TEST_F(Acts, AnEndpointThatIsBehindIsNotBelieved) {
  auto one = signer({chain.sentinel, chain.other});
  const auto act = some_act(chain, ActKind::ReleaseNode);
  ASSERT_TRUE(one.sign(act, until).has_value());
  chain.height -= 3;
  chain.node.q_until = chain.now;
  const auto stale = one.sign(act, until);
  ASSERT_FALSE(stale.has_value());
  EXPECT_FALSE(is_for_good(stale.error()));
  EXPECT_THAT(stale.error().message, HasSubstr("3 slots behind"));
}

TEST_F(Acts, WhatIsNoNodeIsRefused) {
  auto act = some_act(chain, ActKind::ReleaseNode);
  act.account = chain.other.pubkey().text();
  EXPECT_THAT(refused(sign(act)), HasSubstr("there is no node"));
  act.account.clear();
  EXPECT_THAT(refused(sign(act)), HasSubstr("node/job-1 has no account on the chain"));
}

// The signer process lets through exactly what is made here.
TEST_F(Acts, ASignerThatMayLetsAllThreeThrough) {
  const chain::SignerPolicy policy{
      .program = chain.program,
      .allowed = {*chain::signable("release"), *chain::signable("incident"),
                  *chain::signable("pause")},
      .payer = chain.payer.pubkey()};
  for (const auto kind : {ActKind::ReleaseNode, ActKind::OpenIncident, ActKind::Pause}) {
    const auto made = sign(kind);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    const auto judged = chain::judge(made->transaction.message, policy);
    EXPECT_TRUE(judged.has_value()) << judged.error().message;
  }
}

}  // namespace
}  // namespace wardhive
