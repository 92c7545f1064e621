#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "backtest/sweep/state_json.h"
#include "evaluation/bar_source.h"
#include "expr/plan.h"

namespace cw::lab {

/// The bars of the symbols that rules look at beside their own (`request.security` of another symbol). Each series is read
/// once, however many instruments, cells and plans ask for it. Any thread.
class OtherSymbols {
 public:
  /// Bars that open before `end`, at most `bars_most` of all series: from the first there is, or those that can be seen by
  /// bars that open at `from` or later.
  OtherSymbols(evaluation::StoreOf store_of, Timestamp end, std::uint64_t bars_most, Timestamp from = {});

  /// Gives a plan that has seen no bar what it asks for; nothing where it asks for nothing.
  /// Errors  not_found: a series has no bar; limit_exceeded; cancelled; those of the store
  Result<void> give(expr::Plan& plan, const std::function<bool()>& cancelled = {});

  /// The candles of a series, as a digest that differs, but for chance, where a bar does. Errors  those of give
  Result<std::string> digest_of(const expr::Context& series);
  /// Those of all series that were asked for so far.
  std::vector<backtest::OtherCandles> digests();

 private:
  using Rows = std::shared_ptr<const market::CandleColumns>;
  Result<Rows> rows_of(const expr::Context& feed, const std::function<bool()>& cancelled);

  evaluation::StoreOf store_of_;
  Timestamp from_;
  Timestamp end_;
  std::uint64_t bars_left_;
  std::mutex mutex_;
  std::map<std::pair<std::string, market::Timeframe>, Rows> read_;
  std::map<std::pair<std::string, market::Timeframe>, std::string> digests_;
};

}  // namespace cw::lab
