// Nobody may turn a handle for reading into one for writing.
// error: no viable conversion
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), context, sol::Singleton{})));
  const sol::State<Pool, sol::Write> other = pool;
  (void)other;
#else
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(accounts.at<0>(), context, sol::Singleton{})));
  const sol::State<Pool, sol::Read> other = pool;
  (void)other;
#endif
  return sol::kOk;
}
