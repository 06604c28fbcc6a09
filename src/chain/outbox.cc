#include "chain/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wardhive::chain {

using outbox::Told;
using Where = SignatureSeen::Where;

std::span<const std::string_view> enum_names(OutboxPhase) {
  static constexpr std::array<std::string_view, 6> kNames{"signing",   "keeping",   "sending",
                                                          "confirmed", "finalized", "failed"};
  return kNames;
}

namespace {

bool finished(OutboxPhase phase) {
  return phase == OutboxPhase::Finalized || phase == OutboxPhase::Failed;
}

}  // namespace

void Outbox::restore(OutboxRecords records, MonoTime now) {
  items_.clear();
  done_.assign(records.done.begin(), records.done.end());
  for (auto& item : records.items) {
    Live live{.item = std::move(item), .sign_at = now, .send_at = now, .ask_at = now};
    auto& phase = live.item.phase;
    // These records are durable now, so what they hold may go out. What was confirmed is asked for
    // again; whether anybody was told is not known, so they are told again.
    if (phase == OutboxPhase::Keeping) phase = OutboxPhase::Sending;
    if (phase == OutboxPhase::Confirmed) say(live, Told::Confirmed);
    if (phase == OutboxPhase::Finalized) say(live, Told::Finalized);
    if (phase == OutboxPhase::Failed) say(live, Told::Failed);
    const auto id = live.item.id;
    items_.emplace(id, std::move(live));
  }
}

OutboxRecords Outbox::records() const {
  OutboxRecords records;
  for (const auto& [id, live] : items_) records.items.push_back(live.item);
  records.done.assign(done_.begin(), done_.end());
  return records;
}

Status Outbox::submit(std::string id, std::string payload, MonoTime now) {
  if (items_.contains(id) || std::find(done_.begin(), done_.end(), id) != done_.end())
    return fail(ErrorCode::Conflict, fmt::format("{} was given to the outbox before", id));
  if (unfinished() >= config_.items_max)
    return fail(ErrorCode::LimitReached,
                fmt::format("{} transactions are under way, at most {} may "
                            "be; {} is not taken",
                            unfinished(), config_.items_max, id));
  Live live{.item = {.id = id, .payload = std::move(payload)}, .sign_at = now};
  items_.emplace(std::move(id), std::move(live));
  keep_wanted_ = true;  // a crash must not forget that it was asked for
  return ok();
}

void Outbox::turn(Live& live, OutboxPhase phase) {
  live.item.phase = phase;
  keep_wanted_ = true;
}

void Outbox::say(Live& live, Told what) {
  live.tell = true;
  live.telling = what;
}

void Outbox::finish(Live& live, OutboxPhase phase, Told what) {
  turn(live, phase);
  say(live, what);
}

void Outbox::signed_as(const std::string& id, std::string signature, std::string bytes,
                       std::uint64_t last_valid, MonoTime now) {
  const auto found = items_.find(id);
  if (found == items_.end() || found->second.item.phase != OutboxPhase::Signing) return;
  auto& live = found->second;
  live.signing = false;
  ++live.item.attempt;
  live.item.signature = std::move(signature);
  live.item.bytes = std::move(bytes);
  live.item.last_valid = last_valid;
  live.send_at = live.ask_at = now;
  turn(live, OutboxPhase::Keeping);
}

void Outbox::not_signed(const std::string& id, bool for_good, std::string detail, MonoTime now) {
  const auto found = items_.find(id);
  if (found == items_.end() || found->second.item.phase != OutboxPhase::Signing) return;
  auto& live = found->second;
  live.signing = false;
  live.sign_at = now + config_.sign_again;
  live.item.detail = std::move(detail);
  if (for_good) finish(live, OutboxPhase::Failed, Told::Failed);
}

void Outbox::kept(MonoTime now) {
  for (const auto& [id, attempt] : keeping_) {
    const auto found = items_.find(id);
    if (found == items_.end()) continue;
    auto& live = found->second;
    // Signed again meanwhile: those bytes are in no durable record yet.
    if (live.item.phase != OutboxPhase::Keeping || live.item.attempt != attempt) continue;
    live.item.phase = OutboxPhase::Sending;
    live.send_at = now;
    live.ask_at = now + config_.ask_every;
  }
  keeping_.clear();
}

void Outbox::seen(const std::string& id, const std::string& signature, const SignatureSeen& what,
                  MonoTime now) {
  const auto found = items_.find(id);
  if (found == items_.end() || found->second.item.signature != signature) return;
  auto& live = found->second;
  auto& item = live.item;
  if (item.phase != OutboxPhase::Sending && item.phase != OutboxPhase::Confirmed) return;
  if (what.where == Where::Finalized) {
    if (!what.failed) return finish(live, OutboxPhase::Finalized, Told::Finalized);
    item.detail = what.detail;
    return finish(live, OutboxPhase::Failed, Told::Failed);
  }
  if (what.where == Where::Confirmed && !what.failed) {
    if (item.phase == OutboxPhase::Confirmed) return;
    turn(live, OutboxPhase::Confirmed);
    return say(live, Told::Confirmed);
  }
  if (what.where != Where::Nowhere) return;
  if (item.phase == OutboxPhase::Confirmed) {
    turn(live, OutboxPhase::Sending);
    say(live, Told::Vanished);
    live.send_at = now;
  }
  if (what.final_height <= item.last_valid) return;
  // It can never land any more, on any fork.
  item.signature.clear();
  item.bytes.clear();
  live.sign_at = now;
  turn(live, OutboxPhase::Signing);
}

void Outbox::told(const std::string& id, Told what) {
  const auto found = items_.find(id);
  if (found == items_.end() || !found->second.tell || found->second.telling != what) return;
  found->second.tell = false;
  if (!finished(found->second.item.phase)) return;
  done_.push_back(id);
  if (done_.size() > kDoneRemembered) done_.pop_front();
  items_.erase(found);
  keep_wanted_ = true;
}

std::vector<OutboxCommand> Outbox::step(MonoTime now) {
  std::vector<OutboxCommand> commands;
  if (keep_wanted_ && keeping_.empty()) {
    keep_wanted_ = false;
    for (const auto& [id, live] : items_)
      if (live.item.phase == OutboxPhase::Keeping) keeping_[id] = live.item.attempt;
    commands.push_back(outbox::Keep{});
  }
  for (auto& [id, live] : items_) {
    const auto phase = live.item.phase;
    if (phase == OutboxPhase::Signing && !live.signing && now >= live.sign_at) {
      live.signing = true;
      commands.push_back(outbox::Sign{id, live.item.payload});
    }
    if (phase == OutboxPhase::Sending && now >= live.send_at) {
      live.send_at = now + config_.send_every;
      commands.push_back(outbox::Send{id, live.item.bytes});
    }
    const bool waits = phase == OutboxPhase::Sending || phase == OutboxPhase::Confirmed;
    if (waits && now >= live.ask_at) {
      live.ask_at = now + config_.ask_every;
      commands.push_back(outbox::Ask{id, live.item.signature});
    }
    if (live.tell)
      commands.push_back(outbox::Tell{id, live.item.signature, live.telling, live.item.detail});
  }
  return commands;
}

const OutboxItem* Outbox::find(const std::string& id) const {
  const auto found = items_.find(id);
  return found == items_.end() ? nullptr : &found->second.item;
}

std::size_t Outbox::unfinished() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      items_, [](const auto& entry) { return !finished(entry.second.item.phase); }));
}

}  // namespace wardhive::chain
