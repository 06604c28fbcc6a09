// Foreign snapshots (even first byte) and arbitrary sequences of claims (odd).
#include "base/check.h"
#include "risk/risk.h"

namespace wardhive {
namespace {

void check(const Score& score) {
  std::int32_t sum = 0;
  for (const auto& part : score.contributions) sum += part.milli;
  WARDHIVE_ASSERT(sum == score.log_odds_milli && score.value <= 100);
}

void load(std::string_view bytes) {
  auto risk = *Risk::make({}, 8);
  if (!risk->load(bytes)) return;
  const auto saved = risk->save();
  auto again = *Risk::make({}, 8);
  WARDHIVE_ASSERT(again->load(saved).has_value() && again->save() == saved);
  std::vector<Score> out;
  for (const auto at : {Instant(), Instant(hours(1'000)), Instant::max()})
    risk->record({1, at, Tick{}}, out);
  for (const auto& score : risk->top(8, Instant::max())) check(score);
}

// Four bytes a step: what, about whom, by whom, how long after the last one.
void walk(std::string_view bytes) {
  auto risk = *Risk::make({}, 8);
  Instant now;
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
    const auto step = seconds(std::int64_t{1} << (byte(3) % 32));
    now = now > Instant::max() - step ? Instant::max() : now + step;
    const auto subject = byte(1) % 2 == 0 ? node("n" + std::to_string(byte(1) / 2))
                                          : address("192.0.2." + std::to_string(byte(1)));
    std::vector<Score> out;
    if (byte(0) < 20) {
      risk->settle({subject, now, "inc-1"}, now, out);
    } else if (byte(0) < 60) {
      risk->record({1, now, Tick{}}, out);
    } else {
      Finding finding;
      finding.kind = static_cast<FindingKind>(byte(0) % 7);
      finding.phase = byte(0) < 120 ? FindingPhase::Cleared : FindingPhase::Raised;
      finding.subject = subject;
      finding.observer = node("o" + std::to_string(byte(2) % 40));
      finding.strength = byte(2);
      risk->record({1, now, finding}, out);
    }
    for (const auto& score : out) check(score);
  }
  const auto saved = risk->save();
  auto again = *Risk::make({}, 8);
  WARDHIVE_ASSERT(again->load(saved).has_value() && again->save() == saved);
}

}  // namespace
}  // namespace wardhive

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0)
    wardhive::load(bytes);
  else
    wardhive::walk(bytes);
  return 0;
}
