#include "accounts/token_claims.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/format.h>

#include "base/require.h"

namespace cw::accounts {
namespace {

constexpr std::array<std::string_view, kTokenKinds> kKindWords{"access", "refresh",    "ws-ticket",
                                                               "set-up", "invitation", "reset"};
constexpr std::int64_t kLatestSecond = kLatestMs / 1'000;

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

bool is_text(std::string_view text) { return text.size() <= kTokenTextMost && std::ranges::all_of(text, is_plain); }

std::int64_t seconds(Timestamp time) {
  const std::int64_t ms = to_ms(time);
  CW_REQUIRE(ms >= 0 && ms <= kLatestMs);
  return ms / 1'000;
}

// Reads straight through; whatever is not as expected fails for good, and is asked for once at the end.
class Reader {
 public:
  explicit Reader(std::string_view json) : rest_(json) {}

  void expect(std::string_view literal) {
    if (!rest_.starts_with(literal)) return fail();
    rest_.remove_prefix(literal.size());
  }

  // Up to the next quotation mark, which stays.
  std::string_view text() {
    const std::string_view text = rest_.substr(0, rest_.find('"'));
    if (!is_text(text)) return fail(), std::string_view{};
    rest_.remove_prefix(text.size());
    return text;
  }

  std::int64_t number() {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    const std::string_view digits{rest_.data(), static_cast<std::size_t>(end - rest_.data())};
    const bool one_way = digits == "0" || (!digits.starts_with('0') && !digits.starts_with("-0"));
    if (error != std::errc{} || !one_way) return fail(), 0;
    rest_.remove_prefix(digits.size());
    return number;
  }

  Timestamp time() {
    const std::int64_t second = number();
    if (second < 0 || second > kLatestSecond) return fail(), Timestamp{};
    return from_ms(second * 1'000);
  }

  TokenKind kind() {
    const auto* const word = std::ranges::find(kKindWords, text());
    if (word == kKindWords.end()) return fail(), TokenKind{};
    return static_cast<TokenKind>(word - kKindWords.begin());
  }

  bool done() const { return ok_ && rest_.empty(); }

 private:
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string_view kind_word(TokenKind kind) { return kKindWords.at(static_cast<std::size_t>(kind)); }

std::string write_payload(const TokenPayload& payload) {
  const TokenClaims& claims = payload.claims;
  CW_REQUIRE(is_text(payload.audience) && is_text(claims.subject) && is_text(claims.session) && is_text(claims.id));
  return fmt::format(
      R"({{"typ":"{}","aud":"{}","sub":"{}","sid":"{}","jti":"{}","num":{},"iat":{},"nbf":{},"exp":{}}})",
      kind_word(claims.kind), payload.audience, claims.subject, claims.session, claims.id, claims.number,
      seconds(claims.issued_at), seconds(claims.not_before), seconds(claims.expires_at));
}

std::optional<TokenPayload> read_payload(std::string_view json) {
  Reader reader{json};
  TokenPayload payload;
  TokenClaims& claims = payload.claims;
  reader.expect(R"({"typ":")");
  claims.kind = reader.kind();
  reader.expect(R"(","aud":")");
  payload.audience = reader.text();
  reader.expect(R"(","sub":")");
  claims.subject = reader.text();
  reader.expect(R"(","sid":")");
  claims.session = reader.text();
  reader.expect(R"(","jti":")");
  claims.id = reader.text();
  reader.expect(R"(","num":)");
  claims.number = reader.number();
  reader.expect(R"(,"iat":)");
  claims.issued_at = reader.time();
  reader.expect(R"(,"nbf":)");
  claims.not_before = reader.time();
  reader.expect(R"(,"exp":)");
  claims.expires_at = reader.time();
  reader.expect("}");
  if (!reader.done()) return std::nullopt;
  return payload;
}

}  // namespace cw::accounts
