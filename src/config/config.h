// TOML text -> Settings, strictly. Pure text work: no file is opened here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/settings.h"

namespace wardhive {

// InvalidInput with every problem found, one per line, each "FILE:LINE: key is VALUE; it must be
// LOW to HIGH (leave it out for DEFAULT)" or "FILE:LINE: unknown key `risk.relase_threshold`; did you mean
// `risk.release_threshold`?". Cross-checks: silence_suspect <= silence_dead, clear_below <= above,
// expiry_min <= expiry_max, vantages_agree <= vantages_min, prefixes and node names parse, a
// gateway's backends and probers are known nodes, a plain door beyond loopback needs allow_plain_http.
Result<Settings> parse_settings(std::string_view toml, std::string_view file_name);

// Shortens durations and lowers request counts so that an incident fits a minute; caps, states,
// thresholds and order stay (tested). Sets profile = "demo".
void apply_demo_profile(Settings& settings);

// Hex SHA-256 over every effective value: what a decision's record names.
std::string settings_digest(const Settings& settings);

// Markdown of docs/reference/settings.md, from the same tree.
std::string settings_reference();

}  // namespace wardhive
