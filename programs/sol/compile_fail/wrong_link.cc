// A link names a field of the very type that is opened.
// error: no matching function for call to 'open_state'
#include "sol/compile_fail/common.h"

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  const sol::Key& key = context.program_id();
  (void)SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), context,
                                                  sol::Linked<&Position::owner>(key))));
#else
  const sol::Key& key = context.program_id();
  (void)SOL_TRY((sol::open_state<Position, sol::Read>(accounts.at<0>(), context,
                                                      sol::Linked<&Position::owner>(key))));
#endif
  return sol::kOk;
}
