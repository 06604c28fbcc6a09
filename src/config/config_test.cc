#include "config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/address.h"
#include "base/file.h"
#include "base/limits.h"

namespace wardhive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string problem(std::string_view toml) {
  const auto settings = parse_settings(toml, "wardhive.toml");
  return settings ? "accepted" : settings.error().message;
}

TEST(Config, AnEmptyFileIsTheDefaults) {
  const auto settings = parse_settings("", "wardhive.toml");
  ASSERT_TRUE(settings.has_value()) << settings.error().message;
  EXPECT_EQ(settings_digest(*settings), settings_digest(Settings{}));
  EXPECT_TRUE(validate_settings(Settings{}).has_value());
}

TEST(Config, ReadsEveryKindOfValue) {
  const auto settings = parse_settings(R"(
[server]
listen = "[::1]:9000"
[monitor]
silence_suspect = "1m30s"
latency_shift_factor = 4
anomaly = false
[[monitor.threshold]]
metric = "node_load1"
above = 8.5
clear_below = 6
[respond]
mode = "enforce"
[respond.rails]
min_healthy = 3
[ingest]
auth_logs = ["/var/log/auth.log", "/var/log/secure"]
[monitor.does-not-matter-where]
)",
                                       "wardhive.toml");
  ASSERT_FALSE(settings.has_value());
  EXPECT_THAT(settings.error().message, HasSubstr("unknown key monitor.does-not-matter-where"));

  const auto good = parse_settings(R"(
[server]
listen = "[::1]:9000"
[monitor]
silence_suspect = "1m30s"
silence_dead = "2m"
latency_shift_factor = 4
anomaly = false
[[monitor.threshold]]
metric = "node_load1"
above = 8.5
clear_below = 6
[respond]
mode = "enforce"
[respond.rails]
min_healthy = 3
[ingest]
auth_logs = ["/var/log/auth.log", "/var/log/secure"]
[nodes.job-1]
class = "gpu"
addresses = ["192.0.2.11"]
)",
                                   "wardhive.toml");
  ASSERT_TRUE(good.has_value()) << good.error().message;
  EXPECT_EQ(good->server.listen, "[::1]:9000");
  EXPECT_EQ(good->monitor.silence_suspect, seconds(90));
  EXPECT_EQ(good->monitor.latency_shift_factor, 4.0);
  EXPECT_FALSE(good->monitor.anomaly);
  ASSERT_EQ(good->thresholds.size(), 1u);
  EXPECT_EQ(good->thresholds[0].above, 8.5);
  EXPECT_EQ(good->thresholds[0].hold, seconds(15));
  EXPECT_EQ(good->respond.mode, Mode::Enforce);
  EXPECT_EQ(good->respond.rails.min_healthy, 3u);
  EXPECT_THAT(good->ingest.auth_logs, ElementsAre("/var/log/auth.log", "/var/log/secure"));
  EXPECT_EQ(good->nodes.at("job-1").node_class, "gpu");
}

TEST(Config, SaysWhereAValueIsOutOfRangeAndWhatToDo) {
  EXPECT_EQ(problem("[monitor]\n\nsilence_suspect = \"0s\"\n"),
            "wardhive.toml:3: monitor.silence_suspect is 0s; it must be 500ms to 10m (leave it out "
            "for 3s)");
  EXPECT_EQ(problem("[respond.rails]\nmin_healthy = 0\n"),
            "wardhive.toml:2: respond.rails.min_healthy is 0; it must be 1 to 10000 (leave it out "
            "for 2)");
  EXPECT_EQ(problem("[respond.rails]\nmin_healthy = -4294967294\n"),
            "wardhive.toml:2: respond.rails.min_healthy is -4294967294; it must be 1 to 10000 "
            "(leave it out for 2)");
  EXPECT_THAT(problem("[monitor]\nlatency_shift_factor = nan\n"),
              HasSubstr("is nan; it must be 1.5 to 100 (leave it out for 3)"));
}

