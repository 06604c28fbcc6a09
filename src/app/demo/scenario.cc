#include "app/demo/scenario.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

namespace wardhive::demo {
namespace {

// action -> the arguments it needs and those it may have.
struct Grammar {
  std::vector<std::string> needs, may;
};
const std::map<std::string, Grammar>& grammar() {
  static const std::map<std::string, Grammar> all{
      {"start_client", {{}, {}}},
      {"start_neighbour", {{"node"}, {}}},
      {"start_attack", {{"node"}, {"rate"}}},
      {"break_job", {{"node"}, {"latency_ms", "error_percent", "health_fail"}}},
      {"mend_job", {{"node"}, {}}},
      {"lose_job", {{"node"}, {}}}};
  return all;
}

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  std::unexpected<Error> bad(const YAML::Node& at, std::string what) const {
    return fail(ErrorCode::InvalidInput, fmt::format("{}:{}: {}", file_, at.Mark().line + 1, what));
  }
  // A map's members by name, every key known and given once.
  Result<std::map<std::string, YAML::Node>> members(const YAML::Node& map,
                                                    const std::set<std::string>& known) const {
    if (!map.IsMap()) return bad(map, "expected `key: value` lines");
    std::map<std::string, YAML::Node> found;
    for (const auto& member : map) {
      const auto key = member.first.as<std::string>();
      if (!known.contains(key))
        return bad(member.first, fmt::format("unknown key `{}`; expected one of {}", key,
                                             fmt::join(known, ", ")));
      if (!found.emplace(key, member.second).second)
        return bad(member.first, fmt::format("key `{}` stands twice", key));
    }
    return found;
  }
  Result<Duration> duration(const YAML::Node& node) const {
    const auto parsed = parse_duration(node.as<std::string>());
    if (!parsed) return bad(node, parsed.error().message);
    return *parsed;
  }
  Result<Step> step(const YAML::Node& node) const {
    WARDHIVE_ASSIGN(const auto found, members(node, {"at", "from", "needs", "do", "with"}));
    for (const auto* key : {"at", "do"})
      if (!found.contains(key)) return bad(node, fmt::format("step has no `{}`", key));
    Step step;
    WARDHIVE_ASSIGN(step.at, duration(found.at("at")));
    if (const auto from = found.find("from"); from != found.end()) {
      WARDHIVE_TRY(word(from->second, "from", "restored"));
      step.since = Since::Restored;
    }
    if (const auto needs = found.find("needs"); needs != found.end()) {
      WARDHIVE_TRY(word(needs->second, "needs", "chain"));
      step.needs_chain = true;
    }
    step.action = found.at("do").as<std::string>();
    const auto known = grammar().find(step.action);
    if (known == grammar().end())
      return bad(found.at("do"), fmt::format("unknown action `{}`", step.action));
    std::set<std::string> arguments(known->second.needs.begin(), known->second.needs.end());
    arguments.insert(known->second.may.begin(), known->second.may.end());
    if (const auto with = found.find("with"); with != found.end()) {
      WARDHIVE_ASSIGN(const auto given, members(with->second, arguments));
      for (const auto& [key, value] : given) step.with[key] = value.as<std::string>();
    }
    for (const auto& needed : known->second.needs)
      if (!step.with.contains(needed))
        return bad(node, fmt::format("{} needs `with: {{{}: ...}}`", step.action, needed));
    return step;
  }

  // After the steps that were read before it, and able to come at all.
  Status follows(const YAML::Node& node, const Step& step, const Scenario& before) const {
    const auto wrong = [&](std::string_view what) -> Status {
      return bad(node, std::string(what));
    };
    if (step.since == Since::Restored &&
        (before.find("break_job") == nullptr || before.find("mend_job") == nullptr))
      return wrong("`from: restored` needs a break_job and a mend_job before it");
    if (step.action == "lose_job" && before.isolated_within <= Duration::zero())
      return wrong("lose_job needs the scenario's `isolated_within`");
    if (before.steps.empty()) return ok();
    const auto& last = before.steps.back();
    if (std::pair(step.since, step.at) < std::pair(last.since, last.at))
      return wrong("steps must stand in the order of their times");
    return ok();
  }

 private:
  Status word(const YAML::Node& node, std::string_view key, std::string_view only) const {
    const auto text = node.as<std::string>();
    if (text == only) return ok();
    return bad(node, fmt::format("`{}: {}`; only `{}` is known", key, text, only));
  }

  std::string_view file_;
};

Result<Scenario> read(std::string_view yaml, std::string_view file_name) {
  const Reader reader(file_name);
  const auto root = YAML::Load(std::string(yaml));
  WARDHIVE_ASSIGN(const auto found,
                  reader.members(root, {"scenario", "version", "contained_within",
                                        "restored_within", "isolated_within", "steps"}));
  for (const auto* key : {"scenario", "contained_within", "restored_within", "steps"})
    if (!found.contains(key)) return reader.bad(root, fmt::format("scenario has no `{}`", key));
  Scenario scenario;
  scenario.name = found.at("scenario").as<std::string>();
  if (found.contains("version")) scenario.version = found.at("version").as<int>();
  WARDHIVE_ASSIGN(scenario.contained_within, reader.duration(found.at("contained_within")));
  WARDHIVE_ASSIGN(scenario.restored_within, reader.duration(found.at("restored_within")));
  if (const auto isolated = found.find("isolated_within"); isolated != found.end()) {
    WARDHIVE_ASSIGN(scenario.isolated_within, reader.duration(isolated->second));
  }
  for (const auto& node : found.at("steps")) {
    WARDHIVE_ASSIGN(auto step, reader.step(node));
    WARDHIVE_TRY(reader.follows(node, step, scenario));
    scenario.steps.push_back(std::move(step));
  }
  return scenario;
}

}  // namespace

const Step* Scenario::find(std::string_view action) const {
  const auto it = std::ranges::find(steps, action, &Step::action);
  return it == steps.end() ? nullptr : &*it;
}

std::size_t Scenario::leave_chain_out() {
  return std::erase_if(steps, [](const Step& step) { return step.needs_chain; });
}

Result<Scenario> parse_scenario(std::string_view yaml, std::string_view file_name) {
  try {
    return read(yaml, file_name);
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::InvalidInput,
                fmt::format("{}:{}: {}", file_name, error.mark.line + 1, error.msg));
  }
}

}  // namespace wardhive::demo
