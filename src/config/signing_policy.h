// What a treasury or operator key may be asked to sign (`wardhive chain check-tx --policy FILE`).
// Everything that is not allowed here is refused: an empty list allows nothing. Addresses are
// base58, SOL is counted in lamports, tokens in their smallest units. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace wardhive {

struct SigningLimits {
  std::uint64_t lamports = 0;
  std::uint64_t rent_lamports = 10'000'000;
  std::uint64_t fee_lamports = 1'000'000;
  std::uint32_t instructions = 12;
};
struct SigningToken {
  std::string mint;
  std::uint64_t units = 0;
  std::uint64_t window_units = 0;
};
struct SigningWindow {
  Duration duration = hours(24);
  std::uint64_t lamports = 0;
};
struct SigningPolicy {
  std::vector<std::string> ours, programs, destinations;
  std::vector<std::string> unreadable_programs, lookup_tables, upgrade_sha256, allow;
  std::string swarm_core, swarm_anchor;
  SigningLimits limit;
  SigningWindow window;
  std::vector<SigningToken> token;
};

// Any thread. Strict as parse_settings (config.h): InvalidInput with FILE:LINE for every problem.
// Whether an address is one is for who uses it.
Result<SigningPolicy> parse_signing_policy(std::string_view toml, std::string_view file_name);

template <class V>
void describe(V& v, SigningToken& token) {
  constexpr std::uint64_t kMax = std::uint64_t{1} << 62;
  v.value("mint", token.mint, "address of the token's mint");
  v.value("units", token.units, 0, kMax, "most that one transaction may send away");
  v.value("window_units", token.window_units, 0, kMax, "most that may leave within the window");
}
template <class V>
void describe(V& v, SigningPolicy& policy) {
  constexpr std::uint64_t kMax = std::uint64_t{1} << 62;
  v.value("ours", policy.ours, "keys whose money and powers are guarded; at least one");
  v.value("programs", policy.programs, "programs that an instruction may call");
  v.value("destinations", policy.destinations,
          "who may receive: an account, or the owner of a token or stake account");
  v.value("unreadable_programs", policy.unreadable_programs,
          "programs judged only by what their instructions change, because nobody reads them here");
  v.value("lookup_tables", policy.lookup_tables, "tables that a transaction may take keys from");
  v.value("upgrade_sha256", policy.upgrade_sha256,
          "hashes of program code (as `chain verify` shows them) that may be deployed");
  v.value("allow", policy.allow,
          "what is refused otherwise: authority_change, durable_nonce, upgrade");
  v.value("swarm_core", policy.swarm_core, "the program whose accounts are read by its schema");
  v.value("swarm_anchor", policy.swarm_anchor, "the program that keeps audit checkpoints");
  v.section("limit", "of one transaction", [&](auto& in) {
    in.value("lamports", policy.limit.lamports, 0, kMax, "most that may leave, rent and all");
    in.value("rent_lamports", policy.limit.rent_lamports, 0, kMax,
             "of that, what may go into accounts that it makes");
    in.value("fee_lamports", policy.limit.fee_lamports, 0, kMax, "most that the network may take");
    in.value("instructions", policy.limit.instructions, 1, 64,
             "more than a person reads is refused");
  });
  v.section("window", "limits over time; needs --state", [&](auto& in) {
    in.value("duration", policy.window.duration, minutes(1), hours(24 * 366), "how long it is");
    in.value("lamports", policy.window.lamports, 0, kMax, "most that may leave within it");
  });
  v.list("token", policy.token, "one for each token that may leave");
}

}  // namespace wardhive
