// A snapshot from a damaged disk: refused, or good enough to go on from.
#include "base/check.h"
#include "respond/respond.h"

namespace wardhive {
namespace {

Settings fuzz_settings() {
  Settings settings;
  settings.respond.mode = Mode::Enforce;
  return settings;
}

std::unique_ptr<Respond> make() {
  const Playbook bans{"brute-force",
                      1,
                      "attack",
                      {FindingKind::AuthFailureBurst},
                      0,
                      {},
                      {{Verb::BanAddress, PlaybookScope::Reporter}},
                      Recovery::Expire,
                      "a"};
  const Playbook drains{"bad-node",
                        1,
                        "breach",
                        {FindingKind::Unreachable},
                        0,
                        {},
                        {{Verb::DrainNode, PlaybookScope::Gateways}},
                        Recovery::Staged,
                        "b"};
  static const auto settings = fuzz_settings();
  return std::move(*Respond::make(settings, {bans, drains}));
}

}  // namespace
}  // namespace wardhive

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  const auto respond = make();
  if (!respond->load({reinterpret_cast<const char*>(data), size})) return 0;
  const auto saved = respond->save();
  const auto again = make();
  WARDHIVE_ASSERT(again->load(saved).has_value() && again->save() == saved);

  // The states it came with are walked on from: time, answers, and a person's commands.
  RespondOutput out;
  std::uint64_t offset = 1'000'000'000;
  auto now = instant_from_ns(1'800'000'000LL * 1'000'000'000);
  const auto feed = [&](const Record& record) { respond->step({++offset, now, record}, {}, out); };
  for (int i = 0; i < 3; ++i, now += seconds(7)) feed(Tick{});
  for (const auto& action : respond->standing_actions())
    feed(Receipt{action.id, node(action.agent),
                 action.present ? Outcome::Applied : Outcome::Removed, true, action.version, 1, 1,
                 now, ""});
  feed(Health{node("job-1"), node("gw-1"), now, now, 9, 0, 50, 0, 100, true});
  for (int i = 0; i < 5; ++i, now += minutes(9)) feed(Tick{});
  const auto decisions = out.decisions;
  for (const auto& decision : decisions)
    feed(Command{CommandKind::Hold, "ada", "", decision.id, {}, {}, ""});
  for (const auto& decision : decisions)
    feed(Command{CommandKind::Release, "ada", "", decision.id, {}, {}, ""});
  feed(Command{CommandKind::ReleaseAll, "ada", "", {}, {}, {}, ""});
  for (int i = 0; i < 10; ++i, now += seconds(3)) feed(Tick{});
  WARDHIVE_ASSERT(respond->stats().decisions_active == 0);
  return 0;
}
