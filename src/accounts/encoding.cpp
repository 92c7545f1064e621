#include "accounts/encoding.h"

#include <array>
#include <cstdint>

namespace cw::accounts {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::uint8_t kNone = 0xff;

constexpr char other_case(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c;
}

constexpr std::array<std::uint8_t, 256> values_of(std::string_view alphabet, bool either_case) {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    if (either_case) values[static_cast<unsigned char>(other_case(alphabet[i]))] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr auto kBase64Values = values_of(kBase64, false);
constexpr auto kBase32Values = values_of(kBase32, true);
constexpr auto kHexValues = values_of(kHex, true);

// One pair of functions for all three: a letter stands for `Bits` bits, the first letter for the highest ones.
template <unsigned Bits>
void encode(std::string_view bytes, std::string_view alphabet, std::string& out) {
  const std::size_t at = out.size();
  out.resize(at + (bytes.size() * 8 + Bits - 1) / Bits);
  char* to = out.data() + at;
  std::uint32_t held = 0;
  unsigned count = 0;
  for (const char byte : bytes) {
    held = held << 8 | static_cast<unsigned char>(byte);
    count += 8;
    while (count >= Bits) {
      count -= Bits;
      *to++ = alphabet[held >> count & (alphabet.size() - 1)];
    }
  }
  if (count > 0) *to = alphabet[held << (Bits - count) & (alphabet.size() - 1)];
}

template <unsigned Bits>
std::optional<std::size_t> decode(std::string_view text, const std::array<std::uint8_t, 256>& values,
                                  std::span<char> out) {
  const std::size_t size = text.size() * Bits / 8;
  if (out.size() < size) return std::nullopt;
  char* to = out.data();
  std::uint32_t held = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const std::uint8_t value = values[static_cast<unsigned char>(letter)];
    if (value == kNone) return std::nullopt;
    held = held << Bits | value;
    count += Bits;
    if (count >= 8) {
      count -= 8;
      *to++ = static_cast<char>(held >> count);
    }
  }
  // A whole letter too many, or bits that no encoder would have set.
  if (count >= Bits || (held & ((1U << count) - 1)) != 0) return std::nullopt;
  return size;
}

template <unsigned Bits>
std::optional<std::string> decode(std::string_view text, const std::array<std::uint8_t, 256>& values) {
  std::string bytes(text.size() * Bits / 8, '\0');
  if (!decode<Bits>(text, values, std::span{bytes})) return std::nullopt;
  return bytes;
}

}  // namespace

void append_base64url(std::string& out, std::string_view bytes) { encode<6>(bytes, kBase64, out); }

std::string to_base64url(std::string_view bytes) {
  std::string text;
  encode<6>(bytes, kBase64, text);
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) { return decode<6>(text, kBase64Values); }

std::optional<std::size_t> decode_base64url(std::string_view text, std::span<char> out) {
  return decode<6>(text, kBase64Values, out);
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  encode<4>(bytes, kHex, text);
  return text;
}

std::optional<std::string> from_hex(std::string_view text) { return decode<4>(text, kHexValues); }

std::string to_base32(std::string_view bytes) {
  std::string text;
  encode<5>(bytes, kBase32, text);
  return text;
}

std::optional<std::string> from_base32(std::string_view text) { return decode<5>(text, kBase32Values); }

}  // namespace cw::accounts
