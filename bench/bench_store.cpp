// The candle store's figures: import, a pass over everything, a copy, a fold, size on disk, bytes of a live append.
// What it needs it makes itself, in the system's folder for temporary files, and removes it.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/random.h"
#include "candle_store/candle_store.h"
#include "candle_store/import_file.h"
#include "candle_store/query.h"

namespace fs = std::filesystem;

namespace cw::candle_store {
namespace {

constexpr std::int64_t kRows = 10'000'000;
constexpr std::int64_t kFewerRows = 1'000'000;
constexpr std::int64_t kStart = 1'104'537'600'000;  // 2005-01-01: 10 M minutes are 19 years
constexpr std::int64_t kMinute = 60'000;
const SeriesId kSeries{{"binance", "BTCUSDT"}, market::Timeframe::m1};

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

[[noreturn]] void stop(const std::string& why) {
  fmt::print(stderr, "bench_store: {}\n", why);
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) stop(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void line(std::string_view what, const std::string& figure, const std::string& asked = "") {
  fmt::print("  {:<58}{:>16}   {}\n", what, figure, asked);
}

/// A market of whole cents and 1e-5 lots, so that the text is as long as real files have it.
class Walk {
 public:
  market::Candle next(std::int64_t i) {
    const auto step = [&] { return static_cast<std::int64_t>(random_.below(2'001)) - 1'000; };
    const auto open = cents_;
    cents_ = std::max<std::int64_t>(cents_ + step(), 1'000'000);
    const auto high = std::max(open, cents_) + static_cast<std::int64_t>(random_.below(500));
    const auto low = std::min(open, cents_) - static_cast<std::int64_t>(random_.below(500));
    const auto price = [](std::int64_t c) { return static_cast<double>(c) / 100; };
    return {from_ms(kStart + i * kMinute),
            price(open),
            price(high),
            price(low),
            price(cents_),
            static_cast<double>(random_.below(10'000'000)) / 1e5};
  }

 private:
  Random random_{7};
  std::int64_t cents_ = 6'700'000;
};

void write_csv(const fs::path& path, std::int64_t rows) {
  std::ofstream out(path, std::ios::binary);
  out << "open_time_ms,open,high,low,close,volume\n";
  Walk walk;
  fmt::memory_buffer text;
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto bar = walk.next(i);
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{}\n", to_ms(bar.open_time), bar.open, bar.high, bar.low,
                   bar.close, bar.volume);
    if (text.size() > 1 << 20 || i + 1 == rows) {
      out.write(text.data(), static_cast<std::streamsize>(text.size()));
      text.clear();
    }
  }
  if (!out.flush()) stop("no room for " + path.string());
}

void write_json(const fs::path& path, std::int64_t rows) {
  std::ofstream out(path, std::ios::binary);
  Walk walk;
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto bar = walk.next(i);
    out << fmt::format("{}[{},{},{},{},{},{}]", i == 0 ? "[" : ",", to_ms(bar.open_time), bar.open, bar.high, bar.low,
                       bar.close, bar.volume);
  }
  out << "]";
}

void pack(const fs::path& from, const fs::path& to) {
  std::ifstream in(from, std::ios::binary);
  gzFile out = gzopen(to.c_str(), "wb6");
  std::vector<char> block(1 << 20);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())), in.gcount() > 0) {
    gzwrite(out, block.data(), static_cast<unsigned>(in.gcount()));
  }
  gzclose(out);
}

std::unique_ptr<CandleStore> open_store(const fs::path& folder) {
  static NullLogger logger;
  static Metrics metrics;
  return must(CandleStore::open(folder, {}, logger, metrics));
}

std::int64_t status_kb(std::string_view key) {
  std::ifstream in("/proc/self/status");
  for (std::string text; std::getline(in, text);) {
    if (text.starts_with(key)) return std::stoll(text.substr(key.size()));
  }
  return 0;
}

std::uint64_t io_bytes(std::string_view key) {
  std::ifstream in("/proc/self/io");
  for (std::string text; std::getline(in, text);) {
    if (text.starts_with(key)) return std::stoull(text.substr(key.size()));
  }
  return 0;
}

struct ImportFigures {
  double seconds = 0;
  double cpu_seconds = 0;
  double peak_mb = 0;
};

/// In a process of its own (this program, started again), so that the peak is that of an import.
ImportFigures import_apart(const fs::path& file, const fs::path& folder) {
  int ends[2];
  if (::pipe(ends) != 0) stop("no pipe");
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 3);
    ::execl("/proc/self/exe", "bench_store", "--import", file.c_str(), folder.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  ImportFigures figures;
  const bool told = ::read(ends[0], &figures, sizeof(figures)) == sizeof(figures);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!told || status != 0) stop("the import failed");
  return figures;
}

