// Each layout by its bytes, and what a change of it reads like.
#include "chain/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "chain/programs.h"
#include "chain/swarm.h"

namespace wardhive::chain {
namespace {

constexpr Pubkey kStake = pubkey_constant("Stake11111111111111111111111111111111111111");

Pubkey key(std::uint8_t fill) {
  Pubkey k;
  k.bytes.fill(fill);
  return k;
}
const Pubkey kSwarm = key(200);

struct Layout {
  explicit Layout(std::size_t size) : bytes(size, 0) {}
  Layout& number(std::size_t at, std::uint64_t value, std::size_t size) {
    std::memcpy(bytes.data() + at, &value, size);
    return *this;
  }
  Layout& key(std::size_t at, const Pubkey& k) {
    std::memcpy(bytes.data() + at, k.bytes.data(), 32);
    return *this;
  }
  Account of(const Pubkey& owner) const { return {.owner = owner, .data = bytes}; }
  Bytes bytes;
};

Account program_data(const Pubkey* authority, std::uint64_t slot = 7) {
  Layout l(100);
  l.number(0, 3, 4).number(4, slot, 8).number(12, authority != nullptr, 1);
  if (authority != nullptr) l.key(13, *authority);
  return l.of(programs::kUpgradeableLoader);
}
Account stake(const Pubkey& staker, const Pubkey& withdrawer) {
  return Layout(200).number(0, 2, 4).key(12, staker).key(44, withdrawer).of(kStake);
}
Account multisig(std::uint8_t m, std::vector<Pubkey> signers) {
  Layout l(355);
  l.number(0, m, 1).number(1, signers.size(), 1).number(2, 1, 1);
  for (std::size_t i = 0; i < signers.size(); ++i) l.key(3 + 32 * i, signers[i]);
  return l.of(programs::kToken);
}
Account key_set(std::uint8_t threshold, std::vector<Pubkey> keys, std::uint64_t seq) {
  swarm::Set set{};
  set.tag = static_cast<std::uint8_t>(swarm::Set::kTag);
  set.version = swarm::Set::kVersion;
  set.seq = seq;
  set.size = static_cast<std::uint8_t>(keys.size());
  set.threshold = threshold;
  for (std::size_t i = 0; i < keys.size(); ++i) std::memcpy(&set.keys[i], keys[i].bytes.data(), 32);
  Account account{.owner = kSwarm, .data = Bytes(sizeof set)};
  std::memcpy(account.data.data(), &set, sizeof set);
  return account;
}
Layout mint_layout(std::size_t size) {
  Layout l(size);
  l.number(0, 1, 4).key(4, key(1)).number(45, 1, 1).number(46, 1, 4).key(50, key(2));
  return l;
}

struct Row {
  const char* name;
  std::optional<Account> before, after;
  std::vector<std::string> says;  // of each change, without the account
};

std::vector<std::string> changes_of(const Row& row) {
  const auto before = authorities_of(row.before, kSwarm), after = authorities_of(row.after, kSwarm);
  std::vector<std::string> found;
  for (const auto& change : compare(before, after))
    found.push_back(change.power + ": " + change.before + " -> " + change.after);
  return found;
}
std::string went(const std::string& power, const std::string& from, const std::string& to) {
  return power + ": " + from + " -> " + to;
}

TEST(Authority, EachPowerThatChangesIsNamed) {
  const auto a = key(1), b = key(2), c = key(3), d = key(4);
  const auto A = a.text(), B = b.text(), D = d.text();
  auto swapped = stake(a, b);
  const auto hidden = stake(a, d);
  const Row rows[] = {
      {"upgrade key", program_data(&a), program_data(&b), {went("upgrade", A, B)}},
      {"sealed", program_data(&a), program_data(nullptr), {went("upgrade", A, "nobody")}},
      {"upgraded", program_data(&a, 7), program_data(&a, 9), {went("deployed in slot", "7", "9")}},
      {"withdraw alone", swapped, hidden, {went("withdraw", B, D)}},
      {"stake", stake(a, b), stake(d, b), {went("stake", A, D)}},
      {"threshold",
       multisig(2, {a, b, c}),
       multisig(1, {a, b, c}),
       {went("threshold", "2 of 3", "1 of 3")}},
      {"signer",
       multisig(2, {a, b, c}),
       multisig(2, {a, d, c}),
       {went("signer " + B, "yes", ""), went("signer " + D, "", "yes")}},
      {"the same signers in another order", multisig(2, {a, b}), multisig(2, {b, a}), {}},
      {"key set",
       key_set(2, {a, b, c}, 1),
       key_set(2, {a, b, d}, 2),
       {went("changes", "1", "2"), went("key " + c.text(), "yes", ""),
        went("key " + D, "", "yes")}},
      {"a set that went and came back",
       key_set(2, {a, b, c}, 1),
       key_set(2, {a, b, c}, 3),
       {went("changes", "1", "3")}},
      {"closed",
       stake(a, b),
       std::nullopt,
       {went("kind of account", "stake account", "nothing"),
        went("lockup", "until 0 and epoch 0", ""), went("lockup custodian", "nobody", ""),
        went("stake", A, ""), went("withdraw", B, "")}},
      {"nothing", program_data(&a), program_data(&a), {}},
  };
  for (const auto& row : rows)
    EXPECT_THAT(changes_of(row), testing::ElementsAreArray(row.says)) << row.name;
}

TEST(Authority, AMintsPowersAreThoseOfItsExtensionsToo) {
  const auto plain = authorities_of(mint_layout(82).of(programs::kToken), kSwarm);
  EXPECT_EQ(plain.kind, "mint");
  EXPECT_EQ(plain.powers.at("mint"), key(1).text());
  EXPECT_EQ(plain.powers.at("freeze"), key(2).text());

  // Close authority (3), hook (14) whose authority is given up, one we do not know (99).
  auto l = mint_layout(400);
  l.number(165, 1, 1);
  l.number(166, 3, 2).number(168, 32, 2).key(170, key(5));
  l.number(202, 99, 2).number(204, 6, 2);
  l.number(212, 14, 2).number(214, 64, 2).key(248, key(6));
  const auto rich = authorities_of(l.of(programs::kToken2022), kSwarm);
  EXPECT_EQ(rich.powers.at("close"), key(5).text());
  EXPECT_EQ(rich.powers.at("transfer hook"), "nobody");
  EXPECT_EQ(rich.powers.at("transfer hook program"), key(6).text());
  EXPECT_EQ(rich.powers.at("extensions"), "3,99,14");
}

TEST(Authority, ATokenAccountThatChangesHandsIsSeen) {
  Layout l(165);
  l.key(0, key(9)).key(32, key(1)).number(108, 1, 1);
  const auto before = authorities_of(l.of(programs::kToken), kSwarm);
  EXPECT_EQ(before.kind, "token account");
  l.number(72, 1, 4).key(76, key(4)).number(129, 1, 4).key(133, key(5));
  const auto changes = compare(before, authorities_of(l.of(programs::kToken), kSwarm));
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].power, "close");
  EXPECT_EQ(changes[1].power, "delegate");
  EXPECT_EQ(changes[1].after, key(4).text());
  // Money that comes and goes is no power.
  const auto rich = authorities_of(l.of(programs::kToken), kSwarm);
  l.number(64, 1'000'000, 8);
  EXPECT_EQ(rich, authorities_of(l.of(programs::kToken), kSwarm));
}

