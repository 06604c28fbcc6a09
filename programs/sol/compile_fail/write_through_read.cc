// What was opened for reading is constant.
// error: cannot assign to return value because function 'operator->' returns a const value
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), context, sol::Singleton{})));
  pool->total = 1;
#else
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(accounts.at<0>(), context, sol::Singleton{})));
  pool->total = 1;
#endif
  return sol::kOk;
}
