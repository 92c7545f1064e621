#include "candle_store/candle_store.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <thread>

#include "candle_store/chunk.h"
#include "candle_store/store_story.h"
#include "candle_store/tail_log.h"

namespace cw::candle_store {
namespace {

using Bars = std::vector<market::Candle>;

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

TEST(CandleStore, StartsEmptyAndSaysSo) {
  StoreStory story;
  EXPECT_TRUE(story->list().empty());
  EXPECT_FALSE(story->info(kBtc1m));
  EXPECT_TRUE(story.all(kBtc1m).empty());
  EXPECT_EQ(must(story->prune(kBtc1m, from_ms(kLatestMs))), 0U);
}

TEST(CandleStore, ShowsALiveBarAtOnceAndAfterOpeningAgain) {
  StoreStory story;
  const Bars one{bar_at(5)};
  EXPECT_EQ(must(story->append(kBtc1m, one)), (WriteOutcome{1, 0, 0}));
  EXPECT_EQ(story.all(kBtc1m), one);
  EXPECT_EQ(story->info(kBtc1m)->rows, 1U);
  EXPECT_EQ(story->info(kBtc1m)->first, one[0].open_time);
  story.reopen();
  EXPECT_EQ(story.all(kBtc1m), one);
  EXPECT_EQ(story->info(kBtc1m)->rows, 1U);
}

TEST(CandleStore, CountsALiveBarThatIsThereAlreadyAsUnchangedAndAnotherValueAsRevised) {
  StoreStory story;
  must(story->append(kBtc1m, Bars{bar_at(1), bar_at(2)}));
  EXPECT_EQ(must(story->append(kBtc1m, Bars{bar_at(2)})), (WriteOutcome{0, 1, 0}));
  EXPECT_EQ(must(story->append(kBtc1m, Bars{bar_at(1, 7)})), (WriteOutcome{0, 0, 1}));
  EXPECT_EQ(story.all(kBtc1m), (Bars{bar_at(1, 7), bar_at(2)}));
  story.reopen();
  EXPECT_EQ(must(story->append(kBtc1m, Bars{bar_at(1), bar_at(2), bar_at(3)})), (WriteOutcome{1, 1, 1}));
  EXPECT_EQ(story->info(kBtc1m)->rows, 3U);
}

TEST(CandleStore, TakesHistoryInAnyOrderOfCallsAndKeepsItInOrderOfTime) {
  StoreStory story;
  EXPECT_EQ(must(story->put_history(kBtc1m, bars(5'000, 6'000).view())).added, 1'000U);
  EXPECT_EQ(must(story->put_history(kBtc1m, bars(0, 3'000).view())).added, 3'000U);
  EXPECT_EQ(must(story->put_history(kBtc1m, bars(2'500, 5'500).view())), (WriteOutcome{2'000, 1'000, 0}));
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 6'000)));
  EXPECT_EQ(story->info(kBtc1m)->rows, 6'000U);
  EXPECT_EQ(must(story->read(kBtc1m, from_ms(0), from_ms(kLatestMs))), bars(0, 6'000));
}

TEST(CandleStore, TakesAHistoryOfManyChunksAtOnce) {
  StoreStory story;
  must(story->append(kBtc1m, Bars{bar_at(50)}));
  EXPECT_EQ(must(story->put_history(kBtc1m, bars(0, 150'000, 1).view())), (WriteOutcome{149'999, 0, 1}));
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 150'000, 1)));
}

TEST(CandleStore, ReadsAHalfOpenRange) {
  StoreStory story;
  must(story->put_history(kBtc1m, bars(0, 5'000).view()));
  must(story->append(kBtc1m, Bars{bar_at(5'000), bar_at(5'001)}));
  const auto read = [&](std::int64_t from, std::int64_t to) {
    return list_of(must(story->read(kBtc1m, from_ms(kStart + from * kMinute), from_ms(kStart + to * kMinute))));
  };
  EXPECT_EQ(read(100, 4'000), list_of(bars(100, 4'000)));
  EXPECT_EQ(read(4'999, 5'001), list_of(bars(4'999, 5'001)));
  EXPECT_EQ(read(5'000, 5'000), Bars{});
  EXPECT_EQ(read(3, 2), Bars{});
  EXPECT_EQ(list_of(must(story->read(kBtc1m, Timestamp::min(), Timestamp::max()))), list_of(bars(0, 5'002)));
}

TEST(CandleStore, ScanStopsWhenItIsTold) {
  StoreStory story;
  must(story->put_history(kBtc1m, bars(0, 10'000).view()));
  int calls = 0;
  must(story->scan(kBtc1m, from_ms(0), from_ms(kLatestMs), [&](const market::CandleSpan&) { return ++calls < 2; }));
  EXPECT_EQ(calls, 2);
}

TEST(CandleStore, ScanMayReadAndWriteTheStoreAndSeesItsOwnSnapshotOnly) {
  StoreStory story;
  must(story->put_history(kBtc1m, bars(0, 5'000).view()));
  std::size_t seen = 0;
  must(story->scan(kBtc1m, from_ms(0), from_ms(kLatestMs), [&](const market::CandleSpan& rows) {
    must(story->append(kBtc1m, Bars{bar_at(9'000 + static_cast<std::int64_t>(seen))}));
    must(story->put_history(kBtc1m, bars(4'900, 5'100, 3).view()));
    EXPECT_FALSE(must(story->read(kBtc1m, from_ms(0), from_ms(kLatestMs))).empty());
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], bar_at(static_cast<std::int64_t>(seen + i)));
    seen += rows.size();
    return true;
  }));
  EXPECT_EQ(seen, 5'000U);
}

TEST(CandleStore, RefusesRowsThatCannotBeStoredAndStoresNothingOfThem) {
  StoreStory story;
  auto off_grid = bar_at(1);
  off_grid.open_time += Millis{1};
  EXPECT_EQ(story->append(kBtc1m, Bars{off_grid}).error().code, Errc::bad_input);
  EXPECT_EQ(story->append(kBtc1m, Bars{bar_at(2), bar_at(1)}).error().code, Errc::bad_input);
  EXPECT_EQ(story->append(kBtc1m, Bars{bar_at(1), bar_at(1)}).error().code, Errc::bad_input);
  auto nan = bar_at(1);
  nan.volume = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(story->append(kBtc1m, Bars{bar_at(0), nan}).error().code, Errc::bad_input);
  auto endless = bar_at(1);
  endless.high = std::numeric_limits<double>::infinity();
  EXPECT_EQ(story->append(kBtc1m, Bars{endless}).error().code, Errc::bad_input);
  auto early = bar_at(1);
  early.open_time = from_ms(0);
  EXPECT_EQ(story->append(kBtc1m, Bars{early}).error().code, Errc::bad_input);
  EXPECT_TRUE(story->list().empty());
}

TEST(CandleStore, ListsSeriesInOrderWithTheirExtent) {
  StoreStory story;
  must(story->put_history(kEth1m, bars(10, 20).view()));
  must(story->append(kBtc1m, Bars{bar_at(3)}));
  const auto list = story->list();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].id, kBtc1m);
  EXPECT_EQ(list[1].id.text(), "binance:ETHUSDT 1m");
  EXPECT_EQ(list[1].rows, 10U);
  EXPECT_EQ(list[1].first, bar_at(10).open_time);
  EXPECT_EQ(list[1].last, bar_at(19).open_time);
}

TEST(CandleStore, PrunesWhatOpensBeforeADateAndNothingElse) {
  StoreStory story;
  must(story->put_history(kBtc1m, bars(0, 300'000).view()));
  must(story->append(kBtc1m, Bars{bar_at(300'000)}));
  EXPECT_EQ(must(story->prune(kBtc1m, from_ms(kStart + 200'001 * kMinute))), 200'001U);
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(200'001, 300'001)));
  EXPECT_EQ(story->info(kBtc1m)->rows, 100'000U);
  EXPECT_EQ(story->info(kBtc1m)->first, bar_at(200'001).open_time);
  EXPECT_EQ(must(story->prune(kBtc1m, from_ms(kLatestMs))), 100'000U);
  EXPECT_FALSE(story->info(kBtc1m));
  story.reopen();
  EXPECT_TRUE(story->list().empty());
}

TEST(CandleStore, KeepsNotesAndInstruments) {
  StoreStory story;
  must(story->put_note("market", "practice"));
  const market::Instrument btc{{"binance", "BTCUSDT"}, "BTC", "USDT", "0.01", "0.00001"};
  must(story->put_instrument(btc));
  story.reopen();
  EXPECT_EQ(story->note("market"), "practice");
  EXPECT_FALSE(story->note("else"));
  EXPECT_EQ(story->instruments(), std::vector{btc});
  const market::Instrument unsplit{{"binance", "ODD"}, "", ""};  // base and quote are not known
  must(story->put_instrument(unsplit));
  EXPECT_EQ(story->instruments(), (std::vector{btc, unsplit}));
}

TEST(CandleStore, TakesNearly100PercentOfTheRawColumnsOnDisk) {
  EXPECT_EQ(chunk_disk_bytes(kRowsPerChunk), 98'304U);
  EXPECT_LE(static_cast<double>(chunk_disk_bytes(kRowsPerChunk)), 1.005 * kRowsPerChunk * kBytesPerRow);
}

TEST(CandleStore, SaysWhenTheDiskIsNearlyFullAndStopsWritingMarketDataWhenItIs) {
  double used = 0.5;
  StoreOptions options;
  options.disk_used_share = [&](const std::filesystem::path&) { return used; };
  StoreStory story(options);
  must(story->append(kBtc1m, Bars{bar_at(0)}));
  EXPECT_EQ(story->disk_state(), DiskState::ok);
  used = 0.91;
  EXPECT_EQ(story->disk_state(), DiskState::nearly_full);
  must(story->append(kBtc1m, Bars{bar_at(1)}));
  used = 0.98;
  EXPECT_EQ(story->disk_state(), DiskState::full);
  EXPECT_EQ(story->append(kBtc1m, Bars{bar_at(2)}).error().code, Errc::disk_full);
  EXPECT_EQ(story->put_history(kBtc1m, bars(2, 3).view()).error().code, Errc::disk_full);
  EXPECT_EQ(story->begin_import(kBtc1m, "file").error().code, Errc::disk_full);
  EXPECT_EQ(must(story->prune(kBtc1m, bar_at(1).open_time)), 1U);  // makes room in the file, so it stays allowed
  EXPECT_EQ(story.all(kBtc1m), Bars{bar_at(1)});
  used = 0.5;
  must(story->append(kBtc1m, Bars{bar_at(2)}));
}

TEST(CandleStore, AnswersDiskFullWhenItsMapIsFullAndLosesNothing) {
  StoreOptions options;
  options.map_bytes = 1 << 20;
  StoreStory story(options);
  must(story->put_history(kBtc1m, bars(0, 2'000).view()));
  const auto more = story->put_history(kBtc1m, bars(2'000, 40'000).view());
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, Errc::disk_full);
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 2'000)));
  must(story->append(kBtc1m, Bars{bar_at(50'000)}));
  story.reopen();
  EXPECT_EQ(story.all(kBtc1m).size(), 2'001U);
}

TEST(CandleStore, RefusesAStoreOfAnotherFormat) {
  TestFolder folder;
  NullLogger logger;
  Metrics metrics;
  std::filesystem::create_directories(folder.path());
  {
    auto file = std::ofstream(folder.path() / "candles.mdb");
    file << std::string(8'192, 'x');
  }
  const auto opened = CandleStore::open(folder.path(), {}, logger, metrics);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::corrupt);
}

/// What a store should hold, kept the obvious way.
using Oracle = std::map<std::int64_t, market::Candle>;

Bars between(const Oracle& oracle, std::int64_t from, std::int64_t to) {
  Bars out;
  for (const auto& [time, bar] : oracle) {
    if (time >= from && time < to) out.push_back(bar);
  }
  return out;
}

/// Each bar beside one of another series, and one that is refused.
void append_with_another(CandleStore& store, const Bars& bars) {
  std::vector<SeriesBar> together;
  for (const auto& bar : bars) {
    together.push_back({kEth1m, bar});
    together.push_back({kBtc1m, bar});
  }
  auto unsound = bar_at(1);
  unsound.close = std::nan("");
  together.push_back({kEth1m, unsound});
  const auto outcomes = store.append_together(together);
  ASSERT_EQ(outcomes.size(), together.size());
  for (std::size_t i = 0; i + 1 < outcomes.size(); ++i) {
    ASSERT_TRUE(outcomes[i]) << outcomes[i].error().message;
    ASSERT_EQ(outcomes[i]->added + outcomes[i]->unchanged + outcomes[i]->revised, 1U);
  }
  EXPECT_EQ(outcomes.back().error().code, Errc::bad_input);
  must(store.sync());
}

// Appends, histories, imports, prunes and openings in random order; after each, random ranges read both ways, and the
// counts, are held against a std::map.
TEST(CandleStore, HoldsWhatAMapWouldAfterAnyOrderOfOperations) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    StoreStory story;
    Oracle oracle;
    std::unique_ptr<Import> import;
    Oracle staged;
    std::set<std::int64_t> live;  // bars that changed while the import ran: they stand above its rows
    std::int64_t next_staged = 0;
    const auto minute = [&] { return static_cast<std::int64_t>(random.below(12'000)); };
    const auto some_bars = [&](std::int64_t first, std::uint64_t count, int flavours) {
      market::CandleColumns columns;
      for (std::uint64_t i = 0; i < count; ++i) {
        if (random.chance(0.9)) {
          columns.push_back(bar_at(first + static_cast<std::int64_t>(i), static_cast<int>(random.below(flavours))));
        }
      }
      return columns;
    };
    for (int step = 0; step < 60; ++step) {
      switch (random.below(8)) {
        case 0:
        case 1: {
          const auto columns = some_bars(minute(), 1 + random.below(20), 3);
          if (random.chance(0.5)) {
            must(story->append(kBtc1m, list_of(columns)));
          } else {
            append_with_another(*story, list_of(columns));
          }
          for (const auto& bar : list_of(columns)) {
            const auto old = oracle.find(to_ms(bar.open_time));
            if (import && (old == oracle.end() || old->second != bar)) live.insert(to_ms(bar.open_time));
            oracle[to_ms(bar.open_time)] = bar;
          }
          break;
        }
        case 2: {
          const auto columns = some_bars(minute(), random.below(3'000), 2);
          const auto outcome = story->put_history(kBtc1m, columns.view());
          if (import && !columns.empty()) {
            EXPECT_EQ(outcome.error().code, Errc::busy);
          } else {
            ASSERT_TRUE(outcome);
            const auto before = oracle.size();
            for (const auto& bar : list_of(columns)) oracle[to_ms(bar.open_time)] = bar;
            EXPECT_EQ(outcome->added, oracle.size() - before);
          }
          break;
        }
        case 3:
          if (!import) {
            import = must(story->begin_import(kBtc1m, "file"));
            staged.clear();
            live.clear();
            next_staged = minute();
          }
          break;
        case 4:
        case 5:
          if (import) {
            const auto columns = some_bars(next_staged, random.below(5'000), 2);
            next_staged += 5'000;
            must(import->stage(columns.view()));
            for (const auto& bar : list_of(columns)) staged[to_ms(bar.open_time)] = bar;
          }
          break;
        case 6:
          if (import) {
            const auto kind = random.below(3);
            if (kind == 0) {
              import.reset();
              break;
            }
            std::uint64_t differing = 0;
            auto merged = oracle;
            for (const auto& [time, bar] : staged) {
              const auto old = oracle.find(time);
              differing += old != oracle.end() && old->second != bar ? 1 : 0;
              if (!live.contains(time)) merged[time] = bar;
            }
            const auto outcome = import->commit(kind == 1);
            if (outcome) {
              EXPECT_TRUE(kind == 1 || differing == 0);
              oracle = merged;
            } else {
              EXPECT_EQ(outcome.error().code, Errc::conflict);
              EXPECT_GT(differing, 0U);
            }
            import.reset();
          }
          break;
        default:
          if (import) break;
          if (random.chance(0.5)) {
            story.reopen();
          } else if (random.chance(0.2)) {
            const auto cut = kStart + minute() / 4 * kMinute;
            const auto removed = must(story->prune(kBtc1m, from_ms(cut)));
            EXPECT_EQ(removed, between(oracle, 0, cut).size());
            std::erase_if(oracle, [&](const auto& entry) { return entry.first < cut; });
          }
          break;
      }
      auto from = kStart + minute() * kMinute;
      auto to = kStart + minute() * kMinute;
      if (step % 7 == 0) from = 0, to = kLatestMs;
      const auto expected = between(oracle, from, to);
      ASSERT_EQ(story.all(kBtc1m, from, to), expected) << "step " << step;
      Bars backward;
      must(story->scan_backward(kBtc1m, from_ms(from), from_ms(to), [&](const market::CandleSpan& rows) {
        Bars block;
        for (std::size_t i = 0; i < rows.size(); ++i) block.push_back(rows[i]);
        backward.insert(backward.begin(), block.begin(), block.end());
        return true;
      }));
      ASSERT_EQ(backward, expected) << "step " << step;
      ASSERT_EQ(list_of(must(story->read(kBtc1m, from_ms(from), from_ms(to)))), expected);
      ASSERT_EQ(story->info(kBtc1m).value_or(SeriesInfo{}).rows, oracle.size()) << "step " << step;
      if (!oracle.empty()) {
        ASSERT_EQ(to_ms(story->info(kBtc1m)->first), oracle.begin()->first);
        ASSERT_EQ(to_ms(story->info(kBtc1m)->last), oracle.rbegin()->first);
      }
    }
    import.reset();
    must(story->verify());
  }
}

TEST(CandleStore, ShowsReadersWholeStatesWhileAWriterAppendsFoldsAndImports) {
  StoreStory story;
  must(story->put_history(kBtc1m, bars(0, 4'000).view()));
  std::atomic<bool> done{false};
  std::atomic<int> reads{0};
  // Every state has bars 0 .. n-1 for some n, all of them of flavour 0 or all below 4,000 of flavour 1.
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done || reads < 10) {
        const auto seen = list_of(must(story->read(kBtc1m, from_ms(0), from_ms(kLatestMs))));
        ASSERT_GE(seen.size(), 4'000U);
        const int flavour = seen[0] == bar_at(0) ? 0 : 1;
        for (std::size_t k = 0; k < seen.size(); ++k) {
          ASSERT_EQ(seen[k], bar_at(static_cast<std::int64_t>(k), k < 4'000 ? flavour : 0)) << k;
        }
        ++reads;
      }
    });
  }
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 40; ++i) must(story->append(kBtc1m, Bars{bar_at(4'000 + round * 40 + i)}));
    auto import = must(story->begin_import(kBtc1m, "file"));
    must(import->stage(bars(0, 4'000, (round + 1) % 2).view()));
    must(import->commit(true));
  }
  done = true;
}

TEST(TailLog, ForgetsNothingWhenItFillsUpManyTimes) {
  StoreStory story;
  const auto count = static_cast<std::int64_t>(TailLog::kCapacity) + 5'000;
  for (std::int64_t m = 0; m < count; m += 1'000) {
    must(story->append(kBtc1m, list_of(bars(m, std::min(m + 1'000, count)))));
  }
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, count)));
  story.reopen();
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, count)));
}

TEST(TailLog, CarriesTheLiveBarsOfASeriesUnderImportAndRefusesMoreThanHalfAFile) {
  StoreStory story;
  auto import = must(story->begin_import(kBtc1m, "file"));
  must(import->stage(bars(0, 10).view()));
  std::int64_t accepted = 0;
  for (std::int64_t m = 100'000;; m += 1'000) {
    const auto outcome = story->append(kBtc1m, list_of(bars(m, m + 1'000)));
    must(story->append(kEth1m, list_of(bars(m, m + 1'000))));
    if (!outcome) {
      EXPECT_EQ(outcome.error().code, Errc::busy);
      break;
    }
    accepted += 1'000;
    ASSERT_LT(accepted, 100'000);
  }
  EXPECT_GE(accepted, static_cast<std::int64_t>(TailLog::kCapacity / 2));
  must(import->commit(false));
  import.reset();
  must(story->append(kBtc1m, Bars{bar_at(500'000)}));
  story.reopen();
  EXPECT_EQ(story.all(kBtc1m).size(), static_cast<std::size_t>(10 + accepted + 1));
}

}  // namespace
}  // namespace cw::candle_store
