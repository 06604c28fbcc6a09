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

struct WatchBook {
  std::map<std::string, chain::Authorities> authorities;  // by account
  std::map<std::string, std::set<std::string>> nonces;    // seen so far, by signer
  std::map<std::string, std::uint64_t> sequences;         // highest seq, by sequence
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
  v("signatures", self.signatures);
  v("program", self.program);
  v("slot", self.slot);
}

// One event for each power that changed hands.
std::vector<Event> authority_events(const chain::Authorities& before,
                                    const chain::Authorities& after, const chain::Pubkey& account,
                                    std::uint64_t slot, std::string_view agreed);

// Numbers of one sequence that are missing between what was known and what came.
struct SequenceGap {
  std::string sequence;
  std::uint64_t first = 0, last = 0;
};
// Notes the event's number; a gap if it is not the next one. What is not newer is no gap. A
// sequence that is met for the first time begins where it is met.
std::optional<SequenceGap> note_sequence(WatchBook& book, const chain::SwarmEvent& event);

// `slot`: of the newest look, to say how late the event was read.
Event program_event(const chain::SwarmEvent& event, const chain::Pubkey& program,
                    const chain::Signature& signature, const chain::TransactionRecord& record,
                    std::uint64_t slot);

}  // namespace wardhive
