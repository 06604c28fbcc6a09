#include "enforce/never_touch.h"

#include <gmock/gmock.h>

namespace wardhive {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const std::vector<IpAddress>& addresses) {
  std::vector<std::string> out;
  for (const auto& address : addresses) out.push_back(address.text());
  return out;
}

TEST(NeverTouch, FindsTheDefaultGatewayOnly) {
  EXPECT_THAT(texts(gateways_of_route("Iface\tDestination\tGateway \tFlags\tRefCnt\n"
                                      "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n"
                                      "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\n"
                                      "eth1\t006433C6\t096433C6\t0003\t0\t0\t0\t00FFFFFF\n")),
              ElementsAre("192.0.2.1"));
  const std::string zeros(32, '0');
  EXPECT_THAT(texts(gateways_of_ipv6_route(
                  zeros + " 00 " + zeros +
                  " 00 20010db8000000000000000000000001 00000400 1 0 00000003 eth0\n" + zeros +
                  " 00 " + zeros + " 00 " + zeros + " ffffffff 1 0 00200200 lo\n" +
                  "20010db8000000000000000000000000 20 " + zeros +
                  " 00 20010db8000000000000000000000009 1 1 0 1 eth0\n")),
              ElementsAre("2001:db8::1"));
}

TEST(NeverTouch, FindsNameServers) {
  EXPECT_THAT(
      texts(name_servers_of(
          "# nameserver 192.0.2.99\nsearch example.org\nnameserver 192.0.2.53\n"
          "nameserver\t2001:db8::53\nnameserver fe80::1%eth0\nnameserver dns.example\nnameserver")),
      ElementsAre("192.0.2.53", "2001:db8::53", "fe80::1"));
}

// Not who knocks (SYN_RECV), nor a listening socket.
TEST(NeverTouch, FindsPeersOfEstablishedConnections) {
  const auto* tcp =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode\n"
      "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "1\n"
      "   1: 010200C0:0016 076433C6:D431 01 00000000:00000000 02:0000F1B2 00000000     0        0 "
      "2\n"
      "   2: 010200C0:0016 086433C6:D431 03 00000000:00000000 02:0000F1B2 00000000     0        0 "
      "3\n"
      "   3: 010200C0:0050 096433C6:D431 01 00000000:00000000 02:0000F1B2 00000000     0        0 "
      "4\n"
      "   4: 010200C0:08AE 0A6433C6:D431 01 00000000:00000000 02:0000F1B2 00000000     0        0 "
      "5\n";
  const auto at = [](const char* text, std::uint16_t port) {
    return TcpPeer{*IpAddress::parse(text), port};
  };
  EXPECT_THAT(established_peers(tcp),
              ElementsAre(at("198.51.100.7", 0xd431), at("198.51.100.9", 0xd431),
                          at("198.51.100.10", 0xd431)));
  const auto* tcp6 =
      "   1: 0000000000000000FFFF0000010200C0:0016 0000000000000000FFFF0000076433C6:D431 01 0 0\n"
      "   2: B80D0120000000000000000001000000:0016 B80D0120000000000000000007000000:D431 01 0 0\n";
  EXPECT_THAT(established_peers(tcp6),
              ElementsAre(at("198.51.100.7", 0xd431), at("2001:db8::7", 0xd431)));
}

TEST(NeverTouch, PassesOverNonsense) {
  for (const auto* text : {"", "\n\n", "x", "a b c d e f", "0: : : 01", "0: 1:0016 2:0016 01",
                           "0: 00000000:0016 076433C6:XY 01", "0: 00000000:0016 ZZZZZZZZ:1 01"}) {
    EXPECT_THAT(gateways_of_route(text), IsEmpty());
    EXPECT_THAT(gateways_of_ipv6_route(text), IsEmpty());
    EXPECT_THAT(name_servers_of(text), IsEmpty());
    EXPECT_THAT(established_peers(text), IsEmpty());
  }
}

TEST(NeverTouch, AlwaysHoldsLoopback) {
  const auto prefixes = never_touch_of_this_host();
  EXPECT_THAT(prefixes, Contains(*IpPrefix::parse("127.0.0.0/8")));
  EXPECT_THAT(prefixes, Contains(*IpPrefix::parse("::1")));
}

}  // namespace
}  // namespace wardhive
