// Watches Solana: who holds which power over the accounts that matter, what the program recorded,
// and how well the network itself does.
//
//   AuthorityChanged  subject: the account. power, before, after, says (a sentence), kind, slot;
//                     agreed: the endpoints that said so, empty if it is the word of one. The
//                     accounts are `program` (its program data, configuration and key sets),
//                     `watch`, and the program data of every program among them. A durable nonce
//                     that one of `signers` may use is one too: subject the signer
//   ProgramEvent      subject: the program. name, sequence, seq, slot, signature, its fields, how
//   many
//                     slots `behind` the newest it was read, and who signed (writable_signers, the
//                     payer first; readonly_signers)
//   ProgramEventGap   subject: the program. sequence, first, last, why: numbers that are missing
//                     after the history was read again, five times
//   series            chain_endpoint_up, chain_slot_lag, chain_rpc_latency_seconds, each by
//                     `endpoint` (host:port); chain_slot, chain_skipped_slots_total,
//                     chain_confirmation_seconds (processed to confirmed, to within `interval`);
//                     chain_program_failed_total by `program`: transactions that named it and
//                     failed, those of before the first look left out; with `notices`
//                     chain_notices_open and chain_notices_total
//
//   time      polls every `interval`, at the confirmed level; a change is said at most two
//             intervals and three answers after it was confirmed
//   notices   with `chain.notices` it looks at once when an endpoint says that a watched account,
//   the
//             program or a signer did something; five times, then once a second beside the
//             interval. Nothing else hangs on them: without one it is as if there were none
//   first     look at an account says nothing: it is what later looks are compared with, kept in
//             `state`/chain-watch.json over restarts, so what changed while nobody looked is said
//   believed  with two or more endpoints a change must be said by two; an endpoint that is alone
//             with it is outvoted. If they only contradict one another, it is said, marked as one
//             endpoint's word
//   lost      nothing that was said is forgotten before `give` took it: what it refuses is said
//             again at the next pass
//   thread    owner's: make, start, stop. `give` is called on its own thread
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>

#include "base/clock.h"
#include "base/file.h"
#include "chain/pool.h"
#include "config/settings.h"
#include "model/record.h"
#include "model/sample.h"

namespace wardhive {

using ChainSaid = std::variant<SampleBatch, Event>;

struct ChainSourceOptions {
  ChainSettings settings = {};
  Path state = {};            // directory
  std::string observer = {};  // node
  // In place of HTTP, one per endpoint; for tests.
  std::vector<chain::Asker> askers = {};
};

class ChainSource {
 public:
  // False: it was not taken, say it again later.
  using Give = std::function<bool(ChainSaid)>;

  // InvalidInput for an address that is none; Corrupt if chain-watch.json is not ours (it says how
  // to go on). `clock` must outlive it.
  static Result<std::unique_ptr<ChainSource>> make(ChainSourceOptions options, const Clock& clock,
                                                   Give give);
  ~ChainSource();  // stop()

  void start();
  void stop();
  // One look at everything that is due; what the thread does every `interval`.
  void pass();

 private:
  class Impl;
  explicit ChainSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  bool hinted_ = false;    // guarded by mutex_
  std::thread thread_;
};

}  // namespace wardhive
