#include "accounts/secrets.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <sodium.h>

#include <cstdio>
#include <cstdlib>

#include "base/require.h"

namespace cw::accounts {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "candlewick: %s; without it nothing can be kept secret, so the program ends\n", what);
  std::abort();
}

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  if (!started) give_up("libsodium could not be started (is the machine without a source of randomness?)");
}

unsigned char* bytes_in(std::string_view text) {  // OpenSSL's parameters are never written to
  return reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
}

OSSL_PARAM sha256_name() {
  static char name[] = "SHA256";
  return OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
}

}  // namespace

void random_bytes(std::span<unsigned char> out) {
  start_sodium();
  randombytes_buf(out.data(), out.size());
}

std::string random_id(std::string_view prefix, std::size_t bytes) {
  static constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string id{prefix};
  const std::size_t letters = (bytes * 8 + 4) / 5;
  std::string chance(letters, '\0');
  random_bytes({reinterpret_cast<unsigned char*>(chance.data()), chance.size()});
  for (const char byte : chance) id += kLetters[static_cast<unsigned char>(byte) & 31];
  wipe(chance);
  return id;
}

Digest sha256(std::string_view bytes) {
  // OpenSSL's uses the processor's own instructions, which takes a fifth of libsodium's time: each signal is hashed.
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // for as long as the program runs
  Digest digest;
  if (sha256 == nullptr || EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, sha256, nullptr) != 1)
    give_up("OpenSSL offers no SHA-256");
  return digest;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::span<unsigned char> bytes) {
  if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

void wipe(std::string& text) {
  wipe({reinterpret_cast<unsigned char*>(text.data()), text.size()});
  text.clear();
}

void HmacKey::Free::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

HmacKey::HmacKey(std::string_view key) {
  EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  if (hmac == nullptr) give_up("OpenSSL offers no HMAC");
  prepared_.reset(EVP_MAC_CTX_new(hmac));  // keeps `hmac` alive by itself
  EVP_MAC_free(hmac);
  const OSSL_PARAM settings[] = {sha256_name(), OSSL_PARAM_construct_end()};
  // A null pointer would stand for "the key of before".
  if (!prepared_ || EVP_MAC_init(prepared_.get(), bytes_in(key.empty() ? "" : key), key.size(), settings) != 1) {
    give_up("OpenSSL could not prepare a key for HMAC-SHA-256");
  }
}

HmacKey::~HmacKey() = default;
HmacKey::HmacKey(HmacKey&&) noexcept = default;
HmacKey& HmacKey::operator=(HmacKey&&) noexcept = default;

Digest HmacKey::sign(std::string_view bytes) const {
  // A copy of the prepared state: many threads may sign at once, and none waits for another.
  const std::unique_ptr<evp_mac_ctx_st, Free> work{EVP_MAC_CTX_dup(prepared_.get())};
  Digest digest;
  std::size_t size = 0;
  if (!work || EVP_MAC_update(work.get(), bytes_in(bytes), bytes.size()) != 1 ||
      EVP_MAC_final(work.get(), digest.data(), &size, digest.size()) != 1 || size != digest.size()) {
    give_up("OpenSSL could not compute an HMAC-SHA-256");
  }
  return digest;
}

bool HmacKey::verify(std::string_view bytes, std::string_view mac) const {
  return constant_time_equal(bytes_of(sign(bytes)), mac);
}

Digest hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info) {
  EVP_KDF* const hkdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  EVP_KDF_CTX* const context = hkdf == nullptr ? nullptr : EVP_KDF_CTX_new(hkdf);
  const OSSL_PARAM settings[] = {
      sha256_name(), OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, bytes_in(key), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, bytes_in(salt), salt.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, bytes_in(info), info.size()), OSSL_PARAM_construct_end()};
  Digest derived;
  if (context == nullptr || EVP_KDF_derive(context, derived.data(), derived.size(), settings) != 1) {
    give_up("OpenSSL could not derive a key");
  }
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(hkdf);
  return derived;
}

}  // namespace cw::accounts
