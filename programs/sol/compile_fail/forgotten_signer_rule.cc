// Who has to sign is said, if only by Any.
// error: no matching function for call to 'open_signer'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  (void)SOL_TRY(sol::open_signer<sol::Read>(accounts.at<0>()));
#else
  (void)SOL_TRY(sol::open_signer<sol::Read>(accounts.at<0>(), sol::Any{}));
#endif
  return sol::kOk;
}
