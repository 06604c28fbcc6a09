// The outbox against a chain that drops, delays, doubles, forks, limits and lets blockhashes
// expire, and a process that is killed: at most one effect for each action, and none lost.
#include "chain/outbox.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>

namespace wardhive::chain {
namespace {

using outbox::Told;
using Where = SignatureSeen::Where;
constexpr std::uint64_t kFinalLag = 32;  // slots from a block to its finality

// A chain in slots, one block each. A transaction lands while its blockhash lives and none with its
// signature is there; a fork takes blocks back that are not final.
class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {}

  bool chance(double p) { return std::uniform_real_distribution<>(0, 1)(random_) < p; }
  std::uint64_t upto(std::uint64_t n) {
    return std::uniform_int_distribution<std::uint64_t>(0, n)(random_);
  }
  std::uint64_t final_height() const { return final_; }
  std::uint64_t height() const { return height_; }

  // Bytes are "action signature last_valid".
  void send(const std::string& bytes) {
    in_flight_.push_back({height_ + upto(20), bytes});
    if (chance(0.1)) in_flight_.push_back({height_ + upto(100), bytes});  // doubled, and late
  }
  void slot(double fork, double loss) {
    if (chance(fork)) take_back(upto(kFinalLag - 1));
    ++height_;
    final_ = std::max(final_, height_ - kFinalLag);  // a fork takes no finality back
    for (auto it = in_flight_.begin(); it != in_flight_.end();) {
      if (it->first > height_) {
        ++it;
        continue;
      }
      if (!chance(loss)) land(it->second);
      it = in_flight_.erase(it);
    }
  }
  SignatureSeen look(const std::string& signature) const {
    SignatureSeen seen{.final_height = final_height()};
    const auto found = landed_.find(signature);
    if (found == landed_.end()) return seen;
    const auto at = found->second.height;
    seen.where = at <= final_   ? Where::Finalized
                 : at < height_ ? Where::Confirmed
                                : Where::Processed;
    return seen;
  }
  // How often an action has taken effect on the chain as it is.
  std::map<std::string, int> effects() const {
    std::map<std::string, int> count;
    for (const auto& [signature, where] : landed_) ++count[where.action];
    return count;
  }

 private:
  struct Place {
    std::uint64_t height;
    std::string action;
  };
  void land(const std::string& bytes) {
    const auto first = bytes.find(' '), last = bytes.rfind(' ');
    const auto signature = bytes.substr(first + 1, last - first - 1);
    if (height_ > std::stoull(bytes.substr(last + 1))) return;
    landed_.emplace(signature, Place{height_, bytes.substr(0, first)});
  }
  void take_back(std::uint64_t blocks) {
    const auto to = std::max(final_height(), height_ - std::min(height_, blocks));
    std::erase_if(landed_, [&](const auto& entry) { return entry.second.height > to; });
    height_ = to;
  }
  std::mt19937 random_;
  std::uint64_t height_ = 100, final_ = 68;
  std::vector<std::pair<std::uint64_t, std::string>> in_flight_;
  std::map<std::string, Place> landed_;
};

// A controller with its records; killed at any point, it starts from what is durable.
class Sender {
 public:
  explicit Sender(World& world) : world_(world) {}

  void submit(const std::string& id) { ASSERT_TRUE(box_.submit(id, id, now_)); }
  void kill() {
    box_ = Outbox({});
    box_.restore(durable_, now_);
    answers_.clear();
  }
  bool knows(const std::string& id) const {
    return box_.find(id) != nullptr ||
           std::find(durable_.done.begin(), durable_.done.end(), id) != durable_.done.end();
  }
  void pass(double trouble) {
    now_ += millis(400);
    // Answers arrive late, and in any order.
    for (auto it = answers_.begin(); it != answers_.end();) {
      if (world_.chance(0.3)) {
        ++it;
        continue;
      }
      box_.seen(it->id, it->signature, it->seen, now_);
      it = answers_.erase(it);
    }
    for (auto& command : box_.step(now_)) {
      if (world_.chance(trouble / 20)) return kill();
      std::visit([&](auto& what) { carry_out(what, trouble); }, command);
    }
  }
  std::map<std::string, std::set<Told>> told_;

