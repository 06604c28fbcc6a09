// A scene with machines and a tenant: owner 0 has node 0, owner 1 has nodes 1 and 2 (which accept
// to be standbys), owner 3 is the tenant.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "host/address.h"
#include "proof/scene.h"

namespace swarm::proof {

inline constexpr std::size_t kTenant = 3;
inline constexpr std::uint64_t kUnits = 4;
inline constexpr std::uint64_t kPrice = 10;
inline constexpr std::uint64_t kNodeStake = 100'000'000;

using Named = std::vector<std::pair<std::string_view, Key>>;

// What a tenant asks for.
struct Wanted {
  std::uint64_t nonce = 0;
  std::uint32_t units = 1, seconds = kDay;
  std::uint64_t amount = kPrice * kDay, max_rate = 1'000'000;
  std::uint8_t standbys = 0, discounted = 0;
  Named changes = {};
};

// Whom a set's keys act against.
struct Against {
  Key target;
  Target kind = Target::Node;
  SetKind set = SetKind::Sentinel;
  By by = {0b001};
  std::uint32_t seconds = kHour;
  std::uint16_t reason = kReasonsNetwork;
};

class MarketScene : public Scene {
 public:
  MarketScene() = default;

  static std::size_t owner_of(std::size_t node) { return node == 0 ? 0 : 1; }
  Key machine(std::size_t i) const { return key("machine", i); }
  Key hardware(std::size_t i) const { return key("hardware", i); }
  Key node(std::size_t i) const { return solhost::derive({"node", machine(i)}, program).key; }
  Key digest(const Key& sha) const { return solhost::derive({"dig", sha}, program).key; }
  Key lease(std::size_t tenant = kTenant, std::uint64_t nonce = 0) const {
    std::uint8_t bytes[8];
    std::memcpy(bytes, &nonce, 8);
    return solhost::derive({"lse", owner(tenant), std::span<const std::uint8_t>(bytes)}, program)
        .key;
  }
  Node node_of(std::size_t i) const { return read<Node>(node(i)); }
  Lease lease_of(std::uint64_t nonce = 0) const { return read<Lease>(lease(kTenant, nonce)); }
  Fleet fleet() const { return read<Fleet>(address("fleet")); }
  std::uint64_t escrow() const { return tokens(address("escrow_vault")); }

