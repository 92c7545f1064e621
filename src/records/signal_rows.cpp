#include "records/signal_rows.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/number.h"

namespace cw::records {
namespace {

using signals::Horizon;
using signals::kHorizons;

std::int64_t length_of(market::Timeframe timeframe) { return market::duration(timeframe).count(); }

std::optional<market::Timeframe> timeframe_of(std::int64_t length) {
  for (const auto timeframe : market::kTimeframes) {
    if (length_of(timeframe) == length) return timeframe;
  }
  return std::nullopt;
}

std::optional<double> known(double value) { return std::isnan(value) ? std::nullopt : std::optional{value}; }

/// `1722003300000,,1722001500000`: one a scored timeframe, empty for none.
std::string text_of(const decltype(SignalRun::first_bars)& first_bars) {
  std::string text;
  for (std::size_t i = 0; i < first_bars.size(); ++i) {
    if (i > 0) text += ',';
    if (first_bars[i]) text += fmt::to_string(to_ms(*first_bars[i]));
  }
  return text;
}

Result<decltype(SignalRun::first_bars)> first_bars_of(std::string_view text) {
  decltype(SignalRun::first_bars) first_bars;
  for (auto& first : first_bars) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > 0) {
      const auto ms = parse_int(text.substr(0, comma));
      if (!ms) return fail(Errc::corrupt, "a run of signals does not say when its bars begin");
      first = from_ms(*ms);
    }
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return first_bars;
}

constexpr std::string_view kRunColumns =
    "SELECT r.id, r.venue, r.symbol, r.started_at, d.document, r.components, r.round_trip_cost, r.model_weight,"
    " r.first_bars"
    " FROM signal_runs r JOIN component_documents d ON d.digest = r.components";

Result<SignalRun> read_run(const db::Row& row) {
  SignalRun run;
  std::string first_bars;
  row.into(run.id, run.instrument.venue, run.instrument.symbol, run.started_at, run.document, run.digest,
           run.round_trip_cost, run.model_weight, first_bars);
  auto read = first_bars_of(first_bars);
  if (!read) return pass_on(read);
  run.first_bars = *read;
  return run;
}

Result<SignalRow> read_signal(const db::Row& row) {
  SignalRow signal;
  std::int64_t length = 0;
  row.into(signal.instrument.venue, signal.instrument.symbol, length, signal.bar_time, signal.run, signal.emitted_at,
           signal.score, signal.confidence, signal.trending, signal.price, signal.tradingview, signal.probability[0],
           signal.probability[1], signal.probability[2], signal.probability_up, signal.model_id, signal.inputs,
           signal.change[0], signal.change[1], signal.change[2]);
  const auto timeframe = timeframe_of(length);
  if (!timeframe) return fail(Errc::corrupt, "a kept signal is of no timeframe that there is");
  signal.timeframe = *timeframe;
  return signal;
}

}  // namespace

SignalRow row_of(const signals::Signal& signal, const market::InstrumentId& instrument, std::int64_t run,
                 std::string inputs) {
  SignalRow row;
  row.instrument = instrument;
  row.run = run;
  row.timeframe = signal.score.timeframe;
  row.bar_time = signal.score.bar_time;
  row.emitted_at = signal.emitted_at;
  row.score = signal.score.score;
  row.confidence = signal.score.confidence;
  row.trending = signal.regime == signals::Regime::trend;
  row.price = signal.price;
  row.tradingview = known(signal.tradingview);
  for (std::size_t h = 0; h < kHorizons.size(); ++h) row.probability[h] = known(signal.probability[h]);
  if (const auto& prediction = signal.forecast.used()) {
    row.probability_up = prediction->probability_up;
    row.model_id = prediction->model_id;
  }
  row.inputs = std::move(inputs);
  return row;
}

signals::Forecast forecast_of(const SignalRow& row) {
  if (!row.probability_up) return {};
  return {signals::ForecastStatus::used,
          signals::Prediction{*row.probability_up, signals::default_horizon(row.timeframe), row.model_id.value_or(""),
                              row.emitted_at}};
}

Result<std::int64_t> add_signal_run(db::Connection& connection, const SignalRun& run) {
  const db::Blob digest{run.digest};
  if (auto kept = connection.run("INSERT OR IGNORE INTO component_documents (digest, document) VALUES (?, ?)", digest,
                                 run.document);
      !kept)
    return pass_on(kept);
  if (auto added = connection.run(
          "INSERT INTO signal_runs (venue, symbol, started_at, components, round_trip_cost, model_weight,"
          " first_bars) VALUES (?, ?, ?, ?, ?, ?, ?)",
          run.instrument.venue, run.instrument.symbol, run.started_at, digest, run.round_trip_cost, run.model_weight,
          text_of(run.first_bars));
      !added)
    return pass_on(added);
  const auto id = connection.first<std::int64_t>("SELECT last_insert_rowid()");
  if (!id) return pass_on(id);
  return id->value_or(0);
}

