// A program with each thing that the linker has to get right: virtual calls and tables of pointers
// in read-only data, recursion, strings, a syscall, security.txt. Data byte 9 recurses; any other
// logs a name and returns what a virtual function makes of the byte, as a custom error.
#include <cstdint>

extern "C" std::uint64_t sol_log_(const char* text, std::uint64_t size);

namespace {

struct Rule {
  virtual std::uint64_t apply(std::uint64_t value) const = 0;
};
struct Shift final : Rule {
  std::uint64_t apply(std::uint64_t value) const override { return value + 6000; }
};
struct Double final : Rule {
  std::uint64_t apply(std::uint64_t value) const override { return value * 2; }
};

constexpr Shift kShift;
constexpr Double kDouble;
constexpr const Rule* kRules[] = {&kShift, &kDouble};
constexpr const char* kNames[] = {"alpha", "beta.", "gamma"};

[[gnu::noinline]] std::uint64_t recurse(std::uint64_t n) {
  return n == 0 ? 1 : recurse(n - 1) * 3 + n;
}

}  // namespace

__attribute__((section(".security.txt"), used)) extern const char security_txt[] =
    "=======BEGIN SECURITY.TXT V1=======\0name\0features\0=======END SECURITY.TXT V1=======";

extern "C" std::uint64_t entrypoint(std::uint8_t*, std::uint8_t* data) {
  const std::uint64_t which = data[0];
  sol_log_(kNames[which % 3], 5);
  if (which == 9) return recurse(5);
  return kRules[which & 1]->apply(which + 1);
}
