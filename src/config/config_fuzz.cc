// A settings file is foreign text until it has been read: whatever is accepted must hold together.
#include "base/check.h"
#include "config/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto settings = parse_settings(text, "fuzz.toml");
  if (!settings) {
    WARDHIVE_ASSERT(!settings.error().message.empty());
    return 0;
  }
  WARDHIVE_ASSERT(validate_settings(*settings).has_value());
  const auto rendered = render_settings(*settings);
  const auto again = parse_settings(rendered, "rendered.toml");
  WARDHIVE_ASSERT(again.has_value() && render_settings(*again) == rendered);
  return 0;
}
