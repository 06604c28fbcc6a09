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
#include "enforce/enforcers/chain_order.h"

namespace wardhive {
namespace {

using chain::Pubkey;

constexpr Duration kBusyEvery = millis(200);   // while something is on its way
constexpr Duration kQuietEvery = seconds(2);   // a node whose quarantine stands is read again
constexpr Duration kCheckEvery = seconds(5);   // program and key set; also whether anybody answers
constexpr Duration kStale = seconds(15);       // without an answer nothing is known
constexpr Duration kApplyWait = millis(800);   // for a new order
constexpr Duration kRepeatWait = millis(100);  // for one that was waited for before

bool is_no_answer(const Error& error) {
  return error.code == ErrorCode::Unavailable || error.code == ErrorCode::Timeout;
}

class ChainEnforcer final : public Enforcer {
 public:
  ChainEnforcer(std::unique_ptr<chain::Signer> signer, std::map<std::string, Pubkey> accounts,
                const Clock& clock)
      : signer_(std::move(signer)), accounts_(std::move(accounts)), clock_(clock) {}
  ~ChainEnforcer() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_.notify_all();
    }
    if (pool_) pool_->cancel();
    if (thread_.joinable()) thread_.join();
  }

  Status open(chain::PoolConfig config, const Pubkey& program, std::uint64_t fee_lamports_max,
              std::vector<chain::Asker> askers) {
    config.error_names = chain::swarm_error_names(program);
    WARDHIVE_ASSIGN(pool_, chain::EndpointPool::make(std::move(config), clock_, std::move(askers)));
    rpc_.emplace(pool_->rpc());
    hand_.emplace(*rpc_, *signer_, program, fee_lamports_max, clock_);
    return ok();
  }

  std::string_view control() const override { return "chain"; }
  bool can(Verb verb) const override { return verb == Verb::QuarantineNode; }
  void protect(std::vector<IpPrefix>, std::vector<IpAddress>) override {}  // it acts on no address

  bool is_slow() const override { return true; }

