// The linker's pieces, each with the smallest input that shows it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "sbfld/audit.h"
#include "sbfld/image.h"
#include "sbfld/inspect.h"
#include "sbfld/object.h"
#include "sbfld/stack.h"
#include "sbfld/syscalls.h"

namespace sbfld {
namespace {

using Text = std::vector<std::uint8_t>;
constexpr std::array<std::uint8_t, 8> kExit = {kOpExit};

Text code(std::initializer_list<std::array<std::uint8_t, 8>> instructions) {
  Text text;
  for (const auto& insn : instructions) text.insert(text.end(), insn.begin(), insn.end());
  return text;
}

std::vector<std::string> rules(const Text& text, Cluster cluster = Cluster::Mainnet) {
  std::vector<std::string> out;
  for (const Finding& finding : audit_text(text, cluster)) out.emplace_back(finding.rule);
  return out;
}

Text syscall(std::string_view name) {
  Text text = code({{kOpCall}, kExit});
  store(text, 4, murmur3(name), 4);
  return text;
}

Program small() {
  Program program;
  program.text = code({kExit});
  program.entry = kTextAddress;
  program.symbols.push_back({"entrypoint", kTextAddress, 8, true, true, false, 0});
  return program;
}

// The figure that solana-toolchain sources and the VM agree on.
TEST(Syscalls, HashesAsTheVmDoes) { EXPECT_EQ(murmur3("sol_log_"), 544561597u); }

TEST(Syscalls, NoTwoHashAlike) {
  for (const Syscall& syscall : syscalls())
    EXPECT_EQ(syscall_with(murmur3(syscall.name)), &syscall);
}

TEST(Audit, TakesPlainCode) { EXPECT_TRUE(rules(code({{0xb7}, kExit})).empty()); }

TEST(Audit, RefusesArithmeticOnHalves) {
  EXPECT_EQ(rules(code({{0x04, 1}, kExit})), std::vector<std::string>{"alu32"});
}

// The VM would run these as the unsigned forms: only the linker stands between them and the chain.
TEST(Audit, RefusesSignedFormsOfCpuV4) {
  EXPECT_EQ(rules(code({{0x3f, 0x21, 1}, kExit})), std::vector<std::string>{"sdiv"});
  EXPECT_EQ(rules(code({{0xbf, 0x21, 8}, kExit})), std::vector<std::string>{"movsx"});
}

TEST(Audit, ChecksSyscallsByCluster) {
  EXPECT_TRUE(rules(syscall("sol_log_")).empty());
  EXPECT_EQ(rules(syscall("sol_nonsense_")), std::vector<std::string>{"unknown-syscall"});
  EXPECT_EQ(rules(syscall("sol_remaining_compute_units")),
            std::vector<std::string>{"gated-syscall"});
  EXPECT_TRUE(rules(syscall("sol_remaining_compute_units"), Cluster::All).empty());
}

TEST(Image, IsSoundWithAndWithoutSymbolsAndReadOnlyData) {
  Program program = small();
  for (const std::size_t size : {0U, 24U}) {
    program.rodata.assign(size, 0);
    const auto bare = write_image(program, false), debug = write_image(program, true);
    EXPECT_TRUE(inspect(bare, Cluster::Mainnet).findings.empty());
    EXPECT_TRUE(inspect(debug, Cluster::Mainnet).findings.empty());
    EXPECT_TRUE(std::equal(bare.begin() + kEhdrSize, bare.end(), debug.begin() + kEhdrSize));
  }
}

TEST(Inspect, SurvivesEveryTruncation) {
  const auto image = write_image(small(), true);
  for (std::size_t size = 0; size < kEhdrSize + kPhdrSize + 8; ++size)
    EXPECT_FALSE(inspect(Bytes(image).first(size), Cluster::Mainnet).sound()) << size;
}

TEST(Object, RefusesWhatIsNone) {
  EXPECT_FALSE(read_object("x.o", {}));
  const auto image = write_image(small(), true);
  const auto read = read_object("x.so", image);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("compile with -c"), std::string::npos);
}

TEST(Stack, CountsFramesAndNamesRecursion) {
  Program program;
  program.text = code({{kOpCall, 0x10}, kExit, {kOpCall, 0x10}, kExit});
  store(program.text, 4, 1, 4);             // entrypoint calls slot 2
  store(program.text, 20, 0xffffffffU, 4);  // which calls itself
  program.symbols = {{"entrypoint", kTextAddress, 16, true, true, false, 0},
                     {"self", kTextAddress + 16, 16, true, true, false, 0}};
  EXPECT_TRUE(stack_depths(program)[0].recursive);
  store(program.text, 16, kOpExit, 8);
  EXPECT_EQ(stack_depths(program)[0].frames, 2u);
  EXPECT_FALSE(stack_depths(program)[0].recursive);
}

}  // namespace
}  // namespace sbfld
