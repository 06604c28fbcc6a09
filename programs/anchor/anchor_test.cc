// swarm_anchor natively: what it keeps, and each check violated once, with its number and nothing
// changed. [A..] are cases of the adversarial checklist (docs/assurance.md).
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "abi/anchor.h"
#include "anchor/tree.h"
#include "host/address.h"
#include "host/runtime.h"
#include "sol/error.h"

extern "C" std::uint64_t swarm_anchor_entrypoint(std::uint8_t* input, const std::uint8_t* data);

namespace swarm::anchor {
namespace {

using sol::Check;
using solhost::Account;
using solhost::Instruction;
using solhost::Outcome;

constexpr std::uint64_t kLamports = 1'000'000'000;
constexpr std::uint64_t kId = 7;

sol::Key labelled(std::string_view label) {
  const sol::Slice parts[] = {{reinterpret_cast<const std::uint8_t*>(label.data()), label.size()}};
  const solhost::Digest digest = solhost::sha256(parts);
  sol::Key key{};
  std::memcpy(&key, digest.data(), sizeof(key));
  return key;
}

void put(std::vector<std::uint8_t>& to, const void* bytes, std::size_t size) {
  const auto* begin = static_cast<const std::uint8_t*>(bytes);
  to.insert(to.end(), begin, begin + size);
}

class AnchorTest : public testing::Test {
 protected:
  // Slots.
  enum { kPayer, kOpener, kNewLog, kSystem };
  enum { kAuthority, kLog };

