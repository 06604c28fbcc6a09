// One question to HAProxy's runtime API. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "base/time.h"

namespace wardhive {

// Sends `command` (one line; several commands joined by ';') over a connection of its own and
// returns all that is answered. Timeout after `timeout` in all; Unavailable if nobody listens;
// LimitReached past 8 MB.
Result<std::string> ask_haproxy(const Path& socket, std::string_view command, Duration timeout);

}  // namespace wardhive
