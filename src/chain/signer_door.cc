#include "chain/signer_door.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/json.h"
#include "base/log.h"
#include "chain/programs.h"
#include "chain/swarm.h"

namespace wardhive::chain {
namespace {

using swarm::InstructionTag;

struct Signable {
  std::string_view name;
  InstructionTag tag;
};
constexpr std::array kSignable{
    Signable{"quarantine", InstructionTag::Quarantine},
    Signable{"release", InstructionTag::Release}, Signable{"failover", InstructionTag::Failover},
    Signable{"incident", InstructionTag::OpenIncident}, Signable{"pause", InstructionTag::Breaker}};

constexpr std::uint8_t kUnitLimit = 2, kUnitPrice = 3;  // of the compute budget program
constexpr std::uint64_t kUnitsMax = 1'400'000;

template <class T>
T number_at(std::span<const std::uint8_t> data, std::size_t at) {
  T value{};
  if (data.size() >= at + sizeof value) std::memcpy(&value, data.data() + at, sizeof value);
  return value;
}

std::unexpected<Error> denied(std::string what) {
  return fail(ErrorCode::PermissionDenied, std::move(what));
}

// Quarantine and release have a kind of target; `number` is of a node.
Status judge_target(InstructionTag tag, std::span<const std::uint8_t> data, std::string_view name,
                    std::uint64_t number) {
  if (instruction_number(tag, data, name) == number) return ok();
  return denied("it is about a position, and only nodes are acted on from here");
}

// Whose stake answers for an accusation is decided by who accuses.
Status judge_incident(const CompiledInstruction& instruction, const Message& message,
                      const Pubkey& payer) {
  static_assert(std::string_view(swarm::instruction::kOpenIncidentSlots[0].name) == "opener");
  const auto& accounts = instruction.accounts;
  if (accounts.empty() || accounts[0] >= message.keys.size() || message.keys[accounts[0]] != payer)
    return denied(fmt::format("somebody else than {} would accuse", payer.text()));
  return judge_target(InstructionTag::OpenIncident, instruction.data, "on_node", 1);
}

Status judge_pause(std::span<const std::uint8_t> data) {
  const auto what = instruction_number(InstructionTag::Breaker, data, "what");
  const auto lasts = instruction_number(InstructionTag::Breaker, data, "seconds");
  if (!what || !lasts) return denied("it pauses what cannot be read");
  if ((*what & static_cast<std::uint64_t>(swarm::Pause::Withdraw)) != 0)
    return denied("it would stop withdrawals, which only guardians do");
  if (*lasts == 0) return denied("it would end a pause, which only guardians do");
  if (*lasts > swarm::kSentinelPauseMax)
    return denied(fmt::format("it would pause for {} s, and at most {} s are signed", *lasts,
                              swarm::kSentinelPauseMax));
  return ok();
}

// One of the allowed instructions.
Status judge_ours(InstructionTag tag, const CompiledInstruction& instruction,
                  const Message& message, const SignerPolicy& policy) {
  switch (tag) {
    case InstructionTag::Failover:
      return ok();  // anybody may send it
    case InstructionTag::OpenIncident:
      return judge_incident(instruction, message, policy.payer);
    case InstructionTag::Breaker:
      return judge_pause(instruction.data);
    default:
      return judge_target(tag, instruction.data, "kind",
                          static_cast<std::uint64_t>(swarm::Target::Node));
  }
}

// "28" or "27,27", for the log.
std::string tags_of(const Message& message, const Pubkey& program) {
  std::string tags;
  for (const auto& instruction : message.instructions)
    if (message.keys.at(instruction.program) == program)
      tags += fmt::format("{}{}", tags.empty() ? "" : ",", instruction.data.at(0));
  return tags;
}

// Of a message that judge() let through: what it may cost its payer at most.
std::uint64_t fees_of(const Message& message) {
  std::uint64_t units = kUnitsMax, price = 0;
  for (const auto& instruction : message.instructions) {
    if (message.keys[instruction.program] != programs::kComputeBudget) continue;
    const std::span<const std::uint8_t> data(instruction.data);
    if (data[0] == kUnitLimit)
      units = std::min<std::uint64_t>(kUnitsMax, number_at<std::uint32_t>(data, 1));
    else
      price = number_at<std::uint64_t>(data, 1);
  }
  // judge() bounds the product.
  return message.signers * kLamportsPerSignature + (price * units + 999'999) / 1'000'000;
}

}  // namespace

Result<InstructionTag> signable(std::string_view name) {
  std::string all;
  for (const auto& each : kSignable) {
    if (each.name == name) return each.tag;
    all += fmt::format("{}{}", all.empty() ? "" : ", ", each.name);
  }
  return fail(
      ErrorCode::InvalidInput,
      fmt::format("\"{}\" is nothing a signer lets through; expected some of {}", name, all));
}

Status judge(const Message& message, const SignerPolicy& policy) {
  if (!message.lookups.empty()) return denied("it uses a lookup table, whose keys may change");
  std::uint64_t units = kUnitsMax, price = 0, ours = 0;
  for (const auto& instruction : message.instructions) {
    if (instruction.program >= message.keys.size()) return denied("it names no program");
    const auto& program = message.keys[instruction.program];
    const std::span<const std::uint8_t> data(instruction.data);
    const auto tag = data.empty() ? std::uint8_t{0} : data[0];
    if (program == programs::kComputeBudget) {
      if (tag == kUnitLimit)
        units = std::min<std::uint64_t>(kUnitsMax, number_at<std::uint32_t>(data, 1));
      else if (tag == kUnitPrice)
        price = number_at<std::uint64_t>(data, 1);
      else
        return denied(fmt::format("it has a compute budget instruction {}", tag));
    } else if (program != policy.program) {
      return denied(fmt::format("it calls {}, and only {} may be called", program.text(),
                                policy.program.text()));
    } else if (!policy.allowed.contains(static_cast<InstructionTag>(tag))) {
      return denied(fmt::format("instruction {} of the program is not signed here", tag));
    } else {
      WARDHIVE_TRY(judge_ours(static_cast<InstructionTag>(tag), instruction, message, policy));
      ++ours;
    }
  }
  if (ours == 0) return denied("it asks nothing of the program");
  // Micro-lamports for a unit. Compared by division: the product may not fit.
  if (price > policy.fee_lamports_max * 1'000'000 / std::max<std::uint64_t>(units, 1))
    return denied(
        fmt::format("its priority fee may reach more than {} lamports", policy.fee_lamports_max));
  return ok();
}

SignerDoor::SignerDoor(std::vector<Keypair> keys, Keypair payer, SignerPolicy policy,
                       const Clock& clock)
    : policy_([&] {
        policy.payer = payer.pubkey();
        return std::move(policy);
      }()),
      signer_(make_local_signer(std::move(keys), std::move(payer))),
      clock_(clock) {}

void SignerDoor::add_routes(net::Router& router) {
  router.add({.name = "signer.keys", .method = net::Method::Get, .pattern = "/v1/keys"},
             net::SyncHandler([this](const net::Request&) { return keys(); }));
  router.add({.name = "signer.sign",
              .method = net::Method::Post,
              .pattern = "/v1/sign",
              .body_bytes_max = 8 * 1024},
             net::SyncHandler([this](const net::Request& request) { return sign(request); }));
}

net::Response SignerDoor::keys() {
  const auto known = signer_->keys();
  if (!known) return net::error_response(known.error());
  std::vector<std::string> names;
  for (const auto& key : known->keys) names.push_back(key.text());
  return net::Response::json(fmt::format(R"({{"keys":{},"payer":"{}","fee_lamports_max":{}}})",
                                         to_json(names), known->payer.text(),
                                         policy_.fee_lamports_max));
}

net::Response SignerDoor::sign(const net::Request& request) {
  const auto given = signatures(request);
  if (!given) {
    log::warn("signature_refused", {{"reason", given.error().message}});
    return net::error_response(given.error());
  }
  std::vector<std::string> texts;
  for (const auto& signature : *given) texts.push_back(signature.text());
  return net::Response::json(fmt::format(R"({{"signatures":{}}})", to_json(texts)));
}

Result<std::vector<Signature>> SignerDoor::signatures(const net::Request& request) {
  WARDHIVE_ASSIGN(const auto json, JsonValue::parse(request.body));
  const auto bytes = from_base64(json.string_or("message", ""));
  if (!bytes || bytes->empty())
    return fail(ErrorCode::InvalidInput, "\"message\" is not base64 of a transaction's message");
  WARDHIVE_ASSIGN(const auto message, decode_message(as_bytes(*bytes)));
  std::vector<Pubkey> by;
  if (const auto* names = json.find("by"))
    for (const auto& name : names->items()) {
      WARDHIVE_ASSIGN(auto key, Pubkey::parse(std::string(name.as_string())));
      by.push_back(key);
    }
  if (by.empty() || by.size() > message.signers)
    return fail(ErrorCode::InvalidInput,
                fmt::format("\"by\" names {} keys and the message is signed by {}", by.size(),
                            message.signers));
  WARDHIVE_TRY(judge(message, policy_));
  WARDHIVE_TRY(admit(fees_of(message)));
  WARDHIVE_ASSIGN(auto given, signer_->sign(as_bytes(*bytes), by));
  log::info("signed", {{"by", by.front().text()},
                       {"payer", message.keys.front().text()},
                       {"instructions", tags_of(message, policy_.program)}});
  return given;
}

Status SignerDoor::admit(std::uint64_t fees) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.mono();
  std::erase_if(recent_, [&](const Signed& one) { return now - one.at >= hours(24); });
  if (std::cmp_greater_equal(
          std::ranges::count_if(recent_, [&](auto& one) { return now - one.at < minutes(1); }),
          policy_.per_minute))
    return fail(ErrorCode::LimitReached,
                fmt::format("{} messages were signed within a minute", policy_.per_minute));
  std::uint64_t spent = 0;
  for (const auto& one : recent_) spent += one.lamports;
  if (fees > policy_.fees_lamports_per_day || spent > policy_.fees_lamports_per_day - fees)
    return fail(ErrorCode::LimitReached,
                fmt::format("messages with {} lamports of fees were signed within a day, and this "
                            "one's {} are more than {} together (--fees-per-day)",
                            spent, fees, policy_.fees_lamports_per_day));
  recent_.push_back({now, fees});
  return ok();
}

}  // namespace wardhive::chain
