// Tokens on any bytes: nothing is accepted but what was issued, whether the bytes come as they are, as changes of a good
// token, or as claims that somebody with the key signed.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "accounts/encoding.h"
#include "accounts/testing.h"
#include "accounts/token.h"
#include "accounts/token_claims.h"
#include "base/require.h"

namespace {

using namespace cw;            // NOLINT: the whole of this file is about it
using namespace cw::accounts;  // NOLINT

constexpr Timestamp kNow = from_ms(1'700'000'000'000);

struct World {
  MasterKey master{Digest{1, 2, 3}};
  TokenCodec codec{master, "candlewick"};
  HmacKey access_key{bytes_of(master.derive("token access"))};
  std::array<std::string, kTokenKinds> issued;

  World() {
    for (const TokenKind kind : accounts::testing::kAllKinds) {
      issued.at(static_cast<std::size_t>(kind)) = codec.issue({.kind = kind,
                                                               .subject = "u_0123456789",
                                                               .session = "s_1",
                                                               .id = "t_1",
                                                               .number = 7,
                                                               .issued_at = kNow,
                                                               .not_before = kNow,
                                                               .expires_at = kNow + Millis{60'000}});
    }
  }

  // Good for its own kind where it is one of those that were issued, else for none.
  void nothing_else_is_accepted(std::string_view token) const {
    for (const TokenKind kind : accounts::testing::kAllKinds) {
      const auto claims = codec.read(token, kind, kNow);
      CW_REQUIRE(claims.has_value() == (token == issued.at(static_cast<std::size_t>(kind))));
      if (!claims) CW_REQUIRE(fault_word(claims.error()).starts_with("token_"));
    }
  }

  // Claims that were signed are accepted only as issue() writes them.
  void claims_have_one_spelling(std::string_view payload) const {
    std::string token = to_base64url(R"({"alg":"HS256","typ":"JWT"})");
    token += '.';
    append_base64url(token, payload);
    token += '.' + to_base64url(bytes_of(access_key.sign(token)));
    if (const auto claims = codec.read(token, TokenKind::access, kNow)) CW_REQUIRE(codec.issue(*claims) == token);
    if (const auto read = read_payload(payload)) CW_REQUIRE(write_payload(*read) == payload);
  }
};

// Each pair of bytes of the input is one change: where, and what.
std::string changed(std::string token, std::string_view changes) {
  for (std::size_t i = 0; i + 1 < changes.size() && !token.empty(); i += 2) {
    const std::size_t at = static_cast<unsigned char>(changes[i]) * token.size() / 256;
    const char what = changes[i + 1];
    switch (static_cast<unsigned char>(what) >> 6) {
      case 0: token.erase(at, 1); break;
      case 1: token.insert(at, 1, what); break;
      case 2: token[at] = static_cast<char>(token[at] ^ (1 << (what & 7))); break;
      default: token[at] = static_cast<char>(what & 0x7f); break;
    }
  }
  return token;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  world.nothing_else_is_accepted(input);
  if (input.size() <= 700) world.claims_have_one_spelling(input);
  if (!input.empty() && input.size() <= 64) {
    const std::string& good = world.issued.at(static_cast<unsigned char>(input[0]) % kTokenKinds);
    world.nothing_else_is_accepted(changed(good, input.substr(1)));
  }
  if (const auto bytes = from_base64url(input)) CW_REQUIRE(to_base64url(*bytes) == input);
  if (const auto bytes = from_base32(input)) CW_REQUIRE(from_base32(to_base32(*bytes)) == bytes);
  if (const auto bytes = from_hex(input)) CW_REQUIRE(from_hex(to_hex(*bytes)) == bytes);
  return 0;
}
