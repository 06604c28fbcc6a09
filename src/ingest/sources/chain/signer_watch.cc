#include "ingest/sources/chain/signer_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chain/programs.h"

namespace wardhive {
namespace {

constexpr std::size_t kPasses = 3;
constexpr Duration kHurriesApart = seconds(3);  // who makes us hurry may be anybody
constexpr Duration kNoncesApart = seconds(2);   // a signer that signs all the time costs no more

}  // namespace

Status SignerWatch::look_at_histories(bool hurry) {
  const auto now = desk_.clock.mono();
  const bool all = hurry && now >= hurry_at_;
  if (all) hurry_at_ = now + kHurriesApart;
  const auto count = all ? signers_.size() : (signers_.size() + kPasses - 1) / kPasses;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& signer = signers_[next_++ % signers_.size()];
    WARDHIVE_ASSIGN(const auto found,
                    chain::signatures_for(desk_.rpc, signer, std::nullopt, std::nullopt, 1));
    if (found.empty()) continue;
    auto& newest = newest_[signer.text()];
    if (newest == found.front().signature) continue;
    newest = found.front().signature;
    due_at_ = std::min(due_at_, looked_at_ + kNoncesApart);
  }
  return ok();
}

std::optional<Status> SignerWatch::look_for_nonces() {
  const auto now = desk_.clock.mono();
  if (now < due_at_) return std::nullopt;
  due_at_ = now + every_;
  looked_at_ = now;
  for (const auto& signer : signers_)
    if (auto looked = look_for_nonces_of(signer); !looked) return looked;
  return ok();
}

Status SignerWatch::look_for_nonces_of(const chain::Pubkey& signer) {
  const chain::Filter initialised{0, {1, 0, 0, 0, 1, 0, 0, 0}};
  const chain::Filter authority{8, {signer.bytes.begin(), signer.bytes.end()}};
  const std::array filters{initialised, authority};
  WARDHIVE_ASSIGN(const auto accounts,
                  desk_.rpc.program_accounts(chain::programs::kSystem, filters));
  const auto [place, first] = desk_.book.nonces.try_emplace(signer.text());
  desk_.book.unsaved |= first;
  for (const auto& nonce : accounts) {
    if (place->second.contains(nonce.key.text())) continue;
    // At the first look too: nobody who signs by hand needs one.
    Event event;
    event.kind = EventKind::AuthorityChanged;
    event.subject = chain_account(signer.text());
    event.attributes = {
        {"power", "durable nonce"},
        {"before", ""},
        {"after", nonce.key.text()},
        {"says", fmt::format("signer {} may use the durable nonce {}: what it signs with that "
                             "never expires",
                             signer.text(), nonce.key.text())},
        {"account_kind", "signer"},
        {"slot", std::to_string(desk_.book.slot)}};
    if (!desk_.say(std::move(event))) return not_taken();
    place->second.insert(nonce.key.text());
    desk_.book.unsaved = true;
  }
  return ok();
}

}  // namespace wardhive
