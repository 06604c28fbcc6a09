// A seed that the runtime would refuse at every call.
// error: a seed has at most 32 bytes
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  sol::Seeds seeds("123456789012345678901234567890123");
  (void)seeds;
#else
  sol::Seeds seeds("12345678901234567890123456789012");
  (void)seeds;
#endif
  return sol::kOk;
}
