#include "enforce/enforcers/nftables.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "enforce/enforcers/nft_elements.h"
#include "enforce/enforcers/nft_rules.h"

namespace wardhive {
namespace {

const BanLength kHost4{true, 32};
const BanLength kHost6{false, 128};

// Less than one tick of the slowest kernel would be rounded to 0, which means for ever.
constexpr Duration kExpiryMin = millis(20);
// Between writing and reading back: more only when this process had to wait.
constexpr Duration kVerifySlack = seconds(5);

std::vector<IpPrefix> loopback() {
  return {*IpPrefix::parse("127.0.0.0/8"), *IpPrefix::parse("::1")};
}

Effect effect_of(const IpPrefix& prefix, const NftElement& element) {
  return {.key = prefix.text(),
          .present = true,
          .expires_in = element.expires_in,
          .hits = element.packets};
}

class Nftables final : public Enforcer {
 public:
  explicit Nftables(NftablesConfig config) : config_(std::move(config)) {}

  std::string_view control() const override { return "nftables"; }
  bool can(Verb verb) const override { return verb == Verb::BanAddress; }
  Status start() override;
  void protect(std::vector<IpPrefix> prefixes, std::vector<IpAddress> logged_in) override;
  Result<Applied> apply(const DesiredItem& item, Duration expires_in) override;
  std::vector<Result<Applied>> apply_all(std::span<const Wanted> wanted) override;
  Result<std::vector<Effect>> list() override;
  Result<std::optional<Effect>> look(const std::string& key) override;
  Status release_all() override;

 private:
  // What an item asks for, checked.
  struct Ban {
    IpPrefix prefix;
    std::string set;
    bool present = true;
    Duration expires_in{};
  };
  using InForce = std::map<IpPrefix, NftElement>;

  Result<Ban> read(const DesiredItem& item, Duration expires_in) const;
  Status write_table();
  Status write_protected();
  Status need_lengths(const std::set<BanLength>& lengths);
  Status each(const std::function<void(const IpPrefix&, const NftElement&)>& visit);
  Result<InForce> dump();
  Status change(const Ban& ban, const std::optional<NftElement>& before);
  Result<Applied> apply_one(const Ban& ban);
  void put_many(std::span<const Ban> bans);
  static Applied verify(const Ban& ban, const std::optional<NftElement>& found);

  NftablesConfig config_;
  std::optional<NftElements> elements_;  // both: from start() on
  std::optional<NftProgram> program_;
  std::set<BanLength> lengths_{kHost4, kHost6};
  std::size_t rules_ = 0;  // that our table must hold
  std::vector<IpPrefix> protected_ = loopback();
  std::vector<IpAddress> logged_in_;
};

Status Nftables::start() {
  if (!elements_) {
    WARDHIVE_ASSIGN(auto elements, NftElements::open(config_.table));
    elements_.emplace(std::move(elements));
  }
  WARDHIVE_ASSIGN(const auto names, elements_->set_names());
  for (const auto& name : names)
    if (const auto length = BanLength::from_set_name(name)) lengths_.insert(*length);
  if (!program_) program_.emplace();
  WARDHIVE_TRY(write_table());
  return write_protected();
}

Status Nftables::write_table() {
  auto text = table_text(config_, lengths_);
  WARDHIVE_TRY(program_->run(text.commands));
  rules_ = text.rules;
  return ok();
}

Status Nftables::write_protected() {
  auto accepted = protected_;
  for (const auto& peer : logged_in_) accepted.push_back(IpPrefix::host(peer));
  return program_->run(protected_text(config_.table, outermost(std::move(accepted))));
}

void Nftables::protect(std::vector<IpPrefix> prefixes, std::vector<IpAddress> logged_in) {
  std::ranges::copy(loopback(), std::back_inserter(prefixes));
  prefixes = outermost(std::move(prefixes));
  if (prefixes == protected_ && logged_in == logged_in_) return;
  protected_ = std::move(prefixes);
  logged_in_ = std::move(logged_in);
  if (!program_) return;  // start() writes them
  // Refusing to ban them works all the same; the rules follow with the next repair.
  if (const auto status = write_protected(); !status) {
    log::error("nftables_protect_failed", {{"error", status.error().message}});
    rules_ = 0;
  }
}

Result<Nftables::Ban> Nftables::read(const DesiredItem& item, Duration expires_in) const {
  if (!can(item.verb))
    return fail(ErrorCode::Unsupported,
                fmt::format("nftables cannot {}; it can ban_address", name_of(item.verb)));
  if (!elements_) return fail(ErrorCode::Unavailable, "nftables is not started");
  WARDHIVE_ASSIGN(const auto prefix, IpPrefix::parse(item.key));
  // One spelling per key, or two items could fight over one element.
  if (prefix.text() != item.key)
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"{}\" is written in a long form; write {}", item.key, prefix.text()));
  const Ban ban{prefix, BanLength::of(prefix).set_name(), item.present,
                std::max(expires_in, kExpiryMin)};
  if (!ban.present) return ban;
  if (expires_in <= Duration::zero())
    return fail(ErrorCode::InvalidInput,
                fmt::format("ban of {} has no expiry; every ban needs one", item.key));
  const auto clash =
      std::ranges::find_if(protected_, [&](const auto& p) { return p.overlaps(prefix); });
  if (clash != protected_.end())
    return fail(
        ErrorCode::PermissionDenied,
        fmt::format("{} is not banned: it touches {}, which is on this machine's never-touch list",
                    item.key, clash->text()));
  const auto guest =
      std::ranges::find_if(logged_in_, [&](const auto& a) { return prefix.contains(a); });
  if (guest != logged_in_.end())
    return fail(ErrorCode::Unavailable,
                fmt::format("{} is logged in on this machine; the ban of {} waits until that ends",
                            guest->text(), item.key));
  return ban;
}

