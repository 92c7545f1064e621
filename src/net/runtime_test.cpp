#include "net/runtime.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "net/sim_runtime.h"
#include "net/wakeup.h"

namespace cw::net {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// Remembers what was logged, one `event field=value …` line each.
class LogBook final : public Logger {
 public:
  void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
    std::string line(event);
    for (const auto& field : fields) {
      if (const auto* text = std::get_if<std::string_view>(&field.value)) line += " " + std::string(*text);
    }
    lines.push_back(std::move(line));
  }
  std::vector<std::string> lines;
};

struct World {
  LogBook log;
  SimRuntime runtime{log, {}};
};

TEST(SleepFor, TakesItsTimeOfTheManualClockAndNoOther) {
  World world;
  std::vector<std::string> story;
  const auto sleeper = [&](std::string name, Millis time) -> Task<void> {
    co_await world.runtime.sleep_for(time);
    story.push_back(name);
  };
  world.runtime.spawn("b", sleeper("b", seconds{2}));
  world.runtime.spawn("a", sleeper("a", seconds{1}));
  world.runtime.spawn("c", sleeper("c", hours{1}));
  world.runtime.run_for(Millis{999});
  EXPECT_TRUE(story.empty());
  world.runtime.run_for(Millis{1});
  EXPECT_EQ(story, (std::vector<std::string>{"a"}));
  world.runtime.run_for(hours{1});
  EXPECT_EQ(story, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(world.runtime.elapsed(), hours{1} + seconds{1});
}

TEST(Spawn, LogsWhatEscapesUnderItsNameAndGoesOn) {
  World world;
  const auto failing = []() -> Task<void> {
    throw std::runtime_error("boom");
    co_return;
  };
  world.runtime.spawn("the candle feed", failing());
  world.runtime.run_ready();
  EXPECT_EQ(world.log.lines, (std::vector<std::string>{"task_failed the candle feed boom"}));
}

Task<Result<int>> answer_after(Runtime& runtime, Millis time, int value) {
  co_await runtime.sleep_for(time);
  co_return value;
}

TEST(Within, GivesTheAnswerOfWorkThatIsInTime) {
  World world;
  const auto answer = world.runtime.run(world.runtime.within(seconds{2}, answer_after(world.runtime, seconds{1}, 42)));
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ(**answer, 42);
  EXPECT_EQ(world.runtime.elapsed(), seconds{1});
}

TEST(Within, CancelsLateWorkAndSaysAfterHowLong) {
  World world;
  const auto answer = world.runtime.run(world.runtime.within(seconds{2}, answer_after(world.runtime, hours{1}, 42)));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().code, Errc::timed_out);
  EXPECT_EQ(answer->error().message, "no answer within 2 s");
  EXPECT_EQ(world.runtime.elapsed(), seconds{2});
  EXPECT_TRUE(world.log.lines.empty());
}

TEST(Within, PassesOnAnErrorAndAnException) {
  World world;
  const auto failing = []() -> Task<Result<int>> { co_return fail(Errc::refused, "no"); };
  const auto refused = world.runtime.run(world.runtime.within(seconds{1}, failing()));
  ASSERT_TRUE(refused && !*refused);
  EXPECT_EQ(refused->error().message, "no");

  const auto throwing = []() -> Task<Result<int>> {
    throw std::runtime_error("boom");
    co_return 1;
  };
  EXPECT_FALSE(world.runtime.run(world.runtime.within(seconds{1}, throwing())));
  EXPECT_EQ(world.log.lines, (std::vector<std::string>{"task_failed run boom"}));
}

/// Writes into its caller's frame until it unwinds, also while it unwinds.
Task<Result<int>> scribble(Runtime& runtime, std::vector<int>& pad) {
  struct Farewell {
    std::vector<int>& pad;
    ~Farewell() { pad.push_back(-1); }
  } farewell{pad};
  for (int i = 0;; ++i) {
    pad.push_back(i);
    co_await runtime.sleep_for(seconds{1});
  }
}

