#include "accounts/own_account.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "accounts/new_password.h"
#include "accounts/one_time_links.h"
#include "base/json_text.h"
#include "base/nearest.h"

namespace cw::accounts {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> kNumberFormats{"auto", "1,234.56", "1.234,56", "1 234,56", "1'234.56"};
const std::vector<std::string> kThemes{"auto", "light", "dark"};
const std::filesystem::path kZones{"/usr/share/zoneinfo"};

std::unexpected<Error> bad_setting(const char* field, std::string message, std::vector<std::string> near = {}) {
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), std::move(near), field});
}

Result<void> check_choice(const char* field, const std::string& value, const std::vector<std::string>& choices) {
  if (std::ranges::find(choices, value) != choices.end()) return {};
  const auto near = nearest_names(value, choices);
  return bad_setting(
      field, fmt::format("'{}' is none of {}{}.", value.substr(0, 64), fmt::join(choices, ", "), did_you_mean(near)),
      near);
}

/// By the form of the name, and by the machine's time zone database where it has one.
Result<void> check_time_zone(const std::string& zone) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  };
  const bool is_name = !zone.empty() && zone.size() <= 64 && std::ranges::all_of(zone, is_part) && zone[0] != '/';
  std::error_code ignored;
  const bool has_zones = std::filesystem::exists(kZones / "UTC", ignored);
  if (zone == "auto" || zone == "UTC") return {};
  if (is_name && (!has_zones || std::filesystem::is_regular_file(kZones / zone, ignored))) return {};
  return bad_setting("time_zone", fmt::format("'{}' is no time zone; give a name such as Europe/Berlin, UTC, or auto.",
                                              zone.substr(0, 64)));
}

std::string text_of(const Json& json, const char* name, const std::string& fallback) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : fallback;
}

}  // namespace

Result<void> prove_password(Accounts& accounts, const Origin& origin, const Principal& principal,
                            const std::string& password) {
  const records::User& user = *principal.user;
  if (const auto may = accounts.may_try(user.email, origin); !may) return may;
  const auto is_right = accounts.hasher().verify(user.password_hash, password);
  if (!is_right) return pass_on(is_right);
  if (*is_right) return {};
  accounts.tried(user.email, origin, false);
  accounts.store().refused({origin, "password.asked", user.id, std::string{code_name(Errc::invalid_credentials)}});
  return std::unexpected(Error{Errc::invalid_credentials, "The password is wrong.", {}, "password"});
}

Result<SignedIn> change_password(Accounts& accounts, const Origin& origin, const Principal& principal,
                                 const std::string& current, const std::string& wanted, bool ends_others) {
  if (auto proved = prove_password(accounts, origin, principal, current); !proved) {
    if (!proved.error().field.empty()) proved.error().field = "current_password";
    return pass_on(proved);
  }
  auto hash = hash_new_password(accounts, wanted, principal.user->email, "new_password");
  if (!hash) return pass_on(hash);
  const auto done = accounts.store().change([&]() -> Result<Change> {
    if (const auto granted = accounts.still_granted(principal); !granted) return pass_on(granted);
    const UserPtr user = accounts.book().user(principal.user->id);
    Change change;
    if (const auto ended = end_reset_links(accounts, change, user->id); !ended) return pass_on(ended);
    records::User changed = *user;
    changed.password_hash = std::move(*hash);
    changed.password_changed_at = accounts.now();
    ++changed.token_version;
    if (ends_others) {
      for (const SessionPtr& session : accounts.book().sessions_of(user->id, accounts.now())) {
        if (session->id == principal.session->id) continue;
        change.sessions.push_back(*session);
        change.sessions.back().ended_at = accounts.now();
        change.sessions.back().end_reason = "password changed";
      }
    }
    change.events.push_back({origin,
                             "user.password",
                             user->id,
                             "done",
                             {},
                             fmt::format(R"({{"ended_sessions":{}}})", change.sessions.size())});
    change.users.push_back(std::move(changed));
    change.revoked_of.push_back(user->id);
    return change;
  });
  if (!done) return pass_on(done);
  const SessionPtr session = accounts.book().session(principal.session->id);
  if (!session) return fail(Errc::session_ended, "This session has ended. Sign in again.");
  return tokens_of(accounts, accounts.book().user(principal.user->id), *session);
}

