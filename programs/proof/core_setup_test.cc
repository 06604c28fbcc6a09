// Setting up and sealing: nobody but the upgrade authority, in order, on a harmless mint; and
// sealed only once nobody can change the program (D10, D11).
#include "gtest/gtest.h"
#include "proof/scene.h"

namespace swarm::proof {
namespace {

using solhost::Account;

constexpr std::uint64_t kCap = 1'000'000'000;

// Sets made, not sealed, and the authority is still there.
struct Open : Scene {
  Open() : Scene(start()) {}
  static Start start() {
    Start start;
    start.seal = false;
    return start;
  }
  void vacate(std::initializer_list<const char*> names) {
    for (const char* name : names) bank.put(address(name), {});
  }
  void vacate_all() {
    vacate({"config", "pool", "fleet", "work", "stake_vault", "reward_vault", "escrow_vault"});
  }
  solhost::Instruction init(const Key& hook = {}, std::uint64_t floor = kOutflowFloorMin,
                            std::uint64_t cap = kCap, std::uint64_t min_stake = 1) const {
    return make(InstructionTag::Init, {},
                Writer().key(hook).u64(floor).u64(cap).u64(5).u64(5).u64(min_stake));
  }
  solhost::Instruction init_set(std::uint8_t kind, std::uint8_t threshold,
                                std::initializer_list<std::size_t> keys) const {
    Writer arguments;
    arguments.u8(kind).u8(threshold);
    for (const std::size_t key : keys) arguments.key(set_key(key));
    return make(InstructionTag::InitSet, {}, arguments);
  }
  void change(const char* name, const std::function<void(Account&)>& how) {
    Account account = *bank.find(address(name));
    how(account);
    bank.put(address(name), account);
  }
};

TEST(Init, CreatesEverythingEmpty) {
  Open s;
  s.vacate_all();
  s.must(s.init());
  const Config config = s.read<Config>(s.address("config"));
  EXPECT_EQ(config.state, 0u);
  EXPECT_EQ(config.outflow_bps, kOutflowBpsStart);
  EXPECT_EQ(config.outflow_floor, kOutflowFloorMin);
  EXPECT_EQ(config.work_cap, kCap);
  EXPECT_EQ(config.sentinel_pause, kSentinelPauseMax);
  EXPECT_EQ(config.decimals, 9u);
  EXPECT_EQ(config.has_hook, 0u);
  EXPECT_EQ(config.sets, 0u);
  for (std::size_t role = 0; role < kRoles; ++role) {
    EXPECT_EQ(config.roles[role].min_stake, role == 2 ? 1u : 5u);
    EXPECT_EQ(config.roles[role].lock_max, kRoleBounds[role].lock_max);
    EXPECT_EQ(config.roles[role].unbond, kRoleBounds[role].unbond_max);
  }
  EXPECT_EQ(s.pool().last, kT0);
  EXPECT_EQ(s.pool().start, kT0);
  EXPECT_EQ(s.pool().end, kT0);
  EXPECT_EQ(s.pool().last_slot, kSlot0);
  EXPECT_EQ(s.pool().next_id, 1u);
  const Work work = s.read<Work>(s.address("work"));
  EXPECT_EQ(work.last_epoch, kT0 / kDay);
  EXPECT_EQ(work.prior_epoch, kT0 / kDay);
}

TEST(Init, IsTheUpgradeAuthoritysAndOnce) {
  Open s;
  EXPECT_REFUSED(s, s.init(), sol::Check::AlreadyExists) << "[A14]";
  s.vacate_all();
  solhost::Instruction wrong = s.init();
  wrong.metas[0].key = s.owner(0);
  EXPECT_REFUSED(s, wrong, Fault::NotUpgradeAuthority) << "[A16]";
  wrong = s.init();
  wrong.metas[0].signer = false;
  EXPECT_REFUSED(s, wrong, sol::Check::MissingSigner);
  wrong = s.init();
  wrong.metas[0].writable = false;
  EXPECT_REFUSED(s, wrong, sol::Check::NotWritable);
  s.set_upgrade_authority(nullptr);
  EXPECT_REFUSED(s, s.init(), Fault::NotUpgradeAuthority);
}

TEST(Init, CreatesAtItsOwnAddressesOnly) {
  Open s;
  s.vacate_all();
  for (std::size_t slot = 3; slot < 10; ++slot) {
    solhost::Instruction wrong = s.init();
    wrong.metas[slot].key = World::key("elsewhere");
    EXPECT_REFUSED(s, wrong, sol::Check::WrongPda) << slot << " [A10]";
    wrong = s.init();
    wrong.metas[slot].writable = false;
    EXPECT_REFUSED(s, wrong, sol::Check::NotWritable) << slot;
  }
  s.bank.clock(kSlot0, -1);
  EXPECT_REFUSED(s, s.init(), sol::Check::NegativeTime);
}

TEST(Init, BelievesTheLoaderOnly) {
  Open s;
  s.vacate_all();
  for (const char* name : {"program", "program_data"}) {
    const Account right = *s.bank.find(s.address(name));
    s.change(name, [&](Account& a) { a.owner = s.owner(0); });
    EXPECT_REFUSED(s, s.init(), sol::Check::WrongOwner);
    s.bank.put(s.address(name), right);
    s.change(name, [](Account& a) { a.data[0] = 1; });
    EXPECT_REFUSED(s, s.init(), sol::Check::WrongTag);
    s.bank.put(s.address(name), right);
    s.change(name, [](Account& a) { a.data.resize(4); });
    EXPECT_REFUSED(s, s.init(), sol::Check::WrongLength);
    s.bank.put(s.address(name), right);
    const Key copy = World::key("copy");
    s.bank.put(copy, right);
    solhost::Instruction wrong = s.init();
    wrong.metas[name == std::string_view("program") ? 1 : 2].key = copy;
    EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress) << "another program's authority";
  }
}

TEST(Init, KeepsItsNumbersInsideTheBounds) {
  Open s;
  s.vacate_all();
  EXPECT_REFUSED(s, s.init({}, kOutflowFloorMin - 1), Fault::OutOfBounds);
  EXPECT_REFUSED(s, s.init({}, kSupplyMax + 1), Fault::OutOfBounds);
  EXPECT_REFUSED(s, s.init({}, kOutflowFloorMin, kSupplyMax + 1), Fault::OutOfBounds);
  EXPECT_REFUSED(s, s.init({}, kOutflowFloorMin, kCap, 0), Fault::OutOfBounds);
  EXPECT_REFUSED(s, s.init({}, kOutflowFloorMin, kCap, kSupplyMax + 1), Fault::OutOfBounds);
  s.must(s.init({}, kSupplyMax, kSupplyMax, kSupplyMax));
}

TEST(Init, TakesHarmlessMintsOnly) {
  Open s;
  s.vacate_all();
  const Account right = *s.bank.find(s.mint);
  s.change("mint", [](Account& a) { a.data[46] = 1; });
  EXPECT_REFUSED(s, s.init(), sol::Check::HasFreezeAuthority) << "[A31]";
  s.bank.put(s.mint, right);
  s.change("mint", [](Account& a) { a.data[36] = 1; });  // 2^61 + 1
  EXPECT_REFUSED(s, s.init(), Fault::SupplyTooLarge);
  s.bank.put(s.mint, right);
  s.change("mint", [](Account& a) { a.data[45] = 0; });
  EXPECT_REFUSED(s, s.init(), sol::Check::NotAMint);
  s.bank.put(s.mint, right);
  s.must(s.init());
}

// A Token-2022 mint with one extension.
Account extended(const Account& plain, std::uint16_t type, const Bytes& value) {
  Account mint = plain;
  mint.owner = sol::kToken2022Program;
  mint.data.resize(166);
  mint.data[165] = 1;
  const Bytes entry = Writer().u16(type).u16(value.size()).raw(value);
  mint.data.insert(mint.data.end(), entry.begin(), entry.end());
  return mint;
}

TEST(Init, RefusesEveryExtensionThatCanTakeOrBlock) {
  Open s;
  s.vacate_all();
  const Account plain = *s.bank.find(s.mint);
  solhost::Instruction with = s.init();
  with.metas[11].key = sol::kToken2022Program;
  for (std::uint16_t type = 1; type < 40; ++type) {
    if (type == 14 || type == 18 || type == 19) continue;
    s.bank.put(s.mint, extended(plain, type, Bytes(8)));
    EXPECT_REFUSED(s, with, sol::Check::ExtensionRefused) << type << " [A33]";
  }
  // A hook that was not asked for, with an authority, of another program, of a wrong size.
  const Key hook = World::key("hook");
  Bytes value = Writer().key(Key{}).key(hook);
  s.bank.put(s.mint, extended(plain, 14, value));
  EXPECT_REFUSED(s, with, sol::Check::ExtensionRefused);
  with = s.init(hook);
  with.metas[11].key = sol::kToken2022Program;
  value[0] = 1;
  s.bank.put(s.mint, extended(plain, 14, value));
  EXPECT_REFUSED(s, with, sol::Check::WrongHook) << "[A19]";
  value[0] = 0;
  value[32] ^= 1;
  s.bank.put(s.mint, extended(plain, 14, value));
  EXPECT_REFUSED(s, with, sol::Check::WrongHook) << "[A19]";
  s.bank.put(s.mint, extended(plain, 14, Bytes(63)));
  EXPECT_REFUSED(s, with, sol::Check::NotAMint);
  Account cut = extended(plain, 18, Bytes(8));
  cut.data.pop_back();
  s.bank.put(s.mint, cut);
  EXPECT_REFUSED(s, with, sol::Check::NotAMint);
}

// ---- init_set

TEST(InitSet, GoesByTheOrderOfKinds) {
  Open s;
  s.vacate({"guardian", "sentinel", "resolver"});
  s.edit<Config>(s.address("config"), [](Config& c) { c.sets = 0; });
  EXPECT_REFUSED(s, s.init_set(1, 2, {5, 6, 7}), Fault::SetsOutOfOrder);
  EXPECT_REFUSED(s, s.init_set(3, 2, {5, 6, 7}), Fault::UnknownKind);
  EXPECT_REFUSED(s, s.init_set(0, 2, {1, 2}), Fault::ThresholdOutOfRange);
  EXPECT_REFUSED(s, s.init_set(0, 2, {1, 2, 2}), Fault::DuplicateKey);
  solhost::Instruction wrong = s.init_set(0, 2, {1, 2, 3});
  wrong.data.push_back(0);
  EXPECT_REFUSED(s, wrong, sol::Check::TrailingData);
  wrong = s.init_set(0, 2, {1, 2, 3});
  wrong.metas[0].key = s.owner(0);
  EXPECT_REFUSED(s, wrong, Fault::NotUpgradeAuthority);
  wrong = s.init_set(0, 2, {1, 2, 3});
  wrong.metas[0].writable = false;
  EXPECT_REFUSED(s, wrong, sol::Check::NotWritable);
  wrong = s.init_set(0, 2, {1, 2, 3});
  wrong.metas[7].key = sol::kTokenProgram;
  EXPECT_REFUSED(s, wrong, sol::Check::WrongProgram);
  s.must(s.init_set(0, 2, {1, 2, 3}));
  EXPECT_EQ(s.read<Set>(s.set(SetKind::Guardian)).size, 3u);
  EXPECT_EQ(s.read<Set>(s.set(SetKind::Guardian)).keys[3], swarm::Key{});
  EXPECT_REFUSED(s, s.init_set(0, 2, {1, 2, 3}), Fault::SetsOutOfOrder);
  EXPECT_REFUSED(s, s.init_set(1, 1, {1}), Fault::DuplicateKey) << "a guardian's";
  s.must(s.init_set(1, 1, {4}));
  EXPECT_REFUSED(s, s.init_set(2, 2, {9, 4}), Fault::DuplicateKey) << "a sentinel's";
  EXPECT_REFUSED(s, s.init_set(2, 2, {9, 2}), Fault::DuplicateKey) << "a guardian's";
  wrong = s.init_set(2, 2, {9, 10});
  wrong.metas[4].key = s.set(SetKind::Sentinel);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongLink);
  s.must(s.init_set(2, 2, {9, 10}));
  EXPECT_EQ(s.read<Config>(s.address("config")).sets, 3u);
}

