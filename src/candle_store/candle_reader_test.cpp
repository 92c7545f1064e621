#include "candle_store/candle_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "base/number.h"
#include "base/random.h"

namespace cw::candle_store {
namespace {

using market::Timeframe;

struct Outcome {
  market::CandleColumns rows;
  std::uint64_t duplicates = 0;
  FileFormat format{};
  std::string error;  // empty when all was read
};

/// Hands out a few bytes at a time, so that every boundary falls everywhere.
class Trickle final : public ByteSource {
 public:
  Trickle(std::unique_ptr<ByteSource> source, std::size_t step) : source_(std::move(source)), step_(step) {}
  Result<std::size_t> read(std::span<char> out) override {
    return source_->read(out.first(std::min(step_, out.size())));
  }
  std::uint64_t position() const override { return source_->position(); }
  std::uint64_t size() const override { return source_->size(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::size_t step_;
};

Outcome read(std::string_view text, Timeframe timeframe = Timeframe::m1, std::size_t step = 1 << 20) {
  Outcome outcome;
  auto reader = read_candles(std::make_unique<Trickle>(bytes_in_memory(text), step), timeframe);
  if (!reader) {
    outcome.error = reader.error().message;
    EXPECT_EQ(reader.error().code, Errc::bad_input);
    return outcome;
  }
  outcome.format = (*reader)->format();
  market::CandleColumns block;
  for (;;) {
    const auto more = (*reader)->next(block);
    if (!more) {
      outcome.error = more.error().message;
      EXPECT_EQ(more.error().code, Errc::bad_input);
      break;
    }
    if (!*more) break;
    EXPECT_FALSE(block.empty());
    outcome.rows.append(block.view());
  }
  outcome.duplicates = (*reader)->duplicates();
  return outcome;
}

std::string gzip(std::string_view text) {
  std::string out(text.size() + 1'000, '\0');
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

constexpr std::string_view kHeader = "open_time_ms,open,high,low,close,volume\n";
// 2024-07-26 14:15 and on
constexpr std::string_view kTwo =
    "open_time_ms,open,high,low,close,volume\n"
    "1722003300000,67745.75,67784,67726,67768,26.98425\n"
    "1722003360000,67768,67800.5,67767.99,67800,0\n";

market::CandleColumns two() {
  market::CandleColumns rows;
  rows.push_back({from_ms(1722003300000), 67745.75, 67784, 67726, 67768, 26.98425});
  rows.push_back({from_ms(1722003360000), 67768, 67800.5, 67767.99, 67800, 0});
  return rows;
}

TEST(CsvReader, ReadsRowsUnderAHeader) {
  const auto outcome = read(kTwo);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.format, FileFormat::csv);
  EXPECT_EQ(outcome.rows, two());
}

TEST(CsvReader, ForgivesAByteOrderMarkCrlfAMissingLastLineEndAndBlankLinesAtTheEnd) {
  std::string crlf;
  for (const char c : kTwo) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(read(crlf).rows, two());
  EXPECT_EQ(read("\xef\xbb\xbf" + std::string(kTwo)).rows, two());
  EXPECT_EQ(read(kTwo.substr(0, kTwo.size() - 1)).rows, two());
  EXPECT_EQ(read(std::string(kTwo) + "\n\r\n").rows, two());
}

TEST(CsvReader, GivesTheSameWhereverABlockEnds) {
  for (const std::size_t step : {1, 2, 3, 7, 50}) EXPECT_EQ(read(kTwo, Timeframe::m1, step).rows, two());
  const auto packed = gzip(kTwo);
  for (const std::size_t step : {1, 2, 3, 7, 50}) EXPECT_EQ(read(packed, Timeframe::m1, step).rows, two());
}

TEST(CsvReader, TakesColumnsByNameInAnyOrderAndLeavesOthersAside) {
  const auto outcome =
      read("trades,volume,close,low,high,open,open_time\n5,26.98425,67768,67726,67784,67745.75,1722003300000\n");
  EXPECT_EQ(outcome.error, "");
  ASSERT_EQ(outcome.rows.size(), 1U);
  EXPECT_EQ(outcome.rows[0], two()[0]);
}

TEST(CsvReader, TakesMicrosecondsInAnyColumnOrder) {
  const auto outcome =
      read("open,high,low,close,volume,open_time\n1,2,0.5,1.5,7,1735689600000000\n1,2,0.5,1.5,8,1735689660000000\n");
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.rows.open_time_ms, (std::vector<std::int64_t>{1735689600000, 1735689660000}));
}

TEST(CsvReader, SaysThatTheUnitOfTimeTurnsInTheFile) {
  const std::string ms = "1735689600000,1,2,0.5,1.5,7\n";
  const std::string us = "1735689660000000,1,2,0.5,1.5,7\n";
  const std::string header = "open_time,open,high,low,close,volume\n";
  EXPECT_THAT(read(header + ms + us).error,
              testing::HasSubstr("line 3: the time 1735689660000000 is in microseconds, and the rows before it are in "
                                 "milliseconds"));
  EXPECT_THAT(read(header + us + "1735689720000,1,2,0.5,1.5,7\n").error,
              testing::HasSubstr("line 3: the time 1735689720000 is in milliseconds, and the rows before it are in "
                                 "microseconds"));
}

// Rows as https://data.binance.vision publishes them, January 2025 on in microseconds.
constexpr std::string_view kKlinesMs =
    "1722470400000,64628.01,64692.00,64600.00,64690.01,28.58147,1722470459999,1847876.95,1520,15.1,976000.1,0\n"
    "1722470460000,64690.00,64700.00,64650.00,64660.00,10.5,1722470519999,679000.2,800,5.1,329000.1,0\n";
constexpr std::string_view kKlinesUs =
    "1735689600000000,93576.00,93702.15,93489.03,93702.15,31.39704,1735689659999999,2938000.1,2000,15.1,1400000.1,0\n"
    "1735689660000000,93702.15,93710.00,93600.00,93650.00,12.1,1735689719999999,1133000.1,900,5.1,478000.1,0\n";
constexpr std::string_view kKlinesHeader =
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,"
    "ignore\n";

TEST(BinanceKlines, AreReadWithAndWithoutHeaderInMillisecondsAndMicroseconds) {
  for (const bool header : {false, true}) {
    for (const bool micro : {false, true}) {
      const auto text = std::string(header ? kKlinesHeader : "") + std::string(micro ? kKlinesUs : kKlinesMs);
      const auto outcome = read(text);
      EXPECT_EQ(outcome.error, "");
      EXPECT_EQ(outcome.format, FileFormat::binance_klines);
      ASSERT_EQ(outcome.rows.size(), 2U);
      EXPECT_EQ(outcome.rows.open_time_ms[0], micro ? 1735689600000 : 1722470400000);
      EXPECT_EQ(outcome.rows.open_time_ms[1] - outcome.rows.open_time_ms[0], 60'000);
      EXPECT_EQ(outcome.rows.volume[0], micro ? 31.39704 : 28.58147);
    }
  }
}

TEST(BinanceKlines, RefuseAFileThatMixesUnits) {
  EXPECT_THAT(read(std::string(kKlinesMs) + std::string(kKlinesUs)).error,
              testing::HasSubstr("line 3: the time 1735689600000000"));
}

constexpr std::string_view kJson =
    "[[1722003300000,67745.75,67784.0,67726.0,67768.0,26.98425],[1722003360000,67768.0,67800.5,67767.99,67800.0,0.0]]";

TEST(FreqtradeJson, IsReadAsAStream) {
  for (const std::size_t step : {1, 2, 3, 7, 1'000}) {
    const auto outcome = read(kJson, Timeframe::m1, step);
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(outcome.format, FileFormat::freqtrade_json);
    EXPECT_EQ(outcome.rows, two());
  }
  EXPECT_EQ(read(gzip(kJson)).rows, two());
  EXPECT_EQ(read(" [ [ 1722003300000 , 67745.75,67784,67726,67768,\n26.98425 ] "
                 ",\r\n[1722003360000,67768,67800.5,67767.99,67800,0] ]\n")
                .rows,
            two());
}

TEST(FreqtradeJson, NamesRowLineAndColumnOfWhatIsWrong) {
  EXPECT_EQ(read("[[1722003300000,1,2,0.5,null,3]]").error,
            "row 1 (line 1, column 25): 'null' is not a number (close)");
  EXPECT_EQ(read("[[1722003300000,1,2,0.5,1]]").error,
            "row 1 (line 1, column 26): ',' before the volume of a row was expected, not ']'");
  EXPECT_THAT(read("[[1722003300000,1,2,0.5,1,3,4]]").error, testing::HasSubstr("']' at the end of a row of six"));
  EXPECT_THAT(read("[[1722003300000,1,2,0.5,1,3]").error, testing::HasSubstr("the file ends where ','"));
  EXPECT_THAT(read("[[1722003300000,1,2,0.5,1,3]]x").error,
              testing::HasSubstr("something follows the end of the list"));
  EXPECT_THAT(read("[[1722003300000.5,1,2,0.5,1,3]]").error, testing::HasSubstr("is not in milliseconds"));
  EXPECT_THAT(read("[]").error, testing::HasSubstr("it has no rows"));
  EXPECT_THAT(read("[").error, testing::HasSubstr("the file ends"));
  EXPECT_THAT(read("[{\"a\":1}]").error, testing::HasSubstr("'[' of a row was expected"));
  EXPECT_THAT(read("[[" + std::string(10 << 20, '1')).error, testing::HasSubstr("is too large (open time)"));
}

struct BadLine {
  std::string_view row;
  std::string_view error;
};

TEST(CsvReader, NamesLineColumnAndReasonOfABadLine) {
  const BadLine cases[] = {
      {"1722003420000,abc,2,0.5,1,3", "line 4: column 2 (open): 'abc' is not a number"},
      {"1722003420000,1,2,0.5,1,", "line 4: column 6 (volume): '' is not a number"},
      {"1722003420000,1,2,0.5,nan,3", "line 4: column 5 (close): 'nan' is not a number"},
      {"1722003420000,1,1e999,0.5,1,3", "line 4: column 3 (high): '1e999' is too large"},
      {"1722003420000,1,2,0.5,1e-400,3", "line 4: column 5 (close): '1e-400' is too small"},
      {"1722003420000,1,2,0.5,1", "line 4: 5 columns, 6 were expected: '1722003420000,1,2,0.5,1'"},
      {"1722003420000,1,2,0.5,1,3,9", "line 4: 7 columns, 6 were expected: '1722003420000,1,2,0.5,1,3,9'"},
      {"x,1,2,0.5,1,3", "line 4: column 1 (open_time_ms): 'x' is not a time in milliseconds"},
      {"1722003420,1,2,0.5,1,3", "line 4: the time 1722003420 is not in milliseconds between the years 2000 and 2099"},
      {"1722003420002200330000,1,2,0.5,1,3",
       "line 4: column 1 (open_time_ms): '1722003420002200330000' is not a time in milliseconds"},
      {"1722003420001,1,2,0.5,1,3", "line 4: no 1m bar opens at 1722003420001 (2024-07-26T14:17:00.001Z)"},
      {"1722003420000,0,2,0.5,1,3", "line 4: the open price 0 is not above zero"},
      {"1722003420000,1,2,-0.5,1,3", "line 4: the low price -0.5 is not above zero"},
      {"1722003420000,1,2,0.5,1,-3", "line 4: the volume -3 is below zero"},
      {"1722003360000,1,2,0.5,1,3", "line 4: the bar at 2024-07-26T14:16:00Z stands in line 3 with other values"},
      {"1722003300000,1,2,0.5,1,3",
       "line 4: its time 2024-07-26T14:15:00Z is before that of line 3 (2024-07-26T14:16:00Z): rows must be in time "
       "order"},
      {"\n1722003420000,1,2,0.5,1,3", "line 4: it is empty, and rows follow"},
      {" 1722003420000,1,2,0.5,1,3", "line 4: column 1 (open_time_ms): ' 1722003420000' is not a time in milliseconds"},
      {"1722003420000,1,2,\"0.5\",1,3", "line 4: column 4 (low): '\"0.5\"' is not a number"},
      {"1722003420000,1\x01,2,0.5,1,3", "line 4: column 2 (open): '1\\x01' is not a number"},
  };
  for (const auto& [row, error] : cases) {
    const auto outcome = read(std::string(kTwo) + std::string(row) + "\n1722003480000,1,2,0.5,1,3\n");
    EXPECT_EQ(outcome.error, error) << row;
  }
}

TEST(CsvReader, LeavesOutAndCountsRepeatedLines) {
  const std::string row = "1722003360000,67768,67800.5,67767.99,67800,0\n";
  const auto outcome = read(std::string(kTwo) + row + row);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.rows, two());
  EXPECT_EQ(outcome.duplicates, 2U);
}

TEST(CsvReader, PassesAHighBelowItsLow) {
  EXPECT_EQ(read(std::string(kHeader) + "1722003300000,1,0.5,2,1,3\n").error, "");
}

TEST(CsvReader, HasAnAnswerForFilesThatAreHardlyAny) {
  EXPECT_EQ(read("").error, "it is empty");
  EXPECT_EQ(read("\xef\xbb\xbf").error, "it is empty");
  EXPECT_EQ(read(kHeader).error, "it has a header but no rows");
  EXPECT_THAT(read("\n\n").error, testing::HasSubstr("line 1: '' begins neither"));
  EXPECT_THAT(read("\x7f"
                   "ELF")
                  .error,
              testing::HasSubstr("begins neither"));
  EXPECT_THAT(read("<html>").error, testing::HasSubstr("begins neither"));
  EXPECT_THAT(read("time,price\n1,2\n").error,
              testing::HasSubstr("the header lacks open_time_ms, open, high, low, close, volume: 'time,price'"));
  EXPECT_THAT(read("open_time_ms,open,open,high,low,close,volume\n").error,
              testing::HasSubstr("'open' stands there twice"));
  EXPECT_THAT(read("1722003300000,1,2,0.5,1,3\n").error, testing::HasSubstr("a header was expected"));
}

TEST(CsvReader, RefusesALineOf10MegabytesWithoutKeepingIt) {
  const std::string line(10 << 20, '7');
  EXPECT_THAT(read(std::string(kTwo) + line).error,
              testing::StartsWith("line 4: it is longer than 65536 bytes: '7777"));
  EXPECT_THAT(read(line).error, testing::StartsWith("line 1: it is longer than 65536 bytes"));
}

TEST(Gzip, SaysWhenItIsCutOffOrDamaged) {
  const auto packed = gzip(kTwo);
  EXPECT_EQ(read(packed).rows, two());
  EXPECT_THAT(read(packed.substr(0, packed.size() - 9)).error, testing::HasSubstr("the file is cut off"));
  EXPECT_THAT(read(packed.substr(0, 2)).error, testing::HasSubstr("the file is cut off"));
  auto wrong = packed;
  wrong[wrong.size() - 8] = static_cast<char>(wrong[wrong.size() - 8] ^ 1);
  EXPECT_THAT(read(wrong).error, testing::HasSubstr("the gzip data is damaged"));
}

TEST(Gzip, ReadsSeveralMembersInARowAndPadding) {
  const auto half = kTwo.find('\n', kHeader.size()) + 1;
  const auto packed = gzip(kTwo.substr(0, half)) + gzip(kTwo.substr(half));
  EXPECT_EQ(read(packed).rows, two());
  EXPECT_EQ(read(packed + std::string(100, '\0')).rows, two());
  EXPECT_THAT(read(packed + "x").error, testing::HasSubstr("gzip"));
}

// The quick path of the CSV reader against parse_double, on texts that sit at its edges.
TEST(CsvReader, ReadsEveryNumberAsParseDoubleDoes) {
  Random random(42);
  for (int round = 0; round < 20'000; ++round) {
    std::string number;
    const auto whole = 1 + random.below(18);
    for (std::uint64_t i = 0; i < whole; ++i) number += static_cast<char>('0' + random.below(10));
    if (random.chance(0.8)) {
      number += '.';
      const auto decimals = random.below(18);
      for (std::uint64_t i = 0; i < decimals; ++i) number += static_cast<char>('0' + random.below(10));
    }
    if (random.chance(0.1)) number += "e-3";
    const auto expected = parse_double(number);
    const auto outcome = read(std::string(kHeader) + "1722003300000,1,1,1,1," + number + "\n");
    ASSERT_EQ(outcome.error.empty(), expected.has_value()) << number << " " << outcome.error;
    if (expected) ASSERT_EQ(outcome.rows.volume[0], *expected) << number;
  }
}

}  // namespace
}  // namespace cw::candle_store
