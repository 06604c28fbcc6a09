#include "chain/history.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/check.h"
#include "chain/transaction.h"

namespace wardhive::chain {
namespace {

std::unexpected<Error> bad_answer(std::string_view method, std::string_view what) {
  return fault(ErrorCode::Unavailable, reason::kBadAnswer,
               fmt::format("the endpoint's answer to {} is not understood: {}", method, what));
}

Result<std::uint64_t> slot_of(const JsonValue& json, std::string_view method) {
  const auto* slot = json.find("slot");
  if (slot == nullptr || slot->type() != JsonValue::Type::Int)
    return bad_answer(method, "it has no slot");
  return static_cast<std::uint64_t>(slot->as_int());
}

// An endpoint that cuts the transaction off costs us who signed, not what it did.
void read_signers(const JsonValue& json, TransactionRecord& record) {
  const auto* encoded = json.find("transaction");
  if (encoded == nullptr || encoded->items().empty()) return;
  const auto bytes = from_base64(encoded->items()[0].as_string());
  if (!bytes) return;
  const auto transaction = decode_transaction(as_bytes(*bytes));
  if (!transaction) return;
  const auto& message = transaction->message;
  for (std::size_t i = 0; i < message.signers; ++i)
    (message.is_writable(i) ? record.writable_signers : record.readonly_signers)
        .push_back(message.keys[i]);
}

bool has_error(const JsonValue& json) {
  const auto* error = json.find("err");
  return error != nullptr && !error->is_null();
}

}  // namespace

Result<AccountsAt> accounts_at(const Rpc& rpc, std::span<const Pubkey> keys, std::size_t bytes_max,
                               std::uint64_t slot_min) {
  WARDHIVE_ASSERT(keys.size() <= kAccountsAtMax);
  constexpr std::string_view kMethod = "getMultipleAccounts";
  std::vector<std::string> texts;
  for (const auto& key : keys) texts.push_back(key.text());
  WARDHIVE_ASSIGN(
      const auto result,
      rpc.call(kMethod,
               fmt::format(R"([{},{{"encoding":"base64","commitment":"{}","minContextSlot":{},)"
                           R"("dataSlice":{{"offset":0,"length":{}}}}}])",
                           to_json(texts), name_of(rpc.config().commitment), slot_min, bytes_max)));
  const auto* context = result.find("context");
  const auto* value = result.find("value");
  if (context == nullptr || value == nullptr) return bad_answer(kMethod, "no context or value");
  AccountsAt at;
  WARDHIVE_ASSIGN(at.slot, slot_of(*context, kMethod));
  if (value->items().size() != keys.size())
    return bad_answer(kMethod, "another number of accounts than asked for");
  for (const auto& item : value->items()) {
    auto& account = at.accounts.emplace_back();
    if (item.is_null()) continue;
    WARDHIVE_ASSIGN(account, parse_account(item));
  }
  return at;
}

Result<std::vector<SignatureInfo>> signatures_for(const Rpc& rpc, const Pubkey& address,
                                                  const std::optional<Signature>& until,
                                                  const std::optional<Signature>& before,
                                                  std::size_t most) {
  constexpr std::string_view kMethod = "getSignaturesForAddress";
  auto options =
      fmt::format(R"("commitment":"{}","limit":{})", name_of(rpc.config().commitment), most);
  if (until) options += fmt::format(R"(,"until":"{}")", until->text());
  if (before) options += fmt::format(R"(,"before":"{}")", before->text());
  WARDHIVE_ASSIGN(const auto result,
                  rpc.call(kMethod, fmt::format(R"(["{}",{{{}}}])", address.text(), options)));
  if (result.type() != JsonValue::Type::Array) return bad_answer(kMethod, "it is no list");
  std::vector<SignatureInfo> found;
  for (const auto& item : result.items()) {
    auto& info = found.emplace_back();
    const auto signature = Signature::parse(item.string_or("signature", ""));
    if (!signature) return bad_answer(kMethod, signature.error().message);
    info.signature = *signature;
    WARDHIVE_ASSIGN(info.slot, slot_of(item, kMethod));
    info.failed = has_error(item);
  }
  return found;
}

Result<std::optional<TransactionRecord>> transaction_record(const Rpc& rpc,
                                                            const Signature& signature) {
  constexpr std::string_view kMethod = "getTransaction";
  WARDHIVE_ASSIGN(
      const auto result,
      rpc.call(kMethod, fmt::format(R"(["{}",{{"encoding":"base64","commitment":"{}",)"
                                    R"("maxSupportedTransactionVersion":0}}])",
                                    signature.text(), name_of(rpc.config().commitment))));
  if (result.is_null()) return std::optional<TransactionRecord>();
  TransactionRecord record;
  WARDHIVE_ASSIGN(record.slot, slot_of(result, kMethod));
  if (const auto* time = result.find("blockTime");
      time != nullptr && time->type() == JsonValue::Type::Int)
    record.block_time_s = time->as_int();
  const auto* meta = result.find("meta");
  if (meta == nullptr) return bad_answer(kMethod, "it has no meta");
  record.failed = has_error(*meta);
  read_signers(result, record);
  if (const auto* logs = meta->find("logMessages"))
    for (const auto& line : logs->items()) record.logs.push_back(line.as_string());
  return std::optional(std::move(record));
}

}  // namespace wardhive::chain
