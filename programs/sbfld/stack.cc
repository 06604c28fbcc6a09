#include "sbfld/stack.h"

#include <algorithm>

namespace sbfld {
namespace {

class Calls {
 public:
  explicit Calls(const Program& program)
      : program_(program),
        edges_(program.symbols.size()),
        depths_(program.symbols.size()),
        state_(program.symbols.size()) {
    for (std::size_t i = 0; i < edges_.size(); ++i)
      if (program.symbols[i].function) read(i);
    mark_aliases();
  }

  std::vector<Depth> run() {
    for (std::size_t i = 0; i < edges_.size(); ++i)
      if (program_.symbols[i].function) walk(i);
    return std::move(depths_);
  }

 private:
  enum class State : std::uint8_t { New, Open, Done };

  // The first symbol at an address stands for all that share it (constructors C1 and C2).
  std::size_t at(std::uint64_t address) const {
    const auto found =
        std::ranges::upper_bound(program_.symbols, address, {}, &PlacedSymbol::address);
    for (auto it = found; it != program_.symbols.begin();) {
      --it;
      if (it->function && address - it->address < std::max<std::uint64_t>(it->size, 1))
        return static_cast<std::size_t>(it - program_.symbols.begin());
    }
    return program_.symbols.size();
  }

  void read(std::size_t i) {
    const PlacedSymbol& symbol = program_.symbols[i];
    const std::uint64_t begin = symbol.address - kTextAddress;
    for (std::uint64_t p = begin;
         p + kInsnSize <= std::min<std::uint64_t>(begin + symbol.size, program_.text.size());
         p += kInsnSize) {
      const Insn insn = decode(program_.text, p);
      if (insn.op == kOpLddw) {
        p += kInsnSize;
      } else if (insn.op == kOpCall && insn.src == 1) {
        const std::size_t to = at(kTextAddress + p + kInsnSize +
                                  static_cast<std::uint64_t>(std::int64_t{insn.imm} * 8));
        if (to < edges_.size()) edges_[i].push_back(to);
      } else if (insn.op == kOpCallx) {
        depths_[i].pointers = true;
      }
    }
  }

  void mark_aliases() {
    for (std::size_t i = 0; i < edges_.size(); ++i)
      if (program_.symbols[i].address_taken) taken_.push_back(i);
    for (std::size_t i = 0; i < edges_.size(); ++i)
      if (depths_[i].pointers) edges_[i].insert(edges_[i].end(), taken_.begin(), taken_.end());
  }

  // Recursion as deep as the longest path without a cycle; a program has some hundred functions.
  void walk(std::size_t i) {
    if (state_[i] != State::New) return;
    state_[i] = State::Open;
    Depth& depth = depths_[i];
    for (const std::size_t to : edges_[i]) {
      walk(to);
      if (state_[to] == State::Open || depths_[to].recursive) depth.recursive = true;
      depth.pointers |= depths_[to].pointers;
      depth.frames = std::max(depth.frames, depths_[to].frames);
    }
    depth.frames = depth.recursive ? 0 : depth.frames + 1;
    state_[i] = State::Done;
  }

  const Program& program_;
  std::vector<std::vector<std::size_t>> edges_;
  std::vector<Depth> depths_;
  std::vector<State> state_;
  std::vector<std::size_t> taken_;
};

}  // namespace

std::vector<Depth> stack_depths(const Program& program) { return Calls(program).run(); }

}  // namespace sbfld
