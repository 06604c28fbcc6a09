#include "sol/demo/demo.h"

#include "sol/security_txt.h"

SOL_SECURITY_TXT(SOL_SECURITY_ENTRY("name", "sol demo")
                     SOL_SECURITY_ENTRY("project_url", "https://example.invalid/wardhive")
                         SOL_SECURITY_ENTRY("contacts", "link:https://example.invalid/security")
                             SOL_SECURITY_ENTRY("policy",
                                                "a demo; never deploy it with money behind it"));

// The hottest first: a tag costs one unit for each that is tried before it.
extern "C" std::uint64_t entrypoint(std::uint8_t* input, const std::uint8_t* data) {
  return sol::dispatch<sol::On<3, demo::deposit>, sol::On<4, demo::withdraw>,
                       sol::On<1, demo::init>, sol::On<2, demo::open_box>, sol::On<5, demo::burn>,
                       sol::On<6, demo::close_box>, sol::On<7, demo::write_note>,
                       sol::On<8, demo::tell>, sol::On<9, demo::witness>, sol::On<10, demo::tip>,
                       sol::On<11, demo::check_final>, sol::On<12, demo::nothing>>(input, data);
}
