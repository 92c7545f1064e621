#include "lab/sweep_bars.h"

#include <fmt/format.h>

#include "base/require.h"
#include "lab/coverage.h"

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

Result<std::vector<market::CandleColumns>> read_sweep_lower(std::span<const market::Instrument> instruments,
                                                            std::span<const RunMarket> markets,
                                                            std::span<const market::CandleColumns> bars,
                                                            std::uint64_t bars_most, const Progress& progress) {
  std::vector<market::CandleColumns> all;
  std::uint64_t left = bars_most;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const auto told = [&](double share) {
      return progress((static_cast<double>(i) + share) / static_cast<double>(instruments.size()));
    };
    auto rows = read_lower(markets[i], bars[i].view(), left, told);
    if (!rows && rows.error().code == Errc::limit_exceeded)
      return std::unexpected(Error{
          Errc::limit_exceeded,
          fmt::format("A sweep walks at most {} shorter bars of all its symbols; choose a shorter period.", bars_most),
          {},
          "intrabar"});
    if (!rows) return pass_on(rows);
    if (rows->empty()) return std::unexpected(nothing_to_walk(instruments[i].id));
    left -= rows->size();
    all.push_back(std::move(*rows));
  }
  return all;
}

std::vector<std::string> sweep_warnings(const RunRequest& request, Timestamp from, const backtest::SweepData& data) {
  std::vector<std::string_view> names;
  std::vector<market::CandleSpan> bars;
  for (const auto& part : data.parts) {
    names.push_back(part.name);
    bars.push_back(part.bars);
  }
  return coverage_of({data.timeframe, from, request.from, request.to}, names, bars);
}

Error nothing_to_walk(const market::InstrumentId& id) {
  return {Errc::not_found,
          fmt::format("The magnifier walks shorter bars, of which none are stored of {}.", id.text()),
          {},
          "intrabar"};
}

Result<backtest::SweepData> sweep_data(std::span<const market::Instrument> instruments,
                                       std::span<const market::CandleColumns> bars,
                                       std::span<const market::CandleColumns> lower, Timestamp from,
                                       market::Timeframe timeframe, const expr::CompileOptions& language) {
  CW_REQUIRE(instruments.size() == bars.size() && (lower.empty() || lower.size() == bars.size()));
  std::vector<std::string_view> names;
  std::vector<market::CandleSpan> views;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    names.push_back(instruments[i].id.symbol);
    views.push_back(bars[i].view());
  }
  if (const auto there = check_bars(names, views, from, timeframe); !there) return pass_on(there);
  std::vector<backtest::SweepPart> parts;
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const auto rules = trading::rules_of(instruments[i]);
    if (!rules) return pass_on(rules);
    backtest::SweepPart part{
        .bars = bars[i].view(), .rules = *rules, .language = language, .series = {}, .name = instruments[i].id.symbol};
    part.language.symbol = instruments[i].id;
    if (!lower.empty()) part.lower = lower[i].view();
    parts.push_back(std::move(part));
  }
  return backtest::SweepData::of(std::move(parts), timeframe);
}

}  // namespace cw::lab
