#include "lab/coverage.h"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace cw::lab {
namespace {

/// A stretch of time, the end of its last bar included.
struct Stretch {
  std::int64_t from = std::numeric_limits<std::int64_t>::max();
  std::int64_t to = std::numeric_limits<std::int64_t>::min();

  bool any() const { return from < to; }
  Stretch with(const Stretch& other) const { return {std::min(from, other.from), std::max(to, other.to)}; }
};

Stretch stretch_of(const market::CandleSpan& bars, market::Timeframe timeframe) {
  if (bars.empty()) return {};
  return {bars.open_time_ms.front(), bars.open_time_ms.back() + market::duration(timeframe).count()};
}

Stretch whole_of(std::span<const Stretch> each) {
  Stretch all;
  for (const auto& one : each) all = all.with(one);
  return all;
}

market::CandleSpan since(const market::CandleSpan& bars, Timestamp from) {
  const auto first = std::ranges::lower_bound(bars.open_time_ms, to_ms(from)) - bars.open_time_ms.begin();
  return bars.subspan(static_cast<std::size_t>(first), bars.size() - static_cast<std::size_t>(first));
}

/// "2024-08-05", or with the time where it is not midnight.
std::string minute_text(std::int64_t ms) {
  constexpr std::int64_t kDay = 24 * 3'600'000;
  auto text = format_time(from_ms(ms)).substr(0, ms % kDay == 0 ? 10 : 16);
  std::ranges::replace(text, 'T', ' ');
  return text;
}

/// So much is missing at an end before it is worth a word.
std::int64_t slack(market::Timeframe timeframe) {
  return std::max<std::int64_t>(24 * 3'600'000, 2 * market::duration(timeframe).count());
}

/// One that is asked for by itself: what of the period there are no bars of.
void add_lacking_of_period(const AskedBars& asked, const Stretch& acted, std::vector<std::string>& out) {
  const auto most = slack(asked.timeframe);
  const auto& [timeframe, acted_from, from, to] = asked;
  if (from && acted.from - to_ms(*from) > most)
    out.push_back(fmt::format("The period is asked from {} on; the bars begin at {}.", minute_text(to_ms(*from)),
                              minute_text(acted.from)));
  if (to && to_ms(*to) - acted.to > most)
    out.push_back(
        fmt::format("The period is asked to {}; the bars end at {}.", minute_text(to_ms(*to)), minute_text(acted.to)));
}

void add_lacking_of_part(std::string_view name, const Stretch& own, const Stretch& all, std::int64_t most,
                         std::vector<std::string>& out) {
  if (own.from - all.from > most) out.push_back(fmt::format("{} has no bars before {}.", name, minute_text(own.from)));
  if (all.to - own.to > most) out.push_back(fmt::format("{} has no bars after {}.", name, minute_text(own.to)));
}

void add_lacking_of_other(const expr::Context& feed, const Stretch& own, const Stretch& all,
                          std::vector<std::string>& out) {
  const auto most = slack(feed.timeframe);
  if (own.from - all.from > most)
    out.push_back(fmt::format("{}, which the strategy looks at, has no bars before {}: until then it has no value.",
                              feed.symbol, minute_text(own.from)));
  if (all.to - own.to > most)
    out.push_back(
        fmt::format("{}, which the strategy looks at, has no bars after {}: its last value stands from then on.",
                    feed.symbol, minute_text(own.to)));
}

}  // namespace

Result<void> check_bars(std::span<const std::string_view> names, std::span<const market::CandleSpan> bars,
                        Timestamp from, market::Timeframe timeframe) {
  if (bars.size() < 2) return {};
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (!since(bars[i], from).empty()) continue;
    const auto where = bars[i].empty()
                           ? std::string{": they begin later, or none are stored that they could be made of"}
                           : fmt::format("; the last ends at {}", minute_text(stretch_of(bars[i], timeframe).to));
    return std::unexpected(
        Error{Errc::not_found,
              fmt::format("No bar of {} {} lies in the period{}.", names[i], market::name(timeframe), where),
              {},
              "symbol"});
  }
  return {};
}

std::vector<std::string> coverage_of(const AskedBars& asked, std::span<const std::string_view> names,
                                     std::span<const market::CandleSpan> bars) {
  std::vector<Stretch> each;
  for (const auto& one : bars) each.push_back(stretch_of(since(one, asked.acted_from), asked.timeframe));
  const auto all = whole_of(each);
  std::vector<std::string> out;
  if (!all.any()) return out;
  add_lacking_of_period(asked, all, out);
  for (std::size_t i = 0; i < each.size(); ++i) {
    if (each[i].any()) add_lacking_of_part(names[i], each[i], all, slack(asked.timeframe), out);
  }
  return out;
}

std::vector<std::string> coverage_of(const PreparedRun& run, const LoadedRun& loaded) {
  const auto bars = loaded.views();
  auto out = coverage_of({run.timeframe, run.settings.from, run.request.from, run.request.to}, run.names(), bars);
  std::vector<Stretch> each;
  for (const auto& one : bars) each.push_back(stretch_of(since(one, run.settings.from), run.timeframe));
  const auto all = whole_of(each);
  if (!all.any()) return out;
  std::set<std::string> told;  // a symbol that is looked at by several of them, or in several timeframes
  for (const auto& plan : loaded.plans) {
    for (std::size_t feed = 0; feed < plan.kept_others().size(); ++feed) {
      const expr::Context& looked_at = plan.feeds()[feed];
      if (!told.insert(looked_at.symbol).second) continue;
      add_lacking_of_other(looked_at, stretch_of(plan.kept_others()[feed]->view(), looked_at.timeframe), all, out);
    }
  }
  return out;
}

}  // namespace cw::lab
