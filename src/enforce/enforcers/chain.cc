#include "enforce/enforcers/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "chain/pool.h"
#include "enforce/enforcers/chain_hand.h"

namespace wardhive {
namespace {

using chain::Pubkey;

constexpr Duration kBusyEvery = millis(200);  // while something is on its way
constexpr Duration kQuietEvery = seconds(2);  // a node whose quarantine stands is read again
constexpr Duration kCheckEvery = seconds(5);  // program and key set; also whether anybody answers
constexpr Duration kStale = seconds(15);      // without an answer nothing is known
constexpr Duration kApplyWait = millis(800);

class ChainEnforcer final : public Enforcer {
 public:
  ChainEnforcer(ChainKeys keys, std::map<std::string, Pubkey> accounts, const Clock& clock)
      : keys_(std::move(keys)), accounts_(std::move(accounts)), clock_(clock) {}
  ~ChainEnforcer() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_.notify_all();
    }
    pool_->cancel();
    if (thread_.joinable()) thread_.join();
  }

  Status open(chain::PoolConfig config, const Pubkey& program, std::vector<chain::Asker> askers) {
    config.error_names = chain::swarm_error_names(program);
    WARDHIVE_ASSIGN(pool_, chain::EndpointPool::make(std::move(config), clock_, std::move(askers)));
    rpc_.emplace(pool_->rpc());
    hand_.emplace(*rpc_, keys_, program);
    return ok();
  }

  std::string_view control() const override { return "chain"; }
  bool can(Verb verb) const override { return verb == Verb::QuarantineNode; }
  void protect(std::vector<IpPrefix>, std::vector<IpAddress>) override {}  // it acts on no address

  Status start() override {
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    done_.wait_for(lock, kApplyWait, [&] { return checked_ || !trouble_.empty(); });
    return state();
  }

  Result<Applied> apply(const DesiredItem& item, Duration expires_in) override {
    const auto account = accounts_.find(item.key);
    if (account == accounts_.end())
      return fail(ErrorCode::InvalidInput,
                  fmt::format("{} has no account on the chain; name it as nodes.{}.account",
                              item.key, item.key));
    std::unique_lock lock(mutex_);
    if (const auto well = state(); !well) return std::unexpected(well.error());
    auto& entry = tasks_[item.key];
    const auto before = std::exchange(entry.wanted, wanted_by(item, expires_in));
    if (before.version != entry.wanted.version || before.present != entry.wanted.present)
      entry.current = false;
    if (!entry.current) {
      entry.account = account->second;
      entry.due = MonoTime{};
      wake_.notify_all();
    }
    done_.wait_for(lock, kApplyWait, [&] { return stopping_ || settled(entry); });
    return answer(entry);
  }

  Result<std::vector<Effect>> list() override {
    const std::lock_guard lock(mutex_);
    if (const auto well = state(); !well) return std::unexpected(well.error());
    std::vector<Effect> effects;
    for (const auto& [name, entry] : tasks_)
      if (auto effect = effect_of(name, entry)) effects.push_back(std::move(*effect));
    return effects;
  }

