#include "sbfld/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "sbfld/audit.h"
#include "sbfld/resolve.h"

namespace sbfld {
namespace {

using wardhive::ErrorCode;
using wardhive::Result;
using wardhive::Status;

constexpr std::size_t kProblemsMax = 20;  // shown at one time

class Linker {
 public:
  Linker(std::span<const Object> objects, const LinkOptions& options)
      : objects_(objects), options_(options), names_(objects) {}

  Result<Program> run() {
    WARDHIVE_TRY(names_.collect());
    WARDHIVE_TRY(names_.mark());
    WARDHIVE_TRY(place());
    for (const Placed& placed : out_.placed) relocate(placed);
    audit();
    if (!problems_.empty()) return wardhive::fail(ErrorCode::InvalidInput, joined());
    const Place entry = *names_.find("entrypoint");
    out_.entry = address_of(entry);
    if (out_.entry % kInsnSize != 0 || out_.entry - kTextAddress >= out_.text.size())
      return wardhive::fail(ErrorCode::InvalidInput,
                            describe(objects_[entry.object], entry.section, entry.offset) +
                                ": `entrypoint` holds no code; expected a function");
    list_symbols();
    out_.syscalls.assign(syscalls_.begin(), syscalls_.end());
    return std::move(out_);
  }

 private:
  Status place() {
    place_segment(false, out_.rodata, 0);
    place_segment(true, out_.text, kTextAddress);
    if (out_.rodata.size() > kFileMax || out_.text.size() > kFileMax)
      return wardhive::fail(
          ErrorCode::LimitReached,
          fmt::format("the program is {} bytes of data and {} of code; at most {} each",
                      out_.rodata.size(), out_.text.size(), kFileMax));
    return wardhive::ok();
  }

  void place_segment(bool text, std::vector<std::uint8_t>& bytes, std::uint64_t base) {
    for (std::uint32_t o = 0; o < objects_.size(); ++o)
      for (std::uint32_t s = 0; s < objects_[o].sections.size(); ++s) {
        const Section& section = objects_[o].sections[s];
        if (!names_.live(o, s) || section.text() != text) continue;
        if (!text && bytes.empty()) bytes.resize(kNullPad);
        const std::uint64_t align = text ? kInsnSize : section.align;
        bytes.resize((bytes.size() + align - 1) / align * align);
        placed_[{o, s}] = base + bytes.size();
        out_.placed.push_back({o, s, base + bytes.size(), section.size});
        bytes.insert(bytes.end(), section.bytes.begin(), section.bytes.end());
      }
    bytes.resize((bytes.size() + 7) / 8 * 8);
  }

  std::uint64_t address_of(const Place& place) const {
    return placed_.at({place.object, place.section}) + place.offset;
  }

  void problem(const Placed& in, std::uint64_t offset, const std::string& what) {
    problems_.push_back(describe(objects_[in.object], in.section, offset) + ": " + what);
  }

  void relocate(const Placed& in) {
    const Section& section = objects_[in.object].sections[in.section];
    for (const Relocation& r : section.relocations) {
      const Symbol& symbol = objects_[in.object].symbols[r.symbol];
      const auto target = names_.find(in.object, r.symbol);
      if (r.type == kRelCall)
        call(in, r, symbol, target);
      else if (!target)
        problem(in, r.offset,
                fmt::format("the address of `{}` is taken, but no object defines it", symbol.name));
      else
        write_address(in, r, address_of(*target),
                      objects_[target->object].sections[target->section].text());
    }
  }

  void write_address(const Placed& in, const Relocation& r, std::uint64_t address, bool to_text) {
    const bool in_text = in.address >= kTextAddress;
    const std::span<std::uint8_t> bytes = in_text ? out_.text : out_.rodata;
    const std::size_t at = in.address - (in_text ? kTextAddress : 0) + r.offset;
    if (r.type == kRelLddw) {
      if (!in_text || r.offset % kInsnSize != 0 || bytes[at] != kOpLddw)
        return problem(in, r.offset, "relocation R_BPF_64_64 belongs on an lddw instruction");
      address += load(bytes, at + 4, 4);
      store(bytes, at + 4, address, 4);
      store(bytes, at + 12, address >> 32, 4);
    } else {
      if (in_text)
        return problem(in, r.offset, "relocation R_BPF_64_ABS64 within code; expected it in data");
      address += load(bytes, at, 8);
      store(bytes, at, address, 8);
    }
    if (to_text) taken_.insert(address);
  }

