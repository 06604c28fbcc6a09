// Rewards for work: the list of what everybody has earned so far, its Merkle root as swarm_core
// checks it (RFC 9162 2.1, leaves of our own), and proofs out of it. Pure, any thread.
//
//   list  CSV, one position a line, the most that it has ever earned, in token units:
//           position,position_id,cumulative_units
//           4Nd1mYtn...,17,2500000
//         What is posted is the hash of the list: whoever claims needs the same lines in the same
//         order, so it is published as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/accounts.h"
#include "base/bytes.h"
#include "base/result.h"
#include "chain/pubkey.h"
#include "chain/trial.h"

namespace wardhive::chain {

inline constexpr std::string_view kWorkListHeader = "position,position_id,cumulative_units";

struct WorkLeaf {
  Pubkey position = {};
  std::uint64_t position_id = 0;  // of the position's account: an address may be used anew
  std::uint64_t cumulative = 0;   // token units
};
struct WorkList {
  std::vector<WorkLeaf> leaves = {};  // at least one, at most 2^24
  std::uint64_t total = 0;            // token units

  std::optional<std::size_t> find(const Pubkey& position, std::uint64_t position_id) const;
};
// InvalidInput with the line: another header, not three columns, a position twice, numbers or a sum
// beyond 64 bits, an empty list.
Result<WorkList> parse_work_list(std::string_view text);

// `config` is the program's configuration account: a list of one program is none of another's.
Hash256 work_root(const WorkList& list, const Pubkey& config);
// The hashes from the leaf up to the root; at most 24. `index` < leaves.
std::vector<Hash256> work_proof(const WorkList& list, const Pubkey& config, std::size_t index);

// An announced root counts once its day is over, by both clocks; the account says so only after the
// next call. `n` = 0: no root counts yet.
bool pending_counts(const swarm::Work& work, const TrialClock& now);
const swarm::RootRecord& active_root(const swarm::Work& work, const TrialClock& now);
// Token units that the sum of the next root may have more than the active one: within what is
// funded, and `cap` (token units) for each day since the last root.
std::uint64_t growth_left(const swarm::Work& work, std::uint64_t cap, const TrialClock& now);

}  // namespace wardhive::chain
