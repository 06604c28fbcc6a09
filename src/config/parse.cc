// The only file that knows toml++.
//
// Its parser asserts what it then checks and reports anyway (`[;monitor]` ends in parse_key), and in
// builds with NDEBUG turns the assertion into an assumption. Bad text must reach the check instead.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "config/config.h"
#include "config/impl/suggest.h"
#include "config/impl/text.h"
#include "config/impl/validate.h"

namespace wardhive {
namespace {

using config::choice_text;
using config::key_text;
using config::plain_text;
using config::quoted;
using config::range_text;

constexpr std::size_t kProblemsShownMax = 50;
constexpr int kKeyPartsMax = 32;

// Gathers what is wrong, and where each key stands.
class Problems {
 public:
  explicit Problems(std::string_view file) : file_(file) {}

  void stands(const std::string& key, const toml::node& node) { lines_[key] = line_of(node); }
  void add(std::uint32_t line, std::string says) { found_.emplace_back(line, std::move(says)); }
  void add(const std::string& key, const toml::node& node, std::string says) {
    bad_.insert(key);
    add(line_of(node), key + " " + std::move(says));
  }
  // A cross-check between a value that was refused and one that was not says nothing.
  void add(const config::Violation& violation) {
    if (bad_.contains(violation.key) || bad_.contains(violation.other)) return;
    auto line = lines_.find(violation.key);
    if (line == lines_.end()) line = lines_.find(violation.other);
    add(line == lines_.end() ? 0 : line->second, violation.key + " " + violation.says);
  }

  bool empty() const { return found_.empty(); }
  std::unexpected<Error> as_error() {
    std::ranges::stable_sort(found_, {}, &std::pair<std::uint32_t, std::string>::first);
    std::string text;
    for (std::size_t i = 0; i < std::min(found_.size(), kProblemsShownMax); ++i) {
      const auto& [line, says] = found_[i];
      text += (i == 0 ? "" : "\n") + (line == 0 ? fmt::format("{}: {}", file_, says) : fmt::format("{}:{}: {}", file_, line, says));
    }
    if (found_.size() > kProblemsShownMax) text += fmt::format("\n{}: and {} more", file_, found_.size() - kProblemsShownMax);
    return fail(ErrorCode::InvalidInput, std::move(text));
  }

  static std::uint32_t line_of(const toml::node& node) { return node.source().begin.line; }

 private:
  std::string file_;
  std::map<std::string, std::uint32_t> lines_;
  std::set<std::string, std::less<>> bad_;
  std::vector<std::pair<std::uint32_t, std::string>> found_;
};

std::string found_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return quoted(text->get().substr(0, 80));
  if (const auto* number = node.as_integer()) return fmt::to_string(number->get());
  if (const auto* number = node.as_floating_point()) return fmt::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  return "a date or time";
}

// Reads one TOML table into the fields that `describe` names.
class Reader {
 public:
  Reader(const toml::table& table, std::string path, Problems& problems)
      : table_(table), path_(std::move(path)), problems_(problems) {}

  template <class T>
  void value(std::string_view key, T& field, std::type_identity_t<T> low, std::type_identity_t<T> high, std::string_view) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto instead = fmt::format("(leave it out for {})", plain_text(field));
    if constexpr (std::same_as<T, Duration>) {
      const auto* text = node->as_string();
      const auto parsed = text == nullptr ? fail(ErrorCode::InvalidInput, "") : parse_duration(text->get());
      if (!parsed) return refuse(key, *node, fmt::format("{}, e.g. {} {}", "a time in quotes with its unit", quoted(plain_text(field)), instead));
      if (*parsed < low || *parsed > high) return outside(key, *node, plain_text(*parsed), range_text(low, high), instead);
      field = *parsed;
    } else if constexpr (std::integral<T>) {
      const auto* number = node->as_integer();
      if (number == nullptr) return refuse(key, *node, fmt::format("a whole number, {} {}", range_text(low, high), instead));
      if (number->get() < low || number->get() > high) return outside(key, *node, found_text(*node), range_text(low, high), instead);
      field = static_cast<T>(number->get());
    } else {
      if (!node->is_number()) return refuse(key, *node, fmt::format("a number, {} {}", range_text(low, high), instead));
      const double number = node->is_integer() ? static_cast<double>(node->as_integer()->get()) : node->as_floating_point()->get();
      if (!(number >= low && number <= high)) return outside(key, *node, found_text(*node), range_text(low, high), instead);
      field = number;
    }
  }

