// How fast the loop reacts, over many simulated networks at the settings that ship, and how often
// it is wrong when nothing is. Everything runs in this one process: the network that it watches,
// too.
//
//   response_sim [--seeds N] [--soak-hours H] [--soak-seeds N] [--json]
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <set>
#include <string>
#include <vector>

#include "scenario/world.h"

namespace wardhive::scenario {
namespace {

struct Figures {
  std::vector<double> seconds;
  std::uint32_t missed = 0;
  std::uint32_t innocents = 0;  // others that were acted on

  double at(double share) const {
    if (seconds.empty()) return 0;
    return seconds[std::min(seconds.size() - 1,
                            static_cast<std::size_t>(share * static_cast<double>(seconds.size())))];
  }
};

struct Row {
  std::string what;
  Figures decided, applied;
};

constexpr Duration kGiveUp = minutes(1);

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void note(Figures& figures, std::optional<Duration> took) {
  if (took)
    figures.seconds.push_back(to_seconds(*took));
  else
    ++figures.missed;
}

// From the fault to the decision, and to the share of 0 at the gateway.
template <class Fault>
Row measure_drain(std::string what, std::uint32_t seeds, Fault fault) {
  Row row{std::move(what), {}, {}};
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    Options options;
    options.seed = seed;
    options.loss = 0.02;
    options.step = millis(50);
    World world(options);
    world.run(seconds(20) + millis(static_cast<std::int64_t>(seed * 37 % 1'000)));
    fault(world.machine("job-3"));
    const auto bad = node("job-3");
    const auto decided = world.until(
        [&] {
          return world.ledger.decision(bad) != nullptr &&
                 world.ledger.decision(bad)->state == DecisionState::Active;
        },
        kGiveUp);
    note(row.decided, decided);
    const auto applied = decided ? world.until_share("job-3", 0, kGiveUp) : std::nullopt;
    note(row.applied, applied ? std::optional(*decided + *applied) : std::nullopt);
    row.applied.innocents += static_cast<std::uint32_t>(std::ranges::count_if(
        world.ledger.actions, [](const Action& a) { return a.key != "job-3"; }));
  }
  return row;
}

// From the log line that completes the burst to the decision, and to the drop rule on the node.
Row measure_ban(std::uint32_t seeds) {
  Row row{"brute force", {}, {}};
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    Options options;
    options.seed = seed;
    options.nodes = 3;
    options.step = millis(5);
    options.requests_per_second = 0;
    World world(options);
    world.run(seconds(2) + millis(static_cast<std::int64_t>(seed * 37 % 1'000)));
    auto& guest = world.guest({.address = "203.0.113.66", .node = "job-2", .every = millis(300)});
    world.until([&] { return guest.reached == options.settings.monitor.auth_burst_failures; },
                kGiveUp);
    guest.active = false;
    const auto decided = world.until([&] { return !world.ledger.decisions.empty(); }, kGiveUp);
    note(row.decided, decided);
    const auto applied =
        decided ? world.until([&] { return world.agent("job-2").bans(guest.address); }, kGiveUp)
                : std::nullopt;
    note(row.applied, applied ? std::optional(*decided + *applied) : std::nullopt);
  }
  return row;
}

struct Soak {
  double hours = 0;
  std::uint64_t isolations = 0;  // nodes taken out of service
  std::uint64_t incidents = 0;
  std::uint32_t pauses = 0;
  double node_hours_out = 0;
  double cpu_s = 0;
};

// No fault: 2 % loss, and each node stands still four times a day for 0.5 to 2.5 s.
Soak soak(std::uint32_t hours_each, std::uint32_t seeds) {
  Soak soak;
  const double began = cpu_seconds();
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    Options options;
    options.seed = seed;
    options.loss = 0.02;
    options.requests_per_second = 20;
    World world(options);
    Random random(seed * 7'919);
    const auto steps = static_cast<std::uint64_t>(hours(hours_each) / options.step);
    const double pause_chance = 4.0 / (24 * 3'600 / to_seconds(options.step));
    for (std::uint64_t i = 0; i < steps; ++i) {
      for (const auto& name : world.jobs) {
        if (chance(random) < pause_chance) {
          world.machine(name).frozen_until =
              world.clock.mono() + millis(500 + static_cast<std::int64_t>(random() % 2'000));
          ++soak.pauses;
        }
        if (world.share_bps(name) < 10'000) soak.node_hours_out += to_seconds(options.step) / 3'600;
      }
      world.step();
    }
    soak.hours += hours_each;
    // A decision's renewals and its stages on the way back are actions, too.
    std::set<DecisionId> decisions;
    for (const auto& action : world.ledger.actions) decisions.insert(action.decision);
    soak.isolations += decisions.size();
    soak.incidents += world.ledger.incidents.size();
  }
  soak.cpu_s = cpu_seconds() - began;
  return soak;
}

void print(const std::vector<Row>& rows, const Soak& s, std::uint32_t seeds, double cpu_s) {
  fmt::print(
      "{} seeds each, settings that ship, 2 % loss (drains); seconds from the fault, or from the "
      "completing log line\n\n",
      seeds);
  fmt::print("{:<28} {:>8} {:>8} {:>8} {:>8}  {}\n", "", "p50", "p99", "max", "missed",
             "innocents acted on");
  for (const auto& row : rows) {
    for (const auto* f : {&row.decided, &row.applied})
      fmt::print("{:<28} {:>8.3f} {:>8.3f} {:>8.3f} {:>8}  {}\n",
                 row.what + (f == &row.decided ? " -> decided" : " -> in force"), f->at(0.5),
                 f->at(0.99), f->seconds.empty() ? 0 : f->seconds.back(), f->missed,
                 f == &row.applied ? fmt::format("{}", f->innocents) : "");
  }
  if (s.hours > 0)
    fmt::print(
        "\nno fault, {:.0f} simulated hours, 2 % loss, {} pauses of 0.5 to 2.5 s: {} incidents, {} "
        "isolations, {:.3f} node-hours out; "
        "{:.2f} CPU seconds per simulated hour (network included)\n",
        s.hours, s.pauses, s.incidents, s.isolations, s.node_hours_out, s.cpu_s / s.hours);
  fmt::print("{:.0f} CPU seconds in all\n", cpu_s);
}

void print_json(const std::vector<Row>& rows, const Soak& s, std::uint32_t seeds, double cpu_s) {
  fmt::print("{{\"schema_version\":1,\"seeds\":{},\"reactions\":[", seeds);
  bool first = true;
  for (const auto& row : rows) {
    for (const auto* f : {&row.decided, &row.applied}) {
      fmt::print(
          "{}{{\"what\":\"{}\",\"until\":\"{}\",\"p50_s\":{:.3f},\"p99_s\":{:.3f},\"max_s\":{:.3f},"
          "\"missed\":{},\"innocents\":{}}}",
          first ? "" : ",", row.what, f == &row.decided ? "decided" : "in_force", f->at(0.5),
          f->at(0.99), f->seconds.empty() ? 0 : f->seconds.back(), f->missed, f->innocents);
      first = false;
    }
  }
  fmt::print(
      "],\"soak\":{{\"hours\":{:.0f},\"pauses\":{},\"incidents\":{},\"isolations\":{},\"node_hours_"
      "out\":{:.4f},\"cpu_s_per_hour\":{:.3f}}},\"cpu_s\":{:.1f}}}\n",
      s.hours, s.pauses, s.incidents, s.isolations, s.node_hours_out,
      s.hours > 0 ? s.cpu_s / s.hours : 0, cpu_s);
}

int run(int argc, char** argv) {
  std::uint32_t seeds = 1'000, soak_hours = 24, soak_seeds = 3;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    auto* number = name == "--seeds"        ? &seeds
                   : name == "--soak-hours" ? &soak_hours
                   : name == "--soak-seeds" ? &soak_seeds
                                            : nullptr;
    if (name == "--json") {
      json = true;
      continue;
    }
    const char* text = i + 1 < argc ? argv[++i] : "";
    const char* end = text + std::strlen(text);
    if (number == nullptr || std::from_chars(text, end, *number).ptr != end || text == end) {
      fmt::print(
          stderr,
          "response_sim: {} {}: expected --seeds N, --soak-hours H, --soak-seeds N or --json\n",
          name, text);
      return 2;
    }
  }
  const double began = cpu_seconds();
  std::vector<Row> rows;
  rows.push_back(
      measure_drain("slow and erring node", seeds, [](Machine& m) { m.fail(millis(400), 0.5); }));
  rows.push_back(measure_drain("slow node", seeds, [](Machine& m) { m.fail(millis(400), 0); }));
  rows.push_back(measure_drain("erring node", seeds, [](Machine& m) { m.fail({}, 0.5); }));
  rows.push_back(measure_drain("dead machine", seeds, [](Machine& m) { m.die(); }));
  rows.push_back(measure_ban(seeds));
  for (auto& row : rows)
    for (auto* f : {&row.decided, &row.applied}) std::ranges::sort(f->seconds);
  const auto rest = soak(soak_hours, soak_seeds);
  (json ? print_json : print)(rows, rest, seeds, cpu_seconds() - began);
  return 0;
}

}  // namespace
}  // namespace wardhive::scenario

int main(int argc, char** argv) { return wardhive::scenario::run(argc, argv); }
