#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace cw {

static_assert(std::endian::native == std::endian::little, "stored numbers are little-endian and copied as they are");

/// Appends numbers to a byte string, little-endian, doubles bit for bit.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  template <class Number>
  void put(Number value) {
    static_assert(std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>);
    const std::size_t at = out_.size();
    out_.resize(at + sizeof value);
    std::memcpy(out_.data() + at, &value, sizeof value);
  }
  void put_flag(bool value) { put(static_cast<std::uint8_t>(value)); }
  /// Length (32 bits), then the text.
  void put_text(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }

 private:
  std::string& out_;
};

/// Reads back what ByteWriter wrote, from bytes that may hold anything: past the end, or at a value that cannot be,
/// every read answers zero from then on and `ok` is false. So a decoder reads straight through and asks once.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  Number get() {
    static_assert(std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>);
    Number value{};
    if (!has(sizeof value)) return value;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  bool get_flag() {
    const auto value = get<std::uint8_t>();
    if (value > 1) fail();
    return value == 1;
  }
  /// Fails on a text longer than `most`.
  std::string_view get_text(std::size_t most) {
    const auto size = get<std::uint32_t>();
    if (size > most || !has(size)) return fail(), std::string_view{};
    const auto text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  void fail() {
    ok_ = false;
    bytes_ = {};
  }

  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size(); }
  /// Everything was read and nothing failed.
  bool done() const { return ok_ && bytes_.empty(); }

 private:
  bool has(std::size_t size) {
    if (bytes_.size() < size) fail();
    return ok_;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace cw
