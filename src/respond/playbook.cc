#include "respond/playbook.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include "base/bytes.h"
#include "base/json.h"
#include "base/limits.h"
#include "model/entity.h"

namespace wardhive {
namespace {

constexpr Duration kHoldMax = hours(1);
constexpr std::array<std::string_view, 4> kSeverities{"attack", "breach", "policy", "suspicious"};

// Where we are in which file, to say so in an error.
struct Place {
  std::string_view file;
  Status fail_at(const YAML::Mark& mark, std::string_view what) const {
    return fail(ErrorCode::InvalidInput,
                fmt::format("{}:{}: {}", file, std::max(mark.line, 0) + 1, what));
  }
};

struct Pair {
  std::string key;
  YAML::Node value;
};

// The pairs of a mapping, each key known and once. yaml-cpp keeps repeated keys, so we can see
// them.
Status read_map(const Place& place, const YAML::Node& map, std::string_view what,
                std::initializer_list<std::string_view> known, std::vector<Pair>& pairs) {
  if (!map.IsMap()) return place.fail_at(map.Mark(), fmt::format("{} must be a mapping", what));
  for (const auto& item : map) {
    if (!item.first.IsScalar())
      return place.fail_at(item.first.Mark(), fmt::format("{} has a key that is no word", what));
    const auto& key = item.first.Scalar();
    if (std::find(known.begin(), known.end(), key) == known.end())
      return place.fail_at(item.first.Mark(),
                           fmt::format("unknown key \"{}\" in {}; known: {}", key.substr(0, 100),
                                       what, fmt::join(known, ", ")));
    const auto same = [&](const Pair& pair) { return pair.key == key; };
    if (std::any_of(pairs.begin(), pairs.end(), same))
      return place.fail_at(item.first.Mark(),
                           fmt::format("key \"{}\" stands twice in {}", key, what));
    pairs.push_back({key, item.second});
  }
  return ok();
}

const YAML::Node* find(const std::vector<Pair>& pairs, std::string_view key) {
  for (const auto& pair : pairs)
    if (pair.key == key) return &pair.value;
  return nullptr;
}

Status need(const Place& place, const YAML::Node& map, std::string_view what,
            const std::vector<Pair>& pairs, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys)
    if (find(pairs, key) == nullptr)
      return place.fail_at(map.Mark(), fmt::format("{} has no key \"{}\"; add it", what, key));
  return ok();
}

Status read_text(const Place& place, const Pair& pair, std::string& text) {
  if (!pair.value.IsScalar() || pair.value.Scalar().empty())
    return place.fail_at(pair.value.Mark(), fmt::format("{} must be a word", pair.key));
  text = pair.value.Scalar();
  return ok();
}

Status read_number(const Place& place, const Pair& pair, std::uint32_t low, std::uint32_t high,
                   std::uint32_t& number) {
  std::string text;
  WARDHIVE_TRY(read_text(place, pair, text));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < low || number > high)
    return place.fail_at(pair.value.Mark(),
                         fmt::format("{} is {}; it must be a whole number of {} to {}", pair.key,
                                     text.substr(0, 100), low, high));
  return ok();
}

template <NamedEnum E>
Status read_enum(const Place& place, std::string_view key, const YAML::Node& value, E& e) {
  if (!value.IsScalar()) return place.fail_at(value.Mark(), fmt::format("{} must be a word", key));
  const auto parsed = enum_from_name<E>(value.Scalar().substr(0, 100));
  if (!parsed)
    return place.fail_at(value.Mark(), fmt::format("{}: {}", key, parsed.error().message));
  e = *parsed;
  return ok();
}

Status read_kinds(const Place& place, const YAML::Node& value, std::vector<FindingKind>& kinds) {
  const auto add = [&](const YAML::Node& item) -> Status {
    FindingKind kind{};
    WARDHIVE_TRY(read_enum(place, "kind", item, kind));
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
      return place.fail_at(item.Mark(), fmt::format("kind {} stands twice", name_of(kind)));
    kinds.push_back(kind);
    return ok();
  };
  if (!value.IsSequence()) return add(value);
  for (const auto& item : value) WARDHIVE_TRY(add(item));
  if (kinds.empty()) return place.fail_at(value.Mark(), "kind names no finding; name at least one");
  return ok();
}

