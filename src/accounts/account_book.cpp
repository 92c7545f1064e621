#include "accounts/account_book.h"

#include <algorithm>
#include <mutex>

#include "accounts/email_address.h"
#include "accounts/secrets.h"

namespace cw::accounts {
namespace {

Scopes scopes_of_person(const records::User& user) { return {true, true, user.role == records::Role::admin}; }

Scopes scopes_of_key(const records::ApiKey& key) { return parse_scopes(key.scopes).value_or(Scopes{}); }

bool is_over(const std::optional<Timestamp>& end, Timestamp now) { return end && *end <= now; }

bool matches(const records::User& user, const std::string& email_key, const UserFilter& filter,
             const std::string& wanted) {
  if (filter.role && user.role != *filter.role) return false;
  if (filter.active && user.active != *filter.active) return false;
  return wanted.empty() || email_key.find(wanted) != std::string::npos;
}

}  // namespace

void AccountBook::load(std::vector<records::User> users, std::vector<records::Session> sessions,
                       std::vector<records::ApiKey> keys) {
  for (auto& user : users) put(std::move(user));
  for (auto& session : sessions) put(std::move(session));
  for (auto& key : keys) put(std::move(key));
}

UserPtr AccountBook::user_unlocked(std::string_view id) const {
  const auto found = users_.find(id);
  return found == users_.end() ? nullptr : found->second;
}

std::expected<Principal, Errc> AccountBook::person(std::string_view user_id, std::string_view session_id,
                                                   std::int64_t token_version, Timestamp now) const {
  const std::shared_lock lock{mutex_};
  const auto found = sessions_.find(session_id);
  if (found == sessions_.end()) return std::unexpected(Errc::session_ended);
  const SessionPtr& session = found->second.row;
  const UserPtr user = user_unlocked(user_id);
  if (!user || !user->active || session->user_id != user_id || session->expires_at <= now ||
      user->token_version != token_version)
    return std::unexpected(Errc::session_ended);
  found->second.used_ms->store(to_ms(now), std::memory_order_relaxed);
  return Principal{user, session, nullptr, scopes_of_person(*user), std::nullopt};
}

std::expected<Principal, Errc> AccountBook::program(std::string_view key_id, std::string_view secret_hash,
                                                    Timestamp now) const {
  const std::shared_lock lock{mutex_};
  const auto found = keys_.find(key_id);
  if (found == keys_.end() || !constant_time_equal(found->second.row->secret_hash, secret_hash))
    return std::unexpected(Errc::invalid_token);
  const ApiKeyPtr& key = found->second.row;
  if (is_over(key->expires_at, now)) return std::unexpected(Errc::token_expired);
  const UserPtr user = user_unlocked(key->user_id);
  if (!user || !user->active) return std::unexpected(Errc::session_ended);
  found->second.used_ms->store(to_ms(now), std::memory_order_relaxed);
  return Principal{user, nullptr, key, scopes_of_key(*key), key->expires_at};
}

bool AccountBook::still_holds(const Principal& principal, Timestamp now) const {
  const std::shared_lock lock{mutex_};
  const UserPtr user = user_unlocked(principal.user->id);
  if (!user || !user->active || user->role != principal.user->role) return false;
  if (is_over(principal.expires_at, now)) return false;
  if (principal.key) return keys_.contains(principal.key->id);
  const auto found = sessions_.find(principal.session->id);
  return found != sessions_.end() && found->second.row->expires_at > now &&
         user->token_version == principal.user->token_version;
}

UserPtr AccountBook::user(std::string_view id) const {
  const std::shared_lock lock{mutex_};
  return user_unlocked(id);
}

UserPtr AccountBook::user_by_email(std::string_view email) const {
  const std::string key = email_key(email);
  const std::shared_lock lock{mutex_};
  const auto found = by_email_.find(key);
  return found == by_email_.end() ? nullptr : found->second;
}

SessionPtr AccountBook::session(std::string_view id) const {
  const std::shared_lock lock{mutex_};
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.row;
}

ApiKeyPtr AccountBook::key(std::string_view id) const {
  const std::shared_lock lock{mutex_};
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : found->second.row;
}

std::vector<SessionPtr> AccountBook::sessions_of(std::string_view user_id, Timestamp now) const {
  std::vector<std::pair<std::int64_t, SessionPtr>> used;
  {
    const std::shared_lock lock{mutex_};
    const auto [first, last] = sessions_of_.equal_range(std::string{user_id});
    for (auto at = first; at != last; ++at) {
      const auto& entry = sessions_.find(at->second)->second;
      if (entry.row->expires_at <= now) continue;
      used.emplace_back(std::max(to_ms(entry.row->last_used_at), entry.used_ms->load(std::memory_order_relaxed)),
                        entry.row);
    }
  }
  std::ranges::sort(used, std::greater{}, [](const auto& one) { return std::pair{one.first, one.second->id}; });
  std::vector<SessionPtr> sessions;
  for (auto& [at, session] : used) sessions.push_back(std::move(session));
  return sessions;
}

std::vector<ApiKeyPtr> AccountBook::keys_of(std::string_view user_id) const {
  std::vector<ApiKeyPtr> keys;
  {
    const std::shared_lock lock{mutex_};
    for (const auto& [id, entry] : keys_) {
      if (entry.row->user_id == user_id) keys.push_back(entry.row);
    }
  }
  std::ranges::sort(keys, std::greater{}, [](const auto& key) { return std::pair{key->created_at, key->id}; });
  return keys;
}

UserPage AccountBook::list(const UserFilter& filter, std::string_view after, std::size_t limit) const {
  const std::string wanted = email_key(filter.search);
  UserPage page;
  const std::shared_lock lock{mutex_};
  for (const auto& [key, user] : by_email_) {
    if (!matches(*user, key, filter, wanted)) continue;
    ++page.total;
    if (!after.empty() && key <= after) continue;
    if (page.items.size() < limit) {
      page.items.push_back(user);
    } else if (!page.next) {
      page.next = email_key(page.items.back()->email);
    }
  }
  return page;
}

std::size_t AccountBook::users() const {
  const std::shared_lock lock{mutex_};
  return users_.size();
}

std::size_t AccountBook::active_admins() const {
  const std::shared_lock lock{mutex_};
  return static_cast<std::size_t>(std::ranges::count_if(
      users_, [](const auto& item) { return item.second->active && item.second->role == records::Role::admin; }));
}

AccountBook::Uses AccountBook::unsaved_uses(Millis grain) const {
  Uses uses;
  const std::shared_lock lock{mutex_};
  for (const auto& [id, entry] : sessions_) {
    const Timestamp used = from_ms(entry.used_ms->load(std::memory_order_relaxed));
    if (used < entry.row->last_used_at + grain) continue;
    uses.sessions.push_back(*entry.row);
    uses.sessions.back().last_used_at = used;
  }
  for (const auto& [id, entry] : keys_) {
    const Timestamp used = from_ms(entry.used_ms->load(std::memory_order_relaxed));
    if (used < entry.row->last_used_at.value_or(Timestamp{}) + grain) continue;
    uses.keys.push_back(*entry.row);
    uses.keys.back().last_used_at = used;
  }
  return uses;
}

std::optional<Timestamp> AccountBook::last_used(std::string_view id) const {
  const std::shared_lock lock{mutex_};
  if (const auto session = sessions_.find(id); session != sessions_.end()) {
    const std::int64_t used = session->second.used_ms->load(std::memory_order_relaxed);
    return std::max(session->second.row->last_used_at, from_ms(used));
  }
  if (const auto key = keys_.find(id); key != keys_.end()) {
    const std::int64_t used = key->second.used_ms->load(std::memory_order_relaxed);
    return used == 0 ? key->second.row->last_used_at : from_ms(used);
  }
  return std::nullopt;
}

void AccountBook::put(records::User user) {
  auto row = std::make_shared<const records::User>(std::move(user));
  const std::unique_lock lock{mutex_};
  // Addresses do not change, so there is no old entry to take out.
  by_email_.insert_or_assign(email_key(row->email), row);
  users_.insert_or_assign(row->id, std::move(row));
}

void AccountBook::take_out(const records::Session& session) {
  const auto [first, last] = sessions_of_.equal_range(session.user_id);
  const auto found = std::find_if(first, last, [&](const auto& item) { return item.second == session.id; });
  if (found == last) return;
  sessions_of_.erase(found);
  sessions_.erase(session.id);
}

void AccountBook::put(records::Session session) {
  const std::unique_lock lock{mutex_};
  if (session.ended_at) return take_out(session);
  const auto found = sessions_.find(session.id);
  auto row = std::make_shared<const records::Session>(std::move(session));
  if (found != sessions_.end()) {
    found->second.row = std::move(row);
    return;
  }
  // A new one is the time to forget those of the account that ended by themselves.
  std::vector<SessionPtr> expired;
  const auto [first, last] = sessions_of_.equal_range(row->user_id);
  for (auto at = first; at != last; ++at) {
    const SessionPtr& other = sessions_.find(at->second)->second.row;
    if (other->expires_at <= row->last_used_at) expired.push_back(other);
  }
  for (const SessionPtr& other : expired) take_out(*other);
  sessions_of_.emplace(row->user_id, row->id);
  const std::string id = row->id;
  sessions_.emplace(id, Entry<records::Session>{std::move(row), std::make_shared<std::atomic<std::int64_t>>(0)});
}

void AccountBook::put(records::ApiKey key) {
  const std::unique_lock lock{mutex_};
  if (key.revoked_at) {
    keys_.erase(key.id);
    return;
  }
  auto row = std::make_shared<const records::ApiKey>(std::move(key));
  const std::string id = row->id;
  if (const auto found = keys_.find(id); found != keys_.end()) {
    found->second.row = std::move(row);
    return;
  }
  keys_.emplace(id, Entry<records::ApiKey>{std::move(row), std::make_shared<std::atomic<std::int64_t>>(0)});
}

}  // namespace cw::accounts
