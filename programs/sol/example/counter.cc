// Everybody has one counter, and only its owner adds to it.
#include "sol/account.h"
#include "sol/checked.h"
#include "sol/entrypoint.h"
#include "sol/system.h"

namespace {

// What an account holds, for ever: offsets and size are checked by the compiler.
struct Counter {
  static constexpr std::uint8_t kTag = 1;
  static constexpr std::uint8_t kVersion = 1;

  sol::AccountHeader header;
  sol::Key owner;
  std::uint64_t count;
};
SOL_FIELD(Counter, owner, 16);
SOL_FIELD(Counter, count, 48);
SOL_SIZE(Counter, 56);

// Three accounts, no arguments: a call with more or fewer never gets here.
sol::Error create(const sol::Context& context, const sol::Accounts<3>& accounts,
                  const sol::Args<>&) {
  enum { kOwner, kCounter, kSystem };
  const auto owner = SOL_TRY(sol::open_signer<sol::Write>(accounts.at<kOwner>(), sol::Any{}));
  const auto place = SOL_TRY(sol::open_vacant(accounts.at<kCounter>()));
  const auto system = SOL_TRY(sol::open_system_program(accounts.at<kSystem>()));
  sol::Seeds seeds("counter", owner.key());
  const auto counter = SOL_TRY(sol::create_state<Counter>(place, {context, owner, system}, seeds));
  counter->owner = owner.key();
  return sol::kOk;
}

sol::Error add(const sol::Context& context, const sol::Accounts<2>& accounts,
               const sol::Args<std::uint64_t>& args) {
  enum { kOwner, kCounter };
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(accounts.at<kOwner>(), sol::Any{}));
  const auto counter = SOL_TRY((sol::open_state<Counter, sol::Write>(
      accounts.at<kCounter>(), context, sol::Linked<&Counter::owner>(owner.key()))));
  counter->count = SOL_TRY(sol::checked_add(counter->count, args.get<0>()));
  return sol::kOk;
}

}  // namespace

// The hottest first: a tag costs one unit for each that is tried before it.
extern "C" std::uint64_t entrypoint(std::uint8_t* input, const std::uint8_t* data) {
  return sol::dispatch<sol::On<2, add>, sol::On<1, create>>(input, data);
}
