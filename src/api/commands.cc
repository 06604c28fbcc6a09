// What people ask for: each becomes a Command record, its answer is the journal's.
#include <fmt/format.h>

#include "api/api.h"

namespace wardhive {
namespace {

// The body's JSON object, or an empty one if there is no body.
Result<JsonValue> body_of(const net::Request& request) {
  return JsonValue::parse(request.body.empty() ? "{}" : request.body);
}

}  // namespace

void Api::command(const net::Request& request, net::Responder responder, Command command) {
  const auto body = body_of(request);
  if (!body) return responder.send(net::error_response(body.error()));
  if (command.reason.empty()) command.reason = body->string_or("reason", "").substr(0, 500);
  command.actor = identify(request).name;
  command.key = std::string(request.headers.get("idempotency-key").value_or("")).substr(0, 100);
  const bool disk_full = parts_.view.status().disk_full;

  auto pending = std::make_shared<net::Responder>(std::move(responder));
  Submission submission;
  submission.records.emplace_back(command);
  if (!disk_full) {
    submission.done = [this, pending](Result<std::uint64_t> stored) {
      if (!stored) return pending->send(net::error_response(stored.error()));
      const auto result = parts_.view.command_result(*stored);
      if (!result)
        return pending->send(net::error_response(
            {ErrorCode::Internal, "the command left no result in the journal"}));
      if (!result->accepted) {
        const bool unknown = result->says.starts_with("not found: ");
        return pending->send(net::error_response(
            {unknown ? ErrorCode::NotFound : ErrorCode::Conflict, result->says}));
      }
      pending->send(net::Response::json(versioned(to_json(*result))));
    };
  }
  if (const auto taken = parts_.inbox.submit(std::move(submission)); !taken)
    return pending->send(net::error_response(taken.error()));
  // It will be carried out, but cannot be written down yet.
  if (disk_full)
    pending->send(net::Response::json(
        fmt::format(
            R"({{"schema_version":{},"accepted":null,"says":"taken; the disk is full, so its result is not stored yet"}})",
            kSchemaVersion),
        202));
}

void Api::add_commands(net::Router& router) {
  const auto post = [&](std::string name, std::string pattern, auto make) {
    router.add({.name = std::move(name),
                .method = net::Method::Post,
                .pattern = std::move(pattern),
                .access = "operator"},
               net::Handler([this, make](const net::Request& request, net::Responder responder) {
                 Result<Command> made = make(request);
                 if (!made) return responder.send(net::error_response(made.error()));
                 command(request, std::move(responder), std::move(*made));
               }));
  };
  const auto on_decision = [](CommandKind kind) {
    return [kind](const net::Request& request) -> Result<Command> {
      Command command;
      command.kind = kind;
      WARDHIVE_ASSIGN(command.decision, DecisionId::parse(request.param("id")));
      return command;
    };
  };
  post("decisions.revert", "/api/v1/decisions/{id}/revert", on_decision(CommandKind::Revert));
  post("decisions.hold", "/api/v1/decisions/{id}/hold", on_decision(CommandKind::Hold));
  post("decisions.release", "/api/v1/decisions/{id}/release", on_decision(CommandKind::Release));
  post("release_all", "/api/v1/release", [](const net::Request&) -> Result<Command> {
    Command command;
    command.kind = CommandKind::ReleaseAll;
    return command;
  });
  post("mode", "/api/v1/mode", [](const net::Request& request) -> Result<Command> {
    WARDHIVE_ASSIGN(const auto body, body_of(request));
    Command command;
    command.kind = CommandKind::SetMode;
    WARDHIVE_ASSIGN(command.mode, enum_from_name<Mode>(body.string_or("mode", "")));
    return command;
  });
  const auto on_entity = [](CommandKind kind) {
    return [kind](const net::Request& request) -> Result<Command> {
      WARDHIVE_ASSIGN(const auto body, body_of(request));
      Command command;
      command.kind = kind;
      WARDHIVE_ASSIGN(command.entity, Entity::parse(body.string_or("entity", "")));
      return command;
    };
  };
  // Nobody is told that it is signed now where nothing is.
  const auto can_be_signed = [this]() -> Status {
    const auto problem = parts_.acts_problem ? parts_.acts_problem() : "";
    if (problem.empty()) return ok();
    return fail(ErrorCode::Unavailable, "no act on the chain can be signed: " + problem);
  };
  const auto on_proposal = [can_be_signed](CommandKind kind) {
    return [kind, can_be_signed](const net::Request& request) -> Result<Command> {
      if (kind == CommandKind::Approve) WARDHIVE_TRY(can_be_signed());
      Command command;
      command.kind = kind;
      WARDHIVE_ASSIGN(command.proposal, ProposalId::parse(request.param("id")));
      return command;
    };
  };
  // The body is the act, with a reason.
  post("proposals.propose", "/api/v1/proposals",
       [can_be_signed](const net::Request& request) -> Result<Command> {
         WARDHIVE_TRY(can_be_signed());
         WARDHIVE_ASSIGN(const auto body, body_of(request));
         Command command;
         command.kind = CommandKind::Propose;
         WARDHIVE_ASSIGN(command.act, from_json<ChainAct>(body));
         WARDHIVE_TRY(check_act(command.act));
         return command;
       });
  post("proposals.approve", "/api/v1/proposals/{id}/approve", on_proposal(CommandKind::Approve));
  post("proposals.withdraw", "/api/v1/proposals/{id}/withdraw", on_proposal(CommandKind::Withdraw));
  post("allow", "/api/v1/allow", on_entity(CommandKind::Allow));
  post("disallow", "/api/v1/disallow", on_entity(CommandKind::Disallow));
}

}  // namespace wardhive
