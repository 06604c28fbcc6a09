#include "enforce/standing_logins.h"

#include <utmpx.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/file.h"

namespace wardhive {
namespace {

constexpr std::size_t kUtmpBytesMax = 4 * 1024 * 1024;  // about 10,000 sessions

std::uint16_t port_of(const Event& event) {
  const auto found = event.attributes.find("port");
  std::uint16_t port = 0;
  if (found == event.attributes.end()) return 0;
  const auto& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}

}  // namespace

bool StandingLogins::doubted(const IpAddress& address, Instant at) const {
  const auto found = failures_.find(address);
  return found != failures_.end() && found->second.first <= at && at <= found->second.last + kDoubt;
}

void StandingLogins::note(const Event& event) {
  const auto address = IpAddress::parse(event.subject.name);
  if (!address) return;
  const std::lock_guard lock(mutex_);
  if (event.kind == EventKind::AuthFailed) {
    const auto [at, first] = failures_.try_emplace(*address, Failures{event.at, event.at});
    auto& run = at->second;
    if (event.at > run.last + kDoubt) run.first = event.at;
    run.last = std::max(run.last, event.at);
    if (failures_.size() > kFailuresMax)
      failures_.erase(std::ranges::min_element(
          failures_, {}, [](const auto& entry) { return entry.second.last; }));
  } else if (event.kind == EventKind::AuthSucceeded && !doubted(*address, event.at)) {
    const auto port = port_of(event);
    if (port == 0) return;
    logins_.push_back({{*address, port}, event.at});
    if (logins_.size() > kLoginsMax) logins_.pop_front();
  }
}

std::vector<IpAddress> StandingLogins::peers(const std::vector<TcpPeer>& connections,
                                             std::string_view utmp) const {
  auto standing = connections;
  std::ranges::sort(standing);
  std::vector<IpAddress> out;
  const std::lock_guard lock(mutex_);
  for (const auto& login : logins_)
    if (std::ranges::binary_search(standing, login.from)) out.push_back(login.from.address);
  for (const auto& login : logins_of_utmp(utmp)) {
    const auto found = std::ranges::lower_bound(standing, login.address, {}, &TcpPeer::address);
    if (found != standing.end() && found->address == login.address &&
        !doubted(login.address, login.at))
      out.push_back(login.address);
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<IpAddress> StandingLogins::peers_now() const {
  return peers(established_peers_of_this_host(),
               read_file("/run/utmp", kUtmpBytesMax).value_or(""));
}

std::vector<UtmpLogin> logins_of_utmp(std::string_view utmp) {
  std::vector<UtmpLogin> out;
  for (; utmp.size() >= sizeof(utmpx); utmp.remove_prefix(sizeof(utmpx))) {
    utmpx record;
    std::memcpy(&record, utmp.data(), sizeof record);
    if (record.ut_type != USER_PROCESS) continue;
    IpAddress address;  // IPv4 stands in the first word alone
    const auto* words = record.ut_addr_v6;
    if (words[1] == 0 && words[2] == 0 && words[3] == 0) {
      address.bytes[10] = address.bytes[11] = 0xff;
      std::memcpy(address.bytes.data() + 12, words, 4);
      if (words[0] == 0) continue;  // at the console
    } else {
      std::memcpy(address.bytes.data(), words, 16);
    }
    out.push_back({address, Instant(seconds(record.ut_tv.tv_sec))});
  }
  return out;
}

}  // namespace wardhive
