// Judges a transaction before a key signs it: what each instruction says, what the accounts were
// and would be, who gains money or power, and whether a policy (config/signing_policy.h) allows
// that. Pure: who calls it has decoded, simulated and read.
//
//   refused   everything that the policy does not allow, that cannot be read, or that could not be
//             simulated; `allowed` is an empty list of refusals and nothing else
//   money     is counted by who holds it: a token account by its owner, a stake account by who may
//             withdraw, code by who may close it, a wallet by itself. What is minted and does not
//             come to us has left
//   limit     a program may behave otherwise on the chain than in the simulation, and the chain may
//             have changed by then: `programs` is a list of those that one trusts not to. Powers
//             that other programs keep in their own accounts are not seen; their changed accounts
//             are refused unless `unreadable_programs` names the program
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chain/authority.h"
#include "chain/check_words.h"
#include "chain/transaction.h"
#include "config/signing_policy.h"

namespace wardhive::chain {

struct CheckPolicy {
  std::set<Pubkey> ours = {}, programs = {}, destinations = {}, unreadable = {}, tables = {};
  std::set<std::string> code_sha256 = {};
  bool authority_change = false, durable_nonce = false, upgrade = false;
  OurPrograms own = {};
  SigningLimits limit = {};
  SigningWindow window = {};
  std::map<Pubkey, SigningToken> tokens = {};  // by mint
};
// InvalidInput names the key of the policy that is no address, no hash or no such word.
Result<CheckPolicy> check_policy(const SigningPolicy& policy);

// The keys that instructions count: the message's, then those of its lookup tables (all writable
// ones first). InvalidInput for a table that is not given, is none, or is too short.
Result<std::vector<Pubkey>> resolve_keys(const Message& message,
                                         const std::map<Pubkey, Account>& tables);
std::vector<Pubkey> writable_keys(const Message& message, const std::vector<Pubkey>& keys);

struct CheckInput {
  const Message& message;
  std::vector<Pubkey> keys = {};                                // resolve_keys
  std::vector<Pubkey> watched = {};                             // writable_keys
  std::vector<std::optional<Account>> before = {}, after = {};  // of `watched`, whole
  std::string simulation_error = {};  // "": it ran, and `after` is how it would leave them
};

struct CheckedInstruction {
  std::string program = {}, says = {};
  bool readable = false;
};
struct CheckedChange {
  std::string account = {}, kind = {};
  bool ours = false;  // held by us before or afterwards
  std::vector<std::string> says = {};
};
struct CheckedMoney {
  std::string asset = {};  // "SOL" (in lamports), or a mint (in its units)
  std::uint64_t units = 0;
};
struct Refusal {
  std::string rule = {};  // stable: the names are in docs/reference/check-tx.md
  std::string says = {};
};
struct CheckReport {
  std::string message_hash = {};  // SHA-256 of the message, base58
  std::vector<CheckedInstruction> instructions = {};
  std::vector<CheckedChange> changes = {};
  std::vector<CheckedMoney> leaves = {}, comes = {};
  std::vector<std::string> powers = {};  // every change of who may do what
  std::uint64_t fee_lamports_max = 0;
  std::vector<Refusal> refusals = {};
  bool allowed() const { return refusals.empty(); }
};
CheckReport check(const CheckInput& input, const CheckPolicy& policy);

// What was allowed before, as the state file keeps it. One entry for each message.
struct CheckSpent {
  Instant at = {};
  std::string message_hash = {};
  std::vector<CheckedMoney> leaves = {};
};
struct CheckHistory {
  std::uint32_t schema_version = 1;
  std::vector<CheckSpent> spent = {};
};
// Adds the window's refusals to `report`; if none is left, adds it to `history`, from which what is
// older than the window is dropped. What is dated after `now` counts: a clock that was set back
// frees nothing. The same message again counts once. LimitReached as a refusal past
// kCheckHistoryMax.
inline constexpr std::size_t kCheckHistoryMax = 10'000;
void check_window(const CheckPolicy& policy, Instant now, CheckHistory& history,
                  CheckReport& report);
bool needs_window(const CheckPolicy& policy);

template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, CheckedInstruction>
void fields(Self& self, V& v) {
  v("program", self.program);
  v("says", self.says);
  v("readable", self.readable);
}
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, CheckedChange>
void fields(Self& self, V& v) {
  v("account", self.account);
  v("kind", self.kind);
  v("ours", self.ours);
  v("says", self.says);
}
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, CheckedMoney>
void fields(Self& self, V& v) {
  v("asset", self.asset);
  v("units", self.units);
}
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, Refusal>
void fields(Self& self, V& v) {
  v("rule", self.rule);
  v("says", self.says);
}
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, CheckSpent>
void fields(Self& self, V& v) {
  v("at", self.at);
  v("message_hash", self.message_hash);
  v("leaves", self.leaves);
}
template <class Self, class V>
  requires std::same_as<std::remove_const_t<Self>, CheckHistory>
void fields(Self& self, V& v) {
  v("schema_version", self.schema_version);
  v("spent", self.spent);
}

}  // namespace wardhive::chain
