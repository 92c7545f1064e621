#pragma once

#include <string>
#include <string_view>

#include "accounts/master_key.h"
#include "base/error.h"

namespace cw::accounts {

/// Encrypts small secrets for the database: seeds of second factors, tokens of channels. What it gives is base64url text.
///
/// `context` says where a secret belongs, e.g. "totp u_4k…": it is not stored, and a text that was moved to another row
/// does not open there. The same secret never gives the same text twice.
///
/// Shape   a byte for the version, 24 bytes nonce, as many bytes as the secret has, 16 bytes tag; how long a secret is can
///         be seen
/// Source  XChaCha20-Poly1305 of libsodium; draft-irtf-cfrg-xchacha-03; random nonces of 192 bits never meet
class SealedBox {
 public:
  static constexpr std::size_t kPlainMost = 64 * 1024;

  explicit SealedBox(const MasterKey& key);
  ~SealedBox();
  SealedBox(const SealedBox&) = delete;
  SealedBox& operator=(const SealedBox&) = delete;

  /// `plain` of at most kPlainMost bytes.
  std::string seal(std::string_view plain, std::string_view context) const;

  /// Errors  corrupt: sealed by another key or for another context, cut, changed, or no sealed text at all. Which of
  ///         these is not known; the message does not hold the text
  Result<std::string> open(std::string_view sealed, std::string_view context) const;

 private:
  Digest key_;
};

}  // namespace cw::accounts
