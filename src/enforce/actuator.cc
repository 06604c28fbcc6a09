#include "enforce/actuator.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/log.h"

namespace wardhive {
namespace {

constexpr std::uint32_t kWhole = 10'000;
constexpr std::uint32_t kLapsedShare = 1'000;     // what a drain becomes when nobody renews it
constexpr Duration kExpiryMax = hours(24 * 366);  // so that no sum overflows
constexpr Duration kExpirySlack = seconds(2);
constexpr Duration kChainClockSlack = seconds(60);
// Listing an effect takes about 3 us: so very many of them cost no more than 2 % of a core.
constexpr Duration kReconcilePause = nanos(150'000);
// A proxy's weights are whole numbers from 10 up, so a share may be off by half a step.
constexpr std::uint32_t kShareSlackBps = 500;
constexpr std::size_t kTombstonesMax = limits::kBansPerNodeMax;

// There or not there, and over at its time; anything else is a share.
bool is_ban(const DesiredItem& item) {
  return item.verb == Verb::BanAddress || item.verb == Verb::QuarantineNode;
}

bool same_share(std::uint32_t a, std::uint32_t b) {
  return a == b || (a != 0 && b != 0 && std::max(a, b) - std::min(a, b) <= kShareSlackBps);
}

Outcome outcome_of(const DesiredItem& item) {
  return item.present ? Outcome::Applied : Outcome::Removed;
}

// A later try gives the same answer: the controller must choose otherwise.
bool is_refusal(ErrorCode code) {
  return code == ErrorCode::PermissionDenied || code == ErrorCode::InvalidInput ||
         code == ErrorCode::Unsupported;
}

// The verb that takes away what nobody told us about.
Verb verb_of(const Enforcer& enforcer) {
  return enforcer.can(Verb::BanAddress) ? Verb::BanAddress : Verb::SetNodeShare;
}

}  // namespace

Actuator::Actuator(ActuatorConfig config, const Clock& clock, DesiredFile file)
    : config_(std::move(config)), clock_(clock), file_(std::move(file)) {}

Result<std::unique_ptr<Actuator>> Actuator::open(ActuatorConfig config,
                                                 std::vector<std::unique_ptr<Enforcer>> enforcers,
                                                 const Clock& clock) {
  DesiredFile::Content content;
  WARDHIVE_ASSIGN(auto file, DesiredFile::open(config.file, content));
  std::unique_ptr<Actuator> actuator(new Actuator(std::move(config), clock, std::move(file)));
  for (auto& enforcer : enforcers) {
    const std::string name(enforcer->control());
    actuator->controls_[name].enforcer = std::move(enforcer);
  }
  actuator->load(content);
  // With the remainders as of now: the next start counts from here.
  if (const auto status = actuator->rewrite();
      !status && status.error().code != ErrorCode::LimitReached)
    return std::unexpected(status.error());
  return actuator;
}

void Actuator::load(const DesiredFile::Content& content) {
  epoch_ = content.epoch;
  for (const auto& stored : content.items) {
    auto& entry = entries_[{stored.item.control, stored.item.key}];
    entry = {.item = stored.item, .deadline = deadline_of(stored), .lapsed = stored.lapsed};
    if (stored.item.present) ++stats_.held;
  }
}

// Within one boot the monotonic clock went on while we were away. Across boots only the wall clock
// can tell; if it went back, nobody knows how much is left, and the effect ends.
MonoTime Actuator::deadline_of(const StoredItem& stored) const {
  if (stored.item.expires_in <= Duration::zero()) return MonoTime::max();
  const auto now = clock_.mono();
  const auto left = std::min(stored.item.expires_in, kExpiryMax);
  if (!stored.boot.empty() && stored.boot == config_.boot)
    return std::min(MonoTime(nanos(stored.deadline_ns)), now + left);
  const auto away = clock_.wall() - stored.saved_at;
  return away < Duration::zero() ? now : now + std::max(left - away, Duration::zero());
}

std::vector<Receipt> Actuator::start() {
  auto receipts = store_and_apply(lapse_due(), clock_.mono());
  reconcile(receipts);
  return receipts;
}

void Actuator::protect(const std::vector<IpPrefix>& prefixes,
                       const std::vector<IpAddress>& logged_in) {
  for (auto& [name, control] : controls_) control.enforcer->protect(prefixes, logged_in);
}

std::vector<Receipt> Actuator::apply(std::span<const DesiredItem> items) {
  const auto received = clock_.mono();
  std::vector<Receipt> answers;
  std::vector<Work> work;
  for (const auto& item : items)
    if (auto answer = admit(item, work)) answers.push_back(std::move(*answer));
  auto receipts = store_and_apply(work, received);
  std::ranges::move(answers, std::back_inserter(receipts));
  return receipts;
}

std::vector<Receipt> Actuator::apply_full(std::span<const DesiredItem> items, std::uint64_t epoch) {
  const auto received = clock_.mono();
  const auto epoch_before = epoch_;
  std::vector<Receipt> answers;
  std::vector<Work> work;
  for (const auto& item : items) {
    const auto before = work.size();
    if (auto answer = admit(item, work)) answers.push_back(std::move(*answer));
    // What was confirmed before needs no answer again; whether it still holds, reconcile() sees.
    if (work.size() > before && entries_.at(work.back().key).confirmed) work.pop_back();
  }
  if (epoch < epoch_) return answers;  // an old controller does not know what shall go
  epoch_ = epoch;
  full_seen_ = true;
  std::ranges::move(forget_absent(items), std::back_inserter(work));
  if (work.empty() && epoch != epoch_before) unsaved_ = !store({});
  auto receipts = store_and_apply(work, received);
  reconcile(receipts);
  std::ranges::move(answers, std::back_inserter(receipts));
  return receipts;
}

std::vector<Receipt> Actuator::tick() {
  const auto now = clock_.mono();
  auto receipts = store_and_apply(lapse_due(), now);
  if (now >= reconcile_at_) reconcile(receipts);
  prune_tombstones();
  // Stored remainders are dated by the wall clock; when it is set, they are dated anew.
  const auto offset = clock_.wall().time_since_epoch() - now.time_since_epoch();
  const bool set = std::chrono::abs(offset - wall_offset_) > kExpirySlack;
  if (unsaved_ || set || file_.is_due(entries_.size())) (void)rewrite();
  return receipts;
}

Status Actuator::release_all(std::vector<Receipt>& receipts) {
  const auto received = clock_.mono();
  Status first = ok();
  std::vector<Work> work;
  for (auto& [name, control] : controls_) {
    auto status = ready(control) ? control.enforcer->release_all()
                                 : fail(ErrorCode::Unavailable, control.problem);
    control.works = false;  // its objects are made anew when they are needed
    if (!status && first) first = status;
    for (auto& [key, entry] : entries_) {
      if (key.first != name || !entry.item.present) continue;
      set_present(entry, false);
      entry.lapsed = false;
      work.push_back({key, Outcome::Removed});
      if (entry.item.action)
        receipts.push_back(receipt(
            entry.item, status ? Outcome::Removed : Outcome::Failed, status.has_value(),
            status ? "released by hand on this machine" : status.error().message, received));
    }
  }
  unsaved_ = !store(work);
  return first;
}

// ---- what shall hold

std::string Actuator::refusal(const DesiredItem& item, const Entry* entry) const {
  const auto control = controls_.find(item.control);
  if (control == controls_.end())
    return fmt::format("this machine has no control \"{}\"", item.control);
  if (!control->second.enforcer->can(item.verb))
    return fmt::format("{} cannot {}", item.control, name_of(item.verb));
  if (item.epoch < epoch_)
    return fmt::format("epoch {} is older than {}, which this agent has seen", item.epoch, epoch_);
  if (entry != nullptr && item.epoch == entry->item.epoch && item.version < entry->item.version)
    return fmt::format("version {} of {} is older than {}", item.version, item.key,
                       entry->item.version);
  if (!item.present) return {};
  if (item.expires_in <= Duration::zero() && (is_ban(item) || item.share_bps < kWhole))
    return fmt::format("{} of {} has no expiry; every defensive effect needs one",
                       name_of(item.verb), item.key);
  const bool more = entry == nullptr || !entry->item.present;
  if (more && stats_.held >= limits::kBansPerNodeMax)
    return fmt::format("{} effects are held already, the most that one machine takes", stats_.held);
  return {};
}

std::optional<Receipt> Actuator::admit(const DesiredItem& item, std::vector<Work>& work) {
  const Key key{item.control, item.key};
  const auto found = entries_.find(key);
  auto* entry = found == entries_.end() ? nullptr : &found->second;
  if (const auto why = refusal(item, entry); !why.empty()) {
    ++stats_.refused;
    return receipt(item, Outcome::Refused, false, why, clock_.mono());
  }
  epoch_ = item.epoch;
  const bool again =
      entry != nullptr && entry->item.version == item.version && entry->item.action == item.action;
  if (again && entry->lapsed)
    return receipt(item, Outcome::Expired, true, "its time was up", clock_.mono());
  if (again && entry->item.present == item.present && entry->item.share_bps == item.share_bps) {
    entry->item.epoch = item.epoch;
    if (item.present && item.expires_in > Duration::zero())
      entry->deadline =
          std::min(entry->deadline, clock_.mono() + std::min(item.expires_in, kExpiryMax));
  } else {
    take(item);
  }
  work.push_back({key, outcome_of(item)});
  return std::nullopt;
}

void Actuator::take(const DesiredItem& item) {
  auto& entry = entries_[{item.control, item.key}];
  set_present(entry, item.present);
  entry = {.item = item};
  if (item.present && item.expires_in > Duration::zero())
    entry.deadline = clock_.mono() + std::min(item.expires_in, kExpiryMax);
}

void Actuator::set_present(Entry& entry, bool present) {
  if (entry.item.present && !present) --stats_.held;
  if (!entry.item.present && present) ++stats_.held;
  entry.item.present = present;
}

std::vector<Actuator::Work> Actuator::lapse_due() {
  std::vector<Work> work;
  const auto now = clock_.mono();
  for (auto& [key, entry] : entries_) {
    if (!entry.item.present || entry.deadline > now) continue;
    entry.lapsed = true;
    entry.deadline = MonoTime::max();
    if (is_ban(entry.item))
      set_present(entry, false);
    else
      entry.item.share_bps = std::max(entry.item.share_bps, kLapsedShare);
    work.push_back({key, Outcome::Expired});
    ++stats_.expired;
  }
  return work;
}

std::vector<Actuator::Work> Actuator::forget_absent(std::span<const DesiredItem> items) {
  std::set<Key> named;
  for (const auto& item : items) named.emplace(item.control, item.key);
  std::vector<Work> work;
  for (auto& [key, entry] : entries_) {
    if (!entry.item.present || entry.lapsed || named.contains(key)) continue;
    set_present(entry, false);
    work.push_back({key, Outcome::Removed});
  }
  return work;
}

// Those of the lowest versions go, half of them at a time.
void Actuator::prune_tombstones() {
  if (entries_.size() - stats_.held <= kTombstonesMax) return;
  std::vector<std::uint64_t> versions;
  for (const auto& [key, entry] : entries_)
    if (!entry.item.present) versions.push_back(entry.item.version);
  const auto middle = versions.begin() + static_cast<std::ptrdiff_t>(versions.size() / 2);
  std::ranges::nth_element(versions, middle);
  std::erase_if(entries_, [&](const auto& e) {
    return !e.second.item.present && e.second.item.version <= *middle;
  });
}

// ---- making it so

bool Actuator::ready(Control& control) {
  if (control.works) return true;
  const auto status = control.enforcer->start();
  control.works = status.has_value();
  control.problem = status ? "" : status.error().message;
  return control.works;
}

std::vector<Receipt> Actuator::store_and_apply(const std::vector<Work>& work, MonoTime received) {
  std::vector<Receipt> receipts;
  if (work.empty()) return receipts;
  std::string remark;
  if (const auto status = store(work); !status) {
    unsaved_ = true;
    remark = "; not stored: " + status.error().message;
  }
  apply_work(work, received, remark, receipts);
  return receipts;
}

void Actuator::apply_work(const std::vector<Work>& work, MonoTime received,
                          const std::string& remark, std::vector<Receipt>& receipts) {
  // A chain answers in a second: the bans of this machine do not wait for it.
  for (const bool slow : {false, true})
    for (auto& [name, control] : controls_) {
      if (control.enforcer->is_slow() != slow) continue;
      std::vector<Work> mine;
      std::ranges::copy_if(work, std::back_inserter(mine),
                           [&](const Work& one) { return one.key.first == name; });
      if (mine.empty()) continue;
      const auto results = apply_through(control, mine);
      for (std::size_t i = 0; i < mine.size(); ++i)
        if (auto answer = settle(mine[i], results[i], received, remark))
          receipts.push_back(std::move(*answer));
    }
}

std::vector<Result<Applied>> Actuator::apply_through(Control& control,
                                                     const std::vector<Work>& work) {
  std::vector<Wanted> wanted;
  for (const auto& one : work) {
    const auto& entry = entries_.at(one.key);
    wanted.push_back({entry.item, remainder(entry)});
  }
  if (!ready(control)) return {work.size(), fail(ErrorCode::Unavailable, control.problem)};
  if (work.size() > 1) return control.enforcer->apply_all(wanted);
  return {control.enforcer->apply(wanted[0].item, wanted[0].expires_in)};
}

std::optional<Receipt> Actuator::settle(const Work& work, const Result<Applied>& applied,
                                        MonoTime received, const std::string& remark) {
  auto& entry = entries_.at(work.key);
  const auto item = entry.item;
  const bool done = applied.has_value() && applied->verified;
  const bool news = !work.repair || done || !entry.failed;
  std::optional<Receipt> answer;
  if (done && applied->over && item.present) {
    set_present(entry, false);
    unsaved_ = true;
    answer = receipt(item, Outcome::Removed, true, applied->detail, received);
  } else if (done) {
    entry.confirmed = true;
    entry.failed = false;
    stats_.repairs += work.repair ? 1 : 0;
    answer = receipt(item, work.outcome, true,
                     (work.repair ? "put right: " : "") + applied->detail + remark, received);
  } else if (!applied.has_value() && is_refusal(applied.error().code) && item.present) {
    set_present(entry, false);  // not tried again
    unsaved_ = true;
    ++stats_.refused;
    answer = receipt(item, Outcome::Refused, false, applied.error().message, received);
  } else {
    entry.failed = true;
    answer = receipt(item, Outcome::Failed, false,
                     (applied ? applied->detail : applied.error().message) + remark, received);
  }
  // What was in force without an action of ours has nobody to answer to.
  return news && item.action ? answer : std::nullopt;
}

void Actuator::reconcile(std::vector<Receipt>& receipts) {
  std::vector<Work> work;
  std::size_t listed = 0;
  for (auto& [name, control] : controls_) listed += compare(control, work);
  apply_work(work, clock_.mono(), "", receipts);
  reconcile_at_ = clock_.mono() + std::max(config_.reconcile_every,
                                           static_cast<std::int64_t>(listed) * kReconcilePause);
}

// How many effects are in force.
std::size_t Actuator::compare(Control& control, std::vector<Work>& work) {
  if (!ready(control)) return 0;
  const auto list = control.enforcer->list();
  if (!list) {
    control.works = false;
    control.problem = list.error().message;
    return 0;
  }
  const std::string name(control.enforcer->control());
  std::map<std::string_view, const Effect*> in_force;
  for (const auto& effect : *list) in_force[effect.key] = &effect;
  for (auto it = entries_.lower_bound({name, ""}); it != entries_.end() && it->first.first == name;
       ++it) {
    const auto& entry = it->second;
    const auto listed = in_force.find(it->first.second);
    auto agreed = agrees(entry, listed == in_force.end() ? nullptr : listed->second);
    if (!agreed && listed == in_force.end())
      if (const auto found = control.enforcer->look(it->first.second))
        agreed = agrees(entry, *found ? &**found : nullptr);
    if (!agreed)
      work.push_back({it->first, entry.lapsed ? Outcome::Expired : outcome_of(entry.item), true});
    if (listed != in_force.end()) in_force.erase(listed);
  }
  if (!full_seen_) return list->size();
  for (const auto& [key, effect] : in_force) {
    DesiredItem item;
    item.verb = verb_of(*control.enforcer);
    item.control = name;
    item.key = std::string(key);
    item.present = false;
    item.epoch = epoch_;
    entries_[{name, item.key}] = {.item = item};
    work.push_back({{name, item.key}, Outcome::Removed, true});
  }
  return list->size();
}

bool Actuator::agrees(const Entry& entry, const Effect* effect) const {
  const auto& item = entry.item;
  if (!is_ban(item))
    return same_share(item.present ? item.share_bps : kWhole,
                      effect != nullptr ? effect->share_bps : kWhole);
  if (!item.present) return effect == nullptr;
  const auto left = remainder(entry);
  // The chain counts by its own clock, and what it holds is not lengthened (enforcers/chain.h).
  if (item.verb == Verb::QuarantineNode) return effect != nullptr || left < kChainClockSlack;
  if (effect == nullptr) return left < kExpirySlack;  // about to end anyhow
  return std::chrono::abs(effect->expires_in - left) <= kExpirySlack;
}

// ---- the file, receipts

Status Actuator::store(std::span<const Work> work) {
  std::vector<StoredItem> items;
  for (const auto& one : work) items.push_back(stored(entries_.at(one.key)));
  auto status = file_.append(epoch_, items);
  if (!status) {
    ++stats_.stores_failed;
    log::error("enforce_store_failed", {{"error", status.error().message}});
  }
  return status;
}

Status Actuator::rewrite() {
  DesiredFile::Content content{epoch_, {}};
  for (const auto& [key, entry] : entries_) content.items.push_back(stored(entry));
  auto status = file_.rewrite(content);
  if (!status) log::error("enforce_store_failed", {{"error", status.error().message}});
  unsaved_ = !status;
  wall_offset_ = clock_.wall().time_since_epoch() - clock_.mono().time_since_epoch();
  return status;
}

StoredItem Actuator::stored(const Entry& entry) const {
  StoredItem stored{entry.item, entry.lapsed, clock_.wall(), config_.boot, 0};
  stored.item.expires_in = remainder(entry);
  if (entry.deadline != MonoTime::max())
    stored.deadline_ns = entry.deadline.time_since_epoch().count();
  return stored;
}

// 0: it does not end by itself. At least 1 ns otherwise: the end is lapse_due()'s to say.
Duration Actuator::remainder(const Entry& entry) const {
  if (entry.deadline == MonoTime::max()) return Duration::zero();
  return std::max(entry.deadline - clock_.mono(), Duration(1));
}

Receipt Actuator::receipt(const DesiredItem& item, Outcome outcome, bool verified,
                          std::string detail, MonoTime received) const {
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(clock_.mono() - received).count();
  return {item.action,
          config_.agent,
          outcome,
          verified,
          item.version,
          item.epoch,
          static_cast<std::uint32_t>(std::clamp<std::int64_t>(took, 0, UINT32_MAX)),
          clock_.wall(),
          std::move(detail)};
}

std::vector<ControlState> Actuator::controls() const {
  std::vector<ControlState> states;
  for (const auto& [name, control] : controls_)
    states.push_back({name, control.works, control.problem});
  return states;
}

std::map<std::string, std::vector<Effect>> Actuator::effects() {
  std::map<std::string, std::vector<Effect>> all;
  for (auto& [name, control] : controls_) {
    if (!ready(control)) continue;
    if (auto list = control.enforcer->list()) all[name] = std::move(*list);
  }
  return all;
}

}  // namespace wardhive
