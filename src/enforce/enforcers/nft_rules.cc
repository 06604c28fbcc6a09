#include "enforce/enforcers/nft_rules.h"

#include <fmt/format.h>
#include <nftables/libnftables.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/check.h"

namespace wardhive {

void NftProgram::Free::operator()(nft_ctx* context) const { nft_ctx_free(context); }

NftProgram::NftProgram() : context_(nft_ctx_new(NFT_CTX_DEFAULT)) {
  WARDHIVE_ASSERT(context_ != nullptr);
  nft_ctx_buffer_output(context_.get());
  nft_ctx_buffer_error(context_.get());
}

Status NftProgram::run(const std::string& commands) {
  if (nft_run_cmd_from_buffer(context_.get(), commands.c_str()) == 0) return ok();
  // What is wrong, then the command it stands in, then carets.
  const std::string complaint = nft_ctx_get_error_buffer(context_.get());
  const auto end = complaint.find('\n');
  const auto command = end == std::string::npos
                           ? ""
                           : complaint.substr(end + 1, complaint.find('\n', end + 1) - end - 1);
  return fail(ErrorCode::Unavailable,
              fmt::format("nftables refuses \"{}\": {}", command, complaint.substr(0, end)));
}

BanLength BanLength::of(const IpPrefix& prefix) {
  // A range wider than all of IPv4 (::/95 and shorter) is an IPv6 range.
  const bool v4 = prefix.base.is_v4() && prefix.length_v6 >= 96;
  return {v4, v4 ? prefix.length_v6 - 96u : prefix.length_v6};
}

IpPrefix BanLength::prefix(const IpAddress& base) const {
  return {base, static_cast<std::uint8_t>(v4 ? bits + 96 : bits)};
}

std::string BanLength::set_name() const {
  const auto* family = v4 ? "banned4" : "banned6";
  return bits == (v4 ? 32 : 128) ? family : fmt::format("{}_{}", family, bits);
}

std::optional<BanLength> BanLength::from_set_name(std::string_view name) {
  if (!name.starts_with("banned4") && !name.starts_with("banned6")) return std::nullopt;
  BanLength length{name[6] == '4', name[6] == '4' ? 32u : 128u};
  const auto bits_max = length.bits;
  if (name.size() > 8) std::from_chars(name.data() + 8, name.data() + name.size(), length.bits);
  if (length.bits > bits_max || length.set_name() != name) return std::nullopt;
  return length;
}

namespace {

std::string mask_text(const BanLength& length) {
  IpAddress mask;
  if (length.v4) mask.bytes[10] = mask.bytes[11] = 0xff;  // so that it prints as IPv4
  auto* first = mask.bytes.data() + (length.v4 ? 12 : 0);
  for (unsigned bit = 0; bit < length.bits; ++bit)
    first[bit / 8] |= static_cast<std::uint8_t>(0x80 >> (bit % 8));
  return mask.text();
}

}  // namespace

TableText table_text(const NftablesConfig& config, const std::set<BanLength>& lengths) {
  TableText text;
  auto& out = text.commands;
  const auto line = [&](std::string_view what, std::string_view rest) {
    fmt::format_to(std::back_inserter(out), "{} inet {} {}\n", what, config.table, rest);
  };
  const auto rule = [&](const std::string& what) {
    line("add rule", what);
    ++text.rules;
  };
  line("add table", "");
  for (const char family : {'4', '6'}) {
    line("add counter", fmt::format("dropped{}", family));
    line("add set", fmt::format("allow{} {{ type ipv{}_addr; flags interval; }}", family, family));
  }
  for (const auto& length : lengths)
    line("add set", fmt::format("{} {{ type {}; flags timeout; counter; }}", length.set_name(),
                                length.v4 ? "ipv4_addr" : "ipv6_addr"));
  line("add chain", "guard");
  for (const auto* hook : {"input", "forward"})
    line("add chain",
         fmt::format("{} {{ type filter hook {} priority filter - 10; policy accept; }}", hook,
                     hook));
  // Emptied and filled again in the one transaction: no packet sees the gap.
  for (const auto* chain : {"input", "forward", "guard"}) line("flush chain", chain);
  rule("input jump guard");
  rule("forward jump guard");
  if (config.channel) {
    const auto& [controller, port] = *config.channel;
    rule(fmt::format("guard {} saddr {} tcp sport {} accept", controller.is_v4() ? "ip" : "ip6",
                     controller.text(), port));
  }
  rule("guard ip saddr @allow4 accept");
  rule("guard ip6 saddr @allow6 accept");
  for (const auto& length : lengths) {
    const bool host = length.bits == (length.v4 ? 32 : 128);
    const auto masked = host ? std::string() : " & " + mask_text(length);
    rule(fmt::format("guard {} saddr{} @{} counter name dropped{} drop", length.v4 ? "ip" : "ip6",
                     masked, length.set_name(), length.v4 ? 4 : 6));
  }
  return text;
}

std::vector<IpPrefix> outermost(std::vector<IpPrefix> prefixes) {
  std::ranges::sort(prefixes);  // a wider prefix sorts before what lies in it
  std::vector<IpPrefix> out;
  for (const auto& prefix : prefixes)
    if (out.empty() || !out.back().overlaps(prefix)) out.push_back(prefix);
  return out;
}

std::string protected_text(const std::string& table, const std::vector<IpPrefix>& prefixes) {
  std::string out;
  for (const bool v4 : {true, false}) {
    const auto set = fmt::format("inet {} allow{}", table, v4 ? 4 : 6);
    std::vector<IpPrefix> family;
    std::ranges::copy_if(prefixes, std::back_inserter(family),
                         [&](const auto& prefix) { return BanLength::of(prefix).v4 == v4; });
    std::vector<std::string> elements;
    for (const auto& prefix : outermost(std::move(family))) elements.push_back(prefix.text());
    out += fmt::format("flush set {}\n", set);
    if (!elements.empty())
      out += fmt::format("add element {} {{ {} }}\n", set, fmt::join(elements, ", "));
  }
  return out;
}

}  // namespace wardhive
