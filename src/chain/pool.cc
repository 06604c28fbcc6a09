#include "chain/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "chain/send.h"

namespace wardhive::chain {
namespace {

constexpr Duration kBusyMin = seconds(1);
constexpr unsigned kCatchUps = 3;

// An answer that says that we asked wrongly would be the same anywhere.
bool endpoints_fault(const Error& error) {
  return error.reason == reason::kBadAnswer || error.code == ErrorCode::Unavailable ||
         error.code == ErrorCode::Timeout || error.code == ErrorCode::LimitReached;
}

// host:port; a second key at the same host is "host:port #2".
std::string name_of_url(const std::vector<std::string>& urls, std::size_t index) {
  const auto host = [](std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
      url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const auto user = url.rfind('@'); user != std::string_view::npos)
      url.remove_prefix(user + 1);
    return std::string(url);
  };
  std::size_t same = 1;
  for (std::size_t i = 0; i < index; ++i) same += host(urls[i]) == host(urls[index]);
  return host(urls[index]) + (same > 1 ? fmt::format(" #{}", same) : "");
}

void hide(std::string& text, const std::string& url, const std::string& name) {
  for (auto at = text.find(url); at != std::string::npos; at = text.find(url, at + name.size()))
    text.replace(at, url.size(), name);
}

std::string digest_of(const JsonValue& value) {
  const auto text = to_json(value);
  return to_hex(sha256(as_bytes(text))).substr(0, 16);
}

}  // namespace

std::span<const std::string_view> enum_names(EndpointHealth) {
  static constexpr std::array<std::string_view, 4> kNames{"well", "busy", "ill", "wrong_cluster"};
  return kNames;
}

Result<std::unique_ptr<EndpointPool>> EndpointPool::make(PoolConfig config, const Clock& clock,
                                                         std::vector<Asker> askers) {
  if (config.urls.empty() || config.urls.size() > kEndpointsMax)
    return fail(ErrorCode::InvalidInput, fmt::format("{} RPC endpoints are given; 1 to {} can be",
                                                     config.urls.size(), kEndpointsMax));
  for (auto url = config.urls.begin(); url != config.urls.end(); ++url)
    if (std::find(config.urls.begin(), url, *url) != url)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("the RPC endpoint {} is given twice; agreement of an endpoint with "
                              "itself says nothing",
                              *url));
  std::unique_ptr<EndpointPool> pool(new EndpointPool(std::move(config), clock));
  pool->retries_ = pool->config_.retry_burst;
  pool->retries_at_ = clock.mono();
  for (std::size_t i = 0; i < pool->config_.urls.size(); ++i) {
    auto& endpoint = pool->endpoints_.emplace_back();
    endpoint.state.name = name_of_url(pool->config_.urls, i);
    if (i < askers.size()) {
      endpoint.ask = std::move(askers[i]);
      continue;
    }
    RpcConfig one{.url = pool->config_.urls[i], .timeout = pool->config_.timeout, .retries = 0};
    auto rpc = std::make_shared<Rpc>(std::move(one));
    pool->over_http_.push_back(rpc);
    endpoint.ask = [rpc](std::string_view method, const std::string& params) {
      return rpc->attempt(method, params);
    };
  }
  return pool;
}

Rpc EndpointPool::rpc() {
  const auto& first = endpoints_.front().state.name;
  return client(
      size() == 1 ? first : fmt::format("{} and {} more", first, size() - 1),
      [this](std::string_view method, const std::string& params) { return ask(method, params); });
}

Result<Rpc> EndpointPool::one() {
  std::vector<std::size_t> not_these;
  while (const auto index = best(not_these)) {
    if (check_cluster(*index))
      return client(name_at(*index),
                    [this, at = *index](std::string_view method, const std::string& params) {
                      return ask_one(at, method, params);
                    });
    not_these.push_back(*index);
  }
  return no_endpoint("questions that belong together");
}

Rpc EndpointPool::client(std::string name, Asker asker) const {
  return Rpc({.url = std::move(name),
              .commitment = config_.commitment,
              .timeout = config_.timeout,
              .retries = 0,
              .error_names = config_.error_names,
              .ask = std::move(asker)});
}

// Busy and ill pass with time. The caller holds mutex_.
void EndpointPool::recover(Endpoint& endpoint) {
  const auto health = endpoint.state.health;
  if (health != EndpointHealth::Busy && health != EndpointHealth::Ill) return;
  if (clock_.mono() < endpoint.until) return;
  endpoint.state.health = EndpointHealth::Well;
  endpoint.state.problem.clear();
  // One more error and it rests again.
  if (health == EndpointHealth::Ill) endpoint.errors_in_row = config_.errors_max - 1;
}

