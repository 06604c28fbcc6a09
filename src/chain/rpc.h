// Asks a Solana RPC endpoint over HTTP. Standard JSON-RPC: a public cluster, a validator at home
// and `wardhive devchain` answer alike.
//
//   errors   Error::reason is one of chain/fault.h: 429 is `rate_limited`, an answer that is no
//            JSON-RPC is `bad_answer`; what the network does keeps net's own words
//   retries  429, 502, 503, 504 and a broken connection, `retries` times with a doubling pause (or
//            what Retry-After asks, at most 10 s); all methods may be repeated, a transaction
//            lands once
//   limit    answers of 64 MiB
//   thread   any; calls block
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chain/fault.h"
#include "net/client.h"

namespace wardhive::chain {

enum class Commitment { Processed, Confirmed, Finalized };
std::span<const std::string_view> enum_names(Commitment);

// What asking once gave.
struct RpcAttempt {
  Result<JsonValue> answer;
  JsonValue refusal = {};  // `data` of a JSON-RPC error that has some
  bool again = false;      // asking again may help
  Duration again_after{};  // and not before this has passed: what Retry-After says, else 0
};
// `params` is a JSON array.
using Asker = std::function<RpcAttempt(std::string_view method, const std::string& params)>;

struct RpcConfig {
  std::string url = {};
  Commitment commitment = Commitment::Confirmed;
  Duration timeout = seconds(30);  // one attempt
  unsigned retries = 4;
  ErrorNames error_names = {};               // of programs we know
  std::function<void(Duration)> pause = {};  // between attempts; sleeps if empty
  Asker ask = {};  // in place of HTTP to `url`, which is then only a name (chain/pool.h)
};

struct Account {
  Pubkey owner = {};
  std::uint64_t lamports = 0;
  bool executable = false;
  Bytes data = {};
};
struct KeyedAccount {
  Pubkey key = {};
  Account account = {};
};
struct Filter {  // of accounts: these bytes at this offset
  std::uint64_t offset = 0;
  Bytes bytes = {};
};
struct LatestBlockhash {
  Blockhash hash = {};
  std::uint64_t last_valid_height = 0;  // block height, not slot
};
struct Simulation {
  std::uint64_t units = 0;
  std::vector<std::string> logs = {};
  std::vector<std::optional<Account>> accounts = {};  // those asked for, as they would be
};
struct SignatureState {
  std::optional<Commitment> reached = {};
  std::optional<JsonValue> error = {};
};

class Rpc {
 public:
  explicit Rpc(RpcConfig config);

  // The `result` of any method. `params` is a JSON array.
  Result<JsonValue> call(std::string_view method, const std::string& params = "[]") const;
  // The same, asked once, whatever `retries` says.
  RpcAttempt attempt(std::string_view method, const std::string& params) const;

  Result<Blockhash> genesis_hash() const;
  Result<std::uint64_t> block_height() const;
  Result<std::uint64_t> block_height(Commitment at) const;
  Result<std::uint64_t> slot() const;
  Result<LatestBlockhash> latest_blockhash() const;
  // Micro-lamports a compute unit: the most that any of the last blocks, 150 at most, asked of
  // those who write these accounts (128 at most). Asked once: who wants to know is in a hurry.
  Result<std::uint64_t> recent_unit_price(std::span<const Pubkey> written) const;
  Result<std::uint64_t> balance(const Pubkey& key) const;  // lamports; 0 for what does not exist
  Result<std::optional<Account>> account(const Pubkey& key) const;
  Result<std::vector<std::optional<Account>>> accounts(std::span<const Pubkey> keys) const;
  Result<std::vector<KeyedAccount>> program_accounts(const Pubkey& program,
                                                     std::span<const Filter> filters) const;
  Result<std::uint64_t> rent_exempt_minimum(std::uint64_t bytes) const;
  Result<Signature> airdrop(const Pubkey& to, std::uint64_t lamports) const;

  // Runs it nowhere but in the endpoint's head; signatures are not looked at, the blockhash is
  // replaced. A transaction that would fail is an Error (transaction_error). Not by an endpoint
  // that has not reached `slot_min`.
  Result<Simulation> simulate(const Transaction& transaction, std::span<const Pubkey> accounts = {},
                              std::uint64_t slot_min = 0) const;
  // Hands it to the endpoint, which simulates it first unless `skip_preflight`.
  Result<Signature> send(const Transaction& transaction, bool skip_preflight = false) const;
  // Of all that the endpoint remembers, at whatever commitment.
  Result<SignatureState> signature_state(const Signature& signature) const;

  // Ends running calls and fails later ones (Unavailable): for shutdown.
  void cancel() const { client_->cancel(); }
  const RpcConfig& config() const { return config_; }
  void pause(Duration duration) const;

 private:
  Result<JsonValue> call_with(std::string_view method, const std::string& params,
                              JsonValue& refusal) const;

  RpcConfig config_;
  std::unique_ptr<net::HttpClient> client_;  // on the heap, so that an Rpc moves
};

// Reads answers; exposed for the fuzzer. InvalidInput (`bad_answer`) for what is no account.
Result<Account> parse_account(const JsonValue& json);
// The `result` of an answer to request 1, or its `error` in words (`refusal` becomes that
// error's data).
Result<JsonValue> parse_answer(std::string_view body, JsonValue* refusal = nullptr);

}  // namespace wardhive::chain
