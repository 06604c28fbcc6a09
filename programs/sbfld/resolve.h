// Who defines which name among the objects, and which sections `entrypoint` reaches.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sbfld/object.h"

namespace sbfld {

struct Place {
  std::uint32_t object = 0, section = 0;
  std::uint64_t offset = 0;  // of the symbol within the section
};

class Resolver {
 public:
  explicit Resolver(std::span<const Object> objects);

  // InvalidInput on a name defined twice, a common symbol, or a section that runs before main.
  wardhive::Status collect();
  // Where symbol `index` of `object` is defined: nullopt if nowhere, or only in a discarded COMDAT.
  std::optional<Place> find(std::uint32_t object, std::uint32_t index) const;
  std::optional<Place> find(std::string_view name) const;
  // Marks what the entry, `.security.txt` and retained sections reach. InvalidInput if there is no
  // `entrypoint`, or what is reached is writable.
  wardhive::Status mark();
  bool live(std::uint32_t object, std::uint32_t section) const { return live_[object][section]; }
  bool discarded(std::uint32_t object, std::uint32_t section) const {
    return discarded_[object][section];
  }

 private:
  wardhive::Status collect(std::uint32_t object);
  wardhive::Status check_live(std::uint32_t object, std::uint32_t section) const;
  void reach(std::uint32_t object, std::uint32_t section);

  struct Definition {
    Place place;
    bool weak = false;
  };
  std::span<const Object> objects_;
  std::map<std::string, Definition, std::less<>> definitions_;
  std::map<std::string, std::uint32_t> groups_;  // signature -> the object whose group is kept
  std::vector<std::vector<bool>> discarded_, live_;
  std::vector<Place> open_;
};

// "file: `function`+0x18 (source.cc:12)" for a place within an object.
std::string describe(const Object& object, std::uint32_t section, std::uint64_t offset);

}  // namespace sbfld
