#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "accounts/master_key.h"
#include "accounts/secrets.h"
#include "base/time.h"

namespace cw::accounts {

/// What a token is for. None is ever taken for another: each kind has a key of its own, and names itself in its claims.
enum class TokenKind : std::uint8_t { access, refresh, ws_ticket, set_up, invitation, reset };
constexpr std::size_t kTokenKinds = 6;

/// `access`, `refresh`, `ws-ticket`, `set-up`, `invitation`, `reset`: the claim `typ`.
std::string_view kind_word(TokenKind kind);

/// What a token says. Texts are printable ASCII without quotation marks and backslashes, of at most kTokenTextMost bytes;
/// times lie between 1970 and 2100 and are cut to seconds when a token is issued.
struct TokenClaims {
  TokenKind kind = TokenKind::access;
  std::string subject;      // `sub`: the user's id, or what the kind is about
  std::string session;      // `sid`: the session's id; empty where there is none
  std::string id;           // `jti`: the token's own name; empty where it needs none
  std::int64_t number = 0;  // `num`: what the kind makes of it (a refresh token's count, a version of the account)
  Timestamp issued_at;      // `iat`: said, never checked
  Timestamp not_before;     // `nbf`
  Timestamp expires_at;     // `exp`: from this moment on it is over

  friend bool operator==(const TokenClaims&, const TokenClaims&) = default;
};

constexpr std::size_t kTokenTextMost = 128;
constexpr std::size_t kTokenMost = 1'024;  // bytes of a token

/// Why a token is refused, in the order in which it is looked at.
enum class TokenFault : std::uint8_t {
  too_long,        // more than kTokenMost bytes
  malformed,       // not three parts; a signature or claims that issue() would never write
  wrong_header,    // not our one header: another algorithm, or anything that names a key
  bad_signature,   // changed, or signed with a key that is not ours
  wrong_kind,      // good, but for another use
  wrong_audience,  // good, but of another installation or purpose
  not_yet_valid,   // more than kClockLeeway before `nbf`
  expired,
};

/// The stable word of a fault, for programs and the log: `token_expired`.
std::string_view fault_word(TokenFault fault);

/// Issues and reads signed tokens: compact JWTs (RFC 7519) that have nothing for the classic attacks to hold on to.
///
/// The header is one constant byte string; it is compared and never read, so there is no algorithm to choose, no key to
/// name and no address to fetch one from (RFC 8725, sections 3.1 and 3.10). The claims are looked at after the signature
/// over the very bytes that came, and are taken only as issue() writes them, members and order included: the same claims
/// give the same token, and no other token gives these claims.
///
/// Key of a kind: HMAC-SHA-256 with MasterKey::derive("token " + kind_word(kind)).
///
/// Whether a token was revoked or used before is not known here: its session and its id say, where they are kept.
///
/// One object serves many threads.
class TokenCodec {
 public:
  /// How far our clock may have been set back since a token was issued. There is none for `exp`.
  static constexpr Millis kClockLeeway{5'000};

  /// `audience`: the claim `aud`, a text as those of TokenClaims, of at most 64 bytes.
  TokenCodec(const MasterKey& key, std::string audience);

  /// Claims that are not as TokenClaims says break the contract.
  std::string issue(const TokenClaims& claims) const;

  /// The claims of a good token of this kind.
  ///
  /// Cost    about 1 us; a refused signature is tried with the keys of the other kinds, to tell wrong_kind, some 4 us
  [[nodiscard]] std::expected<TokenClaims, TokenFault> read(std::string_view token, TokenKind wanted,
                                                            Timestamp now) const;

 private:
  const HmacKey& key_of(TokenKind kind) const { return keys_[static_cast<std::size_t>(kind)]; }
  bool is_of_another_kind(TokenKind wanted, std::string_view bytes, std::string_view mac) const;

  std::array<HmacKey, kTokenKinds> keys_;
  std::string audience_;
};

}  // namespace cw::accounts
