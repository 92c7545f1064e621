#include "exchange/binance/feed_decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cw::exchange::binance {
namespace {

using testing::ElementsAre;

// What comes out of a text that is fed in pieces of `piece` bytes.
struct Decoded {
  std::vector<std::string> events;
  std::vector<std::string> errors;
  FeedDecodeSummary summary;

  explicit Decoded(std::string_view input, std::size_t piece = 1'000'000) {
    FeedDecode decode([&](std::string_view line) { events.emplace_back(line); },
                      [&](std::string_view line) { errors.emplace_back(line); });
    for (std::size_t at = 0; at < input.size(); at += piece) decode.feed(input.substr(at, piece));
    summary = decode.finish();
  }
};

constexpr std::string_view kTrade =
    R"({"e":"trade","E":1700000000123,"s":"ETHUSDT","t":77,"p":"2001.50","q":"0.25","T":1700000000120,"m":true})";
constexpr std::string_view kTradeOut =
    R"({"type":"trade","symbol":"ETHUSDT","time":1700000000120,"trade_id":77,"price":2001.5,"quantity":0.25,)"
    R"("taker_sold":true})";

TEST(FeedDecode, PrintsOneEventALine) {
  const Decoded decoded(std::string(kTrade) + "\n\n" + std::string(kTrade));
  EXPECT_THAT(decoded.events, ElementsAre(kTradeOut, kTradeOut));
  EXPECT_TRUE(decoded.errors.empty());
  EXPECT_EQ(decoded.summary.lines, 3u);
  EXPECT_EQ(decoded.summary.trades, 2u);
  EXPECT_EQ(decoded.summary.skipped, 1u);
}

TEST(FeedDecode, DoesNotCareWhereItsInputIsCut) {
  const std::string input = std::string(kTrade) + "\r\n" + std::string(kTrade) + "\nnonsense\n";
  for (std::size_t piece = 1; piece < 40; ++piece) {
    const Decoded decoded(input, piece);
    EXPECT_EQ(decoded.events.size(), 2u);
    EXPECT_EQ(decoded.errors.size(), 1u);
  }
}

TEST(FeedDecode, NamesTheLineAndGoesOn) {
  const Decoded decoded("{\"e\":\"listStatus\"}\nnonsense\n" + std::string(kTrade) + "\n{\"e\":\"trade\"}\n");
  EXPECT_THAT(decoded.events, ElementsAre(kTradeOut));
  ASSERT_EQ(decoded.errors.size(), 3u);
  EXPECT_EQ(decoded.errors[0], "line 1: unknown message 'listStatus'");
  EXPECT_TRUE(decoded.errors[1].starts_with("line 2: malformed message: not")) << decoded.errors[1];
  EXPECT_EQ(decoded.errors[2], "line 4: malformed message: field 's' is missing");
  EXPECT_EQ(decoded.summary.unknown, 1u);
  EXPECT_EQ(decoded.summary.malformed, 2u);
}

TEST(FeedDecode, ReadsBothFormsOfRecordings) {
  const std::string raw = R"({\"e\":\"serverShutdown\",\"E\":1770123456789})";
  const Decoded decoded("1723161254087896568 " + std::string(kTrade) + "\n" + R"({"t":"header","format":2})" + "\n" +
                        R"({"t": "recv","conn":"x","ts":1.5,"data":")" + raw + "\"}\n" +
                        R"({"t":"http","url":"y","data":"{\"lastUpdateId\":1,\"bids\":[[\"1\",\"2\"]],\"asks\":[]}"})");
  EXPECT_THAT(decoded.events,
              ElementsAre(kTradeOut, R"({"type":"server_shutdown","time":1770123456789})",
                          R"({"type":"book_snapshot","symbol":"","last_id":1,"bids":[[1,2]],"asks":[]})"));
  EXPECT_EQ(decoded.summary.skipped, 1u);
}

TEST(FeedDecode, ReadsAMessageOverSeveralLinesAndAnArrayOfMessages) {
  const Decoded decoded("{\n  \"result\": null,\n  \"id\": 5\n}\n[" + std::string(kTrade) + ",\n" +
                        std::string(kTrade) + "]\n");
  EXPECT_THAT(decoded.events, ElementsAre(R"({"type":"ack","id":5})", kTradeOut, kTradeOut));
}

TEST(FeedDecode, LosesOnlyTheMessageThatNeverEnds) {
  const Decoded decoded("{\"e\":{\n" + std::string(kTrade) + "\n[1,\n");
  EXPECT_THAT(decoded.events, ElementsAre(kTradeOut));
  EXPECT_THAT(decoded.errors, ElementsAre("line 1: malformed message: a message that never ends",
                                          "line 3: malformed message: a message that never ends"));
}

TEST(FeedDecode, BoundsALine) {
  const std::string blown = "{\"e\":\"" + std::string(FeedDecode::kMessageBytesMost, 'x') + "\"}\n";
  const Decoded decoded(blown + std::string(kTrade), 4'096);
  EXPECT_THAT(decoded.events, ElementsAre(kTradeOut));
  EXPECT_THAT(decoded.errors, ElementsAre("line 1: malformed message: over 4194304 bytes"));
}

}  // namespace
}  // namespace cw::exchange::binance
