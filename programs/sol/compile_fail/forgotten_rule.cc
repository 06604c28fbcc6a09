// Which pool? Without a rule any account of the type would do.
// error: no matching function for call to 'open_state'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  const auto pool = SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), context)));
#else
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), context, sol::Singleton{})));
#endif
  return sol::kOk;
}
