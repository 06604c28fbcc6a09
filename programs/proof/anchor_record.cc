// anchor_record SEED STEPS: random lives of swarm_anchor as JSON lines on standard output, for the
// virtual machine to live them again (programs/vm/tests/replay.test.js). Half of the calls are
// honest, the others are spoilt in one place.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "abi/anchor.h"
#include "anchor/tree.h"
#include "host/address.h"
#include "host/recorder.h"

extern "C" std::uint64_t swarm_anchor_entrypoint(std::uint8_t* input, const std::uint8_t* data);

namespace {

using namespace swarm::anchor;
using solhost::Instruction;

constexpr std::uint64_t kLifeSteps = 150;
constexpr std::size_t kAuthorities = 2;
constexpr std::uint64_t kIds = 3;

sol::Key numbered(std::uint64_t number) {
  const sol::Slice parts[] = {sol::slice_of(number)};
  sol::Key made{};
  sol::sha256(parts, made);
  return made;
}

class Life {
 public:
  explicit Life(std::mt19937_64& random) : random_(random) {
    bank_.add_program(program_, &swarm_anchor_entrypoint);
    bank_.put(payer_, {.lamports = 1'000'000'000'000});
  }
  solhost::Bank& bank() { return bank_; }
  const sol::Key& program() const { return program_; }

  void step() {
    const sol::Key authority = numbered(100 + below(kAuthorities));
    const std::uint64_t id = below(kIds);
    Instruction call = below(4) == 0 ? open(authority, id) : checkpoint(authority, id);
    if (below(2) == 0) spoil(call);
    bank_.execute(call);
    if (below(8) == 0) bank_.clock(bank_.clock().slot + 1, bank_.clock().unix_timestamp + 1);
    if (below(40) == 0) meddle(log_of(authority, id));
  }

 private:
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  sol::Key log_of(const sol::Key& authority, std::uint64_t id) const {
    std::uint8_t bytes[8];
    std::memcpy(bytes, &id, 8);
    return solhost::derive({"log", authority, std::span<const std::uint8_t>(bytes)}, program_).key;
  }
  Instruction open(const sol::Key& authority, std::uint64_t id) const {
    Instruction made{program_,
                     {{payer_, true, true},
                      {authority, true, false},
                      {log_of(authority, id), false, true},
                      {sol::kSystemProgram, false, false}},
                     {static_cast<std::uint8_t>(InstructionTag::OpenLog)}};
    append(made.data, &id, 8);
    return made;
  }
  Instruction checkpoint(const sol::Key& authority, std::uint64_t id) {
    const sol::Key log = log_of(authority, id);
    std::uint64_t before = 0;
    if (const auto data = bank_.data(log); data.size() == sizeof(Log))
      std::memcpy(&before, &data[offsetof(Log, size)], 8);
    before = std::min<std::uint64_t>(before, 1'000);  // a meddled size may be any
    const std::uint64_t after = before + 1 + below(before + 8);
    // Now and then of another history.
    Tree& tree = below(10) == 0 ? other_ : tree_;
    Instruction made{program_,
                     {{authority, true, false}, {log, false, true}},
                     {static_cast<std::uint8_t>(InstructionTag::Anchor)}};
    append(made.data, &after, 8);
    append(made.data, &tree.root(after), 32);
    if (before > 0) {
      const Hashes proof = tree.proof(before, after);
      append(made.data, proof.data(), 32 * proof.size());
    }
    return made;
  }
  static void append(std::vector<std::uint8_t>& to, const void* bytes, std::size_t size) {
    const auto* begin = static_cast<const std::uint8_t*>(bytes);
    to.insert(to.end(), begin, begin + size);
  }

  void spoil(Instruction& call) {
    solhost::Meta& meta = call.metas[below(call.metas.size())];
    std::uint8_t& byte = call.data[below(call.data.size())];
    switch (below(10)) {
      case 0:
        meta.signer = !meta.signer;
        return;
      case 1:
        meta.writable = !meta.writable;
        return;
      case 2:
        meta.key = call.metas[below(call.metas.size())].key;
        return;
      case 3:
        meta.key = log_of(numbered(100 + below(kAuthorities)), below(kIds));
        return;
      case 4:
        call.metas.pop_back();
        return;
      case 5:
        call.metas.push_back({payer_, false, false});
        return;
      case 6:
        call.data.resize(below(call.data.size()));
        return;
      case 7:
        call.data.resize(call.data.size() + 32 * below(3) + below(2));
        return;
      default:
        byte = static_cast<std::uint8_t>(byte ^ (1U << below(8)));
        return;
    }
  }
  // A bit of the account itself, past every rule.
  void meddle(const sol::Key& log) {
    const solhost::Account* found = bank_.find(log);
    if (found == nullptr || found->data.empty()) return;
    solhost::Account account = *found;
    account.data[below(account.data.size())] ^= static_cast<std::uint8_t>(1U << below(8));
    bank_.put(log, account);
  }

  std::mt19937_64& random_;
  solhost::Bank bank_;
  Tree tree_;
  Tree other_{1'000'000'000};
  const sol::Key program_ = numbered(1);
  const sol::Key payer_ = numbered(2);
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: anchor_record SEED STEPS\n");
    return 2;
  }
  std::mt19937_64 random(std::strtoull(argv[1], nullptr, 10));
  for (std::uint64_t left = std::strtoull(argv[2], nullptr, 10); left > 0;) {
    const std::uint64_t steps = std::min(left, kLifeSteps);
    Life life(random);
    const solhost::Recorder recorder(life.bank(), stdout, "swarm_anchor", life.program());
    for (std::uint64_t i = 0; i < steps; ++i) life.step();
    left -= steps;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
