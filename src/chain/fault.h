// What goes wrong between us and a cluster, each cause with a name, a sentence and the next step.
// The name is Error::reason, so that callers tell causes apart without reading words.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "chain/transaction.h"

namespace wardhive::chain {

namespace reason {
inline constexpr std::string_view kRateLimited = "rate_limited";
inline constexpr std::string_view kBlockhashExpired = "blockhash_expired";
inline constexpr std::string_view kWrongCluster = "wrong_cluster";
inline constexpr std::string_view kPayerUnfunded = "payer_unfunded";
inline constexpr std::string_view kProgramError = "program_error";  // an instruction was refused
inline constexpr std::string_view kTransactionRefused = "transaction_refused";  // before any ran
inline constexpr std::string_view kBadAnswer = "bad_answer";  // the endpoint speaks no JSON-RPC
inline constexpr std::string_view kRpcError = "rpc_error";    // a JSON-RPC error of another kind
}  // namespace reason

std::unexpected<Error> fault(ErrorCode code, std::string_view reason, std::string message);

// What a program's own error number means; nullopt if it is not known.
struct ErrorText {
  std::string_view name;
  std::string_view sentence;
};
using ErrorNames = std::function<std::optional<ErrorText>(const Pubkey& program, std::uint32_t)>;

// A `TransactionError` as the RPC writes it ("BlockhashNotFound",
// {"InstructionError":[2,{"Custom":501}]}), in words. `message` says which program the failing
// instruction calls; its last log line is added where it helps.
Error transaction_error(const JsonValue& error, const Message& message, const ErrorNames& names,
                        const JsonValue* logs);

}  // namespace wardhive::chain
