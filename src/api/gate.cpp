#include "api/gate.h"

#include <utility>

#include "accounts/secrets.h"
#include "base/printable.h"
#include "net/http_text.h"

namespace cw::api {
namespace {

using accounts::Access;
using accounts::Principal;

constexpr std::string_view kTicketPrefix = "ticket.";
constexpr std::size_t kPathBytes = 200;

/// The token of `Authorization: Bearer …`; empty where another scheme, or nothing, is sent.
std::string_view bearer_of(const net::HttpRequest& request) {
  const std::string_view value = request.fields.get("Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  if (value.size() <= kScheme.size() || !net::equal_without_case(value.substr(0, kScheme.size()), kScheme)) return {};
  return net::trim_blanks(value.substr(kScheme.size()));
}

/// The ticket among the sub-protocols that a browser offers.
std::string_view ticket_of(const net::HttpRequest& request) {
  for (std::string_view rest = request.fields.get("Sec-WebSocket-Protocol"); !rest.empty();) {
    const std::string_view item = net::take_list_item(rest);
    if (item.starts_with(kTicketPrefix)) return item.substr(kTicketPrefix.size());
  }
  return {};
}

accounts::Origin origin_of(const net::HttpRequest& request, const Visitor& visitor) {
  return {"stranger", visitor.address, visitor.network, std::string{request.fields.get("User-Agent")},
          request.request_id};
}

Problem nobody() {
  return {
      "unauthorized",
      "This needs a sign-in: send 'Authorization: Bearer' with an access token (POST /api/auth/login) or an API key."};
}

}  // namespace

Gate::Gate(accounts::Accounts& accounts, accounts::SocketTickets& tickets, std::string metrics_token)
    : accounts_(accounts), tickets_(tickets), metrics_token_(std::move(metrics_token)) {}

Problem Gate::refuse(const accounts::Origin& origin, std::string_view path, const accounts::TokenRefusal& refusal) {
  // That a token has expired is everybody's everyday.
  if (refusal.code != Errc::token_expired) {
    accounts_.store().refused({origin, "access", printable(path, kPathBytes), std::string{refusal.reason}});
  }
  Problem problem = problem_of(accounts::error_of(refusal));
  problem.reason = refusal.reason;
  return problem;
}

Gate::Found Gate::find(const net::HttpRequest& request, const Visitor& visitor) {
  const std::string_view bearer = bearer_of(request);
  if (bearer.empty()) return std::optional<Principal>{};
  auto principal = accounts_.authenticate(bearer);
  if (!principal) return refuse(origin_of(request, visitor), request.path(), principal.error());
  return std::optional{std::move(*principal)};
}

bool Gate::may_operate(const Call& call) const {
  if (call.visitor.is_local) return true;
  const std::string_view bearer = bearer_of(call.request);
  return !metrics_token_.empty() && accounts::constant_time_equal(bearer, metrics_token_);
}

std::optional<Problem> Gate::admit(Access access, Call& call) {
  if (access == Access::socket) return std::nullopt;
  if (access == Access::operate && may_operate(call)) return std::nullopt;
  if (access == Access::open) {
    if (auto principal = accounts_.authenticate(bearer_of(call.request))) call.principal = std::move(*principal);
    return std::nullopt;
  }
  auto found = find(call.request, call.visitor);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  call.principal = std::move(std::get<std::optional<Principal>>(found));
  if (!call.principal) return nobody();
  const std::optional<Errc> refused =
      access == Access::operate ? Errc::forbidden : accounts::refusal(access, *call.principal);
  if (!refused) return std::nullopt;
  accounts_.store().refused(
      {call.origin(), "access", printable(call.request.path(), kPathBytes), std::string{code_name(*refused)}});
  return Problem{std::string{code_name(*refused)}, accounts::refusal_sentence(*refused, access)};
}

std::variant<std::optional<Principal>, Problem> Gate::admit_socket(const net::HttpRequest& request,
                                                                   const Visitor& visitor) {
  const std::string_view ticket = ticket_of(request);
  if (ticket.empty() || !bearer_of(request).empty()) return find(request, visitor);
  auto principal = tickets_.spend(accounts_, ticket);
  if (!principal) return refuse(origin_of(request, visitor), request.path(), principal.error());
  return std::optional{std::move(*principal)};
}

}  // namespace cw::api
