#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "expr/graph.h"
#include "expr/named_series.h"
#include "signals/symbol_signals.h"

namespace cw::evaluation {

/// What `signal.score` and `signal.direction` need of an emitted signal.
struct ToldSignal {
  std::int64_t bar_time_ms = 0;
  std::int64_t emitted_at_ms = 0;
  double score = 0;

  static ToldSignal of(const signals::Signal& signal) {
    return {to_ms(signal.score.bar_time), to_ms(signal.emitted_at), signal.score.score};
  }
};

/// The signals of one timeframe, oldest first. A copy is what is known now: it shares the blocks that are full and is not
/// changed by what is appended to the other one.
class SignalColumn {
 public:
  static constexpr std::size_t kBlock = 4'096;
  using Block = std::vector<ToldSignal>;

  void append(const ToldSignal& signal);
  std::size_t size() const { return full_.size() * kBlock + rest_.size(); }
  /// Its blocks in order, the last not full.
  std::deque<std::shared_ptr<const Block>> blocks() const;

 private:
  std::vector<std::shared_ptr<const Block>> full_;
  Block rest_;
};

/// One symbol's signals as they were known at one moment, a column a scored timeframe.
struct SignalColumns {
  std::array<SignalColumn, signals::kTimeframes> by_place{};
  Timestamp until{};  // all signals of bars that had closed by then are in
};

/// The signals that a live desk goes on to emit after the columns of a plan: its operators read on here. Written between the
/// plan's steps, by the thread that steps it.
class SignalFeed {
 public:
  static constexpr std::size_t kKeptMost = 8'192;  // of a timeframe; the oldest goes

  void told(std::size_t place, const ToldSignal& signal);
  /// The first signal of a bar that opens after `bar_time_ms`; null: there is none.
  const ToldSignal* after(std::size_t place, std::int64_t bar_time_ms) const;

 private:
  std::array<std::deque<ToldSignal>, signals::kTimeframes> signals_;
};

/// `signal.score` and `signal.direction` as names: enough to compile a text. What it makes has no value.
class SignalNames : public expr::NamedSeries {
 public:
  bool has(std::string_view name) const override;
  Result<void> check(const expr::NamedRequest& request) const override;
  Result<std::unique_ptr<expr::Operator>> make(const expr::NamedRequest& request) override;
};

/// The same with the values of one symbol. At a bar: the newest signal that was emitted by the bar's close; of the bars' own
/// timeframe that of the bar itself, also where a gap let it be known only with the next bar. NaN before the first.
class SignalSeries final : public SignalNames {
 public:
  /// `feed` may be null: nothing comes after the columns.
  SignalSeries(SignalColumns columns, std::shared_ptr<const SignalFeed> feed = nullptr)
      : columns_(std::move(columns)), feed_(std::move(feed)) {}

  Result<std::unique_ptr<expr::Operator>> make(const expr::NamedRequest& request) override;
  std::optional<Timestamp> known_until() const override { return columns_.until; }

 private:
  SignalColumns columns_;
  std::shared_ptr<const SignalFeed> feed_;
};

/// The finest timeframe whose signals a graph asks for; none: it asks for no signals.
std::optional<market::Timeframe> finest_signal(const expr::Graph& graph);

}  // namespace cw::evaluation
