// The table of all accounts, for tools and clients.
#pragma once

#include "abi/accounts.h"
#include "abi/incident.h"
#include "abi/lease.h"
#include "abi/node.h"

namespace swarm {

namespace detail {
template <class T>
consteval AccountSchema describe(const char* name, const char* seeds,
                                 std::span<const Field> fields) {
  return {name, static_cast<std::uint8_t>(T::kTag), T::kVersion, sizeof(T), seeds, fields};
}
}  // namespace detail

// `seeds`: literals in quotes, then fields of the account.
inline constexpr AccountSchema kAccounts[] = {
    detail::describe<Config>("Config", "\"cfg\"", kConfigFields),
    detail::describe<Set>("Set", "\"set\", kind", kSetFields),
    detail::describe<Pool>("Pool", "\"pool\"", kPoolFields),
    detail::describe<Fleet>("Fleet", "\"flt\"", kFleetFields),
    detail::describe<Work>("Work", "\"wrk\"", kWorkFields),
    detail::describe<Position>("Position", "\"pos\", owner, nonce", kPositionFields),
    detail::describe<Node>("Node", "\"node\", identity", kNodeFields),
    detail::describe<Digest>("Digest", "\"dig\", sha256", kDigestFields),
    detail::describe<Lease>("Lease", "\"lse\", tenant, nonce", kLeaseFields),
    detail::describe<Incident>("Incident", "\"inc\", id", kIncidentFields),
    detail::describe<Op>("Op", "\"op\", op_seq", kOpFields),
};

}  // namespace swarm
