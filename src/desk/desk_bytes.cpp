#include <fmt/format.h>

#include "base/crc32c.h"
#include "desk/desk.h"

// The desk as bytes: "CWDESK01" | version (32 bits) | checksum of the rest (32 bits) | counters | entries.
namespace cw::desk {
namespace {

constexpr std::string_view kMagic = "CWDESK01";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeader = kMagic.size() + 8;
constexpr std::size_t kNameMost = 64;

void put_time(ByteWriter& writer, Timestamp t) { writer.put(to_ms(t)); }
// Of a bar, or the zero of none: arithmetic on it is safe.
Timestamp get_time(ByteReader& reader) {
  const auto ms = reader.get<std::int64_t>();
  if (ms < 0 || ms > kLatestMs) return reader.fail(), Timestamp{};
  return from_ms(ms);
}

void put_optional(ByteWriter& writer, const std::optional<Timestamp>& t) {
  writer.put_flag(t.has_value());
  put_time(writer, t.value_or(Timestamp{}));
}

std::optional<Timestamp> get_optional(ByteReader& reader) {
  const bool has = reader.get_flag();
  const auto t = get_time(reader);
  if (!has && t != Timestamp{}) reader.fail();
  return has ? std::optional{t} : std::nullopt;
}

void put_candle(ByteWriter& writer, const market::Candle& bar) {
  put_time(writer, bar.open_time);
  for (const double value : {bar.open, bar.high, bar.low, bar.close, bar.volume}) writer.put(value);
}

market::Candle get_candle(ByteReader& reader) {
  market::Candle bar{};
  bar.open_time = get_time(reader);
  for (double* value : {&bar.open, &bar.high, &bar.low, &bar.close, &bar.volume}) *value = reader.get<double>();
  return bar;
}

void put_fold(ByteWriter& writer, const market::FoldState& state) {
  writer.put_flag(state.begun);
  writer.put_flag(state.under_way);
  writer.put_flag(state.first);
  writer.put(state.source_bars);
  put_candle(writer, state.bar);
  put_time(writer, state.first_source);
  put_time(writer, state.last_source);
}

market::FoldState get_fold(ByteReader& reader) {
  market::FoldState state;
  state.begun = reader.get_flag();
  state.under_way = reader.get_flag();
  state.first = reader.get_flag();
  state.source_bars = reader.get<std::uint32_t>();
  state.bar = get_candle(reader);
  state.first_source = get_time(reader);
  state.last_source = get_time(reader);
  return state;
}

struct OutputWriter {
  ByteWriter writer;

  void operator()(const BarClosed& closed) {
    writer.put(std::uint8_t{1});
    writer.put(closed.instrument);
    writer.put(static_cast<std::uint8_t>(closed.timeframe));
    put_candle(writer, closed.candle.bar);
    writer.put(closed.candle.marks.bits());
    writer.put(closed.candle.source_bars);
  }
  void operator()(const TickerChanged& changed) {
    const auto& ticker = changed.ticker;
    writer.put(std::uint8_t{2});
    writer.put(changed.instrument);
    for (const double value : {ticker.price, ticker.change_24h, ticker.volume_24h}) writer.put(value);
    put_time(writer, ticker.time);
    put_time(writer, ticker.window_from);
    writer.put_flag(ticker.whole_day);
  }
  void operator()(const GapPassed& gap) {
    writer.put(std::uint8_t{3});
    writer.put(gap.instrument);
    put_time(writer, gap.from);
    put_time(writer, gap.to);
  }
};

std::unexpected<Error> damaged(std::string_view what) {
  return fail(Errc::corrupt, fmt::format("the desk's snapshot is damaged: {}", what));
}

}  // namespace

void append_bytes(const Output& output, std::string& out) { std::visit(OutputWriter{ByteWriter{out}}, output); }

void Desk::save(const Series& series, ByteWriter& writer) {
  const auto& record = series.record;
  put_optional(writer, record.first_bar);
  put_optional(writer, record.last_bar);
  for (const auto count : {record.bars, record.gaps, record.revised}) writer.put(count);
  writer.put(series.price);
  for (const auto& state : series.ladder.states()) put_fold(writer, state);
  series.day.save(writer);
}

Desk::Series Desk::restore_series(ByteReader& reader) {
  Series series;
  auto& record = series.record;
  record.first_bar = get_optional(reader);
  record.last_bar = get_optional(reader);
  for (auto* count : {&record.bars, &record.gaps, &record.revised}) *count = reader.get<std::uint64_t>();
  series.price = reader.get<double>();
  market::FoldLadder::States states;
  for (auto& state : states) state = get_fold(reader);
  series.ladder = market::FoldLadder{states};
  series.day.restore(reader);
  // The parts tell of the same bars; each takes only what is newer than its own.
  const auto& last = record.last_bar;
  bool agree = record.first_bar.has_value() == last.has_value() && record.first_bar <= last;
  for (const auto& state : states)
    agree = agree && (state.begun ? std::optional{state.last_source} : std::nullopt) == last;
  if (!agree || series.day.newest_time() != last) reader.fail();
  return series;
}

std::string Desk::save() const {
  std::string body;
  ByteWriter writer{body};
  for (const auto count :
       {counters_.unknown_instrument, counters_.out_of_order, counters_.unsound, counters_.too_many}) {
    writer.put(count);
  }
  writer.put(static_cast<std::uint32_t>(entries_.size()));
  for (const auto& entry : entries_) {
    writer.put_text(entry.instrument.venue);
    writer.put_text(entry.instrument.symbol);
    writer.put_flag(entry.series.has_value());
    if (entry.series) save(*entry.series, writer);
  }
  std::string bytes{kMagic};
  ByteWriter header{bytes};
  header.put(kVersion);
  header.put(crc32c(body));
  return bytes + body;
}

Result<Desk> Desk::restore(std::string_view bytes) {
  if (bytes.size() < kHeader || !bytes.starts_with(kMagic)) return damaged("it does not begin as one");
  ByteReader header{bytes.substr(kMagic.size(), 8)};
  if (const auto version = header.get<std::uint32_t>(); version != kVersion) {
    return fail(Errc::unsupported,
                fmt::format("the desk's snapshot has version {}; this program reads version {}", version, kVersion));
  }
  const auto body = bytes.substr(kHeader);
  if (header.get<std::uint32_t>() != crc32c(body)) return damaged("its checksum does not match");

  ByteReader reader{body};
  Desk desk;
  auto& counters = desk.counters_;
  for (auto* count : {&counters.unknown_instrument, &counters.out_of_order, &counters.unsound, &counters.too_many}) {
    *count = reader.get<std::uint64_t>();
  }
  const auto count = reader.get<std::uint32_t>();
  if (count > kInstrumentsMost) return damaged("it names too many instruments");
  for (std::uint32_t n = 0; n < count && reader.ok(); ++n) {
    Entry entry;
    entry.instrument.venue = reader.get_text(kNameMost);
    entry.instrument.symbol = reader.get_text(kNameMost);
    if (reader.get_flag()) entry.series = restore_series(reader);
    desk.entries_.push_back(std::move(entry));
  }
  if (!reader.done()) return damaged("it does not hold what its length promises");
  return desk;
}

}  // namespace cw::desk
