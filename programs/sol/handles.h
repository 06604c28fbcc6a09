// Handles: each is one pointer, is made by its open_ function of account.h only, and ends with the
// instruction.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "sol/error.h"
#include "sol/key.h"
#include "sol/layout.h"
#include "sol/raw_account.h"
#include "sol/rules.h"
#include "sol/syscall.h"

namespace sol {

// An account of this program with layout T. Through Read the fields are constant.
template <class T, AccessMode A>
class State {
 public:
  using Layout = std::conditional_t<std::same_as<A, Write>, T, const T>;

  const Key& key() const { return raw_->key; }
  std::uint64_t lamports() const { return raw_->lamports; }
  Layout* operator->() const { return reinterpret_cast<Layout*>(raw_->data()); }
  Layout& operator*() const { return *reinterpret_cast<Layout*>(raw_->data()); }
  // As stored when the account was created.
  std::uint8_t bump() const { return raw_->data()[offsetof(AccountHeader, bump)]; }
  // Whoever may write may also read.
  operator State<T, Read>() const
    requires std::same_as<A, Write>
  {
    return detail::Access::make<State<T, Read>>(raw_);
  }

 private:
  friend struct detail::Access;
  explicit State(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// Whoever signed: a key, no data.
template <AccessMode A>
class Signer {
 public:
  const Key& key() const { return raw_->key; }
  std::uint64_t lamports() const { return raw_->lamports; }

 private:
  friend struct detail::Access;
  explicit Signer(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// A writable account that may be given lamports.
class Recipient {
 public:
  const Key& key() const { return raw_->key; }
  std::uint64_t lamports() const { return raw_->lamports; }

 private:
  friend struct detail::Access;
  explicit Recipient(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// An account whose address is all that matters, e.g. the authority of a vault.
class Address {
 public:
  const Key& key() const { return raw_->key; }

 private:
  friend struct detail::Access;
  explicit Address(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// A program that may be called.
class Program {
 public:
  const Key& key() const { return raw_->key; }

 private:
  friend struct detail::Access;
  explicit Program(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// An account without data at an address where one is to be created.
class Vacant {
 public:
  const Key& key() const { return raw_->key; }
  std::uint64_t lamports() const { return raw_->lamports; }

 private:
  friend struct detail::Access;
  explicit Vacant(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

// Read-only bytes of another program's account. Every access is bounds-checked.
class Foreign {
 public:
  const Key& key() const { return raw_->key; }
  std::uint64_t size() const { return raw_->data_size; }
  // WrongLength if it does not lie within the account.
  template <Scalar T>
  [[gnu::always_inline]] Result<T> get(std::uint64_t at) const {
    if (raw_->data_size < sizeof(T) || at > raw_->data_size - sizeof(T)) [[unlikely]]
      return Check::WrongLength;
    return load<T>(raw_->data() + at);
  }
  [[gnu::always_inline]] Result<const Key*> get_key(std::uint64_t at) const {
    if (raw_->data_size < 32 || at > raw_->data_size - 32) [[unlikely]]
      return Check::WrongLength;
    return &load_key(raw_->data() + at);
  }
  [[gnu::always_inline]] Result<Slice> get_bytes(std::uint64_t at, std::uint64_t size) const {
    if (at > raw_->data_size || size > raw_->data_size - at) [[unlikely]]
      return Check::WrongLength;
    return Slice{raw_->data() + at, size};
  }

 private:
  friend struct detail::Access;
  explicit Foreign(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

}  // namespace sol
