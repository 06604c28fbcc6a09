// What is tried with accusations; how they end; and whether the program keeps them as the model.
#include <algorithm>

#include "proof/sequence.h"

namespace swarm::proof {

namespace {

std::uint64_t u64(const Int& value) { return static_cast<std::uint64_t>(value); }

void check(std::string& text, const char* name, const Int& program, const Int& model) {
  if (program != model)
    text += std::string(name) + " is " + program.str() + ", the model's " + model.str() + "; ";
}

void check_key(std::string& text, const char* name, const void* program, const Key& model) {
  if (std::memcmp(program, model.bytes(), 32) != 0) text += std::string(name) + " is another; ";
}

}  // namespace

// ---- What there is

bool Sequence::any_incident(const std::function<bool(const ModelIncident&)>& wanted) const {
  return std::ranges::any_of(model_.incidents,
                             [&](const auto& each) { return wanted(each.second); });
}

bool Sequence::is_over(const ModelIncident& incident) const {
  return model_.t > incident.deadline && model_.slot > incident.deadline_slot;
}

bool Sequence::is_ripe(const ModelIncident& incident) const {
  return incident.state == IncidentState::Upheld ||
         (incident.state == IncidentState::Open && is_over(incident));
}

// Leases that the incident owes something.
bool Sequence::is_owed(const ModelIncident& incident, std::size_t at) const {
  const auto found = model_.fleet.leases.find(at);
  if (!incident.node || found == model_.fleet.leases.end()) return false;
  const ModelLease& lease = found->second;
  return lease.tenant != incident.owner && lease.opened_at() <= incident.since &&
         lease.end > incident.since && std::ranges::any_of(lease.seats, [&](const ModelSeat& seat) {
           return seat.node == *incident.node && seat.owner == incident.owner &&
                  !seat.compensated && model_.compensation(incident, lease, seat) > 0;
         });
}

bool Sequence::is_owing(const ModelIncident& incident) const {
  if (!incident.is_executed() || incident.pot == 0 || model_.t > incident.executed_at + kPotTime)
    return false;
  for (std::size_t i = 0; i < kLeases; ++i) {
    if (is_owed(incident, i)) return true;
  }
  return false;
}

bool Sequence::is_operator(std::size_t position) const {
  const auto found = model_.positions.find(position);
  return found != model_.positions.end() &&
         found->second.role == static_cast<std::uint8_t>(Role::NetworkOperator) &&
         found->second.amount > 0;
}

// A node that is out of service while leases run on it, and not accused of it.
bool Sequence::is_missed(std::size_t node) const {
  const auto found = model_.fleet.nodes.find(node);
  return found != model_.fleet.nodes.end() && found->second.is_out(model_.t) &&
         model_.fleet.leased(node) != 0 &&
         !any_incident([&](const ModelIncident& each) { return each.node == node; });
}

std::uint64_t Sequence::pick_incident(const std::function<bool(const ModelIncident&)>& wanted) {
  return pick(kIncidents, [&](std::size_t id) {
    const auto found = model_.incidents.find(id);
    return found != model_.incidents.end() && wanted(found->second);
  });
}

// ---- Time

// To the second at which something of an incident changes, or the one after.
bool Sequence::wait_for_an_incident() {
  if (model_.incidents.empty()) return false;
  auto each = model_.incidents.begin();
  std::advance(each, static_cast<std::ptrdiff_t>(choices_.below(model_.incidents.size())));
  const ModelIncident& incident = each->second;
  Int t = incident.deadline;
  Int slot = incident.deadline_slot;
  if (incident.is_executed()) {
    const Int days[] = {1, 1, 1, 2, 2, 5, 10, 30};
    const Int wait = days[choices_.below(std::size(days))] * kDay;
    t = incident.executed_at + wait;
    slot = incident.executed_slot + wait;
  }
  const std::size_t which = choices_.below(8);
  const Int late = which == 0 ? 0 : 1;  // the last second, or the first after it
  const Int late_slot = which == 1 ? 0 : 1;
  model_.pass(std::max(model_.t, Int(t + late)), std::max(model_.slot, Int(slot + late_slot)));
  return true;
}

// ---- What is tried

Sequence::Planned Sequence::plan_trial() {
  static constexpr Plan kPlans[] = {&Sequence::plan_open_incident, &Sequence::plan_open_incident,
                                    &Sequence::plan_dispute,       &Sequence::plan_resolve,
                                    &Sequence::plan_execute,       &Sequence::plan_execute,
                                    &Sequence::plan_compensate,    &Sequence::plan_recover};
  if (model_.incidents.size() < kIncidents && choices_.one_in(2)) {
    bool missed = false, leased = false;
    for (std::size_t i = 0; i < kNodes; ++i) {
      missed = missed || is_missed(i);
      leased = leased || (model_.fleet.nodes.contains(i) && model_.fleet.leased(i) != 0);
    }
    if (missed) return plan_open_incident();
    if (leased && choices_.one_in(2)) return plan_quarantine();
  }
  if (choices_.one_in(4) && any_incident([&](const ModelIncident& each) { return is_ripe(each); }))
    return plan_execute();
  const Plan plan = kPlans[choices_.below(std::size(kPlans))];
  return (this->*(choices_.one_in(12) ? plan : instead_of_trial(plan)))();
}

// What nothing is there for is replaced by what it needs first.
Sequence::Plan Sequence::instead_of_trial(Plan plan) {
  const auto in = [&](IncidentState state) {
    return any_incident([&](const ModelIncident& each) { return each.state == state; });
  };
  if (plan == &Sequence::plan_compensate &&
      !any_incident([&](const ModelIncident& each) { return is_owing(each); }))
    plan = &Sequence::plan_execute;
  if (plan == &Sequence::plan_recover && !in(IncidentState::Executed))
    plan = &Sequence::plan_execute;
  if (plan == &Sequence::plan_execute &&
      !any_incident([&](const ModelIncident& each) { return is_ripe(each); }))
    plan = &Sequence::plan_resolve;
  if (plan == &Sequence::plan_resolve && !in(IncidentState::Disputed))
    plan = &Sequence::plan_dispute;
  if (plan == &Sequence::plan_dispute && !in(IncidentState::Open))
    plan = &Sequence::plan_open_incident;
  if (plan != &Sequence::plan_open_incident) return plan;
  if (model_.incidents.size() + 1 >= kIncidents) return &Sequence::plan_recover;
  for (std::size_t i = 0; i < kPositions; ++i) {
    if (is_operator(i)) return choices_.one_in(2) ? plan : &Sequence::plan_quarantine;
  }
  return &Sequence::plan_open;
}

Sequence::Planned Sequence::plan_open_incident() {
  ModelCharge charge;
  charge.on_node = static_cast<std::uint8_t>(choices_.one_in(32) ? 2 : !choices_.one_in(4));
  charge.node = pick(kNodes, [&](std::size_t i) { return is_missed(i); });
  const auto node = model_.fleet.nodes.find(charge.node);
  // A third of them where something is claimed or was taken already.
  const bool again = choices_.one_in(3);
  charge.position = pick(kPositions, [&](std::size_t i) {
    const auto found = model_.positions.find(i);
    return found != model_.positions.end() &&
           (!again || !found->second.slashes.empty() || model_.at_risk(i) != 0);
  });
  if (node != model_.fleet.nodes.end() && charge.on_node != 0 && !choices_.one_in(16))
    charge.position = node->second.position;
  charge.bond_position = pick(kPositions, [&](std::size_t i) {
    return i != charge.position && owner_of(i) != owner_of(charge.position) && is_operator(i);
  });
  // The accused in two places is an alias, refused before anything is looked at. Not drawn again:
  // spent choices are zeros for ever.
  if (charge.bond_position == charge.position)
    charge.bond_position = (charge.bond_position + 1) % kPositions;
  charge.opener = choices_.one_in(32) ? choices_.below(kOwners) : owner_of(charge.bond_position);
  charge.category = static_cast<std::uint8_t>(choices_.below(choices_.one_in(16) ? 6 : 5));
  if (again) charge.category = static_cast<std::uint8_t>(Category::Fraud);
  const Int cap = charge.category < kCategories ? Int(kCategoryBps[charge.category]) : Int(1);
  const Int claims[] = {cap, cap, cap / 2 + 1, 1, 300, 2'000, cap + 1, 0};
  charge.bps = claims[choices_.below(choices_.one_in(8) ? std::size(claims) : 4)];
  charge.id = pick(kIncidents, [&](std::size_t id) { return !model_.incidents.contains(id); });
  // Also by the number of the quarantine.
  if (node != model_.fleet.nodes.end() && node->second.last_incident < kIncidents &&
      choices_.one_in(4))
    charge.id = u64(node->second.last_incident);
  const Signers signers =
      sign(SetKind::Sentinel, model_.sets[static_cast<std::size_t>(SetKind::Sentinel)].threshold);
  return {world_.make(InstructionTag::OpenIncident,
                      {{"opener", world_.owner(charge.opener)},
                       {"bond_position", world_.position(charge.bond_position)},
                       {"position", world_.position(charge.position)},
                       {"node", world_.node(charge.node)},
                       {"incident", world_.incident(charge.id)}},
                      Writer()
                          .u64(charge.id)
                          .u8(charge.category)
                          .u16(u64(charge.bps))
                          .u8(charge.on_node)
                          .key(World::key("evidence"))
                          .u16(signers.signing.mask)
                          .u64(u64(signers.signing.valid_until)),
                      signers.keys),
          [=, this] { return model_.open_incident(signers.signing, charge); }};
}

Sequence::Planned Sequence::plan_dispute() {
  const std::uint64_t id = pick_incident([&](const ModelIncident& each) {
    return each.state == IncidentState::Open && !is_over(each);
  });
  const auto found = model_.incidents.find(id);
  const std::size_t owner = found == model_.incidents.end() || choices_.one_in(16)
                                ? choices_.below(kOwners)
                                : found->second.owner;
  return {world_.make(InstructionTag::Dispute,
                      {{"owner", world_.owner(owner)}, {"incident", world_.incident(id)}}),
          [=, this] { return model_.dispute(id, owner); }};
}

// The incident's accounts; any, where there is none.
std::vector<std::pair<std::string_view, Key>> Sequence::parties(std::uint64_t id) const {
  const auto found = model_.incidents.find(id);
  const ModelIncident none;
  const ModelIncident& incident = found == model_.incidents.end() ? none : found->second;
  return {{"incident", world_.incident(id)},
          {"position", world_.position(incident.position)},
          {"bond_position", world_.position(incident.bond_position)},
          {"rent_to", world_.owner(incident.opener)},
          {"node", incident.node ? world_.node(*incident.node) : world_.address("program")}};
}

Sequence::Planned Sequence::plan_resolve() {
  const std::uint64_t id = pick_incident(
      [&](const ModelIncident& each) { return each.state == IncidentState::Disputed; });
  const auto found = model_.incidents.find(id);
  const bool late = found != model_.incidents.end() && is_over(found->second);
  auto verdict = static_cast<std::uint8_t>(choices_.below(choices_.one_in(16) ? 4 : 3));
  if (late && !choices_.one_in(8)) verdict = static_cast<std::uint8_t>(Verdict::Draw);
  const Int claim = found == model_.incidents.end() ? Int(1) : found->second.bps;
  const Int claims[] = {claim, claim / 2 + 1, 1, claim + 1, 0};
  const Int bps = claims[choices_.below(choices_.one_in(8) ? std::size(claims) : 3)];
  const std::size_t usual = late && choices_.one_in(2) ? 0 : model_.sets[2].threshold;
  return resolve_with(id, sign(SetKind::Resolver, usual), verdict, bps);
}

Sequence::Planned Sequence::resolve_with(std::uint64_t id, const Signers& signers,
                                         std::uint8_t verdict, const Int& bps) {
  return {world_.make(InstructionTag::Resolve, parties(id),
                      Writer()
                          .u8(verdict)
                          .u16(u64(bps))
                          .u16(signers.signing.mask)
                          .u64(u64(signers.signing.valid_until)),
                      signers.keys),
          [=, this] { return model_.resolve(signers.signing, id, verdict, bps); }};
}

Sequence::Planned Sequence::plan_execute() {
  return execute_of(pick_incident([&](const ModelIncident& each) { return is_ripe(each); }));
}

Sequence::Planned Sequence::execute_of(std::uint64_t id) {
  return {world_.make(InstructionTag::Execute, parties(id)),
          [=, this] { return model_.execute(id); }};
}

Sequence::Planned Sequence::plan_compensate() {
  const std::uint64_t id = pick_incident([&](const ModelIncident& each) { return is_owing(each); });
  const auto found = model_.incidents.find(id);
  const std::size_t at = pick(kLeases, [&](std::size_t i) {
    return found != model_.incidents.end() && is_owed(found->second, i);
  });
  const auto lease = model_.fleet.leases.find(at);
  std::size_t seat = choices_.below(choices_.one_in(16) ? kSeats + 1 : kSeats);
  if (lease != model_.fleet.leases.end() && found != model_.incidents.end() &&
      !choices_.one_in(16)) {
    const auto& seats = lease->second.seats;
    const auto hit = std::ranges::find_if(
        seats, [&](const ModelSeat& each) { return each.node == found->second.node; });
    seat = hit == seats.end() ? 0 : static_cast<std::size_t>(hit - seats.begin());
  }
  const bool right = !choices_.one_in(16);
  return {world_.make(InstructionTag::Compensate,
                      {{"incident", world_.incident(id)},
                       {"lease", world_.lease(at)},
                       {"to", world_.wallet((at / kLeasesPerOwner + (right ? 0 : 1)) % kOwners)}},
                      Writer().u8(seat)),
          [=, this] { return model_.compensate(id, at, seat, right); }};
}

Sequence::Planned Sequence::plan_recover() {
  return recover_of(pick_incident([&](const ModelIncident& each) { return each.is_executed(); }));
}

Sequence::Planned Sequence::recover_of(std::uint64_t id) {
  return {world_.make(InstructionTag::Recover, parties(id)),
          [=, this] { return model_.recover(id); }};
}

// ---- Every claim ends

// Without any key, whatever was done before: time passes, and strangers call.
std::string Sequence::wind_up(SequenceResult& result) {
  const Signers nobody{{0, 0, true}, {}};
  for (int month = 0; !model_.incidents.empty(); ++month) {
    if (month == 100) return "expiry: an incident that does not end by itself";
    model_.pass(model_.t + 31 * kDay, model_.slot + 31 * kDay);
    world_.clock(u64(model_.t), u64(model_.slot));
    std::vector<std::uint64_t> ids;
    for (const auto& [id, incident] : model_.incidents) ids.push_back(id);
    for (const std::uint64_t id : ids) {
      const IncidentState state = model_.incidents.at(id).state;
      Signers signers = nobody;
      signers.signing.valid_until = model_.slot;
      const Planned planned =
          state == IncidentState::Executed ? recover_of(id)
          : state == IncidentState::Disputed
              ? resolve_with(id, signers, static_cast<std::uint8_t>(Verdict::Draw), 0)
              : execute_of(id);
      if (std::string failure = play(planned); !failure.empty()) return failure;
      result.count(planned.instruction.data[0], last_code_);
    }
  }
  for (const auto& [at, position] : model_.positions) {
    if (model_.at_risk(at) != 0 || model_.comes_back(at))
      return "expiry: a claim without an incident";
  }
  return "";
}

// ---- Comparing

std::string Sequence::trial_differs() const {
  std::string text;
  const Fleet fleet = world_.read<Fleet>(world_.address("fleet"));
  check(text, "fleet.slashed", fleet.slashed, model_.slashed);
  check(text, "fleet.slashed_at", fleet.slashed_at, model_.slashed_at);
  for (const auto& [at, model] : model_.positions) {
    const Position position = world_.read<Position>(world_.position(at));
    check(text, "position.at_risk", position.at_risk, model_.at_risk(at));
    check(text, "position.recovering", position.recovering, model_.comes_back(at) ? 1 : 0);
    check(text, "position.slashes", position.slashes, model.slashes.size());
    const Int window = model.slashes.empty() ? Int(0) : model.slashes.back().window;
    check(text, "position.slash_window", position.slash_window, window);
    check(text, "position.slash_cur", position.slash_cur, model.slashed(window));
    check(text, "position.slash_prev", position.slash_prev, model.slashed(window - 1));
  }
  for (std::uint64_t id = 0; id < kIncidents; ++id) {
    const auto found = model_.incidents.find(id);
    const bool exists = world_.exists(world_.incident(id));
    if (exists != (found != model_.incidents.end())) text += "an incident exists for one only; ";
    if (exists && found != model_.incidents.end()) text += incident_differs(id, found->second);
  }
  return text;
}

std::string Sequence::incident_differs(std::uint64_t id, const ModelIncident& model) const {
  std::string text;
  const Incident incident = world_.read<Incident>(world_.incident(id));
  check_key(text, "incident.position", &incident.position, world_.position(model.position));
  check_key(text, "incident.owner", &incident.owner, world_.owner(model.owner));
  check_key(text, "incident.opener", &incident.opener, world_.owner(model.opener));
  check_key(text, "incident.bond_position", &incident.bond_position,
            world_.position(model.bond_position));
  check_key(text, "incident.node", &incident.node, model.node ? world_.node(*model.node) : Key{});
  check_key(text, "incident.evidence", &incident.evidence, World::key("evidence"));
  check(text, "incident.id", incident.id, id);
  check(text, "incident.state", incident.state, static_cast<int>(model.state));
  check(text, "incident.category", incident.category, model.category);
  check(text, "incident.position_id", incident.position_id, model.position_id);
  check(text, "incident.base", incident.base, model.base);
  check(text, "incident.bps", incident.bps, model.bps);
  check(text, "incident.loss", incident.loss, model.loss);
  check(text, "incident.bond", incident.bond, model.bond);
  check(text, "incident.deadline", incident.deadline, model.deadline);
  check(text, "incident.deadline_slot", incident.deadline_slot, model.deadline_slot);
  check(text, "incident.since", incident.since, model.since);
  check(text, "incident.down", incident.down, model.down);
  check(text, "incident.gap", incident.gap, model.gap);
  check(text, "incident.executed_at", incident.executed_at, model.executed_at);
  check(text, "incident.executed_slot", incident.executed_slot, model.executed_slot);
  check(text, "incident.pot", incident.pot, model.pot);
  check(text, "incident.recoverable", incident.recoverable, model.recoverable);
  check(text, "incident.recovered", incident.recovered, model.recovered);
  check(text, "incident.slash_number", incident.slash_number, model.slash_number);
  return text;
}

}  // namespace swarm::proof
