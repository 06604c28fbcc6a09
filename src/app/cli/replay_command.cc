// replay: recorded logs or series through the same pipeline.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "app/cli/cli.h"
#include "app/replay.h"
#include "base/clock.h"

namespace wardhive {
namespace {

struct ReplayState {
  ReplayOptions options;
  std::string logs, series, format = "sshd", tz = "+00:00", start, step, config;
};

// "+02:00" -> 2 h.
Result<Duration> parse_offset(const std::string& text) {
  if (text == "UTC" || text == "Z") return Duration::zero();
  const auto at = parse_rfc3339("2000-01-01T00:00:00" + text);
  if (!at)
    return fail(ErrorCode::InvalidInput,
                fmt::format("--tz \"{}\" is not understood; expected e.g. +02:00 or UTC", text));
  return *parse_rfc3339("2000-01-01T00:00:00Z") - *at;
}

Status understand(ReplayState& state) {
  if (state.logs.empty() == state.series.empty())
    return fail(ErrorCode::InvalidInput, "replay needs --logs FILE or --series FILE, one of them");
  auto& options = state.options;
  options.logs = !state.logs.empty();
  options.file = options.logs ? state.logs : state.series;
  if (options.logs && options.scores)
    return fail(ErrorCode::InvalidInput,
                "--scores goes with --series; log lines have no score of their own");
  if (state.format != "sshd")
    return fail(ErrorCode::InvalidInput,
                fmt::format("--format \"{}\" is not known; expected sshd", state.format));
  WARDHIVE_ASSIGN(options.utc_offset, parse_offset(state.tz));
  if (!state.start.empty()) {
    WARDHIVE_ASSIGN(const auto at, parse_rfc3339(state.start));
    options.start = at;
  }
  if (!state.step.empty()) {
    WARDHIVE_ASSIGN(const auto step, parse_duration(state.step));
    options.step = step;
  }
  return ok();
}

int run(ReplayState& state) {
  if (const auto understood = understand(state); !understood)
    return report(understood.error(), false);
  const auto settings = load_settings(state.config);
  if (!settings) return report(settings.error(), false);
  const bool bar = isatty(STDERR_FILENO) != 0;
  const auto started = system_clock().mono();
  const auto summary = replay(
      *settings, state.options, [](const std::string& line) { print(line); },
      [&](double share) {
        if (!bar) return;
        const auto filled = static_cast<std::size_t>(share * 40);
        std::fprintf(stderr, "\r[%s%s] %3.0f %%", std::string(filled, '#').c_str(),
                     std::string(40 - filled, '.').c_str(), share * 100);
      });
  if (bar) std::fprintf(stderr, "\r\033[K");
  if (!summary) return report(summary.error(), false);
  std::fprintf(stderr, "%s\n",
               fmt::format("{} rows, {} used, {} findings, {} decisions, {} incidents in {}",
                           summary->rows, summary->used, summary->findings, summary->decisions,
                           summary->incidents, format_duration(system_clock().mono() - started))
                   .c_str());
  return kExitOk;
}

}  // namespace

void add_replay_command(CLI::App& app) {
  const auto state = std::make_shared<ReplayState>();
  auto* command = app.add_subcommand(
      "replay", "recorded material through the same pipeline; JSON lines come out");
  command->add_option("--logs", state->logs, "a log file (.gz too)");
  command->add_option("--format", state->format, "of the log: sshd");
  command->add_option("--year", state->options.year,
                      "of the log's first line; syslog times carry none");
  command->add_option("--tz", state->tz, "of the log's times, e.g. +02:00 (default UTC)");
  command->add_option("--series", state->series,
                      "a CSV file (.gz too): `timestamp,value` with a head, or wide without");
  command->add_option("--start", state->start, "time of a wide table's first row, RFC 3339");
  command->add_option("--step", state->step, "between a wide table's rows, e.g. 60s");
  command->add_option("--node", state->options.node, "whose it is");
  command->add_flag("--scores", state->options.scores,
                    "one line per row: {t, series, score, threshold}");
  command->add_option("--config", state->config, "settings; without it the embedded defaults");
  on_chosen(*command, [state] { return run(*state); });
}

}  // namespace wardhive
