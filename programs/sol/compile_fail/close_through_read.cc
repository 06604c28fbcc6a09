// Only its sole writer may close an account.
// error: no matching function for call to 'close_state'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), context, sol::Singleton{})));
  sol::close_state(pool, SOL_TRY(sol::open_recipient(accounts.at<1>(), sol::Any{})));
#else
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(accounts.at<0>(), context, sol::Singleton{})));
  sol::close_state(pool, SOL_TRY(sol::open_recipient(accounts.at<1>(), sol::Any{})));
#endif
  return sol::kOk;
}
