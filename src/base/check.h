// WARDHIVE_ASSERT: our own bug. Always on; prints where and stops the process, which comes back
// from its snapshot. Never for input or environment.
#pragma once

namespace wardhive {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}

#define WARDHIVE_ASSERT(expression)    \
  ((expression) ? static_cast<void>(0) \
                : ::wardhive::assertion_failed(#expression, __FILE__, __LINE__))
