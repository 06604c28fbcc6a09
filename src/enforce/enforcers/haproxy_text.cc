#include "enforce/enforcers/haproxy_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace wardhive {
namespace {

// HAProxy's SRV_ADMF_*: forced, inherited, configured, unresolved address or host name.
constexpr std::uint32_t kMaintenance = 0x01 | 0x02 | 0x04 | 0x20 | 0x40;
constexpr std::uint32_t kDrain = 0x08 | 0x10;
constexpr std::uint32_t kRunning = 2;  // SRV_ST_RUNNING
constexpr std::uint32_t kWeightMax = 256;

using Row = std::vector<std::string_view>;

Row split(std::string_view line, char separator) {
  Row row;
  for (;;) {
    const auto end = line.find(separator);
    row.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return row;
    line.remove_prefix(end + 1);
  }
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Error complaint(std::string_view text) {
  const auto said = std::string(text.substr(0, std::min(text.find('\n'), std::size_t{200})));
  if (text.starts_with("No such") || text.starts_with("Can't find"))
    return {ErrorCode::NotFound, "haproxy says: " + said};
  if (text.starts_with("Permission denied"))
    return {ErrorCode::PermissionDenied,
            "haproxy says: " + said + " (its stats socket needs \"level admin\" in haproxy.cfg)"};
  return {ErrorCode::Unavailable,
          said.empty() ? "haproxy answered nothing" : "haproxy says: " + said};
}

// A table with its columns named in the first line.
class Table {
 public:
  static Result<Table> parse(std::string_view text, char separator) {
    Table table;
    const auto lines = split(text, '\n');
    table.columns_ = split(lines[0], separator);
    for (const auto line : std::span(lines).subspan(1)) {
      if (trim(line).empty()) continue;
      table.rows_.push_back(split(line, separator));
      if (table.rows_.back().size() < table.columns_.size())
        return fail(ErrorCode::Corrupt,
                    fmt::format("haproxy answered a row of {} fields under {} columns",
                                table.rows_.back().size(), table.columns_.size()));
    }
    return table;
  }

  Status need(std::initializer_list<std::string_view> names) const {
    for (const auto name : names)
      if (std::ranges::find(columns_, name) == columns_.end())
        return fail(
            ErrorCode::Corrupt,
            fmt::format("haproxy answered without column {}; expected version 2.4 or newer", name));
    return ok();
  }

  const std::vector<Row>& rows() const { return rows_; }

  std::string_view text(const Row& row, std::string_view name) const {
    const auto column = std::ranges::find(columns_, name);
    return column == columns_.end() ? "" : row[static_cast<std::size_t>(column - columns_.begin())];
  }
  // An empty field counts 0: HAProxy leaves out what does not apply.
  template <class T>
  Status number(const Row& row, std::string_view name, T& value) const {
    const auto field = text(row, name);
    value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (field.empty() || (error == std::errc() && end == field.data() + field.size())) return ok();
    return fail(ErrorCode::Corrupt, fmt::format("haproxy answered {} \"{}\"; expected a number",
                                                name, field.substr(0, 40)));
  }

 private:
  Row columns_;
  std::vector<Row> rows_;
};

}  // namespace

bool is_haproxy_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == ':';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed);
}

Result<std::vector<ServerState>> parse_servers_state(std::string_view answer) {
  constexpr std::string_view kFirst = "1\n# ";  // format version, then the columns
  const auto begin = answer.find(kFirst);
  const auto before = trim(answer.substr(0, begin));
  if (begin == std::string_view::npos || !before.empty()) return std::unexpected(complaint(before));
  WARDHIVE_ASSIGN(const auto table, Table::parse(answer.substr(begin + kFirst.size()), ' '));
  WARDHIVE_TRY(
      table.need({"srv_name", "srv_op_state", "srv_admin_state", "srv_uweight", "srv_iweight"}));
  std::vector<ServerState> servers;
  for (const auto& row : table.rows()) {
    ServerState server{.name = std::string(table.text(row, "srv_name"))};
    std::uint32_t op_state = 0;
    std::uint32_t admin_state = 0;
    WARDHIVE_TRY(table.number(row, "srv_op_state", op_state));
    WARDHIVE_TRY(table.number(row, "srv_admin_state", admin_state));
    WARDHIVE_TRY(table.number(row, "srv_uweight", server.weight));
    WARDHIVE_TRY(table.number(row, "srv_iweight", server.base_weight));
    if (std::max(server.weight, server.base_weight) > kWeightMax)
      return fail(ErrorCode::Corrupt, "haproxy answered a weight above 256");
    server.drained = (admin_state & kDrain) != 0;
    server.maintenance = (admin_state & kMaintenance) != 0;
    server.running = op_state == kRunning;
    servers.push_back(std::move(server));
  }
  return servers;
}

Result<std::vector<HaproxyServer>> parse_stat(std::string_view answer) {
  const auto text = trim(answer);
  if (!text.starts_with("# ")) return std::unexpected(complaint(text));
  WARDHIVE_ASSIGN(const auto table, Table::parse(text.substr(2), ','));
  WARDHIVE_TRY(table.need({"svname", "stot", "econ", "eresp", "status", "weight", "check_status",
                           "hrsp_5xx", "rtime", "ttime"}));
  std::vector<HaproxyServer> servers;
  for (const auto& row : table.rows()) {
    HaproxyServer server{.server = std::string(table.text(row, "svname")),
                         .status = std::string(table.text(row, "status"))};
    std::uint64_t answered_5xx = 0;
    std::uint64_t broken_connects = 0;
    std::uint64_t broken_answers = 0;
    WARDHIVE_TRY(table.number(row, "stot", server.requests_total));
    WARDHIVE_TRY(table.number(row, "hrsp_5xx", answered_5xx));
    WARDHIVE_TRY(table.number(row, "econ", broken_connects));
    WARDHIVE_TRY(table.number(row, "eresp", broken_answers));
    WARDHIVE_TRY(table.number(row, "weight", server.weight));
    WARDHIVE_TRY(table.number(row, "rtime", server.response_ms));
    WARDHIVE_TRY(table.number(row, "ttime", server.request_ms));
    server.errors_total = answered_5xx + broken_connects + broken_answers;
    auto check = table.text(row, "check_status");
    if (check.starts_with("* ")) check.remove_prefix(2);  // the next check is under way
    server.check_ok = check == "L4OK" || check == "L6OK" || check == "L7OK" || check == "L7OKC";
    servers.push_back(std::move(server));
  }
  return servers;
}

}  // namespace wardhive
