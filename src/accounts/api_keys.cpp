#include "accounts/api_keys.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/encoding.h"
#include "base/json_text.h"

namespace cw::accounts {
namespace {

constexpr std::string_view kIdPrefix = "k_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kTextMost = 128;
constexpr std::size_t kNameBytes = 64;

std::string as_json(const records::ApiKey& key) {
  return fmt::format(R"({{"name":{},"scopes":{}}})", json_string(key.name), json_string(key.scopes));
}

Result<void> check(const NewApiKey& wanted, const Principal& principal) {
  const bool is_printable =
      std::ranges::none_of(wanted.name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (wanted.name.empty() || wanted.name.size() > kNameBytes || !is_printable)
    return std::unexpected(
        Error{Errc::bad_parameter, "A key needs a name of 1 to 64 bytes, without control characters.", {}, "name"});
  if (wanted.scopes == Scopes{})
    return std::unexpected(Error{Errc::bad_parameter, "A key needs at least one scope.", {}, "scopes"});
  if (wanted.scopes.admin && !principal.is_admin())
    return std::unexpected(
        Error{Errc::forbidden, "Only an administrator's key may have the scope 'admin'.", {}, "scopes"});
  return {};
}

}  // namespace

std::optional<ApiKeyParts> parse_api_key(std::string_view text) {
  if (!text.starts_with(kApiKeyPrefix) || text.size() > kTextMost) return std::nullopt;
  text.remove_prefix(kApiKeyPrefix.size());
  const std::size_t bar = text.find('_');
  if (bar == 0 || bar == std::string_view::npos) return std::nullopt;
  const auto secret = from_base64url(text.substr(bar + 1));
  if (!secret || secret->size() != kSecretBytes) return std::nullopt;
  return ApiKeyParts{std::string{kIdPrefix}.append(text.substr(0, bar)), std::string{bytes_of(sha256(*secret))}};
}

Result<CreatedApiKey> create_api_key(Accounts& accounts, const Origin& origin, const Principal& principal,
                                     const NewApiKey& wanted) {
  if (const auto good = check(wanted, principal); !good) return pass_on(good);
  std::string secret(kSecretBytes, '\0');
  random_bytes({reinterpret_cast<unsigned char*>(secret.data()), secret.size()});
  CreatedApiKey made;
  records::ApiKey& key = made.key;
  key.id = random_id("k_");
  key.user_id = principal.user->id;
  key.name = wanted.name;
  key.secret_hash = bytes_of(sha256(secret));
  key.scopes = to_text(wanted.scopes);
  key.created_at = accounts.now();
  if (wanted.life) key.expires_at = key.created_at + *wanted.life;
  made.text = fmt::format("{}{}_{}", kApiKeyPrefix, key.id.substr(kIdPrefix.size()), to_base64url(secret));
  const auto done = accounts.store().change([&]() -> Result<Change> {
    if (const auto granted = accounts.still_granted(principal); !granted) return pass_on(granted);
    if (accounts.book().keys_of(key.user_id).size() >= kKeysMost) {
      return fail(Errc::limit_exceeded,
                  fmt::format("This account has {} API keys, which is the limit. Revoke one first.", kKeysMost));
    }
    Change change;
    change.new_keys.push_back(key);
    change.events.push_back({origin, "key.created", key.id, "done", {}, as_json(key)});
    return change;
  });
  if (!done) return pass_on(done);
  return made;
}

Result<void> revoke_api_key(Accounts& accounts, const Origin& origin, const std::string& user_id,
                            const std::string& key_id) {
  return accounts.store().change([&]() -> Result<Change> {
    const ApiKeyPtr key = accounts.book().key(key_id);
    if (!key || key->user_id != user_id)
      return fail(Errc::not_found,
                  fmt::format("There is no API key {}; GET /api/auth/keys lists them.", key_id.substr(0, 64)));
    Change change;
    change.keys.push_back(*key);
    change.keys.back().revoked_at = accounts.now();
    change.events.push_back({origin, "key.revoked", key_id, "done", as_json(*key), {}});
    change.revoked_of.push_back(user_id);
    return change;
  });
}

}  // namespace cw::accounts
