#include "app/controller.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "app/acting.h"
#include "app/anchoring.h"
#include "app/embedded.h"
#include "app/lookout.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/log.h"
#include "config/config.h"
#include "ingest/chain_source.h"
#include "ingest/remote_write_door.h"
#include "ingest/scraper.h"

namespace wardhive {
namespace {

constexpr Duration kSnapshotEvery = seconds(60);
constexpr Duration kTakeWait = millis(200);
constexpr std::size_t kRecordsPerPass = 4'096;

// A token of this state directory, made at first start. The CLI reads the same file.
Result<std::string> token_of(const Path& state, std::string_view name) {
  const auto path = state / name;
  if (auto token = read_secret_file(path, 256); token || token.error().code != ErrorCode::NotFound)
    return token;
  const auto token = random_hex(32);
  WARDHIVE_TRY(write_file_atomically(path, token, 0600));
  return token;
}

Result<std::uint64_t> next_epoch(Store& store) {
  WARDHIVE_ASSIGN(const auto text, store.value("epoch"));
  std::uint64_t epoch = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), epoch);
  WARDHIVE_TRY(store.put_value("epoch", fmt::format("{}", epoch + 1)));
  return epoch + 1;
}

}  // namespace

Path default_state_directory() {
  const auto variable = [](const char* name) {
    return std::string(std::getenv(name) != nullptr ? std::getenv(name) : "");
  };
  if (const auto path = variable("STATE_DIRECTORY"); !path.empty()) return path;
  if (const auto path = variable("XDG_STATE_HOME"); !path.empty()) return Path(path) / "wardhive";
  if (const auto path = variable("HOME"); !path.empty())
    return Path(path) / ".local/state/wardhive";
  return "/var/lib/wardhive";
}

Controller::Controller(ControllerOptions options)
    : options_(std::move(options)), clock_(system_clock()) {}

Result<std::unique_ptr<Controller>> Controller::open(ControllerOptions options) {
  std::unique_ptr<Controller> controller(new Controller(std::move(options)));
  WARDHIVE_TRY(controller->open_state());
  WARDHIVE_TRY(controller->open_doors());
  WARDHIVE_TRY(controller->open_lookout());
  WARDHIVE_TRY(controller->open_chain());
  return controller;
}

Status Controller::open_state() {
  std::error_code error;
  std::filesystem::create_directories(options_.state, error);
  if (error)
    return std::unexpected(
        system_error(error.value(), "make state directory " + options_.state.string()));
  std::filesystem::permissions(options_.state, std::filesystem::perms::owner_all, error);
  WARDHIVE_ASSIGN(lock_, DirectoryLock::acquire(options_.state));
  WARDHIVE_ASSIGN(store_, Store::open(options_.state));
  WARDHIVE_ASSIGN(auto playbooks, embedded_playbooks());
  PipelineHooks hooks;
  hooks.dispatch = [this](const Action& action, Instant now) { hub_->dispatch(action, now); };
  hooks.publish = [this](const Committed& committed) {
    for (const auto& record : committed.records) view_->record(record);
    for (const auto& [offset, entry] : committed.journal) {
      view_->journal(entry);
      const auto* proposal = std::get_if<Proposal>(&entry);
      if (proposal != nullptr && proposal->state == ProposalState::Ordered) act(*proposal);
    }
    view_->flush(pipeline_->now(), pipeline_->mode(), pipeline_->disk_full());
  };
  WARDHIVE_ASSIGN(pipeline_, Pipeline::open(options_.settings, std::move(playbooks), store_.get(),
                                            std::move(hooks)));
  view_ = std::make_unique<View>(WARDHIVE_VERSION, options_.settings.profile, clock_.wall());
  view_->load(*store_, pipeline_->mode());
  return ok();
}

