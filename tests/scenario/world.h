// A network in simulated time around the real pipeline: monitor, risk, respond, the playbooks that
// ship and, where asked for, the real store. What lies outside is simulated: job nodes, a gateway
// with its clients, probes of the controller and two peers per node, agents that act after a delay,
// attackers whose packets a ban really stops.
//
//   random  everything follows from `seed`: loss, noise, delays
//   time    `step` at a time; the pipeline passes once per step
//   thread  one
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/gateway.h"
#include "scenario/ledger.h"
#include "testkit/fake_agent.h"
#include "testkit/flaky_store.h"
#include "testkit/manual_clock.h"

namespace wardhive::scenario {

// The settings of the product with mode enforce; demo: its durations too.
Settings enforcing();
Settings enforcing_demo();

struct Options {
  Settings settings = enforcing();
  std::uint32_t nodes = 5;  // job-1, job-2, ... of class "gpu", behind gw-1
  std::uint64_t seed = 1;
  double requests_per_second = 100;
  double loss = 0;  // share of probes and checks that get lost
  Duration step = millis(100);
  Duration delay_max = millis(30);  // agent to controller and back
  std::filesystem::path directory;  // of the store; empty: nothing is kept
  std::vector<std::string> allow_list;
  bool record = false;  // keep the inputs for replay()
};

// A machine of the network: its service, its agent, its eyes.
struct Machine {
  Service service;
  bool agent_speaks = true;
  bool sees = true;  // false: whatever it looks at seems dead
  Duration skew{};   // its wall clock against true time
  MonoTime frozen_until{};
  void fail(Duration slower, double errs) { service = {true, slower, errs}; }
  void die() { service.answers = false, agent_speaks = false; }
  void recover() { service = {}, agent_speaks = true, sees = true; }
};

// Tries to log in; a ban on the node takes its packets away.
struct Guest {
  std::string address, node, user = "root";
  Duration every = millis(300);
  bool knows_password = false;
  bool active = true;
  std::uint64_t reached = 0;
  std::uint64_t dropped = 0;
  MonoTime next{};
};

struct Input {
  std::vector<Submission> submissions;
  Instant wall;
  MonoTime mono;
};

class World {
 public:
  explicit World(Options options = {});

  void step();
  void run(Duration length);
  // Time until `holds`, looking after every step; nullopt after `limit`.
  template <class Condition>
  std::optional<Duration> until(Condition&& holds, Duration limit) {
    const auto began = clock.mono();
    while (!holds()) {
      if (clock.mono() - began >= limit) return std::nullopt;
      step();
    }
    return clock.mono() - began;
  }
  // The incident about the subject is in this state (and the decision at this share).
  std::optional<Duration> until(const Entity& subject, IncidentState state, Duration limit);
  std::optional<Duration> until_share(const std::string& node, std::uint32_t share_bps,
                                      Duration limit);

  Machine& machine(const std::string& name) { return machines_.at(name); }
  FakeAgent& agent(const std::string& name) { return agents_.at(name); }
  Guest& guest(Guest guest);
  // Held by the gateway, where it counts.
  std::uint32_t share_bps(const std::string& node) const {
    return agents_.at("gw-1").share_bps_of(node);
  }

  // Answered at the next step; the result stands in the ledger.
  CommandResult command(CommandKind kind, DecisionId decision = {}, const Entity& entity = {},
                        Mode mode = Mode::Shadow);
  // Straight into the controller's inbox, as what `agent` sends.
  void submit(Submission submission) { inbox_.push_back(std::move(submission)); }

  // Somebody sets the controller's wall clock; nobody else's.
  void set_controller_clock_by(Duration by);
  // The controller dies and comes back from its directory; agents that were not answered send
  // again, and get the full desired state.
  void restart();
  Pipeline& pipeline() { return *pipeline_; }
  FlakyStore& store() { return *store_; }

  ManualClock clock;
  Ledger ledger;
  Gateway gateway;
  Options options;
  double requests_per_second;
  bool repeats = false;  // every order and every receipt arrives twice
  std::vector<Input> inputs;
  std::uint64_t events_sent = 0;
  std::vector<std::string> jobs;

 private:
  struct Look {
    std::string vantage, subject;
    MonoTime due{};
    MonoTime ends{};
    bool under_way = false, good = false;
  };
  struct Message {
    std::string agent;
    std::uint64_t sequence = 0;
    std::vector<Record> records;
    std::vector<SampleBatch> samples;
    MonoTime arrives{};
    bool delivered = false;
    bool answered = false;
    bool refused = false;
  };
  struct Outbox {
    std::vector<Record> records;
    SampleBatch samples;
    MonoTime said_at{};
    MonoTime last_arrival{};
    std::uint64_t sequence = 0;
  };
  struct Order {
    Action action;
    Duration expires_in{};
    std::uint64_t epoch = 0;
    MonoTime arrives{};
  };

  void open();
  Inventory inventory() const;
  Duration delay();
  bool speaks(const std::string& name) const;
  std::map<std::string, Service> services() const;
  void say(const std::string& agent, Record record);
  void take_receipts(const std::string& agent, std::vector<Receipt> receipts);
  void act();
  void serve();
  void look();
  void begin(Look& look);
  void try_log_ins();
  void send();
  void deliver();

  Random random_;
  std::map<std::string, Machine> machines_;
  std::map<std::string, FakeAgent> agents_;
  std::map<std::string, Outbox> outboxes_;
  std::vector<Look> looks_;
  std::deque<std::unique_ptr<Message>> wire_;  // not yet answered
  std::deque<Order> orders_;
  std::deque<Guest> guests_;
  std::vector<Submission> inbox_;
  MonoTime gateway_due_{}, host_due_{};
  std::uint64_t epoch_ = 0;

  std::unique_ptr<FlakyStore> store_;
  std::unique_ptr<Pipeline> pipeline_;
};

std::vector<Playbook> shipped_playbooks();
// Runs the inputs through a new pipeline without a store.
Ledger replay(const Settings& settings, const std::vector<Input>& inputs);

}  // namespace wardhive::scenario
