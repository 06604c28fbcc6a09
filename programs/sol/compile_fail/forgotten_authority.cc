// Address, mint and authority of a token account are each named.
// error: no matching function for call to 'open_token_account'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  const auto token = SOL_TRY(sol::open_token_program(accounts.at<1>()));
  (void)SOL_TRY(
      sol::open_token_account<sol::Write>(accounts.at<0>(), token, sol::Any{}, sol::AnyMint{}));
#else
  const auto token = SOL_TRY(sol::open_token_program(accounts.at<1>()));
  (void)SOL_TRY(sol::open_token_account<sol::Write>(accounts.at<0>(), token, sol::Any{},
                                                    sol::AnyMint{}, sol::AnyAuthority{}));
#endif
  return sol::kOk;
}
