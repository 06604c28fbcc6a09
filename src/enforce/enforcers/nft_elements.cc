#include "enforce/enforcers/nft_elements.h"

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.h"

namespace wardhive {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024;  // the kernel's largest dump message is 32 KiB
constexpr std::size_t kChangeBytesMax = 128;        // one element with timeout and counter is 92
constexpr std::size_t kHeaderBytesMax = 256;        // netlink and nfnetlink headers, both names

// The list of elements is one attribute, whose length has 16 bits.
static_assert(NftElements::kChangesPerCommit * kChangeBytesMax < 65'536);

struct FreeSet {
  void operator()(nftnl_set* set) const { nftnl_set_free(set); }
};
struct FreeRule {
  void operator()(nftnl_rule* rule) const { nftnl_rule_free(rule); }
};
using SetPtr = std::unique_ptr<nftnl_set, FreeSet>;

SetPtr make_set(const std::string& table, const std::string& name) {
  SetPtr set(nftnl_set_alloc());
  nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, table.c_str());
  if (!name.empty()) nftnl_set_set_str(set.get(), NFTNL_SET_NAME, name.c_str());
  return set;
}

void add_key(nftnl_set_elem* element, const IpAddress& address) {
  const auto skip = address.is_v4() ? 12u : 0u;
  nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, address.bytes.data() + skip, 16 - skip);
}

nftnl_set_elem* make_element(const NftChange& change) {
  auto* element = nftnl_set_elem_alloc();
  add_key(element, change.element.address);
  if (!change.add) return element;
  const auto expires_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(change.element.expires_in);
  nftnl_set_elem_set_u64(element, NFTNL_SET_ELEM_TIMEOUT,
                         static_cast<std::uint64_t>(std::max<std::int64_t>(expires_ms.count(), 1)));
  if (change.element.packets != 0) {  // a fresh element gets a counter from its set
    auto* counter = nftnl_expr_alloc("counter");
    nftnl_expr_set_u64(counter, NFTNL_EXPR_CTR_PACKETS, change.element.packets);
    nftnl_expr_set_u64(counter, NFTNL_EXPR_CTR_BYTES, change.element.bytes);
    nftnl_set_elem_add_expr(element, counter);
  }
  return element;
}

std::optional<NftElement> read_element(nftnl_set_elem* raw) {
  std::uint32_t size = 0;
  const void* key = nftnl_set_elem_get(raw, NFTNL_SET_ELEM_KEY, &size);
  if (key == nullptr || (size != 4 && size != 16)) return std::nullopt;
  NftElement element;
  if (size == 4) element.address.bytes[10] = element.address.bytes[11] = 0xff;
  std::memcpy(element.address.bytes.data() + 16 - size, key, size);
  if (nftnl_set_elem_is_set(raw, NFTNL_SET_ELEM_EXPIRATION))
    element.expires_in =
        millis(static_cast<std::int64_t>(nftnl_set_elem_get_u64(raw, NFTNL_SET_ELEM_EXPIRATION)));
  const auto read_counter = [](nftnl_expr* expression, void* out) {
    auto& found = *static_cast<NftElement*>(out);
    if (std::string_view(nftnl_expr_get_str(expression, NFTNL_EXPR_NAME)) == "counter") {
      found.packets = nftnl_expr_get_u64(expression, NFTNL_EXPR_CTR_PACKETS);
      found.bytes = nftnl_expr_get_u64(expression, NFTNL_EXPR_CTR_BYTES);
    }
    return 0;
  };
  nftnl_set_elem_expr_foreach(raw, read_counter, &element);
  return element;
}

void read_elements(const nlmsghdr* message, const std::function<void(const NftElement&)>& each) {
  const SetPtr set(nftnl_set_alloc());
  if (nftnl_set_elems_nlmsg_parse(message, set.get()) < 0) return;
  const auto visit = [](nftnl_set_elem* raw, void* out) {
    if (const auto element = read_element(raw))
      (*static_cast<const std::function<void(const NftElement&)>*>(out))(*element);
    return 0;
  };
  auto* callback = const_cast<std::function<void(const NftElement&)>*>(&each);
  nftnl_set_elem_foreach(set.get(), visit, callback);
}

}  // namespace

