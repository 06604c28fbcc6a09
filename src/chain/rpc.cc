#include "chain/rpc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>

#include "base/bytes.h"

namespace wardhive::chain {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kAccountsPerCall = 100;  // getMultipleAccounts' own limit

std::unexpected<Error> bad_answer(std::string_view what) {
  return fault(
      ErrorCode::Unavailable, reason::kBadAnswer,
      fmt::format("the endpoint's answer is not understood: {}; is --url a Solana RPC?", what));
}

Result<std::uint64_t> unsigned_of(const JsonValue& json, std::string_view what) {
  if (json.type() != JsonValue::Type::Int)
    return bad_answer(fmt::format("{} is no whole number", what));
  return static_cast<std::uint64_t>(json.as_int());
}

Result<std::uint64_t> unsigned_at(const JsonValue& json, std::string_view key) {
  const auto* found = json.find(key);
  if (found == nullptr) return bad_answer(fmt::format("it has no {}", key));
  return unsigned_of(*found, key);
}

// Most answers wrap their `value` with the slot they are of.
Result<JsonValue> value_of(const JsonValue& result) {
  const auto* value = result.find("value");
  if (value == nullptr) return bad_answer("it has no value");
  return *value;
}

template <class T>
Result<T> base58_of(const JsonValue& json) {
  if (json.type() != JsonValue::Type::String) return bad_answer("expected base58 text");
  auto parsed = T::parse(json.as_string());
  if (!parsed) return bad_answer(parsed.error().message);
  return parsed;
}

Result<std::optional<Account>> optional_account(const JsonValue& json) {
  if (json.is_null()) return std::optional<Account>();
  WARDHIVE_ASSIGN(auto account, parse_account(json));
  return std::optional(std::move(account));
}

// At most 10 s; 0 if it does not say.
Duration retry_after(const net::Response& response) {
  const auto header = response.headers.get("Retry-After");
  int wait_s = 0;
  if (!header ||
      std::from_chars(header->data(), header->data() + header->size(), wait_s).ec != std::errc())
    return Duration::zero();
  return seconds(std::clamp(wait_s, 0, 10));
}

std::string base64_of(const Transaction& transaction) { return to_base64(encode(transaction)); }

}  // namespace

std::span<const std::string_view> enum_names(Commitment) {
  static constexpr std::array<std::string_view, 3> kNames{"processed", "confirmed", "finalized"};
  return kNames;
}

Result<Account> parse_account(const JsonValue& json) {
  Account account;
  const auto* owner = json.find("owner");
  const auto* data = json.find("data");
  if (owner == nullptr || data == nullptr) return bad_answer("an account has no owner or data");
  WARDHIVE_ASSIGN(account.owner, base58_of<Pubkey>(*owner));
  WARDHIVE_ASSIGN(account.lamports, unsigned_at(json, "lamports"));
  const auto* executable = json.find("executable");
  account.executable = executable != nullptr && executable->as_bool();
  if (data->items().size() != 2 || data->items()[1].as_string() != "base64")
    return bad_answer("an account's data is not [text, \"base64\"]");
  const auto bytes = from_base64(data->items()[0].as_string());
  if (!bytes) return bad_answer("an account's data is not base64");
  account.data.assign(bytes->begin(), bytes->end());
  return account;
}

Result<JsonValue> parse_answer(std::string_view body, JsonValue* refusal) {
  const auto json = JsonValue::parse(body);
  if (!json) return bad_answer(json.error().message);
  const auto* error = json->find("error");
  if (error != nullptr && !error->is_null()) {
    const auto code = error->find("code");
    if (const auto* data = error->find("data"); data != nullptr && refusal != nullptr)
      *refusal = *data;
    return fault(
        ErrorCode::Unavailable, reason::kRpcError,
        fmt::format("the endpoint refused: {} (code {})", error->string_or("message", "no message"),
                    code == nullptr ? 0 : code->as_int()));
  }
  const auto* result = json->find("result");
  if (result == nullptr) return bad_answer("neither a result nor an error");
  return *result;
}

