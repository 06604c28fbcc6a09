#include "sbfld/audit.h"

#include <fmt/format.h>

#include <utility>

namespace sbfld {
namespace {

constexpr std::uint8_t kLd = 0, kLdx = 1, kSt = 2, kStx = 3, kAlu32 = 4, kJmp = 5, kJmp32 = 6,
                       kAlu64 = 7;
constexpr std::string_view kCpu = "compile with -mcpu=v2";

class Audit {
 public:
  Audit(Bytes text, Cluster cluster) : text_(text), cluster_(cluster) {}

  std::vector<Finding> run() {
    mark_second_slots();
    for (at_ = 0; at_ < text_.size(); at_ += kInsnSize) {
      if (second_[at_ / kInsnSize]) continue;
      insn_ = decode(text_, at_);
      look();
    }
    return std::move(found_);
  }

 private:
  void add(std::string_view rule, std::string what) {
    found_.push_back({rule, at_, std::move(what)});
  }

  void mark_second_slots() {
    second_.resize(text_.size() / kInsnSize);
    for (std::size_t i = 0; i + 1 < second_.size(); ++i)
      if (!second_[i] && text_[i * kInsnSize] == kOpLddw) second_[i + 1] = true;
  }

  void look() {
    if (insn_.dst > 10 || insn_.src > 10)
      return add("register", fmt::format("opcode {:#04x} names register r{}; there are r0 to r10",
                                         insn_.op, insn_.dst > 10 ? insn_.dst : insn_.src));
    switch (insn_.op & 7) {
      case kLd:
        return load_wide();
      case kLdx:
        return load_memory();
      case kSt:
        return insn_.op == 0x62 || insn_.op == 0x6a || insn_.op == 0x72 || insn_.op == 0x7a
                   ? void()
                   : unknown();
      case kStx:
        return store_register();
      case kAlu32:
        return alu32();
      case kJmp:
        return jump();
      case kJmp32:
        return jump32();
      case kAlu64:
        return alu64();
    }
  }

  void unknown() {
    add("unknown-opcode", fmt::format("opcode {:#04x} is no instruction of SBPF v3", insn_.op));
  }

  void write_to_frame() {
    if (insn_.dst == 10)
      add("frame-pointer-write",
          fmt::format("opcode {:#04x} writes to r10, the frame pointer, which is read-only",
                      insn_.op));
  }

  void load_wide() {
    if (insn_.op != kOpLddw) return unknown();
    write_to_frame();
    const std::size_t next = at_ + kInsnSize;
    if (next >= text_.size())
      return add("lddw-last", "lddw is the last slot of the text; its second half is missing");
    if (text_[next] != 0 || text_[next + 1] != 0 || load(text_, next + 2, 2) != 0)
      add("lddw-half",
          fmt::format("the slot after lddw has opcode {:#04x}; expected 0, its second half",
                      text_[next]));
    if (insn_.src != 0)
      add("lddw-half", fmt::format("lddw has source register {}; expected 0", insn_.src));
  }

  void load_memory() {
    if (insn_.op == 0x81 || insn_.op == 0x89 || insn_.op == 0x91)
      return add(
          "ldsx",
          fmt::format("sign-extending load (opcode {:#04x}, cpu v4) is unknown to SBPF v3; {}",
                      insn_.op, kCpu));
    if (insn_.op != 0x61 && insn_.op != 0x69 && insn_.op != 0x71 && insn_.op != 0x79)
      return unknown();
    write_to_frame();
  }

  void store_register() {
    if (insn_.op == 0xc3 || insn_.op == 0xdb || insn_.op == 0xcb || insn_.op == 0xd3)
      return add("atomic", fmt::format("atomic operation (opcode {:#04x}) is unknown to SBPF v3; a "
                                       "program has one thread: use plain variables",
                                       insn_.op));
    if (insn_.op != 0x63 && insn_.op != 0x6b && insn_.op != 0x73 && insn_.op != 0x7b) unknown();
  }

  void alu32() {
    const bool byte_order = insn_.op == 0xd4 || insn_.op == 0xdc;
    if (!byte_order)
      return add("alu32",
                 fmt::format("32-bit arithmetic (opcode {:#04x}, cpu v3) gives other results in "
                             "SBPF v3 than LLVM meant: sign- instead of zero-extended; {}",
                             insn_.op, kCpu));
    write_to_frame();
    if (insn_.imm != 16 && insn_.imm != 32 && insn_.imm != 64)
      add("byte-swap-width",
          fmt::format("byte order operation on {} bits; expected 16, 32 or 64", insn_.imm));
  }

