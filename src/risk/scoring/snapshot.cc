#include "risk/scoring/snapshot.h"

#include <fmt/format.h>

#include <cmath>

#include "base/codec.h"
#include "base/limits.h"

namespace wardhive::scoring {

WARDHIVE_STATE(Claim) {
  v(self.amount);
  v(self.decays_from);
  v(self.raised_at);
  v(self.repeats);
  v(self.kind);
  v(self.settled);
  v(self.observer.kind);
  v(self.observer.name);
  v(self.summary);
}

namespace {

constexpr std::uint32_t kMagic = 0x4b534957;  // "WISK"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kNameBytesMax = 64;
constexpr Ns kHoldMax = hours(24 * 7).count();
constexpr std::int64_t kSecondsMax =
    (kTimeMax + kHoldMax) / 1'000'000'000 + 2;  // a look after the last hold

template <class V>
void counters(V& v, auto& state) {
  v(state.now);
  v(state.entities_dropped);
  v(state.findings);
  v(state.claims_dropped);
  v(state.allow_refused);
}

bool valid(const Entity& entity) {
  return entity.kind <= EntityKind::Account && entity.name.size() <= kNameBytesMax;
}

// As `raise_claim` leaves it: a held claim decays from a time that lies ahead by the hold at most.
bool valid(const Claim& claim) {
  return std::isfinite(claim.amount) && claim.amount >= 0 && claim.amount <= 100 &&
         claim.decays_from >= 0 && claim.decays_from <= kTimeMax + kHoldMax &&
         claim.raised_at >= 0 && claim.raised_at <= kTimeMax && claim.repeats > 0 &&
         static_cast<std::size_t>(claim.kind) < kKinds && valid(claim.observer) &&
         !(claim.settled && claim.amount != 0);
}

std::unexpected<Error> corrupt(std::string_view what) {
  return fail(ErrorCode::Corrupt, fmt::format("risk snapshot: {}", what));
}

Status load_allow_list(BinaryReader& in, AllowList& list) {
  std::vector<std::string> texts;
  in(texts);
  if (in.broken() || list.replace(texts) != 0) return corrupt("bad allow list");
  const auto commanded = in.take<std::uint32_t>();
  for (std::uint32_t i = 0; i < commanded && !in.broken(); ++i) {
    Entity entity;
    in(entity.kind);
    in(entity.name);
    if (!valid(entity) || list.allow(entity) != 0) return corrupt("bad allowed entity");
  }
  return ok();
}

Status load_entity(BinaryReader& in, Entities& entities, std::uint8_t& rank) {
  Entity subject;
  in(subject.kind);
  in(subject.name);
  std::uint64_t dropped = 0;
  if (in.broken() || !valid(subject) || entities.find(subject) != nullptr)
    return corrupt("bad or repeated entity");
  auto& scored = entities.insert(subject, dropped);
  if (dropped != 0) return corrupt("more entities than fit");
  in(scored.value);
  in(scored.given);
  const auto due_s = in.take<std::int64_t>();
  if (scored.value > rank || scored.given > 100 || due_s < 0 || due_s > kSecondsMax)
    return corrupt("bad rank or due time");
  rank = scored.value;

  const auto count = in.take<std::uint32_t>();
  if (count == 0 || count > limits::kClaimsPerEntityMax) return corrupt("bad count of claims");
  for (std::uint32_t i = 0; i < count; ++i) {
    auto& claim = scored.claims.emplace_back();
    in(claim);
    if (in.broken() || !valid(claim)) return corrupt("bad claim");
  }
  entities.restore(scored, due_s);
  return ok();
}

}  // namespace

// Entities go by rank, oldest first, so that loading them in turn restores the order of eviction.
std::string save(const State& state) {
  BinaryWriter out;
  out(kMagic);
  out(kVersion);
  counters(out, state);
  out(state.allow_list.listed());
  out(static_cast<std::uint32_t>(state.allow_list.commanded().size()));
  for (const auto& entity : state.allow_list.commanded()) {
    out(entity.kind);
    out(entity.name);
  }
  out(state.entities.looked_until_s());
  out(static_cast<std::uint32_t>(state.entities.size()));
  state.entities.for_ranked([&](const Scored& scored) {
    out(scored.subject->kind);
    out(scored.subject->name);
    out(scored.value);
    out(scored.given);
    out(scored.due_s);
    out(static_cast<std::uint32_t>(scored.claims.size()));
    for (const auto& claim : scored.claims) out(claim);
    return true;
  });
  return out.take();
}

Status load(std::string_view bytes, State& state) {
  BinaryReader in(bytes);
  if (in.take<std::uint32_t>() != kMagic) return corrupt("not one");
  if (const auto version = in.take<std::uint32_t>(); version != kVersion && !in.broken())
    return fail(
        ErrorCode::Unsupported,
        fmt::format("risk snapshot has version {}; this build reads {}", version, kVersion));
  counters(in, state);
  if (state.now < 0 || state.now > kTimeMax) return corrupt("bad time");
  WARDHIVE_TRY(load_allow_list(in, state.allow_list));
  const auto looked_until_s = in.take<std::int64_t>();
  if (looked_until_s < 0 || looked_until_s > kSecondsMax) return corrupt("bad time");
  state.entities.set_looked_until_s(looked_until_s);
  const auto count = in.take<std::uint32_t>();
  std::uint8_t rank = 100;
  for (std::uint32_t i = 0; i < count; ++i) WARDHIVE_TRY(load_entity(in, state.entities, rank));
  if (in.broken() || !in.rest().empty()) return corrupt("wrong length");
  return ok();
}

}  // namespace wardhive::scoring
