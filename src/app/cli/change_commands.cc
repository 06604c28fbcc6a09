// decisions revert/hold/release, release, mode, allow, disallow, token: what a person changes.
#include <fmt/format.h>

#include <memory>

#include "app/cli/cli.h"
#include "base/bytes.h"

namespace wardhive {
namespace {

int change(const ClientOptions& options, const std::string& path, const std::string& body) {
  const auto answer = call(options, net::Method::Post, path, body);
  if (!answer) return report(answer.error(), options.json);
  if (options.json)
    print_json(*answer);
  else
    print(answer->string_or("says", "done"));
  return kExitOk;
}

std::string reason_body(const std::string& reason) {
  return fmt::format(R"({{"reason":{}}})", to_json(reason));
}

void on_decision(CLI::App& group, const std::string& verb, const std::string& about) {
  struct State {
    ClientOptions client;
    std::string id, reason;
  };
  const auto state = std::make_shared<State>();
  auto* command = group.add_subcommand(verb, about);
  command->add_option("ID", state->id)->required();
  command->add_option("--reason", state->reason, "kept in the audit");
  add_client_options(*command, state->client);
  on_chosen(*command, [state, verb] {
    return change(state->client, "/api/v1/decisions/" + net::percent_encode(state->id) + "/" + verb,
                  reason_body(state->reason));
  });
}

void on_entity(CLI::App& app, const std::string& verb, const std::string& about) {
  struct State {
    ClientOptions client;
    std::string entity, reason;
  };
  const auto state = std::make_shared<State>();
  auto* command = app.add_subcommand(verb, about);
  command->add_option("ENTITY", state->entity, "address/IP or node/NAME")->required();
  command->add_option("--reason", state->reason, "kept in the audit");
  add_client_options(*command, state->client);
  on_chosen(*command, [state, verb] {
    return change(state->client, "/api/v1/" + verb,
                  fmt::format(R"({{"entity":{},"reason":{}}})", to_json(state->entity),
                              to_json(state->reason)));
  });
}

}  // namespace

void add_change_commands(CLI::App& app) {
  auto* decisions = app.get_subcommand("decisions");
  on_decision(*decisions, "revert", "undo it now and settle its evidence");
  on_decision(*decisions, "hold", "keep it until a person releases it");
  on_decision(*decisions, "release", "let a held one go on by itself");

  struct ReleaseState {
    ClientOptions client;
    bool all = false;
    std::string reason;
  };
  const auto release = std::make_shared<ReleaseState>();
  auto* command = app.add_subcommand("release", "undo every effect that wardhive holds");
  command->add_flag("--all", release->all, "yes, all of them")->required();
  command->add_option("--reason", release->reason, "kept in the audit");
  add_client_options(*command, release->client);
  on_chosen(*command, [release] {
    return change(release->client, "/api/v1/release", reason_body(release->reason));
  });

  struct ModeState {
    ClientOptions client;
    std::string mode;
  };
  const auto mode = std::make_shared<ModeState>();
  command = app.add_subcommand("mode", "shadow: decide and show; enforce: act");
  command->add_option("MODE", mode->mode)->required()->check(CLI::IsMember({"shadow", "enforce"}));
  add_client_options(*command, mode->client);
  on_chosen(*command, [mode] {
    return change(mode->client, "/api/v1/mode", fmt::format(R"({{"mode":"{}"}})", mode->mode));
  });

  on_entity(app, "allow", "vouch for an address or node: nothing acts on it");
  on_entity(app, "disallow", "take that back");

  auto* token = app.add_subcommand("token", "log-in links and enrolment tokens");
  token->require_subcommand(1);
  const auto login = std::make_shared<ClientOptions>();
  command = token->add_subcommand("login", "a link that logs a browser in, once");
  add_client_options(*command, *login);
  on_chosen(*command, [login] {
    const auto answer = call(*login, net::Method::Post, "/api/v1/tokens/login");
    if (!answer) return report(answer.error(), login->json);
    if (login->json)
      print_json(*answer);
    else
      print(answer->string_or("url", ""));
    return kExitOk;
  });
  struct EnrollState {
    ClientOptions client;
    std::string node;
  };
  const auto enroll = std::make_shared<EnrollState>();
  command = token->add_subcommand("enroll", "a one-time token with which an agent enrols");
  command->add_option("--node", enroll->node, "only for this node");
  add_client_options(*command, enroll->client);
  on_chosen(*command, [enroll] {
    const auto answer = call(enroll->client, net::Method::Post, "/api/v1/tokens/enroll",
                             fmt::format(R"({{"node":{}}})", to_json(enroll->node)));
    if (!answer) return report(answer.error(), enroll->client.json);
    if (enroll->client.json)
      print_json(*answer);
    else
      print(answer->string_or("token", ""));
    return kExitOk;
  });
}

}  // namespace wardhive