Error nft_error(int error_number, std::string_view what) {
  if (error_number == EPERM || error_number == EACCES)
    return {ErrorCode::PermissionDenied,
            std::string(what) +
                ": the kernel refuses without CAP_NET_ADMIN; run the agent with it (systemd: "
                "AmbientCapabilities=CAP_NET_ADMIN; by hand: setcap cap_net_admin+ep on the "
                "binary, or as root)"};
  if (error_number == EAGAIN)
    return {ErrorCode::Timeout, std::string(what) + ": the kernel did not answer within 1 s"};
  if (error_number == EPROTONOSUPPORT || error_number == EAFNOSUPPORT)
    return {ErrorCode::Unsupported,
            std::string(what) +
                ": this kernel has no nftables (modprobe nf_tables, or leave the control out)"};
  if (error_number == ENOENT)
    return {ErrorCode::NotFound, std::string(what) + ": no such table, set or element"};
  return system_error(error_number, what);
}

void NftElements::Close::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

Result<NftElements> NftElements::open(std::string table) {
  auto* socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
  if (socket == nullptr) return std::unexpected(nft_error(errno, "open a netlink socket"));
  NftElements elements(socket, std::move(table));
  elements.buffer_.resize(kAnswerBytesMax);
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) != 0 ||
      ::setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &patience,
                   sizeof patience) != 0)
    return std::unexpected(nft_error(errno, "bind a netlink socket"));
  return elements;
}

Status NftElements::send(const void* bytes, std::size_t size, std::string_view what) {
  if (mnl_socket_sendto(socket_.get(), bytes, size) < 0)
    return std::unexpected(nft_error(errno, what));
  return ok();
}

Status NftElements::receive(std::uint32_t first, std::uint32_t last, std::string_view what,
                            const std::function<void(const nlmsghdr*)>& each) {
  int failure = 0;
  for (;;) {
    const auto received = mnl_socket_recvfrom(socket_.get(), buffer_.data(), buffer_.size());
    if (received < 0 && errno == EINTR) continue;
    if (received < 0) return std::unexpected(nft_error(errno, what));
    auto left = static_cast<int>(received);
    for (auto* message = reinterpret_cast<const nlmsghdr*>(buffer_.data());
         mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
      // An answer to a request that timed out earlier is not ours any more.
      if (message->nlmsg_seq < first || message->nlmsg_seq > last) continue;
      if (message->nlmsg_flags & NLM_F_DUMP_INTR) failure = EINTR;
      if (message->nlmsg_type == NLMSG_ERROR) {
        const auto error = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
        if (failure == 0) failure = error;
        // A refusal of the whole batch names its first message; else errors come in order.
        const bool whole_batch = error != 0 && message->nlmsg_seq == first;
        if (message->nlmsg_seq != last && !whole_batch) continue;
      } else if (message->nlmsg_type != NLMSG_DONE) {
        each(message);
        continue;
      }
      if (failure != 0) return std::unexpected(nft_error(failure, what));
      return ok();
    }
  }
}

Status NftElements::request(std::uint16_t type, std::uint16_t flags, nftnl_set* set,
                            std::string_view what,
                            const std::function<void(const nlmsghdr*)>& each) {
  std::array<char, 1024> out{};
  const auto sequence = ++sequence_;
  auto* message = nftnl_nlmsg_build_hdr(out.data(), type, NFPROTO_INET, flags, sequence);
  if (type == NFT_MSG_GETSET)
    nftnl_set_nlmsg_build_payload(message, set);
  else
    nftnl_set_elems_nlmsg_build_payload(message, set);
  WARDHIVE_TRY(send(message, message->nlmsg_len, what));
  return receive(sequence, sequence, what, each);
}

Result<std::vector<std::string>> NftElements::set_names() {
  std::vector<std::string> names;
  const auto filter = make_set(table_, "");
  const auto status = request(NFT_MSG_GETSET, NLM_F_DUMP, filter.get(),
                              "list the sets of table " + table_, [&](const nlmsghdr* message) {
                                const SetPtr set(nftnl_set_alloc());
                                if (nftnl_set_nlmsg_parse(message, set.get()) < 0) return;
                                if (nftnl_set_get_str(set.get(), NFTNL_SET_TABLE) == table_)
                                  names.emplace_back(nftnl_set_get_str(set.get(), NFTNL_SET_NAME));
                              });
  if (!status && status.error().code != ErrorCode::NotFound) return std::unexpected(status.error());
  return names;
}

