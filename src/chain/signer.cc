#include "chain/signer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "chain/base58.h"
#include "net/client.h"

namespace wardhive::chain {
namespace {

class LocalSigner final : public Signer {
 public:
  LocalSigner(std::vector<Keypair> keys, Keypair payer)
      : keys_(std::move(keys)), payer_(std::move(payer)) {}

  Result<SignerKeys> keys() override {
    SignerKeys known{.payer = payer_.pubkey(), .fee_lamports_max = UINT64_MAX};
    for (const auto& key : keys_) known.keys.push_back(key.pubkey());
    return known;
  }
  Result<std::vector<Signature>> sign(std::span<const std::uint8_t> message,
                                      std::span<const Pubkey> by) override {
    std::vector<Signature> signatures;
    for (const auto& key : by) {
      const auto found = std::ranges::find(keys_, key, &Keypair::pubkey);
      if (found == keys_.end() && key != payer_.pubkey())
        return fail(ErrorCode::InvalidInput, fmt::format("the key {} is not here", key.text()));
      signatures.push_back(found == keys_.end() ? payer_.sign(message) : found->sign(message));
    }
    return signatures;
  }

 private:
  const std::vector<Keypair> keys_;
  const Keypair payer_;
};

// The other end is chain/signer_door.h.
class SignerProcess final : public Signer {
 public:
  SignerProcess(Path socket, Duration timeout) : socket_(std::move(socket)), timeout_(timeout) {}

  Result<SignerKeys> keys() override {
    WARDHIVE_ASSIGN(const auto answer, ask(net::Method::Get, "/v1/keys", {}));
    SignerKeys known;
    WARDHIVE_ASSIGN(known.keys, all<Pubkey>(answer, "keys"));
    WARDHIVE_ASSIGN(known.payer, Pubkey::parse(answer.string_or("payer", "")));
    // One that says nothing signs none with a priority fee.
    const auto* fee = answer.find("fee_lamports_max");
    if (fee != nullptr && fee->type() == JsonValue::Type::Int)
      known.fee_lamports_max = static_cast<std::uint64_t>(std::max<std::int64_t>(0, fee->as_int()));
    return known;
  }
  Result<std::vector<Signature>> sign(std::span<const std::uint8_t> message,
                                      std::span<const Pubkey> by) override {
    std::vector<std::string> names;
    for (const auto& key : by) names.push_back(key.text());
    WARDHIVE_ASSIGN(const auto answer, ask(net::Method::Post, "/v1/sign",
                                           fmt::format(R"({{"message":"{}","by":{}}})",
                                                       to_base64(message), to_json(names))));
    WARDHIVE_ASSIGN(auto signatures, all<Signature>(answer, "signatures"));
    bool good = signatures.size() == by.size();
    for (std::size_t i = 0; good && i < by.size(); ++i)
      good = verify(by[i], message, signatures[i]);
    if (!good)
      return fail(ErrorCode::Unavailable,
                  fmt::format("the signer at {} gave signatures that are not of this message",
                              socket_.string()));
    return signatures;
  }

 private:
  template <class T>
  static Result<std::vector<T>> all(const JsonValue& answer, std::string_view name) {
    std::vector<T> found;
    const auto* list = answer.find(name);
    if (list == nullptr) return fail(ErrorCode::Unavailable, "the signer's answer is none");
    for (const auto& item : list->items()) {
      WARDHIVE_ASSIGN(auto value, T::parse(std::string(item.as_string())));
      found.push_back(std::move(value));
    }
    return found;
  }
  Result<JsonValue> ask(net::Method method, std::string_view path, std::string body) {
    net::ClientRequest request{.method = method,
                               .url = fmt::format("http://signer{}", path),
                               .body = std::move(body),
                               .timeout = timeout_,
                               .unix_path = socket_.string()};
    auto answer = client_.request(request);
    if (!answer)
      return fail(
          ErrorCode::Unavailable,
          fmt::format("the signer at {} does not answer ({}); is `wardhive signer` running?",
                      socket_.string(), answer.error().message));
    auto json = JsonValue::parse(answer->body);
    if (answer->status == 200 && json) return json;
    const auto* error = json ? json->find("error") : nullptr;
    return fail(answer->status == 403   ? ErrorCode::PermissionDenied
                : answer->status == 400 ? ErrorCode::InvalidInput
                                        : ErrorCode::Unavailable,
                fmt::format("the signer refuses: {}",
                            error == nullptr ? fmt::format("status {}", answer->status)
                                             : error->string_or("message", "no reason given")));
  }

  const Path socket_;
  const Duration timeout_;
  net::HttpClient client_;
};

}  // namespace

std::unique_ptr<Signer> make_local_signer(std::vector<Keypair> keys, Keypair payer) {
  return std::make_unique<LocalSigner>(std::move(keys), std::move(payer));
}
std::unique_ptr<Signer> make_signer_process(Path socket, Duration timeout) {
  return std::make_unique<SignerProcess>(std::move(socket), timeout);
}

Result<std::unique_ptr<Signer>> open_signer(const SignerFiles& files) {
  if (!files.socket.empty()) return make_signer_process(files.socket);
  std::vector<Keypair> sentinels;
  for (const auto& file : files.keys) {
    WARDHIVE_ASSIGN(auto key, Keypair::load(file));
    sentinels.push_back(std::move(key));
  }
  if (sentinels.empty())
    return fail(ErrorCode::InvalidInput,
                "what acts on the chain needs a sentinel's key file, or a signer: name them as "
                "chain.sentinel_keys or chain.signer");
  auto payer = sentinels.front();
  if (!files.payer.empty()) {
    WARDHIVE_ASSIGN(payer, Keypair::load(files.payer));
  }
  return make_local_signer(std::move(sentinels), std::move(payer));
}

Result<Transaction> sign(Message message, Signer& signer) {
  const auto bytes = encode(message);
  const std::span by(message.keys.data(), message.signers);
  Transaction transaction;
  WARDHIVE_ASSIGN(transaction.signatures, signer.sign(bytes, by));
  transaction.message = std::move(message);
  WARDHIVE_TRY(check_size(transaction));
  return transaction;
}

}  // namespace wardhive::chain
