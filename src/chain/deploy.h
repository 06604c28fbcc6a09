// Programs of the upgradeable loader: what the chain has, and putting one there. Any thread; calls
// block.
//
//   cost    a program of 100 KB is about 105 transactions, sent 64 at a time; a few slots in all
//   resume  the buffer on the chain says what is there already: the same buffer key again writes
//           only the rest
//   source  solana loader-v3-interface state.rs, instruction.rs
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "chain/rpc.h"

namespace wardhive::chain {

struct OnChainProgram {
  Pubkey program_data = {};
  std::optional<Pubkey> authority = {};  // who may change it; nobody once this is empty
  std::uint64_t slot = 0;                // of its latest deployment
  Bytes file = {};                       // with the zeros that fill its account
};
// NotFound `no_program` if nothing is there; InvalidInput `not_a_program` if it is something else.
Result<OnChainProgram> read_program(const Rpc& rpc, const Pubkey& program);
// The data of a ProgramData account. Exposed for tests and the fuzzer.
Result<OnChainProgram> parse_program_data(std::span<const std::uint8_t> data);

// What programs are compared by, here and by solana-verify: SHA-256 without the zeros at the end.
Hash256 program_hash(std::span<const std::uint8_t> file);

struct Deployment {
  Bytes file = {};
  const Keypair* payer = nullptr;               // pays, and becomes the upgrade authority
  const Keypair* program = nullptr;             // its address
  const Keypair* buffer = nullptr;              // where the bytes are collected
  std::uint64_t unit_price_micro_lamports = 0;  // priority fee of each transaction
  std::function<void(std::size_t bytes, std::size_t all)> progress = {};
};
struct Deployed {
  bool was_there = false;  // these very bytes: nothing was done
  std::size_t bytes_written = 0;
  std::optional<Signature> signature = {};
};
// Fills the buffer and deploys it with room for exactly its bytes, so that nothing longer can ever
// take its place. Errors: InvalidInput `payer_unfunded` with the sum that is missing, before
// anything is sent; Conflict `other_program` if something else is at either address; Timeout if
// writes no longer arrive (call again to go on).
Result<Deployed> deploy(const Rpc& rpc, const Deployment& deployment);

// Gives an unfinished deployment up: the buffer's SOL goes back to `payer`, its authority. Lamports
// that came back; NotFound `no_buffer` if there is none.
Result<std::uint64_t> abandon(const Rpc& rpc, const Keypair& payer, const Pubkey& buffer);

}  // namespace wardhive::chain
