// Who is logged in on this machine over the network right now, and must not be cut off by a ban.
//
//   a log-in counts  when sshd's log or utmp says that it was let in, and its connection still
//                    stands in the kernel's table. A connection alone is nothing: every guesser has
//                    one until he is refused
//   and not          when the same address failed to log in within kDoubt before it: that may be a
//                    guess that hit
//   memory           the last kLoginsMax log-ins and kFailuresMax addresses that failed
//   thread           any
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "enforce/never_touch.h"
#include "model/record.h"

namespace wardhive {

class StandingLogins {
 public:
  static constexpr Duration kDoubt = minutes(10);
  static constexpr std::size_t kLoginsMax = 1'024;
  static constexpr std::size_t kFailuresMax = 10'000;

  // AuthSucceeded with the attribute "port", AuthFailed; everything else is passed over. Log-ins
  // of before this process too: read the end of the log first.
  void note(const Event& event);
  // Peers, each once. `utmp`: the bytes of the file; a session there has no port, so any connection
  // of its address is taken for it. `connections`: peers of established ones.
  std::vector<IpAddress> peers(const std::vector<TcpPeer>& connections,
                               std::string_view utmp) const;
  // The same, as this machine stands.
  std::vector<IpAddress> peers_now() const;

 private:
  struct Login {
    TcpPeer from;
    Instant at;
  };
  // Failures of one address, none further than kDoubt from the one before.
  struct Failures {
    Instant first, last;
  };
  bool doubted(const IpAddress& address, Instant at) const;

  mutable std::mutex mutex_;
  std::deque<Login> logins_;  // oldest first; a doubted one is never taken in
  std::map<IpAddress, Failures> failures_;
};

// Users' sessions that came over the network, of utmp's records; a last partial one is passed over.
struct UtmpLogin {
  IpAddress address;
  Instant at;
};
std::vector<UtmpLogin> logins_of_utmp(std::string_view utmp);

}  // namespace wardhive
