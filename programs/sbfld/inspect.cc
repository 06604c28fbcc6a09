#include "sbfld/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/bytes.h"
#include "base/json.h"

namespace sbfld {
namespace {

constexpr std::string_view kSecurityBegin = "=======BEGIN SECURITY.TXT V1=======";
constexpr std::string_view kSecurityEnd = "=======END SECURITY.TXT V1=======";

struct Segment {
  std::uint64_t type, flags, offset, address, physical, file_size, memory_size;
};

class Inspector {
 public:
  Inspector(Bytes file, Cluster cluster) : file_(file), cluster_(cluster) {}

  Inspection run() {
    if (header() && segments()) {
      entry();
      const Segment& text = segments_.back();
      for (Finding finding : audit_text(file_.subspan(text.offset, text.file_size), cluster_)) {
        finding.at += text.offset;
        out_.findings.push_back(std::move(finding));
      }
    }
    const std::string_view bytes(reinterpret_cast<const char*>(file_.data()), file_.size());
    const std::size_t begin = bytes.find(kSecurityBegin);
    out_.security_txt = begin != std::string_view::npos &&
                        bytes.find(kSecurityEnd, begin) != std::string_view::npos;
    return std::move(out_);
  }

 private:
  void add(std::string_view rule, std::uint64_t at, std::string what) {
    out_.findings.push_back({rule, at, std::move(what)});
  }

  void expect(std::string_view rule, std::size_t at, std::size_t size, std::uint64_t want,
              std::string_view field) {
    const std::uint64_t found = load(file_, at, size);
    if (found != want) add(rule, at, fmt::format("{} is {}; expected {}", field, found, want));
  }

  // False if nothing further can be said.
  bool header() {
    static constexpr std::uint8_t kMagic[] = {0x7f, 'E', 'L', 'F'};
    if (file_.size() < kEhdrSize || !std::ranges::equal(kMagic, file_.first(4))) {
      add("elf", 0,
          fmt::format("is no ELF file ({} bytes); expected one of at least 64 bytes that starts "
                      "with 7f 45 4c 46",
                      file_.size()));
      return false;
    }
    expect("class", 4, 1, 2, "EI_CLASS");
    expect("byte-order", 5, 1, 1, "EI_DATA");
    expect("ident-version", 6, 1, 1, "EI_VERSION");
    expect("os-abi", 7, 1, 0, "EI_OSABI");
    expect("ident-padding", 8, 8, 0, "identification padding");
    expect("machine", 18, 2, kMachineBpf, "e_machine");
    expect("elf-version", 20, 4, 1, "e_version");
    expect("header-table", 32, 8, kEhdrSize, "e_phoff");
    expect("sbpf-version", 48, 4, kFlagsV3, "e_flags, the SBPF version");
    expect("header-size", 52, 2, kEhdrSize, "e_ehsize");
    expect("segment-size", 54, 2, kPhdrSize, "e_phentsize");
    const std::uint64_t count = load(file_, 56, 2);
    if (count < 1 || count > 2)
      add("segment-count", 56,
          fmt::format("e_phnum is {}; expected 1 (code) or 2 (read-only data, code)", count));
    if (count >= 1 && count <= 2 && file_.size() >= kEhdrSize + count * kPhdrSize) return true;
    if (count <= 2)
      add("truncated", 56, fmt::format("the file ends within its {} program headers", count));
    return false;
  }

  bool segments() {
    const std::uint64_t count = load(file_, 56, 2);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t h = kEhdrSize + i * kPhdrSize;
      segments_.push_back({load(file_, h, 4), load(file_, h + 4, 4), load(file_, h + 8, 8),
                           load(file_, h + 16, 8), load(file_, h + 24, 8), load(file_, h + 32, 8),
                           load(file_, h + 40, 8)});
    }
    std::uint64_t offset = kEhdrSize + count * kPhdrSize;
    bool readable = true;
    for (std::size_t i = 0; i < count; ++i)
      readable = segment(i, i + 1 == count, offset) && readable;
    return readable;
  }

