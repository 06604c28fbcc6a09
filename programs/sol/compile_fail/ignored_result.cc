// The same for a check whose handle nobody wants.
// error: ignoring return value of
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  sol::open_signer<sol::Read>(accounts.at<0>(), sol::Any{});
#else
  (void)SOL_TRY(sol::open_signer<sol::Read>(accounts.at<0>(), sol::Any{}));
#endif
  return sol::kOk;
}