Status read_trigger(const Place& place, const YAML::Node& map, Playbook& book) {
  std::vector<Pair> pairs;
  WARDHIVE_TRY(read_map(place, map, "trigger", {"kind", "min_score", "for"}, pairs));
  WARDHIVE_TRY(need(place, map, "trigger", pairs, {"kind"}));
  for (const auto& pair : pairs) {
    if (pair.key == "kind") WARDHIVE_TRY(read_kinds(place, pair.value, book.kinds));
    if (pair.key == "min_score") WARDHIVE_TRY(read_number(place, pair, 1, 100, book.score_min));
    if (pair.key != "for") continue;
    std::string text;
    WARDHIVE_TRY(read_text(place, pair, text));
    const auto hold = parse_duration(text);
    if (!hold || *hold < Duration::zero() || *hold > kHoldMax)
      return place.fail_at(pair.value.Mark(),
                           fmt::format("for is {}; it must be 0s to {}, e.g. 10s",
                                       text.substr(0, 100), format_duration(kHoldMax)));
    book.hold = *hold;
  }
  return ok();
}

Status read_step(const Place& place, const YAML::Node& map, PlaybookStep& step) {
  std::vector<Pair> pairs;
  WARDHIVE_TRY(read_map(place, map, "step", {"do", "on"}, pairs));
  WARDHIVE_TRY(need(place, map, "step", pairs, {"do"}));
  WARDHIVE_TRY(read_enum(place, "do", *find(pairs, "do"), step.verb));
  const auto* on = find(pairs, "on");
  if (on != nullptr) WARDHIVE_TRY(read_enum(place, "on", *on, step.on));

  const auto wrong = [&](std::string_view what) { return place.fail_at(map.Mark(), what); };
  if (step.verb == Verb::SetNodeShare)
    return wrong("set_node_share is no step: restoration does it by itself (recovery: staged)");
  if (step.verb == Verb::Notify)
    return on == nullptr ? ok() : wrong("notify acts on no agent; leave \"on\" out");
  if (on == nullptr) return wrong(fmt::format("{} needs \"on\"", name_of(step.verb)));
  if (step.verb == Verb::BanAddress)
    return step.on == PlaybookScope::Reporter || step.on == PlaybookScope::Fleet
               ? ok()
               : wrong("ban_address acts on: reporter or fleet");
  const auto only =
      step.verb == Verb::QuarantineNode ? PlaybookScope::Chain : PlaybookScope::Gateways;
  return step.on == only ? ok()
                         : wrong(fmt::format("{} acts on: {}", name_of(step.verb), name_of(only)));
}

Status read_steps(const Place& place, const YAML::Node& list, Playbook& book) {
  if (!list.IsSequence() || list.size() == 0)
    return place.fail_at(list.Mark(), "steps must be a list of at least one step");
  for (const auto& item : list) {
    PlaybookStep step;
    WARDHIVE_TRY(read_step(place, item, step));
    const bool contains = step.verb != Verb::Notify;
    for (const auto& other : book.steps)
      if (contains == (other.verb != Verb::Notify))
        return place.fail_at(item.Mark(),
                             contains
                                 ? "a second containing step; one incident is contained by one verb"
                                 : "notify stands twice");
    book.steps.push_back(step);
  }
  return ok();
}

// What a finding of this kind is about.
EntityKind subject_of(FindingKind kind) {
  if (kind == FindingKind::AuthFailureBurst) return EntityKind::Address;
  if (kind == FindingKind::ChainUnwell) return EntityKind::Fleet;
  const bool account = kind == FindingKind::AuthorityChanged || kind == FindingKind::ProgramBurst ||
                       kind == FindingKind::KeyOveruse;
  return account ? EntityKind::Account : EntityKind::Node;
}

std::string_view about(FindingKind kind) {
  switch (subject_of(kind)) {
    case EntityKind::Address:
      return "an address";
    case EntityKind::Account:
      return "an account on the chain";
    case EntityKind::Fleet:
      return "the network as a whole";
    default:
      return "a node";
  }
}

