#include "ingest/exposition.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ingest/scraper.h"

namespace wardhive {
namespace {

std::string error_of(std::string_view text) {
  const auto rows = parse_exposition(text);
  return rows ? "no error" : rows.error().message;
}

// The example of the format's own description.
TEST(Exposition, ReadsTheExampleOfItsSpecification) {
  const auto rows =
      *parse_exposition(R"(# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

http_request_duration_seconds_bucket{le="+Inf"} 144320
rpc_duration_seconds{quantile="0.01"} 3102
)");
  ASSERT_EQ(rows.size(), 7u);
  EXPECT_EQ(rows[0].labels,
            (Labels{{"__name__", "http_requests_total"}, {"method", "post"}, {"code", "200"}}));
  EXPECT_EQ(rows[0].value, 1027);
  EXPECT_EQ(rows[0].timestamp_ms, 1395066363000);
  EXPECT_EQ(rows[2].labels[1].second, "C:\\DIR\\FILE.TXT");
  EXPECT_EQ(rows[2].labels[2].second, "Cannot find file:\n\"FILE.TXT\"");
  EXPECT_EQ(rows[2].value, 1.458255915e9);
  EXPECT_EQ(rows[3].value, 12.47);
  EXPECT_FALSE(rows[3].timestamp_ms);
  EXPECT_EQ(rows[4].value, std::numeric_limits<double>::infinity());
  EXPECT_EQ(rows[4].timestamp_ms, -3982045);
}

TEST(Exposition, SpacesAndLineEndsAreTheWritersChoice) {
  for (const auto* text : {"up{a=\"1\"} 1", "up{a=\"1\"} 1\n", "up { a = \"1\" , } 1\r\n",
                           "\t up{a=\"1\"}\t1 ", "up{a=\"1\"}1", "\n\n#\n# x\nup{a=\"1\"} +1"}) {
    const auto rows = parse_exposition(text);
    ASSERT_TRUE(rows && rows->size() == 1) << text;
    EXPECT_EQ(rows->at(0).labels, (Labels{{"__name__", "up"}, {"a", "1"}})) << text;
    EXPECT_EQ(rows->at(0).value, 1) << text;
  }
  EXPECT_TRUE(parse_exposition("")->empty());
  EXPECT_TRUE(parse_exposition("# only a remark")->empty());
  EXPECT_EQ(parse_exposition("a:b_1 -Inf")->at(0).value, -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(parse_exposition("up NaN")->at(0).value));
  EXPECT_EQ(parse_exposition("up{} 1e-3")->at(0).value, 1e-3);
}

TEST(Exposition, AnErrorNamesItsLine) {
  EXPECT_EQ(error_of("up 1\n\n# x\nup{a=\"1\" 2\n"), "line 4: expected , or }");
  EXPECT_EQ(error_of("1up 1"), "line 1: expected a metric name");
  EXPECT_EQ(error_of("up"), "line 1: expected a number");
  EXPECT_EQ(error_of("up one"), "line 1: expected a number");
  EXPECT_EQ(error_of("up 1x"), "line 1: expected a number");
  EXPECT_EQ(error_of("up 1 x"),
            "line 1: expected a timestamp in milliseconds or the end of the line");
  EXPECT_EQ(error_of("up 1 2.5"), "line 1: expected the end of the line");
  EXPECT_EQ(error_of("up 1 2 3"), "line 1: expected the end of the line");
  EXPECT_EQ(error_of("up 1 9223372036854775807"), "line 1: timestamp is out of range");
  EXPECT_EQ(error_of("up{1=\"a\"} 1"), "line 1: expected a label name or }");
  EXPECT_EQ(error_of("up{a} 1"), "line 1: expected = after the label name");
  EXPECT_EQ(error_of("up{a=1} 1"), "line 1: expected a quoted label value");
  EXPECT_EQ(error_of("up{a=\"1"), "line 1: label value does not end, or has an unknown escape");
  EXPECT_EQ(error_of("up{a=\"\\t\"} 1"),
            "line 1: label value does not end, or has an unknown escape");
  EXPECT_EQ(error_of("<html>"), "line 1: expected a metric name");
}

TEST(Exposition, LabelsAreBounded) {
  std::string text = "up{";
  for (int i = 0; i < 100; ++i) text += "l" + std::to_string(i) + "=\"v\",";
  EXPECT_EQ(error_of(text + "} 1"), "line 1: too many labels");
}

TEST(ScrapedPage, SaysWhoseItIsAndDefinesEachSeriesOnce) {
  std::map<SeriesId, bool> known;
  const auto now = instant_from_ns(7'000'000'000);
  const auto batch = *read_page("up 1\nload{job=\"own\",instance=\"x\"} 2 5\nup 3\n", "gpu-7",
                                node("gpu-7"), now, known);
  ASSERT_EQ(batch.defined.size(), 2u);
  EXPECT_EQ(batch.defined[0].labels,
            (Labels{{"__name__", "up"}, {"instance", "gpu-7"}, {"job", "scrape"}}));
  EXPECT_EQ(batch.defined[0].entity, node("gpu-7"));
  EXPECT_EQ(batch.defined[1].labels,
            (Labels{{"__name__", "load"}, {"instance", "x"}, {"job", "own"}}));
  EXPECT_EQ(batch.samples[0].at, now);
  EXPECT_EQ(batch.samples[1].at, instant_from_ns(5'000'000));
  EXPECT_TRUE(read_page("up 1\n", "gpu-7", node("gpu-7"), now, known)->defined.empty());
}

TEST(ScrapedPage, ARefusedPageDefinesNothing) {
  std::map<SeriesId, bool> known;
  EXPECT_EQ(read_page("up 1\nx{a=\"1\",a=\"2\"} 1\n", "gpu-7", node("gpu-7"), Instant{}, known)
                .error()
                .code,
            ErrorCode::InvalidInput);
  EXPECT_EQ(read_page("up 1\n", "gpu-7", node("gpu-7"), Instant{}, known)->defined.size(), 1u);
}

TEST(ScrapedPage, ATargetIsCalledByItsNodeOrItsAddress) {
  ScrapeTarget target;
  target.url = "http://10.0.0.7:9100/metrics";
  EXPECT_EQ(instance_of(target), "10.0.0.7:9100");
  target.node = "gpu-7";
  EXPECT_EQ(instance_of(target), "gpu-7");
}

}  // namespace
}  // namespace wardhive
