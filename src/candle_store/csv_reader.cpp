#include "candle_store/csv_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/number.h"
#include "candle_store/row_check.h"

namespace cw::candle_store {
namespace {

constexpr std::size_t kColumnsMost = 64;
constexpr std::size_t kBinanceColumns = 12;
constexpr std::size_t kTimeDigitsMost = 16;  // microseconds until 2099
constexpr std::array<std::string_view, 6> kWanted{"open_time_ms", "open", "high", "low", "close", "volume"};
constexpr std::array<double, 16> kPowers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

using Fields = std::array<std::string_view, kColumnsMost>;

/// Splits at commas; answers how many fields, of which the first kColumnsMost are in `fields`.
std::size_t split(std::string_view line, Fields& fields) {
  std::size_t count = 0;
  for (;;) {
    const auto comma = line.find(',');
    if (count < kColumnsMost) fields[count] = line.substr(0, comma);
    ++count;
    if (comma == std::string_view::npos) return count;
    line.remove_prefix(comma + 1);
  }
}

/// Digits and at most one point, 15 digits at most, up to a comma or the end: exact by one division of two exact
/// numbers. Moves `at` behind it. False for all else, which the slow path judges.
bool quick_number(const char*& at, const char* end, double& value) {
  const char* p = at;
  std::uint64_t mantissa = 0;
  const auto digits = [&] {
    const char* const begin = p;
    while (p < end && static_cast<unsigned char>(*p - '0') <= 9)
      mantissa = mantissa * 10 + static_cast<unsigned>(*p++ - '0');
    return static_cast<std::size_t>(p - begin);
  };
  const auto whole = digits();
  std::size_t decimals = 0;
  if (p < end && *p == '.') {
    ++p;
    decimals = digits();
    if (decimals == 0) return false;
  }
  if (whole == 0 || whole + decimals > 15 || (p < end && *p != ',')) return false;
  value = decimals == 0 ? static_cast<double>(mantissa) : static_cast<double>(mantissa) / kPowers[decimals];
  at = p;
  return true;
}

class CsvReader final : public CandleReader {
 public:
  CsvReader(TextWindow window, market::Timeframe timeframe) : window_(std::move(window)), check_(timeframe, "line") {}

  Result<void> begin();
  Result<bool> next(market::CandleColumns& rows) override;
  FileFormat format() const override { return format_; }
  std::uint64_t duplicates() const override { return check_.duplicates(); }
  std::uint64_t position() const override { return window_.source().position(); }
  std::uint64_t size() const override { return window_.source().size(); }

 private:
  Result<std::optional<std::string_view>> line();
  Result<void> read_header(std::string_view text);
  Result<void> take(std::string_view text, market::CandleColumns& rows);
  /// What to say of a row whose time is in another unit than those before it; empty where it is not.
  std::string unit_turned(std::int64_t ms) const;
  bool quick_row(std::string_view text, market::Candle& row) const;
  Result<market::Candle> slow_row(std::string_view text) const;
  Result<std::int64_t> to_milliseconds(std::int64_t time) const;
  std::unexpected<Error> bad(std::string_view why, std::string field = {}) const {
    return std::unexpected(Error{Errc::bad_input, fmt::format("line {}: {}", line_, why), {}, std::move(field)});
  }

