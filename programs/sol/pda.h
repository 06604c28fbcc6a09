// Program-derived addresses: seeds, the canonical bump when one is created, the stored bump after.
//
//   sol::Seeds seeds("pos", owner.key(), nonce);   // literals, addresses, integers (little endian)
//   SOL_CHECK(seeds.find(context.program_id(), address));   // 1,500 units per bump tried
//   seeds.set_bump(position.bump());                         // later: free, for signing a call
//
// Two lists of seeds collide when they are equal once concatenated: of seeds of variable length use
// at most one. Literals are of variable length only if you mix several.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "sol/error.h"
#include "sol/key.h"
#include "sol/syscall.h"

namespace sol {

// kCount seeds and the bump. Refers to the addresses and literals it was made of; integers are
// copied. Stays where it was made, as the runtime is handed pointers into it.
template <std::size_t kCount>
class Seeds {
 public:
  static_assert(kCount <= 15, "sixteen seeds at most, and one of them is the bump");

  template <class... T>
    requires(sizeof...(T) == kCount)
  [[gnu::always_inline]] explicit Seeds(const T&... seeds) {
    std::size_t at = 0;
    (add(at, seeds), ...);
    slices_[kCount] = {&bump_, 1};
  }
  Seeds(const Seeds&) = delete;
  Seeds& operator=(const Seeds&) = delete;

  std::uint8_t bump() const { return bump_; }
  void set_bump(std::uint8_t bump) { bump_ = bump; }

  // The canonical address and its bump: the highest that lies off the curve. NoBump if there is
  // none.
  [[gnu::always_inline]] Error find(const Key& program, Key& address) {
    return syscall::sol_try_find_program_address(slices_, kCount, &program, &address, &bump_) == 0
               ? kOk
               : Error(Check::NoBump);
  }
  // The address for the bump that is set. WrongPda if that lies on the curve.
  [[gnu::always_inline]] Error create(const Key& program, Key& address) const {
    return syscall::sol_create_program_address(slices_, kCount + 1, &program, &address) == 0
               ? kOk
               : Error(Check::WrongPda);
  }

  // What a call is signed with. Only while this object lives.
  [[gnu::always_inline]] SignerSeeds signer() const { return {slices_, kCount + 1}; }

 private:
  template <std::size_t kSize>
  [[gnu::always_inline]] void add(std::size_t& at, const char (&literal)[kSize]) {
    static_assert(kSize - 1 <= 32, "a seed has at most 32 bytes");
    slices_[at++] = {reinterpret_cast<const std::uint8_t*>(literal), kSize - 1};
  }
  template <class T>
  [[gnu::always_inline]] void add(std::size_t& at, const T& seed) {
    if constexpr (Scalar<T>) {
      store<std::uint64_t>(&integers_[at], static_cast<std::uint64_t>(seed));
      slices_[at] = {reinterpret_cast<const std::uint8_t*>(&integers_[at]), sizeof(T)};
      ++at;
    } else {
      static_assert(KeyLike<T>, "a seed is a literal, an address or an integer");
      slices_[at++] = {as_key(seed).bytes(), 32};
    }
  }

  Slice slices_[kCount + 1];
  std::uint64_t integers_[kCount == 0 ? 1 : kCount];
  std::uint8_t bump_ = 0;
};
template <class... T>
Seeds(const T&...) -> Seeds<sizeof...(T)>;

}  // namespace sol
