// The syscalls a program may call, for each cluster, and the hash by which v3 code names them.
// Source: anza-xyz/agave `create_program_runtime_environment`; programs/sbfld/vm_rules.test.mjs
// asks the VM about each. The v3 loader does not check the names: an unknown one deploys and
// fails when called, so the linker must.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sbfld {

enum class Cluster : std::uint8_t { Mainnet, All };  // All: every feature gate on

struct Syscall {
  std::string_view name;
  bool mainnet;  // false: behind a gate that mainnet has not switched on
};

std::span<const Syscall> syscalls();
std::optional<Cluster> cluster_named(std::string_view name);  // "mainnet" or "all"

// Murmur3 (x86, 32 bits, seed 0).
std::uint32_t murmur3(std::string_view name);
// The syscall with this hash, or nullptr.
const Syscall* syscall_with(std::uint32_t hash);

}  // namespace sbfld
