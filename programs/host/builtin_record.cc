// builtin_record SEED STEPS: random calls of the System, Token and Token-2022 programs themselves,
// as JSON lines for the virtual machine to repeat (programs/vm/tests/replay.test.js): are the
// models of programs/host what they claim to be?
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "host/demo_play.h"
#include "host/recorder.h"
#include "host/token.h"

namespace {

using demo_play::labelled;
using solhost::Bank;
using solhost::Instruction;
using solhost::Key;
using solhost::Meta;
using Bytes = std::vector<std::uint8_t>;

template <class T>
void append(Bytes& out, const T& value) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof(T));
}

class Life {
 public:
  explicit Life(std::mt19937_64& random) : random_(random) {
    for (const char* name : {"alice", "bob", "carol"}) {
      people_.push_back(labelled(name));
      bank_.put(people_.back(), {.lamports = 3'000'000'000});
    }
    for (const Key& program : {sol::kTokenProgram, sol::kToken2022Program}) add_tokens(program);
    for (const char* name : {"vacant", "another", "third"}) places_.push_back(labelled(name));
    bank_.clock(2'000, 1'700'000'000);
  }

  void live(unsigned long steps) {
    // The replay wants some program to load.
    const solhost::Recorder recorder(bank_, stdout, "sol_demo", labelled("unused"));
    for (unsigned long i = 0; i < steps; ++i) {
      Instruction call = one_in(4) ? system_call() : token_call();
      if (one_in(3)) bend(call);
      bank_.execute(call);
    }
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  const Key& any(const std::vector<Key>& list) { return list[below(list.size())]; }
  Key person() { return any(people_); }
  Key anything() {
    switch (below(5)) {
      case 0:
        return person();
      case 1:
        return any(mints_);
      case 2:
        return any(places_);
      default:
        return any(accounts_);
    }
  }
  std::uint64_t amount() {
    static constexpr std::uint64_t kEdges[] = {0, 1, 1000, 1001, 2'039'280, 890'880, UINT64_MAX};
    return one_in(3) ? kEdges[below(std::size(kEdges))] : below(700);
  }

  // Two mints with accounts in every state, and places to initialise.
  void add_tokens(const Key& program) {
    const std::string prefix = program == sol::kTokenProgram ? "t1 " : "t2 ";
    const Key mint = labelled(prefix + "mint");
    const Key fixed = labelled(prefix + "fixed mint");
    put_mint(bank_, mint, {.authority = people_[0], .supply = 6000, .decimals = 6}, program);
    put_mint(bank_, fixed, {.supply = 1000, .decimals = 2}, program);
    mints_.insert(mints_.end(), {mint, fixed});
    const auto put = [&](const char* name, const solhost::TokenAccountState& state) {
      accounts_.push_back(labelled(prefix + name));
      put_token_account(bank_, accounts_.back(), state, program);
    };
    put("alice's", {.mint = mint, .owner = people_[0], .amount = 1000});
    put("alice's second", {.mint = mint, .owner = people_[0], .amount = 1000});
    put("bob's", {.mint = mint,
                  .owner = people_[1],
                  .amount = 3000,
                  .delegate = people_[2],
                  .delegated_amount = 900});
    put("frozen",
        {.mint = mint, .owner = people_[0], .amount = 1000, .state = solhost::TokenState::Frozen});
    put("of the fixed mint", {.mint = fixed, .owner = people_[0], .amount = 1000});
    const auto blank = [&](const char* name, std::size_t size, std::uint64_t lamports) {
      const Key key = labelled(prefix + name);
      bank_.put(key, {.lamports = lamports, .owner = program, .data = Bytes(size)});
      (size == 82 ? mints_ : accounts_).push_back(key);
    };
    blank("new mint", 82, bank_.rent_exempt(82));
    blank("new account", 165, bank_.rent_exempt(165));
    blank("poor account", 165, bank_.rent_exempt(165) - 1);
    blank("odd account", 100, bank_.rent_exempt(165));
  }

  Instruction system_call() {
    Instruction call{sol::kSystemProgram, {}, {}};
    static constexpr std::uint32_t kTags[] = {0, 1, 2, 2, 2, 8};
    const std::uint32_t tag = kTags[below(std::size(kTags))];
    append(call.data, tag);
    const Key target = one_in(3) ? anything() : any(places_);
    if (tag == 0 || tag == 2) call.metas.push_back({one_in(5) ? anything() : person(), true, true});
    call.metas.push_back({target, tag != 2, true});
    if (tag == 0 || tag == 2) append(call.data, one_in(2) ? 5'000'000 + below(1000) : amount());
    if (tag == 0 || tag == 8) append(call.data, one_in(9) ? 10'485'760 + below(2) : below(300));
    if (tag == 0 || tag == 1) append(call.data, one_in(2) ? sol::kTokenProgram : person());
    return call;
  }

  Instruction token_call() {
    const Key program = one_in(2) ? sol::kTokenProgram : sol::kToken2022Program;
    const std::size_t half = program == sol::kTokenProgram ? 0 : 1;
    const auto mine = [&](const std::vector<Key>& list) {
      return one_in(12) ? any(list) : list[half * list.size() / 2 + below(list.size() / 2)];
    };
    const Meta authority{one_in(3) ? person() : people_[0], true, false};
    const Meta from{mine(accounts_), false, true};
    const Meta to{mine(accounts_), false, true};
    const Meta mint{one_in(4) ? mine(mints_) : mints_[half * mints_.size() / 2], false, true};
    Instruction call{program, {}, {}};
    static constexpr std::uint8_t kTags[] = {3, 7, 8, 12, 12, 12, 14, 15, 18, 20};
    const std::uint8_t tag = kTags[below(std::size(kTags))];
    call.data.push_back(tag);
    switch (tag) {
      case 3:
        call.metas = {from, to, authority};
        break;
      case 12:
        call.metas = {from, mint, to, authority};
        break;
      case 7:
      case 14:
        call.metas = {mint, to, authority};
        break;
      case 8:
      case 15:
        call.metas = {from, mint, authority};
        break;
      case 18:
        call.metas = {to, mint};
        append(call.data, person());
        return call;
      default:
        call.metas = {{mine(mints_), false, true}};
        call.data.push_back(6);
        append(call.data, person());
        call.data.push_back(0);
        return call;
    }
    append(call.data, amount());
    if (tag >= 12) call.data.push_back(one_in(6) ? 2 : 6);
    return call;
  }

  void bend(Instruction& call) {
    Meta& meta = call.metas[below(call.metas.size())];
    switch (below(6)) {
      case 0:
        meta.signer = !meta.signer;
        break;
      case 1:
        meta.writable = !meta.writable;
        break;
      case 2:
        meta.key = anything();
        break;
      case 3:
        call.metas.pop_back();
        break;
      case 4:
        call.data.pop_back();
        break;
      default:
        call.data.push_back(0);
    }
  }

  std::mt19937_64& random_;
  Bank bank_;
  std::vector<Key> people_;
  std::vector<Key> mints_;
  std::vector<Key> accounts_;
  std::vector<Key> places_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: builtin_record SEED STEPS\n");
    return 2;
  }
  constexpr unsigned long kLifeSteps = 250;
  std::mt19937_64 random(std::strtoull(argv[1], nullptr, 10));
  for (unsigned long left = std::strtoul(argv[2], nullptr, 10); left > 0;) {
    const unsigned long steps = std::min(left, kLifeSteps);
    Life(random).live(steps);
    left -= steps;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
