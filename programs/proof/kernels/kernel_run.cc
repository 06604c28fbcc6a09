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
#include "core/rules/moment.h"
#include "core/rules/stream.h"
#include "core/rules/weight.h"
#include "sol/checked.h"
#include "sol/wide.h"

namespace {

using Words = std::vector<std::uint64_t>;

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
  return run_wide(name, in);
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
