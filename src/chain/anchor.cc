#include "chain/anchor.h"

#include <array>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "chain/pda.h"
#include "chain/programs.h"
#include "chain/swarm.h"

namespace wardhive::chain {
namespace {

using swarm::anchor::InstructionTag;

Hash256 node_hash(const Hash256& left, const Hash256& right) {
  std::array<std::uint8_t, 65> bytes{1};
  std::memcpy(bytes.data() + 1, left.data(), left.size());
  std::memcpy(bytes.data() + 33, right.data(), right.size());
  return sha256(bytes);
}

// The largest power of two below `size`, which is at least 2.
std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }

void put_u64(Bytes& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace

void MerkleTree::add(std::span<const std::uint8_t> data) {
  Bytes bytes{0};
  bytes.insert(bytes.end(), data.begin(), data.end());
  leaves_.push_back(sha256(bytes));
}

Hash256 MerkleTree::range(std::uint64_t begin, std::uint64_t end) const {
  if (end - begin == 1) return leaves_[begin];
  const auto middle = begin + split(end - begin);
  return node_hash(range(begin, middle), range(middle, end));
}

Hash256 MerkleTree::root(std::uint64_t size) const {
  WARDHIVE_ASSERT(size > 0 && size <= leaves_.size());
  return range(0, size);
}

std::vector<Hash256> MerkleTree::consistency(std::uint64_t from, std::uint64_t to) const {
  WARDHIVE_ASSERT(from < to && to <= leaves_.size());
  std::vector<Hash256> proof;  // from the root down
  if (from == 0) return proof;
  std::uint64_t begin = 0, end = to;
  // The part of the old tree that is looked at is its whole: the verifier has that root.
  bool known = true;
  while (from != end) {
    const auto middle = begin + split(end - begin);
    if (from <= middle) {
      proof.push_back(range(middle, end));
      end = middle;
    } else {
      proof.push_back(range(begin, middle));
      begin = middle;
      known = false;
    }
  }
  if (!known) proof.push_back(range(begin, end));
  return {proof.rbegin(), proof.rend()};
}

Pubkey AnchorLog::address() const {
  Bytes number;
  put_u64(number, id);
  const std::string_view text = "log";
  const std::array<Seed, 3> seeds{as_bytes(text), Seed(authority.bytes), Seed(number)};
  const auto found = find_program_address(seeds, program);
  WARDHIVE_ASSERT(found.has_value());  // our own seeds are short and few
  return found->key;
}

Result<std::optional<AnchoredCheckpoint>> read_checkpoint(EndpointPool& pool,
                                                          const AnchorLog& log) {
  const auto address = log.address();
  std::optional<Account> account;
  if (pool.size() == 1) {
    WARDHIVE_ASSIGN(account, pool.rpc().account(address));
  } else {
    WARDHIVE_ASSIGN(const auto said, pool.agreed("getAccountInfo", to_json(address.text()),
                                                 R"("encoding":"base64")"));
    if (!said.value.is_null()) {
      WARDHIVE_ASSIGN(account, parse_account(said.value));
    }
  }
  if (!account) return std::optional<AnchoredCheckpoint>{};
  WARDHIVE_TRY(check_owner(account, address, log.program, "audit log"));
  WARDHIVE_ASSIGN(const auto found, decode_account<swarm::anchor::Log>(account->data, "audit log"));
  AnchoredCheckpoint checkpoint{
      .size = found.size, .seq = found.seq, .slot = found.slot, .time = found.time, .root = {}};
  std::memcpy(checkpoint.root.data(), &found.root, checkpoint.root.size());
  return std::optional(checkpoint);
}

Instruction open_log_instruction(const AnchorLog& log, const Pubkey& payer) {
  Bytes data{static_cast<std::uint8_t>(InstructionTag::OpenLog)};
  put_u64(data, log.id);
  return {.program = log.program,
          .accounts = {writable_signer(payer), signer(log.authority), writable(log.address()),
                       readonly(programs::kSystem)},
          .data = std::move(data)};
}

Instruction anchor_instruction(const AnchorLog& log, std::uint64_t size, const Hash256& root,
                               std::span<const Hash256> proof) {
  Bytes data{static_cast<std::uint8_t>(InstructionTag::Anchor)};
  put_u64(data, size);
  data.insert(data.end(), root.begin(), root.end());
  for (const auto& hash : proof) data.insert(data.end(), hash.begin(), hash.end());
  return {.program = log.program,
          .accounts = {signer(log.authority), writable(log.address())},
          .data = std::move(data)};
}

ErrorNames anchor_error_names(const Pubkey& program) {
  return [program](const Pubkey& called, std::uint32_t number) -> std::optional<ErrorText> {
    if (called != program) return std::nullopt;
    for (const auto& row : swarm::anchor::kErrors)
      if (row.number == number) return ErrorText{row.name, row.text};
    return std::nullopt;
  };
}

}  // namespace wardhive::chain
