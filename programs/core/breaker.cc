// Stopping parts of the program for a time, with a budget: nobody can keep it stopped, and no hot
// key can ever stop the exit (D9).
#include "core/handlers.h"
#include "core/rules/bucket.h"
#include "core/sets.h"

namespace swarm {

namespace {

constexpr std::uint8_t kAllPauses = (1u << kPauseBits) - 1;

[[gnu::always_inline]] inline sol::Error spend(Fleet& fleet, bool guardian, std::uint64_t seconds,
                                               const Moment& now, std::uint64_t& used) {
  Bucket bucket = guardian ? Bucket{fleet.guardian_used, fleet.guardian_at}
                           : Bucket{fleet.sentinel_used, fleet.sentinel_at};
  const std::uint64_t budget = guardian ? kGuardianBudget : kSentinelBudget;
  if (!take(bucket, seconds, budget, kPausePeriod, now.t))
    return sol::Error(Fault::PauseBudgetSpent);
  (guardian ? fleet.guardian_used : fleet.sentinel_used) = bucket.level;
  (guardian ? fleet.guardian_at : fleet.sentinel_at) = bucket.at;
  used = bucket.level;
  return sol::kOk;
}

}  // namespace

sol::Error breaker(const sol::Context& context, const AccountsOf<InstructionTag::Breaker>& accounts,
                   const ArgsOf<InstructionTag::Breaker>& args) {
  constexpr InstructionTag kSelf = InstructionTag::Breaker;
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Write>(SWARM_ACCOUNT(fleet), context));
  // Guardian or sentinel, as its kind says below.
  const auto set =
      SOL_TRY((sol::open_state<Set, sol::Read>(SWARM_ACCOUNT(set), context, sol::Any{})));
  if (set->kind == static_cast<std::uint8_t>(SetKind::Resolver)) return sol::Error(Fault::WrongSet);
  const bool guardian = set->kind == static_cast<std::uint8_t>(SetKind::Guardian);
  Moment now{};
  SOL_CHECK(read_moment(now));
  const std::uint64_t needed = guardian ? set->threshold : 1;
  SOL_CHECK(check_signature(set, {SWARM_ARGUMENT(mask), SWARM_ARGUMENT(valid_until_slot), needed},
                            accounts, now));

  const std::uint8_t what = SWARM_ARGUMENT(what);
  if (what == 0 || (what & ~kAllPauses) != 0) return sol::Error(Fault::UnknownKind);
  const std::uint64_t seconds = SWARM_ARGUMENT(seconds);
  const bool resumes = seconds == 0;
  if (!guardian && (resumes || (what & static_cast<std::uint8_t>(Pause::Withdraw)) != 0))
    return sol::Error(Fault::PauseRefused);
  if (seconds > (guardian ? kGuardianPauseMax : config->sentinel_pause))
    return sol::Error(Fault::PauseTooLong);
  std::uint64_t used = 0;
  SOL_CHECK(spend(*fleet, guardian, seconds, now, used));
  const std::uint64_t until = now.t + seconds;
  std::uint64_t* end = fleet->paused_until;
  for (std::uint64_t rest = what; rest != 0; rest >>= 1, ++end) {
    if ((rest & 1) != 0 && (resumes || *end < until)) *end = until;
  }
  emit<event::Paused>(what, fleet->seq, now, seconds, until, used);
  return sol::kOk;
}

}  // namespace swarm
