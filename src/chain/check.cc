#include "chain/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/bytes.h"
#include "chain/deploy.h"
#include "chain/programs.h"
#include "chain/swarm.h"
#include "chain/swarm_text.h"

namespace wardhive::chain {
namespace {

using Accounts = std::vector<std::optional<Account>>;
constexpr std::string_view kSol = "SOL";
constexpr std::size_t kTokenState = 108;  // of a token account; 2 is frozen

std::uint64_t number_at(const Bytes& data, std::size_t at) {
  std::uint64_t value = 0;
  if (data.size() >= at + 8) std::memcpy(&value, data.data() + at, 8);
  return value;
}
// Sums of what an endpoint says: they stop at the top instead of starting anew.
std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
  return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}
std::uint64_t minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

// An account as the check sees it.
struct Look {
  Authorities who = {};
  std::string holder = {};  // whose money is in it
  std::string mint = {};    // of a token account
  std::uint64_t lamports = 0, units = 0, supply = 0;
};
Look look_at(const Pubkey& key, const std::optional<Account>& account, const Pubkey& swarm_core) {
  // What has no lamports is not there, whatever the endpoint says of it.
  const bool there = account && account->lamports > 0;
  Look look{.who = authorities_of(there ? account : std::nullopt, swarm_core),
            .holder = key.text()};
  if (!there) return look;
  look.lamports = account->lamports;
  const auto held_by = [&](const char* power) {
    if (const auto at = look.who.powers.find(power); at != look.who.powers.end())
      look.holder = at->second;
  };
  if (look.who.kind == "token account") {
    held_by("owner");
    look.mint = look.who.powers["mint of"];
    look.units = number_at(account->data, 64);
  } else if (look.who.kind == "stake account") {
    held_by("withdraw");
  } else if (look.who.kind == "durable nonce") {
    held_by("nonce");
  } else if (look.who.kind == "program buffer") {
    held_by("write");  // may close it and say where its lamports go
  } else if (look.who.kind == "program data") {
    held_by("upgrade");
  } else if (look.who.kind == "mint") {
    look.supply = number_at(account->data, 36);
  }
  return look;
}

class Judge {
 public:
  Judge(const CheckInput& input, const CheckPolicy& policy) : in_(input), policy_(policy) {
    for (const auto& key : policy.ours) ours_.insert(key.text());
    for (const auto& key : policy.destinations) destinations_.insert(key.text());
    // A program that may be called may be paid: its vaults are where stakes and escrows go.
    if (policy.own.swarm_core != Pubkey{} && policy.programs.contains(policy.own.swarm_core)) {
      const SwarmAddresses at(policy.own.swarm_core);
      for (const auto& vault : {at.stake_vault, at.reward_vault, at.escrow_vault})
        destinations_.insert(vault.text());
    }
  }

  CheckReport run() {
    report_.message_hash = base58_encode(sha256(encode(in_.message)));
    tables();
    instructions();
    fee();
    if (!in_.simulation_error.empty())
      refuse("simulation_failed", fmt::format("it could not be simulated, so nobody knows what it "
                                              "does: {}",
                                              in_.simulation_error));
    else if (in_.before.size() != in_.watched.size() || in_.after.size() != in_.watched.size())
      refuse("simulation_failed", "the endpoint did not show every account that it can change");
    else
      accounts();
    upgrades();
    return std::move(report_);
  }

 private:
  void refuse(std::string_view rule, std::string says) {
    report_.refusals.push_back({std::string(rule), std::move(says)});
  }

  void tables() {
    for (const auto& lookup : in_.message.lookups)
      if (!policy_.tables.contains(lookup.table))
        refuse("lookup_table", fmt::format("it takes keys from the lookup table {}, which the "
                                           "policy does not name",
                                           lookup.table.text()));
  }

  void instructions() {
    const auto& list = in_.message.instructions;
    if (list.size() > policy_.limit.instructions)
      refuse("instructions", fmt::format("it has {} instructions; {} are allowed, because nobody "
                                         "reads more",
                                         list.size(), policy_.limit.instructions));
    for (std::size_t i = 0; i < list.size(); ++i) instruction(i, list[i]);
  }

