#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace wardhive {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "wardhive: bug: %s:%d: assertion failed: %s\n", file, line, expression);
  std::abort();
}

}  // namespace wardhive
