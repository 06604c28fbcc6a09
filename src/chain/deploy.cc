#include "chain/deploy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chain/programs.h"
#include "chain/send.h"

namespace wardhive::chain {
namespace {

// A signed transaction that writes one chunk, with its limit and its priority fee, has 272 bytes
// beside the chunk.
constexpr std::size_t kChunk = 960;
constexpr std::size_t kChunksAtOnce = 64;
constexpr unsigned kRoundsInVain = 8;
constexpr unsigned kLooksPerRound = 10;
constexpr auto kLookEvery = millis(400);

constexpr std::uint8_t kIsBuffer = 1, kIsProgram = 2, kIsProgramData = 3;

bool is_state(std::span<const std::uint8_t> data, std::uint8_t which) {
  return data.size() >= 4 && data[0] == which && data[1] == 0 && data[2] == 0 && data[3] == 0;
}

Pubkey key_at(std::span<const std::uint8_t> data, std::size_t offset) {
  Pubkey key;
  std::ranges::copy(data.subspan(offset, key.bytes.size()), key.bytes.begin());
  return key;
}

std::unexpected<Error> not_a_program(std::string_view what) {
  return fault(ErrorCode::InvalidInput, "not_a_program", std::string(what));
}
std::unexpected<Error> other_program(std::string what) {
  return fault(ErrorCode::Conflict, "other_program", std::move(what));
}

// Offsets of the chunks that the buffer does not hold yet.
std::vector<std::size_t> missing_chunks(std::span<const std::uint8_t> file,
                                        std::span<const std::uint8_t> held) {
  std::vector<std::size_t> missing;
  for (std::size_t at = 0; at < file.size(); at += kChunk) {
    const auto size = std::min(kChunk, file.size() - at);
    if (!std::ranges::equal(file.subspan(at, size), held.subspan(at, size))) missing.push_back(at);
  }
  return missing;
}

class Deployer {
 public:
  Deployer(const Rpc& rpc, const Deployment& deployment)
      : rpc_(rpc),
        in_(deployment),
        payer_(deployment.payer->pubkey()),
        program_(deployment.program->pubkey()),
        buffer_(deployment.buffer->pubkey()) {}

  Result<Deployed> run() {
    WARDHIVE_ASSIGN(const bool there, is_there());
    if (there) return Deployed{.was_there = true};
    WARDHIVE_ASSIGN(auto held, held_bytes());
    WARDHIVE_TRY(check_funds(held.has_value()));
    if (!held) {
      WARDHIVE_TRY(create_buffer());
      WARDHIVE_ASSIGN(held, held_bytes());
      if (!held)
        return fail(ErrorCode::Unavailable,
                    fmt::format("the buffer {} was made, but the endpoint does not show it; try "
                                "again to go on",
                                buffer_.text()));
    }
    WARDHIVE_TRY(fill(std::move(*held)));
    WARDHIVE_ASSIGN(const auto signature, finish());
    return Deployed{.bytes_written = written_, .signature = signature};
  }

 private:
  // Whether the program is deployed already, as these bytes.
  Result<bool> is_there() const {
    const auto found = read_program(rpc_, program_);
    if (!found) {
      if (found.error().reason == "no_program") return false;
      if (found.error().reason == "not_a_program")
        return other_program(fmt::format("{} is in use and no program; choose another --program-id",
                                         program_.text()));
      return std::unexpected(found.error());
    }
    if (program_hash(found->file) == program_hash(in_.file)) return true;
    return other_program(
        fmt::format("{} holds another program (sha256 {}); a program that is to be sealed is not "
                    "upgraded but deployed anew: choose another --program-id",
                    program_.text(), to_hex(program_hash(found->file))));
  }

  // nullopt if there is no buffer yet.
  Result<std::optional<Bytes>> held_bytes() const {
    WARDHIVE_ASSIGN(const auto account, rpc_.account(buffer_));
    if (!account) return std::optional<Bytes>();
    const std::span<const std::uint8_t> data = account->data;
    if (account->owner != programs::kUpgradeableLoader || !is_state(data, kIsBuffer) ||
        data.size() != programs::kBufferHeaderBytes + in_.file.size() || data[4] != 1 ||
        key_at(data, 5) != payer_)
      return other_program(
          fmt::format("the buffer {} is of another file or of another authority; remove its key "
                      "file to begin with a new one",
                      buffer_.text()));
    const auto bytes = data.subspan(programs::kBufferHeaderBytes);
    return std::optional(Bytes(bytes.begin(), bytes.end()));
  }

