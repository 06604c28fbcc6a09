#include "config/config.h"
#include "config/impl/text.h"

namespace wardhive {
namespace {

constexpr std::string_view kHead = R"(# Settings

Everything that can be set, with what holds when it is left out. Generated from the program's own
table (`src/config/settings.h`); `wardhive check config FILE` reads a file as strictly as the daemon
does: an unknown key, a value out of range or a feature that the build lacks is refused with its line.

Durations are text with a unit: `"250ms"`, `"15s"`, `"1m30s"`, `"2h"`, `"7d"`. Names that end in `_bps` are
hundredths of a percent (500 is 5 %), names that end in `_milli` thousandths of log-odds.
)";

class Reference {
 public:
  Reference(std::string path, std::string head) : path_(std::move(path)), head_(std::move(head)) {}

  template <class T>
  void value(std::string_view key, T& field, std::type_identity_t<T> low,
             std::type_identity_t<T> high, std::string_view sentence) {
    row(key, config::value_text(field), config::range_text<T>(low, high), sentence);
  }
  template <class T>
  void value(std::string_view key, T& field, std::string_view sentence) {
    if constexpr (NamedEnum<T>)
      row(key, config::value_text(field), config::choice_text(field), sentence);
    else if constexpr (std::same_as<T, bool>)
      row(key, config::value_text(field), "true or false", sentence);
    else if constexpr (std::same_as<T, std::string>)
      row(key, config::value_text(field), "text", sentence);
    else
      row(key, config::value_text(field), "list of texts", sentence);
  }
  template <class F>
  void section(std::string_view key, std::string_view sentence, F&& body) {
    Reference inner(at(key), title(fmt::format("[{}]", at(key)), sentence));
    body(inner);
    below_ += inner.text();
  }
  template <class T>
  void list(std::string_view key, std::vector<T>&, std::string_view sentence) {
    item<T>(at(key), title(fmt::format("[[{}]]", at(key)), sentence));
  }
  template <class T>
  void table(std::string_view key, std::map<std::string, T>&, std::string_view sentence) {
    item<T>(at(key), title(fmt::format("[{}.NAME]", at(key)), sentence));
  }

  std::string text() const {
    if (rows_.empty()) return head_ + below_;
    return head_ + "\n| key | default | range | what it says |\n|---|---|---|---|\n" + rows_ +
           below_;
  }

 private:
  std::string at(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }
  static std::string title(std::string_view name, std::string_view sentence) {
    return fmt::format("\n## `{}`\n{}.\n", name, sentence);
  }
  void row(std::string_view key, std::string_view usual, std::string_view range,
           std::string_view sentence) {
    rows_ += fmt::format("| `{}` | `{}` | {} | {} |\n", key, usual, range, sentence);
  }
  template <class T>
  void item(std::string path, std::string head) {
    T usual;
    Reference inner(std::move(path), std::move(head));
    describe(inner, usual);
    below_ += inner.text();
  }

  std::string path_;
  std::string head_;
  std::string rows_;
  std::string below_;
};

}  // namespace

std::string settings_reference() {
  Settings usual;
  Reference reference("", std::string(kHead));
  describe(reference, usual);
  return reference.text();
}

}  // namespace wardhive
