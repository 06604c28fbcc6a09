// swarm_hook natively, called as Token-2022 calls it: what it answers, and each check violated
// once, with its number and nothing changed. Real transfers are in programs/vm/tests/hook.test.js.
// [A..] are cases of the adversarial checklist (docs/assurance.md).
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "abi/accounts.h"
#include "abi/hook.h"
#include "host/address.h"
#include "host/runtime.h"
#include "sol/error.h"
#include "sol/key.h"

extern "C" std::uint64_t swarm_hook_entrypoint(std::uint8_t* input, const std::uint8_t* data);

namespace swarm::hook {
namespace {

using sol::Check;
using solhost::Account;
using solhost::Instruction;
using solhost::Outcome;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kLamports = 1'000'000'000;
constexpr std::uint64_t kCap = 1'000;
constexpr std::uint64_t kNow = 5'000;

sol::Key labelled(std::string_view label) {
  const sol::Slice parts[] = {{reinterpret_cast<const std::uint8_t*>(label.data()), label.size()}};
  const solhost::Digest digest = solhost::sha256(parts);
  sol::Key key{};
  std::memcpy(&key, digest.data(), sizeof(key));
  return key;
}

void put(Bytes& to, const void* bytes, std::size_t size) {
  const auto* begin = static_cast<const std::uint8_t*>(bytes);
  to.insert(to.end(), begin, begin + size);
}

class HookTest : public testing::Test {
 protected:
  // Slots of set_up and of execute.
  enum { kPayer, kMintAuthority, kMint, kMetas, kCore, kToken, kSystem };
  enum { kSource, kItsMint, kDestination, kAuthority, kItsMetas, kItsCore, kPosition };

  HookTest() {
    bank.add_program(program, &swarm_hook_entrypoint);
    bank.put(payer, {.lamports = kLamports});
    bank.put(core, {.lamports = 1, .owner = sol::kUpgradeableLoader, .executable = true});
    bank.clock(50, kNow);
    put_mint();
    put_tokens(source, owner);
    put_tokens(destination, labelled("receiver"));
  }

  // A mint of Token-2022 with the hook, as that program lays it out; `more` are further extensions.
  void put_mint(const Bytes& more = {}) {
    Bytes data(82);
    data[0] = 1;
    std::memcpy(&data[4], authority.bytes(), 32);
    data[45] = 1;
    data.resize(165);
    data.insert(data.end(), {1, 14, 0, 64, 0});
    data.resize(data.size() + 32);  // nobody may change it
    put(data, &program, 32);
    data.insert(data.end(), more.begin(), more.end());
    bank.put(mint, {.lamports = kLamports, .owner = sol::kToken2022Program, .data = data});
  }
  void put_tokens(const sol::Key& key, const sol::Key& token_owner) {
    Bytes data(171);
    std::memcpy(&data[0], mint.bytes(), 32);
    std::memcpy(&data[32], token_owner.bytes(), 32);
    data[108] = 1;
    data[165] = 2;
    data[166] = 15;
    data[168] = 1;
    bank.put(key, {.lamports = kLamports, .owner = sol::kToken2022Program, .data = data});
  }
  void put_position(std::uint64_t freeze_until, const std::function<void(Position&)>& change = {}) {
    Position made{};
    made.tag = static_cast<std::uint8_t>(Position::kTag);
    made.version = Position::kVersion;
    std::memcpy(&made.owner, owner.bytes(), 32);
    made.freeze_until = freeze_until;
    if (change) change(made);
    Bytes data;
    put(data, &made, sizeof(made));
    bank.put(position, {.lamports = kLamports, .owner = core, .data = data});
  }
  void edit(const sol::Key& key, const std::function<void(Account&)>& change) {
    Account account = *bank.find(key);
    change(account);
    bank.put(key, account);
  }

  Instruction set_up(std::uint64_t cap = kCap) const {
    Instruction made{program,
                     {{payer, true, true},
                      {authority, true, false},
                      {mint, false, false},
                      {metas, false, true},
                      {core, false, false},
                      {sol::kToken2022Program, false, false},
                      {sol::kSystemProgram, false, false}},
                     {static_cast<std::uint8_t>(InstructionTag::SetUp)}};
    put(made.data, &cap, 8);
    return made;
  }
  Instruction execute(std::uint64_t amount = 1) const {
    Instruction made{program, {}, Bytes(kExecute, kExecute + 8)};
    for (const sol::Key& key : {source, mint, destination, owner, metas, core, position})
      made.metas.push_back({key, false, false});
    put(made.data, &amount, 8);
    return made;
  }

