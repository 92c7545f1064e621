#include "market/fold.h"

#include <algorithm>
#include <limits>

#include "base/require.h"

namespace cw::market {
namespace {

/// The kernel: what a source bar does to the bar under way. Small enough to stay in registers over a column.
struct Sums {
  double high;
  double low;
  double volume;

  explicit Sums(const Candle& bar) : high(bar.high), low(bar.low), volume(bar.volume) {}
  void add(double source_high, double source_low, double source_volume) {
    high = std::max(high, source_high);
    low = std::min(low, source_low);
    volume += source_volume;
  }
  void store(Candle& bar) const {
    bar.high = high;
    bar.low = low;
    bar.volume = volume;
  }
};

}  // namespace

void FoldedColumns::reserve(std::size_t n) {
  bars.reserve(n);
  marks.reserve(n);
  source_bars.reserve(n);
}

void FoldedColumns::push_back(const FoldedCandle& folded) {
  bars.push_back(folded.bar);
  marks.push_back(folded.marks);
  source_bars.push_back(folded.source_bars);
}

Folder::Folder(Timeframe source, Timeframe target) : Folder(source, target, FoldState{}) {}

Folder::Folder(Timeframe source, Timeframe target, const FoldState& state)
    : source_(source),
      target_(target),
      source_length_(duration(source)),
      target_length_(duration(target)),
      state_(state) {
  CW_REQUIRE(folds_into(source, target));
}

void Folder::begin(const Candle& bar) {
  state_.first = !state_.begun;
  state_.begun = true;
  state_.under_way = true;
  state_.source_bars = 0;
  state_.first_source = bar.open_time;
  state_.bar = bar;
  state_.bar.open_time = open_of(target_, bar.open_time);
}

FoldedCandle Folder::close(bool series_ends) {
  const auto end = state_.bar.open_time + target_length_;
  const auto before = state_.first ? (state_.first_source - state_.bar.open_time) / source_length_ : 0;
  const auto after = series_ends ? (end - state_.last_source) / source_length_ - 1 : 0;
  FoldedCandle folded{state_.bar, {}, state_.source_bars};
  folded.marks.starts_late = before > 0;
  folded.marks.ends_early = series_ends;
  folded.marks.gap = before + state_.source_bars + after < target_length_ / source_length_;
  state_.under_way = false;
  return folded;
}

FoldedBars Folder::step(const Candle& bar) {
  CW_REQUIRE(!state_.begun || bar.open_time > state_.last_source);
  FoldedBars out;
  if (state_.under_way && bar.open_time >= state_.bar.open_time + target_length_) out.earlier = close(false);
  if (!state_.under_way) {
    begin(bar);
  } else {
    Sums sums{state_.bar};
    sums.add(bar.high, bar.low, bar.volume);
    sums.store(state_.bar);
    state_.bar.close = bar.close;
  }
  ++state_.source_bars;
  state_.last_source = bar.open_time;
  if (bar.open_time + source_length_ >= state_.bar.open_time + target_length_) out.complete = close(false);
  return out;
}

void Folder::run(const CandleSpan& rows, FoldedColumns& out) {
  std::int64_t last = state_.begun ? to_ms(state_.last_source) : std::numeric_limits<std::int64_t>::min();
  bool ordered = true;
  for (std::size_t i = 0; i < rows.size();) {
    if (state_.under_way && from_ms(rows.open_time_ms[i]) >= state_.bar.open_time + target_length_)
      out.push_back(close(false));
    const std::size_t from = i;
    if (!state_.under_way) {
      begin(rows[i]);
      ordered &= rows.open_time_ms[i] > last;
      last = rows.open_time_ms[i++];
    }
    // The rest of the span, row by row, so that volume is added in time order.
    const std::int64_t end = to_ms(state_.bar.open_time + target_length_);
    Sums sums{state_.bar};
    for (; i < rows.size() && rows.open_time_ms[i] < end; ++i) {
      ordered &= rows.open_time_ms[i] > last;
      last = rows.open_time_ms[i];
      sums.add(rows.high[i], rows.low[i], rows.volume[i]);
    }
    sums.store(state_.bar);
    state_.bar.close = rows.close[i - 1];
    state_.source_bars += static_cast<std::uint32_t>(i - from);
    state_.last_source = from_ms(last);
    if (last + source_length_.count() >= end) out.push_back(close(false));
  }
  CW_REQUIRE(ordered);
}

std::optional<FoldedCandle> Folder::finish() {
  std::optional<FoldedCandle> last;
  if (state_.under_way) last = close(true);
  state_ = {};
  return last;
}

std::optional<FormingCandle> Folder::peek(const FormingCandle& forming) const {
  if (state_.begun && forming.open_time <= state_.last_source) return std::nullopt;
  const auto open_time = open_of(target_, forming.open_time);
  FormingCandle shown = forming;
  shown.open_time = open_time;
  if (!state_.under_way || state_.bar.open_time != open_time) return shown;
  shown.open = state_.bar.open;
  shown.high = std::max(state_.bar.high, forming.high);
  shown.low = std::min(state_.bar.low, forming.low);
  shown.volume = state_.bar.volume + forming.volume;
  return shown;
}

FoldedColumns fold(const CandleSpan& rows, Timeframe source, Timeframe target) {
  Folder folder{source, target};
  FoldedColumns out;
  const auto ratio = static_cast<std::size_t>(duration(target) / duration(source));
  out.reserve(rows.size() / ratio + 2);
  folder.run(rows, out);
  if (const auto last = folder.finish()) out.push_back(*last);
  return out;
}

}  // namespace cw::market
