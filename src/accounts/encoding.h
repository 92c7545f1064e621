#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cw::accounts {

// Bytes as text and back. Every reader is strict: a sequence of bytes has exactly one text (but for the letter case where
// it is said), so a text that was changed never reads as the bytes of another.

/// Base64 with '-' and '_' and without padding: the form of tokens and sealed texts.
/// Source  RFC 4648, section 5
std::string to_base64url(std::string_view bytes);
/// The same, appended to `out` without a temporary.
void append_base64url(std::string& out, std::string_view bytes);

/// No answer for padding, blanks, letters outside the alphabet, a length that no bytes give, or bits in the last letter
/// that belong to no byte (RFC 4648, section 3.5).
std::optional<std::string> from_base64url(std::string_view text);
/// The same without an allocation: writes to the front of `out` and says how many bytes. No answer also where `out` is too
/// small; how much was written is then not known.
std::optional<std::size_t> decode_base64url(std::string_view text, std::span<char> out);

/// Two digits a byte, lower case.
std::string to_hex(std::string_view bytes);
/// Takes either case. No answer for an odd length or anything but digits.
std::optional<std::string> from_hex(std::string_view text);

/// A-Z and 2-7, upper case, without padding: the form in which apps take the secret of a second factor.
/// Source  RFC 4648, section 6
std::string to_base32(std::string_view bytes);
/// Takes either case. No answer for what from_base64url would not take either.
std::optional<std::string> from_base32(std::string_view text);

}  // namespace cw::accounts
