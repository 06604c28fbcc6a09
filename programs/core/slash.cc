// After an accusation that was not disputed in time, or was upheld (D8): taking the stake, paying
// the node's tenants, giving back what comes back, and burning the rest. Nothing goes to who
// accused, decided or is staked beside.
#include "core/rules/slash.h"
#include "core/handlers.h"
#include "core/rules/downtime.h"
#include "core/rules/stream.h"
#include "core/vault.h"

namespace swarm {

namespace {

// Burns out of the stake vault. The accounts are looked at only if there is something to burn.
[[gnu::noinline]] sol::Error burn_stake(const ConfigState& config, sol::AccountView vault_view,
                                        sol::AccountView mint, sol::AccountView token_program,
                                        std::uint64_t amount) {
  if (amount == 0) return sol::kOk;
  const auto token = SOL_TRY(sol::open_token_program(token_program));
  const auto vault = SOL_TRY(open_vault(vault_view, token, config->stake_vault));
  // Its supply changes. What it is was asked when the program was set up, and no mint of ours
  // closes.
  SOL_TRY(sol::open_recipient(mint, sol::Is(config->mint)));
  sol::Seeds seeds("sv");
  seeds.set_bump(config->stake_vault_bump);
  const sol::SignerSeeds signer = seeds.signer();
  return sol::burn_checked(token, {vault, mint, vault, amount, config->decimals}, {&signer, 1});
}

[[gnu::always_inline]] inline bool is_spent(const Incident& incident) {
  return incident.pot == 0 && incident.recovered == incident.recoverable;
}

[[gnu::always_inline]] inline bool pot_over(const Incident& incident, const Moment& now) {
  return passed(incident.executed_at + kPotTime, incident.executed_slot + kPotTime, now);
}

struct Return {
  const sol::Context& context;
  const Config& config;
  Pool& pool;
  const Moment& now;
};

// More than any amount: nothing more comes back.
constexpr std::uint64_t kForfeited = ~std::uint64_t{0};

// Puts what has come back by now into the accused's stake; returns how much, or kForfeited if it
// was slashed again since. Who emptied and closed the position after that has nothing to get
// either: one to which something can come back does not close.
[[gnu::always_inline]] inline sol::Result<std::uint64_t> come_back(const Return& to,
                                                                   Incident& incident,
                                                                   sol::AccountView view) {
  SOL_TRY(sol::open_address(view, sol::Is(incident.position)));
  const auto opened =
      sol::open_state<Position, sol::Write>(view, to.context, sol::Is(incident.position));
  if (!opened.ok() && opened.error() == sol::Error(sol::Check::WrongOwner)) return kForfeited;
  const auto position = SOL_TRY(opened);
  if (position->id != incident.position_id || position->slashes != incident.slash_number)
    return kForfeited;
  const std::uint64_t x =
      sol::saturating_sub(SOL_TRY(recovered_by(incident, to.now)), incident.recovered);
  if (x == 0) return x;
  settle_pool(to.pool, to.now);
  SOL_CHECK(settle_position(to.pool, *position));
  SOL_CHECK(give_stake(to.pool, *position, to.config.roles[position->role % kRoles], x, to.now.t));
  to.pool.principal += x;
  to.pool.seq += 1;
  incident.recovered += x;
  if (incident.recovered == incident.recoverable) position->recovering = 0;
  position->seq += 1;
  return x;
}

}  // namespace

sol::Error execute(const sol::Context& context, const AccountsOf<InstructionTag::Execute>& accounts,
                   const ArgsOf<InstructionTag::Execute>&) {
  constexpr InstructionTag kSelf = InstructionTag::Execute;
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Write>(SWARM_ACCOUNT(fleet), context));
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(SWARM_ACCOUNT(pool), context, sol::Singleton{})));
  // Any incident: whether its time has come is all that counts.
  const auto incident = SOL_TRY(
      (sol::open_state<Incident, sol::Write>(SWARM_ACCOUNT(incident), context, sol::Any{})));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(position), context, sol::Is(incident->position))));
  const auto rent_to =
      SOL_TRY(sol::open_recipient(SWARM_ACCOUNT(rent_to), sol::Is(incident->opener)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::Incident, now));
  if (incident->state == static_cast<std::uint8_t>(IncidentState::Open)) {
    if (!passed(incident->deadline, incident->deadline_slot, now))
      return sol::Error(Fault::DisputeRunning);
    const auto bond_position = SOL_TRY((sol::open_state<Position, sol::Write>(
        SWARM_ACCOUNT(bond_position), context, sol::Is(incident->bond_position))));
    bond_position->at_risk -= incident->bond;
    bond_position->seq += 1;
    incident->bond = 0;
  } else if (incident->state != static_cast<std::uint8_t>(IncidentState::Upheld)) {
    return sol::Error(Fault::NotUpheld);
  }
  if (!take_slash_window(*position, incident->bps, now.t))
    return sol::Error(Fault::SlashCapReached);
  const std::uint64_t loss = incident->loss;
  SOL_CHECK(take_slash_budget(*fleet, pool->principal, loss, now.t));
  const bool on_node = !sol::as_key(incident->node).is_zero();
  if (on_node) {
    // It is there: retire_node closes none while its owner's stake is at risk.
    const auto node = SOL_TRY(
        (sol::open_state<Node, sol::Read>(SWARM_ACCOUNT(node), context, sol::Is(incident->node))));
    incident->gap = sol::saturating_sub(down_by(*node, now.t), incident->down);
  }

  settle_pool(*pool, now);
  SOL_CHECK(settle_position(*pool, *position));
  position->at_risk -= loss;
  SOL_CHECK(take_stake(*pool, *position, loss));
  pool->principal -= loss;
  const std::uint64_t burned = split_loss(*incident, on_node);
  position->slashes += 1;
  position->recovering = incident->recoverable != 0 ? 1 : 0;
  position->seq += 1;
  incident->slash_number = position->slashes;
  incident->executed_at = now.t;
  incident->executed_slot = now.slot;
  incident->state = static_cast<std::uint8_t>(IncidentState::Executed);
  fleet->seq += 1;
  pool->seq += 1;
  emit<event::IncidentExecuted>(incident->category, incident->seq, now, incident->id, loss,
                                incident->pot, incident->recoverable, burned);
  SOL_CHECK(burn_stake(config, SWARM_ACCOUNT(stake_vault), SWARM_ACCOUNT(mint),
                       SWARM_ACCOUNT(token_program), burned));
  if (is_spent(*incident)) sol::close_state(incident, rent_to);
  return sol::kOk;
}

