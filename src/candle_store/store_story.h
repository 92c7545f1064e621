#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/random.h"
#include "candle_store/candle_store.h"

namespace cw::candle_store {

/// A folder of its own for one test, removed at its end.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "candlewick-store-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline const SeriesId kBtc1m{{"binance", "BTCUSDT"}, market::Timeframe::m1};
inline const SeriesId kEth1m{{"binance", "ETHUSDT"}, market::Timeframe::m1};
inline constexpr std::int64_t kStart = 1'704'067'200'000;  // 2024-01-01
inline constexpr std::int64_t kMinute = 60'000;

/// A bar whose numbers follow from its place and a `flavour`, so that any two flavours differ.
inline market::Candle bar_at(std::int64_t minute, int flavour = 0) {
  Random random(static_cast<std::uint64_t>(minute) * 1'000 + static_cast<std::uint64_t>(flavour));
  const double open = 100 + random.uniform();
  const double close = 100 + random.uniform();
  return {from_ms(kStart + minute * kMinute), open,  std::max(open, close) + 1,
          std::min(open, close) - 1,          close, random.uniform() * 10};
}

inline market::CandleColumns bars(std::int64_t from_minute, std::int64_t to_minute, int flavour = 0) {
  market::CandleColumns columns;
  for (auto m = from_minute; m < to_minute; ++m) columns.push_back(bar_at(m, flavour));
  return columns;
}

/// A store in a folder that can be closed and opened again.
class StoreStory {
 public:
  explicit StoreStory(StoreOptions options = {}) : options_(std::move(options)) { reopen(); }

  void reopen() {
    store_.reset();
    auto opened = CandleStore::open(folder_.path(), options_, logger_, metrics_);
    if (!opened) {
      ADD_FAILURE() << opened.error().message;
      std::abort();
    }
    store_ = std::move(*opened);
  }
  void close() { store_.reset(); }

  CandleStore& operator*() { return *store_; }
  CandleStore* operator->() { return store_.get(); }
  const std::filesystem::path& folder() const { return folder_.path(); }
  Metrics& metrics() { return metrics_; }

  std::vector<market::Candle> all(const SeriesId& id, std::int64_t from = 0, std::int64_t to = kLatestMs) const {
    std::vector<market::Candle> out;
    auto done = store_->scan(id, from_ms(from), from_ms(to), [&](const market::CandleSpan& rows) {
      EXPECT_FALSE(rows.empty());
      for (std::size_t i = 0; i < rows.size(); ++i) out.push_back(rows[i]);
      return true;
    });
    EXPECT_TRUE(done) << done.error().message;
    return out;
  }

 private:
  TestFolder folder_;
  StoreOptions options_;
  NullLogger logger_;
  Metrics metrics_;
  std::unique_ptr<CandleStore> store_;
};

inline std::vector<market::Candle> list_of(const market::CandleColumns& columns) {
  std::vector<market::Candle> out;
  for (std::size_t i = 0; i < columns.size(); ++i) out.push_back(columns[i]);
  return out;
}

}  // namespace cw::candle_store
