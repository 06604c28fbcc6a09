// The one typed tree of settings: default, unit, bounds and a sentence each. The TOML reader
// (config.h), the reference page and the validation all walk `describe`. Durations are durations,
// shares are basis points (*_bps).
//
// This is also the one table of rails and of score start values (response.md 5, risk.md 6).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/record.h"

namespace wardhive {

// [server]
struct ServerSettings {
  std::string listen = "127.0.0.1:8700";
  std::string agent_listen;       // a second door for agents only; empty: agents use `listen`
  bool allow_plain_http = false;  // beyond loopback without TLS
  std::string state;  // directory; empty: --state, $STATE_DIRECTORY or ~/.local/state/wardhive
  std::vector<std::string> operators;  // persons with a token of their own
};

// [monitor]
struct MonitorSettings {
  Duration silence_suspect = seconds(3);
  Duration silence_dead = seconds(6);
  Duration health_window = seconds(5);
  Duration vantage_fresh = seconds(10);
  std::uint32_t unreachable_failures = 3;
  double latency_shift_factor = 3.0;
  Duration latency_shift_floor = millis(50);
  std::uint32_t shift_probes = 3;
  std::uint32_t error_shift_bps = 1'000;
  std::uint32_t error_shift_requests = 10;
  std::uint32_t warmup_probes = 8;
  std::uint32_t clear_probes = 6;
  std::uint32_t auth_burst_failures = 5;
  Duration auth_burst_window = minutes(2);
  std::uint32_t auth_slow_failures = 10;
  Duration auth_slow_window = minutes(30);
  Duration auth_clear_after = minutes(10);
  Duration authority_clear_after = hours(24);
  bool anomaly = true;
};

// [[monitor.threshold]]
struct ThresholdSettings {
  std::string metric;  // __name__ of the series
  double above = 0;
  double clear_below = 0;       // hysteresis: at most `above`
  Duration hold = seconds(15);  // must hold this long before it is raised
  std::uint32_t strength = 30;
};

// [risk] One row of the start table per family; `risk.family.NAME`.
struct FamilySettings {
  Duration half_life = hours(1);
  Duration hold =
      hours(1);  // a claim that is not cleared starts to decay this long after it was raised
  std::int32_t cap_milli = 4'000;  // m_f: the most a family can add, thousandths of log-odds
  bool learned = false;
};
struct RiskSettings {
  std::int32_t base_address_milli = -2'000;
  std::int32_t base_node_milli = -3'000;
  // What one observer can add to one entity over all families: alone it never brings a node to
  // drain_node_score (-3 + 2.5 is 38), but it may protect itself from an address (-2 + 3 is 73).
  std::int32_t reporter_cap_address_milli = 3'000;
  std::int32_t reporter_cap_node_milli = 2'500;
  std::uint32_t release_threshold = 30;
  std::uint32_t reliability_bps = 9'500;   // of a reporter nobody has doubted
  std::int32_t weight_clip_milli = 3'000;  // c_f
  Duration repeat_window = minutes(10);
  // Weight of a finding of full strength, thousandths of log-odds (ln of its likelihood ratio).
  std::int32_t weight_silent_milli = 1'500;
  std::int32_t weight_unreachable_milli = 2'000;
  std::int32_t weight_latency_shift_milli = 1'800;
  std::int32_t weight_error_rate_shift_milli = 2'000;
  std::int32_t weight_threshold_milli = 1'000;
  std::int32_t weight_auth_burst_milli = 3'000;
  std::int32_t weight_anomaly_milli = 600;
  std::int32_t weight_authority_changed_milli = 3'000;
  std::int32_t weight_chain_unwell_milli = 1'000;
  std::int32_t weight_program_burst_milli = 2'000;
  std::int32_t weight_key_overuse_milli = 3'000;
  std::int32_t weight_credential_shared_milli = 0;  // a theft is no fault of the node's
  FamilySettings availability{minutes(10), hours(1), 4'000, false};
  FamilySettings performance{minutes(10), hours(1), 4'000, false};
  FamilySettings auth_abuse{hours(1), seconds(0), 4'000,
                            false};  // a burst is a moment, nothing holds
  FamilySettings telemetry{hours(6), hours(1), 2'000, true};
  // Who holds a key does not change back by waiting.
  FamilySettings authority{hours(24), hours(24), 4'000, false};
  FamilySettings chain{hours(1), hours(1), 4'000, false};
};

// [respond] The rails. Caps, states and order are the same in every profile.
struct RailSettings {
  std::uint32_t isolated_share_max_bps = 1'000;  // of its class, and at least one node
  std::uint32_t isolated_nodes_min_cap = 1;
  std::uint32_t min_healthy = 2;
  std::uint32_t isolations_per_minute = 5;
  std::uint32_t cycles_per_node = 3;
  Duration cycles_window = hours(24);
  std::uint32_t storm_nodes = 3;
  std::uint32_t storm_share_bps = 1'500;
  Duration storm_window = seconds(60);
  Duration storm_cooldown = minutes(5);
  std::uint32_t vantages_min = 3;
  std::uint32_t vantages_agree = 2;
  std::uint32_t observer_blind_share_bps = 5'000;
  Duration clock_jump_pause = seconds(60);
  std::uint32_t ban_address_score = 50;
  std::uint32_t drain_node_score = 40;
  std::uint32_t isolate_node_score = 70;
  std::uint32_t fleet_ban_reporters = 2;
  Duration expiry_min = minutes(10);
  Duration expiry_max = hours(24);
};
struct RestorationSettings {
  Duration verify_for = minutes(5);  // fresh, healthy, score under the release threshold
  Duration stage_10 = minutes(2);
  Duration stage_50 = minutes(5);
  Duration watch = minutes(10);
  std::uint32_t requests_min = 100;  // seen by the gateway in a stage: no data is not success
  std::uint32_t peer_ratio_percent = 120;
  Duration backoff = minutes(2);  // doubled after each failed attempt
  std::uint32_t attempts = 3;     // then a person
};
// [respond.approvals] Of acts that nothing does by itself; the proposer's counts.
struct ApprovalSettings {
  std::uint32_t release_node = 1;
  std::uint32_t open_incident = 2;
  std::uint32_t pause = 1;
  Duration expiry = hours(24);
  Duration order_expiry = minutes(15);
};

struct RespondSettings {
  Mode mode = Mode::Shadow;
  RailSettings rails;
  RestorationSettings restoration;
  ApprovalSettings approvals;
  Duration action_retry = seconds(2);
  std::uint32_t action_attempts = 5;
};

// [ingest]
struct ScrapeTarget {
  std::string url;
  std::string node;  // empty: host:port
};
struct IngestSettings {
  bool own_host = true;
  Duration own_host_interval = seconds(5);
  std::vector<std::string> auth_logs{"/var/log/auth.log"};
  std::vector<ScrapeTarget> scrape;
  Duration scrape_interval = seconds(5);
  Duration scrape_timeout = seconds(3);
  Duration probe_interval = millis(500);
  Duration probe_timeout = millis(1'000);
  std::string identity_label = "instance";
};

// [chain] Off without endpoints.
struct ChainSettings {
  std::vector<std::string> endpoints;       // RPC URLs
  std::vector<std::string> notices;         // websocket URLs
  std::string genesis;                      // hash of the cluster's first block
  std::string program;                      // swarm_core's address
  std::vector<std::string> watch;           // accounts
  std::vector<std::string> signers;         // keys whose durable nonces are looked for
  std::vector<std::string> sentinel_keys;   // files
  std::string signer;                       // socket's path; instead of those
  std::string payer_key;                    // file; empty: the first sentinel key
  std::uint64_t priority_fee_max = 50'000;  // lamports of one transaction
  std::uint32_t bond_nonce = 0;             // of the payer's position that answers for accusations
  Duration interval = seconds(1);
  Duration signer_interval = seconds(30);
  std::uint32_t slot_lag_max = 50;
  std::string anchor_program;  // swarm_anchor's address; empty: the audit is not anchored
  std::string anchor_key;      // file
  std::uint32_t anchor_log = 0;
  Duration anchor_interval = minutes(10);
};

// [nodes.NAME]
struct NodeSettings {
  std::string node_class;
  std::vector<std::string> addresses;
  std::string probe_url;                // http://ADDRESS:PORT/healthz; empty: not probed
  std::vector<std::string> identities;  // values of ingest.identity_label that mean this node
  std::vector<std::string> backends;    // gateway: nodes whose traffic it carries
  std::vector<std::string> probers;     // nodes whose agents also probe this one
  std::string account;                  // its node account on the chain; empty: not there
};

// [guard]
struct GuardSettings {
  std::vector<std::string> never_touch;     // prefixes
  std::vector<std::string> allow_list;      // prefixes or node names
  std::uint32_t requests_per_second = 200;  // per peer, all doors
  std::uint32_t requests_burst = 400;
  std::uint32_t records_per_second = 5'000;      // per agent
  std::uint32_t samples_per_second = 2'000'000;  // per remote-write peer
};

struct Settings {
  std::string profile = "default";  // "demo": durations and request counts only
  ServerSettings server;
  MonitorSettings monitor;
  std::vector<ThresholdSettings> thresholds;
  RiskSettings risk;
  RespondSettings respond;
  IngestSettings ingest;
  ChainSettings chain;
  GuardSettings guard;
  std::map<std::string, NodeSettings> nodes;
};

// The tree with its bounds and sentences. A visitor has
//   v.section("monitor", "what it is about", [&](auto& v) { ... });
//   v.value("key", field, low, high, "sentence");    numbers and durations, both bounds inclusive
//   v.value("key", field, "sentence");               text, lists, switches, modes
//   v.table("nodes", map, "sentence");  v.list("threshold", vector, "sentence");
// and is called with the defaults in place.
template <class V>
void describe(V& v, ThresholdSettings& s) {
  v.value("metric", s.metric, "name of the series, as in `node_load1`");
  v.value("above", s.above, -1e300, 1e300, "raise `threshold_crossed` above this value");
  v.value("clear_below", s.clear_below, -1e300, 1e300, "clear it again below this value");
  v.value("hold", s.hold, seconds(0), hours(1), "it must stay above for this long first");
  v.value("strength", s.strength, 1u, 100u, "how strong the finding is");
}
template <class V>
void describe(V& v, ScrapeTarget& s) {
  v.value("url", s.url, "where the Prometheus text is, e.g. http://127.0.0.1:9100/metrics");
  v.value("node", s.node, "whose series these are; empty: host:port of the url");
}
template <class V>
void describe(V& v, NodeSettings& s) {
  v.value("class", s.node_class, "capacity rails count per class");
  v.value("addresses", s.addresses, "the node's own addresses; nothing acts on them");
  v.value("probe_url", s.probe_url,
          "what vantages fetch to see whether it lives; empty: not probed");
  v.value("identities", s.identities, "values of ingest.identity_label that mean this node");
  v.value("backends", s.backends, "for a gateway: the nodes whose traffic it carries");
  v.value("probers", s.probers, "nodes whose agents probe this one too");
  v.value("account", s.account,
          "address of its node account on the chain; empty: nothing is done about it there");
}
template <class V>
void describe(V& v, FamilySettings& s) {
  v.value("half_life", s.half_life, seconds(10), hours(24 * 90),
          "evidence of this family weighs half after this long");
  v.value(
      "hold", s.hold, seconds(0), hours(24 * 7),
      "a finding weighs in full until it is cleared, but no longer than this after it was raised");
  v.value("cap_milli", s.cap_milli, 0, 6'000, "the most it can add, thousandths of log-odds");
}
template <class V>
void describe(V& v, Settings& s) {
  v.value(
      "profile", s.profile,
      "default or demo; demo shortens durations and request counts, never caps, states or order");
  v.section("server", "where people, agents and senders come in", [&](auto& w) {
    w.value("listen", s.server.listen, "HOST:PORT of the API, the page and remote-write");
    w.value("agent_listen", s.server.agent_listen,
            "HOST:PORT of a second door for agents only; empty: they use `listen`");
    w.value("allow_plain_http", s.server.allow_plain_http,
            "allow a door beyond loopback without TLS");
    w.value("state", s.server.state,
            "state directory; empty: $STATE_DIRECTORY or ~/.local/state/wardhive");
    w.value("operators", s.server.operators,
            "persons with a token of their own, made at start as STATE/token-NAME; approvals count "
            "persons");
  });
  v.section("monitor", "what counts as odd", [&](auto& w) {
    auto& m = s.monitor;
    w.value("silence_suspect", m.silence_suspect, millis(500), minutes(10),
            "no word from a node's agent for this long: suspect");
    w.value("silence_dead", m.silence_dead, seconds(1), hours(1),
            "still no word: the finding gets its full strength");
    w.value("health_window", m.health_window, seconds(1), minutes(5),
            "what a Health record looks back over");
    w.value("vantage_fresh", m.vantage_fresh, seconds(1), minutes(10),
            "an observer that looked within this time is a vantage");
    w.value("unreachable_failures", m.unreachable_failures, 2u, 20u,
            "failed probes in a row that make `unreachable`");
    w.value("latency_shift_factor", m.latency_shift_factor, 1.5, 100.0,
            "this many times its own median is a shift");
    w.value("latency_shift_floor", m.latency_shift_floor, millis(1), minutes(1),
            "and at least this much above it");
    w.value("shift_probes", m.shift_probes, 2u, 50u, "looks in a row that must agree");
    w.value("error_shift_bps", m.error_shift_bps, 10u, 10'000u,
            "error share above its own past that is a shift");
    w.value("error_shift_requests", m.error_shift_requests, 1u, 100'000u,
            "requests that must have been seen in the window");
    w.value("warmup_probes", m.warmup_probes, 3u, 1'000u,
            "looks before a node's own past is trusted");
    w.value("clear_probes", m.clear_probes, 2u, 100u, "good looks in a row that clear a finding");
    w.value("auth_burst_failures", m.auth_burst_failures, 3u, 1'000u,
            "failed log-ins of one address ...");
    w.value("auth_burst_window", m.auth_burst_window, seconds(5), hours(24),
            "... within this time are a burst");
    w.value("auth_slow_failures", m.auth_slow_failures, 3u, 10'000u, "or this many ...");
    w.value("auth_slow_window", m.auth_slow_window, minutes(1), hours(48),
            "... within this longer time");
    w.value("auth_clear_after", m.auth_clear_after, minutes(1), hours(48),
            "quiet for this long clears it");
    w.value("authority_clear_after", m.authority_clear_after, minutes(1), hours(24 * 90),
            "a change of an authority stays raised for this long after the last one");
    w.value("anomaly", m.anomaly,
            "watch every series for oddness; a finding of it alone never punishes");
    w.list("threshold", s.thresholds, "configured bounds with hysteresis");
  });
  v.section("risk", "score start values, thousandths of log-odds", [&](auto& w) {
    auto& r = s.risk;
    w.value("base_address_milli", r.base_address_milli, -10'000, 0,
            "an address nobody has spoken against");
    w.value("base_node_milli", r.base_node_milli, -10'000, 0, "a node nobody has spoken against");
    w.value("reporter_cap_address_milli", r.reporter_cap_address_milli, 0, 10'000,
            "the most that one observer can add to an address");
    w.value("reporter_cap_node_milli", r.reporter_cap_node_milli, 0, 10'000,
            "the most that one observer can add to a node");
    w.value("release_threshold", r.release_threshold, 1u, 99u, "effects may end below this score");
    w.value("reliability_bps", r.reliability_bps, 0u, 10'000u, "how much a reporter's word counts");
    w.value("weight_clip_milli", r.weight_clip_milli, 0, 6'000,
            "the most that one finding can weigh");
    w.value("repeat_window", r.repeat_window, seconds(1), hours(24),
            "the n-th finding of one signature in this time counts 1/sqrt(n)");
    w.value("weight_silent_milli", r.weight_silent_milli, 0, 6'000, "full-strength `silent`");
    w.value("weight_unreachable_milli", r.weight_unreachable_milli, 0, 6'000,
            "full-strength `unreachable`");
    w.value("weight_latency_shift_milli", r.weight_latency_shift_milli, 0, 6'000,
            "full-strength `latency_shift`");
    w.value("weight_error_rate_shift_milli", r.weight_error_rate_shift_milli, 0, 6'000,
            "full-strength `error_rate_shift`");
    w.value("weight_threshold_milli", r.weight_threshold_milli, 0, 6'000,
            "full-strength `threshold_crossed`");
    w.value("weight_auth_burst_milli", r.weight_auth_burst_milli, 0, 6'000,
            "full-strength `auth_failure_burst`");
    w.value("weight_anomaly_milli", r.weight_anomaly_milli, 0, 6'000, "full-strength `anomaly`");
    w.value("weight_authority_changed_milli", r.weight_authority_changed_milli, 0, 6'000,
            "full-strength `authority_changed`");
    w.value("weight_chain_unwell_milli", r.weight_chain_unwell_milli, 0, 6'000,
            "full-strength `chain_unwell`");
    w.value("weight_program_burst_milli", r.weight_program_burst_milli, 0, 6'000,
            "full-strength `program_burst`");
    w.value("weight_key_overuse_milli", r.weight_key_overuse_milli, 0, 6'000,
            "full-strength `key_overuse`");
    w.value("weight_credential_shared_milli", r.weight_credential_shared_milli, 0, 6'000,
            "full-strength `credential_shared`; 0: a person is told, and the node that was robbed "
            "is not suspected for it");
    w.section("availability", "silent, unreachable", [&](auto& x) { describe(x, r.availability); });
    w.section("performance", "latency_shift, error_rate_shift, threshold_crossed",
              [&](auto& x) { describe(x, r.performance); });
    w.section("auth_abuse", "auth_failure_burst", [&](auto& x) { describe(x, r.auth_abuse); });
    w.section("telemetry", "anomaly; learned", [&](auto& x) { describe(x, r.telemetry); });
    w.section("authority", "authority_changed, credential_shared",
              [&](auto& x) { describe(x, r.authority); });
    w.section("chain", "chain_unwell, program_burst, key_overuse",
              [&](auto& x) { describe(x, r.chain); });
  });
  v.section("respond", "what may be done by itself", [&](auto& w) {
    auto& r = s.respond;
    w.value("mode", r.mode,
            "shadow: decide and show; enforce: act. `wardhive up` starts in shadow");
    w.value("action_retry", r.action_retry, millis(100), minutes(5),
            "an action without a receipt is sent again after this long");
    w.value("action_attempts", r.action_attempts, 1u, 100u, "attempts before a person is called");
    w.section("rails", "what automation may hold at most", [&](auto& x) {
      auto& t = r.rails;
      x.value("isolated_share_max_bps", t.isolated_share_max_bps, 1u, 5'000u,
              "of a class, isolated or drained at once");
      x.value("isolated_nodes_min_cap", t.isolated_nodes_min_cap, 0u, 10u,
              "but at least this many nodes of a small class");
      x.value("min_healthy", t.min_healthy, 1u, 10'000u, "nodes of a class that stay in service");
      x.value("isolations_per_minute", t.isolations_per_minute, 1u, 1'000u,
              "isolations and drains in any minute");
      x.value("cycles_per_node", t.cycles_per_node, 1u, 100u,
              "containments of one node in `cycles_window`, then held");
      x.value("cycles_window", t.cycles_window, minutes(1), hours(24 * 30), "see cycles_per_node");
      x.value("storm_nodes", t.storm_nodes, 2u, 10'000u, "nodes of a class suspect at once ...");
      x.value("storm_share_bps", t.storm_share_bps, 100u, 10'000u,
              "... and more than this share of it ...");
      x.value("storm_window", t.storm_window, seconds(5), hours(1),
              "... within this time are a storm: page, isolate nobody");
      x.value("storm_cooldown", t.storm_cooldown, seconds(5), hours(24),
              "the brake stays on for this long after the storm");
      x.value("vantages_min", t.vantages_min, 1u, 100u, "fewer observers than this: notify only");
      x.value("vantages_agree", t.vantages_agree, 1u, 100u, "observers that must agree");
      x.value("observer_blind_share_bps", t.observer_blind_share_bps, 1'000u, 10'000u,
              "an observer that cannot see more than this share of its targets does not count");
      x.value("clock_jump_pause", t.clock_jump_pause, seconds(1), hours(1),
              "nothing is isolated for this long after a clock jump");
      x.value("ban_address_score", t.ban_address_score, 1u, 100u, "threshold");
      x.value("drain_node_score", t.drain_node_score, 1u, 100u, "threshold");
      x.value("isolate_node_score", t.isolate_node_score, 1u, 100u, "threshold");
      x.value("fleet_ban_reporters", t.fleet_ban_reporters, 2u, 100u,
              "reporters for a ban beyond the reporting node");
      x.value("expiry_min", t.expiry_min, seconds(5), hours(24), "no effect is shorter");
      x.value("expiry_max", t.expiry_max, minutes(1), hours(24 * 7), "no effect is longer");
    });
    w.section(
        "approvals",
        "persons behind an act on the chain that nothing does by itself; the proposer counts",
        [&](auto& x) {
          auto& t = r.approvals;
          x.value("release_node", t.release_node, 1u, 16u, "to end a quarantine before its time");
          x.value("open_incident", t.open_incident, 1u, 16u, "to accuse the stake behind a node");
          x.value("pause", t.pause, 1u, 16u, "to stop parts of the program for a time");
          x.value("expiry", t.expiry, minutes(1), hours(24 * 7),
                  "an open proposal ends after this long");
          x.value("order_expiry", t.order_expiry, minutes(1), hours(24),
                  "nothing is signed so long after the last approval");
        });
    w.section("restoration", "how a node comes back", [&](auto& x) {
      auto& t = r.restoration;
      x.value("verify_for", t.verify_for, seconds(1), hours(24),
              "healthy from enough vantages and score under the release threshold for this long");
      x.value("stage_10", t.stage_10, seconds(1), hours(24), "at 10 %");
      x.value("stage_50", t.stage_50, seconds(1), hours(24), "at 50 %");
      x.value("watch", t.watch, seconds(1), hours(24), "at 100 %, still watched");
      x.value("requests_min", t.requests_min, 1u, 1'000'000u,
              "requests the gateway must have seen in a stage");
      x.value("peer_ratio_percent", t.peer_ratio_percent, 100u, 1'000u,
              "errors and p99 at most this share of the peers' median");
      x.value("backoff", t.backoff, seconds(1), hours(24),
              "before the next try; doubled each time");
      x.value("attempts", t.attempts, 1u, 20u, "failed tries before a person is called");
    });
  });
  v.section("ingest", "what is looked at", [&](auto& w) {
    auto& i = s.ingest;
    w.value("own_host", i.own_host, "watch this host's /proc");
    w.value("own_host_interval", i.own_host_interval, seconds(1), minutes(10), "how often");
    w.value("auth_logs", i.auth_logs, "auth logs to follow, where readable");
    w.value("scrape_interval", i.scrape_interval, seconds(1), minutes(10),
            "how often targets are scraped");
    w.value("scrape_timeout", i.scrape_timeout, millis(100), minutes(1),
            "a slower answer is a failed scrape");
    w.value("probe_interval", i.probe_interval, millis(100), minutes(10),
            "how often a vantage looks at a node");
    w.value("probe_timeout", i.probe_timeout, millis(50), minutes(1),
            "a slower answer is a failed probe");
    w.value("identity_label", i.identity_label, "label that says whose series it is");
    w.list("scrape", i.scrape, "targets in the Prometheus text format");
  });
  v.section("chain", "what is watched on Solana; off without endpoints", [&](auto& w) {
    auto& c = s.chain;
    w.value("endpoints", c.endpoints,
            "RPC URLs, the preferred one first; two or more to have their word checked");
    w.value(
        "notices", c.notices,
        "websocket URLs (ws://, wss://), the preferred one first: what they say makes it look at "
        "once. Empty: only every `interval`");
    w.value("genesis", c.genesis,
            "hash of the cluster's first block; endpoints of another cluster are refused. "
            "Empty: any cluster but mainnet-beta");
    w.value("program", c.program,
            "address of swarm_core: its upgrade authority, configuration, key sets and events");
    w.value("watch", c.watch,
            "further accounts whose authorities are watched: programs, stake accounts, mints, "
            "token accounts, multisigs, nonces");
    w.value("signers", c.signers, "keys; a durable nonce that one of them may use is reported");
    w.value("sentinel_keys", c.sentinel_keys,
            "key files (id.json, readable by the owner only) that quarantine nodes on the chain. "
            "Each acts once in seven days on a node; as many as the set's threshold release again. "
            "Empty: nothing is done there");
    w.value(
        "signer", c.signer,
        "socket of a `wardhive signer` that holds those keys instead of this process, and signs "
        "nothing but what its --allow says");
    w.value("payer_key", c.payer_key,
            "key file that pays the fees; empty: the first of sentinel_keys");
    w.value(
        "priority_fee_max", c.priority_fee_max, std::uint64_t{0}, std::uint64_t{10'000'000},
        "lamports that one transaction may offer beside the base fee while others want to write "
        "the same accounts; 0: nothing, and what is crowded out waits");
    w.value("bond_nonce", c.bond_nonce, 0u, 4'000'000'000u,
            "number of the payer's own network operator's position, whose stake answers for "
            "accusations");
    w.value("interval", c.interval, millis(200), minutes(1), "how often all of it is looked at");
    w.value(
        "signer_interval", c.signer_interval, seconds(1), hours(1),
        "how often durable nonces are looked for that others made for a signer, a costly question "
        "on public endpoints; those that it pays for itself are seen within seconds");
    w.value("slot_lag_max", c.slot_lag_max, 1u, 100'000u,
            "an endpoint further behind the others, in slots, is not asked");
    w.value("anchor_program", c.anchor_program,
            "address of swarm_anchor, which keeps checkpoints of the audit. Empty: none are made");
    w.value("anchor_key", c.anchor_key,
            "key file that signs the audit's checkpoints; it pays the fees where payer_key is "
            "empty");
    w.value("anchor_log", c.anchor_log, 0u, 4'000'000'000u,
            "number of the log on the chain; a state directory that begins anew needs another one");
    w.value("anchor_interval", c.anchor_interval, seconds(1), hours(24),
            "how often the audit is anchored, beside the close of each incident");
  });
  v.section("guard", "who may come in, and who is left alone", [&](auto& w) {
    auto& g = s.guard;
    w.value("never_touch", g.never_touch,
            "prefixes nothing acts on, beside loopback, own addresses, gateway, DNS, controller");
    w.value("allow_list", g.allow_list, "prefixes or node names that a person vouches for");
    w.value("requests_per_second", g.requests_per_second, 1u, 1'000'000u,
            "requests per peer, all doors");
    w.value("requests_burst", g.requests_burst, 1u, 1'000'000u, "and at once");
    w.value("records_per_second", g.records_per_second, 1u, 1'000'000u, "records per agent");
    w.value("samples_per_second", g.samples_per_second, 1u, 100'000'000u,
            "samples per remote-write peer");
  });
  v.table("nodes", s.nodes, "the network's nodes, by name");
}

}  // namespace wardhive
