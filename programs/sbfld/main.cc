// The sbfld command: links a program, or inspects one. Exit 0 done and sound, 1 refused, 2 usage.
#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "sbfld/image.h"
#include "sbfld/inspect.h"
#include "sbfld/report.h"
#include "sbfld/stack.h"

namespace sbfld {
namespace {

using wardhive::ErrorCode;
using wardhive::Result;
using wardhive::Status;

constexpr std::string_view kHelp = R"(usage: sbfld -o PROGRAM.so [OPTION...] OBJECT...
       sbfld inspect [--json] [--cluster NAME] PROGRAM.so...

Links objects of clang++-19 --target=bpf -mcpu=v2 into a Solana program (SBPF v3), or checks a
program against the rules of the v3 loader and verifier. Equal objects in equal order give equal bytes.

  -o FILE          the program to write
  -g               with section headers and symbols; the segments stay the same
  --debug FILE     writes the variant of -g to FILE as well
  --map FILE       writes addresses, sizes and frames of each symbol
  --manifest FILE  writes hash, compiler, flags, syscalls and objects as JSON
  --compiler TEXT  the compiler's version, for the manifest
  --flags TEXT     the compiler's flags, for the manifest
  --cluster NAME   whose syscalls may be called: mainnet (default), or all (every feature gate on)
  --json           findings as JSON, one object a line for each file
  --version, --help

Exit: 0 done, 1 refused, 2 wrong usage.
)";

struct Arguments {
  std::string out, debug, map, manifest;
  BuildFacts facts;
  bool symbols = false, json = false, inspect = false;
  std::vector<std::string> files;
};

Result<Arguments> parse(const std::vector<std::string>& words) {
  Arguments a;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    std::string* text = word == "-o"           ? &a.out
                        : word == "--debug"    ? &a.debug
                        : word == "--map"      ? &a.map
                        : word == "--manifest" ? &a.manifest
                        : word == "--compiler" ? &a.facts.compiler
                        : word == "--flags"    ? &a.facts.flags
                                               : nullptr;
    if (text != nullptr || word == "--cluster") {
      if (i + 1 == words.size())
        return wardhive::fail(ErrorCode::InvalidInput, word + " needs a value after it");
      if (text != nullptr) {
        *text = words[++i];
        continue;
      }
      const auto cluster = cluster_named(words[++i]);
      if (!cluster)
        return wardhive::fail(
            ErrorCode::InvalidInput,
            fmt::format("--cluster is \"{}\"; expected mainnet or all", words[i]));
      a.facts.cluster = *cluster;
    } else if (word == "-g") {
      a.symbols = true;
    } else if (word == "--json") {
      a.json = true;
    } else if (i == 0 && word == "inspect") {
      a.inspect = true;
    } else if (word.starts_with('-')) {
      return wardhive::fail(ErrorCode::InvalidInput, fmt::format("unknown option {}", word));
    } else {
      a.files.push_back(word);
    }
  }
  if (a.files.empty())
    return wardhive::fail(ErrorCode::InvalidInput,
                          a.inspect ? "no program to inspect" : "no objects to link");
  if (!a.inspect && a.out.empty())
    return wardhive::fail(ErrorCode::InvalidInput, "no -o FILE, the program to write");
  return a;
}

Status write(const std::string& path, Bytes bytes) {
  return path.empty() ? wardhive::ok()
                      : wardhive::write_file_atomically(
                            path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
Status write(const std::string& path, const std::string& text) {
  return write(path, wardhive::as_bytes(text));
}

Status check_depth(const Program& program) {
  const std::vector<Depth> depths = stack_depths(program);
  for (std::size_t i = 0; i < depths.size(); ++i) {
    const PlacedSymbol& symbol = program.symbols[i];
    if (symbol.address != program.entry || !symbol.function) continue;
    const std::string deep = fmt::format("calls go {} frames deep; the VM has {} (see --map)",
                                         depths[i].frames, kFramesMax);
    if (depths[i].frames > kFramesMax && !depths[i].pointers)
      return wardhive::fail(ErrorCode::InvalidInput, deep);
    if (depths[i].frames > kFramesMax)
      fmt::print(stderr, "sbfld: warning: {}, if each pointer calls the deepest function\n", deep);
    break;
  }
  return wardhive::ok();
}

Status link_program(Arguments a) {
  std::vector<Object> objects;
  for (const std::string& file : a.files) {
    WARDHIVE_ASSIGN(const std::string text, wardhive::read_file(file, kFileMax));
    const Bytes bytes = wardhive::as_bytes(text);
    WARDHIVE_ASSIGN(Object object, read_object(file, {bytes.begin(), bytes.end()}));
    objects.push_back(std::move(object));
  }
  WARDHIVE_ASSIGN(const Program program, link(objects, {a.facts.cluster}));
  WARDHIVE_TRY(check_depth(program));
  const std::vector<std::uint8_t> image = write_image(program, a.symbols);
  a.facts.name = a.out.substr(a.out.rfind('/') + 1);
  if (!a.debug.empty()) WARDHIVE_TRY(write(a.debug, write_image(program, true)));
  if (!a.map.empty()) WARDHIVE_TRY(write(a.map, write_map(program, objects)));
  if (!a.manifest.empty())
    WARDHIVE_TRY(write(a.manifest, write_manifest(program, objects, a.facts, image)));
  return write(a.out, image);
}

Result<bool> inspect_programs(const Arguments& a) {
  bool sound = true;
  for (const std::string& file : a.files) {
    WARDHIVE_ASSIGN(const std::string text, wardhive::read_file(file, kFileMax));
    const Inspection found = inspect(wardhive::as_bytes(text), a.facts.cluster);
    const std::string shown =
        a.json ? to_json_text(found, file, wardhive::as_bytes(text)) : to_text(found, file);
    std::fwrite(shown.data(), 1, shown.size(), stdout);
    sound = sound && found.sound();
  }
  return sound;
}

int run(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--help" || word == "-h") return fmt::print("{}", kHelp), 0;
    if (word == "--version") return fmt::print("sbfld {}\n", kLinkerVersion), 0;
  }
  Result<Arguments> arguments = parse(words);
  if (!arguments)
    return fmt::print(stderr, "sbfld: {} (sbfld --help)\n", arguments.error().message), 2;
  if (arguments->inspect) {
    const Result<bool> sound = inspect_programs(*arguments);
    if (sound) return *sound ? 0 : 1;
    return fmt::print(stderr, "sbfld: {}\n", sound.error().message), 1;
  }
  const Status linked = link_program(std::move(*arguments));
  if (linked) return 0;
  fmt::print(stderr, "sbfld: {}\n", linked.error().message);
  return 1;
}

}  // namespace
}  // namespace sbfld

int main(int argc, char** argv) { return sbfld::run({argv + 1, argv + argc}); }