// A set and a rule for each length that is new.
Status Nftables::need_lengths(const std::set<BanLength>& lengths) {
  auto wanted = lengths_;
  wanted.insert(lengths.begin(), lengths.end());
  if (wanted.size() == lengths_.size()) return ok();
  std::swap(lengths_, wanted);
  auto status = write_table();
  if (!status) std::swap(lengths_, wanted);
  return status;
}

Status Nftables::change(const Ban& ban, const std::optional<NftElement>& before) {
  NftElement element{.address = ban.prefix.base, .expires_in = ban.expires_in};
  const NftChange take{ban.set, false, element};
  if (!ban.present) {
    if (!before) return ok();
    auto status = elements_->commit({&take, 1});
    if (!status && status.error().code == ErrorCode::NotFound) return ok();  // it expired just now
    return status;
  }
  if (before) {
    element.packets = before->packets;
    element.bytes = before->bytes;
  }
  const NftChange put{ban.set, true, element};
  if (before) {
    const std::array renew{take, put};
    auto status = elements_->commit(renew);
    if (status || status.error().code != ErrorCode::NotFound) return status;
  }
  return elements_->commit({&put, 1});
}

Applied Nftables::verify(const Ban& ban, const std::optional<NftElement>& found) {
  if (!ban.present)
    return Applied{!found, fmt::format("{} set {}", found ? "still in" : "not in", ban.set)};
  if (!found)
    return Applied{false, fmt::format("not in set {} although the kernel accepted it", ban.set)};
  const bool as_asked =
      found->expires_in <= ban.expires_in && ban.expires_in - found->expires_in < kVerifySlack;
  return Applied{as_asked, fmt::format("in set {}, expires in {:.0f} s", ban.set,
                                       to_seconds(found->expires_in))};
}

Result<Applied> Nftables::apply(const DesiredItem& item, Duration expires_in) {
  WARDHIVE_ASSIGN(const auto ban, read(item, expires_in));
  return apply_one(ban);
}

Result<Applied> Nftables::apply_one(const Ban& ban) {
  if (ban.present) WARDHIVE_TRY(need_lengths({BanLength::of(ban.prefix)}));
  auto before = elements_->get(ban.set, ban.prefix.base);
  if (!before) return std::unexpected(before.error());
  auto changed = change(ban, *before);
  if (!changed && changed.error().code == ErrorCode::NotFound) {  // somebody took our table away
    WARDHIVE_TRY(start());
    changed = change(ban, std::nullopt);
  }
  WARDHIVE_TRY(changed);
  WARDHIVE_ASSIGN(const auto after, elements_->get(ban.set, ban.prefix.base));
  return verify(ban, after);
}

