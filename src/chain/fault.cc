#include "chain/fault.h"

#include <fmt/format.h>

#include <array>

namespace wardhive::chain {
namespace {

struct Known {
  std::string_view name;
  ErrorCode code;
  std::string_view reason;
  std::string_view sentence;
};

// Refusals of a whole transaction that people meet; `{}` is the payer.
constexpr std::array kKnown{
    Known{"BlockhashNotFound", ErrorCode::Timeout, reason::kBlockhashExpired,
          "its blockhash expired (or is of another cluster) before it was processed; nothing was "
          "changed, send it again"},
    Known{"AccountNotFound", ErrorCode::InvalidInput, reason::kPayerUnfunded,
          "the payer {} has no SOL on this cluster; fund it first (`wardhive chain airdrop 2` on a "
          "test cluster)"},
    Known{
        "InsufficientFundsForFee", ErrorCode::InvalidInput, reason::kPayerUnfunded,
        "the payer {} has too little SOL for the fee; fund it first (`wardhive chain airdrop 2` on "
        "a test cluster)"},
    Known{"InsufficientFundsForRent", ErrorCode::InvalidInput, reason::kPayerUnfunded,
          "an account would be left with less SOL than its rent; fund the payer {}"},
    Known{"AlreadyProcessed", ErrorCode::Conflict, reason::kTransactionRefused,
          "this very transaction was processed before"},
    Known{"SignatureFailure", ErrorCode::InvalidInput, reason::kTransactionRefused,
          "a signature does not fit the message"},
    Known{"ProgramAccountNotFound", ErrorCode::NotFound, reason::kTransactionRefused,
          "a program it calls is not on this cluster; check --program and --url"},
    Known{"AccountInUse", ErrorCode::Unavailable, reason::kTransactionRefused,
          "an account it writes is busy; send it again"},
};

// The last log line that a program wrote about its failure: "Program log: Error: ...".
std::string hint_of(const JsonValue* logs) {
  if (logs == nullptr) return "";
  for (auto line = logs->items().rbegin(); line != logs->items().rend(); ++line) {
    static constexpr std::string_view kPrefix = "Program log: ";
    const auto& text = line->as_string();
    if (text.starts_with(kPrefix))
      return fmt::format(" (it logged \"{}\")", text.substr(kPrefix.size()));
  }
  return "";
}

Error instruction_error(const JsonValue& pair, const Message& message, const ErrorNames& names,
                        const JsonValue* logs) {
  const auto index = pair.items().empty() ? -1 : pair.items()[0].as_int();
  std::string where = fmt::format("instruction {}", index);
  std::optional<Pubkey> program;
  if (index >= 0 && static_cast<std::size_t>(index) < message.instructions.size()) {
    program = message.keys[message.instructions[static_cast<std::size_t>(index)].program];
    where += " (program " + program->text() + ")";
  }
  std::string what = "failed";
  if (pair.items().size() > 1) {
    const auto& cause = pair.items()[1];
    const auto* custom = cause.find("Custom");
    if (custom != nullptr && custom->type() == JsonValue::Type::Int) {
      const auto number = static_cast<std::uint32_t>(custom->as_int());
      const auto known = program && names ? names(*program, number) : std::nullopt;
      what = known ? fmt::format("was refused: {} ({}): {}", known->name, number, known->sentence)
                   : fmt::format("was refused with its error {}{}", number, hint_of(logs));
    } else {
      what =
          fmt::format("was refused: {}{}",
                      cause.type() == JsonValue::Type::String ? cause.as_string() : to_json(cause),
                      hint_of(logs));
    }
  }
  return {ErrorCode::InvalidInput, fmt::format("{} {}; nothing was changed", where, what),
          std::string(reason::kProgramError)};
}

}  // namespace

std::unexpected<Error> fault(ErrorCode code, std::string_view reason, std::string message) {
  return std::unexpected(Error{code, std::move(message), std::string(reason)});
}

Error transaction_error(const JsonValue& error, const Message& message, const ErrorNames& names,
                        const JsonValue* logs) {
  if (const auto* pair = error.find("InstructionError"))
    return instruction_error(*pair, message, names, logs);
  const auto name = error.type() == JsonValue::Type::String ? error.as_string()
                    : error.members().empty()               ? "?"
                                                            : error.members().front().first;
  const auto payer = message.keys.empty() ? std::string("?") : message.keys.front().text();
  for (const auto& known : kKnown)
    if (known.name == name)
      return {known.code, fmt::format(fmt::runtime(known.sentence), payer),
              std::string(known.reason)};
  return {ErrorCode::InvalidInput,
          fmt::format("the transaction was refused: {}{}; nothing was changed", to_json(error),
                      hint_of(logs)),
          std::string(reason::kTransactionRefused)};
}

}  // namespace wardhive::chain
