#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "candle_store/candle_reader.h"
#include "candle_store/candle_store.h"

namespace cw::candle_store {

struct ImportOptions {
  // Each stands above what the file's name says.
  std::optional<std::string> venue{};
  std::optional<std::string> symbol{};  // `BTCUSDT`, `BTC-USDT`, `BTC/USDT`
  std::optional<market::Timeframe> timeframe{};
  std::string default_venue = "binance";  // where neither option nor name says one
  bool replace = false;                   // stored bars with other values give way
  std::string shown_as{};                 // what messages call the file; empty: the last part of its path
  // Opens what is imported and answers the descriptor; empty: the file at the path. The path is then only a name.
  std::function<Result<int>()> open{};
  // From when on rows of a series are kept, where that is limited: older ones are counted. Empty: all are kept.
  std::function<std::optional<Timestamp>(const SeriesId&)> kept_from{};
};

struct ImportReport {
  SeriesId series;
  FileFormat format{};
  std::uint64_t rows = 0;  // in the file, duplicates left out
  std::uint64_t added = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t revised = 0;
  std::uint64_t duplicates = 0;  // identical lines that were left out
  Timestamp first{};             // open times of the file's first and last row
  Timestamp last{};
  std::uint64_t gaps = 0;          // places in the file where bars are missing
  std::uint64_t missing_bars = 0;  // how many
  std::uint64_t too_old = 0;       // rows before `kept_from`: stored, and pruned where the retention applies
  double seconds = 0;
};

struct ImportProgress {
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_in_all = 0;
  std::uint64_t rows = 0;
};

/// Where a file's rows would go, by options and name, without reading it.
/// Errors  bad_parameter naming the option that is missing; unknown_timeframe for `1s`, `3d`, `1mo`; the file's name in
///         front
Result<SeriesId> target_of(const std::filesystem::path& path, const ImportOptions& options);

/// Reads one file into the store: all of it or, after any error, nothing. Keeps the instrument's base and quote.
///
/// `progress` is told about every 8,192 rows; `cancelled` is asked as often, and ten times a second while a pipe is waited
/// for; true ends it with Errc::cancelled.
/// Either may be empty.
///
/// Memory  at most 64 MB, whatever the file
/// Errors  not_found before all others, then those of target_of, read_candles and Import, each with what the file is
///         called in front: "btc.csv: line 5: …"
Result<ImportReport> import_file(CandleStore& store, const std::filesystem::path& path, const ImportOptions& options,
                                 const std::function<void(const ImportProgress&)>& progress = {},
                                 const std::function<bool()>& cancelled = {});

}  // namespace cw::candle_store
