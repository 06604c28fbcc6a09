// Calls: privileges, derived signers, depth, and what each side sees of the other's changes. Plus
// the System and Token programs, called as programs call them.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "host/address.h"
#include "host/runtime.h"
#include "host/token.h"
#include "sol/cpi.h"
#include "sol/entrypoint.h"

namespace solhost {
namespace {

constexpr Key made_up(std::uint64_t n) { return Key{{n, 0x5eed, 7, n << 32}}; }
constexpr Key kProgram = made_up(1);
constexpr Key kPayer = made_up(10);
constexpr Key kNew = made_up(11);
constexpr Key kOwner = made_up(12);
constexpr Key kMint = made_up(13);
constexpr Key kFrom = made_up(14);
constexpr Key kTo = made_up(15);
constexpr Key kFree = made_up(16);

// One call, as the C ABI lets any program make it: account 0 is the callee, the others are passed
// on with these privileges.
struct Wish {
  std::vector<sol::CallMeta> metas;  // keys are filled in from the accounts
  std::vector<std::uint8_t> data;
  std::vector<sol::Slice> seeds;
};
Wish g_wish;

// Static, since a call that fails never comes back to clean up.
std::vector<sol::CallAccount> g_infos;

void read_accounts(std::uint8_t* input) {
  g_infos.clear();
  std::uint64_t count = 0;
  std::memcpy(&count, input, 8);
  std::uint8_t* at = input + 8;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t size = 0;
    std::memcpy(&size, at + 80, 8);
    g_infos.push_back({reinterpret_cast<Key*>(at + 8), reinterpret_cast<std::uint64_t*>(at + 72),
                       size, at + 88, reinterpret_cast<Key*>(at + 40), 0, at[1] != 0, at[2] != 0,
                       at[3] != 0});
    at += 88 + (size + 7) / 8 * 8 + 10'240 + 8;
  }
}

std::uint64_t relay(std::uint8_t* input, const std::uint8_t*) {
  read_accounts(input);
  for (std::size_t i = 0; i < g_wish.metas.size(); ++i) g_wish.metas[i].key = g_infos[i + 1].key;
  const sol::CallInstruction call{g_infos[0].key, g_wish.metas.data(), g_wish.metas.size(),
                                  g_wish.data.data(), g_wish.data.size()};
  const sol::SignerSeeds signer{g_wish.seeds.data(), g_wish.seeds.size()};
  sol::syscall::sol_invoke_signed_c(&call, g_infos.data(), g_infos.size(), &signer,
                                    g_wish.seeds.empty() ? 0 : 1);
  return 0;
}

// Calls the next of its accounts with all of them, and so on for ever.
std::uint64_t go_deeper(std::uint8_t* input, const std::uint8_t*) {
  read_accounts(input);
  sol::CallMeta metas[2] = {};
  for (std::size_t i = 0; i < g_infos.size(); ++i) metas[i].key = g_infos[i].key;
  const Key* next = g_infos[sol::syscall::sol_get_stack_height() % g_infos.size()].key;
  const sol::CallInstruction call{next, metas, g_infos.size(), nullptr, 0};
  sol::syscall::sol_invoke_signed_c(&call, g_infos.data(), g_infos.size(), nullptr, 0);
  return 0;
}

template <class T>
void append(std::vector<std::uint8_t>& out, const T& value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof(T));
}
template <class... T>
std::vector<std::uint8_t> bytes_of(const T&... values) {
  std::vector<std::uint8_t> out;
  (append(out, values), ...);
  return out;
}

constexpr sol::CallMeta kRead{nullptr, false, false};
constexpr sol::CallMeta kWrite{nullptr, true, false};
constexpr sol::CallMeta kSignWrite{nullptr, true, true};

