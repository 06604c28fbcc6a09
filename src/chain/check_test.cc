// What is refused and why, what is allowed, and what must never be called harmless.
#include "chain/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "base/bytes.h"
#include "chain/deploy.h"
#include "chain/programs.h"

namespace wardhive::chain {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

constexpr Pubkey kStake = pubkey_constant("Stake11111111111111111111111111111111111111");

Pubkey key(std::uint8_t fill) {
  Pubkey k;
  k.bytes.fill(fill);
  return k;
}
const Pubkey kUs = key(1), kFriend = key(2), kThief = key(3), kMint = key(4), kStranger = key(99);

Account wallet(std::uint64_t lamports) {
  return {.owner = programs::kSystem, .lamports = lamports};
}
Account stake(const Pubkey& staker, const Pubkey& withdrawer, std::uint64_t lamports = 1'000'000) {
  Account account{.owner = kStake, .lamports = lamports, .data = Bytes(200)};
  account.data[0] = 2;
  std::memcpy(account.data.data() + 12, staker.bytes.data(), 32);
  std::memcpy(account.data.data() + 44, withdrawer.bytes.data(), 32);
  return account;
}
Account tokens(const Pubkey& owner, std::uint64_t units, const Pubkey& mint = kMint) {
  Account account{.owner = programs::kToken, .lamports = 2'039'280, .data = Bytes(165)};
  std::memcpy(account.data.data(), mint.bytes.data(), 32);
  std::memcpy(account.data.data() + 32, owner.bytes.data(), 32);
  std::memcpy(account.data.data() + 64, &units, 8);
  account.data[108] = 1;
  return account;
}
Account mint_of(const Pubkey& authority, std::uint64_t supply) {
  Account account{.owner = programs::kToken, .lamports = 1'461'600, .data = Bytes(82)};
  account.data[0] = 1;
  std::memcpy(account.data.data() + 4, authority.bytes.data(), 32);
  std::memcpy(account.data.data() + 36, &supply, 8);
  account.data[45] = 1;
  return account;
}
Account code(std::uint8_t fill, const Pubkey* authority, std::uint64_t slot) {
  Account account{
      .owner = programs::kUpgradeableLoader, .lamports = 10, .data = Bytes(45 + 50, fill)};
  std::memset(account.data.data(), 0, 45);
  account.data[0] = 3;
  std::memcpy(account.data.data() + 4, &slot, 8);
  if (authority != nullptr) {
    account.data[12] = 1;
    std::memcpy(account.data.data() + 13, authority->bytes.data(), 32);
  }
  return account;
}
std::string hash_of(const Account& program_data) {
  return to_hex(program_hash(std::span(program_data.data).subspan(45)));
}

Bytes stake_data(std::uint32_t tag, std::size_t size) {
  Bytes data(size);
  std::memcpy(data.data(), &tag, 4);
  return data;
}
Instruction authorize(const Pubkey& account, const Pubkey& to) {
  auto data = stake_data(1, 40);
  std::memcpy(data.data() + 4, to.bytes.data(), 32);
  data[36] = 1;
  return {kStake, {writable(account), readonly(programs::kClockSysvar), signer(kUs)}, data};
}
Instruction deactivate(const Pubkey& account) {
  return {
      kStake, {writable(account), readonly(programs::kClockSysvar), signer(kUs)}, stake_data(5, 4)};
}
Instruction opaque(const Pubkey& program, std::vector<AccountMeta> accounts = {}) {
  return {program, std::move(accounts), {1, 2, 3}};
}

SigningPolicy usual() {
  SigningPolicy policy;
  policy.ours = {kUs.text()};
  policy.programs = {programs::kSystem.text(), programs::kToken.text(), kStake.text()};
  policy.destinations = {kFriend.text()};
  policy.limit.lamports = 1'000;
  policy.token = {{kMint.text(), 100, 150}};
  return policy;
}

// A transaction and what it does to accounts that it may change.
struct Case {
  std::vector<Instruction> instructions = {};
  std::map<Pubkey, std::pair<std::optional<Account>, std::optional<Account>>> accounts = {};
  std::string error = {};

