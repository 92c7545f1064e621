#pragma once

#include <expected>
#include <string_view>

#include "accounts/accounts.h"

namespace cw::realtime {

/// Who may hold a socket. Called on the hub's loop; never blocks.
class Gatekeeper {
 public:
  virtual ~Gatekeeper() = default;
  /// Who sends this access token or API key.
  virtual std::expected<accounts::Principal, accounts::TokenRefusal> admit(std::string_view token) const = 0;
  /// Whether what was granted would be granted again.
  virtual bool still_holds(const accounts::Principal& principal) const = 0;
};

}  // namespace cw::realtime
