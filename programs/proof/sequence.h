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
#include <string_view>
#include <utility>
#include <vector>

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

  void count(std::uint8_t tag, Code code) {
    operations += 1;
    succeeded += code == 0 ? 1 : 0;
    answers[{tag, code}] += 1;
  }
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
  using Plan = Planned (Sequence::*)();
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
  Planned plan_market();
  Planned plan_register_node();
  Planned plan_attest_node();
  Planned plan_set_terms();
  Planned plan_retire_node();
  Planned plan_open_lease();
  Planned plan_top_up();
  Planned plan_settle();
  Planned plan_payout();
  Planned plan_close_lease();
  Planned plan_failover();
  Planned plan_quarantine();
  Planned plan_release();
  Planned plan_trial();
  Planned plan_open_incident();
  Planned plan_dispute();
  Planned plan_resolve();
  Planned plan_execute();
  Planned plan_compensate();
  Planned plan_recover();
  Planned resolve_with(std::uint64_t id, const Signers& signers, std::uint8_t verdict,
                       const Int& bps);
  Planned execute_of(std::uint64_t id);
  Planned recover_of(std::uint64_t id);
  Plan instead_of(Plan plan);
  Plan instead_of_trial(Plan plan);
  bool any_incident(const std::function<bool(const ModelIncident&)>& wanted) const;
  bool is_over(const ModelIncident& incident) const;  // its deadline is
  bool is_ripe(const ModelIncident& incident) const;  // for execute
  bool is_owed(const ModelIncident& incident, std::size_t lease) const;
  bool is_owing(const ModelIncident& incident) const;
  bool is_operator(std::size_t position) const;  // with stake
  bool is_missed(std::size_t node) const;
  std::uint64_t pick_incident(const std::function<bool(const ModelIncident&)>& wanted);
  std::vector<std::pair<std::string_view, Key>> parties(std::uint64_t id) const;
  bool wait_for_an_incident();
  std::string wind_up(SequenceResult& result);
  bool has_room(std::size_t node) const;
  bool is_running(std::size_t lease) const;  // and funded
  bool is_over(std::size_t lease) const;     // ended or without funds, and not closed
  bool is_stuck(std::size_t lease) const;    // its node does not serve, and there is a standby
  bool is_anything_held() const;             // in quarantine, or frozen
  ModelTerms pick_terms(std::size_t position, const Int& least_units);
  // Mostly one of which `is_wanted` says so, else any.
  std::size_t pick(std::size_t limit, const std::function<bool(std::size_t)>& is_wanted);
  std::size_t pick_node();   // mostly one that is there
  std::size_t pick_lease();  // mostly one that runs
  Key serving_node(std::size_t lease);
  Signers sign(SetKind kind, std::size_t usual);
  Bytes make_payload(std::uint8_t kind);
  Key leaf_hash(const ModelLeaf& leaf) const;
  std::size_t owner_of(std::size_t position) const { return position / kPositionsPerOwner; }
  // False if nothing of it can be falsified for certain.
  bool falsify(solhost::Instruction& instruction);

  std::string play(const Planned& planned);
  // What was done is sent once more: responses are refused by name, a settlement is worth nothing.
  std::string play_again(const Planned& planned);
  std::string play_hostile(const Planned& planned);
  std::string differs() const;
  std::string market_differs() const;
  std::string node_differs(std::size_t at, const ModelNode& model) const;
  std::string lease_differs(std::size_t at, const ModelLease& model) const;
  std::string trial_differs() const;
  std::string incident_differs(std::uint64_t id, const ModelIncident& model) const;

  Choices choices_;
  World world_;
  Model model_;
  std::map<std::string, std::size_t> keys_by_bytes_;
  Code last_code_ = 0;
  // A market by minutes and trials by days, twice; then years.
  enum class Phase { Market, Trials, Years };
  Phase phase() const {
    const std::uint64_t at = operations_ % 384;
    if (at >= 320) return Phase::Years;
    return at % 160 < 96 ? Phase::Market : Phase::Trials;
  }

  std::uint64_t operations_ = 0;
  bool clock_falls_ = false;  // now and then; else the model can check every second
};

}  // namespace swarm::proof
