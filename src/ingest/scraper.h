// Fetches Prometheus text pages of configured targets.
//
//   out     the page's series with labels instance (the target's node, else host:port) and job
//           ("scrape") where the page does not say them, and `up` and scrape_duration_seconds, all
//           with the target's node as entity
//   thread  one per target, at most 64 targets; a page is at most 16 MB
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "config/settings.h"
#include "model/sample.h"
#include "net/client.h"

namespace wardhive {

// The page as a batch; definitions stand in it for series not in `known`, which then holds them.
Result<SampleBatch> read_page(std::string_view page, const std::string& instance,
                              const Entity& entity, Instant now, std::map<SeriesId, bool>& known);

class Scraper {
 public:
  Scraper(const IngestSettings& settings, std::function<void(SampleBatch)> give);
  ~Scraper();  // stop()
  void start();
  void stop();

 private:
  void follow(const ScrapeTarget& target);

  const IngestSettings settings_;
  const std::function<void(SampleBatch)> give_;
  net::HttpClient client_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

// What a target is called: its node, or host:port of its url.
std::string instance_of(const ScrapeTarget& target);

}  // namespace wardhive
