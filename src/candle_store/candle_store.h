#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "market/candle.h"
#include "market/instrument.h"
#include "market/timeframe.h"

namespace cw::candle_store {

/// One stored series: the closed bars of one instrument at one timeframe, as a venue or a file gave them. Derived
/// timeframes are folded when asked for (query.h) and never stored.
struct SeriesId {
  market::InstrumentId instrument;
  market::Timeframe timeframe{};

  std::string text() const;  // "binance:BTCUSDT 1m"
  friend auto operator<=>(const SeriesId&, const SeriesId&) = default;
};

struct SeriesInfo {
  SeriesId id;
  std::uint64_t rows = 0;
  Timestamp first;  // open time of the first and of the last bar
  Timestamp last;
  std::uint64_t bytes = 0;       // on disk, columns and overhead
  std::uint64_t duplicates = 0;  // identical lines that imports left out, for the quality report
};

/// What a write did. `revised` rows stood there with other values and were replaced.
struct WriteOutcome {
  std::uint64_t added = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t revised = 0;
};

/// How full the disk of the store is, by the share of used bytes.
enum class DiskState { ok, nearly_full /* 90 % */, full /* 97 %: writes of market data answer Errc::disk_full */ };

struct StoreOptions {
  std::uint64_t map_bytes = std::uint64_t{64} << 30;  // address space, not disk; grows the file only as used
  bool sync = true;  // false only for the test that proves what syncing is for
};

class Import;

/// Candles on disk (LMDB): columns in chunks, read in place; ACID; many readers. Opened once in a process and by one
/// process at a time (the data folder's lock sees to that). Thread-safe; writes take turns.
class CandleStore {
 public:
  /// Opens, or makes, the store in `folder`; removes what a crashed import left staged.
  /// Errors  corrupt, io_error, disk_full
  static Result<std::unique_ptr<CandleStore>> open(const std::filesystem::path& folder, StoreOptions options,
                                                   Logger& logger, Metrics& metrics);
  ~CandleStore();

  /// Adds live bars, oldest first, durable when it answers. At most 4 KB written to disk a bar.
  Result<WriteOutcome> append(const SeriesId& series, std::span<const market::Candle> bars);

  /// Adds many bars from a venue's history (any range, in time order), visible all at once.
  Result<WriteOutcome> put_history(const SeriesId& series, const market::CandleSpan& bars);

  /// Begins an import into one series; one at a time a series (Errc::busy). Nothing shows before Import::commit.
  Result<std::unique_ptr<Import>> begin_import(const SeriesId& series, std::string source);

  /// Calls `visit` with the stored bars of [from, to), in time order, in place, chunk by chunk, from one snapshot, until
  /// it answers false. The spans die with the call of `visit`.
  Result<void> scan(const SeriesId& series, Timestamp from, Timestamp to,
                    const std::function<bool(const market::CandleSpan&)>& visit) const;

  /// The same, backwards: newest chunk first, rows inside a chunk still oldest first.
  Result<void> scan_backward(const SeriesId& series, Timestamp from, Timestamp to,
                             const std::function<bool(const market::CandleSpan&)>& visit) const;

  /// A copy of [from, to) as one contiguous set of columns.
  Result<market::CandleColumns> read(const SeriesId& series, Timestamp from, Timestamp to) const;

  std::optional<SeriesInfo> info(const SeriesId& series) const;
  std::vector<SeriesInfo> list() const;

  /// Removes bars that open before `before`; answers how many. In bounded transactions.
  Result<std::uint64_t> prune(const SeriesId& series, Timestamp before);

  DiskState disk_state() const;

  /// Small named values of the store's owner (what kind of market this folder holds, first bars), kept with the data.
  Result<void> put_note(std::string_view key, std::string_view value);
  std::optional<std::string> note(std::string_view key) const;

 private:
  friend class Import;
  struct Impl;
  explicit CandleStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The first place where a file and the store disagree.
struct ImportConflict {
  std::uint64_t count = 0;
  market::Candle stored;
  market::Candle given;
};

/// Rows of one file on their way in: staged in bounded transactions, shown by one small last one. Destroyed without
/// `commit`, nothing of it stays.
class Import {
 public:
  ~Import();
  /// Stages rows in time order, continuing from the last call. Errors: disk_full, io_error
  Result<void> stage(const market::CandleSpan& rows);
  /// What differs from rows that are stored already; none when `count` is 0.
  const ImportConflict& conflict() const;
  /// Makes all staged rows visible at once. With differing rows and without `replace` it answers Errc::conflict (count and
  /// first difference) and stores nothing.
  Result<WriteOutcome> commit(bool replace);

 private:
  friend class CandleStore;
  struct Impl;
  explicit Import(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::candle_store
