#include "api/account_json.h"

#include <fmt/format.h>

#include "accounts/encoding.h"
#include "base/json_text.h"

namespace cw::api {
namespace {

std::string text_or_null(const std::optional<std::string>& text) { return text ? json_string(*text) : "null"; }

std::optional<std::string> email_of(const accounts::AccountBook& book, const std::string& user_id) {
  const auto user = book.user(user_id);
  return user ? std::optional{user->email} : std::nullopt;
}

std::string_view or_null(const std::string& json) { return json.empty() ? "null" : std::string_view{json}; }

}  // namespace

std::string time_json(std::optional<Timestamp> time) { return time ? fmt::to_string(to_ms(*time)) : "null"; }

std::string list_json(const std::vector<std::string>& items, const std::optional<std::string>& next) {
  return fmt::format(R"({{"items":[{}],"next":{}}})", fmt::join(items, ","), text_or_null(next));
}

std::string user_json(const records::User& user) {
  return fmt::format(
      R"({{"id":"{}","email":{},"role":"{}","active":{},"created_at":{},"last_login":{},"telegram_chat_id":{},)"
      R"("telegram_enabled":{},"email_enabled":{},"totp_enabled":{}}})",
      user.id, json_string(user.email), records::name(user.role), user.active, to_ms(user.created_at),
      time_json(user.last_login), text_or_null(user.telegram_chat_id), user.telegram_enabled, user.email_enabled,
      user.totp_enabled);
}

std::string signed_in_json(const accounts::SignedIn& signed_in) {
  return fmt::format(R"({{"access_token":"{}","expires_in":{},"user":{}}})", signed_in.access_token,
                     signed_in.expires_in.count() / 1000, user_json(*signed_in.user));
}

std::string session_json(const records::Session& session, Timestamp last_used, bool is_current) {
  return fmt::format(
      R"({{"id":"{}","created_at":{},"last_used_at":{},"expires_at":{},"address":{},"user_agent":{},"current":{}}})",
      session.id, to_ms(session.created_at), to_ms(last_used), to_ms(session.expires_at), json_string(session.address),
      json_string(session.user_agent), is_current);
}

std::string api_key_json(const records::ApiKey& key, std::optional<Timestamp> last_used) {
  std::string scopes;
  for (std::string_view rest = key.scopes; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    scopes += fmt::format(R"({}"{}")", scopes.empty() ? "" : ",", word);
  }
  return fmt::format(R"({{"id":"{}","name":{},"scopes":[{}],"created_at":{},"expires_at":{},"last_used_at":{}}})",
                     key.id, json_string(key.name), scopes, to_ms(key.created_at), time_json(key.expires_at),
                     time_json(last_used));
}

std::string invitation_json(const records::Link& link, const accounts::AccountBook& book) {
  return fmt::format(R"({{"id":"{}","email":{},"role":"{}","created_by":{},"created_at":{},"expires_at":{}}})", link.id,
                     text_or_null(link.email), records::name(link.role.value_or(records::Role::user)),
                     json_string(email_of(book, link.created_by).value_or(link.created_by)), to_ms(link.created_at),
                     to_ms(link.expires_at));
}

std::string audit_json(const records::AuditRow& row, const accounts::AccountBook& book) {
  return fmt::format(
      R"({{"sequence":{},"at":{},"actor":{},"actor_email":{},"action":{},"target":{},"target_email":{},"outcome":{},)"
      R"("before":{},"after":{},"address":{},"request_id":{},"hash":"{}"}})",
      row.sequence, to_ms(row.at), json_string(row.actor), text_or_null(email_of(book, row.actor)),
      json_string(row.action), json_string(row.target), text_or_null(email_of(book, row.target)),
      json_string(row.outcome), or_null(row.before_json), or_null(row.after_json), json_string(row.address),
      json_string(row.request_id), accounts::to_hex(row.hash));
}

}  // namespace cw::api
