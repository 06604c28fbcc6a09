// What only reads: logs, sets of signers, another program's accounts.
#include "sol/demo/demo.h"

namespace demo {

sol::Error tell(const sol::Context& context, const sol::Accounts<1>& accounts, const sol::Args<>&) {
  const auto bank =
      SOL_TRY((sol::open_state<Bank, sol::Read>(accounts.at<0>(), context, sol::Singleton{})));
  sol::Clock clock;
  SOL_CHECK(sol::read_clock(clock));
  std::uint64_t rent = 0;
  SOL_CHECK(sol::rent_exempt_minimum(sizeof(Box), rent));
  sol::log("the bank holds");
  sol::log(bank->total, bank->boxes, clock.slot, static_cast<std::uint64_t>(clock.unix_timestamp),
           rent);
  sol::log(bank->admin);
  return sol::kOk;
}

// At least `threshold` different signers stand behind the first account.
sol::Error witness(const sol::Context&, const sol::Accounts<1, 7>& accounts,
                   const sol::Args<std::uint16_t>& args) {
  const auto first = SOL_TRY(sol::open_signer<sol::Read>(accounts.at<0>(), sol::Any{}));
  std::uint64_t signers = 0;
  for (std::uint64_t i = 0; i < accounts.trailing_count(); ++i) {
    const auto view = SOL_TRY(accounts.trailing(i));
    const auto signer = SOL_TRY(sol::open_signer<sol::Read>(view, sol::Any{}));
    if (signer.key() == first.key()) return sol::Error(sol::Check::Aliased);
    ++signers;
  }
  return signers >= args.get<0>() ? sol::kOk : sol::Error(Fault::TooFewSigners);
}

// This program's own upgrade authority must be gone: Program account, then ProgramData.
sol::Error check_final(const sol::Context& context, const sol::Accounts<2>& accounts,
                       const sol::Args<>&) {
  enum { kProgram, kProgramData };
  const auto program = SOL_TRY(sol::open_foreign(accounts.at<kProgram>(), sol::kUpgradeableLoader,
                                                 sol::Is(context.program_id())));
  const sol::Key* data_address = SOL_TRY(program.get_key(4));
  const auto data = SOL_TRY(sol::open_foreign(accounts.at<kProgramData>(), sol::kUpgradeableLoader,
                                              sol::Is(*data_address)));
  const auto kind = SOL_TRY(data.get<std::uint32_t>(0));
  const auto authority = SOL_TRY(data.get<std::uint8_t>(12));
  if (kind != 3) return sol::Error(sol::Check::WrongTag);
  return authority == 0 ? sol::kOk : sol::Error(Fault::StillUpgradeable);
}

sol::Error nothing(const sol::Context&, const sol::Accounts<0, 8>&, const sol::Args<>&) {
  return sol::kOk;
}

}  // namespace demo
