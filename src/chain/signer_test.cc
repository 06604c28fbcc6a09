// The signer's door over a real socket, and what it does not sign.
#include "chain/signer.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "chain/programs.h"
#include "chain/signer_door.h"
#include "chain/swarm.h"
#include "net/client.h"
#include "net/server.h"

namespace wardhive::chain {
namespace {

using swarm::InstructionTag;
using testing::HasSubstr;

class ManualClock final : public Clock {
 public:
  Instant wall() const override { return {}; }
  MonoTime mono() const override { return mono_now; }
  MonoTime mono_now{hours(5)};
};

const Keypair kKey = Keypair::generate(), kPayer = Keypair::generate();
const Pubkey kProgram = Keypair::generate().pubkey();

Instruction of(InstructionTag tag, swarm::Target target = swarm::Target::Node) {
  SwarmInstruction instruction(SwarmAddresses(kProgram), tag);
  instruction.account("target", kProgram).account("set", kProgram).set_signer(kKey.pubkey());
  instruction.number("kind", static_cast<std::uint64_t>(target)).number("incident", 1);
  if (tag == InstructionTag::Quarantine) instruction.number("seconds", 60).number("reason", 1);
  return instruction.number("mask", 1).number("valid_until_slot", 1).build();
}
Message message_of(std::vector<Instruction> instructions) {
  return *compile(kPayer.pubkey(), instructions, Blockhash{});
}
SignerPolicy policy() {
  return {.program = kProgram,
          .allowed = {InstructionTag::Quarantine, InstructionTag::Failover},
          .fee_lamports_max = 1'000'000,
          .per_minute = 3};
}
std::string refused(std::vector<Instruction> instructions) {
  const auto judged = judge(message_of(std::move(instructions)), policy());
  if (judged) return "";
  EXPECT_EQ(judged.error().code, ErrorCode::PermissionDenied);
  return judged.error().message;
}

TEST(SignerJudge, LetsThroughWhatItIsForAndNothingElse) {
  const auto quarantine = of(InstructionTag::Quarantine);
  EXPECT_EQ(refused({quarantine}), "");
  EXPECT_EQ(refused({programs::set_compute_unit_limit(10'000), quarantine}), "");
  EXPECT_THAT(refused({of(InstructionTag::Release)}), HasSubstr("is not signed here"));
  EXPECT_THAT(refused({quarantine, programs::transfer(kPayer.pubkey(), kProgram, 1)}),
              HasSubstr("only " + kProgram.text() + " may be called"));
  EXPECT_THAT(refused({programs::set_compute_unit_limit(10'000)}),
              HasSubstr("asks nothing of the program"));
  EXPECT_THAT(refused({{kProgram, {}, {}}}), HasSubstr("instruction 0"));
  EXPECT_THAT(refused({of(InstructionTag::Quarantine, swarm::Target::Position)}),
              HasSubstr("about a position"));
  auto cut = quarantine;
  cut.data.resize(1);
  EXPECT_THAT(refused({cut}), HasSubstr("about a position")) << "what can't be read is refused";
}

// An accusation by `opener`, and a pause.
Instruction incident(const Pubkey& opener, std::uint64_t on_node = 1) {
  SwarmInstruction instruction(SwarmAddresses(kProgram), InstructionTag::OpenIncident);
  for (const auto* name : {"bond_position", "position", "node", "incident"})
    instruction.account(name, kProgram);
  instruction.account("opener", opener).set_signer(kKey.pubkey()).key("evidence", kProgram);
  for (const auto* name : {"id", "category", "bps", "mask", "valid_until_slot"})
    instruction.number(name, 1);
  return instruction.number("on_node", on_node).build();
}
Instruction pause(std::uint64_t what, std::uint64_t lasts) {
  SwarmInstruction instruction(SwarmAddresses(kProgram), InstructionTag::Breaker);
  instruction.account("set", kProgram).set_signer(kKey.pubkey());
  instruction.number("what", what).number("seconds", lasts);
  return instruction.number("mask", 1).number("valid_until_slot", 1).build();
}
std::string refused_of_privileged(Instruction instruction) {
  auto wide = policy();
  wide.allowed = {*signable("incident"), *signable("pause")};
  wide.payer = kPayer.pubkey();
  const auto judged = judge(message_of({std::move(instruction)}), wide);
  return judged ? "" : judged.error().message;
}

TEST(SignerJudge, PrivilegedActsAreNotSignedUnlessAskedFor) {
  EXPECT_THAT(refused({incident(kPayer.pubkey())}), HasSubstr("instruction 30"));
  EXPECT_THAT(refused({pause(1, 60)}), HasSubstr("instruction 14"));
}

TEST(SignerJudge, NobodyElseAccusesAndNoStakeIsAccusedAlone) {
  EXPECT_EQ(refused_of_privileged(incident(kPayer.pubkey())), "");
  EXPECT_THAT(refused_of_privileged(incident(kKey.pubkey())),
              HasSubstr("somebody else than " + kPayer.pubkey().text()));
  EXPECT_THAT(refused_of_privileged(incident(kPayer.pubkey(), 0)), HasSubstr("about a position"));
  auto cut = incident(kPayer.pubkey());
  cut.data.resize(5);
  EXPECT_THAT(refused_of_privileged(cut), HasSubstr("about a position"));
  cut.accounts.clear();
  EXPECT_THAT(refused_of_privileged(cut), HasSubstr("somebody else"));
}

TEST(SignerJudge, APauseIsWhatASentinelMayAndNeverItsEnd) {
  EXPECT_EQ(refused_of_privileged(pause(1 | 16, 3'600)), "");
  EXPECT_THAT(refused_of_privileged(pause(16, 0)), HasSubstr("end a pause"));
  EXPECT_THAT(refused_of_privileged(pause(4 | 16, 60)), HasSubstr("withdrawals"));
  EXPECT_THAT(refused_of_privileged(pause(16, 3'601)), HasSubstr("at most 3600 s"));
  auto cut = pause(16, 60);
  cut.data.resize(2);
  EXPECT_THAT(refused_of_privileged(cut), HasSubstr("cannot be read"));
}

TEST(SignerJudge, APriorityFeeDoesNotEmptyThePayer) {
  const auto priced = [](std::uint32_t units, std::uint64_t price) {
    return refused({programs::set_compute_unit_limit(units),
                    programs::set_compute_unit_price(price), of(InstructionTag::Quarantine)});
  };
  EXPECT_EQ(priced(10'000, 100'000'000), "");  // 1,000,000 lamports
  EXPECT_THAT(priced(10'000, 100'000'001), HasSubstr("may reach more than 1000000 lamports"));
  EXPECT_THAT(priced(1'400'000, UINT64_MAX), HasSubstr("may reach more"));
  EXPECT_THAT(
      refused({programs::set_compute_unit_price(1'000'000), of(InstructionTag::Quarantine)}),
      HasSubstr("may reach more"))
      << "without a limit the most there is counts";
}

class Door : public testing::Test {
 protected:
  Door() {
    std::filesystem::create_directories(folder_);
    door_.add_routes(router_);
    server_ = std::make_unique<net::Server>(net::ServerConfig{}, router_);
    EXPECT_TRUE(server_->listen("signer", *net::ListenAddress::parse("unix:" + path().string())));
    server_->start();
  }
  ~Door() override {
    server_->stop();
    std::filesystem::remove_all(folder_);
  }
  Path path() const { return folder_ / "signer.sock"; }

  const Path folder_ =
      std::filesystem::temp_directory_path() / ("signer_test." + std::to_string(::getpid()));
  ManualClock clock_;
  SignerDoor door_{{kKey}, kPayer, policy(), clock_};
  net::Router router_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<Signer> signer_ = make_signer_process(path());
};

TEST_F(Door, TellsItsKeysAndSignsWhatVerifies) {
  const auto keys = signer_->keys();
  ASSERT_TRUE(keys.has_value()) << keys.error().message;
  EXPECT_THAT(keys->keys, testing::ElementsAre(kKey.pubkey()));
  EXPECT_EQ(keys->payer, kPayer.pubkey());
  EXPECT_EQ(keys->fee_lamports_max, 1'000'000u) << "no more is asked of it";
  const auto transaction = sign(message_of({of(InstructionTag::Quarantine)}), *signer_);
  ASSERT_TRUE(transaction.has_value()) << transaction.error().message;
  ASSERT_EQ(transaction->signatures.size(), 2u);
  const auto bytes = encode(transaction->message);
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_TRUE(verify(transaction->message.keys[i], bytes, transaction->signatures[i]));
}

TEST_F(Door, RefusesWithItsReasonAndSignsForNobodyElse) {
  const auto denied = sign(message_of({of(InstructionTag::Release)}), *signer_);
  ASSERT_FALSE(denied.has_value());
  EXPECT_EQ(denied.error().code, ErrorCode::PermissionDenied);
  EXPECT_THAT(denied.error().message, HasSubstr("the signer refuses: instruction"));
  const auto stranger = Keypair::generate().pubkey();
  auto instruction = of(InstructionTag::Quarantine);
  instruction.accounts.back().key = stranger;
  const auto unknown = sign(message_of({instruction}), *signer_);
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, ErrorCode::InvalidInput);
  EXPECT_THAT(unknown.error().message, HasSubstr(stranger.text()));
}

TEST_F(Door, AccusesInItsOwnPayersNameOnly) {
  auto wide = policy();
  wide.allowed = {InstructionTag::OpenIncident};
  wide.payer = kKey.pubkey();  // the door's own counts
  SignerDoor door({kKey}, kPayer, wide, clock_);
  net::Router router;
  door.add_routes(router);
  net::Server server({}, router);
  const auto other = folder_ / "other.sock";
  ASSERT_TRUE(server.listen("signer", *net::ListenAddress::parse("unix:" + other.string())));
  server.start();
  const auto asked = make_signer_process(other);
  EXPECT_TRUE(sign(message_of({incident(kPayer.pubkey())}), *asked).has_value());
  EXPECT_FALSE(sign(message_of({incident(kKey.pubkey())}), *asked).has_value());
  server.stop();
}

TEST_F(Door, SignsSoManyAMinuteAndThenAgain) {
  const auto message = message_of({of(InstructionTag::Quarantine)});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(sign(message, *signer_).has_value());
  const auto fourth = sign(message, *signer_);
  ASSERT_FALSE(fourth.has_value());
  EXPECT_THAT(fourth.error().message, HasSubstr("3 messages were signed within a minute"));
  clock_.mono_now += minutes(1);
  EXPECT_TRUE(sign(message, *signer_).has_value());
}

TEST_F(Door, SignsForSoManyLamportsADayAndThenAgain) {
  // 200 units at 1 lamport each, and two signatures.
  const auto dear =
      message_of({programs::set_compute_unit_limit(200),
                  programs::set_compute_unit_price(1'000'000), of(InstructionTag::Quarantine)});
  SignerPolicy two = policy();
  two.fees_lamports_per_day = 2 * 10'200 + 10'199;
  SignerDoor door({kKey}, kPayer, two, clock_);
  net::Router router;
  door.add_routes(router);
  net::Server server{net::ServerConfig{}, router};
  const auto socket = folder_ / "two.sock";
  ASSERT_TRUE(server.listen("signer", *net::ListenAddress::parse("unix:" + socket.string())));
  server.start();
  const auto signer = make_signer_process(socket);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(sign(dear, *signer).has_value());
  clock_.mono_now += hours(23);
  const auto third = sign(dear, *signer);
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error().code, ErrorCode::Unavailable) << "it may be asked again";
  EXPECT_THAT(third.error().message, HasSubstr("20400 lamports of fees were signed within a day"));
  EXPECT_TRUE(sign(message_of({of(InstructionTag::Quarantine)}), *signer).has_value())
      << "what costs less goes on";
  clock_.mono_now += hours(1);
  EXPECT_TRUE(sign(dear, *signer).has_value());
  server.stop();
}

TEST_F(Door, GarbageIsToldAndNotSigned) {
  net::HttpClient client;
  for (const auto* body : {"", "{}", R"({"message":"!!","by":[]})",
                           R"({"message":"AAAA","by":["x"]})", R"({"message":7,"by":7})"}) {
    const auto answer = client.request({.method = net::Method::Post,
                                        .url = "http://signer/v1/sign",
                                        .body = body,
                                        .unix_path = path().string()});
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 400) << body;
  }
}

TEST_F(Door, OneThatIsGoneIsUnavailableAndSaysWhatToDo) {
  server_->stop();
  const auto keys = signer_->keys();
  ASSERT_FALSE(keys.has_value());
  EXPECT_EQ(keys.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(keys.error().message, HasSubstr("is `wardhive signer` running?"));
}

}  // namespace
}  // namespace wardhive::chain
