// Sends each action's transaction until it has taken effect once, over crashes, forks and endpoints
// that fail. Pure: events in, commands out; who drives it owns the chain and the store.
//
//   order     nothing is sent that was not kept first: each new set of signed bytes goes out only
//             after `kept` says that the records with it are durable
//   once      the same signed bytes are sent again until they can no longer land. They are signed
//             anew only when the *finalised* block height has passed their last valid one and a
//             search of the whole history, asked after that, does not find the signature: then no
//             fork can bring them back, and the new ones cannot be a second effect
//   fork      confirmed and then not there: sending again, the same bytes; told as Vanished
//   crash     records() before, restore() after: bytes that may be out are taken to be out
//   failed    on the chain: told when that is final, as a fork may undo a failure too. What cannot
//             be signed (a simulation refuses it) is told at once: nothing of it is out
//   again     the id of an action that is known, finished ones too, is refused (Conflict)
//   limit     `items_max` unfinished; kDoneRemembered finished ids
//   time      `now` never goes back
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace wardhive::chain {

struct OutboxConfig {
  Duration send_every = seconds(2);
  Duration ask_every = millis(500);
  Duration sign_again = seconds(2);  // after an attempt to sign that failed for the time being
  std::size_t items_max = 64;
};
inline constexpr std::size_t kDoneRemembered = 1'000;

enum class OutboxPhase {
  Signing,    // nothing of it is out
  Keeping,    // signed, not durable yet
  Sending,    // durable, may be out
  Confirmed,  // a fork may still take it back
  Finalized,
  Failed,
};
std::span<const std::string_view> enum_names(OutboxPhase);

struct OutboxItem {
  std::string id = {};       // of the action
  std::string payload = {};  // what to sign, in the words of who signs; opaque here
  OutboxPhase phase = OutboxPhase::Signing;
  std::uint32_t attempt = 0;     // signed so often
  std::string signature = {};    // base58
  std::string bytes = {};        // signed, base64
  std::uint64_t last_valid = 0;  // block height
  std::string detail = {};       // why it failed
};
struct OutboxRecords {
  std::uint32_t version = 1;
  std::vector<OutboxItem> items = {};  // unfinished, and finished that nobody was told of yet
  std::vector<std::string> done = {};  // ids, oldest first
};

template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, OutboxItem>
void fields(Self& self, V& v) {
  v("id", self.id);
  v("payload", self.payload);
  v("phase", self.phase);
  v("attempt", self.attempt);
  v("signature", self.signature);
  v("bytes", self.bytes);
  v("last_valid", self.last_valid);
  v("detail", self.detail);
}
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, OutboxRecords>
void fields(Self& self, V& v) {
  v("version", self.version);
  v("items", self.items);
  v("done", self.done);
}

// ---- What it asks for
namespace outbox {
struct Keep {};  // make records() durable, then kept()
struct Sign {
  std::string id, payload;
};  // with a fresh blockhash, then signed() or not_signed()
struct Send {
  std::string id, bytes;
};  // may fail; nobody needs to say so
// Finalised block height first, then the signature's state with the whole history, both from one
// endpoint; then seen(). An answer that is missing is simply not given.
struct Ask {
  std::string id, signature;
};
enum class Told { Confirmed, Finalized, Failed, Vanished };
struct Tell {
  std::string id, signature;
  Told what = Told::Confirmed;
  std::string detail;
};
}  // namespace outbox
using OutboxCommand =
    std::variant<outbox::Keep, outbox::Sign, outbox::Send, outbox::Ask, outbox::Tell>;

// The answer to Ask.
struct SignatureSeen {
  std::uint64_t final_height = 0;  // known before the search began
  enum class Where { Nowhere, Processed, Confirmed, Finalized } where = Where::Nowhere;
  bool failed = false;
  std::string detail = {};  // of the failure
};

class Outbox {
 public:
  explicit Outbox(OutboxConfig config = {}) : config_(config) {}
  // From the newest durable records; what may be out is sent on.
  void restore(OutboxRecords records, MonoTime now);
  OutboxRecords records() const;

  // Conflict for an id that is known, LimitReached when full.
  Status submit(std::string id, std::string payload, MonoTime now);
  // `attempt` as in records(): an answer to an older request changes nothing.
  void signed_as(const std::string& id, std::string signature, std::string bytes,
                 std::uint64_t last_valid, MonoTime now);
  void not_signed(const std::string& id, bool for_good, std::string detail, MonoTime now);
  // The records as of the last Keep are durable.
  void kept(MonoTime now);
  // They could not be made durable: asked again with the next step().
  void not_kept() {
    keep_wanted_ = true;
    keeping_.clear();
  }
  void seen(const std::string& id, const std::string& signature, const SignatureSeen& what,
            MonoTime now);
  // Whoever was told has it: a finished item may be forgotten (its id is remembered).
  void told(const std::string& id, outbox::Told what);

  // Everything that is due.
  std::vector<OutboxCommand> step(MonoTime now);

  const OutboxItem* find(const std::string& id) const;
  std::size_t unfinished() const;

 private:
  struct Live {
    OutboxItem item;
    MonoTime sign_at{}, send_at{}, ask_at{};
    bool signing = false;
    bool tell = false;  // `telling` was not acknowledged
    outbox::Told telling = outbox::Told::Confirmed;
  };
  void turn(Live& live, OutboxPhase phase);
  void finish(Live& live, OutboxPhase phase, outbox::Told what);
  void say(Live& live, outbox::Told what);

  OutboxConfig config_;
  std::map<std::string, Live> items_;
  std::deque<std::string> done_;
  bool keep_wanted_ = false;
  std::map<std::string, std::uint32_t> keeping_;  // attempts in the records of the last Keep
};

}  // namespace wardhive::chain