  void instruction(std::size_t i, const CompiledInstruction& one) {
    InstructionView view{.data = one.data};
    bool resolved = one.program < in_.keys.size();
    if (resolved) view.program = in_.keys[one.program];
    for (const auto index : one.accounts) {
      resolved = resolved && index < in_.keys.size();
      if (resolved) view.accounts.push_back(in_.keys[index]);
    }
    if (!resolved) {
      report_.instructions.push_back({"?", "names accounts that cannot be resolved", false});
      return refuse("unreadable_instruction",
                    fmt::format("instruction {} names accounts that cannot be resolved", i + 1));
    }
    const auto words = explain(view, policy_.own);
    report_.instructions.push_back({words.program, words.says, words.readable});
    // Asking for computing time does nothing by itself.
    if (view.program != programs::kComputeBudget && !policy_.programs.contains(view.program))
      refuse("program", fmt::format("instruction {} calls {}, which the policy does not name",
                                    i + 1, view.program.text()));
    if (!words.readable && !policy_.unreadable.contains(view.program))
      refuse("unreadable_instruction",
             fmt::format("instruction {} ({}) {}", i + 1, words.program, words.says));
    if (words.power == Power::Authority && !policy_.authority_change)
      refuse("authority_change", fmt::format("instruction {} {}", i + 1, words.says));
    if (words.power == Power::Nonce && !policy_.durable_nonce)
      refuse("durable_nonce", fmt::format("instruction {} {}", i + 1, words.says));
    upgrade_asked_ = upgrade_asked_ || words.power == Power::Upgrade;
    budget(view);
  }

  void budget(const InstructionView& view) {
    if (view.program != programs::kComputeBudget || view.data.empty()) return;
    if (view.data[0] == 2 && view.data.size() == 5) {
      std::uint32_t units = 0;
      std::memcpy(&units, view.data.data() + 1, sizeof units);
      units_ = units;
    } else if (view.data[0] == 3 && view.data.size() == 9) {
      std::memcpy(&price_, view.data.data() + 1, sizeof price_);
    }
  }

  void fee() {
    constexpr std::uint64_t kUnitsEach = 200'000, kUnitsMax = 1'400'000;
    const auto asked = units_.value_or(kUnitsEach * in_.message.instructions.size());
    const unsigned __int128 priority =
        static_cast<unsigned __int128>(std::min(asked, kUnitsMax)) * price_ / 1'000'000 + 1;
    const auto top = priority > UINT64_MAX ? UINT64_MAX : static_cast<std::uint64_t>(priority);
    report_.fee_lamports_max =
        plus(kLamportsPerSignature * in_.message.signers, price_ == 0 ? 0 : top);
    if (report_.fee_lamports_max > policy_.limit.fee_lamports)
      refuse("fee", fmt::format("the network may take {} lamports for it; {} are allowed",
                                report_.fee_lamports_max, policy_.limit.fee_lamports));
  }

  void accounts() {
    std::vector<Look> before, after;
    for (std::size_t i = 0; i < in_.watched.size(); ++i) {
      before.push_back(look_at(in_.watched[i], in_.before[i], policy_.own.swarm_core));
      after.push_back(look_at(in_.watched[i], in_.after[i], policy_.own.swarm_core));
      account(i, before[i], after[i]);
    }
    money(before, after);
  }

  bool is_ours(const Look& look) const { return ours_.contains(look.holder); }

  void account(std::size_t i, const Look& was, const Look& is) {
    const auto& key = in_.watched[i];
    CheckedChange change{.account = key.text(),
                         .kind = is.who.kind == "nothing" ? was.who.kind : is.who.kind,
                         .ours = is_ours(was) || is_ours(is)};
    if (was.lamports != is.lamports)
      change.says.push_back(fmt::format("{} -> {} lamports", was.lamports, is.lamports));
    if (was.units != is.units)
      change.says.push_back(fmt::format("{} -> {} token units", was.units, is.units));
    if (was.supply != is.supply)
      change.says.push_back(fmt::format("supply {} -> {} token units", was.supply, is.supply));
    powers(i, was, is, change);
    contents(i, was, is, change);
    if (!change.says.empty()) report_.changes.push_back(std::move(change));
  }

  void powers(std::size_t i, const Look& was, const Look& is, CheckedChange& change) {
    const auto& key = in_.watched[i];
    const bool is_new = was.who.kind == "nothing", is_gone = is.who.kind == "nothing";
    if (is_new && is_gone) return;
    if (is_new) change.says.push_back("it is made");
    if (is_gone) change.says.push_back("it is closed");
    for (const auto& one : compare(was.who, is.who)) {
      if (one.power == "length" || (one.before == "nobody" && one.after.empty()) ||
          (one.before.empty() && one.after == "nobody"))
        continue;
      if (one.power == "kind of account" && (is_new || is_gone)) continue;
      const auto said = describe(one, is_gone ? was.who.kind : is.who.kind, key);
      if (!is_gone) report_.powers.push_back(said);
      if (!is_new && !is_gone) judge_power(one, was, is, said);
    }
    const auto& kind = is_gone ? was.who.kind : is.who.kind;
    if ((is_new || is_gone) && (kind == "program data" || kind == "program"))
      code_changed(i, fmt::format("the {} {} is {}", kind, key.text(), is_new ? "made" : "closed"));
    if (is_new && kind == "durable nonce" && !policy_.durable_nonce)
      refuse("durable_nonce", fmt::format("{} becomes a durable nonce", key.text()));
    if (is_gone && closing_takes_power(kind) && !policy_.authority_change)
      refuse("authority_change", fmt::format("the {} {} is closed", kind, key.text()));
  }

