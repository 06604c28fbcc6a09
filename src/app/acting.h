// Signs and sends what people have ordered on the chain, each once in effect, over crashes, forks
// and endpoints that fail, and says how it went as receipts (chain/outbox.h has the rules).
//
//   in      proposals that are Ordered or Confirmed; what is known already changes nothing
//   out     Receipt{action = the order, agent = fleet}, at least once each:
//             Applied              on the chain, `detail` is the signature; a fork may take it back
//             Applied, verified    the same, final
//             Failed               a fork took it back; it is sent again by itself. Or, from
//                                  kNotSignedYet on: it waits to be signed for 5 s or more, and why
//             Refused              it had no effect and never will, and why
//   kept    nothing is sent that `Keep` has not made durable. The records belong to the journal:
//           with older ones than were kept last, what is out may be signed a second time
//   time    nothing is signed after `expires_at`, by the wall clock; what was signed before lands
//           within 150 blocks (a minute) or never
//   asks    one endpoint for the finalised height and then for the signature, as only an answer
//           from one view of the chain says that something can never land
//   thread  owner's: make, start, stop; any: take. `Keep` and `Say` are called on its own thread
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/acts.h"
#include "base/clock.h"
#include "chain/outbox.h"
#include "chain/pool.h"
#include "config/settings.h"
#include "model/record.h"

namespace wardhive {

class Acting {
 public:
  // Blocks until the records are durable. An error: asked again, with newer ones.
  using Keep = std::function<Status(const std::string& records_json)>;
  // Blocks until it is in the log. False: said again later.
  using Say = std::function<bool(Receipt)>;

  // `saved_records`: what Keep was given last, as far as it is durable. Corrupt or Unsupported if
  // they cannot be read; InvalidInput or PermissionDenied for an address or a key file that is not
  // fit. Asks the chain nothing. `clock` must outlive it; `askers` as in chain::EndpointPool.
  static Result<std::unique_ptr<Acting>> make(const ChainSettings& settings,
                                              const std::optional<std::string>& saved_records,
                                              Keep keep, Say say, const Clock& clock,
                                              std::vector<chain::Asker> askers = {});
  ~Acting();  // stop()

  // Any number of times; after a restart for each proposal that is still Ordered or Confirmed. An
  // earlier `expires_at` than before holds for what is not signed yet.
  void take(const Proposal& ordered);
  void start();
  void stop();
  // One step of what the thread does: asks a few questions, never waits for a block.
  void pass();

 private:
  Acting(Keep keep, Say say, const Clock& clock)
      : keep_(std::move(keep)), say_(std::move(say)), clock_(clock) {}
  void accept();
  void carry_out(const chain::outbox::Keep&);
  void carry_out(const chain::outbox::Sign& sign);
  void carry_out(const chain::outbox::Send& send);
  void carry_out(const chain::outbox::Ask& ask);
  void carry_out(const chain::outbox::Tell& tell);
  Result<OrderedAct> order_in(const chain::outbox::Sign& sign) const;
  void follow(const std::string& id, const std::string& landed);
  void not_signed(const std::string& id, const Error& why);
  void say_it_waits(const std::string& id, const std::string& why);
  bool stopping();

  const Keep keep_;
  const Say say_;
  const Clock& clock_;
  std::unique_ptr<chain::EndpointPool> pool_;
  std::optional<chain::Rpc> rpc_;
  std::optional<ActSigner> signer_;

  chain::Outbox outbox_{{.ask_every = seconds(1)}};
  std::vector<Proposal> waiting_;         // the outbox had no room for them
  std::map<std::string, Instant> until_;  // orders whose time was cut short: by order
  struct Wait {
    MonoTime since, said_at;
    std::string said;
  };
  std::map<std::string, Wait> waits_;  // not signed yet: by order
  bool keep_failed_ = false;
  MonoTime look_at_{};

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_, both
  std::vector<Proposal> inbox_;
  std::thread thread_;
};

}  // namespace wardhive
