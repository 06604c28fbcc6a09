#include "net/impl/request_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wardhive::net::detail {
namespace {

using State = RequestReader::State;

// Reads one request with a body of at most `body_max`, `step` bytes at a time.
State read(RequestReader& reader, std::string_view bytes, std::size_t step,
           std::size_t body_max = 1024) {
  while (!bytes.empty() && reader.state() != State::Done && reader.state() != State::Failed) {
    reader.feed(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    if (reader.state() == State::Head) reader.accept_body(body_max);
  }
  return reader.state();
}

int refused_with(std::string_view bytes) {
  int status = 0;
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    RequestReader reader;
    if (read(reader, bytes, step) != State::Failed) return 0;
    if (status != 0 && status != reader.failure().response.status)
      return -1;  // depends on the pieces
    status = reader.failure().response.status;
  }
  return status;
}

TEST(RequestReader, ReadsARequestWhateverThePieces) {
  constexpr std::string_view kBytes =
      "POST /a/b?c=d HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello";
  for (std::size_t step = 1; step <= kBytes.size(); ++step) {
    RequestReader reader;
    ASSERT_EQ(read(reader, kBytes, step), State::Done) << step;
    const auto request = reader.take();
    EXPECT_EQ(request.method, Method::Post);
    EXPECT_EQ(request.path, "/a/b");
    EXPECT_EQ(request.query("c"), "d");
    EXPECT_EQ(request.headers.get("x-one"), "1");
    EXPECT_EQ(request.body, "hello");
    EXPECT_TRUE(request.keep_alive);
    EXPECT_TRUE(reader.idle());
  }
}

TEST(RequestReader, ReadsChunksWhateverThePieces) {
  constexpr std::string_view kBytes =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\nHost: trailer\r\n\r\n";
  for (std::size_t step = 1; step <= kBytes.size(); ++step) {
    RequestReader reader;
    ASSERT_EQ(read(reader, kBytes, step), State::Done) << step;
    const auto request = reader.take();
    EXPECT_EQ(request.body, "hello!");
    EXPECT_EQ(request.headers.get("Host"), "h");  // a trailer never becomes a header
    EXPECT_EQ(request.headers.count("Host"), 1u);
  }
}

TEST(RequestReader, AnEmptyChunkedBodyMayTrickleIn) {
  RequestReader reader;
  EXPECT_EQ(
      read(reader, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1),
      State::Done);
}

TEST(RequestReader, KeepsWhatFollowsForTheNextRequest) {
  RequestReader reader;
  reader.feed("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGE");
  ASSERT_EQ(reader.accept_body(0), State::Done);
  EXPECT_EQ(reader.take().path, "/1");
  ASSERT_EQ(reader.state(), State::Head);
  ASSERT_EQ(reader.accept_body(0), State::Done);
  EXPECT_EQ(reader.take().path, "/2");
  EXPECT_EQ(reader.state(), State::WantsHead);
  EXPECT_FALSE(reader.idle());
}

TEST(RequestReader, RefusesWhatTwoReadersCouldUnderstandDifferently) {
  const std::vector<std::pair<std::string, int>> table{
      {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
      {"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 501},
      {"GET / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n",
       400},
      {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: h\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\nX: 1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", 400},
      {std::string("GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 35), 400},
      {"GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"\x16\x03\x01\x02\x00\x01\xfc\x03", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabcdef", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1025\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\nContent-Length: 1\r\n\r\n", 417},
  };
  for (const auto& [bytes, status] : table) EXPECT_EQ(refused_with(bytes), status) << bytes;
}

TEST(RequestReader, BoundsTheHeadInBytesAndLines) {
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(refused_with(start + "X: " + std::string(limits::kHttpHeaderBytesMax, 'a')), 431);
  EXPECT_EQ(refused_with("GET /" + std::string(limits::kHttpHeaderBytesMax, 'a')), 431);
  std::string lines = start;
  for (std::size_t i = 0; i < limits::kHttpHeadersMax; ++i) lines += "X: 1\r\n";
  EXPECT_EQ(refused_with(lines + "\r\n"), 431);
  std::string many = start;  // complete lines, so that no single piece is too long
  while (many.size() <= limits::kHttpHeaderBytesMax) many += "X: " + std::string(200, 'b') + "\r\n";
  EXPECT_EQ(refused_with(many), 431);
}

TEST(RequestReader, BoundsChunkExtensionsAndTrailers) {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(refused_with(start + "1;x=" + std::string(limits::kHttpHeaderBytesMax, 'a')), 400);
  EXPECT_EQ(refused_with(start + "0\r\nX: " + std::string(limits::kHttpHeaderBytesMax, 'a')), 400);
}

TEST(RequestReader, AnAnnouncedBodyIsRefusedBeforeItArrives) {
  RequestReader reader;
  ASSERT_EQ(reader.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\n"),
            State::Head);
  EXPECT_EQ(reader.accept_body(1'000'000), State::Failed);
  EXPECT_EQ(reader.failure().response.status, 413);
  EXPECT_EQ(reader.failure().why, Refusal::BodyBytes);
}

TEST(RequestReader, ABodyOfExactlyTheBoundPasses) {
  RequestReader reader;
  EXPECT_EQ(read(reader, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", 100, 3),
            State::Done);
}

TEST(RequestReader, Http10ClosesAfterTheAnswer) {
  RequestReader reader;
  ASSERT_EQ(read(reader, "GET / HTTP/1.0\r\n\r\n", 100), State::Done);
  EXPECT_FALSE(reader.take().keep_alive);
}

}  // namespace
}  // namespace wardhive::net::detail
