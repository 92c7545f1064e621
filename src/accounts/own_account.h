#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/sign_in.h"

// What a person does with the own account: password, settings, watch list.
namespace cw::accounts {

/// That whoever holds the session also knows the password, before something that a thief of the session would want.
/// Errors  invalid_credentials, too_many_attempts
Result<void> prove_password(Accounts& accounts, const Origin& origin, const Principal& principal,
                            const std::string& password);

/// Access tokens from before stop working and the account's sockets close; other sessions end where `ends_others`.
/// Answers a new access token for this session; its refresh token stays.
/// Errors  invalid_credentials, too_many_attempts, weak_password
Result<SignedIn> change_password(Accounts& accounts, const Origin& origin, const Principal& principal,
                                 const std::string& current, const std::string& wanted, bool ends_others);

/// How a person wants times and numbers shown.
struct Settings {
  std::string time_zone = "auto";               // an IANA name, or `auto`
  std::string number_format = "auto";           // `1,234.56`, `1.234,56`, `1 234,56`, `1'234.56`, or `auto`
  std::string theme = "auto";                   // auto, light, dark
  std::optional<std::string> default_symbol{};  // `binance:BTCUSDT`
};
std::string to_json(const Settings& settings);
Settings settings_of(const records::User& user);

/// What is left out keeps its value.
struct SettingsChange {
  std::optional<std::string> time_zone{};
  std::optional<std::string> number_format{};
  std::optional<std::string> theme{};
  std::optional<std::optional<std::string>> default_symbol{};
};
/// Errors  bad_parameter with `field`
Result<Settings> change_settings(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                 const SettingsChange& wanted);

/// Names of instruments with their venue, in the person's order; empty: none was made.
std::vector<std::string> watchlist_of(const records::User& user);
/// The names are already checked.
Result<void> set_watchlist(Accounts& accounts, const Origin& origin, const std::string& user_id,
                           const std::vector<std::string>& symbols);
std::string watchlist_json(const std::vector<std::string>& symbols);

}  // namespace cw::accounts
