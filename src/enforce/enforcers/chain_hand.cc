#include "enforce/enforcers/chain_hand.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/log.h"
#include "chain/fault.h"
#include "chain/programs.h"

namespace wardhive {
namespace {

using chain::Pubkey;
using swarm::InstructionTag;

constexpr std::uint64_t kSignedSlots = 150;  // a minute, as a blockhash lasts
// Leases that can't move now may do so later: a standby comes back, an escrow is filled.
constexpr Duration kLeasesEvery = minutes(1);
constexpr Duration kLeasesAgain = seconds(2);  // after a failure, doubled up to the minute

// The program's word: it says so again until something changes.
bool is_programs(const Error& error) { return error.reason == chain::reason::kProgramError; }

bool has_standby(const chain::KeyedLease& lease) {
  const auto& seats = lease.lease.seats;
  return std::any_of(seats + lease.lease.seat + 1, seats + swarm::kSeats,
                     [](const auto& seat) { return chain::pubkey_of(seat.node) != Pubkey{}; });
}

}  // namespace

void ChainTask::take(const WantedQuarantine& other) {
  if (other.present != wanted.present || other.version != wanted.version) {
    outcome.reset();
    problem.clear();
  }
  wanted = other;
}

bool ChainTask::settled() const {
  if (!outcome || in_flight) return false;
  if (outcome->kind != NextStep::Kind::Holds) return true;
  return !leases.in_flight && (leases.done || !leases.problem.empty());
}

SetBits ChainHand::bits_of(const swarm::Set& set) const {
  SetBits bits;
  const std::size_t size = std::min<std::size_t>(set.size, bits.size());
  for (std::size_t bit = 0; bit < size; ++bit)
    if (std::ranges::count(keys_.keys, chain::pubkey_of(set.keys[bit])) != 0) bits.set(bit);
  return bits;
}

Status ChainHand::check() {
  WARDHIVE_ASSIGN(keys_, signer_.keys());
  WARDHIVE_ASSIGN(const auto config, chain::read_account<swarm::Config>(
                                         rpc_, addresses_.config, addresses_.program, "config"));
  if (config.state != swarm::Config::kSealed)
    return fail(
        ErrorCode::Conflict,
        fmt::format("the program {} is not sealed; nothing is signed for one that may still "
                    "change",
                    addresses_.program.text()));
  WARDHIVE_ASSIGN(const auto set, chain::read_account<swarm::Set>(rpc_, addresses_.sentinel,
                                                                  addresses_.program, "sentinels"));
  if (bits_of(set).none())
    return fail(ErrorCode::PermissionDenied,
                fmt::format("none of the {} keys here is in the sentinel set of {}",
                            keys_.keys.size(), addresses_.program.text()));
  return ok();
}

Result<std::optional<ChainHand::Look>> ChainHand::look(const ChainTask& task) {
  const std::array keys{task.account, addresses_.sentinel, chain::programs::kClockSysvar};
  WARDHIVE_ASSIGN(const auto accounts, rpc_.accounts(keys));
  if (accounts.size() != keys.size())
    return chain::fault(ErrorCode::Unavailable, chain::reason::kBadAnswer,
                        "the endpoint left out accounts");
  if (!accounts[0]) return std::optional<Look>{};
  WARDHIVE_TRY(chain::check_owner(accounts[0], task.account, addresses_.program, "node"));
  WARDHIVE_TRY(
      chain::check_owner(accounts[1], addresses_.sentinel, addresses_.program, "sentinels"));
  Look look;
  WARDHIVE_ASSIGN(look.chain.node, chain::decode_account<swarm::Node>(accounts[0]->data, "node"));
  WARDHIVE_ASSIGN(look.chain.sentinels,
                  chain::decode_account<swarm::Set>(accounts[1]->data, "sentinels"));
  WARDHIVE_ASSIGN(look.chain.now, chain::time_of(accounts[2]));
  std::memcpy(&look.chain.slot, accounts[2]->data.data(), sizeof look.chain.slot);
  // Behind, it would show a quarantine as not there yet, or as gone.
  WARDHIVE_TRY(newest_slot_.take(look.chain.slot, clock_.mono()));
  look.ours = bits_of(look.chain.sentinels);
  return std::optional(look);
}

Status ChainHand::step(ChainTask& task, const std::function<bool()>& still) {
  if (task.in_flight) {
    // Bytes of an order that is no more are let run out.
    const auto version = task.in_flight->version;
    const auto wanted = [&] { return version == task.wanted.version && still(); };
    WARDHIVE_ASSIGN(auto failure, follow(task.in_flight, wanted));
    if (task.in_flight) return ok();
    task.problem = std::move(failure);
  }
  WARDHIVE_ASSIGN(const auto seen, look(task));
  if (!seen) {
    task.holds_until = 0;
    task.outcome =
        NextStep{.kind = task.wanted.present ? NextStep::Kind::Refuse : NextStep::Kind::Gone,
                 .says = task.account.text() + " is no node on the chain"};
    return ok();
  }
  const auto& c = seen->chain;
  task.chain_now = c.now;
  task.holds_until = c.node.q_at <= c.now && c.now < c.node.q_until ? c.node.q_until : 0;
  if (task.leases.incident != c.node.last_incident)
    task.leases = {.in_flight = std::move(task.leases.in_flight),
                   .problem = {},
                   .incident = c.node.last_incident};
  const auto next = next_step(c, task.wanted, seen->ours);
  task.outcome.reset();
  switch (next.kind) {
    case NextStep::Kind::Holds:
      task.outcome = next;
      move_leases(task);
      return ok();
    case NextStep::Kind::Gone:
    case NextStep::Kind::Over:
    case NextStep::Kind::Refuse:
      task.outcome = next;
      return ok();
    case NextStep::Kind::Wait:
      if (task.problem.empty() || task.wanted.may_sign) task.problem = next.says;
      return ok();
    case NextStep::Kind::Quarantine:
    case NextStep::Kind::Release:
      return act(task, next, *seen, still);
  }
  return ok();
}

Status ChainHand::act(ChainTask& task, const NextStep& step, const Look& look,
                      const std::function<bool()>& still) {
  const bool begins = step.kind == NextStep::Kind::Quarantine;
  chain::SwarmInstruction instruction(
      addresses_, begins ? InstructionTag::Quarantine : InstructionTag::Release);
  instruction.account("set", addresses_.sentinel)
      .account("target", task.account)
      .number("kind", static_cast<std::uint64_t>(swarm::Target::Node))
      .number("incident", step.incident);
  if (begins) instruction.number("seconds", step.seconds).number("reason", swarm::kReasonsNetwork);
  instruction.number("mask", step.signers.to_ulong())
      .number("valid_until_slot", look.chain.slot + kSignedSlots);
  for (std::size_t bit = 0; bit < step.signers.size(); ++bit)
    if (step.signers[bit]) instruction.set_signer(chain::pubkey_of(look.chain.sentinels.keys[bit]));
  WARDHIVE_ASSIGN(auto refused, send(task.in_flight, instruction.build(),
                                     fmt::format("{} as incident {}",
                                                 begins ? "quarantine" : "release", step.incident),
                                     still));
  if (!task.in_flight) {
    task.problem = std::move(refused);
    return ok();
  }
  task.in_flight->version = task.wanted.version;
  task.problem = fmt::format("{} is sent ({}) and not confirmed yet", task.in_flight->what,
                             task.in_flight->flight.signature.text());
  return ok();
}

Result<std::string> ChainHand::send(std::optional<InFlight>& flight, chain::Instruction instruction,
                                    std::string what, const std::function<bool()>& still) {
  const chain::Plan plan{
      .instructions = {std::move(instruction)},
      .payer = keys_.payer,
      .priority_fee = {std::min(fee_lamports_max_, keys_.fee_lamports_max), not_included_},
      .slot_min = newest_slot_.slot()};
  auto prepared = chain::prepare(rpc_, plan);
  if (!prepared) {
    if (!is_programs(prepared.error())) return std::unexpected(prepared.error());
    return fmt::format("{}: {}", what, prepared.error().message);
  }
  if (!still()) return std::string("nobody asks for it any more");
  WARDHIVE_ASSIGN(auto transaction, chain::sign(std::move(prepared->message), signer_));
  const auto signature = transaction.id();
  flight = InFlight{.flight = {.transaction = std::move(transaction),
                               .signature = signature,
                               .last_valid_height = prepared->last_valid_height},
                    .what = std::move(what)};
  // Whether it was taken does not matter: it is asked for, and sent again.
  (void)rpc_.send(flight->flight.transaction);
  return std::string();
}

Result<std::string> ChainHand::follow(std::optional<InFlight>& flight,
                                      const std::function<bool()>& still) {
  WARDHIVE_ASSIGN(const auto look, chain::look_at(rpc_, flight->flight, still));
  if (look.at == chain::FlightLook::At::OnItsWay) return std::string();
  std::string failure;
  if (look.why.reason == chain::reason::kBlockhashExpired)
    ++not_included_;
  else
    not_included_ = 0;
  if (look.at == chain::FlightLook::At::Landed) {
    log::info("chain_transaction_confirmed",
              {{"what", flight->what}, {"signature", flight->flight.signature.text()}});
  } else {
    failure = fmt::format("{}: {}", flight->what, look.why.message);
    log::warn("chain_transaction_failed", {{"problem", failure}});
  }
  flight.reset();
  return failure;
}

void ChainHand::move_leases(ChainTask& task) {
  auto& moves = task.leases;
  const auto now = clock_.mono();
  if (!moves.in_flight && now < moves.due) return;
  const auto moved = move_one(task);
  if (moved) {
    moves.problem.clear();
    moves.failures = 0;
    moves.due = moves.done ? now + kLeasesEvery : now;
    return;
  }
  // Whoever else moves leases may be faster, and not every endpoint lists accounts.
  if (moves.problem != moved.error().message)
    log::warn("chain_leases_stay", {{"problem", moved.error().message}});
  moves.problem = moved.error().message;
  moves.due = now + std::min(kLeasesEvery, kLeasesAgain * (1 << std::min(moves.failures, 5u)));
  ++moves.failures;
}

// One lease a step; anybody may move it, so one that somebody else moved is just not found again.
Status ChainHand::move_one(ChainTask& task) {
  auto& moves = task.leases;
  const auto wanted = [&] { return task.wanted.present; };
  if (moves.in_flight) {
    WARDHIVE_ASSIGN(const auto failure, follow(moves.in_flight, wanted));
    if (!failure.empty()) return fail(ErrorCode::Conflict, failure);
    if (moves.in_flight) return ok();
    ++moves.moved;
  }
  moves.done = false;
  WARDHIVE_ASSIGN(const auto leases,
                  chain::leases_served_by(rpc_, addresses_.program, task.account));
  // After a failure the next one has its turn.
  for (std::size_t i = 0; i < leases.size(); ++i) {
    const auto& lease = leases[(i + moves.failures) % leases.size()];
    if (!has_standby(lease) || lease.lease.end <= task.chain_now || lease.lease.escrow == 0)
      continue;
    WARDHIVE_ASSIGN(auto instruction, chain::failover_instruction(rpc_, addresses_, lease));
    // What the program will not have (no standby may serve, say) stays until the next look.
    WARDHIVE_TRY(
        send(moves.in_flight, std::move(instruction), "failover of " + lease.key.text(), wanted));
    if (moves.in_flight) return ok();
  }
  moves.done = true;
  return ok();
}

}  // namespace wardhive
