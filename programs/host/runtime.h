// A small Solana in this process: accounts, programs linked in as functions, and the runtime's
// rules around each call. For tests and fuzzers; what ships to the chain is the same source built
// for it.
//
//   solhost::Bank bank;
//   bank.add_program(id, demo_entrypoint);
//   bank.put(alice, {.lamports = 1'000'000'000});
//   const solhost::Outcome r = bank.execute({id, {{alice, true, true}}, {1}});
//   EXPECT_EQ(r.custom_code, 101u) << r.text();
//
//   modelled   the loader's byte layout, every syscall of sol/syscall.h, calls with their privilege
//              checks, who may change which account, lamport sums, rent, the System program, and
//              plain mints and accounts of Token and Token-2022
//   not        compute units, fees, upgradeable loaders, Token-2022 extensions, transaction size
//   source     Agave 3.x (programs/bpf_loader, program-runtime/src/cpi.rs, runtime/src/svm); the
//              differential test replays the same operations in the real virtual machine
//   cost       1 to 2 us a simple transaction and 0.3 us per account; writable accounts it names
//   are
//              copied once, no other
//   threads    a Bank is one thread's; several threads may have one each
//
// A program that leaves its memory is stopped by AddressSanitizer: in such a build the room that
// the loader leaves for an account to grow is poisoned until a call has grown it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sol/key.h"
#include "sol/sysvar.h"

namespace solhost {

using sol::Key;

struct Account {
  std::uint64_t lamports = 0;
  Key owner{};
  std::vector<std::uint8_t> data{};
  bool executable = false;

  friend bool operator==(const Account&, const Account&) = default;
};

struct Meta {
  Key key{};
  bool signer = false;
  bool writable = false;
};

struct Instruction {
  Key program{};
  std::vector<Meta> metas{};
  std::vector<std::uint8_t> data{};
};

// What the linked-in program is called with: its input, and where the instruction's bytes lie in
// it.
using Entrypoint = std::uint64_t (*)(std::uint8_t* input, const std::uint8_t* data);

// Why a transaction failed; names and texts are the runtime's own.
enum class Fault : std::uint8_t {
  None,
  Custom,  // the program's own number: Outcome::custom_code
  GenericError,
  InvalidArgument,
  InvalidInstructionData,
  InvalidAccountData,
  AccountDataTooSmall,
  InsufficientFunds,
  IncorrectProgramId,
  MissingRequiredSignature,
  AccountAlreadyInitialized,
  UninitializedAccount,
  UnbalancedInstruction,
  ModifiedProgramId,
  ExternalAccountLamportSpend,
  ExternalAccountDataModified,
  ReadonlyLamportChange,
  ReadonlyDataModified,
  NotEnoughAccountKeys,
  AccountDataSizeChanged,
  AccountNotExecutable,
  AccountBorrowFailed,
  MissingAccount,
  ReentrancyNotAllowed,
  MaxSeedLengthExceeded,
  InvalidSeeds,
  InvalidRealloc,
  PrivilegeEscalation,
  ProgramFailedToComplete,
  CallDepth,
  InvalidError,
  UnsupportedProgramId,
  ArithmeticOverflow,
  Immutable,
  IncorrectAuthority,
  InvalidAccountOwner,
  AccountNotRentExempt,
  IllegalOwner,
  // Of the whole transaction.
  InsufficientFundsForRent,
  ProgramAccountNotFound,
  // This model's limit, never the chain's: an instruction of a built-in that it does not know.
  NotModelled,
};

// "MissingRequiredSignature".
std::string_view name_of(Fault fault);

struct Outcome {
  Fault error = Fault::None;
  std::uint32_t custom_code = 0;    // only with Fault::Custom
  std::size_t instruction = 0;      // which of the transaction's instructions failed
  std::vector<std::string> logs{};  // as the chain words them, without compute units
  std::vector<std::vector<std::uint8_t>> events{};  // each sol_log_data, its slices joined
  std::vector<std::uint8_t> return_data{};

  bool ok() const { return error == Fault::None; }
  // The error and all logs, for a test's message.
  std::string text() const;
};

class Machine;

// Is told what is done to a Bank: accounts before they are put, the rest after it was done.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_put(const Key& key, const Account& account) = 0;
  virtual void on_clock(const sol::Clock& clock) = 0;
  virtual void on_execute(std::span<const Instruction> instructions, const Outcome& outcome) = 0;
};

class Bank {
 public:
  // Holds the System program, Token and Token-2022. Slot 1, time 1'700'000'000, mainnet's rent.
  Bank();
  ~Bank();
  Bank(Bank&&) noexcept;
  Bank& operator=(Bank&&) noexcept;

  // Replaces whatever was there; no rule is applied. Without lamports the address becomes vacant.
  void put(const Key& key, Account account);
  // Nullptr where there is nothing. Valid until the next execute() or put().
  const Account* find(const Key& key) const;
  // Nothing has 0 lamports, no data and the System program as owner.
  std::uint64_t lamports(const Key& key) const;
  std::span<const std::uint8_t> data(const Key& key) const;
  // Every account there is, by address.
  std::vector<std::pair<Key, const Account*>> all() const;

  // Accounts, clock and rent become those of `other`; programs stay. For fuzzers: 1 us a dozen of
  // accounts, where a new Bank costs ten times that.
  void reset_to(const Bank& other);

  // A program that can be called at `id`; puts an executable account there if there is none.
  void add_program(const Key& id, Entrypoint entrypoint);

  void clock(std::uint64_t slot, std::int64_t unix_timestamp);
  void clock(const sol::Clock& clock);
  const sol::Clock& clock() const;
  void rent(const sol::Rent& rent);
  // What an account of `size` bytes needs in order to be rent-exempt.
  std::uint64_t rent_exempt(std::uint64_t size) const;

  // One at a time; nullptr for none. It must outlive its turn.
  void observe(Observer* observer);

  // Off, Outcome::logs stays empty: a third faster. Events are always recorded.
  void record_logs(bool on);

  // One transaction. Unless it succeeds nothing has changed. Who signs is what the metas say.
  Outcome execute(const Instruction& instruction);
  Outcome execute(std::span<const Instruction> instructions);

 private:
  std::unique_ptr<Machine> machine_;
  Observer* observer_ = nullptr;
};

}  // namespace solhost
