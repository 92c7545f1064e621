#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_mac_ctx_st;  // OpenSSL's

namespace cw::accounts {

// The few primitives that everything else in this room is made of. They come from libsodium and OpenSSL; none is our own.
// A library that cannot start, or a machine without randomness, ends the program with a sentence: nothing safe is left to
// do. All functions may be called from any thread.

using Digest = std::array<unsigned char, 32>;

/// The same bytes as a text, for the functions that take one.
inline std::string_view bytes_of(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Fills `out` with bytes that nobody can foresee (the kernel's generator).
void random_bytes(std::span<unsigned char> out);

/// A new name that nobody can guess or meet twice: `u_` and 20 letters for random_id("u_"). The letters are 0-9 and a-z
/// without i, l, o and u, five bits each; `bytes` says how much chance is in it (12: 96 bits, for names; 32 for a key).
/// Source  D. Crockford, Base 32 (the alphabet)
std::string random_id(std::string_view prefix, std::size_t bytes = 12);

/// Source  FIPS 180-4
Digest sha256(std::string_view bytes);

/// Whether both are the same, in a time that depends on their lengths alone. Texts of different lengths are not.
bool constant_time_equal(std::string_view a, std::string_view b);

/// Overwrites with zeros, also where the compiler sees no reason to.
void wipe(std::span<unsigned char> bytes);
/// The same, and leaves the text empty. Copies made before, by anybody, stay.
void wipe(std::string& text);

/// A key for HMAC-SHA-256 whose work on the key is done once. One object serves many threads.
///
/// Cost    300 bytes: about 0.7 us, a copy of the prepared state included (1.2 us when the key is prepared each time)
/// Source  RFC 2104, FIPS 198-1
class HmacKey {
 public:
  /// `key` of any length; keys of ours have 32 bytes.
  explicit HmacKey(std::string_view key);
  ~HmacKey();
  HmacKey(HmacKey&&) noexcept;
  HmacKey& operator=(HmacKey&&) noexcept;

  Digest sign(std::string_view bytes) const;
  /// Whether `mac` is what sign(bytes) gives, compared in constant time.
  bool verify(std::string_view bytes, std::string_view mac) const;

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
  };
  std::unique_ptr<evp_mac_ctx_st, Free> prepared_;
};

/// 32 bytes of key for `info`, made from the secret `key`: different infos give keys that tell nothing about each other.
/// Source  RFC 5869 (HKDF) with SHA-256
Digest hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info);

}  // namespace cw::accounts
