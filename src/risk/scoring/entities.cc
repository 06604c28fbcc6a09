#include "risk/scoring/entities.h"

#include <algorithm>

namespace wardhive::scoring {

Scored* Entities::find(const Entity& subject) {
  const auto found = table_.find(subject);
  return found == table_.end() ? nullptr : &found->second;
}
const Scored* Entities::find(const Entity& subject) const {
  const auto found = table_.find(subject);
  return found == table_.end() ? nullptr : &found->second;
}

Scored& Entities::insert(const Entity& subject, std::uint64_t& dropped) {
  if (table_.size() >= max_) {
    for (auto& rank : ranks_) {
      if (rank.empty()) continue;
      erase(rank.front());
      ++dropped;
      break;
    }
  }
  const auto entry = table_.try_emplace(subject).first;
  entry->second.subject = &entry->first;
  return entry->second;
}

void Entities::erase(Scored& scored) { table_.erase(table_.find(*scored.subject)); }

void Entities::rank(Scored& scored) {
  scored.rank_hook.unlink();
  scored.rank = scored.value;
  ranks_[scored.rank].push_back(scored);
}

void Entities::wake(Scored& scored, std::int64_t due_s) {
  scored.wheel_hook.unlink();
  scored.due_s = due_s;
  wheel_[static_cast<std::size_t>(due_s) % kWheel].push_back(scored);
}

void Entities::place(Scored& scored, std::int64_t due_s) {
  if (!scored.rank_hook.is_linked() || scored.rank != scored.value) rank(scored);
  if (!scored.wheel_hook.is_linked() || due_s < scored.due_s)
    wake(scored, std::max(due_s, looked_until_s_ + 1));
}

void Entities::restore(Scored& scored, std::int64_t due_s) {
  rank(scored);
  wake(scored, due_s);
}

std::vector<Scored*> Entities::due(std::int64_t now_s, std::size_t max) {
  std::vector<Scored*> found;
  // One round meets every spoke, so a longer gap needs no more.
  looked_until_s_ = std::max(looked_until_s_, now_s - static_cast<std::int64_t>(kWheel));
  while (looked_until_s_ < now_s && found.size() < max) {
    ++looked_until_s_;
    auto& spoke = wheel_[static_cast<std::size_t>(looked_until_s_) % kWheel];
    for (auto at = spoke.begin(); at != spoke.end();) {
      auto& scored = *at++;
      if (scored.due_s > looked_until_s_) continue;
      scored.wheel_hook.unlink();
      found.push_back(&scored);
    }
  }
  std::ranges::sort(found, {}, [](const Scored* s) { return *s->subject; });
  return found;
}

void Entities::for_ranked(const std::function<bool(const Scored&)>& visit) const {
  for (auto rank = ranks_.rbegin(); rank != ranks_.rend(); ++rank)
    for (const auto& scored : *rank)
      if (!visit(scored)) return;
}

}  // namespace wardhive::scoring
