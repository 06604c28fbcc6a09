#include "base/json_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace wardhive {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, EscapesControlsAndQuotes) {
  EXPECT_EQ(quoted("a\"b\\c\n\x01\x7f"), "\"a\\\"b\\\\c\\n\\u0001\\u007f\"");
}

TEST(JsonText, BytesThatAreNotUtf8BecomeTheReplacementCharacter) {
  EXPECT_EQ(quoted("\xff"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(quoted("\xc0\xaf"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"") << "overlong";
  EXPECT_EQ(quoted("\xed\xa0\x80").size(), 2 + 9u) << "surrogate";
  EXPECT_EQ(quoted("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"");
  EXPECT_EQ(quoted("\xf0\x9f\x90\x9d"), "\"\xf0\x9f\x90\x9d\"");
  EXPECT_EQ(quoted("cut \xe2\x82"), "\"cut \xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonText, NumbersAreNeverNotNumbers) {
  std::string out;
  append_json_number(out, std::numeric_limits<double>::quiet_NaN());
  out += ' ';
  append_json_number(out, 0.1);
  out += ' ';
  append_json_number(out, -3);
  EXPECT_EQ(out, "null 0.1 -3");
}

}  // namespace
}  // namespace wardhive