// ---- seal

TEST(Seal, NeedsAFinalProgramAndAllSets) {
  Open s;
  const solhost::Instruction seal = s.make(InstructionTag::Seal);
  EXPECT_REFUSED(s, seal, Fault::StillUpgradeable) << "[A79]";
  s.set_upgrade_authority(nullptr);
  s.edit<Config>(s.address("config"), [](Config& c) { c.sets = 2; });
  EXPECT_REFUSED(s, seal, Fault::SetsOutOfOrder);
  s.edit<Config>(s.address("config"), [](Config& c) { c.sets = 3; });
  for (const std::size_t slot : {3u, 4u, 5u}) {
    solhost::Instruction wrong = seal;
    wrong.metas[slot].key = s.set(slot == 3 ? SetKind::Resolver : SetKind::Guardian);
    EXPECT_REFUSED(s, wrong, sol::Check::WrongLink);
  }
  solhost::Instruction wrong = seal;
  wrong.metas[2].writable = false;
  EXPECT_REFUSED(s, wrong, sol::Check::NotWritable);
  s.must(seal);
  EXPECT_EQ(s.read<Config>(s.address("config")).state, Config::kSealed);
  EXPECT_REFUSED(s, seal, Fault::AlreadySealed);
}

TEST(Seal, BelievesTheLoaderOnly) {
  Open s;
  s.set_upgrade_authority(nullptr);
  const solhost::Instruction seal = s.make(InstructionTag::Seal);
  for (const std::size_t slot : {0u, 1u}) {
    solhost::Instruction wrong = seal;
    wrong.metas[slot].key = World::key("made up");
    EXPECT_REFUSED(s, wrong, sol::Check::WrongOwner) << "[A79]";
  }
  s.bank.clock(kSlot0, -1);
  EXPECT_REFUSED(s, seal, sol::Check::NegativeTime);
}

