#include "ingest/sources/chain/event_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace wardhive {
namespace {

constexpr std::size_t kTransactionsPerPass = 100;
constexpr std::size_t kPagesMax = 5;     // of the history, when it is read again
constexpr std::size_t kGapsMax = 1'000;  // then nothing new is read until some are filled or said

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
  Status fresh;
  if (desk_.book.gaps.size() < kGapsMax) fresh = read_fresh();
  if (!desk_.book.gaps.empty()) WARDHIVE_TRY(fill_gaps());
  return fresh;
}

Status EventReader::read_fresh() {
  WARDHIVE_ASSIGN(const auto fresh, unread(false));
  std::size_t asked = 0;
  for (const auto& info : fresh) {
    if (info.failed) {
      note_failed(info);
      continue;
    }
    if (asked++ == kTransactionsPerPass) break;
    const auto read = read_transaction(info.signature);
    if (!read && !given_up(info.signature, read.error())) return read;
  }
  return ok();
}

// It changed nothing and has no event; that it was tried counts, but not from before we came.
void EventReader::note_failed(const chain::SignatureInfo& info) {
  if (info.slot >= began_at_) ++failed_;
  desk_.book.mark_read(info.signature.text());
}

Status EventReader::read_transaction(const chain::Signature& signature) {
  WARDHIVE_ASSIGN(const auto record, chain::transaction_record(desk_.rpc, signature));
  if (!record)
    return fail(ErrorCode::NotFound,
                fmt::format("{} is listed but not known yet", signature.text()));
  const auto logs = chain::read_program_logs(record->logs, program_);
  for (const auto& event : logs.events) {
    if (!desk_.say(program_event(event, program_, signature, *record, desk_.book.slot)))
      return not_taken();
    note_sequence(desk_.book, event, logs.cut);
  }
  desk_.book.mark_read(signature.text());
  return ok();
}

// A transaction that an endpoint lists and cannot show must not hide those behind it for ever: what
// it recorded is then missing in the numbers.
bool EventReader::given_up(const chain::Signature& signature, const Error& why) {
  if (why.code != ErrorCode::NotFound) return false;
  if (unknown_ != signature) looks_ = 0;
  unknown_ = signature;
  if (++looks_ < kGapLooks) return false;
  log::warn("chain_transaction_unknown", {{"signature", signature.text()}});
  desk_.book.mark_read(signature.text());
  return true;
}

// The list that we got was not whole, or lines were cut: once more, all of it.
Status EventReader::fill_gaps() {
  WARDHIVE_ASSIGN(const auto missed, unread(true));
  for (const auto& info : missed) {
    if (info.failed) continue;
    const auto read = read_transaction(info.signature);
    if (!read && read.error().code != ErrorCode::NotFound) return read;
  }
  auto& gaps = desk_.book.gaps;
  desk_.book.unsaved = true;
  for (auto gap = gaps.begin(); gap != gaps.end();) {
    // What the runtime cut off is nowhere.
    if (!gap->cut && ++gap->looks < kGapLooks) {
      ++gap;
      continue;
    }
    if (!say_gap(*gap)) return not_taken();
    gap = gaps.erase(gap);
  }
  return ok();
}

bool EventReader::say_gap(const SequenceGap& gap) {
  Event event;
  event.kind = EventKind::ProgramEventGap;
  event.subject = chain_account(program_.text());
  event.attributes = {{"sequence", gap.sequence},
                      {"first", std::to_string(gap.first)},
                      {"last", std::to_string(gap.last)},
                      {"why", gap.cut ? "the runtime cut log lines off"
                                      : "no endpoint lists a transaction with them"}};
  return desk_.say(std::move(event));
}

}  // namespace wardhive