  // Whether the segment's bytes are there.
  bool segment(std::size_t i, bool text, std::uint64_t& offset) {
    const Segment& s = segments_[i];
    const std::size_t h = kEhdrSize + i * kPhdrSize;
    const auto want = [&](std::string_view rule, std::size_t field, std::uint64_t found,
                          std::uint64_t wanted, std::string_view name) {
      if (found != wanted)
        add(rule, h + field,
            fmt::format("{} of segment {} is {:#x}; expected {:#x}", name, i, found, wanted));
    };
    want("segment-type", 0, s.type, kPtLoad, "p_type");
    want("segment-flags", 4, s.flags, text ? kPfX : kPfR, "p_flags");
    want("segment-offset", 8, s.offset, offset, "p_offset");
    want("segment-address", 16, s.address, text ? kTextAddress : 0, "p_vaddr");
    want("segment-physical", 24, s.physical, s.address, "p_paddr");
    want("segment-memory", 40, s.memory_size, s.file_size, "p_memsz");
    if (s.file_size % 8 != 0)
      add("segment-multiple", h + 32,
          fmt::format("p_filesz of segment {} is {}; expected a multiple of 8", i, s.file_size));
    if (!fits(file_, s.offset, s.file_size)) {
      add("truncated", h + 8,
          fmt::format("segment {} lies at {}+{}, beyond the file's {} bytes", i, s.offset,
                      s.file_size, file_.size()));
      return false;
    }
    offset = s.offset + s.file_size;
    (text ? out_.text_bytes : out_.rodata_bytes) = s.file_size;
    return s.file_size % 8 == 0;
  }

  void entry() {
    out_.entry = load(file_, 24, 8);
    const Segment& text = segments_.back();
    if (out_.entry < text.address || out_.entry - text.address >= text.file_size ||
        out_.entry % 8 != 0)
      add("entry", 24,
          fmt::format("e_entry is {:#x}; expected a multiple of 8 within the code, {:#x}+{}",
                      out_.entry, text.address, text.file_size));
    if (segments_.size() == 2 && segments_[0].file_size > 0) {
      const Bytes head = file_.subspan(segments_[0].offset,
                                       std::min<std::uint64_t>(kNullPad, segments_[0].file_size));
      if (std::ranges::any_of(head, [](std::uint8_t byte) { return byte != 0; }))
        out_.findings.push_back(
            {"null-readable", segments_[0].offset,
             "an object lies at address 0: v3 lets a program read through a null pointer, so this "
             "object is what it gets; leave 16 zero bytes before the first",
             true});
    }
  }

  Bytes file_;
  Cluster cluster_;
  std::vector<Segment> segments_;
  Inspection out_;
};

struct FindingView {
  const Finding* finding;
};
template <class Self, class V>
void fields(Self& self, V& v)
  requires std::same_as<std::remove_const_t<Self>, FindingView>
{
  v("rule", self.finding->rule);
  v("offset", self.finding->at);
  v("severity", std::string_view(self.finding->warning ? "warning" : "error"));
  v("message", self.finding->what);
}

}  // namespace

bool Inspection::sound() const { return std::ranges::all_of(findings, &Finding::warning); }

Inspection inspect(Bytes file, Cluster cluster) { return Inspector(file, cluster).run(); }

std::string to_text(const Inspection& inspection, const std::string& file) {
  std::string out;
  for (const Finding& finding : inspection.findings)
    out += fmt::format("{}:{:#x}: {}{} [{}]\n", file, finding.at,
                       finding.warning ? "warning: " : "", finding.what, finding.rule);
  return out + fmt::format(
                   "{}: {}; SBPF v3, {} bytes of read-only data, {} of code, entry {:#x}, "
                   "security.txt {}\n",
                   file, inspection.sound() ? "sound" : "refused", inspection.rodata_bytes,
                   inspection.text_bytes, inspection.entry,
                   inspection.security_txt ? "present" : "absent");
}

std::string to_json_text(const Inspection& inspection, const std::string& file, Bytes bytes) {
  std::vector<FindingView> views;
  for (const Finding& finding : inspection.findings) views.push_back({&finding});
  wardhive::JsonWriter v;
  v("file", file);
  v("sha256", wardhive::to_hex(wardhive::sha256(bytes)));
  v("bytes", bytes.size());
  v("sound", inspection.sound());
  v("rodata_bytes", inspection.rodata_bytes);
  v("text_bytes", inspection.text_bytes);
  v("entry", inspection.entry);
  v("security_txt", inspection.security_txt);
  v("findings", views);
  return "{" + v.text() + "}\n";
}

}  // namespace sbfld
