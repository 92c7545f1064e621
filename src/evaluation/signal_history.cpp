#include "evaluation/signal_history.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <ranges>

#include <fmt/format.h>

#include "evaluation/bar_source.h"

namespace cw::evaluation {
namespace {

using market::Candle;
using market::Timeframe;

constexpr std::uint64_t kAskEvery = 4'096;  // bars between two looks at whether to go on

/// The next stored bar of a timeframe that closes by `until`.
class Cursor {
 public:
  Cursor(const candle_store::CandleStore& store, const market::InstrumentId& instrument, Timeframe timeframe,
         Timestamp from, Timestamp until)
      : timeframe_(timeframe),
        source_(stored_bars(store, instrument, timeframe, from, until - market::duration(timeframe) + Millis{1})) {}

  /// Sees to it that the next two bars are at hand, as far as there are any.
  Result<void> load() {
    while (!is_read_ && rows_.size() - at_ < 2) {
      market::CandleColumns more;
      const auto read = source_->next(more);
      if (!read) return pass_on(read);
      is_read_ = !*read;
      market::CandleColumns left;
      left.append(rows_.view().subspan(at_, rows_.size() - at_));
      left.append(more.view());
      rows_ = std::move(left);
      at_ = 0;
    }
    return {};
  }
  bool ended() const { return at_ == rows_.size(); }
  Candle bar() const { return rows_[at_]; }
  Timestamp closes() const { return closes_at(at_); }
  /// When the bar after the next one closes.
  std::optional<Timestamp> closes_after() const {
    return at_ + 1 < rows_.size() ? std::optional{closes_at(at_ + 1)} : std::nullopt;
  }
  void take() { ++at_; }
  Timeframe timeframe() const { return timeframe_; }

 private:
  Timestamp closes_at(std::size_t row) const { return from_ms(rows_.open_time_ms[row]) + market::duration(timeframe_); }

  Timeframe timeframe_;
  std::unique_ptr<BarSource> source_;
  market::CandleColumns rows_;
  std::size_t at_ = 0;
  bool is_read_ = false;  // nothing more comes from the source
};

/// The finest stored timeframe that `finest` is made of, or else `finest` itself, which is then folded from what there is.
Result<Timeframe> base_of(const candle_store::CandleStore& store, const market::InstrumentId& instrument,
                          Timeframe finest) {
  for (const auto& series : store.list(instrument)) {
    const auto stored = series.id.timeframe;
    if (stored == finest || market::folds_into(stored, finest)) return stored;
  }
  return fail(Errc::not_found,
              fmt::format("of {} nothing is stored that {} bars are made of", instrument.text(), market::name(finest)));
}

Timestamp start_of(const SignalStarts& starts, Timeframe timeframe) {
  return starts[*signals::place_of(timeframe)].value_or(Timestamp{});
}

class Run {
 public:
  Run(const candle_store::CandleStore& store, const market::InstrumentId& instrument, Timeframe base, Timeframe finest,
      signals::SymbolSignals& signals, const signals::SymbolSignals::Sink& sink, SignalHistoryPlace& place,
      Timestamp until, const signals::SymbolSignals::Ask& ask)
      : base_(store, instrument, base, place.base_from.value_or(Timestamp{}), until),
        place_(place),
        signals_(signals),
        sink_(sink),
        ask_(ask),
        until_(until) {
    is_base_scored_ = base == finest;
    for (const auto timeframe : signals::kSignalTimeframes) {
      if (timeframe != base && market::duration(timeframe) >= market::duration(finest))
        higher_.emplace_back(store, instrument, timeframe, start_of(place.from, timeframe), until);
    }
  }

  Result<SignalHistorySummary> all(const std::function<bool()>& cancelled) {
    SignalHistorySummary summary{base_.timeframe(), until_, {}, 0};
    if (const auto begun = leave_out_cut_bars(); !begun) return pass_on(begun);
    for (;;) {
      const auto now = next_instant();
      if (!now) return pass_on(now);
      if (!*now) return summary;
      const auto price = take(**now);
      if (!price) return pass_on(price);
      if (!summary.first_close) summary.first_close = **now;
      signals_.settle(**now, *price, sink_, ask_);
      if (++summary.instants % kAskEvery == 0 && cancelled && cancelled())
        return fail(Errc::cancelled, "the run over history was ended");
    }
  }

 private:
  /// A longer bar whose span began before anything was stored lacks its beginning, which may still be fetched: it is left out, so
  /// that what is made of the others does not change with it.
  Result<void> leave_out_cut_bars() {
    if (std::exchange(place_.has_begun, true)) return {};
    if (const auto loaded = base_.load(); !loaded || base_.ended()) return loaded;
    const Timestamp begins = base_.bar().open_time;
    for (auto& cursor : higher_) {
      if (const auto loaded = cursor.load(); !loaded) return loaded;
      if (!cursor.ended() && cursor.bar().open_time < begins && cursor.closes() > begins) pass(cursor);
    }
    return {};
  }

