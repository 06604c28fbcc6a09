#include "host/serialize.h"

#include <cstring>

#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif

namespace solhost {

void close_room([[maybe_unused]] std::uint8_t* at, [[maybe_unused]] std::size_t size) {
#if __has_feature(address_sanitizer)
  ASAN_POISON_MEMORY_REGION(at, size);
#endif
}

void open_room([[maybe_unused]] std::uint8_t* at, [[maybe_unused]] std::size_t size) {
#if __has_feature(address_sanitizer)
  ASAN_UNPOISON_MEMORY_REGION(at, size);
#endif
}

void Input::reserve(std::size_t size) {
  if (size > capacity_) {
    open();
    capacity_ = size + size / 2;
    memory_ = std::make_unique<std::uint64_t[]>(capacity_ / 8 + 1);
    bytes_ = reinterpret_cast<std::uint8_t*>(memory_.get());
  }
  size_ = size;
}

void Input::open() {
  if (bytes_ != nullptr) open_room(bytes_, capacity_);
}

void Input::put_account(FrameAccount& account, const Key& key, const Account& value) {
  auto* raw = reinterpret_cast<sol::detail::RawAccount*>(next_);
  raw->marker = sol::detail::kFresh;
  raw->is_signer = account.signer;
  raw->is_writable = account.writable;
  raw->is_executable = value.executable;
  raw->pad = 0;
  raw->key = key;
  raw->owner = value.owner;
  raw->lamports = value.lamports;
  raw->data_size = value.data.size();
  account.raw = raw;
  account.size_before = value.data.size();

  const std::size_t size = value.data.size();
  const std::size_t room = padded(size) - size + sol::detail::kGrowthMax;
  if (size != 0) std::memcpy(raw->data(), value.data.data(), size);
  std::memset(raw->data() + size, 0, room);
  close_room(raw->data() + size, room);
  next_ = raw->data() + size + room;
  sol::store<std::uint64_t>(next_, UINT64_MAX);  // rent epoch: nobody pays rent any more
  next_ += 8;
}

}  // namespace solhost
