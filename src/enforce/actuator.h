// Keeps the machine in agreement with what the controller last said, also when nobody says
// anything.
//
//   in     changes and full sets of desired state, ticks
//   out    a Receipt for each item, confirmed by reading back; nothing throws, nothing is lost:
//          what could not be done now is tried again by tick()
//   stores each item before applying it. A full disk does not stop a defence: it goes on, and the
//          receipt says that it was not stored
//   fence  an older epoch, or an older version of a key within an epoch, is refused; the same
//          version again is answered again, and never lengthens anything
//   expiry counted by the monotonic clock; a restart never lengthens it. A ban goes away; a drain
//          goes to 10 % behind the proxy's own health check, and no further until the controller
//          speaks of that key; a larger share stays
//   repair every `reconcile_every` (with 50,000 bans every 8 s): list, compare, apply what differs.
//          What is in force and unknown to us stays until the first full set,
//          and goes away with it
//   limit  limits::kBansPerNodeMax items in force; later ones are refused and counted
//   thread one; calls block as long as the enforcers and one fdatasync do
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "enforce/desired_file.h"
#include "enforce/enforcer.h"

namespace wardhive {

struct ActuatorConfig {
  Path file;     // of the desired state; its directory exists
  Entity agent;  // who signs the receipts
  Duration reconcile_every = seconds(2);
  std::string boot = boot_id();
};

// Whether a control works at this moment; turned into ActuatorLost by whoever owns the actuator.
struct ControlState {
  std::string control;
  bool works = false;
  std::string problem;  // empty while it works
};

struct ActuatorStats {
  std::uint64_t held = 0;     // items in force
  std::uint64_t refused = 0;  // by fence, never-touch or limit
  std::uint64_t repairs = 0;  // effects put back or taken away without being told again
  std::uint64_t expired = 0;
  std::uint64_t stores_failed = 0;
};

class Actuator {
 public:
  // Errors of DesiredFile::open. Touches no control yet.
  static Result<std::unique_ptr<Actuator>> open(ActuatorConfig config,
                                                std::vector<std::unique_ptr<Enforcer>> enforcers,
                                                const Clock& clock);

  // Makes the world agree with the file. A control that cannot be reached is tried again by tick().
  std::vector<Receipt> start();
  // Prefixes that no control here may act on, and who is logged in now: an item about them fails,
  // and is tried again by tick() as long as it lasts. The latest lists count.
  void protect(const std::vector<IpPrefix>& prefixes, const std::vector<IpAddress>& logged_in);
  std::vector<Receipt> apply(std::span<const DesiredItem> items);
  // All that shall hold, as the controller of `epoch` sees it: everything else goes away, but for
  // lapsed shares. Items that were confirmed before at this version are not answered again.
  std::vector<Receipt> apply_full(std::span<const DesiredItem> items, std::uint64_t epoch);
  // At least every second: expiries, retries, repairs.
  std::vector<Receipt> tick();
  // Undoes everything here and now; a controller that still wants it will say so again.
  // The first error, after trying all.
  Status release_all(std::vector<Receipt>& receipts);

  std::vector<ControlState> controls() const;
  ActuatorStats stats() const { return stats_; }
  // What is in force, by control; controls that do not answer are left out.
  std::map<std::string, std::vector<Effect>> effects();

 private:
  using Key = std::pair<std::string, std::string>;  // control, key
  static DesiredItem nothing() {
    DesiredItem item;
    item.present = false;
    return item;
  }
  struct Entry {
    DesiredItem item = nothing();
    MonoTime deadline = MonoTime::max();
    bool lapsed = false;     // its time was up; `item` says what is left of it
    bool confirmed = false;  // read back once since this version came
    bool failed = false;     // and said so in a receipt
  };
  struct Control {
    std::unique_ptr<Enforcer> enforcer;
    bool works = false;
    std::string problem;
  };
  // A key to bring in line, and how to answer it.
  struct Work {
    Key key;
    Outcome outcome = Outcome::Applied;
    bool repair = false;  // nobody asked: answered only if something changes for the controller
  };

  Actuator(ActuatorConfig config, const Clock& clock, DesiredFile file);
  void load(const DesiredFile::Content& content);
  MonoTime deadline_of(const StoredItem& stored) const;

  // Takes the item over, and adds it to `work` if something is to be done. Otherwise its answer.
  std::optional<Receipt> admit(const DesiredItem& item, std::vector<Work>& work);
  std::string refusal(const DesiredItem& item, const Entry* entry) const;  // "" if there is none
  void take(const DesiredItem& item);
  void set_present(Entry& entry, bool present);
  std::vector<Work> lapse_due();
  std::vector<Work> forget_absent(std::span<const DesiredItem> items);
  void prune_tombstones();

  std::vector<Receipt> store_and_apply(const std::vector<Work>& work, MonoTime received);
  void apply_work(const std::vector<Work>& work, MonoTime received, const std::string& remark,
                  std::vector<Receipt>& receipts);
  std::vector<Result<Applied>> apply_through(Control& control, const std::vector<Work>& work);
  std::optional<Receipt> settle(const Work& work, const Result<Applied>& applied, MonoTime received,
                                const std::string& remark);
  void reconcile(std::vector<Receipt>& receipts);
  std::size_t compare(Control& control, std::vector<Work>& work);
  bool agrees(const Entry& entry, const Effect* effect) const;
  bool ready(Control& control);

  Status store(std::span<const Work> work);
  Status rewrite();
  StoredItem stored(const Entry& entry) const;
  Duration remainder(const Entry& entry) const;
  Receipt receipt(const DesiredItem& item, Outcome outcome, bool verified, std::string detail,
                  MonoTime received) const;

  const ActuatorConfig config_;
  const Clock& clock_;
  DesiredFile file_;
  std::map<std::string, Control> controls_;
  std::map<Key, Entry> entries_;  // also of what was taken away: tombstones keep their version
  std::uint64_t epoch_ = 0;       // the highest ever seen
  bool full_seen_ = false;        // in this process
  bool unsaved_ = false;
  Duration wall_offset_{};  // of the wall clock to the monotonic one, when last rewritten
  MonoTime reconcile_at_{};
  ActuatorStats stats_;
};

}  // namespace wardhive