class Call : public testing::Test {
 protected:
  Call() {
    bank.add_program(kProgram, relay);
    bank.put(kPayer, {.lamports = 1'000'000'000});
    bank.put(kOwner, {.lamports = 1'000'000'000});
    put_mint(bank, kMint, {.authority = kOwner, .supply = 1000, .decimals = 6});
    put_token_account(bank, kFrom, {.mint = kMint, .owner = kOwner, .amount = 600});
    put_token_account(bank, kTo, {.mint = kMint, .owner = kPayer, .amount = 400});
  }
  Outcome relayed(const Key& callee, std::vector<Meta> metas, Wish wish) {
    g_wish = std::move(wish);
    metas.insert(metas.begin(), Meta{callee});
    return bank.execute({kProgram, std::move(metas), {}});
  }
  Outcome system(std::vector<Meta> metas, std::vector<std::uint8_t> data) {
    return bank.execute({sol::kSystemProgram, std::move(metas), std::move(data)});
  }
  Outcome token(std::vector<Meta> metas, std::vector<std::uint8_t> data,
                const Key& program = sol::kTokenProgram) {
    return bank.execute({program, std::move(metas), std::move(data)});
  }

  Bank bank;
};

std::vector<std::uint8_t> transfer_of(std::uint64_t lamports) {
  return bytes_of(std::uint32_t{2}, lamports);
}
std::vector<std::uint8_t> create_of(std::uint64_t lamports, std::uint64_t size, const Key& owner) {
  return bytes_of(std::uint32_t{0}, lamports, size, owner);
}
std::vector<std::uint8_t> checked(std::uint8_t tag, std::uint64_t amount, std::uint8_t decimals) {
  return bytes_of(tag, amount, decimals);
}

TEST_F(Call, PassesOnASignature) {
  const Outcome outcome = relayed(sol::kSystemProgram, {{kPayer, true, true}, {kNew, false, true}},
                                  {{kSignWrite, kWrite}, transfer_of(2'000'000), {}});
  ASSERT_TRUE(outcome.ok()) << outcome.text();
  EXPECT_EQ(bank.lamports(kNew), 2'000'000u);
  EXPECT_EQ(outcome.logs[1], "Program 11111111111111111111111111111111 invoke [2]");
}

TEST_F(Call, InventsNoSignatureAndNoWriting) {
  Outcome outcome = relayed(sol::kSystemProgram, {{kPayer, false, true}, {kNew, false, true}},
                            {{kSignWrite, kWrite}, transfer_of(5), {}});
  EXPECT_EQ(outcome.error, Fault::PrivilegeEscalation) << outcome.text();
  EXPECT_EQ(outcome.logs[1], to_base58(kPayer) + "'s signer privilege escalated");
  outcome = relayed(sol::kSystemProgram, {{kPayer, true, false}, {kNew, false, true}},
                    {{kSignWrite, kWrite}, transfer_of(5), {}});
  EXPECT_EQ(outcome.error, Fault::PrivilegeEscalation) << outcome.text();
  EXPECT_EQ(outcome.logs[1], to_base58(kPayer) + "'s writable privilege escalated");
}

TEST_F(Call, AnAddressSignsByItsSeedsOnly) {
  const Derived vault = derive({"vault"}, kProgram);
  bank.put(vault.key, {.lamports = 50'000'000});
  const std::uint8_t bump = vault.bump;
  const std::uint8_t wrong = 1;
  const auto* name = reinterpret_cast<const std::uint8_t*>("vault");
  const std::vector<Meta> metas = {{vault.key, false, true}, {kNew, false, true}};
  const Wish wish{{kSignWrite, kWrite}, transfer_of(2'000'000), {{name, 5}, {&bump, 1}}};
  EXPECT_TRUE(relayed(sol::kSystemProgram, metas, wish).ok());
  EXPECT_EQ(bank.lamports(kNew), 2'000'000u);
  Wish other = wish;
  other.seeds[1].data = &wrong;
  const Outcome outcome = relayed(sol::kSystemProgram, metas, other);
  EXPECT_TRUE(outcome.error == Fault::PrivilegeEscalation ||
              outcome.error == Fault::ProgramFailedToComplete)
      << outcome.text();
  EXPECT_EQ(bank.lamports(kNew), 2'000'000u);
}

TEST_F(Call, AFailedCalleeEndsTheCaller) {
  const Outcome outcome = relayed(sol::kSystemProgram, {{kPayer, true, true}, {kNew, false, true}},
                                  {{kSignWrite, kWrite}, transfer_of(1'000'000'001), {}});
  EXPECT_EQ(outcome.error, Fault::Custom);
  EXPECT_EQ(outcome.custom_code, 1u);
  EXPECT_EQ(bank.lamports(kPayer), 1'000'000'000u);
}

TEST_F(Call, ACalleeMustBeAKnownProgram) {
  EXPECT_EQ(relayed(kFree, {{kPayer}}, {{kRead}, {}, {}}).error, Fault::AccountNotExecutable);
}

TEST_F(Call, StopsAtTheFifthLevelAndAtReentry) {
  constexpr Key kDeep = made_up(2);
  constexpr Key kDeeper = made_up(3);
  bank.add_program(kDeep, go_deeper);
  bank.add_program(kDeeper, go_deeper);
  const Outcome alone = bank.execute({kDeep, {{kDeep}}, {}});
  EXPECT_EQ(alone.error, Fault::CallDepth) << alone.text();
  EXPECT_EQ(alone.logs[4], "Program " + to_base58(kDeep) + " invoke [5]");
  const Outcome both = bank.execute({kDeep, {{kDeep}, {kDeeper}}, {}});
  EXPECT_EQ(both.error, Fault::ReentrancyNotAllowed) << both.text();
}

// ---- System

TEST_F(Call, CreateAccountMakesItOnce) {
  const std::uint64_t rent = bank.rent_exempt(10);
  const std::vector<Meta> metas = {{kPayer, true, true}, {kNew, true, true}};
  ASSERT_TRUE(system(metas, create_of(rent, 10, kProgram)).ok());
  EXPECT_EQ(*bank.find(kNew),
            (Account{.lamports = rent, .owner = kProgram, .data = std::vector<std::uint8_t>(10)}));
  const Outcome again = system(metas, create_of(rent, 10, kProgram));
  EXPECT_EQ(again.error, Fault::Custom);
  EXPECT_EQ(again.custom_code, 0u);
}

TEST_F(Call, SystemRefusesAsTheChainDoes) {
  const auto data = create_of(bank.rent_exempt(10), 10, kProgram);
  EXPECT_EQ(system({{kPayer, true, true}, {kNew, false, true}}, data).error,
            Fault::MissingRequiredSignature);
  EXPECT_EQ(system({{kPayer, false, true}, {kNew, true, true}}, data).error,
            Fault::MissingRequiredSignature);
  EXPECT_EQ(system({{kPayer, true, true}}, data).error, Fault::MissingAccount);
  EXPECT_EQ(system({{kPayer, true, true}, {kNew, true, true}}, {0, 0, 0, 0, 1}).error,
            Fault::InvalidInstructionData);
  EXPECT_EQ(system({{kPayer, true, true}, {kNew, true, true}},
                   create_of(1'000'000'000, 10 * 1024 * 1024 + 1, kProgram))
                .custom_code,
            3u);
  EXPECT_EQ(system({{kPayer, true, true}, {kNew, true, true}}, create_of(1, 10, kProgram)).error,
            Fault::InsufficientFundsForRent);
  EXPECT_EQ(system({{kFrom, true, true}, {kNew, false, true}}, transfer_of(5)).error,
            Fault::InvalidArgument);
  EXPECT_EQ(system({{kPayer, true, false}, {kNew, false, true}}, transfer_of(900'000)).error,
            Fault::ReadonlyLamportChange);
}

TEST_F(Call, AllocateAndAssignWorkOnAFundedAddress) {
  bank.put(kNew, {.lamports = 5'000'000});
  ASSERT_TRUE(system({{kNew, true, true}}, bytes_of(std::uint32_t{8}, std::uint64_t{12})).ok());
  ASSERT_TRUE(system({{kNew, true, true}}, bytes_of(std::uint32_t{1}, kProgram)).ok());
  EXPECT_EQ(bank.find(kNew)->owner, kProgram);
  EXPECT_EQ(bank.data(kNew).size(), 12u);
  EXPECT_EQ(system({{kNew, true, true}}, bytes_of(std::uint32_t{8}, std::uint64_t{12})).error,
            Fault::Custom);
}

// ---- Token

const std::vector<Meta> kTransfer = {
    {kFrom, false, true}, {kMint}, {kTo, false, true}, {kOwner, true, false}};

TEST_F(Call, TransferCheckedMovesTokens) {
  ASSERT_TRUE(token(kTransfer, checked(12, 100, 6)).ok());
  EXPECT_EQ(token_amount(bank, kFrom), 500u);
  EXPECT_EQ(token_amount(bank, kTo), 500u);
}

TEST_F(Call, TransferCheckedRefusesWithTokensNumbers) {
  const auto code = [&](std::vector<std::uint8_t> data, std::vector<Meta> metas = kTransfer) {
    const Outcome outcome = token(std::move(metas), std::move(data));
    EXPECT_EQ(name_of(outcome.error), "Custom") << outcome.text();
    return outcome.custom_code;
  };
  EXPECT_EQ(code(checked(12, 601, 6)), 1u);
  EXPECT_EQ(code(checked(12, 1, 7)), 18u);
  EXPECT_EQ(code(checked(12, 1, 6),
                 {{kFrom, false, true}, {kMint}, {kTo, false, true}, {kPayer, true, false}}),
            4u);
  EXPECT_EQ(code(checked(12, 1, 6),
                 {{kFrom, false, true}, {kFree}, {kTo, false, true}, {kOwner, true, false}}),
            3u);
  EXPECT_EQ(code({12, 1}), 12u);
  EXPECT_EQ(token({{kFrom, false, true}, {kMint}, {kTo, false, true}, {kOwner, false, false}},
                  checked(12, 1, 6))
                .error,
            Fault::MissingRequiredSignature);
  put_token_account(bank, kTo,
                    {.mint = kMint, .owner = kPayer, .amount = 400, .state = TokenState::Frozen});
  EXPECT_EQ(code(checked(12, 1, 6)), 17u);
  put_token_account(bank, kTo, {.mint = kFree, .owner = kPayer});
  EXPECT_EQ(code(checked(12, 1, 6)), 3u);
  bank.put(kTo, {.lamports = 5'000'000, .owner = sol::kTokenProgram, .data = {1, 2, 3}});
  EXPECT_EQ(token(kTransfer, checked(12, 1, 6)).error, Fault::InvalidAccountData);
  put_token_account(bank, kTo, {.state = TokenState::Uninitialized});
  EXPECT_EQ(token(kTransfer, checked(12, 1, 6)).error, Fault::UninitializedAccount);
}

TEST_F(Call, AForgedTokenAccountCannotBeWritten) {
  put_token_account(bank, kTo, {.mint = kMint, .owner = kPayer}, kProgram);
  EXPECT_EQ(token(kTransfer, checked(12, 1, 6)).error, Fault::ExternalAccountDataModified);
  EXPECT_EQ(token(kTransfer, checked(12, 0, 6)).error, Fault::IncorrectProgramId);
}

TEST_F(Call, ADelegateSpendsHisAllowance) {
  put_token_account(
      bank, kFrom,
      {.mint = kMint, .owner = kOwner, .amount = 600, .delegate = kPayer, .delegated_amount = 50});
  const std::vector<Meta> metas = {
      {kFrom, false, true}, {kMint}, {kTo, false, true}, {kPayer, true, false}};
  EXPECT_EQ(token(metas, checked(12, 51, 6)).custom_code, 1u);
  ASSERT_TRUE(token(metas, checked(12, 50, 6)).ok());
  EXPECT_FALSE(decode_token_account(bank.data(kFrom))->delegate.has_value());
}

TEST_F(Call, MintAndBurnKeepTheSupply) {
  ASSERT_TRUE(
      token({{kMint, false, true}, {kTo, false, true}, {kOwner, true}}, checked(14, 70, 6)).ok());
  EXPECT_EQ(decode_mint(bank.data(kMint))->supply, 1070u);
  ASSERT_TRUE(
      token({{kFrom, false, true}, {kMint, false, true}, {kOwner, true}}, checked(15, 600, 6))
          .ok());
  EXPECT_EQ(decode_mint(bank.data(kMint))->supply, 470u);
  EXPECT_EQ(token_amount(bank, kFrom), 0u);
  const Outcome more = token({{kMint, false, true}, {kTo, false, true}, {kOwner, true}},
                             checked(14, UINT64_MAX - 469, 6));
  EXPECT_EQ(more.custom_code, 14u);
  put_mint(bank, kMint, {.supply = 470, .decimals = 6});
  EXPECT_EQ(token({{kMint, false, true}, {kTo, false, true}, {kOwner, true}}, checked(14, 1, 6))
                .custom_code,
            5u);
}

TEST_F(Call, InitializesAMintAndAnAccount) {
  const Key& program = sol::kToken2022Program;
  bank.put(
      kNew,
      {.lamports = bank.rent_exempt(82), .owner = program, .data = std::vector<std::uint8_t>(82)});
  const auto init_mint = bytes_of(std::uint8_t{20}, std::uint8_t{9}, kOwner, std::uint8_t{0});
  ASSERT_TRUE(token({{kNew, false, true}}, init_mint, program).ok());
  EXPECT_EQ(decode_mint(bank.data(kNew))->decimals, 9);
  EXPECT_EQ(token({{kNew, false, true}}, init_mint, program).custom_code, 6u);

  bank.put(kFree, {.lamports = bank.rent_exempt(165),
                   .owner = program,
                   .data = std::vector<std::uint8_t>(165)});
  const auto init_account = bytes_of(std::uint8_t{18}, kOwner);
  ASSERT_TRUE(token({{kFree, false, true}, {kNew}}, init_account, program).ok());
  EXPECT_EQ(decode_token_account(bank.data(kFree))->mint, kNew);
  EXPECT_EQ(token({{kFree, false, true}, {kNew}}, init_account, program).custom_code, 6u);
}

}  // namespace
}  // namespace solhost
