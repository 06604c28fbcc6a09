// chain check-tx: a transaction judged before a key signs it (chain/check.h).
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>

#include "app/cli/chain/chain.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "chain/check.h"

namespace wardhive::cli_chain {
namespace {

constexpr std::size_t kTextMax = 16'384;  // base64 of far more than a transaction
constexpr std::size_t kPolicyBytesMax = 1024 * 1024, kHistoryBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kWatchedMax = 64;  // accounts that an endpoint shows after a simulation

struct CheckState {
  ChainOptions options;
  std::string transaction, policy, state;
  bool message = false, dry_run = false;
};

Result<std::string> text_of(const std::string& given) {
  std::string text = given;
  if (given == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
    if (text.size() > kTextMax)
      return fail(ErrorCode::LimitReached, "standard input holds more than a transaction");
  } else if (given.starts_with('@')) {
    WARDHIVE_ASSIGN(text, read_file(given.substr(1), kTextMax));
  }
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  return text;
}

Result<chain::Message> message_of(const CheckState& state) {
  WARDHIVE_ASSIGN(const auto text, text_of(state.transaction));
  const auto bytes = from_base64(text);
  if (!bytes)
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("the transaction is no base64 ({} characters: {}); give the text, @FILE "
                    "or - for standard input",
                    text.size(), bytes.error().message));
  if (state.message) return chain::decode_message(as_bytes(*bytes));
  WARDHIVE_ASSIGN(auto transaction, chain::decode_transaction(as_bytes(*bytes)));
  return std::move(transaction.message);
}

Result<std::map<chain::Pubkey, chain::Account>> tables_of(const chain::Rpc& rpc,
                                                          const chain::Message& message) {
  std::vector<chain::Pubkey> wanted;
  for (const auto& lookup : message.lookups) wanted.push_back(lookup.table);
  std::map<chain::Pubkey, chain::Account> tables;
  if (wanted.empty()) return tables;
  WARDHIVE_ASSIGN(const auto accounts, rpc.accounts(wanted));
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (accounts[i]) tables[wanted[i]] = *accounts[i];
  return tables;
}

// The transaction's own fault, as against the endpoint's or the network's.
bool it_would_fail(const Error& error) {
  using namespace chain::reason;
  return error.reason == kProgramError || error.reason == kTransactionRefused ||
         error.reason == kPayerUnfunded || error.reason == kBlockhashExpired;
}

Result<chain::CheckReport> examine(const CheckState& state, const chain::CheckPolicy& policy,
                                   const chain::Message& message) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto tables, tables_of(rpc, message));
  chain::CheckInput input{.message = message};
  auto keys = chain::resolve_keys(message, tables);
  if (!keys) {
    input.keys = message.keys;
    input.simulation_error = keys.error().message;
    return chain::check(input, policy);
  }
  input.keys = std::move(*keys);
  input.watched = chain::writable_keys(message, input.keys);
  if (input.watched.size() > kWatchedMax) {
    input.simulation_error = fmt::format("it may change {} accounts; endpoints show {}",
                                         input.watched.size(), kWatchedMax);
    return chain::check(input, policy);
  }
  WARDHIVE_ASSIGN(input.before, rpc.accounts(input.watched));
  auto after = rpc.simulate(chain::unsigned_transaction(message), input.watched);
  if (!after && !it_would_fail(after.error())) return std::unexpected(after.error());
  if (after)
    input.after = std::move(after->accounts);
  else
    input.simulation_error = after.error().message;
  return chain::check(input, policy);
}

// With the directory's lock held: two checks at once cannot both have the rest of a window.
Status count(const CheckState& state, const chain::CheckPolicy& policy,
             chain::CheckReport& report) {
  const auto directory = Path(state.state);
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  WARDHIVE_ASSIGN(const auto lock, DirectoryLock::acquire(directory));
  const auto file = directory / "check-tx.json";
  chain::CheckHistory history;
  const auto text = read_file(file, kHistoryBytesMax);
  if (text) {
    auto read = from_json<chain::CheckHistory>(*text);
    if (!read || read->schema_version != 1)
      return fail(ErrorCode::Corrupt,
                  fmt::format("{} is not what check-tx writes ({}); what was allowed before is "
                              "unknown, so nothing is: look at it, then move it away",
                              file.string(), read ? "another version" : read.error().message));
    history = std::move(*read);
  } else if (text.error().code != ErrorCode::NotFound) {
    return std::unexpected(text.error());
  }
  const auto known = history.spent.size();
  chain::check_window(policy, system_clock().wall(), history, report);
  if (state.dry_run || (!report.allowed() && history.spent.size() == known)) return ok();
  return write_file_atomically(file, to_json(history), 0600);
}

