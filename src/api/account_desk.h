#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "accounts/accounts.h"
#include "accounts/sign_in.h"
#include "accounts/socket_tickets.h"
#include "api/door.h"
#include "api/json_body.h"
#include "api/router.h"
#include "api/worker_pool.h"

namespace cw::api {

/// What the routes of accounts work with. Passwords are hashed by two threads of their own, beside which at most 32 wait;
/// changes that only wait for the disk have another. All outlive the routes.
struct AccountDesk {
  accounts::Accounts& accounts;
  accounts::SocketTickets& tickets;
  const Door& door;
  net::Runtime& runtime;
  WorkerPool& passwords;
  WorkerPool& changes;
  /// The instrument that a person means, with its venue. Called on the loop.
  std::function<Result<std::string>(std::string_view)> resolve_symbol;
};

constexpr std::size_t kPasswordsAtOnce = 2;
constexpr std::size_t kPasswordsWaiting = 32;

/// /api/auth/…, without sessions, two-factor and keys.
std::vector<Route> sign_in_routes(AccountDesk& desk);
/// /api/auth/sessions, /api/auth/totp, /api/auth/keys, /api/ws/ticket.
std::vector<Route> security_routes(AccountDesk& desk);
/// /api/me/….
std::vector<Route> me_routes(AccountDesk& desk);
/// /api/me/layouts.
std::vector<Route> layout_routes(AccountDesk& desk);
/// /api/admin/….
std::vector<Route> admin_routes(AccountDesk& desk);

/// The refusal that an Error of the accounts is to a client.
net::HttpResponse account_refusal(const Error& error, const Call& call);
net::HttpResponse refusal(const Problem& problem, const Call& call);
net::HttpResponse no_content();
net::HttpResponse json_response(int status, std::string body);

/// Runs `work` on one of the pool's threads and makes the answer of what it gives. `work` owns what it needs: a caller that is
/// cancelled goes away before it is done.
template <class T>
net::Task<net::HttpResponse> answer_from(AccountDesk& desk, WorkerPool& pool, const Call& call,
                                         std::function<Result<T>()> work,
                                         std::function<net::HttpResponse(const T&)> answer) {
  auto done = co_await pool.run<T>(desk.runtime, std::move(work));
  if (!done) co_return account_refusal(done.error(), call);
  co_return answer(*done);
}

/// The same for work that answers nothing: 204.
net::Task<net::HttpResponse> done_from(AccountDesk& desk, WorkerPool& pool, const Call& call,
                                       std::function<Result<void>()> work);

}  // namespace cw::api
