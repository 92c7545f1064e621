// What it costs to read the access token of a request: TokenCodec beside a reading as it is often written (the header and
// the claims by a JSON library, HMAC in one call), equal results checked first.
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "accounts/encoding.h"
#include "accounts/token.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace cw;            // NOLINT: the whole of this file is about it
using namespace cw::accounts;  // NOLINT

constexpr Timestamp kNow = from_ms(1'700'000'000'000);
constexpr int kRounds = 7;
constexpr double kAskedNs = 3'000;

std::vector<std::string> issue_tokens(const TokenCodec& codec) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 1'000; ++i) {
    tokens.push_back(codec.issue({.kind = TokenKind::access,
                                  .subject = random_id("u_"),
                                  .session = random_id("s_"),
                                  .id = random_id("t_"),
                                  .number = i,
                                  .issued_at = kNow,
                                  .not_before = kNow,
                                  .expires_at = kNow + Millis{900'000}}));
  }
  return tokens;
}

std::optional<TokenClaims> read_peer(const std::string& token, const std::string& key) {
  const auto first = token.find('.'), second = token.rfind('.');
  const auto header = nlohmann::json::parse(*from_base64url(token.substr(0, first)));
  if (header["alg"] != "HS256" || header["typ"] != "JWT") return std::nullopt;
  const std::string mac = *from_base64url(token.substr(second + 1));
  unsigned char expected[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(token.data()),
       second, expected, &size);
  if (!constant_time_equal(mac, bytes_of({expected, size}))) return std::nullopt;
  const auto claims = nlohmann::json::parse(*from_base64url(token.substr(first + 1, second - first - 1)));
  if (claims["typ"] != "access" || claims["aud"] != "candlewick") return std::nullopt;
  const auto time = [&](const char* name) { return from_ms(claims[name].get<std::int64_t>() * 1'000); };
  if (time("nbf") > kNow || time("exp") <= kNow) return std::nullopt;
  return TokenClaims{TokenKind::access, claims["sub"], claims["sid"], claims["jti"],
                     claims["num"],     time("iat"),   time("nbf"),   time("exp")};
}

template <class Work>
double best_ns_each(std::size_t count, const Work& work) {
  double best = 1e18;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count());
  }
  return best / static_cast<double>(count);
}

void line(std::string_view what, double ns, std::string_view more = "") {
  fmt::print("  {:<58} {:>8.0f} ns{}\n", what, ns, more);
}

}  // namespace

int main() {
  const MasterKey master{Digest{1, 2, 3}};
  const TokenCodec codec{master, "candlewick"};
  const std::string key{bytes_of(master.derive("token access"))};
  const std::vector<std::string> tokens = issue_tokens(codec);
  for (const std::string& token : tokens) {
    const auto ours = codec.read(token, TokenKind::access, kNow);
    const auto peer = read_peer(token, key);
    if (!ours || !peer || *ours != *peer) {
      fmt::print(stderr, "token: the two readings disagree\n");
      return 1;
    }
  }

  std::size_t good = 0;
  const auto read_all = [&](TokenKind kind) {
    return [&, kind] {
      for (const std::string& token : tokens) good += codec.read(token, kind, kNow).has_value();
    };
  };
  fmt::print("reading access tokens of {} bytes\n", tokens[0].size());
  const std::uint64_t before = allocations.load();
  const double ours = best_ns_each(tokens.size(), read_all(TokenKind::access));
  const double each = static_cast<double>(allocations.load() - before) / kRounds / static_cast<double>(tokens.size());
  line("TokenCodec::read, a good one", ours, fmt::format(" (asked: under {:.0f})", kAskedNs));
  line("TokenCodec::read, one of another kind", best_ns_each(tokens.size(), read_all(TokenKind::refresh)));
  line("nlohmann::json and HMAC() (equal results)", best_ns_each(tokens.size(), [&] {
         for (const std::string& token : tokens) good += read_peer(token, key).has_value();
       }));
  fmt::print("  {:<58} {:>8.2f}\n", "allocations of ours a good one (its texts)", each);
  return good == 2 * kRounds * tokens.size() && ours < kAskedNs ? 0 : 1;
}