  TextWindow window_;
  RowCheck check_;
  FileFormat format_ = FileFormat::csv;
  std::uint64_t line_ = 0;
  std::uint64_t blank_line_ = 0;
  std::size_t columns_ = 0;
  std::array<std::size_t, 6> place_{0, 1, 2, 3, 4, 5};
  std::array<std::string, 6> names_{"open_time_ms", "open", "high", "low", "close", "volume"};
  bool in_order_ = true;            // the six come first, in this order
  bool unit_from_content_ = false;  // `open_time`: milliseconds or microseconds
  std::int64_t per_ms_ = 1;
  std::optional<std::string> pending_;  // the first line, where it is a row
};

Result<std::optional<std::string_view>> CsvReader::line() {
  std::size_t searched = 0;
  for (;;) {
    const auto rest = window_.rest();
    auto end = rest.find('\n', searched);
    if (end == std::string_view::npos) {
      if (rest.size() > kLineMost) {
        ++line_;
        return bad(fmt::format("it is longer than {} bytes: '{}'", kLineMost, shown(rest)));
      }
      searched = rest.size();
      const auto more = window_.more();
      if (!more) return std::unexpected(with_place(more.error(), fmt::format("after line {}", line_)));
      if (*more) continue;
      if (window_.rest().empty()) return std::optional<std::string_view>{};
      end = window_.rest().size();
    }
    ++line_;
    auto text = window_.rest().substr(0, end);
    window_.consume(std::min(end + 1, window_.rest().size()));
    if (text.size() > kLineMost) return bad(fmt::format("it is longer than {} bytes: '{}'", kLineMost, shown(text)));
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    return std::optional<std::string_view>{text};
  }
}

Result<void> CsvReader::begin() {
  const auto first = line();
  if (!first) return pass_on(first);
  if (!*first || (*first)->empty()) return fail(Errc::bad_input, "line 1: it is empty, a header or a row was expected");
  const auto text = **first;
  const char c = text[0];
  if (c < '0' || c > '9') return read_header(text);

  Fields fields;
  columns_ = split(text, fields);
  if (columns_ != kBinanceColumns) {
    return bad(
        fmt::format("a header was expected (open_time_ms,open,high,low,close,volume), or the {} columns of Binance's "
                    "archive; there are {} columns: '{}'",
                    kBinanceColumns, columns_, shown(text)));
  }
  format_ = FileFormat::binance_klines;
  unit_from_content_ = true;
  names_[0] = "open_time";
  pending_ = std::string(text);
  return {};
}

Result<void> CsvReader::read_header(std::string_view text) {
  Fields fields;
  columns_ = split(text, fields);
  if (columns_ > kColumnsMost) return bad(fmt::format("{} columns, at most {} are read", columns_, kColumnsMost));
  std::array<bool, 6> found{};
  for (std::size_t i = 0; i < columns_; ++i) {
    for (std::size_t k = 0; k < kWanted.size(); ++k) {
      const bool is_time = k == 0 && fields[i] == "open_time";
      if (fields[i] != kWanted[k] && !is_time) continue;
      if (found[k]) return bad(fmt::format("the column '{}' stands there twice", fields[i]), std::string(fields[i]));
      found[k] = true;
      place_[k] = i;
      names_[k] = fields[i];
      unit_from_content_ = unit_from_content_ || is_time;
    }
  }
  std::string missing;
  for (std::size_t k = 0; k < kWanted.size(); ++k) {
    if (!found[k]) missing += fmt::format("{}{}", missing.empty() ? "" : ", ", kWanted[k]);
  }
  if (!missing.empty()) return bad(fmt::format("the header lacks {}: '{}'", missing, shown(text)));
  in_order_ = place_ == std::array<std::size_t, 6>{0, 1, 2, 3, 4, 5};
  if (unit_from_content_ && columns_ == kBinanceColumns) format_ = FileFormat::binance_klines;
  return {};
}

Result<bool> CsvReader::next(market::CandleColumns& rows) {
  rows.clear();
  if (pending_) {
    const auto first = *std::exchange(pending_, std::nullopt);
    if (auto done = take(first, rows); !done) return pass_on(done);
  }
  while (rows.size() < kBlockRows) {
    const auto text = line();
    if (!text) return pass_on(text);
    if (!*text) {
      if (!check_.any()) return fail(Errc::bad_input, "it has a header but no rows");
      return !rows.empty();
    }
    if ((*text)->empty()) {
      if (blank_line_ == 0) blank_line_ = line_;
      continue;
    }
    if (blank_line_ != 0) {
      line_ = blank_line_;
      return bad("it is empty, and rows follow");
    }
    if (auto done = take(**text, rows); !done) return pass_on(done);
  }
  return true;
}

Result<void> CsvReader::take(std::string_view text, market::CandleColumns& rows) {
  market::Candle row;
  if (!quick_row(text, row)) {
    if (unit_from_content_ && !check_.any()) {
      // Microseconds since 2000 have 15 digits and more, milliseconds until 2099 have 13.
      Fields fields;
      const auto count = std::min(split(text, fields), kColumnsMost);
      const auto time = place_[0] < count ? parse_int(fields[place_[0]]) : std::nullopt;
      if (time && *time >= kEarliestMs * 1'000) per_ms_ = 1'000;
    }
    const auto slow = slow_row(text);
    if (!slow) return pass_on(slow);
    row = *slow;
  }
  switch (check_.judge(line_, row)) {
    case RowCheck::Verdict::take: rows.push_back(row); return {};
    case RowCheck::Verdict::duplicate: return {};
    case RowCheck::Verdict::bad: break;
  }
  if (const auto turned = unit_turned(to_ms(row.open_time)); !turned.empty()) return bad(turned, names_[0]);
  return bad(check_.why());
}

std::string CsvReader::unit_turned(std::int64_t ms) const {
  if (!unit_from_content_ || !check_.any()) return {};
  const std::int64_t written = ms * per_ms_;
  const bool is_micro = written >= kEarliestMs * 1'000 && written < kLatestMs * 1'000;
  const bool is_milli = written >= kEarliestMs && written < kLatestMs;
  if (per_ms_ == 1 ? !is_micro : !is_milli) return {};
  return fmt::format("the time {} is in {}, and the rows before it are in {}: a file must keep to one", written,
                     is_micro ? "microseconds" : "milliseconds", is_micro ? "milliseconds" : "microseconds");
}

bool CsvReader::quick_row(std::string_view text, market::Candle& row) const {
  if (!in_order_ || (unit_from_content_ && !check_.any())) return false;
  const char* at = text.data();
  const char* const end = at + text.size();
  std::int64_t time = 0;
  const char* const time_end = at + std::min<std::size_t>(text.size(), kTimeDigitsMost);
  while (at < time_end && static_cast<unsigned char>(*at - '0') <= 9) time = time * 10 + (*at++ - '0');
  if (at == end || *at != ',') return false;
  if (per_ms_ != 1) {
    if (time % per_ms_ != 0) return false;
    time /= per_ms_;
  }
  row.open_time = from_ms(time);
  for (double* value : {&row.open, &row.high, &row.low, &row.close}) {
    ++at;
    if (!quick_number(at, end, *value) || at == end) return false;
  }
  ++at;
  if (!quick_number(at, end, row.volume)) return false;
  std::size_t columns = kWanted.size();
  for (; at < end; ++at) columns += *at == ',' ? 1 : 0;
  return columns == columns_;
}

Result<std::int64_t> CsvReader::to_milliseconds(std::int64_t time) const {
  if (per_ms_ == 1) return time;
  if (time % per_ms_ != 0) return bad(fmt::format("the time {} is not at a whole millisecond", time), names_[0]);
  return time / per_ms_;
}

Result<market::Candle> CsvReader::slow_row(std::string_view text) const {
  Fields fields;
  const auto count = split(text, fields);
  if (count != columns_) return bad(fmt::format("{} columns, {} were expected: '{}'", count, columns_, shown(text)));
  const auto column = [&](std::size_t k) { return fmt::format("column {} ({})", place_[k] + 1, names_[k]); };

  const auto time_text = fields[place_[0]];
  const auto time = parse_int(time_text);
  if (!time) return bad(fmt::format("{}: '{}' is not a time in milliseconds", column(0), shown(time_text)), names_[0]);
  const auto ms = to_milliseconds(*time);
  if (!ms) return pass_on(ms);
  std::array<double, 6> values{};
  for (std::size_t k = 1; k < values.size(); ++k) {
    const auto number = parse_double(fields[place_[k]]);
    if (!number)
      return bad(fmt::format("{}: '{}' {}", column(k), shown(fields[place_[k]]), why_no_double(fields[place_[k]])),
                 names_[k]);
    values[k] = *number;
  }
  return market::Candle{from_ms(*ms), values[1], values[2], values[3], values[4], values[5]};
}

}  // namespace

Result<std::unique_ptr<CandleReader>> read_csv(TextWindow window, market::Timeframe timeframe) {
  auto reader = std::make_unique<CsvReader>(std::move(window), timeframe);
  if (auto done = reader->begin(); !done) return pass_on(done);
  return std::unique_ptr<CandleReader>(std::move(reader));
}

}  // namespace cw::candle_store
