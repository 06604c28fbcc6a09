// The demo program natively: what it does, and each check of `sol` that it can meet, broken once.
// A refused instruction gives its number and leaves every account as it was.
#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "host/address.h"
#include "host/demo_play.h"
#include "host/token.h"
#include "sol/demo/demo.h"
#include "sol/error.h"

namespace demo_play {
namespace {

using sol::Check;
using solhost::Account;
using solhost::Fault;
using solhost::TokenState;

class Demo : public testing::Test, protected Play {
 protected:
  Outcome does(const Instruction& instruction) {
    Outcome outcome = bank.execute(instruction);
    EXPECT_TRUE(outcome.ok()) << outcome.text();
    return outcome;
  }
  template <class Code>
  void refuses(const Instruction& instruction, Code code) {
    const auto snapshot = [&] {
      std::vector<std::pair<std::string, Account>> all;
      for (const auto& [key, account] : bank.all())
        all.emplace_back(solhost::to_base58(key), *account);
      return all;
    };
    const auto before = snapshot();
    const Outcome outcome = bank.execute(instruction);
    EXPECT_EQ(outcome.error, Fault::Custom) << outcome.text();
    EXPECT_EQ(outcome.custom_code, static_cast<std::uint32_t>(code)) << outcome.text();
    EXPECT_TRUE(snapshot() == before) << "a refused instruction changed an account";
  }
  // The account with something changed.
  void edit(const Key& key, const std::function<void(Account&)>& change) {
    Account account = *bank.find(key);
    change(account);
    bank.put(key, std::move(account));
  }
  void edit_token(const Key& key, const std::function<void(solhost::TokenAccountState&)>& change) {
    auto state = *solhost::decode_token_account(bank.data(key));
    change(state);
    edit(key, [&](Account& account) { account.data = encode(state); });
  }