Rpc::Rpc(RpcConfig config)
    : config_(std::move(config)),
      client_(
          std::make_unique<net::HttpClient>(net::ClientConfig{.proxy_from_environment = true})) {}

void Rpc::pause(Duration duration) const {
  if (config_.pause)
    config_.pause(duration);
  else
    std::this_thread::sleep_for(duration);
}

Result<JsonValue> Rpc::call(std::string_view method, const std::string& params) const {
  JsonValue refusal;
  return call_with(method, params, refusal);
}

RpcAttempt Rpc::attempt(std::string_view method, const std::string& params) const {
  if (config_.ask) return config_.ask(method, params);
  net::ClientRequest request{.method = net::Method::Post, .url = config_.url};
  request.body =
      fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{}}})", method, params);
  request.headers = {{"Content-Type", "application/json"}};
  request.timeout = config_.timeout;
  request.body_bytes_max = kAnswerBytesMax;
  const auto response = client_->request(request);
  if (!response)
    return {.answer = std::unexpected(response.error()),
            .again = response.error().code == ErrorCode::Unavailable};
  const auto status = response->status;
  const bool again = status == 429 || status == 502 || status == 503 || status == 504;
  const auto again_after = again ? retry_after(*response) : Duration::zero();
  if (status == 429)
    return {.answer = fault(
                ErrorCode::LimitReached, reason::kRateLimited,
                fmt::format("{} limits how often it is asked (429 for {}, {} attempts); wait, or "
                            "use another endpoint with --url",
                            config_.url, method, config_.retries + 1)),
            .again = again,
            .again_after = again_after};
  // Some endpoints answer JSON-RPC errors with 4xx; their words say more than the status does.
  JsonValue refusal;
  auto answer = parse_answer(response->body, &refusal);
  if (status >= 400 && (answer || answer.error().reason == reason::kBadAnswer))
    answer =
        fail(status >= 500 ? ErrorCode::Unavailable : ErrorCode::InvalidInput,
             fmt::format("{} answered {} to {}; is it a Solana RPC?", config_.url, status, method));
  return {std::move(answer), std::move(refusal), again, again_after};
}

Result<JsonValue> Rpc::call_with(std::string_view method, const std::string& params,
                                 JsonValue& refusal) const {
  for (unsigned tried = 0;; ++tried) {
    auto once = attempt(method, params);
    if (once.answer || !once.again || tried >= config_.retries) {
      refusal = std::move(once.refusal);
      return std::move(once.answer);
    }
    pause(once.again_after > Duration::zero() ? once.again_after
                                              : millis(250) * (1 << std::min(tried, 5u)));
  }
}

Result<Blockhash> Rpc::genesis_hash() const {
  WARDHIVE_ASSIGN(const auto result, call("getGenesisHash"));
  return base58_of<Blockhash>(result);
}

Result<std::uint64_t> Rpc::block_height() const { return block_height(config_.commitment); }

Result<std::uint64_t> Rpc::block_height(Commitment at) const {
  WARDHIVE_ASSIGN(const auto result,
                  call("getBlockHeight", fmt::format(R"([{{"commitment":"{}"}}])", name_of(at))));
  return unsigned_of(result, "the block height");
}

Result<std::uint64_t> Rpc::slot() const {
  WARDHIVE_ASSIGN(const auto result, call("getSlot", fmt::format(R"([{{"commitment":"{}"}}])",
                                                                 name_of(config_.commitment))));
  return unsigned_of(result, "the slot");
}