TEST(Config, RefusesAValueOfTheWrongType) {
  EXPECT_EQ(problem("[monitor]\nsilence_suspect = 15\n"),
            "wardhive.toml:2: monitor.silence_suspect is 15; it must be a time in quotes with its "
            "unit, e.g. \"3s\" (leave it out for 3s)");
  EXPECT_THAT(problem("[monitor]\nsilence_suspect = \"15\"\n"),
              HasSubstr("is \"15\"; it must be a time in quotes with its unit"));
  EXPECT_THAT(problem("[monitor]\nanomaly = \"yes\"\n"),
              HasSubstr("is \"yes\"; it must be true or false (leave it out for true)"));
  EXPECT_THAT(problem("[monitor]\nwarmup_probes = 8.0\n"),
              HasSubstr("it must be a whole number, 3 to 1000"));
  EXPECT_THAT(
      problem("[respond]\nmode = \"on\"\n"),
      HasSubstr("is \"on\"; it must be \"shadow\" or \"enforce\" (leave it out for \"shadow\")"));
  EXPECT_THAT(problem("[ingest]\nauth_logs = \"/var/log/auth.log\"\n"),
              HasSubstr("it must be a list of texts"));
  EXPECT_THAT(problem("[ingest]\nauth_logs = [1]\n"),
              HasSubstr("ingest.auth_logs holds 1; each item must be text in quotes"));
  EXPECT_THAT(problem("monitor = 3\n"), HasSubstr("monitor is 3; it must be a section, [monitor]"));
  EXPECT_THAT(problem("[monitor.threshold]\nmetric = \"x\"\n"),
              HasSubstr("it must be sections, [[monitor.threshold]]"));
  EXPECT_THAT(problem("nodes = [1]\n"), HasSubstr("it must be sections, [nodes.NAME]"));
  EXPECT_THAT(problem("[nodes]\njob-1 = 7\n"),
              HasSubstr("wardhive.toml:2: nodes.job-1 is 7; it must be a section"));
}

TEST(Config, SuggestsTheKeyThatWasMeant) {
  EXPECT_EQ(
      problem("[risk]\nrelase_threshold = 20\n"),
      "wardhive.toml:2: unknown key risk.relase_threshold; did you mean risk.release_threshold?");
  EXPECT_EQ(problem("[moniter]\nanomaly = true\n"),
            "wardhive.toml:1: unknown key moniter; did you mean monitor?");
  EXPECT_THAT(problem("[server]\nzzzzzzzz = 1\n"),
              HasSubstr("unknown key server.zzzzzzzz; here there are listen, agent_listen"));
}

TEST(Config, NamesAFeatureThatTheBuildLacks) {
  EXPECT_THAT(problem("[tls]\ncert = \"a\"\n"),
              HasSubstr("wardhive.toml:1: this build has no TLS; take [tls] out"));
  EXPECT_THAT(problem("[nats]\n"), HasSubstr("this build has no NATS engine"));
  EXPECT_THAT(problem("[ml]\n"), HasSubstr("this build has no trained models"));
  EXPECT_THAT(problem("[server]\nlisten = \"https://127.0.0.1:8700\"\n"),
              HasSubstr("this build has no TLS"));
}

