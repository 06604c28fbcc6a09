// An error that is dropped is a check that was not made.
// error: ignoring return value of
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  sol::Clock clock;
  sol::read_clock(clock);
#else
  sol::Clock clock;
  SOL_CHECK(sol::read_clock(clock));
#endif
  return sol::kOk;
}
