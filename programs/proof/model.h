// The program once more, naively: onchain.md's definitions with integers of any size, every
// position brought up to date at every step, no packed layout and no cleverness. What the program
// answers and stores must be what this says, number by number (sequence.h).
//
// Each call returns 0 or the number of the error that the program must give, and changes nothing
// unless it is 0.
#pragma once

#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "abi/program.h"
#include "proof/model_market.h"
#include "proof/model_trial.h"

namespace swarm::proof {

using Int = boost::multiprecision::cpp_int;
using Code = std::uint32_t;

inline const Int kOne = Int(1) << 64;  // one token unit, as accumulators count
inline const Int kIdealOne = Int(1) << 192;

struct ModelPosition {
  std::size_t owner = 0;
  std::uint64_t nonce = 0;
  Int id = 0, amount = 0, weight = 0, lock_end = 0, lock_slot = 0;
  Int unbonding = 0, unbond_end = 0, unbond_slot = 0;
  Int paid = 0, frac = 0, owed = 0, work_claimed = 0;
  std::uint8_t role = 0;
  Int freeze_until = 0, frozen_at = 0, last_incident = 0;
  std::vector<ModelSlash> slashes;
  // What is fair: its share of every token emitted while it was staked, to 2^-192, and what it got.
  Int ideal = 0, credited = 0;
  Int weight_changes = 0;  // of anybody, while it was staked

  Int slashed(const Int& window) const {  // bps of it in that window
    Int sum = 0;
    for (const ModelSlash& each : slashes) sum += each.window == window ? each.bps : Int(0);
    return sum;
  }
};

struct ModelRole {
  Int min_stake, lock_min, lock_max, weight_min, weight_max, unbond;
};

// What the market of units runs by.
struct ModelMarket {
  Int fee_bps = kFeeBpsStart, treasury_bps = 0, discount_bps = 0;
  Int notice = kNoticeStart, holdback = kHoldbackStart;
  Int bond_per_unit = 0, discount_stake = 0;
  std::string treasury = std::string(32, '\0');
};

struct ModelSet {
  std::vector<std::size_t> keys;  // numbers of the harness's keys
  std::size_t threshold = 0;
  std::uint64_t seq = 0;
};

struct ModelLeaf {
  std::size_t position = 0;  // number of the harness's position address
  Int id = 0, cumulative = 0;
};
struct ModelRoot {
  Int n = 0, cum_total = 0;
  std::vector<ModelLeaf> leaves;
};

// What an op's payload means, beside its bytes.
struct ModelOp {
  OpKind kind{};
  Int eta = 0, eta_slot = 0, expiry = 0;
  std::uint64_t set_seq = 0;
  std::vector<std::uint8_t> payload;
};

// A signature as the harness will make it: bits of the mask, and whether each signer is the right
// key.
struct Signing {
  std::uint16_t mask = 0;
  Int valid_until = 0;
  bool right_keys = true;
};

struct Model {
  // ---- State
  Int t = 0, slot = 0;
  Int acc = 0, carry = 0, weight = 0, total = 0, start = 0, end = 0, emitted = 0;
  Int last = 0, last_slot = 0, principal = 0, next_id = 1, outflow = 0, outflow_at = 0;
  std::array<ModelRole, kRoles> roles{};
  Int outflow_bps = kOutflowBpsStart, outflow_floor = 0, work_cap = 0,
      sentinel_pause = kSentinelPauseMax;
  ModelMarket market;
  std::array<ModelSet, kSetKinds> sets{};
  std::array<Int, kPauseBits> paused_until{};
  Int sentinel_used = 0, sentinel_at = 0, guardian_used = 0, guardian_at = 0;
  std::uint64_t op_seq = 0;
  std::map<std::uint64_t, ModelOp> ops;
  ModelRoot active, pending;
  Int active_at = 0, active_slot = 0, last_n = 0, last_epoch = 0, prior_epoch = 0;
  Int work_funded = 0, work_claimed = 0;
  std::map<std::size_t, ModelPosition> positions;  // by number of the harness's address
  std::vector<Int> wallets;
  Int stake_vault = 0, reward_vault = 0;
  ModelFleet fleet;
  std::map<std::uint64_t, ModelIncident> incidents;  // by id
  Int slashed = 0, slashed_at = 0;
  std::vector<ModelTaken> taken;
  Int elsewhere = 0;  // of the supply: in no account that is looked at
  // Sums for the invariants.
  Int ever_emitted = 0, lost_fracs = 0, closed = 0;

