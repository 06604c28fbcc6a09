// The runtime's rules, each broken once by a program that writes into its input as it likes.
#include "host/runtime.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "host/address.h"
#include "host/token.h"
#include "sol/cpi.h"
#include "sol/event.h"
#include "sol/log.h"

namespace solhost {
namespace {

constexpr Key made_up(std::uint64_t n) { return Key{{n, 0x5eed, 7, n << 32}}; }
constexpr Key kProgram = made_up(1);
constexpr Key kOther = made_up(2);
constexpr Key kMine = made_up(10);
constexpr Key kYours = made_up(11);
constexpr Key kPayer = made_up(12);

// The input, parsed as the documentation of the loader says and not as `sol` does.
struct Parsed {
  struct One {
    std::uint8_t* at;
    std::uint64_t* lamports() const { return reinterpret_cast<std::uint64_t*>(at + 72); }
    std::uint64_t* size() const { return reinterpret_cast<std::uint64_t*>(at + 80); }
    std::uint8_t* data() const { return at + 88; }
    std::uint8_t* owner() const { return at + 40; }
    std::uint8_t* key() const { return at + 8; }
  };
  std::vector<One> accounts;
  std::vector<std::uint8_t> data;
  Key program{};

  explicit Parsed(std::uint8_t* input) {
    std::uint64_t count = 0;
    std::memcpy(&count, input, 8);
    std::uint8_t* at = input + 8;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (*at != 0xff) {
        accounts.push_back(accounts[*at]);
        at += 8;
        continue;
      }
      accounts.push_back({at});
      std::uint64_t size = 0;
      std::memcpy(&size, at + 80, 8);
      at += 88 + size + 10'240;
      at += (8 - (at - input) % 8) % 8;
      at += 8;
    }
    std::uint64_t size = 0;
    std::memcpy(&size, at, 8);
    data.assign(at + 8, at + 8 + size);
    std::memcpy(&program, at + 8 + size, 32);
  }
};

// What the program under test does; one test after the other.
std::uint64_t (*g_action)(Parsed&) = nullptr;
std::uint64_t act(std::uint8_t* input, const std::uint8_t* data) {
  Parsed parsed(input);
  EXPECT_TRUE(std::equal(parsed.data.begin(), parsed.data.end(), data));
  return g_action(parsed);
}

class Runtime : public testing::Test {
 protected:
  Runtime() {
    bank.add_program(kProgram, act);
    bank.put(kMine, {.lamports = 10'000'000, .owner = kProgram, .data = {1, 2, 3, 4, 5}});
    bank.put(kYours, {.lamports = 10'000'000, .owner = kOther, .data = {9, 9, 9}});
    bank.put(kPayer, {.lamports = 1'000'000'000});
  }
  Outcome run(std::uint64_t (*action)(Parsed&), std::vector<Meta> metas) {
    g_action = action;
    return bank.execute({kProgram, std::move(metas), {42, 43}});
  }
  // The action fails so, and nothing is different afterwards.
  void refuses(Fault fault, std::uint64_t (*action)(Parsed&), std::vector<Meta> metas) {
    const auto before = everything();
    const Outcome outcome = run(action, std::move(metas));
    EXPECT_EQ(name_of(outcome.error), name_of(fault)) << outcome.text();
    EXPECT_EQ(everything(), before);
  }
  std::vector<Account> everything() const {
    std::vector<Account> list;
    for (const auto& [key, account] : bank.all()) list.push_back(*account);
    return list;
  }

  Bank bank;
};

const std::vector<Meta> kBothWritable = {{kMine, false, true}, {kYours, false, true}};

TEST_F(Runtime, LaysOutTheInputAsTheLoaderDoes) {
  const Outcome outcome = run(
      [](Parsed& in) -> std::uint64_t {
        EXPECT_EQ(in.accounts.size(), 4u);
        EXPECT_EQ(in.data, (std::vector<std::uint8_t>{42, 43}));
        EXPECT_EQ(in.program, kProgram);
        EXPECT_EQ(std::memcmp(in.accounts[0].key(), &kMine, 32), 0);
        EXPECT_EQ(std::memcmp(in.accounts[0].owner(), &kProgram, 32), 0);
        EXPECT_EQ(*in.accounts[0].size(), 5u);
        EXPECT_EQ(in.accounts[0].data()[4], 5);
        EXPECT_EQ(in.accounts[0].at[1], 0);  // signer
        EXPECT_EQ(in.accounts[0].at[2], 1);  // writable
        EXPECT_EQ(in.accounts[1].at[1], 1);
        EXPECT_EQ(in.accounts[1].at[2], 0);
        EXPECT_EQ(in.accounts[2].at, in.accounts[0].at);
        EXPECT_EQ(*in.accounts[3].lamports(), 0u);  // an address without an account
        return 0;
      },
      {{kMine, false, true}, {kPayer, true, false}, {kMine, false, false}, {made_up(99)}});
  EXPECT_TRUE(outcome.ok()) << outcome.text();
}

TEST_F(Runtime, AnOwnerMayWriteAndSpend) {
  const Outcome outcome = run(
      [](Parsed& in) -> std::uint64_t {
        in.accounts[0].data()[0] = 77;
        *in.accounts[0].lamports() -= 1000;
        *in.accounts[1].lamports() += 1000;
        return 0;
      },
      kBothWritable);
  ASSERT_TRUE(outcome.ok()) << outcome.text();
  EXPECT_EQ(bank.data(kMine)[0], 77);
  EXPECT_EQ(bank.lamports(kMine), 9'999'000u);
  EXPECT_EQ(bank.lamports(kYours), 10'001'000u);
}

TEST_F(Runtime, AFailingProgramChangesNothing) {
  refuses(
      Fault::Custom,
      [](Parsed& in) -> std::uint64_t {
        in.accounts[0].data()[0] = 77;
        return 6001;
      },
      kBothWritable);
}

TEST_F(Runtime, ReturnValuesMeanWhatTheRuntimeMakesOfThem) {
  EXPECT_EQ(run([](Parsed&) -> std::uint64_t { return 6001; }, {}).custom_code, 6001u);
  EXPECT_EQ(run([](Parsed&) -> std::uint64_t { return 1ull << 32; }, {}).error, Fault::Custom);
  EXPECT_EQ(run([](Parsed&) -> std::uint64_t { return 8ull << 32; }, {}).error,
            Fault::MissingRequiredSignature);
  EXPECT_EQ(run([](Parsed&) -> std::uint64_t { return (8ull << 32) + 1; }, {}).error,
            Fault::InvalidError);
}

TEST_F(Runtime, RefusesToChangeWhatIsNotTheProgramsOwn) {
  refuses(
      Fault::ExternalAccountDataModified,
      [](Parsed& in) -> std::uint64_t { return in.accounts[1].data()[0] = 0; }, kBothWritable);
  refuses(
      Fault::ExternalAccountLamportSpend,
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[1].lamports() -= 5;
        *in.accounts[0].lamports() += 5;
        return 0;
      },
      kBothWritable);
  refuses(
      Fault::ModifiedProgramId,
      [](Parsed& in) -> std::uint64_t {
        std::memcpy(in.accounts[1].owner(), &kProgram, 32);
        return 0;
      },
      kBothWritable);
  refuses(
      Fault::AccountDataSizeChanged,
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[1].size() = 2;
        return 0;
      },
      kBothWritable);
}

TEST_F(Runtime, RefusesToChangeWhatIsReadOnly) {
  const std::vector<Meta> read_only = {{kMine}, {kYours, false, true}};
  refuses(
      Fault::ReadonlyDataModified,
      [](Parsed& in) -> std::uint64_t { return in.accounts[0].data()[0] = 0; }, read_only);
  refuses(
      Fault::ReadonlyLamportChange,
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[0].lamports() -= 5;
        *in.accounts[1].lamports() += 5;
        return 0;
      },
      read_only);
}

