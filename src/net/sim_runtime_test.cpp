#include "net/sim_runtime.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

namespace cw::net {
namespace {

using std::chrono::seconds;

struct Pair {
  StreamPtr client;
  StreamPtr server;
};

/// A connection between two ends, at rest.
Pair connect_pair(SimRuntime& runtime) {
  auto listener = runtime.listen("venue", 443).value();
  Pair pair;
  const auto taking = [&]() -> Task<void> { pair.server = (co_await listener->accept()).value(); };
  runtime.spawn("accept", taking());
  pair.client = runtime.run(runtime.connect({"venue", 443, true}, seconds{1})).value().value();
  runtime.run_ready();
  return pair;
}

Task<Result<std::string>> read(Stream& stream) {
  std::string piece(100, '\0');
  const auto got = co_await stream.read_some(piece);
  if (!got) co_return pass_on(got);
  piece.resize(*got);
  co_return piece;
}

struct World {
  explicit World(SimOptions options = {}) : runtime(logger, options) {}
  NullLogger logger;
  SimRuntime runtime;
};

TEST(SimConnect, IsRefusedWhereNobodyListens) {
  World world;
  const auto answer = world.runtime.run(world.runtime.connect({"venue", 443}, seconds{1}));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().code, Errc::refused);
  EXPECT_EQ(answer->error().message, "nobody listens at venue:443");
}

TEST(SimConnect, TimesOutAtASilentAddress) {
  World world;
  const auto listener = world.runtime.listen("venue", 443);
  world.runtime.set_reach("venue", 443, SimReach::silent);
  const auto answer = world.runtime.run(world.runtime.connect({"venue", 443}, seconds{5}));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().code, Errc::timed_out);
  EXPECT_EQ(world.runtime.elapsed(), seconds{5});
}

TEST(SimListen, IsTakenOnceUntilItIsClosed) {
  World world;
  auto first = world.runtime.listen("venue", 443);
  ASSERT_TRUE(first);
  EXPECT_EQ(world.runtime.listen("venue", 443).error().code, Errc::busy);
  first->reset();
  EXPECT_TRUE(world.runtime.listen("venue", 443));
}

TEST(SimPipe, CarriesBytesAndTheEndInOrder) {
  World world;
  auto [client, server] = connect_pair(world.runtime);
  ASSERT_TRUE(world.runtime.run(client->write_both(std::string_view("he"), std::string_view("llo"))).value());
  (void)world.runtime.run([](Stream& stream) -> Task<int> {
    co_await stream.finish();
    co_return 1;
  }(*client));
  EXPECT_EQ(world.runtime.run(read(*server)).value().value(), "hello");
  EXPECT_EQ(world.runtime.run(read(*server)).value().value(), "");
  ASSERT_TRUE(world.runtime.run(server->write(std::string_view("still open"))).value());
  EXPECT_EQ(world.runtime.run(read(*client)).value().value(), "still open");
}

TEST(SimPipe, ArrivesAfterItsLatency) {
  World world({.latency_min = Millis{30}, .latency_max = Millis{30}});
  auto [client, server] = connect_pair(world.runtime);
  EXPECT_EQ(world.runtime.elapsed(), Millis{60});
  ASSERT_TRUE(world.runtime.run(client->write(std::string_view("hello"))).value());
  EXPECT_EQ(world.runtime.elapsed(), Millis{60});
  EXPECT_EQ(world.runtime.run(read(*server)).value().value(), "hello");
  EXPECT_EQ(world.runtime.elapsed(), Millis{90});
}

