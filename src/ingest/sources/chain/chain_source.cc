#include "ingest/chain_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/log.h"
#include "chain/notices.h"
#include "chain/swarm.h"
#include "guard/rate_limiter.h"
#include "ingest/sources/chain/event_reader.h"
#include "ingest/sources/chain/network_measures.h"
#include "ingest/sources/chain/signer_watch.h"

namespace wardhive {
namespace {

using chain::Pubkey;

constexpr std::size_t kFileBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kWatchedMax = 2'100;  // those of the settings, and their program data
constexpr Duration kLookEvery = seconds(2);
// Looks beside those of every `interval`: who writes a lot shall not make us ask a lot.
constexpr std::uint32_t kHintsPerSecond = 1, kHintsAtOnce = 5;
constexpr Duration kHintRetry = millis(100);
constexpr const char* kFile = "chain-watch.json";

Result<std::vector<Pubkey>> keys_of(const std::vector<std::string>& texts) {
  std::vector<Pubkey> keys;
  for (const auto& text : texts) {
    WARDHIVE_ASSIGN(keys.emplace_back(), Pubkey::parse(text));
  }
  return keys;
}

void add_unique(std::vector<Pubkey>& keys, const Pubkey& key) {
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
}

}  // namespace

class ChainSource::Impl {
 public:
  Impl(ChainSourceOptions options, const Clock& clock, Give give)
      : options_(std::move(options)), clock_(clock), give_(std::move(give)) {}
  ~Impl() { stop_notices(); }

  Status open() {
    const auto& s = options_.settings;
    chain::PoolConfig config{
        .urls = s.endpoints, .genesis = s.genesis, .slot_lag_max = s.slot_lag_max};
    WARDHIVE_ASSIGN(pool_, chain::EndpointPool::make(std::move(config), clock_, options_.askers));
    rpc_.emplace(pool_->rpc());
    desk_.emplace(*rpc_, clock_, book_, [this](Event event) { return say(std::move(event)); });
    WARDHIVE_ASSIGN(watched_, keys_of(s.watch));
    WARDHIVE_ASSIGN(auto signers, keys_of(s.signers));
    if (!s.program.empty()) {
      WARDHIVE_ASSIGN(program_, Pubkey::parse(s.program));
      const chain::SwarmAddresses at(program_);
      for (const auto& key :
           {at.program, at.program_data, at.config, at.guardian, at.sentinel, at.resolver})
        add_unique(watched_, key);
      events_.emplace(*desk_, program_);
    }
    measures_.emplace(*pool_, *rpc_, clock_);
    if (!s.notices.empty()) WARDHIVE_TRY(open_notices(signers));
    if (!signers.empty()) signers_.emplace(*desk_, std::move(signers), s.signer_interval);
    return load();
  }

  // `changed`: something has, so nothing is put off.
  void pass(bool changed) {
    const auto now = clock_.mono();
    if (now >= look_at_) {
      look_at_ = now + kLookEvery;
      pool_->look();
    }
    tell("authorities", look_at_accounts());
    if (signers_) {
      tell("signers", signers_->look_at_histories(changed));
      if (const auto looked = signers_->look_for_nonces()) tell("durable nonces", *looked);
    }
    if (events_) tell("events", events_->read());
    measure();
    save();
  }

  // From now on `hint` is called, on a thread of its own, when a look would be worth it.
  void start_notices(std::function<void()> hint) {
    hint_ = std::move(hint);
    if (notices_) notices_->start();
  }
  bool may_look() { return hints_.admit("", 1, clock_.mono()); }
  void stop_notices() {
    if (notices_) notices_->stop();
  }
  void cancel() { pool_->cancel(); }
  Duration interval() const { return options_.settings.interval; }

 private:
  Status open_notices(const std::vector<Pubkey>& signers) {
    chain::NoticesConfig config{
        .urls = options_.settings.notices, .accounts = watched_, .mentioned = signers};
    if (events_) config.mentioned.insert(config.mentioned.begin(), program_);
    auto made = chain::Notices::make(std::move(config), [this](auto) { hint_(); });
    if (!made) return fail(made.error().code, "chain.notices: " + made.error().message);
    notices_ = *std::move(made);
    return ok();
  }

  Path file() const { return options_.state / kFile; }

  Status load() {
    const auto text = read_file(file(), kFileBytesMax);
    if (!text && text.error().code == ErrorCode::NotFound) return ok();
    if (!text) return std::unexpected(text.error());
    auto book = WatchBook::load(*text);
    if (!book)
      return fail(ErrorCode::Corrupt,
                  fmt::format("{} cannot be read: {}; move it away to begin anew (what changed "
                              "meanwhile is then not reported)",
                              file().string(), book.error().message));
    book_ = std::move(*book);
    if (book_.program != program_.text()) {
      book_.sequences.clear();
      book_.gaps.clear();
      book_.signatures.clear();
      book_.index();
    }
    return ok();
  }
  // What the file says was given; what was given and is not in it is given again.
  void save() {
    book_.program = program_.text();
    if (!book_.unsaved) return;
    if (const auto saved = write_file_atomically(file(), book_.save(), 0600); !saved)
      return tell("chain-watch.json", saved);
    book_.unsaved = false;
  }

  // Once per spell, not once per pass.
  void tell(const std::string& what, const Status& status) {
    auto& failing = failing_[what];
    if (!status && !failing)
      log::warn("chain_watch_failed", {{"what", what}, {"reason", status.error().message}});
    if (status && failing) log::info("chain_watch_works", {{"what", what}});
    failing = !status;
  }

  bool say(Event event) {
    event.observer = node(options_.observer);
    event.at = clock_.wall();
    return give_(ChainSaid(std::move(event)));
  }
  bool say_all(std::vector<Event> events) {
    for (auto& event : events)
      if (!say(std::move(event))) return false;
    return true;
  }