sol::Error compensate(const sol::Context& context,
                      const AccountsOf<InstructionTag::Compensate>& accounts,
                      const ArgsOf<InstructionTag::Compensate>& args) {
  constexpr InstructionTag kSelf = InstructionTag::Compensate;
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  // Any incident and any lease: it pays only the tenant of one that the incident hit.
  const auto incident = SOL_TRY(
      (sol::open_state<Incident, sol::Write>(SWARM_ACCOUNT(incident), context, sol::Any{})));
  const auto lease =
      SOL_TRY((sol::open_state<Lease, sol::Write>(SWARM_ACCOUNT(lease), context, sol::Any{})));
  Moment now{};
  SOL_CHECK(read_moment(now));
  if (incident->state != static_cast<std::uint8_t>(IncidentState::Executed))
    return sol::Error(Fault::NotExecuted);
  if (pot_over(*incident, now)) return sol::Error(Fault::PotOver);
  const std::uint64_t index = SWARM_ARGUMENT(seat);
  if (index >= kSeats) return sol::Error(Fault::UnknownKind);
  const Seat& seat = lease->seats[index];
  if (!(sol::as_key(seat.node) == sol::as_key(incident->node)) ||
      !(sol::as_key(seat.owner) == sol::as_key(incident->owner)))
    return sol::Error(Fault::LeaseNotHit);
  if (sol::as_key(lease->tenant) == sol::as_key(incident->owner)) return sol::Error(Fault::OwnNode);
  const std::uint8_t bit = static_cast<std::uint8_t>(1u << index);
  if ((lease->compensated & bit) != 0) return sol::Error(Fault::AlreadyCompensated);
  // A lease that began later was taken with open eyes, or to get at the pot.
  if (lease->opened_at > incident->since || lease->end <= incident->since)
    return sol::Error(Fault::LeaseNotHit);
  const std::uint64_t gap = lesser(incident->gap, lease->end - incident->since);
  const std::uint64_t x = compensation(seat, gap, incident->pot);
  if (x == 0) return sol::Error(Fault::LeaseNotHit);
  incident->pot -= x;
  lease->compensated |= bit;
  lease->seq += 1;
  emit<event::Compensated>(static_cast<std::uint32_t>(index), incident->seq, now, incident->id, x,
                           incident->pot);

  const auto token = SOL_TRY(sol::open_token_program(SWARM_ACCOUNT(token_program)));
  const auto mint = SOL_TRY(sol::open_mint(SWARM_ACCOUNT(mint), token, sol::Is(config->mint)));
  const auto vault = SOL_TRY(open_vault(SWARM_ACCOUNT(stake_vault), token, config->stake_vault));
  const auto to = SOL_TRY(sol::open_token_account<sol::Write>(SWARM_ACCOUNT(to), token, sol::Any{},
                                                              sol::MintIs(config->mint),
                                                              sol::AuthorityIs(lease->tenant)));
  return pay_out(accounts, config, token, {vault, mint, to, vault, x}, "sv",
                 config->stake_vault_bump);
}

