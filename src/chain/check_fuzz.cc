// A message of any kind, accounts of any kind before and after it: judged without a fault, and
// never allowed when something is unreadable, could not be simulated, or leaves without leave.
//
//   input   message length (2 bytes), the message, then for each account that it may change: owner
//           (1), lamports (1), length (1), bytes
#include <array>

#include "base/check.h"
#include "chain/check.h"
#include "chain/programs.h"

namespace {

using namespace wardhive;
using namespace wardhive::chain;

constexpr std::array kOwners{programs::kSystem,
                             programs::kToken,
                             programs::kToken2022,
                             programs::kUpgradeableLoader,
                             pubkey_constant("Stake11111111111111111111111111111111111111"),
                             pubkey_constant("Vote111111111111111111111111111111111111111")};

std::optional<Account> take_account(std::span<const std::uint8_t>& bytes) {
  if (bytes.size() < 3) return std::nullopt;
  Account account{.owner = kOwners[bytes[0] % kOwners.size()], .lamports = bytes[1]};
  const auto length = std::min<std::size_t>(bytes[2], bytes.size() - 3);
  account.data.assign(bytes.begin() + 3, bytes.begin() + 3 + static_cast<std::ptrdiff_t>(length));
  bytes = bytes.subspan(3 + length);
  return account;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::uint8_t> bytes(data, size);
  if (size < 2) return 0;
  const auto length = std::min<std::size_t>(bytes[0] + 256u * bytes[1], size - 2);
  const auto message = decode_message(bytes.subspan(2, length));
  if (!message) return 0;
  bytes = bytes.subspan(2 + length);
  SigningPolicy written;
  written.ours = {message->keys[0].text()};
  for (const auto& owner : kOwners) written.programs.push_back(owner.text());
  written.swarm_core = kOwners.back().text();
  const auto policy = *check_policy(written);

  CheckInput input{.message = *message};
  const auto keys = resolve_keys(*message, {});
  input.keys = keys ? *keys : message->keys;
  input.watched = writable_keys(*message, input.keys);
  for (std::size_t i = 0; i < input.watched.size(); ++i) {
    input.before.push_back(take_account(bytes));
    input.after.push_back(take_account(bytes));
  }
  auto report = check(input, policy);
  WARDHIVE_ASSERT(report.instructions.size() == message->instructions.size());
  for (const auto& one : report.instructions) WARDHIVE_ASSERT(one.readable || !report.allowed());
  if (!message->lookups.empty()) WARDHIVE_ASSERT(!report.allowed());
  // The policy lets nothing leave.
  if (report.allowed()) WARDHIVE_ASSERT(report.leaves.empty());

  CheckHistory history;
  check_window(policy, Instant{}, history, report);
  WARDHIVE_ASSERT(history.spent.size() == (report.allowed() ? 1u : 0u));
  const auto kept = from_json<CheckHistory>(to_json(history));
  WARDHIVE_ASSERT(kept && to_json(*kept) == to_json(history));

  input.simulation_error = "failed";
  WARDHIVE_ASSERT(!check(input, policy).allowed());
  return 0;
}
