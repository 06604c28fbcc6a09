#include "chain/work.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <unordered_set>

#include "abi/bounds.h"
#include "base/check.h"
#include "core/rules/growth.h"
#include "core/rules/moment.h"

namespace wardhive::chain {
namespace {

std::unexpected<Error> wrong(std::size_t line, std::string_view why) {
  return fail(ErrorCode::InvalidInput,
              fmt::format("line {}: {}; expected {}", line, why, kWorkListHeader));
}

// Cuts the text before `end` off the front, and `end` itself.
std::string_view cut(std::string_view& text, char end) {
  const auto at = text.find(end);
  const auto front = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return front;
}

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

Result<WorkLeaf> parse_leaf(std::string_view line, std::size_t number) {
  if (std::ranges::count(line, ',') != 2) return wrong(number, "not three columns");
  WorkLeaf leaf;
  const auto position = Pubkey::parse(cut(line, ','));
  if (!position) return wrong(number, position.error().message);
  leaf.position = *position;
  if (!parse_number(cut(line, ','), leaf.position_id) || !parse_number(line, leaf.cumulative))
    return wrong(number, "a column is no whole number of 64 bits");
  return leaf;
}

template <class T>
void append(std::vector<std::uint8_t>& bytes, const T& value) {
  const auto at = bytes.size();
  bytes.resize(at + sizeof value);
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

// As work_leaf() in programs/core/rules/merkle.h.
Hash256 hash_of(const WorkLeaf& leaf, const Pubkey& config) {
  constexpr std::string_view kPrefix("\0WHWK1", 6);
  std::vector<std::uint8_t> bytes(kPrefix.begin(), kPrefix.end());
  append(bytes, config.bytes);
  append(bytes, leaf.position.bytes);
  append(bytes, leaf.position_id);
  append(bytes, leaf.cumulative);
  return sha256(bytes);
}

Hash256 hash_of(const Hash256& left, const Hash256& right) {
  std::array<std::uint8_t, 65> bytes{1};
  std::ranges::copy(left, bytes.begin() + 1);
  std::ranges::copy(right, bytes.begin() + 33);
  return sha256(bytes);
}

std::vector<Hash256> bottom_of(const WorkList& list, const Pubkey& config) {
  WARDHIVE_ASSERT(!list.leaves.empty());
  std::vector<Hash256> level;
  level.reserve(list.leaves.size());
  for (const auto& leaf : list.leaves) level.push_back(hash_of(leaf, config));
  return level;
}

// Pairs become their hash; the last one without a neighbour goes up as it is, which is RFC 9162's
// tree.
void go_up(std::vector<Hash256>& level) {
  std::size_t to = 0;
  for (std::size_t i = 0; i < level.size(); i += 2, ++to)
    level[to] = i + 1 < level.size() ? hash_of(level[i], level[i + 1]) : level[i];
  level.resize(to);
}

}  // namespace

std::optional<std::size_t> WorkList::find(const Pubkey& position, std::uint64_t position_id) const {
  const auto found = std::ranges::find_if(leaves, [&](const WorkLeaf& leaf) {
    return leaf.position == position && leaf.position_id == position_id;
  });
  if (found == leaves.end()) return std::nullopt;
  return static_cast<std::size_t>(found - leaves.begin());
}

Result<WorkList> parse_work_list(std::string_view text) {
  if (cut(text, '\n') != kWorkListHeader) return wrong(1, "not the header");
  WorkList list;
  std::unordered_set<std::string> seen;
  for (std::size_t number = 2; !text.empty(); ++number) {
    WARDHIVE_ASSIGN(const auto leaf, parse_leaf(cut(text, '\n'), number));
    if (!seen.insert(fmt::format("{} {}", leaf.position.text(), leaf.position_id)).second)
      return wrong(number, "this position stands in the list already");
    if (__builtin_add_overflow(list.total, leaf.cumulative, &list.total))
      return wrong(number, "the sum goes beyond 64 bits here");
    if (list.leaves.size() == swarm::kLeavesMax) return wrong(number, "more than 2^24 positions");
    list.leaves.push_back(leaf);
  }
  if (list.leaves.empty()) return wrong(2, "nobody is in the list");
  return list;
}

Hash256 work_root(const WorkList& list, const Pubkey& config) {
  auto level = bottom_of(list, config);
  while (level.size() > 1) go_up(level);
  return level.front();
}

std::vector<Hash256> work_proof(const WorkList& list, const Pubkey& config, std::size_t index) {
  WARDHIVE_ASSERT(index < list.leaves.size());
  std::vector<Hash256> proof;
  for (auto level = bottom_of(list, config); level.size() > 1; go_up(level), index /= 2)
    if (const auto beside = index ^ 1; beside < level.size()) proof.push_back(level[beside]);
  return proof;
}

bool pending_counts(const swarm::Work& work, const TrialClock& now) {
  return work.pending.n != 0 &&
         swarm::passed(work.active_at, work.active_slot, {now.seconds, now.slot});
}

const swarm::RootRecord& active_root(const swarm::Work& work, const TrialClock& now) {
  return pending_counts(work, now) ? work.pending : work.active;
}

std::uint64_t growth_left(const swarm::Work& work, std::uint64_t cap, const TrialClock& now) {
  auto settled = work;
  settled.active = active_root(work, now);
  if (settled.active.cum_total > work.funded) return 0;  // damage: the program lets no root do so
  return swarm::growth_max(settled, cap, swarm::epoch_of(now.seconds));
}

}  // namespace wardhive::chain