  Status release_all() override {
    std::string left;
    std::vector<std::string> names;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [name, entry] : tasks_) names.push_back(name);
    }
    for (const auto& name : names) {
      DesiredItem item;
      item.key = name;
      item.present = false;
      if (const auto gone = apply(item, Duration::zero()); !gone)
        left += (left.empty() ? "" : "; ") + name + ": " + gone.error().message;
    }
    return left.empty() ? ok() : fail(ErrorCode::Unavailable, left);
  }

 private:
  struct Entry {
    ChainTask task;  // as of the thread's last step
    Pubkey account;
    WantedQuarantine wanted;  // the newest
    bool current = false;     // `task` is about `wanted`
    MonoTime due{};
  };

  // Guarded by mutex_, all below.
  Status state() const {
    if (!checked_)
      return fail(ErrorCode::Unavailable,
                  trouble_.empty() ? "the chain has not been asked yet" : trouble_);
    if (clock_.mono() - answered_at_ > kStale)
      return fail(ErrorCode::Unavailable,
                  fmt::format("the chain does not answer: {}",
                              trouble_.empty() ? "no endpoint in time" : trouble_));
    return ok();
  }
  static WantedQuarantine wanted_by(const DesiredItem& item, Duration expires_in) {
    return {.present = item.present,
            .seconds = static_cast<std::uint64_t>(std::max(to_seconds(expires_in), 0.0)),
            .version = item.version};
  }
  static bool settled(const Entry& entry) {
    if (!entry.current || entry.task.in_flight) return false;
    return !entry.task.outcome || entry.task.leases_done || !entry.task.wanted.present ||
           entry.task.outcome->kind != NextStep::Kind::Holds;
  }
  Result<Applied> answer(const Entry& entry) const {
    const auto& task = entry.task;
    if (!entry.current || !task.outcome)
      return fail(ErrorCode::Unavailable, task.problem.empty() || !entry.current
                                              ? "the chain is being asked"
                                              : task.problem);
    if (task.outcome->kind == NextStep::Kind::Refuse)
      return fail(ErrorCode::PermissionDenied, task.outcome->says);
    auto text = task.outcome->says;
    if (task.leases_moved > 0)
      text += fmt::format("; {} lease{} moved to its standby", task.leases_moved,
                          task.leases_moved == 1 ? "" : "s");
    return Applied{.verified = true, .detail = std::move(text)};
  }
  static std::optional<Effect> effect_of(const std::string& name, const Entry& entry) {
    const auto& task = entry.task;
    // What another key holds is no effect of ours once we want none.
    const bool others = task.outcome && task.outcome->kind == NextStep::Kind::Gone;
    if (task.holds_until == 0 || others) return std::nullopt;
    return Effect{.key = name,
                  .present = true,
                  .expires_in = seconds(static_cast<std::int64_t>(
                      task.holds_until - std::min(task.holds_until, task.chain_now)))};
  }

  // A map's entries stay where they are while others are added; none is ever taken out.
  template <class Call>
  auto unlocked(std::unique_lock<std::mutex>& lock, Call call) {
    lock.unlock();
    auto result = call();
    lock.lock();
    return result;
  }
  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      const auto looked = clock_.mono();
      if (looked >= look_at_) {
        look_at_ = looked + kQuietEvery;
        pool_->look();
      }
      lock.lock();
      pass(lock);
      done_.notify_all();
      if (stopping_) return;
      wake_.wait_for(lock, wait_for());
    }
  }

  void pass(std::unique_lock<std::mutex>& lock) {
    if (!checked_ || clock_.mono() >= check_at_) {
      const auto checked = unlocked(lock, [&] { return hand_->check(); });
      note(checked);
      checked_ =
          checked.has_value() || (checked_ && checked.error().code == ErrorCode::Unavailable);
      check_at_ = clock_.mono() + (checked ? kCheckEvery : kQuietEvery);
      if (!checked) return;
    }
    for (auto& [name, entry] : tasks_) {
      if (stopping_ || entry.due > clock_.mono()) continue;
      auto task = entry.task;
      task.account = entry.account;
      task.wanted = entry.wanted;
      const auto version = entry.wanted.version;
      const auto stepped = unlocked(lock, [&] { return hand_->step(task); });
      note(stepped);
      if (!stepped) task.problem = stepped.error().message;
      entry.task = std::move(task);
      entry.current = stepped && entry.wanted.version == version &&
                      entry.wanted.present == entry.task.wanted.present;
      const bool quiet = !stepped || (entry.current && settled(entry));
      entry.due = clock_.mono() + (quiet ? kQuietEvery : kBusyEvery);
    }
  }
  void note(const Status& asked) {
    if (asked) {
      answered_at_ = clock_.mono();
      trouble_.clear();
      return;
    }
    if (trouble_ != asked.error().message)
      log::warn("chain_enforcer", {{"problem", asked.error().message}});
    trouble_ = asked.error().message;
  }
  Duration wait_for() const {
    auto next = checked_ ? check_at_ : clock_.mono() + kQuietEvery;
    for (const auto& [name, entry] : tasks_) next = std::min(next, entry.due);
    return std::clamp<Duration>(next - clock_.mono(), millis(1), kQuietEvery);
  }

  const ChainKeys keys_;
  const std::map<std::string, Pubkey> accounts_;
  const Clock& clock_;
  std::unique_ptr<chain::EndpointPool> pool_;
  std::optional<chain::Rpc> rpc_;
  std::optional<ChainHand> hand_;
  MonoTime look_at_{};  // the thread's own

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::map<std::string, Entry> tasks_;
  bool checked_ = false, stopping_ = false;
  std::string trouble_;  // what the chain said last, "" if it answered
  MonoTime answered_at_{}, check_at_{};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Enforcer>> make_chain_enforcer(ChainEnforcerConfig config,
                                                      const Clock& clock) {
  WARDHIVE_ASSIGN(const auto program, Pubkey::parse(config.program));
  std::map<std::string, Pubkey> accounts;
  for (const auto& [name, text] : config.accounts) {
    WARDHIVE_ASSIGN(accounts[name], Pubkey::parse(text));
  }
  std::vector<chain::Keypair> sentinels;
  for (const auto& file : config.sentinel_keys) {
    WARDHIVE_ASSIGN(auto key, chain::Keypair::load(file));
    sentinels.push_back(std::move(key));
  }
  if (sentinels.empty())
    return fail(ErrorCode::InvalidInput, "the chain enforcer needs a sentinel's key file");
  auto payer = sentinels.front();
  if (!config.payer_key.empty()) {
    WARDHIVE_ASSIGN(payer, chain::Keypair::load(config.payer_key));
  }
  auto enforcer = std::make_unique<ChainEnforcer>(ChainKeys{std::move(sentinels), std::move(payer)},
                                                  std::move(accounts), clock);
  chain::PoolConfig pool{.urls = std::move(config.endpoints),
                         .genesis = std::move(config.genesis),
                         .slot_lag_max = config.slot_lag_max};
  WARDHIVE_TRY(enforcer->open(std::move(pool), program, std::move(config.askers)));
  return enforcer;
}

}  // namespace wardhive