Result<std::vector<SignalRun>> signal_runs(db::Connection& connection,
                                           const std::optional<market::InstrumentId>& instrument) {
  if (!instrument) return connection.collect(std::string{kRunColumns} + " ORDER BY r.id", read_run);
  return connection.collect(std::string{kRunColumns} + " WHERE r.venue = ? AND r.symbol = ? ORDER BY r.id", read_run,
                            instrument->venue, instrument->symbol);
}

Result<void> keep_signal(db::Connection& connection, const SignalRow& row) {
  auto kept = connection.run(
      "INSERT OR IGNORE INTO signals (venue, symbol, timeframe, bar_time, run, emitted_at, score, confidence, "
      "trending, price,"
      " tradingview, probability_1h, probability_4h, probability_1d, probability_up, model_id,"
      " inputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.instrument.venue, row.instrument.symbol, length_of(row.timeframe), row.bar_time, row.run, row.emitted_at,
      row.score, row.confidence, row.trending, row.price, row.tradingview, row.probability[0], row.probability[1],
      row.probability[2], row.probability_up, row.model_id, db::Blob{row.inputs});
  if (!kept) return pass_on(kept);
  return {};
}

Result<void> keep_outcome(db::Connection& connection, const market::InstrumentId& instrument,
                          const signals::Outcome& outcome) {
  auto kept = connection.run(
      "INSERT OR IGNORE INTO outcomes (venue, symbol, timeframe, bar_time, horizon, change)"
      " SELECT venue, symbol, timeframe, bar_time, ?, ? FROM signals"
      " WHERE venue = ? AND symbol = ? AND timeframe = ? AND bar_time = ?",
      signals::duration(outcome.horizon).count(), known(outcome.change), instrument.venue, instrument.symbol,
      length_of(outcome.timeframe), outcome.bar_time);
  if (!kept) return pass_on(kept);
  return {};
}

Result<std::optional<Timestamp>> outcomes_open_from(db::Connection& connection,
                                                    const market::InstrumentId& instrument) {
  std::optional<Timestamp> oldest;
  for (const auto timeframe : signals::kSignalTimeframes) {
    const auto open = outcomes_open_from(connection, instrument, timeframe);
    if (!open) return pass_on(open);
    if (*open) oldest = std::min(oldest.value_or(**open), **open);
  }
  return oldest;
}

Result<std::optional<Timestamp>> outcomes_open_from(db::Connection& connection, const market::InstrumentId& instrument,
                                                    market::Timeframe timeframe) {
  const auto kept = connection.first<std::optional<Timestamp>>(
      "SELECT min(bar_time) FROM signals WHERE venue = ? AND symbol = ? AND timeframe = ?", instrument.venue,
      instrument.symbol, length_of(timeframe));
  if (!kept) return pass_on(kept);
  if (!*kept || !**kept) return std::optional<Timestamp>{};
  // An outcome of the shortest horizon comes first: those of the longest are open for so long before it.
  const auto judged = connection.first<std::optional<Timestamp>>(
      "SELECT max(bar_time) FROM outcomes WHERE venue = ? AND symbol = ? AND timeframe = ?", instrument.venue,
      instrument.symbol, length_of(timeframe));
  if (!judged) return pass_on(judged);
  Timestamp open = ***kept;
  if (*judged && **judged) open = std::max(open, ***judged - signals::duration(Horizon::d1));
  return std::optional{open};
}

Result<std::vector<SignalRow>> signals_of(db::Connection& connection, const SignalQuery& query) {
  static const std::string kSelect = [] {
    std::string sql =
        "SELECT venue, symbol, timeframe, bar_time, run, emitted_at, score, confidence, trending, price, tradingview,"
        " probability_1h, probability_4h, probability_1d, probability_up, model_id, inputs";
    for (const Horizon horizon : kHorizons) {
      sql += fmt::format(
          ", (SELECT change FROM outcomes o WHERE o.venue = s.venue AND o.symbol = s.symbol AND o.timeframe = "
          "s.timeframe"
          " AND o.bar_time = s.bar_time AND o.horizon = {})",
          signals::duration(horizon).count());
    }
    return sql +
           " FROM signals s WHERE venue = ?1 AND symbol = ?2 AND timeframe = ?3 AND bar_time >= ?4 AND bar_time < ?5"
           " AND (?6 IS NULL OR run = ?6) ORDER BY bar_time";
  }();
  static const std::string kNewest = kSelect + " DESC LIMIT ?7";
  static const std::string kOldest = kSelect + " LIMIT ?7";
  auto rows =
      connection.collect(query.newest ? kNewest : kOldest, read_signal, query.instrument.venue, query.instrument.symbol,
                         length_of(query.timeframe), query.from, query.to, query.run, query.limit);
  if (rows && query.newest) std::ranges::reverse(*rows);
  return rows;
}

}  // namespace cw::records
