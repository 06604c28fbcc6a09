#include "base/log.h"

#include <unistd.h>

#include <atomic>

#include "base/clock.h"
#include "base/json_text.h"

namespace wardhive::log {
namespace {

std::atomic<Level> g_level{Level::Info};
std::atomic<Format> g_format{Format::Text};

constexpr std::string_view name_of(Level level) {
  switch (level) {
    case Level::Debug:
      return "debug";
    case Level::Info:
      return "info";
    case Level::Warn:
      return "warn";
    case Level::Error:
      return "error";
  }
  return "?";
}

bool plain(std::string_view value) {
  if (value.empty()) return false;
  for (const char c : value)
    if (c <= ' ' || c == '"' || c == '=' || c == 0x7f) return false;
  return true;
}

}  // namespace

void set_level(Level level) { g_level = level; }
void set_format(Format format) { g_format = format; }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (level < g_level.load(std::memory_order_relaxed)) return;
  const auto at = format_rfc3339(system_clock().wall());
  std::string line;
  if (g_format.load(std::memory_order_relaxed) == Format::Json) {
    line = fmt::format("{{\"at\":\"{}\",\"level\":\"{}\",\"event\":", at, name_of(level));
    append_json_string(line, event);
    for (const auto& field : fields) {
      line += ',';
      append_json_string(line, field.name);
      line += ':';
      append_json_string(line, field.value);
    }
    line += "}\n";
  } else {
    line = fmt::format("{} {:5} {}", at, name_of(level), event);
    for (const auto& field : fields) {
      line += fmt::format(" {}=", field.name);
      if (plain(field.value))
        line += field.value;
      else
        append_json_string(line,
                           field.value);  // control bytes of foreign text never reach a terminal
    }
    line += '\n';
  }
  // One write per line: lines of two threads do not mix.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace wardhive::log
