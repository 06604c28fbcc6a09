// The source over endpoints that show what the test put there, in simulated time.
#include "ingest/chain_source.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <map>

#include "base/bytes.h"
#include "chain/programs.h"
#include "chain/swarm.h"
#include "chain/transaction.h"
#include "ingest/sources/chain/event_reader.h"
#include "testkit/manual_clock.h"

namespace wardhive {
namespace {

using chain::Account;
using chain::Pubkey;

Pubkey key(std::uint8_t fill) {
  Pubkey k;
  k.bytes.fill(fill);
  return k;
}
const Pubkey kStakeProgram = chain::pubkey_constant("Stake11111111111111111111111111111111111111");
const Pubkey kVault = key(10), kProgram = key(20);

Account stake(const Pubkey& withdrawer) {
  Account account{.owner = kStakeProgram, .data = chain::Bytes(200)};
  account.data[0] = 2;
  std::memcpy(account.data.data() + 44, withdrawer.bytes.data(), 32);
  return account;
}
std::string account_json(const Account& account) {
  return fmt::format(R"({{"owner":"{}","lamports":1,"executable":false,"data":["{}","base64"]}})",
                     account.owner.text(), to_base64(account.data));
}

struct Transaction {
  chain::Signature signature;
  std::vector<std::string> logs;
  bool failed = false;
  std::string bytes = {};  // base64
};

// One endpoint's view of the chain.
struct Node {
  std::uint64_t slot = 1'000;
  std::map<std::string, Account> accounts = {};
  std::vector<Transaction> history = {};  // oldest first
  std::vector<std::string> nonces = {};
  std::map<std::string, unsigned, std::less<>> times = {};  // asked, by method
  bool up = true;
  std::string unknown = {};  // a signature that is listed, and its transaction not shown
  std::size_t hidden = 0;    // of the newest transactions, when asked for those since the last one

  chain::RpcAttempt operator()(std::string_view method, const std::string& params) {
    ++times[std::string(method)];
    if (!up) return {.answer = fail(ErrorCode::Unavailable, "connection refused")};
    const auto asked = *JsonValue::parse(params);
    const auto body = answer(method, asked);
    if (body.empty()) return {.answer = fail(ErrorCode::Unavailable, "not reached yet")};
    return {.answer = *JsonValue::parse(body)};
  }

