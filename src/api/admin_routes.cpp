#include <fmt/format.h>

#include "accounts/user_admin.h"
#include "api/account_desk.h"
#include "api/account_json.h"
#include "base/number.h"

// /api/admin/…: accounts, invitations, the audit log.
namespace cw::api {
namespace {

using Answer = net::Task<net::HttpResponse>;

constexpr std::int64_t kUsersMost = 10'000;
constexpr std::int64_t kAuditMost = 500;
constexpr std::int64_t kPageDefault = 100;
constexpr std::int64_t kInvitationDays = 7;
constexpr std::int64_t kInvitationDaysMost = 30;

Problem bad(const char* field, std::string sentence) { return {"bad_parameter", std::move(sentence), field}; }

std::variant<std::int64_t, Problem> read_limit(const Call& call, std::int64_t most) {
  const std::string* const text = call.query_value("limit");
  if (text == nullptr) return kPageDefault;
  const auto limit = parse_int(*text);
  if (limit && *limit >= 1 && *limit <= most) return *limit;
  return bad("limit", fmt::format("'limit' must be a whole number from 1 to {}.", most));
}

std::string text_of(const Call& call, std::string_view name) {
  const std::string* const text = call.query_value(name);
  return text == nullptr ? std::string{} : *text;
}

/// A whole address for a one-time link; the token stands behind the `#`, which browsers send to nobody.
std::string address_of(const AccountDesk& desk, const Call& call, records::LinkKind kind, const std::string& token) {
  const std::string& known = desk.door.settings().public_origin;
  return fmt::format("{}{}#{}", known.empty() ? call.visitor.origin : known, accounts::page_of(kind), token);
}

net::HttpResponse made(const accounts::MadeLink& link, const std::string& address) {
  return json_response(
      201, fmt::format(R"({{"id":"{}","link":"{}","expires_at":{}}})", link.id, address, to_ms(link.expires_at)));
}

Answer list_users(AccountDesk& desk, const Call& call) {
  accounts::UserFilter filter;
  filter.search = text_of(call, "search");
  if (const std::string* const role = call.query_value("role")) {
    filter.role = records::parse_role(*role);
    if (!filter.role) co_return refusal(bad("role", "'role' is user or admin."), call);
  }
  if (const std::string* const active = call.query_value("active")) {
    if (*active != "true" && *active != "false") co_return refusal(bad("active", "'active' is true or false."), call);
    filter.active = *active == "true";
  }
  const auto limit = read_limit(call, kUsersMost);
  if (const auto* problem = std::get_if<Problem>(&limit)) co_return refusal(*problem, call);
  const auto page = desk.accounts.book().list(filter, text_of(call, "after"),
                                              static_cast<std::size_t>(std::get<std::int64_t>(limit)));
  std::vector<std::string> items;
  items.reserve(page.items.size());
  for (const auto& user : page.items) items.push_back(user_json(*user));
  std::string json = list_json(items, page.next);
  json.back() = ',';
  co_return json_response(200, json + fmt::format(R"("total":{}}})", page.total));
}

Answer get_user(AccountDesk& desk, const Call& call) {
  const auto user = desk.accounts.book().user(call.path.at("id"));
  if (!user) {
    co_return refusal({"not_found", fmt::format("There is no account {}; GET /api/admin/users lists them.",
                                                call.path.at("id").substr(0, 64))},
                      call);
  }
  co_return json_response(200, user_json(*user));
}

Answer change_user(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"role", "active"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  accounts::UserChange wanted;
  if (const auto role = body.optional_text("role", 16)) {
    wanted.role = records::parse_role(*role);
    if (!wanted.role) co_return refusal(bad("role", "'role' is user or admin."), call);
  }
  wanted.active = body.flag("active");
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await answer_from<accounts::UserPtr>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), id = call.path.at("id"), wanted] {
        return accounts::change_user(accounts, origin, id, wanted);
      },
      [](const accounts::UserPtr& user) { return json_response(200, user_json(*user)); });
}

Answer end_sessions(AccountDesk& desk, const Call& call) {
  co_return co_await done_from(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), id = call.path.at("id")]() -> Result<void> {
        if (!accounts.book().user(id))
          return fail(Errc::not_found, fmt::format("There is no account {}.", id.substr(0, 64)));
        const auto ended = accounts::end_sessions(accounts, origin, id);
        if (!ended) return pass_on(ended);
        return {};
      });
}

