#include "net/sse_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wardhive::net {
namespace {

std::vector<std::string> parse(std::string_view bytes, std::size_t step,
                               std::string* last_id = nullptr) {
  SseParser parser;
  std::vector<std::string> events;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
    EXPECT_TRUE(parser.feed(bytes.substr(0, step), [&](const SseEvent& e) {
      events.push_back(e.event + "|" + e.data + "|" + e.id);
    }));
  if (last_id != nullptr) *last_id = parser.last_event_id();
  return events;
}

using Events = std::vector<std::string>;

TEST(SseParser, ReadsTheSameWhateverThePieces) {
  constexpr std::string_view kBytes =
      "\xEF\xBB\xBF: hello\n\nevent: a\r\ndata: 1\r\ndata:2\r\nid: 7\r\n\r\ndata\rdata\r\rdata: "
      "last\n\n";
  for (std::size_t step = 1; step <= kBytes.size(); ++step)
    EXPECT_EQ(parse(kBytes, step), (Events{"a|1\n2|7", "message|\n|7", "message|last|7"})) << step;
}

TEST(SseParser, AnEventWithoutDataIsNotReportedButItsIdCounts) {
  std::string id;
  EXPECT_EQ(parse("event: x\nid: 3\n\n: c\n\n", 3, &id), Events{});
  EXPECT_EQ(id, "3");
}

TEST(SseParser, AnUnfinishedEventIsNeverReported) { EXPECT_EQ(parse("data: half\n", 4), Events{}); }

TEST(SseParser, UnknownFieldsAreSkipped) {
  EXPECT_EQ(parse("datax: 1\nfoo\ndata: 1\n\n", 5), Events{"message|1|"});
}

TEST(SseParser, RetryIsDigitsWithinADay) {
  SseParser parser;
  const auto ignore = [](const SseEvent&) {};
  ASSERT_TRUE(parser.feed("retry: 250\n", ignore));
  EXPECT_EQ(parser.retry(), millis(250));
  for (const auto* bad : {"retry: -1\n", "retry: 1s\n", "retry:\n", "retry: 99999999999\n"})
    ASSERT_TRUE(parser.feed(bad, ignore));
  EXPECT_EQ(parser.retry(), millis(250));
}

TEST(SseParser, AnEndlessLineOrEventIsRefused) {
  const auto ignore = [](const SseEvent&) {};
  SseParser line("", 100);
  EXPECT_EQ(line.feed(std::string(101, 'x'), ignore).error().code, ErrorCode::LimitReached);
  SseParser event("", 100);
  Status outcome = ok();
  for (int i = 0; i < 100 && outcome; ++i) outcome = event.feed("data: 1234\n", ignore);
  EXPECT_EQ(outcome.error().code, ErrorCode::LimitReached);
}

}  // namespace
}  // namespace wardhive::net
