// swarm_core in the host runtime, initialised and sealed, with owners, wallets and key holders; and
// instructions made by the names of the schema. For the model's sequences and for unit tests.
//
//   World world;
//   const auto made = world.make(InstructionTag::Claim, {{"owner", ...}, {"position", ...}, {"to",
//   ...}}); const solhost::Outcome outcome = world.bank.execute(made);
//
// Accounts of which there is one (config, pool, vaults, mint, programs) need not be named.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/program.h"
#include "host/runtime.h"

namespace swarm::proof {

using solhost::Key;
using Bytes = std::vector<std::uint8_t>;

// Arguments, packed and little endian.
class Writer {
 public:
  template <class T>
  Writer& put(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
    return *this;
  }
  Writer& u8(std::uint64_t value) { return put(static_cast<std::uint8_t>(value)); }
  Writer& u16(std::uint64_t value) { return put(static_cast<std::uint16_t>(value)); }
  Writer& u32(std::uint64_t value) { return put(static_cast<std::uint32_t>(value)); }
  Writer& u64(std::uint64_t value) { return put(value); }
  Writer& key(const Key& key) {
    bytes_.insert(bytes_.end(), key.bytes(), key.bytes() + 32);
    return *this;
  }
  Writer& raw(const Bytes& bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  operator Bytes() const { return bytes_; }  // NOLINT: what a writer is for

 private:
  Bytes bytes_;
};

inline constexpr std::size_t kOwners = 4;
inline constexpr std::size_t kPositionsPerOwner = 2;
inline constexpr std::size_t kPositions = kOwners * kPositionsPerOwner;
inline constexpr std::size_t kSetKeys = 24;
inline constexpr std::size_t kNodes = 8;  // machines; any owner may register any
inline constexpr std::size_t kDigests = 8;
inline constexpr std::size_t kLeasesPerOwner = 4;
inline constexpr std::size_t kLeases = kOwners * kLeasesPerOwner;
inline constexpr std::size_t kIncidents = 6;  // numbered from 0

class World {
 public:
  struct Start {
    std::uint64_t min_stakes[kRoles] = {1'000'000, 1'000, 50'000'000};
    std::uint64_t outflow_floor = kOutflowFloorMin;
    std::uint64_t work_cap = 1'000'000'000;
    std::uint64_t wallet = std::uint64_t{1} << 58;  // token units of each owner
    bool seal = true;
  };
  World() : World(Start{}) {}
  explicit World(const Start& start);

  static Key key(std::string_view name, std::uint64_t number = 0);

  // The instruction with its accounts in order. Names that are neither given nor known are an
  // error.
  solhost::Instruction make(InstructionTag tag,
                            std::vector<std::pair<std::string_view, Key>> named = {},
                            const Bytes& arguments = {},
                            const std::vector<Key>& signers = {}) const;

  // Reads an account's layout.
  template <class T>
  T read(const Key& address) const {
    T value{};
    const auto data = bank.data(address);
    if (data.size() == sizeof(T)) std::memcpy(&value, data.data(), sizeof(T));
    return value;
  }
  std::uint64_t tokens(const Key& account) const;
  bool exists(const Key& address) const { return bank.find(address) != nullptr; }

  void put_tokens(const Key& account, const Key& owner, std::uint64_t amount);
  // ProgramData's authority, or none.
  void set_upgrade_authority(const Key* authority);
  void clock(std::uint64_t t, std::uint64_t slot);

  Key owner(std::size_t number) const { return key("owner", number); }
  Key wallet(std::size_t number) const { return key("wallet", number); }
  Key set_key(std::size_t number) const { return key("set key", number); }
  Key position(std::size_t number) const { return positions_[number]; }
  // What providers are paid to, and the treasury.
  Key purse(std::size_t number) const { return key("purse", number); }
  Key treasury(std::size_t number) const { return key("treasury", number); }
  Key identity(std::size_t number) const { return key("identity", number); }
  Key hardware(std::size_t number) const { return key("hardware", number); }
  Key node(std::size_t number) const { return nodes_[number]; }
  Key marker(std::size_t number) const { return digests_[number]; }  // of hardware(number)
  Key lease(std::size_t number) const { return leases_[number]; }
  Key incident(std::uint64_t id) const { return incidents_[id]; }
  Key op(std::uint64_t number) const;
  Key set(SetKind kind) const { return sets_[static_cast<std::size_t>(kind)]; }
  const Key& address(std::string_view name) const { return known_.at(std::string(name)); }

  solhost::Bank bank;
  const Key program;
  const Key authority;
  const Key mint;

 private:
  void put_mint();
  void derive_market();
  void initialise(const Start& start);

  std::map<std::string, Key> known_;
  std::vector<Key> positions_, nodes_, digests_, leases_, incidents_;
  std::vector<Key> sets_;
};

}  // namespace swarm::proof
