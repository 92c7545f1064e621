#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/connection.h"
#include "market/instrument.h"
#include "market/timeframe.h"

namespace cw::records {

enum class BacktestKind : std::uint8_t { run, sweep };
enum class BacktestStatus : std::uint8_t { queued, running, done, failed, stopped };
std::string_view name(BacktestStatus status);

/// A run or a sweep of somebody, without its result.
struct BacktestRow {
  std::string id{};
  std::string user_id{};
  BacktestKind kind = BacktestKind::run;
  Timestamp created_at{};
  std::optional<Timestamp> finished_at{};
  std::string name{};
  BacktestStatus status = BacktestStatus::queued;
  std::string strategy{};
  std::optional<std::int64_t> version{};            // of the own strategy
  std::vector<market::InstrumentId> instruments{};  // at least one
  market::Timeframe timeframe{};
  std::optional<Timestamp> from{};  // of one that is done what it ran over, before that what was asked for
  std::optional<Timestamp> to{};
  std::int64_t bars = 0;
  bool live = false;
  std::string request_json{};
  std::string error_json{};    // of one that failed
  std::string summary_json{};  // of a run that is done; of a sweep as it was kept last

  friend bool operator==(const BacktestRow&, const BacktestRow&) = default;
};

/// What is kept beside a row, in numbered pieces.
enum class BacktestPart : std::uint8_t { result, trades, equity, report, cells };

Result<void> add_backtest(db::Connection& connection, const BacktestRow& row);
/// Everything but id, user, kind, creation and request. Errors  not_found
Result<void> update_backtest(db::Connection& connection, const BacktestRow& row);
/// With its parts. Errors  not_found
Result<void> delete_backtest(db::Connection& connection, std::string_view id);

/// None where the user has no such one.
Result<std::optional<BacktestRow>> find_backtest(db::Connection& connection, std::string_view user_id,
                                                 std::string_view id);

struct BacktestQuery {
  std::string user_id{};
  BacktestKind kind = BacktestKind::run;
  std::string search{};  // words that name, strategy, symbol or timeframe have, in any case
  std::string after{};   // the id of the last one of the page before
  std::int64_t limit = 50;
};
/// Newest first.
Result<std::vector<BacktestRow>> list_backtests(db::Connection& connection, const BacktestQuery& query);

/// Of all users: those that wait or run, oldest first.
Result<std::vector<BacktestRow>> unfinished_backtests(db::Connection& connection);
/// Of all users: the runs whose strategies are live, oldest first.
Result<std::vector<BacktestRow>> live_backtests(db::Connection& connection);

/// Ids of the user's oldest that are over `most`: neither named nor live, and finished.
Result<std::vector<std::string>> surplus_backtests(db::Connection& connection, std::string_view user_id,
                                                   BacktestKind kind, std::int64_t most);

/// Adds a piece, or replaces it.
Result<void> put_backtest_part(db::Connection& connection, std::string_view id, BacktestPart part, std::int64_t number,
                               std::string_view bytes);
/// The piece of this number. Empty where there is none.
Result<std::string> backtest_part(db::Connection& connection, std::string_view id, BacktestPart part,
                                  std::int64_t number);
Result<std::int64_t> count_backtest_parts(db::Connection& connection, std::string_view id, BacktestPart part);
Result<void> delete_backtest_parts(db::Connection& connection, std::string_view id, BacktestPart part);

/// A strategy of which a user tries variants. Two are one where they do the same or have the same name, also by way of a third:
/// what was tried stays tried when its text is changed under its name, and when it is given another name.
struct TriedStrategy {
  std::string user_id{};
  std::string fingerprint{};  // what it does
  std::string name{};         // empty: it has none of its own
};
/// How many variants of it were tried: those of `source` (a program, a sweep) are now `trials`, if that is more.
Result<void> count_trials(db::Connection& connection, const TriedStrategy& strategy, std::string_view source,
                          std::int64_t trials);
/// The variants of all sources but `but_source`, of which it is told what others have tried before it.
Result<std::int64_t> trials_of(db::Connection& connection, const TriedStrategy& strategy,
                               std::string_view but_source = {});

/// What the leak checks of a program found, by the version of the checks.
Result<void> keep_leak_check(db::Connection& connection, std::string_view program, std::int64_t version,
                             std::string_view verdict_json);
Result<std::optional<std::string>> find_leak_check(db::Connection& connection, std::string_view program,
                                                   std::int64_t version);

}  // namespace cw::records