 private:
  std::string answer(std::string_view method, const JsonValue& asked) {
    const auto value = [&](const std::string& json) {
      return fmt::format(R"({{"context":{{"slot":{}}},"value":{}}})", slot, json);
    };
    const auto one = [&](const std::string& name) {
      const auto found = accounts.find(name);
      return found == accounts.end() ? std::string("null") : account_json(found->second);
    };
    if (method == "getGenesisHash") return "\"GH7ome3EiwEr7tu9JuTh2dpYWBJK3z69Xm1ZE3MEE6JC\"";
    if (method == "getSlot" || method == "getBlockHeight") return std::to_string(slot);
    if (method == "getMultipleAccounts") {
      if (asked.items()[1].number_or("minContextSlot", 0) > static_cast<double>(slot)) return "";
      std::string list;
      for (const auto& name : asked.items()[0].items())
        list += (list.empty() ? "" : ",") + one(name.as_string());
      return value("[" + list + "]");
    }
    if (method == "getAccountInfo") return value(one(asked.items()[0].as_string()));
    if (method == "getProgramAccounts") {
      std::string list;
      for (const auto& name : nonces)
        list += fmt::format(R"({}{{"pubkey":"{}","account":{}}})", list.empty() ? "" : ",", name,
                            account_json(Account{}));
      return "[" + list + "]";
    }
    if (method == "getSignaturesForAddress") {
      const auto until = asked.items()[1].string_or("until", "");
      const auto end = history.size() - (until.empty() ? 0 : std::min(hidden, history.size()));
      std::string list;
      for (auto i = end; i-- > 0 && history[i].signature.text() != until;)
        list +=
            fmt::format(R"({}{{"signature":"{}","slot":{},"err":{}}})", list.empty() ? "" : ",",
                        history[i].signature.text(), slot,
                        history[i].failed ? R"({"InstructionError":[0,{"Custom":1}]})" : "null");
      return "[" + list + "]";
    }
    if (method == "getTransaction")
      for (const auto& transaction : history)
        if (transaction.signature.text() == asked.items()[0].as_string() &&
            transaction.signature.text() != unknown)
          return fmt::format(
              R"({{"slot":{},"transaction":["{}","base64"],"meta":{{"err":null,"logMessages":{}}}}})",
              slot, transaction.bytes, to_json(transaction.logs));
    return "null";
  }
};

class ChainSourceTest : public testing::Test {
 protected:
  ChainSourceTest() {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("chain_source_{}", ::getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~ChainSourceTest() override { std::filesystem::remove_all(folder_); }

  void open(std::size_t endpoints = 1, ChainSettings settings = {}) {
    if (nodes_.empty()) nodes_.resize(endpoints);
    settings.watch = {kVault.text()};
    ChainSourceOptions options{.state = folder_, .observer = "controller"};
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      settings.endpoints.push_back(fmt::format("http://rpc-{}/", i));
      options.askers.push_back([this, i](std::string_view method, const std::string& params) {
        return nodes_[i](method, params);
      });
    }
    options.settings = std::move(settings);
    source_ = ChainSource::make(std::move(options), clock_, [this](ChainSaid said) {
                if (!taking_) return false;
                if (auto* event = std::get_if<Event>(&said))
                  events_.push_back(std::move(*event));
                else
                  batch_ = std::get<SampleBatch>(std::move(said));
                return true;
              }).value();
  }
  void pass() {
    source_->pass();
    clock_.advance(seconds(1));
    for (auto& node : nodes_) node.slot += 2;
  }
  void everywhere(const Pubkey& at, const Account& account) {
    for (auto& node : nodes_) node.accounts[at.text()] = account;
  }
  unsigned asked(const std::string& method) { return nodes_[0].times[method]; }
  std::optional<double> sample(std::string_view name) const {
    for (const auto& series : batch_.defined)
      if (label(series.labels, "__name__") == name)
        for (const auto& s : batch_.samples)
          if (s.series == series.id) return s.value;
    return std::nullopt;
  }

  Path folder_;
  ManualClock clock_;
  std::vector<Node> nodes_;
  std::unique_ptr<ChainSource> source_;
  bool taking_ = true;
  std::vector<Event> events_;
  SampleBatch batch_;
};

TEST_F(ChainSourceTest, SaysWhoHoldsThePowerNowAtTheNextLook) {
  nodes_.resize(1);
  everywhere(kVault, stake(key(1)));
  open();
  pass();
  pass();
  EXPECT_TRUE(events_.empty());  // what is there at first is no change
  everywhere(kVault, stake(key(2)));
  pass();
  ASSERT_EQ(events_.size(), 1u);
  const auto& event = events_[0];
  EXPECT_EQ(event.kind, EventKind::AuthorityChanged);
  EXPECT_EQ(event.subject, chain_account(kVault.text()));
  EXPECT_EQ(event.observer, node("controller"));
  EXPECT_EQ(event.attributes.at("power"), "withdraw");
  EXPECT_EQ(event.attributes.at("before"), key(1).text());
  EXPECT_EQ(event.attributes.at("after"), key(2).text());
  EXPECT_EQ(event.attributes.at("agreed"), "");  // one endpoint's word
  pass();
  EXPECT_EQ(events_.size(), 1u);
}

TEST_F(ChainSourceTest, WhatChangedWhileNobodyLookedIsSaidAfterARestart) {
  nodes_.resize(1);
  everywhere(kVault, stake(key(1)));
  open();
  pass();
  source_.reset();
  everywhere(kVault, stake(key(2)));
  open();
  pass();
  EXPECT_EQ(events_.size(), 1u);
  source_.reset();
  open();
  pass();
  EXPECT_EQ(events_.size(), 1u);  // and only once
}

TEST_F(ChainSourceTest, WhatWasNotTakenIsSaidAgain) {
  nodes_.resize(1);
  everywhere(kVault, stake(key(1)));
  open();
  pass();
  everywhere(kVault, stake(key(2)));
  taking_ = false;
  pass();
  source_.reset();  // killed before anybody took it
  open();
  taking_ = true;
  pass();
  EXPECT_EQ(events_.size(), 1u);
}

TEST_F(ChainSourceTest, TwoEndpointsSayItTogether) {
  nodes_.resize(3);
  everywhere(kVault, stake(key(1)));
  open();
  pass();
  everywhere(kVault, stake(key(2)));
  pass();
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].attributes.at("agreed"), "rpc-0, rpc-1");
}

TEST_F(ChainSourceTest, AnEndpointThatLiesAloneIsOutvoted) {
  nodes_.resize(3);
  everywhere(kVault, stake(key(1)));
  open();
  pass();
  nodes_[0].accounts[kVault.text()] = stake(key(66));
  for (int i = 0; i < 5; ++i) pass();
  EXPECT_TRUE(events_.empty());
}

TEST_F(ChainSourceTest, EndpointsThatContradictOneAnotherAreNotBelievedToBeQuiet) {
  nodes_.resize(3);
  everywhere(kVault, stake(key(1)));
  open();
  pass();
  for (std::uint8_t i = 0; i < 3; ++i) nodes_[i].accounts[kVault.text()] = stake(key(60 + i));
  pass();
  ASSERT_FALSE(events_.empty());
  EXPECT_EQ(events_[0].attributes.at("agreed"), "");
}

// The first endpoint fails, the next one is five slots behind: the past is no change.
TEST_F(ChainSourceTest, AnOlderViewIsNotReadAfterANewerOne) {
  nodes_.resize(2);
  everywhere(kVault, stake(key(1)));
  open();
  pass();
  nodes_[0].accounts[kVault.text()] = stake(key(2));
  nodes_[1].accounts[kVault.text()] = stake(key(2));
  pass();
  ASSERT_EQ(events_.size(), 1u);
  nodes_[0].up = false;
  nodes_[1].accounts[kVault.text()] = stake(key(1));
  nodes_[1].slot -= 5;
  pass();
  EXPECT_EQ(events_.size(), 1u);
}

TEST_F(ChainSourceTest, ANonceThatASignerMayUseIsSaidOnce) {
  ChainSettings settings;
  settings.signers = {key(7).text()};
  settings.signer_interval = seconds(3);
  open(1, settings);
  pass();
  EXPECT_TRUE(events_.empty());
  nodes_[0].nonces = {key(8).text()};
  for (int i = 0; i < 9; ++i) pass();
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].subject, chain_account(key(7).text()));
  EXPECT_EQ(events_[0].attributes.at("after"), key(8).text());
}

