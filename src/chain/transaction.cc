#include "chain/transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace wardhive::chain {
namespace {

struct Use {
  bool signer = false, writable = false, invoked = false;
};

std::unexpected<Error> too_many(std::string_view what) {
  return fail(ErrorCode::LimitReached,
              fmt::format("a transaction names at most 256 accounts; this one has {}", what));
}

// Moves to lookup tables what may be there: neither signers nor programs.
void draw_from_tables(std::map<Pubkey, Use>& uses, std::span<const LookupTable> tables,
                      std::vector<TableLookup>& lookups, std::vector<Pubkey>& looked_up) {
  std::vector<Pubkey> read_only;
  for (const auto& table : tables) {
    TableLookup lookup{.table = table.key};
    for (std::size_t i = 0; i < table.addresses.size() && i < 256; ++i) {
      const auto use = uses.find(table.addresses[i]);
      if (use == uses.end() || use->second.signer || use->second.invoked) continue;
      auto& indices = use->second.writable ? lookup.writable : lookup.readonly;
      indices.push_back(static_cast<std::uint8_t>(i));
      (use->second.writable ? looked_up : read_only).push_back(use->first);
      uses.erase(use);
    }
    if (!lookup.writable.empty() || !lookup.readonly.empty()) lookups.push_back(std::move(lookup));
  }
  // The runtime appends all writable ones of all tables, then all read-only ones.
  looked_up.insert(looked_up.end(), read_only.begin(), read_only.end());
}

std::map<Pubkey, Use> uses_of(const Pubkey& payer, std::span<const Instruction> instructions) {
  std::map<Pubkey, Use> uses;
  uses[payer] = {.signer = true, .writable = true};
  for (const auto& instruction : instructions) {
    uses[instruction.program].invoked = true;
    for (const auto& account : instruction.accounts) {
      auto& use = uses[account.key];
      use.signer |= account.signer;
      use.writable |= account.writable;
    }
  }
  return uses;
}

}  // namespace

bool Message::is_writable(std::size_t key) const {
  if (key < signers) return key < static_cast<std::size_t>(signers - readonly_signers);
  return key < keys.size() - readonly_others;
}

Result<Message> compile(const Pubkey& payer, std::span<const Instruction> instructions,
                        const Blockhash& blockhash, MessageVersion version,
                        std::span<const LookupTable> tables) {
  Message message{.version = version, .blockhash = blockhash};
  auto uses = uses_of(payer, instructions);
  std::vector<Pubkey> looked_up;
  if (version == MessageVersion::V0) draw_from_tables(uses, tables, message.lookups, looked_up);
  if (uses.size() + looked_up.size() > 256)
    return too_many(std::to_string(uses.size() + looked_up.size()));

  uses.erase(payer);
  message.keys.push_back(payer);
  message.signers = 1;
  const auto place = [&](bool signer, bool writable) {
    std::uint8_t count = 0;
    for (const auto& [key, use] : uses) {
      if (use.signer != signer || use.writable != writable) continue;
      message.keys.push_back(key);
      ++count;
    }
    return count;
  };
  message.signers += place(true, true);
  message.readonly_signers = place(true, false);
  message.signers += message.readonly_signers;
  place(false, true);
  message.readonly_others = place(false, false);

  std::map<Pubkey, std::uint8_t> index;
  for (std::size_t i = 0; i < message.keys.size(); ++i)
    index[message.keys[i]] = static_cast<std::uint8_t>(i);
  for (std::size_t i = 0; i < looked_up.size(); ++i)
    index[looked_up[i]] = static_cast<std::uint8_t>(message.keys.size() + i);
  for (const auto& instruction : instructions) {
    auto& compiled = message.instructions.emplace_back();
    compiled.program = index.at(instruction.program);
    for (const auto& account : instruction.accounts)
      compiled.accounts.push_back(index.at(account.key));
    compiled.data = instruction.data;
  }
  return message;
}

Result<Transaction> sign(Message message, std::span<const Keypair* const> signers) {
  const auto bytes = encode(message);
  Transaction transaction{.message = std::move(message)};
  for (std::size_t i = 0; i < transaction.message.signers; ++i) {
    const auto& key = transaction.message.keys[i];
    const auto found =
        std::ranges::find_if(signers, [&](const Keypair* s) { return s->pubkey() == key; });
    if (found == signers.end())
      return fail(ErrorCode::InvalidInput,
                  fmt::format("the transaction needs the signature of {}, whose key is not among "
                              "those given (name its file with --keypair or --signer)",
                              key.text()));
    transaction.signatures.push_back((*found)->sign(bytes));
  }
  WARDHIVE_TRY(check_size(transaction));
  return transaction;
}

Status check_size(const Transaction& transaction) {
  const auto size = encode(transaction).size();
  if (size <= kPacketBytesMax) return ok();
  return fail(ErrorCode::LimitReached,
              fmt::format("the transaction has {} bytes; at most {} fit a packet (fewer signers or "
                          "accounts, or a lookup table)",
                          size, kPacketBytesMax));
}

Transaction unsigned_transaction(Message message) {
  std::vector<Signature> signatures(message.signers);
  return {std::move(signatures), std::move(message)};
}

}  // namespace wardhive::chain
