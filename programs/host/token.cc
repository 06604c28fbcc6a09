#include "host/token.h"

#include <cstring>
#include <utility>

namespace solhost {

namespace {

constexpr std::size_t kMintBytes = 82;
constexpr std::size_t kAccountBytes = 165;

template <class T>
void put(std::span<std::uint8_t> out, std::size_t at, const T& value) {
  std::memcpy(out.data() + at, &value, sizeof(T));
}
template <class T>
T get(std::span<const std::uint8_t> in, std::size_t at) {
  T value;
  std::memcpy(&value, in.data() + at, sizeof(T));
  return value;
}

// COption: a tag of four bytes, of which p-token reads the first, then the value.
template <class T>
std::optional<T> get_option(std::span<const std::uint8_t> in, std::size_t at) {
  if (in[at] != 1) return std::nullopt;
  return get<T>(in, at + 4);
}
template <class T>
void put_option(std::span<std::uint8_t> out, std::size_t at, const std::optional<T>& value) {
  if (get_option<T>(out, at) == value) return;
  put<std::uint32_t>(out, at, value ? 1 : 0);
  if (value) put(out, at + 4, *value);
}

}  // namespace

void encode_into(const MintState& mint, std::span<std::uint8_t> out) {
  put_option(out, 0, mint.authority);
  put(out, 36, mint.supply);
  out[44] = mint.decimals;
  out[45] = mint.initialized;
  put_option(out, 46, mint.freeze_authority);
}

std::vector<std::uint8_t> encode(const MintState& mint) {
  std::vector<std::uint8_t> out(kMintBytes);
  encode_into(mint, out);
  return out;
}

void encode_into(const TokenAccountState& account, std::span<std::uint8_t> out) {
  put(out, 0, account.mint);
  put(out, 32, account.owner);
  put(out, 64, account.amount);
  put_option(out, 72, account.delegate);
  out[108] = static_cast<std::uint8_t>(account.state);
  put_option(out, 109, account.native);
  put(out, 121, account.delegated_amount);
  put_option(out, 129, account.close_authority);
}

std::vector<std::uint8_t> encode(const TokenAccountState& account) {
  std::vector<std::uint8_t> out(kAccountBytes);
  encode_into(account, out);
  return out;
}

std::optional<MintState> decode_mint(std::span<const std::uint8_t> data) {
  if (data.size() != kMintBytes || data[45] > 1) return std::nullopt;
  MintState mint;
  mint.authority = get_option<Key>(data, 0);
  mint.freeze_authority = get_option<Key>(data, 46);
  mint.supply = get<std::uint64_t>(data, 36);
  mint.decimals = data[44];
  mint.initialized = data[45] == 1;
  return mint;
}

std::optional<TokenAccountState> decode_token_account(std::span<const std::uint8_t> data) {
  if (data.size() != kAccountBytes || data[108] > 2) return std::nullopt;
  TokenAccountState account;
  account.mint = get<Key>(data, 0);
  account.owner = get<Key>(data, 32);
  account.amount = get<std::uint64_t>(data, 64);
  account.state = static_cast<TokenState>(data[108]);
  account.delegated_amount = get<std::uint64_t>(data, 121);
  account.delegate = get_option<Key>(data, 72);
  account.native = get_option<std::uint64_t>(data, 109);
  account.close_authority = get_option<Key>(data, 129);
  return account;
}

void put_mint(Bank& bank, const Key& key, const MintState& mint, const Key& program) {
  bank.put(key, {.lamports = bank.rent_exempt(kMintBytes), .owner = program, .data = encode(mint)});
}

void put_token_account(Bank& bank, const Key& key, const TokenAccountState& account,
                       const Key& program) {
  bank.put(
      key,
      {.lamports = bank.rent_exempt(kAccountBytes), .owner = program, .data = encode(account)});
}

std::uint64_t token_amount(const Bank& bank, const Key& key) {
  const auto account = decode_token_account(bank.data(key));
  return account ? account->amount : 0;
}

}  // namespace solhost