  void alu64() {
    const std::uint8_t operation = insn_.op >> 4;
    const bool by_register = (insn_.op & 8) != 0;
    if (operation == 0xd)
      return add("bswap", fmt::format("bswap (opcode {:#04x}, cpu v4) is unknown to SBPF v3; {}",
                                      insn_.op, kCpu));
    if (operation > 0xd || insn_.op == 0x8f) return unknown();
    write_to_frame();
    if ((operation == 3 || operation == 9) && insn_.off != 0)
      return add(
          "sdiv",
          fmt::format(
              "signed {} (cpu v4) is unknown to SBPF v3, which would compute the unsigned one; {}",
              operation == 3 ? "division" : "remainder", kCpu));
    if (operation == 0xb && insn_.off != 0)
      return add("movsx", fmt::format("sign-extending move (cpu v4) is unknown to SBPF v3, which "
                                      "would copy all 64 bits; {}",
                                      kCpu));
    if (by_register) return;
    if ((operation == 3 || operation == 9) && insn_.imm == 0)
      add("division-by-zero", "divides by the constant 0");
    if ((operation == 6 || operation == 7 || operation == 0xc) && (insn_.imm < 0 || insn_.imm > 63))
      add("shift-width",
          fmt::format("shifts 64 bits by the constant {}; expected 0 to 63", insn_.imm));
  }

  void jump() {
    switch (insn_.op) {
      case kOpCall:
        return call();
      case kOpCallx:
        return callx();
      case kOpExit:
        return;
      case kOpJa:
        return target(insn_.off);
    }
    if (insn_.op >> 4 == 0 || insn_.op >> 4 > 0xd || insn_.op >> 4 == 8 || insn_.op >> 4 == 9)
      return unknown();
    target(insn_.off);
  }

  void jump32() {
    if (insn_.op == 0x06)
      return add("gotol",
                 fmt::format("gotol (opcode 0x06, cpu v4) is unknown to SBPF v3; {}", kCpu));
    const std::uint8_t operation = insn_.op >> 4;
    if (operation == 0 || operation > 0xd || operation == 8 || operation == 9) return unknown();
    target(insn_.off);
  }

  void target(std::int64_t slots) {
    const std::int64_t to = static_cast<std::int64_t>(at_ / kInsnSize) + 1 + slots;
    if (to < 0 || to >= static_cast<std::int64_t>(second_.size()))
      return add("jump-out-of-text",
                 fmt::format("jumps to slot {} of a text of {} slots", to, second_.size()));
    if (second_[static_cast<std::size_t>(to)])
      add("jump-into-lddw", fmt::format("jumps to slot {}, the second half of an lddw", to));
  }

  void call() {
    if (insn_.src == 1) return target(insn_.imm);
    if (insn_.src != 0)
      return add("call-kind",
                 fmt::format("call has source register {}; expected 0 (syscall) or 1 (function)",
                             insn_.src));
    const auto hash = static_cast<std::uint32_t>(insn_.imm);
    const Syscall* syscall = syscall_with(hash);
    if (syscall == nullptr)
      return add("unknown-syscall",
                 fmt::format("calls a syscall with hash {:#010x} that no cluster knows; the loader "
                             "takes it, and each call fails (is a function undefined?)",
                             hash));
    if (cluster_ == Cluster::Mainnet && !syscall->mainnet)
      add("gated-syscall", fmt::format("calls `{}`, which mainnet has not switched on: each call "
                                       "would fail; leave it out or link with --cluster all",
                                       syscall->name));
  }

  void callx() {
    if (insn_.src != 0 || insn_.off != 0 || insn_.imm != 0)
      add("callx-form", fmt::format("callx has src {}, off {}, imm {}; expected all 0, the "
                                    "register in dst (compile with clang 19 or newer)",
                                    insn_.src, insn_.off, insn_.imm));
    if (insn_.dst == 10) add("callx-form", "callx through r10, the frame pointer");
  }

  Bytes text_;
  Cluster cluster_;
  std::vector<bool> second_;
  std::size_t at_ = 0;
  Insn insn_;
  std::vector<Finding> found_;
};

}  // namespace

std::vector<Finding> audit_text(Bytes text, Cluster cluster) { return Audit(text, cluster).run(); }

}  // namespace sbfld
