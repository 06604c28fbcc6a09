#include "sbfld/image.h"

#include <string>
#include <string_view>

namespace sbfld {
namespace {

class Image {
 public:
  explicit Image(const Program& program) : program_(program) {}

  std::vector<std::uint8_t> write(bool symbols) {
    const std::uint64_t segments = program_.rodata.empty() ? 1 : 2;
    write_header(segments);
    std::uint64_t offset = kEhdrSize + segments * kPhdrSize;
    if (!program_.rodata.empty()) {
      rodata_at_ = offset;
      write_segment(kPfR, offset, 0, program_.rodata.size());
      offset += program_.rodata.size();
    }
    text_at_ = offset;
    write_segment(kPfX, offset, kTextAddress, program_.text.size());
    out_.insert(out_.end(), program_.rodata.begin(), program_.rodata.end());
    out_.insert(out_.end(), program_.text.begin(), program_.text.end());
    if (symbols) write_symbols();
    return std::move(out_);
  }

 private:
  void put(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }

  void write_header(std::uint64_t segments) {
    for (const int byte : {0x7f, int{'E'}, int{'L'}, int{'F'}, 2, 1, 1})
      put(static_cast<std::uint64_t>(byte), 1);
    out_.resize(16);
    put(kEtDyn, 2), put(kMachineBpf, 2), put(1, 4), put(program_.entry, 8);
    put(kEhdrSize, 8), put(0, 8), put(kFlagsV3, 4), put(kEhdrSize, 2);
    put(kPhdrSize, 2), put(segments, 2), put(kShdrSize, 2), put(0, 2), put(0, 2);
  }

  void write_segment(std::uint32_t flags, std::uint64_t offset, std::uint64_t address,
                     std::uint64_t size) {
    put(kPtLoad, 4), put(flags, 4), put(offset, 8), put(address, 8), put(address, 8);
    put(size, 8), put(size, 8), put(8, 8);
  }

  void write_symbols() {
    std::string names(1, '\0');
    const std::uint64_t symtab_at = out_.size();
    const std::uint64_t text_index = program_.rodata.empty() ? 1 : 2;
    std::uint64_t locals = 1;
    out_.resize(out_.size() + kSymSize);
    for (const bool global : {false, true})  // ELF wants the local ones first
      for (const PlacedSymbol& symbol : program_.symbols) {
        if (symbol.global != global) continue;
        locals += global ? 0 : 1;
        put(names.size(), 4),
            put((global ? kBindGlobal : kBindLocal) << 4 | (symbol.function ? kTypeFunc : 1), 1),
            put(0, 1);
        put(symbol.address >= kTextAddress ? text_index : 1, 2), put(symbol.address, 8),
            put(symbol.size, 8);
        names.append(symbol.name).push_back('\0');
      }
    const std::uint64_t strtab_at = out_.size();
    out_.insert(out_.end(), names.begin(), names.end());
    const std::uint64_t shstrtab_at = out_.size();
    static constexpr std::string_view kNames{"\0.rodata\0.text\0.symtab\0.strtab\0.shstrtab\0", 42};
    out_.insert(out_.end(), kNames.begin(), kNames.end());
    out_.resize((out_.size() + 7) / 8 * 8);
    const std::uint64_t headers_at = out_.size();
    out_.resize(out_.size() + kShdrSize);
    if (!program_.rodata.empty())
      section(1, kShtProgbits, kShfAlloc, 0, rodata_at_, program_.rodata.size(), 0, 0, 8, 0);
    section(9, kShtProgbits, kShfAlloc | kShfExec, kTextAddress, text_at_, program_.text.size(), 0,
            0, 8, 0);
    section(15, kShtSymtab, 0, 0, symtab_at, strtab_at - symtab_at, text_index + 2, locals, 8,
            kSymSize);
    section(23, kShtStrtab, 0, 0, strtab_at, names.size(), 0, 0, 1, 0);
    section(31, kShtStrtab, 0, 0, shstrtab_at, kNames.size(), 0, 0, 1, 0);
    store(out_, 40, headers_at, 8);
    store(out_, 60, text_index + 4, 2);
    store(out_, 62, text_index + 3, 2);
  }

  void section(std::uint64_t name, std::uint64_t type, std::uint64_t flags, std::uint64_t address,
               std::uint64_t offset, std::uint64_t size, std::uint64_t link, std::uint64_t info,
               std::uint64_t align, std::uint64_t entry) {
    put(name, 4), put(type, 4), put(flags, 8), put(address, 8), put(offset, 8), put(size, 8);
    put(link, 4), put(info, 4), put(align, 8), put(entry, 8);
  }

  const Program& program_;
  std::vector<std::uint8_t> out_;
  std::uint64_t rodata_at_ = 0, text_at_ = 0;
};

}  // namespace

std::vector<std::uint8_t> write_image(const Program& program, bool symbols) {
  return Image(program).write(symbols);
}

}  // namespace sbfld
