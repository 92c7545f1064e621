#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "accounts/accounts.h"
#include "accounts/socket_tickets.h"
#include "api/door.h"
#include "api/router.h"

namespace cw::api {

/// Decides who asks and whether they may: by the access token or API key of `Authorization: Bearer`, at the socket also by a
/// ticket among the sub-protocols. Refusals of whoever shows something go into the audit log. Called on the server's loop;
/// looks at nothing but memory.
class Gate {
 public:
  /// `metrics_token` empty: only loopback may do what `operate` says. All outlive the gate.
  Gate(accounts::Accounts& accounts, accounts::SocketTickets& tickets, std::string metrics_token);

  /// Finds who asks and puts it into the call. Where they may not: unauthorized, invalid_token (and its sisters), forbidden,
  /// insufficient_scope, session_required. Where the access is open, a token that is no good is as good as none.
  std::optional<Problem> admit(accounts::Access access, Call& call);

  /// Who opens a socket: none where nothing was shown, so that the first message has to. A ticket is spent.
  std::variant<std::optional<accounts::Principal>, Problem> admit_socket(const net::HttpRequest& request,
                                                                         const Visitor& visitor);

 private:
  using Found = std::variant<std::optional<accounts::Principal>, Problem>;
  Found find(const net::HttpRequest& request, const Visitor& visitor);
  bool may_operate(const Call& call) const;
  Problem refuse(const accounts::Origin& origin, std::string_view path, const accounts::TokenRefusal& refusal);

  accounts::Accounts& accounts_;
  accounts::SocketTickets& tickets_;
  std::string metrics_token_;
};

}  // namespace cw::api
