// status, nodes, incidents, decisions, risk, notices: what there is, and why.
#include <fmt/format.h>

#include <memory>

#include "api/explain.h"
#include "app/cli/cli.h"

namespace wardhive {
namespace {

// For people: text without quotes, and a time that never was as "never".
std::string text_of(std::string_view key, const JsonValue& value) {
  if (value.is_null()) return key.ends_with("_at") ? "never" : "";
  return value.type() == JsonValue::Type::String ? value.as_string() : to_json(value);
}
std::string text_of(const JsonValue& object, std::string_view key) {
  const auto* value = object.find(key);
  return value == nullptr ? "" : text_of(key, *value);
}

// A command that gets one path and prints it as a table (arrays) or lines (objects).
struct Listing {
  std::string path;
  std::vector<std::string> columns;  // keys of the items
  std::string empty;                 // what an empty list says to a person
};

int show_list(const ClientOptions& options, const Listing& listing) {
  const auto answer = call(options, net::Method::Get, listing.path);
  if (!answer) return report(answer.error(), options.json);
  if (options.json) return print_json(*answer), kExitOk;
  if (answer->items().empty()) return print(listing.empty), kExitOk;
  std::vector<std::vector<std::string>> rows{listing.columns};
  for (const auto& item : answer->items()) {
    auto& row = rows.emplace_back();
    for (const auto& column : listing.columns) row.push_back(text_of(item, column));
  }
  print_table(rows);
  return kExitOk;
}

void print_lines(const JsonValue& object) {
  for (const auto& [key, value] : object.members()) {
    if (key == "schema_version") continue;
    print(fmt::format("{:<18} {}", key, text_of(key, value)));
  }
}

int show_one(const ClientOptions& options, const std::string& path,
             const std::function<void(const JsonValue&)>& for_people) {
  const auto answer = call(options, net::Method::Get, path);
  if (!answer) return report(answer.error(), options.json);
  if (options.json)
    print_json(*answer);
  else
    for_people(*answer);
  return kExitOk;
}

void print_incident(const JsonValue& incident) {
  print(fmt::format("{}  {}  {}  {}", text_of(incident, "id"), text_of(incident, "playbook"),
                    text_of(incident, "subject"), text_of(incident, "state")));
  print(text_of(incident, "summary"));
  if (const auto* timeline = incident.find("timeline"))
    for (const auto& entry : timeline->items())
      print(fmt::format("  {}  {:<12} {}", text_of(entry, "at"), text_of(entry, "state"),
                        text_of(entry, "text")));
}

std::string escaped(const std::string& id) { return net::percent_encode(id); }

CLI::App* list_command(CLI::App& app, const std::shared_ptr<ClientOptions>& options,
                       std::string name, std::string about, Listing listing) {
  auto* command = app.add_subcommand(std::move(name), std::move(about));
  add_client_options(*command, *options);
  on_chosen(*command, [options, listing] { return show_list(*options, listing); });
  return command;
}

void show_command(CLI::App& app, std::string name, std::string about, std::string id_name,
                  std::function<std::string(const std::string&)> path_of,
                  std::function<void(const JsonValue&)> for_people) {
  const auto options = std::make_shared<ClientOptions>();
  const auto id = std::make_shared<std::string>();
  auto* command = app.add_subcommand(std::move(name), std::move(about));
  command->add_option(id_name, *id)->required();
  add_client_options(*command, *options);
  on_chosen(*command, [=] { return show_one(*options, path_of(*id), for_people); });
}

void listing_with_all(CLI::App& group, std::string about, Listing listing) {
  const auto options = std::make_shared<ClientOptions>();
  const auto all = std::make_shared<bool>(false);
  auto* command = group.add_subcommand("list", std::move(about));
  command->add_flag("--all", *all, "ended ones too");
  add_client_options(*command, *options);
  on_chosen(*command, [=] {
    auto wanted = listing;
    if (*all) wanted.path += "?state=all&limit=1000";
    return show_list(*options, wanted);
  });
}

}  // namespace

void add_read_commands(CLI::App& app) {
  const auto status = std::make_shared<ClientOptions>();
  auto* command = app.add_subcommand("status", "the network in one sentence");
  add_client_options(*command, *status);
  on_chosen(*command, [status] {
    return show_one(*status, "/api/v1/status", [](const JsonValue& json) {
      print(text_of(json, "sentence"));
      print_lines(json);
    });
  });

  auto* nodes = app.add_subcommand("nodes", "what is watched");
  nodes->require_subcommand(1);
  list_command(*nodes, std::make_shared<ClientOptions>(), "list",
               "every node, with state, share and score",
               {"/api/v1/nodes",
                {"name", "class", "state", "share_bps", "score", "decision"},
                "no node is known yet; enroll one with `wardhive token enroll`"});
  show_command(
      *nodes, "show", "one node", "NODE",
      [](const std::string& id) { return "/api/v1/nodes/" + escaped(id); }, print_lines);

  auto* incidents = app.add_subcommand("incidents", "ours to close");
  incidents->require_subcommand(1);
  listing_with_all(*incidents, "open incidents",
                   {"/api/v1/incidents",
                    {"id", "playbook", "subject", "state", "opened_at", "summary"},
                    "no open incident"});
  show_command(
      *incidents, "show", "one incident with its timeline", "ID",
      [](const std::string& id) { return "/api/v1/incidents/" + escaped(id); }, print_incident);

  auto* decisions = app.add_subcommand("decisions", "what holds, until when and why");
  decisions->require_subcommand(1);
  listing_with_all(*decisions, "decisions in force",
                   {"/api/v1/decisions",
                    {"id", "verb", "target", "scope", "state", "expires_at", "reason"},
                    "no decision is in force"});
  show_command(
      *decisions, "show", "one decision, whole", "ID",
      [](const std::string& id) { return "/api/v1/decisions/" + escaped(id); }, print_lines);
  show_command(
      *decisions, "explain",
      "why: evidence, score, rails, what would have changed it, how to undo it", "ID",
      [](const std::string& id) { return "/api/v1/decisions/" + escaped(id) + "/explain"; },
      [](const JsonValue& json) {
        if (const auto explanation = from_json<Explanation>(json))
          print(format_explanation(*explanation));
      });

  auto* risk = app.add_subcommand("risk", "how dangerous, and why");
  risk->require_subcommand(1);
  list_command(*risk, std::make_shared<ClientOptions>(), "list", "the highest scores",
               {"/api/v1/scores",
                {"subject", "value", "log_odds_milli", "families", "reporters", "until_below"},
                "nobody has a score yet"});
  show_command(
      *risk, "show", "one score, with its parts (address/IP or node/NAME)", "ENTITY",
      [](const std::string& id) {
        const auto slash = id.find('/');
        return "/api/v1/scores/" +
               (slash == std::string::npos
                    ? escaped(id) + "/"
                    : escaped(id.substr(0, slash)) + "/" + escaped(id.substr(slash + 1)));
      },
      [](const JsonValue& json) {
        const auto score = from_json<Score>(json);
        if (!score) return;
        print(fmt::format("{}: {} of 100", score->subject.text(), score->value));
        for (const auto& part : score->contributions)
          print(fmt::format("  {:<14} {:+.3f}  {}", part.family, part.milli / 1000.0,
                            part.top_evidence));
        print(fmt::format("  {:<14} {:+.3f}", "sum", score->log_odds_milli / 1000.0));
        if (score->until_below)
          print("  without new evidence it is released " + format_rfc3339(*score->until_below));
      });
  list_command(app, std::make_shared<ClientOptions>(), "notices", "what people were told",
               {"/api/v1/notices",
                {"at", "severity", "page", "incident", "text"},
                "nobody was told anything yet"});
  list_command(app, std::make_shared<ClientOptions>(), "agents",
               "enrolled agents and whether they are heard",
               {"/api/v1/agents",
                {"node", "connected", "silent_for", "acknowledged", "gaps"},
                "no agent is enrolled; `wardhive token enroll` makes a token"});
}

}  // namespace wardhive
