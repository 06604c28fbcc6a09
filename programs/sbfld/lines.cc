#include "sbfld/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace sbfld {
namespace {

// Reads forward; past the end everything is 0 and `good` is false.
struct Cursor {
  Bytes bytes;
  std::uint64_t at = 0;
  bool good = true;

  std::uint64_t fixed(std::size_t size) {
    if (!fits(bytes, at, size)) {
      good = false;
      at = bytes.size();
      return 0;
    }
    at += size;
    return load(bytes, at - size, size);
  }
  std::uint64_t uleb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t byte = fixed(1);
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    good = false;
    return 0;
  }
  std::int64_t sleb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64;) {
      const std::uint64_t byte = fixed(1);
      value |= (byte & 127) << shift;
      shift += 7;
      if (byte >= 128) continue;
      if (shift < 64 && (byte & 64) != 0) value |= ~0ULL << shift;
      return static_cast<std::int64_t>(value);
    }
    good = false;
    return 0;
  }
};

const Section* section_named(const Object& object, std::string_view name) {
  for (const Section& section : object.sections)
    if (section.name == name) return &section;
  return nullptr;
}

const Relocation* relocation_at(const Section& section, std::uint64_t offset) {
  const auto found = std::ranges::lower_bound(section.relocations, offset, {}, &Relocation::offset);
  return found != section.relocations.end() && found->offset == offset ? &*found : nullptr;
}

// One unit of .debug_line, read as a state machine (DWARF 5, section 6.2).
class LineUnit {
 public:
  LineUnit(const Object& object, const Section& lines, Cursor& in)
      : object_(object), lines_(lines), in_(in) {}

  // Leaves the cursor behind the unit. The line of `offset`, if this unit covers it.
  std::optional<std::string> find(std::uint32_t section, std::uint64_t offset) {
    const std::uint64_t length = in_.fixed(4);
    const std::uint64_t end = in_.at + length;
    if (!in_.good || !fits(in_.bytes, in_.at, length)) {
      in_.good = false;
      return std::nullopt;
    }
    std::optional<std::string> found;
    if (read_header()) found = run(end, section, offset);
    in_.at = end;
    return found;
  }

 private:
  bool read_header() {
    if (in_.fixed(2) != 5 || in_.fixed(1) != 8 || in_.fixed(1) != 0) return false;
    const std::uint64_t length = in_.fixed(4);
    const std::uint64_t program = in_.at + length;
    minimum_ = in_.fixed(1);
    in_.fixed(2);  // operations per instruction (1), default is_stmt
    line_base_ = static_cast<std::int8_t>(in_.fixed(1));
    line_range_ = in_.fixed(1);
    opcode_base_ = in_.fixed(1);
    for (std::uint64_t i = 1; i < opcode_base_; ++i) operands_.push_back(in_.fixed(1));
    skip_or_read_names(nullptr);
    skip_or_read_names(&files_);
    in_.at = program;
    return in_.good && line_range_ != 0 && opcode_base_ != 0;
  }

  void skip_or_read_names(std::vector<std::string>* names) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> format(in_.fixed(1));
    for (auto& [content, form] : format) {
      content = in_.uleb();
      form = in_.uleb();
    }
    const std::uint64_t count = in_.uleb();
    for (std::uint64_t i = 0; i < count && in_.good && !format.empty(); ++i)
      for (const auto& [content, form] : format) {
        std::string text = read_form(form);
        if (content == 1 && names != nullptr) names->push_back(std::move(text));
      }
  }

  std::string read_form(std::uint64_t form) {
    switch (form) {
      case 0x1f:
        return read_string();  // DW_FORM_line_strp
      case 0x0b:
        in_.fixed(1);
        break;  // data1
      case 0x05:
        in_.fixed(2);
        break;  // data2
      case 0x0f:
        in_.uleb();
        break;  // udata
      case 0x1e:
        in_.fixed(8), in_.fixed(8);
        break;  // data16, the MD5
      default:
        in_.good = false;
    }
    return {};
  }

  std::string read_string() {
    const Relocation* r = relocation_at(lines_, in_.at);
    std::uint64_t at = in_.fixed(4);
    const Section* table = section_named(object_, ".debug_line_str");
    if (r != nullptr) at += object_.symbols[r->symbol].value;
    return table == nullptr ? std::string() : text_at(table->bytes, at);
  }

  struct Row {
    std::uint64_t address = 0, file = 1, line = 1;
    std::uint32_t section = 0;
    bool set = false;
  };

  std::optional<std::string> run(std::uint64_t end, std::uint32_t section, std::uint64_t offset) {
    Row now, last;
    std::optional<std::string> found;
    const auto emit = [&](bool ends) {
      if (last.set && last.section == section && last.address <= offset && offset < now.address &&
          !found)
        found = last.file < files_.size() ? fmt::format("{}:{}", files_[last.file], last.line)
                                          : std::string();
      last = now;
      last.set = !ends;
    };
    while (in_.at < end && in_.good && !found) {
      const std::uint64_t op = in_.fixed(1);
      if (op >= opcode_base_) {
        now.address += (op - opcode_base_) / line_range_ * minimum_;
        now.line += static_cast<std::uint64_t>(
            line_base_ + static_cast<std::int64_t>((op - opcode_base_) % line_range_));
        emit(false);
      } else if (op == 0) {
        extended(now, emit);
      } else {
        standard(op, now, emit);
      }
    }
    return found;
  }

  template <class Emit>
  void extended(Row& now, const Emit& emit) {
    const std::uint64_t length = in_.uleb(), next = in_.at + length, op = in_.fixed(1);
    if (op == 1) {
      emit(true);
      now = Row{};
    } else if (op == 2) {
      const Relocation* r = relocation_at(lines_, in_.at);
      now.address = in_.fixed(8);
      if (r != nullptr) {
        now.address += object_.symbols[r->symbol].value;
        now.section = object_.symbols[r->symbol].section;
      }
    }
    if (!fits(in_.bytes, in_.at, 0) || next < in_.at) in_.good = false;
    in_.at = next;
  }

  template <class Emit>
  void standard(std::uint64_t op, Row& now, const Emit& emit) {
    switch (op) {
      case 1:
        emit(false);
        break;
      case 2:
        now.address += in_.uleb() * minimum_;
        break;
      case 3:
        now.line += static_cast<std::uint64_t>(in_.sleb());
        break;
      case 4:
        now.file = in_.uleb();
        break;
      case 8:
        now.address += (255 - opcode_base_) / line_range_ * minimum_;
        break;
      case 9:
        now.address += in_.fixed(2);
        break;
      default:
        for (std::uint64_t i = 0; i < operands_[op - 1]; ++i) in_.uleb();
    }
  }

  const Object& object_;
  const Section& lines_;
  Cursor& in_;
  std::uint64_t minimum_ = 1, line_range_ = 1, opcode_base_ = 1;
  std::int64_t line_base_ = 0;
  std::vector<std::uint64_t> operands_;
  std::vector<std::string> files_;
};

}  // namespace

std::string source_line(const Object& object, std::uint32_t section, std::uint64_t offset) {
  const Section* lines = section_named(object, ".debug_line");
  if (lines == nullptr) return {};
  Cursor in{lines->bytes};
  while (in.good && in.at < in.bytes.size())
    if (auto found = LineUnit(object, *lines, in).find(section, offset)) return *found;
  return {};
}

}  // namespace sbfld
