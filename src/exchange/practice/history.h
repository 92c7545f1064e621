#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "exchange/practice/market_source.h"
#include "market/timeframe.h"

namespace cw::exchange::practice {

/// What the exchange's klines say at a moment: bars of any timeframe, folded straight from the minutes, in time order
/// and in double. The newest bar may still be forming; it holds what was traded up to and including `now`. Not
/// thread-safe.
class History {
 public:
  explicit History(MarketSource& source) : source_(source) {}

  struct Question {
    std::size_t instrument;
    market::Timeframe timeframe;
    std::optional<Timestamp> from;  // bars that open at or after it; the oldest first when the limit cuts
    std::optional<Timestamp> to;    // bars that open at or before it; alone, the newest are given when the limit cuts
    std::size_t limit;
    Timestamp now;
  };

  /// One question, answered a day of minutes at a time so that a long one need not hold up a loop.
  class Query {
   public:
    Query(History& history, const Question& question);
    /// Works on one more day. True when the answer is complete.
    Result<bool> step();
    std::vector<Bar> take() { return std::move(bars_); }

   private:
    bool take_whole_day();
    Result<bool> take_minutes();
    bool end_window();
    void flush();
    void open_window(Timestamp from, Timestamp to);

    History& history_;
    Question question_;
    Timestamp first_;  // nothing before it
    bool backwards_;
    Timestamp window_from_{};  // the bars of [window_from_, window_to_] are being collected
    Timestamp window_to_{};
    std::int64_t day_ = 0;
    std::optional<Bar> current_;
    std::vector<Bar> bars_;
    std::vector<Bar> newer_;  // of windows already done, when going back
    bool done_ = false;
  };

  /// The whole answer at once.
  Result<std::vector<Bar>> ask(const Question& question);

  /// The minute that opens at `minute` as far as it was traded by `now`; none where it does not exist or has not begun.
  Result<std::optional<Bar>> minute(std::size_t instrument, Timestamp minute, Timestamp now);

 private:
  struct Key {
    std::size_t instrument;
    std::int64_t day;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const { return static_cast<std::size_t>(key.day) * 64 + key.instrument; }
  };
  static constexpr std::size_t kDayBarsKept = 16'384;  // about 100 bytes each; all are forgotten when it is full
  void remember_day(std::size_t instrument, std::int64_t day, const DayBars& minutes);

  MarketSource& source_;
  std::unordered_map<Key, Bar, KeyHash> whole_days_;
};

}  // namespace cw::exchange::practice
