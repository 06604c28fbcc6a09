#include "host/runtime.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "host/machine.h"

namespace solhost {

namespace {

// Mainnet's since genesis: 3,480 lamports per byte and year, two years exempt for ever.
constexpr sol::Rent kMainnetRent{3480, std::bit_cast<std::uint64_t>(2.0), 50, {}};

}  // namespace

Bank::Bank() : machine_(std::make_unique<Machine>()) {
  clock(1, 1'700'000'000);
  rent(kMainnetRent);
  // Their data are a name or an ELF file; that there are any is what other programs can see.
  for (const Key& id : {sol::kSystemProgram, sol::kTokenProgram, sol::kToken2022Program})
    put(id, {.lamports = 1,
             .owner = sol::key("NativeLoader1111111111111111111111111111111"),
             .data = {1},
             .executable = true});
}
Bank::~Bank() = default;
Bank::Bank(Bank&&) noexcept = default;
Bank& Bank::operator=(Bank&&) noexcept = default;

void Bank::put(const Key& key, Account account) {
  if (observer_ != nullptr) observer_->on_put(key, account);
  if (account.lamports == 0) {
    machine_->accounts.erase(key);
  } else {
    machine_->accounts[key] = std::move(account);
  }
}

const Account* Bank::find(const Key& key) const {
  const auto found = machine_->accounts.find(key);
  return found == machine_->accounts.end() ? nullptr : &found->second;
}

std::uint64_t Bank::lamports(const Key& key) const {
  const Account* account = find(key);
  return account == nullptr ? 0 : account->lamports;
}

std::span<const std::uint8_t> Bank::data(const Key& key) const {
  const Account* account = find(key);
  return account == nullptr ? std::span<const std::uint8_t>() : account->data;
}

std::vector<std::pair<Key, const Account*>> Bank::all() const {
  std::vector<std::pair<Key, const Account*>> list;
  for (const auto& [key, account] : machine_->accounts) list.emplace_back(key, &account);
  std::ranges::sort(list, [](const auto& a, const auto& b) {
    return std::memcmp(a.first.bytes(), b.first.bytes(), 32) < 0;
  });
  return list;
}

void Bank::reset_to(const Bank& other) {
  machine_->accounts = other.machine_->accounts;
  machine_->clock = other.machine_->clock;
  machine_->rent = other.machine_->rent;
}

void Bank::add_program(const Key& id, Entrypoint entrypoint) {
  machine_->programs[id].entrypoint = entrypoint;
  if (find(id) == nullptr)
    put(id, {.lamports = 1, .owner = sol::kUpgradeableLoader, .data = {2}, .executable = true});
}

void Bank::clock(std::uint64_t slot, std::int64_t unix_timestamp) {
  clock(sol::Clock{slot, 0, 0, 0, unix_timestamp});
}
void Bank::clock(const sol::Clock& clock) {
  machine_->clock = clock;
  if (observer_ != nullptr) observer_->on_clock(clock);
}
const sol::Clock& Bank::clock() const { return machine_->clock; }
void Bank::rent(const sol::Rent& rent) { machine_->rent = rent; }
std::uint64_t Bank::rent_exempt(std::uint64_t size) const { return machine_->rent_exempt(size); }
void Bank::record_logs(bool on) { machine_->record_logs = on; }

Outcome Bank::execute(const Instruction& instruction) { return execute({&instruction, 1}); }
Outcome Bank::execute(std::span<const Instruction> instructions) {
  Outcome outcome = machine_->execute(instructions);
  if (observer_ != nullptr) observer_->on_execute(instructions, outcome);
  return outcome;
}
void Bank::observe(Observer* observer) { observer_ = observer; }

}  // namespace solhost
