#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "accounts/account_store.h"
#include "accounts/passwords.h"
#include "accounts/sealed_box.h"
#include "accounts/sign_in_throttle.h"
#include "accounts/token.h"

namespace cw::accounts {

struct AccountSettings {
  bool open_registration = false;                   // anybody may make an account; else an invitation is needed
  Millis session_idle = std::chrono::days{30};      // a session that is not refreshed for so long ends
  Millis session_longest = std::chrono::days{180};  // and each ends after so long
  PasswordCost password_cost{};                     // of new hashes; a good sign-in brings older ones to it
};

constexpr Millis kAccessLife = std::chrono::minutes{15};
constexpr Millis kRefreshGrace = std::chrono::seconds{30};  // the refresh token before still gets the same successor
constexpr Millis kTicketLife = std::chrono::seconds{30};
constexpr Millis kSetUpLife = std::chrono::minutes{30};
constexpr Millis kResetLife = std::chrono::hours{24};
constexpr std::size_t kSessionsMost = 100;  // of an account; one more ends the one used longest ago
constexpr std::size_t kKeysMost = 50;
constexpr std::size_t kAccountsMost = 100'000;
constexpr std::size_t kInvitationsMost = 1'000;  // open ones
constexpr std::size_t kLayoutsMost = 50;         // of an account

/// Why a token is refused: the code of the answer, and what exactly is wrong with it (`bad_signature`).
struct TokenRefusal {
  Errc code;
  std::string_view reason;
};

/// Everything that the actions on accounts work with. The actions themselves are functions, a file a topic: sign_in.h,
/// own_account.h, two_factor.h, api_keys.h, one_time_links.h, user_admin.h.
class Accounts {
 public:
  /// Errors  those of AccountStore::open
  static Result<std::unique_ptr<Accounts>> open(const std::filesystem::path& folder, AccountSettings settings,
                                                Clock& clock, Logger& logger, Metrics& metrics);

  /// Who sends this access token or API key, now. Memory only, for every request: no allocation but of the token's claims.
  std::expected<Principal, TokenRefusal> authenticate(std::string_view bearer) const;

  /// Whether who asked for something may still have it, now that its turn has come: between the check of the request and
  /// that lies a wait for a thread and the hashing of a password. The end of the token alone does not count.
  /// Errors  session_ended
  Result<void> still_granted(const Principal& principal) const;

  AccountStore& store() { return *store_; }
  const AccountStore& store() const { return *store_; }
  const AccountBook& book() const { return store_->book(); }
  Timestamp now() const { return store_->clock().now(); }
  const AccountSettings& settings() const { return settings_; }
  const TokenCodec& tokens() const { return tokens_; }
  const PasswordHasher& hasher() const { return hasher_; }
  const SealedBox& box() const { return box_; }

  /// The wait before this account may be tried from this address again, as an error; good where there is none. `account` is
  /// what was typed: an unknown one is throttled like any other.
  Result<void> may_try(std::string_view account, const Origin& origin);
  void tried(std::string_view account, const Origin& origin, bool was_right);

 private:
  Accounts(std::unique_ptr<AccountStore> store, AccountSettings settings);

  std::unique_ptr<AccountStore> store_;
  AccountSettings settings_;
  TokenCodec tokens_;
  PasswordHasher hasher_;
  SealedBox box_;
  std::mutex throttle_mutex_;
  SignInThrottle throttle_;
};

/// What a token that cannot be read is to whoever sent it.
TokenRefusal refusal_of(TokenFault fault);
Error error_of(const TokenRefusal& refusal);

}  // namespace cw::accounts