  AnchorTest() {
    bank.add_program(program, &swarm_anchor_entrypoint);
    bank.put(payer, {.lamports = kLamports});
    bank.clock(50, 2'000);
  }

  sol::Key log_of(const sol::Key& owner, std::uint64_t id) const {
    std::uint8_t bytes[8];
    std::memcpy(bytes, &id, 8);
    return solhost::derive({"log", owner, std::span<const std::uint8_t>(bytes)}, program).key;
  }
  Instruction open(const sol::Key& owner, std::uint64_t id = kId) const {
    Instruction made{program,
                     {{payer, true, true},
                      {owner, true, false},
                      {log_of(owner, id), false, true},
                      {sol::kSystemProgram, false, false}},
                     {static_cast<std::uint8_t>(InstructionTag::OpenLog)}};
    put(made.data, &id, 8);
    return made;
  }
  Instruction anchor_raw(std::uint64_t size, const sol::Key& root, const Hashes& proof) const {
    Instruction made{program,
                     {{authority, true, false}, {log, false, true}},
                     {static_cast<std::uint8_t>(InstructionTag::Anchor)}};
    put(made.data, &size, 8);
    put(made.data, &root, 32);
    put(made.data, proof.data(), 32 * proof.size());
    return made;
  }
  // The honest one, after what the log holds now.
  Instruction anchor_to(std::uint64_t size) {
    const std::uint64_t before = state().size;
    return anchor_raw(size, tree.root(size),
                      before == 0 || before >= size ? Hashes{} : tree.proof(before, size));
  }
  Log state() const {
    Log read{};
    const auto data = bank.data(log);
    EXPECT_EQ(data.size(), sizeof(read));
    if (data.size() == sizeof(read)) std::memcpy(&read, data.data(), sizeof(read));
    return read;
  }

  Outcome does(const Instruction& instruction) {
    Outcome outcome = bank.execute(instruction);
    EXPECT_TRUE(outcome.ok()) << outcome.text();
    return outcome;
  }
  template <class Code>
  void refuses(const Instruction& instruction, Code code) {
    const auto snapshot = [&] {
      std::vector<std::pair<std::string, Account>> all;
      for (const auto& [key, account] : bank.all())
        all.emplace_back(solhost::to_base58(key), *account);
      return all;
    };
    const auto before = snapshot();
    const Outcome outcome = bank.execute(instruction);
    EXPECT_EQ(outcome.error, solhost::Fault::Custom) << outcome.text();
    EXPECT_EQ(outcome.custom_code, static_cast<std::uint32_t>(code)) << outcome.text();
    EXPECT_TRUE(outcome.events.empty());
    EXPECT_TRUE(snapshot() == before) << "a refused instruction changed an account";
  }
  // The log as `change` leaves it: an honest checkpoint is refused, then it is put right.
  template <class Code>
  void spoilt(Code code, const std::function<void(Account&)>& change) {
    const Account right = *bank.find(log);
    const Instruction next = anchor_to(9);
    Account wrong = right;
    change(wrong);
    bank.put(log, wrong);
    refuses(next, code);
    bank.put(log, right);
  }

  solhost::Bank bank;
  Tree tree;
  const sol::Key program = labelled("program");
  const sol::Key payer = labelled("payer");
  const sol::Key authority = labelled("authority");
  const sol::Key log = log_of(authority, kId);
};

template <class E>
E event_of(const Outcome& outcome) {
  E event{};
  EXPECT_EQ(outcome.events.size(), 1u);
  if (outcome.events.size() == 1 && outcome.events[0].size() == sizeof(event))
    std::memcpy(&event, outcome.events[0].data(), sizeof(event));
  return event;
}

const Key& as_abi(const sol::Key& key) { return reinterpret_cast<const Key&>(key); }

// Numbers and sizes that clients and wallets rely on.
TEST(AnchorAbi, StaysWhatItIs) {
  EXPECT_EQ(sizeof(Log), 112u);
  EXPECT_EQ(sizeof(event::LogOpened), 64u);
  EXPECT_EQ(sizeof(event::Anchored), 64u);
  for (const ErrorSchema& row : kErrors) {
    EXPECT_GE(row.number % 100, 20u) << row.name << ": lower ones are sol's";
    EXPECT_LE(row.number / 100, 13u) << row.name;
  }
}

TEST_F(AnchorTest, OpensAnEmptyLog) {
  const auto event = event_of<event::LogOpened>(does(open(authority)));
  EXPECT_EQ(event.tag, static_cast<std::uint8_t>(EventTag::LogOpened));
  EXPECT_EQ(event.version, 1u);
  EXPECT_EQ(event.seq, 0u);
  EXPECT_EQ(event.slot, 50u);
  EXPECT_EQ(event.id, kId);
  EXPECT_EQ(event.authority, as_abi(authority));
  const Log made = state();
  EXPECT_EQ(made.authority, as_abi(authority));
  EXPECT_EQ(made.id, kId);
  EXPECT_EQ(made.bump, solhost::derive({"log", authority,
                                        std::span<const std::uint8_t>(
                                            reinterpret_cast<const std::uint8_t*>(&kId), 8)},
                                       program)
                           .bump);
  EXPECT_EQ(made.seq + made.size + made.slot + made.time, 0u);
  EXPECT_EQ(made.root, Key{});
  EXPECT_EQ(bank.lamports(log), bank.rent_exempt(sizeof(Log)));
}

TEST_F(AnchorTest, TakesCheckpointsThatExtendEachOther) {
  does(open(authority));
  std::uint64_t seq = 0;
  for (const std::uint64_t size : {3, 4, 5, 8, 64, 65, 1'000}) {
    bank.clock(60 + seq, static_cast<std::int64_t>(3'000 + size));
    const auto event = event_of<event::Anchored>(does(anchor_to(size)));
    seq += 1;
    EXPECT_EQ(event.tag, static_cast<std::uint8_t>(EventTag::Anchored));
    EXPECT_EQ(event.seq, seq);
    EXPECT_EQ(event.slot, 59 + seq);
    EXPECT_EQ(event.size, size);
    EXPECT_EQ(event.root, as_abi(tree.root(size)));
    const Log now = state();
    EXPECT_EQ(now.seq, seq);
    EXPECT_EQ(now.size, size);
    EXPECT_EQ(now.root, as_abi(tree.root(size)));
    EXPECT_EQ(now.slot, 59 + seq);
    EXPECT_EQ(now.time, 3'000 + size);
    EXPECT_EQ(now.authority, as_abi(authority));
    EXPECT_EQ(now.id, kId);
  }
}

TEST_F(AnchorTest, AnybodyRunsAsManyLogsAsHeLikes) {
  const sol::Key other = labelled("another authority");
  does(open(authority, 0));
  does(open(authority, 1));
  does(open(other, 0));
  does(open(payer, 0));  // who pays may be who signs
  EXPECT_EQ(bank.lamports(payer), kLamports - 4 * bank.rent_exempt(sizeof(Log)));
}

TEST_F(AnchorTest, RefusesWhatDoesNotGrow) {
  does(open(authority));
  refuses(anchor_raw(0, tree.root(1), {}), Fault::NotLarger);
  does(anchor_to(8));
  refuses(anchor_to(8), Fault::NotLarger);
  refuses(anchor_to(7), Fault::NotLarger);
  refuses(anchor_raw(0, tree.root(8), {}), Fault::NotLarger);
  // Not even with what would prove it the other way round.
  refuses(anchor_raw(5, tree.root(5), tree.proof(5, 8)), Fault::NotLarger);
}

TEST_F(AnchorTest, RefusesARewrittenLog) {
  does(open(authority));
  does(anchor_to(6));
  Tree other(1'000'000);
  refuses(anchor_raw(9, other.root(9), other.proof(6, 9)), Fault::BadProof);
  refuses(anchor_raw(9, other.root(9), tree.proof(6, 9)), Fault::BadProof);
  refuses(anchor_raw(9, tree.root(9), other.proof(6, 9)), Fault::BadProof);
  refuses(anchor_raw(9, tree.root(9), tree.proof(5, 9)), Fault::BadProof);
  refuses(anchor_raw(9, tree.root(9), {}), Fault::BadProof);
  does(anchor_to(9));
}

// The first checkpoint is anything; a proof of nothing would be a hint at a confused caller.
TEST_F(AnchorTest, TheFirstNeedsNoProofAndTakesNone) {
  does(open(authority));
  refuses(anchor_raw(3, tree.root(3), {tree.root(1)}), Fault::BadProof);
  does(anchor_raw(3, tree.root(3), {}));
}

TEST_F(AnchorTest, RefusesProofsOfOtherLengths) {
  does(open(authority));
  does(anchor_to(6));
  Instruction call = anchor_to(9);
  call.data.pop_back();
  refuses(call, Fault::ProofTooLong);
  call = anchor_to(9);
  call.data.push_back(0);
  refuses(call, Fault::ProofTooLong);
  refuses(anchor_raw(9, tree.root(9), Hashes(kProofMax + 1)), Fault::ProofTooLong);
  refuses(anchor_raw(9, tree.root(9), Hashes(kProofMax)), Fault::BadProof);
}

// [A1] [A2]
TEST_F(AnchorTest, RefusesWhoHasNotSigned) {
  Instruction call = open(authority);
  call.metas[kOpener].signer = false;
  refuses(call, Check::MissingSigner);
  call = open(authority);
  call.metas[kPayer].signer = false;
  refuses(call, Check::MissingSigner);
  does(open(authority));
  call = anchor_to(3);
  call.metas[kAuthority].signer = false;
  refuses(call, Check::MissingSigner);
  // Somebody else, who did sign; and the payer has no rights in the log.
  for (const sol::Key& other : {labelled("another authority"), payer}) {
    call = anchor_to(3);
    call.metas[kAuthority].key = other;
    refuses(call, Check::WrongLink);
  }
}

TEST_F(AnchorTest, RefusesWhatItCannotWrite) {
  Instruction call = open(authority);
  call.metas[kPayer].writable = false;
  refuses(call, Check::NotWritable);
  call = open(authority);
  call.metas[kNewLog].writable = false;
  refuses(call, Check::NotWritable);
  does(open(authority));
  call = anchor_to(3);
  call.metas[kLog].writable = false;
  refuses(call, Check::NotWritable);
}

// [A4] - [A9]
TEST_F(AnchorTest, RefusesALogThatIsNone) {
  does(open(authority));
  does(anchor_to(5));
  spoilt(Check::WrongOwner, [](Account& a) { a.owner = labelled("another program"); });
  spoilt(Check::WrongOwner, [](Account& a) { a.owner = sol::kSystemProgram; });
  spoilt(Check::WrongTag, [](Account& a) { a.data[0] = 2; });
  spoilt(Check::WrongTag, [](Account& a) { a.data[0] = 0; });
  spoilt(Check::WrongVersion, [](Account& a) { a.data[1] = 0; });
  spoilt(Check::WrongVersion, [](Account& a) { a.data[1] = 2; });
  spoilt(Check::WrongLength, [](Account& a) { a.data.pop_back(); });
  spoilt(Check::WrongLength, [](Account& a) { a.data.push_back(0); });
  spoilt(Check::WrongLength, [](Account& a) { a.data.clear(); });
  Instruction call = anchor_to(9);
  call.metas[kLog].key = labelled("nothing here");
  refuses(call, Check::WrongOwner);
}

// [A10] - [A12]
TEST_F(AnchorTest, RefusesToOpenElsewhere) {
  Instruction call = open(authority);
  for (const sol::Key& place :
       {log_of(authority, kId + 1), log_of(payer, kId), labelled("elsewhere")}) {
    call.metas[kNewLog].key = place;
    refuses(call, Check::WrongPda);
  }
  // Another bump than the canonical one.
  std::uint8_t id[8];
  std::memcpy(id, &kId, 8);
  const std::uint8_t top =
      solhost::derive({"log", authority, std::span<const std::uint8_t>(id)}, program).bump;
  sol::Key second{};
  for (std::uint8_t bump = top; --bump > 0;) {
    const sol::Slice seeds[] = {
        sol::slice_of_text("log"), sol::slice_of(authority), {id, 8}, {&bump, 1}};
    if (solhost::create_address(seeds, program, second) == solhost::SeedError::None) break;
  }
  call.metas[kNewLog].key = second;
  refuses(call, Check::WrongPda);
}

// [A14]: a log that could be opened again could be rewritten.
TEST_F(AnchorTest, RefusesToOpenTwice) {
  does(open(authority));
  refuses(open(authority), Check::AlreadyExists);
  does(anchor_to(5));
  refuses(open(authority), Check::AlreadyExists);
}

// [A15]
TEST_F(AnchorTest, OpensWhereSomebodySentLamports) {
  bank.put(log, {.lamports = 1});
  does(open(authority));
  EXPECT_EQ(bank.lamports(log), bank.rent_exempt(sizeof(Log)));
  does(anchor_to(5));
}

TEST_F(AnchorTest, RefusesAPayerWithTooLittle) {
  bank.put(payer, {.lamports = 1'000});
  refuses(open(authority), Check::NotEnoughLamports);
}

// [A18]
TEST_F(AnchorTest, RefusesAnImpostorOfTheSystemProgram) {
  Instruction call = open(authority);
  call.metas[kSystem].key = sol::kTokenProgram;
  refuses(call, Check::WrongProgram);
}

// [A20] [A21]
TEST_F(AnchorTest, RefusesAnAccountInTwoSlots) {
  Instruction call = open(authority);
  call.metas[kNewLog].key = payer;
  refuses(call, Check::Aliased);
  does(open(authority));
  call = anchor_to(5);
  call.metas[kAuthority] = {log, true, true};
  refuses(call, Check::Aliased);
}

// [A26] The clock comes by syscall; one before 1970 is refused.
TEST_F(AnchorTest, RefusesATimeBefore1970) {
  bank.clock(50, -1);
  refuses(open(authority), Check::NegativeTime);
  bank.clock(50, 1);
  does(open(authority));
  bank.clock(51, -1);
  refuses(anchor_to(5), Check::NegativeTime);
}

// [A27] What the clock says is recorded, not judged: a cluster's faulty clock stops no audit.
TEST_F(AnchorTest, AnchorsWhenTheClockGoesBack) {
  does(open(authority));
  does(anchor_to(5));
  bank.clock(51, 10);
  does(anchor_to(6));
  EXPECT_EQ(state().time, 10u);
}

// [A69] [A70]
TEST_F(AnchorTest, RefusesOtherBytesAndNumbersOfAccounts) {
  Instruction call = open(authority);
  call.data.push_back(0);
  refuses(call, Check::TrailingData);
  call.data.resize(call.data.size() - 2);
  refuses(call, Check::ShortData);
  call = open(authority);
  call.metas.push_back({labelled("one more"), false, false});
  refuses(call, Check::SurplusAccounts);
  call.metas.resize(kSystem);
  refuses(call, Check::MissingAccounts);
  does(open(authority));
  call = anchor_to(5);
  call.data.resize(40);
  refuses(call, Check::ShortData);
  call = anchor_to(5);
  call.metas.push_back({labelled("one more"), false, false});
  refuses(call, Check::SurplusAccounts);
  call.metas.resize(1);
  refuses(call, Check::MissingAccounts);
  refuses({program, {}, {}}, Check::NoInstruction);
  for (const std::uint8_t tag : std::initializer_list<std::uint8_t>{0, 3, 255})
    refuses({program, {}, {tag}}, Check::UnknownInstruction);
}

}  // namespace
}  // namespace swarm::anchor
