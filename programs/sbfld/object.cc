#include "sbfld/object.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace sbfld {
namespace {

using wardhive::ErrorCode;
using wardhive::Result;
using wardhive::Status;

struct Header {
  std::uint64_t name, type, flags, offset, size, link, info, align, entry;
};

class Reader {
 public:
  explicit Reader(Object& object) : object_(object), file_(object.data) {}

  Status read() {
    WARDHIVE_TRY(read_header());
    WARDHIVE_TRY(read_sections());
    WARDHIVE_TRY(read_symbols());
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      if (headers_[i].type == kShtGroup) WARDHIVE_TRY(read_group(i));
      if (headers_[i].type == kShtRel) WARDHIVE_TRY(read_relocations(i));
      if (headers_[i].type == kShtRela) WARDHIVE_TRY(refuse_rela(i));
    }
    return wardhive::ok();
  }

 private:
  std::unexpected<wardhive::Error> bad(const std::string& what) const {
    return wardhive::fail(ErrorCode::InvalidInput, object_.file + ": " + what);
  }

  Status read_header() {
    static constexpr std::uint8_t kIdent[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    if (file_.size() < kEhdrSize || !std::ranges::equal(kIdent, file_.first(sizeof kIdent)))
      return bad(
          "is no 64-bit little-endian ELF file; expected an object of clang++-19 --target=bpf -c");
    if (load(file_, 16, 2) != kEtRel)
      return bad(fmt::format("has e_type {}; expected 1, a relocatable object (compile with -c)",
                             load(file_, 16, 2)));
    if (load(file_, 18, 2) != kMachineBpf)
      return bad(fmt::format("is for machine {}; expected 247, BPF (compile with --target=bpf)",
                             load(file_, 18, 2)));
    if (load(file_, 58, 2) != kShdrSize)
      return bad(fmt::format("has e_shentsize {}; expected 64", load(file_, 58, 2)));
    return wardhive::ok();
  }

  Status read_sections() {
    const std::uint64_t at = load(file_, 40, 8), count = load(file_, 60, 2);
    if (count == 0 || !fits(file_, at, count * kShdrSize))
      return bad(fmt::format("has {} section headers at {}; expected at least one, within {} bytes",
                             count, at, file_.size()));
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t h = at + i * kShdrSize;
      headers_.push_back({load(file_, h, 4), load(file_, h + 4, 4), load(file_, h + 8, 8),
                          load(file_, h + 24, 8), load(file_, h + 32, 8), load(file_, h + 40, 4),
                          load(file_, h + 44, 4), load(file_, h + 48, 8), load(file_, h + 56, 8)});
    }
    const std::uint64_t names = load(file_, 62, 2);
    if (names >= count) return bad(fmt::format("has e_shstrndx {} of {} sections", names, count));
    for (std::size_t i = 0; i < count; ++i) WARDHIVE_TRY(check_section(i));
    for (std::size_t i = 0; i < count; ++i)
      object_.sections[i].name = text_at(object_.sections[names].bytes, headers_[i].name);
    return wardhive::ok();
  }

  Status check_section(std::size_t i) {
    const Header& h = headers_[i];
    Section section;
    section.type = static_cast<std::uint32_t>(h.type);
    section.flags = h.flags;
    section.align = std::max<std::uint64_t>(h.align, 1);
    section.size = h.size;
    if (h.type == 0) section.size = 0;
    if (h.type != 0 && h.type != kShtNobits) {
      if (!fits(file_, h.offset, h.size))
        return bad(fmt::format("section {} lies at {}+{}, beyond the file's {} bytes", i, h.offset,
                               h.size, file_.size()));
      section.bytes = file_.subspan(h.offset, h.size);
    }
    if (section.size > kFileMax)
      return bad(fmt::format("section {} is {} bytes; at most {}", i, section.size, kFileMax));
    if (!std::has_single_bit(section.align) || section.align > 4096)
      return bad(fmt::format("section {} has alignment {}; expected a power of two up to 4096", i,
                             section.align));
    if (section.text() && section.size % kInsnSize != 0)
      return bad(fmt::format("section {} holds {} bytes of code; expected a multiple of 8", i,
                             section.size));
    object_.sections.push_back(std::move(section));
    return wardhive::ok();
  }

