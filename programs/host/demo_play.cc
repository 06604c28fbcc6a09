#include "host/demo_play.h"

#include <cstring>
#include <span>

#include "base/check.h"
#include "host/address.h"
#include "host/token.h"
#include "sol/demo/demo.h"

extern "C" std::uint64_t sol_demo_entrypoint(std::uint8_t* input, const std::uint8_t* data);

namespace demo_play {

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes number_bytes(std::uint64_t value) {
  Bytes bytes(8);
  std::memcpy(bytes.data(), &value, 8);
  return bytes;
}
Bytes tagged(std::uint8_t tag, const Bytes& rest = {}) {
  Bytes bytes = {tag};
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}
Bytes tagged(std::uint8_t tag, std::uint64_t argument) {
  return tagged(tag, number_bytes(argument));
}

}  // namespace

Key labelled(std::string_view label) {
  const sol::Slice slice{reinterpret_cast<const std::uint8_t*>(label.data()), label.size()};
  const solhost::Digest digest = solhost::sha256({&slice, 1});
  Key key{};
  std::memcpy(&key, digest.data(), 32);
  return key;
}

Play::Play() {
  program = labelled("sol demo");
  state = solhost::derive({"bank"}, program).key;
  vault = solhost::derive({"vault"}, program).key;
  mint = labelled("mint");
  admin = labelled("admin");
  savers[0] = {labelled("alice"), labelled("alice's wallet")};
  savers[1] = {labelled("bob"), labelled("bob's wallet")};

  // Above the slot in which the VM of the replay deploys.
  bank.clock(2'000, 1'700'000'000);
  bank.add_program(program, sol_demo_entrypoint);
  bank.put(admin, {.lamports = 1'000'000'000});
  solhost::put_mint(bank, mint,
                    {.authority = admin, .supply = kSavers * kWalletTokens, .decimals = 6});
  for (const Saver& saver : savers) {
    bank.put(saver.key, {.lamports = 1'000'000'000});
    solhost::put_token_account(bank, saver.wallet,
                               {.mint = mint, .owner = saver.key, .amount = kWalletTokens});
  }
}

void Play::settle() {
  WARDHIVE_ASSERT(bank.execute(init()).ok());
  for (const Saver& saver : savers) WARDHIVE_ASSERT(bank.execute(open_box(saver, 0)).ok());
}

Key Play::box_of(const Saver& saver, std::uint64_t number) const {
  const Bytes bytes = number_bytes(number);
  return solhost::derive({"box", saver.key, std::span(bytes)}, program).key;
}

Instruction Play::init() const {
  return {program,
          {{admin, true, true},
           {state, false, true},
           {vault, false, true},
           {mint},
           {sol::kTokenProgram},
           {sol::kSystemProgram}},
          tagged(1)};
}

Instruction Play::open_box(const Saver& saver, std::uint64_t number) const {
  return {program,
          {{saver.key, true, true},
           {state, false, true},
           {box_of(saver, number), false, true},
           {sol::kSystemProgram}},
          tagged(2, number)};
}

Instruction Play::deposit(const Saver& saver, std::uint64_t amount, std::uint64_t number) const {
  return {program,
          {{saver.key, true, false},
           {state, false, true},
           {box_of(saver, number), false, true},
           {saver.wallet, false, true},
           {vault, false, true},
           {mint},
           {sol::kTokenProgram}},
          tagged(3, amount)};
}

Instruction Play::withdraw(const Saver& saver, std::uint64_t amount, std::uint64_t number) const {
  Instruction same = deposit(saver, amount, number);
  same.data[0] = 4;
  return same;
}

Instruction Play::burn(const Saver& saver, std::uint64_t amount, std::uint64_t number) const {
  return {program,
          {{saver.key, true, false},
           {state, false, true},
           {box_of(saver, number), false, true},
           {vault, false, true},
           {mint, false, true},
           {sol::kTokenProgram}},
          tagged(5, amount)};
}

Instruction Play::close_box(const Saver& saver, std::uint64_t number) const {
  return {program,
          {{saver.key, true, true}, {state, false, true}, {box_of(saver, number), false, true}},
          tagged(6)};
}

Instruction Play::write_note(const Saver& saver, std::string_view note,
                             std::uint64_t number) const {
  Bytes data(saver.key.bytes(), saver.key.bytes() + 32);
  data.insert(data.end(), note.begin(), note.end());
  return {
      program, {{saver.key, true, false}, {box_of(saver, number), false, true}}, tagged(7, data)};
}

Instruction Play::tell() const { return {program, {{state}}, tagged(8)}; }

Instruction Play::witness(std::uint16_t threshold, const std::vector<Key>& signers) const {
  Instruction made{program,
                   {},
                   tagged(9, Bytes{static_cast<std::uint8_t>(threshold),
                                   static_cast<std::uint8_t>(threshold >> 8)})};
  for (const Key& signer : signers) made.metas.push_back({signer, true, false});
  return made;
}

Instruction Play::tip(const Saver& from, const Key& to, std::uint64_t lamports) const {
  return {program,
          {{from.key, true, true}, {to, false, true}, {sol::kSystemProgram}},
          tagged(10, lamports)};
}

Instruction Play::check_final(const Key& program_data) const {
  return {program, {{program}, {program_data}}, tagged(11)};
}

Instruction Play::nothing() const { return {program, {}, tagged(12)}; }

std::uint64_t Play::box_amount(const Saver& saver, std::uint64_t number) const {
  const auto data = bank.data(box_of(saver, number));
  return data.size() == sizeof(demo::Box)
             ? sol::load<std::uint64_t>(data.data() + offsetof(demo::Box, amount))
             : 0;
}

std::uint64_t Play::total() const {
  const auto data = bank.data(state);
  return data.size() == sizeof(demo::Bank)
             ? sol::load<std::uint64_t>(data.data() + offsetof(demo::Bank, total))
             : 0;
}

}  // namespace demo_play
