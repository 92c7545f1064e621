#include <fmt/format.h>

#include "accounts/api_keys.h"
#include "accounts/own_account.h"
#include "accounts/two_factor.h"
#include "api/account_desk.h"
#include "api/account_json.h"

// What keeps an account safe: its sessions, the second factor, its API keys, tickets for the socket. Persons only.
namespace cw::api {
namespace {

using Answer = net::Task<net::HttpResponse>;

constexpr std::size_t kPasswordBytes = 512;
constexpr std::size_t kCodeBytes = 32;
constexpr std::int64_t kKeyDaysMost = 3'650;
constexpr std::int64_t kKeyDays = 365;

// --- sessions

std::string session_text(const AccountDesk& desk, const records::Session& session, const Call& call) {
  return session_json(session, desk.accounts.book().last_used(session.id).value_or(session.last_used_at),
                      session.id == call.principal->session->id);
}

Answer list_sessions(AccountDesk& desk, const Call& call) {
  std::vector<std::string> items;
  for (const auto& session : desk.accounts.book().sessions_of(call.principal->user->id, desk.accounts.now()))
    items.push_back(session_text(desk, *session, call));
  co_return json_response(200, list_json(items));
}

Answer get_session(AccountDesk& desk, const Call& call) {
  const auto session = desk.accounts.book().session(call.path.at("id"));
  if (!session || session->user_id != call.principal->user->id || session->expires_at <= desk.accounts.now()) {
    co_return refusal({"not_found", fmt::format("There is no session {}; GET /api/auth/sessions lists them.",
                                                call.path.at("id").substr(0, 64))},
                      call);
  }
  co_return json_response(200, session_text(desk, *session, call));
}

Answer end_session(AccountDesk& desk, const Call& call) {
  co_return co_await done_from(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), user_id = call.principal->user->id, id = call.path.at("id")] {
        return accounts::end_session(accounts, origin, user_id, id);
      });
}

Answer end_others(AccountDesk& desk, const Call& call) {
  co_return co_await done_from(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), principal = *call.principal]() -> Result<void> {
        const auto ended = accounts::end_sessions(accounts, origin, principal.user->id, principal.session->id);
        if (!ended) return pass_on(ended);
        return {};
      });
}

// --- the second factor

std::string codes_json(const std::vector<std::string>& codes) {
  return fmt::format(R"({{"recovery_codes":["{}"]}})", fmt::join(codes, R"(",")"));
}

Answer begin_totp(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"password"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const std::string password = body.text("password", kPasswordBytes);
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await answer_from<accounts::TotpBegun>(
      desk, desk.passwords, call,
      [&accounts = desk.accounts, origin = call.origin(), principal = *call.principal, password] {
        return accounts::begin_totp(accounts, origin, principal, password);
      },
      [](const accounts::TotpBegun& begun) {
        return json_response(200, fmt::format(R"({{"secret":"{}","uri":"{}"}})", begun.secret, begun.uri));
      });
}

Answer confirm_totp(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"totp"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const std::string code = body.text("totp", kCodeBytes);
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await answer_from<std::vector<std::string>>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), principal = *call.principal, code] {
        return accounts::confirm_totp(accounts, origin, principal, code);
      },
      [](const std::vector<std::string>& codes) { return json_response(200, codes_json(codes)); });
}

Answer renew_codes(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"password"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const std::string password = body.text("password", kPasswordBytes);
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await answer_from<std::vector<std::string>>(
      desk, desk.passwords, call,
      [&accounts = desk.accounts, origin = call.origin(), principal = *call.principal, password] {
        return accounts::renew_recovery_codes(accounts, origin, principal, password);
      },
      [](const std::vector<std::string>& codes) { return json_response(200, codes_json(codes)); });
}

Answer disable_totp(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"password", "totp"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const std::string password = body.text("password", kPasswordBytes);
  const std::string code = body.text("totp", kCodeBytes);
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await done_from(
      desk, desk.passwords, call,
      [&accounts = desk.accounts, origin = call.origin(), principal = *call.principal, password, code] {
        return accounts::disable_totp(accounts, origin, principal, password, code);
      });
}

// --- API keys

Answer list_keys(AccountDesk& desk, const Call& call) {
  std::vector<std::string> items;
  for (const auto& key : desk.accounts.book().keys_of(call.principal->user->id))
    items.push_back(api_key_json(*key, desk.accounts.book().last_used(key->id)));
  co_return json_response(200, list_json(items));
}

Answer create_key(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"name", "scopes", "expires_in_days"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  accounts::NewApiKey wanted;
  wanted.name = body.text("name", 256);
  const auto scopes = body.texts("scopes", 3, 16);
  const std::int64_t days = body.whole("expires_in_days", 1, kKeyDaysMost).value_or(kKeyDays);
  if (body.fault()) co_return refusal(*body.fault(), call);
  const auto parsed =
      accounts::parse_scopes(fmt::format("{}", fmt::join(scopes.value_or(std::vector<std::string>{}), " ")));
  if (!parsed) co_return account_refusal(parsed.error(), call);
  wanted.scopes = *parsed;
  wanted.life = std::chrono::days{days};
  co_return co_await answer_from<accounts::CreatedApiKey>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), principal = *call.principal, wanted] {
        return accounts::create_api_key(accounts, origin, principal, wanted);
      },
      [](const accounts::CreatedApiKey& made) {
        std::string json = api_key_json(made.key, {});
        json.back() = ',';
        return json_response(201, json + fmt::format(R"("key":"{}"}})", made.text));
      });
}

Answer revoke_key(AccountDesk& desk, const Call& call) {
  co_return co_await done_from(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), user_id = call.principal->user->id, id = call.path.at("id")] {
        return accounts::revoke_api_key(accounts, origin, user_id, id);
      });
}

// --- the socket

Answer make_ticket(AccountDesk& desk, const Call& call) {
  if (const auto problem = refuse_body(call.request)) co_return refusal(*problem, call);
  const auto ticket = desk.tickets.make(desk.accounts, *call.principal);
  if (!ticket) co_return account_refusal(ticket.error(), call);
  co_return json_response(
      201, fmt::format(R"({{"ticket":"{}","expires_in":{}}})", *ticket, accounts::kTicketLife.count() / 1000));
}

}  // namespace

std::vector<Route> security_routes(AccountDesk& desk) {
  using accounts::Access;
  const auto with = [&desk](Answer (*handle)(AccountDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  return {
      {"/api/auth/sessions", {}, with(list_sessions), Access::session, "GET"},
      {"/api/auth/sessions", {}, with(end_others), Access::session, "DELETE"},
      {"/api/auth/sessions/{id}", {}, with(get_session), Access::session, "GET"},
      {"/api/auth/sessions/{id}", {}, with(end_session), Access::session, "DELETE"},
      {"/api/auth/totp", {}, with(begin_totp), Access::session, "POST"},
      {"/api/auth/totp/confirm", {}, with(confirm_totp), Access::session, "POST"},
      {"/api/auth/totp/recovery-codes", {}, with(renew_codes), Access::session, "POST"},
      {"/api/auth/totp/disable", {}, with(disable_totp), Access::session, "POST"},
      {"/api/auth/keys", {}, with(list_keys), Access::session, "GET"},
      {"/api/auth/keys", {}, with(create_key), Access::session, "POST"},
      {"/api/auth/keys/{id}", {}, with(revoke_key), Access::session, "DELETE"},
      {"/api/ws/ticket", {}, with(make_ticket), Access::session, "POST"},
  };
}

}  // namespace cw::api
