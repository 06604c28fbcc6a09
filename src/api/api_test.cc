// The doors as a caller meets them: routes, rights, shapes. No socket: requests go to the router.
#include "api/api.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "api/explain.h"

namespace wardhive {
namespace {

class ApiTest : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (std::filesystem::temp_directory_path() / "wardhive-api-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    store_ = *Store::open(directory_);
    door_.set_token(Access::Operator, "operator", "secret");
    door_.set_token(Access::Writer, "remote-write", "writer");
    hub_ = std::make_unique<AgentHub>(inbox_, system_clock(), 1, AgentHub::Doors{});
    ApiParts parts{view_,   inbox_,         door_, *hub_,
                   *store_, system_clock(), {},    "http://127.0.0.1:8700"};
    parts.enroll = [this](const AgentCredential& credential) {
      enrolled_.push_back(credential);
      return ok();
    };
    api_ = std::make_unique<Api>(std::move(parts));
    api_->add_routes(router_);
  }
  void TearDown() override {
    api_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  net::Response ask(net::Method method, const std::string& target,
                    net::Headers headers = {{"Authorization", "Bearer secret"}},
                    std::string body = {}) {
    net::Request request;
    request.method = method;
    request.target = target;
    const auto parsed = *net::parse_target(target);
    request.path = parsed.path;
    request.query_pairs = parsed.query;
    request.headers = std::move(headers);
    request.headers.add("Host", "127.0.0.1:8700");
    request.peer = *IpAddress::parse("127.0.0.1");
    request.body = std::move(body);
    // A command is answered later, by carry_out().
    response_ = {};
    response_.status = 0;
    router_.dispatch(std::move(request),
                     net::Responder::to([this](net::Response r) { response_ = std::move(r); }));
    return response_;
  }
  net::Response get(const std::string& target) { return ask(net::Method::Get, target); }

  // Takes the one submission that waits, and answers it as the pipeline would.
  Command carry_out(const CommandResult& result) {
    auto taken = inbox_.take(Duration::zero(), 10);
    EXPECT_EQ(taken.size(), 1u);
    if (taken.empty()) return {};
    view_.journal(result);
    const auto command = std::get<Command>(taken[0].records.at(0));
    taken[0].done(result.offset);
    return command;
  }

  net::Response response_;  // to what was asked last
  Path directory_;
  std::unique_ptr<Store> store_;
  View view_{"0", "default", Instant(seconds(1))};
  Inbox inbox_;
  Door door_{GuardSettings{}, system_clock()};
  std::unique_ptr<AgentHub> hub_;
  std::unique_ptr<Api> api_;
  net::Router router_;
  std::vector<AgentCredential> enrolled_;
};

TEST_F(ApiTest, EmptyListsAreEmptyArraysAndObjectsCarryTheSchemaVersion) {
  for (const auto* path : {"/api/v1/nodes", "/api/v1/incidents", "/api/v1/decisions",
                           "/api/v1/scores", "/api/v1/notices", "/api/v1/agents"})
    EXPECT_EQ(get(path).body, "[]") << path;
  EXPECT_TRUE(get("/api/v1/status")
                  .body.starts_with(R"({"schema_version":1,"sentence":"no node is known yet)"));
}

TEST_F(ApiTest, NothingIsReadWithoutRights) {
  for (const auto* path :
       {"/api/v1/status", "/api/v1/nodes", "/api/v1/stream", "/api/v1/audit/verify"}) {
    EXPECT_EQ(ask(net::Method::Get, path, {}).status, 401) << path;
    EXPECT_EQ(ask(net::Method::Get, path, {{"Authorization", "Bearer writer"}}).status, 403)
        << path;
  }
  EXPECT_EQ(ask(net::Method::Post, "/api/v1/release", {}).status, 401);
  EXPECT_EQ(ask(net::Method::Get, "/healthz", {}).status, 200);
}

TEST_F(ApiTest, UnknownThingsAre404AndOddIdsAre400) {
  EXPECT_EQ(get("/api/v1/decisions/dec-1").status, 404);
  EXPECT_EQ(get("/api/v1/decisions/nonsense").status, 400);
  EXPECT_EQ(get("/api/v1/nodes/none").status, 404);
  EXPECT_EQ(get("/api/v1/scores/address/nonsense").status, 400);
  EXPECT_EQ(get("/api/v1/nothing").status, 404);
}

TEST_F(ApiTest, ACommandIsAnsweredByTheJournal) {
  ask(net::Method::Post, "/api/v1/decisions/dec-7/revert",
      {{"Authorization", "Bearer secret"}, {"Idempotency-Key", "k1"}}, R"({"reason":"mistake"})");
  const auto command = carry_out({42, "k1", true, "dec-7 is reverted"});
  EXPECT_EQ(command.kind, CommandKind::Revert);
  EXPECT_EQ(command.actor, "operator");
  EXPECT_EQ(command.key, "k1");
  EXPECT_EQ(command.reason, "mistake");
  EXPECT_EQ(response_.status, 200);
  EXPECT_NE(response_.body.find("dec-7 is reverted"), std::string::npos);
}

TEST_F(ApiTest, APersonProposesInTheNameOfTheToken) {
  door_.set_token(Access::Operator, "ada", "hers");
  const net::Headers by_ada{{"Authorization", "Bearer hers"}, {"Idempotency-Key", "k1"}};
  const auto act = R"({"kind":"pause","target":"fleet/","parts":["open-lease"],"lasts":60,)"
                   R"("reason":"leak","by":"olu","actor":"olu"})";
  EXPECT_EQ(ask(net::Method::Post, "/api/v1/proposals", by_ada, act).body, "");
  auto command = carry_out({7, "k1", true, "pro-7 is ordered"});
  EXPECT_EQ(command.kind, CommandKind::Propose);
  EXPECT_EQ(command.actor, "ada") << "whoever the body says it is";
  EXPECT_EQ(command.act.parts, std::vector<std::string>{"open-lease"});
  EXPECT_EQ(command.reason, "leak");

  ask(net::Method::Post, "/api/v1/proposals/pro-7/approve", by_ada);
  command = carry_out({8, "k1", false, "pro-7 is ordered already"});
  EXPECT_EQ(command.kind, CommandKind::Approve);
  EXPECT_EQ(command.proposal.text(), "pro-7");

  // What could never be an act reaches nobody.
  const auto nothing = R"({"kind":"pause","target":"fleet/","parts":[],"lasts":60})";
  EXPECT_EQ(ask(net::Method::Post, "/api/v1/proposals", by_ada, nothing).status, 400);
  EXPECT_EQ(ask(net::Method::Post, "/api/v1/proposals/pro-7/approve", {}).status, 401);
  EXPECT_TRUE(inbox_.take(Duration::zero(), 10).empty());
}

TEST_F(ApiTest, OpenProposalsAreListedAndEndedOnesIfAskedFor) {
  const auto open = *ProposalId::parse("pro-1"), ended = *ProposalId::parse("pro-2");
  view_.journal(Proposal{.id = open});
  view_.journal(Proposal{.id = ended, .state = ProposalState::Withdrawn});
  const auto shown = get("/api/v1/proposals").body, all = get("/api/v1/proposals?state=all").body;
  EXPECT_NE(shown.find("pro-1"), std::string::npos);
  EXPECT_EQ(shown.find("pro-2"), std::string::npos);
  EXPECT_NE(all.find("pro-2"), std::string::npos);
  EXPECT_EQ(get("/api/v1/proposals/pro-2").status, 200);
  EXPECT_EQ(get("/api/v1/proposals/pro-3").status, 404);
  EXPECT_NE(get("/api/v1/status").body.find("1 proposal waits for approval"), std::string::npos);
}

TEST_F(ApiTest, AProposalSaysInWordsWhatItAsksForWhereverItIsRead) {
  Proposal pause{.id = *ProposalId::parse("pro-1")};
  pause.act = {.kind = ActKind::Pause, .parts = {"claim", "nodes"}, .lasts = minutes(5)};
  std::string streamed;
  view_.on_change([&](std::string_view kind,
                      const std::string& json) { streamed += std::string(kind) + " " + json; },
                  [] { return true; });
  view_.journal(pause);
  view_.flush(Instant(seconds(2)), Mode::Enforce, false);
  EXPECT_TRUE(streamed.starts_with(R"(proposal {"id":"pro-1","act":{"kind":"pause")")) << streamed;
  for (const auto& json :
       {streamed, get("/api/v1/proposals").body, get("/api/v1/proposals/pro-1").body})
    EXPECT_NE(json.find(R"("says":"pause claim, nodes for 5m")"), std::string::npos) << json;
}

TEST_F(ApiTest, WhatPeopleWereToldOutlivesARestart) {
  Commit commit;
  for (const auto* text : {"first", "second"}) {
    const JournalEntry notice = Notice{{}, Instant(seconds(5)), "policy", false, text};
    const auto index = static_cast<std::uint32_t>(commit.journal.size());
    commit.journal.push_back(
        {1, index, Instant(seconds(5)), "notice", "", encode_journal_entry(notice)});
  }
  commit.log.push_back({1, LogStream::Control, Instant(seconds(5)), "command", "{}"});
  const auto stored = store_->commit(commit);
  ASSERT_TRUE(stored) << stored.error().message;
  view_.load(*store_, Mode::Enforce);
  const auto notices = view_.notices(10);
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(notices[0].text, "second") << "the newest first";
}

TEST_F(ApiTest, ABrowsersWriteNeedsItsHeaderAndALogInCodeWorksOnce) {
  const auto body = fmt::format(R"({{"code":"{}"}})", door_.make_login_code("operator"));
  const auto login = ask(net::Method::Post, "/api/v1/login", {}, body);
  ASSERT_EQ(login.status, 200);
  const auto set_cookie = std::string(*login.headers.get("set-cookie"));
  EXPECT_NE(set_cookie.find("HttpOnly; SameSite=Strict"), std::string::npos);
  EXPECT_EQ(ask(net::Method::Post, "/api/v1/login", {}, body).status, 403);
  const auto cookie = set_cookie.substr(0, set_cookie.find(';'));
  EXPECT_EQ(ask(net::Method::Get, "/api/v1/status", {{"Cookie", cookie}}).status, 200);
  EXPECT_EQ(ask(net::Method::Post, "/api/v1/tokens/enroll", {{"Cookie", cookie}}, "{}").status,
            403);
  EXPECT_EQ(ask(net::Method::Post, "/api/v1/tokens/enroll",
                {{"Cookie", cookie}, {"X-Wardhive", "1"}}, "{}")
                .status,
            200);
}

TEST_F(ApiTest, EnrolmentStoresAHashAndNeverTheCredential) {
  const auto token =
      JsonValue::parse(ask(net::Method::Post, "/api/v1/tokens/enroll",
                           {{"Authorization", "Bearer secret"}}, R"({"node":"job-1"})")
                           .body)
          ->string_or("token", "");
  const auto enrolled = ask(net::Method::Post, "/api/v1/agent/enroll", {},
                            fmt::format(R"({{"node":"job-1","token":"{}"}})", token));
  ASSERT_EQ(enrolled.status, 200) << enrolled.body;
  const auto credential = JsonValue::parse(enrolled.body)->string_or("credential", "");
  ASSERT_EQ(enrolled_.size(), 1u);
  EXPECT_EQ(enrolled_[0].token_hash, token_hash(credential));
  EXPECT_EQ(ask(net::Method::Post, "/api/v1/agent/enroll", {},
                fmt::format(R"({{"node":"job-1","token":"{}"}})", token))
                .status,
            403)
      << "once";
}

TEST_F(ApiTest, ThePageComesWithAStrictPolicy) {
  const auto page = ask(net::Method::Get, "/", {});
  ASSERT_EQ(page.status, 200);
  const auto policy = std::string(page.headers.get("content-security-policy").value_or(""));
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST(View, ANodeNobodyLookedAtForLongIsNotShownAsHealthy) {
  View view("0", "default", Instant(seconds(100)));
  Inventory inventory;
  inventory.nodes.push_back({"job-1", "gpu", {}, {}, {}, true});
  view.record({1, Instant(seconds(100)), inventory});
  Health health;
  health.subject = node("job-1");
  health.observer = node("controller");
  health.fresh_at = Instant(seconds(100));
  view.record({2, Instant(seconds(100)), health});
  EXPECT_EQ(view.node("job-1")->state, NodeState::Healthy);
  view.record({3, Instant(seconds(130)), Tick{}});
  EXPECT_EQ(view.node("job-1")->state, NodeState::Unknown);
}

TEST(View, EncodesChangesOnlyForListeners) {
  View view("0", "default", Instant(seconds(1)));
  bool listened = false;
  std::vector<std::string> told;
  view.on_change([&](std::string_view kind,
                     const std::string& json) { told.push_back(std::string(kind) + " " + json); },
                 [&] { return listened; });
  Incident incident;
  incident.id = *IncidentId::parse("inc-1");
  view.journal(incident);
  listened = true;
  view.flush(Instant(seconds(10)), Mode::Enforce, false);
  EXPECT_EQ(told.size(), 1u) << "the status; what came before is in the lists";
  view.journal(incident);
  view.flush(Instant(seconds(10)), Mode::Enforce, false);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_TRUE(told[1].starts_with("incident {\"id\":\"inc-1\"")) << told[1];
  EXPECT_NE(told[1].find("\"ended_at\":null"), std::string::npos) << told[1];
  listened = false;
  view.journal(incident);
  view.flush(Instant(seconds(20)), Mode::Enforce, false);
  EXPECT_EQ(told.size(), 2u);
}

TEST_F(ApiTest, ATimeThatNeverWasIsNull) {
  Incident incident;
  incident.id = *IncidentId::parse("inc-1");
  incident.opened_at = Instant(seconds(5));
  incident.summary = R"(a user named "1970-01-01T00:00:00Z")";
  view_.journal(incident);
  const auto body = get("/api/v1/incidents").body;
  EXPECT_NE(body.find(R"("opened_at":"1970-01-01T00:00:05Z")"), std::string::npos) << body;
  EXPECT_NE(body.find(R"("ended_at":null)"), std::string::npos) << body;
  EXPECT_NE(body.find(R"(a user named \"1970-01-01T00:00:00Z\")"), std::string::npos) << body;
}

TEST(Explain, SaysEverythingADecisionKnows) {
  Decision decision;
  decision.verb = Verb::BanAddress;
  decision.target = address("203.0.113.66");
  decision.score.contributions = {{"base", -2'000, 0, 0, "", {}},
                                  {"auth_abuse", 2'450, 1, 1, "5 failed log-ins", {}}};
  decision.score.log_odds_milli = 450;
  decision.rails = {{"never_touch", true, "is none of 3"}};
  decision.counterfactual = "4 failures would have been below the bound";
  decision.undo = "wardhive decisions revert dec-1";
  const auto text = format_explanation(explain(decision));
  for (const auto* part :
       {"203.0.113.66", "+2.450", "+0.450", "never_touch", "4 failures", "revert dec-1"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace wardhive
