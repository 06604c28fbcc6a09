// A rule about state cannot be checked on an account without any.
// error: no matching function for call to 'open_signer'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  (void)SOL_TRY(sol::open_signer<sol::Read>(accounts.at<0>(), sol::Singleton{}));
#else
  (void)SOL_TRY(sol::open_signer<sol::Read>(accounts.at<0>(), sol::Is(context.program_id())));
#endif
  return sol::kOk;
}
