#include "candle_store/query.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "market/fold.h"

namespace cw::candle_store {
namespace {

/// A bar of the answer on its way.
struct Piece {
  market::Candle bar;
  market::Timeframe source;
  bool whole;
  market::FoldMarks marks{};
};
using Pieces = std::vector<Piece>;

/// A stretch of whole spans of the asked timeframe.
struct Window {
  Timestamp from;
  Timestamp to;
};

/// The marks of a bar in view of its whole series; the folder saw only a window of it.
market::FoldMarks marks_of(const SeriesInfo& info, Timestamp open, Millis step, std::uint32_t source_bars) {
  const Millis length = market::duration(info.id.timeframe);
  const auto before = std::clamp(info.first - open, Millis{}, step) / length;
  const auto after = std::clamp(open + step - (info.last + length), Millis{}, step) / length;
  return {before + source_bars + after < step / length, before > 0, after > 0};
}

class Gatherer {
 public:
  Gatherer(const CandleStore& store, const CandleQuery& query)
      : store_(store), query_(query), step_(market::duration(query.timeframe)) {
    series_ = store.list(query.instrument);
    std::erase_if(series_, [&](const SeriesInfo& info) {
      return info.id.timeframe != query.timeframe && !market::folds_into(info.id.timeframe, query.timeframe);
    });
  }

  Result<Pieces> gather() {
    if (series_.empty()) return Pieces{};
    const auto first = std::ranges::min(series_, {}, &SeriesInfo::first).first;
    const auto end = end_of_data();
    // The first bar that opens at or after `from`, the last that opens before `to`.
    auto from = std::max(query_.from, market::open_of(query_.timeframe, first));
    if (!market::is_open_time(query_.timeframe, from)) from = market::open_of(query_.timeframe, from) + step_;
    const auto to = std::min(query_.to, end);
    if (from >= to) return Pieces{};
    const auto last_open = market::open_of(query_.timeframe, to - Millis{1});
    return query_.pick == Pick::newest ? newest(from, last_open + step_) : oldest(from, last_open + step_);
  }

 private:
  /// Where the newest stored bar of any of the series ends.
  Timestamp end_of_data() const {
    Timestamp end{};
    for (const auto& info : series_) end = std::max(end, info.last + market::duration(info.id.timeframe));
    return end;
  }

  Result<Pieces> newest(Timestamp from, Timestamp to);
  Result<Pieces> oldest(Timestamp from, Timestamp to);
  Result<Pieces> bars_of(const Window& window) const;
  Result<Pieces> fold_one(const SeriesInfo& info, const Window& window) const;
  Result<std::optional<Timestamp>> nearest(Timestamp from, Timestamp to, bool backward) const;
  bool all_whole(const Pieces& pieces, const Window& window) const;
  void drop_unfinished(Pieces& pieces) const;

  /// `bars` spans in one window, within [from, to).
  Millis length_of(std::size_t bars, Timestamp from, Timestamp to) const {
    const auto most = static_cast<std::uint64_t>((to - from) / step_ + 1);
    return step_ * static_cast<std::int64_t>(std::min<std::uint64_t>(bars, most));
  }

