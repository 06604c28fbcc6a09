// A provider's nodes: what they are, what they cost, and how they end.
#include "core/handlers.h"
#include "core/node_state.h"
#include "core/rules/downtime.h"
#include "core/sets.h"
#include "sol/system.h"

namespace swarm {

namespace {

struct Terms {
  std::uint64_t units;
  std::uint64_t price;
  std::uint8_t accept_standby;
};

[[gnu::always_inline]] inline sol::Error check_terms(const Terms& terms) {
  if (terms.units == 0 || terms.units > kUnitsMax) return sol::Error(Fault::UnitsOutOfRange);
  if (terms.price == 0 || terms.price > kPriceMax) return sol::Error(Fault::PriceOutOfRange);
  return terms.accept_standby <= 1 ? sol::kOk : sol::Error(Fault::UnknownKind);
}

// Puts the node's bond to what its units ask for now; the stake must cover all bonds.
[[gnu::always_inline]] inline sol::Error set_bond(Node& node, Position& position,
                                                  const Config& config, std::uint64_t units) {
  const std::uint64_t bond = units * config.bond_per_unit;  // at most 2^20 x 2^41
  const std::uint64_t others = position.bonded - node.bond;
  if (!covers_bond(position, others + bond)) return sol::Error(Fault::BondNotCovered);
  position.bonded = others + bond;
  node.bond = bond;
  return sol::kOk;
}

// What the sentinels vouch for, in the node and in the sum of all.
[[gnu::always_inline]] inline void set_attested(Node& node, Fleet& fleet, std::uint64_t units) {
  fleet.units_total =
      fleet.units_total - node.attested_units + units;  // the sum contains the node's
  node.attested_units = static_cast<std::uint32_t>(units);
}

// One level more per epoch in which the node was not out of service; a first attestation starts the
// count.
[[gnu::always_inline]] inline void raise_level(Node& node, const Moment& now) {
  const std::uint64_t epoch = epoch_of(now.t);
  const bool first = node.attested_until == 0;
  const bool clean = node.q_until == node.q_at || epoch_of(node.q_until) < epoch;
  if (!first && epoch > node.level_epoch && clean && node.level < kLevelMax) node.level += 1;
  if (first || epoch > node.level_epoch) node.level_epoch = epoch;
}

}  // namespace

sol::Error register_node(const sol::Context& context,
                         const AccountsOf<InstructionTag::RegisterNode>& accounts,
                         const ArgsOf<InstructionTag::RegisterNode>& args) {
  constexpr InstructionTag kSelf = InstructionTag::RegisterNode;
  const auto owner = SOL_TRY(sol::open_signer<sol::Write>(SWARM_ACCOUNT(owner), sol::Any{}));
  // Its own key signs, so nobody can register another's machine.
  const auto identity = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(identity), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Read>(SWARM_ACCOUNT(fleet), context));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(position), context, sol::Linked<&Position::owner>(owner.key()))));
  const auto system = SOL_TRY(sol::open_system_program(SWARM_ACCOUNT(system_program)));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::Nodes, now));
  SOL_CHECK(check_not_frozen(*position, now));
  if (position->role != static_cast<std::uint8_t>(Role::HardwareProvider))
    return sol::Error(Fault::WrongRole);
  const Terms terms{SWARM_ARGUMENT(units), SWARM_ARGUMENT(price), SWARM_ARGUMENT(accept_standby)};
  SOL_CHECK(check_terms(terms));

  sol::Seeds seeds("node", identity.key());
  const auto node = SOL_TRY(sol::create_state<Node>(SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(node))),
                                                    {context, owner, system}, seeds));
  assign(node->owner, owner.key());
  assign(node->identity, identity.key());
  assign(node->position, position.key());
  node->price = terms.price;
  node->units = static_cast<std::uint32_t>(terms.units);
  node->accept_standby = terms.accept_standby;
  SOL_CHECK(set_bond(*node, *position, *config, terms.units));
  position->seq += 1;
  emit<event::NodeRegistered>(terms.accept_standby, node->seq, now, terms.units, node->price,
                              node->bond);
  return sol::kOk;
}

sol::Error attest_node(const sol::Context& context,
                       const AccountsOf<InstructionTag::AttestNode>& accounts,
                       const ArgsOf<InstructionTag::AttestNode>& args) {
  constexpr InstructionTag kSelf = InstructionTag::AttestNode;
  const auto payer = SOL_TRY(sol::open_signer<sol::Write>(SWARM_ACCOUNT(payer), sol::Any{}));
  SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Write>(SWARM_ACCOUNT(fleet), context));
  const auto sentinel = SOL_TRY(open_set(SWARM_ACCOUNT(sentinel), context, SetKind::Sentinel));
  // Any node: the sentinels say which.
  const auto node =
      SOL_TRY((sol::open_state<Node, sol::Write>(SWARM_ACCOUNT(node), context, sol::Any{})));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_running(fleet, Pause::Nodes, now));
  SOL_CHECK(check_signature(
      sentinel, {SWARM_ARGUMENT(mask), SWARM_ARGUMENT(valid_until_slot), sentinel->threshold},
      accounts, now));
  if (node->retire_at != 0) return sol::Error(Fault::NodeRetiring);
  if (is_quarantined(*node, now.t)) return sol::Error(Fault::NodeQuarantined);
  const std::uint64_t units = SWARM_ARGUMENT(units);
  if (units == 0 || units > node->units) return sol::Error(Fault::UnitsOutOfRange);
  const std::uint64_t until = SWARM_ARGUMENT(until);
  if (until < now.t + kAttestationMin || until > now.t + kAttestationMax)
    return sol::Error(Fault::AttestationOutOfRange);

  const sol::Key& sha256 = SWARM_ARGUMENT(sha256);
  if (node->attested_until == 0) {
    const auto system = SOL_TRY(sol::open_system_program(SWARM_ACCOUNT(system_program)));
    sol::Seeds seeds("dig", sha256);
    const auto digest = SOL_TRY(sol::create_state<Digest>(
        SOL_TRY(sol::open_vacant(SWARM_ACCOUNT(digest))), {context, payer, system}, seeds));
    assign(digest->sha256, sha256);
    assign(digest->node, node.key());
    assign(digest->rent_to, payer.key());
    assign(node->digest, sha256);
  } else if (!(sol::as_key(node->digest) == sha256)) {
    return sol::Error(Fault::OtherHardware);
  }
  raise_level(*node, now);
  const std::uint64_t before = node->attested_units;
  set_attested(*node, *fleet, units);
  node->attested_until = until;
  fleet->seq += 1;
  emit<event::NodeAttested>(0, node->seq, now, before, units, until, std::uint64_t{node->level});
  return sol::kOk;
}

