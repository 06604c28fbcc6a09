#include "app/anchoring.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

constexpr Duration kPassEvery = seconds(1);
constexpr Duration kPassInFlight = millis(400);
constexpr Duration kAgain = seconds(2);
constexpr Duration kAgainMax = minutes(1);
constexpr Duration kLeastApart = seconds(10);   // who provokes incidents must not empty the payer
constexpr Duration kOverdueLeast = minutes(5);  // where the interval is short
constexpr std::size_t kSlice = 5'000;

Counter& landed_total() {
  return metrics().counter("app_audit_anchors_total", "checkpoints of the audit that landed");
}
Counter& failures_total() {
  return metrics().counter("app_audit_anchor_failures_total",
                           "attempts to anchor the audit that failed");
}
Gauge& alarm_gauge() {
  return metrics().gauge(
      "app_audit_anchor_alarm",
      "1 while the audit does not extend its checkpoint on the chain, or is overdue");
}
Gauge& size_gauge() {
  return metrics().gauge("app_audit_anchored_records",
                         "records of the audit under its latest checkpoint");
}

}  // namespace

Result<std::unique_ptr<Anchoring>> Anchoring::make(const ChainSettings& settings,
                                                   const Store& store, const Clock& clock,
                                                   Alarm alarm, std::vector<chain::Asker> askers) {
  WARDHIVE_ASSIGN(const auto program, chain::Pubkey::parse(settings.anchor_program));
  WARDHIVE_ASSIGN(auto key, chain::Keypair::load(settings.anchor_key));
  auto payer = key;
  if (!settings.payer_key.empty()) {
    WARDHIVE_ASSIGN(payer, chain::Keypair::load(settings.payer_key));
  }
  std::unique_ptr<Anchoring> made(
      new Anchoring(settings, store, clock, std::move(alarm), std::move(key), std::move(payer)));
  made->log_ = {.program = program, .authority = made->key_.pubkey(), .id = settings.anchor_log};
  chain::PoolConfig config{.urls = settings.endpoints,
                           .genesis = settings.genesis,
                           .slot_lag_max = settings.slot_lag_max,
                           .error_names = chain::anchor_error_names(program)};
  WARDHIVE_ASSIGN(made->pool_,
                  chain::EndpointPool::make(std::move(config), clock, std::move(askers)));
  made->rpc_.emplace(made->pool_->rpc());
  alarm_gauge().set(0);
  return made;
}

Anchoring::~Anchoring() { stop(); }

void Anchoring::start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      pass();
      lock.lock();
      wake_.wait_for(lock, in_flight_ ? kPassInFlight : kPassEvery, [&] { return stopping_; });
    }
  });
}

void Anchoring::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  pool_->cancel();
  if (thread_.joinable()) thread_.join();
}

void Anchoring::pass() {
  look();
  tell_if_overdue();
}

void Anchoring::look() {
  if (const auto read = read_audit(); !read) {
    // A gap is not a chain that does not answer.
    if (read.error().code == ErrorCode::Corrupt)
      return disagree("the audit is broken in itself: " + read.error().message);
    return failed(read.error());
  }
  if (in_flight_) {
    if (failures_ > 0 && clock_.mono() < due_) return;
    if (const auto followed = follow(); !followed) failed(followed.error());
    return;
  }
  if (clock_.mono() < due_) return;
  if (const auto anchored = anchor(); !anchored) failed(anchored.error());
}

Status Anchoring::read_audit() {
  const bool empty = tree_.size() == 0;
  for (;;) {
    WARDHIVE_ASSIGN(const auto records, store_.audit(tree_.size() + 1, kSlice));
    for (const auto& record : records) {
      if (record.sequence != tree_.size() + 1)
        return fail(ErrorCode::Corrupt, fmt::format("audit record {} stands where {} was expected",
                                                    record.sequence, tree_.size() + 1));
      Hash256 hash;
      WARDHIVE_TRY(from_hex(record.hash, hash));
      tree_.add(hash);
      if (!read_all_) continue;
      WARDHIVE_ASSIGN(const bool at_once, calls_for_one(record));
      if (!at_once) continue;
      wanted_size_ = tree_.size();
      // After a failure, or in disagreement, its time has been set.
      if (failures_ == 0 && problem_.empty())
        due_ = std::max(clock_.mono(), landed_at_ + kLeastApart);
    }
    if (records.size() < kSlice) break;
    if (const std::lock_guard lock(mutex_); stopping_) return ok();
  }
  read_all_ = true;
  // The first records do not wait for an interval that began without any.
  if (empty && tree_.size() > 0 && failures_ == 0 && problem_.empty()) due_ = clock_.mono();
  return ok();
}

// The close of an incident, and an act on the chain that persons approved.
Result<bool> Anchoring::calls_for_one(const AuditRecord& record) const {
  if (record.kind != "incident" && record.kind != "proposal") return false;
  WARDHIVE_ASSIGN(const auto rows, store_.journal({.kind = record.kind,
                                                   .newest_per_id = false,
                                                   .before_offset = record.offset,
                                                   .before_index = record.index + 1,
                                                   .limit = 1}));
  if (rows.empty()) return false;
  if (record.kind == "proposal") {
    WARDHIVE_ASSIGN(const auto proposal, from_json<Proposal>(rows.front().body));
    return proposal.state == ProposalState::Ordered;
  }
  WARDHIVE_ASSIGN(const auto incident, from_json<Incident>(rows.front().body));
  return incident.ended_at != Instant{};
}

