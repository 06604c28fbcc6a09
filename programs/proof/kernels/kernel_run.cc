// Runs the compiled kernels on what drift.py writes: a name and its numbers a line, one line back.
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/rules/bucket.h"
#include "core/rules/growth.h"
#include "core/rules/lease_money.h"
#include "core/rules/moment.h"
#include "core/rules/slash.h"
#include "core/rules/stream.h"
#include "core/rules/weight.h"
#include "sol/checked.h"
#include "sol/wide.h"

namespace {

using Words = std::vector<std::uint64_t>;

constexpr std::uint64_t kLate = 1'700'000'000;  // more than any period after second 0

// The numbers of a line, in order.
class In {
 public:
  explicit In(const Words& words) : words_(words) {}
  std::uint64_t operator()() { return words_.at(at_++); }
  std::uint32_t narrow() { return static_cast<std::uint32_t>((*this)()); }

 private:
  const Words& words_;
  std::size_t at_ = 0;
};

Words refused(sol::Error error) { return {1, sol::code_of(error)}; }
Words answer(Words words) {
  words.insert(words.begin(), 0);
  return words;
}
Words answer(const sol::Result<std::uint64_t>& result) {
  return result.ok() ? answer(Words{result.take()}) : refused(result.error());
}

sol::U128 wide(In& in) {
  const std::uint64_t lo = in();
  return {lo, in()};
}
swarm::Pool pool(In& in) {
  swarm::Pool p{};
  p.acc.lo = in();
  p.acc.hi = in();
  p.carry = in();
  p.weight = in();
  p.total = in();
  p.start = in();
  p.end = in();
  p.emitted = in();
  p.last = in();
  p.last_slot = in();
  return p;
}
Words words(const swarm::Pool& p) {
  return answer(Words{p.acc.lo, p.acc.hi, p.carry, p.weight, p.total, p.start, p.end, p.emitted,
                      p.last, p.last_slot});
}
swarm::Position position(In& in) {
  swarm::Position p{};
  p.amount = in();
  p.weight = in();
  p.lock_end = in();
  p.lock_slot = in();
  p.paid.lo = in();
  p.paid.hi = in();
  p.frac = in();
  p.owed = in();
  return p;
}
Words words(const swarm::Pool& pool, const swarm::Position& p) {
  return answer(Words{pool.weight, p.amount, p.weight, p.lock_end, p.lock_slot, p.paid.lo,
                      p.paid.hi, p.frac, p.owed});
}
swarm::RoleRules role(In& in) {
  swarm::RoleRules r{};
  r.min_stake = in();
  r.lock_min = in.narrow();
  r.lock_max = in.narrow();
  r.weight_min = static_cast<std::uint16_t>(in());
  r.weight_max = static_cast<std::uint16_t>(in());
  return r;
}
swarm::Moment moment(In& in) {
  const std::uint64_t t = in();
  return {t, in()};
}

Words run_wide(const std::string& name, In& in) {
  if (name == "less") {
    const sol::U128 a = wide(in);
    return answer(Words{sol::less(a, wide(in)) ? 1u : 0u});
  }
  if (name == "add") {
    sol::U128 a = wide(in);
    const bool fits = sol::add(a, wide(in));
    return answer(Words{a.lo, a.hi, fits ? 1u : 0u});
  }
  if (name == "subtract") {
    sol::U128 a = wide(in);
    sol::subtract(a, wide(in));
    return answer(Words{a.lo, a.hi});
  }
  const std::uint64_t a = in();
  const std::uint64_t b = in();
  if (name == "multiply") {
    sol::U128 product{};
    sol::multiply(a, b, product);
    return answer(Words{product.lo, product.hi});
  }
  if (name == "saturating_sub") return answer(Words{sol::saturating_sub(a, b)});
  const std::uint64_t c = in();
  std::uint64_t rest = 0;
  if (name == "divide_narrow") {
    const std::uint64_t quotient = sol::divide_narrow(a, b, c, rest);
    return answer(Words{quotient, rest});
  }
  if (name == "divide") {
    sol::U128 quotient{};
    sol::divide({a, b}, c, quotient, rest);
    return answer(Words{quotient.lo, quotient.hi, rest});
  }
  if (name == "mul_div") return answer(sol::mul_div(a, b, c));
  if (name == "div_ceil") return answer(sol::div_ceil({a, b}, c));
  const std::uint64_t d = in();
  if (name == "quotient_digit") return answer(Words{sol::detail::quotient_digit(a, b, c, d)});
  if (name == "multiply_add") {
    sol::U128 sum{};
    const sol::Error error = sol::multiply_add(a, {b, c}, d, sum);
    return error == sol::kOk ? answer(Words{sum.lo, sum.hi}) : refused(error);
  }
  throw std::runtime_error("no kernel " + name);
}

swarm::Seat seat(In& in) {
  swarm::Seat s{};
  s.rate = in();
  s.earned = in();
  s.payable = in();
  s.prev = in();
  s.cur = in();
  s.window = in();
  return s;
}
Words words(const swarm::Seat& s) { return {s.rate, s.earned, s.payable, s.prev, s.cur, s.window}; }

// The lease was settled `seconds` before second `t`, and a slot passed in each of them.
Words run_settle_lease(In& in) {
  swarm::Lease lease{};
  lease.escrow = in();
  lease.earned = in();
  lease.fees = in();
  lease.fee_charged = in();
  lease.fee_bps = static_cast<std::uint16_t>(in());
  lease.seats[0] = seat(in);
  lease.holdback = in.narrow();
  const std::uint64_t seconds = in();
  const std::uint64_t t = in();
  lease.settled_to = lease.settled_slot = t - seconds;
  lease.end = t;
  const std::uint64_t pay = swarm::settle_lease(lease, swarm::Node{}, {t, t});
  Words result{pay, lease.escrow, lease.earned, lease.fees, lease.fee_charged, lease.fee_bps};
  const Words rest = words(lease.seats[0]);
  result.insert(result.end(), rest.begin(), rest.end());
  return answer(result);
}

Words run_bounds(const std::string& name, In& in) {
  if (name == "take_or_first") {
    swarm::Bucket bucket{in(), in()};
    const std::uint64_t x = in();
    const std::uint64_t cap = in();
    const std::uint64_t period = in();
    const bool taken = swarm::take_or_first(bucket, x, cap, period, in());
    return answer(Words{taken ? 1u : 0u, bucket.level, bucket.at});
  }
  if (name == "take_slash_window") {
    swarm::Position p{};
    p.slash_window = in.narrow();
    p.slash_cur = static_cast<std::uint16_t>(in());
    p.slash_prev = static_cast<std::uint16_t>(in());
    const std::uint64_t bps = in();
    const bool taken = swarm::take_slash_window(p, bps, in());
    return answer(Words{taken ? 1u : 0u, p.slash_window, p.slash_cur, p.slash_prev});
  }
  if (name == "slash_cap") {  // what an empty budget counts of a loss without limit
    swarm::Fleet fleet{};
    const sol::Error error = swarm::take_slash_budget(fleet, in(), UINT64_MAX, kLate);
    return error == sol::kOk ? answer(Words{fleet.slashed}) : refused(error);
  }
  return run_wide(name, in);
}

Words run_slash(const std::string& name, In& in) {
  if (name == "settle_lease") return run_settle_lease(in);
  if (name == "claim_of") {
    const std::uint64_t base = in();
    return answer(swarm::claim_of(base, in()));
  }
  if (name == "accuser_bond") {
    const std::uint64_t loss = in();
    return answer(Words{swarm::accuser_bond(loss, in())});
  }
  if (name == "split_loss") {
    swarm::Incident incident{};
    incident.loss = in();
    incident.category = static_cast<std::uint8_t>(in());
    const std::uint64_t burned = swarm::split_loss(incident, in() != 0);
    return answer(Words{burned, incident.pot, incident.recoverable});
  }
  if (name == "recovered_by") {
    swarm::Incident incident{};
    incident.recoverable = in();
    incident.executed_at = in();
    incident.executed_slot = in();
    return answer(swarm::recovered_by(incident, moment(in)));
  }
  if (name == "compensation") {
    swarm::Seat s{};
    s.rate = in();
    s.earned = in();
    const std::uint64_t gap = in();
    return answer(Words{swarm::compensation(s, gap, in())});
  }
  if (name == "credit_seat") {
    swarm::Seat s = seat(in);
    const std::uint64_t holdback = in();
    const std::uint64_t net = in();
    swarm::credit_seat(s, holdback, net, in());
    return answer(words(s));
  }
  return run_bounds(name, in);
}

Words run(const std::string& name, In& in) {
  if (name == "settle_pool") {
    swarm::Pool p = pool(in);
    swarm::settle_pool(p, moment(in));
    return words(p);
  }
  if (name == "emitted_by") {
    const swarm::Pool p = pool(in);
    return answer(Words{swarm::emitted_by(p, in())});
  }
  if (name == "fund_stream") {
    swarm::Pool p = pool(in);
    const std::uint64_t x = in();
    const std::uint64_t seconds = in();
    const sol::Error error = swarm::fund_stream(p, x, seconds, moment(in));
    return error == sol::kOk ? words(p) : refused(error);
  }
  if (name == "settle_position" || name == "add_amount" || name == "remove_amount") {
    swarm::Pool p = pool(in);
    swarm::Position s = position(in);
    sol::Error error = sol::kOk;
    if (name == "settle_position") {
      error = swarm::settle_position(p, s);
    } else if (name == "remove_amount") {
      error = swarm::remove_amount(p, s, in());
    } else {
      const swarm::RoleRules rules = role(in);
      const std::uint64_t x = in();
      const std::uint64_t lock = in();
      error = swarm::add_amount(p, s, rules, {x, lock}, moment(in));
    }
    return error == sol::kOk ? words(p, s) : refused(error);
  }
  if (name == "multiplier") {
    const swarm::RoleRules rules = role(in);
    return answer(Words{swarm::multiplier(rules, in())});
  }
  if (name == "weigh") {
    const std::uint64_t x = in();
    return answer(swarm::weigh(x, in()));
  }
  if (name == "take") {
    swarm::Bucket bucket{in(), in()};
    const std::uint64_t x = in();
    const std::uint64_t cap = in();
    const std::uint64_t period = in();
    const bool taken = swarm::take(bucket, x, cap, period, in());
    return answer(Words{taken ? 1u : 0u, bucket.level, bucket.at});
  }
  if (name == "passed") {
    const std::uint64_t end = in();
    const std::uint64_t end_slot = in();
    return answer(Words{swarm::passed(end, end_slot, moment(in)) ? 1u : 0u});
  }
  if (name == "growth_max") {
    swarm::Work work{};
    work.funded = in();
    work.active.cum_total = in();
    work.last_epoch = in();
    const std::uint64_t cap = in();
    return answer(Words{swarm::growth_max(work, cap, in())});
  }
  return run_slash(name, in);
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream in(line);
    std::string name;
    in >> name;
    Words numbers;
    for (std::uint64_t number = 0; in >> number;) numbers.push_back(number);
    In reader(numbers);
    const char* space = "";
    for (const std::uint64_t number : run(name, reader)) {
      std::cout << space << number;
      space = " ";
    }
    std::cout << '\n';
  }
}
