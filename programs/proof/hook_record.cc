// hook_record SEED STEPS: random calls of swarm_hook as JSON lines on standard output, for the
// virtual machine to make them again (programs/vm/tests/replay.test.js). Half of the calls are
// honest, the others, and now and then an account, are spoilt in one place.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "abi/accounts.h"
#include "abi/hook.h"
#include "host/address.h"
#include "host/recorder.h"
#include "sol/hash.h"

extern "C" std::uint64_t swarm_hook_entrypoint(std::uint8_t* input, const std::uint8_t* data);

namespace {

using namespace swarm::hook;
using solhost::Account;
using solhost::Instruction;

constexpr std::uint64_t kLifeSteps = 150;
constexpr std::uint64_t kLamports = 1'000'000'000'000;
constexpr std::uint64_t kCap = 100;
constexpr std::uint64_t kNow = 1'700'000'000;
// Any program that both worlds have, in the place of swarm_core.
constexpr sol::Key kCore = sol::kTokenProgram;

sol::Key numbered(std::uint64_t number) {
  const sol::Slice parts[] = {sol::slice_of(number)};
  sol::Key made{};
  sol::sha256(parts, made);
  return made;
}

class Life {
 public:
  explicit Life(std::mt19937_64& random) : random_(random) {
    bank_.add_program(program_, &swarm_hook_entrypoint);
  }
  solhost::Bank& bank() { return bank_; }
  const sol::Key& program() const { return program_; }

  // Everything as it should be; the list is mostly set up.
  void begin() {
    bank_.clock(9, static_cast<std::int64_t>(kNow));
    bank_.put(payer_, {.lamports = kLamports});
    std::vector<std::uint8_t> mint(166 + 4 + 64);
    mint[0] = mint[45] = mint[165] = 1;
    std::memcpy(&mint[4], payer_.bytes(), 32);
    mint[166] = 14;
    mint[168] = 64;
    std::memcpy(&mint[202], program_.bytes(), 32);
    bank_.put(mint_, {kLamports, sol::kToken2022Program, mint});
    std::vector<std::uint8_t> source(171);
    const sol::Key vault = solhost::derive({"ev"}, kCore).key;
    std::memcpy(&source[32], (below(4) == 0 ? vault : owner_).bytes(), 32);
    bank_.put(source_, {kLamports, sol::kToken2022Program, source});
    swarm::Position position{};
    position.tag = static_cast<std::uint8_t>(swarm::Position::kTag);
    position.version = swarm::Position::kVersion;
    std::memcpy(&position.owner, &source[32], 32);
    position.freeze_until = below(2) == 0 ? 0 : kNow - 1 + below(3);
    std::vector<std::uint8_t> bytes(sizeof(position));
    std::memcpy(bytes.data(), &position, sizeof(position));
    bank_.put(position_, {kLamports, kCore, bytes});
    if (below(4) == 0) bank_.put(position_, {.lamports = below(2)});
    bank_.put(metas_, {});
    if (below(8) != 0) bank_.execute(set_up());
  }
  void step() {
    if (below(6) == 0) begin();
    if (below(8) == 0) meddle();
    Instruction call = below(6) == 0 ? set_up() : execute();
    if (below(3) == 0) spoil(call);
    bank_.execute(call);
  }

 private:
  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  static void append(std::vector<std::uint8_t>& to, std::uint64_t value) {
    for (int i = 0; i < 8; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  Instruction set_up() {
    Instruction made{program_,
                     {{payer_, true, true},
                      {payer_, true, false},
                      {mint_, false, false},
                      {metas_, false, true},
                      {kCore, false, false},
                      {sol::kToken2022Program, false, false},
                      {sol::kSystemProgram, false, false}},
                     {static_cast<std::uint8_t>(InstructionTag::SetUp)}};
    append(made.data, below(8) == 0 ? 0 : kCap);
    return made;
  }
  Instruction execute() {
    Instruction made{program_, {}, {kExecute, kExecute + 8}};
    for (const sol::Key& key : {source_, mint_, owner_, owner_, metas_, kCore, position_})
      made.metas.push_back({key, false, false});
    append(made.data, below(2) == 0 ? below(kCap) : kCap + below(2));
    return made;
  }
  void spoil(Instruction& call) {
    solhost::Meta& meta = call.metas[below(call.metas.size())];
    switch (below(7)) {
      case 0:
        meta.signer = false;
        return;
      case 1:
        meta.writable = !meta.writable;
        return;
      case 2:
        meta.key = call.metas[below(call.metas.size())].key;
        return;
      case 3:
        call.metas.pop_back();
        return;
      case 4:
        call.metas.push_back({owner_, false, false});
        return;
      case 5:
        call.data.resize(call.data.size() - 1 + 2 * below(2));
        return;
      default: {
        std::uint8_t& byte = call.data[below(call.data.size())];
        byte = static_cast<std::uint8_t>(byte ^ (1U << below(8)));
        return;
      }
    }
  }
  // A bit of an account, its owner or its length, past every rule.
  void meddle() {
    const sol::Key keys[] = {mint_, source_, position_, metas_};
    const sol::Key& key = keys[below(4)];
    const Account* found = bank_.find(key);
    if (found == nullptr || found->data.empty()) return;
    Account account = *found;
    std::uint8_t& byte = account.data[below(account.data.size())];
    switch (below(4)) {
      case 0:
        account.owner = owner_;
        break;
      case 1:
        account.data.resize(account.data.size() - 1 + 2 * below(2));
        break;
      default:
        byte = static_cast<std::uint8_t>(byte ^ (1U << below(8)));
        break;
    }
    bank_.put(key, account);
  }

  std::mt19937_64& random_;
  solhost::Bank bank_;
  const sol::Key program_ = numbered(1);
  const sol::Key payer_ = numbered(2);
  const sol::Key mint_ = numbered(3);
  const sol::Key source_ = numbered(4);
  const sol::Key owner_ = numbered(5);
  const sol::Key position_ = numbered(6);
  const sol::Key metas_ = solhost::derive({"extra-account-metas", mint_}, program_).key;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: hook_record SEED STEPS\n");
    return 2;
  }
  std::mt19937_64 random(std::strtoull(argv[1], nullptr, 10));
  for (std::uint64_t left = std::strtoull(argv[2], nullptr, 10); left > 0;) {
    const std::uint64_t steps = std::min(left, kLifeSteps);
    Life life(random);
    const solhost::Recorder recorder(life.bank(), stdout, "swarm_hook", life.program());
    life.begin();
    for (std::uint64_t i = 0; i < steps; ++i) life.step();
    left -= steps;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