sol::Error set_terms(const sol::Context& context,
                     const AccountsOf<InstructionTag::SetTerms>& accounts,
                     const ArgsOf<InstructionTag::SetTerms>& args) {
  constexpr InstructionTag kSelf = InstructionTag::SetTerms;
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(owner), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Write>(SWARM_ACCOUNT(fleet), context));
  const auto node = SOL_TRY((sol::open_state<Node, sol::Write>(
      SWARM_ACCOUNT(node), context, sol::Linked<&Node::owner>(owner.key()))));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(position), context, sol::Is(node->position))));
  Moment now{};
  SOL_CHECK(read_moment(now));
  SOL_CHECK(check_not_frozen(*position, now));
  if (node->retire_at != 0) return sol::Error(Fault::NodeRetiring);
  const Terms terms{SWARM_ARGUMENT(units), SWARM_ARGUMENT(price), SWARM_ARGUMENT(accept_standby)};
  SOL_CHECK(check_terms(terms));
  if (terms.units < node->leased) return sol::Error(Fault::UnitsOutOfRange);

  SOL_CHECK(set_bond(*node, *position, *config, terms.units));
  if (terms.units < node->attested_units) set_attested(*node, *fleet, terms.units);
  const std::uint64_t before = node->price;
  node->price = terms.price;
  node->units = static_cast<std::uint32_t>(terms.units);
  node->accept_standby = terms.accept_standby;
  position->seq += 1;
  fleet->seq += 1;
  emit<event::TermsSet>(terms.accept_standby, node->seq, now, terms.units, before, node->price,
                        node->bond);
  return sol::kOk;
}

sol::Error retire_node(const sol::Context& context,
                       const AccountsOf<InstructionTag::RetireNode>& accounts,
                       const ArgsOf<InstructionTag::RetireNode>&) {
  constexpr InstructionTag kSelf = InstructionTag::RetireNode;
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(SWARM_ACCOUNT(owner), sol::Any{}));
  const auto config = SOL_TRY(open_sealed(SWARM_ACCOUNT(config), context));
  const auto fleet = SOL_TRY(open_fleet<sol::Write>(SWARM_ACCOUNT(fleet), context));
  const auto node = SOL_TRY((sol::open_state<Node, sol::Write>(
      SWARM_ACCOUNT(node), context, sol::Linked<&Node::owner>(owner.key()))));
  const auto position = SOL_TRY((sol::open_state<Position, sol::Write>(
      SWARM_ACCOUNT(position), context, sol::Is(node->position))));
  Moment now{};
  SOL_CHECK(read_moment(now));
  // Not a way around a quarantine: a node that was registered anew would have none.
  if (is_quarantined(*node, now.t)) return sol::Error(Fault::NodeQuarantined);
  SOL_CHECK(check_not_frozen(*position, now));
  if (node->leased != 0) {
    if (is_retired(*node, now.t)) return sol::Error(Fault::LeasesLeft);
    if (node->retire_at != 0) return sol::Error(Fault::NoticeRunning);
    node->retire_at = now.t + config->notice;
    emit<event::NodeRetired>(0, node->seq, now, node->retire_at, node->bond);
    return sol::kOk;
  }
  // An incident may be about this node: its tenants are paid by what it says.
  if (position->at_risk != 0) return sol::Error(Fault::StakeAtRisk);
  const auto rent_to = SOL_TRY(sol::open_recipient(SWARM_ACCOUNT(rent_to), sol::Is(node->owner)));
  if (node->attested_until != 0) {
    const auto digest = SOL_TRY((sol::open_state<Digest, sol::Write>(
        SWARM_ACCOUNT(digest), context, sol::Linked<&Digest::node>(node.key()))));
    const auto digest_rent_to =
        SOL_TRY(sol::open_recipient(SWARM_ACCOUNT(digest_rent_to), sol::Is(digest->rent_to)));
    sol::close_state(digest, digest_rent_to);
  }
  set_attested(*node, *fleet, 0);
  position->bonded -= node->bond;
  position->seq += 1;
  fleet->seq += 1;
  emit<event::NodeRetired>(1, node->seq, now, now.t, node->bond);
  sol::close_state(node, rent_to);
  return sol::kOk;
}

}  // namespace swarm