TEST(SimPipe, NeverReordersUnderJitterAndSplitReads) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    World world(
        {.seed = seed, .latency_min = Millis{1}, .latency_max = Millis{50}, .pipe_bytes = 64, .split_reads = true});
    auto [client, server] = connect_pair(world.runtime);
    std::string sent;
    std::string received;
    const auto writing = [&]() -> Task<void> {
      for (int i = 0; i < 200; ++i) {
        const auto part = fmt::format("{},", i);
        sent += part;
        EXPECT_TRUE(co_await client->write(part));
        if (world.runtime.random().chance(0.3)) co_await world.runtime.sleep_for(Millis{7});
      }
      client->close();
    };
    const auto reading = [&]() -> Task<void> {
      for (;;) {
        const auto piece = (co_await read(*server)).value();
        if (piece.empty()) co_return;
        received += piece;
      }
    };
    world.runtime.spawn("w", writing());
    world.runtime.spawn("r", reading());
    world.runtime.run_for(std::chrono::hours{1});
    EXPECT_EQ(received, sent);
  }
}

TEST(SimPipe, MakesAWriterWaitForASlowReader) {
  World world({.pipe_bytes = 10});
  auto [client, server] = connect_pair(world.runtime);
  std::optional<bool> written;
  const std::string text(25, 'x');
  const auto writing = [&]() -> Task<void> { written = (co_await client->write(text)).has_value(); };
  world.runtime.spawn("w", writing());
  world.runtime.run_ready();
  for (const std::size_t expected : {10u, 10u, 5u}) {
    EXPECT_EQ(written.has_value(), expected == 5);  // the last five bytes fitted when ten had been read
    EXPECT_EQ(world.runtime.run(read(*server)).value().value().size(), expected);
    world.runtime.run_ready();
  }
  EXPECT_EQ(written, true);
}

TEST(SimLink, CutsBothSides) {
  World world;
  auto [client, server] = connect_pair(world.runtime);
  std::vector<Errc> ends;
  const auto reading = [&](Stream& stream) -> Task<void> { ends.push_back((co_await read(stream)).error().code); };
  world.runtime.spawn("c", reading(*client));
  world.runtime.spawn("s", reading(*server));
  world.runtime.run_ready();
  const auto links = world.runtime.links("venue", 443);
  ASSERT_EQ(links.size(), 1u);
  links[0]->cut();
  world.runtime.run_ready();
  EXPECT_EQ(ends, (std::vector{Errc::disconnected, Errc::disconnected}));
  EXPECT_EQ(world.runtime.run(client->write(std::string_view("x"))).value().error().code, Errc::disconnected);
  EXPECT_TRUE(world.runtime.links("venue", 443).empty());
}

TEST(SimLink, StallsAReader) {
  World world;
  auto [client, server] = connect_pair(world.runtime);
  const auto link = world.runtime.links("venue", 443)[0];
  link->stall(SimSide::server, true);
  ASSERT_TRUE(world.runtime.run(client->write(std::string_view("late"))).value());
  const auto timed_out = world.runtime.run(world.runtime.within(seconds{9}, read(*server)));
  EXPECT_EQ(timed_out.value().error().code, Errc::timed_out);
  link->stall(SimSide::server, false);
  EXPECT_EQ(world.runtime.run(read(*server)).value().value(), "late");
}

TEST(Stream, ClosingItEndsItsOwnReadAsCancelledAndTheOthersInGoodOrder) {
  World world;
  auto [client, server] = connect_pair(world.runtime);
  std::optional<Errc> own;
  std::optional<std::string> others;
  const auto reading_own = [&]() -> Task<void> { own = (co_await read(*client)).error().code; };
  const auto reading_others = [&]() -> Task<void> { others = (co_await read(*server)).value(); };
  world.runtime.spawn("own", reading_own());
  world.runtime.spawn("others", reading_others());
  world.runtime.run_ready();
  client->close();
  world.runtime.run_ready();
  EXPECT_EQ(own, Errc::cancelled);
  EXPECT_EQ(others, "");
}

