// Lamports are taken from whoever signed and is writable.
// error: no known conversion
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  const auto from = SOL_TRY(sol::open_signer<sol::Read>(accounts.at<0>(), sol::Any{}));
  const auto to = SOL_TRY(sol::open_recipient(accounts.at<1>(), sol::Any{}));
  SOL_CHECK(
      sol::transfer_lamports(SOL_TRY(sol::open_system_program(accounts.at<2>())), from, to, 1));
#else
  const auto from = SOL_TRY(sol::open_signer<sol::Write>(accounts.at<0>(), sol::Any{}));
  const auto to = SOL_TRY(sol::open_recipient(accounts.at<1>(), sol::Any{}));
  SOL_CHECK(
      sol::transfer_lamports(SOL_TRY(sol::open_system_program(accounts.at<2>())), from, to, 1));
#endif
  return sol::kOk;
}
