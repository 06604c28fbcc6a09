// chain work, post-root, disable-root, claim-work: rewards for work, by lists that anyone can
// check.
#include <fmt/format.h>

#include "app/cli/chain/market.h"
#include "app/cli/chain/user.h"
#include "app/cli/chain/whole.h"
#include "base/file.h"
#include "chain/work.h"

namespace wardhive::cli_chain {
namespace {

using chain::Pubkey;
using swarm::InstructionTag;

constexpr std::size_t kListBytesMax = 1024 * 1024 * 1024;

Result<chain::WorkList> read_list(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto text, read_file(state.file, kListBytesMax));
  auto list = chain::parse_work_list(text);
  if (!list) return fail(list.error().code, state.file + ", " + list.error().message);
  return list;
}

struct Purse {
  Desk desk;
  swarm::Work work;
  chain::TrialClock now;
};
Result<Purse> read_purse(const MarketState& state) {
  WARDHIVE_ASSIGN(auto desk, open_desk(state));
  WARDHIVE_ASSIGN(const auto work,
                  desk.read<swarm::Work>(desk.market.addresses.work, "work rewards"));
  WARDHIVE_ASSIGN(const auto now, chain::trial_clock(desk.session->rpc));
  return Purse{std::move(desk), work, now};
}

// ---- post-root, disable-root

Result<std::string> post_root(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto list, read_list(state));
  WARDHIVE_ASSIGN(const auto purse, read_purse(state));
  const auto& [desk, work, now] = purse;
  if (work.pending.n != 0 && !chain::pending_counts(work, now))
    return chain::fault(ErrorCode::Conflict, "root_pending",
                        fmt::format("root {} waits until {}; the next one may follow then, or once "
                                    "it is taken back: `wardhive chain disable-root {}`",
                                    work.pending.n, date_of(work.active_at), work.pending.n));
  const auto before = chain::active_root(work, now).cum_total;
  const auto room = chain::growth_left(work, desk.market.config.work_cap, now);
  const auto tokens = [&](std::uint64_t units) {
    return format_amount(units, desk.market.decimals());
  };
  if (list.total < before || list.total - before > room)
    return chain::fault(
        ErrorCode::LimitReached, "work_cap",
        fmt::format("{}: {} tokens in all; now it may be from {} (what the active root says) to {} "
                    "(what is funded, and {} a day since the last root, for at most 7 days)",
                    state.file, tokens(list.total), tokens(before), tokens(before + room),
                    tokens(desk.market.config.work_cap)));
  WARDHIVE_ASSIGN(const auto signers, set_signers(desk, swarm::SetKind::Sentinel, state.keys));
  auto instruction = desk.instruction(InstructionTag::PostRoot);
  instruction.number("n", work.last_n + 1)
      .key("root", Pubkey{chain::work_root(list, desk.market.addresses.config)})
      .number("size", list.leaves.size())
      .number("cum_total", list.total);
  signers.sign(instruction);
  return do_it(state, desk,
               {.did = "post-root",
                .step = {{instruction.build()}, signers.pointers()},
                .shown = desk.market.addresses.work,
                .now = now});
}

Result<std::string> disable_root(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto purse, read_purse(state));
  const auto& [desk, work, now] = purse;
  if (work.pending.n == state.incident && chain::pending_counts(work, now))
    return chain::fault(ErrorCode::Conflict, "root_active",
                        fmt::format("root {} is active since {}: too late to take it back",
                                    state.incident, date_of(work.active_at)));
  const auto kind = state.guardian ? swarm::SetKind::Guardian : swarm::SetKind::Resolver;
  WARDHIVE_ASSIGN(const auto signers, set_signers(desk, kind, state.keys));
  auto instruction = desk.instruction(InstructionTag::DisableRoot);
  instruction
      .account("set",
               state.guardian ? desk.market.addresses.guardian : desk.market.addresses.resolver)
      .number("n", state.incident);
  signers.sign(instruction);
  return do_it(state, desk,
               {.did = "disable-root",
                .step = {{instruction.build()}, signers.pointers()},
                .shown = desk.market.addresses.work,
                .now = now});
}

// ---- claim-work

Result<Pubkey> position_of(const MarketState& state, const Desk& desk) {
  if (!state.target.empty()) return Pubkey::parse(state.target);
  return desk.market.addresses.position(desk.signer, state.nonce);
}

