// Tokens in, out and burned; lamports sent.
#include "sol/demo/demo.h"

namespace demo {

namespace {

[[gnu::noinline]] void tell_moved(std::uint64_t tag, const sol::State<Box, sol::Write>& box,
                                  std::uint64_t amount, const sol::State<Bank, sol::Write>& bank) {
  box->header.seq += 1;
  sol::emit(Moved{tag, box->header.seq, amount, bank->total});
}

}  // namespace

sol::Error deposit(const sol::Context& context, const sol::Accounts<7, 4>& accounts,
                   const sol::Args<std::uint64_t>& args) {
  enum { kOwner, kBank, kBox, kFrom, kVault, kMint, kToken };
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(accounts.at<kOwner>(), sol::Any{}));
  const auto bank =
      SOL_TRY((sol::open_state<Bank, sol::Write>(accounts.at<kBank>(), context, sol::Singleton{})));
  const auto box = SOL_TRY((sol::open_state<Box, sol::Write>(
      accounts.at<kBox>(), context, sol::Linked<&Box::owner>(owner.key()))));
  const auto token = SOL_TRY(sol::open_token_program(accounts.at<kToken>()));
  const auto mint = SOL_TRY(sol::open_mint(accounts.at<kMint>(), token, sol::Is(bank->mint)));
  const auto from = SOL_TRY(sol::open_token_account<sol::Write>(accounts.at<kFrom>(), token,
                                                                sol::Any{}, sol::MintIs(mint.key()),
                                                                sol::AuthorityIs(owner.key())));
  const auto vault = SOL_TRY(sol::open_token_account<sol::Write>(
      accounts.at<kVault>(), token, sol::Is(bank->vault), sol::AnyMint{}, sol::AnyAuthority{}));
  const std::uint64_t amount = args.get<0>();
  if (amount == 0) return sol::Error(Fault::AmountZero);
  if (amount > UINT64_MAX - bank->total) return sol::Error(Fault::TooMuch);

  bank->total += amount;
  box->amount += amount;  // no box holds more than the bank
  tell_moved(1, box, amount, bank);
  const sol::TokenTransfer transfer{from, mint, vault, owner, amount};
  if (accounts.trailing_count() == 0) return sol::transfer_checked(token, transfer, sol::kNoSeeds);
  return sol::transfer_checked_with_hook(token, transfer, sol::kNoSeeds, accounts);
}

sol::Error withdraw(const sol::Context& context, const sol::Accounts<7>& accounts,
                    const sol::Args<std::uint64_t>& args) {
  enum { kOwner, kBank, kBox, kTo, kVault, kMint, kToken };
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(accounts.at<kOwner>(), sol::Any{}));
  const auto bank =
      SOL_TRY((sol::open_state<Bank, sol::Write>(accounts.at<kBank>(), context, sol::Singleton{})));
  const auto box = SOL_TRY((sol::open_state<Box, sol::Write>(
      accounts.at<kBox>(), context, sol::Linked<&Box::owner>(owner.key()))));
  const auto token = SOL_TRY(sol::open_token_program(accounts.at<kToken>()));
  const auto mint = SOL_TRY(sol::open_mint(accounts.at<kMint>(), token, sol::Is(bank->mint)));
  // The owner decides where his tokens go; the vault itself would be an alias.
  const auto to = SOL_TRY(sol::open_token_account<sol::Write>(
      accounts.at<kTo>(), token, sol::Any{}, sol::MintIs(mint.key()), sol::AnyAuthority{}));
  const auto vault = SOL_TRY(sol::open_token_account<sol::Write>(
      accounts.at<kVault>(), token, sol::Is(bank->vault), sol::AnyMint{}, sol::AnyAuthority{}));
  SOL_CHECK(sol::check_vault_is_sole(vault));
  const std::uint64_t amount = args.get<0>();
  if (amount == 0) return sol::Error(Fault::AmountZero);
  if (amount > box->amount) return sol::Error(Fault::TooMuch);

  bank->total -= amount;
  box->amount -= amount;
  tell_moved(2, box, amount, bank);
  sol::Seeds seeds("vault");
  seeds.set_bump(bank->vault_bump);
  const sol::SignerSeeds signer = seeds.signer();
  return sol::transfer_checked(token, {vault, mint, to, vault, amount}, {&signer, 1});
}

sol::Error burn(const sol::Context& context, const sol::Accounts<6>& accounts,
                const sol::Args<std::uint64_t>& args) {
  enum { kOwner, kBank, kBox, kVault, kMint, kToken };
  const auto owner = SOL_TRY(sol::open_signer<sol::Read>(accounts.at<kOwner>(), sol::Any{}));
  const auto bank =
      SOL_TRY((sol::open_state<Bank, sol::Write>(accounts.at<kBank>(), context, sol::Singleton{})));
  const auto box = SOL_TRY((sol::open_state<Box, sol::Write>(
      accounts.at<kBox>(), context, sol::Linked<&Box::owner>(owner.key()))));
  const auto token = SOL_TRY(sol::open_token_program(accounts.at<kToken>()));
  const auto mint = SOL_TRY(sol::open_mint(accounts.at<kMint>(), token, sol::Is(bank->mint)));
  const auto vault = SOL_TRY(sol::open_token_account<sol::Write>(
      accounts.at<kVault>(), token, sol::Is(bank->vault), sol::AnyMint{}, sol::AnyAuthority{}));
  const std::uint64_t amount = args.get<0>();
  if (amount > box->amount) return sol::Error(Fault::TooMuch);
  bank->total -= amount;
  box->amount -= amount;
  sol::Seeds seeds("vault");
  seeds.set_bump(bank->vault_bump);
  const sol::SignerSeeds signer = seeds.signer();
  return sol::burn_checked(token, {vault, mint, vault, amount, mint.decimals()}, {&signer, 1});
}

sol::Error tip(const sol::Context&, const sol::Accounts<3>& accounts,
               const sol::Args<std::uint64_t>& args) {
  enum { kFrom, kTo, kSystem };
  const auto from = SOL_TRY(sol::open_signer<sol::Write>(accounts.at<kFrom>(), sol::Any{}));
  const auto to = SOL_TRY(sol::open_recipient(accounts.at<kTo>(), sol::Any{}));
  const auto system = SOL_TRY(sol::open_system_program(accounts.at<kSystem>()));
  return sol::transfer_lamports(system, from, to, args.get<0>());
}

}  // namespace demo
