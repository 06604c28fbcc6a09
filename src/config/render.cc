#include "base/bytes.h"
#include "config/config.h"
#include "config/impl/text.h"

namespace wardhive {
namespace {

// Keys of a section are written before its sub-sections: TOML has no way back to a parent.
class Renderer {
 public:
  Renderer(std::string path, std::string header)
      : path_(std::move(path)), keys_(std::move(header)) {}

  template <class T, class... Rest>
  void value(std::string_view key, T& field, const Rest&...) {
    keys_ += fmt::format("{} = {}\n", key, config::value_text(field));
  }
  template <class F>
  void section(std::string_view key, std::string_view, F&& body) {
    Renderer inner(at(key), fmt::format("\n[{}]\n", at(key)));
    body(inner);
    sections_ += inner.text();
  }
  template <class T>
  void list(std::string_view key, std::vector<T>& items, std::string_view) {
    for (auto& item : items) put(at(key), fmt::format("\n[[{}]]\n", at(key)), item);
  }
  template <class T>
  void table(std::string_view key, std::map<std::string, T>& items, std::string_view) {
    for (auto& [name, item] : items) {
      const auto path = at(key) + "." + config::key_text(name);
      put(path, fmt::format("\n[{}]\n", path), item);
    }
  }

  std::string text() const { return keys_ + sections_; }

 private:
  std::string at(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }
  template <class T>
  void put(const std::string& path, std::string header, T& item) {
    Renderer inner(path, std::move(header));
    describe(inner, item);
    sections_ += inner.text();
  }

  std::string path_;
  std::string keys_;
  std::string sections_;
};

}  // namespace

std::string render_settings(const Settings& settings) {
  auto copy = settings;  // `describe` hands out references to write through
  Renderer renderer("", "");
  describe(renderer, copy);
  return renderer.text();
}

std::string settings_digest(const Settings& settings) {
  return to_hex(sha256(as_bytes(render_settings(settings))));
}

}  // namespace wardhive
