#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accounts/access.h"

namespace cw::accounts {

/// Which accounts to list.
struct UserFilter {
  std::string search{};  // part of an e-mail address, in any letter case
  std::optional<records::Role> role{};
  std::optional<bool> active{};
};

struct UserPage {
  std::vector<UserPtr> items;       // by e-mail address
  std::optional<std::string> next;  // for `after`
  std::size_t total = 0;            // that match, on all pages
};

/// Every account, live session and API key, in memory: what each request is checked against, so that a revocation holds
/// from the next one. It follows the database: only AccountStore changes it, after the commit. Thread-safe; looking somebody
/// up takes a shared lock and allocates nothing.
class AccountBook {
 public:
  void load(std::vector<records::User> users, std::vector<records::Session> sessions,
            std::vector<records::ApiKey> keys);

  /// Who is behind a good access token. Errors: session_ended (ended, expired, unknown, disabled account, a password changed
  /// since)
  std::expected<Principal, Errc> person(std::string_view user_id, std::string_view session_id,
                                        std::int64_t token_version, Timestamp now) const;
  /// Who is behind an API key. Errors: invalid_token (unknown, another secret), token_expired, session_ended (revoked,
  /// disabled account)
  std::expected<Principal, Errc> program(std::string_view key_id, std::string_view secret_hash, Timestamp now) const;
  /// Whether what was granted to `principal` would be granted again, with the same role: for sockets, which stay open.
  bool still_holds(const Principal& principal, Timestamp now) const;

  UserPtr user(std::string_view id) const;
  UserPtr user_by_email(std::string_view email) const;
  SessionPtr session(std::string_view id) const;
  ApiKeyPtr key(std::string_view id) const;
  std::vector<SessionPtr> sessions_of(std::string_view user_id, Timestamp now) const;  // that last; newest use first
  std::vector<ApiKeyPtr> keys_of(std::string_view user_id) const;                      // newest first
  UserPage list(const UserFilter& filter, std::string_view after, std::size_t limit) const;
  std::size_t users() const;
  std::size_t active_admins() const;

  /// Sessions and keys that were used after what their rows say, by at least `grain`.
  struct Uses {
    std::vector<records::Session> sessions;
    std::vector<records::ApiKey> keys;
  };
  Uses unsaved_uses(Millis grain) const;

  /// When a session or key was used last, by `person` or `program`; none for a key that never was.
  std::optional<Timestamp> last_used(std::string_view session_or_key_id) const;

  void put(records::User user);
  /// An ended one is taken out, and what of the account's had expired when this one was used last.
  void put(records::Session session);
  void put(records::ApiKey key);  // a revoked one is taken out

 private:
  template <class Row>
  struct Entry {
    std::shared_ptr<const Row> row;
    std::shared_ptr<std::atomic<std::int64_t>> used_ms;  // 0: not since the start
  };
  struct TextHash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class Value>
  using ById = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

  UserPtr user_unlocked(std::string_view id) const;
  void take_out(const records::Session& session);

  mutable std::shared_mutex mutex_;
  ById<UserPtr> users_;
  std::map<std::string, UserPtr, std::less<>> by_email_;  // the key is in lower case
  ById<Entry<records::Session>> sessions_;
  ById<Entry<records::ApiKey>> keys_;
  std::unordered_multimap<std::string, std::string> sessions_of_;  // user id to session id
};

}  // namespace cw::accounts
