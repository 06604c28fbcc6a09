#include "base/json.h"

#include <gtest/gtest.h>

#include <array>

#include "base/id.h"

namespace wardhive {
namespace {

enum class Colour { Red, Green };
std::span<const std::string_view> enum_names(Colour) {
  static constexpr std::array<std::string_view, 2> names{"red", "green"};
  return names;
}
struct PartTag {
  static constexpr std::string_view prefix = "part";
};
struct Inner {
  int count = 0;
};
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, Inner>
void fields(Self& self, V& v) {
  v("count", self.count);
}

struct Outer {
  std::string name;
  Colour colour = Colour::Red;
  bool on = false;
  Instant at;
  Duration span{};
  Id<PartTag> part;
  std::optional<int> maybe;
  std::vector<Inner> inners;
  std::map<std::string, std::string> attributes;
  std::uint64_t big = 0;
};
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, Outer>
void fields(Self& self, V& v) {
  v("name", self.name);
  v("colour", self.colour);
  v("on", self.on);
  v("at", self.at);
  v("span", self.span);
  v("part", self.part);
  v("maybe", self.maybe);
  v("inners", self.inners);
  v("attributes", self.attributes);
  v("big", self.big);
}

TEST(Json, ReadsWhatItWrites) {
  Outer out{"a\"b", Colour::Green, true,         Instant(seconds(1)), millis(1500), {7, 2},
            5,      {{1}, {2}},    {{"k", "v"}}, UINT64_MAX >> 1};
  const auto text = to_json(out);
  EXPECT_EQ(
      text,
      R"({"name":"a\"b","colour":"green","on":true,"at":"1970-01-01T00:00:01Z","span":1.5,"part":"part-7-2",)"
      R"("maybe":5,"inners":[{"count":1},{"count":2}],"attributes":{"k":"v"},"big":9223372036854775807})");
  EXPECT_EQ(to_json(*from_json<Outer>(text)), text);
  EXPECT_EQ(to_json(*JsonValue::parse(text)), text);
}

TEST(Json, ErrorNamesThePath) {
  EXPECT_EQ(from_json<Outer>(R"({"inners":[{"count":1},{"count":"x"}]})").error().message,
            "inners[1].count: expected a whole number");
  EXPECT_EQ(from_json<Outer>(R"({"colour":"blue"})").error().message,
            "colour: expected \"blue\" is not one of red, green");
  EXPECT_FALSE(from_json<Outer>(R"({"inners":[{"count":4294967296}]})"));
  EXPECT_FALSE(from_json<Outer>("[]"));
}

TEST(Json, UnknownKeysArePassedOverAndAbsentOnesKeepTheDefault) {
  const auto value = from_json<Outer>(R"({"name":"x","later":{"deep":[1]}})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->name, "x");
  EXPECT_FALSE(value->maybe);
}

TEST(Json, RefusesWhatIsNoJsonAndWhatIsTooDeep) {
  for (const auto* text : {"", "{", "{\"a\":}", "nul", "{} {}", "\"\xff\""})
    EXPECT_FALSE(JsonValue::parse(text)) << text;
  EXPECT_FALSE(JsonValue::parse(std::string(100, '[') + std::string(100, ']')));
}

}  // namespace
}  // namespace wardhive