TEST(Seal, LooksAtTheVaults) {
  Open s;
  s.set_upgrade_authority(nullptr);
  const solhost::Instruction seal = s.make(InstructionTag::Seal);
  const auto with = [&](const char* name, const std::function<void(Account&)>& how,
                        sol::Check check) {
    const Account right = *s.bank.find(s.address(name));
    s.change(name, how);
    EXPECT_REFUSED(s, seal, check) << name;
    s.bank.put(s.address(name), right);
  };
  for (const char* name : {"stake_vault", "reward_vault", "escrow_vault"}) {
    with(name, [](Account& a) { a.data[0] ^= 1; }, sol::Check::WrongMint);
    with(name, [](Account& a) { a.data[32] ^= 1; }, sol::Check::WrongAuthority);
    with(name, [](Account& a) { a.data[72] = 1; }, sol::Check::HasDelegate);
    with(name, [](Account& a) { a.data[129] = 1; }, sol::Check::HasCloseAuthority);
    with(name, [](Account& a) { a.data[108] = 2; }, sol::Check::Frozen);
  }
  solhost::Instruction wrong = seal;
  std::swap(wrong.metas[6], wrong.metas[7]);
  EXPECT_REFUSED(s, wrong, sol::Check::WrongAddress);
  s.must(seal);
}

TEST(Unsealed, NothingWorksForUsers) {
  Open s;
  EXPECT_REFUSED(s, s.open(0), Fault::NotSealed);
  EXPECT_REFUSED(s, s.fund(Purse::Stream, kDay, kDay), Fault::NotSealed);
}

TEST(Dispatch, AnswersWhatIsNoInstruction) {
  Scene s;
  EXPECT_REFUSED(s, (solhost::Instruction{s.program, {}, {}}), sol::Check::NoInstruction);
  EXPECT_REFUSED(s, (solhost::Instruction{s.program, {}, {0}}), sol::Check::UnknownInstruction);
  EXPECT_REFUSED(s, (solhost::Instruction{s.program, {}, {36}}), sol::Check::UnknownInstruction);
}

}  // namespace
}  // namespace swarm::proof
