#include "realtime/socket_server.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "realtime/message_allowance.h"
#include "realtime/socket_story.h"

namespace cw::realtime {
namespace {

using SocketServerTest = SocketStory;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(MessageAllowance, IsUsedUpAfterFiveSecondsAtTwiceTheRateAndNeverAtTheRate) {
  // 100 a second: message k (from 0) comes at 10k ms and finds 250 - k + k/2 left, which is under 1 at k = 499.
  MessageAllowance twice{50, Millis{0}};
  for (int k = 0; k < 499; ++k) ASSERT_TRUE(twice.take(Millis{10 * k})) << k;
  EXPECT_FALSE(twice.take(Millis{4'990}));
  EXPECT_TRUE(twice.take(Millis{5'000}));

  MessageAllowance steady{50, Millis{0}};
  for (int k = 0; k < 100'000; ++k) ASSERT_TRUE(steady.take(Millis{20 * k})) << k;
}

TEST(MessageAllowance, HoldsFiveSecondsWorthAfterAnySilence) {
  MessageAllowance allowance{50, Millis{0}};
  for (const Millis at : {Millis{0}, Millis{10'000}, Millis{365LL * 86'400'000}}) {
    for (int i = 0; i < 250; ++i) ASSERT_TRUE(allowance.take(at)) << i;
    EXPECT_FALSE(allowance.take(at + Millis{19}));
    EXPECT_TRUE(allowance.take(at + Millis{20}));
    EXPECT_FALSE(allowance.take(at + Millis{20}));
    EXPECT_FALSE(allowance.take(at + Millis{39}));
  }
}

TEST_F(SocketServerTest, WelcomesFirstAndAnswersRequests) {
  auto client = connect_only();
  Json welcome = next(*client);
  EXPECT_EQ(welcome["type"], "welcome");
  EXPECT_EQ(welcome["limits"]["queue_bytes"], 20'000);
  EXPECT_EQ(hub.connections(), 1u);
  send(*client, R"({"type":"ping","id":7})");
  Json pong = next(*client);
  EXPECT_EQ(pong["type"], "pong");
  EXPECT_EQ(pong["id"], 7);
  subscribe(*client);
  publish(1, 3);
  EXPECT_EQ(next(*client)["offset"], 1);
}

TEST_F(SocketServerTest, ClosesAClientAtTwiceTheRateWithTheFiveHundredthMessage) {
  auto client = connect();
  const auto began = runtime.elapsed();
  EXPECT_EQ(pings_answered(*client, Millis{10}, 1'000), 499);
  EXPECT_EQ(last["closed"], 1008);
  EXPECT_EQ(runtime.elapsed() - began, Millis{4'990});
}

TEST_F(SocketServerTest, KeepsAClientAtThePermittedRate) {
  auto client = connect();
  EXPECT_EQ(pings_answered(*client, Millis{20}, 3'000), 3'000);
}

TEST_F(SocketServerTest, AFloodIsReadToABoundAndItsSenderSeesTheCloseFrame) {
  auto client = connect();
  std::size_t sent = 0;
  const auto flooding = [&]() -> net::Task<void> {
    const std::string request = R"({"type":"ping","id":1,"filler":")" + std::string(2'000, ' ') + "\"}";
    while (co_await client->write_text(request)) sent += request.size();
  };
  runtime.spawn("flood", flooding());
  int pongs = 0;
  Json answer = next(*client);
  for (; answer["type"] == "pong"; answer = next(*client)) ++pongs;
  EXPECT_GT(pongs, 0);
  EXPECT_LE(pongs, 250);  // answers that still wait at the end are dropped
  EXPECT_EQ(answer["closed"], 1008);
  EXPECT_LT(sent, 3'000'000u);  // the 250 that were answered, 1 MiB that was thrown away, and what lay in the pipe
  runtime.run_for(seconds{3});
  EXPECT_EQ(hub.connections(), 0u);
}

TEST_F(SocketServerTest, ClosesAfterTwentyWrongRequestsInARow) {
  auto client = connect();
  for (int i = 0; i < 19; ++i) {
    send(*client, "nonsense");
    EXPECT_EQ(next(*client)["type"], "error") << i;
  }
  send(*client, R"({"type":"ping","id":1})");
  EXPECT_EQ(next(*client)["type"], "pong");
  for (int i = 0; i < 20; ++i) {
    send(*client, "nonsense");
    if (i < 19) EXPECT_EQ(next(*client)["type"], "error") << i;
  }
  EXPECT_EQ(next(*client), Json({{"closed", 1008}}));
}

TEST_F(SocketServerTest, ClosesOnBinaryOnBadTextAndOnAMessageThatIsTooLong) {
  auto binary = connect();
  ASSERT_TRUE(runtime.run(binary->write_binary("{}")).value());
  EXPECT_EQ(next(*binary), Json({{"closed", 1003}}));
  auto bad_text = connect();
  send(*bad_text, "\"\xff\"");
  EXPECT_EQ(next(*bad_text), Json({{"closed", 1007}}));
  auto too_long = connect();
  send(*too_long, std::string(limits.message_bytes + 1, ' '));
  EXPECT_EQ(next(*too_long), Json({{"closed", 1009}}));
}

TEST_F(SocketServerTest, ASlowReaderIsToldHowManyItMissed) {
  auto client = connect();
  subscribe(*client);
  link()->stall(net::SimSide::client, true);
  publish(200, 500);
  link()->stall(net::SimSide::client, false);
  std::uint64_t accounted = 0;
  int gaps = 0;
  while (accounted < 200) {
    Json message = next(*client);
    ASSERT_TRUE(message["type"] == "data" || message["type"] == "gap") << message;
    const bool is_gap = message["type"] == "gap";
    gaps += is_gap ? 1 : 0;
    accounted += is_gap ? message["missed"].get<std::uint64_t>() : 1;
    EXPECT_EQ(message["offset"], accounted);
    if (is_gap) EXPECT_EQ(message["closed"], false);
  }
  EXPECT_GE(gaps, 1);
  EXPECT_EQ(pings_answered(*client, seconds{1}, 1), 1);
}

TEST_F(SocketServerTest, AClientThatReadsAgainInTheLastGraceSeesThatItWasTooSlow) {
  auto client = connect();
  subscribe(*client);
  const auto began = runtime.elapsed();
  link()->stall(net::SimSide::client, true);
  publish(40, 500);
  // It is not silent, it only does not read.
  for (int i = 0; i < 3; ++i) {
    runtime.run_for(seconds{10});
    send(*client, R"({"type":"ping"})");
  }
  runtime.run_for(seconds{31} - (runtime.elapsed() - began));
  link()->stall(net::SimSide::client, false);
  Json message = next(*client);
  int taken = 0;
  for (; message["type"] == "data"; message = next(*client)) ++taken;
  EXPECT_EQ(message["closed"], 4001);
  EXPECT_LT(taken, 25);  // what was in the pipe, not what waited
}

TEST_F(SocketServerTest, AClientThatNeverReadsAgainIsLetGo) {
  auto client = connect();
  subscribe(*client);
  link()->stall(net::SimSide::client, true);
  publish(40, 500);
  for (int i = 0; i < 3; ++i) {
    runtime.run_for(seconds{10});
    if (i < 2) send(*client, R"({"type":"ping"})");
  }
  EXPECT_EQ(hub.connections(), 1u);
  runtime.run_for(Millis{1'900});
  EXPECT_EQ(hub.connections(), 1u);
  runtime.run_for(Millis{200});
  EXPECT_EQ(hub.connections(), 0u);
}

/// Speaks bare bytes: answers no ping.
TEST_F(SocketServerTest, PingsAndClosesASilentClientWith4000) {
  auto raw = runtime.run(runtime.connect({"desk", 80}, seconds{1})).value().value();
  ASSERT_TRUE(runtime
                  .run(raw->write("GET /api/ws HTTP/1.1\r\nHost: desk\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"))
                  .value());
  const auto received = [&] {
    std::string piece(10'000, ' ');
    const auto got = runtime.run(raw->read_some(piece), Millis{0});
    if (!got) {
      raw->cancel_read();
      runtime.run_ready();
      return std::string("nothing");
    }
    piece.resize(got->value_or(0));
    return piece;
  };
  runtime.run_ready();
  EXPECT_NE(received().find("\"welcome\""), std::string::npos);
  runtime.run_for(Millis{14'999});
  EXPECT_EQ(received(), "nothing");
  runtime.run_for(Millis{1});
  EXPECT_EQ(received(), std::string("\x89\0", 2));  // an empty ping
  runtime.run_for(Millis{14'999});
  EXPECT_EQ(received(), "nothing");
  runtime.run_for(Millis{1});
  const std::string close = received();
  EXPECT_EQ(close.substr(0, 1), "\x88");
  EXPECT_EQ(close.substr(2, 2), "\x0f\xa0");  // 4000
  EXPECT_EQ(received(), "");                  // the end
  EXPECT_EQ(hub.connections(), 0u);
}

TEST_F(SocketServerTest, AnIdleClientThatAnswersPingsStays) {
  auto client = connect();
  EXPECT_EQ(next(*client, minutes{60}), nullptr);
  EXPECT_EQ(hub.connections(), 1u);
}

TEST_F(SocketServerTest, ShutsDownWith1001AlsoForThoseWhoComeThen) {
  auto first = connect();
  auto second = connect();
  std::vector<Client> others;
  while (!sockets.is_full(false)) others.push_back(connect());
  EXPECT_EQ(others.size(), 4U);
  sockets.close_all();
  EXPECT_EQ(next(*first), Json({{"closed", 1001}}));
  EXPECT_EQ(next(*second), Json({{"closed", 1001}}));
  runtime.run_for(seconds{2});
  EXPECT_EQ(hub.connections(), 0u);
  EXPECT_FALSE(sockets.is_full(false));
  auto late = connect_only();
  EXPECT_EQ(next(*late), Json({{"closed", 1001}}));
}

TEST_F(SocketServerTest, AStuckClientDoesNotHoldUpTheShutdown) {
  auto client = connect();
  subscribe(*client);
  link()->stall(net::SimSide::client, true);
  publish(40, 500);
  sockets.close_all();
  runtime.run_for(Millis{2'001});
  EXPECT_EQ(hub.connections(), 0u);
}

TEST_F(SocketServerTest, ALostConnectionLeavesTheHub) {
  auto client = connect();
  subscribe(*client);
  link()->cut();
  runtime.run_ready();
  EXPECT_EQ(hub.connections(), 0u);
  publish(1, 3);
}

}  // namespace
}  // namespace cw::realtime