  Outcome does(const Instruction& instruction) {
    Outcome outcome = bank.execute(instruction);
    EXPECT_TRUE(outcome.ok()) << outcome.text();
    return outcome;
  }
  std::vector<std::pair<std::string, Account>> snapshot() const {
    std::vector<std::pair<std::string, Account>> all;
    for (const auto& [key, account] : bank.all())
      all.emplace_back(solhost::to_base58(key), *account);
    return all;
  }
  template <class Code>
  void refuses(const Instruction& instruction, Code code) {
    const auto before = snapshot();
    const Outcome outcome = bank.execute(instruction);
    EXPECT_EQ(outcome.error, solhost::Fault::Custom) << outcome.text();
    EXPECT_EQ(outcome.custom_code, static_cast<std::uint32_t>(code)) << outcome.text();
    EXPECT_TRUE(outcome.events.empty());
    EXPECT_TRUE(snapshot() == before) << "a refused instruction changed an account";
  }
  // `call` with the account as `change` leaves it, which is then put right.
  template <class Code>
  void spoilt(const Instruction& call, const sol::Key& key, Code code,
              const std::function<void(Account&)>& change) {
    const Account right = *bank.find(key);
    edit(key, change);
    refuses(call, code);
    bank.put(key, right);
  }
  Metas state() const {
    Metas read{};
    const auto data = bank.data(metas);
    EXPECT_EQ(data.size(), sizeof(read));
    if (data.size() == sizeof(read)) std::memcpy(&read, data.data(), sizeof(read));
    return read;
  }

