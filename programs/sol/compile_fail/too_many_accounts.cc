// More accounts than a transaction can name.
// error: a transaction has no room for more
#include "sol/compile_fail/common.h"

#ifdef BROKEN
constexpr auto kMost = sol::Accounts<60, 5>::kMax;
#else
constexpr auto kMost = sol::Accounts<60, 4>::kMax;
#endif
