// A market with something to accuse: owner 0 is a provider with node 0, 1 a network operator who
// accuses, kTenant the tenant, 2 nobody in particular.
#pragma once

#include <bit>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "host/address.h"
#include "proof/market_scene.h"

namespace swarm::proof {

inline constexpr std::uint64_t kAccusedStake = 10'000'001;
inline constexpr std::uint64_t kOpenerStake = 50'000'000;  // the role's least
inline constexpr std::uint64_t kCase = 7;

struct Claim {
  std::uint64_t id = kCase;
  Category category = Category::Misreport;
  std::uint16_t bps = 1'000;
  bool on_node = false;
  By by{0b011};
  std::size_t opener = 1;
  std::size_t accused = 0;
};

// Without the stakes, for tests that begin otherwise.
struct Bare {};

class TrialScene : public MarketScene {
 public:
  // The provider for 30 days at weight 1, the operator for a year at weight 1.5.
  TrialScene() { stake_both(); }
  explicit TrialScene(Bare) {}
  void stake_both() {
    must(open(0, kAccusedStake));
    must(open(1, kOpenerStake, 365 * kDay, static_cast<std::uint8_t>(Role::NetworkOperator)));
  }

  Key at_number(const char* seed, std::uint64_t number) const {
    std::uint8_t bytes[8];
    std::memcpy(bytes, &number, 8);
    return solhost::derive({seed, std::span<const std::uint8_t>(bytes)}, program).key;
  }
  Key incident(std::uint64_t id = kCase) const { return at_number("inc", id); }
  Incident incident_of(std::uint64_t id = kCase) const { return read<Incident>(incident(id)); }
  std::uint64_t supply() const {
    std::uint64_t amount = 0;
    std::memcpy(&amount, &bank.data(mint)[36], 8);
    return amount;
  }

  // ---- The trial
  solhost::Instruction accuse(const Claim& claim = {}) const {
    return make(InstructionTag::OpenIncident,
                {{"opener", owner(claim.opener)},
                 {"bond_position", position(2 * claim.opener)},
                 {"position", position(2 * claim.accused)},
                 {"node", claim.on_node ? node(0) : mint},
                 {"incident", incident(claim.id)}},
                Writer()
                    .u64(claim.id)
                    .u8(static_cast<std::uint8_t>(claim.category))
                    .u16(claim.bps)
                    .u8(claim.on_node ? 1 : 0)
                    .key(key("evidence"))
                    .raw(signature(claim.by)),
                signers(SetKind::Sentinel, claim.by.mask));
  }
  solhost::Instruction object(std::size_t i = 0, std::uint64_t id = kCase) const {
    return make(InstructionTag::Dispute, {{"owner", owner(i)}, {"incident", incident(id)}});
  }
  solhost::Instruction decide(Verdict verdict, std::uint16_t bps = 0, By by = {0b011},
                              std::uint64_t id = kCase) const {
    return make(InstructionTag::Resolve, parties(id),
                Writer().u8(static_cast<std::uint8_t>(verdict)).u16(bps).raw(signature(by)),
                signers(SetKind::Resolver, by.mask));
  }
  solhost::Instruction carry_out(std::uint64_t id = kCase) const {
    auto accounts = parties(id);
    const bool on_node = !(incident_of(id).node == swarm::Key{});
    accounts.emplace_back("node", on_node ? node(0) : mint);
    return make(InstructionTag::Execute, accounts);
  }
  solhost::Instruction come_back(std::uint64_t id = kCase) const {
    return make(InstructionTag::Recover, parties(id));
  }
  solhost::Instruction compensate(std::size_t tenant = kTenant, std::uint8_t seat = 0,
                                  std::uint64_t id = kCase) const {
    return make(InstructionTag::Compensate,
                {{"incident", incident(id)}, {"lease", lease(tenant)}, {"to", wallet(tenant)}},
                Writer().u8(seat));
  }
  // Accused, nobody objects, and the time to is over at second `dt`.
  void slash(const Claim& claim, std::uint64_t dt) {
    must(accuse(claim));
    at(dt);
    must(carry_out(claim.id));
  }

  // ---- A node of the provider and a lease of one unit on it, for 100 days
  void start_node() {
    must(enrol(0));
    must(attest(0, kUnits, 80));
  }
  solhost::Instruction hire(std::size_t tenant = kTenant) const {
    Wanted wanted;
    wanted.seconds = 100 * kDay;
    wanted.amount = kPrice * wanted.seconds;
    wanted.changes = {
        {"tenant", owner(tenant)}, {"lease", lease(tenant)}, {"from", wallet(tenant)}};
    return rent(wanted);
  }
  solhost::Instruction settle_lease(std::size_t tenant = kTenant) const {
    return make(InstructionTag::Settle, {{"lease", lease(tenant)}, {"node", node(0)}});
  }
  // By the first sentinel.
  solhost::Instruction take_down(std::uint32_t seconds, std::uint64_t id = kCase) const {
    return isolate(id, {node(0), Target::Node, SetKind::Sentinel, {0b001}, seconds});
  }

  // sv >= sum(amount + unbonding) of all + what incidents keep, and what the pool sums up is what
  // the positions have; else what is wrong.
  std::string stake_adds_up(std::initializer_list<std::uint64_t> ids = {kCase}) const {
    std::uint64_t principal = 0;
    std::uint64_t weight = 0;
    for (std::size_t i = 0; i < kPositions; ++i) {
      const Position p = read<Position>(position(i));
      principal += p.amount + p.unbonding;
      weight += p.weight;
      if (p.at_risk > p.amount + p.unbonding) return "more at risk than there is";
    }
    std::uint64_t kept = 0;
    for (const std::uint64_t id : ids) {
      const Incident i = incident_of(id);
      kept += i.pot + i.recoverable - i.recovered;
    }
    if (pool().principal != principal) return "principal";
    if (pool().weight != weight) return "weight";
    return tokens(address("stake_vault")) == principal + kept ? "" : "stake vault";
  }

 private:
  std::vector<std::pair<std::string_view, Key>> parties(std::uint64_t id) const {
    const Incident i = incident_of(id);
    return {{"incident", incident(id)},
            {"position", std::bit_cast<Key>(i.position)},
            {"bond_position", std::bit_cast<Key>(i.bond_position)},
            {"rent_to", std::bit_cast<Key>(i.opener)}};
  }
};

}  // namespace swarm::proof
