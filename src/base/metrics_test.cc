#include "base/metrics.h"

#include <gtest/gtest.h>

namespace wardhive {
namespace {

TEST(Metrics, RendersPrometheusText) {
  MetricsRegistry registry;
  registry.counter("ingest_samples_total", "samples taken in", R"(source="scrape")").add(3);
  registry.gauge("monitor_series_count", "series watched").set(2.5);
  EXPECT_EQ(registry.render(),
            "# HELP wardhive_ingest_samples_total samples taken in\n# TYPE "
            "wardhive_ingest_samples_total counter\n"
            "wardhive_ingest_samples_total{source=\"scrape\"} 3\n"
            "# HELP wardhive_monitor_series_count series watched\n# TYPE "
            "wardhive_monitor_series_count gauge\n"
            "wardhive_monitor_series_count 2.5\n");
}

TEST(Metrics, CounterOfAPureRoomNeverGoesBack) {
  Counter counter;
  counter.raise_to(5);
  counter.raise_to(3);
  EXPECT_EQ(counter.value(), 5u);
}

}  // namespace
}  // namespace wardhive
