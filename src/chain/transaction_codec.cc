// Bytes of messages and transactions. What is read is checked as the runtime's sanitizer does.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chain/transaction.h"

namespace wardhive::chain {
namespace {

constexpr std::uint8_t kVersionBit = 0x80;

std::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorCode::InvalidInput, fmt::format("not a transaction: {}", what));
}

void put(Bytes& out, std::span<const std::uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
void put_counted(Bytes& out, std::span<const std::uint8_t> bytes) {
  put_compact_u16(out, static_cast<std::uint16_t>(bytes.size()));
  put(out, bytes);
}

// Reads forward; the first failure stays.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : left_(bytes) {}

  bool failed() const { return failed_; }
  bool at_end() const { return left_.empty(); }
  std::span<const std::uint8_t> left() const { return left_; }

  std::uint8_t byte() {
    const auto taken = take(1);
    return taken.empty() ? 0 : taken[0];
  }
  std::uint16_t count() {
    const auto count = take_compact_u16(left_);
    if (!count) failed_ = true;
    return count.value_or(0);
  }
  template <class T>
  T fixed() {
    T value;
    const auto taken = take(value.bytes.size());
    std::ranges::copy(taken, value.bytes.begin());
    return value;
  }
  Bytes counted() {
    const auto taken = take(count());
    return {taken.begin(), taken.end()};
  }

 private:
  std::span<const std::uint8_t> take(std::size_t size) {
    if (failed_ || size > left_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = left_.first(size);
    left_ = left_.subspan(size);
    return taken;
  }

  std::span<const std::uint8_t> left_;
  bool failed_ = false;
};

Status check_indices(const Message& message) {
  std::size_t all = message.keys.size();
  for (const auto& lookup : message.lookups) {
    if (lookup.writable.empty() && lookup.readonly.empty())
      return wrong("a lookup table is named from which nothing is taken");
    all += lookup.writable.size() + lookup.readonly.size();
  }
  if (all > 256) return wrong("more than 256 accounts");
  for (const auto& instruction : message.instructions) {
    // Index 0 is the payer, and a program cannot pay; programs are never looked up.
    if (instruction.program == 0 || instruction.program >= message.keys.size())
      return wrong("an instruction's program is no key of the message");
    for (const auto account : instruction.accounts)
      if (account >= all) return wrong("an instruction's account is no key of the message");
  }
  return ok();
}

Status check_header(const Message& message) {
  if (message.signers == 0 || message.readonly_signers >= message.signers)
    return wrong("nobody pays for it");
  if (static_cast<std::size_t>(message.signers) + message.readonly_others > message.keys.size())
    return wrong("its header counts more keys than it has");
  return ok();
}

// The message at the reader's place; it must be the last thing there.
Result<Message> read_message(Reader& reader) {
  Message message;
  auto first = reader.byte();
  if ((first & kVersionBit) != 0) {
    if (first != kVersionBit) return wrong(fmt::format("version {} is unknown", first & 0x7f));
    message.version = MessageVersion::V0;
    first = reader.byte();
  }
  message.signers = first;
  message.readonly_signers = reader.byte();
  message.readonly_others = reader.byte();
  for (auto left = reader.count(); left > 0 && !reader.failed(); --left)
    message.keys.push_back(reader.fixed<Pubkey>());
  message.blockhash = reader.fixed<Blockhash>();
  for (auto left = reader.count(); left > 0 && !reader.failed(); --left) {
    auto& instruction = message.instructions.emplace_back();
    instruction.program = reader.byte();
    instruction.accounts = reader.counted();
    instruction.data = reader.counted();
  }
  if (message.version == MessageVersion::V0)
    for (auto left = reader.count(); left > 0 && !reader.failed(); --left) {
      auto& lookup = message.lookups.emplace_back();
      lookup.table = reader.fixed<Pubkey>();
      lookup.writable = reader.counted();
      lookup.readonly = reader.counted();
    }
  if (reader.failed()) return wrong("it ends early, or a length is not in its shortest form");
  if (!reader.at_end()) return wrong("bytes follow its end");
  WARDHIVE_TRY(check_header(message));
  WARDHIVE_TRY(check_indices(message));
  return message;
}

}  // namespace

void put_compact_u16(Bytes& out, std::uint16_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

Result<std::uint16_t> take_compact_u16(std::span<const std::uint8_t>& bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 3 && i < bytes.size(); ++i) {
    const auto byte = bytes[i];
    value |= static_cast<std::uint32_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    // A last byte of zero says what fewer bytes could say; two texts of one length are refused.
    if ((i > 0 && byte == 0) || value > 0xffff) break;
    bytes = bytes.subspan(i + 1);
    return static_cast<std::uint16_t>(value);
  }
  return wrong("a length is cut off, too large or not in its shortest form");
}

Bytes encode(const Message& message) {
  Bytes out;
  if (message.version == MessageVersion::V0) out.push_back(kVersionBit);
  put(out, std::array{message.signers, message.readonly_signers, message.readonly_others});
  put_compact_u16(out, static_cast<std::uint16_t>(message.keys.size()));
  for (const auto& key : message.keys) put(out, key.bytes);
  put(out, message.blockhash.bytes);
  put_compact_u16(out, static_cast<std::uint16_t>(message.instructions.size()));
  for (const auto& instruction : message.instructions) {
    out.push_back(instruction.program);
    put_counted(out, instruction.accounts);
    put_counted(out, instruction.data);
  }
  if (message.version == MessageVersion::V0) {
    put_compact_u16(out, static_cast<std::uint16_t>(message.lookups.size()));
    for (const auto& lookup : message.lookups) {
      put(out, lookup.table.bytes);
      put_counted(out, lookup.writable);
      put_counted(out, lookup.readonly);
    }
  }
  return out;
}

Result<Message> decode_message(std::span<const std::uint8_t> bytes) {
  Reader reader(bytes);
  return read_message(reader);
}

Bytes encode(const Transaction& transaction) {
  Bytes out;
  put_compact_u16(out, static_cast<std::uint16_t>(transaction.signatures.size()));
  for (const auto& signature : transaction.signatures) put(out, signature.bytes);
  put(out, encode(transaction.message));
  return out;
}

Result<Transaction> decode_transaction(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > kPacketBytesMax)
    return wrong(fmt::format("{} bytes; at most {} fit a packet", bytes.size(), kPacketBytesMax));
  Reader reader(bytes);
  Transaction transaction;
  for (auto left = reader.count(); left > 0 && !reader.failed(); --left)
    transaction.signatures.push_back(reader.fixed<Signature>());
  if (reader.failed()) return wrong("it ends within its signatures");
  WARDHIVE_ASSIGN(transaction.message, read_message(reader));
  if (transaction.signatures.size() != transaction.message.signers)
    return wrong(fmt::format("{} signatures for {} signers", transaction.signatures.size(),
                             transaction.message.signers));
  return transaction;
}

}  // namespace wardhive::chain
