#include "api/worker_pool.h"

#include <boost/asio/executor_work_guard.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "net/system_runtime.h"

namespace cw::api {
namespace {

/// A pool of one thread, and a loop that runs until every asked job has answered.
class WorkerPoolTest : public testing::Test {
 protected:
  static constexpr std::size_t kWaitingMost = 2;

  void ask(std::function<Result<int>()> work) {
    const std::size_t slot = answers.size();
    answers.emplace_back();
    ++open;
    runtime.spawn("job", keep(std::move(work), slot));
  }
  net::Task<void> keep(std::function<Result<int>()> work, std::size_t slot) {
    auto answer = co_await pool->run<int>(runtime, std::move(work));
    answers[slot].emplace(std::move(answer));
    if (--open == 0) runtime.stop();
  }
  /// Takes the only thread until `gate` is opened; answers once the thread is taken.
  void occupy() {
    std::promise<void> taken;
    auto is_taken = taken.get_future();
    ask([&taken, opened = gate.get_future().share()]() -> Result<int> {
      taken.set_value();
      opened.wait();
      return 0;
    });
    runtime.loop().poll();
    is_taken.wait();
  }
  double refused() {
    return static_cast<double>(metrics.counter("candlewick_worker_refused_total", "", {{"pool", "test"}}).value());
  }

  NullLogger logger;
  Metrics metrics;
  net::SystemRuntime runtime{logger};
  // A coroutine that waits for a job is no work in the loop's eyes.
  boost::asio::executor_work_guard<net::Executor> guard = boost::asio::make_work_guard(runtime.loop());
  std::unique_ptr<WorkerPool> pool = std::make_unique<WorkerPool>("test", 1, kWaitingMost, metrics);
  std::promise<void> gate;
  std::vector<std::optional<Result<int>>> answers;
  std::size_t open = 0;
};

TEST_F(WorkerPoolTest, WorksOnAnotherThreadAndAnswersOnTheLoop) {
  std::thread::id worker;
  std::thread::id resumed;
  const auto work = [&]() -> net::Task<void> {
    const auto answer = co_await pool->run<int>(runtime, [&]() -> Result<int> {
      worker = std::this_thread::get_id();
      return 7;
    });
    EXPECT_EQ(answer.value(), 7);
    resumed = std::this_thread::get_id();
    runtime.stop();
  };
  runtime.spawn("test", work());
  runtime.run();
  EXPECT_EQ(resumed, std::this_thread::get_id());
  EXPECT_NE(worker, resumed);
}

TEST_F(WorkerPoolTest, PassesOnTheErrorOfTheWork) {
  ask([]() -> Result<int> { return fail(Errc::io_error, "no such page"); });
  runtime.run();
  ASSERT_FALSE(*answers[0]);
  EXPECT_EQ(answers[0]->error().code, Errc::io_error);
  EXPECT_EQ(answers[0]->error().message, "no such page");
}

TEST_F(WorkerPoolTest, RefusesOneMoreThanMayWaitAndServesTheOthersInOrder) {
  occupy();
  std::vector<int> order;
  for (int i = 1; i <= 3; ++i) {
    ask([&order, i]() -> Result<int> {
      order.push_back(i);
      return i;
    });
  }
  runtime.loop().poll();
  ASSERT_TRUE(answers[3]) << "the third has no place to wait";
  EXPECT_EQ(answers[3]->error().code, Errc::busy);
  EXPECT_EQ(refused(), 1);
  EXPECT_FALSE(answers[1]);
  gate.set_value();
  runtime.run();
  EXPECT_EQ(order, (std::vector{1, 2}));
  EXPECT_EQ(answers[1]->value(), 1);
  EXPECT_EQ(answers[2]->value(), 2);
}

TEST_F(WorkerPoolTest, HasRoomAgainOnceAJobHasEnded) {
  occupy();
  for (int i = 0; i < 3; ++i) ask([]() -> Result<int> { return 1; });
  runtime.loop().poll();
  gate.set_value();
  runtime.run();
  EXPECT_FALSE(*answers[3]);
  ask([]() -> Result<int> { return 5; });
  runtime.run();
  EXPECT_EQ(answers[4]->value(), 5);
}

TEST_F(WorkerPoolTest, AJobThatThrowsIsAnErrorAndTheThreadGoesOn) {
  ask([]() -> Result<int> { throw std::runtime_error("out of luck"); });
  ask([]() -> Result<int> { return 2; });
  runtime.run();
  ASSERT_FALSE(*answers[0]);
  EXPECT_EQ(answers[0]->error().code, Errc::internal);
  EXPECT_EQ(answers[0]->error().message, "a job failed: out of luck");
  EXPECT_EQ(answers[1]->value(), 2);
}

TEST_F(WorkerPoolTest, EndsTheRunningJobAndNeverBeginsTheWaitingOnes) {
  occupy();
  bool began = false;
  ask([&]() -> Result<int> {
    began = true;
    return 1;
  });
  runtime.loop().poll();
  // The end of a pool waits for the job that runs, so here it has a thread of its own.
  std::thread ending{[&] { pool.reset(); }};
  while (!answers[1]) runtime.loop().run_one();
  EXPECT_EQ(answers[1]->error().code, Errc::cancelled);
  EXPECT_FALSE(answers[0]) << "the one that runs is waited for";
  gate.set_value();
  ending.join();
  runtime.run();
  EXPECT_EQ(answers[0]->value(), 0);
  EXPECT_FALSE(began);
}

}  // namespace
}  // namespace cw::api
