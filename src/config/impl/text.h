// How values of settings look as text: exactly as they would be written in TOML.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace wardhive::config {

// "1h1m0.5s" does not exist: every part is whole, so reading it back gives the same nanoseconds.
std::string duration_text(Duration d);
// A basic string of TOML. Not "quoted": std::quoted would be found for std::string arguments.
std::string toml_string(std::string_view text);
std::string key_text(std::string_view name);  // bare where TOML allows it, else quoted

template <class T>
std::string value_text(const T& value) {
  if constexpr (std::same_as<T, bool>)
    return value ? "true" : "false";
  else if constexpr (std::same_as<T, Duration>)
    return toml_string(duration_text(value));
  else if constexpr (NamedEnum<T>)
    return toml_string(name_of(value));
  else if constexpr (std::integral<T>)
    return fmt::to_string(value);
  else if constexpr (std::floating_point<T>) {
    auto text = fmt::to_string(value);  // shortest that reads back; TOML tells floats by '.' or 'e'
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
  } else if constexpr (std::convertible_to<const T&, std::string_view>)
    return toml_string(value);
  else {
    std::string text = "[";
    for (const auto& item : value) text += (text.size() == 1 ? "" : ", ") + toml_string(item);
    return text + "]";
  }
}

// Without quotes: for sentences ("15s", "0.5").
template <class T>
std::string plain_text(const T& value) {
  if constexpr (std::same_as<T, Duration>)
    return duration_text(value);
  else if constexpr (std::floating_point<T>)
    return fmt::to_string(value);
  else
    return value_text(value);
}

// "500ms to 10m"; the widest bounds of a double read "any number".
template <class T>
std::string range_text(const T& low, const T& high) {
  if constexpr (std::floating_point<T>)
    if (low <= -1e300 && high >= 1e300) return "any number";
  return plain_text(low) + " to " + plain_text(high);
}

template <NamedEnum E>
std::string choice_text(E) {
  std::string text;
  for (const auto name : enum_names(E{})) text += (text.empty() ? "" : " or ") + toml_string(name);
  return text;
}

}  // namespace wardhive::config
