// Creating and closing: the bank, its vault, the savers' boxes.
#include "sol/demo/demo.h"

namespace demo {

sol::Error init(const sol::Context& context, const sol::Accounts<6>& accounts, const sol::Args<>&) {
  enum { kAdmin, kBank, kVault, kMint, kToken, kSystem };
  // Whoever comes first becomes the admin: good enough for a demo.
  const auto admin = SOL_TRY(sol::open_signer<sol::Write>(accounts.at<kAdmin>(), sol::Any{}));
  const auto bank_place = SOL_TRY(sol::open_vacant(accounts.at<kBank>()));
  const auto vault_place = SOL_TRY(sol::open_vacant(accounts.at<kVault>()));
  const auto token = SOL_TRY(sol::open_token_program(accounts.at<kToken>()));
  const auto mint = SOL_TRY(sol::open_mint(accounts.at<kMint>(), token, sol::Any{}));
  const auto system = SOL_TRY(sol::open_system_program(accounts.at<kSystem>()));
  bool has_hook = false;
  SOL_CHECK(sol::check_mint_is_harmless(mint, nullptr, has_hook));

  const sol::Creation creation{context, admin, system};
  sol::Seeds bank_seeds("bank");
  const auto bank = SOL_TRY(sol::create_state<Bank>(bank_place, creation, bank_seeds));
  sol::Seeds vault_seeds("vault");
  SOL_CHECK(sol::create_token_account(vault_place, creation, token, mint, vault_place.key(),
                                      vault_seeds, sol::kTokenAccountBytes));
  bank->admin = admin.key();
  bank->mint = mint.key();
  bank->vault = vault_place.key();
  bank->decimals = mint.decimals();
  bank->vault_bump = vault_seeds.bump();
  bank->has_hook = has_hook;
  return sol::kOk;
}

sol::Error open_box(const sol::Context& context, const sol::Accounts<4>& accounts,
                    const sol::Args<std::uint64_t>& args) {
  enum { kOwner, kBank, kBox, kSystem };
  const auto owner = SOL_TRY(sol::open_signer<sol::Write>(accounts.at<kOwner>(), sol::Any{}));
  const auto bank =
      SOL_TRY(sol::open_state<Bank, sol::Write>(accounts.at<kBank>(), context, sol::Singleton{}));
  const auto place = SOL_TRY(sol::open_vacant(accounts.at<kBox>()));
  const auto system = SOL_TRY(sol::open_system_program(accounts.at<kSystem>()));
  if (bank->boxes >= Bank::kBoxesMax) return sol::Error(Fault::TooMuch);
  sol::Clock clock;
  SOL_CHECK(sol::read_clock(clock));

  const std::uint64_t number = args.get<0>();
  sol::Seeds seeds("box", owner.key(), number);
  const auto box = SOL_TRY(sol::create_state<Box>(place, {context, owner, system}, seeds));
  box->owner = owner.key();
  box->number = number;
  box->opened_at = clock.unix_timestamp;
  bank->boxes += 1;
  return sol::kOk;
}

sol::Error close_box(const sol::Context& context, const sol::Accounts<3>& accounts,
                     const sol::Args<>&) {
  enum { kOwner, kBank, kBox };
  const auto owner = SOL_TRY(sol::open_signer<sol::Write>(accounts.at<kOwner>(), sol::Any{}));
  const auto bank =
      SOL_TRY(sol::open_state<Bank, sol::Write>(accounts.at<kBank>(), context, sol::Singleton{}));
  const auto box = SOL_TRY((sol::open_state<Box, sol::Write>(
      accounts.at<kBox>(), context, sol::Linked<&Box::owner>(owner.key()))));
  const auto refund = SOL_TRY(sol::open_recipient(accounts.at<kOwner>(), sol::Is(box->owner)));
  if (box->amount != 0) return sol::Error(Fault::NotEmpty);
  bank->boxes -= 1;
  sol::close_state(box, refund);
  return sol::kOk;
}

// Derived instead of Linked, so that the dear rule is tried as well.
sol::Error write_note(const sol::Context& context, const sol::Accounts<2>& accounts,
                      const sol::Args<sol::Key, sol::Rest>& args) {
  enum { kOwner, kBox };
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(accounts.at<kOwner>(), sol::Any{}));
  std::uint64_t number = 0;
  sol::Seeds seeds("box", owner.key(), number);
  const auto box = SOL_TRY((sol::open_state<Box, sol::Write>(accounts.at<kBox>(), context,
                                                             sol::Derived(seeds, context))));
  const sol::Slice parts[] = {sol::slice_of_text("note"), {args.get<0>().bytes(), 32}, args.rest()};
  sol::sha256(parts, box->note);
  return sol::kOk;
}

}  // namespace demo