TEST(AuthorityEvents, WhoHasComeInIsSaidFirstAndAllOfItAtOnce) {
  const auto set = [](std::map<std::string, std::string> powers) {
    return chain::Authorities{"key set", std::move(powers)};
  };
  const auto before = set({{"key old", "yes"}, {"threshold", "2"}});
  const auto after = set({{"key new", "yes"}, {"threshold", "1"}});
  const auto events = authority_events(before, after, key(1), 7, "");
  ASSERT_EQ(events.size(), 3u);
  const auto& said = events[0].attributes.at("says");
  const auto comes = said.find("key new was added"), goes = said.find("key old was taken out");
  EXPECT_LT(comes, goes) << said;
  EXPECT_NE(goes, said.npos) << said;
  EXPECT_NE(said.find("went from 2 to 1"), said.npos) << said;
  EXPECT_EQ(events[0].attributes.at("power"), "key new");
}

// The hidden step of an old theft: told within seconds, though looking for nonces is dear.
TEST_F(ChainSourceTest, ANonceThatASignerMakesIsSaidWithinFiveSeconds) {
  ChainSettings settings;
  settings.signers = {key(7).text(), key(8).text(), key(9).text(), key(10).text()};
  settings.signer_interval = hours(1);
  open(1, settings);
  for (int i = 0; i < 9; ++i) pass();
  const auto looks = asked("getProgramAccounts");
  nodes_[0].nonces = {key(20).text()};
  for (int i = 0; i < 9; ++i) pass();
  EXPECT_TRUE(events_.empty()) << "others made it: found at the interval";
  EXPECT_EQ(asked("getProgramAccounts"), looks);

  nodes_[0].history.push_back({.signature = {}, .logs = {}});
  nodes_[0].history.back().signature.bytes.fill(9);
  const auto began = clock_.mono();
  while (events_.empty() && clock_.mono() - began < minutes(1)) pass();
  EXPECT_LE(clock_.mono() - began, seconds(4)) << "and a second until it is confirmed";
  EXPECT_EQ(events_.size(), 4u) << "this endpoint says of each signer that it may use it";
}

TEST_F(ChainSourceTest, ASignerThatSignsAllTheTimeIsNotLookedAtAllTheTime) {
  ChainSettings settings;
  settings.signers = {key(7).text()};
  settings.signer_interval = hours(1);
  open(1, settings);
  pass();
  const auto looks = asked("getProgramAccounts");
  for (int i = 0; i < 20; ++i) {
    nodes_[0].history.push_back({.signature = {}, .logs = {}});
    nodes_[0].history.back().signature.bytes.fill(static_cast<std::uint8_t>(i + 1));
    pass();
  }
  EXPECT_LE(asked("getProgramAccounts") - looks, 10u);
  EXPECT_GE(asked("getProgramAccounts") - looks, 5u);
}

