// One account as the loader lays it into a program's input (aligned serialisation, ABI v1), and the
// view that everybody else gets of it. Nothing outside `sol` touches RawAccount: the checked
// handles of account.h and token.h are the way to an account's data.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sol/key.h"
#include "sol/layout.h"

namespace sol {

namespace detail {

// `marker` comes as kFresh for the first slot of an account and as the index of that slot for a
// repeated one. The runtime never reads it back, so we keep there what we know about sharing.
inline constexpr std::uint8_t kFresh = 0xff;
inline constexpr std::uint8_t kShared = 0xfe;  // several slots, or opened for writing already

// The loader leaves room for an account to grow by so much within one instruction.
inline constexpr std::uint64_t kGrowthMax = 10'240;

struct [[gnu::may_alias]] RawAccount {
  std::uint8_t marker;
  std::uint8_t is_signer;
  std::uint8_t is_writable;
  std::uint8_t is_executable;
  std::uint32_t pad;
  Key key;
  Key owner;
  std::uint64_t lamports;
  std::uint64_t data_size;

  std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(this) + sizeof(RawAccount); }
  const std::uint8_t* data() const {
    return reinterpret_cast<const std::uint8_t*>(this) + sizeof(RawAccount);
  }
};
SOL_FIELD(RawAccount, key, 8);
SOL_FIELD(RawAccount, owner, 40);
SOL_FIELD(RawAccount, lamports, 72);
SOL_FIELD(RawAccount, data_size, 80);
SOL_SIZE(RawAccount, 88);

struct Access;  // the one door; the library's own functions go through it

}  // namespace detail

// An account of the instruction's list, before any check: an address and nothing else.
class AccountView {
 public:
  const Key& key() const { return raw_->key; }

 private:
  friend struct detail::Access;
  explicit AccountView(detail::RawAccount* raw) : raw_(raw) {}
  detail::RawAccount* raw_;
};

namespace detail {

// Makes views and handles, and looks into them. Using it outside programs/sol is a review stop;
// tidy refuses `sol::detail` in programs.
struct Access {
  template <class Handle>
  [[gnu::always_inline]] static Handle make(RawAccount* raw) {
    return Handle(raw);
  }
  template <class Handle>
  [[gnu::always_inline]] static RawAccount* raw(const Handle& handle) {
    return handle.raw_;
  }
};

}  // namespace detail

}  // namespace sol