  /// The next close of a base bar, or that of a longer bar in whose span no base bar closes: it was stored by itself, and is
  /// news when it closes. One that has base bars is news with whatever closes next and no earlier, as it was live.
  Result<std::optional<Timestamp>> next_instant() {
    if (const auto loaded = base_.load(); !loaded) return pass_on(loaded);
    std::optional<Timestamp> next;
    if (!base_.ended()) next = base_.closes();
    for (auto& cursor : higher_) {
      if (const auto loaded = cursor.load(); !loaded) return pass_on(loaded);
      if (cursor.ended()) continue;
      const bool is_alone = !place_.last_base || *place_.last_base <= cursor.bar().open_time;
      const auto closes = is_alone ? std::optional{cursor.closes()} : cursor.closes_after();
      if (closes && (!next || *closes < *next)) next = closes;
    }
    return next;
  }

  /// Takes all bars that close by `now`; answers the price then.
  Result<double> take(Timestamp now) {
    double price = 0;
    for (auto& cursor : higher_ | std::views::reverse) {
      for (;;) {
        if (const auto loaded = cursor.load(); !loaded) return pass_on(loaded);
        if (cursor.ended() || cursor.closes() > now) break;
        signals_.closed(cursor.timeframe(), cursor.bar());
        price = cursor.bar().close;
        pass(cursor);
      }
    }
    if (base_.ended() || base_.closes() != now) return price;
    price = base_.bar().close;
    if (is_base_scored_) signals_.closed(base_.timeframe(), base_.bar());
    place_.base_from = base_.bar().open_time + Millis{1};
    base_.take();
    place_.last_base = now;
    return price;
  }

  /// Leaves a longer bar behind.
  void pass(Cursor& cursor) {
    place_.from[*signals::place_of(cursor.timeframe())] = cursor.bar().open_time + Millis{1};
    cursor.take();
  }

  Cursor base_;
  std::vector<Cursor> higher_;
  bool is_base_scored_ = false;
  SignalHistoryPlace& place_;
  signals::SymbolSignals& signals_;
  const signals::SymbolSignals::Sink& sink_;
  const signals::SymbolSignals::Ask& ask_;
  Timestamp until_;
};

}  // namespace

Result<SignalHistorySummary> run_signal_history(const candle_store::CandleStore& store,
                                                const market::InstrumentId& instrument, Timeframe finest,
                                                signals::SymbolSignals& signals,
                                                const signals::SymbolSignals::Sink& sink,
                                                const std::function<bool()>& cancelled, const SignalStarts& starts,
                                                const signals::SymbolSignals::Ask& ask, SignalHistoryPlace* place) {
  const auto base = base_of(store, instrument, finest);
  if (!base) return pass_on(base);
  // As everything stands now: bars that are stored meanwhile would be read by one timeframe and missed by another.
  Timestamp until{};
  for (const auto& series : store.list(instrument))
    until = std::max(until, series.last + market::duration(series.id.timeframe));
  SignalHistoryPlace beginning{.base_from = start_of(starts, finest), .from = starts};
  return Run(store, instrument, *base, finest, signals, sink, place != nullptr ? *place : beginning, until, ask)
      .all(cancelled);
}

Result<Timeframe> finest_scored(const candle_store::CandleStore& store, const market::InstrumentId& instrument) {
  for (const auto timeframe : signals::kSignalTimeframes) {
    if (base_of(store, instrument, timeframe)) return timeframe;
  }
  return fail(Errc::not_found, "nothing is stored of it");
}

Result<SignalRecord> signal_record(const candle_store::CandleStore& store, const signals::SignalRules& rules,
                                   const SignalRecordRequest& request, const std::function<bool()>& cancelled) {
  signals::SymbolSignals symbol(rules);
  std::vector<signals::Judged> judged;
  std::size_t known = 0;  // the outcomes of a timeframe and horizon come in the order of its signals
  SignalRecord made;
  signals::SymbolSignals::Sink sink;
  sink.signal = [&](const signals::Signal& signal) {
    if (signal.score.timeframe != request.timeframe) return;
    judged.push_back({signal.emitted_at, signal.score.score, signal.score.confidence, signal.tradingview, std::nan(""),
                      signal.probability[static_cast<std::size_t>(request.horizon)]});
    made.newest = signal;
  };
  sink.outcome = [&](const signals::Outcome& outcome) {
    if (outcome.timeframe == request.timeframe && outcome.horizon == request.horizon)
      judged[known++].change = outcome.change;
  };
  const auto summary = run_signal_history(store, request.instrument, request.timeframe, symbol, sink, cancelled);
  if (!summary) return pass_on(summary);
  made.history = *summary;
  made.bars = symbol.reading(*signals::place_of(request.timeframe)).bars;
  std::erase_if(judged, [&](const signals::Judged& signal) {
    return signal.emitted_at < request.from || signal.emitted_at >= request.to;
  });
  made.record = signals::judge(std::move(judged), request.horizon, rules.round_trip_cost);
  return made;
}

}  // namespace cw::evaluation
