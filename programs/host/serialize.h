// The input of a program as the loader lays it out (aligned serialisation, ABI version 1):
//
//   u64 count
//   per account, first time:  RawAccount (sol/raw_account.h), data, 10,240 zero bytes to grow,
//                             zero bytes up to a multiple of 8, u64 rent epoch
//   per account, repeated:    u8 index of the first time, 7 zero bytes
//   u64 size, instruction data, 32 bytes of program id
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/runtime.h"
#include "sol/raw_account.h"

namespace solhost {

// An account as an instruction names it.
struct FrameAccount {
  std::uint32_t slot = 0;   // in the transaction's list
  std::uint32_t first = 0;  // index of its first mention in this instruction
  bool signer = false;
  bool writable = false;
  sol::detail::RawAccount* raw = nullptr;  // in the input; the first mention's
  std::uint64_t size_before = 0;           // of its data, when the program was called
};

class Input {
 public:
  // Lays out everything and sets `raw` and `size_before` of the accounts. `at` gives the key and
  // the account of a slot.
  template <class At>
  void write(std::span<FrameAccount> accounts, At at, std::span<const std::uint8_t> data,
             const Key& program);
  // The host may touch all of it again.
  void open();

  std::uint8_t* begin() { return bytes_; }
  const std::uint8_t* instruction_data() const { return data_; }

 private:
  void reserve(std::size_t size);
  void put_account(FrameAccount& account, const Key& key, const Account& value);

  std::unique_ptr<std::uint64_t[]> memory_{};
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::uint8_t* bytes_ = nullptr;
  std::uint8_t* next_ = nullptr;
  std::uint8_t* data_ = nullptr;
};

// The room behind an account's data that it has not grown into: closed to the program under
// AddressSanitizer, nothing otherwise.
void close_room(std::uint8_t* at, std::size_t size);
void open_room(std::uint8_t* at, std::size_t size);

constexpr std::size_t padded(std::size_t size) { return (size + 7) & ~std::size_t{7}; }
// All that an account takes in the input.
constexpr std::size_t input_bytes(std::size_t data_size) {
  return sizeof(sol::detail::RawAccount) + padded(data_size) + sol::detail::kGrowthMax + 8;
}

template <class At>
void Input::write(std::span<FrameAccount> accounts, At at, std::span<const std::uint8_t> data,
                  const Key& program) {
  std::size_t size = 8 + 8 + padded(data.size() + sizeof(Key));
  for (std::size_t i = 0; i < accounts.size(); ++i)
    size += accounts[i].first == i ? input_bytes(at(accounts[i]).second.data.size()) : 8;
  reserve(size);
  sol::store<std::uint64_t>(bytes_, accounts.size());
  next_ = bytes_ + 8;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    FrameAccount& account = accounts[i];
    if (account.first == i) {
      const auto& [key, value] = at(account);
      put_account(account, key, value);
    } else {
      account.raw = accounts[account.first].raw;
      account.size_before = accounts[account.first].size_before;
      sol::store<std::uint64_t>(next_, account.first);
      next_ += 8;
    }
  }
  sol::store<std::uint64_t>(next_, data.size());
  data_ = next_ + 8;
  if (!data.empty()) __builtin_memcpy(data_, data.data(), data.size());
  __builtin_memcpy(data_ + data.size(), &program, sizeof(Key));
}

}  // namespace solhost