TEST(Config, ReportsEveryProblemAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(
      problem("[risk]\nbogus_half_life_of_all = 1\n[monitor]\nanomaly = 1\n[guard]\nallow_list = "
              "[\"10.0.0.300\"]\n[nats]\n"),
      "wardhive.toml:2: unknown key risk.bogus_half_life_of_all; here there are "
      "base_address_milli, base_node_milli, "
      "reporter_cap_address_milli, reporter_cap_node_milli, release_threshold, "
      "reliability_bps, weight_clip_milli, repeat_window, weight_silent_milli, "
      "weight_unreachable_milli, "
      "weight_latency_shift_milli, weight_error_rate_shift_milli, weight_threshold_milli, "
      "weight_auth_burst_milli, "
      "weight_anomaly_milli, weight_authority_changed_milli, weight_chain_unwell_milli, "
      "weight_program_burst_milli, weight_key_overuse_milli, weight_credential_shared_milli, "
      "availability, performance, auth_abuse, telemetry, authority, chain\n"
      "wardhive.toml:4: monitor.anomaly is 1; it must be true or false (leave it out for true)\n"
      "wardhive.toml:6: guard.allow_list holds \"10.0.0.300\", which is neither a prefix nor a "
      "node's name: " +
          IpPrefix::parse("10.0.0.300").error().message +
          "\n"
          "wardhive.toml:7: this build has no NATS engine; take [nats] out: agents and controller "
          "talk HTTP");
}

TEST(Config, APersonHasOneName) {
  EXPECT_EQ(problem("[server]\noperators = [\"ada\", \"olu\"]\n"), "accepted");
  EXPECT_THAT(problem("[server]\noperators = [\"ada\", \"olu\", \"ada\"]\n"),
              HasSubstr("holds \"ada\" twice; one person is one"));
  EXPECT_THAT(problem("[server]\noperators = [\"operator\"]\n"), HasSubstr("not \"operator\""));
  EXPECT_THAT(problem("[server]\noperators = [\"../ada\"]\n"), HasSubstr("a person's name"));
}

TEST(Config, NothingOfTheChainIsWatchedByAccident) {
  const std::string key = "7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2";
  EXPECT_EQ(
      problem("[chain]\nendpoints = [\"http://127.0.0.1:8899\"]\nwatch = [\"" + key + "\"]\n"),
      "accepted");
  EXPECT_THAT(problem("[chain]\nwatch = [\"" + key + "\"]\n"),
              HasSubstr("chain.endpoints is empty, so nothing of [chain] is watched"));
  EXPECT_THAT(problem("[chain]\nendpoints = [\"localhost:8899\"]\n"), HasSubstr("which is no URL"));
  EXPECT_THAT(problem("[chain]\nendpoints = [\"http://a\", \"http://b\", \"http://a\"]\n"),
              HasSubstr("holds http://a twice"));
  const std::string signs = "[chain]\nendpoints = [\"http://a\"]\nsigner = \"/run/s\"\n";
  EXPECT_THAT(problem(signs), HasSubstr("chain.program is empty"));
  EXPECT_THAT(problem(signs + "program = \"" + key + "\"\nsentinel_keys = [\"a.json\"]\n"),
              HasSubstr("the keys are at the signer or here"));
  EXPECT_THAT(problem("[chain]\nendpoints = [\"http://a\"]\nwatch = [\"0OIl\"]\n"),
              HasSubstr("an address is 32 to 44 digits of base58"));
}

TEST(Config, ShowsFiftyProblemsAndCountsTheRest) {
  std::string toml = "[server]\n";
  for (int i = 0; i < 60; ++i) toml += "bogus_key_" + std::to_string(i) + " = 1\n";
  const auto says = problem(toml);
  EXPECT_EQ(std::ranges::count(says, '\n'), 50);
  EXPECT_THAT(says, HasSubstr("and 10 more"));
}

TEST(Config, TellsLineAndColumnOfWhatIsNotToml) {
  EXPECT_THAT(problem("[monitor]\nanomaly = true\nanomaly = false\n"),
              testing::StartsWith("wardhive.toml:3:"));
  EXPECT_THAT(problem("x = \n"), testing::StartsWith("wardhive.toml:1:5: "));
  EXPECT_THAT(problem("[;monitor]\n"), testing::StartsWith("wardhive.toml:1:"));
  EXPECT_THAT(problem("x = \"\xff\""), testing::StartsWith("wardhive.toml:1:"));
  EXPECT_THAT(problem("\xef\xb9\xbfs = 1\n"), testing::StartsWith("wardhive.toml:1:"));
  EXPECT_EQ(problem("\xef\xbb\xbf# ü\n[server]\nstate = \"\"\"/srv/\\\nüb\\\n  er\"\"\"\n"),
            "accepted");
}

