#include "accounts/socket_tickets.h"

#include <algorithm>
#include <utility>

#include "accounts/secrets.h"

namespace cw::accounts {

void SocketTickets::forget_ended(Timestamp now) {
  std::erase_if(open_, [now](const auto& item) { return item.second.ends <= now; });
}

Result<std::string> SocketTickets::make(const Accounts& accounts, const Principal& principal) {
  const Timestamp now = accounts.now();
  const std::scoped_lock lock{mutex_};
  forget_ended(now);
  if (open_.size() >= kOpenMost) {
    Error error{Errc::busy, "Too many tickets wait to be used. Try again in 30 s."};
    error.retry_after_s = 30;
    return std::unexpected(std::move(error));
  }
  const auto is_same_session = [&](const auto& item) {
    return item.second.principal.session->id == principal.session->id;
  };
  if (static_cast<std::size_t>(std::ranges::count_if(open_, is_same_session)) >= kOpenMostOfSession) {
    open_.erase(std::ranges::min_element(
        open_, {}, [&](const auto& item) { return std::pair{!is_same_session(item), item.second.ends}; }));
  }
  const std::string id = random_id("t_");
  open_.emplace(id, Open{principal, now + kTicketLife});
  return accounts.tokens().issue(
      {TokenKind::ws_ticket, principal.user->id, principal.session->id, id, 0, now, now, now + kTicketLife});
}

std::expected<Principal, TokenRefusal> SocketTickets::spend(const Accounts& accounts, std::string_view ticket) {
  const Timestamp now = accounts.now();
  const auto claims = accounts.tokens().read(ticket, TokenKind::ws_ticket, now);
  if (!claims) return std::unexpected(refusal_of(claims.error()));
  const std::scoped_lock lock{mutex_};
  const auto found = open_.find(claims->id);
  if (found == open_.end()) return std::unexpected(TokenRefusal{Errc::invalid_token, "spent"});
  Principal principal = std::move(found->second.principal);
  open_.erase(found);
  if (!accounts.book().still_holds(principal, now))
    return std::unexpected(TokenRefusal{Errc::session_ended, code_name(Errc::session_ended)});
  return principal;
}

}  // namespace cw::accounts
