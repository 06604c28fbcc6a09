// An agent whose kernel and proxy are two maps. It keeps the rules of a real one: an older version
// or epoch is refused, the same order again is answered again and does nothing, an expiry is
// counted by the monotonic clock, a ban then goes away and a share goes to 10 %.
//
//   thread  one
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/desired.h"

namespace wardhive {

class FakeAgent {
 public:
  enum class Manner {
    Honest,
    Failing,   // nothing works, and it says so
    Refusing,  // it will not
    Lying,     // says "applied, read back" and does nothing
    Mute,      // acts, but its receipts are lost
  };

  explicit FakeAgent(std::string node) : node_(std::move(node)) {}

  std::vector<Receipt> apply(const DesiredItem& item, Instant at, MonoTime now);
  // All that shall hold: everything else goes away, but for lapsed shares.
  std::vector<Receipt> apply_full(std::span<const DesiredItem> items, Instant at, MonoTime now);
  // Expiries.
  std::vector<Receipt> tick(Instant at, MonoTime now);

  bool bans(std::string_view address) const;
  std::uint32_t share_bps_of(std::string_view node) const;  // 10'000 if nothing is held
  std::size_t held() const;
  // How often the kernel or the proxy was really changed: a repeat must not add to it.
  std::uint64_t changes() const { return changes_; }

  Manner manner = Manner::Honest;

 private:
  using Key = std::pair<std::string, std::string>;  // control, key
  struct Entry {
    DesiredItem item;
    MonoTime deadline = MonoTime::max();
    bool lapsed = false;
  };
  std::vector<Receipt> answer(const DesiredItem& item, Outcome outcome, bool verified, Instant at,
                              std::string_view detail) const;
  bool stale(const DesiredItem& item) const;

  const std::string node_;
  std::map<Key, Entry> entries_;
  std::uint64_t epoch_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace wardhive
