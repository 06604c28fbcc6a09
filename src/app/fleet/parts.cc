#include "app/fleet/parts.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <utility>
#include <vector>

#include "app/fleet/attacker.h"
#include "app/fleet/client.h"
#include "app/fleet/job.h"
#include "app/fleet/sandbox.h"
#include "app/fleet/sshd.h"

namespace wardhive::fleet {
namespace {

using Pair = std::pair<std::string, std::string>;

// CLI11's parser throws; it is caught here, at the edge. Returns 0, or the exit code for `--help`
// (0 as well, with `run` false) and wrong usage (2).
int parse(CLI::App& app, std::span<const std::string> args, bool& run) {
  std::vector<std::string> reversed(args.rbegin(), args.rend());  // as CLI11 wants a vector
  run = false;
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  run = true;
  return 0;
}

int finish(const Status& status) {
  if (status) return 0;
  fmt::print(stderr, "{}\n", status.error().message);
  return facts(status.error().code).exit_code;
}

std::string endpoint_problem(const std::string& text) {
  const auto endpoint = parse_endpoint(text);
  return endpoint ? std::string() : endpoint.error().message;
}

// "USER:PASSWORD"; the password may hold colons.
Pair split_login(const std::string& text) {
  const auto colon = text.find(':');
  return {text.substr(0, colon),
          colon == std::string::npos ? std::string() : text.substr(colon + 1)};
}

int job_main(std::span<const std::string> args) {
  JobOptions options;
  CLI::App app("a node's HTTP job service", "wardhive part job");
  app.add_option("--node", options.node, "name in X-Node and the answers")->required();
  app.add_option("--job", options.job, "name of the job");
  app.add_option("--port", options.port, "TCP port (8080)");
  app.add_option("--fault-file", options.fault_file,
                 "latency_ms=, error_percent=, health_fail= lines");
  app.add_option("--base-ms-min", options.base_ms_min, "shortest work in ms (5)")
      ->check(CLI::Range(0, 60'000));
  app.add_option("--base-ms-max", options.base_ms_max, "longest work in ms (15)")
      ->check(CLI::Range(0, 60'000));
  bool run = false;
  if (const int code = parse(app, args, run); !run) return code;
  if (options.base_ms_min > options.base_ms_max)
    return finish(fail(ErrorCode::InvalidInput, "--base-ms-min is above --base-ms-max"));
  return finish(run_job(options));
}

int sshd_main(std::span<const std::string> args) {
  SshdOptions options;
  std::vector<std::string> accounts;
  CLI::App app("an sshd that writes the real one's log lines", "wardhive part sshd");
  app.add_option("--node", options.node, "host name in the log")->required();
  app.add_option("--auth-log", options.auth_log, "file to append to")->required();
  app.add_option("--port", options.port, "TCP port (22)");
  app.add_option("--account", accounts, "USER:PASSWORD that is let in; may be repeated");
  bool run = false;
  if (const int code = parse(app, args, run); !run) return code;
  for (const auto& account : accounts) options.accounts.insert(split_login(account));
  return finish(run_sshd(options));
}

int attacker_main(std::span<const std::string> args) {
  AttackerOptions options;
  std::string target;
  std::vector<std::string> logins{"root:123456", "admin:admin", "oracle:oracle", "test:test",
                                  "ubuntu:ubuntu"};
  CLI::App app("password attempts over real connections", "wardhive part attacker");
  app.add_option("--target", target, "ADDRESS:PORT of the sshd")
      ->required()
      ->check(endpoint_problem);
  app.add_option("--login", logins, "USER:PASSWORD, in this order; may be repeated");
  app.add_flag("--stay", options.stay_at_last, "repeat the last login instead of starting over");
  app.add_option("--rate", options.attempts_per_second, "attempts per second (5)")
      ->check(CLI::Range(0.01, 1000.0));
  app.add_option("--attempts", options.attempts_max, "stop after so many (0: at a signal)");
  app.add_option("--connect-timeout-ms", options.connect_timeout_ms, "(300)")
      ->check(CLI::Range(1, 60'000));
  app.add_option("--start-file", options.start_file, "wait until this file exists");
  bool run = false;
  if (const int code = parse(app, args, run); !run) return code;
  options.target = *parse_endpoint(target);
  for (const auto& login : logins) {
    auto [user, password] = split_login(login);
    options.logins.push_back({std::move(user), std::move(password)});
  }
  return finish(run_attacker(options));
}

int client_main(std::span<const std::string> args) {
  ClientOptions options;
  std::string gateway;
  CLI::App app("a closed loop of HTTP requests", "wardhive part client");
  app.add_option("--gateway", gateway, "ADDRESS:PORT")->required()->check(endpoint_problem);
  app.add_option("--path", options.path, "(/work)");
  app.add_option("--workers", options.workers, "requests at once (4)")->check(CLI::Range(1, 64));
  app.add_option("--pause-ms", options.pause_ms, "between requests of one worker (10)")
      ->check(CLI::Range(0, 60'000));
  app.add_option("--timeout-ms", options.timeout_ms, "(2000)")->check(CLI::Range(1, 60'000));
  app.add_option("--start-file", options.start_file, "wait until this file exists");
  bool run = false;
  if (const int code = parse(app, args, run); !run) return code;
  options.gateway = *parse_endpoint(gateway);
  return finish(run_client(options));
}

int get_main(std::span<const std::string> args) {
  std::string server;
  std::string target = "/";
  int timeout_ms = 2000;
  CLI::App app("one HTTP request; exit code 0 for a 2xx answer", "wardhive part get");
  app.add_option("server", server, "ADDRESS:PORT")->required()->check(endpoint_problem);
  app.add_option("target", target, "(/)");
  app.add_option("--timeout-ms", timeout_ms, "(2000)")->check(CLI::Range(1, 60'000));
  bool run = false;
  if (const int code = parse(app, args, run); !run) return code;
  const auto status = print_get(*parse_endpoint(server), target, timeout_ms);
  if (!status) return finish(std::unexpected(status.error()));
  return *status >= 200 && *status < 300 ? 0 : 1;
}

struct Part {
  std::string_view name;
  int (*main)(std::span<const std::string>);
};
constexpr Part kParts[] = {{"init", run_init},      {"job", job_main},
                           {"sshd", sshd_main},     {"attacker", attacker_main},
                           {"client", client_main}, {"get", get_main}};

}  // namespace

int fleet_part_main(std::span<const std::string> args) {
  for (const auto& part : kParts) {
    if (args.empty() || args[0] != part.name) continue;
    ::prctl(PR_SET_NAME, fmt::format("wh-{}", part.name).c_str());  // else ps shows "exe"
    return part.main(args.subspan(1));
  }
  fmt::print(stderr, "wardhive part: expected init, job, sshd, attacker, client or get\n");
  return 2;
}

}  // namespace wardhive::fleet
