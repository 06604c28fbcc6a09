// For tests: an endpoint whose chain is what the test says it is. It runs no program: the test
// lands what was sent. How the real program answers, tests/e2e/quarantine_test.py asks a real
// chain.
#pragma once

#include <fmt/format.h>

#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "chain/keypair.h"
#include "chain/market.h"
#include "chain/programs.h"
#include "chain/rpc.h"
#include "chain/swarm.h"

namespace wardhive {

struct FakeEndpoint {
  static constexpr std::uint64_t kStart = 1'800'000'000;

  chain::Keypair sentinel = chain::Keypair::generate(), other = chain::Keypair::generate();
  chain::Pubkey program = chain::Keypair::generate().pubkey();
  chain::Pubkey account = chain::Keypair::generate().pubkey();  // the node's
  chain::SwarmAddresses addresses{program};

  // Under `mutex` where another thread asks.
  std::mutex mutex;
  std::condition_variable was_asked;  // anything
  swarm::Node node = {};
  swarm::Set set = {};
  swarm::Config config = {};
  std::uint64_t now = kStart, height = 1'000;
  bool limited = false;        // asks to be left alone for a second
  bool lists_accounts = true;  // some endpoints refuse getProgramAccounts
  bool leased = false;         // the node serves a lease that has a standby
  std::string simulation_error = "null";
  bool landed = false;                      // what was sent last is confirmed
  std::map<std::string, std::string> more;  // further accounts, by put()
  std::map<std::string, unsigned, std::less<>> asked;

  FakeEndpoint() {
    node.tag = static_cast<std::uint8_t>(swarm::Node::kTag);
    node.version = swarm::Node::kVersion;
    set.tag = static_cast<std::uint8_t>(swarm::Set::kTag);
    set.version = swarm::Set::kVersion;
    set.size = 2;
    set.threshold = 1;
    set.seq = node.key_set_seq = 3;
    std::memcpy(&set.keys[0], sentinel.pubkey().bytes.data(), 32);
    std::memcpy(&set.keys[1], other.pubkey().bytes.data(), 32);
    config.tag = static_cast<std::uint8_t>(swarm::Config::kTag);
    config.version = swarm::Config::kVersion;
    config.state = swarm::Config::kSealed;
  }

  virtual ~FakeEndpoint() = default;
  template <class T>
  void put(const chain::Pubkey& key, const T& value) {
    more[key.text()] = shown(value, program);
  }

  // What the program does with the quarantine by the key at `bit`, and with a release.
  void quarantine(std::size_t bit, std::uint64_t version, std::uint64_t lasts) {
    node.q_at = node.key_at[bit] = now;
    node.q_until = now + lasts;
    node.last_incident = now * swarm::kIncidentsPerSecond + version;
    landed = true;
  }
  void release() { node.q_at = node.q_until = now; }

  chain::Asker asker() {
    return [this](std::string_view method, const std::string& params) {
      const std::lock_guard lock(mutex);
      return answer(method, params);
    };
  }
  chain::RpcAttempt answer(std::string_view method, const std::string& params) {
    ++asked[std::string(method)];
    was_asked.notify_all();
    if (limited)
      return {chain::fault(ErrorCode::Unavailable, chain::reason::kRateLimited, "too often")};
    const auto json = text(method, params);
    if (json.empty())
      return {chain::fault(ErrorCode::Unsupported, chain::reason::kRpcError,
                           fmt::format("{} is disabled here", method))};
    return {JsonValue::parse(json)};
  }

 protected:
  static std::string wrapped(const std::string& value) {
    return fmt::format(R"({{"context":{{"slot":1}},"value":{}}})", value);
  }
  // The `result`; "": it does not know the method.
  virtual std::string text(std::string_view method, const std::string& params) {
    const chain::Pubkey some = account;
    if (method == "getSlot" || method == "getBlockHeight") return std::to_string(height);
    if (method == "getGenesisHash") return fmt::format("\"{}\"", some.text());
    if (method == "getLatestBlockhash")
      return wrapped(fmt::format(R"({{"blockhash":"{}","lastValidBlockHeight":{}}})", some.text(),
                                 height + 150));
    if (method == "simulateTransaction")
      return wrapped(fmt::format(R"({{"err":{},"unitsConsumed":1000}})", simulation_error));
    if (method == "sendTransaction") return fmt::format("\"{}\"", chain::Signature{}.text());
    if (method == "getSignatureStatuses")
      return wrapped(landed ? R"([{"err":null,"confirmationStatus":"confirmed"}])" : "[null]");
    if (method == "getProgramAccounts") return !lists_accounts ? "" : leased ? lease() : "[]";
    if (method != "getMultipleAccounts") return "";
    std::string accounts;
    for (const auto& key : JsonValue::parse(params)->items().front().items())
      accounts += (accounts.empty() ? "" : ",") + of(std::string(key.as_string()));
    return wrapped("[" + accounts + "]");
  }

 private:
  template <class T>
  std::string shown(const T& value, const chain::Pubkey& owner) const {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    return fmt::format(R"({{"owner":"{}","lamports":1,"executable":false,"data":["{}","base64"]}})",
                       owner.text(), to_base64({bytes, sizeof value}));
  }
  std::string of(const std::string& key) const {
    if (key == account.text()) return shown(node, program);
    if (key == addresses.sentinel.text()) return shown(set, program);
    if (key == addresses.config.text()) return shown(config, program);
    if (const auto found = more.find(key); found != more.end()) return found->second;
    const std::uint64_t clock[5] = {height, 0, 0, 0, now};
    return key == chain::programs::kClockSysvar.text() ? shown(clock, program) : "null";
  }
  std::string lease() const {
    swarm::Lease lease = {};
    lease.tag = static_cast<std::uint8_t>(swarm::Lease::kTag);
    lease.version = swarm::Lease::kVersion;
    lease.escrow = 1;
    lease.end = now + 3'600;
    for (auto& seat : lease.seats) std::memcpy(&seat.node, account.bytes.data(), 32);
    return fmt::format(R"([{{"pubkey":"{}","account":{}}}])", addresses.pool.text(),
                       shown(lease, program));
  }
};

}  // namespace wardhive
