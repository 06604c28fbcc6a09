// What can go wrong, said once: ten codes, each with its HTTP status, CLI exit code and whether
// trying again can help. Our code returns these and does not throw.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace wardhive {

enum class ErrorCode {
  InvalidInput,      // somebody sent nonsense
  NotFound,          // no such thing
  Conflict,          // it is already so, or held by somebody else
  LimitReached,      // a bound of base/limits.h or a budget
  PermissionDenied,  // who you are, or what the system lets us do
  Unavailable,       // the world failed; a later try may work
  Timeout,           // the world was too slow
  Corrupt,           // stored bytes are not what we wrote
  Unsupported,       // newer version, or a feature this build lacks
  Internal,          // our own bug, where an assertion would lose data
};

struct ErrorCodeFacts {
  ErrorCode code;
  std::string_view name;  // snake_case, as in JSON
  int http_status;
  int exit_code;  // docs/reference/cli.md: 0 ok 1 failed 2 usage 3 not found 4 denied 5 unreachable
                  // 6 check failed
  bool retry;
};

// Any thread. Never fails: each code has one row.
const ErrorCodeFacts& facts(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;  // where, what was found, what was expected, what to do; no full stop
  // Which of several causes with the same code it was, where callers tell them apart: a stable
  // snake_case word such as "blockhash_expired". "" where the code says it all.
  std::string reason = {};
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}
inline Status ok() { return {}; }

}  // namespace wardhive

// Leaves the function with the error of `expression`, if it has one.
#define WARDHIVE_TRY(expression)                                       \
  do {                                                                 \
    if (auto wardhive_try_ = (expression); !wardhive_try_.has_value()) \
      return std::unexpected(std::move(wardhive_try_).error());        \
  } while (false)

#define WARDHIVE_CONCAT_(a, b) a##b
#define WARDHIVE_CONCAT(a, b) WARDHIVE_CONCAT_(a, b)
// WARDHIVE_ASSIGN(auto body, read_file(path)): binds the value or leaves with the error.
#define WARDHIVE_ASSIGN(declaration, expression) \
  WARDHIVE_ASSIGN_(WARDHIVE_CONCAT(wardhive_result_, __LINE__), declaration, expression)
#define WARDHIVE_ASSIGN_(name, declaration, expression)                   \
  auto name = (expression);                                               \
  if (!name.has_value()) return std::unexpected(std::move(name).error()); \
  declaration = std::move(*name)
