// Administrative changes as bytes and in words: what is announced is what was typed, and a mistake
// is told before its delay begins.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <sstream>

#include "abi/payloads.h"
#include "app/cli/chain/op.h"
#include "base/bytes.h"
#include "base/json.h"
#include "chain/programs.h"

namespace wardhive::cli_chain {
namespace {

using swarm::OpKind;
using testing::HasSubstr;

swarm::Key key(std::uint8_t fill) {
  swarm::Key key;
  std::memset(&key, fill, sizeof key);
  return key;
}
std::string address(std::uint8_t fill) { return chain::pubkey_of(key(fill)).text(); }

swarm::Config config() {
  swarm::Config config{};
  config.decimals = 6;
  config.outflow_bps = 1'000;
  config.sentinel_pause = 3'600;
  config.outflow_floor = 5'000'000'000;
  config.work_cap = 100'000'000;
  config.fee_bps = 500;
  config.notice = config.holdback = 86'400;
  config.bond_per_unit = 10'000'000;
  for (auto role = 0; role < swarm::kRoles; ++role) {
    const auto& bounds = swarm::kRoleBounds[role];
    config.roles[role] = {.min_stake = 1'000'000,
                          .lock_min = bounds.lock_min,
                          .lock_max = bounds.lock_max,
                          .weight_min = bounds.weight_min,
                          .weight_max = bounds.weight_max,
                          .unbond = bounds.unbond_min};
  }
  return config;
}
swarm::Set set(swarm::SetKind kind, std::uint8_t first, std::uint8_t size, std::uint8_t threshold) {
  swarm::Set set{};
  set.kind = static_cast<std::uint8_t>(kind);
  set.size = size;
  set.threshold = threshold;
  for (std::uint8_t i = 0; i < size; ++i) set.keys[i] = key(static_cast<std::uint8_t>(first + i));
  return set;
}
const OpSets kSets{set(swarm::SetKind::Guardian, 1, 3, 2), set(swarm::SetKind::Sentinel, 11, 2, 2),
                   set(swarm::SetKind::Resolver, 21, 2, 2)};

// One of each kind with every option given.
const std::vector<std::pair<OpKind, OpOptions>> kAll{
    {OpKind::ReplaceSet,
     {{{"set", "resolver"}, {"threshold", "2"}}, {address(31), address(32), address(33)}}},
    {OpKind::SetRole,
     {{{"role", "provider"},
       {"min-stake", "20"},
       {"lock-min", "45d"},
       {"lock-max", "300d"},
       {"weight-min", "100%"},
       {"weight-max", "150"},
       {"unbond", "5d"}}}},
    {OpKind::SetLimits,
     {{{"outflow", "12.5%"},
       {"sentinel-pause", "30m"},
       {"outflow-floor", "6000"},
       {"work-cap", "0.5"}}}},
    {OpKind::SetMarket,
     {{{"fee", "4"},
       {"treasury-share", "25%"},
       {"fee-discount", "10%"},
       {"notice", "2d"},
       {"holdback", "90m"},
       {"bond", "10.5"},
       {"discount-stake", "0"},
       {"treasury", address(99)}}}},
    {OpKind::RemoveSentinelKey, {{{"remove", address(11)}}}},
    {OpKind::LowerSentinelPause, {{{"sentinel-pause", "61s"}}}},
    {OpKind::LowerWorkCap, {{{"work-cap", "99"}}}}};

std::string message(const Status& status) { return status ? "" : status.error().message; }
template <class T>
std::string message(const Result<T>& result) {
  return result ? "" : result.error().message;
}
std::string checked(OpKind kind, const OpOptions& options) {
  const auto payload = op_payload(kind, options, config());
  return payload ? message(check_op(*payload, config(), kSets)) : payload.error().message;
}

TEST(OpPayload, HasTheBytesThatTheProgramReads) {
  const auto limits = op_payload(kAll[2].first, kAll[2].second, config());
  ASSERT_TRUE(limits.has_value());
  EXPECT_EQ(to_hex(*limits),
            "03"
            "e204"
            "08070000"
            "00bca06501000000"
            "20a1070000000000");
  const auto set = op_payload(kAll[0].first, kAll[0].second, config());
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(to_hex(std::span(*set).first(3)), "010202");
  EXPECT_EQ(set->size(), 3u + 3 * 32);
}

// The order and the widths are programs/abi/payloads.h's, whose hash the program compares.
TEST(OpPayload, OfEachKindIsAsLongAsItsSchema) {
  ASSERT_EQ(kAll.size(), std::size(swarm::kPayloads));
  static constexpr auto kSizes = []() consteval {
    std::array<std::size_t, std::size(swarm::kPayloads)> sizes{};
    for (std::size_t i = 0; i < sizes.size(); ++i)
      sizes[i] = swarm::arguments_size(swarm::kPayloads[i].arguments);
    return sizes;
  }();
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    const auto& schema = swarm::kPayloads[i];
    const auto kind = static_cast<OpKind>(schema.kind);
    std::string name = schema.name;
    std::ranges::replace(name, '_', '-');
    EXPECT_EQ(op_kind_name(schema.kind), name);
    EXPECT_EQ(*op_kind_from(name), kind);
    const auto& given = *std::ranges::find(kAll, kind, [](const auto& one) { return one.first; });
    const auto payload = op_payload(kind, given.second, config());
    ASSERT_TRUE(payload.has_value()) << message(payload);
    EXPECT_EQ(payload->size(), kSizes[i] + 32 * given.second.members.size()) << name;
    EXPECT_EQ((*payload)[0], schema.kind);
    EXPECT_EQ(message(check_op(*payload, config(), kSets)), "") << name;
  }
}

// What queue prints is what execute needs, whatever was changed meanwhile.
TEST(OpPayload, AsOptionsGivesTheSameBytesUnderAnotherConfig) {
  for (const auto& [kind, options] : kAll) {
    const auto payload = *op_payload(kind, options, config());
    const auto text = op_arguments(payload, 6);
    ASSERT_TRUE(text.has_value());
    OpOptions again;
    std::istringstream words(*text);
    for (std::string option, value; words >> option >> value;)
      if (option == "--member")
        again.members.push_back(value);
      else
        again.values[option.substr(2)] = value;
    swarm::Config other{};
    other.decimals = 6;
    EXPECT_EQ(op_payload(kind, again, other), payload) << *text;
  }
  EXPECT_EQ(*op_arguments(*op_payload(kAll[2].first, kAll[2].second, config()), 6),
            "--outflow 12.5% --sentinel-pause 30m --outflow-floor 6000 --work-cap 0.5");
}

TEST(OpPayload, LeavesWhatIsNotNamedAsItIs) {
  const auto payload = op_payload(OpKind::SetLimits, {{{"work-cap", "50"}}}, config());
  ASSERT_TRUE(payload.has_value()) << message(payload);
  EXPECT_EQ(*op_arguments(*payload, 6),
            "--outflow 10% --sentinel-pause 1h --outflow-floor 5000 --work-cap 50");
  EXPECT_THAT(message(op_payload(OpKind::SetRole, {{{"unbond", "5d"}}}, config())),
              HasSubstr("--role: is needed for set-role"));
  EXPECT_THAT(message(op_payload(OpKind::LowerWorkCap, {}, config())),
              HasSubstr("--work-cap: is needed"));
  EXPECT_THAT(message(op_payload(OpKind::ReplaceSet, {{{"set", "guardian"}, {"threshold", "2"}}},
                                 config())),
              HasSubstr("name each key of the new set"));
}

TEST(OpPayload, RefusesWhatIsNotOfItsKindOrDoesNotFit) {
  EXPECT_THAT(
      message(op_payload(OpKind::SetLimits, {{{"fee", "5"}}}, config())),
      HasSubstr("--fee: is no option of set-limits, which has --outflow, --sentinel-pause"));
  EXPECT_THAT(
      message(op_payload(OpKind::LowerWorkCap, {{{"work-cap", "5"}}, {address(1)}}, config())),
      HasSubstr("--member: is no option"));
  for (const auto& [option, text] :
       std::vector<std::pair<std::string, std::string>>{{"outflow", "655.36"},
                                                        {"outflow", "-1"},
                                                        {"outflow", "1.001"},
                                                        {"outflow", "%"},
                                                        {"sentinel-pause", "50000d"},
                                                        {"sentinel-pause", "1.5"},
                                                        {"work-cap", "1e3"},
                                                        {"work-cap", "0.0000001"},
                                                        {"outflow-floor", ""}})
    EXPECT_THAT(message(op_payload(OpKind::SetLimits, {{{option, text}}}, config())),
                HasSubstr("--" + option))
        << text;
  EXPECT_THAT(
      message(op_payload(OpKind::ReplaceSet,
                         {{{"set", "admins"}, {"threshold", "2"}}, {address(1)}}, config())),
      HasSubstr("guardian, sentinel, resolver"));
}

TEST(OpPayload, BytesThatAreNoneAreRefused) {
  for (const auto& bytes : std::vector<chain::Bytes>{{},
                                                     {0},
                                                     {8},
                                                     {3},
                                                     {3, 0},
                                                     chain::Bytes(20, 3),
                                                     {6, 1},
                                                     {6, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                                     {1, 3, 2},
                                                     {2, 9},
                                                     {1, 0, 2, 4}})
    EXPECT_FALSE(op_arguments(bytes, 6).has_value()) << to_hex(bytes);
}

// programs/core/execute.cc refuses these when the delay is over.
TEST(OpCheck, TellsBeforeTheDelayWhatTheProgramWouldRefuseAfterIt) {
  const auto limits = [](const char* option, const char* text) {
    return checked(OpKind::SetLimits, {{{option, text}}});
  };
  EXPECT_THAT(limits("outflow", "4.99"), HasSubstr("5 % to 100 %"));
  EXPECT_THAT(limits("sentinel-pause", "61m"), HasSubstr("0 s to 3600 s"));
  EXPECT_THAT(limits("outflow-floor", "1000"), HasSubstr("1073.741824 tokens to"));
  EXPECT_THAT(limits("work-cap", "100"), HasSubstr("as it is already"));
  const auto market = [](const char* option, const char* text) {
    return checked(OpKind::SetMarket, {{{option, text}}});
  };
  EXPECT_THAT(market("fee", "30.01"), HasSubstr("--fee"));
  EXPECT_THAT(market("treasury-share", "1"), HasSubstr("--treasury: is needed"));
  EXPECT_THAT(market("holdback", "8d"), HasSubstr("--holdback"));
  EXPECT_THAT(market("bond", "0"), HasSubstr("--bond"));
  const auto role = [](const char* option, const char* text) {
    return checked(OpKind::SetRole, {{{"role", "user"}, {option, text}}});
  };
  EXPECT_THAT(role("lock-max", "91d"), HasSubstr("--lock-max"));
  EXPECT_THAT(role("weight-min", "101%"), HasSubstr("--weight-min"));
  EXPECT_THAT(role("min-stake", "0"), HasSubstr("--min-stake"));
  EXPECT_THAT(checked(OpKind::LowerSentinelPause, {{{"sentinel-pause", "1h"}}}),
              HasSubstr("0 s to 3599 s"));
  EXPECT_THAT(checked(OpKind::LowerWorkCap, {{{"work-cap", "100"}}}), HasSubstr("--work-cap"));
  EXPECT_THAT(checked(OpKind::RemoveSentinelKey, {{{"remove", address(1)}}}),
              HasSubstr("no key of the sentinel set"));
}

TEST(OpCheck, ANewSetIsOneThatTheProgramTakes) {
  const auto made = [](const char* set, const char* threshold, std::vector<std::string> members) {
    return checked(OpKind::ReplaceSet, {{{"set", set}, {"threshold", threshold}}, members});
  };
  const auto a = address(1), b = address(2), c = address(3), d = address(40);
  EXPECT_EQ(made("guardian", "2", {a, b, d}), "") << "its own old keys may stay";
  EXPECT_THAT(made("guardian", "2", {a, b}), HasSubstr("2 keys; this set has 3 to 11"));
  EXPECT_THAT(made("guardian", "1", {a, b, c}), HasSubstr("--threshold"));
  EXPECT_THAT(made("guardian", "4", {a, b, c}), HasSubstr("--threshold"));
  EXPECT_THAT(made("guardian", "2", {a, b, b}), HasSubstr("stands twice"));
  EXPECT_THAT(made("guardian", "2", {a, b, address(11)}), HasSubstr("is in another set"));
  EXPECT_EQ(made("sentinel", "1", {d}), "");
  EXPECT_THAT(made("resolver", "1", {d, address(41)}), HasSubstr("--threshold"));
}

OpShown waiting() {
  OpShown shown{.key = chain::programs::kToken};
  shown.op.op_seq = 3;
  shown.op.kind = static_cast<std::uint8_t>(OpKind::SetLimits);
  shown.op.eta = shown.op.eta_slot = 259'200;
  shown.op.expiry = 259'200 + 604'800;
  shown.guardian = kSets.guardian;
  shown.now = {1'000, 1'000};
  return shown;
}

TEST(OpText, TellsWhoMayDoWhatNextAtEachStage) {
  auto shown = waiting();
  shown.arguments = "--work-cap 50";
  EXPECT_THAT(op_text(shown), HasSubstr("waits until 1970-01-04T00:00:00Z (and slot 259200"));
  EXPECT_THAT(op_text(shown),
              HasSubstr("anyone may execute it after 1970-01-04T00:00:00Z and until "
                        "1970-01-11T00:00:00Z: `wardhive chain op execute 3 "
                        "--work-cap 50`"));
  EXPECT_THAT(op_text(shown), HasSubstr("2 of 3 guardians may veto it"));
  shown.now = {259'200, 300'000};
  EXPECT_EQ(op_stage(shown.op, shown.guardian, shown.now), OpStage::Waiting) << "not that second";
  shown.now = {300'000, 259'200};
  EXPECT_EQ(op_stage(shown.op, shown.guardian, shown.now), OpStage::Waiting) << "slots lag";
  shown.now = {259'201, 259'201};
  EXPECT_THAT(op_text(shown), HasSubstr("anyone may execute it now, until"));
  shown.now = {shown.op.expiry, 2'000'000};
  EXPECT_EQ(op_stage(shown.op, shown.guardian, shown.now), OpStage::Ready) << "the last second";
  ++shown.now.seconds;
  EXPECT_THAT(op_text(shown), HasSubstr("expired at 1970-01-11T00:00:00Z"));
  EXPECT_EQ(op_text(shown).find("execute"), std::string::npos);
  shown.now = {300'000, 300'000};
  shown.guardian.seq = 1;
  EXPECT_THAT(op_text(shown), HasSubstr("dead: the guardian set has changed"));
  EXPECT_THAT(op_text(shown), HasSubstr("may close it"));
  EXPECT_EQ(op_text(shown).find("execute"), std::string::npos);
}

TEST(OpText, AVetoIsNeverOneGuardians) {
  EXPECT_EQ(op_vetoes(set(swarm::SetKind::Guardian, 1, 3, 2)), 2u);
  EXPECT_EQ(op_vetoes(set(swarm::SetKind::Guardian, 1, 3, 3)), 2u);
  EXPECT_EQ(op_vetoes(set(swarm::SetKind::Guardian, 1, 7, 4)), 4u);
}

TEST(OpText, ForMachinesIsJson) {
  const auto json = JsonValue::parse(op_json(waiting()));
  ASSERT_TRUE(json.has_value()) << json.error().message;
  EXPECT_EQ(json->find("number")->as_int(), 3);
  EXPECT_EQ(json->string_or("stage", ""), "waiting");
  EXPECT_EQ(json->string_or("kind", ""), "set-limits");
}

}  // namespace
}  // namespace wardhive::cli_chain
