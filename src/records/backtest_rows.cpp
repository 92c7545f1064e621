#include "records/backtest_rows.h"

#include <algorithm>
#include <array>
#include <utility>

#include "records/core_rows.h"

namespace cw::records {
namespace {

constexpr std::array<std::string_view, 5> kStatuses{"queued", "running", "done", "failed", "stopped"};

constexpr std::string_view kColumns =
    "SELECT id, user_id, kind, created_at, finished_at, name, status, strategy, version, venue, symbol, timeframe,"
    " from_time, to_time, bars, live, request, error, summary FROM backtests ";

/// Of several instruments both columns have commas between them.
std::vector<market::InstrumentId> instruments_of(std::string_view venues, std::string_view symbols) {
  std::vector<market::InstrumentId> out;
  const auto next = [](std::string_view& rest) {
    const auto end = std::min(rest.find(','), rest.size());
    std::string one{rest.substr(0, end)};
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return one;
  };
  while (!symbols.empty()) {
    std::string venue = next(venues);
    out.push_back({std::move(venue), next(symbols)});
  }
  return out;
}

std::pair<std::string, std::string> venues_and_symbols(const std::vector<market::InstrumentId>& instruments) {
  std::pair<std::string, std::string> out;
  for (const auto& id : instruments) {
    out.first += (out.second.empty() ? "" : ",") + id.venue;
    out.second += (out.second.empty() ? "" : ",") + id.symbol;
  }
  return out;
}

Result<BacktestRow> read_row(const db::Row& row) {
  BacktestRow out;
  std::string status;
  std::string timeframe;
  std::string venues;
  std::string symbols;
  std::int64_t kind = 0;
  std::int64_t live = 0;
  row.into(out.id, out.user_id, kind, out.created_at, out.finished_at, out.name, status, out.strategy, out.version,
           venues, symbols, timeframe, out.from, out.to, out.bars, live, out.request_json, out.error_json,
           out.summary_json);
  out.instruments = instruments_of(venues, symbols);
  if (out.instruments.empty()) return unknown_word("backtests", "symbol");
  out.kind = kind == 1 ? BacktestKind::sweep : BacktestKind::run;
  out.live = live != 0;
  const auto known = market::parse_timeframe(timeframe);
  if (!known) return unknown_word("backtests", "timeframe");
  out.timeframe = *known;
  for (std::size_t i = 0; i < kStatuses.size(); ++i) {
    if (kStatuses[i] != status) continue;
    out.status = static_cast<BacktestStatus>(i);
    return out;
  }
  return unknown_word("backtests", "status");
}

template <class... Args>
Result<std::vector<BacktestRow>> rows_of(db::Connection& connection, const std::string& sql, const Args&... args) {
  return connection.collect(sql, read_row, args...);
}

std::string sql(std::string_view rest) { return std::string{kColumns}.append(rest); }
std::int64_t number(BacktestKind kind) { return kind == BacktestKind::sweep ? 1 : 0; }
std::int64_t number(BacktestPart part) { return static_cast<std::int64_t>(part); }

/// A word of a search as LIKE takes it.
std::string pattern(std::string_view word) {
  std::string out = "%";
  for (const char c : word) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

/// At most four words; the rest is left out.
std::array<std::string, 4> patterns(std::string_view search) {
  std::array<std::string, 4> out{"%", "%", "%", "%"};
  for (std::string& one : out) {
    while (search.starts_with(' ')) search.remove_prefix(1);
    if (search.empty()) break;
    const auto end = std::min(search.find(' '), search.size());
    one = pattern(search.substr(0, end));
    search.remove_prefix(end);
  }
  return out;
}

}  // namespace

std::string_view name(BacktestStatus status) { return kStatuses[static_cast<std::size_t>(status)]; }

Result<void> add_backtest(db::Connection& connection, const BacktestRow& row) {
  const auto [venues, symbols] = venues_and_symbols(row.instruments);
  return expect_inserted(connection.run(
      "INSERT INTO backtests (id, user_id, kind, created_at, finished_at, name, status, strategy, version, venue, "
      "symbol,"
      " timeframe, from_time, to_time, bars, live, request, error, summary)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.id, row.user_id, number(row.kind), row.created_at, row.finished_at, row.name, name(row.status), row.strategy,
      row.version, venues, symbols, market::name(row.timeframe), row.from, row.to, row.bars, row.live ? 1 : 0,
      row.request_json, row.error_json, row.summary_json));
}

Result<void> update_backtest(db::Connection& connection, const BacktestRow& row) {
  return expect_one(
      connection.run("UPDATE backtests SET finished_at = ?, name = ?, status = ?, from_time = ?, to_time = ?, bars = ?,"
                     " live = ?, error = ?, summary = ? WHERE id = ?",
                     row.finished_at, row.name, name(row.status), row.from, row.to, row.bars, row.live ? 1 : 0,
                     row.error_json, row.summary_json, row.id),
      "backtest");
}

Result<void> delete_backtest(db::Connection& connection, std::string_view id) {
  return expect_one(connection.run("DELETE FROM backtests WHERE id = ?", id), "backtest");
}

Result<std::optional<BacktestRow>> find_backtest(db::Connection& connection, std::string_view user_id,
                                                 std::string_view id) {
  auto found = rows_of(connection, sql("WHERE id = ? AND user_id = ?"), id, user_id);
  if (!found) return pass_on(found);
  if (found->empty()) return std::optional<BacktestRow>{};
  return std::optional<BacktestRow>{std::move(found->front())};
}

Result<std::vector<BacktestRow>> list_backtests(db::Connection& connection, const BacktestQuery& query) {
  const auto words = patterns(query.search);
  return rows_of(connection,
                 sql("WHERE user_id = ?1 AND kind = ?2"
                     " AND (?3 = '' OR (created_at, id) < (SELECT created_at, id FROM backtests WHERE id = ?3))"
                     " AND (name || ' ' || strategy || ' ' || symbol || ' ' || timeframe) LIKE ?4 ESCAPE '\\'"
                     " AND (name || ' ' || strategy || ' ' || symbol || ' ' || timeframe) LIKE ?5 ESCAPE '\\'"
                     " AND (name || ' ' || strategy || ' ' || symbol || ' ' || timeframe) LIKE ?6 ESCAPE '\\'"
                     " AND (name || ' ' || strategy || ' ' || symbol || ' ' || timeframe) LIKE ?7 ESCAPE '\\'"
                     " ORDER BY created_at DESC, id DESC LIMIT ?8"),
                 query.user_id, number(query.kind), query.after, words[0], words[1], words[2], words[3], query.limit);
}

Result<std::vector<BacktestRow>> unfinished_backtests(db::Connection& connection) {
  return rows_of(connection, sql("WHERE status IN ('queued', 'running') ORDER BY created_at, id"));
}

Result<std::vector<BacktestRow>> live_backtests(db::Connection& connection) {
  return rows_of(connection, sql("WHERE live = 1 ORDER BY created_at, id"));
}

Result<std::vector<std::string>> surplus_backtests(db::Connection& connection, std::string_view user_id,
                                                   BacktestKind kind, std::int64_t most) {
  return connection.collect(
      "SELECT id FROM backtests WHERE user_id = ?1 AND kind = ?2 AND name = '' AND live = 0"
      " AND status NOT IN ('queued', 'running') ORDER BY created_at, id LIMIT"
      " max(0, (SELECT count(*) FROM backtests WHERE user_id = ?1 AND kind = ?2) - ?3)",
      [](const db::Row& row) { return row.get<std::string>(0); }, user_id, number(kind), most);
}

Result<void> put_backtest_part(db::Connection& connection, std::string_view id, BacktestPart part, std::int64_t at,
                               std::string_view bytes) {
  return expect_inserted(
      connection.run("INSERT OR REPLACE INTO backtest_parts (backtest, part, number, bytes) VALUES (?, ?, ?, ?)", id,
                     number(part), at, db::Blob{bytes}));
}

Result<std::string> backtest_part(db::Connection& connection, std::string_view id, BacktestPart part, std::int64_t at) {
  auto found = connection.collect(
      "SELECT bytes FROM backtest_parts WHERE backtest = ? AND part = ? AND number = ?",
      [](const db::Row& row) { return row.get<std::string>(0); }, id, number(part), at);
  if (!found) return pass_on(found);
  return found->empty() ? std::string{} : std::move(found->front());
}

Result<std::int64_t> count_backtest_parts(db::Connection& connection, std::string_view id, BacktestPart part) {
  const auto count = connection.first<std::int64_t>(
      "SELECT count(*) FROM backtest_parts WHERE backtest = ? AND part = ?", id, number(part));
  if (!count) return pass_on(count);
  return count->value_or(0);
}

Result<void> delete_backtest_parts(db::Connection& connection, std::string_view id, BacktestPart part) {
  return expect_inserted(
      connection.run("DELETE FROM backtest_parts WHERE backtest = ? AND part = ?", id, number(part)));
}

Result<void> count_trials(db::Connection& connection, const TriedStrategy& strategy, std::string_view source,
                          std::int64_t trials) {
  if (!strategy.name.empty()) {
    auto named = expect_inserted(
        connection.run("INSERT INTO tried_names (user_id, name, strategy) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                       strategy.user_id, strategy.name, strategy.fingerprint));
    if (!named) return named;
  }
  return expect_inserted(
      connection.run("INSERT INTO strategy_trials (user_id, strategy, source, trials) VALUES (?, ?, ?, ?)"
                     " ON CONFLICT (user_id, strategy, source) DO UPDATE SET trials = max(trials, excluded.trials)",
                     strategy.user_id, strategy.fingerprint, source, trials));
}

Result<std::int64_t> trials_of(db::Connection& connection, const TriedStrategy& strategy, std::string_view but_source) {
  // From strategy to names to strategies, until there are no more: what is named alike, however often it was renamed.
  const auto sum = connection.first<std::int64_t>(
      "WITH RECURSIVE kin(is_name, id) AS ("
      " SELECT 0, ?2 UNION SELECT 1, ?3"
      " UNION SELECT 1, tried.name FROM kin JOIN tried_names AS tried"
      " ON kin.is_name = 0 AND tried.user_id = ?1 AND tried.strategy = kin.id"
      " UNION SELECT 0, tried.strategy FROM kin JOIN tried_names AS tried"
      " ON kin.is_name = 1 AND tried.user_id = ?1 AND tried.name = kin.id)"
      " SELECT coalesce(sum(trials), 0) FROM strategy_trials WHERE user_id = ?1 AND source != ?4"
      " AND strategy IN (SELECT id FROM kin WHERE is_name = 0)",
      strategy.user_id, strategy.fingerprint, strategy.name, but_source);
  if (!sum) return pass_on(sum);
  return sum->value_or(0);
}

Result<void> keep_leak_check(db::Connection& connection, std::string_view program, std::int64_t version,
                             std::string_view verdict_json) {
  return expect_inserted(
      connection.run("INSERT OR REPLACE INTO leak_checks (program, version, verdict) VALUES (?, ?, ?)", program,
                     version, verdict_json));
}

Result<std::optional<std::string>> find_leak_check(db::Connection& connection, std::string_view program,
                                                   std::int64_t version) {
  return connection.first<std::string>("SELECT verdict FROM leak_checks WHERE program = ? AND version = ?", program,
                                       version);
}

}  // namespace cw::records
