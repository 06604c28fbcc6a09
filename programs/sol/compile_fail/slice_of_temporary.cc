// A slice must not outlive what it shows.
// error: call to deleted function 'slice_of'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  const sol::Slice part = sol::slice_of(std::uint64_t{5});
  (void)part;
#else
  const std::uint64_t five = 5;
  const sol::Slice part = sol::slice_of(five);
  (void)part;
#endif
  return sol::kOk;
}