  void value(std::string_view key, bool& field, std::string_view) {
    const auto* node = take(key);
    if (node == nullptr) return;
    if (!node->is_boolean()) return refuse(key, *node, fmt::format("true or false (leave it out for {})", plain_text(field)));
    field = node->as_boolean()->get();
  }
  void value(std::string_view key, std::string& field, std::string_view) {
    const auto* node = take(key);
    if (node == nullptr) return;
    if (!node->is_string()) return refuse(key, *node, "text in quotes");
    field = node->as_string()->get();
  }
  template <NamedEnum E>
  void value(std::string_view key, E& field, std::string_view) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto* text = node->as_string();
    const auto parsed = enum_from_name<E>(text == nullptr ? std::string_view() : std::string_view(text->get()));
    if (!parsed) return refuse(key, *node, fmt::format("{} (leave it out for {})", choice_text(E{}), quoted(name_of(field))));
    field = *parsed;
  }
  void value(std::string_view key, std::vector<std::string>& field, std::string_view) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto* array = bounded_array(key, *node, "a list of texts, e.g. [\"a\", \"b\"]");
    if (array == nullptr) return;
    std::vector<std::string> read;
    for (const auto& item : *array) {
      if (!item.is_string()) return problems_.add(at(key), item, fmt::format("holds {}; each item must be text in quotes", found_text(item)));
      read.push_back(item.as_string()->get());
    }
    field = std::move(read);
  }

  template <class F>
  void section(std::string_view key, std::string_view, F&& body) {
    const auto* node = take(key);
    if (node == nullptr) return;
    if (!node->is_table()) return refuse(key, *node, fmt::format("a section, [{}]", at(key)));
    Reader inner(*node->as_table(), at(key), problems_);
    body(inner);
    inner.finish();
  }
  template <class T>
  void list(std::string_view key, std::vector<T>& items, std::string_view) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto* array = bounded_array(key, *node, fmt::format("sections, [[{}]]", at(key)));
    if (array == nullptr) return;
    items.clear();
    for (const auto& item : *array) read_item(fmt::format("{}[{}]", at(key), items.size()), item, items.emplace_back());
  }
  template <class T>
  void table(std::string_view key, std::map<std::string, T>& items, std::string_view) {
    const auto* node = take(key);
    if (node == nullptr) return;
    if (!node->is_table()) return refuse(key, *node, fmt::format("sections, [{}.NAME]", at(key)));
    if (node->as_table()->size() > limits::kNodesMax)
      return problems_.add(at(key), *node, fmt::format("has {} entries; at most {} are taken", node->as_table()->size(), limits::kNodesMax));
    for (const auto& [name, item] : *node->as_table())
      read_item(at(key) + "." + key_text(name.str()), item, items[std::string(name.str())]);
  }

  // Whatever was not asked for is unknown.
  void finish() {
    for (const auto& [name, node] : table_) {
      if (std::ranges::find(known_, name.str()) != known_.end()) continue;
      problems_.add(Problems::line_of(node), config::unknown_key(path_, name.str(), known_));
    }
  }

 private:
  std::string at(std::string_view key) const { return path_.empty() ? std::string(key) : path_ + "." + std::string(key); }

  const toml::node* take(std::string_view key) {
    known_.emplace_back(key);
    const auto* node = table_.get(key);
    if (node != nullptr) problems_.stands(at(key), *node);
    return node;
  }
  void refuse(std::string_view key, const toml::node& node, std::string_view expected) {
    problems_.add(at(key), node, fmt::format("is {}; it must be {}", found_text(node), expected));
  }
  void outside(std::string_view key, const toml::node& node, std::string_view found, std::string_view range, std::string_view instead) {
    problems_.add(at(key), node, fmt::format("is {}; it must be {} {}", found, range, instead));
  }
  const toml::array* bounded_array(std::string_view key, const toml::node& node, std::string_view expected) {
    const auto* array = node.as_array();
    if (array == nullptr) {
      refuse(key, node, expected);
    } else if (array->size() > limits::kSettingsListMax) {
      problems_.add(at(key), node, fmt::format("has {} items; at most {} are taken", array->size(), limits::kSettingsListMax));
      return nullptr;
    }
    return array;
  }
  template <class T>
  void read_item(const std::string& path, const toml::node& node, T& item) {
    problems_.stands(path, node);
    if (!node.is_table()) return problems_.add(path, node, fmt::format("is {}; it must be a section", found_text(node)));
    Reader inner(*node.as_table(), path, problems_);
    describe(inner, item);
    inner.finish();
  }

  const toml::table& table_;
  std::string path_;
  Problems& problems_;
  std::vector<std::string> known_;
};