  // ---- Instructions as they succeed in the right state; `changes` replaces accounts by name.
  solhost::Instruction enrol(std::size_t i, std::uint32_t units = kUnits,
                             std::uint64_t price = kPrice, const Named& changes = {}) const {
    return make(InstructionTag::RegisterNode,
                with({{"owner", owner(owner_of(i))},
                      {"identity", machine(i)},
                      {"position", position(2 * owner_of(i))},
                      {"node", node(i)}},
                     changes),
                Writer().u32(units).u64(price).u8(i == 0 ? 0 : 1));
  }
  solhost::Instruction attest(std::size_t i, std::uint32_t units = kUnits, std::uint64_t days = 30,
                              By by = {0b011}) const {
    return attest_as(i, hardware(i), units, bank_time() + days * kDay, by);
  }
  solhost::Instruction attest_as(std::size_t i, const Key& sha, std::uint32_t units,
                                 std::uint64_t until, By by = {0b011}) const {
    return make(InstructionTag::AttestNode,
                {{"payer", owner(2)}, {"node", node(i)}, {"digest", digest(sha)}},
                Writer().key(sha).u32(units).u64(until).raw(signature(by)),
                signers(SetKind::Sentinel, by.mask));
  }
  solhost::Instruction terms(std::size_t i, std::uint32_t units, std::uint64_t price,
                             std::uint8_t accepts) const {
    return make(
        InstructionTag::SetTerms,
        {{"owner", owner(owner_of(i))}, {"position", position(2 * owner_of(i))}, {"node", node(i)}},
        Writer().u32(units).u64(price).u8(accepts));
  }
  solhost::Instruction retire(std::size_t i) const {
    return make(InstructionTag::RetireNode, {{"owner", owner(owner_of(i))},
                                             {"position", position(2 * owner_of(i))},
                                             {"node", node(i)},
                                             {"digest", digest(hardware(i))},
                                             {"rent_to", owner(owner_of(i))},
                                             {"digest_rent_to", owner(2)}});
  }
  solhost::Instruction rent(const Wanted& w) const {
    return make(InstructionTag::OpenLease,
                with({{"tenant", owner(kTenant)},
                      {"node", node(0)},
                      {"position", position(0)},
                      {"standby_1", node(1)},
                      {"standby_2", node(2)},
                      {"discount", position(2 * kTenant)},
                      {"lease", lease(kTenant, w.nonce)},
                      {"from", wallet(kTenant)}},
                     w.changes),
                Writer()
                    .u64(w.nonce)
                    .u32(w.units)
                    .u32(w.seconds)
                    .u64(w.amount)
                    .u64(w.max_rate)
                    .u8(w.standbys)
                    .u8(w.discounted));
  }
  solhost::Instruction feed(std::uint64_t amount) const {
    return make(InstructionTag::TopUp,
                {{"payer", owner(2)}, {"lease", lease()}, {"node", serving()}, {"from", wallet(2)}},
                Writer().u64(amount));
  }
  solhost::Instruction settle() const {
    return make(InstructionTag::Settle, {{"lease", lease()}, {"node", serving()}});
  }
  solhost::Instruction pay(std::uint8_t seat, const Named& changes = {}) const {
    return make(InstructionTag::Payout,
                with({{"lease", lease()},
                      {"node", serving()},
                      {"to", wallet(seat == 0 ? 0 : 1)},
                      {"treasury", wallet(2)},
                      {"rent_to", owner(kTenant)}},
                     changes),
                Writer().u8(seat));
  }
  solhost::Instruction close(std::size_t who, std::uint16_t reason,
                             const Named& changes = {}) const {
    return make(
        InstructionTag::CloseLease,
        with(
            {{"who", owner(who)}, {"lease", lease()}, {"node", serving()}, {"to", wallet(kTenant)}},
            changes),
        Writer().u16(reason));
  }
  solhost::Instruction failover(const Named& changes = {}) const {
    return make(InstructionTag::Failover, with({{"lease", lease()},
                                                {"node", serving()},
                                                {"standby_1", node(1)},
                                                {"position_1", position(2)},
                                                {"standby_2", node(2)},
                                                {"position_2", position(2)}},
                                               changes));
  }
  solhost::Instruction isolate(std::uint64_t incident, const Against& a) const {
    return make(InstructionTag::Quarantine, {{"set", set(a.set)}, {"target", a.target}},
                Writer()
                    .u8(static_cast<std::uint8_t>(a.kind))
                    .u64(incident)
                    .u32(a.seconds)
                    .u16(a.reason)
                    .raw(signature(a.by)),
                signers(a.set, a.by.mask));
  }
  solhost::Instruction let_go(std::uint64_t incident, const Against& a) const {
    return make(InstructionTag::Release, {{"set", set(a.set)}, {"target", a.target}},
                Writer().u8(static_cast<std::uint8_t>(a.kind)).u64(incident).raw(signature(a.by)),
                signers(a.set, a.by.mask));
  }
  Against guardians(const Key& target) const {
    return {target, Target::Node, SetKind::Guardian, {0b00111}};
  }

  // ---- States to start from.
  void stake_nodes() {
    for (const std::size_t i : {0, 1}) must(open(i, kNodeStake));
  }
  void serve() {
    stake_nodes();
    for (const std::size_t i : {0, 1, 2}) {
      must(enrol(i));
      must(attest(i));
    }
  }
  void run_lease(Wanted wanted = {}) {
    serve();
    must(rent(wanted));
  }
  void with_standbys() {
    Wanted wanted;
    wanted.standbys = 2;
    run_lease(wanted);
  }
  void set_market(const std::function<void(Config&)>& change) {
    edit<Config>(address("config"), change);
  }

 private:
  std::uint64_t bank_time() const {
    return static_cast<std::uint64_t>(bank.clock().unix_timestamp);
  }
  Key serving() const {
    const Lease found = read<Lease>(lease());
    Key made = node(0);
    if (found.tag != 0) std::memcpy(&made, &found.seats[found.seat].node, sizeof(made));
    return made;
  }
  static Named with(Named named, const Named& changes) {
    for (const auto& [name, key] : changes) {
      for (auto& [slot, address] : named) {
        if (slot == name) address = key;
      }
    }
    return named;
  }
};

}  // namespace swarm::proof
