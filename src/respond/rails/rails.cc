#include "respond/rails/rails.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "respond/evidence.h"

namespace wardhive::respond {
namespace {

constexpr Duration kKeyRest = hours(24 * 7);  // of a sentinel key, as the program has it (D7)

RailCheck never_touch(const Step& s, const Entity& subject) {
  auto why = s.network.never_touch(subject);
  if (!why.empty()) return {"never_touch", false, std::move(why)};
  return {
      "never_touch", true,
      fmt::format("{} is none of {} protected entries", subject.name, s.network.protected_count())};
}

RailCheck allow_list(const Step& s, const Entity& subject, const Score* score) {
  const auto entry = s.network.allow_listed(subject);
  if (!entry.empty())
    return {"allow_list", false, fmt::format("{} is vouched for by {}", subject.name, entry)};
  if (score != nullptr && score->allow_listed)
    return {"allow_list", false, fmt::format("{} is vouched for", subject.name)};
  return {"allow_list", true, fmt::format("nobody vouches for {}", subject.name)};
}

RailCheck learned_only(const Score* score) {
  const bool learned = score == nullptr || score->learned_only;
  return {"learned_only", !learned,
          learned ? "nothing but machine learning speaks against it"
                  : "more than machine learning speaks against it"};
}

RailCheck clock(const Step& s) {
  if (s.now >= s.state.clock_pause_until) return {"clock", true, "the clock runs evenly"};
  return {"clock", false,
          fmt::format("the clock jumped; no isolation for {} more",
                      format_duration(s.state.clock_pause_until - s.now))};
}

RailCheck vantages(Step& s, const Case& c) {
  const auto verdict = s.vantages().of(c.incident.subject.name, c.plan.kinds);
  const auto& rails = s.rails();
  auto says =
      fmt::format("{} of {} vantages speak against it; needed {} of at least {}", verdict.claiming,
                  verdict.looking, rails.vantages_agree, rails.vantages_min);
  if (!verdict.blind.empty())
    says += fmt::format("; not counted, for they cannot see most of their targets: {}",
                        fmt::join(verdict.blind, ", "));
  const bool enough =
      verdict.looking >= rails.vantages_min && verdict.claiming >= rails.vantages_agree;
  if (enough && !verdict.proven) says += "; but none of them sees any other node well";
  return {"vantages", enough && verdict.proven, std::move(says)};
}

// Once per class and step: a blocked class may have many cases to look at.
const ClassCount& count_class(Step& s, const std::string& node_class) {
  const auto [at, added] = s.class_counts.try_emplace(node_class);
  if (!added) return at->second;
  for (const auto& name : s.network.members(node_class)) {
    ++at->second.nodes;
    if (taken_out(s.state, name))
      at->second.taken_out.insert(name);
    else if (s.vantages().serving(name))
      at->second.serving.insert(name);
  }
  return at->second;
}

void capacity(Step& s, const Entity& subject, std::vector<RailCheck>& rails) {
  const auto* info = s.network.find(subject.name);
  if (info == nullptr) return;  // never_touch says so
  const auto& count = count_class(s, info->node_class);
  const auto cap = std::max<std::size_t>(s.rails().isolated_nodes_min_cap,
                                         count.nodes * s.rails().isolated_share_max_bps / 10'000);
  // A node that is out already, at the gateways, say, is not out twice.
  const auto out = count.taken_out.size() - (count.taken_out.contains(subject.name) ? 1 : 0);
  rails.push_back({"capacity", out < cap,
                   fmt::format("{} of at most {} of {} nodes of class \"{}\" are out of service",
                               out, cap, count.nodes, info->node_class)});
  const auto others = count.serving.size() - (count.serving.contains(subject.name) ? 1 : 0);
  rails.push_back(
      {"min_healthy", others >= s.rails().min_healthy,
       fmt::format("{} other nodes of class \"{}\" are healthy and in service; at least {} must be",
                   others, info->node_class, s.rails().min_healthy)});
}

RailCheck rate(const Step& s) {
  const auto recent = std::count_if(s.state.isolations.begin(), s.state.isolations.end(),
                                    [&](Instant at) { return s.now - at < minutes(1); });
  return {"rate", recent < s.rails().isolations_per_minute,
          fmt::format("{} of at most {} isolations in the last minute", recent,
                      s.rails().isolations_per_minute)};
}

RailCheck cycles(const Step& s, const Entity& subject) {
  const auto past = cycles_of(s, subject);
  return {"cycles", past < s.rails().cycles_per_node,
          fmt::format("contained {} of at most {} times in {}", past, s.rails().cycles_per_node,
                      format_duration(s.rails().cycles_window))};
}

// A second one would spend a second key, if there is one, on what the first did not solve.
RailCheck key_rest(const Step& s, const Entity& subject) {
  const auto past = s.state.pasts.find(subject.text());
  const auto at = past == s.state.pasts.end() ? Instant{} : past->second.quarantined_at;
  if (at == Instant{} || s.now - at >= kKeyRest)
    return {"key_rest", true, "not quarantined on the chain in the last seven days"};
  return {"key_rest", false,
          fmt::format("quarantined on the chain at {}, and once in seven days is what is done "
                      "without a person; guardians may do it again",
                      format_rfc3339(at))};
}

RailCheck families(const Score* score) {
  const auto families = score == nullptr ? 0 : score->families;
  const auto reporters = score == nullptr ? 0 : score->reporters;
  return {"families", families >= 2 && reporters >= 2,
          fmt::format("{} evidence families from {} reporters; isolation needs two of each",
                      families, reporters)};
}

RailCheck storm(const Step& s, const Entity& subject) {
  const auto* info = s.network.find(subject.name);
  const auto found = s.state.storms.find(info == nullptr ? std::string() : info->node_class);
  if (found == s.state.storms.end() || s.now >= found->second.until)
    return {"storm", true, "no storm in its class"};
  return {"storm", false,
          fmt::format("many nodes of its class fell ill at once; no isolation for {}",
                      format_duration(found->second.until - s.now))};
}

RailCheck actuator(const Case& c, const Agents& agents) {
  if (!agents.problem.empty()) return {"actuator", false, agents.problem};
  if (!c.refusal.empty())
    return {"actuator", false,
            fmt::format("refused by {}; once that is mended, wardhive decisions release {} asks "
                        "again",
                        c.refusal, c.decision.id.text())};
  return {"actuator", true, fmt::format("acts through {}", agents.scope)};
}

RailCheck room(const Step& s, const Agents& agents) {
  const auto held = s.by_action.size();
  return {"room", held + agents.names.size() <= limits::kEffectsMax,
          fmt::format("{} of at most {} effects held", held, limits::kEffectsMax)};
}

template <class Test>
bool any_case(const State& state, std::string_view node, Test test) {
  const auto prefix = "node/" + std::string(node) + " ";
  for (auto at = state.cases.lower_bound(prefix);
       at != state.cases.end() && at->first.starts_with(prefix); ++at)
    if (test(at->second)) return true;
  return false;
}

}  // namespace

std::vector<RailCheck> check_rails(Step& s, const Case& c, const Agents& agents) {
  const auto& subject = c.incident.subject;
  const auto* score = score_of(s.state, subject);
  std::vector<RailCheck> rails{never_touch(s, subject), allow_list(s, subject, score),
                               learned_only(score)};
  if (stops_node(c.plan.verb)) {
    rails.push_back(storm(s, subject));
    rails.push_back(clock(s));
    rails.push_back(vantages(s, c));
    capacity(s, subject, rails);
    rails.push_back(rate(s));
    rails.push_back(cycles(s, subject));
    if (c.plan.verb != Verb::DrainNode) rails.push_back(families(score));
    if (c.plan.verb == Verb::QuarantineNode) rails.push_back(key_rest(s, subject));
  } else {
    rails.push_back({"reporters", true, agents.reach});
  }
  rails.push_back(actuator(c, agents));
  rails.push_back(room(s, agents));
  return rails;
}

const RailCheck* blocking(const std::vector<RailCheck>& rails) {
  const auto found =
      std::find_if(rails.begin(), rails.end(), [](const RailCheck& rail) { return !rail.passed; });
  return found == rails.end() ? nullptr : &*found;
}

std::string protected_because(const Step& s, const Entity& subject) {
  for (const auto& rail : {never_touch(s, subject), allow_list(s, subject, nullptr)})
    if (!rail.passed) return rail.says;
  return {};
}

void count_isolation(Step& s, const Entity& subject) {
  std::erase_if(s.state.isolations, [&](Instant at) { return s.now - at >= minutes(1); });
  s.state.isolations.push_back(s.now);
  s.class_counts.clear();
  auto& contained = past_of(s, subject).contained;
  contained.push_back(s.now);
  if (contained.size() > s.rails().cycles_per_node) contained.erase(contained.begin());
}

std::uint32_t cycles_of(const Step& s, const Entity& subject) {
  const auto past = s.state.pasts.find(subject.text());
  if (past == s.state.pasts.end()) return 0;
  const auto& contained = past->second.contained;
  return static_cast<std::uint32_t>(
      std::count_if(contained.begin(), contained.end(),
                    [&](Instant at) { return s.now - at < s.rails().cycles_window; }));
}

bool taken_out(const State& state, std::string_view node) {
  return any_case(state, node, takes_out);
}

bool drained(const State& state, std::string_view node) {
  return any_case(state, node,
                  [](const Case& c) { return in_force(c) && takes_out_node(c.plan.verb); });
}

}  // namespace wardhive::respond
