// Who is calling, and may they? Tokens, one-time log-in codes, sessions, budgets. Knows no HTTP:
// the api hands it what a request said.
//
//   any thread. Secrets are kept as BLAKE2b-256 hashes only and compared in constant time.
//   bounds: 1,000 sessions, 100 open codes; the oldest give way
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "config/settings.h"
#include "guard/rate_limiter.h"

namespace wardhive {

// What a route demands: Public (health check, log-in, static files), Operator (people and their
// CLI), Agent (enrolled machines), Writer (senders of samples; no read rights).
enum class Access { Public, Operator, Agent, Writer };
WARDHIVE_NAMES(Access, "public", "operator", "agent", "writer")

struct Caller {
  std::string peer;           // address, or "unix"
  std::string bearer;         // of the Authorization header, without "Bearer "
  std::string session;        // of the cookie
  std::string host;           // Host header, without the port
  std::string origin;         // Origin header
  bool writes = false;        // the method changes something
  bool write_header = false;  // X-Wardhive is there: not sent by a foreign page's form
};

struct Identity {
  Access access = Access::Public;
  std::string name;  // token name (a session has that of who made its log-in code), or node
};

class Door {
 public:
  Door(const GuardSettings& settings, const Clock& clock);

  // Secrets arrive in clear and leave as hashes.
  void set_token(Access access, std::string_view name, std::string_view secret);
  void set_agent(std::string_view node, std::string_view token_hash);
  void remove_agent(std::string_view node);
  void allow_host(std::string_view host);  // localhost and loopback addresses always are

  // PermissionDenied: wrong Host, or credentials of another kind (403); Conflict stands for
  // "no credentials" (the api answers 401); LimitReached: budget.
  Result<Identity> admit(const Caller& caller, Access wanted);
  // Who it is, if the credentials fit; takes no budget and counts nothing.
  std::optional<Identity> known(const Caller& caller, Access wanted) const;
  // Budget of samples or records beyond the request itself.
  bool admit_samples(std::string_view peer, std::uint64_t count);
  bool admit_records(std::string_view node, std::uint64_t count);

  // For the URL fragment; 10 min, once. The session acts in the name of `by`.
  std::string make_login_code(std::string_view by);
  // The session's cookie value. PermissionDenied for a code that is wrong, used or too old.
  Result<std::string> open_session(std::string_view code);
  void close_session(std::string_view session);

  // One-time enrolment tokens: for one node, or for any ("" node); an hour, once.
  std::string make_enrolment_token(std::string_view node);
  // Uses it up. PermissionDenied if it is wrong, used, too old, or for another node.
  Status use_enrolment_token(std::string_view token, std::string_view node);

 private:
  struct Token {
    Access access = Access::Public;
    std::string name;
  };
  struct Temporary {
    MonoTime until;
    std::string name;  // whose session; which node's enrolment, "" for any
  };
  bool known_host(std::string_view host) const;
  void drop_old(std::map<std::string, Temporary, std::less<>>& table, std::size_t count_max);

  const Clock& clock_;
  RateLimiter requests_, samples_, records_;
  mutable std::mutex mutex_;
  std::map<std::string, Token, std::less<>> tokens_;  // by hash; guarded by mutex_, as all below
  std::map<std::string, std::string, std::less<>> agent_hashes_;  // node -> hash
  std::map<std::string, Temporary, std::less<>> codes_, sessions_, enrolments_;
  std::vector<std::string> hosts_;
};

std::string token_hash(std::string_view secret);

}  // namespace wardhive
