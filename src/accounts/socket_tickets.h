#pragma once

#include <expected>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "accounts/accounts.h"

namespace cw::accounts {

/// One-time tickets with which a browser, which cannot send a header, opens a WebSocket: made over the authenticated API,
/// good for kTicketLife and one use. Kept in memory: a restart ends them. Thread-safe.
class SocketTickets {
 public:
  static constexpr std::size_t kOpenMost = 10'000;
  static constexpr std::size_t kOpenMostOfSession = 32;  // one more forgets the session's oldest

  /// Errors  busy at kOpenMost
  Result<std::string> make(const Accounts& accounts, const Principal& principal);

  /// Who made it; it is spent. The principal ends when the access token does that the ticket was made with.
  std::expected<Principal, TokenRefusal> spend(const Accounts& accounts, std::string_view ticket);

 private:
  struct Open {
    Principal principal;
    Timestamp ends;
  };
  void forget_ended(Timestamp now);

  std::mutex mutex_;
  std::map<std::string, Open, std::less<>> open_;  // by the ticket's id
};

}  // namespace cw::accounts
