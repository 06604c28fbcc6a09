#include "config/impl/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "config/impl/text.h"

namespace wardhive::config {
namespace {

struct Absent {
  std::string_view section;
  std::string_view says;
};
constexpr std::array<Absent, 3> kAbsent{{
    {"tls",
     "this build has no TLS; take [tls] out, listen on loopback and put a TLS proxy before it"},
    {"nats", "this build has no NATS engine; take [nats] out: agents and controller talk HTTP"},
    {"ml",
     "this build has no trained models; take [ml] out: monitor.anomaly watches series without any"},
}};

// Levenshtein, two rows.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string unknown_key(std::string_view section, std::string_view key,
                        std::span<const std::string> known) {
  const auto shown = key.substr(0, 80);
  if (section.empty())
    if (const auto absent = std::ranges::find(kAbsent, key, &Absent::section);
        absent != kAbsent.end())
      return std::string(absent->says);

  const auto dot = section.empty() ? "" : ".";
  auto says = fmt::format("unknown key {}{}{}; ", section, dot, key_text(shown));
  const auto nearest =
      std::ranges::min_element(known, {}, [&](const auto& name) { return distance(shown, name); });
  if (nearest != known.end() &&
      distance(shown, *nearest) <= std::max<std::size_t>(2, nearest->size() / 3))
    return says + fmt::format("did you mean {}{}{}?", section, dot, *nearest);
  return says + fmt::format("{} {}", section.empty() ? "at the top there are" : "here there are",
                            fmt::join(known, ", "));
}

}  // namespace wardhive::config