  // ---- Instructions
  Code open(std::size_t position, std::size_t owner, std::uint64_t nonce, std::uint8_t role,
            const Int& amount, const Int& lock);
  Code add(std::size_t position, std::uint8_t source, const Int& amount, const Int& lock);
  Code request_unstake(std::size_t position, const Int& amount);
  Code withdraw(std::size_t position, const Int& amount);
  Code refresh(std::size_t position);
  Code fund(std::size_t payer, std::uint8_t purse, const Int& amount, const Int& seconds);
  Code claim(std::size_t position);
  Code post_root(const Signing& signing, const ModelRoot& root, const Int& size);
  Code disable_root(const Signing& signing, SetKind set, const Int& n);
  Code claim_work(std::size_t position, std::size_t leaf, bool proof_is_right);
  Code breaker(const Signing& signing, SetKind set, std::uint8_t what, const Int& seconds);
  Code queue_op(const Signing& signing, std::uint8_t kind, std::vector<std::uint8_t> payload);
  Code cancel_op(const Signing& signing, std::uint64_t op);
  Code execute_op(std::uint64_t op, const std::vector<std::uint8_t>& payload,
                  const std::map<std::string, std::size_t>& keys_by_bytes);

  // model_market.cc and model_leases.cc; `right`: the token accounts that are passed belong to whom
  // they must.
  Code register_node(std::size_t node, std::size_t owner, std::size_t position,
                     const ModelTerms& terms);
  Code attest_node(const Signing& signing, std::size_t node, std::size_t digest, const Int& units,
                   const Int& until);
  Code set_terms(std::size_t node, const ModelTerms& terms);
  Code retire_node(std::size_t node);
  Code open_lease(const ModelOrder& order);
  Code top_up(std::size_t lease, std::size_t payer, const Int& amount);
  Code settle_lease(std::size_t lease);
  Code payout(std::size_t lease, std::size_t seat, bool right);
  Code close_lease(std::size_t lease, std::size_t who, const Int& reason, bool right);
  Code failover(std::size_t lease);
  // model_response.cc
  Code quarantine(const Signing& signing, SetKind set, const ModelAlarm& alarm);
  Code release(const Signing& signing, SetKind set, const ModelAlarm& alarm);

  // model_trial.cc
  Code open_incident(const Signing& signing, const ModelCharge& charge);
  Code dispute(std::uint64_t id, std::size_t owner);
  Code resolve(const Signing& signing, std::uint64_t id, std::uint8_t verdict, const Int& bps);
  Code execute(std::uint64_t id);
  Code compensate(std::uint64_t id, std::size_t lease, std::size_t seat, bool right);
  Code recover(std::uint64_t id);

  Int at_risk(std::size_t position) const;
  // Something that was taken of it can still come back, so that it does not close.
  bool comes_back(std::size_t position) const;
  Int compensation(const ModelIncident& incident, const ModelLease& lease,
                   const ModelSeat& seat) const;
  // What settling would credit now, before fees.
  Int due(const ModelLease& lease) const;

  // ---- Time
  void pass(const Int& now, const Int& now_slot);

  // ---- What must always hold; an empty string, or what does not.
  std::string broken_invariant() const;

 private:
  bool paused(Pause what) const;
  bool passed(const Int& until, const Int& until_slot) const {
    return t > until && slot > until_slot;
  }
  bool frozen(const ModelPosition& position) const { return t < position.freeze_until; }
  Code check_terms(const ModelTerms& terms) const;
  Code check_bond(const ModelNode& node, const Int& bond) const;
  Code check_serves(std::size_t node, const Int& units) const;
  bool covers(std::size_t position, const Int& bonded) const {
    return positions.at(position).amount - at_risk(position) >= bonded;
  }
  bool is_forfeited(const ModelIncident& incident) const;
  Int back_by_now(const ModelIncident& incident) const;
  void note_gap(ModelIncident& incident);
  void lose(ModelPosition& position, const Int& x);  // of a settled one, as gain()
  void gain(ModelPosition& position, const Int& x);
  void burn_stake(const Int& x);
  void settle(ModelLease& lease);
  void begin_outage(std::size_t node, const Int& until);
  Code quarantine_node(const Signing& signing, bool guardian, const ModelAlarm& alarm);
  Code freeze_position(bool guardian, const ModelAlarm& alarm);
  std::string broken_market_invariant() const;
  std::string broken_trial_invariant() const;
  Int multiplier(const ModelRole& role, const Int& left) const;
  Code check(const Signing& signing, const ModelSet& set, std::size_t needed) const;
  void settle();
  void settle(ModelPosition& position);
  void change_weight(ModelPosition& position, const Int& weight);
  static bool take(Int& level, Int& at, const Int& x, const Int& cap, const Int& period,
                   const Int& now);
  // The same, and an empty bucket admits one that is larger than it.
  static bool take_or_first(Int& level, Int& at, const Int& x, const Int& cap, const Int& period,
                            const Int& now);
  void promote();
  Code apply(const ModelOp& op, const std::map<std::string, std::size_t>& keys_by_bytes);
  Code set_market(const std::vector<std::uint8_t>& payload);
  Code replace_set(const std::vector<std::uint8_t>& payload,
                   const std::map<std::string, std::size_t>& keys_by_bytes);
};

}  // namespace swarm::proof
