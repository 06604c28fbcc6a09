#include "base/id.h"

#include <gtest/gtest.h>

namespace wardhive {
namespace {

struct ThingTag {
  static constexpr std::string_view prefix = "thing";
};
using ThingId = Id<ThingTag>;

TEST(Id, PrintsAndReadsBack) {
  for (const auto& [id, text] : {std::pair{ThingId{1042, 0}, "thing-1042"},
                                 {ThingId{1042, 3}, "thing-1042-3"},
                                 {ThingId{}, ""}}) {
    EXPECT_EQ(id.text(), text);
    EXPECT_EQ(*ThingId::parse(text), id);
  }
}

TEST(Id, HasOneSpelling) {
  for (const auto* text : {"thing-", "thing", "other-1", "thing-01", "thing-1-0", "thing-1-",
                           "thing-1-2-3", "thing-99999999999999999999"})
    EXPECT_EQ(ThingId::parse(text).error().code, ErrorCode::InvalidInput) << text;
}

}  // namespace
}  // namespace wardhive
