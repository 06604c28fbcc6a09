// Which nodes there are, what their agents can do, who looks at whom: composed from the settings
// and from what agents say when they come up.
//
//   any thread; calls back (with the lock released) when something changed
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "config/settings.h"
#include "engine/agent_protocol.h"
#include "model/record.h"

namespace wardhive {

class InventoryKeeper {
 public:
  // `self`: the controller's own node, watched but never drained; `own`: prefixes that belong to
  // this machine or are needed to reach it.
  InventoryKeeper(const Settings& settings, std::string self, std::vector<std::string> own);

  void on_change(std::function<void(const Inventory&)> callback) {
    on_change_ = std::move(callback);
  }
  // An agent's hello (attributes: controls, addresses, class), or its enrolment (empty event).
  void agent_started(const std::string& node, const Event& hello);

  // What an earlier process knew of its agents: they need not say hello again.
  void remember(const Inventory& earlier);

  Inventory compose() const;
  // What `node`'s agent shall probe; "controller" for the controller itself.
  std::vector<ProbeTarget> probes_of(const std::string& node) const;
  std::vector<std::string> agents() const;

 private:
  struct Hello {
    std::vector<std::string> controls, addresses;
  };
  const Settings settings_;
  const std::string self_;
  const std::vector<std::string> own_;
  std::function<void(const Inventory&)> on_change_;
  mutable std::mutex mutex_;
  std::map<std::string, Hello> hellos_;  // guarded by mutex_
};

// "a,b" -> {"a", "b"}; empty parts are dropped.
std::vector<std::string> split_list(std::string_view text);
std::string join_list(const std::vector<std::string>& items);

}  // namespace wardhive
