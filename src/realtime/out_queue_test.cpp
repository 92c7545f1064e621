#include "realtime/out_queue.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "realtime/frames.h"

namespace cw::realtime {
namespace {

using Json = nlohmann::json;

MessagePtr data(std::string key, std::uint64_t offset, Delivery delivery) {
  auto message = std::make_shared<Message>();
  message->channel = "market_data";
  message->key = key;
  message->offset = offset;
  message->delivery = delivery;
  message->text = data_frame("market_data", key, offset, "\"" + std::string(200, 'x') + "\"");
  return message;
}

MessagePtr control(std::size_t bytes) {
  auto message = std::make_shared<Message>();
  message->text = Json{{"type", "pong"}, {"pad", std::string(bytes, 'p')}}.dump();
  return message;
}

std::vector<Json> drain(OutQueue& queue) {
  std::vector<Json> frames;
  while (const auto message = queue.pop()) frames.push_back(Json::parse((*message)->text));
  return frames;
}

TEST(OutQueue, GivesMessagesInOrderAndCountsTheirBytes) {
  OutQueue queue{100'000};
  ASSERT_TRUE(queue.push(data("a", 1, Delivery::durable)));
  ASSERT_TRUE(queue.push(data("a", 2, Delivery::conflatable)));
  EXPECT_GT(queue.bytes(), 400U);
  const auto frames = drain(queue);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0]["offset"], 1);
  EXPECT_EQ(frames[1]["offset"], 2);
  EXPECT_EQ(queue.bytes(), 0U);
}

// Each message costs about 330 bytes, so the fourth goes over 1,200 and all conflatable ones go but what fits 900.
TEST(OutQueue, SkipsTheOldestConflatableFirstAndTellsHowMany) {
  OutQueue queue{1'200};
  for (std::uint64_t offset = 1; offset <= 4; ++offset)
    ASSERT_TRUE(queue.push(data("a", offset, Delivery::conflatable)));
  const auto frames = drain(queue);
  ASSERT_EQ(frames.front()["type"], "gap");
  const std::uint64_t missed = frames.front()["missed"];
  EXPECT_EQ(frames.front()["offset"], missed);
  EXPECT_EQ(frames.front()["closed"], false);
  EXPECT_EQ(frames[1]["offset"], missed + 1);
  EXPECT_EQ(frames.back()["offset"], 4);
  EXPECT_EQ(queue.skipped(), missed);
}

TEST(OutQueue, KeepsClosedBarsWhileThereIsSomethingElseToSkip) {
  OutQueue queue{1'500};
  ASSERT_TRUE(queue.push(data("a", 1, Delivery::durable)));
  for (std::uint64_t offset = 2; offset <= 30; ++offset) {
    ASSERT_TRUE(queue.push(data("a", offset, Delivery::conflatable)));
  }
  const auto frames = drain(queue);
  EXPECT_EQ(frames[0]["type"], "data");
  EXPECT_EQ(frames[0]["offset"], 1);
  EXPECT_EQ(frames[1]["type"], "gap");
  EXPECT_EQ(frames[1]["closed"], false);
}

TEST(OutQueue, SaysSoWhenClosedBarsHadToGo) {
  OutQueue queue{1'500};
  for (std::uint64_t offset = 1; offset <= 30; ++offset) ASSERT_TRUE(queue.push(data("a", offset, Delivery::durable)));
  const auto frames = drain(queue);
  EXPECT_EQ(frames.front()["type"], "gap");
  EXPECT_EQ(frames.front()["closed"], true);
}

TEST(OutQueue, NeverSkipsAnswersAndSaysWhenTheyAloneAreTooMuch) {
  OutQueue queue{1'000};
  EXPECT_TRUE(queue.push(control(400)));
  EXPECT_TRUE(queue.push(data("a", 1, Delivery::conflatable)));
  EXPECT_TRUE(queue.push(control(200)));
  EXPECT_FALSE(queue.push(control(600)));
}

TEST(OutQueue, ForgetsAKeyWithoutAGap) {
  OutQueue queue{100'000};
  queue.push(data("a", 1, Delivery::durable));
  queue.push(data("b", 1, Delivery::durable));
  queue.drop_key("a");
  const auto frames = drain(queue);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0]["key"], "b");
  EXPECT_EQ(queue.bytes(), 0U);
}

// Whatever is pushed and popped: for each key a client can account for every offset, one by one, in order.
TEST(OutQueue, LosesNoMessageWithoutCountingIt) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random{seed};
    OutQueue queue{2'000 + random.below(4'000)};
    std::map<std::string, std::uint64_t> published;
    std::map<std::string, std::uint64_t> seen;
    const auto read_one = [&] {
      const auto message = queue.pop();
      if (!message) return false;
      const Json frame = Json::parse((*message)->text);
      if (frame["type"] == "data") {
        EXPECT_EQ(frame["offset"], seen[frame["key"]] + 1);
        seen[frame["key"]] = frame["offset"];
      } else if (frame["type"] == "gap") {
        EXPECT_EQ(frame["offset"], seen[frame["key"]] + frame["missed"].get<std::uint64_t>());
        seen[frame["key"]] = frame["offset"];
      }
      return true;
    };
    for (int step = 0; step < 400; ++step) {
      const std::string key(1, static_cast<char>('a' + random.below(3)));
      if (random.chance(0.7)) {
        EXPECT_TRUE(
            queue.push(data(key, ++published[key], random.chance(0.3) ? Delivery::durable : Delivery::conflatable)));
      } else if (random.chance(0.2)) {
        EXPECT_TRUE(queue.push(control(20)));
      } else {
        read_one();
      }
      // Besides what may wait, each key can hold a few gaps between closed bars.
      EXPECT_LE(queue.bytes(), 6'000U);
    }
    while (read_one()) {
    }
    EXPECT_EQ(seen, published);
    EXPECT_EQ(queue.bytes(), 0U);
  }
}

}  // namespace
}  // namespace cw::realtime
