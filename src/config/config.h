// TOML text -> Settings, strictly. Pure text work: no file is opened here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"

namespace wardhive {

// Any thread. `profile` is looked at first: with "demo" the keys that are left out have the demo's
// values. InvalidInput with every problem found (at most 50), one per line, each
//   FILE:LINE: monitor.silence_suspect is 0s; it must be 500ms to 10m (leave it out for 3s)
//   FILE:LINE: unknown key risk.relase_threshold; did you mean risk.release_threshold?
// or only FILE:LINE:COLUMN if it is not TOML. Durations are text with a unit ("15s"). LimitReached
// past limits::kSettingsBytesMax.
//
// Between settings: silence_suspect <= silence_dead; clear_below <= above; expiry_min <=
// expiry_max; vantages_agree <= vantages_min; release threshold under every action's; addresses,
// prefixes, node names, doors and URLs parse; an address or identity belongs to one node; backends
// and probers are known nodes; a plain door beyond loopback needs allow_plain_http.
Result<Settings> parse_settings(std::string_view toml, std::string_view file_name);

// The same bounds and cross-checks for settings made in code. InvalidInput, one problem per line.
Status validate_settings(const Settings& settings);

// Shortens durations and lowers request counts so that an incident fits a minute; caps, states,
// thresholds and order stay (tested). Sets profile = "demo".
void apply_demo_profile(Settings& settings);

// TOML with every effective value, defaults too; parse_settings reads it back to the same settings.
std::string render_settings(const Settings& settings);

// Hex SHA-256 of render_settings: what a decision's record names.
std::string settings_digest(const Settings& settings);

// Markdown of docs/reference/settings.md, from the same tree.
std::string settings_reference();

}  // namespace wardhive