TEST_F(ChainSourceTest, HealthOfTheNetworkIsMeasured) {
  open(2);
  nodes_[1].slot -= 7;
  pass();
  pass();
  pass();
  EXPECT_EQ(sample("chain_endpoint_up"), 1);
  EXPECT_TRUE(sample("chain_slot").has_value());
  EXPECT_EQ(sample("chain_skipped_slots_total"), 0);
  EXPECT_TRUE(sample("chain_confirmation_seconds").has_value());
  nodes_[0].up = nodes_[1].up = false;
  for (int i = 0; i < 9; ++i) pass();
  EXPECT_EQ(sample("chain_endpoint_up"), 0);
  EXPECT_FALSE(sample("chain_slot").has_value());
}

class ProgramEvents : public ChainSourceTest {
 protected:
  ProgramEvents() { settings_.program = kProgram.text(); }
  // A transaction in which position 7 got its `seq`-th change.
  void happened(std::uint64_t seq) {
    swarm::event::Refreshed e{};
    e.tag = static_cast<std::uint8_t>(swarm::EventTag::Refreshed);
    e.version = 1;
    e.seq = seq;
    e.id = 7;
    Transaction transaction{.signature = {}, .logs = {}};
    transaction.signature.bytes.fill(static_cast<std::uint8_t>(seq));
    transaction.logs = {
        "Program " + kProgram.text() + " invoke [1]",
        "Program data: " + to_base64({reinterpret_cast<const std::uint8_t*>(&e), sizeof e}),
        "Program " + kProgram.text() + " success"};
    nodes_[0].history.push_back(std::move(transaction));
  }
  void failed(std::uint8_t fill) {
    Transaction transaction{.signature = {}, .logs = {}, .failed = true};
    transaction.signature.bytes.fill(fill);
    nodes_[0].history.push_back(std::move(transaction));
  }
  std::vector<std::string> seen() const {
    std::vector<std::string> found;
    for (const auto& event : events_)
      if (event.kind == EventKind::ProgramEvent)
        found.push_back(event.attributes.at("seq"));
      else if (event.kind == EventKind::ProgramEventGap)
        found.push_back("gap " + event.attributes.at("first") + "-" + event.attributes.at("last"));
    return found;
  }
  ChainSettings settings_;
};

TEST_F(ProgramEvents, AreReadOldestFirstAndOnce) {
  nodes_.resize(1);
  for (std::uint64_t seq = 1; seq <= 3; ++seq) happened(seq);
  open(1, settings_);
  pass();
  happened(4);
  pass();
  pass();
  EXPECT_EQ(seen(), (std::vector<std::string>{"1", "2", "3", "4"}));
  EXPECT_EQ(events_[0].attributes.at("name"), "Refreshed");
  EXPECT_EQ(events_[0].attributes.at("sequence"), "position 7");
  EXPECT_TRUE(events_[0].attributes.contains("field.weight_after"));
  source_.reset();
  open(1, settings_);
  pass();
  EXPECT_EQ(seen().size(), 4u);
}

// Its list of what is new lacks the middle one, the whole history has it.
TEST_F(ProgramEvents, SayWhoSignedWithAndWithoutPaying) {
  nodes_.resize(1);
  happened(1);
  happened(2);
  chain::Message message{.signers = 3, .readonly_signers = 1};
  message.keys = {key(1), key(2), key(3), kProgram};
  message.readonly_others = 1;
  message.instructions = {{.program = 3}};
  nodes_[0].history[0].bytes =
      to_base64(chain::encode(chain::unsigned_transaction(std::move(message))));
  nodes_[0].history[1].bytes = "bm90IG9uZQ==";
  open(1, settings_);
  pass();
  ASSERT_EQ(seen(), (std::vector<std::string>{"1", "2"}));
  const auto& signed_by = events_[0].attributes;
  EXPECT_EQ(signed_by.at("writable_signers"), key(1).text() + "," + key(2).text());
  EXPECT_EQ(signed_by.at("readonly_signers"), key(3).text());
  EXPECT_EQ(events_[1].attributes.at("writable_signers"), "") << "what cannot be read is nobody's";
}

