#include "host/recorder.h"

#include <cinttypes>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/json_text.h"
#include "host/address.h"

namespace solhost {

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  wardhive::append_json_string(out, text);
  return out;
}
std::string quoted(const Key& key) { return quoted(to_base58(key)); }

std::string hash_of(const Account* account) {
  if (account == nullptr) return "-";
  const sol::Slice parts[] = {{reinterpret_cast<const std::uint8_t*>(&account->lamports), 8},
                              {account->owner.bytes(), 32},
                              {account->data.data(), account->data.size()}};
  return wardhive::to_hex(sha256(parts));
}

std::string text_of(const Instruction& instruction) {
  std::string text = "{\"program\":" + quoted(instruction.program) + ",\"accounts\":[";
  for (const Meta& meta : instruction.metas) {
    std::string one = to_base58(meta.key);
    if (meta.signer || meta.writable) one += ' ';
    if (meta.signer) one += 's';
    if (meta.writable) one += 'w';
    if (text.back() != '[') text += ',';
    text += quoted(one);
  }
  return text + "],\"data\":" + quoted(wardhive::to_hex(instruction.data)) + "}";
}

}  // namespace

Recorder::Recorder(Bank& bank, std::FILE* out, std::string_view name, const Key& id)
    : bank_(bank), out_(out) {
  std::fprintf(out_, "{\"kind\":\"program\",\"name\":%s,\"id\":%s}\n", quoted(name).c_str(),
               quoted(id).c_str());
  for (const auto& [key, account] : bank_.all()) {
    if (!account->executable) on_put(key, *account);
  }
  on_clock(bank_.clock());
  bank_.record_logs(true);
  bank_.observe(this);
}

Recorder::~Recorder() { bank_.observe(nullptr); }

void Recorder::on_put(const Key& key, const Account& account) {
  std::fprintf(out_,
               "{\"kind\":\"put\",\"key\":%s,\"lamports\":\"%" PRIu64
               "\",\"owner\":%s,\"data\":\"%s\"}\n",
               quoted(key).c_str(), account.lamports, quoted(account.owner).c_str(),
               wardhive::to_hex(account.data).c_str());
}

void Recorder::on_clock(const sol::Clock& clock) {
  std::fprintf(out_, "{\"kind\":\"clock\",\"slot\":\"%" PRIu64 "\",\"unix\":\"%" PRId64 "\"}\n",
               clock.slot, clock.unix_timestamp);
}

void Recorder::on_execute(std::span<const Instruction> instructions, const Outcome& outcome) {
  std::string line = "{\"kind\":\"run\",\"instructions\":[";
  for (const Instruction& instruction : instructions) {
    if (line.back() != '[') line += ',';
    line += text_of(instruction);
  }
  line += "],\"error\":" + (outcome.ok() ? "null" : quoted(name_of(outcome.error)));
  if (outcome.error == Fault::Custom) line += ",\"code\":" + std::to_string(outcome.custom_code);
  line += ",\"logs\":[";
  for (const std::string& log : outcome.logs) {
    if (line.back() != '[') line += ',';
    line += quoted(log);
  }
  line += "],\"after\":{";
  for (const Instruction& instruction : instructions) {
    for (const Meta& meta : instruction.metas) {
      const Account* account = bank_.find(meta.key);
      if (account != nullptr && account->executable) continue;
      if (line.back() != '{') line += ',';
      line += quoted(meta.key) + ":" + quoted(hash_of(account));
    }
  }
  std::fprintf(out_, "%s}}\n", line.c_str());
}

}  // namespace solhost
