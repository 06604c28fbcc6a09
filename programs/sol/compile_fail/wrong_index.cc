// A slot that the handler has not declared does not exist.
// error: constraints not satisfied
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  (void)accounts.at<3>();
#else
  (void)accounts.at<2>();
#endif
  return sol::kOk;
}
