#include "records/signal_pruning.h"

#include <algorithm>

#include "records/signal_rows.h"

namespace cw::records {
namespace {

std::int64_t length_of(market::Timeframe timeframe) { return market::duration(timeframe).count(); }

}  // namespace

Result<std::optional<SignalPruning>> signal_pruning(db::Connection& connection, const market::InstrumentId& instrument,
                                                    market::Timeframe timeframe) {
  std::optional<SignalPruning> found;
  const auto done = connection.query(
      "SELECT kept_from, with_model FROM signal_prunings WHERE venue = ? AND symbol = ? AND timeframe = ?",
      [&found](const db::Row& row) {
        found.emplace();
        row.into(found->kept_from, found->with_model);
      },
      instrument.venue, instrument.symbol, length_of(timeframe));
  if (!done) return pass_on(done);
  return found;
}

Result<std::vector<SignalSeries>> signal_series(db::Connection& connection) {
  const auto instruments = connection.collect("SELECT DISTINCT venue, symbol FROM signal_runs", [](const db::Row& row) {
    market::InstrumentId id;
    row.into(id.venue, id.symbol);
    return id;
  });
  if (!instruments) return pass_on(instruments);
  std::vector<SignalSeries> all;
  for (const auto& id : *instruments) {
    for (const auto timeframe : signals::kSignalTimeframes) all.push_back({id, timeframe});
  }
  return all;
}

Result<std::size_t> prune_signals(db::Connection& connection, const SignalSeries& series, Timestamp before,
                                  std::size_t most) {
  const auto& id = series.instrument;
  const std::int64_t length = length_of(series.timeframe);
  const auto open = outcomes_open_from(connection, id, series.timeframe);
  if (!open) return pass_on(open);
  if (!*open) return std::size_t{0};
  struct Old {
    Timestamp bar_time{};
    bool with_model = false;
  };
  const auto old = connection.collect(
      "SELECT bar_time, model_id IS NOT NULL FROM signals WHERE venue = ? AND symbol = ? AND timeframe = ?"
      " AND bar_time < ? ORDER BY bar_time LIMIT ?",
      [](const db::Row& row) {
        Old one;
        row.into(one.bar_time, one.with_model);
        return one;
      },
      id.venue, id.symbol, length, std::min(before, **open), static_cast<std::int64_t>(most));
  if (!old) return pass_on(old);
  if (old->empty()) return std::size_t{0};
  const Timestamp kept_from = old->back().bar_time + Millis{length};
  auto told = connection.run(
      "INSERT INTO signal_prunings (venue, symbol, timeframe, kept_from, with_model) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT DO UPDATE SET kept_from = max(kept_from, excluded.kept_from),"
      " with_model = max(with_model, excluded.with_model)",
      id.venue, id.symbol, length, kept_from, std::ranges::any_of(*old, &Old::with_model));
  if (!told) return pass_on(told);
  for (const char* sql : {"DELETE FROM outcomes WHERE venue = ? AND symbol = ? AND timeframe = ? AND bar_time < ?",
                          "DELETE FROM signals WHERE venue = ? AND symbol = ? AND timeframe = ? AND bar_time < ?"}) {
    if (auto gone = connection.run(sql, id.venue, id.symbol, length, kept_from); !gone) return pass_on(gone);
  }
  return old->size();
}

}  // namespace cw::records
