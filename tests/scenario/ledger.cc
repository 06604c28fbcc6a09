#include "scenario/ledger.h"

#include <algorithm>

namespace wardhive::scenario {
namespace {

template <class Map, class Subject>
const typename Map::mapped_type* newest(const Map& map, const Entity& subject, Subject subject_of) {
  const typename Map::mapped_type* found = nullptr;
  for (const auto& [id, noun] : map)
    if (subject_of(noun) == subject) found = &noun;
  return found;
}

}  // namespace

void Ledger::take(const Committed& committed) {
  for (const auto& logged : committed.records)
    if (const auto* finding = std::get_if<Finding>(&logged.record)) findings.push_back(*finding);
  for (const auto& [offset, entry] : committed.journal) {
    journal += journal_kind(entry);
    journal += ' ';
    journal += encode_journal_entry(entry);
    journal += '\n';
    std::visit(
        [&](const auto& noun) {
          using T = std::decay_t<decltype(noun)>;
          if constexpr (std::is_same_v<T, Incident>)
            incidents[noun.id] = noun;
          else if constexpr (std::is_same_v<T, Decision>)
            decisions[noun.id] = noun;
          else if constexpr (std::is_same_v<T, Score>)
            scores[noun.subject] = noun;
          else if constexpr (std::is_same_v<T, Action>)
            actions.push_back(noun);
          else if constexpr (std::is_same_v<T, Notice>)
            notices.push_back(noun);
          else if constexpr (std::is_same_v<T, CommandResult>)
            results.push_back(noun);
        },
        entry);
  }
}

const Incident* Ledger::incident(const Entity& subject) const {
  return newest(incidents, subject, [](const Incident& i) { return i.subject; });
}

const Decision* Ledger::decision(const Entity& subject) const {
  return newest(decisions, subject, [](const Decision& d) { return d.target; });
}

bool Ledger::is(const Entity& subject, IncidentState state) const {
  const auto* found = incident(subject);
  return found != nullptr && found->state == state;
}

std::string Ledger::path(const Entity& subject) const {
  std::string path;
  const auto* found = incident(subject);
  if (found == nullptr) return path;
  std::string_view last;
  for (const auto& entry : found->timeline) {
    const auto name = name_of(entry.state);
    if (name == last) continue;
    path += (path.empty() ? "" : " ") + std::string(name);
    last = name;
  }
  return path;
}

const RailCheck* Ledger::failed_rail(const Entity& subject) const {
  const auto* found = decision(subject);
  if (found == nullptr) return nullptr;
  const auto rail =
      std::ranges::find_if(found->rails, [](const RailCheck& r) { return !r.passed; });
  return rail == found->rails.end() ? nullptr : &*rail;
}

std::size_t Ledger::pages() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(notices, [](const Notice& n) { return n.page; }));
}

bool Ledger::noticed(std::string_view part) const {
  return std::ranges::any_of(
      notices, [&](const Notice& n) { return n.text.find(part) != std::string::npos; });
}

std::vector<Action> Ledger::actions_about(std::string_view key) const {
  std::vector<Action> found;
  std::ranges::copy_if(actions, std::back_inserter(found),
                       [&](const Action& a) { return a.key == key; });
  return found;
}

}  // namespace wardhive::scenario
