#include <algorithm>

#include <fmt/format.h>

#include "accounts/own_account.h"
#include "api/account_desk.h"
#include "api/account_json.h"

// /api/me/…: how a person wants things shown, and the own watch list.
namespace cw::api {
namespace {

using Answer = net::Task<net::HttpResponse>;

constexpr std::size_t kWatchedMost = 200;
constexpr std::size_t kSymbolBytes = 64;

net::HttpResponse watchlist(const std::vector<std::string>& symbols) {
  return json_response(200, fmt::format(R"({{"symbols":{}}})", accounts::watchlist_json(symbols)));
}

Answer get_settings(AccountDesk&, const Call& call) {
  co_return json_response(200, accounts::to_json(accounts::settings_of(*call.principal->user)));
}

Answer put_settings(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"time_zone", "number_format", "theme", "default_symbol"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  accounts::SettingsChange wanted;
  wanted.time_zone = body.optional_text("time_zone", 64);
  wanted.number_format = body.optional_text("number_format", 16);
  wanted.theme = body.optional_text("theme", 16);
  const auto symbol = body.optional_text("default_symbol", kSymbolBytes);
  if (body.fault()) co_return refusal(*body.fault(), call);
  if (body.has("default_symbol")) {
    wanted.default_symbol.emplace();
    if (symbol) {
      auto known = desk.resolve_symbol(*symbol);
      if (!known) {
        known.error().field = "default_symbol";
        co_return account_refusal(known.error(), call);
      }
      wanted.default_symbol->emplace(std::move(*known));
    }
  }
  co_return co_await answer_from<accounts::Settings>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), user_id = call.principal->user->id, wanted] {
        return accounts::change_settings(accounts, origin, user_id, wanted);
      },
      [](const accounts::Settings& settings) { return json_response(200, accounts::to_json(settings)); });
}

Answer get_watchlist(AccountDesk&, const Call& call) {
  co_return watchlist(accounts::watchlist_of(*call.principal->user));
}

Answer put_watchlist(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"symbols"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const auto given = body.texts("symbols", kWatchedMost, kSymbolBytes);
  if (body.fault()) co_return refusal(*body.fault(), call);
  if (!given) co_return refusal({"bad_parameter", "'symbols' is needed: a list of instruments.", "symbols"}, call);
  std::vector<std::string> symbols;
  for (const std::string& text : *given) {
    auto known = desk.resolve_symbol(text);
    if (!known) {
      known.error().field = "symbols";
      co_return account_refusal(known.error(), call);
    }
    if (std::ranges::find(symbols, *known) != symbols.end())
      co_return refusal({"bad_parameter", fmt::format("'{}' is in the list twice.", *known), "symbols"}, call);
    symbols.push_back(std::move(*known));
  }
  auto response =
      co_await done_from(desk, desk.changes, call,
                         [&accounts = desk.accounts, origin = call.origin(), user_id = call.principal->user->id,
                          symbols] { return accounts::set_watchlist(accounts, origin, user_id, symbols); });
  co_return response.status == 204 ? watchlist(symbols) : std::move(response);
}

}  // namespace

std::vector<Route> me_routes(AccountDesk& desk) {
  using accounts::Access;
  const auto with = [&desk](Answer (*handle)(AccountDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  return {
      {"/api/me/settings", {}, with(get_settings), Access::read, "GET"},
      {"/api/me/settings", {}, with(put_settings), Access::write, "PUT"},
      {"/api/me/watchlist", {}, with(get_watchlist), Access::read, "GET"},
      {"/api/me/watchlist", {}, with(put_watchlist), Access::write, "PUT"},
  };
}

}  // namespace cw::api