int import_here(const char* file, const char* folder) {
  auto store = open_store(folder);
  ImportOptions options;
  options.symbol = "BTCUSDT";
  options.timeframe = market::Timeframe::m1;
  const double begin = now();
  must(import_file(*store, file, options));
  ImportFigures figures;
  figures.seconds = now() - begin;
  struct rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  figures.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  figures.peak_mb = static_cast<double>(status_kb("VmHWM:")) / 1024;
  return ::write(3, &figures, sizeof(figures)) == sizeof(figures) ? 0 : 1;
}

/// The sum of all six columns, and of the times exactly.
struct Sums {
  std::uint64_t times = 0;
  double numbers[5] = {};
  std::uint64_t rows = 0;

  void add(const market::CandleSpan& rows_in) {
    for (const auto t : rows_in.open_time_ms) times += static_cast<std::uint64_t>(t);
    const std::span<const double> columns[] = {rows_in.open, rows_in.high, rows_in.low, rows_in.close, rows_in.volume};
    for (std::size_t k = 0; k < 5; ++k) {
      double lanes[8] = {};
      std::size_t i = 0;
      for (; i + 8 <= columns[k].size(); i += 8) {
        for (std::size_t lane = 0; lane < 8; ++lane) lanes[lane] += columns[k][i + lane];
      }
      for (; i < columns[k].size(); ++i) lanes[0] += columns[k][i];
      for (const double lane : lanes) numbers[k] += lane;
    }
    rows += rows_in.size();
  }
};

template <class F>
double best_of(int rounds, F&& run) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const double begin = now();
    run();
    best = std::min(best, now() - begin);
  }
  return best;
}

Sums scan_sums(const CandleStore& store) {
  Sums sums;
  must(store.scan(kSeries, from_ms(0), from_ms(kLatestMs), [&](const market::CandleSpan& rows) {
    sums.add(rows);
    return true;
  }));
  return sums;
}

void measure_reads(const CandleStore& store) {
  Sums sums;
  const double pass = best_of(5, [&] { sums = scan_sums(store); });
  line("a pass over all six columns of 10 M bars, in place, warm", fmt::format("{:.3f} s", pass), "under 0.15 s");

  Walk walk;
  Sums expected;
  market::CandleColumns block;
  for (std::int64_t i = 0; i < kRows; ++i) {
    block.push_back(walk.next(i));
    if (block.size() == 100'000) {
      expected.add(block.view());
      block.clear();
    }
  }
  const bool same = sums.rows == static_cast<std::uint64_t>(kRows) && sums.times == expected.times &&
                    std::abs(sums.numbers[3] / expected.numbers[3] - 1) < 1e-9;
  if (!same) stop("what was read is not what was written");

  market::CandleColumns copy;
  const double read = best_of(3, [&] {
    copy = {};
    copy = must(store.read(kSeries, from_ms(0), from_ms(kLatestMs)));
  });
  if (copy.size() != static_cast<std::size_t>(kRows)) stop("the copy lacks rows");
  line("a copy of them into one contiguous set of columns", fmt::format("{:.3f} s", read), "under 0.4 s");
  copy = {};

  std::size_t folded = 0;
  const double derive = best_of(3, [&] {
    CandleQuery q{kSeries.instrument, market::Timeframe::h4};
    q.limit = kQueryMost;
    folded = must(query(store, q)).bars.size();
  });
  if (folded != static_cast<std::size_t>(kRows / 240)) stop(fmt::format("{} bars of 4h", folded));
  line("deriving 4h from them (41,666 bars)", fmt::format("{:.3f} s", derive), "under 0.15 s");
}

void measure_appends(const fs::path& folder) {
  auto store = open_store(folder);
  constexpr int kSymbols = 12;
  constexpr int kMinutes = 6'000;  // 72,000 bars: the file of live bars fills up twice
  Walk walk;
  const auto handed = io_bytes("wchar:");
  const auto sent = io_bytes("write_bytes:");
  const auto begin = now();
  for (int m = 0; m < kMinutes; ++m) {
    const auto bar = walk.next(m);
    for (int s = 0; s < kSymbols; ++s) {
      must(store->append({{"binance", fmt::format("SYM{}USDT", s)}, market::Timeframe::m1}, std::span(&bar, 1)));
    }
  }
  const double seconds = now() - begin;
  store.reset();
  const auto bars = static_cast<double>(kSymbols) * kMinutes;
  line("live append, 12 symbols, one bar a call: bytes to disk a bar",
       fmt::format("{:.0f}", static_cast<double>(io_bytes("write_bytes:") - sent) / bars), "at most 4,096");
  line("  handed to the system", fmt::format("{:.0f}", static_cast<double>(io_bytes("wchar:") - handed) / bars));
  line("  durable appends a second", fmt::format("{:.0f}", bars / seconds));
}

