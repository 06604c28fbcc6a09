#include "base/json.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace wardhive {

struct JsonBuilder {
  static JsonValue build(const simdjson::dom::element& element) {
    using simdjson::dom::element_type;
    JsonValue value;
    switch (element.type()) {
      case element_type::NULL_VALUE:
        break;
      case element_type::BOOL:
        value.type_ = JsonValue::Type::Bool;
        value.int_ = bool(element) ? 1 : 0;
        break;
      case element_type::INT64:
        value.type_ = JsonValue::Type::Int;
        value.int_ = std::int64_t(element);
        break;
      case element_type::UINT64:
        value.type_ = JsonValue::Type::Int;
        value.int_ = static_cast<std::int64_t>(std::uint64_t(element));
        break;
      case element_type::DOUBLE:
        value.type_ = JsonValue::Type::Double;
        value.double_ = double(element);
        break;
      case element_type::STRING:
        value.type_ = JsonValue::Type::String;
        value.string_ = std::string_view(element);
        break;
      case element_type::ARRAY:
        value.type_ = JsonValue::Type::Array;
        for (const auto& item : simdjson::dom::array(element)) value.items_.push_back(build(item));
        break;
      case element_type::OBJECT:
        value.type_ = JsonValue::Type::Object;
        for (const auto& member : simdjson::dom::object(element))
          value.members_.emplace_back(std::string(member.key), build(member.value));
        break;
    }
    return value;
  }
};

Result<JsonValue> JsonValue::parse(std::string_view text) {
  constexpr std::size_t kDepthMax =
      64;  // build() recurses: a hostile document must not end the stack
  thread_local simdjson::dom::parser parser;
  if (const auto error = parser.allocate(std::max<std::size_t>(text.size(), 32), kDepthMax); error)
    return fail(ErrorCode::LimitReached,
                fmt::format("not enough memory to parse {} bytes of JSON", text.size()));
  simdjson::dom::element root;
  const auto error = parser.parse(text.data(), text.size()).get(root);
  if (error)
    return fail(ErrorCode::InvalidInput,
                fmt::format("not valid JSON: {}", simdjson::error_message(error)));
  return JsonBuilder::build(root);
}

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const auto& [name, value] : members_)
    if (name == key) return &value;
  return nullptr;
}

std::string JsonValue::string_or(std::string_view key, std::string_view fallback) const {
  const auto* found = find(key);
  return found != nullptr && found->type_ == Type::String ? found->string_ : std::string(fallback);
}

double JsonValue::number_or(std::string_view key, double fallback) const {
  const auto* found = find(key);
  return found != nullptr && (found->type_ == Type::Int || found->type_ == Type::Double)
             ? found->as_double()
             : fallback;
}

void JsonWriter::put_document(const JsonValue& value) {
  switch (value.type()) {
    case JsonValue::Type::Null:
      out_ += "null";
      break;
    case JsonValue::Type::Bool:
      put(value.as_bool());
      break;
    case JsonValue::Type::Int:
      put(value.as_int());
      break;
    case JsonValue::Type::Double:
      put(value.as_double());
      break;
    case JsonValue::Type::String:
      put(value.as_string());
      break;
    case JsonValue::Type::Array:
      put(value.items());
      break;
    case JsonValue::Type::Object:
      out_ += '{';
      for (const auto& [key, member] : value.members()) (*this)(key, member);
      out_ += '}';
      break;
  }
}

}  // namespace wardhive
