#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/accounts.h"
#include "accounts/socket_tickets.h"
#include "api/account_desk.h"
#include "api/gate.h"
#include "api/worker_pool.h"
#include "net/runtime.h"
#include "realtime/gatekeeper.h"

namespace cw::app {

/// What stands between the server's loop and the accounts: who may come in by HTTP and by WebSocket, the threads that hash
/// and write, the routes. Everything but the threads belongs to the loop.
class AccountHost final : public realtime::Gatekeeper {
 public:
  struct Parts {
    accounts::Accounts& accounts;
    net::Runtime& runtime;
    Metrics& metrics;
    api::DoorSettings door;
    std::string metrics_token;
    std::function<Result<std::string>(std::string_view)> resolve_symbol;
    /// An account's sockets are to be looked at again; called on the loop.
    std::function<void(const std::string& user_id)> recheck;
  };
  explicit AccountHost(Parts parts);
  /// Nothing of the loop may run any more.
  ~AccountHost() override;

  const api::Door& door() const { return door_; }
  api::Gate& gate() { return gate_; }
  std::vector<api::Route> routes();
  /// Writes down once a minute when sessions and keys were used. Runs for ever, on the loop.
  net::Task<void> keep_uses();

  std::expected<accounts::Principal, accounts::TokenRefusal> admit(std::string_view token) const override;
  bool still_holds(const accounts::Principal& principal) const override;

 private:
  Parts parts_;
  api::Door door_;
  accounts::SocketTickets tickets_;
  api::Gate gate_;
  api::WorkerPool passwords_;
  api::WorkerPool changes_;
  api::AccountDesk desk_;
};

}  // namespace cw::app
