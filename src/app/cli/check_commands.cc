// check config, audit verify, version: what can be checked without a running wardhive.
#include <fmt/format.h>

#include <unistd.h>
#include <cstdio>
#include <memory>

#include "app/cli/cli.h"
#include "app/controller.h"
#include "config/config.h"
#include "store/store.h"

namespace wardhive {
namespace {

int check_config(const std::string& file, bool json) {
  const auto settings = load_settings(file);
  if (!settings && settings.error().code != ErrorCode::InvalidInput)
    return report(settings.error(), json);
  if (!settings) {
    report(settings.error(), json);
    return kExitCheckFailed;
  }
  const auto digest = settings_digest(*settings);
  print(json ? fmt::format(R"({{"schema_version":1,"file":{},"valid":true,"digest":"{}"}})",
                           to_json(file), digest)
             : fmt::format("{} is valid (digest {})", file, digest.substr(0, 12)));
  return kExitOk;
}

int audit_verify(const std::string& state, bool json) {
  const auto path = (state.empty() ? default_state_directory() : Path(state)) / "wardhive.db";
  const bool show = !json && isatty(STDERR_FILENO) != 0;
  const auto verified = verify_audit_file(path, [&](std::uint64_t done, std::uint64_t all) {
    if (show)
      std::fprintf(stderr, "\rverified %llu of %llu", static_cast<unsigned long long>(done),
                   static_cast<unsigned long long>(all));
  });
  if (show) std::fprintf(stderr, "\r\033[K");
  if (!verified) return report(verified.error(), json);
  print(
      json
          ? fmt::format(
                R"({{"schema_version":1,"intact":true,"records":{},"head":"{}","first_at":"{}","last_at":"{}"}})",
                verified->records, verified->head, format_rfc3339(verified->first_at),
                format_rfc3339(verified->last_at))
          : fmt::format("{} records, chain intact, head {}", verified->records, verified->head));
  return kExitOk;
}

}  // namespace

void add_check_commands(CLI::App& app) {
  struct CheckState {
    std::string file;
    bool json = false;
  };
  auto* check = app.add_subcommand("check", "without starting anything");
  check->require_subcommand(1);
  const auto config = std::make_shared<CheckState>();
  auto* command = check->add_subcommand(
      "config", "reads a configuration as `up` would (exit 6 if it is wrong)");
  command->add_option("FILE", config->file)->required();
  command->add_flag("--json", config->json, "machine output");
  on_chosen(*command, [config] { return check_config(config->file, config->json); });

  auto* audit = app.add_subcommand("audit", "the tamper-evident record of what was done");
  audit->require_subcommand(1);
  struct AuditState {
    std::string state;
    bool json = false;
  };
  const auto verify = std::make_shared<AuditState>();
  command = audit->add_subcommand(
      "verify", "walks the whole chain (exit 6 if it is broken); works beside a running wardhive");
  command->add_option("--state", verify->state, "state directory")->envname("WARDHIVE_STATE");
  command->add_flag("--json", verify->json, "machine output");
  on_chosen(*command, [verify] { return audit_verify(verify->state, verify->json); });

  add_anchor_command(*audit);

  const auto version_json = std::make_shared<bool>(false);
  command = app.add_subcommand("version", "what this is");
  command->add_flag("--json", *version_json, "machine output");
  on_chosen(*command, [version_json] {
    print(*version_json
              ? fmt::format(R"({{"schema_version":1,"version":"{}","compiler":"clang {}"}})",
                            WARDHIVE_VERSION, __clang_version__)
              : fmt::format("wardhive {}", WARDHIVE_VERSION));
    return kExitOk;
  });
}

}  // namespace wardhive
