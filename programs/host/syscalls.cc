// The functions behind sol/syscall.h. A program reaches the machine that runs it through the
// thread.
//
// Where the runtime would end the program, leave() jumps out of it, past whatever these functions
// hold: hence nothing with a destructor is alive at such a place.
#include <array>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>

#include "host/address.h"
#include "host/machine.h"
#include "host/text.h"

namespace {

using sol::Key;
using sol::Slice;
using solhost::Fault;
using solhost::Machine;
using solhost::Verdict;

constexpr Verdict kDead{Fault::ProgramFailedToComplete};
constexpr std::uint64_t kReturnDataMax = 1024;

void finish(const Verdict& verdict) {
  if (!verdict.ok()) Machine::current().leave(verdict);
}

bool overlap(const std::uint8_t* a, const std::uint8_t* b, std::uint64_t size) {
  const auto left = reinterpret_cast<std::uintptr_t>(a);
  const auto right = reinterpret_cast<std::uintptr_t>(b);
  return left < right ? right - left < size : left - right < size;
}

}  // namespace

extern "C" {

std::uint64_t sol_log_(const std::uint8_t* text, std::uint64_t size) {
  Machine::current().log_by(
      [&] { return "Program log: " + std::string(reinterpret_cast<const char*>(text), size); });
  return 0;
}

std::uint64_t sol_log_64_(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t d,
                          std::uint64_t e) {
  Machine::current().log_by([&] {
    std::array<char, 128> line{};
    const int size = std::snprintf(line.data(), line.size(),
                                   "Program log: 0x%lx, 0x%lx, 0x%lx, 0x%lx, 0x%lx", a, b, c, d, e);
    return std::string(line.data(), static_cast<std::size_t>(size));
  });
  return 0;
}

std::uint64_t sol_log_pubkey(const Key* address) {
  Machine::current().log_by([&] { return "Program log: " + solhost::to_base58(*address); });
  return 0;
}

// Units are not counted here.
std::uint64_t sol_log_compute_units_() {
  Machine::current().log_by([] { return "Program consumption: 0 units remaining"; });
  return 0;
}

std::uint64_t sol_log_data(const Slice* slices, std::uint64_t count) {
  Machine& machine = Machine::current();
  std::vector<std::uint8_t> event;
  for (const Slice& slice : std::span(slices, count))
    event.insert(event.end(), slice.data, slice.data + slice.size);
  machine.add_event(std::move(event));
  machine.log_by([&] {
    std::string line = "Program data:";
    for (const Slice& slice : std::span(slices, count))
      line += " " + solhost::to_base64({slice.data, slice.size});
    return line;
  });
  return 0;
}

std::uint64_t sol_memcpy_(std::uint8_t* to, const std::uint8_t* from, std::uint64_t size) {
  if (overlap(to, from, size)) finish(kDead);
  if (size != 0) std::memcpy(to, from, size);
  return 0;
}
std::uint64_t sol_memmove_(std::uint8_t* to, const std::uint8_t* from, std::uint64_t size) {
  if (size != 0) std::memmove(to, from, size);
  return 0;
}
std::uint64_t sol_memset_(std::uint8_t* to, std::uint8_t value, std::uint64_t size) {
  if (size != 0) std::memset(to, value, size);
  return 0;
}
std::uint64_t sol_memcmp_(const std::uint8_t* a, const std::uint8_t* b, std::uint64_t size,
                          std::int32_t* order) {
  *order = 0;
  for (std::uint64_t i = 0; i < size && *order == 0; ++i) *order = a[i] - b[i];
  return 0;
}

std::uint64_t sol_sha256(const Slice* slices, std::uint64_t count, std::uint8_t* digest) {
  const solhost::Digest result = solhost::sha256({slices, count});
  std::memcpy(digest, result.data(), result.size());
  return 0;
}
std::uint64_t sol_keccak256(const Slice* slices, std::uint64_t count, std::uint8_t* digest) {
  const solhost::Digest result = solhost::keccak256({slices, count});
  std::memcpy(digest, result.data(), result.size());
  return 0;
}

std::uint64_t sol_create_program_address(const Slice* seeds, std::uint64_t count,
                                         const Key* program, Key* address) {
  const solhost::SeedError error = solhost::create_address({seeds, count}, *program, *address);
  if (error == solhost::SeedError::TooLong) finish(kDead);
  return error == solhost::SeedError::None ? 0 : 1;
}

std::uint64_t sol_try_find_program_address(const Slice* seeds, std::uint64_t count,
                                           const Key* program, Key* address, std::uint8_t* bump) {
  bool too_long = count > 16;
  for (std::uint64_t i = 0; i < count && !too_long; ++i) too_long = seeds[i].size > 32;
  if (too_long) finish(kDead);
  return solhost::find_address({seeds, count}, *program, *address, *bump) ? 0 : 1;
}

std::uint64_t sol_invoke_signed_c(const sol::CallInstruction* instruction,
                                  const sol::CallAccount* accounts, std::uint64_t account_count,
                                  const sol::SignerSeeds* signers, std::uint64_t signer_count) {
  finish(Machine::current().call(*instruction, {accounts, account_count}, {signers, signer_count}));
  return 0;
}

std::uint64_t sol_get_clock_sysvar(sol::Clock* clock) {
  *clock = Machine::current().clock;
  return 0;
}
std::uint64_t sol_get_rent_sysvar(sol::Rent* rent) {
  *rent = Machine::current().rent;
  return 0;
}

std::uint64_t sol_get_stack_height() { return Machine::current().depth(); }

std::uint64_t sol_set_return_data(const std::uint8_t* data, std::uint64_t size) {
  if (size > kReturnDataMax) finish(kDead);
  Machine& machine = Machine::current();
  machine.return_data.assign(data, data + size);
  machine.return_program = machine.top().program;
  return 0;
}

std::uint64_t sol_get_return_data(std::uint8_t* data, std::uint64_t size, Key* program) {
  const Machine& machine = Machine::current();
  const std::uint64_t copied = std::min<std::uint64_t>(size, machine.return_data.size());
  if (copied != 0) {
    std::memcpy(data, machine.return_data.data(), copied);
    *program = machine.return_program;
  }
  return machine.return_data.size();
}

}  // extern "C"