  const Saver& alice = savers[0];
  const Saver& bob = savers[1];
};

// Slots of deposit and withdraw.
enum { kOwner, kState, kBox, kWallet, kVault, kMint, kToken };

TEST_F(Demo, KeepsAccountsOfItsTokens) {
  settle();
  const Outcome outcome = does(deposit(alice, 700));
  does(deposit(bob, 50));
  does(withdraw(alice, 200));
  does(burn(bob, 10));
  EXPECT_EQ(box_amount(alice), 500u);
  EXPECT_EQ(box_amount(bob), 40u);
  EXPECT_EQ(total(), 540u);
  EXPECT_EQ(solhost::token_amount(bank, vault), 540u);
  EXPECT_EQ(solhost::token_amount(bank, alice.wallet), kWalletTokens - 500);
  EXPECT_EQ(solhost::decode_mint(bank.data(mint))->supply, 2 * kWalletTokens - 10);
  ASSERT_EQ(outcome.events.size(), 1u);
  demo::Moved moved{};
  ASSERT_EQ(outcome.events[0].size(), sizeof(moved));
  std::memcpy(&moved, outcome.events[0].data(), sizeof(moved));
  EXPECT_EQ(moved.amount, 700u);
  EXPECT_EQ(moved.seq, 1u);
}

TEST_F(Demo, TellsLogsClockAndRent) {
  settle();
  bank.clock(77, 1'800'000'000);
  const Outcome outcome = does(tell());
  EXPECT_EQ(outcome.logs[1], "Program log: the bank holds");
  EXPECT_EQ(outcome.logs[2], "Program log: 0x0, 0x2, 0x4d, 0x6b49d200, 0x18a380");
  EXPECT_EQ(bank.rent_exempt(sizeof(demo::Box)), (128u + 104u) * 3480u * 2u);
  EXPECT_EQ(outcome.logs[3], "Program log: " + solhost::to_base58(admin));
}

TEST_F(Demo, AClosedBoxIsGoneAndItsLamportsAreBack) {
  settle();
  const std::uint64_t before = bank.lamports(alice.key);
  does(close_box(alice));
  EXPECT_EQ(bank.find(box_of(alice, 0)), nullptr);
  EXPECT_EQ(bank.lamports(alice.key), before + bank.rent_exempt(sizeof(demo::Box)));
  does(open_box(alice, 0));
  EXPECT_EQ(box_amount(alice), 0u);
}

TEST_F(Demo, LamportsSentBeforehandDoNotBlockAnAddress) {
  settle();
  for (const std::uint64_t sent : {std::uint64_t{1'000'000}, std::uint64_t{50'000'000}}) {
    const std::uint64_t number = sent == 1'000'000 ? 1 : 2;
    bank.put(box_of(alice, number), {.lamports = sent});
    does(open_box(alice, number));
    EXPECT_EQ(bank.find(box_of(alice, number))->owner, program);
  }
}

TEST_F(Demo, WritesANoteAndCountsWitnesses) {
  settle();
  does(write_note(alice, "remember"));
  does(witness(1, {alice.key, bob.key}));
  does(tip(alice, bob.key, 12345));
  EXPECT_EQ(bank.lamports(alice.key) + 2 * 12345, bank.lamports(bob.key));
  does(nothing());
}

TEST_F(Demo, RefusesMalformedCalls) {
  settle();
  Instruction call = deposit(alice, 5);
  call.data.clear();
  refuses(call, Check::NoInstruction);
  call.data = {99};
  refuses(call, Check::UnknownInstruction);
  call = deposit(alice, 5);
  call.data.pop_back();
  refuses(call, Check::ShortData);
  call = deposit(alice, 5);
  call.data.push_back(0);
  refuses(call, Check::TrailingData);
  call = deposit(alice, 5);
  call.metas.pop_back();
  refuses(call, Check::MissingAccounts);
  call = deposit(alice, 5);
  for (int i = 0; i < 5; ++i) call.metas.push_back({mint});
  refuses(call, Check::SurplusAccounts);
}

TEST_F(Demo, RefusesTheWrongSignerOrPrivilege) {
  settle();
  Instruction call = deposit(alice, 5);
  call.metas[kOwner].signer = false;
  refuses(call, Check::MissingSigner);
  for (const int slot : {kState, kBox, kWallet, kVault}) {
    call = deposit(alice, 5);
    call.metas[slot].writable = false;
    refuses(call, Check::NotWritable);
  }
}

TEST_F(Demo, RefusesStateOfAnotherKind) {
  settle();
  const Account sound = *bank.find(state);
  const auto with = [&](Check code, const std::function<void(Account&)>& change) {
    edit(state, change);
    refuses(deposit(alice, 5), code);
    bank.put(state, sound);
  };
  with(Check::WrongOwner, [&](Account& a) { a.owner = labelled("another program"); });
  with(Check::WrongLength, [](Account& a) { a.data.push_back(0); });
  with(Check::WrongLength, [](Account& a) { a.data.pop_back(); });
  with(Check::WrongLength, [](Account& a) { a.data.clear(); });
  with(Check::WrongTag, [](Account& a) { a.data[0] = demo::Box::kTag; });
  with(Check::WrongVersion, [](Account& a) { a.data[1] = 2; });
  Instruction call = deposit(alice, 5);
  call.metas[kState].key = call.metas[kBox].key;
  refuses(call, Check::WrongLength);
}

TEST_F(Demo, RefusesAccountsInTwoSlots) {
  settle();
  does(deposit(alice, 100));
  Instruction call = deposit(alice, 5);
  call.metas[kWallet].key = vault;
  refuses(call, Check::Aliased);
  call = withdraw(alice, 5);
  call.metas[kWallet].key = vault;
  refuses(call, Check::Aliased);
  call = close_box(alice);
  call.metas.push_back({box_of(alice, 0), false, true});
  refuses(call, Check::SurplusAccounts);
  refuses(witness(1, {alice.key, alice.key}), Check::Aliased);
}

TEST_F(Demo, RefusesAnotherSaversBox) {
  settle();
  Instruction call = withdraw(alice, 5);
  call.metas[kBox].key = box_of(bob, 0);
  refuses(call, Check::WrongLink);
  does(open_box(alice, 1));
  refuses(write_note(alice, "x", 1), Check::WrongPda);
}

TEST_F(Demo, RefusesImpostorsOfPrograms) {
  settle();
  Instruction call = deposit(alice, 5);
  call.metas[kToken].key = program;
  refuses(call, Check::WrongProgram);
  call = tip(alice, bob.key, 5);
  call.metas[2].key = sol::kTokenProgram;
  refuses(call, Check::WrongProgram);
  edit(sol::kTokenProgram, [](Account& a) { a.executable = false; });
  refuses(deposit(alice, 5), Check::NotAProgram);
}

TEST_F(Demo, RefusesTheWrongMint) {
  settle();
  Instruction call = deposit(alice, 5);
  call.metas[kMint].key = labelled("another mint");
  refuses(call, Check::WrongAddress);
  call = deposit(alice, 5);
  call.metas[kVault].key = bob.wallet;
  refuses(call, Check::WrongAddress);
  call = deposit(alice, 5);
  call.metas[kToken].key = sol::kToken2022Program;
  refuses(call, Check::WrongOwner);
  edit(mint, [](Account& a) { a.data[45] = 0; });
  refuses(deposit(alice, 5), Check::NotAMint);
  edit(mint, [](Account& a) { a.data.resize(165); });
  refuses(deposit(alice, 5), Check::NotAMint);
}

TEST_F(Demo, RefusesTokenAccountsThatAreNotWhatTheySeem) {
  settle();
  does(deposit(alice, 100));
  const Account wallet = *bank.find(alice.wallet);
  const auto with = [&](Check code,
                        const std::function<void(solhost::TokenAccountState&)>& change) {
    edit_token(alice.wallet, change);
    refuses(deposit(alice, 5), code);
    bank.put(alice.wallet, wallet);
  };
  with(Check::Frozen, [](auto& a) { a.state = TokenState::Frozen; });
  with(Check::NotATokenAccount, [](auto& a) { a.state = TokenState::Uninitialized; });
  with(Check::WrongMint, [](auto& a) { a.mint = labelled("another mint"); });
  with(Check::WrongAuthority, [&](auto& a) { a.owner = bob.key; });
  edit(alice.wallet, [](Account& a) { a.data.resize(355); });  // a multisig's length
  refuses(deposit(alice, 5), Check::NotATokenAccount);
  bank.put(alice.wallet, wallet);
  edit(alice.wallet, [&](Account& a) { a.owner = program; });
  refuses(deposit(alice, 5), Check::WrongOwner);
  bank.put(alice.wallet, wallet);
  const Account sound = *bank.find(vault);
  edit_token(vault, [&](auto& a) { a.delegate = bob.key; });
  refuses(withdraw(alice, 5), Check::HasDelegate);
  bank.put(vault, sound);
  edit_token(vault, [&](auto& a) { a.close_authority = bob.key; });
  refuses(withdraw(alice, 5), Check::HasCloseAuthority);
}

TEST_F(Demo, RefusesAmountsOutsideTheBooks) {
  settle();
  refuses(deposit(alice, 0), demo::Fault::AmountZero);
  does(deposit(alice, 100));
  refuses(withdraw(alice, 0), demo::Fault::AmountZero);
  refuses(withdraw(alice, 101), demo::Fault::TooMuch);
  refuses(deposit(alice, UINT64_MAX), demo::Fault::TooMuch);
  refuses(burn(alice, 101), demo::Fault::TooMuch);
  refuses(close_box(alice), demo::Fault::NotEmpty);
  refuses(witness(2, {alice.key, bob.key}), demo::Fault::TooFewSigners);
}

// Token's own refusal ends everything, and what the program had written is undone.
TEST_F(Demo, AFailedTransferUndoesTheBooks) {
  settle();
  const Outcome outcome = bank.execute(deposit(alice, kWalletTokens + 1));
  EXPECT_EQ(outcome.custom_code, 1u) << outcome.text();
  EXPECT_EQ(total(), 0u);
  EXPECT_EQ(box_amount(alice), 0u);
}

TEST_F(Demo, RefusesToCreateTwiceOrElsewhere) {
  Instruction call = init();
  call.metas[1].key = labelled("elsewhere");
  refuses(call, Check::WrongPda);
  call = init();
  call.metas[2].key = state;
  refuses(call, Check::Aliased);
  bank.put(admin, {.lamports = 1'000'000});
  refuses(init(), Check::NotEnoughLamports);
  bank.put(admin, {.lamports = 1'000'000'000});
  settle();
  refuses(init(), Check::AlreadyExists);
  refuses(open_box(alice, 0), Check::AlreadyExists);
}

TEST_F(Demo, RefusesHarmfulMints) {
  auto sound = *solhost::decode_mint(bank.data(mint));
  sound.freeze_authority = bob.key;
  solhost::put_mint(bank, mint, sound);
  refuses(init(), Check::HasFreezeAuthority);
  sound.freeze_authority.reset();
  // A transfer fee, as Token-2022 lays it behind the account type.
  std::vector<std::uint8_t> data = encode(sound);
  data.resize(165);
  data.insert(data.end(), {1, 1, 0, 2, 0, 9, 9});
  bank.put(mint, {.lamports = 10'000'000, .owner = sol::kToken2022Program, .data = data});
  Instruction call = init();
  call.metas[4].key = sol::kToken2022Program;
  refuses(call, Check::ExtensionRefused);
}

TEST_F(Demo, RefusesTimesAndRentsThatItDoesNotKnow) {
  settle();
  bank.clock(5, -1);
  refuses(tell(), Check::NegativeTime);
  bank.clock(5, 5);
  bank.rent({3480, std::bit_cast<std::uint64_t>(0.5), 50, {}});
  refuses(tell(), Check::UnknownRent);
}

TEST_F(Demo, ReadsItsOwnUpgradeAuthority) {
  const Key data_key = labelled("program data");
  std::vector<std::uint8_t> account = {2, 0, 0, 0};
  account.insert(account.end(), data_key.bytes(), data_key.bytes() + 32);
  edit(program, [&](Account& a) { a.data = account; });
  std::vector<std::uint8_t> data(45);
  data[0] = 3;
  const auto put_data = [&] {
    bank.put(data_key, {.lamports = 1, .owner = sol::kUpgradeableLoader, .data = data});
  };
  put_data();
  does(check_final(data_key));
  data[12] = 1;
  put_data();
  refuses(check_final(data_key), demo::Fault::StillUpgradeable);
  data[0] = 1;
  put_data();
  refuses(check_final(data_key), Check::WrongTag);
  data.resize(12);
  put_data();
  refuses(check_final(data_key), Check::WrongLength);
  refuses(check_final(labelled("another")), Check::WrongOwner);
}

}  // namespace
}  // namespace demo_play
