// What is done to the program, and what befalls our sight of it, in simulated time: told in time,
// and nothing else happens. No node is drained, no address is banned for what is on the chain.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "scenario/world.h"

namespace wardhive::scenario {
namespace {

const std::string kProgram = "Stake11111111111111111111111111111111111111";
const std::string kPayer = "7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2";
const std::string kThief = "4Nd1mYd3yqUCbPv2bZqvj5mRRvXhpeSn5vXaQd4GQvB6";
const Entity kRpc{EntityKind::Fleet, "rpc"};

// The chain source as the pipeline hears it: a look a second, what happened since in it.
class Chain {
 public:
  explicit Chain(World& world) : world_(world) {}

  void happens(const std::string& name, const std::string& writable = kPayer,
               const std::string& readonly = "") {
    Event event{EventKind::ProgramEvent,
                chain_account(kProgram),
                node("controller"),
                world_.clock.wall(),
                {}};
    event.attributes = {{"name", name},
                        {"slot", fmt::format("{}", slot())},
                        {"behind", "2"},
                        {"writable_signers", writable},
                        {"readonly_signers", readonly}};
    events_.push_back(std::move(event));
  }
  void fails(unsigned count) { failed_ += count; }
  bool up = true;

  // One step of the world, and the look that is due in it.
  void step() {
    if (world_.clock.mono() >= look_at_) look();
    world_.step();
  }
  void run(Duration length) {
    for (const auto end = world_.clock.mono() + length; world_.clock.mono() < end;) step();
  }
  // Time until a person was told of `subject`.
  template <class Each>
  std::optional<Duration> until_told(const Entity& subject, Duration limit, Each&& each) {
    const auto began = world_.clock.mono();
    while (world_.clock.mono() - began < limit) {
      each();
      step();
      const auto* incident = world_.ledger.incident(subject);
      if (incident != nullptr && world_.ledger.noticed(incident->summary))
        return world_.clock.mono() - began;
    }
    return std::nullopt;
  }

 private:
  std::uint64_t slot() const {
    return 400'000'000 +
           static_cast<std::uint64_t>(world_.clock.mono().time_since_epoch() / millis(400));
  }
  void put(SampleBatch& batch, std::string_view name, double value, Labels labels = {}) {
    labels.emplace_back("__name__", std::string(name));
    SeriesDefined series{{}, *canonical_labels(std::move(labels)), Entity{}};
    series.id = series_id(series.labels);
    batch.samples.push_back({series.id, world_.clock.wall(), value});
    batch.defined.push_back(std::move(series));
  }
  void look() {
    look_at_ = world_.clock.mono() + seconds(1);
    SampleBatch batch;
    put(batch, "chain_endpoint_up", up ? 1 : 0, {{"endpoint", "rpc-1"}});
    put(batch, "chain_program_failed_total", failed_, {{"program", kProgram}});
    if (up) put(batch, "chain_slot", static_cast<double>(slot()));
    Submission submission{{}, {std::move(batch)}, "", 0, {}, {}};
    if (up)
      for (auto& event : std::exchange(events_, {})) submission.records.push_back(std::move(event));
    world_.submit(std::move(submission));
  }

