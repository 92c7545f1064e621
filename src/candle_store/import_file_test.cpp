#include "candle_store/import_file.h"

#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "candle_store/file_name.h"
#include "candle_store/query.h"
#include "candle_store/retention.h"
#include "candle_store/store_story.h"

namespace cw::candle_store {
namespace {

using market::Timeframe;

const std::filesystem::path kRealCandles = "../shared/data/candles";

struct NameCase {
  std::string_view file;
  std::string_view target;  // or the beginning of the error
};

TEST(FileName, SaysVenueSymbolAndTimeframe) {
  const NameCase cases[] = {
      {"binance-BTC-USDT-1m.csv.gz", "binance:BTCUSDT 1m"},
      {"/some/folder/binance-1000SATS-USDT-5m.csv.gz", "binance:1000SATSUSDT 5m"},
      {"binanceus-BTC-USDC-1m.csv.gz", "binanceus:BTCUSDC 1m"},
      {"coinbase-BTC-USD-1m-2016to2018days.csv.gz", "coinbase:BTC-USD 1m"},
      {"coinbase-BTC-USD-1d-2014to2018.csv.gz", "coinbase:BTC-USD 1d"},
      {"kraken-ETH-USD-1m.csv", "kraken:ETH-USD 1m"},
      {"BTC_USDT-5m.json", "binance:BTCUSDT 5m"},
      {"kraken-BTC_USD-5m.json", "kraken:BTC-USD 5m"},
      {"BTCUSDT-1m-2024-08.csv", "binance:BTCUSDT 1m"},
      {"ETHBTC-1d-2024-08-01.csv.gz", "binance:ETHBTC 1d"},
      {"binance-BTC-USDT-3d.csv.gz", "binance-BTC-USDT-3d.csv.gz: the timeframe '3d' is not offered"},
      {"binance-BTC-USDT-1mo.csv.gz", "binance-BTC-USDT-1mo.csv.gz: the timeframe '1mo' is not offered"},
      {"coinbase-BTC-USD-1s-2016days.csv.gz", "coinbase-BTC-USD-1s-2016days.csv.gz: the timeframe '1s' is not offered"},
      {"candles.csv", "candles.csv: its name does not say the timeframe: give it with --timeframe"},
      {"5m.csv", "5m.csv: its name does not say the timeframe"},
      {"x-5m.csv", "x-5m.csv: its name does not say the symbol: give it with --symbol"},
      {"", ": its name does not say the timeframe"},
  };
  for (const auto& [file, target] : cases) {
    const auto series = target_of(file, {});
    EXPECT_THAT(series ? series->text() : series.error().message, testing::StartsWith(std::string(target))) << file;
  }
}

TEST(FileName, GivesWayToOptions) {
  ImportOptions options;
  options.venue = "kraken";
  options.symbol = "eth/usd";
  options.timeframe = Timeframe::h1;
  EXPECT_EQ(target_of("binance-BTC-USDT-3d.csv.gz", options)->text(), "kraken:ETH-USD 1h");
  options = {};
  options.default_venue = "practice";
  EXPECT_EQ(target_of("BTC_USDT-5m.json", options)->text(), "practice:BTCUSDT 5m");
  options.venue = "no venue";
  EXPECT_EQ(target_of("BTC_USDT-5m.json", options).error().code, Errc::bad_input);
}

std::string csv_of(const market::CandleColumns& rows) {
  std::string text = "open_time_ms,open,high,low,close,volume\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += fmt::format("{},{},{},{},{},{}\n", rows.open_time_ms[i], rows.open[i], rows.high[i], rows.low[i],
                        rows.close[i], rows.volume[i]);
  }
  return text;
}