Result<std::size_t> NftElements::rule_count() {
  std::array<char, 1024> out{};
  const std::unique_ptr<nftnl_rule, FreeRule> filter(nftnl_rule_alloc());
  nftnl_rule_set_str(filter.get(), NFTNL_RULE_TABLE, table_.c_str());
  const auto sequence = ++sequence_;
  auto* message =
      nftnl_nlmsg_build_hdr(out.data(), NFT_MSG_GETRULE, NFPROTO_INET, NLM_F_DUMP, sequence);
  nftnl_rule_nlmsg_build_payload(message, filter.get());
  const auto what = "list the rules of table " + table_;
  WARDHIVE_TRY(send(message, message->nlmsg_len, what));
  std::size_t count = 0;
  const auto status = receive(sequence, sequence, what, [&](const nlmsghdr*) { ++count; });
  if (!status && status.error().code != ErrorCode::NotFound) return std::unexpected(status.error());
  return count;
}

Result<std::optional<NftElement>> NftElements::get(const std::string& set,
                                                   const IpAddress& address) {
  const auto wanted = make_set(table_, set);
  nftnl_set_elem_add(wanted.get(), make_element({set, false, {.address = address}}));
  std::optional<NftElement> found;
  const auto status =
      request(NFT_MSG_GETSETELEM, NLM_F_ACK, wanted.get(),
              "look up " + address.text() + " in set " + set, [&](const nlmsghdr* message) {
                read_elements(message, [&](const NftElement& element) { found = element; });
              });
  if (!status && status.error().code != ErrorCode::NotFound) return std::unexpected(status.error());
  return found;
}

Status NftElements::dump(const std::string& set,
                         const std::function<void(const NftElement&)>& each) {
  constexpr int kAttempts = 3;
  std::vector<NftElement> elements;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    elements.clear();
    const auto wanted = make_set(table_, set);
    const auto status = request(
        NFT_MSG_GETSETELEM, NLM_F_DUMP, wanted.get(), "list set " + set,
        [&](const nlmsghdr* message) {
          read_elements(message, [&](const NftElement& element) { elements.push_back(element); });
        });
    // Unavailable is how the kernel says that a change fell into the dump. Of its own enlarging of
    // the set it says nothing, but then some elements come twice, and as many not at all.
    if (!status && (status.error().code != ErrorCode::Unavailable || attempt == kAttempts))
      return status;
    std::ranges::sort(elements, {}, &NftElement::address);
    const auto twice = std::ranges::unique(elements, {}, &NftElement::address);
    const bool whole = status.has_value() && twice.empty();
    elements.erase(twice.begin(), twice.end());
    if (whole) break;
  }
  std::ranges::for_each(elements, each);
  return ok();
}

Status NftElements::commit(std::span<const NftChange> changes) {
  if (changes.empty()) return ok();
  if (changes.size() > kChangesPerCommit)
    return fail(ErrorCode::LimitReached, "more changes than one transaction may hold");
  // At worst each change needs a message of its own.
  std::vector<char> out((changes.size() + 2) * (kHeaderBytesMax + kChangeBytesMax));
  char* end = out.data();
  const auto first = ++sequence_;
  end += nftnl_batch_begin(end, first)->nlmsg_len;
  for (std::size_t i = 0; i < changes.size();) {
    const auto& head = changes[i];
    const auto set = make_set(table_, head.set);
    for (; i < changes.size() && changes[i].add == head.add && changes[i].set == head.set; ++i)
      nftnl_set_elem_add(set.get(), make_element(changes[i]));
    const auto type = head.add ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM;
    const auto flags = (head.add ? NLM_F_CREATE : 0) | (i == changes.size() ? NLM_F_ACK : 0);
    auto* message = nftnl_nlmsg_build_hdr(end, static_cast<std::uint16_t>(type), NFPROTO_INET,
                                          static_cast<std::uint16_t>(flags), ++sequence_);
    nftnl_set_elems_nlmsg_build_payload(message, set.get());
    end += message->nlmsg_len;
  }
  const auto last = sequence_;
  end += nftnl_batch_end(end, ++sequence_)->nlmsg_len;
  const auto what = "change " + changes.front().set + " of table " + table_;
  WARDHIVE_TRY(send(out.data(), static_cast<std::size_t>(end - out.data()), what));
  return receive(first, last, what, [](const nlmsghdr*) {});
}

}  // namespace wardhive
