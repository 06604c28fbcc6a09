// Token and Token-2022 for plain mints: the instructions that programs of ours call or tests need,
// with the checks in their order and the error numbers of p-token and of Token-2022 11, as
// builtin_record and the VM found them to be. Multisig authorities and extensions are not modelled:
// such an account is refused as malformed.
#include <algorithm>
#include <optional>
#include <string>

#include "host/machine.h"
#include "host/token.h"

namespace solhost {

namespace {

enum class Tag : std::uint8_t {
  Transfer = 3,
  MintTo = 7,
  Burn = 8,
  TransferChecked = 12,
  MintToChecked = 14,
  BurnChecked = 15,
  InitializeAccount3 = 18,
  InitializeMint2 = 20,
};

enum class TokenError : std::uint32_t {
  NotRentExempt = 0,
  InsufficientFunds = 1,
  InvalidMint = 2,
  MintMismatch = 3,
  OwnerMismatch = 4,
  FixedSupply = 5,
  AlreadyInUse = 6,
  NonNativeOnly = 10,
  InvalidInstruction = 12,
  Overflow = 14,
  AccountFrozen = 17,
  MintDecimalsMismatch = 18,
};
constexpr Verdict refusal(TokenError error) {
  return {Fault::Custom, static_cast<std::uint32_t>(error)};
}

struct Amount {
  std::uint64_t amount = 0;
  std::optional<std::uint8_t> decimals{};  // of the checked forms
};

class Token {
 public:
  Token(Machine& machine, Frame& frame) : machine_(machine), frame_(frame) {}

  Verdict run() {
    if (frame_.data.empty()) return refusal(TokenError::InvalidInstruction);
    const auto tag = static_cast<Tag>(frame_.data[0]);
    switch (tag) {
      case Tag::Transfer:
      case Tag::TransferChecked:
        return with_amount(tag == Tag::TransferChecked, &Token::transfer);
      case Tag::MintTo:
      case Tag::MintToChecked:
        return with_amount(tag == Tag::MintToChecked, &Token::mint_to);
      case Tag::Burn:
      case Tag::BurnChecked:
        return with_amount(tag == Tag::BurnChecked, &Token::burn);
      case Tag::InitializeAccount3:
        return initialize_account();
      case Tag::InitializeMint2:
        return initialize_mint();
    }
    return {Fault::NotModelled};
  }

 private:
  const FrameAccount& at(std::size_t index) const { return frame_.accounts[index]; }
  const Account& account(std::size_t index) const { return machine_.account(at(index)); }
  const Key& key(std::size_t index) const { return machine_.key(at(index)); }
  Verdict need(std::size_t count) const {
    return frame_.accounts.size() < count ? Verdict{Fault::NotEnoughAccountKeys} : kSuccess;
  }
  // So many accounts; Token-2022 then asks first whether these two are its own.
  Verdict need(std::size_t count, std::size_t own, std::size_t other) const {
    SOLHOST_CHECK(need(count));
    if (!is_2022()) return kSuccess;
    SOLHOST_CHECK(check_owned(own));
    return check_owned(other);
  }
  // Token ignores what follows the arguments, Token-2022 does not.
  Verdict check_size(std::size_t size) const {
    if (is_2022())
      return frame_.data.size() == size ? kSuccess : Verdict{Fault::InvalidInstructionData};
    return frame_.data.size() >= size ? kSuccess : refusal(TokenError::InvalidInstruction);
  }
  bool is_2022() const { return frame_.program == sol::kToken2022Program; }
  bool is_rent_exempt(std::size_t index) const {
    return account(index).lamports >= machine_.rent_exempt(account(index).data.size());
  }
  Verdict check_owned(std::size_t index) const {
    return account(index).owner == frame_.program ? kSuccess : Verdict{Fault::IncorrectProgramId};
  }
  template <class State>
  Verdict store(std::size_t index, const State& state) {
    std::vector<std::uint8_t> data = account(index).data;
    encode_into(state, data);
    return machine_.set_data(frame_, at(index), data);
  }

  Verdict with_amount(bool checked, Verdict (Token::*handler)(const Amount&)) {
    SOLHOST_CHECK(check_size(checked ? 10 : 9));
    Amount amount;
    std::memcpy(&amount.amount, frame_.data.data() + 1, 8);
    if (checked) amount.decimals = frame_.data[9];
    return (this->*handler)(amount);
  }

