// What to do next so that a node's quarantine on the chain is as it shall be. Pure: from what the
// chain says now and from the order. So any number of us, a restart or a repeated order lead to
// one quarantine: the program refuses a second one by the same key (D7), the first of our keys
// that may act is always the one chosen, and one order is signed for once.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "abi/program.h"

namespace wardhive {

// What was read at one moment.
struct NodeOnChain {
  swarm::Node node = {};
  swarm::Set sentinels = {};
  std::uint64_t now = 0;  // the chain's clock, seconds
  std::uint64_t slot = 0;
};
using SetBits = std::bitset<swarm::kSetKeysMax>;

struct WantedQuarantine {
  bool present = false;
  std::uint64_t seconds = 0;  // that it shall last from now
  std::uint64_t version = 0;  // of the order: its low bits are in the incident's number
  bool may_sign = true;       // false: only look (chain_order.h)
  bool was_held = false;      // this order was seen in force before
};

struct NextStep {
  enum class Kind {
    Holds,       // it is in force
    Gone,        // none of ours is in force
    Wait,        // nothing to do now, and not what was wanted yet
    Quarantine,  // sign with `signers`
    Release,     // sign with `signers`
    Over,        // it was in force by this order and is no more; it is not argued with
    Refuse,      // it can't or must not be done, whenever it is tried again
  };
  Kind kind = Kind::Wait;
  SetBits signers = {};
  std::uint64_t incident = 0;
  std::uint64_t seconds = 0;  // Quarantine: how long; Holds: until when, by the chain's clock
  std::string says = {};
};

// `ours`: the bits of the set whose keys are here. Too long or too short a time is made to fit what
// a sentinel may (60 s to 24 h).
NextStep next_step(const NodeOnChain& chain, const WantedQuarantine& wanted, SetBits ours);

}  // namespace wardhive
