// What comes from endpoints and files: transactions, RPC answers, accounts, keys. The first byte
// chooses the reader; whatever is read means the same when it is written and read again.
#include "base/check.h"
#include "chain/deploy.h"
#include "chain/programs.h"
#include "chain/rpc.h"
#include "chain/security_txt.h"
#include "chain/signer_door.h"
#include "chain/swarm.h"
#include "chain/transaction.h"
#include "chain/work.h"

namespace {

using namespace wardhive;
using namespace wardhive::chain;

void read_transaction(std::span<const std::uint8_t> bytes) {
  const auto transaction = decode_transaction(bytes);
  if (!transaction) return;
  const auto again = encode(*transaction);
  WARDHIVE_ASSERT(std::ranges::equal(again, bytes));
  for (std::size_t i = 0; i < transaction->message.keys.size(); ++i)
    (void)transaction->message.is_writable(i);
}

void read_message(std::span<const std::uint8_t> bytes) {
  const auto message = decode_message(bytes);
  if (!message) return;
  WARDHIVE_ASSERT(std::ranges::equal(encode(*message), bytes));
  // What a signer lets through calls nothing but its program and the compute budget.
  const SignerPolicy policy{.program = message->keys.back(),
                            .allowed = {swarm::InstructionTag::Quarantine}};
  if (judge(*message, policy))
    for (const auto& instruction : message->instructions) {
      const auto& program = message->keys.at(instruction.program);
      WARDHIVE_ASSERT(program == policy.program || program == programs::kComputeBudget);
    }
}

void read_answer(std::string_view text) {
  JsonValue refusal;
  const auto answer = parse_answer(text, &refusal);
  (void)transaction_error(refusal, Message{}, {}, refusal.find("logs"));
  if (!answer) return;
  (void)parse_account(*answer);
  (void)transaction_error(*answer, Message{}, {}, answer->find("logs"));
}

void read_program_accounts(std::span<const std::uint8_t> bytes) {
  const auto program = parse_program_data(bytes);
  if (program) WARDHIVE_ASSERT(program->file.size() + 45 == bytes.size());
  (void)program_hash(bytes);
  const auto entries = read_security_txt(bytes);
  if (entries)
    for (const auto& [key, value] : *entries) WARDHIVE_ASSERT(!key.empty());
  (void)decode_account<swarm::Config>(bytes, "config");
  (void)decode_account<swarm::Position>(bytes, "position");
}

void read_text(std::string_view text) {
  const auto key = Pubkey::parse(text);
  if (key) WARDHIVE_ASSERT(key->text() == text);
  const auto signature = Signature::parse(text);
  if (signature) WARDHIVE_ASSERT(signature->text() == text);
  (void)Keypair::parse(text);
}

// Each line that is read is one that can be proved.
void read_work_list(std::string_view text) {
  const auto list = parse_work_list(text);
  if (!list) return;
  const auto last = list->leaves.size() - 1;
  const auto& leaf = list->leaves[last];
  WARDHIVE_ASSERT(list->find(leaf.position, leaf.position_id) == last);
  WARDHIVE_ASSERT(work_proof(*list, leaf.position, last).size() <= 24);
  WARDHIVE_ASSERT((work_root(*list, leaf.position) == work_root({{leaf}, 0}, leaf.position)) ==
                  (last == 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span bytes(data + 1, size - 1);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 't':
      read_transaction(bytes);
      break;
    case 'm':
      read_message(bytes);
      break;
    case 'a':
      read_answer(text);
      break;
    case 'p':
      read_program_accounts(bytes);
      break;
    case 'w':
      read_work_list(text);
      break;
    default:
      read_text(text);
  }
  return 0;
}
