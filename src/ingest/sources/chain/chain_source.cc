#include "ingest/chain_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>

#include "base/log.h"
#include "chain/programs.h"
#include "chain/swarm.h"
#include "ingest/sources/chain/watch_book.h"

namespace wardhive {
namespace {

using chain::Pubkey;

constexpr std::size_t kFileBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kTransactionsPerPass = 100;
constexpr std::size_t kPagesMax = 5;        // of the history, when it is read again
constexpr std::size_t kWatchedMax = 2'100;  // those of the settings, and their program data
constexpr Duration kLookEvery = seconds(2);
constexpr std::size_t kSignerPasses = 3;
constexpr Duration kNoncesApart = seconds(2);  // a signer that signs all the time costs no more
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

  Status open() {
    const auto& s = options_.settings;
    chain::PoolConfig config{
        .urls = s.endpoints, .genesis = s.genesis, .slot_lag_max = s.slot_lag_max};
    WARDHIVE_ASSIGN(pool_, chain::EndpointPool::make(std::move(config), clock_, options_.askers));
    rpc_.emplace(pool_->rpc());
    WARDHIVE_ASSIGN(watched_, keys_of(s.watch));
    WARDHIVE_ASSIGN(signers_, keys_of(s.signers));
    if (!s.program.empty()) {
      WARDHIVE_ASSIGN(program_, Pubkey::parse(s.program));
      const chain::SwarmAddresses at(program_);
      for (const auto& key :
           {at.program, at.program_data, at.config, at.guardian, at.sentinel, at.resolver})
        add_unique(watched_, key);
    }
    return load();
  }

  void pass() {
    const auto now = clock_.mono();
    if (now >= look_at_) {
      look_at_ = now + kLookEvery;
      pool_->look();
    }
    tell("authorities", look_at_accounts());
    if (!signers_.empty()) tell("signers", look_at_signers());
    if (!signers_.empty() && now >= nonces_at_) {
      nonces_at_ = now + options_.settings.signer_interval;
      nonces_looked_at_ = now;
      tell("durable nonces", look_for_nonces());
    }
    if (program_ != Pubkey{}) tell("events", read_events());
    measure();
    save();
  }
  void cancel() { pool_->cancel(); }
  Duration interval() const { return options_.settings.interval; }

