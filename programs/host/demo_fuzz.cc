// Any bytes as a life of the demo (demo_steps.h). Whatever happens, the program keeps within the
// runtime's rules, and as long as nobody meddles its books agree with the tokens.
#include <cstdint>
#include <span>

#include "base/check.h"
#include "host/demo_play.h"
#include "host/demo_steps.h"
#include "host/token.h"

namespace {

using solhost::Fault;

// What a caller's mistakes may lead to. Anything else would be the program's own.
bool is_callers_fault(Fault fault) {
  switch (fault) {
    case Fault::None:
    case Fault::Custom:
    case Fault::PrivilegeEscalation:
    case Fault::MissingRequiredSignature:
    // A tip from an account with data, or from one that is not the System program's.
    case Fault::InvalidArgument:
    case Fault::ExternalAccountLamportSpend:
    case Fault::InsufficientFundsForRent:
    case Fault::InvalidAccountData:
    case Fault::UninitializedAccount:
    case Fault::MissingAccount:
      return true;
    default:
      return false;
  }
}

void check_books(const demo_play::Play& play) {
  std::uint64_t boxes = 0;
  std::uint64_t tokens = solhost::token_amount(play.bank, play.vault);
  for (const demo_play::Saver& saver : play.savers) {
    for (std::uint64_t number = 0; number < demo_play::kNumbers; ++number)
      boxes += play.box_amount(saver, number);
    tokens += solhost::token_amount(play.bank, saver.wallet);
  }
  WARDHIVE_ASSERT(boxes == play.total());
  WARDHIVE_ASSERT(solhost::token_amount(play.bank, play.vault) >= play.total());
  const auto mint = solhost::decode_mint(play.bank.data(play.mint));
  WARDHIVE_ASSERT(mint.has_value() && mint->supply == tokens);
}

struct World {
  World() {
    play.bank.record_logs(false);
    play.settle();
    settled.reset_to(play.bank);
  }
  demo_play::Play play{};
  solhost::Bank settled{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kBytesMax = 1024;
  if (size == 0 || size > kBytesMax) return 0;
  static World world;
  demo_play::Play& play = world.play;
  play.bank.reset_to(world.settled);

  demo_play::Source source({data, size});
  const bool may_meddle = source.byte() % 2 == 1;
  bool meddled = false;
  while (!source.empty()) {
    const demo_play::Done done = demo_play::next_step(play, source, may_meddle);
    meddled |= done.step == demo_play::Step::Meddling;
    WARDHIVE_ASSERT(is_callers_fault(done.outcome.error));
    if (!meddled && done.outcome.ok()) check_books(play);
  }
  return 0;
}