sol::Error recover(const sol::Context& context, const AccountsOf<InstructionTag::Recover>& accounts,
                   const ArgsOf<InstructionTag::Recover>&) {
  constexpr InstructionTag kSelf = InstructionTag::Recover;
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto pool =
      SOL_TRY((sol::open_state<Pool, sol::Write>(SWARM_ACCOUNT(pool), context, sol::Singleton{})));
  // Any incident: what comes back goes where it came from.
  const auto incident = SOL_TRY(
      (sol::open_state<Incident, sol::Write>(SWARM_ACCOUNT(incident), context, sol::Any{})));
  const auto rent_to =
      SOL_TRY(sol::open_recipient(SWARM_ACCOUNT(rent_to), sol::Is(incident->opener)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  if (incident->state != static_cast<std::uint8_t>(IncidentState::Executed))
    return sol::Error(Fault::NotExecuted);
  const bool was_spent = is_spent(*incident);
  std::uint64_t burned = 0;
  if (pot_over(*incident, now)) {
    burned = incident->pot;
    incident->pot = 0;
  }
  std::uint64_t x = 0;
  if (incident->recovered != incident->recoverable) {
    x = SOL_TRY(come_back({context, *config, *pool, now}, *incident, SWARM_ACCOUNT(position)));
    if (x == kForfeited) {
      x = 0;
      burned += incident->recoverable - incident->recovered;
      incident->recoverable = incident->recovered;
    }
  }
  if (x == 0 && burned == 0 && !was_spent) return sol::Error(Fault::NothingToRecover);
  emit<event::Recovered>(0, incident->seq, now, incident->id, x, incident->recovered, burned);
  SOL_CHECK(burn_stake(config, SWARM_ACCOUNT(stake_vault), SWARM_ACCOUNT(mint),
                       SWARM_ACCOUNT(token_program), burned));
  if (is_spent(*incident)) sol::close_state(incident, rent_to);
  return sol::kOk;
}

}  // namespace swarm