std::string money_text(const chain::CheckedMoney& money) {
  return money.asset == "SOL" ? format_amount(money.units, 9) + " SOL"
                              : fmt::format("{} units of the mint {}", money.units, money.asset);
}

std::string to_text(const chain::CheckReport& report) {
  auto text = fmt::format("message {}\n", report.message_hash);
  for (std::size_t i = 0; i < report.instructions.size(); ++i)
    text += fmt::format("{:>3}. {}: {}\n", i + 1, report.instructions[i].program,
                        report.instructions[i].says);
  for (const auto& change : report.changes) {
    text += fmt::format("{} {}{}\n", change.kind, change.account, change.ours ? " (ours)" : "");
    for (const auto& says : change.says) text += "     " + says + "\n";
  }
  for (const auto& money : report.leaves) text += "leaves: " + money_text(money) + "\n";
  for (const auto& money : report.comes) text += "comes: " + money_text(money) + "\n";
  for (const auto& power : report.powers) text += "power: " + power + "\n";
  text += fmt::format("fee: at most {} SOL\n", format_amount(report.fee_lamports_max, 9));
  for (const auto& refusal : report.refusals)
    text += fmt::format("REFUSED ({}): {}\n", refusal.rule, refusal.says);
  return text + (report.allowed() ? "allowed: the policy has nothing against it"
                                  : "refused: do not sign it");
}

std::string to_json_text(const chain::CheckReport& report) {
  return fmt::format(
      R"({{"schema_version":1,"allowed":{},"message_hash":"{}","instructions":{},"changes":{},"leaves":{},"comes":{},)"
      R"("powers":{},"fee_lamports_max":{},"refusals":{}}})",
      report.allowed(), report.message_hash, to_json(report.instructions), to_json(report.changes),
      to_json(report.leaves), to_json(report.comes), to_json(report.powers),
      report.fee_lamports_max, to_json(report.refusals));
}

Result<chain::CheckReport> judge(const CheckState& state) {
  WARDHIVE_ASSIGN(const auto toml, read_file(state.policy, kPolicyBytesMax));
  WARDHIVE_ASSIGN(const auto written, parse_signing_policy(toml, state.policy));
  const auto policy = chain::check_policy(written);
  if (!policy)
    return fail(policy.error().code, fmt::format("{}: {}", state.policy, policy.error().message));
  if (chain::needs_window(*policy) && state.state.empty())
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} limits what may leave over time: name with --state the directory "
                            "in which that is counted",
                            state.policy));
  WARDHIVE_ASSIGN(const auto message, message_of(state));
  WARDHIVE_ASSIGN(auto report, examine(state, *policy, message));
  if (!state.state.empty()) WARDHIVE_TRY(count(state, *policy, report));
  return report;
}

}  // namespace

void add_check_command(CLI::App& chain) {
  const auto state = std::make_shared<CheckState>();
  auto* command = chain.add_subcommand(
      "check-tx", "judge a transaction before a key signs it (exit 6: refused by the policy)");
  command
      ->add_option("TRANSACTION", state->transaction, "base64, @FILE that holds it, or - (stdin)")
      ->required();
  command->add_option("--policy", state->policy, "what is allowed (docs/reference/check-tx.md)")
      ->required();
  command->add_option("--state", state->state,
                      "directory of its own, where what was allowed is counted over time");
  command->add_flag("--message", state->message, "it is a message, without signatures");
  command->add_flag("--dry-run", state->dry_run, "count nothing");
  add_cluster(*command, state->options);
  on_chosen(*command, [state] {
    const auto report = judge(*state);
    if (!report) return wardhive::report(report.error(), state->options.json);
    print(state->options.json ? to_json_text(*report) : to_text(*report));
    return report->allowed() ? kExitOk : kExitCheckFailed;
  });
}

}  // namespace wardhive::cli_chain
