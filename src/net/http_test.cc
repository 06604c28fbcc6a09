#include "net/http.h"

#include <gtest/gtest.h>

#include "net/impl/response_head.h"
#include "net/url.h"

namespace wardhive::net {
namespace {

TEST(Http, HeaderNamesCompareWithoutCase) {
  const Headers headers{{"X-Token", "a"}, {"x-token", "b"}};
  EXPECT_EQ(headers.get("X-TOKEN"), "a");
  EXPECT_EQ(headers.count("x-Token"), 2u);
  EXPECT_FALSE(headers.contains("X-Toke"));
}

TEST(Http, ErrorsHaveOneShape) {
  const auto response = error_response(Error{ErrorCode::NotFound, "no node \"x\""});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, R"({"error":{"code":"not_found","message":"no node \"x\""}})");
  EXPECT_EQ(response.headers.get("content-type"), "application/json");
}

TEST(Http, TargetsAreSplitAndDecodedOnce) {
  const auto target = parse_target("/a%20b/c?x=1&y=a+b%26&z&=e&&x=2");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->path, "/a%20b/c");
  EXPECT_EQ(target->query, (Pairs{{"x", "1"}, {"y", "a b&"}, {"z", ""}, {"", "e"}, {"x", "2"}}));
  EXPECT_FALSE(parse_target("http://host/").has_value());
  EXPECT_FALSE(parse_target("*").has_value());
  EXPECT_FALSE(parse_target("/?a=%zz").has_value());
}

TEST(Http, BrokenAndNulEscapesAreRefused) {
  for (const auto* bad : {"%", "%1", "%g1", "a%0", "%00"}) EXPECT_FALSE(percent_decode(bad)) << bad;
  EXPECT_EQ(percent_decode("%41%2f+"), "A/+");
  EXPECT_EQ(percent_decode(percent_encode("a b/\xc3\xa4~?")), "a b/\xc3\xa4~?");
}

TEST(Http, CookiesAreFoundByWholeName) {
  Request request;
  request.headers.add("Cookie", "asession=no; session=yes; session=late");
  request.headers.add("Cookie", "other=1");
  EXPECT_EQ(request.cookie("session"), "yes");
  EXPECT_EQ(request.cookie("other"), "1");
  EXPECT_FALSE(request.cookie("ession"));
}

TEST(ResponseHead, RefusesWhatCouldSplitTheAnswer) {
  for (const auto& [name, value] : Pairs{{"X", "a\r\nEvil: 1"},
                                         {"X", "a\nb"},
                                         {"X\r\nEvil", "1"},
                                         {"X", std::string("a\0b", 3)},
                                         {"", "v"},
                                         {"a b", "v"}}) {
    Response response;
    response.headers.add(name, value);
    EXPECT_FALSE(detail::response_head(response, {})) << name << "=" << value;
  }
}

TEST(ResponseHead, FramingIsOursWhateverTheHandlerSays) {
  Response response = Response::text("12345");
  response.headers.add("content-length", "9");
  response.headers.add("Transfer-Encoding", "chunked");
  const Headers defaults{{"X-Frame-Options", "DENY"}, {"Content-Type", "other"}};
  const auto head = detail::response_head(response, {.keep_alive = false, .defaults = &defaults});
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->starts_with("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_TRUE(
      head->ends_with("Content-Type: text/plain; charset=utf-8\r\nX-Frame-Options: DENY\r\n"
                      "Content-Length: 5\r\nConnection: close\r\n\r\n"))
      << *head;
}

TEST(ResponseHead, NoContentHasNoLength) {
  EXPECT_EQ(detail::response_head({.status = 204, .headers = {}, .body = "x"}, {})
                ->find("Content-Length"),
            std::string::npos);
}

TEST(Url, IsTakenApart) {
  const auto url = Url::parse("https://[::1]/a?b=c");
  ASSERT_TRUE(url.has_value()) << url.error().message;
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->text(), "https://[::1]:443/a?b=c");
  EXPECT_EQ(Url::parse("http://127.0.0.1:8700")->text(), "http://127.0.0.1:8700/");
}

TEST(Url, OtherSchemesCredentialsAndNonsenseAreRefused) {
  for (const auto* bad : {"ftp://host/", "file:///etc/passwd", "http://u:p@host/", "127.0.0.1:80",
                          "", "http://", "http://host:99999/", "http://ho st/", "gopher://x"})
    EXPECT_FALSE(Url::parse(bad).has_value()) << bad;
}

}  // namespace
}  // namespace wardhive::net
