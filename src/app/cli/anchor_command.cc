// audit check-anchor: is the audit on this disk the one whose checkpoint the chain keeps?
#include <fmt/format.h>

#include <memory>

#include "app/cli/chain/chain.h"
#include "app/cli/cli.h"
#include "app/controller.h"
#include "chain/anchor.h"
#include "chain/pool.h"
#include "store/store.h"

namespace wardhive {
namespace {

struct AnchorState {
  cli_chain::ChainOptions options;
  std::string config, state, authority;
  std::uint64_t log = 0;
  CLI::Option *url = nullptr, *log_option = nullptr;
};

struct Verdict {
  std::string verdict;  // matches, differs, shorter
  std::string message;
  std::uint64_t local_records = 0, anchored_records = 0, anchored_seq = 0, log = 0;
  std::string anchored_root, anchored_at, last_record_at, authority;
};
template <class Self, class V>
void fields(Self& self, V& v) {
  v("verdict", self.verdict);
  v("message", self.message);
  v("local_records", self.local_records);
  v("anchored_records", self.anchored_records);
  v("anchored_seq", self.anchored_seq);
  v("anchored_root", self.anchored_root);
  v("anchored_at", self.anchored_at);
  v("last_record_at", self.last_record_at);
  v("log", self.log);
  v("authority", self.authority);
}

struct Local {
  chain::MerkleTree tree;
  Instant last_at;     // of the last anchored record
  std::string broken;  // "" if it is sound in itself
};

Result<Local> read_local(const Path& database, std::uint64_t anchored) {
  Local local;
  const auto verified = verify_audit_file(database, {}, [&](const AuditRecord& record) {
    Hash256 hash;
    if (!from_hex(record.hash, hash)) return;  // checked before it is given
    local.tree.add(hash);
    if (record.sequence == anchored) local.last_at = record.at;
  });
  if (!verified && verified.error().code != ErrorCode::Corrupt)
    return std::unexpected(verified.error());
  if (!verified) local.broken = verified.error().message;
  return local;
}

Verdict judge(const Local& local, const chain::AnchoredCheckpoint& anchored) {
  const auto at = format_rfc3339(
      instant_from_ns(static_cast<std::int64_t>(anchored.time) * std::int64_t{1'000'000'000}));
  Verdict v{.verdict = "",
            .message = "",
            .local_records = local.tree.size(),
            .anchored_records = anchored.size,
            .anchored_seq = anchored.seq,
            .anchored_root = to_hex(anchored.root),
            .anchored_at = at,
            .last_record_at = "",
            .authority = ""};
  if (!local.broken.empty()) {
    v.verdict = "differs";
    v.message = "the audit is broken in itself: " + local.broken;
  } else if (local.tree.size() < anchored.size) {
    v.verdict = "shorter";
    v.message = fmt::format(
        "the audit has {} records, but {} were anchored at {}: at least {} were cut off, or this "
        "is an older copy",
        local.tree.size(), anchored.size, at, anchored.size - local.tree.size());
  } else if (local.tree.root(anchored.size) != anchored.root) {
    v.verdict = "differs";
    v.message = fmt::format(
        "records 1 to {} are not those that were anchored at {}: one was changed, removed, "
        "reordered or added since, and the chain of hashes was made anew (root {}, anchored {})",
        anchored.size, at, to_hex(local.tree.root(anchored.size)), to_hex(anchored.root));
  } else {
    v.verdict = "matches";
    v.last_record_at = format_rfc3339(local.last_at);
    v.message = fmt::format(
        "records 1 to {} (the last of {}) are exactly those that were anchored at {}: none was "
        "changed, removed or reordered since. {} later records are not anchored yet",
        anchored.size, v.last_record_at, at, local.tree.size() - anchored.size);
  }
  return v;
}

// What was not said on the command line is the configuration's.
Status complete(AnchorState& state, ChainSettings& chain) {
  if (!state.config.empty()) {
    WARDHIVE_ASSIGN(const auto settings, load_settings(state.config));
    chain = settings.chain;
  }
  if (!state.options.program.empty()) chain.anchor_program = state.options.program;
  if (state.log_option->count() == 0) state.log = chain.anchor_log;
  if (state.url->count() > 0 || chain.endpoints.empty()) {
    WARDHIVE_ASSIGN(const auto cluster, chain::cluster_of(state.options.url));
    chain.endpoints = {cluster.url};
    chain.genesis = state.options.genesis.empty() ? cluster.genesis : state.options.genesis;
  }
  if (state.authority.empty() && !chain.anchor_key.empty()) {
    WARDHIVE_ASSIGN(const auto key, chain::Keypair::load(chain.anchor_key));
    state.authority = key.pubkey().text();
  }
  if (chain.anchor_program.empty() || state.authority.empty())
    return fail(ErrorCode::InvalidInput,
                "say whose log it is: --config with chain.anchor_program and chain.anchor_key, or "
                "--program and --authority");
  return ok();
}

Result<Verdict> check(AnchorState state) {
  ChainSettings settings;
  WARDHIVE_TRY(complete(state, settings));
  chain::AnchorLog log;
  WARDHIVE_ASSIGN(log.program, chain::Pubkey::parse(settings.anchor_program));
  WARDHIVE_ASSIGN(log.authority, chain::Pubkey::parse(state.authority));
  log.id = state.log;
  WARDHIVE_ASSIGN(const auto pool,
                  chain::EndpointPool::make(
                      {.urls = settings.endpoints, .genesis = settings.genesis}, system_clock()));
  WARDHIVE_ASSIGN(const auto anchored, chain::read_checkpoint(*pool, log));
  if (!anchored || anchored->size == 0)
    return fail(ErrorCode::NotFound,
                fmt::format("{} has anchored nothing under log {} of {}; nothing is proved",
                            log.authority.text(), log.id, log.program.text()));
  const auto database =
      (state.state.empty() ? default_state_directory() : Path(state.state)) / "wardhive.db";
  auto local = read_local(database, anchored->size);
  // An audit that is not there is one that was cut off whole.
  if (!local && local.error().code == ErrorCode::NotFound) local = Local{};
  if (!local) return std::unexpected(local.error());
  auto verdict = judge(*local, *anchored);
  verdict.log = log.id;
  verdict.authority = log.authority.text();
  return verdict;
}

int run(const AnchorState& state) {
  const auto verdict = check(state);
  if (!verdict) return report(verdict.error(), state.options.json);
  if (state.options.json) {
    auto text = to_json(*verdict);
    print(R"({"schema_version":1,)" + text.substr(1));
  } else {
    print(fmt::format("{} (log {} of {}): {}", verdict->verdict, verdict->log, verdict->authority,
                      verdict->message));
  }
  if (verdict->verdict == "shorter") return kExitShorter;
  return verdict->verdict == "matches" ? kExitOk : kExitCheckFailed;
}

}  // namespace

void add_anchor_command(CLI::App& audit) {
  const auto state = std::make_shared<AnchorState>();
  auto* command = audit.add_subcommand(
      "check-anchor",
      "is it the audit whose checkpoint the chain keeps? 6 if it differs, 7 if it is shorter, 5 if "
      "the chain does not answer, 3 if nothing was anchored");
  command->add_option("--state", state->state, "state directory")->envname("WARDHIVE_STATE");
  command->add_option("--config", state->config, "configuration whose [chain] says what and where");
  state->url = command->add_option("-u,--url", state->options.url,
                                   "cluster or RPC URL (default: the configuration's)");
  command->add_option("--genesis", state->options.genesis, "hash of the cluster's first block");
  command->add_option("--program", state->options.program, "address of swarm_anchor");
  command->add_option("--authority", state->authority, "who signs the checkpoints");
  state->log_option = command->add_option("--log", state->log, "number of the log (default 0)");
  cli_chain::add_json(*command, state->options);
  on_chosen(*command, [state] { return run(*state); });
}

}  // namespace wardhive
