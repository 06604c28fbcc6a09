#include "respond/proposals.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/limits.h"
#include "respond/rails/rails.h"

namespace wardhive::respond {
namespace {

using enum ProposalState;

constexpr std::string_view kNobodyInParticular = "operator";
constexpr std::size_t kOrdersPerHour = 10;
constexpr Duration kSilence = hours(24);  // of who signs, beyond an order's time
// The same numbers as of quarantines: the second, then what tells those of one second apart.
constexpr std::uint64_t kNumbersPerSecond = 1u << 20;

Answer no(std::string says) { return {false, std::move(says)}; }

std::uint32_t needed_for(const ApprovalSettings& settings, ActKind kind) {
  switch (kind) {
    case ActKind::ReleaseNode:
      return settings.release_node;
    case ActKind::OpenIncident:
      return settings.open_incident;
    case ActKind::Pause:
      return settings.pause;
  }
  return settings.open_incident;
}

// Who may propose and approve. The token of everybody and nobody is a person only where no person
// has a name, or it would be the second one of whoever sits at the machine.
bool is_person(const Settings& settings, const std::string& actor) {
  const auto& names = settings.server.operators;
  return names.empty() ? actor == kNobodyInParticular : std::ranges::count(names, actor) != 0;
}
std::size_t persons(const Settings& settings) {
  return std::max<std::size_t>(settings.server.operators.size(), 1);
}
Answer no_person(const Command& command) {
  return no(
      fmt::format("{} is no person that may propose or approve; use the token of one of "
                  "server.operators (STATE/token-NAME)",
                  command.actor));
}
// Approvals of those who still may.
std::size_t count_of(const Step& s, const Proposal& proposal) {
  return static_cast<std::size_t>(std::ranges::count_if(
      proposal.approvals, [&](const Approval& one) { return is_person(s.settings, one.by); }));
}

// Why such an act is not taken at all; "" if it is.
std::string not_possible(const Step& s, const ChainAct& act) {
  const auto& chain = s.settings.chain;
  if (chain.program.empty() || (chain.sentinel_keys.empty() && chain.signer.empty()))
    return "nothing can be signed here: chain.program and chain.sentinel_keys or chain.signer are "
           "not set";
  if (act.kind == ActKind::Pause) return "";
  const auto* info = s.network.find(act.target.name);
  if (info == nullptr) return fmt::format("not found: no node {} in this network", act.target.name);
  if (info->account.empty())
    return fmt::format("{} has no account on the chain; name it as nodes.{}.account",
                       act.target.name, act.target.name);
  // A release takes a punishment away, an accusation is one.
  return act.kind == ActKind::OpenIncident ? protected_because(s, act.target) : "";
}

// Why it can't be ordered now; "" if it can.
std::string not_now(Step& s) {
  if (s.state.mode == Mode::Shadow)
    return "the mode is shadow: nothing is signed; see wardhive mode enforce";
  std::erase_if(s.state.orders, [&](Instant at) { return s.now - at >= hours(1); });
  if (s.state.orders.size() >= kOrdersPerHour)
    return fmt::format("{} acts were ordered within an hour, at most {} are: the next after {}",
                       s.state.orders.size(), kOrdersPerHour,
                       format_rfc3339(s.state.orders.front() + hours(1)));
  return "";
}

void tell(Step& s, const Proposal& proposal, bool page, std::string text) {
  s.out.notices.push_back(
      {{}, s.now, "policy", page, fmt::format("{}: {}", proposal.id.text(), text)});
}

void give_out(Step& s, const Proposal& proposal) { s.out.proposals.push_back(proposal); }

void end(Step& s, Proposal& proposal, ProposalState state, std::string detail) {
  proposal.state = state;
  proposal.detail = std::move(detail);
  proposal.ended_at = s.now;
  give_out(s, proposal);
  std::erase_if(s.state.proposals, [id = proposal.id](const Proposal& p) { return p.id == id; });
}

void order(Step& s, Proposal& proposal) {
  proposal.state = Ordered;
  proposal.order = s.next_action();
  proposal.expires_at = s.now + s.settings.respond.approvals.order_expiry;
  if (proposal.act.kind == ActKind::OpenIncident)
    proposal.act.incident =
        static_cast<std::uint64_t>(s.now.time_since_epoch() / seconds(1)) * kNumbersPerSecond +
        s.offset % kNumbersPerSecond;
  s.state.orders.push_back(s.now);
}

std::string progress_of(const Step& s, const Proposal& proposal) {
  return fmt::format("{} of {} approvals", count_of(s, proposal), proposal.needed);
}

// Its receipt says what became of it.
void stop(Step& s, Proposal& proposal, std::string why) {
  if (proposal.expires_at > s.now) proposal.expires_at = s.now;
  proposal.detail = std::move(why);
  give_out(s, proposal);
}

Proposal* find(State& state, const ProposalId& id) {
  const auto found = std::ranges::find(state.proposals, id, &Proposal::id);
  return !id || found == state.proposals.end() ? nullptr : &*found;
}

Answer no_such(const Command& command) {
  return no(fmt::format("not found: no proposal \"{}\" is open; see wardhive proposals list",
                        command.proposal.text()));
}

}  // namespace

Answer propose(Step& s, const Command& command) {
  if (const auto fit = check_act(command.act); !fit) return no(fit.error().message);
  if (!is_person(s.settings, command.actor)) return no_person(command);
  auto act = normal_form(command.act);
  if (auto why = not_possible(s, act); !why.empty()) return no(std::move(why));
  act.account = act.kind == ActKind::Pause ? "" : s.network.find(act.target.name)->account;
  auto& open = s.state.proposals;
  // The number of a case is given with its order.
  const auto is_same = [&](const Proposal& other) {
    return normal_form(other.act) == normal_form(act);
  };
  if (const auto same = std::ranges::find_if(open, is_same); same != open.end())
    return no(fmt::format("{} proposes the same and is {}", same->id.text(), name_of(same->state)));
  if (open.size() >= limits::kProposalsMax)
    return no(fmt::format("{} proposals are open, at most {} may be; withdraw some", open.size(),
                          limits::kProposalsMax));
  const auto& settings = s.settings.respond.approvals;
  Proposal proposal{.id = {s.offset, 0},
                    .act = std::move(act),
                    .reason = command.reason.substr(0, 500),
                    .approvals = {{command.actor, s.now}},
                    .needed = needed_for(settings, command.act.kind),
                    .expires_at = s.now + settings.expiry};
  if (const auto there = persons(s.settings); proposal.needed > there)
    return no(
        fmt::format("{} persons must approve it (respond.approvals) and {} can; name more in "
                    "server.operators, each gets a token",
                    proposal.needed, there));
  const bool complete = proposal.needed <= 1;
  if (complete) {
    if (auto why = not_now(s); !why.empty()) return no(std::move(why));
    order(s, proposal);
  }
  open.push_back(proposal);
  give_out(s, proposal);
  tell(s, proposal, !complete,
       fmt::format("{} wants to {}{}", command.actor, words_of(proposal.act),
                   complete ? std::string(": it is signed now")
                            : fmt::format(" ({}): wardhive proposals approve {}",
                                          progress_of(s, proposal), proposal.id.text())));
  return {true, complete
                    ? fmt::format("{} is ordered: it is signed now", proposal.id.text())
                    : fmt::format("{} is open: {}, until {}", proposal.id.text(),
                                  progress_of(s, proposal), format_rfc3339(proposal.expires_at))};
}

Answer approve(Step& s, const Command& command) {
  auto* proposal = find(s.state, command.proposal);
  if (proposal == nullptr) return no_such(command);
  if (proposal->state != Open)
    return no(fmt::format("{} is {} already", proposal->id.text(), name_of(proposal->state)));
  if (!is_person(s.settings, command.actor)) return no_person(command);
  if (std::ranges::count(proposal->approvals, command.actor, &Approval::by) != 0)
    return no(fmt::format("{} has approved {} already; it takes another person ({})", command.actor,
                          proposal->id.text(), progress_of(s, *proposal)));
  // What was possible when it was proposed may not be any more.
  if (auto why = not_possible(s, proposal->act); !why.empty()) return no(std::move(why));
  const bool complete = count_of(s, *proposal) + 1 >= proposal->needed;
  if (complete)
    if (auto why = not_now(s); !why.empty()) return no(std::move(why));
  proposal->approvals.push_back({command.actor, s.now});
  if (complete) order(s, *proposal);
  give_out(s, *proposal);
  if (!complete)
    return {true, fmt::format("{} has {}", proposal->id.text(), progress_of(s, *proposal))};
  tell(s, *proposal, false, fmt::format("{}: it is signed now", words_of(proposal->act)));
  return {true, fmt::format("{} is ordered: it is signed now", proposal->id.text())};
}

Answer withdraw(Step& s, const Command& command) {
  auto* proposal = find(s.state, command.proposal);
  if (proposal == nullptr) return no_such(command);
  auto says = fmt::format("withdrawn by {}{}{}", command.actor, command.reason.empty() ? "" : ": ",
                          command.reason.substr(0, 500));
  if (proposal->state == Confirmed)
    return no(fmt::format("{} is on the chain already", proposal->id.text()));
  if (proposal->state == Ordered) {
    stop(s, *proposal, says);
    return {true, fmt::format("{}: nothing more is signed; what was signed before may still land",
                              proposal->id.text())};
  }
  end(s, *proposal, Withdrawn, says);
  return {true, fmt::format("{} is {}", command.proposal.text(), says)};
}

void stop_orders(Step& s, const std::string& why) {
  for (auto& proposal : s.state.proposals)
    if (proposal.state == Ordered) stop(s, proposal, why);
}

bool take_order_receipt(Step& s, const Receipt& receipt) {
  const auto found = std::ranges::find(s.state.proposals, receipt.action, &Proposal::order);
  if (!receipt.action || found == s.state.proposals.end()) return false;
  if (receipt.agent != Entity{}) return true;  // an agent has no say in it
  auto& proposal = *found;
  auto detail = receipt.detail.substr(0, 500);
  switch (receipt.outcome) {
    case Outcome::Applied:
      if (receipt.verified) {
        tell(s, proposal, false, fmt::format("done: {}", words_of(proposal.act)));
        end(s, proposal, Done, std::move(detail));
        return true;
      }
      proposal.state = Confirmed;
      break;
    case Outcome::Refused:
      if (proposal.state == Ordered && !proposal.detail.empty() &&
          !proposal.detail.starts_with(kNotSignedYet))
        detail = fmt::format("{}; {}", proposal.detail, detail);
      tell(s, proposal, true, fmt::format("failed to {}: {}", words_of(proposal.act), detail));
      end(s, proposal, Failed, std::move(detail));
      return true;
    case Outcome::Failed:  // a fork took it back, or it is not signed yet
      // Why it was stopped says more than why it had to wait.
      if (proposal.state == Ordered && proposal.expires_at <= s.now) return true;
      proposal.state = Ordered;
      break;
    case Outcome::Removed:
    case Outcome::Expired:
      return true;  // no act ends so
  }
  proposal.detail = std::move(detail);
  give_out(s, proposal);
  return true;
}

void expire_proposals(Step& s) {
  std::vector<ProposalId> late;
  for (const auto& proposal : s.state.proposals)
    if (s.now >= proposal.expires_at + (proposal.state == Open ? Duration::zero() : kSilence))
      late.push_back(proposal.id);
  for (const auto& id : late) {
    auto& proposal = *find(s.state, id);
    const bool was_open = proposal.state == Open;
    auto why = was_open ? fmt::format("not approved in time ({})", progress_of(s, proposal))
                        : fmt::format("nobody said what became of it; {}see the chain",
                                      proposal.detail.empty() ? "" : proposal.detail + "; ");
    tell(s, proposal, !was_open, why);
    end(s, proposal, was_open ? Expired : Unknown, std::move(why));
  }
}

}  // namespace wardhive::respond