 private:
  struct Answer {
    std::string id, signature;
    SignatureSeen seen;
  };
  void carry_out(outbox::Keep&, double trouble) {
    if (world_.chance(trouble)) return box_.not_kept();  // the disk is full
    durable_ = box_.records();
    if (world_.chance(trouble / 10)) return kill();  // durable, but nobody was told
    box_.kept(now_);
  }
  void carry_out(outbox::Sign& sign, double trouble) {
    if (world_.chance(trouble)) return box_.not_signed(sign.id, false, "429", now_);
    const auto signature = fmt::format("sig{}", ++signed_);
    const auto last_valid = world_.height() + 150;
    box_.signed_as(sign.id, signature, fmt::format("{} {} {}", sign.id, signature, last_valid),
                   last_valid, now_);
  }
  void carry_out(outbox::Send& send, double trouble) {
    // Nothing may go out that a crash could forget.
    bool durable = false;
    for (const auto& item : durable_.items) durable = durable || item.bytes == send.bytes;
    EXPECT_TRUE(durable) << send.bytes;
    if (!world_.chance(trouble)) world_.send(send.bytes);
  }
  void carry_out(outbox::Ask& ask, double trouble) {
    if (!world_.chance(trouble))
      answers_.push_back({ask.id, ask.signature, world_.look(ask.signature)});
  }
  void carry_out(outbox::Tell& tell, double trouble) {
    told_[tell.id].insert(tell.what);
    if (!world_.chance(trouble)) box_.told(tell.id, tell.what);
  }

  World& world_;
  Outbox box_{OutboxConfig{}};
  OutboxRecords durable_;
  MonoTime now_{};
  std::vector<Answer> answers_;
  unsigned signed_ = 0;
};

TEST(OutboxProperty, EachActionTakesEffectOnceWhateverHappens) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    World world(seed);
    Sender sender(world);
    std::vector<std::string> ids;
    for (int slot = 0; slot < 4'000; ++slot) {
      const bool troubled = slot < 2'000;
      if (slot < 1'000 && slot % 200 == 0) {
        ids.push_back(fmt::format("act-{}", ids.size()));
        sender.submit(ids.back());
      }
      // Every 200th slot nothing is heard of for a blockhash's life: it expires.
      const bool outage = troubled && slot % 800 > 500;
      world.slot(troubled ? 0.02 : 0, outage ? 1.0 : troubled ? 0.5 : 0);
      sender.pass(troubled ? 0.2 : 0);
      for (const auto& [id, count] : world.effects())
        ASSERT_LE(count, 1) << id << " took effect twice, seed " << seed << " slot " << slot;
    }
    const auto effects = world.effects();
    for (const auto& id : ids) {
      // One that was killed before its first record was durable was never taken.
      if (!sender.knows(id) && !effects.contains(id)) continue;
      const auto found = effects.find(id);
      ASSERT_TRUE(found != effects.end()) << id << " was lost, seed " << seed;
      EXPECT_EQ(found->second, 1);
      EXPECT_TRUE(sender.told_[id].contains(Told::Finalized)) << id << " seed " << seed;
    }
  }
}

// ---- Step by step

template <class T>
std::optional<T> asks(const std::vector<OutboxCommand>& commands) {
  for (const auto& command : commands)
    if (const auto* found = std::get_if<T>(&command)) return *found;
  return std::nullopt;
}

class OutboxSteps : public testing::Test {
 protected:
  std::vector<OutboxCommand> step(Duration by = millis(500)) { return box_.step(now_ += by); }
  void sign(const std::string& signature, std::uint64_t last_valid = 150) {
    box_.signed_as("act-1", signature, "bytes of " + signature, last_valid, now_);
  }
  void keep() {
    ASSERT_TRUE(asks<outbox::Keep>(step()));
    box_.kept(now_);
  }
  void send_first() {
    ASSERT_TRUE(box_.submit("act-1", "p", now_));
    keep();
    sign("a");
    keep();
    ASSERT_EQ(asks<outbox::Send>(step())->bytes, "bytes of a");
  }
  void look(Where where, std::uint64_t final_height = 0, bool failed = false) {
    box_.seen("act-1", box_.find("act-1")->signature, {final_height, where, failed, "0x1"}, now_);
  }
  OutboxPhase phase() const { return box_.find("act-1")->phase; }
  Outbox box_;
  MonoTime now_{};
};

TEST_F(OutboxSteps, NothingIsSentBeforeItIsDurable) {
  ASSERT_TRUE(box_.submit("act-1", "p", now_));
  EXPECT_EQ(asks<outbox::Sign>(step())->payload, "p");
  box_.kept(now_);
  sign("a");
  EXPECT_TRUE(asks<outbox::Keep>(step()));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(asks<outbox::Send>(step()));
  box_.not_kept();
  keep();
  EXPECT_TRUE(asks<outbox::Send>(step()));
}

