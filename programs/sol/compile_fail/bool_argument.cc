// A bool of any other byte than 0 or 1 is undefined behaviour.
// error: an argument is an integer, an enum, a Key, a std::array of bytes, or Rest
#include "sol/compile_fail/common.h"

#ifdef BROKEN
constexpr auto kSize = sol::Args<bool>::kSize;
#else
constexpr auto kSize = sol::Args<std::uint8_t>::kSize;
#endif