  World& world_;
  std::vector<Event> events_;
  double failed_ = 0;
  MonoTime look_at_{};
};

Options watching() {
  Options options;
  options.nodes = 3;
  options.requests_per_second = 0;
  options.settings.chain.endpoints = {"http://rpc-1"};
  return options;
}

class OnChain : public testing::Test {
 protected:
  OnChain() : world(watching()), chain(world) { chain.run(seconds(30)); }
  // Nothing but telling: no effect was even decided, every node has its whole share.
  ~OnChain() override {
    for (const auto& [id, decision] : world.ledger.decisions)
      EXPECT_EQ(decision.verb, Verb::Notify) << decision.reason;
    EXPECT_TRUE(world.ledger.actions.empty());
    for (const auto& name : world.jobs) EXPECT_EQ(world.share_bps(name), 10'000u);
  }
  std::size_t told() const { return world.ledger.notices.size(); }
  void measured(const char* what, Duration took, Duration limit) {
    fmt::print("{}: told after {} (limit {})\n", what, format_duration(took),
               format_duration(limit));
  }
  World world;
  Chain chain;
};

// io.net, April 2024: fakes join by the thousand.
TEST_F(OnChain, AWaveOfFakeGpusIsToldAndLeasedNodesStay) {
  const auto limit = seconds(15);
  const auto took = chain.until_told(chain_account(kProgram), limit, [&, i = 0]() mutable {
    if (++i % 5 == 0) chain.happens("NodeRegistered");  // two a second
  });
  ASSERT_TRUE(took);
  measured("fake GPU wave", *took, limit);
  EXPECT_TRUE(world.ledger.noticed("wardhive propose pause nodes"));
  for (int i = 0; i < 2'000; ++i) chain.happens("NodeRegistered");
  chain.run(minutes(1));
  EXPECT_EQ(told(), 1u) << "one wave, one notice";
}

TEST_F(OnChain, GrowthIsNoWave) {
  // A registration every two minutes for hours, and a provider who brings twelve machines.
  for (int i = 0; i < 60; ++i) {
    chain.happens("NodeRegistered");
    if (i == 40)
      for (int k = 0; k < 12; ++k) chain.happens("NodeRegistered");
    chain.run(minutes(2));
  }
  EXPECT_EQ(told(), 0u);
}

TEST_F(OnChain, ABurstOfFailingTransactionsIsToldAndAFewFailuresAreNot) {
  for (int i = 0; i < 120; ++i) {
    if (i % 10 == 0) chain.fails(3);  // somebody's wrong wallet
    chain.run(seconds(1));
  }
  EXPECT_EQ(told(), 0u);
  const auto limit = seconds(10);
  const auto took =
      chain.until_told(chain_account(kProgram), limit, [&] { chain.fails(2); });  // 20 a second
  ASSERT_TRUE(took);
  measured("exploit burst", *took, limit);
  EXPECT_EQ(told(), 1u);
}

TEST_F(OnChain, ASlashingStormNamesTheAccuserAndHonestOperatorsAreNot) {
  chain.happens("IncidentOpened", kPayer);
  chain.run(minutes(5));
  chain.happens("IncidentOpened", kPayer);
  chain.run(minutes(5));
  EXPECT_EQ(told(), 0u);
  const auto limit = minutes(2);
  const auto took = chain.until_told(chain_account(kThief), limit, [&, i = 0]() mutable {
    if (i++ % 300 == 0) chain.happens("IncidentOpened", kThief);  // one in 30 s
  });
  ASSERT_TRUE(took);
  measured("slashing storm, one accusation in 30 s", *took, limit);
  EXPECT_TRUE(world.ledger.noticed("wardhive propose pause incident"));
  EXPECT_EQ(world.ledger.incident(chain_account(kPayer)), nullptr);
  EXPECT_EQ(world.ledger.incident(chain_account(kProgram)), nullptr);
}

TEST_F(OnChain, AStolenSentinelKeyIsNamedAndTheOtherSentinelIsNot) {
  for (int i = 0; i < 4; ++i) chain.happens("Quarantined", kPayer);  // a bad rack
  chain.run(minutes(1));
  EXPECT_EQ(told(), 0u);
  const auto limit = minutes(1);
  const auto took = chain.until_told(chain_account(kThief), limit, [&, i = 0]() mutable {
    if (i++ % 100 == 0) chain.happens("Quarantined", kPayer, kThief);  // one in 10 s
  });
  ASSERT_TRUE(took);
  measured("stolen sentinel key, one quarantine in 10 s", *took, limit);
  EXPECT_TRUE(world.ledger.noticed("remove-sentinel-key --remove "));
  EXPECT_EQ(world.ledger.incident(chain_account(kPayer)), nullptr);
}

TEST_F(OnChain, AnRpcOutageIsOurBlindnessAndWhatHappenedMeanwhileIsFoundAfterwards) {
  chain.up = false;
  const auto limit = seconds(10);
  const auto took = chain.until_told(kRpc, limit, [] {});
  ASSERT_TRUE(took);
  measured("RPC outage", *took, limit);
  for (int i = 0; i < 30; ++i) {
    chain.happens("NodeRegistered");
    chain.run(seconds(5));
  }
  EXPECT_EQ(told(), 1u) << "what nobody saw is not said";
  chain.up = true;
  const auto after = chain.until_told(chain_account(kProgram), limit, [] {});
  ASSERT_TRUE(after);
  measured("wave during the outage, after it", *after, limit);
  chain.run(minutes(1));
  EXPECT_TRUE(world.ledger.is(kRpc, IncidentState::Resolved));
}

// A copied key: both machines speak once a second, so the door hears a turn each second.
TEST_F(OnChain, ANodesKeyUsedFromTwoPlacesIsToldAndTheNodeIsLeftInPeace) {
  const auto limit = minutes(1);
  const auto robbed = node(world.jobs.front());
  const auto took = chain.until_told(robbed, limit, [&, next = world.clock.mono()]() mutable {
    if (world.clock.mono() < next) return;
    next += seconds(1);
    Event event{EventKind::CredentialShared, robbed, node("controller"), world.clock.wall(), {}};
    event.attributes = {{"process", "a1"},
                        {"peer", "192.0.2.1"},
                        {"other_process", "b2"},
                        {"other_peer", "203.0.113.9"},
                        {"turns", "1"}};
    world.submit({{std::move(event)}, {}, "", 0, {}, {}});
  });
  ASSERT_TRUE(took);
  measured("node key used from two places", *took, limit);
  EXPECT_TRUE(world.ledger.noticed("wardhive token enroll --node " + robbed.name));
  chain.run(minutes(15));
  EXPECT_EQ(told(), 1u);
}

}  // namespace
}  // namespace wardhive::scenario
