// A world in which every instruction can succeed, for tests that then spoil one thing at a time.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "proof/world.h"

namespace swarm::proof {

// Start of the world's clock (world.cc).
inline constexpr std::uint64_t kT0 = 1'700'000'000;
inline constexpr std::uint64_t kSlot0 = 1'000'000;

// Which keys of a set sign, by the bits of its mask, and for how many slots from now.
struct By {
  std::uint16_t mask = 0;
  std::uint64_t ahead = 100;
};

class Scene : public World {
 public:
  Scene() = default;
  explicit Scene(const Start& start) : World(start) {}

  // Seconds after the start, and as many slots.
  void at(std::uint64_t dt) { clock(kT0 + dt, kSlot0 + dt); }
  void must(const solhost::Instruction& instruction) {
    const solhost::Outcome outcome = bank.execute(instruction);
    if (!outcome.ok()) throw std::runtime_error(outcome.text());
  }
  template <class T>
  void edit(const Key& address, const std::function<void(T&)>& change) {
    T value = read<T>(address);
    change(value);
    solhost::Account account = *bank.find(address);
    std::memcpy(account.data.data(), &value, sizeof(T));
    bank.put(address, account);
  }
  Position position_of(std::size_t i) const { return read<Position>(position(i)); }
  Pool pool() const { return read<Pool>(address("pool")); }

  // ---- Instructions of owner i's first position, as they succeed in the right state.
  solhost::Instruction open(std::size_t i, std::uint64_t amount = 1 << 21,
                            std::uint32_t lock = 30 * kDay, std::uint8_t role = 0) const {
    return make(InstructionTag::OpenPosition, named(i, "from"),
                Writer().u8(role).u64(0).u64(amount).u32(lock));
  }
  solhost::Instruction add(std::size_t i, Source source, std::uint64_t amount,
                           std::uint32_t lock = 0) const {
    auto accounts = named(i, "from");
    if (source == Source::Rewards) accounts[2].second = address("reward_vault");
    return make(InstructionTag::AddStake, accounts,
                Writer().u8(static_cast<std::uint8_t>(source)).u64(amount).u32(lock));
  }
  solhost::Instruction unstake(std::size_t i, std::uint64_t amount) const {
    return make(InstructionTag::RequestUnstake, named(i, "to"), Writer().u64(amount));
  }
  solhost::Instruction take_out(std::size_t i, std::uint64_t amount) const {
    auto accounts = named(i, "to");
    accounts.emplace_back("rent_to", owner(i));
    return make(InstructionTag::Withdraw, accounts, Writer().u64(amount));
  }
  solhost::Instruction refresh(std::size_t i) const {
    return make(InstructionTag::Refresh, named(i, "to"));
  }
  solhost::Instruction claim(std::size_t i) const {
    return make(InstructionTag::Claim, named(i, "to"));
  }
  solhost::Instruction fund(Purse purse, std::uint64_t amount, std::uint32_t seconds) const {
    return make(InstructionTag::Fund,
                {{"payer", owner(3)},
                 {"from", wallet(3)},
                 {"purse", address(purse == Purse::Stream ? "pool" : "work")}},
                Writer().u8(static_cast<std::uint8_t>(purse)).u64(amount).u32(seconds));
  }

  // ---- Signed by key sets.
  std::vector<Key> signers(SetKind kind, std::uint16_t mask) const {
    static constexpr std::size_t kFirst[] = {0, 5, 8};
    std::vector<Key> keys;
    for (std::size_t bit = 0; bit < 16; ++bit) {
      if ((mask >> bit & 1) != 0)
        keys.push_back(set_key(kFirst[static_cast<std::size_t>(kind)] + bit));
    }
    return keys;
  }
  Bytes signature(const By& by) const {
    return Writer().u16(by.mask).u64(bank.clock().slot + by.ahead);
  }
  solhost::Instruction post_root(std::uint64_t n, std::uint64_t total,
                                 const Key& root = key("root"), std::uint64_t size = 1,
                                 By by = {0b011}) const {
    return make(InstructionTag::PostRoot, {},
                Writer().u64(n).key(root).u64(size).u64(total).raw(signature(by)),
                signers(SetKind::Sentinel, by.mask));
  }
  solhost::Instruction disable_root(std::uint64_t n, SetKind kind, By by) const {
    return make(InstructionTag::DisableRoot, {{"set", set(kind)}},
                Writer().u64(n).raw(signature(by)), signers(kind, by.mask));
  }
  solhost::Instruction claim_work(std::size_t i, std::uint64_t index, std::uint64_t cumulative,
                                  const Bytes& proof = {}) const {
    return make(InstructionTag::ClaimWork, {{"position", position(2 * i)}},
                Writer().u64(index).u64(cumulative).raw(proof));
  }
  solhost::Instruction pause(std::uint8_t what, std::uint32_t seconds, SetKind kind, By by) const {
    return make(InstructionTag::Breaker, {{"set", set(kind)}},
                Writer().u8(what).u32(seconds).raw(signature(by)), signers(kind, by.mask));
  }
  solhost::Instruction queue(OpKind kind, const Bytes& payload, By by = {0b00111}) const {
    return queue_as(static_cast<std::uint8_t>(kind), payload, by);
  }
  solhost::Instruction queue_as(std::uint8_t kind, const Bytes& payload, By by = {0b00111}) const;
  solhost::Instruction cancel(std::uint64_t number, By by = {0b00111}) const {
    return make(InstructionTag::CancelOp, {{"op", op(number)}, {"rent_to", owner(3)}},
                signature(by), signers(SetKind::Guardian, by.mask));
  }
  solhost::Instruction run_op(std::uint64_t number, const Bytes& payload) const {
    return make(InstructionTag::ExecuteOp, {{"op", op(number)}, {"rent_to", owner(3)}}, payload);
  }

  // Empty if it is refused with this number and no account is another than before; else what is
  // wrong with that.
  std::string refuses(const solhost::Instruction& instruction, std::uint64_t number);

 private:
  std::vector<std::pair<std::string_view, Key>> named(std::size_t i, const char* tokens) const {
    return {{"owner", owner(i)}, {"position", position(2 * i)}, {tokens, wallet(i)}};
  }
};

// The work leaf of a position, hashed here and not by the program's own function.
Key leaf_of(const Scene& scene, std::size_t i, std::uint64_t cumulative);
// SHA-256(1 | left | right).
Key node_of(const Key& left, const Key& right);

inline std::uint64_t number(Fault fault) { return static_cast<std::uint64_t>(fault); }
inline std::uint64_t number(sol::Check check) { return static_cast<std::uint64_t>(check); }

// For tests, which include gtest.
#define EXPECT_REFUSED(scene, instruction, fault) \
  EXPECT_EQ((scene).refuses((instruction), ::swarm::proof::number(fault)), "")

}  // namespace swarm::proof
