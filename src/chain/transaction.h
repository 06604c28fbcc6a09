// Transactions as they travel: built from instructions, signed, encoded, and read back. Legacy and
// version 0 messages. Any thread; plain values.
//
//   limit   kPacketBytesMax encoded; what is longer, or counts more than the format can say, is an
//           error when it is built and when it is read
//   source  solana-sdk message/{legacy,v0}, sanitize.rs; short_vec.rs for the lengths
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chain/keypair.h"
#include "chain/pubkey.h"

namespace wardhive::chain {

inline constexpr std::size_t kPacketBytesMax = 1'232;
inline constexpr std::uint64_t kLamportsPerSignature = 5'000;  // the base fee

struct AccountMeta {
  Pubkey key = {};
  bool signer = false;
  bool writable = false;
};
inline AccountMeta readonly(const Pubkey& key) { return {key, false, false}; }
inline AccountMeta writable(const Pubkey& key) { return {key, false, true}; }
inline AccountMeta signer(const Pubkey& key) { return {key, true, false}; }
inline AccountMeta writable_signer(const Pubkey& key) { return {key, true, true}; }

struct Instruction {
  Pubkey program = {};
  std::vector<AccountMeta> accounts = {};
  Bytes data = {};
};

enum class MessageVersion { Legacy, V0 };

struct CompiledInstruction {
  std::uint8_t program = 0;  // index of the message's keys
  std::vector<std::uint8_t> accounts = {};
  Bytes data = {};
};
struct TableLookup {  // V0: keys that a lookup table on the chain holds
  Pubkey table = {};
  std::vector<std::uint8_t> writable = {};
  std::vector<std::uint8_t> readonly = {};
};
struct Message {
  MessageVersion version = MessageVersion::Legacy;
  std::uint8_t signers = 0;           // the first keys
  std::uint8_t readonly_signers = 0;  // the last of those
  std::uint8_t readonly_others = 0;   // the last keys
  std::vector<Pubkey> keys = {};      // the payer first
  Blockhash blockhash = {};
  std::vector<CompiledInstruction> instructions = {};
  std::vector<TableLookup> lookups = {};

  bool is_writable(std::size_t key) const;  // of `keys`
};

// A lookup table that a V0 message may draw keys from.
struct LookupTable {
  Pubkey key = {};
  std::vector<Pubkey> addresses = {};
};

// Orders keys as the SDK does (payer, signers, others; writable before read-only; by bytes within).
// LimitReached if there are more keys than a byte counts.
Result<Message> compile(const Pubkey& payer, std::span<const Instruction> instructions,
                        const Blockhash& blockhash, MessageVersion version = MessageVersion::Legacy,
                        std::span<const LookupTable> tables = {});

Bytes encode(const Message& message);
// InvalidInput for anything the runtime's sanitizer refuses, and for trailing bytes.
Result<Message> decode_message(std::span<const std::uint8_t> bytes);

struct Transaction {
  std::vector<Signature> signatures = {};
  Message message = {};

  // What the chain calls it: the payer's signature.
  Signature id() const { return signatures.empty() ? Signature{} : signatures.front(); }
};

// Every signer the message asks for must be there; InvalidInput names the one that is missing.
// LimitReached if the transaction is longer than a packet.
Result<Transaction> sign(Message message, std::span<const Keypair* const> signers);
// LimitReached if it is longer than a packet.
Status check_size(const Transaction& transaction);
// With zero signatures, for simulation without keys.
Transaction unsigned_transaction(Message message);

Bytes encode(const Transaction& transaction);
Result<Transaction> decode_transaction(std::span<const std::uint8_t> bytes);

// Lengths as 7 bits a byte, at most 65535; only the shortest form is read. Exposed for tests.
void put_compact_u16(Bytes& out, std::uint16_t value);
Result<std::uint16_t> take_compact_u16(std::span<const std::uint8_t>& bytes);

}  // namespace wardhive::chain
