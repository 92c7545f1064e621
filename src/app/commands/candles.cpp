#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "app/commands/progress.h"
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
constexpr std::size_t kNotesMost = 10;  // stretches of the source that are told beside a table or a CSV

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
      add_row(answer, i);
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

  std::uint64_t rows() const { return rows_; }

 private:
  static std::string text_of(const market::FoldMarks& marks) {
    std::string text;
    if (marks.gap) text += "  gap";
    if (marks.starts_late) text += "  starts late";
    if (marks.ends_early) text += "  ends early";
    return text;
  }

  void add_row(const CandleAnswer& answer, std::size_t at) {
    const market::Candle bar = answer.bars[at];
    const bool gapped = answer.gaps[at] != 0;
    ++rows_;
    if (gapped) gapped_.push_back(bar.open_time);
    const double values[] = {bar.open, bar.high, bar.low, bar.close, bar.volume};
    if (format_ == OutputFormat::table) {
      text_ += fmt::format("{:<20}", format_time(bar.open_time));
      for (int i = 0; i < 5; ++i) text_ += fmt::format(" {:>{}}", format_double(values[i]), i == 4 ? 16 : 14);
      text_ += text_of(answer.marks[at]) + '\n';
      return;
    }
    const bool json = format_ == OutputFormat::json;
    if (json) text_ += rows_ > 1 ? ",[" : "[";
    text_ += fmt::to_string(to_ms(bar.open_time));
    for (const double value : values) {
      text_ += ',';
      append_double(text_, value);
    }
    text_ += json ? "]" : "\n";
  }

  /// The source belongs to the answer, but not between the rows of a table or a CSV.
  bool tell_source() {
    for (const auto& piece : source_ | std::views::take(kNotesMost)) {
      console_.err(fmt::format("source: {} to {} from {}{}\n", format_time(piece.from), format_time(piece.to),
                               market::name(piece.timeframe), piece.gap ? ", with bars missing" : ""));
    }
    if (source_.size() > kNotesMost) {
      const std::size_t more = source_.size() - kNotesMost;
      console_.err(fmt::format("source: and {} more {}; --format json lists all\n", with_commas(more),
                               more == 1 ? "stretch" : "stretches"));
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

/// Says on stderr what there is, where nothing lies in the range that was asked for.
void tell_stored(FolderCommand& command, const market::InstrumentId& id,
                 const std::vector<candle_store::SeriesInfo>& stored) {
  command.console.err(fmt::format("candlewick: there are no such bars of {} in this range; stored are:\n", id.text()));
  for (const auto& series : stored) {
    command.console.err(fmt::format("  {:>4}  {} to {}\n", market::name(series.id.timeframe), format_time(series.first),
                                    format_time(series.last)));
  }
}

int stopped(FolderCommand& command) {
  if (!command.console.cancelled()) return kGood;  // a reader that had enough
  return report(command.console, {Errc::cancelled, "stopped; the output is not whole", {}, {}});
}

}  // namespace

int run_candles(FolderCommand& command, const CandlesArgs& args) {
  const auto instrument = find_instrument(command.config, command.store, args.symbol);
  if (!instrument) return report(command.console, instrument.error());
  const auto stored = command.store.list(instrument->id);
  if (stored.empty()) {
    const std::string what =
        fmt::format("no candles of {} are stored; 'candlewick candles list' says what is", instrument->id.text());
    return report(command.console, {Errc::not_found, what, {}, {}});
  }
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
  if (!writer.begin(*instrument, args.timeframe)) return stopped(command);
  const auto written = write_range(command, query, limit, writer);
  if (!written) return report(command.console, written.error());
  if (command.console.cancelled()) return stopped(command);
  if (writer.rows() == 0) tell_stored(command, instrument->id, stored);
  return kGood;
}

}  // namespace cw::app
