// Binary in and out for snapshots: little-endian, no padding, bounded. A state says its fields
// once,
//
//   WARDHIVE_STATE(Window) { v(self.count); v(self.since); v(self.looks); }
//
// and BinaryWriter and BinaryReader both walk them. Numbers, enums, times, texts, arrays, vectors
// and nested states nest. Whoever reads checks what the values mean (indices, enums). The reader
// promises not to run past the end, not to allocate more than the bytes can fill, and that the
// difference of any two points in time it gave out fits a Duration.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace wardhive {

static_assert(std::endian::native == std::endian::little, "snapshots are little-endian");

#define WARDHIVE_STATE(Type)                               \
  template <class Self, class V>                           \
    requires std::same_as<std::remove_const_t<Self>, Type> \
  void state_fields(Self& self, V& v)

namespace detail {
template <class T>
concept Scalar = (std::is_arithmetic_v<T> && !std::same_as<T, bool>) || std::is_enum_v<T>;
template <class T>
struct is_time : std::false_type {};
template <class R, class P>
struct is_time<std::chrono::duration<R, P>> : std::true_type {};
template <class C, class D>
struct is_time<std::chrono::time_point<C, D>> : std::true_type {
  static constexpr typename D::rep earliest = -(std::int64_t{1} << 61),
                                   latest = std::int64_t{1} << 62;
};
}  // namespace detail

class BinaryWriter {
 public:
  template <class T>
  void operator()(const T& value) {
    if constexpr (std::same_as<T, bool>)
      raw(static_cast<std::uint8_t>(value));
    else if constexpr (detail::Scalar<T> || detail::is_time<T>::value)
      raw(value);
    else
      state_fields(value, *this);
  }
  void operator()(const std::string& text) { (*this)(std::string_view(text)); }
  void operator()(std::string_view text) {
    raw(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  template <class T, std::size_t N>
  void operator()(const std::array<T, N>& values) {
    for (const auto& value : values) (*this)(value);
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    raw(static_cast<std::uint32_t>(values.size()));
    for (const auto& value : values) (*this)(value);
  }
  const std::string& bytes() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  template <class T>
  void raw(const T& value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  std::string out_;
};

// After anything did not fit, `broken()` stays true and values read as zero or empty.
class BinaryReader {
 public:
  explicit BinaryReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  void operator()(T& value) {
    if constexpr (std::same_as<T, bool>) {
      std::uint8_t byte = 0;
      raw(byte);
      value = byte == 1;
      broken_ |= byte > 1;
    } else if constexpr (detail::Scalar<T> || detail::is_time<T>::value) {
      raw(value);
      if constexpr (requires { value.time_since_epoch(); }) {
        const auto ticks = value.time_since_epoch().count();
        if (ticks < detail::is_time<T>::earliest || ticks > detail::is_time<T>::latest)
          fail_with(value);
      }
    } else {
      state_fields(value, *this);
    }
  }
  void operator()(std::string& text) {
    const auto size = take<std::uint32_t>();
    if (size > rest_.size()) broken_ = true;
    if (broken_) return text.clear();
    text.assign(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }
  template <class T, std::size_t N>
  void operator()(std::array<T, N>& values) {
    for (auto& value : values) (*this)(value);
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    const auto count = take<std::uint32_t>();
    if (count > rest_.size()) broken_ = true;  // an element has at least one byte
    values.clear();
    for (std::uint32_t i = 0; i < count && !broken_; ++i) (*this)(values.emplace_back());
  }
  template <class T>
  T take() {
    T value{};
    (*this)(value);
    return value;
  }
  bool broken() const { return broken_; }
  void fail() { broken_ = true; }
  std::string_view rest() const { return rest_; }

 private:
  template <class T>
  void raw(T& value) {
    if (rest_.size() < sizeof value) broken_ = true;
    if (broken_) {
      value = T{};
      return;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
  }
  template <class T>
  void fail_with(T& value) {
    broken_ = true;
    value = T{};
  }
  std::string_view rest_;
  bool broken_ = false;
};

}  // namespace wardhive
