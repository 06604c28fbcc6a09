// A layout without tag and version cannot be opened.
// error: no matching function for call to 'open_state'
#include "sol/compile_fail/common.h"

struct Untagged {
  sol::AccountHeader header;
  std::uint64_t total;
};

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  (void)SOL_TRY((sol::open_state<Untagged, sol::Read>(accounts.at<0>(), context, sol::Any{})));
#else
  (void)SOL_TRY((sol::open_state<Pool, sol::Read>(accounts.at<0>(), context, sol::Any{})));
#endif
  return sol::kOk;
}
