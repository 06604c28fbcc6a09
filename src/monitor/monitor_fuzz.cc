// Foreign bytes twice: a snapshot, and a stream of what senders may say. Whatever comes, tables
// stay within their bounds, claims stay in order, and a restart midway changes nothing.
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <tuple>

#include "base/bytes.h"
#include "monitor/detectors/rig.h"

namespace wardhive {
namespace {

constexpr MonitorBounds kSmall{
    .nodes = 8, .pairs = 8, .sources = 8, .series = 16, .look_series = 16};

Settings settings() {
  Settings s;
  s.thresholds = {{"node_load1", 8, 6, seconds(5), 30}};
  return s;
}

// With a valid checksum, or nothing behind it would ever be reached.
void load_and_go_on(std::string_view bytes) {
  Rig rig({}, settings(), kSmall);
  (void)rig.monitor->load(bytes);
  auto sealed = std::string(bytes);
  const auto sum = blake2b_128(as_bytes(sealed));
  sealed.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  if (!rig.monitor->load(sealed)) return;
  for (int i = 0; i < 8; ++i) {
    rig.pass(millis(700));
    rig.probe("job-1", "gw-1", i % 2 != 0, 0.1 * i);
    rig.sample(rig.define("node_load1", {}, node("job-1")), i);
    rig.event(EventKind::AuthFailed, address("192.0.2.7"), "job-1");
    rig.tick();
  }
  rig.restart();
}

class Script {
 public:
  explicit Script(std::string_view bytes) : rest_(bytes) {}
  bool done() const { return rest_.empty(); }
  unsigned byte() {
    if (rest_.empty()) return 0;
    const auto b = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return b;
  }
  double number() {
    std::uint64_t bits = 0;
    if (byte() % 4 != 0) return (byte() - 128.0) / 8;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | byte();
    return std::bit_cast<double>(bits);
  }
  // Near `now`, or anywhere in the int64 range.
  Instant time(Instant now) {
    const double by = number();
    return std::abs(by) < 1e9 ? std::clamp(now, kNever, kLatest) + from_seconds(by)
                              : instant_from_ns(from_seconds(by).count());
  }

 private:
  std::string_view rest_;
};

void step(Rig& rig, Script& script) {
  static constexpr std::string_view kLooks[] = {"probe_success",           "probe_duration_seconds",
                                                "gateway_requests_total",  "gateway_errors_total",
                                                "gateway_latency_seconds", "gateway_check_ok"};
  const auto name = [&] { return "n" + std::to_string(script.byte() % 12); };
  switch (script.byte() % 8) {
    case 0:
      rig.now = std::clamp(rig.now, kNever, kLatest) + millis(script.byte() * 20);
      return;
    case 1:
      rig.now = script.time(rig.now);
      return;
    case 2:
      return rig.tick();
    case 3:
      return rig.monitor->heard(name(), rig.now);
    case 4: {
      const auto kind = static_cast<EventKind>(script.byte() % 5);
      return rig.event(kind, address("192.0.2." + std::to_string(script.byte() % 12)), name());
    }
    case 5: {
      const auto metric = script.byte() % 2 ? "node_load1" : "node_cpu_seconds_total";
      return rig.sample_at(rig.define(metric, {{"i", name()}}, node("job-1")), script.number(),
                           script.time(rig.now));
    }
    case 6:
      return rig.record(script.byte() % 2
                            ? Record(ClockJumped{seconds(9)})
                            : Record(Inventory{{{name(), "", {}, {}, {}, true}}, {}, {}}));
    default:
      return rig.sample(rig.look(kLooks[script.byte() % 6], name(), "gw-1"), script.number());
  }
}

void play(std::string_view bytes) {
  Rig straight({}, settings(), kSmall), restarted({}, settings(), kSmall);
  Script a(bytes), b(bytes);
  for (int steps = 0; steps < 300 && !a.done(); ++steps) {
    step(straight, a);
    step(restarted, b);
    if (steps % 16 == 5) restarted.restart();
  }
  WARDHIVE_ASSERT(straight.monitor->save() == restarted.monitor->save());
  WARDHIVE_ASSERT(straight.out.findings.size() == restarted.out.findings.size());
  std::map<std::tuple<FindingKind, Entity, Entity>, bool> raised;
  for (const auto& f : straight.out.findings) {
    auto& is_raised = raised[{f.kind, f.subject, f.observer}];
    WARDHIVE_ASSERT(f.phase == FindingPhase::Raised || is_raised);
    WARDHIVE_ASSERT(f.since <= f.at && f.evidence.inputs.size() <= 8);
    is_raised = f.phase == FindingPhase::Raised;
  }
}

}  // namespace
}  // namespace wardhive

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  wardhive::load_and_go_on(bytes);
  wardhive::play(bytes);
  return 0;
}