Result<LatestBlockhash> Rpc::latest_blockhash() const {
  WARDHIVE_ASSIGN(const auto result,
                  call("getLatestBlockhash",
                       fmt::format(R"([{{"commitment":"{}"}}])", name_of(config_.commitment))));
  WARDHIVE_ASSIGN(const auto value, value_of(result));
  const auto* hash = value.find("blockhash");
  if (hash == nullptr) return bad_answer("it has no blockhash");
  LatestBlockhash latest;
  WARDHIVE_ASSIGN(latest.hash, base58_of<Blockhash>(*hash));
  WARDHIVE_ASSIGN(latest.last_valid_height, unsigned_at(value, "lastValidBlockHeight"));
  return latest;
}

Result<std::uint64_t> Rpc::recent_unit_price(std::span<const Pubkey> written) const {
  std::vector<std::string> keys;
  for (const auto& key : written) keys.push_back(key.text());
  auto asked = attempt("getRecentPrioritizationFees", fmt::format("[{}]", to_json(keys)));
  WARDHIVE_ASSIGN(const auto blocks, std::move(asked.answer));
  if (blocks.type() != JsonValue::Type::Array) return bad_answer("it is no list of blocks");
  std::uint64_t most = 0;
  for (const auto& block : blocks.items()) {
    WARDHIVE_ASSIGN(const auto price, unsigned_at(block, "prioritizationFee"));
    most = std::max(most, price);
  }
  return most;
}

Result<std::uint64_t> Rpc::balance(const Pubkey& key) const {
  WARDHIVE_ASSIGN(const auto result,
                  call("getBalance", fmt::format(R"(["{}",{{"commitment":"{}"}}])", key.text(),
                                                 name_of(config_.commitment))));
  return unsigned_at(result, "value");
}

Result<std::optional<Account>> Rpc::account(const Pubkey& key) const {
  WARDHIVE_ASSIGN(auto found, accounts({&key, 1}));
  return std::move(found.front());
}

Result<std::vector<std::optional<Account>>> Rpc::accounts(std::span<const Pubkey> keys) const {
  std::vector<std::optional<Account>> found;
  for (std::size_t from = 0; from < keys.size(); from += kAccountsPerCall) {
    const auto part = keys.subspan(from, std::min(kAccountsPerCall, keys.size() - from));
    std::vector<std::string> texts;
    for (const auto& key : part) texts.push_back(key.text());
    WARDHIVE_ASSIGN(
        const auto result,
        call("getMultipleAccounts", fmt::format(R"([{},{{"encoding":"base64","commitment":"{}"}}])",
                                                to_json(texts), name_of(config_.commitment))));
    WARDHIVE_ASSIGN(const auto value, value_of(result));
    if (value.items().size() != part.size())
      return bad_answer("another number of accounts than asked for");
    for (const auto& item : value.items()) {
      WARDHIVE_ASSIGN(auto account, optional_account(item));
      found.push_back(std::move(account));
    }
  }
  return found;
}

Result<std::vector<KeyedAccount>> Rpc::program_accounts(const Pubkey& program,
                                                        std::span<const Filter> filters) const {
  std::string wanted;
  for (const auto& filter : filters)
    wanted += fmt::format(R"({}{{"memcmp":{{"offset":{},"bytes":"{}","encoding":"base58"}}}})",
                          wanted.empty() ? "" : ",", filter.offset, base58_encode(filter.bytes));
  WARDHIVE_ASSIGN(
      const auto result,
      call("getProgramAccounts",
           fmt::format(R"(["{}",{{"encoding":"base64","commitment":"{}","filters":[{}]}}])",
                       program.text(), name_of(config_.commitment), wanted)));
  std::vector<KeyedAccount> found;
  for (const auto& item : result.items()) {
    const auto *key = item.find("pubkey"), *account = item.find("account");
    if (key == nullptr || account == nullptr) return bad_answer("an account without its key");
    auto& keyed = found.emplace_back();
    WARDHIVE_ASSIGN(keyed.key, base58_of<Pubkey>(*key));
    WARDHIVE_ASSIGN(keyed.account, parse_account(*account));
  }
  return found;
}

