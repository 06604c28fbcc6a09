#include "app/cli/cli.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "app/controller.h"
#include "base/limits.h"
#include "config/config.h"
#include "net/client.h"

namespace wardhive {
namespace {

int g_exit_code = kExitOk;

Path state_of(const ClientOptions& options) {
  return options.state.empty() ? default_state_directory() : Path(options.state);
}

std::string url_of(const ClientOptions& options) {
  if (!options.url.empty()) return options.url;
  if (const auto file = read_file(state_of(options) / "url", 1'000)) return *file;
  return "http://127.0.0.1:8700";
}

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorCode::PermissionDenied;
    case 404:
      return ErrorCode::NotFound;
    case 409:
      return ErrorCode::Conflict;
    case 429:
      return ErrorCode::LimitReached;
    case 503:
      return ErrorCode::Unavailable;
    case 504:
      return ErrorCode::Timeout;
    default:
      return status >= 500 ? ErrorCode::Internal : ErrorCode::InvalidInput;
  }
}

}  // namespace

void add_client_options(CLI::App& command, ClientOptions& options) {
  command.add_option("-u,--url", options.url, "of the running wardhive")->envname("WARDHIVE_URL");
  command.add_option("--state", options.state, "its state directory, where the token is")
      ->envname("WARDHIVE_STATE");
  command.add_option("--token-file", options.token_file, "operator token, mode 0600")
      ->envname("WARDHIVE_TOKEN_FILE");
  command.add_flag("--json", options.json, "machine output");
}

Result<JsonValue> call(const ClientOptions& options, net::Method method, const std::string& path,
                       const std::string& body) {
  const auto token_file =
      options.token_file.empty() ? state_of(options) / "token" : Path(options.token_file);
  auto token = read_secret_file(token_file, 1'000);
  if (!token && token.error().code == ErrorCode::NotFound)
    return fail(
        ErrorCode::NotFound,
        fmt::format("no token in {}; start `wardhive up` first, or name the directory with --state",
                    token_file.string()));
  if (!token) return std::unexpected(token.error());
  while (!token->empty() && token->back() == '\n') token->pop_back();
  net::HttpClient client;
  net::ClientRequest request;
  request.method = method;
  request.url = url_of(options) + path;
  request.headers = {{"Authorization", "Bearer " + *token}, {"Content-Type", "application/json"}};
  request.body = body;
  request.timeout = seconds(60);
  request.body_bytes_max = 64 * 1024 * 1024;
  WARDHIVE_ASSIGN(const auto answer, client.request(request));
  auto json = JsonValue::parse(answer.body);
  if (answer.status < 400) return json;
  std::string message = fmt::format("{} answered {}", request.url, answer.status);
  if (json)
    if (const auto* error = json->find("error")) message = error->string_or("message", message);
  return fail(code_of(answer.status), message);
}

int report(const Error& error, bool json) {
  const auto reason =
      error.reason.empty() ? std::string() : fmt::format(R"("reason":"{}",)", error.reason);
  if (json)
    std::fprintf(stderr, "%s\n",
                 fmt::format(R"({{"schema_version":1,"error":{{"code":"{}",{}"message":{}}}}})",
                             facts(error.code).name, reason, to_json(error.message))
                     .c_str());
  else
    std::fprintf(stderr, "wardhive: %s\n", error.message.c_str());
  return facts(error.code).exit_code;
}

void on_chosen(CLI::App& command, Run run) {
  command.callback([run = std::move(run)] { g_exit_code = run(); });
}
int chosen_exit_code() { return g_exit_code; }

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (text.empty() || text.back() != '\n') std::fputc('\n', stdout);
}
void print_json(const JsonValue& json) { print(to_json(json)); }

void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += i + 1 == row.size() ? row[i] : fmt::format("{:<{}}  ", row[i], widths[i]);
    print(line);
  }
}

Result<Settings> load_settings(const std::string& file) {
  if (file.empty()) return Settings{};
  WARDHIVE_ASSIGN(const auto text, read_file(file, 4 * 1024 * 1024));
  return parse_settings(text, file);
}

}  // namespace wardhive