TEST_F(OutboxSteps, TheSameBytesGoOutUntilTheyCannotLandAnyMore) {
  send_first();
  for (int i = 0; i < 20; ++i) {
    look(Where::Nowhere, 150);  // 150 is still valid
    const auto sent = asks<outbox::Send>(step());
    if (sent) EXPECT_EQ(sent->bytes, "bytes of a");
  }
  EXPECT_EQ(phase(), OutboxPhase::Sending);
  look(Where::Processed, 151);  // it is there
  EXPECT_EQ(phase(), OutboxPhase::Sending);
  look(Where::Nowhere, 151);
  EXPECT_EQ(phase(), OutboxPhase::Signing);
  EXPECT_TRUE(asks<outbox::Sign>(step()));
}

TEST_F(OutboxSteps, AConfirmedOneThatVanishesIsSentAgainAsItWas) {
  send_first();
  look(Where::Confirmed);
  EXPECT_EQ(asks<outbox::Tell>(step())->what, Told::Confirmed);
  box_.told("act-1", Told::Confirmed);
  EXPECT_FALSE(asks<outbox::Send>(step(seconds(5))));
  look(Where::Nowhere, 100);
  const auto commands = step();
  EXPECT_EQ(asks<outbox::Tell>(commands)->what, Told::Vanished);
  EXPECT_EQ(asks<outbox::Send>(commands)->bytes, "bytes of a");
}

TEST_F(OutboxSteps, AFailureIsToldWhenItIsFinal) {
  send_first();
  look(Where::Confirmed, 0, true);
  EXPECT_EQ(phase(), OutboxPhase::Sending);
  look(Where::Finalized, 0, true);
  const auto told = asks<outbox::Tell>(step());
  EXPECT_EQ(told->what, Told::Failed);
  EXPECT_EQ(told->detail, "0x1");
}

TEST_F(OutboxSteps, AnAnswerAboutOlderBytesChangesNothing) {
  send_first();
  look(Where::Nowhere, 151);
  sign("b", 400);
  keep();
  box_.seen("act-1", "a", {151, Where::Finalized, false, ""}, now_);
  EXPECT_EQ(phase(), OutboxPhase::Sending);
  EXPECT_EQ(box_.find("act-1")->attempt, 2u);
}

TEST_F(OutboxSteps, WhatNobodyWouldSignFailsAtOnceAndWhatIsBusyIsTriedAgain) {
  ASSERT_TRUE(box_.submit("act-1", "p", now_));
  EXPECT_TRUE(asks<outbox::Sign>(step()));
  box_.not_signed("act-1", false, "429", now_);
  EXPECT_FALSE(asks<outbox::Sign>(step(seconds(1))));
  EXPECT_TRUE(asks<outbox::Sign>(step(seconds(1))));
  box_.not_signed("act-1", true, "refused: 510", now_);
  EXPECT_EQ(asks<outbox::Tell>(step())->what, Told::Failed);
}

TEST_F(OutboxSteps, AFinishedActionIsRememberedAndRefused) {
  send_first();
  look(Where::Finalized);
  step();
  box_.told("act-1", Told::Finalized);
  EXPECT_EQ(box_.find("act-1"), nullptr);
  EXPECT_EQ(box_.submit("act-1", "p", now_).error().code, ErrorCode::Conflict);
  Outbox again;
  again.restore(box_.records(), now_);
  EXPECT_EQ(again.submit("act-1", "p", now_).error().code, ErrorCode::Conflict);
}

TEST_F(OutboxSteps, HasABound) {
  for (int i = 0; i < 64; ++i) EXPECT_TRUE(box_.submit(fmt::format("act-{}", i), "", now_));
  EXPECT_EQ(box_.submit("act-99", "", now_).error().code, ErrorCode::LimitReached);
}

TEST(OutboxRecords, AreKeptAsJson) {
  Outbox box;
  ASSERT_TRUE(box.submit("act-1", "p", {}));
  box.signed_as("act-1", "a", "b", 7, {});
  const auto read = from_json<OutboxRecords>(to_json(box.records()));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->items.size(), 1u);
  EXPECT_EQ(read->items[0].last_valid, 7u);
  EXPECT_EQ(read->items[0].phase, OutboxPhase::Keeping);
}

}  // namespace
}  // namespace wardhive::chain
