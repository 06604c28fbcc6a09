// Posts checkpoints of the audit to swarm_anchor: every `chain.anchor_interval`, at the close of
// each incident, when persons have approved an act on the chain, and once at start (what closed
// while nobody looked).
//
//   leaf    i is the `hash` of audit record i + 1 (store.h): it stands for the record, its body
//           and all before it
//   truth   what the chain says. It is read before each checkpoint, so a restart neither repeats
//           one nor leaves one out; nothing of it is kept here
//   sent    the same signed bytes until they land or never can. Two that race do no harm: the
//           program takes only what extends its latest checkpoint
//   alarm   an audit that is shorter than the checkpoint, or has another root at its size: logged
//           as an error, told to `alarm`, counted; nothing is signed while it lasts, and it is
//           looked at again once an interval. One that could not be anchored for half an interval
//           more than one (15 min by default) is told as well: an intruder may be who prevents it
//   believes two endpoints that say the same, where there are several (chain/pool.h, agreed())
//   fails   a chain that does not answer: again after 2 s, doubled up to a minute; nobody waits
//   thread  owner's: make, start, stop. Reads the store on its own thread, once a second
//   memory  32 bytes a record of the audit
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "chain/anchor.h"
#include "chain/pool.h"
#include "chain/send.h"
#include "config/settings.h"
#include "store/store.h"

namespace wardhive {

class Anchoring {
 public:
  // "" when it is over. Called on the thread of its own.
  using Alarm = std::function<void(const std::string& text)>;

  // InvalidInput or PermissionDenied for an address or a key file that is not fit. `store` and
  // `clock` must outlive it. `askers` as in chain::EndpointPool.
  static Result<std::unique_ptr<Anchoring>> make(const ChainSettings& settings, const Store& store,
                                                 const Clock& clock, Alarm alarm,
                                                 std::vector<chain::Asker> askers = {});
  ~Anchoring();  // stop()

  void start();
  void stop();
  // One step of what the thread does: never waits for a block.
  void pass();

 private:
  struct InFlight {
    chain::Flight flight;
    std::uint64_t size = 0;
  };

  Anchoring(const ChainSettings& settings, const Store& store, const Clock& clock, Alarm alarm,
            chain::Keypair key, chain::Keypair payer)
      : interval_(settings.anchor_interval),
        fee_lamports_max_(settings.priority_fee_max),
        store_(store),
        clock_(clock),
        alarm_(std::move(alarm)),
        key_(std::move(key)),
        payer_(std::move(payer)),
        well_at_(clock.mono()) {}
  Status read_audit();
  Result<bool> calls_for_one(const AuditRecord& record) const;
  void look();
  void tell_if_overdue();
  void is_well();
  void end_alarm();
  Status follow();
  Status anchor();
  Status send(std::optional<chain::AnchoredCheckpoint> latest);
  void disagree(std::string text);
  void failed(const Error& error);

  const Duration interval_;
  const std::uint64_t fee_lamports_max_;
  const Store& store_;
  const Clock& clock_;
  const Alarm alarm_;
  const chain::Keypair key_, payer_;
  chain::AnchorLog log_;
  std::unique_ptr<chain::EndpointPool> pool_;
  std::optional<chain::Rpc> rpc_;

  chain::MerkleTree tree_;
  bool read_all_ = false;          // the audit that was there at start has been read
  std::uint64_t wanted_size_ = 0;  // as of the last close of an incident
  std::optional<InFlight> in_flight_;
  std::string problem_;  // of the alarm
  std::string last_failure_;
  bool overdue_ = false;  // that it says
  MonoTime due_{}, landed_at_{};
  MonoTime well_at_{};  // the audit was on the chain as far as it had to be
  unsigned failures_ = 0;
  unsigned not_included_ = 0;  // transactions in a row

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace wardhive