Result<std::uint64_t> Rpc::rent_exempt_minimum(std::uint64_t bytes) const {
  WARDHIVE_ASSIGN(const auto result,
                  call("getMinimumBalanceForRentExemption", fmt::format("[{}]", bytes)));
  return unsigned_of(result, "the rent");
}

Result<Signature> Rpc::airdrop(const Pubkey& to, std::uint64_t lamports) const {
  WARDHIVE_ASSIGN(const auto result,
                  call("requestAirdrop", fmt::format(R"(["{}",{}])", to.text(), lamports)));
  return base58_of<Signature>(result);
}

Result<Simulation> Rpc::simulate(const Transaction& transaction, std::span<const Pubkey> accounts,
                                 std::uint64_t slot_min) const {
  std::vector<std::string> texts;
  for (const auto& key : accounts) texts.push_back(key.text());
  auto wanted = texts.empty() ? std::string()
                              : fmt::format(R"(,"accounts":{{"encoding":"base64","addresses":{}}})",
                                            to_json(texts));
  if (slot_min > 0) wanted += fmt::format(R"(,"minContextSlot":{})", slot_min);
  WARDHIVE_ASSIGN(
      const auto result,
      call(
          "simulateTransaction",
          fmt::format(
              R"(["{}",{{"encoding":"base64","sigVerify":false,"replaceRecentBlockhash":true,"commitment":"{}"{}}}])",
              base64_of(transaction), name_of(config_.commitment), wanted)));
  WARDHIVE_ASSIGN(const auto value, value_of(result));
  const auto* logs = value.find("logs");
  if (const auto* error = value.find("err"); error != nullptr && !error->is_null())
    return std::unexpected(
        transaction_error(*error, transaction.message, config_.error_names, logs));
  Simulation simulation;
  WARDHIVE_ASSIGN(simulation.units, unsigned_at(value, "unitsConsumed"));
  if (logs != nullptr)
    for (const auto& line : logs->items()) simulation.logs.push_back(line.as_string());
  if (const auto* after = value.find("accounts"))
    for (const auto& item : after->items()) {
      WARDHIVE_ASSIGN(auto account, optional_account(item));
      simulation.accounts.push_back(std::move(account));
    }
  if (simulation.accounts.size() != accounts.size())
    return bad_answer("another number of accounts than asked for");
  return simulation;
}

Result<Signature> Rpc::send(const Transaction& transaction, bool skip_preflight) const {
  JsonValue refusal;
  const auto result = call_with(
      "sendTransaction",
      fmt::format(
          R"(["{}",{{"encoding":"base64","skipPreflight":{},"preflightCommitment":"{}","maxRetries":0}}])",
          base64_of(transaction), skip_preflight, name_of(config_.commitment)),
      refusal);
  if (!result) {
    // A failed preflight says why in `data`, as a simulation would.
    const auto* cause = refusal.find("err");
    if (cause == nullptr || cause->is_null()) return std::unexpected(result.error());
    return std::unexpected(
        transaction_error(*cause, transaction.message, config_.error_names, refusal.find("logs")));
  }
  return base58_of<Signature>(*result);
}

Result<SignatureState> Rpc::signature_state(const Signature& signature) const {
  WARDHIVE_ASSIGN(
      const auto result,
      call("getSignatureStatuses",
           fmt::format(R"([["{}"],{{"searchTransactionHistory":true}}])", signature.text())));
  WARDHIVE_ASSIGN(const auto value, value_of(result));
  if (value.items().size() != 1) return bad_answer("another number of signatures than asked for");
  const auto& status = value.items().front();
  SignatureState state;
  if (status.is_null()) return state;
  if (const auto* error = status.find("err"); error != nullptr && !error->is_null())
    state.error = *error;
  const auto reached =
      enum_from_name<Commitment>(status.string_or("confirmationStatus", "processed"));
  if (!reached) return bad_answer(reached.error().message);
  state.reached = *reached;
  return state;
}

}  // namespace wardhive::chain