/// The peer: the same 1 M rows in an SQLite table, keyed by time, read by one SELECT of sums.
void measure_sqlite(const fs::path& folder, const CandleStore& store) {
  sqlite3* db = nullptr;
  sqlite3_open((folder / "peer.db").c_str(), &db);
  sqlite3_exec(db,
               "PRAGMA journal_mode=WAL; CREATE TABLE c(t INTEGER PRIMARY KEY, o REAL, h REAL, l REAL, c REAL, v REAL)",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO c VALUES(?,?,?,?,?,?)", -1, &insert, nullptr);
  const double begin = now();
  sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
  Walk walk;
  for (std::int64_t i = 0; i < kFewerRows; ++i) {
    const auto bar = walk.next(i);
    sqlite3_bind_int64(insert, 1, to_ms(bar.open_time));
    const double values[] = {bar.open, bar.high, bar.low, bar.close, bar.volume};
    for (int k = 0; k < 5; ++k) sqlite3_bind_double(insert, k + 2, values[k]);
    sqlite3_step(insert);
    sqlite3_reset(insert);
  }
  sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
  const double filled = now() - begin;
  sqlite3_finalize(insert);

  Sums peer;
  const double scan = best_of(3, [&] {
    sqlite3_stmt* select = nullptr;
    sqlite3_prepare_v2(db, "SELECT count(*), sum(t), sum(o), sum(h), sum(l), sum(c), sum(v) FROM c", -1, &select,
                       nullptr);
    if (sqlite3_step(select) != SQLITE_ROW) stop("SQLite does not answer");
    peer.rows = static_cast<std::uint64_t>(sqlite3_column_int64(select, 0));
    peer.times = static_cast<std::uint64_t>(sqlite3_column_int64(select, 1));
    for (int k = 0; k < 5; ++k) peer.numbers[k] = sqlite3_column_double(select, k + 2);
    sqlite3_finalize(select);
  });
  sqlite3_close(db);
  Sums ours;
  const double our_scan = best_of(3, [&] { ours = scan_sums(store); });
  if (peer.rows != ours.rows || peer.times != ours.times || std::abs(peer.numbers[4] / ours.numbers[4] - 1) > 1e-9) {
    stop("SQLite and the store disagree");
  }
  const auto size = static_cast<double>(fs::file_size(folder / "peer.db"));
  line("sums of six columns, 1 M bars: the store", fmt::format("{:.4f} s", our_scan));
  line("  the same in SQLite (equal sums)", fmt::format("{:.4f} s", scan),
       fmt::format("{:.0f} times as long", scan / our_scan));
  line("  filling SQLite in one transaction",
       fmt::format("{:.2f} M rows/s", static_cast<double>(kFewerRows) / filled / 1e6));
  line("  SQLite's bytes on disk / raw columns",
       fmt::format("{:.3f}", size / (48.0 * static_cast<double>(kFewerRows))));
}

std::string rate(std::int64_t rows, double seconds) {
  return fmt::format("{:.2f} M rows/s", static_cast<double>(rows) / seconds / 1e6);
}

void run(const fs::path& folder) {
  fmt::print("candle store\n");
  const auto csv = folder / "all.csv";
  write_csv(csv, kRows);
  const auto text_mb = static_cast<double>(fs::file_size(csv)) / 1e6;
  const auto figures = import_apart(csv, folder / "all");
  line(fmt::format("import of 10 M rows of plain CSV ({:.0f} MB)", text_mb), rate(kRows, figures.seconds),
       "at least 3 M a core");
  line("  by processor time", rate(kRows, figures.cpu_seconds));
  line("  resident at most", fmt::format("{:.1f} MB", figures.peak_mb), "at most 64 MB");
  const auto again = import_apart(csv, folder / "all");
  line("the same file again (nothing new)", rate(kRows, again.seconds));
  line("  resident at most", fmt::format("{:.1f} MB", again.peak_mb), "at most 64 MB");
  fs::remove(csv);
  const auto on_disk = static_cast<double>(fs::file_size(folder / "all" / "candles.mdb"));
  line("bytes on disk / raw columns", fmt::format("{:.4f}", on_disk / (48.0 * static_cast<double>(kRows))),
       "at most 1.05");
  measure_reads(*open_store(folder / "all"));
  fs::remove_all(folder / "all");

  const auto fewer = folder / "fewer.csv";
  write_csv(fewer, kFewerRows);
  pack(fewer, folder / "fewer.csv.gz");
  write_json(folder / "fewer.json", kFewerRows);
  line("import of 1 M rows of CSV.gz", rate(kFewerRows, import_apart(folder / "fewer.csv.gz", folder / "gz").seconds));
  line("import of 1 M rows of freqtrade JSON",
       rate(kFewerRows, import_apart(folder / "fewer.json", folder / "json").seconds));
  measure_sqlite(folder, *open_store(folder / "gz"));
  measure_appends(folder / "live");
}

int bench(int count, char** words) {
  if (count == 4 && std::string_view(words[1]) == "--import") return import_here(words[2], words[3]);
  auto name = (fs::temp_directory_path() / "candlewick-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) stop("no folder for temporary files");
  run(name);
  fs::remove_all(name);
  return 0;
}

}  // namespace
}  // namespace cw::candle_store

int main(int count, char** words) { return cw::candle_store::bench(count, words); }