  Status read_symbols() {
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      const Header& h = headers_[i];
      if (h.type == kShtSymtabShndx) return bad("has more than 65,279 sections (split the source)");
      if (h.type != kShtSymtab) continue;
      if (symtab_ != 0) return bad("has two symbol tables; expected one");
      if (h.link >= headers_.size() || h.entry != kSymSize || h.size % kSymSize != 0)
        return bad(fmt::format("symbol table {} has entries of {} bytes, names in section {}", i,
                               h.entry, h.link));
      symtab_ = i;
      const Bytes table = object_.sections[i].bytes, names = object_.sections[h.link].bytes;
      for (std::size_t at = 0; at + kSymSize <= table.size(); at += kSymSize)
        WARDHIVE_TRY(read_symbol(table, names, at));
    }
    return wardhive::ok();
  }

  Status read_symbol(Bytes table, Bytes names, std::size_t at) {
    Symbol symbol{.name = text_at(names, load(table, at, 4)),
                  .bind = static_cast<std::uint8_t>(table[at + 4] >> 4),
                  .type = static_cast<std::uint8_t>(table[at + 4] & 15),
                  .section = static_cast<std::uint16_t>(load(table, at + 6, 2)),
                  .value = load(table, at + 8, 8),
                  .size = load(table, at + 16, 8)};
    if (symbol.section >= kShnLoReserve) {
      if (symbol.section != kShnAbs && symbol.section != kShnCommon)
        return bad(
            fmt::format("symbol `{}` lies in reserved section {:#x}", symbol.name, symbol.section));
    } else if (symbol.section != kShnUndef) {
      if (symbol.section >= object_.sections.size())
        return bad(fmt::format("symbol `{}` lies in section {} of {}", symbol.name, symbol.section,
                               object_.sections.size()));
      const Section& section = object_.sections[symbol.section];
      if (symbol.value > section.size || symbol.size > section.size - symbol.value)
        return bad(fmt::format("symbol `{}` lies at {}+{} of a section of {} bytes", symbol.name,
                               symbol.value, symbol.size, section.size));
      if (symbol.type == kTypeSection) symbol.name = section.name;
    }
    object_.symbols.push_back(std::move(symbol));
    return wardhive::ok();
  }

  Status read_group(std::size_t i) {
    const Header& h = headers_[i];
    const Bytes words = object_.sections[i].bytes;
    if (words.size() < 4 || words.size() % 4 != 0 || h.info >= object_.symbols.size())
      return bad(fmt::format("group section {} is damaged: {} bytes, signature symbol {}", i,
                             words.size(), h.info));
    if (load(words, 0, 4) != 1) return wardhive::ok();  // a group, but not COMDAT
    object_.groups.push_back(object_.symbols[h.info].name);
    for (std::size_t at = 4; at < words.size(); at += 4) {
      const std::uint64_t member = load(words, at, 4);
      if (member >= object_.sections.size())
        return bad(fmt::format("group `{}` names section {} of {}", object_.groups.back(), member,
                               object_.sections.size()));
      object_.sections[member].group = static_cast<std::uint32_t>(object_.groups.size());
    }
    return wardhive::ok();
  }

  Status read_relocations(std::size_t i) {
    const Header& h = headers_[i];
    if (h.info == 0 || h.info >= object_.sections.size() || h.link != symtab_ || symtab_ == 0 ||
        h.entry != kRelSize || h.size % kRelSize != 0)
      return bad(fmt::format(
          "relocation section {} is damaged: for section {}, symbols in {}, {} bytes an entry", i,
          h.info, h.link, h.entry));
    const Bytes table = object_.sections[i].bytes;
    Section& target = object_.sections[h.info];
    for (std::size_t at = 0; at < table.size(); at += kRelSize) {
      const Relocation r{load(table, at, 8), static_cast<std::uint32_t>(load(table, at + 8, 4)),
                         static_cast<std::uint32_t>(load(table, at + 12, 4))};
      // What is not loaded is only read for its line numbers: all its kinds write 4 or 8 bytes.
      const bool loaded = (target.flags & kShfAlloc) != 0;
      const std::uint64_t width = r.type == kRelLddw                          ? 16
                                  : r.type == kRelAbs64 || r.type == kRelCall ? 8
                                                                              : 4;
      if (loaded && width == 4)
        return bad(
            fmt::format("{}+{:#x}: relocation type {} is none of R_BPF_64_64 (1), R_BPF_64_ABS64 "
                        "(2), R_BPF_64_32 (10)",
                        target.name, r.offset, r.type));
      if (!fits(target.bytes, r.offset, width) || r.symbol >= object_.symbols.size())
        return bad(fmt::format(
            "{}: relocation at {:#x} with symbol {} lies outside its section ({} bytes) or the {} "
            "symbols",
            target.name, r.offset, r.symbol, target.bytes.size(), object_.symbols.size()));
      target.relocations.push_back(r);
    }
    std::ranges::sort(target.relocations, {}, &Relocation::offset);
    return wardhive::ok();
  }

  Status refuse_rela(std::size_t i) const {
    return bad(
        fmt::format("section {} `{}` holds RELA relocations; clang for BPF writes REL only (was "
                    "the object made by clang++-19 --target=bpf?)",
                    i, object_.sections[i].name));
  }

  Object& object_;
  Bytes file_;
  std::vector<Header> headers_;
  std::size_t symtab_ = 0;
};

}  // namespace

Result<Object> read_object(std::string file, std::vector<std::uint8_t> data) {
  Object object;
  object.file = std::move(file);
  object.data = std::move(data);
  if (object.data.size() > kFileMax)
    return wardhive::fail(
        ErrorCode::LimitReached,
        fmt::format("{}: {} bytes; at most {}", object.file, object.data.size(), kFileMax));
  WARDHIVE_TRY(Reader(object).read());
  return object;
}

}  // namespace sbfld
