#include "ingest/sources/chain/watch_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace wardhive {
namespace {

constexpr std::size_t kSaidTogether = 3;  // changes of one account, at one look

// As it stands in the file.
struct Kept {
  std::uint32_t version = 1;
  WatchBook book = {};
  std::map<std::string, std::vector<std::string>> nonces = {};
};
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, Kept>
void fields(Self& self, V& v) {
  v("version", self.version);
  v("book", self.book);
  v("nonces", self.nonces);
}

std::string texts(const std::vector<chain::Pubkey>& keys) {
  std::string all;
  for (const auto& key : keys) all += (all.empty() ? "" : ",") + key.text();
  return all;
}

// What is found in the middle of a gap leaves two.
void fill(std::vector<SequenceGap>& gaps, const std::string& sequence, std::uint64_t seq) {
  const auto gap = std::ranges::find_if(gaps, [&](const SequenceGap& g) {
    return g.sequence == sequence && g.first <= seq && seq <= g.last;
  });
  if (gap == gaps.end()) return;
  auto above = *gap;
  gap->last = seq - 1;
  above.first = seq + 1;
  if (gap->first > gap->last) gaps.erase(gap);
  if (above.first <= above.last) gaps.push_back(std::move(above));
}

}  // namespace

std::string WatchBook::save() const {
  Kept kept{.book = *this};
  for (const auto& [signer, found] : nonces) kept.nonces[signer].assign(found.begin(), found.end());
  return to_json(kept);
}

Result<WatchBook> WatchBook::load(std::string_view json) {
  WARDHIVE_ASSIGN(auto kept, from_json<Kept>(json));
  if (kept.version != 1)
    return fail(ErrorCode::Unsupported,
                fmt::format("it has version {}; this build reads 1", kept.version));
  for (const auto& [signer, found] : kept.nonces)
    kept.book.nonces[signer].insert(found.begin(), found.end());
  kept.book.index();
  return std::move(kept.book);
}

void WatchBook::index() {
  if (signatures.size() > kSignaturesKept)
    signatures.erase(signatures.begin(), signatures.end() - kSignaturesKept);
  read_ = {signatures.begin(), signatures.end()};
}

void WatchBook::mark_read(const std::string& signature) {
  if (!read_.insert(signature).second) return;
  unsaved = true;
  signatures.push_back(signature);
  // In large steps: each one moves the whole list.
  if (signatures.size() >= 2 * kSignaturesKept) index();
}

std::vector<Event> authority_events(const chain::Authorities& before,
                                    const chain::Authorities& after, const chain::Pubkey& account,
                                    std::uint64_t slot, std::string_view agreed) {
  std::vector<Event> events;
  const auto& kind = before.powers.empty() ? after.kind : before.kind;
  auto changes = chain::compare(before, after);
  // People are told by the first: who has come in matters more than who is out.
  std::ranges::sort(changes, {}, [](const auto& change) {
    return std::pair(change.before.empty() ? 0 : change.after.empty() ? 2 : 1, change.power);
  });
  for (const auto& change : changes) {
    auto& event = events.emplace_back();
    event.kind = EventKind::AuthorityChanged;
    event.subject = chain_account(account.text());
    event.attributes = {
        {"power", change.power},        {"before", change.before},
        {"after", change.after},        {"says", chain::describe(change, kind, account)},
        {"account_kind", kind},         {"slot", std::to_string(slot)},
        {"agreed", std::string(agreed)}};
  }
  std::string together;
  for (const auto& event : std::span(events).first(std::min(events.size(), kSaidTogether)))
    together += (together.empty() ? "" : "; ") + event.attributes.at("says");
  if (events.size() > kSaidTogether)
    together += fmt::format("; and {} changes more", events.size() - kSaidTogether);
  if (!events.empty()) events.front().attributes["says"] = std::move(together);
  return events;
}

void note_sequence(WatchBook& book, const chain::SwarmEvent& event, bool cut) {
  const auto name = event.sequence();
  const auto known = book.sequences.find(name);
  if (known == book.sequences.end()) {
    if (book.sequences.size() < kSequencesMax) book.sequences.emplace(name, event.seq);
    return;
  }
  const auto before = known->second;
  if (event.seq <= before) return fill(book.gaps, name, event.seq);
  known->second = event.seq;
  // Only a position records every change of it: the others are written without an event too.
  if (event.seq == before + 1 || !event.fields.contains("id")) return;
  book.gaps.push_back({name, before + 1, event.seq - 1, cut, 0});
}

Event program_event(const chain::SwarmEvent& event, const chain::Pubkey& program,
                    const chain::Signature& signature, const chain::TransactionRecord& record,
                    std::uint64_t slot) {
  Event out;
  out.kind = EventKind::ProgramEvent;
  out.subject = chain_account(program.text());
  for (const auto& [name, value] : event.fields) out.attributes["field." + name] = value;
  out.attributes["name"] = std::string(event.name);
  out.attributes["sequence"] = event.sequence();
  out.attributes["seq"] = std::to_string(event.seq);
  out.attributes["slot"] = std::to_string(event.slot);
  out.attributes["signature"] = signature.text();
  out.attributes["behind"] = std::to_string(slot > event.slot ? slot - event.slot : 0);
  out.attributes["writable_signers"] = texts(record.writable_signers);
  out.attributes["readonly_signers"] = texts(record.readonly_signers);
  return out;
}

}  // namespace wardhive
