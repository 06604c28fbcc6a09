// Random operations, done by the program in the host runtime and by the model side by side: the
// same answer, the same state, and all invariants after each. The bytes decide everything, so that
// a fuzzer can steer and a failure can be kept as a seed.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <span>

#include <string>
#include <utility>

#include "proof/model.h"
#include "proof/world.h"

namespace swarm::proof {

// Choices, from bytes; zeros when they are used up.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  bool done() const { return bytes_.empty(); }
  template <class T>
  T take() {
    T value{};
    const std::size_t size = std::min(sizeof(T), bytes_.size());
    if (size != 0) std::memcpy(&value, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
    return value;
  }
  std::size_t below(std::size_t limit) { return take<std::uint8_t>() % limit; }
  bool one_in(std::size_t n) { return below(n) == n - 1; }
  // Around what matters: 0, 1, the reference, its half, one more, or anything.
  std::uint64_t amount(const Int& reference);

 private:
  std::span<const std::uint8_t> bytes_;
};

struct SequenceResult {
  std::string failure;  // empty, or after which operation what differed
  std::uint64_t operations = 0;
  std::uint64_t succeeded = 0;  // of operations
  std::uint64_t hostile = 0;    // of operations: an account, a flag or the data was falsified
  // How often each instruction (tag) gave each answer, falsified ones apart.
  std::map<std::pair<std::uint8_t, Code>, std::uint64_t> answers;
};

class Sequence {
 public:
  explicit Sequence(std::span<const std::uint8_t> bytes);
  // Where the program lives, for whoever wants to watch.
  solhost::Bank& bank() { return world_.bank; }
  const Key& program() const { return world_.program; }
  // Until the bytes are used up, `limit` operations are done, or something differs.
  SequenceResult run(std::uint64_t limit);

 private:
  // An instruction, and what the model makes of it.
  struct Planned {
    solhost::Instruction instruction;
    std::function<Code()> model;
  };
  struct Signers {
    Signing signing;
    std::vector<Key> keys;
  };

  void let_time_pass();
  Planned plan();
  Planned plan_open();
  Planned plan_add();
  Planned plan_unstake();
  Planned plan_withdraw();
  Planned plan_refresh();
  Planned plan_fund();
  Planned plan_claim();
  Planned plan_post_root();
  Planned plan_disable_root();
  Planned plan_claim_work();
  Planned plan_breaker();
  Planned plan_queue_op();
  Planned plan_cancel_op();
  Planned plan_execute_op();
  Signers sign(SetKind kind, std::size_t usual);
  Bytes make_payload(std::uint8_t kind);
  Key leaf_hash(const ModelLeaf& leaf) const;
  std::size_t owner_of(std::size_t position) const { return position / kPositionsPerOwner; }
  // False if nothing of it can be falsified for certain.
  bool falsify(solhost::Instruction& instruction);

  std::string play(const Planned& planned);
  std::string play_hostile(const Planned& planned);
  std::string differs() const;

  Choices choices_;
  World world_;
  Model model_;
  std::map<std::string, std::size_t> keys_by_bytes_;
  Code last_code_ = 0;
};

}  // namespace swarm::proof
