// sshd's log lines as events: who tried to log in, from where, and whether it worked.
//
//   in      one line of syslog ("Dec 10 06:55:46 host sshd[24200]: ...") or with an RFC 3339 time;
//           programs sshd and sshd-session, nothing else
//   counts  one failed attempt once, though sshd writes of it up to four times: "Invalid user", the
//           first "Failed password for invalid user" after it in the same process, PAM's line and
//           the closing line are one attempt
//   forging what an attacker chose (the user name) never names the address: the address is taken
//           from the end of the message, where sshd puts it, and must be an IP address
//   gives   attributes user, service, line (cut to 512 bytes); of a success also port, the far
//   end's time    syslog has no year and no zone: see SyslogTime thread  one; remembers the last
//   1,024 sshd processes
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"
#include "model/record.h"

namespace wardhive {

struct SyslogTime {
  int year = 0;           // of the first line; 0: the one that puts a line closest before `now`
  Duration utc_offset{};  // of the host's local time
};

class SshdLogParser {
 public:
  SshdLogParser(Entity observer, SyslogTime time);

  // nullopt: a line that says nothing of log-ins. `now` is when it was read.
  std::optional<Event> parse(std::string_view line, Instant now);

 private:
  struct Session {
    bool counted = false;          // an attempt of this process was counted
    bool invalid_pending = false;  // "Invalid user" was; its "Failed password" is the same attempt
  };
  std::optional<Instant> read_time(std::string_view& line, Instant now);
  std::optional<Event> read_message(std::string_view message, Session& session);
  Session& session(std::uint32_t pid);

  const Entity observer_;
  SyslogTime time_;
  int last_month_ = 0;
  std::unordered_map<std::uint32_t, Session> sessions_;
  std::deque<std::uint32_t> order_;  // of sessions_, oldest first
};

}  // namespace wardhive
