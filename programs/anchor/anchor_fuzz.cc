// Any bytes as a proof, natively through the whole program: it takes a checkpoint exactly when the
// recursive definition of RFC 9162 (tree.h) does, and refuses with one of its own numbers.
//
//   byte 0      bit 0: the roots are those that the proof leads to; bit 1: small sizes
//   then        stored size, new size, stored root, new root, proof up to the end
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

#include "abi/anchor.h"
#include "anchor/tree.h"
#include "base/check.h"
#include "host/runtime.h"

extern "C" std::uint64_t swarm_anchor_entrypoint(std::uint8_t* input, const std::uint8_t* data);

namespace {

using namespace swarm::anchor;

const sol::Key kProgram{{1, 2, 3, 4}};
const sol::Key kLog{{5, 6, 7, 8}};
const sol::Key kAuthority{{9, 10, 11, 12}};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}
  template <class T>
  T take() {
    T value{};
    const std::size_t size = std::min(sizeof(T), rest_.size());
    if (size > 0) std::memcpy(&value, rest_.data(), size);
    rest_ = rest_.subspan(size);
    return value;
  }
  std::span<const std::uint8_t> rest() const { return rest_; }

 private:
  std::span<const std::uint8_t> rest_;
};

struct Case {
  std::uint64_t before, after;
  sol::Key before_root, after_root;
  std::span<const std::uint8_t> proof;

  Hashes hashes() const {
    Hashes made(proof.size() / 32);
    for (std::size_t i = 0; i < made.size(); ++i) std::memcpy(&made[i], &proof[32 * i], 32);
    return made;
  }
};

// By the definition, not by the program's way through it.
bool extends(const Case& given) {
  if (given.after <= given.before || given.proof.size() % 32 != 0 ||
      given.proof.size() > 32 * kProofMax)
    return false;
  if (given.before == 0) return given.proof.empty();
  const Roots roots(given.before, given.after, given.hashes(), given.before_root);
  return roots.fit() && roots.old_root() == given.before_root &&
         roots.new_root() == given.after_root;
}

solhost::Account log_of(const Case& given) {
  Log log{};
  log.tag = static_cast<std::uint8_t>(Log::kTag);
  log.version = Log::kVersion;
  log.size = given.before;
  std::memcpy(&log.authority, &kAuthority, 32);
  std::memcpy(&log.root, &given.before_root, 32);
  solhost::Account account{.lamports = 1'000'000'000, .owner = kProgram};
  account.data.resize(sizeof(log));
  std::memcpy(account.data.data(), &log, sizeof(log));
  return account;
}

std::vector<std::uint8_t> data_of(const Case& given) {
  std::vector<std::uint8_t> data(1 + 8 + 32);
  data[0] = static_cast<std::uint8_t>(InstructionTag::Anchor);
  std::memcpy(&data[1], &given.after, 8);
  std::memcpy(&data[9], &given.after_root, 32);
  data.insert(data.end(), given.proof.begin(), given.proof.end());
  return data;
}

solhost::Bank& bank() {
  static solhost::Bank made = [] {
    solhost::Bank fresh;
    fresh.record_logs(false);
    fresh.add_program(kProgram, &swarm_anchor_entrypoint);
    return fresh;
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0 || size > 2'048) return 0;
  Reader reader({bytes, size});
  const auto how = reader.take<std::uint8_t>();
  const std::uint64_t mask = (how & 2) != 0 ? 0xff : ~std::uint64_t{0};
  Case given{};
  given.before = reader.take<std::uint64_t>() & mask;
  given.after = reader.take<std::uint64_t>() & mask;
  given.before_root = reader.take<sol::Key>();
  given.after_root = reader.take<sol::Key>();
  given.proof = reader.rest();
  if ((how & 1) != 0 && given.before > 0 && given.before < given.after) {
    const Roots roots(given.before, given.after, given.hashes(), given.before_root);
    given.before_root = roots.old_root();
    given.after_root = roots.new_root();
  }

  bank().put(kLog, log_of(given));
  const solhost::Outcome outcome =
      bank().execute({kProgram, {{kAuthority, true, false}, {kLog, false, true}}, data_of(given)});
  WARDHIVE_ASSERT(outcome.ok() == extends(given));
  const auto code = static_cast<Fault>(outcome.custom_code);
  WARDHIVE_ASSERT(outcome.ok() || (outcome.error == solhost::Fault::Custom &&
                                   (code == Fault::BadProof || code == Fault::NotLarger ||
                                    code == Fault::ProofTooLong)));
  if (outcome.ok()) {
    Log log{};
    std::memcpy(&log, bank().data(kLog).data(), sizeof(log));
    WARDHIVE_ASSERT(log.size == given.after && log.seq == 1);
    WARDHIVE_ASSERT(std::memcmp(&log.root, &given.after_root, 32) == 0);
  }
  return 0;
}
