#include "candle_store/candle_store.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "base/require.h"
#include "candle_store/store_impl.h"

namespace cw::candle_store {
namespace {

constexpr std::string_view kFormat = "1";

std::uint32_t number_of(Bytes value) {
  std::uint32_t number = 0;
  if (value.size() == sizeof(number)) std::memcpy(&number, value.data(), sizeof(number));
  return number;
}

bool all_finite(std::span<const double> column) {
  // x - x is 0 for a finite x, else NaN; the sum keeps a NaN. Vectorises, unlike a branch a row.
  double sum = 0;
  for (const double x : column) sum += x - x;
  return sum == 0;
}

Error bad_row(const market::CandleSpan& rows, std::size_t i, std::string_view why) {
  return {Errc::bad_input, fmt::format("the bar at {}: {}", format_time(from_ms(rows.open_time_ms[i])), why), {}, {}};
}

}  // namespace

std::string SeriesId::text() const { return fmt::format("{} {}", instrument.text(), market::name(timeframe)); }

std::optional<std::int64_t> SeriesState::last_ms() const {
  std::optional<std::int64_t> last;
  if (record.rows > 0) last = record.last_ms;
  if (!tail.empty()) last = std::max(last.value_or(0), to_ms(tail.back().open_time));
  return last;
}

Result<void> check_rows(const market::CandleSpan& rows, market::Timeframe timeframe) {
  const auto n = rows.size();
  for (const auto& column : {rows.open, rows.high, rows.low, rows.close, rows.volume}) CW_REQUIRE(column.size() == n);
  const auto step = market::duration(timeframe).count();
  for (std::size_t i = 0; i < n; ++i) {
    const auto time = rows.open_time_ms[i];
    const bool aligned_to_last = i > 0 && (time - rows.open_time_ms[i - 1]) % step == 0;
    if (time < kEarliestMs || time >= kLatestMs)
      return std::unexpected(bad_row(rows, i, "a time outside 2000 to 2099"));
    if (!aligned_to_last && !market::is_open_time(timeframe, from_ms(time))) {
      return std::unexpected(bad_row(rows, i, fmt::format("no {} bar begins there", market::name(timeframe))));
    }
    if (i > 0 && time <= rows.open_time_ms[i - 1])
      return std::unexpected(bad_row(rows, i, "not later than the one before"));
  }
  for (const auto& column : {rows.open, rows.high, rows.low, rows.close, rows.volume}) {
    if (all_finite(column)) continue;
    const auto bad = std::find_if(column.begin(), column.end(), [](double x) { return !std::isfinite(x); });
    return std::unexpected(
        bad_row(rows, static_cast<std::size_t>(bad - column.begin()), "a number that is not finite"));
  }
  return {};
}

CandleStore::Impl::Impl(std::filesystem::path folder_in, const StoreOptions& options, Logger& logger_in,
                        Metrics& metrics)
    : folder(std::move(folder_in)),
      logger(logger_in),
      disk(
          folder, ask_disk(options), [this] { return environment ? environment->reusable_bytes() : 0; }, logger_in,
          metrics),
      log_bytes(metrics.counter("candlewick_store_log_bytes_total", "Bytes written to the file of live bars")),
      chunk_bytes_written(metrics.counter("candlewick_store_chunk_bytes_total", "Bytes of chunks written")),
      flushes(metrics.counter("candlewick_store_flushes_total", "Times that live bars were folded into chunks")) {}

Result<void> CandleStore::Impl::open(const StoreOptions& options) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (ec) return std::unexpected(system_error(ec.value(), folder.string()));
  auto opened = Environment::open(folder / "candles.mdb", options.map_bytes, options.sync);
  if (!opened) return pass_on(opened);
  environment = std::move(*opened);
  auto log_opened = TailLog::open(folder / "tail.wal", options.sync);
  if (!log_opened) return pass_on(log_opened);
  log = std::move(*log_opened);

  auto txn = environment->begin_write();
  if (!txn) return pass_on(txn);
  const auto format = txn->get(Table::meta, bytes_of("format"));
  if (!format) return pass_on(format);
  if (!*format) {
    if (auto done = txn->put(Table::meta, bytes_of("format"), bytes_of(kFormat)); !done) return done;
  } else if (text_of(**format) != kFormat) {
    return fail(Errc::unsupported, fmt::format("the candle store in {} has format {}, this version reads {}",
                                               folder.string(), text_of(**format), kFormat));
  }
  const auto stored = txn->get(Table::meta, bytes_of("generation"));
  if (!stored) return pass_on(stored);
  if (*stored) generation = number_of(**stored);
  if (auto done = load_series(*txn); !done) return done;
  return txn->commit();
}

Result<void> CandleStore::Impl::load_series(const Transaction& txn) {
  auto cursor = Cursor::open(txn, Table::series);
  if (!cursor) return pass_on(cursor);
  const auto first_key = series_key(0);
  for (auto found = cursor->seek(first_key);; found = cursor->next()) {
    if (!found) return pass_on(found);
    if (!*found) return {};
    const auto number = parse_series_key(cursor->key());
    const auto named = decode_named_record(cursor->value());
    if (!number || !named) return fail(Errc::corrupt, fmt::format("{}: a series record is damaged", folder.string()));
    auto state = std::make_unique<SeriesState>();
    state->number = *number;
    state->id = named->id;
    state->record = named->record;
    by_number[*number] = state.get();
    series[named->id] = std::move(state);
  }
}