std::optional<std::size_t> EndpointPool::best(std::span<const std::size_t> not_these) {
  const std::lock_guard lock(mutex_);
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    recover(endpoints_[i]);
    if (!usable(endpoints_[i])) continue;
    if (std::find(not_these.begin(), not_these.end(), i) != not_these.end()) continue;
    if (!found || endpoints_[i].errors_in_row < endpoints_[*found].errors_in_row) found = i;
  }
  return found;
}

void EndpointPool::make_ill(Endpoint& endpoint, std::string problem) {
  endpoint.state.health = EndpointHealth::Ill;
  endpoint.state.problem = std::move(problem);
  endpoint.until = clock_.mono() + config_.rest;
}

void EndpointPool::note(Endpoint& endpoint, const RpcAttempt& attempt, Duration took) {
  auto& state = endpoint.state;
  ++state.asked;
  if (attempt.answer || !endpoints_fault(attempt.answer.error())) {
    state.latency = took;
    endpoint.errors_in_row = 0;
    return;
  }
  const auto& error = attempt.answer.error();
  if (error.reason == reason::kRateLimited) {
    ++state.limited;
    state.health = EndpointHealth::Busy;
    state.problem = error.message;
    endpoint.until = clock_.mono() + std::max(attempt.again_after, kBusyMin);
    return;
  }
  ++state.errors;
  if (++endpoint.errors_in_row >= config_.errors_max) make_ill(endpoint, error.message);
}

// The caller holds mutex_.
void EndpointPool::note_slot(Endpoint& endpoint, std::uint64_t slot) {
  endpoint.state.slot = slot;
  std::uint64_t newest = 0;
  for (const auto& each : endpoints_) newest = std::max(newest, each.state.slot);
  for (auto& each : endpoints_)
    each.state.lag = each.state.slot == 0 ? 0 : newest - each.state.slot;
  if (endpoint.state.lag > config_.slot_lag_max)
    make_ill(endpoint, fmt::format("it is {} slots behind, at most {} may be", endpoint.state.lag,
                                   config_.slot_lag_max));
}

RpcAttempt EndpointPool::ask_one(std::size_t index, std::string_view method,
                                 const std::string& params) {
  const auto began = clock_.mono();
  auto attempt = endpoints_[index].ask(method, params);
  if (!attempt.answer) hide(attempt.answer.error().message, config_.urls[index], name_at(index));
  const std::lock_guard lock(mutex_);
  note(endpoints_[index], attempt, clock_.mono() - began);
  return attempt;
}

// Before its first question. False: it is not to be asked now.
bool EndpointPool::check_cluster(std::size_t index) {
  {
    const std::lock_guard lock(mutex_);
    if (endpoints_[index].cluster_checked) return true;
  }
  const auto attempt = ask_one(index, "getGenesisHash", "[]");
  if (!attempt.answer) return false;
  const auto found = attempt.answer->as_string();
  static const auto kMainnet = cluster_of("mainnet-beta")->genesis;
  const bool right = config_.genesis.empty() ? found != kMainnet : found == config_.genesis;
  const std::lock_guard lock(mutex_);
  auto& endpoint = endpoints_[index];
  endpoint.cluster_checked = right;
  if (right) return true;
  endpoint.state.health = EndpointHealth::WrongCluster;
  endpoint.state.problem =
      config_.genesis.empty()
          ? fmt::format("it is mainnet-beta ({}); name that genesis hash to mean it", found)
          : fmt::format("its genesis hash is {}, expected {}", found, config_.genesis);
  return false;
}

bool EndpointPool::take_retry() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.mono();
  retries_ = std::min(config_.retry_burst,
                      retries_ + to_seconds(now - retries_at_) * config_.retries_per_second);
  retries_at_ = now;
  if (retries_ < 1) return false;
  retries_ -= 1;
  return true;
}

std::unexpected<Error> EndpointPool::no_endpoint(std::string_view method) const {
  std::string states;
  bool other_cluster = true;
  for (const auto& endpoint : endpoints()) {
    states += fmt::format("{}{} is {}: {}", states.empty() ? "" : "; ", endpoint.name,
                          name_of(endpoint.health), endpoint.problem);
    other_cluster = other_cluster && endpoint.health == EndpointHealth::WrongCluster;
  }
  return fault(other_cluster ? ErrorCode::Conflict : ErrorCode::Unavailable,
               other_cluster ? reason::kWrongCluster : reason::kNoEndpoint,
               fmt::format("no RPC endpoint can be asked for {}: {}", method, states));
}

