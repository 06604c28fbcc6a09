// One tag, one instruction.
// error: two instructions have the same tag
#include "sol/compile_fail/common.h"

sol::Error first(const sol::Context&, const sol::Accounts<1>&, const sol::Args<>&) {
  return sol::kOk;
}
sol::Error second(const sol::Context&, const sol::Accounts<2>&, const sol::Args<>&) {
  return sol::kOk;
}
sol::Error uncounted(const sol::Context&) { return sol::kOk; }

#ifdef BROKEN
std::uint64_t run(std::uint8_t* input, const std::uint8_t* data) {
  return sol::dispatch<sol::On<1, first>, sol::On<1, second>>(input, data);
}
#else
std::uint64_t run(std::uint8_t* input, const std::uint8_t* data) {
  return sol::dispatch<sol::On<1, first>, sol::On<2, second>>(input, data);
}
#endif