// toml++ builds one table per dot of a key and takes them down recursively: a key of a hundred
// thousand parts would end the process. Skips texts and comments; 0 if every key is short.
std::uint32_t line_of_endless_key(std::string_view toml) {
  std::uint32_t line = 1;
  int dots = 0;
  std::string_view closing;  // what ends the text we are in
  for (std::size_t i = 0; i < toml.size(); ++i) {
    const char c = toml[i];
    const auto rest = toml.substr(i);
    if (c == '\n') {
      ++line;
      dots = 0;
      if (closing.size() == 1) closing = {};  // one-line texts and comments end with their line
    } else if (!closing.empty()) {
      if (c == '\\' && closing[0] == '"') {
        if (++i < toml.size() && toml[i] == '\n') ++line;
      } else if (rest.starts_with(closing)) {
        i += closing.size() - 1;
        // A long text may end in up to two quotes of its own.
        for (int own = 0; closing.size() == 3 && own < 2 && toml.substr(i + 1).starts_with(closing[0]); ++own) ++i;
        closing = {};
      }
    } else if (c == '#') {
      closing = "\n";
    } else if (c == '"' || c == '\'') {
      const std::string_view triple = c == '"' ? R"(""")" : "'''";
      closing = rest.starts_with(triple) ? triple : triple.substr(0, 1);
      i += closing.size() - 1;
    } else if (c == '.') {
      if (++dots >= kKeyPartsMax) return line;
    } else if (c == '=' || c == ',' || c == '[' || c == '{') {
      dots = 0;
    }
  }
  return 0;
}

}  // namespace

Result<Settings> parse_settings(std::string_view toml, std::string_view file_name) {
  if (toml.size() > limits::kSettingsBytesMax)
    return fail(ErrorCode::LimitReached, fmt::format("{} has {} bytes; at most {} are read", file_name, toml.size(), limits::kSettingsBytesMax));
  if (const auto line = line_of_endless_key(toml))
    return fail(ErrorCode::InvalidInput, fmt::format("{}:{}: a key has more than {} parts", file_name, line, kKeyPartsMax));
  const auto parsed = toml::parse(toml, file_name);
  if (!parsed) {
    const auto where = parsed.error().source().begin;
    return fail(ErrorCode::InvalidInput,
                fmt::format("{}:{}:{}: {}", file_name, where.line, where.column, parsed.error().description()));
  }
  const toml::table& document = parsed.table();
  Settings settings;
  if (document["profile"].value_or(std::string_view()) == "demo") apply_demo_profile(settings);
  Problems problems(file_name);
  Reader reader(document, "", problems);
  describe(reader, settings);
  reader.finish();
  for (const auto& violation : config::cross_violations(settings)) problems.add(violation);
  if (!problems.empty()) return problems.as_error();
  return settings;
}

}  // namespace wardhive