RpcAttempt EndpointPool::ask(std::string_view method, const std::string& params) {
  std::vector<std::size_t> failed;
  std::optional<RpcAttempt> last;
  for (unsigned tried = 0; tried < config_.attempts; ++tried) {
    auto index = best(failed);
    // All have failed once: the one that is still well is asked a second time.
    if (!index) index = best({});
    if (!index || (tried > 0 && !take_retry())) break;
    if (!check_cluster(*index)) {
      failed.push_back(*index);
      continue;
    }
    last = ask_one(*index, method, params);
    if (last->answer || !endpoints_fault(last->answer.error())) return *std::move(last);
    failed.push_back(*index);
  }
  if (last) {
    last->again = false;  // that was done here
    return *std::move(last);
  }
  return {.answer = no_endpoint(method)};
}

void EndpointPool::look() {
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    {
      const std::lock_guard lock(mutex_);
      recover(endpoints_[i]);
      if (!usable(endpoints_[i])) continue;
    }
    if (!check_cluster(i)) continue;
    const auto attempt = ask_one(
        i, "getSlot", fmt::format(R"([{{"commitment":"{}"}}])", name_of(config_.commitment)));
    if (!attempt.answer || attempt.answer->type() != JsonValue::Type::Int) continue;
    const std::lock_guard lock(mutex_);
    note_slot(endpoints_[i], static_cast<std::uint64_t>(attempt.answer->as_int()));
  }
}

Result<EndpointPool::Said> EndpointPool::say(std::size_t index, std::string_view method,
                                             std::string_view first, std::string_view config_json,
                                             std::uint64_t slot_min) {
  auto options = fmt::format(R"("commitment":"{}")", name_of(config_.commitment));
  if (slot_min > 0) options += fmt::format(R"(,"minContextSlot":{})", slot_min);
  if (!config_json.empty()) options += fmt::format(",{}", config_json);
  auto attempt = ask_one(index, method, fmt::format("[{},{{{}}}]", first, options));
  if (!attempt.answer) return std::unexpected(std::move(attempt.answer).error());
  const auto* context = attempt.answer->find("context");
  const auto* slot = context == nullptr ? nullptr : context->find("slot");
  const auto* value = attempt.answer->find("value");
  if (slot == nullptr || slot->type() != JsonValue::Type::Int || value == nullptr)
    return fault(ErrorCode::Unavailable, reason::kBadAnswer,
                 fmt::format("{} answered {} without a slot and a value", name_at(index), method));
  return Said{index, *value, static_cast<std::uint64_t>(slot->as_int())};
}

std::string EndpointPool::describe(const Said& said) const {
  return fmt::format("{} says {} at slot {}", name_at(said.endpoint), digest_of(said.value),
                     said.slot);
}

Result<Agreed> EndpointPool::agreed(std::string_view method, std::string_view first_params,
                                    std::string_view config_json) {
  std::vector<std::size_t> asked;
  std::vector<Said> said;
  while (said.size() < 3) {
    const auto index = best(asked);
    if (!index) break;
    asked.push_back(*index);
    if (!check_cluster(*index)) continue;
    auto heard = say(*index, method, first_params, config_json, 0);
    if (!heard) continue;
    said.push_back(*std::move(heard));
    auto& mine = said.back();
    for (auto& other : said) {
      if (&other == &mine) break;
      for (unsigned round = 0; round < kCatchUps && other.slot != mine.slot &&
                               to_json(other.value) != to_json(mine.value);
           ++round) {
        auto& behind = other.slot < mine.slot ? other : mine;
        auto again = say(behind.endpoint, method, first_params, config_json,
                         std::max(other.slot, mine.slot));
        if (again) behind = *std::move(again);
      }
      if (to_json(other.value) != to_json(mine.value)) continue;
      Agreed agreed{mine.value,
                    std::min(mine.slot, other.slot),
                    {name_at(other.endpoint), name_at(mine.endpoint)}};
      const std::lock_guard lock(mutex_);
      for (const auto& third : said)
        if (&third != &mine && &third != &other)
          make_ill(endpoints_[third.endpoint],
                   fmt::format("two others outvoted it on {} at slot {}", method, agreed.slot));
      return agreed;
    }
  }
  if (said.size() < 2) return no_endpoint(fmt::format("{} (two must agree)", method));
  std::string words;
  for (const auto& each : said) words += (words.empty() ? "" : "; ") + describe(each);
  return fault(
      ErrorCode::Conflict, reason::kDisagreement,
      fmt::format("RPC endpoints disagree on {}: {}; nothing is believed until two say the "
                  "same",
                  method, words));
}

void EndpointPool::cancel() {
  for (const auto& rpc : over_http_) rpc->cancel();
}

std::vector<EndpointState> EndpointPool::endpoints() const {
  const std::lock_guard lock(mutex_);
  std::vector<EndpointState> states;
  for (const auto& endpoint : endpoints_) states.push_back(endpoint.state);
  return states;
}

}  // namespace wardhive::chain
