// Key sets and what they sign (D2).
#pragma once

#include <cstdint>

#include "core/common.h"

namespace swarm {

using SetState = sol::State<Set, sol::Read>;

struct KeyList {
  const sol::Key* keys;
  std::uint64_t size;
};

// How many keys of its kind a set has and how many must sign.
[[gnu::noinline]] inline sol::Error check_threshold(std::uint8_t kind, std::uint64_t size,
                                                    std::uint64_t threshold) {
  const bool guardian = kind == static_cast<std::uint8_t>(SetKind::Guardian);
  const bool resolver = kind == static_cast<std::uint8_t>(SetKind::Resolver);
  const std::uint64_t least = guardian ? 3 : resolver ? 2 : 1;
  if (size < least || size > kSetKeysMax) return sol::Error(Fault::ThresholdOutOfRange);
  if (threshold > size || threshold > kThresholdMax) return sol::Error(Fault::ThresholdOutOfRange);
  const bool enough = resolver ? threshold >= 2 : 2 * threshold > size;
  return enough ? sol::kOk : sol::Error(Fault::ThresholdOutOfRange);
}

// No key twice in the list, and none zero.
[[gnu::noinline]] inline sol::Error check_distinct(const KeyList& list) {
  for (std::uint64_t i = 0; i < list.size; ++i) {
    if (list.keys[i].is_zero()) return sol::Error(Fault::DuplicateKey);
    for (std::uint64_t j = 0; j < i; ++j) {
      if (list.keys[i] == list.keys[j]) return sol::Error(Fault::DuplicateKey);
    }
  }
  return sol::kOk;
}
// No key that the other set has.
[[gnu::noinline]] inline sol::Error check_disjoint(const KeyList& list, const Set& other) {
  for (std::uint64_t i = 0; i < list.size; ++i) {
    for (std::uint64_t j = 0; j < other.size && j < kSetKeysMax; ++j) {
      if (list.keys[i] == sol::as_key(other.keys[j])) return sol::Error(Fault::DuplicateKey);
    }
  }
  return sol::kOk;
}

struct SetSignature {
  std::uint16_t mask;
  std::uint64_t valid_until_slot;
  std::uint64_t needed;
};

// The trailing accounts are the signers that the mask names, no more and no fewer, and at least
// `needed` of them.
template <class A>
[[gnu::noinline]] inline sol::Error check_signature(const SetState& set,
                                                    const SetSignature& signature,
                                                    const A& accounts, const Moment& now) {
  if (signature.valid_until_slot < now.slot) return sol::Error(Fault::SignatureExpired);
  if (signature.valid_until_slot - now.slot > kSignatureSlotsMax)
    return sol::Error(Fault::SignatureTooFarAhead);
  std::uint64_t signers = 0;
  std::uint64_t bit = 0;
  for (std::uint64_t mask = signature.mask; mask != 0; mask >>= 1, ++bit) {
    if ((mask & 1) == 0) continue;
    if (bit >= set->size || bit >= kSetKeysMax) return sol::Error(Fault::NoSuchKey);
    const sol::AccountView view = SOL_TRY(accounts.trailing(signers));
    const auto signer = SOL_TRY((sol::open_signer<sol::Read>(view, sol::Any{})));
    if (!(signer.key() == sol::as_key(set->keys[bit]))) return sol::Error(Fault::SignerNotInSet);
    ++signers;
  }
  if (signers != accounts.trailing_count()) return sol::Error(sol::Check::SurplusAccounts);
  if (signers < signature.needed) return sol::Error(Fault::NotEnoughSigners);
  return sol::kOk;
}

// One of the program's sets, of this kind.
[[gnu::always_inline]] inline sol::Result<SetState> open_set(sol::AccountView view,
                                                             const sol::Context& context,
                                                             SetKind kind) {
  return sol::open_state<Set, sol::Read>(view, context,
                                         sol::Linked<&Set::kind>(static_cast<std::uint8_t>(kind)));
}

}  // namespace swarm