  Status start() override {
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) {
      thread_ = std::thread([this] { run(); });
      done_.wait_for(lock, kApplyWait, [&] { return checked_ || !trouble_.empty(); });
    }
    return state();
  }

  Result<Applied> apply(const DesiredItem& item, Duration expires_in) override {
    const Wanted one{item, expires_in};
    return std::move(apply_all({&one, 1}).front());
  }

  std::vector<Result<Applied>> apply_all(std::span<const Wanted> wanted) override {
    std::unique_lock lock(mutex_);
    bool news = false;
    std::vector<Entry*> asked;
    for (const auto& one : wanted) asked.push_back(ask(one, news));
    if (news) wake_.notify_all();
    if (state())
      done_.wait_for(lock, news ? kApplyWait : kRepeatWait, [&] {
        return stopping_ || std::ranges::all_of(asked, [](const Entry* entry) {
                 return entry == nullptr || settled(*entry);
               });
      });
    std::vector<Result<Applied>> answers;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      answers.push_back(asked[i] == nullptr ? unknown(wanted[i].item.key) : answer(*asked[i]));
    return answers;
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
    std::vector<Wanted> gone;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [name, entry] : tasks_) {
        gone.emplace_back();
        gone.back().item.key = name;
        gone.back().item.present = false;
      }
    }
    std::string left;
    const auto answers = apply_all(gone);
    for (std::size_t i = 0; i < gone.size(); ++i)
      if (!answers[i])
        left += (left.empty() ? "" : "; ") + gone[i].item.key + ": " + answers[i].error().message;
    return left.empty() ? ok() : fail(ErrorCode::Unavailable, left);
  }

 private:
  struct Entry {
    ChainTask task;  // as of the thread's last step
    ChainOrder order;
    MonoTime due{};
  };

  static Result<Applied> unknown(const std::string& name) {
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("{} has no account on the chain; name it as nodes.{}.account", name, name));
  }

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
  // nullptr: no node of ours.
  Entry* ask(const Wanted& wanted, bool& news) {
    const auto account = accounts_.find(wanted.item.key);
    if (account == accounts_.end()) return nullptr;
    auto& entry = tasks_[wanted.item.key];
    entry.task.account = account->second;
    if (entry.order.ask(wanted.item.present, wanted.item.version, wanted.expires_in,
                        clock_.mono())) {
      entry.due = MonoTime{};
      news = true;
    }
    return &entry;
  }
  static bool settled(const Entry& entry) {
    return entry.order.end() != nullptr ||
           (entry.order.is(entry.task.wanted) && entry.task.settled());
  }
  Result<Applied> answer(const Entry& entry) const {
    if (const auto well = state(); !well) return std::unexpected(well.error());
    if (const auto* end = entry.order.end()) {
      if (end->kind == NextStep::Kind::Refuse) return fail(ErrorCode::PermissionDenied, end->says);
      return Applied{.verified = true, .detail = end->says, .over = true};
    }
    const auto& task = entry.task;
    if (!entry.order.is(task.wanted) || !task.outcome)
      return fail(ErrorCode::Unavailable,
                  task.problem.empty() ? "the chain is being asked" : task.problem);
    auto text = task.outcome->says;
    if (task.leases.moved > 0)
      text += fmt::format("; {} lease{} moved to its standby", task.leases.moved,
                          task.leases.moved == 1 ? "" : "s");
    if (!task.leases.problem.empty())
      text += "; leases could not all be moved yet: " + task.leases.problem;
    return Applied{.verified = true, .detail = std::move(text)};
  }
  static std::optional<Effect> effect_of(const std::string& name, const Entry& entry) {
    const auto& task = entry.task;
    if (task.holds_until == 0) return std::nullopt;
    // What disagrees is repeated by the actuator, and only what is repeated is signed. So a wanted
    // one is in force when it is enough, and an unwanted one until it is gone or another's.
    using enum NextStep::Kind;
    const auto is = [&](NextStep::Kind kind) { return task.outcome && task.outcome->kind == kind; };
    if (task.wanted.present ? !is(Holds) : is(Gone)) return std::nullopt;
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
    if (clock_.mono() >= check_at_) check(lock);
    if (!checked_) return;
    for (auto& [name, entry] : tasks_) {
      if (stopping_ || entry.due > clock_.mono()) continue;
      auto task = entry.task;
      task.take(entry.order.wanted(clock_.mono()));
      // The chain may take many seconds to answer what comes before a signature.
      const auto still = [&, order = task.wanted] {
        const std::lock_guard again(mutex_);
        return entry.order.is(order) && entry.order.wanted(clock_.mono()).may_sign && !stopping_;
      };
      const auto stepped = unlocked(lock, [&] { return hand_->step(task, still); });
      if (stepped || is_no_answer(stepped.error())) note(stepped);
      if (!stepped) task.problem = stepped.error().message;
      if (!stepped && !is_no_answer(stepped.error())) {  // what was known is not known any more
        task.outcome.reset();
        task.holds_until = 0;
      }
      if (stepped && task.outcome && entry.order.is(task.wanted)) entry.order.found(*task.outcome);
      const bool busy = task.in_flight || (task.outcome && !task.settled());
      entry.task = std::move(task);
      if (entry.order.is(entry.task.wanted))  // else a newer one waits already
        entry.due = clock_.mono() + (stepped && busy ? kBusyEvery : kQuietEvery);
    }
  }
  // A key set that changed or a program that is not ours ends all; silence ends nothing.
  void check(std::unique_lock<std::mutex>& lock) {
    const auto checked = unlocked(lock, [&] { return hand_->check(); });
    note(checked);
    checked_ = checked.has_value() || (checked_ && is_no_answer(checked.error()));
    check_at_ = clock_.mono() + (checked ? kCheckEvery : kQuietEvery);
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
    auto next = check_at_;
    if (checked_)
      for (const auto& [name, entry] : tasks_) next = std::min(next, entry.due);
    return std::clamp<Duration>(next - clock_.mono(), millis(1), kQuietEvery);
  }

  const std::unique_ptr<chain::Signer> signer_;  // asked on the thread only
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
  WARDHIVE_ASSIGN(auto signer, chain::open_signer({.socket = config.signer,
                                                   .keys = config.sentinel_keys,
                                                   .payer = config.payer_key}));
  auto enforcer = std::make_unique<ChainEnforcer>(std::move(signer), std::move(accounts), clock);
  chain::PoolConfig pool{.urls = std::move(config.endpoints),
                         .genesis = std::move(config.genesis),
                         .slot_lag_max = config.slot_lag_max};
  WARDHIVE_TRY(
      enforcer->open(std::move(pool), program, config.fee_lamports_max, std::move(config.askers)));
  return enforcer;
}

}  // namespace wardhive