TEST_F(ProgramEvents, FailedTransactionsAreCountedOnceAndHideNothing) {
  nodes_.resize(1);
  happened(1);
  open(1, settings_);
  pass();
  failed(101);
  happened(2);
  failed(102);
  pass();
  happened(3);
  pass();
  pass();
  EXPECT_EQ(seen(), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(sample("chain_program_failed_total"), 2);
}

TEST_F(ProgramEvents, AGapThatIsFilledSoonIsNotSaid) {
  nodes_.resize(1);
  happened(1);
  open(1, settings_);
  pass();
  happened(2);
  happened(3);
  const auto middle = nodes_[0].history[1];
  nodes_[0].history.erase(nodes_[0].history.begin() + 1);
  pass();
  pass();
  EXPECT_EQ(seen(), (std::vector<std::string>{"1", "3"})) << "an endpoint may list it late";
  nodes_[0].history.insert(nodes_[0].history.begin() + 1, middle);
  for (unsigned i = 0; i < 2 * kGapLooks; ++i) pass();
  EXPECT_EQ(seen(), (std::vector<std::string>{"1", "3", "2"}));
}

TEST_F(ProgramEvents, AGapThatStaysIsSaidOnceAlsoOverRestartsAndAFullQueue) {
  nodes_.resize(1);
  happened(1);
  open(1, settings_);
  pass();
  for (std::uint64_t seq = 2; seq <= 7; ++seq) happened(seq);
  // 2 to 6 are hidden; 4 turns up.
  const auto hidden = std::vector(nodes_[0].history.begin() + 1, nodes_[0].history.end() - 1);
  nodes_[0].history.erase(nodes_[0].history.begin() + 1, nodes_[0].history.end() - 1);
  pass();
  nodes_[0].history.insert(nodes_[0].history.begin() + 1, hidden[2]);
  pass();
  source_.reset();
  open(1, settings_);
  for (unsigned i = 0; i < kGapLooks - 3; ++i) pass();
  EXPECT_EQ(seen(), (std::vector<std::string>{"1", "7", "4"}));
  taking_ = false;
  for (unsigned i = 0; i < 3; ++i) pass();
  taking_ = true;
  pass();
  EXPECT_EQ(seen(), (std::vector<std::string>{"1", "7", "4", "gap 2-3", "gap 5-6"}));
  for (unsigned i = 0; i < 2 * kGapLooks; ++i) pass();
  EXPECT_EQ(seen().size(), 5u);
  // Long after it was said: the history is read again because of another gap.
  nodes_[0].history.insert(nodes_[0].history.begin() + 1, hidden[0]);
  happened(9);
  for (unsigned i = 0; i < 2 * kGapLooks; ++i) pass();
  EXPECT_EQ(seen(),
            (std::vector<std::string>{"1", "7", "4", "gap 2-3", "gap 5-6", "9", "2", "gap 8-8"}));
}

TEST_F(ProgramEvents, OneThatIsListedAndNeverShownHidesNothingBehindIt) {
  nodes_.resize(1);
  happened(1);
  open(1, settings_);
  pass();
  happened(2);
  happened(3);
  nodes_[0].unknown = nodes_[0].history[1].signature.text();
  pass();
  EXPECT_EQ(seen(), (std::vector<std::string>{"1"})) << "it may be shown at the next look";
  for (unsigned i = 0; i < 3 * kGapLooks; ++i) pass();
  EXPECT_EQ(seen(), (std::vector<std::string>{"1", "3", "gap 2-2"}));
}

TEST_F(ChainSourceTest, AFileThatIsNotOursIsRefusedWithTheWayOut) {
  ASSERT_TRUE(write_file_atomically(folder_ / "chain-watch.json", "{\"version\":9}"));
  ManualClock clock;
  ChainSettings settings;
  settings.endpoints = {"http://rpc/"};
  const auto refused = ChainSource::make({.settings = settings, .state = folder_}, clock,
                                         [](ChainSaid) { return true; });
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("version 9"), std::string::npos)
      << refused.error().message;
  EXPECT_NE(refused.error().message.find("move it away"), std::string::npos);
}

TEST_F(ChainSourceTest, ANoticesUrlThatIsNoneIsRefusedByTheNameOfItsSetting) {
  ManualClock clock;
  ChainSettings settings;
  settings.endpoints = {"http://rpc/"};
  settings.notices = {"http://rpc/"};
  const auto refused = ChainSource::make({.settings = settings, .state = folder_}, clock,
                                         [](ChainSaid) { return true; });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
  EXPECT_NE(refused.error().message.find("chain.notices: \"http://rpc/\""), std::string::npos)
      << refused.error().message;
}

TEST_F(ChainSourceTest, AnAddressThatIsNoneIsRefused) {
  ManualClock clock;
  ChainSettings settings;
  settings.endpoints = {"http://rpc/"};
  settings.watch = {std::string(40, 'z')};
  EXPECT_FALSE(ChainSource::make({.settings = settings, .state = folder_}, clock, [](ChainSaid) {
                 return true;
               }).has_value());
}

}  // namespace
}  // namespace wardhive
