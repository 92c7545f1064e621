#include "lab/other_symbols.h"

#include <algorithm>

#include <fmt/format.h>

#include "lab/run.h"

namespace cw::lab {

OtherSymbols::OtherSymbols(evaluation::StoreOf store_of, Timestamp end, std::uint64_t bars_most, Timestamp from)
    : store_of_(std::move(store_of)), from_(from), end_(end), bars_left_(bars_most) {}

Result<void> OtherSymbols::give(expr::Plan& plan, const std::function<bool()>& cancelled) {
  if (plan.feeds().empty()) return {};
  const std::scoped_lock lock{mutex_};
  expr::FeedBars bars;
  for (const expr::Context& feed : plan.feeds()) {
    auto rows = rows_of(feed, cancelled);
    if (!rows) return pass_on(rows);
    bars.push_back(std::move(*rows));
  }
  plan.keep_others(std::move(bars));
  return {};
}

Result<std::string> OtherSymbols::digest_of(const expr::Context& series) {
  const std::scoped_lock lock{mutex_};
  const std::pair key{series.symbol, series.timeframe};
  if (const auto known = digests_.find(key); known != digests_.end()) return known->second;
  const auto rows = rows_of(series, {});
  if (!rows) return pass_on(rows);
  return digests_.emplace(key, backtest::bars_digest((*rows)->view())).first->second;
}

std::vector<backtest::OtherCandles> OtherSymbols::digests() {
  const std::scoped_lock lock{mutex_};
  std::vector<backtest::OtherCandles> out;
  for (const auto& [key, rows] : read_) {
    auto digest = digests_.find(key);
    if (digest == digests_.end()) digest = digests_.emplace(key, backtest::bars_digest(rows->view())).first;
    out.push_back({{key.first, key.second}, digest->second});
  }
  return out;
}

Result<OtherSymbols::Rows> OtherSymbols::rows_of(const expr::Context& feed, const std::function<bool()>& cancelled) {
  const std::pair key{feed.symbol, feed.timeframe};
  if (const auto known = read_.find(key); known != read_.end()) return known->second;
  const auto id = market::parse_instrument_id(feed.symbol);
  if (!id) return pass_on(id);
  // The bar that is seen at `from_` has closed by then.
  const auto from = std::max(Timestamp{}, from_ - 2 * market::duration(feed.timeframe));
  const auto source = evaluation::stored_bars(store_of_(*id), *id, feed.timeframe, from, end_);
  auto rows = read_all(*source, bars_left_, [&cancelled](double) { return !(cancelled && cancelled()); }, 0);
  if (!rows && rows.error().code == Errc::limit_exceeded)
    return fail(Errc::limit_exceeded,
                fmt::format("There are too many {} bars of {}, which the strategy looks at; let it "
                            "look at a longer timeframe.",
                            market::name(feed.timeframe), feed.symbol));
  if (!rows) return pass_on(rows);
  if (rows->empty())
    return fail(Errc::not_found, fmt::format("The strategy looks at {}, of which no {} bar is stored in that time.",
                                             feed.symbol, market::name(feed.timeframe)));
  bars_left_ -= rows->size();
  return read_.emplace(key, std::make_shared<const market::CandleColumns>(std::move(*rows))).first->second;
}

}  // namespace cw::lab
