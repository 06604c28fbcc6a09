// What watchers ask: accounts with the slot they are of, and what happened to an address. Any
// thread; calls block. Errors as Rpc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chain/rpc.h"

namespace wardhive::chain {

struct AccountsAt {
  std::uint64_t slot = 0;
  std::vector<std::optional<Account>> accounts = {};  // in the order of the keys
};
// At most 100 keys, each account's data cut at `bytes_max`. An endpoint that has not reached
// `slot_min` refuses (rpc_error), so that nobody reads the past after the present.
Result<AccountsAt> accounts_at(const Rpc& rpc, std::span<const Pubkey> keys, std::size_t bytes_max,
                               std::uint64_t slot_min);
inline constexpr std::size_t kAccountsAtMax = 100;

struct SignatureInfo {
  Signature signature = {};
  std::uint64_t slot = 0;
  bool failed = false;
};
inline constexpr std::size_t kSignaturesMax = 1'000;
// Transactions that name `address`, newest first, at most `most`: those after `until` and before
// `before`. An endpoint that does not know `until` gives all it has.
Result<std::vector<SignatureInfo>> signatures_for(const Rpc& rpc, const Pubkey& address,
                                                  const std::optional<Signature>& until,
                                                  const std::optional<Signature>& before,
                                                  std::size_t most = kSignaturesMax);

struct TransactionRecord {
  std::uint64_t slot = 0;
  std::optional<std::int64_t> block_time_s = {};
  bool failed = false;
  std::vector<std::string> logs = {};
  // Whose keys signed it, the payer first among the writable; empty if it cannot be read.
  std::vector<Pubkey> writable_signers = {}, readonly_signers = {};
};
// nullopt: not (or no longer) known at the commitment asked for.
Result<std::optional<TransactionRecord>> transaction_record(const Rpc& rpc,
                                                            const Signature& signature);

}  // namespace wardhive::chain
