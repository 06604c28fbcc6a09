// One instruction in plain words, read from its bytes. Pure.
//
//   knows    System, compute budget, both token programs (their common instructions), associated
//            tokens, stake, upgradeable loader, memo; swarm_core and swarm_anchor by their schema
//   others   `readable` is false, and the words say so: another program, another tag, another
//            length than the instruction has, fewer accounts than it names. What is not read
//            exactly is not read at all
//   foreign  bytes of any kind; no text of theirs reaches the words
//   source   solana-sdk system_instruction, stake, loader_v3, compute_budget; spl-token
//            instruction.rs, associated-token-account
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "chain/pubkey.h"

namespace wardhive::chain {

// What an instruction is for, as far as somebody gains by it beyond money.
enum class Power : std::uint8_t {
  None,
  Authority,  // who may move, freeze, mint or decide
  Nonce,      // the signature stays good for as long as somebody else likes
  Upgrade     // the code of a program
};

struct InstructionView {
  Pubkey program = {};
  std::vector<Pubkey> accounts = {};
  std::span<const std::uint8_t> data = {};
};
struct Explained {
  std::string program = {};  // "System", "swarm_core", or its address
  std::string says = {};
  bool readable = false;
  Power power = Power::None;
};

// The zero key for a program of ours that is not known.
struct OurPrograms {
  Pubkey swarm_core = {}, swarm_anchor = {};
};
Explained explain(const InstructionView& instruction, const OurPrograms& ours);

}  // namespace wardhive::chain
