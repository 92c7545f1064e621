#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accounts/accounts.h"

// API keys for programs: `cw_`, the key's id without its prefix, `_`, a secret of 256 bits. Of the secret only a hash is
// kept, so a key is shown once.
namespace cw::accounts {

constexpr std::string_view kApiKeyPrefix = "cw_";

struct ApiKeyParts {
  std::string id;
  std::string secret_hash;
};
/// None where the text has not the form of a key.
std::optional<ApiKeyParts> parse_api_key(std::string_view text);

struct NewApiKey {
  std::string name;
  Scopes scopes;
  std::optional<Millis> life{};  // none: for ever
};
struct CreatedApiKey {
  records::ApiKey key;
  std::string text;  // the secret one
};
/// Errors  bad_parameter (name, scopes), forbidden for the scope `admin` of who is none, limit_exceeded at kKeysMost
Result<CreatedApiKey> create_api_key(Accounts& accounts, const Origin& origin, const Principal& principal,
                                     const NewApiKey& wanted);
/// Errors  not_found where it is not the account's
Result<void> revoke_api_key(Accounts& accounts, const Origin& origin, const std::string& user_id,
                            const std::string& key_id);

}  // namespace cw::accounts
