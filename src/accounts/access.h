#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "records/api_keys.h"
#include "records/sessions.h"
#include "records/users.h"

namespace cw::accounts {

/// Who may ask: one word for each way, the same as `x-access` in docs/openapi.yaml.
enum class Access : std::uint8_t {
  open,     // `public`: anybody
  operate,  // `operator`: loopback, or whoever has the metrics token
  read,     // a person, or an API key with the scope
  write,    // the same
  admin,    // an administrator, or an administrator's API key with the scope
  session,  // a person, never an API key
  socket,   // the WebSocket, which has ways of its own
};
std::string_view name(Access access);

/// What an API key may do. No scope contains another; a person has `read` and `write`, and an administrator `admin` too.
struct Scopes {
  bool read = false;
  bool write = false;
  bool admin = false;
  friend bool operator==(const Scopes&, const Scopes&) = default;
};
/// `read write`; the words of a stored key.
std::string to_text(const Scopes& scopes);
/// Errors  bad_parameter (field `scopes`) for a word that is none
Result<Scopes> parse_scopes(std::string_view blank_separated);

using UserPtr = std::shared_ptr<const records::User>;
using SessionPtr = std::shared_ptr<const records::Session>;
using ApiKeyPtr = std::shared_ptr<const records::ApiKey>;

/// Whoever asks, as the account book knew them when they asked. Either a session or an API key is behind it.
struct Principal {
  UserPtr user;
  SessionPtr session{};  // of a person
  ApiKeyPtr key{};       // of a program
  Scopes scopes{};
  std::optional<Timestamp> expires_at{};  // of the token or key it came with

  bool is_person() const { return session != nullptr; }
  bool is_admin() const { return user->role == records::Role::admin; }
};

/// Whether a principal may; the code says why not: forbidden, insufficient_scope, session_required.
/// `open`, `operate` and `socket` are decided elsewhere and always pass here.
std::optional<Errc> refusal(Access access, const Principal& principal);

/// The sentence for a code of `refusal`.
std::string refusal_sentence(Errc code, Access access);

/// Where something was asked from: for sessions and for the audit log.
struct Origin {
  std::string actor = "stranger";  // id of an account, or `cli`, `system`, `stranger`
  std::string address{};
  std::string network{};  // what failures are counted by: the address, but of IPv6 its /64
  std::string user_agent{};
  std::string request_id{};
};

}  // namespace cw::accounts
