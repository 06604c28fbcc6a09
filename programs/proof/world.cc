#include "proof/world.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "host/address.h"

extern "C" std::uint64_t entrypoint(std::uint8_t* input, const std::uint8_t* data);

namespace swarm::proof {

namespace {

constexpr std::uint64_t kStartTime = 1'700'000'000;
constexpr std::uint64_t kStartSlot = 1'000'000;
constexpr std::uint64_t kLamports = 1'000'000'000'000;

void must(const solhost::Outcome& outcome, const char* what) {
  if (!outcome.ok()) throw std::runtime_error(std::string(what) + ": " + outcome.text());
}

Bytes program_account(const Key& data_address) { return Writer().u32(2).key(data_address); }

}  // namespace

Key World::key(std::string_view name, std::uint64_t number) {
  const sol::Slice parts[] = {{reinterpret_cast<const std::uint8_t*>(name.data()), name.size()},
                              {reinterpret_cast<const std::uint8_t*>(&number), sizeof(number)}};
  const solhost::Digest digest = solhost::sha256(parts);
  Key made{};
  std::memcpy(&made, digest.data(), sizeof(made));
  return made;
}

World::World(const Start& start)
    : program(key("swarm core")), authority(key("authority")), mint(key("mint")) {
  bank.record_logs(false);
  bank.clock(kStartSlot, static_cast<std::int64_t>(kStartTime));
  const Key data_address = key("program data");
  bank.put(program, {kLamports, sol::kUpgradeableLoader, program_account(data_address), true});
  bank.add_program(program, &entrypoint);
  known_ = {{"program", program},
            {"program_data", data_address},
            {"mint", mint},
            {"token_program", sol::kTokenProgram},
            {"system_program", sol::kSystemProgram},
            {"authority", authority}};
  const std::pair<const char*, const char*> seeds[] = {
      {"config", "cfg"},     {"pool", "pool"},       {"fleet", "flt"},      {"work", "wrk"},
      {"stake_vault", "sv"}, {"reward_vault", "rv"}, {"escrow_vault", "ev"}};
  for (const auto& [name, seed] : seeds) known_[name] = solhost::derive({seed}, program).key;
  for (std::uint8_t kind = 0; kind < kSetKinds; ++kind)
    sets_.push_back(solhost::derive({"set", std::span<const std::uint8_t>(&kind, 1)}, program).key);
  known_["guardian"] = sets_[0];
  known_["sentinel"] = sets_[1];
  known_["resolver"] = sets_[2];
  for (std::size_t i = 0; i < kPositions; ++i) {
    const std::uint64_t nonce = i % kPositionsPerOwner;
    std::uint8_t bytes[8];
    std::memcpy(bytes, &nonce, 8);
    positions_.push_back(
        solhost::derive(
            {"pos", owner(i / kPositionsPerOwner), std::span<const std::uint8_t>(bytes)}, program)
            .key);
  }
  derive_market();
  set_upgrade_authority(&authority);
  bank.put(authority, {kLamports});
  put_mint();
  for (std::size_t i = 0; i < kOwners; ++i) {
    bank.put(owner(i), {kLamports});
    put_tokens(wallet(i), owner(i), start.wallet);
    put_tokens(purse(i), owner(i), 0);
    put_tokens(treasury(i), owner(i), 0);
  }
  initialise(start);
}

void World::derive_market() {
  for (std::size_t i = 0; i < kNodes; ++i)
    nodes_.push_back(solhost::derive({"node", identity(i)}, program).key);
  for (std::size_t i = 0; i < kDigests; ++i)
    digests_.push_back(solhost::derive({"dig", hardware(i)}, program).key);
  for (std::size_t i = 0; i < kLeases; ++i) {
    const std::uint64_t nonce = i % kLeasesPerOwner;
    std::uint8_t bytes[8];
    std::memcpy(bytes, &nonce, 8);
    leases_.push_back(
        solhost::derive({"lse", owner(i / kLeasesPerOwner), std::span<const std::uint8_t>(bytes)},
                        program)
            .key);
  }
  for (std::uint64_t id = 0; id < kIncidents; ++id) {
    std::uint8_t bytes[8];
    std::memcpy(bytes, &id, 8);
    incidents_.push_back(
        solhost::derive({"inc", std::span<const std::uint8_t>(bytes)}, program).key);
  }
}

void World::put_mint() {
  Bytes data(82);
  data[0] = 1;
  std::memcpy(&data[4], authority.bytes(), 32);
  const std::uint64_t supply = kSupplyMax;
  std::memcpy(&data[36], &supply, 8);
  data[44] = 9;
  data[45] = 1;
  bank.put(mint, {kLamports, sol::kTokenProgram, data});
}

void World::put_tokens(const Key& account, const Key& owner, std::uint64_t amount) {
  Bytes data(165);
  std::memcpy(&data[0], mint.bytes(), 32);
  std::memcpy(&data[32], owner.bytes(), 32);
  std::memcpy(&data[64], &amount, 8);
  data[108] = 1;
  bank.put(account, {kLamports, sol::kTokenProgram, data});
}

void World::set_upgrade_authority(const Key* key) {
  Bytes data = Writer().u32(3).u64(7).u8(key != nullptr ? 1 : 0).key(key != nullptr ? *key : Key{});
  data.resize(1'000);
  bank.put(known_.at("program_data"), {kLamports, sol::kUpgradeableLoader, data});
}

void World::initialise(const Start& start) {
  must(bank.execute(make(InstructionTag::Init, {},
                         Writer()
                             .key(Key{})
                             .u64(start.outflow_floor)
                             .u64(start.work_cap)
                             .u64(start.min_stakes[0])
                             .u64(start.min_stakes[1])
                             .u64(start.min_stakes[2]))),
       "init");
  // Guardian 3 of 5, sentinel 2 of 3, resolver 2 of 3.
  const std::size_t sizes[] = {5, 3, 3};
  const std::size_t thresholds[] = {3, 2, 2};
  std::size_t number = 0;
  for (std::uint8_t kind = 0; kind < kSetKinds; ++kind) {
    Writer arguments;
    arguments.u8(kind).u8(thresholds[kind]);
    for (std::size_t i = 0; i < sizes[kind]; ++i) arguments.key(set_key(number++));
    must(bank.execute(make(InstructionTag::InitSet, {}, arguments)), "init_set");
  }
  if (!start.seal) return;
  set_upgrade_authority(nullptr);
  must(bank.execute(make(InstructionTag::Seal)), "seal");
}

solhost::Instruction World::make(InstructionTag tag,
                                 std::vector<std::pair<std::string_view, Key>> named,
                                 const Bytes& arguments, const std::vector<Key>& signers) const {
  const InstructionSchema* schema = nullptr;
  for (const InstructionSchema& row : kInstructions) {
    if (row.tag == static_cast<std::uint8_t>(tag)) schema = &row;
  }
  if (schema == nullptr) throw std::logic_error("no such instruction");
  solhost::Instruction made{program, {}, {schema->tag}};
  for (const Slot& slot : schema->slots) {
    const auto given = std::ranges::find(named, std::string_view(slot.name),
                                         [](const auto& pair) { return pair.first; });
    const Key& address = given != named.end() ? given->second : known_.at(slot.name);
    made.metas.push_back({address, (slot.flags & kSigner) != 0, (slot.flags & kWritable) != 0});
  }
  for (const Key& signer : signers) made.metas.push_back({signer, true, false});
  made.data.insert(made.data.end(), arguments.begin(), arguments.end());
  return made;
}

std::uint64_t World::tokens(const Key& account) const {
  const auto data = bank.data(account);
  std::uint64_t amount = 0;
  if (data.size() >= 72) std::memcpy(&amount, &data[64], 8);
  return amount;
}

Key World::op(std::uint64_t number) const {
  std::uint8_t bytes[8];
  std::memcpy(bytes, &number, 8);
  return solhost::derive({"op", std::span<const std::uint8_t>(bytes)}, program).key;
}

void World::clock(std::uint64_t t, std::uint64_t slot) {
  bank.clock(slot, static_cast<std::int64_t>(t));
}

}  // namespace swarm::proof
