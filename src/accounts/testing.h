#pragma once

#include <array>
#include <string>

#include "accounts/token.h"
#include "base/random.h"

/// What tests, fuzz targets and benches of accounts share.
namespace cw::accounts::testing {

inline constexpr std::array<TokenKind, kTokenKinds> kAllKinds{TokenKind::access,     TokenKind::refresh,
                                                              TokenKind::ws_ticket,  TokenKind::set_up,
                                                              TokenKind::invitation, TokenKind::reset};

/// Any text that a claim may hold.
inline std::string random_claim(Random& random) {
  std::string text(random.chance(0.1) ? kTokenTextMost : random.below(40), '\0');
  for (char& c : text) {
    do {
      c = static_cast<char>(0x20 + random.below(0x5f));
    } while (c == '"' || c == '\\');
  }
  return text;
}

/// Any claims that may be issued; they last for at least a second from `not_before`.
inline TokenClaims random_claims(Random& random) {
  const auto time = [&](std::int64_t from) {
    return from + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(kLatestMs / 1'000 - from)));
  };
  const std::int64_t not_before = time(0);
  TokenClaims claims{.kind = kAllKinds.at(random.below(kTokenKinds)),
                     .subject = random_claim(random),
                     .session = random_claim(random),
                     .id = random_claim(random),
                     .number = static_cast<std::int64_t>(random.next()) >> random.below(64),
                     .issued_at = from_ms(time(0) * 1'000),
                     .not_before = from_ms(not_before * 1'000),
                     .expires_at = from_ms((time(not_before) + 1) * 1'000)};
  return claims;
}

}  // namespace cw::accounts::testing
