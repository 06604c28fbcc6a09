// What is known of the chain between two looks, and what is new about the next one. Pure; kept as
// JSON.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "chain/authority.h"
#include "chain/history.h"
#include "chain/swarm_text.h"
#include "model/record.h"

namespace wardhive {

// Numbers of one sequence that are missing between what was known and what came.
struct SequenceGap {
  std::string sequence;
  std::uint64_t first = 0, last = 0;
  bool cut = false;         // the runtime cut lines off where it was found
  std::uint32_t looks = 0;  // for what is missing, without finding it
};
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, SequenceGap>
void fields(Self& self, V& v) {
  v("sequence", self.sequence);
  v("first", self.first);
  v("last", self.last);
  v("cut", self.cut);
  v("looks", self.looks);
}

struct WatchBook {
  std::map<std::string, chain::Authorities> authorities;  // by account
  std::map<std::string, std::set<std::string>> nonces;    // seen so far, by signer
  std::map<std::string, std::uint64_t> sequences;         // highest seq, by sequence
  std::vector<SequenceGap> gaps;                          // neither filled nor said yet
  std::vector<std::string> signatures;  // of transactions that were read, newest last, bounded
  std::string program;                  // whose events the last two are about
  std::uint64_t slot = 0;               // of the newest look: nobody reads before it
  bool unsaved = false;                 // differs from the file in what matters; not in it

  // Version 1.
  std::string save() const;
  static Result<WatchBook> load(std::string_view json);

  bool has_read(const std::string& signature) const { return read_.contains(signature); }
  void mark_read(const std::string& signature);
  void index();  // after load

 private:
  std::set<std::string> read_;
};
inline constexpr std::size_t kSignaturesKept = 5'000;
inline constexpr std::size_t kSequencesMax = 100'000;

template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, WatchBook>
void fields(Self& self, V& v) {
  v("authorities", self.authorities);
  v("sequences", self.sequences);
  v("gaps", self.gaps);
  v("signatures", self.signatures);
  v("program", self.program);
  v("slot", self.slot);
}

// One event for each power that changed hands.
std::vector<Event> authority_events(const chain::Authorities& before,
                                    const chain::Authorities& after, const chain::Pubkey& account,
                                    std::uint64_t slot, std::string_view agreed);

// Notes the event's number. A gap if it is not the next one; one that was missing fills its place.
// A sequence that is met for the first time begins where it is met. `cut`: lines are missing in the
// transaction that had it.
void note_sequence(WatchBook& book, const chain::SwarmEvent& event, bool cut);

// `slot`: of the newest look, to say how late the event was read.
Event program_event(const chain::SwarmEvent& event, const chain::Pubkey& program,
                    const chain::Signature& signature, const chain::TransactionRecord& record,
                    std::uint64_t slot);

}  // namespace wardhive
