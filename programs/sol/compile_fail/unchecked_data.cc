// A view shows an address and nothing else.
// error: no member named 'data' in 'sol::AccountView'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  return accounts.at<0>().data()[0] == 0 ? sol::kOk : sol::Error(sol::Check::WrongTag);
#else
  return accounts.at<0>().key().is_zero() ? sol::kOk : sol::Error(sol::Check::WrongTag);
#endif
  return sol::kOk;
}
