#include "app/acting.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/bytes.h"
#include "base/log.h"
#include "base/metrics.h"
#include "chain/fault.h"

namespace wardhive {
namespace {

using chain::outbox::Told;

constexpr Duration kBusyEvery = millis(250);
constexpr Duration kQuietEvery = seconds(1);
constexpr Duration kLookEvery =
    seconds(5);  // at the endpoints' slots, while something is under way
constexpr Duration kWaitSaidAfter = seconds(5);  // what is shorter needs nobody
constexpr Duration kWaitSaidAgain = seconds(30);
// A blockhash lives for 150 blocks, and the endpoint that is asked may be some behind the one that
// gave it.
constexpr std::uint64_t kOldestBlocks = 300;

Counter& told_total(Told what) {
  static constexpr std::array<std::string_view, 4> kNames{"confirmed", "finalized", "failed",
                                                          "vanished"};
  return metrics().counter("app_acts_told_total", "what became of privileged acts on the chain",
                           fmt::format("what=\"{}\"", kNames.at(static_cast<std::size_t>(what))));
}
Gauge& unfinished_gauge() {
  return metrics().gauge("app_acts_unfinished", "privileged acts on their way to the chain");
}

Receipt receipt_of(const chain::outbox::Tell& tell, ActionId order, Instant at) {
  Receipt receipt{.action = order, .agent = {}, .at = at, .detail = tell.signature};
  switch (tell.what) {
    case Told::Confirmed:
      receipt.outcome = Outcome::Applied;
      break;
    case Told::Finalized:
      receipt.outcome = Outcome::Applied;
      receipt.verified = true;
      break;
    case Told::Failed:
      receipt.outcome = Outcome::Refused;
      receipt.detail = tell.detail;
      break;
    case Told::Vanished:
      receipt.outcome = Outcome::Failed;
      receipt.detail = "a fork took it back; it is sent again";
      break;
  }
  return receipt;
}

// No bytes: they are lost, only the signature is known.
std::optional<chain::Transaction> transaction_of(std::string_view base64) {
  const auto bytes = from_base64(base64);
  if (!bytes) return std::nullopt;
  auto transaction = chain::decode_transaction(as_bytes(*bytes));
  if (!transaction) return std::nullopt;
  return *std::move(transaction);
}

Result<chain::OutboxRecords> records_of(const std::string& saved) {
  auto records = from_json<chain::OutboxRecords>(saved);
  if (!records)
    return fail(ErrorCode::Corrupt,
                fmt::format("the records of acts on the chain are not what was kept: {}; what they "
                            "hold may be out, so nothing is signed without them",
                            records.error().message));
  if (records->version != 1)
    return fail(ErrorCode::Unsupported,
                fmt::format("the records of acts on the chain are of version {}, expected 1",
                            records->version));
  return records;
}

}  // namespace

Result<std::unique_ptr<Acting>> Acting::make(const ChainSettings& settings,
                                             const std::optional<std::string>& saved_records,
                                             Keep keep, Say say, const Clock& clock,
                                             std::vector<chain::Asker> askers) {
  WARDHIVE_ASSIGN(const auto program, chain::Pubkey::parse(settings.program));
  WARDHIVE_ASSIGN(
      auto signer,
      chain::open_signer({.socket = settings.signer,
                          .keys = {settings.sentinel_keys.begin(), settings.sentinel_keys.end()},
                          .payer = settings.payer_key}));
  std::unique_ptr<Acting> made(new Acting(std::move(keep), std::move(say), clock));
  chain::PoolConfig config{.urls = settings.endpoints,
                           .genesis = settings.genesis,
                           .slot_lag_max = settings.slot_lag_max,
                           .error_names = chain::swarm_error_names(program)};
  WARDHIVE_ASSIGN(made->pool_,
                  chain::EndpointPool::make(std::move(config), clock, std::move(askers)));
  made->rpc_.emplace(made->pool_->rpc());
  made->signer_.emplace(*made->rpc_, std::move(signer), program, settings.priority_fee_max,
                        settings.bond_nonce, clock);
  if (saved_records) {
    WARDHIVE_ASSIGN(auto records, records_of(*saved_records));
    made->outbox_.restore(std::move(records), clock.mono());
  }
  return made;
}

Acting::~Acting() { stop(); }

void Acting::take(const Proposal& ordered) {
  if (ordered.state != ProposalState::Ordered && ordered.state != ProposalState::Confirmed) return;
  if (!ordered.order) {
    log::error("act_without_order", {{"proposal", ordered.id.text()}});
    return;
  }
  const std::lock_guard lock(mutex_);
  inbox_.push_back(ordered);
  wake_.notify_all();
}

void Acting::start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      pass();
      const auto pause = outbox_.unfinished() > 0 ? kBusyEvery : kQuietEvery;
      lock.lock();
      wake_.wait_for(lock, pause, [&] { return stopping_ || !inbox_.empty(); });
    }
  });
}

