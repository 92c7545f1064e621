#include "api/market.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "api/access_story.h"
#include "api/api_handler.h"
#include "net/compress.h"
#include "net/sim_runtime.h"

namespace cw::api {
namespace {

/// A market of one instrument whose pages hold as many bars as are asked for. Keeps what was made beside the loop.
class OneInstrument final : public MarketView {
 public:
  OneInstrument() { board_.put({{"binance", "BTCUSDT"}, "BTC", "USDT"}, true); }
  const realtime::MarketBoard& board() const override { return board_; }
  std::vector<SymbolView> symbols() override { return {}; }
  net::Task<Result<net::HttpResponse>> candles(CandleRequest request, CandleAnswer answer) override {
    CandlePage page;
    page.instrument = request.instrument;
    page.timeframe = request.timeframe;
    for (std::size_t i = 0; i < request.limit; ++i) {
      const auto minute = static_cast<std::int64_t>(i);
      page.candles.push_back({from_ms(1'700'000'040'000 + minute * 60'000), 100.5, 101, 99, 100, 1.25});
    }
    made = answer(page);
    co_return *made;
  }
  std::string status_json() override { return "{}"; }
  std::vector<Check> checks() override { return {}; }
  bool is_serving() const override { return true; }

  std::optional<net::HttpResponse> made;

 private:
  realtime::MarketBoard board_{"binance"};
};

class NoSocket final : public SocketDoor {
 public:
  bool is_full(bool) const override { return true; }
  net::Task<void> serve(net::HttpRequest, net::StreamPtr, std::string, std::optional<accounts::Principal>) override {
    co_return;
  }
};

class CandleAnswerTest : public testing::Test {
 protected:
  net::HttpResponse get(int limit, std::string if_none_match = {}, std::string encodings = "gzip") {
    net::HttpRequest request;
    request.target = "/api/market/candles/BTCUSDT?timeframe=1m&limit=" + std::to_string(limit);
    request.fields.set("Host", "127.0.0.1");
    request.fields.set("Authorization", "Bearer " + access.ada.access_token);
    if (!encodings.empty()) request.fields.set("Accept-Encoding", std::move(encodings));
    if (!if_none_match.empty()) request.fields.set("If-None-Match", std::move(if_none_match));
    auto response = runtime.run(handler.handle(std::move(request)));
    EXPECT_TRUE(response);
    return std::move(*response);
  }
  static constexpr std::size_t kPlentyOfBytes = 1 << 20;

  NullLogger logger;
  Metrics metrics;
  net::SimRuntime runtime{logger, {}};
  OneInstrument market;
  NoSocket socket;
  AccessStory access;
  Door door{{}};
  ApiHandler handler{runtime, door, access.gate, market_routes(market), {}, socket, {}, metrics};
};

TEST_F(CandleAnswerTest, LeavesNothingOfTheBodyToTheLoop) {
  const auto answer = get(5'000);
  ASSERT_TRUE(market.made);
  EXPECT_EQ(answer.fields.get("Content-Encoding"), "gzip");
  EXPECT_EQ(market.made->fields.get("Content-Encoding"), "gzip") << "compressed before it came back to the loop";
  EXPECT_EQ(answer.body, market.made->body);
  EXPECT_EQ(answer.fields.get("ETag"), market.made->fields.get("ETag"));
  EXPECT_EQ(answer.fields.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.fields.count("Vary"), 1);
  const auto opened = net::gunzip(answer.body, kPlentyOfBytes);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened, get(5'000, {}, "").body);
}

TEST_F(CandleAnswerTest, AnswersTheTagItGaveWith304WithoutCompressing) {
  const std::string tag{get(5'000).fields.get("ETag")};
  const auto answer = get(5'000, tag);
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.content(), "");
  EXPECT_EQ(answer.fields.get("ETag"), tag);
  EXPECT_EQ(market.made->status, 304) << "known before anything was compressed";
  EXPECT_EQ(get(4'999, tag).status, 200) << "another page has another tag";
}

TEST_F(CandleAnswerTest, TheTagOfOneEncodingIsNotThatOfTheOther) {
  const std::string zipped{get(5'000).fields.get("ETag")};
  const std::string plain{get(5'000, {}, "").fields.get("ETag")};
  EXPECT_NE(zipped, plain);
  EXPECT_EQ(get(5'000, plain, "").status, 304);
}

}  // namespace
}  // namespace cw::api
