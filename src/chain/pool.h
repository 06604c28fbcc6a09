// Several RPC endpoints as one: the best of them is asked, the next one when it fails.
//
//   best     answers, its slot is near the others', it asks for no pause; in the configured order
//            among those that are equally well
//   ill      `errors_max` errors in a row, a slot more than `slot_lag_max` behind the newest, a
//            wrong answer (agreed()): not asked for `rest`, then tried again
//   429      the endpoint is left alone for as long as it asks (at least 1 s) and counts as busy,
//            not as ill
//   retries  a question is asked at most `attempts` times over all endpoints; a retry costs one of
//            `retry_burst` tokens, which come back at `retries_per_second`: a cluster that is down
//            is not asked ever more often
//   cluster  with `genesis`, an endpoint whose genesis hash is another one is never asked anything
//            else (`wrong_cluster`); it is checked before its first question. Without, an endpoint
//            of mainnet-beta is refused: to work there somebody must have said so
//   thread   any; calls block. Never sleeps: who has no endpoint left to ask is told so
//   errors   no_endpoint (Unavailable): all are ill, busy or of another cluster; the message has
//            each one's state. disagreement (Conflict): see agreed()
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "chain/rpc.h"

namespace wardhive::chain {

namespace reason {
inline constexpr std::string_view kNoEndpoint = "no_endpoint";
inline constexpr std::string_view kDisagreement = "disagreement";
}  // namespace reason

struct PoolConfig {
  std::vector<std::string> urls = {};  // 1 to kEndpointsMax
  std::string genesis = {};            // hash of the cluster's first block; "": any but mainnet's
  Commitment commitment = Commitment::Confirmed;
  Duration timeout = seconds(5);    // one attempt
  std::uint64_t slot_lag_max = 50;  // 20 s of slots
  unsigned errors_max = 3;
  Duration rest = seconds(10);
  unsigned attempts = 4;
  double retries_per_second = 2;
  double retry_burst = 20;
  ErrorNames error_names = {};
};
inline constexpr std::size_t kEndpointsMax = 16;

enum class EndpointHealth { Well, Busy, Ill, WrongCluster };
std::span<const std::string_view> enum_names(EndpointHealth);

struct EndpointState {
  std::string name = {};  // host and port: URLs have keys in them, and this is shown and logged
  EndpointHealth health = EndpointHealth::Well;
  std::string problem = {};  // "" if it is well
  std::uint64_t slot = 0;    // it said last
  std::uint64_t lag = 0;     // slots behind the newest that any of them said
  Duration latency{};        // of the last answer
  std::uint64_t asked = 0, errors = 0, limited = 0;  // in all
};

// What two endpoints said alike.
struct Agreed {
  JsonValue value = {};         // `value` of the answer
  std::uint64_t slot = 0;       // the older of the two contexts: it held at both
  std::vector<std::string> by;  // names
};

class EndpointPool {
 public:
  // InvalidInput for no URL, too many, or one twice. `askers` take the place of HTTP, one per URL
  // (tests); `clock` must outlive the pool.
  static Result<std::unique_ptr<EndpointPool>> make(PoolConfig config, const Clock& clock,
                                                    std::vector<Asker> askers = {});

  // The whole client over this pool, which must outlive it.
  Rpc rpc();
  RpcAttempt ask(std::string_view method, const std::string& params);
  // The best endpoint alone: what is asked through it goes there or nowhere, once, so that several
  // answers are one endpoint's view. no_endpoint if none can be asked now.
  Result<Rpc> one();

  // Asks every endpoint that is due for its slot, so that lag is known; call it every few seconds.
  void look();

  // For reads that matter: two endpoints must say the same of the same thing. They are asked one
  // after the other, so the one with the older slot is asked again, at least as new as the other's
  // (`minContextSlot`), up to 3 times; when they still differ, or differ at one slot, a third one
  // decides and the one that is outvoted is ill. `config_json`: further members of the method's
  // last parameter, "" or `"encoding":"base64"`. Errors: `disagreement`, naming slot and digest of
  // what each said; no_endpoint if fewer than two can be asked.
  Result<Agreed> agreed(std::string_view method, std::string_view first_params,
                        std::string_view config_json = "");

  // Ends running calls and fails later ones: for shutdown.
  void cancel();
  std::vector<EndpointState> endpoints() const;
  std::size_t size() const { return endpoints_.size(); }

 private:
  struct Endpoint {
    EndpointState state;
    Asker ask;
    unsigned errors_in_row = 0;
    bool cluster_checked = false;
    MonoTime until{};  // busy or ill until then
  };
  struct Said {
    std::size_t endpoint = 0;
    JsonValue value = {};
    std::uint64_t slot = 0;
  };

  EndpointPool(PoolConfig config, const Clock& clock) : config_(std::move(config)), clock_(clock) {}
  std::optional<std::size_t> best(std::span<const std::size_t> not_these);
  void recover(Endpoint& endpoint);
  bool usable(const Endpoint& endpoint) const {
    return endpoint.state.health == EndpointHealth::Well;
  }
  bool check_cluster(std::size_t index);
  RpcAttempt ask_one(std::size_t index, std::string_view method, const std::string& params);
  void note(Endpoint& endpoint, const RpcAttempt& attempt, Duration took);
  void note_slot(Endpoint& endpoint, std::uint64_t slot);
  void make_ill(Endpoint& endpoint, std::string problem);
  bool take_retry();
  Rpc client(std::string name, Asker asker) const;
  Result<Said> say(std::size_t index, std::string_view method, std::string_view first,
                   std::string_view config_json, std::uint64_t slot_min);
  std::unexpected<Error> no_endpoint(std::string_view method) const;
  std::string describe(const Said& said) const;
  const std::string& name_at(std::size_t index) const { return endpoints_[index].state.name; }

  const PoolConfig config_;
  const Clock& clock_;
  mutable std::mutex mutex_;         // guards all below; not held while an endpoint is asked
  std::vector<Endpoint> endpoints_;  // their `ask` and name are constant
  std::vector<std::shared_ptr<Rpc>> over_http_;
  double retries_ = 0;
  MonoTime retries_at_{};
};

}  // namespace wardhive::chain
