// Whose account it is follows from the context: it cannot be left out.
// error: no matching function for call to 'open_state'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  (void)SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), sol::Singleton{})));
#else
  (void)SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), context, sol::Singleton{})));
#endif
  return sol::kOk;
}
