#include "net/router.h"

#include <gtest/gtest.h>

#include <utility>

namespace wardhive::net {
namespace {

Request make(Method method, std::string path, std::string body = {}) {
  Request request;
  request.method = method;
  request.path = std::move(path);
  request.body = std::move(body);
  return request;
}

Response ask(const Router& router, Request request) {
  Response answer;
  router.dispatch(std::move(request),
                  Responder::to([&](Response response) { answer = std::move(response); }));
  return answer;
}

SyncHandler says(std::string text) {
  return [text](const Request&) { return Response::text(text); };
}

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    router_.add({.name = "show", .pattern = "/nodes/{node}"}, [](const Request& r) {
      return Response::text("node " + std::string(r.param("node")));
    });
    router_.add({.name = "list", .pattern = "/nodes/all"}, says("all"));
    router_.add(
        {.name = "hold", .method = Method::Post, .pattern = "/nodes/{node}", .body_bytes_max = 4},
        says("held"));
    router_.add({.name = "ui", .pattern = "/ui/{file...}"}, [](const Request& r) {
      return Response::text("file " + std::string(r.param("file")));
    });
  }
  Router router_;
};

TEST_F(RouterTest, ALiteralWinsOverAName) {
  EXPECT_EQ(ask(router_, make(Method::Get, "/nodes/all")).body, "all");
  EXPECT_EQ(ask(router_, make(Method::Get, "/nodes/allx")).body, "node allx");
}

TEST_F(RouterTest, AnEncodedSlashStaysInItsSegment) {
  EXPECT_EQ(ask(router_, make(Method::Get, "/nodes/a%2Fb%20c")).body, "node a/b c");
  EXPECT_EQ(ask(router_, make(Method::Get, "/nodes/a/b")).status, 404);
}

TEST_F(RouterTest, ARestTakesAllSegmentsOrNone) {
  EXPECT_EQ(ask(router_, make(Method::Get, "/ui/js/app.js")).body, "file js/app.js");
  EXPECT_EQ(ask(router_, make(Method::Get, "/ui/")).body, "file ");
  EXPECT_EQ(ask(router_, make(Method::Get, "/ui")).body, "file ");
}

TEST_F(RouterTest, AnEmptySegmentIsNoName) {
  EXPECT_EQ(ask(router_, make(Method::Get, "/nodes/")).status, 404);
}

TEST_F(RouterTest, UnknownPathsAndMethodsAreTold) {
  const auto nothing = ask(router_, make(Method::Get, "/nope"));
  EXPECT_EQ(nothing.status, 404);
  EXPECT_EQ(nothing.body,
            R"({"error":{"code":"not_found","message":"there is nothing at /nope"}})");
  const auto wrong = ask(router_, make(Method::Delete, "/nodes/x"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.get("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(ask(router_, make(Method::Other, "/nodes/x")).status, 405);
}

TEST_F(RouterTest, BrokenEscapesInThePathAre400) {
  EXPECT_EQ(ask(router_, make(Method::Get, "/nodes/%zz")).status, 400);
  EXPECT_EQ(ask(router_, make(Method::Get, "/nodes/%00")).status, 400);
}

TEST_F(RouterTest, HooksSeeRouteAndParametersButNoBodyAndMayRefuse) {
  std::string seen;
  router_.before([&](const Request& request, const Route& route) -> std::optional<Response> {
    seen = route.name + ":" + std::string(request.param("node")) + ":" + request.body;
    if (request.headers.contains("Authorization")) return std::nullopt;
    return error_response(401, "permission_denied", "a token is needed");
  });
  EXPECT_EQ(ask(router_, make(Method::Post, "/nodes/n1", "data")).status, 401);
  EXPECT_EQ(seen, "hold:n1:");
  auto allowed = make(Method::Post, "/nodes/n1", "data");
  allowed.headers.add("Authorization", "Bearer x");
  EXPECT_EQ(ask(router_, std::move(allowed)).body, "held");
  EXPECT_EQ(ask(router_, make(Method::Get, "/nope")).status, 404);
}

TEST_F(RouterTest, BodiesAreBoundedPerRoute) {
  EXPECT_EQ(ask(router_, make(Method::Post, "/nodes/n", "12345")).status, 413);
}

TEST_F(RouterTest, ADroppedResponderAnswers500) {
  router_.add({.name = "drop", .pattern = "/drop"}, [](const Request&, Responder) {});
  EXPECT_EQ(ask(router_, make(Method::Get, "/drop")).status, 500);
}

TEST(RouterDeathTest, TwoRoutesOfOneShapeAreOurBug) {
  Router router;
  router.add({.name = "a", .pattern = "/x/{a}"}, says("a"));
  router.add({.name = "b", .method = Method::Post, .pattern = "/x/{a}"}, says("b"));
  EXPECT_DEATH(router.add({.name = "c", .pattern = "/x/{other}"}, says("c")), "router.cc");
  EXPECT_DEATH(router.add({.name = "d", .pattern = "/{rest...}/x"}, says("d")), "router.cc");
}

}  // namespace
}  // namespace wardhive::net