  Verdict load(std::size_t index, TokenAccountState& state) const {
    const auto decoded = decode_token_account(account(index).data);
    if (!decoded) return {Fault::InvalidAccountData};
    if (decoded->state == TokenState::Uninitialized) return {Fault::UninitializedAccount};
    state = *decoded;
    return kSuccess;
  }
  Verdict load(std::size_t index, MintState& state) const {
    const auto decoded = decode_mint(account(index).data);
    if (!decoded) return {Fault::InvalidAccountData};
    if (!decoded->initialized) return {Fault::UninitializedAccount};
    state = *decoded;
    return kSuccess;
  }

  Verdict check_authority(const Key& expected, std::size_t index) const {
    if (!(key(index) == expected)) return refusal(TokenError::OwnerMismatch);
    return at(index).signer ? kSuccess : Verdict{Fault::MissingRequiredSignature};
  }
  // The owner, or a delegate within his allowance, which is used up when `spend`.
  Verdict authorize(TokenAccountState& source, std::size_t authority, std::uint64_t amount,
                    bool spend) const {
    if (!source.delegate || !(*source.delegate == key(authority)))
      return check_authority(source.owner, authority);
    SOLHOST_CHECK(check_authority(*source.delegate, authority));
    if (source.delegated_amount < amount) return refusal(TokenError::InsufficientFunds);
    if (!spend) return kSuccess;
    source.delegated_amount -= amount;
    if (source.delegated_amount == 0) source.delegate.reset();
    return kSuccess;
  }

  // Where nothing is written, no write will find out whose the accounts are.
  Verdict check_both_owned(std::size_t a, std::size_t b, bool nothing_to_write) const {
    if (!nothing_to_write) return kSuccess;
    SOLHOST_CHECK(check_owned(a));
    return check_owned(b);
  }

  Verdict transfer(const Amount& wanted) {
    const bool checked = wanted.decimals.has_value();
    const std::size_t to = checked ? 2 : 1;
    SOLHOST_CHECK(need(to + 2, 0, to));
    TokenAccountState source;
    TokenAccountState target;
    SOLHOST_CHECK(load(0, source));
    if (!is_2022()) SOLHOST_CHECK(load(to, target));
    if (source.state == TokenState::Frozen || target.state == TokenState::Frozen)
      return refusal(TokenError::AccountFrozen);
    if (source.amount < wanted.amount) return refusal(TokenError::InsufficientFunds);
    if (!is_2022() && !(source.mint == target.mint)) return refusal(TokenError::MintMismatch);
    if (checked) SOLHOST_CHECK(check_mint(1, source.mint, *wanted.decimals));
    const bool to_itself = at(0).slot == at(to).slot;
    SOLHOST_CHECK(authorize(source, to + 1, wanted.amount, !to_itself));
    SOLHOST_CHECK(check_both_owned(0, to, to_itself || wanted.amount == 0));
    if (to_itself) return kSuccess;
    if (is_2022()) {  // looks at the target last
      SOLHOST_CHECK(load(to, target));
      if (target.state == TokenState::Frozen) return refusal(TokenError::AccountFrozen);
      if (!(source.mint == target.mint)) return refusal(TokenError::MintMismatch);
    }
    if (source.native || target.native) return {Fault::NotModelled};
    if (wanted.amount > UINT64_MAX - target.amount) return refusal(TokenError::Overflow);
    source.amount -= wanted.amount;
    target.amount += wanted.amount;
    SOLHOST_CHECK(store(0, source));
    return store(to, target);
  }

  Verdict check_mint(std::size_t index, const Key& expected, std::uint8_t decimals) const {
    if (is_2022()) SOLHOST_CHECK(check_owned(index));
    if (!(key(index) == expected)) return refusal(TokenError::MintMismatch);
    MintState mint;
    SOLHOST_CHECK(load(index, mint));
    return mint.decimals == decimals ? kSuccess : refusal(TokenError::MintDecimalsMismatch);
  }

