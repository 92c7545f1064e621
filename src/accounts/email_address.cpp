#include "accounts/email_address.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/printable.h"

namespace cw::accounts {
namespace {

constexpr std::size_t kAddressMost = 254, kLocalMost = 64, kLabelMost = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

bool is_local(char c) {
  return is_letter_or_digit(c) || std::string_view{"!#$%&'*+-/=?^_`{|}~."}.find(c) != std::string_view::npos;
}

std::uint32_t code_point(std::string_view letter) {
  static constexpr std::array<unsigned char, 5> kFirstBits{0, 0x7f, 0x1f, 0x0f, 0x07};
  std::uint32_t point = static_cast<unsigned char>(letter[0]) & kFirstBits[letter.size()];
  for (const char c : letter.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return point;
}

// Controls, spaces, and marks that change how the rest is shown.
bool is_unseen(std::uint32_t point) {
  return point <= 0x20 || (point >= 0x7f && point <= 0xa0) || point == 0xad || point == 0x61c || point == 0x115f ||
         point == 0x1160 || point == 0x1680 || point == 0x180e || (point >= 0x2000 && point <= 0x200f) ||
         (point >= 0x2028 && point <= 0x202f) || (point >= 0x205f && point <= 0x206f) || point == 0x3000 ||
         point == 0x3164 || (point >= 0xfe00 && point <= 0xfe0f) || point == 0xfeff || point == 0xffa0 ||
         (point >= 0xfff0 && point <= 0xffff) || (point >= 0xe000 && point <= 0xf8ff) || point >= 0xe0000;
}

// What is wrong with the letters; empty where nothing is.
std::string_view letters_fault(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return "is no valid UTF-8";
    if (is_unseen(code_point(text.substr(0, length)))) return "has a blank or another character that cannot be seen";
    text.remove_prefix(length);
  }
  return {};
}

std::string_view local_fault(std::string_view local) {
  if (local.empty()) return "has nothing before the '@'";
  if (local.size() > kLocalMost) return "has more than 64 bytes before the '@'";
  if (!std::ranges::all_of(local, is_local)) return "has a character before the '@' that does not belong there";
  if (local.starts_with('.') || local.ends_with('.') || local.find("..") != local.npos) {
    return "has a dot before the '@' that stands beside nothing";
  }
  return {};
}

std::string_view label_fault(std::string_view label) {
  if (label.empty()) return "has an empty part in the domain after the '@'";
  if (label.size() > kLabelMost) return "has a part of more than 63 bytes in the domain after the '@'";
  if (label.starts_with('-') || label.ends_with('-')) return "has a hyphen at the edge of a part of its domain";
  if (!std::ranges::all_of(label, [](char c) { return c == '-' || is_letter_or_digit(c); })) {
    return "has a character in the domain after the '@' that does not belong there";
  }
  return {};
}

std::string_view domain_fault(std::string_view domain) {
  while (true) {
    const std::size_t dot = domain.find('.');
    if (const auto fault = label_fault(domain.substr(0, dot)); !fault.empty()) return fault;
    if (dot == domain.npos) return {};
    domain.remove_prefix(dot + 1);
  }
}

std::string_view fault_of(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > kAddressMost) return "is longer than 254 bytes";
  if (const auto fault = letters_fault(text); !fault.empty()) return fault;
  const std::size_t at = text.find('@');
  if (at == text.npos) return "has no '@'";
  if (text.find('@', at + 1) != text.npos) return "has more than one '@'";
  if (const auto fault = local_fault(text.substr(0, at)); !fault.empty()) return fault;
  return domain_fault(text.substr(at + 1));
}

}  // namespace

Result<std::string> parse_email(std::string_view text) {
  if (const auto fault = fault_of(text); !fault.empty()) {
    return std::unexpected(
        Error{Errc::bad_parameter, fmt::format("the e-mail address '{}' {}", printable(text), fault), {}, "email"});
  }
  return std::string{text};
}

std::string email_key(std::string_view email) {
  std::string key{email};
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

}  // namespace cw::accounts
