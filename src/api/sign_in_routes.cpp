#include <string>
#include <vector>

#include <fmt/format.h>

#include "accounts/one_time_links.h"
#include "accounts/own_account.h"
#include "api/account_desk.h"
#include "api/account_json.h"
#include "net/http_text.h"

// /api/auth/…: the ways in and out. The access token goes into the answer, the refresh token into a cookie that no script reads.
namespace cw::api {
namespace {

using accounts::Credentials;
using accounts::SignedIn;
using Answer = net::Task<net::HttpResponse>;

constexpr std::string_view kCookie = "__Host-candlewick_refresh";
constexpr std::size_t kEmailBytes = 254;
constexpr std::size_t kPasswordBytes = 512;
constexpr std::size_t kTokenBytes = 1024;
constexpr std::size_t kCodeBytes = 32;

std::string cookie(std::string_view value, std::int64_t seconds) {
  return fmt::format("{}={}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Strict", kCookie, value, seconds);
}

/// Every value of our cookie. Browsers send one: its name keeps others from setting another beside it.
std::vector<std::string> read_cookies(const net::HttpRequest& request) {
  std::vector<std::string> found;
  for (const auto& [name, value] : request.fields.all()) {
    if (!net::equal_without_case(name, "Cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      std::string_view item = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
      while (item.starts_with(' ')) item.remove_prefix(1);
      if (item.starts_with(kCookie) && item.size() > kCookie.size() && item[kCookie.size()] == '=')
        found.emplace_back(item.substr(kCookie.size() + 1));
    }
  }
  return found;
}

net::HttpResponse signed_in(const AccountDesk& desk, int status, const SignedIn& given) {
  auto response = json_response(status, signed_in_json(given));
  const auto seconds = (given.session_expires - desk.accounts.now()).count() / 1000;
  response.fields.add("Set-Cookie", cookie(given.refresh_token, seconds));
  return response;
}

/// Hashes, writes, and answers with the tokens.
Answer sign_in_by(AccountDesk& desk, const Call& call, int status, std::function<Result<SignedIn>()> work) {
  co_return co_await answer_from<SignedIn>(
      desk, desk.passwords, call, std::move(work),
      [&desk, status](const SignedIn& given) { return signed_in(desk, status, given); });
}

Answer set_up(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"token", "email", "password"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const std::string token = body.text("token", kTokenBytes);
  const Credentials wanted{body.text("email", kEmailBytes), body.text("password", kPasswordBytes)};
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await sign_in_by(desk, call, 201, [&accounts = desk.accounts, origin = call.origin(), token, wanted] {
    return accounts::set_up(accounts, origin, token, wanted);
  });
}

Answer register_account(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"email", "password", "invitation"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const Credentials wanted{body.text("email", kEmailBytes), body.text("password", kPasswordBytes)};
  const auto invitation = body.optional_text("invitation", kTokenBytes);
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await sign_in_by(desk, call, 201,
                                [&accounts = desk.accounts, origin = call.origin(), wanted, invitation] {
                                  return accounts::register_account(accounts, origin, wanted, invitation);
                                });
}

Answer login(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"email", "password", "totp"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const Credentials credentials{body.text("email", kEmailBytes), body.text("password", kPasswordBytes),
                                body.optional_text("totp", kCodeBytes)};
  if (body.fault()) co_return refusal(*body.fault(), call);
  // Who has to wait does so without a place in the queue.
  if (const auto may = desk.accounts.may_try(credentials.email, call.origin()); !may)
    co_return account_refusal(may.error(), call);
  co_return co_await sign_in_by(desk, call, 200, [&accounts = desk.accounts, origin = call.origin(), credentials] {
    return accounts::sign_in(accounts, origin, credentials);
  });
}

Answer refresh(AccountDesk& desk, const Call& call) {
  if (const auto problem = refuse_body(call.request)) co_return refusal(*problem, call);
  const std::vector<std::string> cookies = read_cookies(call.request);
  if (cookies.size() > 1) co_return refusal({"bad_request", "The session cookie is sent twice; send one."}, call);
  if (cookies.empty()) {
    co_return refusal({"unauthorized", "There is no session cookie. Sign in with POST /api/auth/login."}, call);
  }
  auto response = co_await answer_from<SignedIn>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), token = cookies[0]] {
        return accounts::refresh(accounts, origin, token);
      },
      [&desk](const SignedIn& given) { return signed_in(desk, 200, given); });
  // A cookie that is good for nothing any more is taken back.
  if (response.status == 401) response.fields.add("Set-Cookie", cookie("", 0));
  co_return response;
}

Answer reset(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"token", "password"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const std::string token = body.text("token", kTokenBytes);
  const std::string password = body.text("password", kPasswordBytes);
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await done_from(desk, desk.passwords, call,
                               [&accounts = desk.accounts, origin = call.origin(), token, password] {
                                 return accounts::reset_password(accounts, origin, token, password);
                               });
}

Answer logout(AccountDesk& desk, const Call& call) {
  if (const auto problem = refuse_body(call.request)) co_return refusal(*problem, call);
  auto response = co_await done_from(desk, desk.changes, call,
                                     [&accounts = desk.accounts, origin = call.origin(), principal = *call.principal] {
                                       return accounts::sign_out(accounts, origin, principal);
                                     });
  if (response.status == 204) response.fields.add("Set-Cookie", cookie("", 0));
  co_return response;
}

Answer me(AccountDesk&, const Call& call) { co_return json_response(200, user_json(*call.principal->user)); }

Answer change_password(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"current_password", "new_password", "end_other_sessions"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const std::string current = body.text("current_password", kPasswordBytes);
  const std::string wanted = body.text("new_password", kPasswordBytes);
  const bool ends_others = body.flag("end_other_sessions").value_or(false);
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await answer_from<SignedIn>(
      desk, desk.passwords, call,
      [&accounts = desk.accounts, origin = call.origin(), principal = *call.principal, current, wanted, ends_others] {
        return accounts::change_password(accounts, origin, principal, current, wanted, ends_others);
      },
      [](const SignedIn& given) { return json_response(200, signed_in_json(given)); });
}

}  // namespace

std::vector<Route> sign_in_routes(AccountDesk& desk) {
  using accounts::Access;
  const auto with = [&desk](Answer (*handle)(AccountDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  // A page of another site may neither sign anybody in nor use the cookie.
  const auto same_site = [&desk](Answer (*handle)(AccountDesk&, const Call&)) {
    return [&desk, handle](const Call& call) -> Answer {
      if (const auto problem = desk.door.refuse_cross_site(call.request, call.visitor))
        co_return refusal(*problem, call);
      co_return co_await handle(desk, call);
    };
  };
  return {
      {"/api/auth/setup", {}, same_site(set_up), Access::open, "POST"},
      {"/api/auth/register", {}, same_site(register_account), Access::open, "POST"},
      {"/api/auth/login", {}, same_site(login), Access::open, "POST"},
      {"/api/auth/refresh", {}, same_site(refresh), Access::open, "POST"},
      {"/api/auth/reset", {}, same_site(reset), Access::open, "POST"},
      {"/api/auth/logout", {}, with(logout), Access::session, "POST"},
      {"/api/auth/me", {}, with(me), Access::read, "GET"},
      {"/api/auth/password", {}, with(change_password), Access::session, "POST"},
  };
}

}  // namespace cw::api
