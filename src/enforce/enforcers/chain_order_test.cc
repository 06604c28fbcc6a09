#include "enforce/enforcers/chain_order.h"

#include <gtest/gtest.h>

namespace wardhive {
namespace {

constexpr MonoTime kStart{hours(5)};

TEST(ChainOrder, ItsEndIsATimeAndNotALengthSoAsWhatIsLeftGrowsShorter) {
  ChainOrder order;
  EXPECT_TRUE(order.ask(true, 7, minutes(10), kStart));
  EXPECT_EQ(order.wanted(kStart).seconds, 600u);
  EXPECT_FALSE(order.ask(true, 7, minutes(9), kStart + minutes(1)));
  EXPECT_EQ(order.wanted(kStart + minutes(1)).seconds, 540u);
  EXPECT_FALSE(order.ask(true, 7, minutes(30), kStart + minutes(2)));
  EXPECT_EQ(order.wanted(kStart + minutes(2)).seconds, 480u) << "the same order is not lengthened";
}

TEST(ChainOrder, IsSignedOnlyWhileItIsRepeatedAndHasTimeLeft) {
  ChainOrder order;
  EXPECT_FALSE(order.wanted(kStart).may_sign) << "nobody asked for anything";
  order.ask(true, 7, minutes(1), kStart);
  EXPECT_TRUE(order.wanted(kStart + seconds(5)).may_sign);
  EXPECT_FALSE(order.wanted(kStart + seconds(6)).may_sign);
  order.ask(true, 7, seconds(30), kStart + seconds(30));
  EXPECT_TRUE(order.wanted(kStart + seconds(31)).may_sign);
  order.ask(true, 7, seconds(0), kStart + minutes(1));
  EXPECT_FALSE(order.wanted(kStart + minutes(1)).may_sign) << "its time is up";
  order.ask(false, 8, Duration::zero(), kStart + minutes(2));
  EXPECT_TRUE(order.wanted(kStart + minutes(2)).may_sign) << "a release has no end";
}

TEST(ChainOrder, ThatWasRefusedIsNotSignedLaterButTheNextOneIs) {
  ChainOrder order;
  order.ask(true, 7, hours(1), kStart);
  order.found({.kind = NextStep::Kind::Refuse, .says = "every key rests"});
  order.ask(true, 7, hours(1), kStart);
  EXPECT_FALSE(order.wanted(kStart).may_sign);
  ASSERT_NE(order.end(), nullptr);
  EXPECT_EQ(order.end()->says, "every key rests");
  order.ask(true, 9, hours(1), kStart);
  EXPECT_TRUE(order.wanted(kStart).may_sign);
  EXPECT_EQ(order.end(), nullptr);
}

TEST(ChainOrder, RemembersThatItWasInForceUntilTheNext) {
  ChainOrder order;
  order.ask(true, 7, hours(1), kStart);
  order.found({.kind = NextStep::Kind::Holds});
  EXPECT_TRUE(order.wanted(kStart).was_held);
  order.ask(true, 9, hours(1), kStart);
  EXPECT_FALSE(order.wanted(kStart).was_held);
}

}  // namespace
}  // namespace wardhive