Status Controller::open_doors() {
  const auto& settings = options_.settings;
  door_ = std::make_unique<Door>(settings.guard, clock_);
  WARDHIVE_ASSIGN(const auto operator_token, token_of(options_.state, "token"));
  WARDHIVE_ASSIGN(const auto writer_token, token_of(options_.state, "remote-write-token"));
  door_->set_token(Access::Operator, "operator", operator_token);
  for (const auto& name : settings.server.operators) {
    WARDHIVE_ASSIGN(const auto token, token_of(options_.state, "token-" + name));
    door_->set_token(Access::Operator, name, token);
  }
  door_->set_token(Access::Writer, "remote-write", writer_token);
  WARDHIVE_ASSIGN(const auto agents, store_->agents());
  std::vector<std::pair<std::string, std::uint64_t>> acknowledged;
  for (const auto& agent : agents) {
    door_->set_agent(agent.node, agent.token_hash);
    acknowledged.emplace_back(agent.node, agent.last_sequence);
  }
  WARDHIVE_ASSIGN(const auto epoch, next_epoch(*store_));

  AgentHub::Doors doors;
  doors.node_of = [this](const net::Request& request) { return api_->identify(request).name; };
  doors.admit = [this](const std::string& node, std::uint64_t count) {
    return door_->admit_records(node, count);
  };
  doors.started = [this](const std::string& node, const Event& hello) {
    inventory_->agent_started(node, hello);
  };
  doors.noticed = [this](Event event) {
    event.observer = node(options_.self);
    Submission submission;
    submission.records.emplace_back(std::move(event));
    // Lost if the inbox is full: the next turn tells it again.
    (void)inbox_.submit(std::move(submission));
  };
  hub_ = std::make_unique<AgentHub>(inbox_, clock_, epoch, std::move(doors));
  hub_->restore(acknowledged, pipeline_->standing_actions(),
                std::max(pipeline_->now(), clock_.wall()));
  inventory_ = std::make_unique<InventoryKeeper>(settings, options_.self, own_prefixes());
  if (const auto earlier = store_->value("inventory"); earlier && *earlier)
    if (const auto inventory = from_json<Inventory>(**earlier)) inventory_->remember(*inventory);
  inventory_->on_change([this](const Inventory& inventory) { inventory_changed(inventory); });

  server_ = std::make_unique<net::Server>(net::ServerConfig{}, router_);
  net::ListenAddress address;
  if (!options_.inherited_fds.empty()) {
    address.kind = net::ListenAddress::Kind::Inherited;
    address.fd = options_.inherited_fds.front();
  } else {
    WARDHIVE_ASSIGN(address, net::ListenAddress::parse(settings.server.listen));
  }
  WARDHIVE_ASSIGN(const auto port, server_->listen("people", address));
  const auto host = address.kind == net::ListenAddress::Kind::Tcp
                        ? (address.ip.is_v4() ? address.ip.text() : "[" + address.ip.text() + "]")
                        : "127.0.0.1";
  url_ =
      options_.public_url.empty() ? fmt::format("http://{}:{}", host, port) : options_.public_url;
  if (address.kind == net::ListenAddress::Kind::Tcp) door_->allow_host(host);
  if (!settings.server.agent_listen.empty()) {
    WARDHIVE_ASSIGN(const auto agent_address,
                    net::ListenAddress::parse(settings.server.agent_listen));
    WARDHIVE_TRY(server_->listen("agents", agent_address));
    door_->allow_host(agent_address.ip.text());
  }

  ApiParts parts{*view_, inbox_, *door_, *hub_, *store_, clock_, {}, url_};
  parts.acts_problem = [this] { return acts_problem_; };
  parts.enroll = [this](const AgentCredential& credential) { return enroll(credential); };
  api_ = std::make_unique<Api>(std::move(parts));
  api_->add_routes(router_);
  hub_->add_routes(router_);
  add_remote_write_route(router_, inbox_, *door_, settings);
  return ok();
}

Status Controller::enroll(const AgentCredential& credential) {
  WARDHIVE_TRY(on_pipeline([this, credential] { return store_->put_agent(credential); }));
  hub_->forget(credential.node);  // whoever had this name before is out
  door_->set_agent(credential.node, credential.token_hash);
  return ok();
}

// This host is watched as any other node, in this process: vantage "controller".
Status Controller::open_lookout() {
  const auto& settings = options_.settings;
  LookoutOptions options;
  options.node = options_.self;
  options.vantage = "controller";
  options.own_host = settings.ingest.own_host;
  options.own_host_interval = settings.ingest.own_host_interval;
  options.state = options_.state;
  for (const auto& file : settings.ingest.auth_logs)
    if (::access(file.c_str(), F_OK) == 0) options.auth_logs.push_back(file);
  WARDHIVE_ASSIGN(options.enforcers, enforcer_settings(options_.enforce_here, "", "", ""));
  options.enforcers.chain = chain_enforcer_settings(settings);
  WARDHIVE_ASSIGN(lookout_, Lookout::make(std::move(options), [this](AgentMessage message) {
                    said_here(std::move(message));
                  }));
  scraper_ = std::make_unique<Scraper>(settings.ingest,
                                       [this](SampleBatch batch) { said_here(std::move(batch)); });
  return ok();
}

