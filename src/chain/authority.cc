#include "chain/authority.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "chain/programs.h"
#include "chain/swarm_text.h"

namespace wardhive::chain {
namespace {

constexpr Pubkey kStakeProgram = pubkey_constant("Stake11111111111111111111111111111111111111");
constexpr std::size_t kMultisigBytes = 355;
constexpr std::size_t kMultisigSigners = 11;
constexpr std::size_t kNonceBytes = 80;
constexpr std::size_t kExtensionsAt =
    166;  // of a Token-2022 account: the type of account, then TLV
constexpr std::size_t kAccountTypeAt = 165;
constexpr std::uint8_t kTypeMint = 1;
constexpr std::string_view kNobody = "nobody";

// Bytes by little-endian reads that never pass the end: `ok` tells.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  template <class T>
  T number(std::size_t at) {
    T value{};
    if (!has(at, sizeof value)) return value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }
  std::string key(std::size_t at) {
    if (!has(at, 32)) return std::string(kNobody);
    const auto bytes = bytes_.subspan(at, 32);
    // Token-2022 and the nonce write "none" as zeros, which is also the System program's address:
    // nobody can sign as that.
    if (std::ranges::all_of(bytes, [](auto byte) { return byte == 0; }))
      return std::string(kNobody);
    return base58_encode(bytes);
  }
  // A tag of 1 or 4 bytes before the key; anything but 1 is none.
  template <class Tag>
  std::string optional_key(std::size_t at) {
    return number<Tag>(at) == 1 ? key(at + sizeof(Tag)) : std::string(kNobody);
  }
  std::size_t size() const { return bytes_.size(); }
  bool ok() const { return ok_; }

 private:
  bool has(std::size_t at, std::size_t size) {
    ok_ = ok_ && at <= bytes_.size() && size <= bytes_.size() - at;
    return ok_;
  }
  std::span<const std::uint8_t> bytes_;
  bool ok_ = true;
};

Authorities unreadable(const Account& account) {
  return {
      "unreadable account",
      {{"owner program", account.owner.text()}, {"length", std::to_string(account.data.size())}}};
}

Authorities loader(const Account& account) {
  Reader in(account.data);
  Authorities a;
  switch (in.number<std::uint32_t>(0)) {
    case 1:
      a = {"program buffer", {{"write", in.optional_key<std::uint8_t>(4)}}};
      break;
    case 2:
      a = {"program", {{"program data", in.key(4)}}};
      break;
    case 3:
      a = {"program data",
           {{"upgrade", in.optional_key<std::uint8_t>(12)},
            {"deployed in slot", std::to_string(in.number<std::uint64_t>(4))}}};
      break;
    default:
      return unreadable(account);
  }
  return in.ok() ? a : unreadable(account);
}

// StakeStateV2: tag; meta {rent u64, staker, withdrawer, lockup {unix i64, epoch u64, custodian}}.
Authorities stake(const Account& account) {
  Reader in(account.data);
  const auto tag = in.number<std::uint32_t>(0);
  if (tag != 1 && tag != 2) return unreadable(account);
  Authorities a{"stake account", {}};
  a.powers = {{"stake", in.key(12)},
              {"withdraw", in.key(44)},
              {"lockup custodian", in.key(92)},
              {"lockup", fmt::format("until {} and epoch {}", in.number<std::int64_t>(76),
                                     in.number<std::uint64_t>(84))}};
  return in.ok() ? a : unreadable(account);
}

// What an extension of a mint lets somebody do: type, power, place of the key in its value.
struct Extension {
  std::uint16_t type;
  std::string_view power;
  std::size_t at;
};
constexpr std::array kExtensions{
    Extension{1, "transfer fee", 0},
    Extension{1, "transfer fee withdrawal", 32},
    Extension{3, "close", 0},
    Extension{4, "confidential transfers", 0},
    Extension{10, "interest rate", 0},
    Extension{12, "permanent delegate", 0},
    Extension{14, "transfer hook", 0},
    Extension{14, "transfer hook program", 32},
    Extension{16, "confidential fees", 0},
    Extension{18, "metadata pointer", 0},
    Extension{19, "metadata", 0},
    Extension{20, "group pointer", 0},
    Extension{22, "group member pointer", 0},
    Extension{25, "scaled amount", 0},
    Extension{26, "pause", 0},
};

// Extensions that are cut off, or that we do not know, are passed over: their list is a power too.
void extensions(std::span<const std::uint8_t> data, Authorities& a) {
  std::string types;
  for (std::size_t at = kExtensionsAt; at + 4 <= data.size();) {
    Reader head(data.subspan(at, 4));
    const auto type = head.number<std::uint16_t>(0);
    const std::size_t length = head.number<std::uint16_t>(2);
    if (type == 0) break;
    types += (types.empty() ? "" : ",") + std::to_string(type);
    at += 4;
    Reader value(data.subspan(at, std::min(length, data.size() - at)));
    for (const auto& known : kExtensions)
      if (known.type == type) a.powers[std::string(known.power)] = value.key(known.at);
    at += std::min(length, data.size() - at);
  }
  if (!types.empty()) a.powers["extensions"] = types;
}

Authorities mint(const Account& account) {
  Reader in(account.data);
  Authorities a{"mint", {}};
  a.powers = {{"mint", in.optional_key<std::uint32_t>(0)},
              {"freeze", in.optional_key<std::uint32_t>(46)}};
  if (!in.ok()) return unreadable(account);
  extensions(account.data, a);
  return a;
}

Authorities token_account(const Account& account) {
  Reader in(account.data);
  Authorities a{"token account", {}};
  a.powers = {{"mint of", in.key(0)},
              {"owner", in.key(32)},
              {"delegate", in.optional_key<std::uint32_t>(72)},
              {"close", in.optional_key<std::uint32_t>(129)}};
  return in.ok() ? a : unreadable(account);
}

Authorities multisig(const Account& account) {
  Reader in(account.data);
  const auto needed = in.number<std::uint8_t>(0), size = in.number<std::uint8_t>(1);
  if (size > kMultisigSigners) return unreadable(account);
  Authorities a{"multisig", {{"threshold", fmt::format("{} of {}", needed, size)}}};
  for (std::size_t i = 0; i < size; ++i) a.powers["signer " + in.key(3 + 32 * i)] = "yes";
  return in.ok() ? a : unreadable(account);
}

Authorities token(const Account& account) {
  const auto size = account.data.size();
  if (size == kMultisigBytes) return multisig(account);
  if (size == programs::kMintBytes) return mint(account);
  if (size == programs::kTokenAccountBytes) return token_account(account);
  if (size <= kAccountTypeAt) return unreadable(account);
  return account.data[kAccountTypeAt] == kTypeMint ? mint(account) : token_account(account);
}

Authorities nonce(const Account& account) {
  Reader in(account.data);
  return {"durable nonce", {{"nonce", in.key(8)}}};
}

Authorities key_set(const SwarmAccount& account, const Account& raw) {
  const auto number = [&](const char* name) { return account.fields.find(name)->second; };
  Authorities a{"key set", {}};
  a.powers = {{"threshold", fmt::format("{} of {}", number("threshold"), number("size"))},
              {"kind of set", number("kind")},
              {"changes", number("seq")}};
  swarm::Set set;
  std::memcpy(&set, raw.data.data(), sizeof set);
  for (std::size_t i = 0; i < std::min<std::size_t>(set.size, swarm::kSetKeysMax); ++i)
    a.powers["key " + base58_encode({reinterpret_cast<const std::uint8_t*>(&set.keys[i]), 32})] =
        "yes";
  return a;
}

Authorities swarm_account(const Account& account) {
  const auto read = read_swarm_account(account.data);
  if (!read) return unreadable(account);
  if (read->name == "Set") return key_set(*read, account);
  Authorities a{"swarm_core " + std::string(read->name), {}};
  // Of what changes with every call nothing is a power.
  if (read->name != "Config") return a;
  for (const auto& [name, value] : read->fields)
    if (name != "seq" && !name.starts_with("pad")) a.powers[name] = value;
  return a;
}

}  // namespace

