#include "chain/keypair.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "base/check.h"
#include "base/json.h"

namespace wardhive::chain {
namespace {

constexpr std::size_t kFileBytesMax = 4 * 1024;

}  // namespace

Keypair Keypair::from_seed(const std::array<std::uint8_t, 32>& seed) {
  Keypair pair;
  crypto_sign_seed_keypair(pair.pubkey_.bytes.data(), pair.secret_.data(), seed.data());
  return pair;
}

Keypair Keypair::generate() {
  WARDHIVE_ASSERT(sodium_init() >= 0);
  std::array<std::uint8_t, 32> seed;
  randombytes_buf(seed.data(), seed.size());
  auto pair = from_seed(seed);
  sodium_memzero(seed.data(), seed.size());
  return pair;
}

Result<Keypair> Keypair::parse(std::string_view json) {
  const auto wrong = [](std::string_view why) {
    return fail(
        ErrorCode::InvalidInput,
        fmt::format("{}; expected a JSON array of 64 numbers from 0 to 255, as `solana-keygen`"
                    " and `wardhive chain keygen` write it",
                    why));
  };
  const auto document = JsonValue::parse(json);
  if (!document) return wrong("not JSON");
  if (document->type() != JsonValue::Type::Array || document->items().size() != 64)
    return wrong("not an array of 64");
  std::array<std::uint8_t, 64> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto& item = document->items()[i];
    if (item.type() != JsonValue::Type::Int || item.as_int() < 0 || item.as_int() > 255)
      return wrong(fmt::format("item {} is no byte", i));
    bytes[i] = static_cast<std::uint8_t>(item.as_int());
  }
  std::array<std::uint8_t, 32> seed;
  std::copy_n(bytes.begin(), seed.size(), seed.begin());
  auto pair = from_seed(seed);
  const bool same = pair.secret_ == bytes;
  sodium_memzero(seed.data(), seed.size());
  sodium_memzero(bytes.data(), bytes.size());
  if (!same) return wrong("the public half does not belong to the secret half");
  return pair;
}

Result<Keypair> Keypair::load(const Path& path) {
  auto text = read_secret_file(path, kFileBytesMax);
  if (!text) {
    auto error = text.error();
    if (error.code == ErrorCode::NotFound)
      error.message = fmt::format(
          "no key in {}; make one with `wardhive chain keygen -o {}`, or name "
          "yours with --keypair",
          path.string(), path.string());
    if (error.code == ErrorCode::PermissionDenied) error.reason = "open_permissions";
    return std::unexpected(std::move(error));
  }
  auto pair = parse(*text);
  sodium_memzero(text->data(), text->size());
  if (!pair)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{}: {}", path.string(), pair.error().message));
  return pair;
}

Keypair::~Keypair() { sodium_memzero(secret_.data(), secret_.size()); }

Signature Keypair::sign(std::span<const std::uint8_t> message) const {
  Signature signature;
  crypto_sign_detached(signature.bytes.data(), nullptr, message.data(), message.size(),
                       secret_.data());
  return signature;
}

Status Keypair::save(const Path& path, bool replace) const {
  std::error_code ignored;
  if (!replace && std::filesystem::exists(path, ignored))
    return fail(ErrorCode::Conflict,
                fmt::format("{} exists; a key that is overwritten is lost for ever (choose another "
                            "file, or --force)",
                            path.string()));
  auto text = fmt::format("[{}]\n", fmt::join(secret_, ","));
  const auto status = write_file_atomically(path, text, 0600);
  sodium_memzero(text.data(), text.size());
  return status;
}

bool verify(const Pubkey& key, std::span<const std::uint8_t> message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.bytes.data(), message.data(), message.size(),
                                     key.bytes.data()) == 0;
}

}  // namespace wardhive::chain