std::filesystem::path write(const TestFolder& folder, std::string_view name, std::string_view text) {
  const auto path = folder.path() / name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(ImportFile, ReportsWhatItFoundAndWhatItStored) {
  StoreStory story;
  TestFolder files;
  auto rows = bars(0, 20'000);
  rows.append(bars(20'010, 30'000).view());
  auto text = csv_of(rows);
  const auto last_line = text.rfind('\n', text.size() - 2) + 1;
  text += text.substr(last_line);
  const auto path = write(files, "binance-BTC-USDT-1m.csv", text);
  std::uint64_t told = 0;
  const auto report = import_file(*story, path, {}, [&](const ImportProgress& progress) {
    EXPECT_LE(progress.bytes_done, progress.bytes_in_all);
    EXPECT_GT(progress.rows, told);
    told = progress.rows;
  });
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->series, kBtc1m);
  EXPECT_EQ(report->rows, 29'990U);
  EXPECT_EQ(told, 29'990U);
  EXPECT_EQ(report->added, 29'990U);
  EXPECT_EQ(report->duplicates, 1U);
  EXPECT_EQ(report->gaps, 1U);
  EXPECT_EQ(report->missing_bars, 10U);
  EXPECT_EQ(report->first, bar_at(0).open_time);
  EXPECT_EQ(report->last, bar_at(29'999).open_time);
  EXPECT_EQ(story.all(kBtc1m), list_of(rows));
  ASSERT_EQ(story->instruments().size(), 1U);
  EXPECT_EQ(story->instruments()[0].base, "BTC");

  const auto again = import_file(*story, path, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->added, 0U);
  EXPECT_EQ(again->unchanged, 29'990U);
}

TEST(ImportFile, StoresNothingOfAFileWithABadLineAtItsEnd) {
  StoreStory story;
  TestFolder files;
  const auto path = write(files, "binance-BTC-USDT-1m.csv", csv_of(bars(0, 300'000)) + "1735689600000,1,2,0.5,x,1\n");
  const auto report = import_file(*story, path, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "binance-BTC-USDT-1m.csv: line 300002: column 5 (close): 'x' is not a number");
  EXPECT_TRUE(story->list().empty());
  EXPECT_TRUE(story.all(kBtc1m).empty());
}

TEST(ImportFile, RefusesDifferingRowsUnlessToldToReplace) {
  StoreStory story;
  TestFolder files;
  const auto first = write(files, "binance-BTC-USDT-1m.csv", csv_of(bars(0, 100)));
  const auto other = write(files, "binance-BTC-USDT-1m-b.csv", csv_of(bars(50, 150, 1)));
  ASSERT_TRUE(import_file(*story, first, {}));
  const auto refused = import_file(*story, other, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message,
              testing::HasSubstr("50 bars differ from what is stored, first at 2024-01-01T00:50:00Z"));
  EXPECT_EQ(story.all(kBtc1m), list_of(bars(0, 100)));
  ImportOptions options;
  options.replace = true;
  const auto replaced = import_file(*story, other, options);
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->revised, 50U);
  EXPECT_EQ(story->info(kBtc1m)->rows, 150U);
}

TEST(ImportFile, StopsWhenCancelledAndStoresNothing) {
  StoreStory story;
  TestFolder files;
  const auto path = write(files, "binance-BTC-USDT-1m.csv", csv_of(bars(0, 200'000)));
  int asked = 0;
  const auto report = import_file(*story, path, {}, {}, [&] { return ++asked > 20; });
  EXPECT_EQ(report.error().code, Errc::cancelled);
  EXPECT_TRUE(story->list().empty());
}

TEST(ImportFile, AWaitForAPipeThatNobodyWritesIntoIsCancelled) {
  StoreStory story;
  TestFolder files;
  const auto path = files.path() / "binance-BTC-USDT-1m.csv";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  int asked = 0;
  const auto report = import_file(*story, path, {}, {}, [&] { return ++asked > 2; });
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::cancelled);
  EXPECT_EQ(report.error().message, "binance-BTC-USDT-1m.csv: stopped, nothing of it was stored");
}

TEST(ImportFile, ReadsANamedPipeAndAnOpenDescriptorToTheirEnd) {
  StoreStory story;
  TestFolder files;
  const auto path = files.path() / "binance-BTC-USDT-1m.csv";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer{[&] { std::ofstream{path} << csv_of(bars(0, 20'000)); }};
  const auto named = import_file(*story, path, {});
  writer.join();
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->added, 20'000U);

  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  std::thread into{[&] {
    const std::string text = csv_of(bars(0, 20'000));
    for (std::size_t at = 0; at < text.size(); at += 1000) {
      const auto piece = std::string_view{text}.substr(at, 1000);
      ASSERT_EQ(::write(ends[1], piece.data(), piece.size()), static_cast<ssize_t>(piece.size()));
    }
    ::close(ends[1]);
  }};
  ImportOptions options;
  options.open = [&] { return Result<int>{ends[0]}; };
  const auto handed = import_file(*story, "binance-BTC-USDT-1m.csv", options);
  into.join();
  ASSERT_TRUE(handed) << handed.error().message;
  EXPECT_EQ(handed->unchanged, 20'000U);
}

TEST(ImportFile, NamesAFileThatIsNotThereOrAFolder) {
  StoreStory story;
  TestFolder files;
  EXPECT_EQ(import_file(*story, files.path() / "binance-BTC-USDT-1m.csv", {}).error().code, Errc::not_found);
  std::filesystem::create_directory(files.path() / "binance-BTC-USDT-5m.csv");
  EXPECT_THAT(import_file(*story, files.path() / "binance-BTC-USDT-5m.csv", {}).error().message,
              testing::HasSubstr("it is a folder"));
}

TEST(ImportFile, SaysThatAFileIsMissingBeforeAnythingAboutItsName) {
  StoreStory story;
  TestFolder files;
  const auto missing = import_file(*story, files.path() / "some.csv", {});
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_EQ(missing.error().message, "some.csv: there is no such file");
}

TEST(ImportFile, IsCalledInMessagesWhatItsCallerCallsIt) {
  StoreStory story;
  TestFolder files;
  ImportOptions options;
  options.shown_as = "../b/some.csv";
  EXPECT_EQ(import_file(*story, files.path() / "some.csv", options).error().message,
            "../b/some.csv: there is no such file");
  EXPECT_THAT(target_of("some.csv", options).error().message, testing::StartsWith("../b/some.csv: its name"));
}

TEST(ImportFile, CountsTheRowsThatAreOlderThanWhatIsKept) {
  StoreStory story;
  TestFolder files;
  const auto path = files.path() / "binance-BTC-USDT-1m.csv";
  {
    std::ofstream out{path};
    out << "open_time_ms,open,high,low,close,volume\n";
    for (int minute = 0; minute < 5; ++minute) out << 1'704'067'200'000 + minute * 60'000 << ",1,1,1,1,1\n";
  }
  ImportOptions options;
  options.kept_from = [](const SeriesId& series) {
    EXPECT_EQ(series.text(), "binance:BTCUSDT 1m");
    return std::optional{from_ms(1'704'067'200'000 + 3 * 60'000)};
  };
  const auto report = import_file(*story, path, options);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->too_old, 3U);  // 00:00, 00:01, 00:02; the bar of 00:03 itself is kept
  EXPECT_EQ(report->added, 5U);
  options.kept_from = {};
  EXPECT_EQ(import_file(*story, path, options)->too_old, 0U);
}

TEST(ImportFile, TakesEveryRealFileAndCountsAsManyRows) {
  if (!std::filesystem::exists(kRealCandles)) GTEST_SKIP() << "no real candles in " << kRealCandles;
  StoreStory story;
  std::uint64_t rows = 0;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kRealCandles)) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with(".csv.gz")) continue;
    const auto report = import_file(*story, entry.path(), {});
    const bool refused =
        name.find("-1s") != name.npos || name.find("-3d") != name.npos || name.find("-1mo") != name.npos;
    ASSERT_EQ(report.has_value(), !refused) << name << (report ? "" : report.error().message);
    if (refused) {
      EXPECT_EQ(report.error().code, Errc::unknown_timeframe);
      continue;
    }
    EXPECT_EQ(report->added, report->rows) << name;
    rows += report->rows;
    ++files;
  }
  // MANIFEST.md: 4,783,204 bars in all; 7,516 of them 1s, 958 3d and 94 1mo.
  EXPECT_EQ(rows, 4'783'204U - 7'516 - 958 - 94);
  EXPECT_GE(files, 55);
  std::uint64_t listed = 0;
  for (const auto& info : story->list()) listed += info.rows;
  EXPECT_EQ(listed, rows);
}

TEST(Retention, RemovesOldMinutesAndNothingElse) {
  StoreStory story;
  const SeriesId hours{{"binance", "BTCUSDT"}, Timeframe::h1};
  ASSERT_TRUE(story->put_history(kBtc1m, bars(0, 4'000).view()));
  market::CandleColumns hourly;
  for (int h = 0; h < 10; ++h) hourly.push_back(bar_at(h * 60));
  ASSERT_TRUE(story->put_history(hours, hourly.view()));
  // Two years (730 days) after 2024-01-02 is 2026-01-01: the first day of 2024 goes, whatever the hour.
  const auto pruned = apply_retention(*story, {}, *parse_time("2026-01-01T13:45"));
  ASSERT_TRUE(pruned);
  ASSERT_EQ(pruned->size(), 1U);
  EXPECT_EQ(pruned->front().rows, 1'440U);
  EXPECT_EQ(story->info(kBtc1m)->first, *parse_time("2024-01-02"));
  EXPECT_EQ(story->info(hours)->rows, 10U);
  RetentionPolicy all;
  all.keep(Timeframe::m1, std::nullopt);
  EXPECT_TRUE(apply_retention(*story, all, *parse_time("2099-01-01"))->empty());
}

}  // namespace
}  // namespace cw::candle_store
