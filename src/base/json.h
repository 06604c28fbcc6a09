// JSON in and out. A noun says its fields once,
//
//   template <class Self, class V> void fields(Self& self, V& v) { v("kind", self.kind); ... }
//
// (found by ADL beside the noun) and JsonWriter and JsonReader both walk them. Keys appear in the
// order of `fields`, so equal values give equal bytes. Any thread; objects are not shared.
//
// How types look: Instant = RFC 3339 text, Duration = seconds as a number, Id and Entity-like types
// (with `text()` and static `parse()`) = text, enums (with `enum_names(E)`) = text,
// std::optional = left out when empty, std::vector = array, std::map<std::string, T> = object.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json_text.h"
#include "base/result.h"
#include "base/time.h"

namespace wardhive {

// A parsed document, owned. Numbers keep 64-bit integers exact. At most 64 levels deep.
class JsonValue {
 public:
  enum class Type { Null, Bool, Int, Double, String, Array, Object };
  using Members = std::vector<std::pair<std::string, JsonValue>>;

  // InvalidInput with the parser's reason.
  static Result<JsonValue> parse(std::string_view text);

  Type type() const { return type_; }
  bool is_null() const { return type_ == Type::Null; }
  bool as_bool() const { return int_ != 0; }
  std::int64_t as_int() const { return int_; }  // also the bits of a uint64 above INT64_MAX
  double as_double() const { return type_ == Type::Int ? static_cast<double>(int_) : double_; }
  const std::string& as_string() const { return string_; }
  const std::vector<JsonValue>& items() const { return items_; }
  const Members& members() const { return members_; }
  const JsonValue* find(std::string_view key) const;  // nullptr if absent or no object
  // Conveniences for readers of foreign documents: the fallback if absent or of another type.
  std::string string_or(std::string_view key, std::string_view fallback) const;
  double number_or(std::string_view key, double fallback) const;

 private:
  friend struct JsonBuilder;
  Type type_ = Type::Null;
  std::int64_t int_ = 0;
  double double_ = 0;
  std::string string_;
  std::vector<JsonValue> items_;
  Members members_;
};

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) {
  { enum_names(e) } -> std::convertible_to<std::span<const std::string_view>>;
};
template <class T>
concept Texted = requires(const T& t, std::string_view s) {
  { t.text() } -> std::convertible_to<std::string>;
  { T::parse(s) } -> std::same_as<Result<T>>;
};

template <NamedEnum E>
std::string_view name_of(E e) {
  const std::span<const std::string_view> names = enum_names(e);
  const auto index = static_cast<std::size_t>(e);
  return index < names.size() ? names[index] : "?";
}
template <NamedEnum E>
Result<E> enum_from_name(std::string_view name) {
  const std::span<const std::string_view> names = enum_names(E{});
  std::string known;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<E>(i);
    known += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  return fail(ErrorCode::InvalidInput, "\"" + std::string(name) + "\" is not one of " + known);
}

class JsonWriter {
 public:
  template <class T>
  void operator()(std::string_view key, const T& value) {
    if constexpr (requires {
                    value.has_value();
                    *value;
                  }) {
      if (value.has_value()) (*this)(key, *value);
    } else {
      separate();
      append_json_string(out_, key);
      out_ += ':';
      put(value);
    }
  }

  template <class T>
  void put(const T& value) {
    if constexpr (std::same_as<T, bool>)
      out_ += value ? "true" : "false";
    else if constexpr (std::same_as<T, JsonValue>)
      put_document(value);
    else if constexpr (NamedEnum<T>)
      append_json_string(out_, name_of(value));
    else if constexpr (std::integral<T>)
      out_ += std::to_string(value);
    else if constexpr (std::floating_point<T>)
      append_json_number(out_, value);
    else if constexpr (std::same_as<T, Instant>)
      append_json_string(out_, format_rfc3339(value));
    else if constexpr (std::same_as<T, Duration>)
      append_json_number(out_, to_seconds(value));
    else if constexpr (std::convertible_to<const T&, std::string_view>)
      append_json_string(out_, value);
    else if constexpr (Texted<T>)
      append_json_string(out_, value.text());
    else if constexpr (requires { typename T::mapped_type; }) {
      out_ += '{';
      for (const auto& [key, mapped] : value) (*this)(std::string_view(key), mapped);
      out_ += '}';
    } else if constexpr (requires {
                           value.begin();
                           value.end();
                         }) {
      out_ += '[';
      for (const auto& item : value) {
        separate();
        put(item);
      }
      out_ += ']';
    } else {
      out_ += '{';
      fields(value, *this);
      out_ += '}';
    }
  }

  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void separate() {
    if (!out_.empty() && out_.back() != '{' && out_.back() != '[' && out_.back() != ':')
      out_ += ',';
  }
  void put_document(const JsonValue& value);

