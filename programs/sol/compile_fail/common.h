// What the cases share. Each .cc here compiles as it stands, and fails with its `// error:` text
// when BROKEN is defined (check.py tries both).
#pragma once

#include "sol/account.h"
#include "sol/checked.h"
#include "sol/cpi.h"
#include "sol/entrypoint.h"
#include "sol/event.h"
#include "sol/hash.h"
#include "sol/pda.h"
#include "sol/system.h"
#include "sol/sysvar.h"
#include "sol/token.h"
#include "sol/token_cpi.h"

struct Pool {
  static constexpr std::uint8_t kTag = 1;
  static constexpr std::uint8_t kVersion = 1;
  static constexpr bool kSingleton = true;
  sol::AccountHeader header;
  std::uint64_t total;
};
struct Position {
  static constexpr std::uint8_t kTag = 2;
  static constexpr std::uint8_t kVersion = 1;
  static constexpr bool kSingleton = false;
  sol::AccountHeader header;
  sol::Key owner;
};

using Accounts = sol::Accounts<3>;
