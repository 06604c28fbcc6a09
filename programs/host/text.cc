#include "host/text.h"

#include <array>
#include <string_view>
#include <utility>

#include "host/machine.h"

namespace solhost {

namespace {

struct Words {
  Fault fault;
  std::string_view name;
  std::string_view text;  // of solana-instruction-error's Display
};

constexpr Words kWords[] = {
    {Fault::None, "None", "success"},
    {Fault::Custom, "Custom", "custom program error"},
    {Fault::GenericError, "GenericError", "generic instruction error"},
    {Fault::InvalidArgument, "InvalidArgument", "invalid program argument"},
    {Fault::InvalidInstructionData, "InvalidInstructionData", "invalid instruction data"},
    {Fault::InvalidAccountData, "InvalidAccountData", "invalid account data for instruction"},
    {Fault::AccountDataTooSmall, "AccountDataTooSmall", "account data too small for instruction"},
    {Fault::InsufficientFunds, "InsufficientFunds", "insufficient funds for instruction"},
    {Fault::IncorrectProgramId, "IncorrectProgramId", "incorrect program id for instruction"},
    {Fault::MissingRequiredSignature, "MissingRequiredSignature",
     "missing required signature for instruction"},
    {Fault::AccountAlreadyInitialized, "AccountAlreadyInitialized",
     "instruction requires an uninitialized account"},
    {Fault::UninitializedAccount, "UninitializedAccount",
     "instruction requires an initialized account"},
    {Fault::UnbalancedInstruction, "UnbalancedInstruction",
     "sum of account balances before and after instruction do not match"},
    {Fault::ModifiedProgramId, "ModifiedProgramId",
     "instruction illegally modified the program id of an account"},
    {Fault::ExternalAccountLamportSpend, "ExternalAccountLamportSpend",
     "instruction spent from the balance of an account it does not own"},
    {Fault::ExternalAccountDataModified, "ExternalAccountDataModified",
     "instruction modified data of an account it does not own"},
    {Fault::ReadonlyLamportChange, "ReadonlyLamportChange",
     "instruction changed the balance of a read-only account"},
    {Fault::ReadonlyDataModified, "ReadonlyDataModified",
     "instruction modified data of a read-only account"},
    {Fault::NotEnoughAccountKeys, "NotEnoughAccountKeys",
     "insufficient account keys for instruction"},
    {Fault::AccountDataSizeChanged, "AccountDataSizeChanged",
     "program other than the account's owner changed the size of the account data"},
    {Fault::AccountNotExecutable, "AccountNotExecutable",
     "instruction expected an executable account"},
    {Fault::AccountBorrowFailed, "AccountBorrowFailed",
     "instruction tries to borrow reference for an account which is already borrowed"},
    {Fault::MissingAccount, "MissingAccount", "An account required by the instruction is missing"},
    {Fault::ReentrancyNotAllowed, "ReentrancyNotAllowed",
     "Cross-program invocation reentrancy not allowed for this instruction"},
    {Fault::MaxSeedLengthExceeded, "MaxSeedLengthExceeded",
     "Length of the seed is too long for address generation"},
    {Fault::InvalidSeeds, "InvalidSeeds", "Provided seeds do not result in a valid address"},
    {Fault::InvalidRealloc, "InvalidRealloc", "Failed to reallocate account data"},
    {Fault::PrivilegeEscalation, "PrivilegeEscalation",
     "Cross-program invocation with unauthorized signer or writable account"},
    {Fault::ProgramFailedToComplete, "ProgramFailedToComplete", "Program failed to complete"},
    {Fault::CallDepth, "CallDepth", "Cross-program invocation call depth too deep"},
    {Fault::InvalidError, "InvalidError", "program returned invalid error code"},
    {Fault::UnsupportedProgramId, "UnsupportedProgramId", "Unsupported program id"},
    {Fault::ArithmeticOverflow, "ArithmeticOverflow", "Program arithmetic overflowed"},
    {Fault::Immutable, "Immutable", "Account is immutable"},
    {Fault::IncorrectAuthority, "IncorrectAuthority", "Incorrect authority provided"},
    {Fault::InvalidAccountOwner, "InvalidAccountOwner", "Invalid account owner"},
    {Fault::AccountNotRentExempt, "AccountNotRentExempt",
     "An account does not have enough lamports to be rent-exempt"},
    {Fault::IllegalOwner, "IllegalOwner", "Provided owner is not allowed"},
    {Fault::InsufficientFundsForRent, "InsufficientFundsForRent",
     "Transaction results in an account with insufficient funds for rent"},
    {Fault::ProgramAccountNotFound, "ProgramAccountNotFound",
     "Attempt to load a program that does not exist"},
    {Fault::NotModelled, "NotModelled", "programs/host does not model this instruction"},
};
static_assert(std::size(kWords) == static_cast<std::size_t>(Fault::NotModelled) + 1);

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kWords); ++i) {
    if (kWords[i].fault != static_cast<Fault>(i)) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::string_view name_of(Fault fault) { return kWords[static_cast<std::size_t>(fault)].name; }

std::string text_of(const Verdict& verdict) {
  std::string text(kWords[static_cast<std::size_t>(verdict.fault)].text);
  if (verdict.fault != Fault::Custom) return text;
  std::string digits;
  for (std::uint32_t rest = verdict.custom; rest != 0 || digits.empty(); rest /= 16)
    digits.insert(digits.begin(), "0123456789abcdef"[rest % 16]);
  return text + ": 0x" + digits;
}

std::string Outcome::text() const {
  std::string all(name_of(error));
  if (error == Fault::Custom) all += "(" + std::to_string(custom_code) + ")";
  all += " in instruction " + std::to_string(instruction);
  for (const std::string& line : logs) all += "\n  " + line;
  return all;
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < left ? bytes[at + i] : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      text += i <= left ? kDigits[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

}  // namespace solhost
