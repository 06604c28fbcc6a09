// The program's entry, and its contact for whoever finds a hole.
#include "abi/idl_sha256.h"
#include "core/handlers.h"
#include "sol/security_txt.h"

SOL_SECURITY_TXT(SOL_SECURITY_ENTRY("name", "Swarm core")
                     SOL_SECURITY_ENTRY("project_url", "https://wardhive.example")
                         SOL_SECURITY_ENTRY("contacts", "link:https://wardhive.example/security")
                             SOL_SECURITY_ENTRY("policy", "see SECURITY.md in the sources")
                                 SOL_SECURITY_ENTRY("idl_anchor_sha256", SWARM_IDL_ANCHOR_SHA256)
                                     SOL_SECURITY_ENTRY("idl_codama_sha256",
                                                        SWARM_IDL_CODAMA_SHA256));

namespace {

template <swarm::InstructionTag kTag, auto kHandler>
using On = sol::On<static_cast<std::uint8_t>(kTag), kHandler>;
using Tag = swarm::InstructionTag;

}  // namespace

// The hottest first: a tag costs two units for each that is tried before it.
extern "C" std::uint64_t entrypoint(std::uint8_t* input, const std::uint8_t* data) {
  return sol::dispatch<
      On<Tag::Settle, swarm::settle>, On<Tag::Quarantine, swarm::quarantine>,
      On<Tag::Failover, swarm::failover>, On<Tag::Release, swarm::release>,
      On<Tag::Breaker, swarm::breaker>, On<Tag::ClaimWork, swarm::claim_work>,
      On<Tag::Claim, swarm::claim>, On<Tag::AddStake, swarm::add_stake>,
      On<Tag::RequestUnstake, swarm::request_unstake>, On<Tag::Withdraw, swarm::withdraw>,
      On<Tag::Refresh, swarm::refresh>, On<Tag::OpenPosition, swarm::open_position>,
      On<Tag::Payout, swarm::payout>, On<Tag::OpenLease, swarm::open_lease>,
      On<Tag::TopUp, swarm::top_up>, On<Tag::CloseLease, swarm::close_lease>,
      On<Tag::RegisterNode, swarm::register_node>, On<Tag::AttestNode, swarm::attest_node>,
      On<Tag::SetTerms, swarm::set_terms>, On<Tag::RetireNode, swarm::retire_node>,
      On<Tag::OpenIncident, swarm::open_incident>, On<Tag::Dispute, swarm::dispute>,
      On<Tag::Resolve, swarm::resolve>, On<Tag::Execute, swarm::execute>,
      On<Tag::Compensate, swarm::compensate>, On<Tag::Recover, swarm::recover>,
      On<Tag::Fund, swarm::fund>, On<Tag::PostRoot, swarm::post_root>,
      On<Tag::DisableRoot, swarm::disable_root>, On<Tag::QueueOp, swarm::queue_op>,
      On<Tag::CancelOp, swarm::cancel_op>, On<Tag::ExecuteOp, swarm::execute_op>,
      On<Tag::Init, swarm::init>, On<Tag::InitSet, swarm::init_set>, On<Tag::Seal, swarm::seal>>(
      input, data);
}
