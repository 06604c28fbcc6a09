// Padding would put stack bytes into the log.
// error: no matching function for call to 'emit'
#include "sol/compile_fail/common.h"

struct Padded {
  std::uint8_t kind;
  std::uint64_t amount;
};
struct Full {
  std::uint64_t kind;
  std::uint64_t amount;
};

sol::Error handler(const sol::Context& context, const Accounts& accounts) {
  (void)context;
#ifdef BROKEN
  sol::emit(Padded{1, 2});
#else
  sol::emit(Full{1, 2});
#endif
  return sol::kOk;
}
