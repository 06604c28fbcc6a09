#include "proof/scene.h"

#include "host/address.h"
#include "sol/hash.h"

namespace swarm::proof {

namespace {

Key digest(const Bytes& bytes) {
  const sol::Slice parts[] = {{bytes.data(), bytes.size()}};
  const solhost::Digest made = solhost::sha256(parts);
  Key key{};
  std::memcpy(&key, made.data(), sizeof(key));
  return key;
}

std::vector<std::pair<Key, solhost::Account>> copy_of(const solhost::Bank& bank) {
  std::vector<std::pair<Key, solhost::Account>> all;
  for (const auto& [key, account] : bank.all()) all.emplace_back(key, *account);
  return all;
}

}  // namespace

solhost::Instruction Scene::queue_as(std::uint8_t kind, const Bytes& payload, By by) const {
  const std::uint64_t next = read<Fleet>(address("fleet")).op_seq;
  return make(InstructionTag::QueueOp, {{"payer", owner(3)}, {"op", op(next)}},
              Writer().u8(kind).key(digest(payload)).raw(signature(by)),
              signers(SetKind::Guardian, by.mask));
}

std::string Scene::refuses(const solhost::Instruction& instruction, std::uint64_t number) {
  const auto before = copy_of(bank);
  const solhost::Outcome outcome = bank.execute(instruction);
  const std::string expected = "expected " + std::to_string(number) + ", ";
  if (outcome.ok()) return expected + "succeeded";
  if (outcome.error != solhost::Fault::Custom || outcome.custom_code != number)
    return expected + "got " + outcome.text();
  return copy_of(bank) == before ? "" : "an account has changed";
}

Key leaf_of(const Scene& scene, std::size_t i, std::uint64_t cumulative) {
  return digest(Writer()
                    .u8(0)
                    .raw({'W', 'H', 'W', 'K', '1'})
                    .key(scene.address("config"))
                    .key(scene.position(2 * i))
                    .u64(scene.position_of(2 * i).id)
                    .u64(cumulative));
}

Key node_of(const Key& left, const Key& right) {
  return digest(Writer().u8(1).key(left).key(right));
}

}  // namespace swarm::proof