std::optional<Pubkey> program_data_of(const Account& program) {
  if (program.owner != programs::kUpgradeableLoader || program.data.size() < 36) return {};
  if (Reader(program.data).number<std::uint32_t>(0) != 2) return {};
  Pubkey key;
  std::memcpy(key.bytes.data(), program.data.data() + 4, key.bytes.size());
  return key;
}

Authorities authorities_of(const std::optional<Account>& account, const Pubkey& swarm_core) {
  if (!account) return {"nothing", {}};
  if (account->owner == programs::kUpgradeableLoader) return loader(*account);
  if (account->owner == kStakeProgram) return stake(*account);
  if (account->owner == programs::kToken || account->owner == programs::kToken2022)
    return token(*account);
  if (account->owner == swarm_core && swarm_core != Pubkey{}) return swarm_account(*account);
  if (account->owner == programs::kSystem && account->data.size() == kNonceBytes)
    return nonce(*account);
  return {
      "account",
      {{"owner program", account->owner.text()}, {"length", std::to_string(account->data.size())}}};
}

std::vector<AuthorityChange> compare(const Authorities& before, const Authorities& after) {
  std::vector<AuthorityChange> changes;
  if (before.kind != after.kind) changes.push_back({"kind of account", before.kind, after.kind});
  for (const auto& [power, holder] : before.powers) {
    const auto now = after.powers.find(power);
    const auto held = now == after.powers.end() ? std::string() : now->second;
    if (held != holder) changes.push_back({power, holder, held});
  }
  for (const auto& [power, holder] : after.powers)
    if (!before.powers.contains(power)) changes.push_back({power, "", holder});
  return changes;
}

std::string describe(const AuthorityChange& change, std::string_view kind, const Pubkey& account) {
  if (change.before.empty() && change.after == "yes")
    return fmt::format("{} was added to {} {}", change.power, kind, account.text());
  if (change.after.empty() && change.before == "yes")
    return fmt::format("{} was taken out of {} {}", change.power, kind, account.text());
  const auto said = [](const std::string& holder) { return holder.empty() ? "nothing" : holder; };
  return fmt::format("\"{}\" of {} {} went from {} to {}", change.power, kind, account.text(),
                     said(change.before), said(change.after));
}

}  // namespace wardhive::chain
