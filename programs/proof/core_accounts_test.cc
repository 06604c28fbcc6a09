// Every account of every instruction, spoilt in every way that its kind can be spoilt, one at a
// time: the instruction is refused with the number of that check and nothing changes (A1-A13,
// A17-A20, A29-A31 of the adversarial list; programs/vm has the same in the real machine).
#include <algorithm>
#include <bit>
#include <string_view>

#include "gtest/gtest.h"
#include "proof/trial_scene.h"

namespace swarm::proof {
namespace {

using solhost::Account;
using solhost::Instruction;

// A scene in which `instruction` succeeds.
struct Ready {
  TrialScene scene{Bare{}};
  Instruction instruction;
};

constexpr std::uint64_t kStake = 1 << 21;

void stake_and_earn(Scene& scene) {
  scene.must(scene.open(0, kStake));
  scene.must(scene.fund(Purse::Stream, 50'000'000, kDay));
  scene.at(31 * kDay);
}

// The same for incidents.
void prepare_trial(InstructionTag tag, Ready& ready) {
  TrialScene& s = ready.scene;
  s.stake_both();
  s.start_node();
  s.must(s.hire());
  s.at(kDay);
  s.must(s.settle_lease());
  s.must(s.take_down(kDay));
  const Claim claim{.on_node = true};
  if (tag == InstructionTag::OpenIncident) {
    ready.instruction = s.accuse(claim);
    return;
  }
  s.must(s.accuse(claim));
  switch (tag) {
    case InstructionTag::Dispute:
      ready.instruction = s.object();
      return;
    case InstructionTag::Resolve:
      s.must(s.object());
      ready.instruction = s.decide(Verdict::Reject);
      return;
    default:
      break;
  }
  s.at(5 * kDay);
  ready.instruction = s.carry_out();
  if (tag == InstructionTag::Execute) return;
  s.must(ready.instruction);
  ready.instruction = s.compensate();
  if (tag == InstructionTag::Compensate) return;
  s.at(36 * kDay);
  ASSERT_EQ(tag, InstructionTag::Recover) << "setup has tests of its own";
  ready.instruction = s.come_back();
}

// What the second half needs; each slot is in use.
void prepare_market(InstructionTag tag, Ready& ready) {
  MarketScene& s = ready.scene;
  Wanted wanted;
  wanted.standbys = 2;
  switch (tag) {
    case InstructionTag::RegisterNode:
      s.stake_nodes();
      ready.instruction = s.enrol(0);
      return;
    case InstructionTag::AttestNode:
      s.stake_nodes();
      s.must(s.enrol(0));
      ready.instruction = s.attest(0);
      return;
    case InstructionTag::SetTerms:
      s.serve();
      ready.instruction = s.terms(0, 5, 11, 1);
      return;
    case InstructionTag::RetireNode:
      s.serve();
      ready.instruction = s.retire(0);
      return;
    case InstructionTag::OpenLease:
      s.serve();
      s.must(s.open(kTenant, kStake, 30 * kDay, static_cast<std::uint8_t>(Role::PlatformUser)));
      s.set_market([](Config& c) { c.discount_bps = 1'000, c.discount_stake = kStake; });
      wanted.discounted = 1;
      ready.instruction = s.rent(wanted);
      return;
    default:
      break;
  }
  if (tag >= InstructionTag::OpenIncident) return prepare_trial(tag, ready);
  s.run_lease(wanted);
  s.at(1'000);
  switch (tag) {
    case InstructionTag::TopUp:
      ready.instruction = s.feed(5);
      return;
    case InstructionTag::Settle:
      ready.instruction = s.settle();
      return;
    case InstructionTag::Payout:
      s.set_market([&](Config& c) {
        c.treasury_bps = 5'000;
        c.treasury = std::bit_cast<swarm::Key>(s.owner(2));
      });
      s.must(s.settle());
      s.at(3 * kDay);
      ready.instruction = s.pay(0);
      return;
    case InstructionTag::CloseLease:
      ready.instruction = s.close(kTenant, 1);
      return;
    case InstructionTag::Failover:
      // Both standbys are looked at: the first is out of service.
      s.must(s.isolate(1, s.guardians(s.node(0))));
      s.must(s.isolate(1, s.guardians(s.node(1))));
      ready.instruction = s.failover();
      return;
    case InstructionTag::Quarantine:
      ready.instruction = s.isolate(1, {s.node(0)});
      return;
    case InstructionTag::Release:
      s.must(s.isolate(1, {s.node(0)}));
      s.at(1'010);
      ready.instruction = s.let_go(1, s.guardians(s.node(0)));
      return;
    default:
      FAIL() << "setup has tests of its own";
  }
}

void prepare(InstructionTag tag, Ready& ready) {
  MarketScene& s = ready.scene;
  const Bytes payload = Writer().u8(5).u32(60);
  switch (tag) {
    case InstructionTag::OpenPosition:
      ready.instruction = s.open(0);
      return;
    case InstructionTag::AddStake:
      s.must(s.open(0));
      ready.instruction = s.add(0, Source::Wallet, 5);
      return;
    case InstructionTag::RequestUnstake:
      stake_and_earn(s);
      ready.instruction = s.unstake(0, kStake);
      return;
    case InstructionTag::Withdraw:
      stake_and_earn(s);
      s.must(s.unstake(0, kStake));
      s.at(46 * kDay);
      ready.instruction = s.take_out(0, kStake);
      return;
    case InstructionTag::Refresh:
      stake_and_earn(s);
      ready.instruction = s.refresh(0);
      return;
    case InstructionTag::Fund:
      ready.instruction = s.fund(Purse::Stream, kDay, kDay);
      return;
    case InstructionTag::Claim:
      stake_and_earn(s);
      ready.instruction = s.claim(0);
      return;
    case InstructionTag::PostRoot:
      s.must(s.fund(Purse::Work, 1'000, 0));
      s.at(kDay);
      ready.instruction = s.post_root(1, 1'000);
      return;
    case InstructionTag::DisableRoot:
      s.must(s.fund(Purse::Work, 1'000, 0));
      s.at(kDay);
      s.must(s.post_root(1, 1'000));
      ready.instruction = s.disable_root(1, SetKind::Resolver, {0b011});
      return;
    case InstructionTag::ClaimWork:
      s.must(s.open(0));
      s.must(s.fund(Purse::Work, 1'000, 0));
      s.at(kDay);
      s.must(s.post_root(1, 1'000, leaf_of(s, 0, 700)));
      s.at(3 * kDay);
      ready.instruction = s.claim_work(0, 0, 700);
      return;
    case InstructionTag::Breaker:
      ready.instruction = s.pause(1, 60, SetKind::Guardian, {0b00111});
      return;
    case InstructionTag::QueueOp:
      ready.instruction = s.queue(OpKind::LowerSentinelPause, payload);
      return;
    case InstructionTag::CancelOp:
    case InstructionTag::ExecuteOp:
      s.must(s.queue(OpKind::LowerSentinelPause, payload));
      s.at(1);
      ready.instruction = tag == InstructionTag::CancelOp ? s.cancel(0) : s.run_op(0, payload);
      return;
    default:
      prepare_market(tag, ready);
  }
}

constexpr std::string_view kStates[] = {
    "config",   "fleet",    "pool",      "work",         "position",   "guardian",
    "sentinel", "resolver", "set",       "op",           "purse",      "node",
    "digest",   "lease",    "standby_1", "standby_2",    "position_1", "position_2",
    "discount", "target",   "incident",  "bond_position"};
constexpr std::string_view kVaults[] = {"stake_vault", "reward_vault", "escrow_vault"};
constexpr std::string_view kWallets[] = {"from", "to", "treasury"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

class Accounts : public ::testing::TestWithParam<InstructionTag> {
 protected:
  void SetUp() override {
    prepare(GetParam(), ready_);
    for (const InstructionSchema& row : kInstructions) {
      if (row.tag == static_cast<std::uint8_t>(GetParam())) schema_ = &row;
    }
  }
  // Created by the instruction, so there is nothing yet that could be spoilt.
  bool is_new(std::string_view name) const {
    return (GetParam() == InstructionTag::OpenPosition && name == "position") ||
           (GetParam() == InstructionTag::QueueOp && name == "op") ||
           (GetParam() == InstructionTag::RegisterNode && name == "node") ||
           (GetParam() == InstructionTag::AttestNode && name == "digest") ||
           (GetParam() == InstructionTag::OpenLease && name == "lease") ||
           (GetParam() == InstructionTag::OpenIncident && name == "incident");
  }
  // Looked for by address: one that is gone is passed over, and not an error.
  bool may_be_gone(std::string_view name) const {
    return (GetParam() == InstructionTag::Failover && name.starts_with("standby")) ||
           (GetParam() == InstructionTag::Recover && name == "position");
  }
  // Its address is asked and nothing in it is read: the token program, which burns, does that.
  bool is_only_handed_on(std::string_view name) const {
    return (GetParam() == InstructionTag::Execute || GetParam() == InstructionTag::Recover) &&
           name == "mint";
  }
  // The account in this slot is as `change` leaves it: refused with `number`, then put right.
  void spoil(std::size_t slot, std::uint64_t number, const std::function<void(Account&)>& change) {
    const Key address = ready_.instruction.metas[slot].key;
    const Account right = *ready_.scene.bank.find(address);
    Account wrong = right;
    change(wrong);
    ready_.scene.bank.put(address, wrong);
    EXPECT_EQ(ready_.scene.refuses(ready_.instruction, number), "") << schema_->slots[slot].name;
    ready_.scene.bank.put(address, right);
  }
  // Another account in this slot.
  void replace(std::size_t slot, const Key& address, std::uint64_t number) {
    Instruction wrong = ready_.instruction;
    wrong.metas[slot].key = address;
    EXPECT_EQ(ready_.scene.refuses(wrong, number), "") << schema_->slots[slot].name;
  }

  Ready ready_{};
  const InstructionSchema* schema_ = nullptr;
};

TEST_P(Accounts, AreFineAsTheyAre) {
  const solhost::Outcome outcome = ready_.scene.bank.execute(ready_.instruction);
  EXPECT_TRUE(outcome.ok()) << outcome.text();
  EXPECT_EQ(outcome.events.size(), 1u);
  EXPECT_LE(outcome.events.at(0).size(), 64u);
}

TEST_P(Accounts, KeepTheirFlags) {
  for (std::size_t i = 0; i < schema_->slots.size(); ++i) {
    const Slot& slot = schema_->slots[i];
    if ((slot.flags & kSigner) != 0) {
      Instruction wrong = ready_.instruction;
      wrong.metas[i].signer = false;
      EXPECT_EQ(ready_.scene.refuses(wrong, number(sol::Check::MissingSigner)), "") << slot.name;
    }
    if ((slot.flags & kWritable) != 0) {
      Instruction wrong = ready_.instruction;
      wrong.metas[i].writable = false;
      EXPECT_EQ(ready_.scene.refuses(wrong, number(sol::Check::NotWritable)), "") << slot.name;
    }
  }
}

TEST_P(Accounts, OfTheProgramAreWhatTheySay) {
  for (std::size_t i = 0; i < schema_->slots.size(); ++i) {
    const std::string_view name = schema_->slots[i].name;
    if (!is_one_of(name, kStates) || is_new(name) || may_be_gone(name)) continue;
    spoil(i, 201, [&](Account& a) { a.owner = ready_.scene.owner(0); });
    spoil(i, 201, [&](Account& a) { a.owner = sol::kSystemProgram; });
    spoil(i, 301, [](Account& a) { a.data[0] = a.data[0] == 6 ? 7 : 6; });
    spoil(i, 302, [](Account& a) { a.data[1] += 1; });
    spoil(i, 302, [](Account& a) { a.data[1] -= 1; });
    spoil(i, 303, [](Account& a) { a.data.push_back(0); });
    spoil(i, 303, [](Account& a) { a.data.pop_back(); });
    spoil(i, 303, [](Account& a) { a.data.clear(); });
    replace(i, World::key("nothing there"), 201);
  }
}

TEST_P(Accounts, AreOpenOnceOnly) {
  // Two slots of one account, of which one is written: refused, whatever the two are.
  for (std::size_t i = 0; i < schema_->slots.size(); ++i) {
    const std::string_view name = schema_->slots[i].name;
    if (!is_one_of(name, kWallets)) continue;
    for (std::size_t j = 0; j < schema_->slots.size(); ++j) {
      if (is_one_of(schema_->slots[j].name, kVaults))
        replace(i, ready_.instruction.metas[j].key, number(sol::Check::Aliased));
    }
  }
}

TEST_P(Accounts, OfTokensAreTheRightOnes) {
  for (std::size_t i = 0; i < schema_->slots.size(); ++i) {
    const std::string_view name = schema_->slots[i].name;
    const bool vault = is_one_of(name, kVaults);
    if (vault) replace(i, ready_.scene.wallet(1), number(sol::Check::WrongAddress));
    if (!vault && !is_one_of(name, kWallets)) continue;
    spoil(i, 201, [&](Account& a) { a.owner = sol::kToken2022Program; });
    spoil(i, 901, [](Account& a) { a.data.pop_back(); });
    spoil(i, 901, [](Account& a) { a.data[108] = 0; });
    spoil(i, 905, [](Account& a) { a.data[108] = 2; });
    if (!vault) spoil(i, 903, [](Account& a) { a.data[0] ^= 1; });
  }
}

TEST_P(Accounts, ThatAreProgramsOrAddressesAreTheRightOnes) {
  const Key impostor = World::key("impostor");
  ready_.scene.bank.put(impostor, {1'000'000'000, sol::kUpgradeableLoader, {}, true});
  for (std::size_t i = 0; i < schema_->slots.size(); ++i) {
    const std::string_view name = schema_->slots[i].name;
    if (name == "token_program" || name == "system_program") {
      replace(i, impostor, number(sol::Check::WrongProgram));
      spoil(i, 202, [](Account& a) { a.executable = false; });
    }
    if (name == "token_program") replace(i, sol::kToken2022Program, 201);
    if (name == "mint") {
      replace(i, impostor, number(sol::Check::WrongAddress));
      if (is_only_handed_on(name)) continue;
      spoil(i, 201, [&](Account& a) { a.owner = impostor; });
      spoil(i, 902, [](Account& a) { a.data[45] = 0; });
      spoil(i, 902, [](Account& a) { a.data.push_back(0); });
    }
    if (name == "rent_to") replace(i, ready_.scene.owner(2), number(sol::Check::WrongAddress));
  }
}

TEST_P(Accounts, AreAsManyAsTheSchemaSays) {
  Instruction wrong = ready_.instruction;
  wrong.metas.pop_back();
  const solhost::Outcome fewer = ready_.scene.bank.execute(wrong);
  EXPECT_EQ(fewer.custom_code, number(sol::Check::MissingAccounts)) << fewer.text();
  wrong = ready_.instruction;
  wrong.metas.push_back({ready_.scene.owner(1), true, false});
  EXPECT_EQ(ready_.scene.refuses(wrong, number(sol::Check::SurplusAccounts)), "") << "[A70]";
}

TEST_P(Accounts, ComeWithExactlyTheArguments) {
  Instruction wrong = ready_.instruction;
  wrong.data.push_back(0);
  const bool open_ended =
      GetParam() == InstructionTag::ClaimWork || GetParam() == InstructionTag::ExecuteOp;
  if (!open_ended) EXPECT_REFUSED(ready_.scene, wrong, sol::Check::TrailingData) << "[A69]";
  if (schema_->arguments.empty()) return;
  wrong.data.resize(open_ended && GetParam() == InstructionTag::ClaimWork ? 16 : 1);
  if (GetParam() == InstructionTag::ExecuteOp) return;  // no payload is a wrong payload
  EXPECT_REFUSED(ready_.scene, wrong, sol::Check::ShortData);
}

TEST_P(Accounts, BelongToASealedProgram) {
  const bool asks = std::ranges::any_of(
      schema_->slots, [](const Slot& slot) { return std::string_view(slot.name) == "config"; });
  if (!asks || GetParam() == InstructionTag::ExecuteOp) return;  // an op was queued when sealed
  ready_.scene.edit<Config>(ready_.scene.address("config"), [](Config& c) { c.state = 0; });
  EXPECT_REFUSED(ready_.scene, ready_.instruction, Fault::NotSealed) << "[A79]";
}

TEST_P(Accounts, OfAnOwnerAreHis) {
  const bool links = std::ranges::any_of(
      schema_->slots, [](const Slot& slot) { return std::string_view(slot.name) == "owner"; });
  if (!links || GetParam() == InstructionTag::OpenPosition) return;
  Instruction wrong = ready_.instruction;
  wrong.metas[0].key = ready_.scene.owner(1);
  EXPECT_REFUSED(ready_.scene, wrong, sol::Check::WrongLink) << "[A11]";
}

TEST_P(Accounts, AreUsedAtATimeSince1970) {
  ready_.scene.bank.clock(ready_.scene.bank.clock().slot, -1);
  EXPECT_REFUSED(ready_.scene, ready_.instruction, sol::Check::NegativeTime);
}

INSTANTIATE_TEST_SUITE_P(Of, Accounts,
                         ::testing::Values(InstructionTag::OpenPosition, InstructionTag::AddStake,
                                           InstructionTag::RequestUnstake, InstructionTag::Withdraw,
                                           InstructionTag::Refresh, InstructionTag::Fund,
                                           InstructionTag::Claim, InstructionTag::PostRoot,
                                           InstructionTag::DisableRoot, InstructionTag::ClaimWork,
                                           InstructionTag::Breaker, InstructionTag::QueueOp,
                                           InstructionTag::CancelOp, InstructionTag::ExecuteOp,
                                           InstructionTag::RegisterNode, InstructionTag::AttestNode,
                                           InstructionTag::SetTerms, InstructionTag::RetireNode,
                                           InstructionTag::OpenLease, InstructionTag::TopUp,
                                           InstructionTag::Settle, InstructionTag::Payout,
                                           InstructionTag::CloseLease, InstructionTag::Failover,
                                           InstructionTag::Quarantine, InstructionTag::Release,
                                           InstructionTag::OpenIncident, InstructionTag::Dispute,
                                           InstructionTag::Resolve, InstructionTag::Execute,
                                           InstructionTag::Compensate, InstructionTag::Recover),
                         [](const auto& tag) {
                           for (const InstructionSchema& row : kInstructions) {
                             if (row.tag == static_cast<std::uint8_t>(tag.param))
                               return std::string(row.name);
                           }
                           return std::string("unknown");
                         });

}  // namespace
}  // namespace swarm::proof
