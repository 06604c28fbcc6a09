#include "chain/programs.h"

#include <array>
#include <concepts>

#include "base/check.h"
#include "chain/pda.h"

namespace wardhive::chain::programs {
namespace {

// Little-endian numbers and keys one after another, as bincode and the token programs want them.
class Data {
 public:
  template <std::unsigned_integral T>
  Data& number(T value) {
    for (std::size_t i = 0; i < sizeof value; ++i)
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  Data& bytes(std::span<const std::uint8_t> more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

}  // namespace

Instruction set_compute_unit_limit(std::uint32_t units) {
  return {kComputeBudget, {}, Data().number(std::uint8_t{2}).number(units).take()};
}
Instruction set_compute_unit_price(std::uint64_t micro_lamports) {
  return {kComputeBudget, {}, Data().number(std::uint8_t{3}).number(micro_lamports).take()};
}

Instruction transfer(const Pubkey& from, const Pubkey& to, std::uint64_t lamports) {
  return {kSystem,
          {writable_signer(from), writable(to)},
          Data().number(std::uint32_t{2}).number(lamports).take()};
}

Instruction create_account(const Pubkey& from, const Pubkey& account, std::uint64_t lamports,
                           std::uint64_t space, const Pubkey& owner) {
  return {kSystem,
          {writable_signer(from), writable_signer(account)},
          Data().number(std::uint32_t{0}).number(lamports).number(space).bytes(owner.bytes).take()};
}

Instruction create_associated_token(const Pubkey& payer, const Pubkey& owner, const Pubkey& mint,
                                    const Pubkey& token_program) {
  return {kAssociatedToken,
          {writable_signer(payer), writable(associated_token_address(owner, mint, token_program)),
           readonly(owner), readonly(mint), readonly(kSystem), readonly(token_program)},
          {1}};
}

Instruction initialize_mint(const Pubkey& mint, std::uint8_t decimals, const Pubkey& authority,
                            const Pubkey& token_program) {
  return {token_program,
          {writable(mint)},
          Data()
              .number(std::uint8_t{20})
              .number(decimals)
              .bytes(authority.bytes)
              .number(std::uint8_t{0})
              .take()};
}

Instruction mint_to(const Pubkey& mint, const Pubkey& to, const Pubkey& authority,
                    std::uint64_t amount, const Pubkey& token_program) {
  return {token_program,
          {writable(mint), writable(to), signer(authority)},
          Data().number(std::uint8_t{7}).number(amount).take()};
}

Pubkey program_data_address(const Pubkey& program) {
  const std::array<Seed, 1> seeds{program.bytes};
  const auto found = find_program_address(seeds, kUpgradeableLoader);
  WARDHIVE_ASSERT(found.has_value());
  return found->key;
}

Instruction initialize_buffer(const Pubkey& buffer, const Pubkey& authority) {
  return {kUpgradeableLoader,
          {writable(buffer), readonly(authority)},
          Data().number(std::uint32_t{0}).take()};
}

Instruction write_buffer(const Pubkey& buffer, const Pubkey& authority, std::uint32_t offset,
                         std::span<const std::uint8_t> bytes) {
  return {kUpgradeableLoader,
          {writable(buffer), signer(authority)},
          Data()
              .number(std::uint32_t{1})
              .number(offset)
              .number(std::uint64_t{bytes.size()})
              .bytes(bytes)
              .take()};
}

Instruction deploy(const Pubkey& payer, const Pubkey& program, const Pubkey& buffer,
                   const Pubkey& authority, std::uint64_t bytes_max) {
  return {kUpgradeableLoader,
          {writable_signer(payer), writable(program_data_address(program)), writable(program),
           writable(buffer), readonly(kRentSysvar), readonly(kClockSysvar), readonly(kSystem),
           signer(authority)},
          Data().number(std::uint32_t{2}).number(bytes_max).take()};
}

Instruction close_buffer(const Pubkey& buffer, const Pubkey& to, const Pubkey& authority) {
  return {kUpgradeableLoader,
          {writable(buffer), writable(to), signer(authority)},
          Data().number(std::uint32_t{5}).take()};
}

Instruction set_upgrade_authority(const Pubkey& program, const Pubkey& authority,
                                  const std::optional<Pubkey>& next) {
  Instruction instruction{kUpgradeableLoader,
                          {writable(program_data_address(program)), signer(authority)},
                          Data().number(std::uint32_t{4}).take()};
  if (next) instruction.accounts.push_back(readonly(*next));
  return instruction;
}

}  // namespace wardhive::chain::programs
