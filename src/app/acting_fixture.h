// For tests: a chain in blocks on which what is sent lands, lands late, is lost or is forked away,
// and the keys, node and stake that privileged acts need. It lands a second signature of an act as
// readily as the first: what keeps there from being two must be ours.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "abi/accounts.h"
#include "config/settings.h"
#include "model/proposal.h"
#include "testkit/fake_endpoint.h"

namespace wardhive {

// When it becomes known that something is in a block.
enum class Fate {
  Lands,
  LandsLate,  // in the last block it may, on a fork that nobody sees until just before it is final
  IsDropped,  // the first `drops` signatures of an act never land
  IsForked,   // lands, is taken back, and lands when it is sent again
};

// The same keys for all chains of a process, in files that are written once.
class ActsKeys {
 public:
  static const ActsKeys& get() {
    static const ActsKeys keys;
    return keys;
  }
  ~ActsKeys() { std::filesystem::remove_all(folder_); }
  Path file(std::string_view name) const { return folder_ / name; }

  const chain::Keypair sentinel = chain::Keypair::generate(), other = chain::Keypair::generate(),
                       payer = chain::Keypair::generate();

 private:
  ActsKeys()
      : folder_(std::filesystem::temp_directory_path() / fmt::format("acts.{}", ::getpid())) {
    std::filesystem::create_directories(folder_);
    (void)sentinel.save(file("sentinel.json"), true);
    (void)other.save(file("other.json"), true);
    (void)payer.save(file("payer.json"), true);
  }
  const Path folder_;
};

struct ActsChain : FakeEndpoint {
  static constexpr std::uint64_t kValid = 20, kFinalLag = 8;  // blocks
  static constexpr std::uint64_t kQuarantine = 17;            // what holds the node

  struct Flight {
    std::uint8_t tag = 0;  // of the instruction
    std::uint64_t last_valid = 0, landed_at = 0, seen_from = 0;
    bool on_its_way = false, dropped = false, forked = false;
    bool landed() const { return landed_at != 0; }
  };
  const ActsKeys& keys = ActsKeys::get();
  const chain::Keypair& payer = keys.payer;
  Fate fate = Fate::Lands;
  unsigned drops = 1;
  std::string failure = "null";                                 // of what lands
  std::function<void(const std::string& transaction)> on_send;  // base64
  std::map<std::string, Flight> flights;                        // all that were ever sent

  ActsChain() {
    sentinel = keys.sentinel;
    other = keys.other;
    std::memcpy(&set.keys[0], sentinel.pubkey().bytes.data(), 32);
    std::memcpy(&set.keys[1], other.pubkey().bytes.data(), 32);
    set.threshold = 2;
    node.last_incident = kQuarantine;
    node.q_at = now - 10;
    node.q_until = now + 3'600;
    std::memcpy(&node.position, chain::Keypair::generate().pubkey().bytes.data(), 32);
    swarm::Position bond = {};
    bond.tag = static_cast<std::uint8_t>(swarm::Position::kTag);
    bond.version = swarm::Position::kVersion;
    bond.role = static_cast<std::uint8_t>(swarm::Role::NetworkOperator);
    put(addresses.position(payer.pubkey(), 0), bond);
  }

  ChainSettings settings() const {
    ChainSettings settings;
    settings.endpoints = {"http://fake/"};
    settings.program = program.text();
    settings.sentinel_keys = {keys.file("sentinel.json"), keys.file("other.json")};
    settings.payer_key = keys.file("payer.json");
    return settings;
  }

  void block() {
    const std::lock_guard lock(mutex);
    ++height;
    for (auto& [signature, flight] : flights) {
      if (flight.landed()) {
        if (fate != Fate::IsForked || flight.forked || height < flight.landed_at + 4) continue;
        flight.forked = true;
        flight.on_its_way = false;
        flight.landed_at = 0;
      }
      const bool late = fate == Fate::LandsLate;
      if (!flight.on_its_way || flight.dropped || height > flight.last_valid ||
          (late && height < flight.last_valid))
        continue;
      flight.landed_at = height;
      flight.seen_from = late ? height + kFinalLag - 1 : height;
    }
  }
  // Signatures of an act that are on the chain.
  unsigned effects(swarm::InstructionTag tag) const {
    unsigned count = 0;
    for (const auto& [signature, flight] : flights)
      count += flight.landed() && flight.tag == static_cast<std::uint8_t>(tag);
    return count;
  }

 protected:
  std::string text(std::string_view method, const std::string& params) override {
    if (method == "getBlockHeight")
      return std::to_string(params.find("finalized") == params.npos ? height : height - kFinalLag);
    if (method == "getLatestBlockhash") {
      chain::Blockhash hash;
      std::memcpy(hash.bytes.data(), &height, sizeof height);
      return wrapped(fmt::format(R"({{"blockhash":"{}","lastValidBlockHeight":{}}})", hash.text(),
                                 height + kValid));
    }
    if (method == "sendTransaction")
      return take(JsonValue::parse(params)->items().front().as_string());
    if (method == "getSignatureStatuses")
      return wrapped(
          "[" + status(JsonValue::parse(params)->items().front().items()[0].as_string()) + "]");
    return FakeEndpoint::text(method, params);
  }

 private:
  std::string take(const std::string& base64) {
    if (on_send) on_send(base64);
    const auto bytes = from_base64(base64);
    const auto transaction = chain::decode_transaction(as_bytes(*bytes));
    const auto signature = transaction->id().text();
    if (!flights.contains(signature)) {
      Flight flight;
      for (const auto& instruction : transaction->message.instructions)
        if (transaction->message.keys[instruction.program] == program)
          flight.tag = instruction.data[0];
      std::memcpy(&flight.last_valid, transaction->message.blockhash.bytes.data(), 8);
      flight.last_valid += kValid;
      unsigned before = 0;
      for (const auto& [other, theirs] : flights) before += theirs.tag == flight.tag;
      flight.dropped = fate == Fate::IsDropped && before < drops;
      flights.emplace(signature, flight);
    }
    flights[signature].on_its_way = true;
    return fmt::format("\"{}\"", signature);
  }
  std::string status(const std::string& signature) const {
    const auto found = flights.find(signature);
    if (found == flights.end() || !found->second.landed() || height < found->second.seen_from)
      return "null";
    const auto deep = height - found->second.landed_at;
    return fmt::format(R"({{"err":{},"confirmationStatus":"{}"}})", failure,
                       deep >= kFinalLag ? "finalized"
                       : deep > 0        ? "confirmed"
                                         : "processed");
  }
};

inline ChainAct some_act(const ActsChain& chain, ActKind kind) {
  ChainAct act{.kind = kind, .target = node("job-1"), .account = chain.account.text()};
  if (kind == ActKind::ReleaseNode) act.incident = ActsChain::kQuarantine;
  if (kind == ActKind::OpenIncident) {
    act.incident = 77;
    act.category = "sla-breach";
    act.claim_bps = 250;
    act.evidence = std::string(64, 'a');
  }
  if (kind == ActKind::Pause) {
    act.target = {};
    act.account.clear();
    act.parts = {"open-lease", "stake-in"};
    act.lasts = minutes(10);
  }
  return act;
}

}  // namespace wardhive