TEST(Config, ChecksSettingsAgainstEachOther) {
  EXPECT_EQ(problem("[monitor]\nsilence_dead = \"2s\"\n"),
            "wardhive.toml:2: monitor.silence_suspect is 3s; it must be at most "
            "monitor.silence_dead, which is 2s");
  EXPECT_THAT(problem("[[monitor.threshold]]\nmetric = \"x\"\nabove = 1\nclear_below = 2\n"),
              HasSubstr("wardhive.toml:4: monitor.threshold[0].clear_below is 2; it must be at "
                        "most monitor.threshold[0].above, which is 1"));
  EXPECT_THAT(problem("[[monitor.threshold]]\nabove = 1\n"),
              HasSubstr("wardhive.toml:1: monitor.threshold[0].metric is missing"));
  EXPECT_THAT(problem("[respond.rails]\nexpiry_min = \"24h\"\nexpiry_max = \"1h\"\n"),
              HasSubstr("expiry_min is 24h; it must be at most"));
  EXPECT_THAT(
      problem("[respond.rails]\nvantages_agree = 4\n"),
      HasSubstr("vantages_agree is 4; it must be at most respond.rails.vantages_min, which is 3"));
  EXPECT_THAT(problem("[risk]\nrelease_threshold = 50\n"),
              HasSubstr("it must be above risk.release_threshold, which is 50"));
  EXPECT_THAT(problem("[risk]\nbase_node_milli = 0\n"),
              HasSubstr("a score of 50 without any evidence"));
  EXPECT_THAT(problem("profile = \"fast\"\n"),
              HasSubstr("profile is \"fast\"; it must be \"default\" or \"demo\""));
}

TEST(Config, ARefusedValueCausesNoFollowUpProblem) {
  EXPECT_THAT(problem("[monitor]\nsilence_suspect = \"20s\"\nsilence_dead = \"9d\"\n"),
              Not(HasSubstr("at most")));
}

TEST(Config, ADoorBeyondLoopbackNeedsAWord) {
  for (const auto* door :
       {"127.0.0.1:8700", "[::1]:1", "localhost:0", "unix:/run/wardhive.sock", "fd:3"})
    EXPECT_EQ(problem(std::string("[server]\nlisten = \"") + door + "\"\n"), "accepted") << door;
  for (const auto* door : {"0.0.0.0:8700", "192.0.2.1:8700", "[::]:8700"}) {
    const auto line = std::string("listen = \"") + door + "\"\n";
    EXPECT_THAT(problem("[server]\n" + line), HasSubstr("set server.allow_plain_http = true"))
        << door;
    EXPECT_EQ(problem("[server]\nallow_plain_http = true\n" + line), "accepted") << door;
  }
  for (const auto* door : {"", "8700", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:x",
                           "::1:80", "[127.0.0.1]:80", "[::1:80", "host:80", "fd:"})
    EXPECT_THAT(problem(std::string("[server]\nlisten = \"") + door + "\"\n"),
                HasSubstr("it must be ADDRESS:PORT"))
        << door;
}