// False: the queue is full for what it is.
bool Controller::said_here(AgentMessage message) {
  Submission submission;
  submission.agent = options_.self;
  if (auto* samples = std::get_if<SampleBatch>(&message))
    submission.samples.push_back(std::move(*samples));
  else if (auto* receipt = std::get_if<Receipt>(&message))
    submission.records.emplace_back(std::move(*receipt));
  else {
    auto& event = std::get<Event>(message);
    if (event.kind == EventKind::AgentStarted) inventory_->agent_started(options_.self, event);
    submission.records.emplace_back(std::move(event));
  }
  // A full queue counts what it turns away; our own samples give way like everybody's.
  return inbox_.submit(std::move(submission)).has_value();
}

void Controller::inventory_changed(const Inventory& inventory) {
  Submission submission;
  submission.records.emplace_back(inventory);
  // The log is trimmed; what agents can do must outlive that and a restart.
  submission.then = [this, json = to_json(inventory)] {
    if (const auto stored = store_->put_value("inventory", json); !stored)
      log::warn("inventory_not_stored", {{"reason", stored.error().message}});
  };
  [[maybe_unused]] const auto taken = inbox_.submit(std::move(submission));
  auto protect = inventory.never_touch;
  protect.insert(protect.end(), inventory.allow_list.begin(), inventory.allow_list.end());
  for (const auto& node : inventory.nodes)
    protect.insert(protect.end(), node.addresses.begin(), node.addresses.end());
  hub_->set_protect(std::move(protect));
  const auto& ingest = options_.settings.ingest;
  for (const auto& name : inventory_->agents())
    hub_->set_probes(name, inventory_->probes_of(name), ingest.probe_interval,
                     ingest.probe_timeout);
  lookout_->set_probes(inventory_->probes_of("controller"), ingest.probe_interval,
                       ingest.probe_timeout);
}

void Controller::run() {
  inventory_changed(inventory_->compose());
  Submission config;
  config.records.emplace_back(
      ConfigChanged{settings_digest(options_.settings), options_.settings.profile});
  [[maybe_unused]] const auto taken = inbox_.submit(std::move(config));
  pass();
  server_->start();
  const auto local = hub_->attach_local(
      options_.self, [this](bool full, const DesiredSet& set) { lookout_->desired(full, set); });
  lookout_->desired(true, local);
  lookout_->start();
  scraper_->start();
  if (chain_) chain_->start();
  if (anchoring_) anchoring_->start();
  if (acting_) acting_->start();
  snapshot_at_ = clock_.mono() + kSnapshotEvery;
  while (!stop_.load(std::memory_order_relaxed)) pass();

  if (acting_) acting_->stop();
  if (anchoring_) anchoring_->stop();
  if (chain_) chain_->stop();
  scraper_->stop();
  lookout_->stop();
  inbox_.stop();
  pass();  // what was taken before the doors closed
  server_->stop();
  if (const auto saved = pipeline_->snapshot(); !saved)
    log::warn("snapshot_failed", {{"reason", saved.error().message}});
  for (const auto& action : pipeline_->standing_actions()) standing_effects_ += action.present;
}

void Controller::pass() {
  auto submissions = inbox_.take(kTakeWait, kRecordsPerPass);
  for (auto& submission : submissions)
    if (submission.then) submission.then();
  // This host is heard as long as this process runs, whatever its sources have to say.
  submissions.emplace_back().agent = options_.self;
  pipeline_->pass(std::move(submissions), clock_.wall(), clock_.mono());
  inbox_.refuse_samples(pipeline_->disk_full());
  // Nothing is published while nothing can be stored; that itself must be seen.
  if (pipeline_->disk_full()) view_->flush(pipeline_->now(), pipeline_->mode(), true);
  if (const auto now = clock_.mono(); now >= snapshot_at_) {
    snapshot_at_ = now + kSnapshotEvery;
    if (const auto saved = pipeline_->snapshot(); !saved)
      log::warn("snapshot_failed", {{"reason", saved.error().message}});
  }
}

void Controller::request_stop() { stop_.store(true, std::memory_order_relaxed); }

std::string Controller::login_url() { return url_ + "/#" + door_->make_login_code("operator"); }

Controller::~Controller() {
  if (server_) server_->stop();
}

}  // namespace wardhive