void Acting::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  if (pool_) pool_->cancel();
  if (thread_.joinable()) thread_.join();
}

bool Acting::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Acting::pass() {
  accept();
  if (outbox_.unfinished() > 0 && clock_.mono() >= look_at_) {
    look_at_ = clock_.mono() + kLookEvery;
    pool_->look();
  }
  for (const auto& command : outbox_.step(clock_.mono())) {
    if (stopping()) return;
    std::visit([&](const auto& what) { carry_out(what); }, command);
  }
  unfinished_gauge().set(static_cast<double>(outbox_.unfinished()));
}

void Acting::accept() {
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(inbox_, std::back_inserter(waiting_));
    inbox_.clear();
  }
  for (const auto& ordered : waiting_) {
    auto& until = until_.try_emplace(ordered.order.text(), ordered.expires_at).first->second;
    until = std::min(until, ordered.expires_at);
  }
  std::erase_if(waiting_, [&](const Proposal& ordered) {
    OrderedAct order{.act = ordered.act, .sign_until = ordered.expires_at};
    if (ordered.state == ProposalState::Confirmed) order.landed = ordered.detail;
    const auto taken = outbox_.submit(ordered.order.text(), to_json(order), clock_.mono());
    return taken || taken.error().code != ErrorCode::LimitReached;
  });
}

void Acting::carry_out(const chain::outbox::Keep&) {
  const auto kept = keep_(to_json(outbox_.records()));
  if (!kept && !keep_failed_) log::warn("acts_not_kept", {{"reason", kept.error().message}});
  keep_failed_ = !kept;
  if (kept)
    outbox_.kept(clock_.mono());
  else
    outbox_.not_kept();
}

Result<OrderedAct> Acting::order_in(const chain::outbox::Sign& sign) const {
  auto order = from_json<OrderedAct>(sign.payload);
  // Of a signature that could be followed and never landed, nothing is left to follow.
  const auto* item = outbox_.find(sign.id);
  if (order && item != nullptr && item->attempt > 0) order->landed.clear();
  return order;
}

void Acting::carry_out(const chain::outbox::Sign& sign) {
  const auto order = order_in(sign);
  if (!order)
    return outbox_.not_signed(sign.id, true, "it cannot be read: " + order.error().message,
                              clock_.mono());
  if (!order->landed.empty()) return follow(sign.id, order->landed);
  const auto* item = outbox_.find(sign.id);
  const auto cut = until_.find(sign.id);
  const auto until =
      cut == until_.end() ? order->sign_until : std::min(order->sign_until, cut->second);
  const auto made = signer_->sign(order->act, until, item == nullptr ? 0 : item->attempt);
  if (!made) return not_signed(sign.id, made.error());
  const auto signature = made->transaction.id().text();
  log::info("act_signed",
            {{"order", sign.id}, {"act", words_of(order->act)}, {"signature", signature}});
  waits_.erase(sign.id);
  outbox_.signed_as(sign.id, signature, to_base64(chain::encode(made->transaction)),
                    made->last_valid_height, clock_.mono());
}

