#include "candle_store/query.h"

#include <gmock/gmock.h>

#include "candle_store/import_file.h"
#include "candle_store/store_story.h"
#include "market/fold.h"

namespace cw::candle_store {
namespace {

using market::Timeframe;

const market::InstrumentId kBtc{"binance", "BTCUSDT"};

market::Candle bar(std::int64_t open_ms, double open, double high, double low, double close, double volume) {
  return {from_ms(open_ms), open, high, low, close, volume};
}

/// One random bar at `open_ms`.
market::Candle random_bar(Random& random, std::int64_t open_ms) {
  const double open = 100 + random.uniform();
  const double close = 100 + random.uniform();
  return bar(open_ms, open, std::max(open, close) + random.uniform(), std::min(open, close) - random.uniform(), close,
             random.uniform());
}

struct Expected {
  market::Candle bar;
  Timeframe source;
  bool gap;
};

using Stored = std::map<Timeframe, std::map<std::int64_t, market::Candle>>;

/// The rule, read aloud: span by span, series by series, slot by slot.
std::vector<Expected> slow_answer(const Stored& stored, const CandleQuery& q) {
  std::vector<Expected> out;
  const auto step = market::duration(q.timeframe).count();
  std::int64_t end = 0;
  std::int64_t begin = kLatestMs;
  for (const auto& [timeframe, rows] : stored) {
    if (rows.empty() || (timeframe != q.timeframe && !market::folds_into(timeframe, q.timeframe))) continue;
    begin = std::min(begin, rows.begin()->first);
    end = std::max(end, rows.rbegin()->first + market::duration(timeframe).count());
  }
  for (auto t = to_ms(market::open_of(q.timeframe, from_ms(begin))); t < end; t += step) {
    if (t < to_ms(q.from) || t >= to_ms(q.to)) continue;
    std::optional<Expected> best;
    for (const auto& [timeframe, rows] : stored) {
      if (timeframe != q.timeframe && !market::folds_into(timeframe, q.timeframe)) continue;
      const auto slot = market::duration(timeframe).count();
      bool whole = true;
      std::optional<market::Candle> folded;
      for (auto s = t; s < t + step; s += slot) {
        const auto row = rows.find(s);
        if (row == rows.end()) {
          whole = false;
          continue;
        }
        if (!folded) {
          folded = row->second;
          folded->open_time = from_ms(t);
        } else {
          folded->high = std::max(folded->high, row->second.high);
          folded->low = std::min(folded->low, row->second.low);
          folded->close = row->second.close;
          folded->volume += row->second.volume;
        }
      }
      if (!folded) continue;
      if (whole) {
        best = Expected{*folded, timeframe, false};
        break;
      }
      if (!best) best = Expected{*folded, timeframe, true};
    }
    if (best && !(best->gap && t + step > end && !q.with_unfinished)) out.push_back(*best);
  }
  if (out.size() > q.limit) {
    if (q.pick == Pick::newest) {
      out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(q.limit));
    } else {
      out.resize(q.limit);
    }
  }
  return out;
}

void expect_same(const CandleAnswer& answer, const std::vector<Expected>& expected, Millis step) {
  ASSERT_EQ(answer.bars.size(), expected.size());
  std::size_t piece = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(answer.bars[i], expected[i].bar) << i;
    ASSERT_EQ(answer.gaps[i] != 0, expected[i].gap) << i;
    const auto open = expected[i].bar.open_time;
    while (piece < answer.source.size() && answer.source[piece].to <= open) ++piece;
    ASSERT_LT(piece, answer.source.size());
    const auto& source = answer.source[piece];
    ASSERT_LE(source.from, open);
    ASSERT_GE(source.to, open + step);
    ASSERT_EQ(source.timeframe, expected[i].source);
    ASSERT_EQ(source.gap, expected[i].gap);
  }
}

