#include <algorithm>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "base/json_text.h"
#include "base/number.h"
#include "candle_store/query.h"

namespace cw::app {
namespace {

using candle_store::CandleAnswer;
using candle_store::CandleQuery;
using candle_store::Pick;

constexpr std::size_t kTableDefault = 100;    // rows of a table where no limit is given: a screen or two
constexpr std::size_t kRowsAtOnce = 100'000;  // asked for and written at a time, so that memory stays bounded
constexpr std::size_t kWriteChunk = 64 * 1024;

/// Writes the rows of an answer in one of the formats, piece by piece; an answer may come in several parts.
class Writer {
 public:
  Writer(Console& console, OutputFormat format) : console_(console), format_(format) {}

  bool begin(const market::Instrument& instrument, market::Timeframe timeframe) {
    if (format_ == OutputFormat::csv) text_ = "open_time_ms,open,high,low,close,volume\n";
    if (format_ == OutputFormat::table) {
      text_ = fmt::format("{:<20} {:>14} {:>14} {:>14} {:>14} {:>16}\n", "OPEN TIME (UTC)", "OPEN", "HIGH", "LOW",
                          "CLOSE", "VOLUME");
    }
    if (format_ == OutputFormat::json) {
      text_ = fmt::format(R"({{"symbol":"{}","venue":"{}","timeframe":"{}","candles":[)", instrument.id.symbol,
                          instrument.id.venue, market::name(timeframe));
    }
    return flush(0);
  }

  bool add(const CandleAnswer& answer) {
    for (std::size_t i = 0; i < answer.bars.size(); ++i) {
      add_row(answer.bars[i], answer.gaps[i] != 0);
      if (!flush(kWriteChunk)) return false;
    }
    for (const auto& piece : answer.source) {
      if (!source_.empty() && source_.back().timeframe == piece.timeframe && source_.back().gap == piece.gap &&
          source_.back().to == piece.from) {
        source_.back().to = piece.to;
      } else {
        source_.push_back(piece);
      }
    }
    return true;
  }

  bool end() {
    if (format_ != OutputFormat::json) return flush(0) && tell_source();
    text_ += R"(],"gapped":[)";
    for (std::size_t i = 0; i < gapped_.size(); ++i) text_ += fmt::format("{}{}", i > 0 ? "," : "", to_ms(gapped_[i]));
    text_ += R"(],"source":[)";
    for (std::size_t i = 0; i < source_.size(); ++i) {
      text_ +=
          fmt::format(R"({}{{"timeframe":"{}","from":{},"to":{},"gap":{}}})", i > 0 ? "," : "",
                      market::name(source_[i].timeframe), to_ms(source_[i].from), to_ms(source_[i].to), source_[i].gap);
    }
    text_ += "]}\n";
    return flush(0);
  }

 private:
  void add_row(const market::Candle& bar, bool gapped) {
    if (gapped) gapped_.push_back(bar.open_time);
    const double values[] = {bar.open, bar.high, bar.low, bar.close, bar.volume};
    if (format_ == OutputFormat::table) {
      text_ += fmt::format("{:<20}", format_time(bar.open_time));
      for (int i = 0; i < 5; ++i) text_ += fmt::format(" {:>{}}", format_double(values[i]), i == 4 ? 16 : 14);
      text_ += gapped ? "  gap\n" : "\n";
      return;
    }
    const bool json = format_ == OutputFormat::json;
    if (json) text_ += rows_ > 0 ? ",[" : "[";
    text_ += fmt::to_string(to_ms(bar.open_time));
    for (const double value : values) {
      text_ += ',';
      append_double(text_, value);
    }
    text_ += json ? "]" : "\n";
    ++rows_;
  }

  /// The source belongs to the answer, but not between the rows of a table or a CSV.
  bool tell_source() {
    for (const auto& piece : source_) {
      console_.err(fmt::format("source: {} to {} from {}{}\n", format_time(piece.from), format_time(piece.to),
                               market::name(piece.timeframe), piece.gap ? ", with bars missing" : ""));
    }
    return true;
  }

  bool flush(std::size_t from_bytes) {
    if (text_.size() < std::max<std::size_t>(from_bytes, 1)) return true;
    const bool read = console_.out(text_);
    text_.clear();
    return read && !console_.cancelled();
  }

  Console& console_;
  OutputFormat format_;
  std::string text_;
  std::uint64_t rows_ = 0;
  std::vector<Timestamp> gapped_;
  std::vector<candle_store::SourcePiece> source_;
};

/// The open time of the first of the newest `limit` bars before `to`, so that they can be written oldest first in parts.
Result<Timestamp> start_of_newest(FolderCommand& command, CandleQuery query, std::size_t limit) {
  query.pick = Pick::newest;
  Timestamp start = query.to;
  while (limit > 0) {
    query.limit = std::min(limit, kRowsAtOnce);
    query.to = start;
    const auto answer = candle_store::query(command.store, query);
    if (!answer) return pass_on(answer);
    if (answer->bars.empty()) break;
    start = from_ms(answer->bars.open_time_ms.front());
    limit -= answer->bars.size();
    if (answer->bars.size() < query.limit) break;
  }
  return start;
}

Result<void> write_range(FolderCommand& command, CandleQuery query, std::size_t limit, Writer& writer) {
  query.pick = Pick::oldest;
  while (limit > 0 && !command.console.cancelled()) {
    query.limit = std::min(limit, kRowsAtOnce);
    const auto answer = candle_store::query(command.store, query);
    if (!answer) return pass_on(answer);
    if (!writer.add(*answer)) return {};
    if (answer->bars.size() < query.limit) break;
    limit -= answer->bars.size();
    query.from = from_ms(answer->bars.open_time_ms.back()) + market::duration(query.timeframe);
  }
  writer.end();
  return {};
}

}  // namespace

int run_candles(FolderCommand& command, const CandlesArgs& args) {
  const auto instrument = find_instrument(command.config, command.store, args.symbol);
  if (!instrument) return report(command.console, instrument.error());
  CandleQuery query;
  query.instrument = instrument->id;
  query.timeframe = args.timeframe;
  query.from = args.from.value_or(from_ms(kEarliestMs));
  query.to = args.to.value_or(from_ms(kLatestMs));
  const bool newest = !args.from.has_value();
  const std::size_t all = std::numeric_limits<std::size_t>::max();
  std::size_t limit = args.limit ? static_cast<std::size_t>(*args.limit) : all;
  // A table is for reading: without a limit it shows the newest rows, or the first ones of a range.
  if (!args.limit && args.format == OutputFormat::table) limit = kTableDefault;
  if (newest && limit != all) {
    const auto start = start_of_newest(command, query, limit);
    if (!start) return report(command.console, start.error());
    query.from = *start;
  }
  Writer writer{command.console, args.format};
  if (!writer.begin(*instrument, args.timeframe)) return kGood;
  if (const auto written = write_range(command, query, limit, writer); !written)
    return report(command.console, written.error());
  return kGood;
}

}  // namespace cw::app