// It was on the chain, and its bytes are lost. They can land until their blockhash has expired.
void Acting::follow(const std::string& id, const std::string& landed) {
  if (!chain::Signature::parse(landed))
    return outbox_.not_signed(
        id, true,
        fmt::format("it was on the chain as \"{}\", which is no signature; nothing more is signed, "
                    "look there what became of it",
                    landed.substr(0, 100)),
        clock_.mono());
  const auto height = rpc_->block_height();
  if (!height) return not_signed(id, height.error());
  outbox_.signed_as(id, landed, "", *height + kOldestBlocks, clock_.mono());
}

void Acting::not_signed(const std::string& id, const Error& why) {
  const auto* item = outbox_.find(id);
  const auto before = item == nullptr ? std::string() : item->detail;
  auto text = why.message;
  if (before != text) log::warn("act_not_signed", {{"order", id}, {"reason", text}});
  if (is_for_good(why) && item != nullptr && item->attempt > 0)
    text += "; what was signed before can never land";
  else if (is_for_good(why) && !before.empty())
    text += "; before that: " + before;
  if (!is_for_good(why)) say_it_waits(id, why.message);
  outbox_.not_signed(id, is_for_good(why), std::move(text), clock_.mono());
}

// Who ordered it should not have to read a log. Not kept: what waits on is said again.
void Acting::say_it_waits(const std::string& id, const std::string& why) {
  const auto now = clock_.mono();
  auto& wait = waits_.try_emplace(id, Wait{now, {}, {}}).first->second;
  const bool said = !wait.said.empty();
  if (now - wait.since < kWaitSaidAfter || why == wait.said ||
      (said && now - wait.said_at < kWaitSaidAgain))
    return;
  const auto order = ActionId::parse(id);
  if (!order || !say_(Receipt{.action = *order,
                              .agent = {},
                              .outcome = Outcome::Failed,
                              .at = clock_.wall(),
                              .detail = std::string(kNotSignedYet) + why}))
    return;
  wait.said = why;
  wait.said_at = now;
}

void Acting::carry_out(const chain::outbox::Send& send) {
  const auto transaction = transaction_of(send.bytes);
  // It was simulated when it was signed. Whether it is taken does not matter: it is asked for.
  if (transaction) (void)rpc_->send(*transaction, true);
}

void Acting::carry_out(const chain::outbox::Ask& ask) {
  const auto signature = chain::Signature::parse(ask.signature);
  const auto one = pool_->one();
  if (!signature || !one) return;
  const auto height = one->block_height(chain::Commitment::Finalized);
  if (!height) return;
  const auto state = one->signature_state(*signature);
  if (!state) return;
  using Where = chain::SignatureSeen::Where;
  chain::SignatureSeen seen{.final_height = *height};
  if (state->reached) {
    static constexpr std::array kWhere{Where::Processed, Where::Confirmed, Where::Finalized};
    seen.where = kWhere.at(static_cast<std::size_t>(*state->reached));
  }
  if (state->error) {
    const auto* item = outbox_.find(ask.id);
    const auto sent = transaction_of(item == nullptr ? "" : item->bytes);
    seen.failed = true;
    seen.detail = chain::transaction_error(*state->error, sent ? sent->message : chain::Message{},
                                           rpc_->config().error_names, nullptr)
                      .message;
  }
  outbox_.seen(ask.id, ask.signature, seen, clock_.mono());
}

void Acting::carry_out(const chain::outbox::Tell& tell) {
  const auto order = ActionId::parse(tell.id);
  auto receipt = receipt_of(tell, order.value_or(ActionId{}), clock_.wall());
  if (!say_(receipt)) return;
  log::info("act_told", {{"order", tell.id},
                         {"outcome", name_of(receipt.outcome)},
                         {"final", receipt.verified},
                         {"detail", receipt.detail}});
  told_total(tell.what).add();
  outbox_.told(tell.id, tell.what);
  if (tell.what != Told::Finalized && tell.what != Told::Failed) return;
  until_.erase(tell.id);
  waits_.erase(tell.id);
}

}  // namespace wardhive
