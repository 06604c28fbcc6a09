// Any bytes as the accounts that swarm_hook reads, natively. Whatever the mint, set_up either
// leaves a list with this cap or refuses with a number; execute lets pass exactly what the rule,
// written down here a second time, lets pass.
//
//   byte 0      0: set_up, and the rest is the mint's data; else execute, its bits are kWho below
//   execute     amount, cap, now, then the source account's data up to its 71st byte, then the
//               position's data up to the end
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "abi/accounts.h"
#include "abi/hook.h"
#include "base/check.h"
#include "host/address.h"
#include "host/runtime.h"

extern "C" std::uint64_t swarm_hook_entrypoint(std::uint8_t* input, const std::uint8_t* data);

namespace {

using namespace swarm::hook;
using solhost::Account;
using solhost::Instruction;
using solhost::Outcome;
using swarm::Position;

const sol::Key kProgram{{1, 2, 3, 4}};
const sol::Key kCore{{5, 6, 7, 8}};
const sol::Key kMint{{9, 10, 11, 12}};
const sol::Key kSource{{13, 14, 15, 16}};
const sol::Key kOwner{{17, 18, 19, 20}};
const sol::Key kPosition{{21, 22, 23, 24}};
const sol::Key kAuthority{{25, 26, 27, 28}};
const sol::Key kMetas = solhost::derive({"extra-account-metas", kMint}, kProgram).key;
const sol::Key kVault = solhost::derive({"rv"}, kCore).key;

// Bits of byte 0.
enum Who : std::uint8_t {
  kForeignSource = 2,    // not of Token-2022
  kForeignPosition = 4,  // not of swarm_core
  kSystemPosition = 8,   // of the System program
  kOwned = 16,           // the source is kOwner's, whatever its bytes say
  kVaults = 32,          // or a vault's
  kPlausible = 64,       // the position begins as kOwner's first one does
};

struct World {
  World() {
    bank.record_logs(false);
    bank.add_program(kProgram, &swarm_hook_entrypoint);
    bank.put(kAuthority, {.lamports = 1'000'000'000'000});
    bank.put(kCore, {.lamports = 1, .owner = sol::kUpgradeableLoader, .executable = true});
  }
  solhost::Bank bank;
};

Outcome set_up(solhost::Bank& bank, std::uint64_t cap) {
  Instruction made{kProgram,
                   {{kAuthority, true, true},
                    {kAuthority, true, false},
                    {kMint, false, false},
                    {kMetas, false, true},
                    {kCore, false, false},
                    {sol::kToken2022Program, false, false},
                    {sol::kSystemProgram, false, false}},
                   std::vector<std::uint8_t>(9)};
  made.data[0] = static_cast<std::uint8_t>(InstructionTag::SetUp);
  std::memcpy(&made.data[1], &cap, 8);
  bank.put(kMetas, {});
  return bank.execute(made);
}

void put_mint(solhost::Bank& bank, std::vector<std::uint8_t> data) {
  bank.put(kMint,
           {.lamports = 1'000'000, .owner = sol::kToken2022Program, .data = std::move(data)});
}

// With the hook, nobody who could change it, and nothing else.
std::vector<std::uint8_t> honest_mint() {
  std::vector<std::uint8_t> data(166 + 4 + 64);
  data[0] = data[45] = data[165] = 1;
  std::memcpy(&data[4], kAuthority.bytes(), 32);
  data[166] = 14;
  data[168] = 64;
  std::memcpy(&data[202], kProgram.bytes(), 32);
  return data;
}

void fuzz_set_up(solhost::Bank& bank, std::span<const std::uint8_t> bytes) {
  constexpr std::uint64_t kCap = 77;
  put_mint(bank, {bytes.begin(), bytes.end()});
  const Outcome outcome = set_up(bank, kCap);
  WARDHIVE_ASSERT(outcome.ok() || outcome.error == solhost::Fault::Custom);
  if (!outcome.ok()) return;
  // Then somewhere behind the mint's own bytes stands our hook, and nobody who could change it.
  const std::vector<std::uint8_t> hook = [] {
    std::vector<std::uint8_t> made(36 + 32);
    made[0] = 14;
    made[2] = 64;
    std::memcpy(&made[36], kProgram.bytes(), 32);
    return made;
  }();
  WARDHIVE_ASSERT(std::ranges::search(bytes, hook).begin() != bytes.end());
  WARDHIVE_ASSERT(std::memcmp(&bytes[4], kAuthority.bytes(), 32) == 0);
  Metas metas{};
  WARDHIVE_ASSERT(bank.data(kMetas).size() == sizeof(metas));
  std::memcpy(&metas, bank.data(kMetas).data(), sizeof(metas));
  WARDHIVE_ASSERT(metas.cap == kCap && std::memcmp(&metas.mint, kMint.bytes(), 32) == 0);
}

struct Transfer {
  std::uint8_t who = 0;
  std::uint64_t amount = 0, cap = 0, now = 0;
  std::vector<std::uint8_t> source, position;
};

bool position_lets_pass(const Transfer& given) {
  if ((given.who & kSystemPosition) != 0) return given.position.empty();
  if ((given.who & kForeignPosition) != 0 || given.position.size() != sizeof(Position))
    return false;
  Position position{};
  std::memcpy(&position, given.position.data(), sizeof(position));
  return position.tag == static_cast<std::uint8_t>(Position::kTag) &&
         position.version == Position::kVersion && position.nonce == 0 &&
         std::memcmp(&position.owner, &given.source[32], 32) == 0 &&
         given.now >= position.freeze_until;
}

bool lets_pass(const Transfer& given) {
  if ((given.who & kForeignSource) != 0 || given.source.size() < 64) return false;
  const bool vault = std::memcmp(&given.source[32], kVault.bytes(), 32) == 0;
  return (given.amount <= given.cap || vault) && position_lets_pass(given);
}

Transfer transfer_of(std::span<const std::uint8_t> bytes) {
  Transfer made;
  const auto take = [&](void* to, std::size_t size) {
    size = std::min(size, bytes.size());
    if (size > 0) std::memcpy(to, bytes.data(), size);
    bytes = bytes.subspan(size);
  };
  take(&made.who, 1);
  take(&made.amount, 8);
  take(&made.cap, 8);
  made.cap += made.cap == 0 ? 1 : 0;
  take(&made.now, 8);
  made.now >>= 1;  // 1970 or later
  made.source.resize(std::min<std::size_t>(71, bytes.size()));
  take(made.source.data(), made.source.size());
  made.position.assign(bytes.begin(), bytes.end());
  if ((made.who & (kOwned | kVaults)) != 0) {
    made.source.resize(std::max<std::size_t>(64, made.source.size()));
    std::memcpy(&made.source[32], (made.who & kVaults) != 0 ? kVault.bytes() : kOwner.bytes(), 32);
  }
  if ((made.who & kPlausible) != 0 && made.source.size() >= 64) {
    made.position.resize(sizeof(Position));
    made.position[0] = static_cast<std::uint8_t>(Position::kTag);
    made.position[1] = Position::kVersion;
    std::memcpy(&made.position[offsetof(Position, owner)], &made.source[32], 32);
    std::memset(&made.position[offsetof(Position, nonce)], 0, 8);
  }
  return made;
}

// As set_up makes it, once: it searches for four addresses.
Account list_with(solhost::Bank& bank, std::uint64_t cap) {
  static const Account made = [&] {
    put_mint(bank, honest_mint());
    WARDHIVE_ASSERT(set_up(bank, 1).ok());
    return *bank.find(kMetas);
  }();
  Account list = made;
  std::memcpy(&list.data[offsetof(Metas, cap)], &cap, 8);
  return list;
}

void fuzz_execute(solhost::Bank& bank, const Transfer& given) {
  bank.put(kMetas, list_with(bank, given.cap));
  bank.clock(5, static_cast<std::int64_t>(given.now));
  bank.put(kSource, {.lamports = 1'000'000,
                     .owner = (given.who & kForeignSource) != 0 ? kCore : sol::kToken2022Program,
                     .data = given.source});
  const sol::Key owner = (given.who & kSystemPosition) != 0    ? sol::kSystemProgram
                         : (given.who & kForeignPosition) != 0 ? kProgram
                                                               : kCore;
  bank.put(kPosition, {.lamports = 1'000'000, .owner = owner, .data = given.position});
  Instruction call{kProgram, {}, {kExecute, kExecute + 8}};
  for (const sol::Key& key : {kSource, kMint, kOwner, kOwner, kMetas, kCore, kPosition})
    call.metas.push_back({key, false, false});
  call.data.resize(16);
  std::memcpy(&call.data[8], &given.amount, 8);
  const Outcome outcome = bank.execute(call);
  WARDHIVE_ASSERT(outcome.ok() || outcome.error == solhost::Fault::Custom);
  WARDHIVE_ASSERT(outcome.ok() == lets_pass(given));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 2'048) return 0;
  static World world;
  world.bank.clock(5, 5);
  if (data[0] == 0) {
    fuzz_set_up(world.bank, {data + 1, size - 1});
  } else {
    fuzz_execute(world.bank, transfer_of({data, size}));
  }
  return 0;
}