  Status check_funds(bool has_buffer) const {
    const auto size = in_.file.size();
    WARDHIVE_ASSIGN(const auto of_buffer,
                    rpc_.rent_exempt_minimum(programs::kBufferHeaderBytes + size));
    WARDHIVE_ASSIGN(const auto of_data,
                    rpc_.rent_exempt_minimum(programs::kProgramDataHeaderBytes + size));
    WARDHIVE_ASSIGN(const auto of_program, rpc_.rent_exempt_minimum(programs::kProgramBytes));
    // The buffer's rent comes back when it is deployed, in time to pay for the program's.
    const auto rent = of_program + (has_buffer ? of_data - of_buffer : of_data);
    // What a priority fee buys is small beside this: a write uses about 3,000 units.
    const auto fee = kLamportsPerSignature + in_.unit_price_micro_lamports * 3'000 / 1'000'000;
    const auto wanted = rent + fee * (size / kChunk + 8);
    WARDHIVE_ASSIGN(const auto has, rpc_.balance(payer_));
    if (has >= wanted) return ok();
    return fault(ErrorCode::InvalidInput, reason::kPayerUnfunded,
                 fmt::format("deploying takes {:.4f} SOL and {} has {:.4f}; fund it first "
                             "(`wardhive chain airdrop` on a test cluster); nothing was sent",
                             static_cast<double>(wanted) / 1e9, payer_.text(),
                             static_cast<double>(has) / 1e9));
  }

  Result<Signature> send(std::vector<Instruction> instructions,
                         std::span<const Keypair* const> signers) const {
    WARDHIVE_ASSIGN(auto prepared, prepare(rpc_, {std::move(instructions), payer_,
                                                  in_.unit_price_micro_lamports}));
    WARDHIVE_ASSIGN(const auto transaction, sign(std::move(prepared.message), signers));
    return send_and_confirm(rpc_, transaction, prepared.last_valid_height);
  }

  Status create_buffer() const {
    const auto space = programs::kBufferHeaderBytes + in_.file.size();
    WARDHIVE_ASSIGN(const auto rent, rpc_.rent_exempt_minimum(space));
    const std::array signers{in_.payer, in_.buffer};
    const auto sent =
        send({programs::create_account(payer_, buffer_, rent, space, programs::kUpgradeableLoader),
              programs::initialize_buffer(buffer_, payer_)},
             signers);
    return sent ? ok() : std::unexpected(sent.error());
  }

  Instruction write_of(std::size_t at) const {
    const auto size = std::min(kChunk, in_.file.size() - at);
    return programs::write_buffer(buffer_, payer_, static_cast<std::uint32_t>(at),
                                  std::span(in_.file).subspan(at, size));
  }

  // What each write may use: all are alike, so one simulation speaks for them.
  Result<std::uint32_t> write_units(std::size_t at) const {
    WARDHIVE_ASSIGN(const auto prepared, prepare(rpc_, {{write_of(at)}, payer_}));
    return prepared.units_limit;
  }

  // One write, not waited for: the buffer shows what arrived.
  Status send_chunk(std::size_t at, std::uint32_t units, const Blockhash& blockhash) const {
    std::vector<Instruction> instructions{programs::set_compute_unit_limit(units), write_of(at)};
    if (in_.unit_price_micro_lamports > 0)
      instructions.push_back(programs::set_compute_unit_price(in_.unit_price_micro_lamports));
    WARDHIVE_ASSIGN(auto message, compile(payer_, instructions, blockhash));
    const std::array signers{in_.payer};
    WARDHIVE_ASSIGN(const auto transaction, sign(std::move(message), signers));
    const auto sent = rpc_.send(transaction, true);
    if (!sent && sent.error().code != ErrorCode::Conflict) return std::unexpected(sent.error());
    return ok();
  }

  Status fill(Bytes held) {
    auto missing = missing_chunks(in_.file, held);
    tell(missing.size());
    if (missing.empty()) return ok();
    WARDHIVE_ASSIGN(const auto units, write_units(missing.front()));
    for (unsigned in_vain = 0; !missing.empty();) {
      const auto before = missing.size();
      WARDHIVE_TRY(write_some(missing, units));
      WARDHIVE_TRY(look(missing));
      written_ += (before - missing.size()) * kChunk;
      tell(missing.size());
      in_vain = missing.size() < before ? 0 : in_vain + 1;
      if (in_vain == kRoundsInVain)
        return fail(
            ErrorCode::Timeout,
            fmt::format("{} of {} bytes are in the buffer {} and no more arrive; the same "
                        "command again goes on from there",
                        in_.file.size() - std::min(in_.file.size(), missing.size() * kChunk),
                        in_.file.size(), buffer_.text()));
    }
    written_ = std::min(written_, in_.file.size());
    return ok();
  }

