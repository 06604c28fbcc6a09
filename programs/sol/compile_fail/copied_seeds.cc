// Seeds hold pointers into themselves.
// error: call to deleted constructor of
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  sol::Seeds seeds("vault");
  sol::Seeds other(seeds);
  (void)other;
#else
  sol::Seeds seeds("vault");
  const sol::Seeds<1>& other(seeds);
  (void)other;
#endif
  return sol::kOk;
}