TEST_F(Runtime, LamportsAreNeitherMadeNorLost) {
  refuses(
      Fault::UnbalancedInstruction,
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[0].lamports() += 1;
        return 0;
      },
      kBothWritable);
  refuses(
      Fault::UnbalancedInstruction,
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[0].lamports() -= 1;
        return 0;
      },
      kBothWritable);
}

TEST_F(Runtime, AnAccountIsGivenAwayOnlyZeroed) {
  refuses(
      Fault::ModifiedProgramId,
      [](Parsed& in) -> std::uint64_t {
        std::memcpy(in.accounts[0].owner(), &kOther, 32);
        return 0;
      },
      kBothWritable);
  const Outcome outcome = run(
      [](Parsed& in) -> std::uint64_t {
        std::memset(in.accounts[0].data(), 0, 5);
        std::memcpy(in.accounts[0].owner(), &kOther, 32);
        return 0;
      },
      kBothWritable);
  ASSERT_TRUE(outcome.ok()) << outcome.text();
  EXPECT_EQ(bank.find(kMine)->owner, kOther);
}

TEST_F(Runtime, AnAccountMustStayRentExemptOrGo) {
  const std::uint64_t minimum = bank.rent_exempt(5);
  EXPECT_EQ(bank.rent_exempt(0), 890'880u);
  EXPECT_EQ(bank.rent_exempt(165), 2'039'280u);
  bank.put(kMine, {.lamports = minimum, .owner = kProgram, .data = {1, 2, 3, 4, 5}});
  refuses(
      Fault::InsufficientFundsForRent,
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[0].lamports() -= 1;
        *in.accounts[1].lamports() += 1;
        return 0;
      },
      kBothWritable);
  const Outcome outcome = run(
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[1].lamports() += *in.accounts[0].lamports();
        *in.accounts[0].lamports() = 0;
        return 0;
      },
      kBothWritable);
  ASSERT_TRUE(outcome.ok()) << outcome.text();
  EXPECT_EQ(bank.find(kMine), nullptr);
  EXPECT_EQ(bank.lamports(kYours), 10'000'000 + minimum);
}

