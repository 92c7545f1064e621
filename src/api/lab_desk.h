#pragma once

#include <functional>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "api/language_desk.h"
#include "api/router.h"
#include "db/database.h"
#include "lab/lab.h"

namespace cw::api {

/// What the routes of strategies and backtests work with. All outlive the routes.
struct LabDesk {
  MarketView& view;
  accounts::Accounts& accounts;
  lab::Lab& lab;
  LanguageDesk& work;     // whose workers and allowance are used
  db::Database& records;  // where runs are kept
};

/// /api/strategies, /api/signals/strategies.
std::vector<Route> strategy_routes(LabDesk& desk);
/// /api/signals/backtest, /api/backtests.
std::vector<Route> backtest_routes(LabDesk& desk);
/// /api/backtests/sweep, /api/backtests/sweeps.
std::vector<Route> sweep_routes(LabDesk& desk);

// What the routes share.

/// A strategy as it was found by its name.
struct FoundStrategy {
  std::string text;
  std::optional<std::int64_t> version{};  // of an own one
};

/// One that is shipped, or the own one. Blocks. Errors  not_found, field `strategy`, with the nearest names
Result<FoundStrategy> find_strategy(accounts::Accounts& accounts, const std::string& user_id, const std::string& name,
                                    std::optional<std::int64_t> version);

/// The refusal of what cannot be run: `bad_strategy` with its faults, or `bad_backtest` with the field.
Problem problem_of_refusal(const lab::Refusal& refusal);
/// The same of an error of a request's values.
Problem problem_of_request(const Error& error);

/// Whether the prices of an instrument are invented. Any thread.
using IsPractice = std::function<bool(const market::InstrumentId&)>;
IsPractice practice_finder(MarketView& view);

}  // namespace cw::api
