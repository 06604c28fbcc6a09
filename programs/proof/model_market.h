// The market as the model keeps it: what happened, and no sums. Down time is a list of outages,
// what a seat earned a list by windows, and what the program counts (bonds, leased and attested
// units, escrow, fees) is added up anew whenever it is asked for.
#pragma once

#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "abi/program.h"

namespace swarm::proof {

// From `at` until, not including, `until`; cut short when the next begins or it is released.
struct ModelOutage {
  boost::multiprecision::cpp_int at, until;
};

struct ModelNode {
  using Int = boost::multiprecision::cpp_int;
  std::size_t owner = 0, position = 0;  // numbers of the harness's owners and positions
  std::size_t digest = 0;               // once attested
  Int units = 0, price = 0, bond = 0;
  bool accepts_standby = false;
  Int attested = 0, attested_until = 0, level = 0, level_epoch = 0;
  Int retire_at = 0, last_incident = 0;
  std::vector<ModelOutage> outages;
  std::uint64_t key_set_seq = 0;      // of the sentinel set whose keys key_at counts
  std::map<std::size_t, Int> key_at;  // by place in the set

  bool is_out(const Int& t) const;
  bool is_retired(const Int& t) const { return retire_at != 0 && t >= retire_at; }
  // Ends what is open and starts another; `until` = t: only ends it.
  void begin_outage(const Int& t, const Int& until);
  // D6: seconds out of service up to t, outages that are over in full.
  Int down(const Int& t) const;
  // Seconds of [from, to) in which it served, by the outages themselves. For clocks that only go
  // on.
  Int served(const Int& from, const Int& to) const;
  // The edge that D6's sum has: seconds of outages that are over and lie after `to`.
  Int over_after(const Int& to) const;
};

struct ModelSeat {
  using Int = boost::multiprecision::cpp_int;
  std::size_t node = 0, owner = 0;
  Int rate = 0, earned = 0, paid = 0;
  Int window = 0;           // the latest that was seen
  std::map<Int, Int> nets;  // after fees, by the window in which they were credited
  Int since = 0;            // it serves from then on
  Int truth = 0;            // seconds that it served up to the latest settlement
  bool compensated = false;

  void see(const Int& now_window) {
    if (now_window > window) window = now_window;
  }
  // Credited `back` windows before the latest one.
  Int held(int back) const;
  Int payable() const;  // older than the window before the latest, and not paid
};

struct ModelLease {
  using Int = boost::multiprecision::cpp_int;
  std::size_t tenant = 0;
  bool own = false, closed = false;
  Int units = 0, holdback = 0, fee_bps = 0;
  Int end = 0, settled_to = 0, settled_slot = 0, down_seen = 0;
  Int prepaid = 0, refunded = 0, fees_paid = 0, reason = 0;
  std::vector<ModelSeat> seats;
  std::size_t seat = 0;

  Int opened_at() const { return seats[0].since; }
  Int earned() const;
  Int paid() const;
  Int escrow() const { return prepaid - refunded - earned(); }
  Int fee_due() const { return (earned() * fee_bps + kBpsOne - 1) / kBpsOne; }
  Int fees() const { return fee_due() - fees_paid; }
  Int waiting() const;  // earned, after fees, and not paid out
  ModelSeat& serving() { return seats[seat]; }
  const ModelSeat& serving() const { return seats[seat]; }
};

// What callers say.
struct ModelTerms {
  boost::multiprecision::cpp_int units, price;
  std::uint8_t standby = 0;
};
struct ModelOrder {
  std::size_t lease = 0, tenant = 0, node = 0;
  boost::multiprecision::cpp_int units, seconds, amount, max_rate;
  std::uint8_t standbys = 0, discounted = 0;
  std::array<std::size_t, 2> standby{};
  std::size_t discount = 0;  // a position
};
struct ModelAlarm {
  std::uint8_t kind = 0;  // Target
  std::size_t target = 0;
  boost::multiprecision::cpp_int incident, seconds, reason;
};

struct ModelFleet {
  using Int = boost::multiprecision::cpp_int;
  std::map<std::size_t, ModelNode> nodes;    // by number of the harness's node address
  std::map<std::size_t, ModelLease> leases;  // by number of the harness's lease address
  // Token accounts that market money goes to, by owner: providers' and the treasury's.
  std::vector<Int> purses, treasuries;
  std::map<std::string, std::size_t> owners_by_key;
  Int escrow_vault = 0, supply = kSupplyMax;
  Int quarantined = 0, quarantined_at = 0, frozen = 0, frozen_at = 0;
  bool clock_fell = false;  // then outages may overlap, and only D6's sum counts
  std::string violation;    // of an invariant, found while something was done

  Int units_total() const;                 // attested, of all nodes
  Int bonded(std::size_t position) const;  // of all nodes that it stands for
  Int leased(std::size_t node) const;      // units, of the open leases that it serves
  Int room(std::size_t node) const;        // units that may still be leased
  bool has_digest(std::size_t digest) const;
};

}  // namespace swarm::proof