  // Money in it is counted elsewhere; these hold something else.
  static bool closing_takes_power(const std::string& kind) {
    return kind == "mint" || kind == "multisig" || kind == "key set" || kind == "swarm_core Config";
  }

  void judge_power(const AuthorityChange& one, const Look& was, const Look& is,
                   const std::string& said) {
    if (is.who.kind == "program data" && one.power == "deployed in slot") return;  // contents()
    // Nobody gains when what others might take is taken back or used up.
    const bool given_up = one.after == "nobody" && is.who.kind == "token account" &&
                          (one.power == "delegate" || one.power == "close");
    if (given_up) return;
    const bool nonce = was.who.kind == "durable nonce" || is.who.kind == "durable nonce";
    // Using a nonce is a thing of its own; whose it is, is a power like any other.
    const bool given_away = one.power == "nonce" && !one.before.empty() && one.before != "nobody";
    if (nonce && !given_away) {
      if (!policy_.durable_nonce) refuse("durable_nonce", said);
      return;
    }
    if (!policy_.authority_change) refuse("authority_change", said);
  }

  void contents(std::size_t i, const Look& was, const Look& is, CheckedChange& change) {
    if (was.who.kind == "nothing" && is.who.kind == "nothing") return;
    static const Bytes kNone;
    const auto& before = in_.before[i] && was.lamports > 0 ? in_.before[i]->data : kNone;
    const auto& after = in_.after[i] && is.lamports > 0 ? in_.after[i]->data : kNone;
    if (before == after) return;
    const auto& owner = (is.lamports > 0 ? in_.after : in_.before)[i]->owner;
    const auto& kind = change.kind;
    if (kind == "token account") {
      const bool froze = after.size() > kTokenState && after[kTokenState] == 2 &&
                         (before.size() <= kTokenState || before[kTokenState] != 2);
      if (froze) change.says.push_back("it is frozen");
      if (froze && !policy_.authority_change)
        refuse("authority_change", fmt::format("the token account {} is frozen", change.account));
    } else if (kind == "program data") {
      if (was.who.kind == is.who.kind && !same_code(before, after))
        code_changed(i, fmt::format("the code in {} changes", change.account));
    } else if (kind.starts_with("swarm_core ") || kind == "key set") {
      swarm_fields(before, after, change);
    } else if (kind == "account" || kind == "unreadable account") {
      change.says.push_back(
          fmt::format("its contents change; they are of {} and cannot be read "
                      "here",
                      owner.text()));
      if (!readable_here(owner, kind) && !policy_.unreadable.contains(owner))
        refuse("unreadable_account", fmt::format("{} (of {}) changes and cannot be read here",
                                                 change.account, owner.text()));
    }
  }

  // Who may upgrade stands in front of it; room behind it is no code.
  static bool same_code(const Bytes& before, const Bytes& after) {
    constexpr auto kHead = programs::kProgramDataHeaderBytes;
    return before.size() >= kHead && after.size() >= kHead &&
           program_hash(std::span(before).subspan(kHead)) ==
               program_hash(std::span(after).subspan(kHead));
  }

  // Accounts of swarm_anchor hold checkpoints and no powers.
  bool readable_here(const Pubkey& owner, const std::string& kind) const {
    return kind == "account" && owner == policy_.own.swarm_anchor && owner != Pubkey{};
  }

  static void swarm_fields(const Bytes& before, const Bytes& after, CheckedChange& change) {
    const auto was = read_swarm_account(before), is = read_swarm_account(after);
    if (!is) return;
    for (const auto& [name, value] : is->fields) {
      if (name == "seq") continue;
      const auto old = was ? was->fields.find(name) : is->fields.end();
      if (!was) {
        if (value.find_first_not_of("0,") != std::string::npos)
          change.says.push_back(fmt::format("{} is {}", name, value));
      } else if (old != was->fields.end() && old->second != value) {
        change.says.push_back(fmt::format("{} {} -> {}", name, old->second, value));
      }
    }
  }

  void code_changed(std::size_t i, std::string says) {
    const auto& after = in_.after[i];
    if (after && after->data.size() > programs::kProgramDataHeaderBytes &&
        after->owner == programs::kUpgradeableLoader && after->data[0] == 3) {
      const auto hash =
          to_hex(program_hash(std::span(after->data).subspan(programs::kProgramDataHeaderBytes)));
      says += " to sha256 " + hash;
      known_code_ = known_code_ || policy_.code_sha256.contains(hash);
      unknown_code_ = unknown_code_ || !policy_.code_sha256.contains(hash);
    } else if (!after || after->data.size() != programs::kProgramBytes) {
      unknown_code_ = true;
    }
    code_.push_back(std::move(says));
  }

