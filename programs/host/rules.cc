// Who may change what: the setters of Agave's BorrowedAccount (transaction-context), in their
// order.
#include <algorithm>
#include <string>

#include "host/machine.h"

namespace solhost {

Verdict Machine::set_lamports(const Frame& frame, const FrameAccount& a, std::uint64_t lamports) {
  const Account& now = account(a);
  if (!(now.owner == frame.program) && lamports < now.lamports)
    return {Fault::ExternalAccountLamportSpend};
  if (!a.writable) return {Fault::ReadonlyLamportChange};
  if (lamports == now.lamports) return kSuccess;
  Slot& slot = slots_[a.slot];
  slot.copy.lamports = lamports;
  slot.changed = true;
  return kSuccess;
}

Verdict Machine::add_lamports(const Frame& frame, const FrameAccount& a, std::uint64_t lamports) {
  const std::uint64_t now = account(a).lamports;
  if (lamports > UINT64_MAX - now) return {Fault::ArithmeticOverflow};
  return set_lamports(frame, a, now + lamports);
}

Verdict Machine::check_may_change(const Frame& frame, const FrameAccount& a) const {
  if (!a.writable) return {Fault::ReadonlyDataModified};
  if (!(account(a).owner == frame.program)) return {Fault::ExternalAccountDataModified};
  return kSuccess;
}

Verdict Machine::set_data(const Frame& frame, const FrameAccount& a,
                          std::span<const std::uint8_t> data) {
  const Account& now = account(a);
  if (std::ranges::equal(now.data, data)) return kSuccess;
  if (data.size() != now.data.size()) {
    if (!(now.owner == frame.program)) return {Fault::AccountDataSizeChanged};
    if (data.size() > kAccountBytesMax) return {Fault::InvalidRealloc};
  }
  SOLHOST_CHECK(check_may_change(frame, a));
  Slot& slot = slots_[a.slot];
  slot.copy.data.assign(data.begin(), data.end());
  slot.changed = true;
  return kSuccess;
}

Verdict Machine::set_owner(const Frame& frame, const FrameAccount& a, const Key& owner) {
  const Account& now = account(a);
  const bool zeroed = std::ranges::all_of(now.data, [](std::uint8_t byte) { return byte == 0; });
  if (!(now.owner == frame.program) || !a.writable || !zeroed) return {Fault::ModifiedProgramId};
  Slot& slot = slots_[a.slot];
  slot.copy.owner = owner;
  slot.changed = true;
  return kSuccess;
}

}  // namespace solhost
