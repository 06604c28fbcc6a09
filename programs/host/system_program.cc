// The System program's instructions that programs call (Agave,
// programs/system/src/system_processor.rs), with its checks in their order.
#include <algorithm>
#include <optional>
#include <string>

#include "host/address.h"
#include "host/machine.h"

namespace solhost {

namespace {

enum class Tag : std::uint32_t { CreateAccount = 0, Assign = 1, Transfer = 2, Allocate = 8 };

constexpr Verdict kAlreadyInUse{Fault::Custom, 0};
constexpr Verdict kNegativeResult{Fault::Custom, 1};
constexpr Verdict kDataTooLong{Fault::Custom, 3};

// bincode: fixed integers; bytes behind the last are ignored.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> data) : left_(data) {}
  template <class T>
  std::optional<T> take() {
    if (left_.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, left_.data(), sizeof(T));
    left_ = left_.subspan(sizeof(T));
    return value;
  }

 private:
  std::span<const std::uint8_t> left_;
};

class System {
 public:
  System(Machine& machine, Frame& frame) : machine_(machine), frame_(frame) {}

  Verdict run() {
    Reader in(frame_.data);
    const auto tag = in.take<std::uint32_t>();
    if (!tag) return {Fault::InvalidInstructionData};
    switch (static_cast<Tag>(*tag)) {
      case Tag::CreateAccount: {
        const auto lamports = in.take<std::uint64_t>();
        const auto space = in.take<std::uint64_t>();
        const auto owner = in.take<Key>();
        if (!owner) return {Fault::InvalidInstructionData};
        SOLHOST_CHECK(need(2));
        return create(*lamports, *space, *owner);
      }
      case Tag::Assign: {
        const auto owner = in.take<Key>();
        if (!owner) return {Fault::InvalidInstructionData};
        SOLHOST_CHECK(need(1));
        return assign(at(0), *owner);
      }
      case Tag::Transfer: {
        const auto lamports = in.take<std::uint64_t>();
        if (!lamports) return {Fault::InvalidInstructionData};
        SOLHOST_CHECK(need(2));
        return transfer(*lamports);
      }
      case Tag::Allocate: {
        const auto space = in.take<std::uint64_t>();
        if (!space) return {Fault::InvalidInstructionData};
        SOLHOST_CHECK(need(1));
        return allocate(at(0), *space);
      }
    }
    return {*tag <= 12 ? Fault::NotModelled : Fault::InvalidInstructionData};
  }

 private:
  const FrameAccount& at(std::size_t index) const { return frame_.accounts[index]; }
  const Account& account(std::size_t index) const { return machine_.account(at(index)); }
  std::string name(const FrameAccount& a) const { return to_base58(machine_.key(a)); }
  Verdict need(std::size_t count) const {
    return frame_.accounts.size() < count ? Verdict{Fault::MissingAccount} : kSuccess;
  }
  // Whoever signs anywhere in the list.
  bool signs(const FrameAccount& a) const {
    return std::ranges::any_of(frame_.accounts,
                               [&](const auto& b) { return b.slot == a.slot && b.signer; });
  }
  template <class Make>
  Verdict refuse(Verdict verdict, Make make) {
    machine_.log_by(make);
    return verdict;
  }

  Verdict create(std::uint64_t lamports, std::uint64_t space, const Key& owner) {
    if (account(1).lamports > 0)
      return refuse(kAlreadyInUse, [&] {
        return "Create Account: account Address { address: " + name(at(1)) +
               ", base: None } already in use";
      });
    SOLHOST_CHECK(allocate(at(1), space));
    SOLHOST_CHECK(assign(at(1), owner));
    return transfer(lamports);
  }

  Verdict allocate(const FrameAccount& a, std::uint64_t space) {
    const auto address = [&] { return "Address { address: " + name(a) + ", base: None }"; };
    if (!signs(a))
      return refuse({Fault::MissingRequiredSignature},
                    [&] { return "Allocate: 'to' account " + address() + " must sign"; });
    const Account& now = machine_.account(a);
    if (!now.data.empty() || !now.owner.is_zero())
      return refuse(kAlreadyInUse,
                    [&] { return "Allocate: account " + address() + " already in use"; });
    if (space > kAccountBytesMax)
      return refuse(kDataTooLong, [&] {
        return "Allocate: requested " + std::to_string(space) + ", max allowed " +
               std::to_string(kAccountBytesMax);
      });
    return machine_.set_data(frame_, a, std::vector<std::uint8_t>(space));
  }

  Verdict assign(const FrameAccount& a, const Key& owner) {
    if (machine_.account(a).owner == owner) return kSuccess;
    if (!signs(a))
      return refuse({Fault::MissingRequiredSignature}, [&] {
        return "Assign: account Address { address: " + name(a) + ", base: None } must sign";
      });
    return machine_.set_owner(frame_, a, owner);
  }

  Verdict transfer(std::uint64_t lamports) {
    if (!at(0).signer)
      return refuse({Fault::MissingRequiredSignature},
                    [&] { return "Transfer: `from` account " + name(at(0)) + " must sign"; });
    if (!account(0).data.empty())
      return refuse({Fault::InvalidArgument},
                    [] { return std::string("Transfer: `from` must not carry data"); });
    if (lamports > account(0).lamports)
      return refuse(kNegativeResult, [&] {
        return "Transfer: insufficient lamports " + std::to_string(account(0).lamports) +
               ", need " + std::to_string(lamports);
      });
    SOLHOST_CHECK(machine_.set_lamports(frame_, at(0), account(0).lamports - lamports));
    return machine_.add_lamports(frame_, at(1), lamports);
  }

  Machine& machine_;
  Frame& frame_;
};

}  // namespace

Verdict run_system_program(Machine& machine, Frame& frame) { return System(machine, frame).run(); }

}  // namespace solhost