// An account from the time when rent was paid may be given lamports, and may lose none.
TEST_F(Runtime, APoorAccountMayOnlyGetRicher) {
  bank.put(kMine, {.lamports = 500'000, .owner = kProgram, .data = {1, 2, 3, 4, 5}});
  bank.put(kYours, {.lamports = 1'000'000, .owner = kProgram, .data = {9}});
  refuses(
      Fault::InsufficientFundsForRent,
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[0].lamports() -= 1;
        *in.accounts[1].lamports() += 1;
        return 0;
      },
      kBothWritable);
  const Outcome outcome = run(
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[0].lamports() += 1;
        *in.accounts[1].lamports() -= 1;
        return 0;
      },
      kBothWritable);
  EXPECT_TRUE(outcome.ok()) << outcome.text();
}

TEST_F(Runtime, GrowthStopsAtTenKilobytes) {
  refuses(
      Fault::InvalidRealloc,
      [](Parsed& in) -> std::uint64_t {
        *in.accounts[0].size() = 5 + 10'241;
        return 0;
      },
      kBothWritable);
}

TEST_F(Runtime, LogsAndEventsAreTheChains) {
  const Outcome outcome = run(
      [](Parsed&) -> std::uint64_t {
        sol::log("hello");
        sol::log(1, 2, 0xabc);
        sol::log(sol::kTokenProgram);
        sol::emit(std::array<std::uint8_t, 4>{1, 2, 3, 4});
        return 101;
      },
      {});
  const std::string id = to_base58(kProgram);
  EXPECT_EQ(outcome.logs,
            (std::vector<std::string>{"Program " + id + " invoke [1]", "Program log: hello",
                                      "Program log: 0x1, 0x2, 0xabc, 0x0, 0x0",
                                      "Program log: TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
                                      "Program data: AQIDBA==",
                                      "Program " + id + " failed: custom program error: 0x65"}));
  EXPECT_EQ(outcome.events, (std::vector<std::vector<std::uint8_t>>{{1, 2, 3, 4}}));
}

TEST_F(Runtime, AnUnknownProgramIsRefused) {
  EXPECT_EQ(bank.execute({made_up(500), {}, {}}).error, Fault::UnsupportedProgramId);
}

TEST_F(Runtime, TheSecondInstructionFailingUndoesTheFirst) {
  g_action = [](Parsed& in) -> std::uint64_t {
    in.accounts[0].data()[0] += 1;
    return in.data[0] == 1 ? 7 : 0;
  };
  const std::vector<Instruction> both = {{kProgram, {{kMine, false, true}}, {0}},
                                         {kProgram, {{kMine, false, true}}, {1}}};
  const Outcome outcome = bank.execute(both);
  EXPECT_EQ(outcome.custom_code, 7u);
  EXPECT_EQ(outcome.instruction, 1u);
  EXPECT_EQ(bank.data(kMine)[0], 1);
}

}  // namespace
}  // namespace solhost