  void upgrades() {
    report_.powers.insert(report_.powers.end(), code_.begin(), code_.end());
    if (policy_.upgrade || (!upgrade_asked_ && code_.empty())) return;
    if (known_code_ && !unknown_code_) return;
    refuse("upgrade", code_.empty() ? "it changes a program, and what its code becomes is not known"
                                    : fmt::format("{}; the policy names no such code",
                                                  fmt::join(code_, "; ")));
  }

  // ---- Money

  void money(const std::vector<Look>& before, const std::vector<Look>& after) {
    std::map<std::string, std::uint64_t> had, have;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const auto &was = before[i], &is = after[i];
      const auto asset = in_.watched[i].text();
      if (is_ours(was)) {
        had[std::string(kSol)] = plus(had[std::string(kSol)], was.lamports);
        if (!was.mint.empty()) had[was.mint] = plus(had[was.mint], was.units);
      }
      if (is_ours(is)) {
        have[std::string(kSol)] = plus(have[std::string(kSol)], is.lamports);
        if (!is.mint.empty()) have[is.mint] = plus(have[is.mint], is.units);
      }
      // What our power mints is ours until it turns out that somebody else has it.
      const auto minter = was.who.powers.find("mint");
      const bool we_mint = minter != was.who.powers.end() && ours_.contains(minter->second);
      if (we_mint && is.supply > was.supply) had[asset] = plus(had[asset], is.supply - was.supply);
    }
    for (const auto& [asset, units] : had)
      if (const auto gone = minus(units, have[asset])) report_.leaves.push_back({asset, gone});
    for (const auto& [asset, units] : have)
      if (const auto come = minus(units, had[asset])) report_.comes.push_back({asset, come});
    for (const auto& one : report_.leaves) {
      limit(one);
      receivers(one.asset, before, after);
    }
  }

  void limit(const CheckedMoney& one) {
    if (one.asset == kSol) {
      if (one.units > policy_.limit.lamports)
        refuse("limit",
               fmt::format("{} lamports leave; {} are allowed", one.units, policy_.limit.lamports));
      return;
    }
    const auto token = std::ranges::find_if(
        policy_.tokens, [&](const auto& entry) { return entry.first.text() == one.asset; });
    if (token == policy_.tokens.end())
      refuse("limit", fmt::format("{} units of the mint {} leave; the policy does not name it",
                                  one.units, one.asset));
    else if (one.units > token->second.units)
      refuse("limit", fmt::format("{} units of the mint {} leave; {} are allowed", one.units,
                                  one.asset, token->second.units));
  }

  // Who has more of what leaves us.
  void receivers(const std::string& asset, const std::vector<Look>& before,
                 const std::vector<Look>& after) {
    std::uint64_t rent = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      const auto &was = before[i], &is = after[i];
      const bool sol = asset == kSol;
      if (!sol && is.mint != asset) continue;
      // An account that changed hands brings its new holder all of it.
      const auto gain = was.holder != is.holder
                            ? (sol ? is.lamports : is.units)
                            : minus(sol ? is.lamports : is.units, sol ? was.lamports : was.units);
      const auto key = in_.watched[i].text();
      // Nobody's: the rent of code that cannot be closed any more has left, and went to nobody.
      if (gain == 0 || is.holder == "nobody" || is_ours(is) || destinations_.contains(key) ||
          destinations_.contains(is.holder))
        continue;
      if (sol && was.lamports == 0 && plus(rent, gain) <= policy_.limit.rent_lamports) {
        rent += gain;
        continue;
      }
      refuse("destination", fmt::format("{} {} go to {}{}, which the policy does not name", gain,
                                        sol ? "lamports" : "units of the mint " + asset, key,
                                        is.holder == key ? "" : " of " + is.holder));
    }
  }

  const CheckInput& in_;
  const CheckPolicy& policy_;
  std::set<std::string> ours_, destinations_;
  CheckReport report_;
  std::optional<std::uint64_t> units_;
  std::uint64_t price_ = 0;
  bool upgrade_asked_ = false, known_code_ = false, unknown_code_ = false;
  std::vector<std::string> code_;
};

}  // namespace

CheckReport check(const CheckInput& input, const CheckPolicy& policy) {
  return Judge(input, policy).run();
}

bool needs_window(const CheckPolicy& policy) {
  return policy.window.lamports != 0 || std::ranges::any_of(policy.tokens, [](const auto& t) {
           return t.second.window_units != 0;
         });
}

}  // namespace wardhive::chain
