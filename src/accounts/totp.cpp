#include "accounts/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <fmt/format.h>

#include "accounts/encoding.h"
#include "base/require.h"

namespace cw::accounts {
namespace {

constexpr std::int64_t kStepMs = 30'000;
constexpr std::size_t kDigits = 6, kSecretBytes = 20, kRecoveryBytes = 15, kRecoveryLetters = 24;

std::string random_text(std::size_t size) {
  std::string bytes(size, '\0');
  random_bytes({reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()});
  return bytes;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

std::string new_totp_secret() { return random_text(kSecretBytes); }

std::int64_t totp_step(Timestamp now) {
  const std::int64_t ms = to_ms(now);
  return ms / kStepMs - (ms % kStepMs < 0 ? 1 : 0);
}

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> counter;
  for (std::size_t i = 0; i < counter.size(); ++i) {
    counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  }
  std::array<unsigned char, 20> mac;
  unsigned size = 0;
  CW_REQUIRE(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
                  mac.data(), &size) != nullptr);
  const std::size_t at = mac[19] & 15;  // RFC 4226, section 5.3
  const std::uint32_t number = (mac[at] & 0x7fU) << 24 | mac[at + 1] << 16 | mac[at + 2] << 8 | mac[at + 3];
  return fmt::format("{:06}", number % 1'000'000);
}

std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code, Timestamp now,
                                       std::int64_t last_step) {
  std::string digits;
  for (const char c : code) {
    if (c == ' ') continue;
    if (c < '0' || c > '9' || digits.size() == kDigits) return std::nullopt;
    digits += c;
  }
  if (digits.size() != kDigits) return std::nullopt;
  // All three are computed and compared, whichever matches. Where two do, the later counts: the code is used up for both.
  std::optional<std::int64_t> matched;
  for (std::int64_t step = totp_step(now) - 1; step <= totp_step(now) + 1; ++step) {
    const bool equal = constant_time_equal(totp_code(secret, step), digits);
    if (equal && step > last_step) matched = step;
  }
  return matched;
}

std::string otpauth_address(std::string_view issuer, std::string_view account, std::string_view secret) {
  const std::string name = percent_encoded(issuer);
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period=30", name,
                     percent_encoded(account), to_base32(secret), name);
}

std::vector<std::string> new_recovery_codes() {
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    std::string code = *normalise_recovery_code(to_base32(random_text(kRecoveryBytes)));
    for (std::size_t dash = kRecoveryLetters - 4; dash > 0; dash -= 4) code.insert(dash, 1, '-');
    codes.push_back(std::move(code));
  }
  return codes;
}

std::optional<std::string> normalise_recovery_code(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    const char letter = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool known = (letter >= 'a' && letter <= 'z') || (letter >= '2' && letter <= '7');
    if (!known || code.size() == kRecoveryLetters) return std::nullopt;
    code += letter;
  }
  if (code.size() != kRecoveryLetters) return std::nullopt;
  return code;
}

std::optional<Digest> recovery_code_hash(std::string_view code) {
  const auto normal = normalise_recovery_code(code);
  if (!normal) return std::nullopt;
  return sha256(*normal);
}

}  // namespace cw::accounts
