// A privileged act on the chain: what nothing does by itself. A person proposes it, as many others
// as the settings ask for approve it, and only then is it signed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/entity.h"
#include "model/noun.h"

namespace wardhive {

enum class ActKind {
  ReleaseNode,   // end a quarantine before its time, whoever set it (sentinels' threshold)
  OpenIncident,  // accuse the stake behind a node, answering with our own (sentinels' threshold)
  Pause,         // stop parts of the program for a time: the breaker (one sentinel)
};
WARDHIVE_NAMES(ActKind, "release_node", "open_incident", "pause")

struct ChainAct {
  ActKind kind = ActKind::ReleaseNode;
  Entity target = {};        // a node; of pause: the fleet
  std::string account = {};  // the node's, base58; filled in from the inventory
  // release_node: the number that holds the node, so that no other quarantine is ended.
  // open_incident: the case's, given when it is ordered, so that no second signature opens another.
  std::uint64_t incident = 0;
  std::string category = {};            // open_incident: "sla-breach", ...
  std::uint32_t claim_bps = 0;          // open_incident: share of the stake
  std::string evidence = {};            // open_incident: SHA-256 of what is kept off the chain, hex
  std::vector<std::string> parts = {};  // pause: "open-lease", ...
  Duration lasts{};                     // pause
  bool operator==(const ChainAct&) const = default;
};
WARDHIVE_FIELDS(ChainAct) {
  v("kind", self.kind);
  v("target", self.target);
  v("account", self.account);
  v("incident", self.incident);
  v("category", self.category);
  v("claim_bps", self.claim_bps);
  v("evidence", self.evidence);
  v("parts", self.parts);
  v("lasts", self.lasts);
}
// The words of `category` and `parts`, in the order of the program's numbers and bits.
inline constexpr std::array<std::string_view, 5> kChargeCategories{
    "uptime", "sla-breach", "misreport", "negligence", "fraud"};
inline constexpr std::array<std::string_view, 7> kPausableParts{
    "stake-in", "claim", "withdraw", "nodes", "open-lease", "post-root", "incident"};
inline constexpr Duration kPauseLeast = seconds(60), kPauseMost = hours(1);  // by a sentinel

// The most that an accusation of each category may claim, as the program has it.
inline constexpr std::array<std::uint32_t, 5> kChargeMostBps{100, 300, 1'000, 2'000, 5'000};

// The same act in one way of saying it: without fields of other kinds, each part once, in order.
ChainAct normal_form(ChainAct act);
// InvalidInput: which field of such an act is missing, foreign or out of range, and what it may be.
// Says nothing about the chain.
Status check_act(const ChainAct& act);
// "release job-1 from quarantine 17...", for people.
std::string words_of(const ChainAct& act);

struct Approval {
  std::string by;  // token name
  Instant at;
};
WARDHIVE_FIELDS(Approval) {
  v("by", self.by);
  v("at", self.at);
}

enum class ProposalState {
  Open,       // approvals are missing
  Ordered,    // to be signed and sent
  Confirmed,  // on the chain; a fork may still take it back
  Done,       // final
  Failed,     // it had no effect and never will
  Expired,    // not approved in time
  Withdrawn,
  Unknown,  // nobody ever said what became of it; the chain knows
};
WARDHIVE_NAMES(ProposalState, "open", "ordered", "confirmed", "done", "failed", "expired",
               "withdrawn", "unknown")
// What begins `detail` while an order waits to be signed, for a chain that answers or a key that
// signs.
inline constexpr std::string_view kNotSignedYet = "not signed yet: ";
inline bool is_open(ProposalState s) {
  return s == ProposalState::Open || s == ProposalState::Ordered || s == ProposalState::Confirmed;
}

struct Proposal {
  ProposalId id = {};
  ChainAct act = {};
  std::string reason = {};
  std::vector<Approval> approvals = {};  // the first is the proposer's
  std::uint32_t needed = 0;              // approvals
  ProposalState state = ProposalState::Open;
  Instant expires_at = {};  // open: approvals until then; ordered: nothing is signed after it
  ActionId order = {};      // what receipts are about
  std::string detail = {};  // signature once it is on the chain; why not, or why not yet
  Instant ended_at = {};    // epoch until then
};
WARDHIVE_FIELDS(Proposal) {
  v("id", self.id);
  v("act", self.act);
  v("reason", self.reason);
  v("approvals", self.approvals);
  v("needed", self.needed);
  v("state", self.state);
  v("expires_at", self.expires_at);
  v("order", self.order);
  v("detail", self.detail);
  v("ended_at", self.ended_at);
}

}  // namespace wardhive
