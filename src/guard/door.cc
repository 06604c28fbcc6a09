#include "guard/door.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/address.h"
#include "base/bytes.h"
#include "base/metrics.h"

namespace wardhive {
namespace {

constexpr Duration kCodeLife = minutes(10);
constexpr Duration kSessionLife = hours(12);
constexpr Duration kEnrolmentLife = hours(1);

}  // namespace

// Looking up by hash takes the secret's bytes out of every comparison.
std::string token_hash(std::string_view secret) { return to_hex(blake2b_256(as_bytes(secret))); }

Door::Door(const GuardSettings& settings, const Clock& clock)
    : clock_(clock),
      requests_(settings.requests_per_second, settings.requests_burst),
      samples_(settings.samples_per_second, settings.samples_per_second),
      records_(settings.records_per_second, settings.records_per_second) {}

void Door::set_token(Access access, std::string_view name, std::string_view secret) {
  const std::lock_guard lock(mutex_);
  tokens_[token_hash(secret)] = {access, std::string(name)};
}

void Door::set_agent(std::string_view node, std::string_view hash) {
  const std::lock_guard lock(mutex_);
  if (const auto old = agent_hashes_.find(node); old != agent_hashes_.end())
    tokens_.erase(old->second);
  agent_hashes_[std::string(node)] = hash;
  tokens_[std::string(hash)] = {Access::Agent, std::string(node)};
}

void Door::remove_agent(std::string_view node) {
  const std::lock_guard lock(mutex_);
  const auto it = agent_hashes_.find(node);
  if (it == agent_hashes_.end()) return;
  tokens_.erase(it->second);
  agent_hashes_.erase(it);
}

void Door::allow_host(std::string_view host) {
  const std::lock_guard lock(mutex_);
  hosts_.emplace_back(host);
}

// A page of another site may resolve its own name to 127.0.0.1 (DNS rebinding); its Host tells.
bool Door::known_host(std::string_view host) const {
  if (host == "localhost") return true;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (const auto address = IpAddress::parse(host); address && address->is_loopback()) return true;
  return std::find(hosts_.begin(), hosts_.end(), host) != hosts_.end();
}

Result<Identity> Door::admit(const Caller& caller, Access wanted) {
  static auto& denied =
      metrics().counter("guard_requests_denied_total", "requests without the right credentials");
  static auto& limited =
      metrics().counter("guard_requests_limited_total", "requests beyond a peer's budget");
  const auto now = clock_.mono();
  if (!requests_.admit(caller.peer, 1, now)) {
    limited.add();
    return fail(
        ErrorCode::LimitReached,
        fmt::format("{} sends more requests than guard.requests_per_second allows", caller.peer));
  }
  const std::lock_guard lock(mutex_);
  if (caller.peer != "unix" && !known_host(caller.host)) {
    denied.add();
    return fail(
        ErrorCode::PermissionDenied,
        fmt::format("host \"{}\" is not one of this server's names", caller.host.substr(0, 100)));
  }
  if (!caller.bearer.empty()) {
    const auto it = tokens_.find(token_hash(caller.bearer));
    if (it != tokens_.end() && (wanted == Access::Public || it->second.access == wanted))
      return Identity{it->second.access, it->second.name};
    denied.add();
    if (it == tokens_.end()) return fail(ErrorCode::Conflict, "the token is not known here");
    return fail(ErrorCode::PermissionDenied,
                fmt::format("the token \"{}\" has {} rights; this needs {} rights", it->second.name,
                            name_of(it->second.access), name_of(wanted)));
  }
  if (wanted == Access::Public) return Identity{};
  if (wanted == Access::Operator && !caller.session.empty()) {
    const auto it = sessions_.find(token_hash(caller.session));
    if (it != sessions_.end() && it->second.until > now) {
      if (!caller.writes || caller.write_header) return Identity{Access::Operator, it->second.name};
      denied.add();
      return fail(ErrorCode::PermissionDenied, "a browser's write needs the header X-Wardhive: 1");
    }
  }
  denied.add();
  return fail(ErrorCode::Conflict, fmt::format("this needs {} credentials", name_of(wanted)));
}

std::optional<Identity> Door::known(const Caller& caller, Access wanted) const {
  const std::lock_guard lock(mutex_);
  if (!caller.bearer.empty()) {
    const auto it = tokens_.find(token_hash(caller.bearer));
    if (it != tokens_.end() && it->second.access == wanted)
      return Identity{it->second.access, it->second.name};
  } else if (wanted == Access::Operator && !caller.session.empty()) {
    const auto it = sessions_.find(token_hash(caller.session));
    if (it != sessions_.end() && it->second.until > clock_.mono())
      return Identity{Access::Operator, it->second.name};
  }
  return std::nullopt;
}

bool Door::admit_samples(std::string_view peer, std::uint64_t count) {
  return samples_.admit(peer, count, clock_.mono());
}
bool Door::admit_records(std::string_view node, std::uint64_t count) {
  return records_.admit(node, count, clock_.mono());
}

void Door::drop_old(std::map<std::string, Temporary, std::less<>>& table, std::size_t count_max) {
  const auto now = clock_.mono();
  std::erase_if(table, [&](const auto& entry) { return entry.second.until <= now; });
  while (table.size() >= count_max)
    table.erase(std::min_element(table.begin(), table.end(), [](const auto& a, const auto& b) {
      return a.second.until < b.second.until;
    }));
}

std::string Door::make_login_code(std::string_view by) {
  auto code = random_hex(16);
  const std::lock_guard lock(mutex_);
  drop_old(codes_, 100);
  codes_[token_hash(code)] = {clock_.mono() + kCodeLife, std::string(by)};
  return code;
}

Result<std::string> Door::open_session(std::string_view code) {
  const std::lock_guard lock(mutex_);
  const auto it = codes_.find(token_hash(code));
  const bool good = it != codes_.end() && it->second.until > clock_.mono();
  auto by = it != codes_.end() ? std::move(it->second.name) : std::string();
  if (it != codes_.end()) codes_.erase(it);
  if (!good)
    return fail(
        ErrorCode::PermissionDenied,
        "the log-in code is wrong, used or too old; `wardhive token login` makes a new one");
  auto session = random_hex(32);
  drop_old(sessions_, 1'000);
  sessions_[token_hash(session)] = {clock_.mono() + kSessionLife, std::move(by)};
  return session;
}

void Door::close_session(std::string_view session) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(token_hash(session));
}

std::string Door::make_enrolment_token(std::string_view node) {
  auto token = random_hex(16);
  const std::lock_guard lock(mutex_);
  drop_old(enrolments_, 10'000);
  enrolments_[token_hash(token)] = {clock_.mono() + kEnrolmentLife, std::string(node)};
  return token;
}

Status Door::use_enrolment_token(std::string_view token, std::string_view node) {
  const std::lock_guard lock(mutex_);
  const auto it = enrolments_.find(token_hash(token));
  if (it == enrolments_.end() || it->second.until <= clock_.mono())
    return fail(
        ErrorCode::PermissionDenied,
        "the enrolment token is wrong, used or too old; `wardhive token enroll` makes a new one");
  if (!it->second.name.empty() && it->second.name != node)
    return fail(
        ErrorCode::PermissionDenied,
        fmt::format("the enrolment token is for node \"{}\", not \"{}\"", it->second.name, node));
  enrolments_.erase(it);
  return ok();
}

}  // namespace wardhive
