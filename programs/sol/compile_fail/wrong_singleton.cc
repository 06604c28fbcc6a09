// Only a type of which one account can exist needs no other rule.
// error: Singleton asks for a type of which only one account can exist
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  (void)SOL_TRY(
      (sol::open_state<Position, sol::Read>(accounts.at<0>(), context, sol::Singleton{})));
#else
  (void)SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), context, sol::Singleton{})));
#endif
  return sol::kOk;
}
