// Looks at nodes from outside: one HTTP GET each interval, on a fresh connection.
//
//   out     probe_success (0 or 1) and, when an answer came, probe_duration_seconds, both with
//           labels subject and vantage, the vantage as entity, the same time
//   success status 2xx within the timeout
//   self    a failure of our own (no route at all, no descriptor) is counted in
//           ingest_probes_unsent_total and is no look: "observer failed" never reads as "subject
//           failed"
//   thread  one of its own for all targets; a slow or dead target delays no other
//   limits  512 targets; 4 KB of each answer are read
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/time.h"
#include "engine/agent_protocol.h"
#include "model/sample.h"

namespace wardhive {

class Prober {
 public:
  Prober(std::string vantage, std::function<void(SampleBatch)> give);
  ~Prober();  // stop()

  // Any thread. Unchanged targets keep their rhythm. Urls are http://IP[:PORT]/path; others are
  // logged and left out (a name could move under us).
  void set(std::vector<ProbeTarget> targets, Duration interval, Duration timeout);
  void start();
  void stop();

 private:
  struct Look;
  void run();
  void refresh(std::vector<std::unique_ptr<Look>>& looks);

  const std::string vantage_;
  const std::function<void(SampleBatch)> give_;
  Fd wake_;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<ProbeTarget> targets_;  // guarded by mutex_, as below
  Duration interval_ = millis(500), timeout_ = seconds(1);
  bool changed_ = false, stopping_ = false;
};

// "HTTP/1.1 200 OK" -> 200; 0 for anything else.
int read_status_line(std::string_view answer);

}  // namespace wardhive
