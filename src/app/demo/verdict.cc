#include "app/demo/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/demo/network.h"

namespace wardhive::demo {
namespace {

// A request that is under way when a share changes still ends where it began.
constexpr Duration kInFlight = millis(1'000);

class Judge {
 public:
  Judge(const Scenario& scenario, const Seen& seen) : scenario_(scenario), seen_(seen) {}

  std::vector<Check> all() {
    brute_force();
    bad_node();
    lost_node();
    return std::move(checks_);
  }

 private:
  void add(std::string name, bool seen, std::string evidence) {
    checks_.push_back({std::move(name), seen, std::move(evidence)});
  }
  double since_start(Instant at) const { return to_seconds(at - seen_.started_at); }

  void brute_force() {
    const auto* step = scenario_.find("start_attack");
    if (step == nullptr) return;
    const auto* incident = incident_of(seen_, "brute-force", address(std::string(kAttacker)));
    const auto contained =
        incident != nullptr ? when(*incident, IncidentState::Contained) : std::nullopt;
    const auto banned_at = contained.value_or(Instant::max());
    std::uint64_t before = 0, after = 0, through = 0;
    for (const auto& attempt : seen_.attacker) {
      if (attempt.at < banned_at)
        before += attempt.connected;
      else
        ++after, through += attempt.connected;
    }
    add("the attacker reached the node before the ban", before > 0,
        fmt::format("{} connections in the attacker's own log", before));
    add("contained in time",
        contained && banned_at - seen_.started_at <= scenario_.contained_within,
        contained ? fmt::format("{:.1f} s after the start, limit {}", since_start(banned_at),
                                format_duration(scenario_.contained_within))
                  : "never contained");
    add("the ban is in the kernel and expires", seen_.ban && seen_.ban->expires_s > 0,
        seen_.ban ? fmt::format("nft on {}: {} expires in {} s", step->with.at("node"), kAttacker,
                                seen_.ban->expires_s)
                  : "nft lists no such element");
    add("the kernel counted dropped packets", seen_.ban && seen_.ban->dropped_packets > 0,
        seen_.ban ? fmt::format("{} packets", seen_.ban->dropped_packets) : "no counter");
    add("no attempt got through after the ban", after > 0 && through == 0,
        fmt::format("{} attempts after the ban, {} connected", after, through));
    std::uint64_t calls = 0, good = 0;
    for (const auto& attempt : seen_.neighbour)
      if (attempt.at >= banned_at) ++calls, good += attempt.connected && attempt.accepted;
    add("the innocent neighbour still gets in", calls > 0 && good == calls,
        fmt::format("{} of {} log-ins after the ban", good, calls));
  }

  void bad_node() {
    const auto* step = scenario_.find("break_job");
    if (step == nullptr) return;
    const auto& name = step->with.at("node");
    const auto* incident = incident_of(seen_, "bad-node", node(name));
    const auto at = [&](IncidentState state, std::optional<std::uint32_t> share = {}) {
      return incident != nullptr ? when(*incident, state, share).value_or(Instant::max())
                                 : Instant::max();
    };
    const auto broken = seen_.at(step).value_or(Instant::max());
    // From then on the gateway carries what job nodes are left, and shares are others.
    const auto end = third_incident().value_or(seen_.now);
    const auto drained = at(IncidentState::Contained), ten = at(IncidentState::Restoring, 1'000),
               fifty = at(IncidentState::Restoring, 5'000),
               hundred = at(IncidentState::Restoring, 10'000);
    const auto felt = share_of(seen_.client, name, broken, std::min(drained, end));
    add("the client felt the fault", felt.node_failed > 0,
        fmt::format("{} of {} answers of {} failed, median {:.0f} ms", felt.node_failed,
                    felt.of_node, name, felt.node_ms_median));
    add("contained in time",
        drained - seen_.started_at <= scenario_.contained_within && drained != Instant::max(),
        drained != Instant::max()
            ? fmt::format("{:.1f} s after the start, {:.1f} s after the fault; the client's last "
                          "request there {:.1f} s after it",
                          since_start(drained), to_seconds(drained - broken),
                          to_seconds(last_request(name, broken, drained) - broken))
            : "never contained");
    window("no traffic while drained", name, drained, ten, 0, 0);
    window("about 2 % of the traffic at 10 %", name, ten, fifty, 0.002, 0.07);
    window("about 11 % of the traffic at 50 %", name, fifty, hundred, 0.05, 0.17);
    window("about 20 % of the traffic at 100 %", name, hundred, end, 0.15, 0.25);
    const auto served =
        share_of(seen_.client, name, drained == Instant::max() ? end : drained + kInFlight, end);
    add("the service held while it was contained and after",
        served.requests > 0 && served.failed * 200 <= served.requests,
        fmt::format("{} of {} requests failed", served.failed, served.requests));
    add("back at 100 % in time",
        hundred != Instant::max() && hundred - seen_.started_at <= scenario_.restored_within,
        hundred != Instant::max()
            ? fmt::format("{:.1f} s after the start, limit {}", since_start(hundred),
                          format_duration(scenario_.restored_within))
            : "not back");
  }

  // When the third incident's first step was carried out.
  std::optional<Instant> third_incident() const {
    for (const auto& step : scenario_.steps)
      if (step.since == Since::Restored) return seen_.at(&step);
    return std::nullopt;
  }

  void lost_node() {
    const auto* step = scenario_.find("lose_job");
    if (step == nullptr) return;
    const auto lost = seen_.at(step);
    if (!lost || !seen_.before)
      return add("the leased node was lost", false, "the scenario did not come that far");
    isolated(*lost);
    const auto* failed_over = "the lease is served by the standby";
    const auto* pay = "pay stopped the second it was quarantined";
    const auto* innocent = "no other node is quarantined";
    const auto* kept = "nothing staked or earned was lost";
    if (!seen_.after) {
      for (const auto* name : {failed_over, pay, innocent, kept})
        add(name, false, "the chain does not answer");
    } else {
      moved(failed_over, *lost, *seen_.before, *seen_.after);
      paid(pay, *seen_.before, *seen_.after);
      spared(innocent, *seen_.before, *seen_.after);
      nothing_lost(kept, *seen_.before, *seen_.after);
    }
    const auto served = share_of(seen_.client, step->with.at("node"), *lost, seen_.now);
    const auto late = share_of(seen_.client, step->with.at("node"), *lost + kInFlight, seen_.now);
    add("the client is served without the lost node",
        served.requests > 0 && served.failed * 200 <= served.requests && late.of_node == 0,
        fmt::format("{} of {} requests failed, {} answered by {}", served.failed, served.requests,
                    late.of_node, step->with.at("node")));
  }

  void isolated(Instant lost) {
    const auto seen = seen_.quarantine_seen;
    add("quarantined on the chain in time", seen && *seen - lost <= scenario_.isolated_within,
        seen ? fmt::format("`wardhive chain node show`: {:.1f} s after the loss, limit {}",
                           to_seconds(*seen - lost), format_duration(scenario_.isolated_within))
             : "`wardhive chain node show`: not quarantined");
  }

  void moved(const char* name, Instant lost, const ChainSight& before, const ChainSight& after) {
    const auto& lease = after.lease;
    if (!seen_.failover_seen || lease.seats.size() != 2)
      return add(name, false,
                 fmt::format("`wardhive chain lease show`: seat {} serves", lease.seat));
    const auto took = *seen_.failover_seen - lost;
    // It is paid whole seconds at its own rate, and none of before the first one's quarantine.
    const auto& standby = lease.seats[1];
    const auto* node = after.find(lease.seats[0].node);
    const auto most = node == nullptr ? 0 : to_seconds(lease.settled_to - node->quarantined_from);
    const bool paid = standby.earned > 0 && standby.rate > 0 &&
                      standby.earned % standby.rate == 0 &&
                      static_cast<double>(standby.earned / standby.rate) <= most;
    add(name,
        took <= scenario_.isolated_within && before.lease.seat == 0 && lease.seat == 1 && paid,
        fmt::format("`wardhive chain lease show`: {:.1f} s after the loss, limit {}; it earned {} "
                    "units since, {} a second",
                    to_seconds(took), format_duration(scenario_.isolated_within), standby.earned,
                    standby.rate));
  }

  // To the second: what the first node earned between the two looks, against its rate.
  void paid(const char* name, const ChainSight& before, const ChainSight& after) {
    const auto* node = after.find(before.lease.seats.at(0).node);
    if (node == nullptr || !node->quarantined) return add(name, false, "it is not quarantined");
    const auto& was = before.lease.seats[0];
    const auto served =
        static_cast<std::int64_t>(to_seconds(node->quarantined_from - before.lease.settled_to));
    const auto due =
        was.earned + was.rate * static_cast<std::uint64_t>(std::max<std::int64_t>(served, 0));
    add(name, served > 0 && after.lease.seats.at(0).earned == due,
        fmt::format("{} units for the {} s until then, {} due", after.lease.seats.at(0).earned,
                    served, due));
  }

  void spared(const char* name, const ChainSight& before, const ChainSight& after) {
    std::size_t others = 0, quarantined = 0;
    for (const auto& node : after.nodes) {
      if (node.account == before.lease.seats.at(0).node) continue;
      ++others;
      quarantined += node.quarantined;
    }
    add(name, others > 0 && quarantined == 0,
        fmt::format("{} of {} other nodes on the chain", quarantined, others));
  }

  void nothing_lost(const char* name, const ChainSight& before, const ChainSight& after) {
    const auto& lease = after.lease;
    const bool whole = lease.escrow + lease.earned + lease.refunded == lease.prepaid;
    add(name, !before.staked.empty() && before.staked == after.staked && whole,
        fmt::format("{} positions with the stake they had; {} units earned and {} in escrow of {} "
                    "prepaid",
                    std::ranges::count_if(before.staked,
                                          [&](const auto& one) {
                                            const auto it = after.staked.find(one.first);
                                            return it != after.staked.end() &&
                                                   it->second == one.second;
                                          }),
                    lease.earned, lease.escrow, lease.prepaid));
  }

  // When traffic really ended: contained is when the gateway's counters had stood still for a
  // while.
  Instant last_request(const std::string& node_name, Instant from, Instant to) const {
    auto last = from;
    for (const auto& line : seen_.client)
      if (line.node == node_name && line.at >= last && line.at < to) last = line.at;
    return last;
  }

  void window(std::string name, const std::string& node_name, Instant from, Instant to, double low,
              double high) {
    if (from == Instant::max() || to == Instant::max())
      return add(std::move(name), false, "this stage was not reached");
    const auto share = share_of(seen_.client, node_name, from + kInFlight, to);
    add(std::move(name), share.requests > 0 && share.share() >= low && share.share() <= high,
        fmt::format("{} of {} requests of the client, {:.1f} %", share.of_node, share.requests,
                    share.share() * 100));
  }

  const Scenario& scenario_;
  const Seen& seen_;
  std::vector<Check> checks_;
};

}  // namespace

std::optional<Instant> when(const Incident& incident, IncidentState state,
                            std::optional<std::uint32_t> share_bps) {
  for (const auto& entry : incident.timeline)
    if (entry.state == state && (!share_bps || entry.share_bps == *share_bps)) return entry.at;
  return std::nullopt;
}

const Incident* incident_of(const Seen& seen, std::string_view playbook, const Entity& subject) {
  const Incident* first = nullptr;
  for (const auto& incident : seen.incidents)
    if (incident.playbook.starts_with(playbook) && incident.subject == subject &&
        (first == nullptr || incident.opened_at < first->opened_at))
      first = &incident;
  return first;
}

std::optional<Instant> Seen::at(const Step* step) const {
  if (step == nullptr) return std::nullopt;
  const auto it = steps_at.find(name_of_step(*step));
  return it == steps_at.end() ? std::nullopt : std::optional(it->second);
}

std::string name_of_step(const Step& step) {
  const auto node = step.with.find("node");
  return node == step.with.end() ? step.action : step.action + " " + node->second;
}

std::vector<Check> judge(const Scenario& scenario, const Seen& seen) {
  return Judge(scenario, seen).all();
}

}  // namespace wardhive::demo
