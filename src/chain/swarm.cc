#include "chain/swarm.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "base/check.h"
#include "chain/pda.h"
#include "chain/programs.h"

namespace wardhive::chain {
namespace {

static_assert(std::endian::native == std::endian::little, "layouts are copied as they are");

Seed seed(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Pubkey derive(const Pubkey& program, std::span<const Seed> seeds) {
  const auto found = find_program_address(seeds, program);
  WARDHIVE_ASSERT(found.has_value());  // our own seeds are short and few
  return found->key;
}
Pubkey derive(const Pubkey& program, std::string_view text) {
  const std::array seeds{seed(text)};
  return derive(program, seeds);
}
Pubkey set_of(const Pubkey& program, swarm::SetKind kind) {
  const auto byte = static_cast<std::uint8_t>(kind);
  const std::array<Seed, 2> seeds{seed("set"), Seed(&byte, 1)};
  return derive(program, seeds);
}

const swarm::InstructionSchema& schema_at(swarm::InstructionTag tag) {
  const auto* found = std::ranges::find(swarm::kInstructions, static_cast<std::uint8_t>(tag),
                                        &swarm::InstructionSchema::tag);
  WARDHIVE_ASSERT(found != std::end(swarm::kInstructions));
  return *found;
}

// The generic checks of programs/sol/error.h, by class: their numbers have n < 20.
constexpr std::array<ErrorText, 14> kClasses{{
    {"", ""},
    {"AUTH", "a signature is missing, or an account is not writable"},
    {"OWNER", "an account belongs to another program"},
    {"TYPE", "an account holds something else"},
    {"PDA", "an account has another address than it should"},
    {"STATE", "the account exists already"},
    {"MATH", "a number does not fit"},
    {"LIMIT", "more than is allowed, or not enough SOL for rent"},
    {"TIME", "the chain's clock makes no sense"},
    {"TOKEN", "a token account or mint is not as it should be"},
    {"CPI", "a called program refused, or is another one"},
    {"ALIAS", "one account stands in two places"},
    {"PAUSED", "paused"},
    {"DATA", "the instruction's bytes or account list are malformed"},
}};

}  // namespace

std::size_t argument_width(swarm::Type type) {
  switch (type) {
    case swarm::Type::U8:
      return 1;
    case swarm::Type::U16:
      return 2;
    case swarm::Type::U32:
      return 4;
    case swarm::Type::U64:
      return 8;
    case swarm::Type::Key:
      return 32;
    case swarm::Type::Rest:
      return 0;
    default:
      break;
  }
  WARDHIVE_ASSERT(type == swarm::Type::Rest);  // no other type is an argument's
  return 0;
}

SwarmAddresses::SwarmAddresses(const Pubkey& of)
    : program(of),
      program_data(programs::program_data_address(of)),
      config(derive(of, "cfg")),
      pool(derive(of, "pool")),
      fleet(derive(of, "flt")),
      work(derive(of, "wrk")),
      guardian(set_of(of, swarm::SetKind::Guardian)),
      sentinel(set_of(of, swarm::SetKind::Sentinel)),
      resolver(set_of(of, swarm::SetKind::Resolver)),
      stake_vault(derive(of, "sv")),
      reward_vault(derive(of, "rv")),
      escrow_vault(derive(of, "ev")) {}

Pubkey SwarmAddresses::position(const Pubkey& owner, std::uint64_t nonce) const {
  std::array<std::uint8_t, 8> number;
  std::memcpy(number.data(), &nonce, number.size());
  const std::array<Seed, 3> seeds{seed("pos"), owner.bytes, number};
  return derive(program, seeds);
}

Pubkey SwarmAddresses::node(const Pubkey& identity) const {
  const std::array<Seed, 2> seeds{seed("node"), identity.bytes};
  return derive(program, seeds);
}

Pubkey SwarmAddresses::digest(const Pubkey& sha256) const {
  const std::array<Seed, 2> seeds{seed("dig"), sha256.bytes};
  return derive(program, seeds);
}

Pubkey SwarmAddresses::lease(const Pubkey& tenant, std::uint64_t nonce) const {
  std::array<std::uint8_t, 8> number;
  std::memcpy(number.data(), &nonce, number.size());
  const std::array<Seed, 3> seeds{seed("lse"), tenant.bytes, number};
  return derive(program, seeds);
}

Pubkey SwarmAddresses::incident(std::uint64_t id) const {
  std::array<std::uint8_t, 8> number;
  std::memcpy(number.data(), &id, number.size());
  const std::array<Seed, 2> seeds{seed("inc"), number};
  return derive(program, seeds);
}

Pubkey SwarmAddresses::op(std::uint64_t number) const {
  std::array<std::uint8_t, 8> bytes;
  std::memcpy(bytes.data(), &number, bytes.size());
  const std::array<Seed, 2> seeds{seed("op"), bytes};
  return derive(program, seeds);
}

const Pubkey* SwarmAddresses::find(std::string_view name) const {
  const std::array<std::pair<std::string_view, const Pubkey*>, 13> named{{
      {"program", &program},
      {"program_data", &program_data},
      {"config", &config},
      {"pool", &pool},
      {"fleet", &fleet},
      {"work", &work},
      {"guardian", &guardian},
      {"sentinel", &sentinel},
      {"resolver", &resolver},
      {"stake_vault", &stake_vault},
      {"reward_vault", &reward_vault},
      {"escrow_vault", &escrow_vault},
      {"system_program", &programs::kSystem},
  }};
  for (const auto& [known, key] : named)
    if (known == name) return key;
  return nullptr;
}

SwarmInstruction::SwarmInstruction(const SwarmAddresses& addresses, swarm::InstructionTag tag)
    : schema_(&schema_at(tag)), program_(addresses.program) {
  for (const auto& slot : schema_->slots) {
    const auto* known = addresses.find(slot.name);
    accounts_.push_back({known != nullptr ? *known : Pubkey{}, (slot.flags & swarm::kSigner) != 0,
                         (slot.flags & swarm::kWritable) != 0});
    has_account_.push_back(known != nullptr);
  }
  arguments_.resize(schema_->arguments.size());
  has_argument_.resize(schema_->arguments.size());
}

std::optional<std::uint64_t> instruction_number(swarm::InstructionTag tag,
                                                std::span<const std::uint8_t> data,
                                                std::string_view name) {
  std::size_t at = 1;
  for (const auto& argument : schema_at(tag).arguments) {
    const auto width = argument_width(argument.type);
    if (argument.name != name) {
      at += width;
      continue;
    }
    std::uint64_t value = 0;
    if (width == 0 || width > sizeof value || data.size() < at + width) return std::nullopt;
    std::memcpy(&value, data.data() + at, width);
    return value;
  }
  return std::nullopt;
}

SwarmInstruction& SwarmInstruction::account(std::string_view name, const Pubkey& key) {
  const auto found = std::ranges::find(schema_->slots, name, &swarm::Slot::name);
  WARDHIVE_ASSERT(found != schema_->slots.end());
  const auto index = static_cast<std::size_t>(found - schema_->slots.begin());
  accounts_[index].key = key;
  has_account_[index] = true;
  return *this;
}

std::size_t SwarmInstruction::argument(std::string_view name, std::size_t size) const {
  const auto found = std::ranges::find(schema_->arguments, name, &swarm::Argument::name);
  WARDHIVE_ASSERT(found != schema_->arguments.end());
  WARDHIVE_ASSERT(size == 0 || argument_width(found->type) == size);
  return static_cast<std::size_t>(found - schema_->arguments.begin());
}

SwarmInstruction& SwarmInstruction::number(std::string_view name, std::uint64_t value) {
  const auto index = argument(name, 0);
  const auto width = argument_width(schema_->arguments[index].type);
  WARDHIVE_ASSERT(width >= 1 && width <= 8 && (width == 8 || value >> (8 * width) == 0));
  arguments_[index].resize(width);
  std::memcpy(arguments_[index].data(), &value, width);
  has_argument_[index] = true;
  return *this;
}

SwarmInstruction& SwarmInstruction::key(std::string_view name, const Pubkey& value) {
  const auto index = argument(name, value.bytes.size());
  arguments_[index].assign(value.bytes.begin(), value.bytes.end());
  has_argument_[index] = true;
  return *this;
}

SwarmInstruction& SwarmInstruction::rest(std::string_view name,
                                         std::span<const std::uint8_t> bytes) {
  const auto index = argument(name, 0);
  WARDHIVE_ASSERT(schema_->arguments[index].type == swarm::Type::Rest);
  arguments_[index].assign(bytes.begin(), bytes.end());
  has_argument_[index] = true;
  return *this;
}

SwarmInstruction& SwarmInstruction::set_signer(const Pubkey& key) {
  WARDHIVE_ASSERT(schema_->trailing == swarm::Trailing::SetSigners);
  trailing_.push_back({key, true, false});
  return *this;
}

Instruction SwarmInstruction::build() const {
  WARDHIVE_ASSERT(std::ranges::all_of(has_account_, std::identity()));
  WARDHIVE_ASSERT(std::ranges::all_of(has_argument_, std::identity()));
  Instruction instruction{program_, accounts_, {schema_->tag}};
  instruction.accounts.insert(instruction.accounts.end(), trailing_.begin(), trailing_.end());
  for (const auto& bytes : arguments_)
    instruction.data.insert(instruction.data.end(), bytes.begin(), bytes.end());
  return instruction;
}

Status detail::check_layout(std::span<const std::uint8_t> data, std::uint8_t tag,
                            std::uint8_t version, std::size_t size, std::string_view name) {
  if (data.size() >= 2 && data[0] == tag && data[1] == version && data.size() == size) return ok();
  return fail(ErrorCode::InvalidInput,
              fmt::format("no {} of version {}: {} bytes with tag {} and version {}; expected {} "
                          "with tag {}",
                          name, version, data.size(), data.empty() ? 0 : data[0],
                          data.size() < 2 ? 0 : data[1], size, tag));
}

Status check_owner(const std::optional<Account>& account, const Pubkey& key, const Pubkey& program,
                   std::string_view name) {
  if (!account)
    return fault(ErrorCode::NotFound, "no_account",
                 fmt::format("there is no {} at {}; check --program and --url", name, key.text()));
  if (account->owner != program)
    return fail(ErrorCode::InvalidInput,
                fmt::format("{} belongs to {}, not to {}; it is no {}", key.text(),
                            account->owner.text(), program.text(), name));
  return ok();
}

ErrorNames swarm_error_names(const Pubkey& program) {
  return [program](const Pubkey& of, std::uint32_t number) -> std::optional<ErrorText> {
    if (of != program) return std::nullopt;
    for (const auto& row : swarm::kErrors)
      if (row.number == number) return ErrorText{row.name, row.text};
    if (number / 100 < 1 || number / 100 >= kClasses.size()) return std::nullopt;
    return kClasses[number / 100];
  };
}

}  // namespace wardhive::chain
