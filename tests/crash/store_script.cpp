#include "tests/crash/store_script.h"

#include <fmt/format.h>

namespace cw::crash {
namespace {

using candle_store::bar_at;
using candle_store::kBtc1m;
using candle_store::kEth1m;
using candle_store::SeriesId;

const SeriesId kSol1m{{"binance", "SOLUSDT"}, market::Timeframe::m1};

market::CandleColumns some_bars(Random& random, std::int64_t first, std::int64_t count) {
  return candle_store::bars(first, first + count, static_cast<int>(random.below(100)));
}

}  // namespace

std::vector<Step> make_steps(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<Step> steps;
  std::int64_t next_live = 200'000;
  for (std::size_t i = 0; i < count; ++i) {
    const auto place = static_cast<std::int64_t>(random.below(20'000));
    const auto few = 1 + static_cast<std::int64_t>(random.below(6'000));
    switch (random.below(10)) {
      case 0:
      case 1: steps.push_back({Step::Kind::import, kBtc1m, some_bars(random, place, few)}); break;
      case 2: {
        // Over 64 chunks of 2,040 bars: several transactions.
        const auto many = 135'000 + static_cast<std::int64_t>(random.below(20'000));
        steps.push_back({Step::Kind::import, kBtc1m, some_bars(random, place, many)});
        break;
      }
      case 3:
      case 4: steps.push_back({Step::Kind::history, kSol1m, some_bars(random, place, few)}); break;
      case 5: steps.push_back({Step::Kind::prune, kSol1m, {}, bar_at(place / 2).open_time}); break;
      case 6: steps.push_back({Step::Kind::append, kBtc1m, some_bars(random, place, 3)}); break;
      default: {
        const auto bars = 1 + static_cast<std::int64_t>(random.below(30));
        steps.push_back({Step::Kind::append, kEth1m, some_bars(random, next_live, bars)});
        next_live += bars;
        break;
      }
    }
  }
  return steps;
}

std::string perform(candle_store::CandleStore& store, const Step& step) {
  const auto why = [](const auto& result) { return result ? std::string{} : result.error().message; };
  switch (step.kind) {
    case Step::Kind::import: {
      auto import = store.begin_import(step.series, "script");
      if (!import) return why(import);
      constexpr std::size_t kBlock = 8'192;
      const auto rows = step.bars.view();
      for (std::size_t at = 0; at < rows.size(); at += kBlock) {
        auto staged = (*import)->stage(rows.subspan(at, std::min(kBlock, rows.size() - at)));
        if (!staged) return why(staged);
      }
      return why((*import)->commit(true));
    }
    case Step::Kind::history: return why(store.put_history(step.series, step.bars.view()));
    case Step::Kind::append: return why(store.append(step.series, candle_store::list_of(step.bars)));
    case Step::Kind::prune: return why(store.prune(step.series, step.before));
  }
  return "no such step";
}

void apply_step(Contents& contents, const Step& step) {
  auto& rows = contents[step.series];
  for (const auto& bar : candle_store::list_of(step.bars)) rows[to_ms(bar.open_time)] = bar;
  if (step.kind == Step::Kind::prune) {
    std::erase_if(rows, [&](const auto& row) { return row.first < to_ms(step.before); });
  }
  if (rows.empty()) contents.erase(step.series);
}

Contents contents_of(const candle_store::CandleStore& store) {
  Contents contents;
  for (const auto& info : store.list()) {
    auto& rows = contents[info.id];
    auto done = store.scan(info.id, from_ms(0), from_ms(kLatestMs), [&](const market::CandleSpan& span) {
      for (std::size_t i = 0; i < span.size(); ++i) rows.emplace_hint(rows.end(), span.open_time_ms[i], span[i]);
      return true;
    });
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_EQ(rows.size(), info.rows) << info.id.text();
  }
  return contents;
}

std::string why_not_whole(const Contents& found, const Contents& before, const Step* in_flight) {
  if (found == before) return {};
  if (in_flight != nullptr) {
    auto after = before;
    apply_step(after, *in_flight);
    if (found == after) return {};
    if (in_flight->kind == Step::Kind::append) {
      for (std::size_t n = 1; n < in_flight->bars.size(); ++n) {
        auto step = *in_flight;
        step.bars.clear();
        step.bars.append(in_flight->bars.view().subspan(0, n));
        auto part = before;
        apply_step(part, step);
        if (found == part) return {};
      }
    }
  }
  std::string why = "the store holds";
  for (const auto& [id, rows] : found) {
    const auto known = before.find(id);
    why += fmt::format(" {}: {} bars ({} before)", id.text(), rows.size(),
                       known == before.end() ? 0 : known->second.size());
  }
  return why + fmt::format("; {} series, {} before", found.size(), before.size());
}

}  // namespace cw::crash
