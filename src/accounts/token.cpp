#include "accounts/token.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "accounts/encoding.h"
#include "accounts/token_claims.h"
#include "base/require.h"

namespace cw::accounts {
namespace {

// {"alg":"HS256","typ":"JWT"} in base64url: the only header there is.
constexpr std::string_view kHeader = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
constexpr std::size_t kAudienceMost = 64;

struct Parts {
  std::string_view header, payload, signature;
  std::string_view header_and_payload;
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == token.npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
               token.substr(0, second)};
}

HmacKey key_for(const MasterKey& master, TokenKind kind) {
  Digest bytes = master.derive("token " + std::string{kind_word(kind)});
  HmacKey key{bytes_of(bytes)};
  wipe(bytes);
  return key;
}

template <std::size_t... I>
std::array<HmacKey, kTokenKinds> all_keys(const MasterKey& master, std::index_sequence<I...>) {
  return {key_for(master, static_cast<TokenKind>(I))...};
}

}  // namespace

std::string_view fault_word(TokenFault fault) {
  switch (fault) {
    case TokenFault::too_long: return "token_too_long";
    case TokenFault::malformed: return "token_malformed";
    case TokenFault::wrong_header: return "token_wrong_header";
    case TokenFault::bad_signature: return "token_bad_signature";
    case TokenFault::wrong_kind: return "token_wrong_kind";
    case TokenFault::wrong_audience: return "token_wrong_audience";
    case TokenFault::not_yet_valid: return "token_not_yet_valid";
    case TokenFault::expired: return "token_expired";
  }
  return "token_malformed";
}

TokenCodec::TokenCodec(const MasterKey& key, std::string audience)
    : keys_(all_keys(key, std::make_index_sequence<kTokenKinds>{})), audience_(std::move(audience)) {
  CW_REQUIRE(audience_.size() <= kAudienceMost);
}

std::string TokenCodec::issue(const TokenClaims& claims) const {
  std::string token{kHeader};
  token += '.';
  append_base64url(token, write_payload({claims, audience_}));
  const Digest mac = key_of(claims.kind).sign(token);
  token += '.';
  append_base64url(token, bytes_of(mac));
  CW_REQUIRE(token.size() <= kTokenMost);
  return token;
}

std::expected<TokenClaims, TokenFault> TokenCodec::read(std::string_view token, TokenKind wanted, Timestamp now) const {
  if (token.size() > kTokenMost) return std::unexpected(TokenFault::too_long);
  const auto parts = split(token);
  if (!parts) return std::unexpected(TokenFault::malformed);
  if (parts->header != kHeader) return std::unexpected(TokenFault::wrong_header);

  std::array<char, std::tuple_size_v<Digest>> signature;
  if (decode_base64url(parts->signature, signature) != signature.size()) return std::unexpected(TokenFault::malformed);
  const std::string_view mac{signature.data(), signature.size()};
  if (!key_of(wanted).verify(parts->header_and_payload, mac)) {
    const bool another = is_of_another_kind(wanted, parts->header_and_payload, mac);
    return std::unexpected(another ? TokenFault::wrong_kind : TokenFault::bad_signature);
  }

  std::array<char, kTokenMost> json;
  const auto size = decode_base64url(parts->payload, json);
  auto payload = size ? read_payload({json.data(), *size}) : std::nullopt;
  if (!payload) return std::unexpected(TokenFault::malformed);
  TokenClaims& claims = payload->claims;
  if (claims.kind != wanted) return std::unexpected(TokenFault::wrong_kind);
  if (payload->audience != audience_) return std::unexpected(TokenFault::wrong_audience);
  if (now + kClockLeeway < claims.not_before) return std::unexpected(TokenFault::not_yet_valid);
  if (now >= claims.expires_at) return std::unexpected(TokenFault::expired);
  return std::move(claims);
}

bool TokenCodec::is_of_another_kind(TokenKind wanted, std::string_view bytes, std::string_view mac) const {
  return std::ranges::any_of(keys_,
                             [&](const HmacKey& key) { return &key != &key_of(wanted) && key.verify(bytes, mac); });
}

}  // namespace cw::accounts
