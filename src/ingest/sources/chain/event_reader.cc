#include "ingest/sources/chain/event_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace wardhive {
namespace {

constexpr std::size_t kTransactionsPerPass = 100;
constexpr std::size_t kPagesMax = 5;  // of the history, when it is read again

}  // namespace

Result<std::vector<chain::SignatureInfo>> EventReader::unread(bool whole_history) {
  auto& book = desk_.book;
  std::optional<chain::Signature> until, before;
  if (!whole_history && !book.signatures.empty()) {
    WARDHIVE_ASSIGN(until, chain::Signature::parse(book.signatures.back()));
  }
  std::vector<chain::SignatureInfo> found;
  for (std::size_t page = 0; page < kPagesMax; ++page) {
    WARDHIVE_ASSIGN(auto more, chain::signatures_for(desk_.rpc, program_, until, before));
    const bool last = more.size() < chain::kSignaturesMax;
    if (!more.empty()) before = more.back().signature;
    for (auto& info : more)
      if (!book.has_read(info.signature.text())) found.push_back(info);
    if (last) break;
  }
  std::reverse(found.begin(), found.end());
  return found;
}

Status EventReader::read() {
  if (began_at_ == 0) began_at_ = desk_.book.slot;
  WARDHIVE_ASSIGN(const auto fresh, unread(false));
  std::vector<SequenceGap> gaps;
  bool cut = false;
  Status read;
  std::size_t asked = 0;
  for (const auto& info : fresh) {
    if (info.failed) {
      note_failed(info);
      continue;
    }
    if (asked++ == kTransactionsPerPass) break;
    if (read = read_transaction(info.signature, gaps, cut); !read) break;
  }
  if (!gaps.empty()) WARDHIVE_TRY(backfill(gaps, cut));
  return read;
}

// It changed nothing and has no event; that it was tried counts, but not from before we came.
void EventReader::note_failed(const chain::SignatureInfo& info) {
  if (info.slot >= began_at_) ++failed_;
  desk_.book.mark_read(info.signature.text());
}

Status EventReader::say_events(const chain::ProgramLogs& logs, const chain::Signature& signature,
                               const chain::TransactionRecord& record,
                               const std::function<void(const chain::SwarmEvent&)>& note) {
  for (const auto& event : logs.events) {
    if (!desk_.say(program_event(event, program_, signature, record, desk_.book.slot)))
      return not_taken();
    note(event);
  }
  desk_.book.mark_read(signature.text());
  return ok();
}

Status EventReader::read_transaction(const chain::Signature& signature,
                                     std::vector<SequenceGap>& gaps, bool& cut) {
  WARDHIVE_ASSIGN(const auto record, chain::transaction_record(desk_.rpc, signature));
  if (!record)
    return fail(ErrorCode::Unavailable,
                fmt::format("{} is listed but not known yet", signature.text()));
  const auto logs = chain::read_program_logs(record->logs, program_);
  cut = cut || logs.cut;
  return say_events(logs, signature, *record, [&](const chain::SwarmEvent& event) {
    if (auto gap = note_sequence(desk_.book, event)) gaps.push_back(*std::move(gap));
  });
}

// The list that we got was not whole, or lines were cut: once more, all of it.
Status EventReader::backfill(const std::vector<SequenceGap>& gaps, bool cut) {
  WARDHIVE_ASSIGN(const auto missed, unread(true));
  std::map<std::string, std::set<std::uint64_t>> late;
  for (const auto& info : missed) {
    if (info.failed) continue;
    WARDHIVE_ASSIGN(const auto record, chain::transaction_record(desk_.rpc, info.signature));
    if (!record) continue;
    WARDHIVE_TRY(say_events(chain::read_program_logs(record->logs, program_), info.signature,
                            *record, [&](const chain::SwarmEvent& event) {
                              late[event.sequence()].insert(event.seq);
                              (void)note_sequence(desk_.book, event);
                            }));
  }
  for (const auto& gap : gaps) {
    const auto& found = late[gap.sequence];
    auto first = gap.first, last = gap.last;
    while (first <= last && found.contains(first)) ++first;
    while (last > first && found.contains(last)) --last;
    if (first > last) continue;
    Event event;
    event.kind = EventKind::ProgramEventGap;
    event.subject = chain_account(program_.text());
    event.attributes = {{"sequence", gap.sequence},
                        {"first", std::to_string(first)},
                        {"last", std::to_string(last)},
                        {"why", cut ? "the runtime cut log lines off"
                                    : "no endpoint lists a transaction with them"}};
    (void)desk_.say(std::move(event));
  }
  return ok();
}

}  // namespace wardhive
