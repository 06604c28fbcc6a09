// Checkpoints of an append-only log on the chain: the log's Merkle tree (RFC 9162, 2.1), and the
// accounts and instructions of swarm_anchor. Any thread; plain values.
//
//   leaf    SHA-256(0x00 || the 32 bytes given to add())
//   memory  32 bytes a leaf
//   cost    a root or a proof hashes each leaf of the tree once: about 0.3 s for a million
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "abi/anchor.h"
#include "base/bytes.h"
#include "chain/pool.h"

namespace wardhive::chain {

class MerkleTree {
 public:
  void add(std::span<const std::uint8_t> data);
  std::uint64_t size() const { return leaves_.size(); }
  // Of the first `size` leaves; 0 < size <= size().
  Hash256 root(std::uint64_t size) const;
  // That the first `to` leaves extend the first `from` (2.1.4.1), from the leaves up; empty for
  // from = 0, where nothing is to be proved. from < to <= size().
  std::vector<Hash256> consistency(std::uint64_t from, std::uint64_t to) const;

 private:
  Hash256 range(std::uint64_t begin, std::uint64_t end) const;
  std::vector<Hash256> leaves_;
};

struct AnchorLog {
  Pubkey program = {};
  Pubkey authority = {};
  std::uint64_t id = 0;

  Pubkey address() const;
};

// The latest checkpoint that the chain has; size 0 if the log is open and has none.
struct AnchoredCheckpoint {
  std::uint64_t size = 0, seq = 0, slot = 0;
  std::uint64_t time = 0;  // seconds since 1970, by the cluster's clock
  Hash256 root = {};
};
// nullopt: nobody opened the log. InvalidInput: the account is another program's or no log. Of
// several endpoints two must say the same (Conflict `disagreement`).
Result<std::optional<AnchoredCheckpoint>> read_checkpoint(EndpointPool& pool, const AnchorLog& log);

Instruction open_log_instruction(const AnchorLog& log, const Pubkey& payer);
// `proof` of at most swarm::anchor::kProofMax hashes.
Instruction anchor_instruction(const AnchorLog& log, std::uint64_t size, const Hash256& root,
                               std::span<const Hash256> proof);

// The program's own error numbers, in words.
ErrorNames anchor_error_names(const Pubkey& program);

}  // namespace wardhive::chain
