#include "candle_store/freqtrade_json.h"

#include <array>

#include <fmt/format.h>

#include "base/number.h"
#include "candle_store/row_check.h"

namespace cw::candle_store {
namespace {

constexpr std::array<std::string_view, 6> kNames{"open time", "open", "high", "low", "close", "volume"};
constexpr std::size_t kNumberMost = 400;

class JsonReader final : public CandleReader {
 public:
  JsonReader(TextWindow window, market::Timeframe timeframe) : window_(std::move(window)), check_(timeframe, "row") {}

  Result<bool> next(market::CandleColumns& rows) override;
  FileFormat format() const override { return FileFormat::freqtrade_json; }
  std::uint64_t duplicates() const override { return check_.duplicates(); }
  std::uint64_t position() const override { return window_.source().position(); }
  std::uint64_t size() const override { return window_.source().size(); }

 private:
  Result<char> peek();
  Result<void> expect(char wanted, std::string_view place);
  Result<double> number(std::size_t column);
  Result<void> row(market::CandleColumns& rows);
  Result<void> finish();
  void consume(std::size_t bytes) {
    window_.consume(bytes);
    column_ += bytes;
  }
  std::unexpected<Error> bad(std::string_view why) const {
    return fail(Errc::bad_input, fmt::format("row {} (line {}, column {}): {}", row_, line_, column_, why));
  }

  TextWindow window_;
  RowCheck check_;
  std::uint64_t row_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t column_ = 1;
  bool begun_ = false;
  bool over_ = false;
};

/// The next character that is no blank, not consumed; NUL at the end of the file.
Result<char> JsonReader::peek() {
  for (;;) {
    for (const char c : window_.rest()) {
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        if (c == '\0') return bad("a byte of value 0");
        return c;
      }
      consume(1);
      if (c == '\n') {
        ++line_;
        column_ = 1;
      }
    }
    const auto more = window_.more();
    if (!more) return std::unexpected(with_place(more.error(), fmt::format("after row {}", row_)));
    if (!*more) return '\0';
  }
}

Result<void> JsonReader::expect(char wanted, std::string_view place) {
  const auto c = peek();
  if (!c) return pass_on(c);
  if (*c == '\0') return bad(fmt::format("the file ends where '{}' {} was expected", wanted, place));
  if (*c != wanted) return bad(fmt::format("'{}' {} was expected, not '{}'", wanted, place, shown({&*c, 1})));
  consume(1);
  return {};
}

Result<double> JsonReader::number(std::size_t column) {
  const auto c = peek();
  if (!c) return pass_on(c);
  std::size_t length = 0;
  for (;;) {
    const auto rest = window_.rest();
    length = rest.find_first_of(",] \t\r\n", length);
    if (length != std::string_view::npos) break;
    length = rest.size();
    if (length > kNumberMost) break;
    const auto more = window_.more();
    if (!more) return std::unexpected(with_place(more.error(), fmt::format("after row {}", row_)));
    if (!*more) break;
  }
  const auto text = window_.rest().substr(0, length);
  const auto value = parse_double(text);
  if (!value) return bad(fmt::format("'{}' {} ({})", shown(text), why_no_double(text), kNames[column]));
  consume(length);
  return *value;
}

Result<void> JsonReader::row(market::CandleColumns& rows) {
  ++row_;
  if (auto done = expect('[', "of a row"); !done) return done;
  std::array<double, 6> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) {
      if (auto done = expect(',', fmt::format("before the {} of a row", kNames[i])); !done) return done;
    }
    const auto value = number(i);
    if (!value) return pass_on(value);
    values[i] = *value;
  }
  if (auto done = expect(']', "at the end of a row of six"); !done) return done;

  const bool whole = values[0] >= static_cast<double>(kEarliestMs) && values[0] < static_cast<double>(kLatestMs) &&
                     values[0] == static_cast<double>(static_cast<std::int64_t>(values[0]));
  if (!whole) return bad(fmt::format("the time {} is not in milliseconds between the years 2000 and 2099", values[0]));
  const market::Candle candle{
      from_ms(static_cast<std::int64_t>(values[0])), values[1], values[2], values[3], values[4], values[5]};
  const auto verdict = check_.judge(row_, candle);
  if (verdict == RowCheck::Verdict::bad) return bad(check_.why());
  if (verdict == RowCheck::Verdict::take) rows.push_back(candle);
  return {};
}

Result<void> JsonReader::finish() {
  over_ = true;
  consume(1);
  const auto c = peek();
  if (!c) return pass_on(c);
  if (*c != '\0') return bad(fmt::format("something follows the end of the list: '{}'", shown({&*c, 1})));
  if (!check_.any()) return fail(Errc::bad_input, "it has no rows");
  return {};
}

Result<bool> JsonReader::next(market::CandleColumns& rows) {
  rows.clear();
  if (over_) return false;
  if (!begun_) {
    if (auto done = expect('[', "of the list"); !done) return pass_on(done);
  }
  while (rows.size() < kBlockRows) {
    const auto c = peek();
    if (!c) return pass_on(c);
    if (*c == ']') {
      if (auto done = finish(); !done) return pass_on(done);
      return !rows.empty();
    }
    if (begun_) {
      if (auto done = expect(',', "between rows"); !done) return pass_on(done);
    }
    begun_ = true;
    if (auto done = row(rows); !done) return pass_on(done);
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<CandleReader>> read_freqtrade_json(TextWindow window, market::Timeframe timeframe) {
  return std::unique_ptr<CandleReader>(std::make_unique<JsonReader>(std::move(window), timeframe));
}

}  // namespace cw::candle_store