TEST(Authority, TheConfigurationsLimitsArePowers) {
  swarm::Config config{};
  config.tag = static_cast<std::uint8_t>(swarm::Config::kTag);
  config.version = swarm::Config::kVersion;
  config.seq = 5;
  config.sentinel_pause = 3'600;
  const auto read = [&] {
    Account account{.owner = kSwarm, .data = Bytes(sizeof config)};
    std::memcpy(account.data.data(), &config, sizeof config);
    return authorities_of(account, kSwarm);
  };
  const auto before = read();
  config.seq = 6;
  EXPECT_TRUE(compare(before, read()).empty());
  config.sentinel_pause = 7'200;
  config.roles[1].min_stake = 1;
  const auto changes = compare(before, read());
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[1].power, "sentinel_pause");
  EXPECT_EQ(changes[1].after, "7200");
}

TEST(Authority, ANonceHasSomebodyWhoMayUseIt) {
  const auto account = Layout(80).number(0, 1, 4).number(4, 1, 4).key(8, key(3)).of(Pubkey{});
  EXPECT_EQ(authorities_of(account, kSwarm).powers.at("nonce"), key(3).text());
}

TEST(Authority, BytesThatFitNoLayoutAreAStateOfTheirOwn) {
  for (const auto& owner : {programs::kUpgradeableLoader, kStake, programs::kToken, kSwarm}) {
    for (std::size_t size = 0; size < 60; ++size) {
      const auto a = authorities_of(Layout(size).of(owner), kSwarm);
      EXPECT_EQ(a.kind, "unreadable account") << owner.text() << " " << size;
    }
  }
  // Cut off in the middle of its key: not "nobody".
  auto cut = program_data(nullptr);
  cut.data[12] = 1;
  cut.data.resize(40);
  EXPECT_EQ(authorities_of(cut, kSwarm).kind, "unreadable account");
  EXPECT_EQ(authorities_of(Layout(8).of(key(77)), kSwarm).powers.at("owner program"),
            key(77).text());
}

TEST(Authority, SaysItInASentence) {
  EXPECT_EQ(describe({"upgrade", "A", "B"}, "program data", Pubkey{}),
            "\"upgrade\" of program data " + Pubkey{}.text() + " went from A to B");
  EXPECT_EQ(describe({"signer X", "", "yes"}, "multisig", Pubkey{}),
            "signer X was added to multisig " + Pubkey{}.text());
}

TEST(Authority, AProgramLeadsToItsData) {
  const auto program = Layout(36).number(0, 2, 4).key(4, key(8)).of(programs::kUpgradeableLoader);
  EXPECT_EQ(program_data_of(program), key(8));
  EXPECT_EQ(program_data_of(program_data(nullptr)), std::nullopt);
}

}  // namespace
}  // namespace wardhive::chain