// The parts fit one another.
Status check_fit(const Place& place, const YAML::Node& map, const Playbook& book) {
  const auto wrong = [&](std::string_view what) { return place.fail_at(map.Mark(), what); };
  Verb verb = Verb::Notify;
  for (const auto& step : book.steps)
    if (step.verb != Verb::Notify) verb = step.verb;
  for (const auto kind : book.kinds) {
    if (verb == Verb::BanAddress && subject_of(kind) != EntityKind::Address)
      return wrong(fmt::format("ban_address needs a finding about an address; {} is about {}",
                               name_of(kind), about(kind)));
    if (verb != Verb::BanAddress && verb != Verb::Notify && subject_of(kind) != EntityKind::Node)
      return wrong(fmt::format("{} needs a finding about a node; {} is about {}", name_of(verb),
                               name_of(kind), about(kind)));
  }
  const bool drains = verb == Verb::DrainNode || verb == Verb::IsolateNode;
  if (book.recovery == Recovery::Staged && !drains)
    return wrong("recovery: staged needs a step drain_node or isolate_node");
  if (book.recovery == Recovery::Expire && drains)
    return wrong(fmt::format("{} needs recovery: staged, so that the node comes back in stages",
                             name_of(verb)));
  return ok();
}

Status read_playbook(const Place& place, const YAML::Node& map, Playbook& book) {
  std::vector<Pair> pairs;
  WARDHIVE_TRY(read_map(place, map, "playbook",
                        {"name", "version", "severity", "trigger", "steps", "recovery"}, pairs));
  WARDHIVE_TRY(need(place, map, "playbook", pairs,
                    {"name", "version", "severity", "trigger", "steps", "recovery"}));
  for (const auto& pair : pairs) {
    if (pair.key == "name") WARDHIVE_TRY(read_text(place, pair, book.name));
    if (pair.key == "version") WARDHIVE_TRY(read_number(place, pair, 1, 1'000'000, book.version));
    if (pair.key == "severity") WARDHIVE_TRY(read_text(place, pair, book.severity));
    if (pair.key == "trigger") WARDHIVE_TRY(read_trigger(place, pair.value, book));
    if (pair.key == "steps") WARDHIVE_TRY(read_steps(place, pair.value, book));
    if (pair.key == "recovery")
      WARDHIVE_TRY(read_enum(place, "recovery", pair.value, book.recovery));
  }
  if (!valid_node_name(book.name))
    return place.fail_at(find(pairs, "name")->Mark(),
                         "name must be 1 to 63 of letters, digits, dot, dash, underscore");
  if (std::find(kSeverities.begin(), kSeverities.end(), book.severity) == kSeverities.end())
    return place.fail_at(find(pairs, "severity")->Mark(),
                         fmt::format("severity \"{}\" is not one of {}",
                                     book.severity.substr(0, 100), fmt::join(kSeverities, ", ")));
  return check_fit(place, map, book);
}

// YAML::Load reads the first document and passes over what follows it; YAML::LoadAll does not
// return for some inputs ("," alone). So the first is read, and then nothing may be left.
bool more_than_one_document(const std::string& yaml) {
  struct Nobody final : YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
  } nobody;
  std::istringstream in(yaml);
  YAML::Parser parser(in);
  parser.HandleNextDocument(nobody);
  return static_cast<bool>(parser);
}

}  // namespace

Duration deadline_of(std::string_view severity) {
  if (severity == "attack") return seconds(30);
  if (severity == "breach") return minutes(1);
  if (severity == "policy") return minutes(5);
  return minutes(15);
}

Result<Playbook> parse_playbook(std::string_view yaml, std::string_view file_name) {
  if (yaml.size() > limits::kPlaybookBytesMax)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{}:1: {} bytes; a playbook has at most {}", file_name, yaml.size(),
                            limits::kPlaybookBytesMax));
  const Place place{file_name};
  Playbook book;
  book.digest = to_hex(sha256(as_bytes(yaml))).substr(0, 12);
  try {
    const std::string text(yaml);
    WARDHIVE_TRY(read_playbook(place, YAML::Load(text), book));
    if (more_than_one_document(text))
      return fail(ErrorCode::InvalidInput,
                  fmt::format("{}:1: more follows the first document; a file holds one playbook",
                              file_name));
  } catch (const YAML::Exception& e) {
    return fail(ErrorCode::InvalidInput,
                fmt::format("{}:{}: {}", file_name, std::max(e.mark.line, 0) + 1, e.msg));
  } catch (const std::exception& e) {
    return fail(ErrorCode::InvalidInput,
                fmt::format("{}:1: not readable as YAML: {}", file_name, e.what()));
  }
  return book;
}

}  // namespace wardhive
