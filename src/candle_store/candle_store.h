#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

/// A bar and whose it is.
struct SeriesBar {
  SeriesId series;
  market::Candle bar;
};

struct SeriesInfo {
  SeriesId id;
  std::uint64_t rows = 0;
  Timestamp first;  // open time of the first and of the last bar
  Timestamp last;
  std::uint64_t bytes = 0;       // on disk, columns and overhead; live bars of the last hours not counted
  std::uint64_t duplicates = 0;  // identical lines that imports left out, for the quality report
};

/// What a write did. `revised` rows stood there with other values and were replaced.
struct WriteOutcome {
  std::uint64_t added = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t revised = 0;

  friend bool operator==(const WriteOutcome&, const WriteOutcome&) = default;
};

/// How full the disk of the store is, by the share of used bytes; room inside the store's own file counts as free.
enum class DiskState { ok, nearly_full /* 90 % */, full /* 97 %: writes of market data answer Errc::disk_full */ };
inline constexpr double kDiskNearlyFullShare = 0.90;
inline constexpr double kDiskFullShare = 0.97;

/// Series of one store at most; a new one above it answers Errc::limit_exceeded.
inline constexpr std::size_t kSeriesMost = 65'536;

struct StoreOptions {
  std::uint64_t map_bytes = std::uint64_t{64} << 30;  // address space, not disk; the file grows only as used
  bool sync = true;                                   // false only for the test that proves what syncing is for
  /// The used share of the disk (0 to 1), for tests; by default the system is asked.
  std::function<std::optional<double>(const std::filesystem::path&)> disk_used_share{};
};

class Import;

/// Candles on disk (LMDB): columns in chunks, read in place; ACID; many readers. Opened once in a process and by one
/// process at a time (the data folder's lock sees to that). Thread-safe; writes take turns, reads wait for nobody.
///
/// A bar that is written again with other values replaces the old one: the last write stands. Writes check what they
/// are given: times aligned to the timeframe, finite numbers, rows in rising order of time (Errc::bad_input). Layout,
/// guarantees and their reasons: docs/candle-store.md, docs/decisions/0004-candle-store-chunks.md.
class CandleStore {
 public:
  /// Opens, or makes, the store in `folder` (made if missing); takes in what live bars a crash left in the write-ahead
  /// file, and removes what a crashed import left staged.
  /// Errors  corrupt, io_error, disk_full
  static Result<std::unique_ptr<CandleStore>> open(const std::filesystem::path& folder, const StoreOptions& options,
                                                   Logger& logger, Metrics& metrics);
  ~CandleStore();

  /// Adds live bars, oldest first, durable when it answers. At most 4 KB written to disk a bar, folding into chunks
  /// included.
  /// Errors  bad_input, disk_full, io_error; busy when an import of this series has been running for so long that the
  ///         write-ahead file is full of it
  Result<WriteOutcome> append(const SeriesId& series, std::span<const market::Candle> bars);

  /// Adds a live bar of each of many series, as a minute's close brings them, in one write. Readers see them when it answers;
  /// they are durable once `sync` has: for an owner who could add them again.
  /// Answers an outcome a bar; where one is refused the others are taken. Errors of each: as append
  std::vector<Result<WriteOutcome>> append_together(std::span<const SeriesBar> bars);
  /// Makes durable what append_together has added.
  Result<void> sync();

  /// Adds many bars from a venue's history (any range, in time order), visible all at once, durable when it answers.
  /// Errors  as append; busy while an import of this series runs
  Result<WriteOutcome> put_history(const SeriesId& series, const market::CandleSpan& bars);

  /// Begins an import into one series; one at a time a series (Errc::busy). Nothing shows before Import::commit.
  /// `source` names the file in the log. The store must outlive the import.
  Result<std::unique_ptr<Import>> begin_import(const SeriesId& series, std::string source);

  /// Calls `visit` with the stored bars of [from, to), in time order, in place, chunk by chunk, from one snapshot,
  /// until it answers false. The spans die with the call of `visit`; it may read and write the store. A series that is
  /// not there has no bars. No two calls share a bar, none is empty. Cost    a walk over the chunks; only rows that are
  /// younger than the last fold are copied Errors  corrupt, io_error, busy (over 1,000 scans at once)
  Result<void> scan(const SeriesId& series, Timestamp from, Timestamp to,
                    const std::function<bool(const market::CandleSpan&)>& visit) const;

  /// The same, backwards: newest chunk first, rows inside a chunk still oldest first.
  Result<void> scan_backward(const SeriesId& series, Timestamp from, Timestamp to,
                             const std::function<bool(const market::CandleSpan&)>& visit) const;

  /// A copy of [from, to) as one contiguous set of columns.
  Result<market::CandleColumns> read(const SeriesId& series, Timestamp from, Timestamp to) const;

  /// Series that hold at least one bar. `list` is in order of id.
  std::optional<SeriesInfo> info(const SeriesId& series) const;
  std::vector<SeriesInfo> list() const;
  /// Those of one instrument, by timeframe, the shortest first; a look-up, however many others there are.
  std::vector<SeriesInfo> list(const market::InstrumentId& instrument) const;

  /// Removes bars that open before `before`; answers how many. In bounded transactions: a crash in between leaves some
  /// of them. Errors: busy while an import of this series runs
  Result<std::uint64_t> prune(const SeriesId& series, Timestamp before);

  /// Reads every chunk and holds it against its checksum and its place; what is wrong comes as Errc::corrupt.
  Result<void> verify() const;

  DiskState disk_state() const;
  /// The used share of the disk that holds the store, 0 to 1; none where the system does not say.
  std::optional<double> disk_used_share() const;

  /// Small named values of the store's owner (what kind of market this folder holds, first bars), kept with the data. A
  /// key has 1 to 400 bytes.
  Result<void> put_note(std::string_view key, std::string_view value);
  std::optional<std::string> note(std::string_view key) const;

  /// What is known about the instruments of the series: base, quote, steps. Kept with the data, in order of id.
  Result<void> put_instrument(const market::Instrument& instrument);
  std::vector<market::Instrument> instruments() const;

  struct Impl;  // the room's own .cpp files only

 private:
  friend class Import;
  explicit CandleStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The first place where a file and the store disagree.
struct ImportConflict {
  std::uint64_t count = 0;
  market::Candle stored{};
  market::Candle given{};
};

/// Rows of one file on their way in: staged in bounded transactions, shown by one small last one. Destroyed without
/// `commit`, nothing of it stays. Live bars of the same series may be appended meanwhile: where they and the file have
/// the same bar with other values, they count as a conflict, and with `replace` the live one stands (it came later).
/// One thread at a time.
class Import {
 public:
  ~Import();
  /// Stages rows in time order, continuing from the last call. After an error the import can only be destroyed.
  /// Errors  bad_input, disk_full, io_error
  Result<void> stage(const market::CandleSpan& rows);
  /// Counts identical lines that the file's reader left out; kept with the series at commit.
  void count_duplicates(std::uint64_t lines);
  /// What differs from rows that are stored already; none when `count` is 0. Complete after `commit`.
  const ImportConflict& conflict() const;
  /// Makes all staged rows visible at once. With differing rows and without `replace` it answers Errc::conflict (count
  /// and first difference) and stores nothing. Called once.
  Result<WriteOutcome> commit(bool replace);

 private:
  friend class CandleStore;
  struct Impl;
  explicit Import(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::candle_store
