// Against the real kernel, with real packets, in a network namespace of the test's own.
#include "enforce/enforcers/nftables.h"

#include <gmock/gmock.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "enforce/actuator.h"
#include "enforce/enforcers/netns_gtest.h"
#include "enforce/enforcers/nft_rules.h"

namespace wardhive {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Enforcer> started(NftablesConfig config = {}) {
  auto enforcer = *make_nftables(std::move(config));
  const auto status = enforcer->start();
  EXPECT_TRUE(status.has_value()) << status.error().message;
  return enforcer;
}

DesiredItem ban(std::string key, bool present = true) {
  DesiredItem item;
  item.verb = Verb::BanAddress;
  item.control = "nftables";
  item.key = std::move(key);
  item.present = present;
  return item;
}

void apply(Enforcer& enforcer, const DesiredItem& item, Duration expires_in = seconds(600)) {
  const auto applied = enforcer.apply(item, expires_in);
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  EXPECT_TRUE(applied->verified) << applied->detail;
}

Effect effect(Enforcer& enforcer, const std::string& key) {
  const auto effects = enforcer.list();
  EXPECT_TRUE(effects.has_value());
  for (const auto& found : *effects)
    if (found.key == key) return found;
  return {};
}

std::string output_of(const std::string& command) {
  std::string out;
  auto* pipe = ::popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
  ::pclose(pipe);
  return out;
}

// Whether a datagram from `source` gets to the node.
bool gets_through(const std::string& source) {
  const bool v4 = source.find(':') == std::string::npos;
  const std::string node = v4 ? "192.0.2.1" : "2001:db8:ffff::1";
  const Peer listener(node, 9000);
  const Peer sender(source, 9001);
  sender.send_to(node, 9000);
  return listener.received() == 1;
}

TEST(Nftables, DropsTheBannedAndLetsTheNeighbourThrough) {
  in_namespace([] {
    const auto enforcer = started();
    EXPECT_TRUE(gets_through("192.0.2.7"));
    apply(*enforcer, ban("192.0.2.7"));
    EXPECT_FALSE(gets_through("192.0.2.7"));
    EXPECT_TRUE(gets_through("192.0.2.8"));
    EXPECT_TRUE(gets_through("192.0.2.6"));
    const auto found = effect(*enforcer, "192.0.2.7");
    EXPECT_TRUE(found.present);
    EXPECT_EQ(found.hits, 1u);
    EXPECT_GT(found.expires_in, seconds(590));
    EXPECT_LE(found.expires_in, seconds(600));
    EXPECT_THAT(output_of("nft list counter inet wardhive dropped4"), HasSubstr("packets 1 "));
  });
}

TEST(Nftables, LiftsABanAtOnce) {
  in_namespace([] {
    const auto enforcer = started();
    apply(*enforcer, ban("192.0.2.7"));
    EXPECT_FALSE(gets_through("192.0.2.7"));
    apply(*enforcer, ban("192.0.2.7", false));
    EXPECT_TRUE(gets_through("192.0.2.7"));
    apply(*enforcer, ban("192.0.2.7", false));  // taking away what is not there is no error
    EXPECT_TRUE(enforcer->list()->empty());
  });
}

TEST(Nftables, BansExactlyTheRange) {
  in_namespace([] {
    const auto enforcer = started();
    apply(*enforcer, ban("192.0.2.64/26"));
    EXPECT_TRUE(gets_through("192.0.2.63"));
    EXPECT_FALSE(gets_through("192.0.2.64"));
    EXPECT_FALSE(gets_through("192.0.2.100"));
    EXPECT_FALSE(gets_through("192.0.2.127"));
    EXPECT_TRUE(gets_through("192.0.2.128"));
    EXPECT_EQ(effect(*enforcer, "192.0.2.64/26").hits, 3u);

    apply(*enforcer, ban("198.51.100.0/24"));
    EXPECT_FALSE(gets_through("198.51.100.1"));
    EXPECT_FALSE(gets_through("198.51.100.255"));
    EXPECT_FALSE(gets_through("192.0.2.64"));  // a new length leaves the others alone

    apply(*enforcer, ban("2001:db8:0:8000::/49"));
    EXPECT_TRUE(gets_through("2001:db8:0:7fff::1"));
    EXPECT_FALSE(gets_through("2001:db8:0:8000::1"));
    EXPECT_FALSE(gets_through("2001:db8:0:ffff::1"));
    EXPECT_TRUE(gets_through("2001:db8:1::1"));
    apply(*enforcer, ban("2001:db8:5::5"));
    EXPECT_FALSE(gets_through("2001:db8:5::5"));
    EXPECT_TRUE(gets_through("2001:db8:5::4"));
  });
}

// A ban of a host and one of the range around it are two: each has its own expiry.
TEST(Nftables, HostAndRangeAroundItAreIndependent) {
  in_namespace([] {
    const auto enforcer = started();
    apply(*enforcer, ban("192.0.2.7"), seconds(600));
    apply(*enforcer, ban("192.0.2.0/28"), seconds(60));
    apply(*enforcer, ban("192.0.2.0/29"), seconds(90));
    EXPECT_EQ(enforcer->list()->size(), 3u);
    apply(*enforcer, ban("192.0.2.0/28", false));
    apply(*enforcer, ban("192.0.2.0/29", false));
    EXPECT_FALSE(gets_through("192.0.2.7"));
    EXPECT_TRUE(gets_through("192.0.2.8"));
    EXPECT_GT(effect(*enforcer, "192.0.2.7").expires_in, seconds(590));

    apply(*enforcer, ban("192.0.2.0/28"));
    apply(*enforcer, ban("192.0.2.7", false));
    EXPECT_FALSE(gets_through("192.0.2.7"));  // the range still holds it
  });
}

TEST(Nftables, RenewalSetsTheNewExpiryAndKeepsTheCount) {
  in_namespace([] {
    const auto enforcer = started();
    for (const std::string key : {"192.0.2.7", "198.51.100.0/24"}) {
      apply(*enforcer, ban(key), seconds(600));
      EXPECT_FALSE(gets_through(key == "192.0.2.7" ? key : "198.51.100.9"));
      apply(*enforcer, ban(key), seconds(1200));
      EXPECT_GT(effect(*enforcer, key).expires_in, seconds(1190));
      apply(*enforcer, ban(key), seconds(30));
      EXPECT_LE(effect(*enforcer, key).expires_in, seconds(30));
      EXPECT_EQ(effect(*enforcer, key).hits, 1u);
    }
    EXPECT_EQ(enforcer->list()->size(), 2u);
  });
}

TEST(Nftables, TheKernelLetsTheBanLapseByItself) {
  in_namespace([] {
    {
      const auto enforcer = started();
      apply(*enforcer, ban("192.0.2.7"), millis(200));
      apply(*enforcer, ban("192.0.2.0/26"), millis(200));
      EXPECT_FALSE(gets_through("192.0.2.7"));
    }  // nobody is left to lift it
    EXPECT_TRUE(eventually([] { return gets_through("192.0.2.7"); }));
    EXPECT_TRUE(started()->list()->empty());
  });
}

// A remainder below the kernel's tick would be rounded to "for ever".
TEST(Nftables, TheShortestBanLapsesToo) {
  in_namespace([] {
    const auto enforcer = started();
    ASSERT_TRUE(enforcer->apply(ban("192.0.2.7"), nanos(1)).has_value());
    EXPECT_TRUE(eventually([&] { return enforcer->list()->empty(); }));
  });
}

TEST(Nftables, CutsAnEstablishedConnection) {
  in_namespace([] {
    const auto enforcer = started();
    const Peer listener("192.0.2.1", 9000, SOCK_STREAM);
    const Peer client("192.0.2.7", 9001, SOCK_STREAM);
    ASSERT_EQ(::listen(listener.fd(), 1), 0);
    const auto to = Peer::socket_address(*IpAddress::parse("192.0.2.1"), 9000);
    ASSERT_EQ(::connect(client.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    const Fd server(::accept(listener.fd(), nullptr, nullptr));
    char byte = 0;
    ASSERT_EQ(::send(client.fd(), "a", 1, 0), 1);
    ASSERT_EQ(::recv(server.get(), &byte, 1, 0), 1);

    apply(*enforcer, ban("192.0.2.7"));
    ASSERT_EQ(::send(client.fd(), "b", 1, 0), 1);
    EXPECT_TRUE(eventually([&] { return effect(*enforcer, "192.0.2.7").hits > 0; }));
    EXPECT_EQ(::recv(server.get(), &byte, 1, MSG_DONTWAIT), -1);

    apply(*enforcer, ban("192.0.2.7", false));  // sent again by TCP once it may
    EXPECT_TRUE(eventually([&] { return ::recv(server.get(), &byte, 1, MSG_DONTWAIT) == 1; }));
    EXPECT_EQ(byte, 'b');
  });
}

TEST(Nftables, NeverTouchesProtectedPrefixes) {
  in_namespace([] {
    const auto enforcer = started();
    enforcer->protect({*IpPrefix::parse("192.0.2.16/28"), *IpPrefix::parse("192.0.2.20"),
                       *IpPrefix::parse("2001:db8:1::/48")},
                      {});
    for (const std::string key : {"192.0.2.17", "192.0.2.0/24", "192.0.2.16/30", "2001:db8:1::7",
                                  "2001:db8::/32", "127.0.0.1", "::1", "0.0.0.0/0"}) {
      const auto applied = enforcer->apply(ban(key), seconds(60));
      ASSERT_FALSE(applied.has_value()) << key;
      EXPECT_EQ(applied.error().code, ErrorCode::PermissionDenied);
      EXPECT_THAT(applied.error().message, HasSubstr("never-touch"));
    }
    EXPECT_THAT(enforcer->apply(ban("192.0.2.17"), seconds(60)).error().message,
                HasSubstr("192.0.2.16/28"));
    EXPECT_TRUE(enforcer->list()->empty());
    // Lifting is always allowed.
    apply(*enforcer, ban("192.0.2.17", false));
  });
}

// Even a ban that somebody else slipped into our set does not cut a protected address or the
// controller's answers.
TEST(Nftables, ControlChannelAndProtectedPassBeforeAnyBan) {
  in_namespace([] {
    const auto enforcer = started({"wardhive", {{*IpAddress::parse("192.0.2.50"), 8443}}});
    enforcer->protect({*IpPrefix::parse("192.0.2.16/28")}, {});
    apply(*enforcer, ban("192.0.2.50"));
    ASSERT_EQ(std::system("nft add element inet wardhive banned4 '{ 192.0.2.17 timeout 60s }'"), 0);
    EXPECT_TRUE(gets_through("192.0.2.17"));
    EXPECT_FALSE(gets_through("192.0.2.50"));  // its other ports are cut

    const Peer controller("192.0.2.50", 8443, SOCK_STREAM);
    ASSERT_EQ(::listen(controller.fd(), 1), 0);
    const Peer agent("192.0.2.1", 9001, SOCK_STREAM);
    const auto to = Peer::socket_address(*IpAddress::parse("192.0.2.50"), 8443);
    EXPECT_EQ(::connect(agent.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  });
}

TEST(Nftables, RestartKeepsBansAndTheirCounts) {
  in_namespace([] {
    {
      const auto enforcer = started();
      apply(*enforcer, ban("192.0.2.7"), seconds(600));
      apply(*enforcer, ban("198.51.100.128/25"), seconds(600));
      EXPECT_FALSE(gets_through("192.0.2.7"));
    }
    EXPECT_FALSE(gets_through("198.51.100.200"));  // while nobody runs
    const auto enforcer = started();
    EXPECT_FALSE(gets_through("192.0.2.7"));
    EXPECT_FALSE(gets_through("198.51.100.200"));
    EXPECT_EQ(effect(*enforcer, "192.0.2.7").hits, 2u);
    EXPECT_EQ(effect(*enforcer, "198.51.100.128/25").hits, 2u);
    EXPECT_EQ(enforcer->list()->size(), 2u);
  });
}

// A ban that waits for a log-in to end is none that is refused for good.
TEST(Nftables, DoesNotBanWhoIsLoggedInUntilHeLeaves) {
  in_namespace([] {
    const auto enforcer = started();
    enforcer->protect({}, {*IpAddress::parse("192.0.2.7")});
    for (const std::string key : {"192.0.2.7", "192.0.2.0/24"}) {
      const auto refused = enforcer->apply(ban(key), seconds(60));
      ASSERT_FALSE(refused.has_value());
      EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
      EXPECT_THAT(refused.error().message, HasSubstr("192.0.2.7 is logged in"));
    }
    apply(*enforcer, ban("192.0.2.8"));
    enforcer->protect({}, {});
    apply(*enforcer, ban("192.0.2.7"));
    EXPECT_FALSE(gets_through("192.0.2.7"));
  });
}

TEST(Nftables, TouchesNoForeignTable) {
  in_namespace([] {
    ASSERT_EQ(
        std::system("nft -f - <<'X'\n"
                    "table inet firewall {\n set s { type ipv4_addr; elements = { 192.0.2.99 } }\n"
                    " chain input { type filter hook input priority 0; ip saddr @s drop; }\n}\nX"),
        0);
    const auto before = output_of("nft list table inet firewall");
    const auto enforcer = started();
    // Accepting first in our table does not open what the machine's own firewall closes.
    enforcer->protect({*IpPrefix::parse("192.0.2.99")}, {});
    apply(*enforcer, ban("192.0.2.7"));
    EXPECT_FALSE(gets_through("192.0.2.99"));
    EXPECT_TRUE(enforcer->release_all().has_value());
    EXPECT_EQ(output_of("nft list ruleset"), before);
    EXPECT_TRUE(gets_through("192.0.2.7"));
    EXPECT_TRUE(enforcer->release_all().has_value());  // twice is no error
  });
}

TEST(Nftables, RepairsItsTableWhenSomebodyFlushesIt) {
  in_namespace([] {
    const auto enforcer = started();
    enforcer->protect({*IpPrefix::parse("192.0.2.16/28")}, {});
    apply(*enforcer, ban("192.0.2.7"));
    ASSERT_EQ(std::system("nft flush chain inet wardhive guard"), 0);
    EXPECT_TRUE(gets_through("192.0.2.7"));
    EXPECT_TRUE(effect(*enforcer, "192.0.2.7").present);
    EXPECT_FALSE(gets_through("192.0.2.7"));

    ASSERT_EQ(std::system("nft flush ruleset"), 0);
    EXPECT_TRUE(enforcer->list()->empty());
    ASSERT_EQ(std::system("nft flush ruleset"), 0);
    apply(*enforcer, ban("192.0.2.7"));  // without a list() between
    EXPECT_FALSE(gets_through("192.0.2.7"));
    EXPECT_THAT(output_of("nft list set inet wardhive allow4"), HasSubstr("192.0.2.16/28"));
  });
}

TEST(Nftables, LoadsManyAtOnceExactly) {
  in_namespace([] {
    const auto enforcer = started();
    apply(*enforcer, ban("192.0.2.7"), seconds(100));
    apply(*enforcer, ban("192.0.2.8"), seconds(100));
    EXPECT_FALSE(gets_through("192.0.2.7"));
    std::vector<Wanted> wanted;
    for (int i = 0; i < 3000; ++i)
      wanted.push_back(
          {ban("10." + std::to_string(i / 250) + ".0." + std::to_string(i % 250)), seconds(600)});
    for (int i = 0; i < 1000; ++i)
      wanted.push_back(
          {ban("10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".0/24"),
           seconds(600)});
    wanted.push_back({ban("192.0.2.7"), seconds(600)});
    wanted.push_back({ban("192.0.2.8", false), {}});
    wanted.push_back({ban("192.0.2.9"), {}});
    wanted.push_back({ban("127.0.0.1"), seconds(600)});
    const auto results = enforcer->apply_all(wanted);
    ASSERT_EQ(results.size(), wanted.size());
    for (std::size_t i = 0; i + 2 < results.size(); ++i)
      ASSERT_TRUE(results[i].has_value() && results[i]->verified) << wanted[i].item.key;
    EXPECT_EQ(results[results.size() - 2].error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(results.back().error().code, ErrorCode::PermissionDenied);
    EXPECT_EQ(enforcer->list()->size(), 4001u);
    EXPECT_EQ(effect(*enforcer, "192.0.2.7").hits, 1u);
    EXPECT_GT(effect(*enforcer, "192.0.2.7").expires_in, seconds(500));
    EXPECT_TRUE(gets_through("192.0.2.8"));
  });
}

// The whole way of an agent's item, and every kind of death on it.
TEST(Nftables, AnActuatorHoldsItThroughDeathAndFlush) {
  in_namespace([] {
    const auto directory =
        std::filesystem::temp_directory_path() / ("nftables_test." + std::to_string(::getpid()));
    std::filesystem::create_directory(directory);
    const auto agent = [&](std::vector<Receipt>& receipts) {
      std::vector<std::unique_ptr<Enforcer>> enforcers;
      enforcers.push_back(*make_nftables({}));
      auto opened = Actuator::open(
          {directory / "desired.jsonl", *Entity::parse("node/job-1"), Duration{}, "boot"},
          std::move(enforcers), system_clock());
      receipts = (*opened)->start();
      return std::move(*opened);
    };
    std::vector<Receipt> receipts;
    auto actuator = agent(receipts);
    auto item = ban("192.0.2.7");
    item.action = {.offset = 1, .index = 0};
    item.epoch = item.version = 1;
    item.expires_in = minutes(10);
    EXPECT_TRUE(actuator->apply({&item, 1}).at(0).verified);
    EXPECT_FALSE(gets_through("192.0.2.7"));

    actuator.reset();
    actuator = agent(receipts);  // found as it was left: nothing to do
    EXPECT_TRUE(receipts.empty());
    EXPECT_EQ(actuator->stats().repairs, 0u);

    actuator.reset();
    ASSERT_EQ(std::system("nft flush ruleset"), 0);
    actuator = agent(receipts);
    ASSERT_EQ(receipts.size(), 1u);
    EXPECT_TRUE(receipts[0].verified);
    EXPECT_FALSE(gets_through("192.0.2.7"));

    ASSERT_EQ(std::system("nft flush ruleset"), 0);
    EXPECT_EQ(actuator->tick().size(), 1u);
    EXPECT_FALSE(gets_through("192.0.2.7"));

    EXPECT_TRUE(actuator->release_all(receipts).has_value());
    EXPECT_TRUE(gets_through("192.0.2.7"));
    EXPECT_EQ(output_of("nft list ruleset"), "");
    EXPECT_EQ(actuator->apply({&item, 1}).at(0).outcome,
              Outcome::Applied);  // and is made anew when told
    EXPECT_FALSE(gets_through("192.0.2.7"));
    std::filesystem::remove_all(directory);
  });
}

TEST(Nftables, RefusesWhatIsNotABan) {
  in_namespace([] {
    const auto enforcer = started();
    const auto refused = [&](const DesiredItem& item, Duration expires_in) {
      return enforcer->apply(item, expires_in).error();
    };
    EXPECT_EQ(refused(ban("job-1"), seconds(1)).code, ErrorCode::InvalidInput);
    EXPECT_EQ(refused(ban("192.0.2.7; flush ruleset"), seconds(1)).code, ErrorCode::InvalidInput);
    EXPECT_THAT(refused(ban("192.0.2.7/24"), seconds(1)).message, HasSubstr("write 192.0.2.0/24"));
    EXPECT_THAT(refused(ban("2001:DB8::0007"), seconds(1)).message, HasSubstr("write 2001:db8::7"));
    EXPECT_THAT(refused(ban("192.0.2.7"), Duration{}).message, HasSubstr("no expiry"));
    EXPECT_THAT(refused(ban("192.0.2.7"), seconds(-1)).message, HasSubstr("no expiry"));
    auto drain = ban("192.0.2.7");
    drain.verb = Verb::DrainNode;
    EXPECT_EQ(refused(drain, seconds(1)).code, ErrorCode::Unsupported);
    EXPECT_TRUE(enforcer->list()->empty());
  });
}

// As an ordinary user: the way out is named.
TEST(Nftables, SaysWhichCapabilityIsMissing) {
  in_namespace([] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, 2> none{};
    ASSERT_EQ(::syscall(SYS_capset, &header, none.data()), 0);
    const auto status = (*make_nftables({}))->start();
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, ErrorCode::PermissionDenied);
    EXPECT_THAT(status.error().message, HasSubstr("CAP_NET_ADMIN"));
  });
}

TEST(Nftables, RefusesABadTableName) {
  for (const std::string name : {"", "9lives", "a b", "x;", "Wardhive"})
    EXPECT_FALSE(make_nftables({name, {}}).has_value()) << name;
}

TEST(NftRules, SetNamesReadBack) {
  for (const auto* key :
       {"192.0.2.7", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::1", "2001:db8::/48", "::/0"}) {
    const auto length = BanLength::of(*IpPrefix::parse(key));
    const auto again = BanLength::from_set_name(length.set_name());
    ASSERT_TRUE(again.has_value()) << length.set_name();
    EXPECT_EQ(again->set_name(), length.set_name());
    EXPECT_EQ(length.prefix(IpPrefix::parse(key)->base).text(), IpPrefix::parse(key)->text());
  }
  for (const auto* name : {"allow4", "banned4_33", "banned4_024", "banned4_", "banned5",
                           "banned6_x", "banned4_24x", ""})
    EXPECT_FALSE(BanLength::from_set_name(name).has_value()) << name;
}

TEST(NftRules, OutermostDropsWhatLiesInAnother) {
  const auto kept = outermost({*IpPrefix::parse("192.0.2.7"), *IpPrefix::parse("192.0.2.0/24"),
                               *IpPrefix::parse("198.51.100.1"), *IpPrefix::parse("192.0.2.0/25"),
                               *IpPrefix::parse("198.51.100.1")});
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].text(), "192.0.2.0/24");
  EXPECT_EQ(kept[1].text(), "198.51.100.1");
}

}  // namespace
}  // namespace wardhive
