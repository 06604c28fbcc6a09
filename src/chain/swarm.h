// swarm_core from outside: its addresses, its instructions by the names of programs/abi, and its
// accounts as values. Any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "abi/program.h"
#include "chain/fault.h"
#include "chain/rpc.h"

namespace wardhive::chain {

// All that the program derives once for itself; positions and the like by the functions below.
struct SwarmAddresses {
  explicit SwarmAddresses(const Pubkey& program);

  Pubkey program, program_data;
  Pubkey config, pool, fleet, work;
  Pubkey guardian, sentinel, resolver;
  Pubkey stake_vault, reward_vault, escrow_vault;

  Pubkey position(const Pubkey& owner, std::uint64_t nonce) const;
  Pubkey node(const Pubkey& identity) const;
  Pubkey digest(const Pubkey& sha256) const;  // of the hardware
  Pubkey lease(const Pubkey& tenant, std::uint64_t nonce) const;
  Pubkey incident(std::uint64_t id) const;
  Pubkey op(std::uint64_t number) const;  // an administrative change that was queued
  // The account of that name in an instruction's list; nullptr if it is none of these.
  const Pubkey* find(std::string_view name) const;
};

// Builds one instruction: what SwarmAddresses and the chain's own programs do not give is said by
// name. A name that the schema does not have, an argument of the wrong width or one that is missing
// is our own mistake and asserts; the schema's order decides, not the caller's.
class SwarmInstruction {
 public:
  SwarmInstruction(const SwarmAddresses& addresses, swarm::InstructionTag tag);

  SwarmInstruction& account(std::string_view name, const Pubkey& key);
  SwarmInstruction& number(std::string_view name, std::uint64_t value);
  SwarmInstruction& key(std::string_view name, const Pubkey& value);
  SwarmInstruction& rest(std::string_view name, std::span<const std::uint8_t> bytes);
  // A key of a set that signs: behind the named accounts, in the order of the mask's bits.
  SwarmInstruction& set_signer(const Pubkey& key);
  Instruction build() const;

 private:
  std::size_t argument(std::string_view name, std::size_t size) const;

  const swarm::InstructionSchema* schema_;
  Pubkey program_;
  std::vector<AccountMeta> accounts_;
  std::vector<bool> has_account_;
  std::vector<AccountMeta> trailing_;
  std::vector<Bytes> arguments_;
  std::vector<bool> has_argument_;
};

// Bytes of an instruction's argument; 0 for the rest.
std::size_t argument_width(swarm::Type type);

inline Pubkey pubkey_of(const swarm::Key& key) {
  Pubkey value;
  std::memcpy(value.bytes.data(), &key, value.bytes.size());
  return value;
}

namespace detail {
Status check_layout(std::span<const std::uint8_t> data, std::uint8_t tag, std::uint8_t version,
                    std::size_t size, std::string_view name);
}
// An account of the program as its layout: InvalidInput for another tag, version or length.
template <class T>
Result<T> decode_account(std::span<const std::uint8_t> data, std::string_view name) {
  static_assert(std::is_trivially_copyable_v<T>);
  WARDHIVE_TRY(
      detail::check_layout(data, static_cast<std::uint8_t>(T::kTag), T::kVersion, sizeof(T), name));
  T value;
  std::memcpy(&value, data.data(), sizeof(T));
  return value;
}
// The same from the chain; NotFound `no_account` if it is not there, InvalidInput if it is another
// program's.
Status check_owner(const std::optional<Account>& account, const Pubkey& key, const Pubkey& program,
                   std::string_view name);
template <class T>
Result<T> read_account(const Rpc& rpc, const Pubkey& key, const Pubkey& program,
                       std::string_view name) {
  WARDHIVE_ASSIGN(const auto account, rpc.account(key));
  WARDHIVE_TRY(check_owner(account, key, program, name));
  return decode_account<T>(account->data, name);
}

// A number among an instruction's arguments; `data` begins with the tag. nullopt if it is too short
// or has no number of that name.
std::optional<std::uint64_t> instruction_number(swarm::InstructionTag tag,
                                                std::span<const std::uint8_t> data,
                                                std::string_view name);

// The program's own error numbers, in words.
ErrorNames swarm_error_names(const Pubkey& program);

}  // namespace wardhive::chain
