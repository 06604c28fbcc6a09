// A running controller: store, pipeline, doors, agents, sources, joined and taken apart in order.
//
//   owner's thread: open, run, stop. run() returns after stop() (any thread, signal-safe through
//   request_stop) or when the pipeline cannot go on
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/api.h"
#include "api/view.h"
#include "app/inventory.h"
#include "app/pipeline.h"
#include "base/clock.h"
#include "base/file.h"
#include "engine/agent_hub.h"
#include "engine/inbox.h"
#include "guard/door.h"
#include "net/server.h"
#include "store/store.h"

namespace wardhive {

class Acting;       // app/acting.h
class Anchoring;    // app/anchoring.h
class Lookout;      // app/lookout.h
class Scraper;      // ingest/scraper.h
class ChainSource;  // ingest/chain_source.h

struct ControllerOptions {
  Settings settings;
  Path state;                      // directory, made if absent (0700)
  std::vector<int> inherited_fds;  // listening sockets handed over; the first takes the place of
                                   // settings.server.listen
  std::string self;                // this host's node name
  bool enforce_here = true;        // this host's own nftables, where the rights are there
  std::string public_url;          // shown to people; empty: from the listener
};

class Controller {
 public:
  // Every way this can fail names the cause and the way out: a second instance, a used port, a
  // missing permission, a full disk, a broken or newer state.
  static Result<std::unique_ptr<Controller>> open(ControllerOptions options);
  ~Controller();

  void run();
  // Async-signal-safe.
  void request_stop();

  const std::string& url() const { return url_; }
  std::string login_url();
  Mode mode() const { return pipeline_->mode(); }
  View& view() { return *view_; }
  std::size_t standing_effects() const {
    return standing_effects_;
  }  // after run(): what stays in place

 private:
  explicit Controller(ControllerOptions options);
  Status open_state();
  Status open_doors();
  Status open_lookout();
  Status open_chain();
  Status open_acting();
  void act(Proposal ordered);
  Status enroll(const AgentCredential& credential);
  void pass();
  void inventory_changed(const Inventory& inventory);
  bool said_here(AgentMessage message);
  bool stored_here(Event event);
  // In the log, or not (the queue is full, we stop); empty: not yet, after two seconds.
  std::optional<bool> stored(Submission submission);
  // On the pipeline's thread, which is the store's only writer; waits for it.
  Status on_pipeline(std::function<Status()> call);

  ControllerOptions options_;
  const Clock& clock_;
  DirectoryLock lock_;
  std::unique_ptr<Store> store_;
  Inbox inbox_;
  std::unique_ptr<Door> door_;
  std::unique_ptr<View> view_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<AgentHub> hub_;
  std::unique_ptr<InventoryKeeper> inventory_;
  std::unique_ptr<Api> api_;
  net::Router router_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<Lookout> lookout_;  // of this host
  std::unique_ptr<Scraper> scraper_;
  std::unique_ptr<ChainSource> chain_;    // null: not configured
  std::unique_ptr<Anchoring> anchoring_;  // null: not configured
  std::unique_ptr<Acting> acting_;        // null: not configured, or its records are broken
  std::string acts_problem_;              // these; set before the doors open
  std::string url_;
  MonoTime snapshot_at_{};
  std::size_t standing_effects_ = 0;
  std::atomic<bool> stop_{false};
};

// $STATE_DIRECTORY, else $XDG_STATE_HOME/wardhive, else ~/.local/state/wardhive.
Path default_state_directory();

}  // namespace wardhive