TEST(Query, AnswersAsTheRuleReadAloudOnRandomStoresWithGaps) {
  constexpr Timeframe kSome[] = {Timeframe::m1, Timeframe::m5, Timeframe::m15,
                                 Timeframe::h1, Timeframe::h2, Timeframe::h6};
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    StoreStory story;
    Stored stored;
    for (const auto timeframe : kSome) {
      if (random.chance(0.4)) continue;
      const auto step = market::duration(timeframe).count();
      market::CandleColumns rows;
      auto t =
          to_ms(market::open_of(timeframe, from_ms(kStart + static_cast<std::int64_t>(random.below(2'000)) * kMinute)));
      const auto end = t + static_cast<std::int64_t>(random.below(3'000)) * kMinute;
      for (; t < end; t += step) {
        if (random.chance(0.01)) t += static_cast<std::int64_t>(random.below(50)) * step;
        rows.push_back(random_bar(random, t));
        stored[timeframe][t] = rows[rows.size() - 1];
      }
      ASSERT_TRUE(story->put_history({kBtc, timeframe}, rows.view()));
    }
    ASSERT_TRUE(story->put_history(kEth1m, bars(0, 500).view()));
    for (int i = 0; i < 60; ++i) {
      CandleQuery q;
      q.instrument = kBtc;
      q.timeframe = market::kTimeframes[random.below(market::kTimeframes.size())];
      if (random.chance(0.6)) q.from = from_ms(kStart + static_cast<std::int64_t>(random.below(300'000'000)));
      if (random.chance(0.6)) q.to = from_ms(kStart + static_cast<std::int64_t>(random.below(300'000'000)));
      q.limit = random.chance(0.3) ? kQueryMost : 1 + random.below(60);
      q.pick = random.chance(0.5) ? Pick::newest : Pick::oldest;
      q.with_unfinished = random.chance(0.3);
      const auto answer = query(*story, q);
      ASSERT_TRUE(answer) << answer.error().message;
      expect_same(*answer, slow_answer(stored, q), market::duration(q.timeframe));
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

// 5m asked. 00:00 whole in 1m. 00:05 lacks a minute, and the stored 5m bar stands for it. 00:10 lacks one too, and
// nothing else has it: folded from what is there, marked.
TEST(Query, TakesTheFinestWholeSeriesThenTheNextThenTheFinestWithItsGapMarked) {
  StoreStory story;
  market::CandleColumns minutes;
  for (const int m : {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 14}) {
    minutes.push_back(bar(kStart + m * kMinute, 10 + m, 20 + m, 5 + m, 11 + m, 1));
  }
  market::CandleColumns fives;
  fives.push_back(bar(kStart, 1, 2, 0.5, 1, 100));
  fives.push_back(bar(kStart + 5 * kMinute, 7, 9, 6, 8, 50));
  ASSERT_TRUE(story->put_history(kBtc1m, minutes.view()));
  ASSERT_TRUE(story->put_history({kBtc, Timeframe::m5}, fives.view()));
  CandleQuery q;
  q.instrument = kBtc;
  q.timeframe = Timeframe::m5;
  const auto answer = query(*story, q);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->bars.size(), 3U);
  EXPECT_EQ(answer->bars[0], bar(kStart, 10, 24, 5, 15, 5));
  EXPECT_EQ(answer->bars[1], bar(kStart + 5 * kMinute, 7, 9, 6, 8, 50));
  EXPECT_EQ(answer->bars[2], bar(kStart + 10 * kMinute, 20, 34, 15, 25, 4));
  EXPECT_EQ(answer->gaps, (std::vector<std::uint8_t>{0, 0, 1}));
  const auto at = [](int minute) { return from_ms(kStart + minute * kMinute); };
  EXPECT_EQ(answer->source, (std::vector<SourcePiece>{{Timeframe::m1, at(0), at(5), false},
                                                      {Timeframe::m5, at(5), at(10), false},
                                                      {Timeframe::m1, at(10), at(15), true}}));
}

TEST(Query, LeavesOutTheLastBarWhileItIsNotOverUnlessAsked) {
  StoreStory story;
  ASSERT_TRUE(story->put_history(kBtc1m, bars(0, 7).view()));
  CandleQuery q;
  q.instrument = kBtc;
  q.timeframe = Timeframe::m5;
  EXPECT_EQ(query(*story, q)->bars.size(), 1U);
  q.with_unfinished = true;
  const auto both = query(*story, q);
  EXPECT_EQ(both->bars.size(), 2U);
  EXPECT_EQ(both->gaps, (std::vector<std::uint8_t>{0, 1}));
}

TEST(Query, NeverFoldsWhatDoesNotDivide) {
  StoreStory story;
  market::CandleColumns rows;
  for (int i = 0; i < 8; ++i) rows.push_back(bar(kStart + i * 360 * kMinute, 1, 2, 0.5, 1, 1));
  ASSERT_TRUE(story->put_history({kBtc, Timeframe::h6}, rows.view()));
  CandleQuery q;
  q.instrument = kBtc;
  q.timeframe = Timeframe::h8;
  EXPECT_TRUE(query(*story, q)->bars.empty());
  q.timeframe = Timeframe::h12;
  EXPECT_EQ(query(*story, q)->bars.size(), 4U);
}

TEST(Query, RefusesALimitOutsideItsRange) {
  StoreStory story;
  CandleQuery q;
  q.instrument = kBtc;
  q.limit = 0;
  EXPECT_EQ(query(*story, q).error().code, Errc::bad_parameter);
  q.limit = kQueryMost + 1;
  EXPECT_EQ(query(*story, q).error().field, "limit");
}

// What a query folds from stored rows equals folding the file's rows straight, to the last bit, on every real 1m file.
TEST(Query, EqualsFoldingTheFileOnEveryRealMinuteFile) {
  const std::filesystem::path folder = "../shared/data/candles";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no real candles in " << folder;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with(".csv.gz") || name.find("-1m") == name.npos || name.find("-1mo") != name.npos) continue;
    ++files;
    StoreStory story;
    const auto report = import_file(*story, entry.path(), {});
    ASSERT_TRUE(report) << report.error().message;
    const auto rows = story->read(report->series, from_ms(0), from_ms(kLatestMs));
    ASSERT_TRUE(rows);
    for (const auto timeframe : market::kTimeframes) {
      if (timeframe == Timeframe::m1) continue;
      const auto folded = market::fold(rows->view(), Timeframe::m1, timeframe);
      CandleQuery q{report->series.instrument, timeframe};
      q.limit = kQueryMost;
      q.with_unfinished = true;
      const auto answer = query(*story, q);
      ASSERT_TRUE(answer);
      ASSERT_EQ(answer->bars, folded.bars) << name << " " << market::name(timeframe);
      for (std::size_t i = 0; i < folded.size(); ++i)
        ASSERT_EQ(answer->gaps[i] == 0, folded.marks[i].whole()) << name << i;
    }
  }
  EXPECT_GE(files, 12);
}

}  // namespace
}  // namespace cw::candle_store
