// The text of our table, and the library that loads it.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/address.h"
#include "enforce/enforcers/nftables.h"

struct nft_ctx;

namespace wardhive {

// Runs nft's own language in this process. One thread.
class NftProgram {
 public:
  // Opens netlink itself and ends the process where it cannot: open NftElements first.
  NftProgram();
  // One transaction. PermissionDenied, or Unavailable with the first line of nft's complaint.
  Status run(const std::string& commands);

 private:
  struct Free {
    void operator()(nft_ctx* context) const;
  };
  std::unique_ptr<nft_ctx, Free> context_;
};

// Prefix lengths of the mapped form, one set each; and which family.
struct BanLength {
  bool v4 = true;
  unsigned bits = 32;  // 0-32 or 0-128
  // The longest first: a packet counts for the narrowest ban.
  bool operator<(const BanLength& other) const { return v4 != other.v4 ? v4 : bits > other.bits; }
  static BanLength of(const IpPrefix& prefix);
  IpPrefix prefix(const IpAddress& base) const;
  std::string set_name() const;                                          // "banned4_24"
  static std::optional<BanLength> from_set_name(std::string_view name);  // empty for other sets
};

struct TableText {
  std::string commands;   // makes or repairs the table, leaves elements alone
  std::size_t rules = 0;  // that it then holds
};
TableText table_text(const NftablesConfig& config, const std::set<BanLength>& lengths);

// Fills the sets of protected prefixes with just these.
std::string protected_text(const std::string& table, const std::vector<IpPrefix>& prefixes);

// Without those that lie in another one.
std::vector<IpPrefix> outermost(std::vector<IpPrefix> prefixes);

}  // namespace wardhive