Result<void> CandleStore::Impl::recover() {
  const auto highest = log->highest_generation();
  if (!highest) return pass_on(highest);
  next_generation = generation + 1;
  while (next_generation <= *highest) next_generation += 2;

  const auto rows = log->replay(generation);
  if (!rows) return pass_on(rows);
  for (const auto& [number, bar] : *rows) {
    const auto known = by_number.find(number);
    if (known == by_number.end())
      return fail(Errc::corrupt, fmt::format("{}: a live bar of an unknown series", folder.string()));
    if (auto done = take_into_tail(*known->second, bar); !done) return pass_on(done);
  }
  // A clean end leaves nothing above the last switch; else what was replayed goes into the chunks at once, and the torn
  // end of its generation can never be read again.
  if (generation == 0 || *highest >= generation) {
    if (auto done = flush_tails(); !done) {
      if (done.error().code != Errc::disk_full) return done;
      logger.error("live bars stay in the write-ahead file", {{"reason", std::string_view(done.error().message)}});
    }
  } else {
    log->switch_to(generation, 0);
  }
  for (auto& [id, state] : series) {
    if (!state->record.garbage) continue;
    const std::string name = id.text();
    logger.info("removing what an import left behind", {{"series", std::string_view(name)}});
    if (auto done = collect_garbage(*state); !done) {
      if (done.error().code != Errc::disk_full) return done;
      logger.warn("left for later", {{"reason", std::string_view(done.error().message)}});
    }
  }
  return {};
}

SeriesState* CandleStore::Impl::find(const SeriesId& id) const {
  const auto found = series.find(id);
  return found == series.end() ? nullptr : found->second.get();
}

Result<SeriesState*> CandleStore::Impl::find_or_make(const SeriesId& id) {
  if (auto* state = find(id)) return state;
  if (series.size() >= kSeriesMost) {
    return fail(Errc::limit_exceeded, fmt::format("the candle store holds {} series, its most", series.size()));
  }
  auto state = std::make_unique<SeriesState>();
  state->number = by_number.empty() ? 1 : by_number.rbegin()->first + 1;
  state->id = id;
  auto txn = environment->begin_write();
  if (!txn) return pass_on(txn);
  if (auto done = put_record(*txn, *state, state->record); !done) return pass_on(done);
  if (auto done = txn->commit(); !done) return pass_on(done);
  const std::unique_lock lock(memory);
  auto* made = state.get();
  by_number[made->number] = made;
  series[id] = std::move(state);
  return made;
}

Result<void> CandleStore::Impl::put_record(Transaction& txn, const SeriesState& state, const SeriesRecord& record) {
  const auto value = encode_record(state.id, record);
  return txn.put(Table::series, series_key(state.number), bytes_of(value));
}

void CandleStore::Impl::keep_record(SeriesState& state, const SeriesRecord& record) {
  const std::unique_lock lock(memory);
  state.record = record;
}

SeriesInfo CandleStore::Impl::info_of(const SeriesState& state) const {
  auto first = state.record.rows > 0 ? state.record.first_ms : std::numeric_limits<std::int64_t>::max();
  if (!state.tail.empty()) first = std::min(first, to_ms(state.tail.front().open_time));
  return {state.id,           state.record.rows + state.tail_added,
          from_ms(first),     from_ms(state.last_ms().value_or(0)),
          state.record.bytes, state.record.duplicates};
}

CandleStore::CandleStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

CandleStore::~CandleStore() {
  // Live bars are safe where they are; folding them makes the next start quicker, and may fail on a full disk.
  const std::lock_guard lock(impl_->writer);
  if (impl_->log->size() > 0) (void)impl_->flush_tails();
}

Result<std::unique_ptr<CandleStore>> CandleStore::open(const std::filesystem::path& folder, const StoreOptions& options,
                                                       Logger& logger, Metrics& metrics) {
  auto impl = std::make_unique<Impl>(folder, options, logger, metrics);
  if (auto done = impl->open(options); !done) return std::unexpected(done.error());
  if (auto done = impl->recover(); !done) return std::unexpected(done.error());
  return std::unique_ptr<CandleStore>(new CandleStore(std::move(impl)));
}

std::optional<SeriesInfo> CandleStore::info(const SeriesId& series) const {
  const std::shared_lock lock(impl_->memory);
  const auto* state = impl_->find(series);
  if (state == nullptr || !state->last_ms()) return std::nullopt;
  return impl_->info_of(*state);
}

std::vector<SeriesInfo> CandleStore::list() const {
  const std::shared_lock lock(impl_->memory);
  std::vector<SeriesInfo> out;
  for (const auto& [id, state] : impl_->series) {
    if (state->last_ms()) out.push_back(impl_->info_of(*state));
  }
  return out;
}

std::vector<SeriesInfo> CandleStore::list(const market::InstrumentId& instrument) const {
  const std::shared_lock lock(impl_->memory);
  std::vector<SeriesInfo> out;
  for (auto at = impl_->series.lower_bound({instrument, market::kTimeframes.front()});
       at != impl_->series.end() && at->first.instrument == instrument; ++at) {
    if (at->second->last_ms()) out.push_back(impl_->info_of(*at->second));
  }
  return out;
}

DiskState CandleStore::disk_state() const { return impl_->disk.state(); }
std::optional<double> CandleStore::disk_used_share() const { return impl_->disk.used_share(); }

}  // namespace cw::candle_store