TEST(Config, ChecksTheNodesAgainstEachOther) {
  EXPECT_THAT(
      problem("[nodes.gw]\nbackends = [\"job-1\"]\n"),
      HasSubstr("wardhive.toml:2: nodes.gw.backends holds \"job-1\"; there is no [nodes.job-1]"));
  EXPECT_THAT(problem("[nodes.a]\nprobers = [\"b\"]\n"), HasSubstr("there is no [nodes.b]"));
  EXPECT_THAT(
      problem(
          "[nodes.a]\naddresses = [\"10.0.0.1\"]\n[nodes.b]\naddresses = [\"::ffff:10.0.0.1\"]\n"),
      HasSubstr("which nodes.a has too"));
  EXPECT_THAT(problem("[nodes.a]\nidentities = [\"x\"]\n[nodes.b]\nidentities = [\"x\"]\n"),
              HasSubstr("holds \"x\", which nodes.a has too"));
  EXPECT_THAT(problem("[nodes.a]\naddresses = [\"10.0.0.0/24\"]\n"),
              HasSubstr("nodes.a.addresses holds \"10.0.0.0/24\""));
  EXPECT_THAT(problem("[nodes.\"a b\"]\n"), HasSubstr("nodes.\"a b\" is no name for a node"));
  EXPECT_THAT(problem("[nodes.a]\nprobe_url = \"job:80\"\n"),
              HasSubstr("it must be http://ADDRESS:PORT/PATH"));
  EXPECT_THAT(problem("[guard]\nnever_touch = [\"192.0.2.1/24\"]\n"),
              HasSubstr("guard.never_touch holds \"192.0.2.1/24\""));
  EXPECT_EQ(problem("[guard]\nallow_list = [\"192.0.2.0/24\", \"job-1\", \"2001:db8::/32\"]\n"),
            "accepted");
  EXPECT_THAT(problem("[[ingest.scrape]]\nnode = \"a\"\n"),
              HasSubstr("ingest.scrape[0].url is \"\"; it must be a URL"));
}

