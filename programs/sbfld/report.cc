#include "sbfld/report.h"

#include <fmt/format.h>

#include <string_view>

#include "base/bytes.h"
#include "base/json.h"
#include "sbfld/stack.h"

namespace sbfld {
namespace {

std::string base_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string frames_text(const Depth& depth) {
  if (depth.recursive) return depth.pointers ? "recursive*" : "recursive";
  return fmt::format("{}{}", depth.frames, depth.pointers ? "*" : "");
}

struct ObjectFacts {
  std::string name, sha256;
};
template <class Self, class V>
void fields(Self& self, V& v)
  requires std::same_as<std::remove_const_t<Self>, ObjectFacts>
{
  v("name", self.name);
  v("sha256", self.sha256);
}

Depth depth_of_entry(const Program& program) {
  const std::vector<Depth> depths = stack_depths(program);
  for (std::size_t i = 0; i < depths.size(); ++i)
    if (program.symbols[i].name == "entrypoint" && program.symbols[i].global) return depths[i];
  return {};
}

}  // namespace

std::string write_map(const Program& program, std::span<const Object> objects) {
  const std::vector<Depth> depths = stack_depths(program);
  std::string out = fmt::format(
      "# read-only data {} bytes at 0, code {} bytes at {:#x}, entry {:#x}\n"
      "# frames: this function's and its callees', of {}; * counts a call through a pointer as a "
      "call of any\n"
      "# function whose address is taken; recursive: depends on the data\n"
      "# {:>9} {:>7} {:>10} {:<24} symbol\n",
      program.rodata.size(), program.text.size(), kTextAddress, program.entry, kFramesMax,
      "address", "size", "frames", "object");
  for (std::size_t i = 0; i < program.symbols.size(); ++i) {
    const PlacedSymbol& symbol = program.symbols[i];
    out += fmt::format("{:#011x} {:>7} {:>10} {:<24} {}\n", symbol.address, symbol.size,
                       symbol.function ? frames_text(depths[i]) : "-",
                       base_name(objects[symbol.object].file), symbol.name);
  }
  return out;
}

std::string write_manifest(const Program& program, std::span<const Object> objects,
                           const BuildFacts& facts, Bytes image) {
  std::vector<ObjectFacts> parts;
  for (const Object& object : objects)
    parts.push_back({base_name(object.file), wardhive::to_hex(wardhive::sha256(object.data))});
  const Depth depth = depth_of_entry(program);
  wardhive::JsonWriter v;
  std::string out = "{";
  v("manifest", 1);
  v("name", facts.name);
  v("sha256", wardhive::to_hex(wardhive::sha256(image)));
  v("bytes", image.size());
  v("rodata_bytes", program.rodata.size());
  v("text_bytes", program.text.size());
  v("entry", program.entry);
  v("sbpf_version", 3);
  v("cluster", std::string_view(facts.cluster == Cluster::Mainnet ? "mainnet" : "all"));
  v("syscalls", program.syscalls);
  v("frames", depth.frames);
  v("recursive", depth.recursive);
  v("compiler", facts.compiler);
  v("flags", facts.flags);
  v("linker", std::string("sbfld ") + kLinkerVersion);
  v("objects", parts);
  return out + v.text() + "}\n";
}

}  // namespace sbfld
