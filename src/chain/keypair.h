// A signing key and its file, in the form of the `solana` tools (id.json: a JSON array of 64
// numbers, secret seed then public key). Any thread; the secret is wiped when a value dies.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/file.h"
#include "chain/pubkey.h"

namespace wardhive::chain {

class Keypair {
 public:
  static Keypair generate();  // from the system's randomness
  static Keypair from_seed(const std::array<std::uint8_t, 32>& seed);
  // The text of an id.json. InvalidInput if it is no array of 64 bytes, or if its second half is
  // not the public key of the first (a damaged file would sign for somebody else).
  static Result<Keypair> parse(std::string_view json);
  // PermissionDenied if group or others may read the file; the message says chmod.
  static Result<Keypair> load(const Path& path);

  Keypair(const Keypair&) = default;
  Keypair& operator=(const Keypair&) = default;
  ~Keypair();

  const Pubkey& pubkey() const { return pubkey_; }
  Signature sign(std::span<const std::uint8_t> message) const;
  // Written with mode 0600. Conflict if the file exists and `replace` is not set.
  Status save(const Path& path, bool replace = false) const;

 private:
  Keypair() = default;
  std::array<std::uint8_t, 64> secret_{};  // seed, then public key
  Pubkey pubkey_;
};

// Whether `signature` is this key's over `message`.
bool verify(const Pubkey& key, std::span<const std::uint8_t> message, const Signature& signature);

}  // namespace wardhive::chain
