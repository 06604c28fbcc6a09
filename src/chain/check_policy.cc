// The policy as the check uses it, and the keys of a message.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "chain/check.h"

namespace wardhive::chain {
namespace {

constexpr Pubkey kTableProgram = pubkey_constant("AddressLookupTab1e1111111111111111111111111");
constexpr std::size_t kTableHead = 56;  // state tag, meta; then the addresses

Status read_keys(std::string_view name, const std::vector<std::string>& texts,
                 std::set<Pubkey>& keys) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto key = Pubkey::parse(texts[i]);
    if (!key)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("{}[{}] of the policy: {}", name, i, key.error().message));
    keys.insert(*key);
  }
  return ok();
}

Status read_key(std::string_view name, const std::string& text, Pubkey& key) {
  if (text.empty()) return ok();
  const auto read = Pubkey::parse(text);
  if (!read)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} of the policy: {}", name, read.error().message));
  key = *read;
  return ok();
}

Status read_allowances(const std::vector<std::string>& words, CheckPolicy& out) {
  for (const auto& word : words) {
    bool* what = word == "authority_change" ? &out.authority_change
                 : word == "durable_nonce"  ? &out.durable_nonce
                 : word == "upgrade"        ? &out.upgrade
                                            : nullptr;
    if (what == nullptr)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("allow of the policy holds \"{}\"; it may hold authority_change, "
                              "durable_nonce and upgrade",
                              word.substr(0, 80)));
    *what = true;
  }
  return ok();
}

}  // namespace

Result<CheckPolicy> check_policy(const SigningPolicy& policy) {
  CheckPolicy out{.limit = policy.limit, .window = policy.window};
  WARDHIVE_TRY(read_keys("ours", policy.ours, out.ours));
  if (out.ours.empty())
    return fail(ErrorCode::InvalidInput,
                "the policy guards nobody: name the keys whose money it is in ours = [\"...\"]");
  WARDHIVE_TRY(read_keys("programs", policy.programs, out.programs));
  WARDHIVE_TRY(read_keys("destinations", policy.destinations, out.destinations));
  WARDHIVE_TRY(read_keys("unreadable_programs", policy.unreadable_programs, out.unreadable));
  WARDHIVE_TRY(read_keys("lookup_tables", policy.lookup_tables, out.tables));
  WARDHIVE_TRY(read_key("swarm_core", policy.swarm_core, out.own.swarm_core));
  WARDHIVE_TRY(read_key("swarm_anchor", policy.swarm_anchor, out.own.swarm_anchor));
  WARDHIVE_TRY(read_allowances(policy.allow, out));
  for (const auto& text : policy.upgrade_sha256) {
    Hash256 hash;
    WARDHIVE_TRY(from_hex(text, hash));
    out.code_sha256.insert(to_hex(hash));
  }
  for (const auto& token : policy.token) {
    Pubkey mint;
    WARDHIVE_TRY(read_key("token.mint", token.mint, mint));
    if (mint == Pubkey{} || !out.tokens.emplace(mint, token).second)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("token.mint of the policy is \"{}\"; each [[token]] needs one of its "
                              "own",
                              token.mint));
  }
  return out;
}

Result<std::vector<Pubkey>> resolve_keys(const Message& message,
                                         const std::map<Pubkey, Account>& tables) {
  auto keys = message.keys;
  for (const bool writable : {true, false}) {
    for (const auto& lookup : message.lookups) {
      const auto found = tables.find(lookup.table);
      std::uint32_t tag = 0;
      if (found != tables.end() && found->second.data.size() >= kTableHead)
        std::memcpy(&tag, found->second.data.data(), sizeof tag);
      if (tag != 1 || found->second.owner != kTableProgram)
        return fail(ErrorCode::InvalidInput,
                    fmt::format("{} is no lookup table", lookup.table.text()));
      const auto& data = found->second.data;
      for (const std::size_t index : writable ? lookup.writable : lookup.readonly) {
        const auto at = kTableHead + 32 * index;
        if (at + 32 > data.size())
          return fail(ErrorCode::InvalidInput, fmt::format("the lookup table {} has no entry {}",
                                                           lookup.table.text(), index));
        Pubkey key;
        std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(at), 32, key.bytes.begin());
        keys.push_back(key);
      }
    }
  }
  return keys;
}

std::vector<Pubkey> writable_keys(const Message& message, const std::vector<Pubkey>& keys) {
  std::size_t looked_up = 0;
  for (const auto& lookup : message.lookups) looked_up += lookup.writable.size();
  std::vector<Pubkey> found;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool writable =
        i < message.keys.size() ? message.is_writable(i) : i < message.keys.size() + looked_up;
    if (writable && std::ranges::find(found, keys[i]) == found.end()) found.push_back(keys[i]);
  }
  return found;
}

}  // namespace wardhive::chain