TEST(Config, BoundsWhatItReads) {
  EXPECT_EQ(parse_settings(std::string(limits::kSettingsBytesMax + 1, '\n'), "f").error().code,
            ErrorCode::LimitReached);
  std::string endless = "a";
  for (int i = 0; i < 200'000; ++i) endless += ".a";
  EXPECT_THAT(problem(endless + " = 1"),
              HasSubstr("wardhive.toml:1: a key has more than 32 parts"));
  EXPECT_THAT(problem("x = '''\n''''\ny = { z = \"\"\"q\"\"\"\", " + endless + " = 1 }"),
              HasSubstr("wardhive.toml:3: a key has"));
  EXPECT_THAT(problem("x = " + std::string(100'000, '[')), testing::StartsWith("wardhive.toml:1:"));
  std::string list = "[guard]\nnever_touch = [";
  for (std::size_t i = 0; i <= limits::kSettingsListMax; ++i) list += "\"10.0.0.1\",";
  EXPECT_THAT(problem(list + "]"), HasSubstr("has 10001 items; at most 10000 are taken"));
  // Dots in texts and comments are no key.
  EXPECT_EQ(problem("# " + std::string(100, '.') + "\n[ingest]\nauth_logs = [\"" +
                    std::string(100, '.') + "\"]\n"),
            "accepted");
}

TEST(Config, ReadsBackWhatItRenders) {
  Settings settings;
  settings.monitor.silence_suspect = nanos(1'500'000'001);
  settings.monitor.latency_shift_factor = 3.1;
  settings.server.state = "a \"quoted\"\\ \x7f path";
  settings.thresholds.push_back({"node_load1", 8, 1e-7, seconds(61), 40});
  settings.nodes["job.1"].addresses = {"10.0.0.1", "2001:db8::1"};
  settings.nodes["gw"].backends = {"job.1"};
  settings.ingest.scrape.push_back({"http://127.0.0.1:9100/metrics", "job.1"});
  const auto rendered = render_settings(settings);
  const auto again = parse_settings(rendered, "rendered.toml");
  ASSERT_TRUE(again.has_value()) << again.error().message << "\n" << rendered;
  EXPECT_EQ(render_settings(*again), rendered);
  EXPECT_EQ(again->monitor.silence_suspect, nanos(1'500'000'001));
  EXPECT_EQ(again->server.state, settings.server.state);
}

TEST(Config, ADigestChangesWithAnyValue) {
  Settings settings;
  const auto before = settings_digest(settings);
  EXPECT_EQ(before.size(), 64u);
  settings.risk.telemetry.cap_milli += 1;
  EXPECT_NE(settings_digest(settings), before);
}

TEST(Config, ValidatesSettingsMadeInCode) {
  Settings settings;
  settings.risk.reliability_bps = 10'001;
  settings.monitor.silence_dead = seconds(2);
  const auto status = validate_settings(settings);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message,
            "risk.reliability_bps is 10001; it must be 0 to 10000\n"
            "monitor.silence_suspect is 3s; it must be at most monitor.silence_dead, which is 2s");
}

// Every value of the tree as text, with what kind it is.
class Flatten {
 public:
  explicit Flatten(Settings settings) { describe(*this, settings); }
  template <class T, class... Rest>
  void value(std::string_view key, T& field, const Rest&...) {
    const bool shortens = std::same_as<T, Duration> || key == "requests_min" || key == "profile";
    if constexpr (std::same_as<T, Duration>)
      values[path_ + std::string(key)] = {shortens, to_seconds(field)};
    else if constexpr (std::convertible_to<T, double>)
      values[path_ + std::string(key)] = {shortens, static_cast<double>(field)};
    else
      values[path_ + std::string(key)] = {
          shortens, static_cast<double>(std::hash<std::string>{}(to_json(field)))};
  }
  template <class F>
  void section(std::string_view key, std::string_view, F&& body) {
    const auto outer = path_;
    path_ += std::string(key) + ".";
    body(*this);
    path_ = outer;
  }
  template <class... Rest>
  void list(const Rest&...) {}
  template <class... Rest>
  void table(const Rest&...) {}

  struct Value {
    bool may_shrink = false;
    double number = 0;
  };
  std::map<std::string, Value> values;

 private:
  std::string path_;
};

TEST(DemoProfile, ChangesOnlyDurationsAndRequestCountsAndOnlyDown) {
  Settings demo;
  apply_demo_profile(demo);
  EXPECT_TRUE(validate_settings(demo).has_value());
  const Flatten usual(Settings{}), shortened(demo);
  ASSERT_EQ(usual.values.size(), shortened.values.size());
  int changed = 0;
  for (const auto& [key, value] : usual.values) {
    const auto now = shortened.values.at(key).number;
    if (now == value.number) continue;
    ++changed;
    EXPECT_TRUE(value.may_shrink) << key;
    if (key != "profile") EXPECT_LT(now, value.number) << key;
  }
  EXPECT_GE(changed, 8);
  EXPECT_EQ(demo.respond.mode, Mode::Shadow);
}

TEST(DemoProfile, IsTheBackgroundOfAFileThatAsksForIt) {
  const auto settings =
      parse_settings("profile = \"demo\"\n[respond.restoration]\nwatch = \"20s\"\n", "f");
  ASSERT_TRUE(settings.has_value()) << settings.error().message;
  EXPECT_EQ(settings->profile, "demo");
  EXPECT_EQ(settings->respond.restoration.verify_for, seconds(5));
  EXPECT_EQ(settings->respond.restoration.watch, seconds(20));
}

// WARDHIVE_WRITE_DOCS=1 writes the page instead.
TEST(Reference, PageIsWhatTheTableSays) {
  const Path page = Path(WARDHIVE_SOURCE_DIR) / "docs/reference/settings.md";
  if (std::getenv("WARDHIVE_WRITE_DOCS") != nullptr) {
    std::filesystem::create_directories(page.parent_path());
    ASSERT_TRUE(write_file_atomically(page, settings_reference()).has_value());
  }
  const auto bytes = read_file(page, 1024 * 1024);
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
  EXPECT_TRUE(*bytes == settings_reference())
      << "run WARDHIVE_WRITE_DOCS=1 config_test to write " << page;
  EXPECT_THAT(*bytes, HasSubstr("| `silence_suspect` | `\"3s\"` | 500ms to 10m |"));
}

}  // namespace
}  // namespace wardhive