  // Accounts: mint, target, mint authority.
  Verdict mint_to(const Amount& wanted) {
    SOLHOST_CHECK(need(3, 0, 1));
    TokenAccountState target;
    MintState mint;
    SOLHOST_CHECK(load(1, target));
    if (target.state == TokenState::Frozen) return refusal(TokenError::AccountFrozen);
    if (target.native) return refusal(TokenError::NonNativeOnly);
    if (!(target.mint == key(0))) return refusal(TokenError::MintMismatch);
    SOLHOST_CHECK(load(0, mint));
    if (wanted.decimals && *wanted.decimals != mint.decimals)
      return refusal(TokenError::MintDecimalsMismatch);
    if (!mint.authority) return refusal(TokenError::FixedSupply);
    SOLHOST_CHECK(check_authority(*mint.authority, 2));
    SOLHOST_CHECK(check_both_owned(0, 1, wanted.amount == 0));
    // No account holds more than the supply, so that the supply overflows first.
    if (wanted.amount > UINT64_MAX - mint.supply || wanted.amount > UINT64_MAX - target.amount)
      return refusal(TokenError::Overflow);
    target.amount += wanted.amount;
    mint.supply += wanted.amount;
    SOLHOST_CHECK(store(1, target));
    return store(0, mint);
  }

  // Accounts: source, mint, its owner or delegate.
  Verdict burn(const Amount& wanted) {
    SOLHOST_CHECK(need(2, 0, 1));
    SOLHOST_CHECK(need(3));
    TokenAccountState source;
    MintState mint;
    if (is_2022()) SOLHOST_CHECK(load(1, mint));  // the other way round
    SOLHOST_CHECK(load(0, source));
    SOLHOST_CHECK(load(1, mint));
    if (source.state == TokenState::Frozen) return refusal(TokenError::AccountFrozen);
    if (source.native) return refusal(TokenError::NonNativeOnly);
    if (source.amount < wanted.amount) return refusal(TokenError::InsufficientFunds);
    if (!(source.mint == key(1))) return refusal(TokenError::MintMismatch);
    if (wanted.decimals && *wanted.decimals != mint.decimals)
      return refusal(TokenError::MintDecimalsMismatch);
    SOLHOST_CHECK(authorize(source, 2, wanted.amount, true));
    SOLHOST_CHECK(check_both_owned(0, 1, wanted.amount == 0));
    if (mint.supply < wanted.amount) return refusal(TokenError::Overflow);
    source.amount -= wanted.amount;
    mint.supply -= wanted.amount;
    SOLHOST_CHECK(store(0, source));
    return store(1, mint);
  }

  // Accounts: the new one, its mint. The token authority is the argument.
  Verdict initialize_account() {
    SOLHOST_CHECK(check_size(33));
    SOLHOST_CHECK(need(2, 0, 1));
    const auto before = decode_token_account(account(0).data);
    if (!before) return {Fault::InvalidAccountData};
    if (before->state != TokenState::Uninitialized) return refusal(TokenError::AlreadyInUse);
    if (!is_rent_exempt(0)) return refusal(TokenError::NotRentExempt);
    SOLHOST_CHECK(check_owned(1));
    MintState mint;
    if (!load(1, mint).ok()) return refusal(TokenError::InvalidMint);
    TokenAccountState state;
    state.mint = key(1);
    std::memcpy(&state.owner, frame_.data.data() + 1, 32);
    return store(0, state);
  }

  // Decimals, mint authority, and a freeze authority or not.
  Verdict initialize_mint() {
    const std::vector<std::uint8_t>& data = frame_.data;
    const bool freezable = data.size() >= 67 && data[34] == 1;
    if (data.size() < 35 || data[34] > 1 || (data[34] == 1 && !freezable)) {
      return is_2022() ? Verdict{Fault::InvalidInstructionData}
                       : refusal(TokenError::InvalidInstruction);
    }
    SOLHOST_CHECK(need(1, 0, 0));
    const std::vector<std::uint8_t>& now = account(0).data;
    // Token-2022 looks at the mint's part of longer accounts too, before their length.
    if (is_2022() && now.size() > 82 && now[45] != 0) return refusal(TokenError::AlreadyInUse);
    const auto before = decode_mint(now);
    if (!before) return {Fault::InvalidAccountData};
    if (before->initialized) return refusal(TokenError::AlreadyInUse);
    if (!is_rent_exempt(0)) return refusal(TokenError::NotRentExempt);
    MintState mint;
    mint.decimals = data[1];
    std::memcpy(&mint.authority.emplace(), data.data() + 2, 32);
    if (freezable) std::memcpy(&mint.freeze_authority.emplace(), data.data() + 35, 32);
    return store(0, mint);
  }

  Machine& machine_;
  Frame& frame_;
};

}  // namespace

Verdict run_token_program(Machine& machine, Frame& frame) { return Token(machine, frame).run(); }

}  // namespace solhost
