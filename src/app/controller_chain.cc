// What the controller says to the chain and hears from it, and how threads other than the
// pipeline's have something stored.
#include <future>
#include <memory>
#include <utility>

#include "app/acting.h"
#include "app/anchoring.h"
#include "app/controller.h"
#include "base/log.h"
#include "ingest/chain_source.h"

namespace wardhive {
namespace {

constexpr std::string_view kActsKey = "acts";  // what is out on the chain
constexpr Duration kStoreWait = seconds(5);
constexpr Duration kStoredPoll = millis(100);
constexpr Duration kStoredPatience = seconds(2);

}  // namespace

Status Controller::open_chain() {
  if (options_.settings.chain.endpoints.empty()) return ok();
  ChainSourceOptions options{
      .settings = options_.settings.chain, .state = options_.state, .observer = options_.self};
  WARDHIVE_ASSIGN(chain_, ChainSource::make(std::move(options), clock_, [this](ChainSaid said) {
                    auto* event = std::get_if<Event>(&said);
                    return event != nullptr ? stored_here(std::move(*event))
                                            : said_here(std::get<SampleBatch>(std::move(said)));
                  }));
  WARDHIVE_TRY(open_acting());
  if (options_.settings.chain.anchor_program.empty()) return ok();
  WARDHIVE_ASSIGN(anchoring_,
                  Anchoring::make(options_.settings.chain, *store_, clock_,
                                  [this](const std::string& t) { view_->set_audit_problem(t); }));
  return ok();
}

// Signs what people ordered. Broken records may hold what is out: nothing is signed without them,
// and all else goes on.
Status Controller::open_acting() {
  const auto& chain = options_.settings.chain;
  if (chain.program.empty() || (chain.sentinel_keys.empty() && chain.signer.empty())) return ok();
  WARDHIVE_ASSIGN(const auto saved, store_->value(kActsKey));
  auto made = Acting::make(
      chain, saved,
      [this](const std::string& records) {
        return on_pipeline([this, records] { return store_->put_value(kActsKey, records); });
      },
      [this](Receipt receipt) {
        Submission submission;
        submission.records.emplace_back(std::move(receipt));
        return stored(std::move(submission)).value_or(false);
      },
      clock_);
  if (!made) {
    const auto code = made.error().code;
    if (code != ErrorCode::Corrupt && code != ErrorCode::Unsupported)
      return std::unexpected(made.error());
    log::error("acts_not_signed", {{"reason", made.error().message}});
    acts_problem_ = made.error().message;
    return ok();
  }
  acting_ = std::move(*made);
  for (const auto& order : pipeline_->standing_orders()) act(order);
  return ok();
}

// Log time may be ahead of the wall clock by which it is signed: what is left of it is what counts.
void Controller::act(Proposal ordered) {
  if (!acting_) return;
  const auto wall = clock_.wall();
  const auto left = ordered.expires_at - std::max(pipeline_->now(), wall);
  ordered.expires_at = wall + std::min(left, options_.settings.respond.approvals.order_expiry);
  acting_->take(ordered);
}

// Waits until it is stored: the source then forgets that it has to be said. On the source's thread;
// a commit takes milliseconds. While nothing can be stored (a full disk), the pipeline has it in
// memory and acts on it: the source must go on looking, or whoever fills a disk blinds it.
bool Controller::stored_here(Event event) {
  Submission submission;
  submission.agent = options_.self;
  submission.records.emplace_back(std::move(event));
  return stored(std::move(submission)).value_or(true);
}

std::optional<bool> Controller::stored(Submission submission) {
  auto told = std::make_shared<std::promise<bool>>();
  auto result = told->get_future();
  submission.done = [told](const Result<std::uint64_t>& offset) {
    told->set_value(offset.has_value());
  };
  if (!inbox_.submit(std::move(submission))) return false;
  const auto patience = clock_.mono() + kStoredPatience;
  while (result.wait_for(kStoredPoll) != std::future_status::ready) {
    if (stop_.load(std::memory_order_relaxed)) return false;
    if (clock_.mono() >= patience) return std::nullopt;
  }
  return result.get();
}

Status Controller::on_pipeline(std::function<Status()> call) {
  auto made = std::make_shared<std::promise<Status>>();
  auto result = made->get_future();
  Submission submission;
  submission.then = [call = std::move(call), made] { made->set_value(call()); };
  WARDHIVE_TRY(inbox_.submit(std::move(submission)));
  const auto patience = clock_.mono() + kStoreWait;
  while (result.wait_for(kStoredPoll) != std::future_status::ready) {
    if (stop_.load(std::memory_order_relaxed))
      return fail(ErrorCode::Unavailable, "wardhive stops; nothing more is stored");
    if (clock_.mono() >= patience)
      return fail(ErrorCode::Timeout, "it was not stored in time; try again");
  }
  return result.get();
}

}  // namespace wardhive