std::string to_json(const Settings& settings) {
  return fmt::format(R"({{"time_zone":{},"number_format":{},"theme":{},"default_symbol":{}}})",
                     json_string(settings.time_zone), json_string(settings.number_format), json_string(settings.theme),
                     settings.default_symbol ? json_string(*settings.default_symbol) : "null");
}

Settings settings_of(const records::User& user) {
  Settings settings;
  const Json json = Json::parse(user.settings_json, nullptr, false);
  if (!json.is_object()) return settings;
  settings.time_zone = text_of(json, "time_zone", settings.time_zone);
  settings.number_format = text_of(json, "number_format", settings.number_format);
  settings.theme = text_of(json, "theme", settings.theme);
  if (const std::string symbol = text_of(json, "default_symbol", {}); !symbol.empty()) settings.default_symbol = symbol;
  return settings;
}

Result<Settings> change_settings(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                 const SettingsChange& wanted) {
  if (wanted.time_zone) {
    if (const auto good = check_time_zone(*wanted.time_zone); !good) return pass_on(good);
  }
  if (wanted.number_format) {
    if (const auto good = check_choice("number_format", *wanted.number_format, kNumberFormats); !good)
      return pass_on(good);
  }
  if (wanted.theme) {
    if (const auto good = check_choice("theme", *wanted.theme, kThemes); !good) return pass_on(good);
  }
  Settings settings;
  const auto done = accounts.store().change([&]() -> Result<Change> {
    const UserPtr user = accounts.book().user(user_id);
    if (!user) return fail(Errc::session_ended, "This account is gone. Sign in again.");
    settings = settings_of(*user);
    const std::string before = to_json(settings);
    settings.time_zone = wanted.time_zone.value_or(settings.time_zone);
    settings.number_format = wanted.number_format.value_or(settings.number_format);
    settings.theme = wanted.theme.value_or(settings.theme);
    settings.default_symbol = wanted.default_symbol.value_or(settings.default_symbol);
    Change change;
    change.users.push_back(*user);
    change.users.back().settings_json = to_json(settings);
    change.events.push_back({origin, "settings.changed", user_id, "done", before, change.users.back().settings_json});
    return change;
  });
  if (!done) return pass_on(done);
  return settings;
}

std::vector<std::string> watchlist_of(const records::User& user) {
  const Json json = Json::parse(user.watchlist_json, nullptr, false);
  std::vector<std::string> symbols;
  if (!json.is_array()) return symbols;
  for (const Json& item : json) {
    if (item.is_string()) symbols.push_back(item.get<std::string>());
  }
  return symbols;
}

std::string watchlist_json(const std::vector<std::string>& symbols) {
  std::string out = "[";
  for (const std::string& symbol : symbols) {
    if (out.size() > 1) out += ',';
    append_json_string(out, symbol);
  }
  return out + ']';
}

Result<void> set_watchlist(Accounts& accounts, const Origin& origin, const std::string& user_id,
                           const std::vector<std::string>& symbols) {
  return accounts.store().change([&]() -> Result<Change> {
    const UserPtr user = accounts.book().user(user_id);
    if (!user) return fail(Errc::session_ended, "This account is gone. Sign in again.");
    Change change;
    change.users.push_back(*user);
    change.users.back().watchlist_json = watchlist_json(symbols);
    change.events.push_back({origin, "watchlist.changed", user_id, "done",
                             fmt::format(R"({{"symbols":{}}})", watchlist_json(watchlist_of(*user))),
                             fmt::format(R"({{"symbols":{}}})", change.users.back().watchlist_json)});
    return change;
  });
}

}  // namespace cw::accounts
