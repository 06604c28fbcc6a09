// The System program: sending lamports, and creating accounts that nobody can keep from being
// created.
#pragma once

#include <cstdint>
#include <type_traits>

#include "sol/account.h"
#include "sol/bytes.h"
#include "sol/cpi.h"
#include "sol/error.h"
#include "sol/pda.h"
#include "sol/sysvar.h"

namespace sol {

namespace detail {

enum class SystemInstruction : std::uint32_t {
  CreateAccount = 0,
  Assign = 1,
  Transfer = 2,
  Allocate = 8
};

[[gnu::noinline]] inline Error system_transfer(const Program& system, CallRef from, CallRef to,
                                               std::uint64_t lamports) {
  std::uint64_t data[2];
  auto* bytes = reinterpret_cast<std::uint8_t*>(data);
  store<std::uint32_t>(bytes, static_cast<std::uint32_t>(SystemInstruction::Transfer));
  store<std::uint64_t>(bytes + 4, lamports);
  Call<2> call;
  call.add(from, Grant::SignWrite);
  call.add(to, Grant::Write);
  return call.invoke(system, bytes, 12, kNoSeeds);
}

struct NewAccount {
  RawAccount* payer;
  RawAccount* account;
  const Program* system;
  const Key* owner;
  std::uint64_t size;
  Signers signers;
};

[[gnu::noinline]] inline Error create_unfunded(const NewAccount& wanted, std::uint64_t lamports) {
  std::uint64_t data[7];
  auto* bytes = reinterpret_cast<std::uint8_t*>(data);
  store<std::uint32_t>(bytes, static_cast<std::uint32_t>(SystemInstruction::CreateAccount));
  store<std::uint64_t>(bytes + 4, lamports);
  store<std::uint64_t>(bytes + 12, wanted.size);
  copy_exact<32>(bytes + 20, wanted.owner);
  Call<2> call;
  call.add(Access::make<AccountView>(wanted.payer), Grant::SignWrite);
  call.add(Access::make<AccountView>(wanted.account), Grant::SignWrite);
  return call.invoke(*wanted.system, bytes, 52, wanted.signers);
}

// CreateAccount fails on an account that holds lamports, so one lamport sent to the address would
// block it for ever. Transfer what is missing, allocate, assign: each works whatever is there.
[[gnu::noinline]] inline Error create_funded(const NewAccount& wanted, std::uint64_t lamports) {
  const AccountView account = Access::make<AccountView>(wanted.account);
  if (wanted.account->lamports < lamports) {
    SOL_CHECK(system_transfer(*wanted.system, Access::make<AccountView>(wanted.payer), account,
                              lamports - wanted.account->lamports));
  }
  std::uint64_t data[5];
  auto* bytes = reinterpret_cast<std::uint8_t*>(data);
  store<std::uint32_t>(bytes, static_cast<std::uint32_t>(SystemInstruction::Allocate));
  store<std::uint64_t>(bytes + 4, wanted.size);
  Call<1> allocate;
  allocate.add(account, Grant::SignWrite);
  SOL_CHECK(allocate.invoke(*wanted.system, bytes, 12, wanted.signers));

  store<std::uint32_t>(bytes, static_cast<std::uint32_t>(SystemInstruction::Assign));
  copy_exact<32>(bytes + 4, wanted.owner);
  Call<1> assign;
  assign.add(account, Grant::SignWrite);
  return assign.invoke(*wanted.system, bytes, 36, wanted.signers);
}

[[gnu::noinline]] inline Error create_account(const NewAccount& wanted) {
  std::uint64_t lamports = 0;
  SOL_CHECK(rent_exempt_minimum(wanted.size, lamports));
  if (wanted.payer->lamports < lamports) [[unlikely]] {
    if (wanted.payer->lamports + wanted.account->lamports < lamports)
      return Error(Check::NotEnoughLamports);
  }
  if (wanted.account->lamports == 0) return create_unfunded(wanted, lamports);
  return create_funded(wanted, lamports);
}

}  // namespace detail

// Sends lamports of somebody who signed.
[[gnu::always_inline]] inline Error transfer_lamports(const Program& system,
                                                      const Signer<Write>& from,
                                                      const Recipient& to, std::uint64_t lamports) {
  return detail::system_transfer(system, from, to, lamports);
}

// Who pays for a new account, by which program.
struct Creation {
  const Context& context;
  const Signer<Write>& payer;
  const Program& system;
};

// Creates a rent-exempt account of `size` zero bytes, owned by `owner`, at the canonical address of
// `seeds`, and leaves the bump in them. WrongPda if `place` is another address. About 2,800 units
// at bump 255; 5,100 if somebody has sent lamports there before; 1,500 more per further bump.
template <std::size_t kSeeds>
[[gnu::always_inline]] inline Error create_account(const Vacant& place, const Creation& creation,
                                                   Seeds<kSeeds>& seeds, const Key& owner,
                                                   std::uint64_t size) {
  Key address;
  SOL_CHECK(seeds.find(creation.context.program_id(), address));
  if (!(address == place.key())) [[unlikely]]
    return Error(Check::WrongPda);
  const SignerSeeds signer = seeds.signer();
  return detail::create_account({detail::Access::raw(creation.payer), detail::Access::raw(place),
                                 &creation.system, &owner, size, Signers{&signer, 1}});
}

// The same for an account of this program with layout T: tag, version and bump are written, all
// else is zero.
template <class T, std::size_t kSeeds>
  requires StateLayout<T>
[[gnu::always_inline]] inline Result<State<T, Write>> create_state(const Vacant& place,
                                                                   const Creation& creation,
                                                                   Seeds<kSeeds>& seeds) {
  SOL_CHECK(create_account(place, creation, seeds, creation.context.program_id(), sizeof(T)));
  detail::RawAccount* raw = detail::Access::raw(place);
  std::uint8_t* data = raw->data();
  data[offsetof(AccountHeader, tag)] = static_cast<std::uint8_t>(T::kTag);
  data[offsetof(AccountHeader, version)] = static_cast<std::uint8_t>(T::kVersion);
  data[offsetof(AccountHeader, bump)] = seeds.bump();
  return detail::Access::make<State<T, Write>>(raw);
}

}  // namespace sol
