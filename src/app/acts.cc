#include "app/acts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "chain/fault.h"
#include "chain/market.h"
#include "chain/programs.h"
#include "chain/send.h"

namespace wardhive {
namespace {

using chain::Pubkey;
using swarm::InstructionTag;

constexpr std::uint64_t kSignedSlots = 150;  // a minute, as a blockhash lasts
constexpr std::string_view kRefused = "act_refused";

static_assert(kChargeCategories.size() == swarm::kCategories);
static_assert(std::ranges::equal(kChargeMostBps, swarm::kCategoryBps));
static_assert(kPausableParts.size() == swarm::kPauseBits);

template <class... Values>
std::unexpected<Error> refuse(fmt::format_string<Values...> text, Values&&... values) {
  return chain::fault(ErrorCode::Conflict, kRefused,
                      fmt::format(text, std::forward<Values>(values)...));
}
// What is wrong with an account or a key stays so.
std::unexpected<Error> refuse(const Error& error) {
  return chain::fault(error.code, kRefused, error.message);
}

template <class T>
Result<T> decode(const std::optional<chain::Account>& account, const Pubkey& key,
                 const Pubkey& program, std::string_view name) {
  if (const auto owned = chain::check_owner(account, key, program, name); !owned)
    return refuse(owned.error());
  auto decoded = chain::decode_account<T>(account->data, name);
  if (!decoded) return refuse(decoded.error());
  return decoded;
}

Result<Pubkey> account_of(const ChainAct& act) {
  auto account = Pubkey::parse(act.account);
  if (!account)
    return refuse("{} has no account on the chain: {}", act.target.text(), account.error().message);
  return account;
}

template <std::size_t N>
std::size_t place_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

}  // namespace

bool is_for_good(const Error& error) {
  if (error.reason == chain::reason::kTransactionRefused)
    return error.code != ErrorCode::Unavailable;
  return error.reason == kRefused || error.reason == chain::reason::kProgramError ||
         error.reason == chain::reason::kWrongCluster;
}

Status ActSigner::in_time(Instant sign_until) const {
  if (clock_.wall() <= sign_until) return ok();
  return refuse("not signed before its time was over, at {}", format_rfc3339(sign_until));
}

Result<SignedAct> ActSigner::sign(const ChainAct& act, Instant sign_until, unsigned tries) {
  WARDHIVE_TRY(in_time(sign_until));
  if (const auto fit = check_act(act); !fit) return refuse(fit.error());
  WARDHIVE_ASSIGN(keys_, signer_->keys());
  WARDHIVE_ASSIGN(auto instruction, act.kind == ActKind::ReleaseNode    ? release_node(act)
                                    : act.kind == ActKind::OpenIncident ? open_incident(act)
                                                                        : pause(act));
  const chain::Plan plan{
      .instructions = {std::move(instruction)},
      .payer = keys_.payer,
      .priority_fee = {std::min(fee_lamports_max_, keys_.fee_lamports_max), tries},
      .slot_min = newest_slot_.slot()};
  WARDHIVE_ASSIGN(auto prepared, chain::prepare(rpc_, plan));
  WARDHIVE_TRY(in_time(sign_until));  // the chain may have taken long to answer
  auto transaction = chain::sign(std::move(prepared.message), *signer_);
  if (transaction) return SignedAct{*std::move(transaction), prepared.last_valid_height};
  const auto& error = transaction.error();
  if (error.code == ErrorCode::Unavailable) return std::unexpected(error);
  return refuse(error);
}

// Of one moment: the program is sealed, whose keys count, and the accounts `keys`.
Result<ActSigner::View> ActSigner::look(std::vector<Pubkey> keys) {
  const auto wanted = keys.size();
  keys.insert(keys.end(), {addresses_.config, addresses_.sentinel, chain::programs::kClockSysvar});
  View view;
  WARDHIVE_ASSIGN(view.accounts, rpc_.accounts(keys));
  WARDHIVE_ASSIGN(const auto config, decode<swarm::Config>(view.accounts[wanted], addresses_.config,
                                                           addresses_.program, "config"));
  if (config.state != swarm::Config::kSealed)
    return refuse("the program {} is not sealed; nothing is signed for one that may still change",
                  addresses_.program.text());
  WARDHIVE_ASSIGN(view.sentinels, decode<swarm::Set>(view.accounts[wanted + 1], addresses_.sentinel,
                                                     addresses_.program, "sentinels"));
  const auto& clock = view.accounts[wanted + 2];
  WARDHIVE_ASSIGN(view.now.seconds, chain::time_of(clock));
  std::memcpy(&view.now.slot, clock->data.data(), sizeof view.now.slot);
  // Behind, it would show a quarantine as not there yet, or a number as free.
  WARDHIVE_TRY(newest_slot_.take(view.now.slot, clock_.mono()));
  view.accounts.resize(wanted);
  return view;
}

Status ActSigner::add_keys(chain::SwarmInstruction& instruction, const View& view,
                           std::size_t needed) const {
  const auto& set = view.sentinels;
  std::uint64_t mask = 0;
  std::vector<Pubkey> signers;
  for (std::size_t bit = 0; bit < std::min<std::size_t>(set.size, swarm::kSetKeysMax); ++bit) {
    const auto key = chain::pubkey_of(set.keys[bit]);
    if (signers.size() == needed || std::ranges::count(keys_.keys, key) == 0) continue;
    mask |= std::uint64_t{1} << bit;
    signers.push_back(key);
  }
  if (signers.size() < needed)
    return refuse(
        "{} of the sentinels' keys {} here and {} needed; chain.sentinel_keys or the "
        "signer must hold more",
        signers.size(), signers.size() == 1 ? "is" : "are",
        needed == 1 ? "1 is" : fmt::format("{} are", needed));
  instruction.number("mask", mask).number("valid_until_slot", view.now.slot + kSignedSlots);
  for (const auto& key : signers) instruction.set_signer(key);
  return ok();
}

Result<chain::Instruction> ActSigner::release_node(const ChainAct& act) {
  WARDHIVE_ASSIGN(const auto target, account_of(act));
  WARDHIVE_ASSIGN(const auto view, look({target}));
  WARDHIVE_ASSIGN(const auto node,
                  decode<swarm::Node>(view.accounts[0], target, addresses_.program, "node"));
  if (node.last_incident != act.incident)
    return refuse("nothing is left to release: {} was quarantined last by {}, not by {}",
                  act.target.name, node.last_incident, act.incident);
  if (view.now.seconds >= node.q_until)
    return refuse("nothing is left to release: quarantine {} of {} is over", act.incident,
                  act.target.name);
  chain::SwarmInstruction instruction(addresses_, InstructionTag::Release);
  instruction.account("set", addresses_.sentinel)
      .account("target", target)
      .number("kind", static_cast<std::uint64_t>(swarm::Target::Node))
      .number("incident", act.incident);
  WARDHIVE_TRY(add_keys(instruction, view, view.sentinels.threshold));
  return instruction.build();
}

Result<chain::Instruction> ActSigner::open_incident(const ChainAct& act) {
  WARDHIVE_ASSIGN(const auto target, account_of(act));
  if (act.incident == 0)
    return refuse("the case has no number, which keeps it from being opened twice");
  const auto category = place_of(kChargeCategories, act.category);
  Pubkey evidence;
  WARDHIVE_TRY(from_hex(act.evidence, evidence.bytes));
  const auto incident = addresses_.incident(act.incident);
  const auto bond = addresses_.position(keys_.payer, bond_nonce_);
  WARDHIVE_ASSIGN(const auto view, look({target, bond, incident}));
  // An earlier signature of ours cannot have landed: there is a new one only once that is certain.
  if (view.accounts[2])
    return refuse("the number {} is an incident's on the chain already ({}); nothing was signed",
                  act.incident, incident.text());
  WARDHIVE_ASSIGN(const auto node,
                  decode<swarm::Node>(view.accounts[0], target, addresses_.program, "node"));
  const auto position = decode<swarm::Position>(view.accounts[1], bond, addresses_.program,
                                                "network operator's position");
  if (!position || position->role != static_cast<std::uint8_t>(swarm::Role::NetworkOperator))
    return refuse(
        "{} has no network operator's stake under number {}, with which an accuser "
        "answers; stake one, or set chain.bond_nonce",
        keys_.payer.text(), bond_nonce_);
  const auto accused = chain::pubkey_of(node.position);
  if (accused == bond) return refuse("{} stands on our own stake", act.target.name);
  chain::SwarmInstruction instruction(addresses_, InstructionTag::OpenIncident);
  instruction.account("opener", keys_.payer)
      .account("bond_position", bond)
      .account("position", accused)
      .account("node", target)
      .account("incident", incident)
      .number("id", act.incident)
      .number("category", category)
      .number("bps", act.claim_bps)
      .number("on_node", 1)
      .key("evidence", evidence);
  WARDHIVE_TRY(add_keys(instruction, view, view.sentinels.threshold));
  return instruction.build();
}

Result<chain::Instruction> ActSigner::pause(const ChainAct& act) {
  std::uint64_t what = 0;
  for (const auto& part : act.parts) what |= std::uint64_t{1} << place_of(kPausableParts, part);
  WARDHIVE_ASSIGN(const auto view, look({}));
  chain::SwarmInstruction instruction(addresses_, InstructionTag::Breaker);
  instruction.account("set", addresses_.sentinel)
      .number("what", what)
      .number("seconds", static_cast<std::uint64_t>(act.lasts / seconds(1)));
  WARDHIVE_TRY(add_keys(instruction, view, 1));
  return instruction.build();
}

}  // namespace wardhive
