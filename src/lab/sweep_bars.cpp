#include "lab/sweep_bars.h"

#include <fmt/format.h>

#include "base/require.h"

namespace cw::lab {

Result<std::vector<market::CandleColumns>> read_sweep_bars(std::span<const RunMarket> markets, std::uint64_t bars_most,
                                                           const Progress& progress) {
  std::vector<market::CandleColumns> all;
  std::uint64_t left = bars_most;
  for (const RunMarket& market : markets) {
    auto source = market.bars();
    if (!source) return pass_on(source);
    const auto told = [&](double share) {
      return progress((static_cast<double>(all.size()) + share) / static_cast<double>(markets.size()));
    };
    auto bars = read_all(**source, left, told, market.bars_about);
    if (!bars && bars.error().code == Errc::limit_exceeded)
      return fail(Errc::limit_exceeded,
                  fmt::format("A sweep takes at most {} bars of all its symbols; choose a shorter period or a longer "
                              "timeframe.",
                              bars_most));
    if (!bars) return pass_on(bars);
    left -= bars->size();
    all.push_back(std::move(*bars));
  }
  return all;
}

Result<backtest::SweepData> sweep_data(std::span<const market::Instrument> instruments,
                                       std::span<const market::CandleColumns> bars, market::Timeframe timeframe,
                                       const expr::CompileOptions& language) {
  CW_REQUIRE(instruments.size() == bars.size());
  std::vector<backtest::SweepPart> parts;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const auto rules = trading::rules_of(instruments[i]);
    if (!rules) return pass_on(rules);
    backtest::SweepPart part{
        .bars = bars[i].view(), .rules = *rules, .language = language, .series = {}, .name = instruments[i].id.symbol};
    part.language.symbol = instruments[i].id;
    parts.push_back(std::move(part));
  }
  return backtest::SweepData::of(std::move(parts), timeframe);
}

}  // namespace cw::lab