  solhost::Bank bank;
  const sol::Key program = labelled("hook");
  const sol::Key core = labelled("core");
  const sol::Key payer = labelled("payer");
  const sol::Key authority = labelled("mint authority");
  const sol::Key owner = labelled("owner");
  const sol::Key mint = labelled("mint");
  const sol::Key source = labelled("source");
  const sol::Key destination = labelled("destination");
  const sol::Key metas = solhost::derive({"extra-account-metas", mint}, program).key;
  const std::uint8_t zero[8] = {};
  const sol::Key position =
      solhost::derive({"pos", owner, std::span<const std::uint8_t>(zero)}, core).key;
};

const Key& as_abi(const sol::Key& key) { return reinterpret_cast<const Key&>(key); }

// ---- set_up

TEST_F(HookTest, SetsUpOnceForEver) {
  const Outcome outcome = does(set_up());
  const Metas made = state();
  EXPECT_EQ(made.cap, kCap);
  EXPECT_EQ(made.mint, as_abi(mint));
  EXPECT_EQ(made.core, as_abi(core));
  EXPECT_EQ(made.bump, solhost::derive({"extra-account-metas", mint}, program).bump);
  EXPECT_EQ(made.config_version, 1u);
  const char* seeds[] = {"sv", "rv", "ev"};
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(made.vaults[i], as_abi(solhost::derive({seeds[i]}, core).key));
  // The list: its length counts the count, and two metas of 35 bytes.
  EXPECT_EQ(std::memcmp(made.execute, kExecute, 8), 0);
  EXPECT_EQ(made.list_size, 74u);
  EXPECT_EQ(made.list_count, 2u);
  EXPECT_EQ(made.core_meta[0], 0u);
  EXPECT_EQ(std::memcmp(made.core_meta + 1, core.bytes(), 32), 0);
  const std::uint8_t wanted[kMetaBytes] = {0x85, 1, 3, 'p', 'o', 's', 4, 0, 32, 32, 1, 8};
  EXPECT_EQ(std::memcmp(made.position_meta, wanted, kMetaBytes), 0);
  EXPECT_EQ(made.core_meta[33] | made.core_meta[34], 0);
  // And behind it our entry, up to the account's end.
  EXPECT_EQ(std::memcmp(made.mark, kConfigMark, 8), 0);
  std::uint32_t config_size = 0;
  std::memcpy(&config_size, made.config_size, 4);
  EXPECT_EQ(config_size, sizeof(Metas) - 98);
  ASSERT_EQ(outcome.events.size(), 1u);
  event::SetUp said{};
  ASSERT_EQ(outcome.events[0].size(), sizeof(said));
  std::memcpy(&said, outcome.events[0].data(), sizeof(said));
  EXPECT_EQ(said.cap, kCap);
  EXPECT_EQ(said.core, as_abi(core));
  EXPECT_EQ(said.slot, 50u);
  refuses(set_up(), Check::AlreadyExists);  // [A14]
  refuses(set_up(kCap + 1), Check::AlreadyExists);
}

// [A1] [A2] [A16]
TEST_F(HookTest, OnlyTheMintsAuthoritySetsItUp) {
  Instruction call = set_up();
  call.metas[kMintAuthority].signer = false;
  refuses(call, Check::MissingSigner);
  call = set_up();
  call.metas[kMintAuthority].key = owner;
  refuses(call, Fault::NotMintAuthority);
  call = set_up();
  call.metas[kPayer].signer = false;
  refuses(call, Check::MissingSigner);
  call = set_up();
  call.metas[kPayer].writable = false;
  refuses(call, Check::NotWritable);
  spoilt(set_up(), mint, Fault::NotMintAuthority, [](Account& a) { a.data[0] = 0; });
}

// [A32] [A33]
TEST_F(HookTest, RefusesMintsThatAreNotHarmless) {
  spoilt(set_up(), mint, Fault::NoHook, [](Account& a) { a.data.resize(82); });
  spoilt(set_up(), mint, Check::WrongHook, [](Account& a) { a.data[171] = 1; });  // an authority
  spoilt(set_up(), mint, Check::WrongHook, [](Account& a) { a.data[203] ^= 1; });
  spoilt(set_up(), mint, Check::HasFreezeAuthority, [](Account& a) { a.data[46] = 1; });
  put_mint({1, 0, 1, 0, 9});  // a transfer fee
  refuses(set_up(), Check::ExtensionRefused);
  put_mint({14, 0, 64});  // cut off
  refuses(set_up(), Check::NotAMint);
  put_mint({18, 0, 0, 0});  // a pointer to metadata
  does(set_up());
}

// [A4] [A7]
TEST_F(HookTest, RefusesAMintThatIsNone) {
  spoilt(set_up(), mint, Check::WrongOwner, [](Account& a) { a.owner = sol::kTokenProgram; });
  spoilt(set_up(), mint, Check::NotAMint, [](Account& a) { a.data[165] = 2; });
  spoilt(set_up(), mint, Check::NotAMint, [](Account& a) { a.data[45] = 0; });
}

TEST_F(HookTest, RefusesACapOfNothing) { refuses(set_up(0), Fault::CapZero); }

// [A10] [A12] [A15] [A17] [A18] [A20]
TEST_F(HookTest, RefusesOtherAccountsToSetUpWith) {
  const auto with = [&](int slot, const sol::Key& key) {
    Instruction call = set_up();
    call.metas[slot].key = key;
    return call;
  };
  refuses(with(kMetas, solhost::derive({"extra-account-metas", owner}, program).key),
          Check::WrongPda);
  refuses(with(kMetas, labelled("elsewhere")), Check::WrongPda);
  refuses(with(kMetas, payer), Check::Aliased);
  refuses(with(kCore, owner), Check::NotAProgram);
  refuses(with(kToken, core), Check::WrongProgram);
  refuses(with(kSystem, core), Check::WrongProgram);
  Instruction call = set_up();
  call.metas[kMetas].writable = false;
  refuses(call, Check::NotWritable);
  bank.put(metas, {.lamports = 1});
  does(set_up());
  EXPECT_EQ(bank.lamports(metas), bank.rent_exempt(sizeof(Metas)));
}

TEST_F(HookTest, RefusesAPayerWithTooLittleAndATimeBefore1970) {
  bank.put(payer, {.lamports = 1'000});
  refuses(set_up(), Check::NotEnoughLamports);
  bank.put(payer, {.lamports = kLamports});
  bank.clock(5, -1);
  refuses(set_up(), Check::NegativeTime);
}

// ---- execute

TEST_F(HookTest, LetsPassUpToTheCapAndWritesNothing) {
  does(set_up());
  const auto before = snapshot();
  for (const std::uint64_t amount : {std::uint64_t{0}, std::uint64_t{1}, kCap}) {
    EXPECT_TRUE(does(execute(amount)).events.empty());
  }
  EXPECT_TRUE(snapshot() == before);
  refuses(execute(kCap + 1), Fault::AboveCap);
  refuses(execute(~std::uint64_t{0}), Fault::AboveCap);
}

TEST_F(HookTest, TheCapIsNotForVaults) {
  does(set_up());
  for (const char* seed : {"sv", "rv", "ev"}) {
    const sol::Key vault = solhost::derive({seed}, core).key;
    put_tokens(source, vault);
    does(execute(kCap + 1));
    // Another program's account of the same name is none.
    put_tokens(source, solhost::derive({seed}, program).key);
    refuses(execute(kCap + 1), Fault::AboveCap);
  }
  // Nor is an account that is its own owner, as vaults are.
  put_tokens(source, source);
  refuses(execute(kCap + 1), Fault::AboveCap);
}

TEST_F(HookTest, AFreezeHoldsUntilItsSecond) {
  does(set_up());
  put_position(0);
  does(execute());
  put_position(kNow + 1);
  refuses(execute(), Fault::Frozen);
  put_position(kNow);
  does(execute());
  put_position(~std::uint64_t{0});
  refuses(execute(), Fault::Frozen);
}

// [A26] No freeze, no question about the time.
TEST_F(HookTest, AsksForTheTimeOnlyWhereThereIsAFreeze) {
  does(set_up());
  bank.clock(50, -1);
  put_position(0);
  does(execute());
  put_position(1);
  refuses(execute(), Check::NegativeTime);
}

// [A5] [A6] An owner without a position, whatever lamports lie there.
TEST_F(HookTest, NobodyIsFrozenWithoutAPosition) {
  does(set_up());
  does(execute());
  bank.put(position, {.lamports = 5});
  does(execute());
  bank.put(position, {.lamports = kLamports, .data = Bytes(sizeof(Position))});
  refuses(execute(), Check::WrongLength);
}

// [A4] [A7] - [A9] [A11]
TEST_F(HookTest, RefusesAPositionThatIsNotTheOwnersFirst) {
  does(set_up());
  put_position(0);
  const Instruction call = execute();
  spoilt(call, position, Check::WrongOwner, [](Account& a) { a.owner = labelled("another"); });
  spoilt(call, position, Check::WrongLength, [](Account& a) { a.data.pop_back(); });
  spoilt(call, position, Check::WrongLength, [](Account& a) { a.data.push_back(0); });
  spoilt(call, position, Check::WrongLength, [](Account& a) { a.data.clear(); });
  spoilt(call, position, Check::WrongTag, [](Account& a) { a.data[0] = 7; });
  spoilt(call, position, Check::WrongVersion, [](Account& a) { a.data[1] = 2; });
  put_position(0, [](Position& p) { p.nonce = 1; });
  refuses(call, Check::WrongLink);
  put_position(0, [](Position& p) { p.owner.words[3] ^= 1; });
  refuses(call, Check::WrongLink);
}

TEST_F(HookTest, RefusesAListThatIsNotTheMints) {
  refuses(execute(), Check::WrongOwner);  // not set up
  does(set_up());
  const Instruction call = execute();
  spoilt(call, metas, Check::WrongOwner, [&](Account& a) { a.owner = core; });
  spoilt(call, metas, Check::WrongTag, [](Account& a) { a.data[0] = 0; });
  spoilt(call, metas, Check::WrongVersion, [](Account& a) { a.data[1] = 0; });
  spoilt(call, metas, Check::WrongLength, [](Account& a) { a.data.pop_back(); });
  spoilt(call, metas, Check::WrongLength, [](Account& a) { a.data.push_back(0); });
  Instruction other = call;
  other.metas[kItsMint].key = labelled("another mint");
  refuses(other, Check::WrongLink);
}

TEST_F(HookTest, RefusesASourceThatIsNoTokenAccount) {
  does(set_up());
  const Instruction call = execute();
  spoilt(call, source, Check::WrongOwner, [](Account& a) { a.owner = sol::kTokenProgram; });
  spoilt(call, source, Check::WrongLength, [](Account& a) { a.data.resize(63); });
}

// [A69] [A70]
TEST_F(HookTest, RefusesOtherBytesAndNumbersOfAccounts) {
  for (Instruction call : {set_up(), execute()}) {
    call.data.push_back(0);
    refuses(call, Check::TrailingData);
    call.data.resize(call.data.size() - 2);
    refuses(call, Check::ShortData);
    call.data.push_back(0);
    call.metas.push_back({payer, false, false});
    refuses(call, Check::SurplusAccounts);
    call.metas.resize(kPosition);
    refuses(call, Check::MissingAccounts);
  }
  does(set_up());
  for (int byte = 0; byte < 8; ++byte) {
    Instruction call = execute();
    call.data[byte] ^= 0x80;
    refuses(call, Check::UnknownInstruction);
  }
  refuses({program, {}, {}}, Check::NoInstruction);
}

// Names and numbers that others rely on, worked out from their definition.
TEST(HookAbi, DiscriminatorsAreTheInterfaces) {
  const auto starts = [](std::string_view text, const std::uint8_t(&wanted)[8]) {
    const sol::Slice parts[] = {{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}};
    return std::memcmp(solhost::sha256(parts).data(), wanted, 8) == 0;
  };
  EXPECT_TRUE(starts("spl-transfer-hook-interface:execute", kExecute));
  EXPECT_TRUE(starts("swarm-hook:config", kConfigMark));
  EXPECT_EQ(sizeof(Metas), 272u);
  for (const ErrorSchema& row : kErrors) {
    EXPECT_GE(row.number % 100, 20u) << row.name << ": lower ones are sol's";
    EXPECT_LE(row.number / 100, 13u) << row.name;
  }
}

}  // namespace
}  // namespace swarm::hook