Result<std::string> claim_work(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto list, read_list(state));
  WARDHIVE_ASSIGN(const auto purse, read_purse(state));
  const auto& [desk, work, now] = purse;
  const auto& active = chain::active_root(work, now);
  const auto& config = desk.market.addresses.config;
  const Pubkey root{chain::work_root(list, config)};
  if (active.n == 0 || root != chain::pubkey_of(active.root))
    return chain::fault(
        ErrorCode::Conflict, "other_root",
        active.n == 0
            ? std::string("no root is active yet: one is a day after it was posted")
            : fmt::format("{} is not the list of the active root {}: it hashes to {}, which should "
                          "be {}",
                          state.file, active.n, to_hex(root.bytes),
                          to_hex(chain::pubkey_of(active.root).bytes)));
  WARDHIVE_ASSIGN(const auto key, position_of(state, desk));
  WARDHIVE_ASSIGN(const auto position, desk.read<swarm::Position>(key, "position"));
  const auto index = list.find(key, position.id);
  if (!index)
    return chain::fault(ErrorCode::NotFound, "no_leaf",
                        fmt::format("{} has no line for the position {} with the id {}", state.file,
                                    key.text(), position.id));
  std::vector<std::uint8_t> proof;
  for (const auto& hash : chain::work_proof(list, config, *index))
    proof.insert(proof.end(), hash.begin(), hash.end());
  const auto instruction = desk.instruction(InstructionTag::ClaimWork)
                               .account("position", key)
                               .number("index", *index)
                               .number("cumulative", list.leaves[*index].cumulative)
                               .rest("proof", proof)
                               .build();
  return do_it(state, desk, {.did = "claim-work", .step = {{instruction}}, .shown = key});
}

Result<std::string> show(const MarketState& state) {
  WARDHIVE_ASSIGN(const auto rpc, connect(state.options));
  WARDHIVE_ASSIGN(const auto market, read_market(rpc, state.options.program));
  WARDHIVE_ASSIGN(const auto work,
                  chain::read_account<swarm::Work>(rpc, market.addresses.work,
                                                   market.addresses.program, "work rewards"));
  WARDHIVE_ASSIGN(const auto now, chain::trial_clock(rpc));
  return state.options.json ? work_json(work, now) : work_text(market, work, now);
}

std::string root_json(const swarm::RootRecord& root) {
  if (root.n == 0) return "null";
  return fmt::format(R"({{"n":{},"root":"{}","positions":{},"total_units":{}}})", root.n,
                     to_hex(chain::pubkey_of(root.root).bytes), root.size, root.cum_total);
}

std::string root_text(const Market& market, const swarm::RootRecord& root) {
  return fmt::format("root {} ({}): {} positions, {} tokens in all", root.n,
                     to_hex(chain::pubkey_of(root.root).bytes), root.size,
                     format_amount(root.cum_total, market.decimals()));
}

using State = std::shared_ptr<MarketState>;

}  // namespace

std::string work_json(const swarm::Work& work, const chain::TrialClock& now) {
  const bool counts = chain::pending_counts(work, now);
  return fmt::format(
      R"({{"schema_version":1,"funded_units":{},"claimed_units":{},"active":{},"pending":{},"pending_active_at":{}}})",
      work.funded, work.claimed, root_json(chain::active_root(work, now)),
      counts ? "null" : root_json(work.pending),
      counts || work.pending.n == 0 ? "null" : "\"" + date_of(work.active_at) + "\"");
}

std::string work_text(const Market& market, const swarm::Work& work, const chain::TrialClock& now) {
  auto text = fmt::format("work rewards: {} tokens funded, {} claimed",
                          format_amount(work.funded, market.decimals()),
                          format_amount(work.claimed, market.decimals()));
  const auto& active = chain::active_root(work, now);
  text += active.n == 0 ? "\n  no root is active" : "\n  active: " + root_text(market, active);
  if (work.pending.n != 0 && !chain::pending_counts(work, now))
    text += fmt::format(
        "\n  announced: {}; active from {} (and slot {}, if that is later) unless "
        "taken back: `wardhive chain disable-root {}`",
        root_text(market, work.pending), date_of(work.active_at), work.active_slot, work.pending.n);
  return text;
}

void add_work_reader(CLI::App& parent) {
  add_market(parent, "work", "rewards for work: what is funded, which root counts",
             std::make_shared<MarketState>(), show, false);
}

void add_claim_work_command(CLI::App& parent) {
  const auto state = std::make_shared<MarketState>();
  auto* command = add_market(
      parent, "claim-work", "credit what a position earned by work; anyone may", state, claim_work);
  command->add_option("LIST", state->file, "the list that was posted, as it was published")
      ->required();
  command->add_option("--position", state->target, "anybody's (default: one's own of --nonce)");
  command->add_option("--nonce", state->nonce, "number of one's own position (default 0)")
      ->check(whole());
}

void add_work_commands(CLI::App& chain) {
  const auto fresh = [] { return std::make_shared<MarketState>(); };
  add_work_reader(chain);

  State state = fresh();
  auto* command =
      add_market(chain, "post-root", "announce who has earned what by work (sentinel quorum)",
                 state, post_root);
  command->add_option("LIST", state->file, "CSV: position,position_id,cumulative_units")
      ->required();
  command->add_option("--key", state->keys, "key file of a sentinel; once for each")->required();

  state = fresh();
  command = add_market(chain, "disable-root", "take an announced root back within its day", state,
                       disable_root);
  command->add_option("N", state->incident, "its number")->required()->check(whole());
  command->add_option("--key", state->keys, "key file of a resolver; once for each")->required();
  command->add_flag("--guardian", state->guardian, "the keys are guardians'");

  add_claim_work_command(chain);
}

}  // namespace wardhive::cli_chain
