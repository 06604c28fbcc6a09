// What an agent is told to hold: the wire form of actions, replaced per (control, key).
#pragma once

#include "model/journal.h"

namespace wardhive {

struct DesiredItem {
  ActionId action;
  Verb verb = Verb::Notify;
  std::string control;
  std::string key;
  bool present = true;
  std::uint32_t share_bps = 0;
  std::uint64_t version = 0;
  std::uint64_t epoch = 0;  // fencing token of the controller that says so
  Duration
      expires_in{};  // remainder when sent; 0 with `present` means no expiry (a share of 100 %)
};
WARDHIVE_FIELDS(DesiredItem) {
  v("action", self.action);
  v("verb", self.verb);
  v("control", self.control);
  v("key", self.key);
  v("present", self.present);
  v("share_bps", self.share_bps);
  v("version", self.version);
  v("epoch", self.epoch);
  v("expires_in", self.expires_in);
}

}  // namespace wardhive
