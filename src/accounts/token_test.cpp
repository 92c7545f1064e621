#include "accounts/token.h"

#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/encoding.h"
#include "accounts/testing.h"

namespace cw::accounts {
namespace {

using ::testing::AnyOf;
using testing::kAllKinds;
using testing::random_claims;

const MasterKey kMaster{Digest{9, 8, 7}};
const TokenCodec kCodec{kMaster, "candlewick"};
constexpr Timestamp kNow = from_ms(1'700'000'000'000);

TokenClaims claims_of(TokenKind kind) {
  return {.kind = kind,
          .subject = "u_0123456789abcdefghjk",
          .session = "s_1",
          .id = "t_1",
          .number = 7,
          .issued_at = kNow,
          .not_before = kNow,
          .expires_at = kNow + Millis{900'000}};
}

// The word of the fault, or "accepted".
std::string_view read(std::string_view token, TokenKind wanted = TokenKind::access, Timestamp now = kNow) {
  const auto claims = kCodec.read(token, wanted, now);
  return claims ? "accepted" : fault_word(claims.error());
}

// What somebody with the key could sign: any header, any payload.
std::string forge(std::string_view header, std::string_view payload, TokenKind kind = TokenKind::access) {
  const HmacKey key{bytes_of(kMaster.derive("token " + std::string{kind_word(kind)}))};
  std::string token = to_base64url(header) + '.' + to_base64url(payload);
  return token + '.' + to_base64url(bytes_of(key.sign(token)));
}

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view kPayload =
    R"({"typ":"access","aud":"candlewick","sub":"u_0123456789abcdefghjk","sid":"s_1","jti":"t_1","num":7,)"
    R"("iat":1700000000,"nbf":1700000000,"exp":1700000900})";

TEST(Token, IsAJwtThatAnybodyCouldHaveWritten) {
  EXPECT_EQ(kCodec.issue(claims_of(TokenKind::access)), forge(kHeader, kPayload));
  EXPECT_EQ(read(forge(kHeader, kPayload)), "accepted");
}

// Made by Python's hmac, hashlib and base64 modules, HKDF included, of the key 01 02 03 00….
TEST(Token, IsWhatAnIndependentProgramMakes) {
  const TokenCodec codec{MasterKey{Digest{1, 2, 3}}, "candlewick"};
  const std::string_view token =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
      "eyJ0eXAiOiJhY2Nlc3MiLCJhdWQiOiJjYW5kbGV3aWNrIiwic3ViIjoidV8wMTIzNDU2Nzg5Iiwic2lkIjoic18xIiwianRpIjoidF8xIiwibnVt"
      "Ijo3LCJpYXQiOjE3MDAwMDAwMDAsIm5iZiI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwMDYwfQ."
      "vvZh_A-Q2DknRrd4H4uIKiTyikgxy8FdPYI5rj6_-2g";
  const auto claims = codec.read(token, TokenKind::access, kNow);
  ASSERT_TRUE(claims) << fault_word(claims.error());
  EXPECT_EQ(claims->subject, "u_0123456789");
  EXPECT_EQ(claims->expires_at, kNow + Millis{60'000});
  EXPECT_EQ(codec.issue(*claims), token);
}

TEST(Token, ReadsBackWhatItIssued) {
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    Random random{seed};
    const TokenClaims claims = random_claims(random);
    const std::string token = kCodec.issue(claims);
    ASSERT_LE(token.size(), kTokenMost);
    ASSERT_EQ(kCodec.issue(claims), token) << "seed " << seed;
    const auto again = kCodec.read(token, claims.kind, claims.not_before);
    ASSERT_TRUE(again) << "seed " << seed << ": " << fault_word(again.error());
    ASSERT_EQ(*again, claims) << "seed " << seed;
  }
}

TEST(Token, HoldsItsLongestClaims) {
  const std::string longest(kTokenTextMost, '~');
  const TokenCodec codec{kMaster, std::string(64, 'a')};
  const TokenClaims claims{.kind = TokenKind::invitation,
                           .subject = longest,
                           .session = longest,
                           .id = longest,
                           .number = std::numeric_limits<std::int64_t>::min(),
                           .issued_at = from_ms(kLatestMs),
                           .not_before = from_ms(0),
                           .expires_at = from_ms(kLatestMs)};
  EXPECT_EQ(codec.read(codec.issue(claims), TokenKind::invitation, kNow), claims);
}

TEST(Token, CutsItsTimesToSeconds) {
  TokenClaims claims = claims_of(TokenKind::access);
  claims.not_before += Millis{999};
  claims.expires_at += Millis{999};
  EXPECT_EQ(kCodec.read(kCodec.issue(claims), TokenKind::access, kNow), claims_of(TokenKind::access));
}

TEST(Token, IsNotIssuedWithTextsThatWouldNotReadBack) {
  for (const std::string& text : {std::string{"a\"b"}, std::string{"a\\b"}, std::string{"ü"}, std::string{"a\nb"},
                                  std::string("a\0b", 3), std::string(kTokenTextMost + 1, 'a')}) {
    TokenClaims claims = claims_of(TokenKind::access);
    claims.subject = text;
    EXPECT_DEATH(kCodec.issue(claims), "is_text") << text;
  }
  TokenClaims claims = claims_of(TokenKind::access);
  claims.expires_at = from_ms(-1);
  EXPECT_DEATH(kCodec.issue(claims), "ms >= 0");
}

TEST(Token, IsOfOneKindAndNoOther) {
  for (const TokenKind issued : kAllKinds) {
    const std::string token = kCodec.issue(claims_of(issued));
    for (const TokenKind wanted : kAllKinds) {
      EXPECT_EQ(read(token, wanted), issued == wanted ? "accepted" : "token_wrong_kind")
          << kind_word(issued) << " as " << kind_word(wanted);
    }
  }
}

TEST(Token, IsOfTheKindThatItNamesToo) {
  // The key of one kind under the name of another: only a defect of ours would sign it.
  EXPECT_EQ(read(forge(kHeader, kPayload, TokenKind::refresh), TokenKind::refresh), "token_wrong_kind");
  EXPECT_EQ(read(forge(kHeader, kPayload, TokenKind::refresh), TokenKind::access), "token_wrong_kind");
}

TEST(Token, TakesNoOtherAlgorithm) {
  for (const std::string_view header :
       {R"({"alg":"none","typ":"JWT"})", R"({"alg":"None","typ":"JWT"})", R"({"alg":"RS256","typ":"JWT"})",
        R"({"alg":"HS512","typ":"JWT"})", R"({"alg":"HS384","typ":"JWT"})", R"({"alg":"ES256","typ":"JWT"})",
        R"({"alg":"hs256","typ":"JWT"})", R"({"alg":["HS256"],"typ":"JWT"})",
        R"({"alg":"HS256","alg":"none","typ":"JWT"})", R"({"typ":"JWT"})", "{}", "", "null"}) {
    EXPECT_EQ(read(forge(header, kPayload)), "token_wrong_header") << header;
  }
}

TEST(Token, LooksForNoKeyElsewhere) {
  for (const std::string_view header :
       {R"({"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"AA"}})",
        R"({"alg":"HS256","typ":"JWT","jku":"https://example.org/keys"})",
        R"({"alg":"HS256","typ":"JWT","x5u":"https://example.org/chain"})",
        R"({"alg":"HS256","typ":"JWT","x5c":["AA"]})", R"({"alg":"HS256","typ":"JWT","kid":"../../dev/null"})",
        R"({"alg":"HS256","typ":"JWT","crit":["b64"],"b64":false})", R"({"alg":"HS256","typ":"JWT","zip":"DEF"})"}) {
    EXPECT_EQ(read(forge(header, kPayload)), "token_wrong_header") << header;
  }
}

TEST(Token, TakesItsHeaderInOneSpellingOnly) {
  for (const std::string_view header :
       {R"({"typ":"JWT","alg":"HS256"})", R"({"alg": "HS256","typ":"JWT"})", R"({"alg":"HS256","typ":"JWT"} )",
        R"({"alg":"HS256","typ":"jwt"})", R"({"alg":"HS256"})", R"({"\u0061lg":"HS256","typ":"JWT"})"}) {
    EXPECT_EQ(read(forge(header, kPayload)), "token_wrong_header") << header;
  }
}

TEST(Token, IsRefusedWithoutASignature) {
  const std::string token = kCodec.issue(claims_of(TokenKind::access));
  const std::string unsigned_token = token.substr(0, token.rfind('.') + 1);
  EXPECT_EQ(read(unsigned_token), "token_malformed");
  EXPECT_EQ(read(unsigned_token + std::string(43, 'A')), "token_bad_signature");
  EXPECT_EQ(read(to_base64url(R"({"alg":"none","typ":"JWT"})") + "." + to_base64url(kPayload) + "."),
            "token_wrong_header");
}

TEST(Token, IsRefusedWithAnyBitChanged) {
  for (const TokenKind kind : kAllKinds) {
    const std::string token = kCodec.issue(claims_of(kind));
    for (std::size_t bit = 0; bit < token.size() * 8; ++bit) {
      std::string changed = token;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      for (const TokenKind wanted : kAllKinds) {
        const std::string_view answer = read(changed, wanted);
        ASSERT_NE(answer, "accepted") << "bit " << bit;
        ASSERT_NE(answer, "token_wrong_kind") << "bit " << bit;  // no key takes it
        if (bit / 8 < 36) ASSERT_THAT(answer, AnyOf("token_wrong_header", "token_malformed"));
      }
    }
  }
}

TEST(Token, IsRefusedWithAnyByteOfItsHeaderChanged) {
  const std::string token = kCodec.issue(claims_of(TokenKind::access));
  for (std::size_t at = 0; at < 36; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = token;
      changed[at] = static_cast<char>(byte);
      if (changed != token) ASSERT_EQ(read(changed), byte == '.' ? "token_malformed" : "token_wrong_header") << at;
    }
  }
}

TEST(Token, IsRefusedWhenItWasCutOrGrew) {
  const std::string token = kCodec.issue(claims_of(TokenKind::access));
  for (std::size_t size = 0; size < token.size(); ++size) {
    ASSERT_NE(read(token.substr(0, size)), "accepted") << size;
    ASSERT_NE(read(token.substr(token.size() - size)), "accepted") << size;
  }
  for (const std::string& more : {token + "A", token + ".", token + "=", token + "\n", " " + token, token + token,
                                  "." + token, token + ".A", "Bearer " + token, token + '\0'}) {
    EXPECT_THAT(read(more), AnyOf("token_malformed", "token_wrong_header")) << more;
  }
}

TEST(Token, IsRefusedUnreadWhenItIsGiant) {
  const std::string token = kCodec.issue(claims_of(TokenKind::access));
  EXPECT_EQ(read(token + std::string(kTokenMost - token.size(), 'A')), "token_malformed");
  EXPECT_EQ(read(token + std::string(kTokenMost + 1 - token.size(), 'A')), "token_too_long");
  EXPECT_EQ(read(std::string(100'000, '.')), "token_too_long");
  EXPECT_EQ(read(std::string(kTokenMost, '.')), "token_malformed");
  EXPECT_EQ(read(""), "token_malformed");
  EXPECT_EQ(read(".."), "token_wrong_header");
}

TEST(Token, TakesItsBytesInOneSpellingOnly) {
  const std::string token = kCodec.issue(claims_of(TokenKind::access));
  // The signature's last letter carries four bits of it and two that belong to no byte.
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::size_t last = kLetters.find(token.back());
  ASSERT_EQ(last % 4, 0U);
  for (std::size_t i = 1; i < 4; ++i) {
    std::string other = token;
    other.back() = kLetters[last + i];
    EXPECT_EQ(read(other), "token_malformed");
  }
  // A payload whose base64url has such bits set, signed with the right key all the same.
  const HmacKey key{bytes_of(kMaster.derive("token access"))};
  std::string payload = to_base64url(std::string{kPayload} + (kPayload.size() % 3 == 0 ? " " : ""));
  payload.back() = kLetters[kLetters.find(payload.back()) + 1];
  const std::string body = to_base64url(kHeader) + '.' + payload;
  EXPECT_EQ(read(body + '.' + to_base64url(bytes_of(key.sign(body)))), "token_malformed");
}

TEST(Token, TakesItsClaimsInOneSpellingOnly) {
  const auto changed = [](std::string_view from, std::string_view to) {
    std::string payload{kPayload};
    const std::size_t at = payload.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return forge(kHeader, payload.replace(at, from.size(), to));
  };
  const std::pair<std::string_view, std::string_view> changes[] = {
      {"{", " {"},
      {"}", "} "},
      {"}", ""},
      {"}", "}}"},
      {",\"aud\"", ", \"aud\""},
      {"\"num\":7", "\"num\":07"},
      {"\"num\":7", "\"num\":+7"},
      {"\"num\":7", "\"num\":-0"},
      {"\"num\":7", "\"num\":7.0"},
      {"\"num\":7", "\"num\":7e0"},
      {"\"num\":7", "\"num\":\"7\""},
      {"\"num\":7", "\"num\":9223372036854775808"},
      {"\"num\":7", "\"num\":-9223372036854775809"},
      {"\"num\":7", "\"num\":"},
      {"\"num\":7", "\"num\":null"},
      {"\"nbf\":1700000000", "\"nbf\":-1"},
      {"\"exp\":1700000900", "\"exp\":4102444801"},
      {"\"exp\":1700000900", "\"exp\":1700000900,\"admin\":true"},
      {"\"exp\":1700000900", "\"exp\":1,\"exp\":1700000900"},
      {"access", "acces"},
      {"access", "ACCESS"},
      {"access", ""},
      {"access", "root"},
      {"\"sub\"", "\"Sub\""},
      {"s_1", "s\\u005f1"},
      {"s_1", "s\xc3\xbc"},
      {"s_1", "s\t"},
      {"\"aud\":\"candlewick\"", "\"aud\":[\"candlewick\"]"},
      {"\"sid\":\"s_1\",\"jti\":\"t_1\"", "\"jti\":\"t_1\",\"sid\":\"s_1\""},
      {"\"jti\":\"t_1\",", ""},
      {"{\"typ\":\"access\"", "{\"typ\":\"access\",\"typ\":\"access\""}};
  for (const auto& [from, to] : changes) {
    EXPECT_EQ(read(changed(from, to)), "token_malformed") << from << " to " << to;
  }
  EXPECT_EQ(read(changed("\"num\":7", "\"num\":-7")), "accepted");
  EXPECT_EQ(read(changed("s_1", std::string(kTokenTextMost + 1, 's'))), "token_malformed");
  for (const std::string_view payload : {"", "{}", "[]", "null", "\"\"", "{\"typ\":\"access\"}"}) {
    EXPECT_EQ(read(forge(kHeader, payload)), "token_malformed") << payload;
  }
}

TEST(Token, IsRefusedByAnotherAudienceAndAnotherKey) {
  const std::string token = kCodec.issue(claims_of(TokenKind::access));
  EXPECT_EQ(TokenCodec(kMaster, "candlewick2").read(token, TokenKind::access, kNow).error(),
            TokenFault::wrong_audience);
  EXPECT_EQ(TokenCodec(kMaster, "").read(token, TokenKind::access, kNow).error(), TokenFault::wrong_audience);
  const TokenCodec other{MasterKey{Digest{9, 8, 6}}, "candlewick"};
  EXPECT_EQ(other.read(token, TokenKind::access, kNow).error(), TokenFault::bad_signature);
}

TEST(Token, BearsAClockThatWasSetBackByFiveSeconds) {
  const std::string token = kCodec.issue(claims_of(TokenKind::access));
  EXPECT_EQ(read(token, TokenKind::access, kNow - Millis{5'000}), "accepted");
  EXPECT_EQ(read(token, TokenKind::access, kNow - Millis{5'001}), "token_not_yet_valid");
  EXPECT_EQ(read(token, TokenKind::access, from_ms(0)), "token_not_yet_valid");
}

TEST(Token, EndsAtItsMomentWithoutGrace) {
  const std::string token = kCodec.issue(claims_of(TokenKind::access));
  EXPECT_EQ(read(token, TokenKind::access, kNow + Millis{899'999}), "accepted");
  EXPECT_EQ(read(token, TokenKind::access, kNow + Millis{900'000}), "token_expired");
  EXPECT_EQ(read(token, TokenKind::access, from_ms(kLatestMs)), "token_expired");
}

TEST(Token, SaysThatASignatureIsBadBeforeItSaysAnythingOfTheClaims) {
  TokenClaims claims = claims_of(TokenKind::refresh);
  claims.expires_at = kNow - Millis{1'000};
  std::string token = kCodec.issue(claims);
  EXPECT_EQ(read(token, TokenKind::refresh), "token_expired");
  EXPECT_EQ(read(token, TokenKind::access), "token_wrong_kind");
  token[token.find('.') + 30] ^= 1;
  EXPECT_EQ(read(token, TokenKind::refresh), "token_bad_signature");
}

TEST(Token, HasAWordForEachKindAndFault) {
  std::set<std::string_view> words;
  for (const TokenKind kind : kAllKinds) words.insert(kind_word(kind));
  EXPECT_EQ(words.size(), kTokenKinds);
  for (int fault = 0; fault <= static_cast<int>(TokenFault::expired); ++fault) {
    EXPECT_THAT(fault_word(static_cast<TokenFault>(fault)), ::testing::StartsWith("token_"));
    words.insert(fault_word(static_cast<TokenFault>(fault)));
  }
  EXPECT_EQ(words.size(), kTokenKinds + 8);
}

}  // namespace
}  // namespace cw::accounts
