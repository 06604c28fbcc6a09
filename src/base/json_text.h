// The leaf of every JSON writer: strings and numbers, correctly. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace wardhive {

// Appends `text` quoted and escaped. Bytes that are not UTF-8 become U+FFFD, so the output is
// always valid JSON.
void append_json_string(std::string& out, std::string_view text);
// Shortest text that reads back to the same double; NaN and infinities become null.
void append_json_number(std::string& out, double value);

}  // namespace wardhive
