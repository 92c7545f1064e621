#include "expr/functions/tables.h"
#include "indicators/ratings/tradingview_rating.h"

namespace cw::expr {

using namespace indicators;

namespace {

constexpr std::string_view kSource = "TradingView's Pine library TechnicalRating, version 3 (2024-11-29)";

Function rating(std::string_view name, std::string_view title, std::string_view summary, std::string_view lookback) {
  return {.name = name,
          .group = "Ratings",
          .title = title,
          .bar_fields = {BarField::High, BarField::Low, BarField::Close, BarField::Volume},
          .outputs = {{"rating"}},
          .summary = summary,
          .units = "-1 to 1",
          .lookback = lookback,
          .nan_rule = "A vote that cannot be cast yet is left out of the mean.",
          .example = name,
          .source = kSource,
          .variable = true};
}

}  // namespace

void add_ratings(std::vector<Function>& rows) {
  rows.push_back(
      rating("rating.tradingview", "TradingView's technical rating",
             "The mean of TradingView's two ratings, of averages and of oscillators: a baseline to compare with. "
             "Above 0.1 TradingView says buy, above 0.5 strong buy, below -0.1 and -0.5 sell and strong sell.",
             "9"));
  rows.back().make = [](const Settings&) { return kernel<TradingViewRating<RatingPart::all>>(); };
  rows.push_back(rating("rating.tradingview_averages", "TradingView's rating of averages",
                        "The mean of 15 votes: +1 where the close is above an average, -1 where it is below.", "9"));
  rows.back().make = [](const Settings&) { return kernel<TradingViewRating<RatingPart::averages>>(); };
  rows.push_back(rating("rating.tradingview_oscillators", "TradingView's rating of oscillators",
                        "The mean of 11 votes, of +1 (buy), 0 and -1 (sell).", "11"));
  rows.back().make = [](const Settings&) { return kernel<TradingViewRating<RatingPart::oscillators>>(); };
}

}  // namespace cw::expr
