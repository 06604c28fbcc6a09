// What swarm_core writes, read by its schema (programs/abi): accounts by kAccounts, events by
// kEvents. A new account or event there is read here without a change.
//
//   numbers  in decimal, keys in base58, tables in hex; a field that is an array is "a,b,c"
//   foreign  bytes of any kind: what is none of ours is nullopt, never a fault
//   thread   any
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "abi/program.h"
#include "chain/pubkey.h"

namespace wardhive::chain {

struct SwarmAccount {
  std::string_view name = {};  // as in kAccounts: "Set", "Config"
  std::map<std::string, std::string> fields = {};
};
// nullopt for another tag, version or length.
std::optional<SwarmAccount> read_swarm_account(std::span<const std::uint8_t> data);

struct SwarmEvent {
  std::string_view name = {};  // as in kEvents
  std::uint64_t seq = 0;       // of the account that was written
  std::uint64_t slot = 0;
  std::map<std::string, std::string> fields = {};  // those behind the common head, and `kind`

  // Whose seq it is, as far as the event says: one position's, or all events of that name.
  std::string sequence() const;
};
std::optional<SwarmEvent> read_swarm_event(std::span<const std::uint8_t> data);

struct ProgramLogs {
  std::vector<SwarmEvent> events = {};
  bool cut = false;           // the runtime left lines out: events may be missing
  std::uint64_t unknown = 0;  // records of the program that are none of its events
};
// What `program` itself wrote in a transaction's log lines; what others wrote with the same bytes,
// called by it or calling it, is not its word.
ProgramLogs read_program_logs(std::span<const std::string> lines, const Pubkey& program);

// One field of a layout as text; `data` holds all of the layout.
std::string field_text(const swarm::Field& field, std::span<const std::uint8_t> data);

}  // namespace wardhive::chain
