// What the watch reads of a chain: accounts of any owner, log lines, notices. The first byte
// chooses.
#include "base/check.h"
#include "chain/authority.h"
#include "chain/notices.h"
#include "chain/programs.h"
#include "chain/swarm_text.h"

namespace {

using namespace wardhive;
using namespace wardhive::chain;

constexpr Pubkey kStake = pubkey_constant("Stake11111111111111111111111111111111111111");
constexpr Pubkey kSwarm = pubkey_constant("Vote111111111111111111111111111111111111111");

void read_account(const Pubkey& owner, std::span<const std::uint8_t> bytes) {
  const Account account{.owner = owner, .data = {bytes.begin(), bytes.end()}};
  const auto now = authorities_of(account, kSwarm);
  WARDHIVE_ASSERT(!now.kind.empty());
  WARDHIVE_ASSERT(compare(now, now).empty());
  const auto gone = authorities_of(std::nullopt, kSwarm);
  WARDHIVE_ASSERT(compare(now, gone).size() == now.powers.size() + 1);
  WARDHIVE_ASSERT(compare(gone, now).size() == now.powers.size() + 1);
  // Kept in a file between two runs: what is read back is the same.
  const auto kept = from_json<Authorities>(to_json(now));
  WARDHIVE_ASSERT(kept && *kept == now);
}

void read_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const auto logs = read_program_logs(lines, kSwarm);
  WARDHIVE_ASSERT(logs.events.size() + logs.unknown <= lines.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span bytes(data + 1, size - 1);
  switch (data[0]) {
    case 'l':
      read_lines({reinterpret_cast<const char*>(data) + 1, size - 1});
      break;
    case 'n':
      (void)notice_kind({reinterpret_cast<const char*>(data) + 1, size - 1});
      break;
    case 'p':
      read_account(programs::kUpgradeableLoader, bytes);
      break;
    case 's':
      read_account(kStake, bytes);
      break;
    case 't':
      read_account(programs::kToken2022, bytes);
      break;
    case 'c':
      read_account(kSwarm, bytes);
      break;
    default:
      read_account(programs::kSystem, bytes);
  }
  return 0;
}
