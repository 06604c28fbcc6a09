// For tests: an Acting over a chain of blocks in simulated time, with what it kept and said. It may
// be killed at any question, record or receipt, and goes on from what was durable then.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "app/acting.h"
#include "app/acting_fixture.h"
#include "testkit/manual_clock.h"

namespace wardhive {

class ActingDesk {
 public:
  ActingDesk() {
    chain.on_send = [this](const std::string& transaction) {
      ++sent;
      sent_unkept += !kept || kept->find(transaction) == std::string::npos;
    };
  }

  // Ordered for `lasts` from now.
  Proposal& order(ActKind kind, Duration lasts = minutes(30)) {
    const auto number = proposals.size() + 1;
    proposals.push_back({.id = {number, 0},
                         .act = some_act(chain, kind),
                         .state = ProposalState::Ordered,
                         .expires_at = clock.wall() + lasts,
                         .order = {number, 0}});
    return proposals.back();
  }
  // As the controller does at start: from what is durable, with what is still open.
  Status start() {
    acting.reset();
    auto made = Acting::make(
        settings, kept, [this](const std::string& records) { return keep(records); },
        [this](Receipt receipt) { return say(std::move(receipt)); }, clock, {asker()});
    if (!made) return std::unexpected(made.error());
    acting = *std::move(made);
    for (const auto& proposal : proposals) acting->take(proposal);
    return ok();
  }
  // One that was killed meanwhile is started anew.
  void pass() {
    acting->pass();
    if (std::exchange(dead_, false)) {
      ++deaths;
      EXPECT_TRUE(start().has_value());
    }
    clock.advance(millis(400));
    chain.block();
  }
  bool done() const {
    return std::ranges::all_of(proposals, [](const Proposal& one) { return !is_open(one.state); });
  }
  // Passes until all orders have come to an end.
  unsigned run(unsigned passes_max = 600) {
    unsigned passes = 0;
    for (; passes < passes_max && !done(); ++passes) pass();
    return passes;
  }
  ManualClock clock;
  ActsChain chain;
  ChainSettings settings = chain.settings();
  std::vector<Proposal> proposals;  // as respond would have them
  std::vector<Receipt> said;
  std::optional<std::string> kept;
  bool disk_full = false, log_full = false;
  std::function<bool(unsigned cut)> kills;
  unsigned cuts = 0, deaths = 0, sent = 0, sent_unkept = 0;
  std::unique_ptr<Acting> acting;

 private:
  // A question, record or receipt begins or was answered. From the cut on that `kills` names,
  // nothing that it does has any effect, as if its process were gone. True: it is dead.
  bool cut() {
    if (dead_) return true;
    ++cuts;
    return dead_ = kills && kills(cuts);
  }
  chain::Asker asker() {
    return [this](std::string_view method, const std::string& params) {
      const auto gone = [] {
        return chain::RpcAttempt{.answer = fail(ErrorCode::Unavailable, "killed")};
      };
      if (cut()) return gone();
      auto answer = chain.asker()(method, params);
      return cut() ? gone() : answer;
    };
  }
  Status keep(const std::string& records) {
    const auto lost = fail(ErrorCode::Unavailable, "no space left");
    if (cut() || disk_full) return lost;
    kept = records;
    return cut() ? lost : ok();
  }
  bool say(Receipt receipt) {
    if (cut() || log_full) return false;
    const auto found = std::ranges::find(proposals, receipt.action, &Proposal::order);
    if (found != proposals.end() && is_open(found->state)) apply(*found, receipt);
    said.push_back(std::move(receipt));
    return !cut();
  }
  static void apply(Proposal& proposal, const Receipt& receipt) {
    if (receipt.outcome == Outcome::Applied)
      proposal.state = receipt.verified ? ProposalState::Done : ProposalState::Confirmed;
    else
      proposal.state =
          receipt.outcome == Outcome::Refused ? ProposalState::Failed : ProposalState::Ordered;
    proposal.detail = receipt.detail;
  }

  bool dead_ = false;
};

}  // namespace wardhive
