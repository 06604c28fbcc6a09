#include "host/demo_steps.h"

#include <array>
#include <utility>

#include "host/address.h"
#include "host/token.h"

namespace demo_play {

namespace {

using solhost::Account;

const Saver& saver_of(const Play& play, Source& source) {
  return play.savers[source.below(kSavers)];
}

// Any key that means something here, or nothing anywhere.
Key some_key(const Play& play, Source& source) {
  const Saver& saver = saver_of(play, source);
  switch (source.below(12)) {
    case 0:
      return play.state;
    case 1:
      return play.vault;
    case 2:
      return play.mint;
    case 3:
      return play.admin;
    case 4:
      return saver.wallet;
    case 5:
      return saver.key;
    case 6:
      return sol::kTokenProgram;
    case 7:
      return sol::kToken2022Program;
    case 8:
      return sol::kSystemProgram;
    case 9:
      return play.program;
    case 10:
      return labelled("nobody");
    default:
      return play.box_of(saver, source.below(kNumbers));
  }
}

Instruction honest_call(const Play& play, Source& source) {
  const Saver& saver = saver_of(play, source);
  const std::uint64_t number = source.below(kNumbers);
  switch (source.below(12)) {
    case 0:
      return play.init();
    case 1:
      return play.open_box(saver, number);
    case 2:
    case 3:
      return play.deposit(saver, source.number(), number);
    case 4:
    case 5:
      return play.withdraw(saver, source.number(), number);
    case 6:
      return play.burn(saver, source.number(), number);
    case 7:
      return play.close_box(saver, number);
    case 8:
      return play.write_note(saver, "note", number);
    case 9:
      return play.tell();
    case 10:
      return play.witness(static_cast<std::uint16_t>(source.below(3)),
                          {saver.key, play.admin, play.savers[0].key});
    default:
      return play.tip(saver, some_key(play, source), source.number());
  }
}

void bend(const Play& play, Source& source, Instruction& call) {
  const std::size_t kind = source.below(8);
  if (kind == 6) {
    if (!call.data.empty()) call.data[source.below(call.data.size())] = source.byte();
    return;
  }
  if (kind == 7) {
    call.data.resize((call.data.size() + source.below(5) + 254) % 256 % 60);
    return;
  }
  if (kind == 5 && call.metas.size() < 20) {
    call.metas.push_back({some_key(play, source), false, source.below(2) == 1});
    return;
  }
  if (call.metas.empty()) return;
  solhost::Meta& meta = call.metas[source.below(call.metas.size())];
  switch (kind) {
    case 0:
      meta.signer = !meta.signer;
      break;
    case 1:
      meta.writable = !meta.writable;
      break;
    case 2:
    case 3:
      meta.key = some_key(play, source);
      break;
    default:
      call.metas.erase(call.metas.begin() + (&meta - call.metas.data()));
  }
}

// One account as somebody else might have left it.
void meddle(Play& play, Source& source) {
  const Key key = some_key(play, source);
  const Account* found = play.bank.find(key);
  Account account = found != nullptr ? *found : Account{};
  if (account.executable) return;
  switch (source.below(6)) {
    case 0:
      account.owner = some_key(play, source);
      break;
    case 1:
      account.data.resize(source.number() % 400);
      break;
    case 2:
      account.lamports = source.number() % 3'000'000'000;
      break;
    default:
      if (account.data.empty()) return;
      account.data[source.number() % account.data.size()] = source.byte();
  }
  if (account.lamports == 0) return;
  play.bank.put(key, account);
}

}  // namespace

std::uint8_t Source::byte() {
  if (left_.empty()) return 0;
  const std::uint8_t first = left_.front();
  left_ = left_.subspan(1);
  return first;
}

std::uint64_t Source::number() {
  static constexpr std::array<std::uint64_t, 6> kEdges = {
      0, 1, kWalletTokens, kWalletTokens + 1, UINT64_MAX, UINT64_MAX - kWalletTokens};
  const std::uint8_t kind = byte();
  if (kind < 32) return kEdges[kind % kEdges.size()];
  std::uint64_t value = byte();
  for (int i = 0; i < kind % 3; ++i) value = value << 8 | byte();
  return value;
}

Done next_step(Play& play, Source& source, bool may_meddle) {
  const std::size_t kind = source.below(16);
  if (kind == 0) {
    play.bank.clock(play.bank.clock().slot + source.byte(),
                    static_cast<std::int64_t>(source.number() % 4'000'000'000) - 1000);
    return {Step::Time, {}};
  }
  if (kind == 1 && may_meddle) {
    meddle(play, source);
    return {Step::Meddling, {}};
  }
  Instruction call = honest_call(play, source);
  const std::size_t bends = kind < 8 ? 1 + source.below(2) : 0;
  for (std::size_t i = 0; i < bends; ++i) bend(play, source, call);
  return {bends == 0 ? Step::Call : Step::BentCall, play.bank.execute(call)};
}

}  // namespace demo_play