Answer make_reset_link(AccountDesk& desk, const Call& call) {
  if (const auto problem = refuse_body(call.request)) co_return refusal(*problem, call);
  co_return co_await answer_from<accounts::MadeLink>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), id = call.path.at("id")] {
        return accounts::make_reset_link(accounts, origin, id);
      },
      [&](const accounts::MadeLink& link) {
        return made(link, address_of(desk, call, records::LinkKind::reset, link.token));
      });
}

Answer list_invitations(AccountDesk& desk, const Call& call) {
  co_return co_await answer_from<std::vector<records::Link>>(
      desk, desk.changes, call,
      [&accounts = desk.accounts] { return accounts.store().open_links(records::LinkKind::invitation); },
      [&desk](const std::vector<records::Link>& links) {
        std::vector<std::string> items;
        for (const auto& link : links) items.push_back(invitation_json(link, desk.accounts.book()));
        return json_response(200, list_json(items));
      });
}

Answer invite(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"email", "role", "expires_in_days"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  accounts::Invitation wanted;
  wanted.email = body.optional_text("email", 254);
  if (const auto role = body.optional_text("role", 16)) {
    const auto parsed = records::parse_role(*role);
    if (!parsed) co_return refusal(bad("role", "'role' is user or admin."), call);
    wanted.role = *parsed;
  }
  wanted.life = std::chrono::days{body.whole("expires_in_days", 1, kInvitationDaysMost).value_or(kInvitationDays)};
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await answer_from<accounts::MadeLink>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), wanted] {
        return accounts::invite(accounts, origin, wanted);
      },
      [&](const accounts::MadeLink& link) {
        return made(link, address_of(desk, call, records::LinkKind::invitation, link.token));
      });
}

Answer revoke_invitation(AccountDesk& desk, const Call& call) {
  co_return co_await done_from(desk, desk.changes, call,
                               [&accounts = desk.accounts, origin = call.origin(), id = call.path.at("id")] {
                                 return accounts::revoke_invitation(accounts, origin, id);
                               });
}

Answer list_audit(AccountDesk& desk, const Call& call) {
  const auto limit = read_limit(call, kAuditMost);
  if (const auto* problem = std::get_if<Problem>(&limit)) co_return refusal(*problem, call);
  const auto count = static_cast<std::size_t>(std::get<std::int64_t>(limit));
  std::optional<std::int64_t> before;
  if (const std::string* const after = call.query_value("after")) {
    before = parse_int(*after);
    if (!before) co_return refusal(bad("after", "'after' is the 'next' of the page before."), call);
  }
  records::AuditFilter filter;
  if (const std::string* const actor = call.query_value("actor")) filter.actor = *actor;
  if (const std::string* const action = call.query_value("action")) filter.action_prefix = *action;
  if (const std::string* const target = call.query_value("target")) filter.target = *target;
  co_return co_await answer_from<std::vector<records::AuditRow>>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, filter, before, count] {
        return accounts.store().audit_page(filter, before, static_cast<int>(count) + 1);
      },
      [&desk, count](const std::vector<records::AuditRow>& rows) {
        std::vector<std::string> items;
        for (std::size_t i = 0; i < std::min(count, rows.size()); ++i)
          items.push_back(audit_json(rows[i], desk.accounts.book()));
        const bool has_more = rows.size() > count;
        return json_response(
            200, list_json(items, has_more ? std::optional{fmt::to_string(rows[count - 1].sequence)} : std::nullopt));
      });
}

}  // namespace

std::vector<Route> admin_routes(AccountDesk& desk) {
  using accounts::Access;
  const auto with = [&desk](Answer (*handle)(AccountDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  return {
      {"/api/admin/users", {"search", "role", "active", "after", "limit"}, with(list_users), Access::admin, "GET"},
      {"/api/admin/users/{id}", {}, with(get_user), Access::admin, "GET"},
      {"/api/admin/users/{id}", {}, with(change_user), Access::admin, "PUT"},
      {"/api/admin/users/{id}/sessions", {}, with(end_sessions), Access::admin, "DELETE"},
      {"/api/admin/users/{id}/reset", {}, with(make_reset_link), Access::admin, "POST"},
      {"/api/admin/invitations", {}, with(list_invitations), Access::admin, "GET"},
      {"/api/admin/invitations", {}, with(invite), Access::admin, "POST"},
      {"/api/admin/invitations/{id}", {}, with(revoke_invitation), Access::admin, "DELETE"},
      {"/api/admin/audit", {"actor", "action", "target", "after", "limit"}, with(list_audit), Access::admin, "GET"},
  };
}

}  // namespace cw::api