TEST(Stream, ReadsOnAfterACancelledRead) {
  World world;
  auto [client, server] = connect_pair(world.runtime);
  std::optional<Errc> cancelled;
  const auto reading = [&]() -> Task<void> { cancelled = (co_await read(*server)).error().code; };
  world.runtime.spawn("r", reading());
  world.runtime.run_ready();
  server->cancel_read();
  world.runtime.run_ready();
  EXPECT_EQ(cancelled, Errc::cancelled);
  server->cancel_read();  // without a waiting read it does nothing
  ASSERT_TRUE(world.runtime.run(client->write(std::string_view("hello"))).value());
  EXPECT_EQ(world.runtime.run(read(*server)).value().value(), "hello");
}

// Everything that may be alive at once when a simulation is thrown away; the sanitizer of leaks is the judge.
TEST(SimRuntime, DiesCleanlyWithLiveCoroutines) {
  World world({.latency_min = Millis{5}});
  const auto listener = world.runtime.listen("venue", 443).value();
  const auto serving = [&]() -> Task<void> {
    for (;;) {
      auto stream = (co_await listener->accept()).value();
      std::string into(10, ' ');
      (void)co_await world.runtime.within(std::chrono::hours{5}, stream->read_some(into));
    }
  };
  const auto calling = [&](int i) -> Task<void> {
    auto stream = (co_await world.runtime.connect({"venue", 443}, seconds{1})).value();
    const std::string large(1'000'000, 'x');
    if (i == 0) (void)co_await stream->write(large);
    if (i == 1) (void)co_await read(*stream);
    if (i == 2) (void)co_await world.runtime.within(std::chrono::hours{5}, read(*stream));
    co_await world.runtime.sleep_for(std::chrono::hours{5});
  };
  TaskGroup group(world.runtime);
  world.runtime.spawn("serve", serving());
  for (int i = 0; i < 4; ++i) world.runtime.spawn("call", calling(i));
  for (int i = 0; i < 4; ++i) group.spawn("call", calling(i));
  world.runtime.run_for(seconds{1});
  group.spawn("posted, never run", calling(2));
}

std::vector<std::string> story_of(std::uint64_t seed, std::uint64_t& steps) {
  World world({.seed = seed, .latency_min = Millis{1}, .latency_max = Millis{40}, .split_reads = true});
  std::vector<std::string> story;
  auto listener = world.runtime.listen("venue", 443).value();
  const auto answer = [&](StreamPtr stream) -> Task<void> {
    for (;;) {
      const auto piece = co_await read(*stream);
      if (!piece || piece->empty()) co_return;
      if (!co_await stream->write(*piece)) co_return;
    }
  };
  const auto serving = [&]() -> Task<void> {
    for (;;) {
      auto stream = co_await listener->accept();
      if (!stream) co_return;
      world.runtime.spawn("answer", answer(std::move(*stream)));
    }
  };
  const auto calling = [&](int i) -> Task<void> {
    auto stream = (co_await world.runtime.connect({"venue", 443}, seconds{1})).value();
    for (int k = 0; k < 20; ++k) {
      const auto text = fmt::format("{}-{}", i, k);
      if (!co_await stream->write(text)) co_return;
      const auto piece = co_await read(*stream);
      story.push_back(
          fmt::format("{} {} {}", world.runtime.elapsed().count(), i, piece ? *piece : piece.error().message));
      if (world.runtime.random().chance(0.05)) world.runtime.links("venue", 443).front()->cut();
    }
  };
  world.runtime.spawn("serve", serving());
  for (int i = 0; i < 8; ++i) world.runtime.spawn("call", calling(i));
  world.runtime.run_for(std::chrono::hours{1});
  steps = world.runtime.steps();
  return story;
}

TEST(SimRuntime, GivesTheSameStoryForTheSameSeed) {
  std::uint64_t steps_a = 0;
  std::uint64_t steps_b = 0;
  const auto a = story_of(7, steps_a);
  EXPECT_GT(a.size(), 20u);
  EXPECT_EQ(a, story_of(7, steps_b));
  EXPECT_EQ(steps_a, steps_b);
  EXPECT_NE(a, story_of(8, steps_b));
}

}  // namespace
}  // namespace cw::net
