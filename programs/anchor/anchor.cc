// swarm_anchor: keeps the latest checkpoint of append-only logs, and refuses one that does not
// extend it. No funds, no configuration, no administrator; anybody may run a log.
#include "abi/anchor.h"

#include "abi/anchor_idl_sha256.h"
#include "anchor/consistency.h"
#include "sol/account.h"
#include "sol/bytes.h"
#include "sol/entrypoint.h"
#include "sol/event.h"
#include "sol/security_txt.h"
#include "sol/system.h"
#include "sol/sysvar.h"

SOL_SECURITY_TXT(
    SOL_SECURITY_ENTRY("name", "Swarm anchor")
        SOL_SECURITY_ENTRY("project_url", "https://wardhive.example")
            SOL_SECURITY_ENTRY("contacts", "link:https://wardhive.example/security")
                SOL_SECURITY_ENTRY("policy", "see SECURITY.md in the sources")
                    SOL_SECURITY_ENTRY("idl_anchor_sha256", SWARM_ANCHOR_IDL_ANCHOR_SHA256)
                        SOL_SECURITY_ENTRY("idl_codama_sha256", SWARM_ANCHOR_IDL_CODAMA_SHA256));

namespace swarm::anchor {
namespace {

#define ANCHOR_ACCOUNT(slots, name) accounts.template at<::swarm::slot(slots, #name)>()

using OpenLogAccounts = sol::Accounts<std::size(kOpenLogSlots)>;
using OpenLogArgs = sol::Args<std::uint64_t>;
static_assert(OpenLogArgs::kSize == arguments_size(kOpenLogArguments));

sol::Error open_log(const sol::Context& context, const OpenLogAccounts& accounts,
                    const OpenLogArgs& args) {
  // Who pays need not be who signs checkpoints: the key of a log then holds no lamports.
  const auto payer =
      SOL_TRY(sol::open_signer<sol::Write>(ANCHOR_ACCOUNT(kOpenLogSlots, payer), sol::Any{}));
  // Anybody's log is his own: the address says whose, so that nobody opens one in his name.
  const auto authority =
      SOL_TRY(sol::open_signer<sol::Read>(ANCHOR_ACCOUNT(kOpenLogSlots, authority), sol::Any{}));
  const auto system =
      SOL_TRY(sol::open_system_program(ANCHOR_ACCOUNT(kOpenLogSlots, system_program)));
  const std::uint64_t id = args.get<0>();
  sol::Seeds seeds("log", authority.key(), id);
  const auto log =
      SOL_TRY(sol::create_state<Log>(SOL_TRY(sol::open_vacant(ANCHOR_ACCOUNT(kOpenLogSlots, log))),
                                     {context, payer, system}, seeds));
  sol::Clock now;
  SOL_CHECK(sol::read_clock(now));
  sol::copy_exact<32>(&log->authority, &authority.key());
  log->id = id;
  sol::emit(event::LogOpened{static_cast<std::uint8_t>(EventTag::LogOpened), 1, 0, 0, log->seq,
                             now.slot, id, log->authority});
  return sol::kOk;
}

using AnchorAccounts = sol::Accounts<std::size(kAnchorSlots)>;
using AnchorArgs = sol::Args<std::uint64_t, sol::Key, sol::Rest>;
static_assert(AnchorArgs::kSize == arguments_size(kAnchorArguments));

sol::Error anchor(const sol::Context& context, const AnchorAccounts& accounts,
                  const AnchorArgs& args) {
  // Whichever signer: the log says below whether it is its own.
  const auto authority =
      SOL_TRY(sol::open_signer<sol::Read>(ANCHOR_ACCOUNT(kAnchorSlots, authority), sol::Any{}));
  const auto log = SOL_TRY((sol::open_state<Log, sol::Write>(
      ANCHOR_ACCOUNT(kAnchorSlots, log), context, sol::Linked<&Log::authority>(authority.key()))));
  const std::uint64_t size = args.get<0>();
  const sol::Key& root = args.get<1>();
  const sol::Slice proof = args.rest();
  if (proof.size % 32 != 0 || proof.size > 32 * kProofMax) return sol::Error(Fault::ProofTooLong);
  if (size <= log->size) return sol::Error(Fault::NotLarger);
  if (log->size == 0) {
    if (proof.size != 0) return sol::Error(Fault::BadProof);
  } else {
    SOL_CHECK(check_consistency({log->size, sol::as_key(log->root)}, {size, root}, proof.data,
                                proof.size / 32));
  }
  sol::Clock now;
  SOL_CHECK(sol::read_clock(now));
  log->seq += 1;
  sol::copy_exact<32>(&log->root, &root);
  log->size = size;
  log->slot = now.slot;
  log->time = static_cast<std::uint64_t>(now.unix_timestamp);
  sol::emit(event::Anchored{static_cast<std::uint8_t>(EventTag::Anchored), 1, 0, 0, log->seq,
                            now.slot, size, log->root});
  return sol::kOk;
}

}  // namespace
}  // namespace swarm::anchor

extern "C" std::uint64_t entrypoint(std::uint8_t* input, const std::uint8_t* data) {
  using Tag = swarm::anchor::InstructionTag;
  return sol::dispatch<sol::On<static_cast<std::uint8_t>(Tag::Anchor), swarm::anchor::anchor>,
                       sol::On<static_cast<std::uint8_t>(Tag::OpenLog), swarm::anchor::open_log>>(
      input, data);
}
