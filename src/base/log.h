// One line per event on stderr: time, level, event name, fields. Any thread.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace wardhive::log {

enum class Level { Debug, Info, Warn, Error };
enum class Format { Text, Json };

// A field keeps its text: formatting happens once, at the call.
struct Field {
  std::string_view name;
  std::string value;
  template <class T>
  Field(std::string_view n, const T& v) : name(n), value(fmt::format("{}", v)) {}
};

void set_level(Level level);
void set_format(Format format);
void write(Level level, std::string_view event, std::initializer_list<Field> fields);

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Info, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Warn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::Error, event, fields);
}

}  // namespace wardhive::log
