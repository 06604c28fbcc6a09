// The scored entities: found by name, ranked by their last value, woken when decay may have moved
// it.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <functional>
#include <unordered_map>
#include <vector>

#include "model/entity.h"
#include "risk/scoring/claims.h"

namespace wardhive::scoring {

namespace intrusive = boost::intrusive;
using Hook = intrusive::list_member_hook<intrusive::link_mode<intrusive::auto_unlink>>;

struct Scored {
  const Entity* subject = nullptr;  // its key in the table
  std::uint8_t value = 0;           // when last looked at
  std::uint8_t given = 0;           // when last given out
  std::uint8_t rank = 0;            // the list that `rank_hook` is in
  std::int64_t due_s = 0;           // log second of the next look
  Hook rank_hook;
  Hook wheel_hook;
  Claims claims;
};

// References stay good until the entity is erased. Each call is O(1) but for `due`.
class Entities {
 public:
  explicit Entities(std::size_t max) : max_(max) {}
  Entities(const Entities&) = delete;
  Entities& operator=(const Entities&) = delete;

  std::size_t size() const { return table_.size(); }
  Scored* find(const Entity& subject);
  const Scored* find(const Entity& subject) const;
  // Makes room by dropping the oldest of the lowest ranked; `dropped` counts them. The new one is
  // not ranked until `place`.
  Scored& insert(const Entity& subject, std::uint64_t& dropped);
  void erase(Scored& scored);
  // After anything changed: a new value ranks last among its equals, and the next look is at
  // `due_s` or before. What can stay where it is stays: each move touches neighbours far away in
  // memory.
  void place(Scored& scored, std::int64_t due_s);
  // A new one exactly as it stood when it was saved: `due_s` may have passed without a look.
  void restore(Scored& scored, std::int64_t due_s);

  // Takes out of the wheel whatever is due up to `now_s`, sorted by subject, and leaves the rest
  // for the next call once `max` are found. The caller places or erases each.
  std::vector<Scored*> due(std::int64_t now_s, std::size_t max);
  std::int64_t looked_until_s() const { return looked_until_s_; }
  void set_looked_until_s(std::int64_t s) { looked_until_s_ = s; }

  // Highest first, oldest first among equals; stops when `visit` says false.
  void for_ranked(const std::function<bool(const Scored&)>& visit) const;

 private:
  static constexpr std::size_t kWheel =
      4'096;  // seconds; what is due later waits for another round
  using Ranks = intrusive::list<Scored, intrusive::member_hook<Scored, Hook, &Scored::rank_hook>,
                                intrusive::constant_time_size<false>>;
  using Spoke = intrusive::list<Scored, intrusive::member_hook<Scored, Hook, &Scored::wheel_hook>,
                                intrusive::constant_time_size<false>>;

  void rank(Scored& scored);
  void wake(Scored& scored, std::int64_t due_s);

  std::size_t max_;
  // Before the lists: they let go of their members first.
  std::unordered_map<Entity, Scored, EntityHash> table_;
  std::array<Ranks, 101> ranks_;
  std::array<Spoke, kWheel> wheel_;
  std::int64_t looked_until_s_ = 0;
};

}  // namespace wardhive::scoring
