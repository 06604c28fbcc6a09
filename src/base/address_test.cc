#include "base/address.h"

#include <gtest/gtest.h>

namespace wardhive {
namespace {

TEST(IpAddress, PrintsTheShortForm) {
  EXPECT_EQ(IpAddress::parse("192.0.2.7")->text(), "192.0.2.7");
  EXPECT_EQ(IpAddress::parse("2001:DB8:0:0::1")->text(), "2001:db8::1");
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.7")->text(), "192.0.2.7")
      << "one address, one spelling";
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const auto* text : {"", "localhost", "192.0.2", "192.0.2.256", "192.0.02.1", "192.0.2.1:22",
                           "fe80::1%eth0", "1.2.3.4 "})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  EXPECT_FALSE(IpAddress::parse(std::string_view("192.0.2.1\0.evil", 15)));
}

TEST(IpPrefix, HoldsExactlyItsRange) {
  const auto range = *IpPrefix::parse("192.0.2.128/25");
  EXPECT_TRUE(range.contains(*IpAddress::parse("192.0.2.128")));
  EXPECT_TRUE(range.contains(*IpAddress::parse("192.0.2.255")));
  EXPECT_FALSE(range.contains(*IpAddress::parse("192.0.2.127")));
  EXPECT_FALSE(range.contains(*IpAddress::parse("192.0.3.0")));
  EXPECT_EQ(range.last().text(), "192.0.2.255");
  EXPECT_EQ(range.text(), "192.0.2.128/25");
}

TEST(IpPrefix, RefusesHostBitsAndSaysTheExactRange) {
  const auto parsed = IpPrefix::parse("192.0.2.1/24");
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("192.0.2.0/24"), std::string::npos);
}

TEST(IpPrefix, OverlapIsSymmetric) {
  const auto wide = *IpPrefix::parse("2001:db8::/32"), narrow = *IpPrefix::parse("2001:db8:1::/48"),
             other = *IpPrefix::parse("10.0.0.0/8");
  EXPECT_TRUE(wide.overlaps(narrow) && narrow.overlaps(wide));
  EXPECT_FALSE(wide.overlaps(other) || other.overlaps(wide));
}

}  // namespace
}  // namespace wardhive