TEST(Within, WaitsUntilTheWorkHasLeftTheCallersFrame) {
  World world;
  const auto caller = [&]() -> Task<std::size_t> {
    std::vector<int> pad;
    const auto answer = co_await world.runtime.within(Millis{2'500}, scribble(world.runtime, pad));
    EXPECT_EQ(answer.error().code, Errc::timed_out);
    EXPECT_EQ(pad, (std::vector<int>{0, 1, 2, -1}));
    co_return pad.size();
  };
  EXPECT_EQ(world.runtime.run(caller()), 4u);
}

TEST(Within, NestsAndTheOuterLimitEndsTheInnerWork) {
  World world;
  std::vector<int> pad;
  auto inner = world.runtime.within(hours{1}, scribble(world.runtime, pad));
  const auto answer = world.runtime.run(world.runtime.within(Millis{1'500}, std::move(inner)));
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().message, "no answer within 1 s 500 ms");
  EXPECT_EQ(pad, (std::vector<int>{0, 1, -1}));
  EXPECT_EQ(world.runtime.elapsed(), Millis{1'500});
}

TEST(TaskGroup, CancelsItsTasksAndJoinsThem) {
  World world;
  std::vector<int> pad;
  const auto forever = [&]() -> Task<void> { (void)co_await scribble(world.runtime, pad); };
  const auto story = [&]() -> Task<bool> {
    TaskGroup group(world.runtime);
    group.spawn("one", forever());
    group.spawn("two", forever());
    co_await world.runtime.sleep_for(Millis{1'500});
    EXPECT_EQ(group.size(), 2u);
    group.cancel();
    co_await group.join();
    EXPECT_EQ(group.size(), 0u);
    group.spawn("three", forever());
    co_return group.size() == 0;
  };
  EXPECT_EQ(world.runtime.run(story()), true);
  EXPECT_EQ(pad, (std::vector<int>{0, 0, 1, 1, -1, -1}));
  EXPECT_TRUE(world.log.lines.empty());
}

TEST(TaskGroup, EndsItsTasksWhenItDies) {
  World world;
  std::vector<int> pad;
  {
    TaskGroup group(world.runtime);
    group.spawn("one", [](Runtime& runtime, std::vector<int>& its_pad) -> Task<void> {
      (void)co_await scribble(runtime, its_pad);
    }(world.runtime, pad));
    world.runtime.run_ready();
  }
  world.runtime.run_ready();
  EXPECT_EQ(pad, (std::vector<int>{0, -1}));
}

TEST(Wakeup, WakesItsWaiterWhenItDies) {
  World world;
  auto wakeup = std::make_unique<Wakeup>(world.runtime.loop());
  std::optional<bool> woken;
  const auto waiter = [&]() -> Task<void> { woken = co_await wakeup->wait(); };
  world.runtime.spawn("waiter", waiter());
  world.runtime.run_ready();
  EXPECT_FALSE(woken);
  wakeup.reset();
  world.runtime.run_ready();
  EXPECT_EQ(woken, false);
}

TEST(Wakeup, ForgetsANotifyWithoutAWaiter) {
  World world;
  Wakeup wakeup(world.runtime.loop());
  std::optional<bool> woken;
  const auto waiter = [&]() -> Task<void> { woken = co_await wakeup.wait(); };
  wakeup.notify();
  world.runtime.spawn("waiter", waiter());
  world.runtime.run_ready();
  EXPECT_FALSE(woken);
  wakeup.notify();
  world.runtime.run_ready();
  EXPECT_EQ(woken, true);
}

TEST(Alarm, RingsOnceAtTheLastTimeItWasSetTo) {
  World world;
  int rings = 0;
  const auto alarm = world.runtime.make_alarm([&] { ++rings; });
  alarm->set(seconds{1});
  alarm->set(seconds{3});
  world.runtime.run_for(seconds{2});
  EXPECT_EQ(rings, 0);
  world.runtime.run_for(seconds{5});
  EXPECT_EQ(rings, 1);
  alarm->set(seconds{1});
  alarm->clear();
  world.runtime.run_for(seconds{5});
  EXPECT_EQ(rings, 1);
}

}  // namespace
}  // namespace cw::net
