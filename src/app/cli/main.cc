// wardhive: one binary, one sub-command each.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "app/cli/cli.h"
#include "app/fleet/parts.h"
#include "base/log.h"

namespace {

// The soft limit is often 1,024, which is what the server alone may hold in connections.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65'536);
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace wardhive;
  // The demo's small programs run inside its namespaces; nobody else calls them.
  if (argc >= 3 && std::string_view(argv[1]) == "part")
    return fleet::fleet_part_main(std::vector<std::string>(argv + 2, argv + argc));

  raise_descriptor_limit();
  CLI::App app{
      "Wardhive keeps a network of GPU nodes safe: it watches, scores, contains and brings back."};
  app.require_subcommand(1);
  app.fallthrough(false);
  bool log_json = false, quiet = false, verbose = false;
  app.add_flag("--log-json", log_json, "log lines as JSON");
  app.add_flag("-q,--quiet", quiet, "log errors only");
  app.add_flag("-v,--verbose", verbose, "log more");
  app.parse_complete_callback([&] {
    if (log_json) log::set_format(log::Format::Json);
    if (quiet) log::set_level(log::Level::Error);
    if (verbose) log::set_level(log::Level::Debug);
  });
  add_server_commands(app);
  add_replay_command(app);
  add_read_commands(app);
  add_change_commands(app);
  add_proposal_commands(app);
  add_devchain_command(app);
  add_signer_command(app);
  add_chain_commands(app);
  add_check_commands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (const auto unknown = app.remaining(true); !unknown.empty())
      std::fprintf(stderr, "wardhive: \"%s\" is not understood\n", unknown.front().c_str());
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return chosen_exit_code();
}