Status Anchoring::follow() {
  WARDHIVE_ASSIGN(auto look, chain::look_at(*rpc_, in_flight_->flight));
  if (look.at == chain::FlightLook::At::OnItsWay) return ok();
  const auto sent = *std::exchange(in_flight_, std::nullopt);
  if (look.at == chain::FlightLook::At::Over) {
    not_included_ += look.why.reason == chain::reason::kBlockhashExpired;
    return std::unexpected(std::move(look.why));
  }
  not_included_ = 0;
  log::info("audit_anchored", {{"records", fmt::format("{}", sent.size)},
                               {"signature", sent.flight.signature.text()}});
  is_well();
  landed_total().add();
  size_gauge().set(static_cast<double>(sent.size));
  failures_ = 0;
  landed_at_ = clock_.mono();
  due_ = landed_at_ + (wanted_size_ > sent.size ? kLeastApart : interval_);
  return ok();
}

void Anchoring::end_alarm() {
  problem_.clear();
  overdue_ = false;
  alarm_gauge().set(0);
  alarm_("");
}

void Anchoring::is_well() {
  well_at_ = clock_.mono();
  if (overdue_) end_alarm();
}

Status Anchoring::anchor() {
  WARDHIVE_ASSIGN(const auto latest, chain::read_checkpoint(*pool_, log_));
  const auto size = latest ? latest->size : 0;
  if (size > tree_.size()) {
    disagree(
        fmt::format("the audit is shorter than its checkpoint on the chain, of {} records: records "
                    "were cut off, or this state directory is another one; keep it and run "
                    "`wardhive audit check-anchor`. A new one needs a new chain.anchor_log",
                    size));
    return ok();
  }
  if (size > 0 && tree_.root(size) != latest->root) {
    disagree(
        fmt::format("the first {} records of the audit are not those that were anchored: "
                    "they were changed; keep the state directory and run `wardhive audit "
                    "check-anchor`",
                    size));
    return ok();
  }
  if (!problem_.empty() && !overdue_) end_alarm();
  size_gauge().set(static_cast<double>(size));
  if (size < tree_.size()) return send(latest);
  is_well();
  failures_ = 0;
  due_ = clock_.mono() + interval_;
  return ok();
}

Status Anchoring::send(std::optional<chain::AnchoredCheckpoint> latest) {
  chain::Plan plan{.instructions = {},
                   .payer = payer_.pubkey(),
                   .priority_fee = {fee_lamports_max_, not_included_}};
  if (!latest) plan.instructions.push_back(chain::open_log_instruction(log_, payer_.pubkey()));
  const auto size = tree_.size();
  const auto proof = tree_.consistency(latest ? latest->size : 0, size);
  plan.instructions.push_back(chain::anchor_instruction(log_, size, tree_.root(size), proof));
  WARDHIVE_ASSIGN(auto prepared, chain::prepare(*rpc_, plan));
  std::vector<const chain::Keypair*> signers{&payer_};
  if (key_.pubkey() != payer_.pubkey()) signers.push_back(&key_);
  WARDHIVE_ASSIGN(auto transaction, chain::sign(std::move(prepared.message), signers));
  const auto signature = transaction.id();
  in_flight_ = InFlight{.flight = {.transaction = std::move(transaction),
                                   .signature = signature,
                                   .last_valid_height = prepared.last_valid_height},
                        .size = size};
  // Whether it was taken does not matter: it is asked for, and sent again.
  (void)rpc_->send(in_flight_->flight.transaction);
  return ok();
}

void Anchoring::disagree(std::string text) {
  failures_ = 0;
  due_ = clock_.mono() + interval_;
  overdue_ = false;
  if (problem_ == text) return;
  problem_ = std::move(text);
  alarm_gauge().set(1);
  log::error("audit_differs_from_anchor", {{"problem", problem_}});
  alarm_(problem_);
}

void Anchoring::failed(const Error& error) {
  failures_total().add();
  if (failures_ == 0) log::warn("audit_not_anchored", {{"reason", error.message}});
  due_ = clock_.mono() + std::min(kAgainMax, kAgain * (1 << std::min(failures_, 8u)));
  ++failures_;
  last_failure_ = error.message;
}

// An endpoint that is restarted is nobody's trouble; an audit that nobody can check is.
void Anchoring::tell_if_overdue() {
  const auto since = clock_.mono() - well_at_;
  if (failures_ == 0 || overdue_ || !problem_.empty() ||
      since < std::max(interval_ + interval_ / 2, kOverdueLeast))
    return;
  overdue_ = true;
  problem_ = fmt::format("the audit has not been anchored for {}: {}", format_duration(since),
                         last_failure_);
  alarm_gauge().set(1);
  log::error("audit_anchor_overdue", {{"problem", problem_}});
  alarm_(problem_);
}

}  // namespace wardhive