  void call(const Placed& in, const Relocation& r, const Symbol& symbol,
            const std::optional<Place>& target) {
    const bool in_text = in.address >= kTextAddress;
    const std::size_t at = in.address - (in_text ? kTextAddress : 0) + r.offset;
    if (!in_text || r.offset % kInsnSize != 0 || out_.text[at] != kOpCall)
      return problem(in, r.offset, "relocation R_BPF_64_32 belongs on a call instruction");
    if (!target) return syscall(in, r, symbol, at);
    const std::int64_t addend = (static_cast<std::int64_t>(decode(out_.text, at).imm) + 1) * 8;
    const std::int64_t to = static_cast<std::int64_t>(address_of(*target)) + addend;
    const std::int64_t slots = (to - static_cast<std::int64_t>(kTextAddress + at)) / 8 - 1;
    const bool aims = objects_[target->object].sections[target->section].text() && to % 8 == 0 &&
                      slots >= std::numeric_limits<std::int32_t>::min() &&
                      slots <= std::numeric_limits<std::int32_t>::max();
    if (!aims)
      return problem(in, r.offset, fmt::format("calls `{}`, which is no function", symbol.name));
    out_.text[at + 1] = static_cast<std::uint8_t>((out_.text[at + 1] & 15) | 1 << 4);
    store(out_.text, at + 4, static_cast<std::uint64_t>(slots), 4);
  }

  void syscall(const Placed& in, const Relocation& r, const Symbol& symbol, std::size_t at) {
    if (syscall_with(murmur3(symbol.name)) == nullptr)
      return problem(in, r.offset,
                     fmt::format("calls `{}`, which no object defines and no cluster offers as a "
                                 "syscall (misspelt, or a source file left out?)",
                                 symbol.name));
    out_.text[at + 1] = static_cast<std::uint8_t>(out_.text[at + 1] & 15);
    store(out_.text, at + 4, murmur3(symbol.name), 4);
  }

  void audit() {
    if (!problems_.empty()) return;
    for (const Finding& finding : audit_text(out_.text, options_.cluster)) {
      const Placed& in = *std::prev(
          std::ranges::upper_bound(out_.placed, kTextAddress + finding.at, {}, &Placed::address));
      problem(in, kTextAddress + finding.at - in.address,
              fmt::format("{} [{}]", finding.what, finding.rule));
    }
    std::vector<bool> second(out_.text.size() / kInsnSize + 1);
    for (std::size_t at = 0; at < out_.text.size(); at += kInsnSize) {
      if (second[at / kInsnSize]) continue;
      const Insn insn = decode(out_.text, at);
      if (insn.op == kOpLddw) second[at / kInsnSize + 1] = true;
      if (insn.op != kOpCall || insn.src != 0) continue;
      if (const Syscall* known = syscall_with(static_cast<std::uint32_t>(insn.imm)))
        syscalls_.emplace(known->name);
    }
  }

  std::string joined() const {
    std::string text;
    for (std::size_t i = 0; i < std::min(problems_.size(), kProblemsMax); ++i)
      text += (i == 0 ? "" : "\n") + problems_[i];
    if (problems_.size() > kProblemsMax)
      text += fmt::format("\nand {} more like these", problems_.size() - kProblemsMax);
    return text;
  }

  void list_symbols() {
    for (const auto& [key, address] : placed_)
      for (const Symbol& symbol : objects_[key.first].symbols) {
        if (symbol.section != key.second || symbol.type == kTypeSection || symbol.name.empty())
          continue;
        const bool function = symbol.type == kTypeFunc;
        out_.symbols.push_back({symbol.name, address + symbol.value, symbol.size, function,
                                symbol.bind != kBindLocal,
                                function && taken_.contains(address + symbol.value), key.first});
      }
    std::ranges::sort(out_.symbols, [](const PlacedSymbol& a, const PlacedSymbol& b) {
      return std::tie(a.address, a.name) < std::tie(b.address, b.name);
    });
  }

  std::span<const Object> objects_;
  LinkOptions options_;
  Resolver names_;
  Program out_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> placed_;
  std::set<std::uint64_t> taken_;
  std::set<std::string, std::less<>> syscalls_;
  std::vector<std::string> problems_;
};

}  // namespace

Result<Program> link(std::span<const Object> objects, const LinkOptions& options) {
  return Linker(objects, options).run();
}

}  // namespace sbfld