  Status look_at_accounts() {
    std::vector<Pubkey> found;  // program data of programs among them
    for (std::size_t from = 0; from < watched_.size(); from += chain::kAccountsAtMax) {
      const auto part = std::span(watched_).subspan(
          from, std::min(chain::kAccountsAtMax, watched_.size() - from));
      WARDHIVE_ASSIGN(const auto at,
                      chain::accounts_at(*rpc_, part, chain::kAuthorityBytes, book_.slot));
      if (at.slot > book_.slot) book_.slot = at.slot;
      for (std::size_t i = 0; i < part.size(); ++i) {
        if (at.accounts[i])
          if (const auto data = chain::program_data_of(*at.accounts[i])) found.push_back(*data);
        WARDHIVE_TRY(judge(part[i], chain::authorities_of(at.accounts[i], program_), at.slot));
      }
    }
    for (const auto& key : found)
      if (watched_.size() < kWatchedMax) add_unique(watched_, key);
    return ok();
  }

  Status judge(const Pubkey& account, chain::Authorities now, std::uint64_t slot) {
    const auto known = book_.authorities.find(account.text());
    if (known == book_.authorities.end()) {
      book_.authorities.emplace(account.text(), std::move(now));
      book_.unsaved = true;
      return ok();
    }
    if (known->second == now) return ok();
    std::string agreed;
    if (pool_->size() > 1) {
      const auto checked = ask_two(account, now, slot, agreed);
      if (checked && *checked == known->second) return ok();  // outvoted
      if (checked) now = *checked;
    }
    if (!say_all(authority_events(known->second, now, account, slot, agreed))) return not_taken();
    known->second = std::move(now);
    book_.unsaved = true;
    return ok();
  }

  Result<chain::Authorities> ask_two(const Pubkey& account, const chain::Authorities& seen,
                                     std::uint64_t& slot, std::string& agreed) {
    const auto said =
        pool_->agreed("getAccountInfo", to_json(account.text()),
                      fmt::format(R"("encoding":"base64","dataSlice":{{"offset":0,"length":{}}})",
                                  chain::kAuthorityBytes));
    if (!said) {
      log::warn("chain_endpoints_disagree",
                {{"account", account.text()}, {"reason", said.error().message}});
      return seen;
    }
    std::optional<chain::Account> value;
    if (!said->value.is_null()) {
      WARDHIVE_ASSIGN(value, chain::parse_account(said->value));
    }
    agreed = fmt::format("{}", fmt::join(said->by, ", "));
    slot = said->slot;
    return chain::authorities_of(value, program_);
  }

  void measure() {
    auto batch = measures_->take();
    if (events_) measures_->put_failed(batch, program_.text(), events_->failed());
    if (notices_) {
      const auto state = notices_->state();
      measures_->put_notices(batch, state);
      tell_notices(state);
    }
    (void)give_(ChainSaid(std::move(batch)));  // samples may be lost
  }
  void tell_notices(const chain::NoticesState& state) {
    if (!state.open && state.problem.empty()) return;  // not tried yet
    tell("notices", state.open ? ok() : fail(ErrorCode::Unavailable, state.problem));
    if (state.open)
      tell("subscriptions", state.refused == 0
                                ? ok()
                                : fail(ErrorCode::LimitReached,
                                       fmt::format("the endpoint refused {}: what they would have "
                                                   "told is seen at the next look",
                                                   state.refused)));
  }

  ChainSourceOptions options_;
  const Clock& clock_;
  const Give give_;
  std::unique_ptr<chain::EndpointPool> pool_;
  std::optional<chain::Rpc> rpc_;
  std::vector<Pubkey> watched_;
  Pubkey program_{};
  WatchBook book_;
  std::optional<ChainDesk> desk_;
  std::optional<EventReader> events_;   // with a program
  std::optional<SignerWatch> signers_;  // with signers
  std::optional<NetworkMeasures> measures_;
  MonoTime look_at_{};
  std::map<std::string, bool> failing_;
  RateLimiter hints_{kHintsPerSecond, kHintsAtOnce};
  std::function<void()> hint_;
  std::unique_ptr<chain::Notices> notices_;  // if wanted; its thread uses the one above
};

ChainSource::ChainSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChainSource::~ChainSource() { stop(); }

Result<std::unique_ptr<ChainSource>> ChainSource::make(ChainSourceOptions options,
                                                       const Clock& clock, Give give) {
  auto impl = std::make_unique<Impl>(std::move(options), clock, std::move(give));
  WARDHIVE_TRY(impl->open());
  return std::unique_ptr<ChainSource>(new ChainSource(std::move(impl)));
}

void ChainSource::pass() { impl_->pass(false); }

void ChainSource::start() {
  impl_->start_notices([this] {
    const std::lock_guard lock(mutex_);
    hinted_ = true;
    wake_.notify_all();
  });
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      const bool hinted = std::exchange(hinted_, false);
      const auto due = system_clock().mono() + impl_->interval();
      lock.unlock();
      impl_->pass(hinted);
      lock.lock();
      const auto left = [&] { return std::max<Duration>(due - system_clock().mono(), millis(10)); };
      wake_.wait_for(lock, left(), [&] { return stopping_ || hinted_; });
      // A hint beyond the budget waits for its turn and is not lost.
      while (!stopping_ && hinted_ && left() > millis(10) && !impl_->may_look())
        wake_.wait_for(lock, std::min(kHintRetry, left()), [&] { return stopping_; });
    }
  });
}

void ChainSource::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  impl_->cancel();
  impl_->stop_notices();
  thread_.join();
}

}  // namespace wardhive
