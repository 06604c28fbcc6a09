// An address is base58 of 32 bytes, or does not compile.
// error: this_is_not_base58_of_32_bytes
#include "sol/compile_fail/common.h"

#ifdef BROKEN
constexpr sol::Key kWrong = sol::key("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5D");
#else
constexpr sol::Key kRight = sol::key("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
#endif
