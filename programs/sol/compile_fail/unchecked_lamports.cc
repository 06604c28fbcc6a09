// Not even the lamports of an account that nobody has checked.
// error: no member named 'lamports' in 'sol::AccountView'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  (void)accounts.at<0>().lamports();
#else
  (void)SOL_TRY(sol::open_recipient(accounts.at<0>(), sol::Any{})).lamports();
#endif
  return sol::kOk;
}
