#include "ingest/scraper.h"

#include <algorithm>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "ingest/exposition.h"

namespace wardhive {
namespace {

constexpr std::size_t kTargetsMax = 64;
constexpr std::size_t kPageBytesMax = 16 * 1024 * 1024;
constexpr Duration kDefineAgain = minutes(1);

void put(SampleBatch& batch, std::string_view name, const std::string& instance,
         const Entity& entity, Instant now, double value) {
  SeriesDefined series;
  series.labels = *canonical_labels(
      {{"__name__", std::string(name)}, {"instance", instance}, {"job", "scrape"}});
  series.id = series_id(series.labels);
  series.entity = entity;
  batch.samples.push_back({series.id, now, value});
  batch.defined.push_back(std::move(series));
}

}  // namespace

std::string instance_of(const ScrapeTarget& target) {
  if (!target.node.empty()) return target.node;
  auto host = target.url;
  if (const auto scheme = host.find("://"); scheme != std::string::npos)
    host = host.substr(scheme + 3);
  return host.substr(0, host.find('/'));
}

Result<SampleBatch> read_page(std::string_view page, const std::string& instance,
                              const Entity& entity, Instant now, std::map<SeriesId, bool>& known) {
  WARDHIVE_ASSIGN(auto rows, parse_exposition(page));
  for (auto& row : rows) {
    if (label(row.labels, "instance").empty()) row.labels.emplace_back("instance", instance);
    if (label(row.labels, "job").empty()) row.labels.emplace_back("job", "scrape");
    WARDHIVE_ASSIGN(row.labels, canonical_labels(std::move(row.labels)));
  }
  SampleBatch batch;  // nothing fails from here on, so `known` is what was given
  for (auto& row : rows) {
    const auto id = series_id(row.labels);
    if (known.size() < limits::kSeriesMax && known.emplace(id, true).second) {
      const auto whose = only_vantages_say(label(row.labels, "__name__")) ? Entity{} : entity;
      batch.defined.push_back({id, std::move(row.labels), whose});
    }
    batch.samples.push_back(
        {id, row.timestamp_ms ? instant_from_ns(*row.timestamp_ms * 1'000'000) : now, row.value});
  }
  return batch;
}

Scraper::Scraper(const IngestSettings& settings, std::function<void(SampleBatch)> give)
    : settings_(settings), give_(std::move(give)) {}
Scraper::~Scraper() { stop(); }

void Scraper::start() {
  const auto count = std::min(settings_.scrape.size(), kTargetsMax);
  if (count < settings_.scrape.size())
    log::warn("scrape_targets_left_out",
              {{"targets", settings_.scrape.size()}, {"at_most", kTargetsMax}});
  for (std::size_t i = 0; i < count; ++i)
    threads_.emplace_back([this, i] { follow(settings_.scrape[i]); });
}

void Scraper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  client_.cancel();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Scraper::follow(const ScrapeTarget& target) {
  const auto instance = instance_of(target);
  auto name = instance;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !valid_node_name(std::string_view(&c, 1)); },
      '_');
  const auto entity = node(name);
  std::map<SeriesId, bool> known;
  MonoTime defined_at = system_clock().mono();
  bool was_up = true;
  net::ClientRequest request;
  request.url = target.url;
  request.headers = {{"Accept", "text/plain;version=0.0.4;q=1,*/*;q=0.1"}};
  request.timeout = settings_.scrape_timeout;
  request.body_bytes_max = kPageBytesMax;
  for (;;) {
    const auto began = system_clock().mono();
    if (began - defined_at > kDefineAgain) {
      defined_at = began;
      known.clear();  // said again, in case the reader started anew
    }
    const auto answer = client_.request(request);
    const auto now = system_clock().wall();
    auto batch =
        !answer ? Result<SampleBatch>(std::unexpected(answer.error()))
        : answer->status != 200
            ? Result<SampleBatch>(fail(ErrorCode::Unavailable,
                                       target.url + " answered " + std::to_string(answer->status)))
            : read_page(answer->body, instance, entity, now, known);
    const bool up = batch.has_value();
    if (!up && was_up)
      log::warn("scrape_failed", {{"target", target.url}, {"reason", batch.error().message}});
    was_up = up;
    SampleBatch given = up ? std::move(*batch) : SampleBatch{};
    put(given, "up", instance, entity, now, up ? 1 : 0);
    put(given, "scrape_duration_seconds", instance, entity, now,
        to_seconds(system_clock().mono() - began));
    give_(std::move(given));
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock,
                       std::max<Duration>(
                           settings_.scrape_interval - (system_clock().mono() - began), millis(10)),
                       [&] { return stopping_; }))
      return;
  }
}

}  // namespace wardhive