// Only makes it quicker: whatever is not found as it should be afterwards goes through apply_one().
// That also covers what a dump does not show while the kernel enlarges a set.
void Nftables::put_many(std::span<const Ban> bans) {
  const auto before = dump();
  if (!before) return;
  std::vector<NftChange> chunk;
  for (const auto& ban : bans) {
    if (!ban.present) continue;
    NftElement element{.address = ban.prefix.base, .expires_in = ban.expires_in};
    if (const auto found = before->find(ban.prefix); found != before->end()) {
      element.packets = found->second.packets;
      element.bytes = found->second.bytes;
      chunk.push_back({ban.set, false, element});
    }
    chunk.push_back({ban.set, true, element});
    if (chunk.size() + 2 <= NftElements::kChangesPerCommit) continue;
    (void)elements_->commit(chunk);
    chunk.clear();
  }
  (void)elements_->commit(chunk);
}

std::vector<Result<Applied>> Nftables::apply_all(std::span<const Wanted> wanted) {
  std::vector<Result<Ban>> bans;
  std::vector<Ban> valid;
  std::set<BanLength> lengths;
  for (const auto& [item, expires_in] : wanted) {
    const auto& ban = bans.emplace_back(read(item, expires_in));
    if (!ban) continue;
    valid.push_back(*ban);
    if (ban->present) lengths.insert(BanLength::of(ban->prefix));
  }
  InForce after;
  if (!valid.empty() && need_lengths(lengths)) {
    put_many(valid);
    after = dump().value_or(InForce());
  }
  std::vector<Result<Applied>> results;
  for (const auto& ban : bans) {
    if (!ban) {
      results.push_back(std::unexpected(ban.error()));
      continue;
    }
    const auto found = after.find(ban->prefix);
    auto applied = ban->present && found != after.end() ? verify(*ban, found->second) : Applied{};
    results.push_back(applied.verified ? std::move(applied) : apply_one(*ban));
  }
  return results;
}

Status Nftables::each(const std::function<void(const IpPrefix&, const NftElement&)>& visit) {
  for (const auto& length : lengths_)
    WARDHIVE_TRY(elements_->dump(length.set_name(), [&](const NftElement& element) {
      visit(length.prefix(element.address), element);
    }));
  return ok();
}

Result<Nftables::InForce> Nftables::dump() {
  InForce in_force;
  WARDHIVE_TRY(each([&](const IpPrefix& prefix, const NftElement& element) {
    in_force.emplace(prefix, element);
  }));
  return in_force;
}

Result<std::vector<Effect>> Nftables::list() {
  if (!elements_) return fail(ErrorCode::Unavailable, "nftables is not started");
  WARDHIVE_ASSIGN(const auto rules, elements_->rule_count());
  if (rules != rules_ || rules == 0) {
    log::warn("nftables_table_repaired",
              {{"table", config_.table}, {"rules_found", rules}, {"rules_expected", rules_}});
    WARDHIVE_TRY(start());
  }
  std::vector<Effect> effects;
  WARDHIVE_TRY(each([&](const IpPrefix& prefix, const NftElement& element) {
    effects.push_back(effect_of(prefix, element));
  }));
  return effects;
}

Result<std::optional<Effect>> Nftables::look(const std::string& key) {
  if (!elements_) return fail(ErrorCode::Unavailable, "nftables is not started");
  WARDHIVE_ASSIGN(const auto prefix, IpPrefix::parse(key));
  WARDHIVE_ASSIGN(const auto found, elements_->get(BanLength::of(prefix).set_name(), prefix.base));
  if (!found) return std::nullopt;
  return effect_of(prefix, *found);
}

Status Nftables::release_all() {
  if (!program_) return ok();
  // Adding it first makes taking away an absent table no error.
  return program_->run(fmt::format("add table inet {0}\ndelete table inet {0}\n", config_.table));
}

}  // namespace

Result<std::unique_ptr<Enforcer>> make_nftables(NftablesConfig config) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  const auto& table = config.table;
  if (table.empty() || table.size() > 31 || !std::ranges::all_of(table, allowed) || table[0] < 'a')
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("nftables table \"{}\": expected 1 to 31 of a-z, 0-9 and _, a letter first",
                    table));
  return std::make_unique<Nftables>(std::move(config));
}

}  // namespace wardhive