  std::string out_;
};

template <class T>
std::string to_json(const T& value) {
  JsonWriter writer;
  writer.put(value);
  return writer.take();
}

// Reads an object's fields; the first error stays and names the path. Absent keys keep the default,
// unknown keys are passed over (records of a newer minor version must stay readable).
class JsonReader {
 public:
  JsonReader(const JsonValue& object, std::string path)
      : object_(&object), path_(std::move(path)) {}

  template <class T>
  void operator()(std::string_view key, T& value) {
    if (!status_) return;
    const JsonValue* found = object_->find(key);
    if (found == nullptr || found->is_null()) return;
    status_ = get(*found, value, path_.empty() ? std::string(key) : path_ + "." + std::string(key));
  }

  Status status() const { return status_; }

  template <class T>
  static Status get(const JsonValue& json, T& value, const std::string& path) {
    using Type = JsonValue::Type;
    const auto expected = [&](std::string_view what) {
      return fail(ErrorCode::InvalidInput,
                  (path.empty() ? "document" : path) + ": expected " + std::string(what));
    };
    const bool number = json.type() == Type::Int || json.type() == Type::Double;
    if constexpr (requires {
                    value.has_value();
                    value.emplace();
                  }) {
      return get(json, value.emplace(), path);
    } else if constexpr (std::same_as<T, bool>) {
      if (json.type() != Type::Bool) return expected("true or false");
      value = json.as_bool();
    } else if constexpr (std::same_as<T, JsonValue>) {
      value = json;
    } else if constexpr (NamedEnum<T>) {
      if (json.type() != Type::String) return expected("text");
      auto parsed = enum_from_name<T>(json.as_string());
      if (!parsed) return expected(parsed.error().message);
      value = *parsed;
    } else if constexpr (std::integral<T>) {
      if (json.type() != Type::Int) return expected("a whole number");
      value = static_cast<T>(json.as_int());
      if (static_cast<std::int64_t>(value) != json.as_int())
        return expected("a number within range");
    } else if constexpr (std::floating_point<T>) {
      if (!number) return expected("a number");
      value = static_cast<T>(json.as_double());
    } else if constexpr (std::same_as<T, Instant>) {
      if (json.type() != Type::String) return expected("a time");
      auto parsed = parse_rfc3339(json.as_string());
      if (!parsed) return expected("an RFC 3339 time");
      value = *parsed;
    } else if constexpr (std::same_as<T, Duration>) {
      if (!number) return expected("seconds");
      value = from_seconds(json.as_double());
    } else if constexpr (std::same_as<T, std::string>) {
      if (json.type() != Type::String) return expected("text");
      value = json.as_string();
    } else if constexpr (Texted<T>) {
      if (json.type() != Type::String) return expected("text");
      auto parsed = T::parse(json.as_string());
      if (!parsed) return expected("a valid value, " + parsed.error().message);
      value = *parsed;
    } else if constexpr (requires { typename T::mapped_type; }) {
      if (json.type() != Type::Object) return expected("an object");
      value.clear();
      for (const auto& [key, member] : json.members())
        WARDHIVE_TRY(get(member, value[key], path + "." + key));
    } else if constexpr (requires { value.emplace_back(); }) {
      if (json.type() != Type::Array) return expected("an array");
      value.clear();
      for (const auto& item : json.items())
        WARDHIVE_TRY(
            get(item, value.emplace_back(), path + "[" + std::to_string(value.size() - 1) + "]"));
    } else {
      if (json.type() != Type::Object) return expected("an object");
      JsonReader reader(json, path);
      fields(value, reader);
      return reader.status();
    }
    return ok();
  }

 private:
  const JsonValue* object_;
  std::string path_;
  Status status_;
};

template <class T>
Result<T> from_json(const JsonValue& json) {
  T value{};
  WARDHIVE_TRY(JsonReader::get(json, value, ""));
  return value;
}
template <class T>
Result<T> from_json(std::string_view text) {
  WARDHIVE_ASSIGN(const auto json, JsonValue::parse(text));
  return from_json<T>(json);
}

}  // namespace wardhive
