// Handles are made by their open_ functions.
// error: calling a private constructor of class
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  alignas(8) static std::uint8_t bytes[200];
  const sol::State<Pool, sol::Write> pool(reinterpret_cast<sol::detail::RawAccount*>(bytes));
  (void)pool;
#else
  (void)SOL_TRY((sol::open_state<Pool, sol::Write>(accounts.at<0>(), context, sol::Singleton{})));
#endif
  return sol::kOk;
}
