// Hints that something has changed: accountSubscribe and logsSubscribe of Solana's websocket. What
// they say is neither believed nor kept: who hears one looks for itself.
//
//   lost     notices come late, twice, never, or are made up: who must see every change polls too
//   silence  slotSubscribe is the heartbeat: `idle_timeout` without a slot or a notice, and it is
//            over; so it is when all else was refused and another endpoint may have more to say
//   again    the next of `urls` after each failure, after a pause that doubles and is half random
//   limit    kNoticeKeysMax keys, accounts first; an endpoint may refuse some of them, which is
//            counted; what is left out waits for the poll
//   thread   owner's: make, start, stop, state. `heard` is called on its own thread
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "chain/pubkey.h"

namespace wardhive::chain {

inline constexpr std::size_t kNoticeKeysMax = 90;  // with the heartbeat below what endpoints allow

struct NoticesConfig {
  std::vector<std::string> urls = {};  // ws:// or wss://, the preferred one first
  std::vector<Pubkey> accounts = {};   // that change
  std::vector<Pubkey> mentioned = {};  // that transactions name, failed ones too
  Duration idle_timeout = seconds(15);
  Duration pause_min = seconds(1), pause_max = seconds(30);
};

enum class NoticeKind { Account, Logs, Slot, Subscribed, Refused, Other };
// What one message of the endpoint is; Other for what is no JSON, too.
NoticeKind notice_kind(std::string_view message);

struct NoticesState {
  bool open = false;          // subscribed, and it speaks
  std::string problem = {};   // why it is not, "" before the first attempt has ended
  std::uint64_t heard = 0;    // notices of accounts and logs, in all
  std::uint64_t refused = 0;  // subscriptions of this connection
};

class Notices {
 public:
  // Account or Logs. Must not block for long, nor call stop().
  using Heard = std::function<void(NoticeKind)>;

  // InvalidInput for a URL that is none.
  static Result<std::unique_ptr<Notices>> make(NoticesConfig config, Heard heard);
  ~Notices();  // stop()
  Notices(const Notices&) = delete;
  Notices& operator=(const Notices&) = delete;

  void start();
  void stop();
  NoticesState state() const;

 private:
  class Impl;
  explicit Notices(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wardhive::chain
