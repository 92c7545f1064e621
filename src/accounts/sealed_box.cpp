#include "accounts/sealed_box.h"

#include <sodium.h>

#include "accounts/encoding.h"
#include "base/require.h"

namespace cw::accounts {
namespace {

constexpr unsigned char kVersion = 1;
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kFront = 1 + kNonce;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == std::tuple_size_v<Digest>);

unsigned char* bytes_in(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_in(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

SealedBox::SealedBox(const MasterKey& key) : key_(key.derive("sealed box")) {}
SealedBox::~SealedBox() { wipe(key_); }

std::string SealedBox::seal(std::string_view plain, std::string_view context) const {
  CW_REQUIRE(plain.size() <= kPlainMost);
  std::string sealed(kFront + plain.size() + kTag, '\0');
  unsigned char* const bytes = bytes_in(sealed);
  bytes[0] = kVersion;
  random_bytes({bytes + 1, kNonce});
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + kFront, &size, bytes_in(plain), plain.size(), bytes_in(context),
                                             context.size(), nullptr, bytes + 1, key_.data());
  CW_REQUIRE(size == plain.size() + kTag);
  return to_base64url(sealed);
}

Result<std::string> SealedBox::open(std::string_view sealed, std::string_view context) const {
  const auto failed = [] {
    return fail(
        Errc::corrupt,
        "a sealed secret cannot be opened: it was changed, or sealed with another key file or for another place");
  };
  if (sealed.size() > (kFront + kPlainMost + kTag) * 4 / 3 + 1) return failed();
  const auto box = from_base64url(sealed);
  if (!box || box->size() < kFront + kTag || static_cast<unsigned char>(box->front()) != kVersion) return failed();
  const unsigned char* const bytes = bytes_in(std::string_view{*box});
  std::string plain(box->size() - kFront - kTag, '\0');
  unsigned long long size = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_in(plain), &size, nullptr, bytes + kFront, box->size() - kFront,
                                                 bytes_in(context), context.size(), bytes + 1, key_.data()) != 0) {
    return failed();
  }
  return plain;
}

}  // namespace cw::accounts