  CheckReport report(const SigningPolicy& policy = usual()) const {
    const auto compiled = *check_policy(policy);
    const auto message = *compile(kUs, instructions, Blockhash{});
    CheckInput input{.message = message};
    input.keys = *resolve_keys(message, {});
    input.watched = writable_keys(message, input.keys);
    input.simulation_error = error;
    for (const auto& one : input.watched) {
      const auto found = accounts.find(one);
      input.before.push_back(found == accounts.end() ? wallet(5'000) : found->second.first);
      input.after.push_back(found == accounts.end() ? wallet(5'000) : found->second.second);
    }
    return check(input, compiled);
  }
  std::vector<std::string> rules(const SigningPolicy& policy = usual()) const {
    std::vector<std::string> found;
    for (const auto& refusal : report(policy).refusals)
      if (std::ranges::find(found, refusal.rule) == found.end()) found.push_back(refusal.rule);
    return found;
  }
};

Case pay(const Pubkey& to, std::uint64_t lamports) {
  return {{programs::transfer(kUs, to, lamports)},
          {{kUs, {wallet(9'000), wallet(9'000 - lamports)}},
           {to, {wallet(50), wallet(50 + lamports)}}}};
}

TEST(Check, AllowsWhatThePolicyNames) {
  const auto report = pay(kFriend, 1'000).report();
  EXPECT_TRUE(report.allowed()) << report.refusals[0].says;
  ASSERT_EQ(report.leaves.size(), 1u);
  EXPECT_EQ(report.leaves[0].units, 1'000u);
  EXPECT_EQ(report.instructions[0].says,
            "sends 1000 lamports from " + kUs.text() + " to " + kFriend.text());
}

TEST(Check, RefusesALamportMoreAndAnybodyElse) {
  EXPECT_THAT(pay(kFriend, 1'001).rules(), ElementsAre("limit"));
  EXPECT_THAT(pay(kThief, 1).rules(), ElementsAre("destination"));
}

// What a simulation would show is not believed when there was none.
TEST(Check, NeverAllowsWhatCouldNotBeSimulated) {
  auto one = pay(kFriend, 1);
  one.error = "BlockhashNotFound";
  EXPECT_THAT(one.rules(), ElementsAre("simulation_failed"));
  EXPECT_THAT(one.report().leaves, IsEmpty());
}

TEST(Check, NeverCallsAnUnreadableInstructionHarmless) {
  Case one{{opaque(kStranger)}};
  EXPECT_THAT(one.rules(), ElementsAre("program", "unreadable_instruction"));
  EXPECT_THAT(one.report().instructions[0].says, HasSubstr("cannot be read"));
  auto policy = usual();
  policy.programs.push_back(kStranger.text());
  EXPECT_THAT(one.rules(policy), ElementsAre("unreadable_instruction"));
  policy.unreadable_programs.push_back(kStranger.text());
  EXPECT_THAT(one.rules(policy), IsEmpty());
  EXPECT_FALSE(one.report(policy).instructions[0].readable);
  // A known program's unknown instruction is as unknown.
  Case other{{{programs::kToken, {writable(kUs)}, {255, 1}}}};
  EXPECT_THAT(other.rules(), Contains("unreadable_instruction"));
}

// SwissBorg, September 2025: one authorisation among many instructions that unstake.
TEST(Check, FindsTheAuthorityChangeAmongManyInstructions) {
  Case hidden;
  for (std::uint8_t i = 0; i < 8; ++i) {
    hidden.instructions.push_back(deactivate(key(20 + i)));
    hidden.accounts[key(20 + i)] = {stake(kUs, kUs), stake(kUs, kUs)};
  }
  EXPECT_THAT(hidden.rules(), IsEmpty());
  hidden.instructions.insert(hidden.instructions.begin() + 5, authorize(key(23), kThief));
  hidden.accounts[key(23)].second = stake(kUs, kThief);
  const auto report = hidden.report();
  std::vector<std::string> rules, says;
  for (const auto& one : report.refusals) {
    rules.push_back(one.rule);
    says.push_back(one.says);
  }
  // By its words, by the account, and because the money in it is no longer ours.
  EXPECT_THAT(rules, ElementsAre("authority_change", "authority_change", "limit", "destination"));
  EXPECT_THAT(
      says, Contains(AllOf(HasSubstr("\"withdraw\" of stake account"), HasSubstr(kThief.text()))));
  EXPECT_EQ(report.leaves[0].units, 1'000'000u);
}

// The same, done within a program that is trusted with instructions nobody can read.
TEST(Check, FindsAnAuthorityChangeThatNoInstructionNames) {
  auto policy = usual();
  policy.programs.push_back(kStranger.text());
  policy.unreadable_programs.push_back(kStranger.text());
  Case inner{{opaque(kStranger, {writable(key(30))})},
             {{key(30), {stake(kUs, kUs), stake(kThief, kUs)}}}};
  EXPECT_THAT(inner.rules(policy), ElementsAre("authority_change"));
  policy.allow = {"authority_change"};
  EXPECT_THAT(inner.rules(policy), IsEmpty());
  EXPECT_THAT(inner.report(policy).powers, ElementsAre(HasSubstr("\"stake\" of stake account")));
}

// Drift, April 2026: what is signed over a durable nonce is sent days later.
TEST(Check, RefusesDurableNonces) {
  auto one = pay(kFriend, 1);
  one.instructions.insert(
      one.instructions.begin(),
      {programs::kSystem, {writable(key(40)), readonly(key(41)), signer(kUs)}, {4, 0, 0, 0}});
  EXPECT_THAT(one.rules(), ElementsAre("durable_nonce"));
  auto policy = usual();
  policy.allow = {"durable_nonce"};
  EXPECT_THAT(one.rules(policy), IsEmpty());
}

TEST(Check, AllowingNoncesGivesNoneOfThemAway) {
  const auto nonce_of = [](const Pubkey& who) {
    Account nonce{.owner = programs::kSystem, .lamports = 900, .data = Bytes(80)};
    nonce.data[0] = nonce.data[4] = 1;
    std::memcpy(nonce.data.data() + 8, who.bytes.data(), 32);
    return nonce;
  };
  auto policy = usual();
  policy.allow = {"durable_nonce"};
  Bytes give{7, 0, 0, 0};
  give.insert(give.end(), kFriend.bytes.begin(), kFriend.bytes.end());
  Case given{{{programs::kSystem, {writable(key(40)), signer(kUs)}, give}},
             {{key(40), {nonce_of(kUs), nonce_of(kFriend)}}}};
  EXPECT_THAT(given.rules(policy), ElementsAre("authority_change"));
  EXPECT_EQ(given.report(policy).refusals.size(), 2u) << "by its words, and by the account";
  // Within another program, where no instruction says it.
  Case inner{{opaque(kStranger, {writable(key(40))})},
             {{key(40), {nonce_of(kUs), nonce_of(kFriend)}}}};
  policy.programs.push_back(kStranger.text());
  policy.unreadable_programs.push_back(kStranger.text());
  EXPECT_THAT(inner.rules(policy), ElementsAre("authority_change"));
  policy.allow.push_back("authority_change");
  EXPECT_THAT(inner.rules(policy), IsEmpty());
}

TEST(Check, RefusesCodeThatNobodyLookedAt) {
  const Account before = code(1, &kUs, 5), after = code(2, &kUs, 6);
  Bytes upgrade{3, 0, 0, 0};
  Case one{{{programs::kUpgradeableLoader,
             {writable(key(50)), writable(key(51)), writable(key(52)), writable(kUs),
              readonly(programs::kRentSysvar), readonly(programs::kClockSysvar), signer(kUs)},
             upgrade}},
           {{key(50), {before, after}},
            {key(51), {wallet(1), wallet(1)}},
            {key(52), {wallet(1), wallet(1)}}}};
  auto policy = usual();
  policy.programs.push_back(programs::kUpgradeableLoader.text());
  EXPECT_THAT(one.rules(policy), ElementsAre("upgrade"));
  EXPECT_THAT(one.report(policy).refusals[0].says, HasSubstr(hash_of(after)));
  policy.upgrade_sha256 = {hash_of(before)};
  EXPECT_THAT(one.rules(policy), ElementsAre("upgrade"));
  policy.upgrade_sha256 = {hash_of(after)};
  EXPECT_THAT(one.rules(policy), IsEmpty());
  // The right code, and somebody else who may change it from now on, and may have what lies in it.
  one.accounts[key(50)].second = code(2, &kThief, 6);
  EXPECT_THAT(one.rules(policy), ElementsAre("authority_change", "destination"));
}

// What lies in a buffer or behind a program goes where its authority says, whoever pays the fee.
TEST(Check, CountsTheLamportsOfCodeByWhoMayCloseIt) {
  Account buffer{.owner = programs::kUpgradeableLoader, .lamports = 900, .data = Bytes(37 + 50)};
  buffer.data[0] = buffer.data[4] = 1;
  std::memcpy(buffer.data.data() + 5, kUs.bytes.data(), 32);
  auto policy = usual();
  policy.programs.push_back(programs::kUpgradeableLoader.text());
  policy.allow = {"upgrade", "authority_change"};
  const auto close = [](const Account& what, const Pubkey& to) {
    return Case{{{programs::kUpgradeableLoader,
                  {writable(key(52)), writable(to), signer(kUs)},
                  {5, 0, 0, 0}}},
                {{key(52), {what, std::nullopt}}, {to, {wallet(50), wallet(50 + what.lamports)}}}};
  };
  const Account program = code(1, &kUs, 5);
  for (const auto& what : {buffer, program}) {
    EXPECT_THAT(close(what, kThief).rules(policy), ElementsAre("destination"));
    EXPECT_THAT(close(what, kFriend).rules(policy), IsEmpty());
    EXPECT_THAT(close(what, kUs).rules(policy), IsEmpty());
  }
  buffer.lamports = 1'001;
  EXPECT_THAT(close(buffer, kFriend).rules(policy), ElementsAre("limit"));
  // Rent that nobody may have any more has left us, and went to nobody.
  Case sealed{{{programs::kUpgradeableLoader, {writable(key(50)), signer(kUs)}, {4, 0, 0, 0}}},
              {{key(50), {program, code(1, nullptr, 5)}}}};
  EXPECT_THAT(sealed.rules(policy), IsEmpty());
  ASSERT_EQ(sealed.report(policy).leaves.size(), 1u);
  EXPECT_EQ(sealed.report(policy).leaves[0].units, program.lamports);
}

TEST(Check, CountsTokensByWhoHoldsThem) {
  const auto send = [](const Pubkey& to, std::uint64_t units) {
    Bytes data(9, 0);
    data[0] = 3;
    std::memcpy(data.data() + 1, &units, 8);
    return Case{{{programs::kToken, {writable(key(60)), writable(key(61)), signer(kUs)}, data}},
                {{key(60), {tokens(kUs, 500), tokens(kUs, 500 - units)}},
                 {key(61), {tokens(to, 7), tokens(to, 7 + units)}}}};
  };
  EXPECT_THAT(send(kFriend, 100).rules(), IsEmpty());
  EXPECT_THAT(send(kFriend, 101).rules(), ElementsAre("limit"));
  EXPECT_THAT(send(kThief, 1).rules(), ElementsAre("destination"));
  // Between accounts of ours nothing leaves.
  EXPECT_THAT(send(kUs, 400).rules(), IsEmpty());
  auto policy = usual();
  policy.token.clear();
  EXPECT_THAT(send(kFriend, 1).rules(policy), ElementsAre("limit"));
}

// The whole account is handed over; no unit of it moves.
TEST(Check, ATokenAccountThatChangesHandsHasLeft) {
  auto policy = usual();
  policy.allow = {"authority_change"};
  Case one{{{programs::kToken, {writable(key(60)), signer(kUs)}, Bytes(35, 3)}},
           {{key(60), {tokens(kUs, 500), tokens(kThief, 500)}}}};
  one.instructions[0].data[0] = 6;
  one.instructions[0].data[1] = 2;
  one.instructions[0].data[2] = 1;
  EXPECT_THAT(one.rules(), IsSupersetOf({"authority_change", "limit", "destination"}));
  EXPECT_THAT(one.rules(policy), IsSupersetOf({"limit", "destination"}));
}

TEST(Check, WhatOurKeyMintsForOthersHasLeft) {
  Bytes data(9, 0);
  data[0] = 7;
  data[2] = 1;  // 256 units
  Case one{{{programs::kToken, {writable(kMint), writable(key(61)), signer(kUs)}, data}},
           {{kMint, {mint_of(kUs, 1'000), mint_of(kUs, 1'256)}},
            {key(61), {tokens(kThief, 0), tokens(kThief, 256)}}}};
  EXPECT_THAT(one.rules(), ElementsAre("limit", "destination"));
  // Of a mint that is not ours it is not our loss.
  one.accounts[kMint] = {mint_of(kFriend, 1'000), mint_of(kFriend, 1'256)};
  EXPECT_THAT(one.rules(), IsEmpty());
}

TEST(Check, RentOfNewAccountsHasALimitOfItsOwn) {
  auto policy = usual();
  policy.limit.lamports = 100'000'000;
  const auto make = [](std::uint64_t lamports) {
    return Case{{programs::create_account(kUs, key(70), lamports, 0, programs::kSystem)},
                {{kUs, {wallet(200'000'000), wallet(200'000'000 - lamports)}},
                 {key(70), {std::nullopt, wallet(lamports)}}}};
  };
  EXPECT_THAT(make(10'000'000).rules(policy), IsEmpty());
  EXPECT_THAT(make(10'000'001).rules(policy), ElementsAre("destination"));
}

TEST(Check, AccountsOfProgramsThatNobodyReadsAreRefusedWhenTheyChange) {
  Account before{.owner = kStranger, .lamports = 5, .data = {1, 2, 3}}, after = before;
  Case one = pay(kFriend, 1);
  one.instructions.push_back(programs::transfer(kUs, key(80), 0));
  one.accounts[key(80)] = {before, after};
  EXPECT_THAT(one.rules(), IsEmpty());
  one.accounts[key(80)].second->data[1] = 9;
  EXPECT_THAT(one.rules(), ElementsAre("unreadable_account"));
}

TEST(Check, RefusesFeesThatAreATheft) {
  auto one = pay(kFriend, 1);
  one.instructions.push_back(programs::set_compute_unit_limit(1'000'000));
  one.instructions.push_back(programs::set_compute_unit_price(990'000));
  EXPECT_THAT(one.rules(), IsEmpty());
  one.instructions.back() = programs::set_compute_unit_price(1'000'000);
  EXPECT_THAT(one.rules(), ElementsAre("fee"));
}

TEST(Check, RefusesMoreInstructionsThanAPersonReads) {
  auto one = pay(kFriend, 1);
  one.instructions.resize(12, one.instructions[0]);
  EXPECT_THAT(one.rules(), IsEmpty());
  one.instructions.push_back(one.instructions[0]);
  EXPECT_THAT(one.rules(), ElementsAre("instructions"));
}

TEST(Check, LookupTablesAreNamedOrRefused) {
  const Pubkey table = key(90);
  const LookupTable lookup{table, {kFriend}};
  const std::vector<Instruction> list{programs::transfer(kUs, kFriend, 1)};
  const auto message = *compile(kUs, list, Blockhash{}, MessageVersion::V0, {&lookup, 1});
  ASSERT_EQ(message.lookups.size(), 1u);
  EXPECT_FALSE(resolve_keys(message, {}).has_value());
  Account account{.owner = pubkey_constant("AddressLookupTab1e1111111111111111111111111"),
                  .lamports = 1,
                  .data = Bytes(56)};
  account.data[0] = 1;
  EXPECT_THAT(resolve_keys(message, {{table, account}}).error().message,
              HasSubstr("has no entry 0"));
  account.data.insert(account.data.end(), kFriend.bytes.begin(), kFriend.bytes.end());
  const auto keys = resolve_keys(message, {{table, account}});
  ASSERT_TRUE(keys.has_value());
  EXPECT_EQ(keys->back(), kFriend);
  EXPECT_THAT(writable_keys(message, *keys), ElementsAre(kUs, kFriend));

  auto policy = usual();
  CheckInput input{.message = message,
                   .keys = *keys,
                   .watched = {kUs, kFriend},
                   .before = {wallet(10), wallet(1)},
                   .after = {wallet(9), wallet(2)}};
  const auto refused = check(input, *check_policy(policy));
  ASSERT_EQ(refused.refusals.size(), 1u);
  EXPECT_EQ(refused.refusals[0].rule, "lookup_table");
  policy.lookup_tables = {table.text()};
  EXPECT_TRUE(check(input, *check_policy(policy)).allowed());
  // Keys that are not known make an instruction unreadable.
  input.keys = message.keys;
  EXPECT_EQ(check(input, *check_policy(policy)).refusals[0].rule, "unreadable_instruction");
}

TEST(CheckWindow, AddsUpWhatWasAllowedAndForgetsAfterIt) {
  auto written = usual();
  written.window = {hours(1), 1'500};
  const auto policy = *check_policy(written);
  ASSERT_TRUE(needs_window(policy));
  CheckHistory history;
  const auto at = [&](Duration after, std::uint64_t lamports) {
    auto report = pay(kFriend, lamports).report(written);
    check_window(policy, Instant{} + after, history, report);
    return report.allowed();
  };
  EXPECT_TRUE(at(seconds(0), 1'000));
  EXPECT_TRUE(at(seconds(1), 1'000));  // the same message: it can land once
  EXPECT_FALSE(at(seconds(2), 501));
  EXPECT_TRUE(at(seconds(3), 500));
  EXPECT_FALSE(at(minutes(60), 1));  // the first is an hour old, not older
  EXPECT_TRUE(at(minutes(60) + seconds(1), 900));
  // A clock that was set back frees nothing.
  EXPECT_FALSE(at(-hours(5), 101));
  EXPECT_EQ(history.spent.size(), 2u);
  // Refused for another reason: not counted.
  auto report = pay(kThief, 1).report(written);
  check_window(policy, Instant{} + minutes(61), history, report);
  EXPECT_EQ(history.spent.size(), 1u);  // of the second hour
  const auto kept = from_json<CheckHistory>(to_json(history));
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(to_json(*kept), to_json(history));
}

TEST(CheckPolicy, SaysWhatIsWrongWithIt) {
  const auto problem = [](auto change) {
    auto policy = usual();
    change(policy);
    return check_policy(policy).error().message;
  };
  EXPECT_THAT(problem([](auto& p) { p.ours.clear(); }), HasSubstr("guards nobody"));
  EXPECT_THAT(problem([](auto& p) { p.programs.push_back("x"); }), HasSubstr("programs[3]"));
  EXPECT_THAT(problem([](auto& p) { p.allow = {"everything"}; }),
              HasSubstr("authority_change, durable_nonce and upgrade"));
  EXPECT_THAT(problem([](auto& p) { p.token.push_back(p.token[0]); }),
              HasSubstr("needs one of its own"));
  EXPECT_THAT(problem([](auto& p) { p.upgrade_sha256 = {"ab"}; }), HasSubstr("hex"));
}

// Random worlds: whatever happens to accounts, what we have less of is said to leave, and nothing
// that leaves without being allowed passes.
TEST(CheckProperty, WhatLeavesIsNeverMoreThanIsAllowed) {
  std::mt19937_64 random(20261125);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const std::array who{kUs, kFriend, kThief, key(5)};
  auto written = usual();
  written.limit = {.lamports = 40, .rent_lamports = 10};
  written.allow = {"authority_change"};
  int allowed = 0;
  for (int round = 0; round < 20'000; ++round) {
    Case one;
    std::int64_t lamports = 0, units = 0, stolen = 0;
    const auto count = 1 + below(3);
    for (std::uint8_t i = 0; i < count; ++i) {
      const auto holder = who[below(4)], next = below(8) == 0 ? who[below(4)] : holder;
      const auto had = below(120), have = below(6) == 0 ? below(120) : had;
      one.accounts[key(static_cast<std::uint8_t>(100 + i))] = {tokens(holder, had),
                                                               tokens(next, have)};
      const auto in = [](const Pubkey& key, std::uint64_t n) {
        return key == kUs ? static_cast<std::int64_t>(n) : 0;
      };
      units += in(holder, had) - in(next, have);
      lamports += in(holder, 2'039'280) - in(next, 2'039'280);
      if (next == kThief || next == key(5))
        stolen += next == holder ? static_cast<std::int64_t>(have) - static_cast<std::int64_t>(had)
                                 : static_cast<std::int64_t>(have);
    }
    std::vector<AccountMeta> metas;
    for (const auto& [account, states] : one.accounts) metas.push_back(writable(account));
    metas.push_back(signer(kUs));
    one.instructions = {
        {programs::kToken, metas, {5}}};  // judged by what it does, not by what it says
    const auto report = one.report(written);
    const auto leaving = std::ranges::find(report.leaves, kMint.text(), &CheckedMoney::asset);
    ASSERT_EQ(leaving == report.leaves.end() ? 0 : static_cast<std::int64_t>(leaving->units),
              std::max<std::int64_t>(units, 0));
    if (!report.allowed()) continue;
    ++allowed;
    ASSERT_LE(units, 100);
    ASSERT_LE(lamports, 40);
    if (units > 0) ASSERT_LE(stolen, 0);
  }
  EXPECT_GT(allowed, 1'000);  // or the property says nothing
}

}  // namespace
}  // namespace wardhive::chain