  Status write_some(std::span<const std::size_t> missing, std::uint32_t units) const {
    WARDHIVE_ASSIGN(const auto latest, rpc_.latest_blockhash());
    for (const auto at : missing.first(std::min(kChunksAtOnce, missing.size())))
      WARDHIVE_TRY(send_chunk(at, units, latest.hash));
    return ok();
  }

  // Waits until what was sent is in the buffer, or no more of it comes.
  Status look(std::vector<std::size_t>& missing) const {
    const auto sent = std::min(kChunksAtOnce, missing.size());
    const auto before = missing.size();
    for (unsigned looks = 0; looks < kLooksPerRound && missing.size() + sent > before; ++looks) {
      rpc_.pause(kLookEvery);
      WARDHIVE_ASSIGN(const auto held, held_bytes());
      if (!held)
        return fail(ErrorCode::NotFound,
                    fmt::format("the buffer {} is gone; begin anew", buffer_.text()));
      missing = missing_chunks(in_.file, *held);
    }
    return ok();
  }

  Result<Signature> finish() const {
    WARDHIVE_ASSIGN(const auto rent, rpc_.rent_exempt_minimum(programs::kProgramBytes));
    const std::array signers{in_.payer, in_.program};
    return send({programs::create_account(payer_, program_, rent, programs::kProgramBytes,
                                          programs::kUpgradeableLoader),
                 programs::deploy(payer_, program_, buffer_, payer_, in_.file.size())},
                signers);
  }

  void tell(std::size_t missing) const {
    const auto all = in_.file.size();
    if (in_.progress) in_.progress(all - std::min(all, missing * kChunk), all);
  }

  const Rpc& rpc_;
  const Deployment& in_;
  Pubkey payer_, program_, buffer_;
  std::size_t written_ = 0;
};

}  // namespace

Result<OnChainProgram> parse_program_data(std::span<const std::uint8_t> data) {
  if (!is_state(data, kIsProgramData) || data.size() < programs::kProgramDataHeaderBytes ||
      data[12] > 1)
    return not_a_program("a ProgramData account of another form");
  OnChainProgram program;
  for (std::size_t i = 0; i < 8; ++i) program.slot |= std::uint64_t{data[4 + i]} << (8 * i);
  if (data[12] == 1) program.authority = key_at(data, 13);
  const auto file = data.subspan(programs::kProgramDataHeaderBytes);
  program.file.assign(file.begin(), file.end());
  return program;
}

Result<OnChainProgram> read_program(const Rpc& rpc, const Pubkey& program) {
  const std::array keys{program, programs::program_data_address(program)};
  WARDHIVE_ASSIGN(const auto accounts, rpc.accounts(keys));
  if (!accounts[0])
    return fault(
        ErrorCode::NotFound, "no_program",
        fmt::format("no program {} on this cluster; check --program and --url", program.text()));
  const auto& account = *accounts[0];
  if (account.owner != programs::kUpgradeableLoader || !account.executable ||
      account.data.size() < programs::kProgramBytes || !is_state(account.data, kIsProgram) ||
      key_at(account.data, 4) != keys[1] || !accounts[1] ||
      accounts[1]->owner != programs::kUpgradeableLoader)
    return not_a_program(fmt::format("{} is no program of the upgradeable loader", program.text()));
  WARDHIVE_ASSIGN(auto found, parse_program_data(accounts[1]->data));
  found.program_data = keys[1];
  return found;
}

Hash256 program_hash(std::span<const std::uint8_t> file) {
  while (!file.empty() && file.back() == 0) file = file.first(file.size() - 1);
  return sha256(file);
}

Result<Deployed> deploy(const Rpc& rpc, const Deployment& deployment) {
  if (deployment.file.empty()) return fail(ErrorCode::InvalidInput, "the program file is empty");
  return Deployer(rpc, deployment).run();
}

Result<std::uint64_t> abandon(const Rpc& rpc, const Keypair& payer, const Pubkey& buffer) {
  WARDHIVE_ASSIGN(const auto account, rpc.account(buffer));
  if (!account)
    return fault(
        ErrorCode::NotFound, "no_buffer",
        fmt::format("there is no buffer {} on this cluster: nothing to give up", buffer.text()));
  WARDHIVE_ASSIGN(auto prepared,
                  prepare(rpc, {{programs::close_buffer(buffer, payer.pubkey(), payer.pubkey())},
                                payer.pubkey()}));
  const std::array signers{&payer};
  WARDHIVE_ASSIGN(const auto transaction, sign(std::move(prepared.message), signers));
  WARDHIVE_ASSIGN(const auto signature,
                  send_and_confirm(rpc, transaction, prepared.last_valid_height));
  (void)signature;
  return account->lamports;
}

}  // namespace wardhive::chain
