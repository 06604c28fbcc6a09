#include "sbfld/resolve.h"

#include <fmt/format.h>

#include "sbfld/lines.h"

namespace sbfld {

using wardhive::ErrorCode;
using wardhive::Status;

std::string describe(const Object& object, std::uint32_t section, std::uint64_t offset) {
  std::string where = fmt::format("{}+{:#x}", object.sections[section].name, offset);
  for (const Symbol& symbol : object.symbols)
    if (symbol.section == section && symbol.type != kTypeSection && !symbol.name.empty() &&
        offset >= symbol.value && offset - symbol.value < std::max<std::uint64_t>(symbol.size, 1))
      where = fmt::format("`{}`+{:#x}", symbol.name, offset - symbol.value);
  const std::string line = source_line(object, section, offset);
  return fmt::format("{}: {}{}", object.file, where, line.empty() ? "" : " (" + line + ")");
}

Resolver::Resolver(std::span<const Object> objects) : objects_(objects) {
  for (const Object& object : objects_) {
    discarded_.emplace_back(object.sections.size());
    live_.emplace_back(object.sections.size());
  }
}

Status Resolver::collect() {
  for (std::uint32_t i = 0; i < objects_.size(); ++i) WARDHIVE_TRY(collect(i));
  return wardhive::ok();
}

Status Resolver::collect(std::uint32_t index) {
  const Object& object = objects_[index];
  for (std::uint32_t s = 0; s < object.sections.size(); ++s) {
    const Section& section = object.sections[s];
    if (section.group != 0)
      discarded_[index][s] =
          groups_.try_emplace(object.groups[section.group - 1], index).first->second != index;
    const bool constructors = section.type == kShtInitArray || section.type == kShtFiniArray ||
                              section.type == kShtPreinitArray ||
                              section.name.starts_with(".ctors") ||
                              section.name.starts_with(".dtors");
    if (constructors && section.size > 0)
      return wardhive::fail(
          ErrorCode::InvalidInput,
          fmt::format("{}: {} asks for code before or after the entry, which a program does not "
                      "have; make the global constexpr or constinit, or local to a function",
                      object.file, section.name));
  }
  for (const Symbol& symbol : object.symbols) {
    if (symbol.section == kShnCommon)
      return wardhive::fail(ErrorCode::InvalidInput,
                            fmt::format("{}: `{}` is a common symbol, a writable global; compile "
                                        "with -fno-common and make it const",
                                        object.file, symbol.name));
    if (symbol.bind == kBindLocal || symbol.section == kShnUndef ||
        symbol.section >= kShnLoReserve || discarded_[index][symbol.section])
      continue;
    const Definition fresh{{index, symbol.section, symbol.value}, symbol.bind == kBindWeak};
    const auto [known, added] = definitions_.try_emplace(symbol.name, fresh);
    if (added || fresh.weak) continue;
    if (!known->second.weak)
      return wardhive::fail(
          ErrorCode::InvalidInput,
          fmt::format(
              "`{}` is defined in {} and in {}; expected one definition (make it inline or static)",
              symbol.name, objects_[known->second.place.object].file, object.file));
    known->second = fresh;
  }
  return wardhive::ok();
}

std::optional<Place> Resolver::find(std::uint32_t object, std::uint32_t index) const {
  const Symbol& symbol = objects_[object].symbols[index];
  if (symbol.bind != kBindLocal) return find(symbol.name);
  if (symbol.section == kShnUndef || symbol.section >= kShnLoReserve ||
      discarded_[object][symbol.section])
    return std::nullopt;
  return Place{object, symbol.section, symbol.value};
}

std::optional<Place> Resolver::find(std::string_view name) const {
  const auto found = definitions_.find(name);
  return found == definitions_.end() ? std::nullopt : std::optional(found->second.place);
}

void Resolver::reach(std::uint32_t object, std::uint32_t section) {
  if (live_[object][section]) return;
  live_[object][section] = true;
  open_.push_back({object, section, 0});
}

Status Resolver::mark() {
  const auto entry = find("entrypoint");
  if (!entry || !objects_[entry->object].sections[entry->section].text())
    return wardhive::fail(
        ErrorCode::InvalidInput,
        "no object defines the function `entrypoint`; expected extern \"C\" std::uint64_t "
        "entrypoint(std::uint8_t* input, std::uint8_t* instruction_data)");
  reach(entry->object, entry->section);
  for (std::uint32_t o = 0; o < objects_.size(); ++o)
    for (std::uint32_t s = 0; s < objects_[o].sections.size(); ++s) {
      const Section& section = objects_[o].sections[s];
      // Explorers look for security.txt by its markers in the file's bytes; nothing refers to it.
      const bool root = section.name == ".security.txt" || (section.flags & kShfRetain) != 0;
      if (root && (section.flags & kShfAlloc) != 0 && !discarded_[o][s]) reach(o, s);
    }
  while (!open_.empty()) {
    const Place at = open_.back();
    open_.pop_back();
    WARDHIVE_TRY(check_live(at.object, at.section));
    for (const Relocation& r : objects_[at.object].sections[at.section].relocations)
      if (const auto target = find(at.object, r.symbol)) reach(target->object, target->section);
  }
  return wardhive::ok();
}

Status Resolver::check_live(std::uint32_t object, std::uint32_t index) const {
  const Section& section = objects_[object].sections[index];
  // Tables with addresses in them are writable only until they are relocated: here, at link time.
  const bool constant = section.name == ".data.rel.ro" || section.name.starts_with(".data.rel.ro.");
  const bool writable =
      section.type == kShtNobits || ((section.flags & kShfWrite) != 0 && !constant);
  if (!writable && (section.flags & kShfAlloc) != 0) return wardhive::ok();
  std::string name = section.name;
  for (const Symbol& symbol : objects_[object].symbols)
    if (symbol.section == index && symbol.type != kTypeSection && !symbol.name.empty()) {
      name = symbol.name;
      break;
    }
  if (!writable)
    return wardhive::fail(ErrorCode::InvalidInput,
                          fmt::format("{}: the program refers to {}, which is not loaded",
                                      objects_[object].file, name));
  return wardhive::fail(ErrorCode::InvalidInput,
                        fmt::format("{}: `{}` ({}) is a writable global; a program has none: make "
                                    "it const or constexpr, or keep it in an account",
                                    objects_[object].file, name, section.name));
}

}  // namespace sbfld