 private:
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
      book_.signatures.clear();
      book_.index();
    }
    return ok();
  }
  // What the file says was given; what was given and is not in it is given again.
  void save() {
    book_.program = program_.text();
    if (!dirty_) return;
    if (const auto saved = write_file_atomically(file(), book_.save(), 0600); !saved)
      return tell("chain-watch.json", saved);
    dirty_ = false;
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
      dirty_ = true;
      return ok();
    }
    if (known->second == now) return ok();
    std::string agreed;
    if (pool_->size() > 1) {
      const auto checked = ask_two(account, now, slot, agreed);
      if (checked && *checked == known->second) return ok();  // outvoted
      if (checked) now = *checked;
    }
    if (!say_all(authority_events(known->second, now, account, slot, agreed)))
      return fail(ErrorCode::LimitReached, "the pipeline's queue is full; said again later");
    known->second = std::move(now);
    dirty_ = true;
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

  // A nonce that a signer pays for is in its history at once; one that others make for it is found
  // by the costly look alone. Every signer within three passes, whatever their number.
  Status look_at_signers() {
    for (std::size_t i = 0; i < (signers_.size() + kSignerPasses - 1) / kSignerPasses; ++i) {
      const auto& signer = signers_[next_signer_++ % signers_.size()];
      WARDHIVE_ASSIGN(const auto found,
                      chain::signatures_for(*rpc_, signer, std::nullopt, std::nullopt, 1));
      if (found.empty()) continue;
      auto& newest = signed_last_[signer.text()];
      if (newest == found.front().signature) continue;
      newest = found.front().signature;
      nonces_at_ = std::min(nonces_at_, nonces_looked_at_ + kNoncesApart);
    }
    return ok();
  }

  // Whoever may use a nonce can sign today what lands in a year.
  Status look_for_nonces() {
    for (const auto& signer : signers_) {
      const chain::Filter initialised{0, {1, 0, 0, 0, 1, 0, 0, 0}};
      const chain::Filter authority{8, {signer.bytes.begin(), signer.bytes.end()}};
      const std::array filters{initialised, authority};
      WARDHIVE_ASSIGN(const auto accounts,
                      rpc_->program_accounts(chain::programs::kSystem, filters));
      const auto [place, first] = book_.nonces.try_emplace(signer.text());
      dirty_ = dirty_ || first;
      for (const auto& nonce : accounts) {
        if (place->second.contains(nonce.key.text())) continue;
        // At the first look too: nobody who signs by hand needs one.
        Event event;
        event.kind = EventKind::AuthorityChanged;
        event.subject = chain_account(signer.text());
        event.attributes = {
            {"power", "durable nonce"},
            {"before", ""},
            {"after", nonce.key.text()},
            {"says", fmt::format("signer {} may use the durable nonce {}: what it signs with that "
                                 "never expires",
                                 signer.text(), nonce.key.text())},
            {"account_kind", "signer"},
            {"slot", std::to_string(book_.slot)}};
        if (!say(std::move(event)))
          return fail(ErrorCode::LimitReached, "the pipeline's queue is full; said again later");
        place->second.insert(nonce.key.text());
        dirty_ = true;
      }
    }
    return ok();
  }

  // Oldest first, as many as a pass may take; the rest at the next one.
  Result<std::vector<chain::SignatureInfo>> unread(bool whole_history) {
    std::optional<chain::Signature> until, before;
    if (!whole_history && !book_.signatures.empty()) {
      WARDHIVE_ASSIGN(until, chain::Signature::parse(book_.signatures.back()));
    }
    std::vector<chain::SignatureInfo> found;
    for (std::size_t page = 0; page < kPagesMax; ++page) {
      WARDHIVE_ASSIGN(auto more, chain::signatures_for(*rpc_, program_, until, before));
      const bool last = more.size() < chain::kSignaturesMax;
      if (!more.empty()) before = more.back().signature;
      for (auto& info : more)
        if (!book_.has_read(info.signature.text())) found.push_back(info);
      if (last) break;
    }
    std::reverse(found.begin(), found.end());
    return found;
  }

  Status read_events() {
    if (began_at_ == 0) began_at_ = book_.slot;
    WARDHIVE_ASSIGN(const auto fresh, unread(false));
    std::vector<SequenceGap> gaps;
    bool cut = false;
    Status read;
    std::size_t asked = 0;
    for (const auto& info : fresh) {
      if (info.failed) {
        note_failed(info);
        continue;
      }
      if (asked++ == kTransactionsPerPass) break;
      if (read = read_transaction(info.signature, gaps, cut); !read) break;
    }
    if (!gaps.empty()) WARDHIVE_TRY(backfill(gaps, cut));
    return read;
  }

  // It changed nothing and has no event; that it was tried counts, but not from before we came.
  void note_failed(const chain::SignatureInfo& info) {
    if (info.slot >= began_at_) ++failed_;
    book_.mark_read(info.signature.text());
    dirty_ = true;
  }

  Status read_transaction(const chain::Signature& signature, std::vector<SequenceGap>& gaps,
                          bool& cut) {
    WARDHIVE_ASSIGN(const auto record, chain::transaction_record(*rpc_, signature));
    if (!record)
      return fail(ErrorCode::Unavailable,
                  fmt::format("{} is listed but not known yet", signature.text()));
    const auto logs = chain::read_program_logs(record->logs, program_);
    cut = cut || logs.cut;
    for (const auto& event : logs.events) {
      if (!say(program_event(event, program_, signature, *record, book_.slot)))
        return fail(ErrorCode::LimitReached, "the pipeline's queue is full; said again later");
      if (auto gap = note_sequence(book_, event)) gaps.push_back(*std::move(gap));
    }
    book_.mark_read(signature.text());
    dirty_ = true;
    return ok();
  }

  // The list that we got was not whole, or lines were cut: once more, all of it.
  Status backfill(const std::vector<SequenceGap>& gaps, bool cut) {
    WARDHIVE_ASSIGN(const auto missed, unread(true));
    std::map<std::string, std::set<std::uint64_t>> late;
    for (const auto& info : missed) {
      if (info.failed) continue;
      WARDHIVE_ASSIGN(const auto record, chain::transaction_record(*rpc_, info.signature));
      if (!record) continue;
      const auto logs = chain::read_program_logs(record->logs, program_);
      for (const auto& event : logs.events) {
        if (!say(program_event(event, program_, info.signature, *record, book_.slot)))
          return fail(ErrorCode::LimitReached, "the pipeline's queue is full; said again later");
        late[event.sequence()].insert(event.seq);
        (void)note_sequence(book_, event);
      }
      book_.mark_read(info.signature.text());
    }
    for (const auto& gap : gaps) {
      const auto& found = late[gap.sequence];
      auto first = gap.first, last = gap.last;
      while (first <= last && found.contains(first)) ++first;
      while (last > first && found.contains(last)) --last;
      if (first > last) continue;
      Event event;
      event.kind = EventKind::ProgramEventGap;
      event.subject = chain_account(program_.text());
      event.attributes = {{"sequence", gap.sequence},
                          {"first", std::to_string(first)},
                          {"last", std::to_string(last)},
                          {"why", cut ? "the runtime cut log lines off"
                                      : "no endpoint lists a transaction with them"}};
      (void)say(std::move(event));
    }
    return ok();
  }

  void put(SampleBatch& batch, std::string_view name, const std::string& endpoint, double value) {
    SeriesDefined series;
    Labels labels{{"__name__", std::string(name)}, {"job", "chain"}};
    if (!endpoint.empty()) labels.emplace_back("endpoint", endpoint);
    if (name == "chain_program_failed_total") labels.emplace_back("program", program_.text());
    series.labels = *canonical_labels(std::move(labels));
    series.id = series_id(series.labels);
    series.entity = Entity{};
    batch.samples.push_back({series.id, clock_.wall(), value});
    batch.defined.push_back(std::move(series));
  }

  void measure() {
    SampleBatch batch;
    for (const auto& endpoint : pool_->endpoints()) {
      put(batch, "chain_endpoint_up", endpoint.name,
          endpoint.health == chain::EndpointHealth::Well ? 1 : 0);
      if (endpoint.slot == 0) continue;
      put(batch, "chain_slot_lag", endpoint.name, static_cast<double>(endpoint.lag));
      put(batch, "chain_rpc_latency_seconds", endpoint.name, to_seconds(endpoint.latency));
    }
    if (program_ != Pubkey{})
      put(batch, "chain_program_failed_total", "", static_cast<double>(failed_));
    const auto processed = number("getSlot", "processed"),
               confirmed = number("getSlot", "confirmed"),
               height = number("getBlockHeight", "confirmed");
    if (processed && confirmed && height) {
      put(batch, "chain_slot", "", static_cast<double>(*confirmed));
      measure_skipped(*confirmed, *height, batch);
      measure_confirmation(*processed, *confirmed, batch);
    }
    (void)give_(ChainSaid(std::move(batch)));  // samples may be lost
  }
  std::optional<std::uint64_t> number(std::string_view method, std::string_view level) {
    const auto value = rpc_->call(method, fmt::format(R"([{{"commitment":"{}"}}])", level));
    if (!value || value->type() != JsonValue::Type::Int || value->as_int() < 0) return {};
    return static_cast<std::uint64_t>(value->as_int());
  }
  // Every slot has a block or was skipped.
  void measure_skipped(std::uint64_t slot, std::uint64_t height, SampleBatch& batch) {
    if (last_slot_ != 0 && slot > last_slot_ && height >= last_height_) {
      const auto slots = slot - last_slot_, blocks = height - last_height_;
      skipped_ += slots > blocks ? slots - blocks : 0;
    }
    last_slot_ = slot;
    last_height_ = height;
    put(batch, "chain_skipped_slots_total", "", static_cast<double>(skipped_));
  }
  void measure_confirmation(std::uint64_t processed, std::uint64_t confirmed, SampleBatch& batch) {
    const auto now = clock_.mono();
    if (seen_.empty() || processed > seen_.back().first) seen_.emplace_back(processed, now);
    std::optional<Duration> took;
    while (!seen_.empty() && seen_.front().first <= confirmed) {
      took = now - seen_.front().second;
      seen_.pop_front();
    }
    while (seen_.size() > 1'000) seen_.pop_front();
    if (took) put(batch, "chain_confirmation_seconds", "", to_seconds(*took));
  }

  ChainSourceOptions options_;
  const Clock& clock_;
  const Give give_;
  std::unique_ptr<chain::EndpointPool> pool_;
  std::optional<chain::Rpc> rpc_;
  std::vector<Pubkey> watched_, signers_;
  Pubkey program_{};
  WatchBook book_;
  bool dirty_ = false;
  MonoTime look_at_{}, nonces_at_{}, nonces_looked_at_{};
  std::map<std::string, chain::Signature> signed_last_;  // by signer
  std::size_t next_signer_ = 0;
  std::map<std::string, bool> failing_;
  std::uint64_t last_slot_ = 0, last_height_ = 0, skipped_ = 0, failed_ = 0, began_at_ = 0;
  std::deque<std::pair<std::uint64_t, MonoTime>> seen_;  // processed slots, not yet confirmed
};

ChainSource::ChainSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChainSource::~ChainSource() { stop(); }

Result<std::unique_ptr<ChainSource>> ChainSource::make(ChainSourceOptions options,
                                                       const Clock& clock, Give give) {
  auto impl = std::make_unique<Impl>(std::move(options), clock, std::move(give));
  WARDHIVE_TRY(impl->open());
  return std::unique_ptr<ChainSource>(new ChainSource(std::move(impl)));
}

void ChainSource::pass() { impl_->pass(); }

void ChainSource::start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      const auto began = system_clock().mono();
      lock.unlock();
      impl_->pass();
      lock.lock();
      const auto left = impl_->interval() - (system_clock().mono() - began);
      wake_.wait_for(lock, std::max<Duration>(left, millis(10)), [&] { return stopping_; });
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
  thread_.join();
}

}  // namespace wardhive
