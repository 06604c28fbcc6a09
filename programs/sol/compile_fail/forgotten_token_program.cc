// A mint is a mint of a token program that was checked.
// error: no matching function for call to 'open_mint'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  (void)SOL_TRY(sol::open_mint(accounts.at<0>(), accounts.at<1>(), sol::Any{}));
#else
  const auto token = SOL_TRY(sol::open_token_program(accounts.at<1>()));
  (void)SOL_TRY(sol::open_mint(accounts.at<0>(), token, sol::Any{}));
#endif
  return sol::kOk;
}
