#include "config/impl/text.h"

#include <array>
#include <utility>

namespace wardhive::config {

std::string duration_text(Duration d) {
  if (d == Duration::zero()) return "0s";
  static constexpr std::array<std::pair<std::string_view, Duration>, 6> units{{{"h", hours(1)},
                                                                               {"m", minutes(1)},
                                                                               {"s", seconds(1)},
                                                                               {"ms", millis(1)},
                                                                               {"us", nanos(1'000)},
                                                                               {"ns", nanos(1)}}};
  std::string text;
  for (const auto& [name, length] : units) {
    if (d / length == 0) continue;
    text += fmt::format("{}{}", d / length, name);
    d %= length;
  }
  return text;
}

std::string toml_string(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  // JSON lets DEL stand as it is, TOML does not.
  for (std::size_t at = 0; (at = json.find('\x7f', at)) != std::string::npos;)
    json.replace(at, 1, "\\u007F");
  return json;
}

std::string key_text(std::string_view name) {
  const auto bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  for (const char c : name)
    if (!bare(c)) return toml_string(name);
  return name.empty() ? toml_string(name) : std::string(name);
}

}  // namespace wardhive::config
