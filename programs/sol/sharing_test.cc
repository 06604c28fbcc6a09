// One account in several slots: named ones share nothing that is written; a trailing one may repeat
// another, and still only one handle writes.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "host/runtime.h"
#include "sol/account.h"
#include "sol/entrypoint.h"

namespace {

struct Box {
  static constexpr std::uint8_t kTag = 1;
  static constexpr std::uint8_t kVersion = 1;
  std::uint8_t tag, version, bump, state;
  std::uint32_t pad;
  std::uint64_t seq;
};

using Accounts = sol::Accounts<2, 2>;

template <class A>
sol::Error count(sol::AccountView view, const sol::Context& context) {
  const auto box = SOL_TRY((sol::open_state<Box, A>(view, context, sol::Any{})));
  if constexpr (std::same_as<A, sol::Write>) box->seq += 1;
  return sol::kOk;
}

// Writes the first named account, and reads the second.
sol::Error write_named(const sol::Context& context, const Accounts& accounts, const sol::Args<>&) {
  SOL_CHECK(count<sol::Write>(accounts.at<0>(), context));
  return count<sol::Read>(accounts.at<1>(), context);
}
// Writes the first named account and the first trailing one.
sol::Error write_both(const sol::Context& context, const Accounts& accounts, const sol::Args<>&) {
  SOL_CHECK(count<sol::Write>(accounts.at<0>(), context));
  return count<sol::Write>(SOL_TRY(accounts.trailing(0)), context);
}
// Writes both trailing accounts.
sol::Error write_trailing(const sol::Context& context, const Accounts& accounts,
                          const sol::Args<>&) {
  SOL_CHECK(count<sol::Write>(SOL_TRY(accounts.trailing(0)), context));
  return count<sol::Write>(SOL_TRY(accounts.trailing(1)), context);
}

std::uint64_t boxes_entrypoint(std::uint8_t* input, const std::uint8_t* data) {
  return sol::dispatch<sol::On<1, write_named>, sol::On<2, write_both>, sol::On<3, write_trailing>>(
      input, data);
}

class Sharing : public testing::Test {
 protected:
  Sharing() {
    bank.add_program(program, &boxes_entrypoint);
    for (const sol::Key& box : {a, b, c}) {
      solhost::Account account{.lamports = 1'000'000'000, .owner = program};
      account.data = {1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
      bank.put(box, account);
    }
  }
  void expect(std::uint8_t tag, const std::vector<sol::Key>& keys, std::uint32_t code) {
    solhost::Instruction made{program, {}, {tag}};
    for (const sol::Key& key : keys) made.metas.push_back({key, false, true});
    const solhost::Outcome outcome = bank.execute(made);
    EXPECT_EQ(outcome.custom_code, code) << outcome.text();
    EXPECT_EQ(outcome.ok(), code == 0) << outcome.text();
  }
  static constexpr auto kAliased = static_cast<std::uint32_t>(sol::Check::Aliased);

  solhost::Bank bank;
  const sol::Key program{{1, 1, 1, 1}};
  const sol::Key a{{2, 2, 2, 2}}, b{{3, 3, 3, 3}}, c{{4, 4, 4, 4}};
};

TEST_F(Sharing, AWrittenAccountStandsInOneNamedSlotOnly) {
  expect(1, {a, b}, 0);
  expect(1, {a, a}, kAliased);
}

// What a transfer hook asks for: the account that the handler writes, passed on.
TEST_F(Sharing, ATrailingAccountMayBeOneThatIsWritten) {
  expect(1, {a, b, a}, 0);
  expect(1, {a, b, a, a}, 0);
  expect(1, {a, b, c, a}, 0);
  EXPECT_EQ(bank.data(a)[8], 3u);
}

TEST_F(Sharing, AndThenNoSecondHandleWritesIt) {
  expect(2, {a, b, c}, 0);
  expect(2, {a, b, a}, kAliased);
  expect(2, {a, b, b}, 0);
  expect(3, {a, b, c, c}, kAliased);
  expect(3, {a, b, a, b}, 0);
  expect(3, {a, a, a, b}, kAliased);
}

}  // namespace
