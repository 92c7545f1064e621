#include "expr/functions/tables.h"
#include "indicators/volume/accdist.h"
#include "indicators/volume/adosc.h"
#include "indicators/volume/cmf.h"
#include "indicators/volume/eom.h"
#include "indicators/volume/force.h"
#include "indicators/volume/iii.h"
#include "indicators/volume/obv.h"
#include "indicators/volume/pvt.h"
#include "indicators/volume/volume_index.h"
#include "indicators/volume/volume_ratio.h"
#include "indicators/volume/vwap.h"
#include "indicators/volume/wad.h"
#include "indicators/volume/wvad.h"

namespace cw::expr {

using namespace indicators;

namespace {

using enum BarField;

void add_sums(std::vector<Function>& rows) {
  rows.push_back({.name = "ta.obv",
                  .group = "Volume",
                  .title = "On Balance Volume",
                  .bar_fields = {Close, Volume},
                  .outputs = {{"obv"}},
                  .summary =
                      "The volumes of rising bars less those of falling ones, since the first bar (pine: without "
                      "the first bar's own volume).",
                  .units = "those of the volume",
                  .lookback = "0 (pine: 1)",
                  .example = "ta.obv",
                  .talib = "OBV",
                  .pine = "ta.obv",
                  .source = "J. Granville, 1963",
                  .seeded = true,
                  .variable = true,
                  .make = [](const Settings& s) { return kernel<Obv, true>(s.seed()); }});
  rows.push_back(
      {.name = "ta.accdist",
       .group = "Volume",
       .title = "Accumulation/distribution",
       .bar_fields = {High, Low, Close, Volume},
       .outputs = {{"accdist"}},
       .summary = "Each bar's volume times where its close stands in its range (-1 to 1), since the first bar.",
       .units = "those of the volume",
       .lookback = "0",
       .nan_rule = "A bar without a range adds 0.",
       .example = "ta.accdist",
       .talib = "AD",
       .pine = "ta.accdist",
       .source = "M. Chaikin",
       .variable = true,
       .make = [](const Settings&) { return kernel<Accdist, true>(); }});
  rows.push_back({.name = "ta.pvt",
                  .group = "Volume",
                  .title = "Price Volume Trend",
                  .bar_fields = {Close, Volume},
                  .outputs = {{"pvt"}},
                  .summary = "Each bar's relative change of the close times its volume, since the first bar.",
                  .units = "those of the volume",
                  .lookback = "0 (pine: 1)",
                  .nan_rule = "After a close of 0 nothing is added.",
                  .example = "ta.pvt",
                  .talib = "PVT",
                  .pine = "ta.pvt",
                  .seeded = true,
                  .variable = true,
                  .make = [](const Settings& s) { return kernel<Pvt, true>(s.seed()); }});
  rows.push_back({.name = "ta.nvi",
                  .group = "Volume",
                  .title = "Negative Volume Index",
                  .bar_fields = {Close, Volume},
                  .outputs = {{"nvi"}},
                  .summary = "Moves with the close on bars whose volume is smaller than the last bar's.",
                  .units = "begins at 1000 (talib) or 1 (pine)",
                  .lookback = "0",
                  .nan_rule = "After a close of 0 it stays where it is.",
                  .example = "ta.nvi",
                  .talib = "NVI",
                  .pine = "ta.nvi",
                  .source = "P. Dysart, N. Fosback",
                  .seeded = true,
                  .variable = true,
                  .make = [](const Settings& s) { return kernel<Nvi, true>(s.seed()); }});
  rows.push_back({.name = "ta.pvi",
                  .group = "Volume",
                  .title = "Positive Volume Index",
                  .bar_fields = {Close, Volume},
                  .outputs = {{"pvi"}},
                  .summary = "Moves with the close on bars whose volume is greater than the last bar's.",
                  .units = "begins at 1000 (talib) or 1 (pine)",
                  .lookback = "0",
                  .nan_rule = "After a close of 0 it stays where it is.",
                  .example = "ta.pvi",
                  .talib = "PVI",
                  .pine = "ta.pvi",
                  .source = "P. Dysart, N. Fosback",
                  .seeded = true,
                  .variable = true,
                  .make = [](const Settings& s) { return kernel<Pvi, true>(s.seed()); }});
  rows.push_back({.name = "ta.wad",
                  .group = "Volume",
                  .title = "Williams accumulation/distribution",
                  .bar_fields = {High, Low, Close},
                  .outputs = {{"wad"}},
                  .summary =
                      "How far rising bars close above their true low, less how far falling ones close below their "
                      "true high, since the first bar.",
                  .units = "those of the price",
                  .lookback = "0",
                  .example = "ta.wad",
                  .talib = "WAD",
                  .pine = "ta.wad",
                  .source = "L. Williams, 1972",
                  .variable = true,
                  .make = [](const Settings&) { return kernel<Wad>(); }});
}

void add_flows(std::vector<Function>& rows) {
  rows.push_back(
      {.name = "ta.adosc",
       .group = "Volume",
       .title = "Chaikin oscillator",
       .parameters = {length_setting(3, "fast", 1, "Fast length"), length_setting(10, "slow", 1, "Slow length")},
       .bar_fields = {High, Low, Close, Volume},
       .outputs = {{"adosc"}},
       .summary = "The fast exponential average of accumulation/distribution less the slow one; both begin at "
                  "the first bar's value.",
       .units = "those of the volume",
       .lookback = "max(fast, slow) - 1",
       .nan_rule = "A bar without a range adds 0 to the accumulation.",
       .example = "ta.adosc(3, 10)",
       .talib = "ADOSC",
       .source = "M. Chaikin",
       .make = [](const Settings& s) { return kernel<Adosc, true>(s.integer(0), s.integer(1)); }});
  rows.push_back({.name = "ta.cmf",
                  .group = "Volume",
                  .title = "Chaikin Money Flow",
                  .parameters = {length_setting(20)},
                  .bar_fields = {High, Low, Close, Volume},
                  .outputs = {{"cmf"}},
                  .summary =
                      "Volume times where the close stands in the bar's range, summed over `length` bars, over their "
                      "volume.",
                  .units = "-1 to 1",
                  .lookback = "length - 1",
                  .nan_rule = "A bar without a range adds 0; a window without volume answers 0.",
                  .example = "ta.cmf(20)",
                  .talib = "CMF",
                  .source = "M. Chaikin",
                  .make = [](const Settings& s) { return kernel<Cmf>(s.integer(0)); }});
  rows.push_back({.name = "ta.force",
                  .group = "Volume",
                  .title = "Force Index",
                  .parameters = {length_setting(13)},
                  .bar_fields = {Close, Volume},
                  .outputs = {{"force"}},
                  .summary = "The exponential average of the close's change times the volume.",
                  .units = "price times volume",
                  .lookback = "length",
                  .example = "ta.force(13)",
                  .talib = "EFI",
                  .source = "A. Elder, Trading for a Living, 1993",
                  .make = [](const Settings& s) { return kernel<Force, true>(s.integer(0)); }});
  rows.push_back({.name = "ta.eom",
                  .group = "Volume",
                  .title = "Ease of Movement",
                  .parameters = {length_setting(14), number_setting("divisor", 10'000, 1e-9, 1e15, "Divisor")},
                  .bar_fields = {High, Low, Volume},
                  .outputs = {{"eom"}},
                  .summary =
                      "How far a bar's middle moved for its volume, times its range and the divisor, averaged over "
                      "`length` bars.",
                  .units = "price squared over volume, times the divisor",
                  .lookback = "length",
                  .nan_rule = "A bar without volume counts 0.",
                  .example = "ta.eom(14, 10000)",
                  .source = "In Pine: ta.sma(divisor * ta.change(hl2) * (high - low) / volume, length); R. Arms, 1996",
                  .make = [](const Settings& s) { return kernel<Eom>(s.integer(0), s.number(1)); }});
  rows.push_back({.name = "ta.volume_ratio",
                  .group = "Volume",
                  .title = "Volume ratio",
                  .parameters = {length_setting(20)},
                  .bar_fields = {Volume},
                  .outputs = {{"volume_ratio"}},
                  .summary = "A bar's volume over the mean of the `length` bars before it.",
                  .units = "1 is as usual, 3 three times as much",
                  .lookback = "length",
                  .nan_rule = "After `length` bars without volume it answers 0 (TA-Lib: NaN).",
                  .example = "ta.volume_ratio(20)",
                  .talib = "RVOL",
                  .make = [](const Settings& s) { return kernel<VolumeRatio>(s.integer(0)); }});
  rows.push_back({.name = "ta.wvad",
                  .group = "Volume",
                  .title = "Williams variable accumulation/distribution",
                  .bar_fields = {Open, High, Low, Close, Volume},
                  .outputs = {{"wvad"}},
                  .summary = "A bar's body over its range, times its volume.",
                  .units = "those of the volume",
                  .lookback = "0",
                  .nan_rule = "A bar without a range answers 0 (Pine: na).",
                  .example = "ta.wvad",
                  .pine = "ta.wvad",
                  .source = "L. Williams",
                  .variable = true,
                  .make = [](const Settings&) { return kernel<Wvad>(); }});
  rows.push_back({.name = "ta.iii",
                  .group = "Volume",
                  .title = "Intraday Intensity Index",
                  .bar_fields = {High, Low, Close, Volume},
                  .outputs = {{"iii"}},
                  .summary = "Where a bar's close stands in its range (-1 to 1), over its volume.",
                  .units = "one over those of the volume",
                  .lookback = "0",
                  .nan_rule = "A bar without a range or without volume answers 0 (Pine: na).",
                  .example = "ta.iii",
                  .pine = "ta.iii",
                  .source = "D. Bostian",
                  .variable = true,
                  .make = [](const Settings&) { return kernel<Iii>(); }});
}

void add_vwap(std::vector<Function>& rows) {
  const Parameter anchor{.name = "anchor", .type = Type::Bool, .qualifier = Qualifier::Series, .title = "Anchor"};
  rows.push_back({.name = "ta.vwap",
                  .group = "Volume",
                  .title = "Volume-weighted average price of the day",
                  .parameters = {source_series("source", "hlc3")},
                  .bar_fields = {Volume, Time},
                  .outputs = {{"vwap"}},
                  .summary = "The mean of the source since 00:00 UTC, weighed by volume.",
                  .units = "those of the source",
                  .lookback = "0",
                  .nan_rule =
                      "NaN until the first day begins that the series has from 00:00 on. Without volume since the "
                      "day began: the source (Pine: na).",
                  .example = "ta.vwap(hlc3)",
                  .pine = "ta.vwap",
                  .overlay = true,
                  .event = true,
                  .variable = true,
                  .make = [](const Settings&) { return kernel<SessionVwap, true>(); }});
  rows.push_back({.name = "ta.vwap",
                  .group = "Volume",
                  .title = "Anchored volume-weighted average price",
                  .parameters = {source_series("source", "hlc3"), anchor},
                  .bar_fields = {Volume},
                  .outputs = {{"vwap"}},
                  .summary = "The mean of the source since the last bar on which `anchor` was true, weighed by volume.",
                  .units = "those of the source",
                  .lookback = "0",
                  .nan_rule =
                      "NaN before the first anchor. Without volume since the anchor: the source (TA-Lib: 0, Pine: "
                      "na).",
                  .example = "ta.vwap(hlc3, bar_index % 100 == 0)",
                  .talib = "VWAP is the one anchored at the first bar",
                  .pine = "ta.vwap",
                  .overlay = true,
                  .event = true,
                  .make = [](const Settings&) { return kernel<Vwap, true>(); }});
  rows.push_back({.name = "ta.vwap",
                  .group = "Volume",
                  .title = "Anchored volume-weighted average price with bands",
                  .parameters = {source_series("source", "hlc3"), anchor,
                                 number_setting("stdev_mult", {}, 0, 1'000, "Deviations")},
                  .bar_fields = {Volume},
                  .outputs = {{"vwap"}, {"upper"}, {"lower"}},
                  .summary =
                      "The anchored VWAP, and bands `stdev_mult` volume-weighted standard deviations of the source "
                      "above and below.",
                  .units = "those of the source",
                  .lookback = "0",
                  .nan_rule = "NaN before the first anchor. Without volume since the anchor: the source, three times.",
                  .example = "ta.vwap(hlc3, bar_index % 100 == 0, 2)",
                  .pine = "ta.vwap",
                  .overlay = true,
                  .event = true,
                  .make = [](const Settings& s) { return kernel<VwapBands, true>(s.number(0)); }});
}

}  // namespace

void add_volume(std::vector<Function>& rows) {
  add_sums(rows);
  add_flows(rows);
  add_vwap(rows);
}

}  // namespace cw::expr