  const CandleStore& store_;
  const CandleQuery& query_;
  Millis step_;
  std::vector<SeriesInfo> series_;  // finest first
};

/// The newest (or oldest) stored bar of [from, to), of any series.
Result<std::optional<Timestamp>> Gatherer::nearest(Timestamp from, Timestamp to, bool backward) const {
  std::optional<Timestamp> best;
  for (const auto& info : series_) {
    const auto look = [&](const market::CandleSpan& rows) {
      const auto time = from_ms(backward ? rows.open_time_ms.back() : rows.open_time_ms.front());
      if (!best || (backward ? time > *best : time < *best)) best = time;
      return false;
    };
    auto done = backward ? store_.scan_backward(info.id, from, to, look) : store_.scan(info.id, from, to, look);
    if (!done) return pass_on(done);
  }
  return best;
}

Result<Pieces> Gatherer::fold_one(const SeriesInfo& info, const Window& window) const {
  Pieces pieces;
  const auto timeframe = info.id.timeframe;
  if (timeframe == query_.timeframe) {
    auto done = store_.scan(info.id, window.from, window.to, [&](const market::CandleSpan& rows) {
      for (std::size_t i = 0; i < rows.size(); ++i) pieces.push_back({rows[i], timeframe, true, {}});
      return true;
    });
    if (!done) return pass_on(done);
    return pieces;
  }
  market::Folder folder(timeframe, query_.timeframe);
  market::FoldedColumns folded;
  auto done = store_.scan(info.id, window.from, window.to, [&](const market::CandleSpan& rows) {
    folder.run(rows, folded);
    return true;
  });
  if (!done) return pass_on(done);
  if (const auto last = folder.finish()) folded.push_back(*last);
  const auto bars_of_one = static_cast<std::uint32_t>(step_ / market::duration(timeframe));
  pieces.reserve(folded.size());
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const bool whole = folded.source_bars[i] == bars_of_one;
    pieces.push_back(
        {folded.bars[i], timeframe, whole,
         whole ? market::FoldMarks{} : marks_of(info, folded.bars[i].open_time, step_, folded.source_bars[i])});
  }
  return pieces;
}

bool Gatherer::all_whole(const Pieces& pieces, const Window& window) const {
  const auto spans = static_cast<std::size_t>((window.to - window.from) / step_);
  return pieces.size() == spans && std::ranges::all_of(pieces, &Piece::whole);
}

/// What `finer` has stands where it is whole, or where `coarser` is not.
Pieces stitched(const Pieces& finer, const Pieces& coarser) {
  Pieces out;
  out.reserve(std::max(finer.size(), coarser.size()));
  auto c = coarser.begin();
  for (const auto& piece : finer) {
    while (c != coarser.end() && c->bar.open_time < piece.bar.open_time) out.push_back(*c++);
    if (c != coarser.end() && c->bar.open_time == piece.bar.open_time) {
      out.push_back(piece.whole || !c->whole ? piece : *c);
      ++c;
    } else {
      out.push_back(piece);
    }
  }
  out.insert(out.end(), c, coarser.end());
  return out;
}

Result<Pieces> Gatherer::bars_of(const Window& window) const {
  Pieces pieces;
  bool first = true;
  for (const auto& info : series_) {
    if (!first && all_whole(pieces, window)) break;
    if (info.last < window.from || info.first >= window.to) continue;
    auto one = fold_one(info, window);
    if (!one) return pass_on(one);
    pieces = first ? std::move(*one) : stitched(pieces, *one);
    first = false;
  }
  drop_unfinished(pieces);
  return pieces;
}

void Gatherer::drop_unfinished(Pieces& pieces) const {
  if (query_.with_unfinished || pieces.empty()) return;
  const auto& last = pieces.back();
  if (!last.whole && last.bar.open_time + step_ > end_of_data()) pieces.pop_back();
}

Result<Pieces> Gatherer::newest(Timestamp from, Timestamp to) {
  Pieces found;
  // Where bars are rare, windows double, so that their number stays small.
  for (std::size_t bars = query_.limit; found.size() < query_.limit; bars *= 2) {
    const auto at = nearest(from, to, true);
    if (!at) return pass_on(at);
    if (!*at) break;
    const auto end = market::open_of(query_.timeframe, **at) + step_;
    const Window window{std::max(from, end - length_of(bars, from, end)), end};
    auto pieces = bars_of(window);
    if (!pieces) return pass_on(pieces);
    pieces->insert(pieces->end(), found.begin(), found.end());
    found = std::move(*pieces);
    to = window.from;
  }
  if (found.size() > query_.limit) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(query_.limit));
  return found;
}

Result<Pieces> Gatherer::oldest(Timestamp from, Timestamp to) {
  Pieces found;
  for (std::size_t bars = query_.limit; found.size() < query_.limit; bars *= 2) {
    const auto at = nearest(from, to, false);
    if (!at) return pass_on(at);
    if (!*at) break;
    const auto begin = market::open_of(query_.timeframe, **at);
    const Window window{begin, std::min(to, begin + length_of(bars, begin, to))};
    auto pieces = bars_of(window);
    if (!pieces) return pass_on(pieces);
    found.insert(found.end(), pieces->begin(), pieces->end());
    from = window.to;
  }
  if (found.size() > query_.limit) found.resize(query_.limit);
  return found;
}

}  // namespace

Result<CandleAnswer> query(const CandleStore& store, const CandleQuery& query) {
  if (query.limit < 1 || query.limit > kQueryMost) {
    return std::unexpected(Error{
        Errc::bad_parameter, fmt::format("limit: {} is not between 1 and {}", query.limit, kQueryMost), {}, "limit"});
  }
  const auto pieces = Gatherer(store, query).gather();
  if (!pieces) return pass_on(pieces);

  CandleAnswer answer;
  answer.bars.reserve(pieces->size());
  answer.gaps.reserve(pieces->size());
  const auto step = market::duration(query.timeframe);
  answer.marks.reserve(pieces->size());
  for (const auto& [bar, source, whole, marks] : *pieces) {
    answer.bars.push_back(bar);
    answer.marks.push_back(marks);
    answer.gaps.push_back(whole ? 0 : 1);
    const bool goes_on = !answer.source.empty() && answer.source.back().timeframe == source &&
                         answer.source.back().gap == !whole && answer.source.back().to == bar.open_time;
    if (goes_on) {
      answer.source.back().to = bar.open_time + step;
    } else {
      answer.source.push_back({source, bar.open_time, bar.open_time + step, !whole});
    }
  }
  return answer;
}

}  // namespace cw::candle_store
