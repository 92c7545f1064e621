#include "lab/job_queue.h"

#include <gtest/gtest.h>

#include <sched.h>

#include <future>

namespace cw::lab {
namespace {

Turn over(const JobControl&) { return Turn::over; }

/// A queue of one thread that is held up until `go` is called.
struct Queue : testing::Test {
  void hold() {
    std::promise<void> held;
    ASSERT_TRUE(queue.add("holder", "hold", [this, &held](const JobControl&) {
      held.set_value();
      gate.get_future().wait();
      return Turn::over;
    }));
    held.get_future().wait();
  }
  void go() { gate.set_value(); }
  void add(const std::string& owner, const std::string& id) {
    ASSERT_TRUE(queue.add(owner, id, [this, id](const JobControl& control) {
      const std::scoped_lock lock{mutex};
      done.push_back(control.is_stopped() ? id + " stopped" : id);
      return Turn::over;
    }));
  }
  /// One that could go on for ever, and gives way whenever somebody waits; its last turn is the one where it is alone.
  void add_long(const std::string& owner, const std::string& id) {
    ASSERT_TRUE(queue.add(owner, id, [this, id](const JobControl& control) {
      const std::scoped_lock lock{mutex};
      done.push_back(control.is_stopped() ? id + " stopped" : id);
      return control.is_waited_for() && !control.is_stopped() ? Turn::again : Turn::over;
    }));
  }
  void wait() {
    while (queue.size() > 0) std::this_thread::yield();
  }
  std::promise<void> gate;
  std::mutex mutex;
  std::vector<std::string> done;
  Metrics metrics;
  JobQueue queue{1, metrics, {}};
};

TEST_F(Queue, OwnersTakeTurns) {
  hold();
  for (const char* id : {"a1", "a2", "a3"}) add("ada", id);
  add("bob", "b1");
  add("cid", "c1");
  go();
  wait();
  EXPECT_EQ(done, (std::vector<std::string>{"a1", "b1", "c1", "a2", "a3"}));
}

TEST_F(Queue, OneOwnerHasABoundedNumber) {
  hold();
  for (std::size_t i = 0; i < JobQueue::kOfOneOwnerMost; ++i) add("ada", "a" + std::to_string(i));
  EXPECT_FALSE(queue.has_room("ada"));
  EXPECT_EQ(queue.add("ada", "more", over).error().code, Errc::rate_limited);
  EXPECT_TRUE(queue.has_room("bob"));
  EXPECT_EQ(queue.add("bob", "a0", over).error().code, Errc::conflict);
  go();
  wait();
  EXPECT_TRUE(queue.has_room("ada"));
}

TEST_F(Queue, AJobThatIsStoppedIsCalledAndKnowsIt) {
  hold();
  add("ada", "a1");
  EXPECT_TRUE(queue.has("a1"));
  EXPECT_TRUE(queue.stop("a1"));
  EXPECT_FALSE(queue.stop("a9"));
  go();
  wait();
  EXPECT_EQ(done, (std::vector<std::string>{"a1 stopped"}));
}

TEST_F(Queue, AJobThatIsDroppedIsNotCalledAndItsPlaceIsFreeAtOnce) {
  hold();
  for (std::size_t i = 0; i < JobQueue::kOfOneOwnerMost; ++i) add("ada", "a" + std::to_string(i));
  EXPECT_FALSE(queue.has_room("ada"));
  EXPECT_TRUE(queue.drop("a0"));
  EXPECT_FALSE(queue.drop("a0"));
  EXPECT_FALSE(queue.has("a0"));
  EXPECT_TRUE(queue.has_room("ada"));
  for (std::size_t i = 2; i < JobQueue::kOfOneOwnerMost; ++i) EXPECT_TRUE(queue.drop("a" + std::to_string(i)));
  EXPECT_TRUE(queue.drop("hold"));  // it runs to its end
  EXPECT_TRUE(queue.has("hold"));
  go();
  wait();
  EXPECT_EQ(done, (std::vector<std::string>{"a1"}));
}

TEST_F(Queue, ALongJobGivesWayAndComesAgain) {
  hold();
  add_long("ada", "sweep");
  add("ada", "a1");
  add("bob", "b1");
  add("bob", "b2");
  go();
  wait();
  // Its owner's run comes before its own next turn, and between any two of ada's comes one of bob's.
  EXPECT_EQ(done, (std::vector<std::string>{"sweep", "b1", "a1", "b2", "sweep"}));
  EXPECT_EQ(metrics.counter("candlewick_lab_jobs_total", "").value(), 5) << "the hold, and each of four once";
  EXPECT_EQ(metrics.gauge("candlewick_lab_jobs_waiting", "").value(), 0);
}

TEST_F(Queue, AJobThatGivesWayKeepsItsPlaceAndIsStoppedInBetween) {
  hold();
  std::promise<void> gave_way;
  std::promise<void> looked;
  ASSERT_TRUE(queue.add("ada", "sweep", [&, turn = 0](const JobControl& control) mutable {
    if (++turn == 1) return Turn::again;
    const std::scoped_lock lock{mutex};
    done.push_back(control.is_stopped() ? "sweep stopped" : "sweep");
    return Turn::over;
  }));
  ASSERT_TRUE(queue.add("bob", "b1", [&](const JobControl&) {
    gave_way.set_value();
    looked.get_future().wait();
    return Turn::over;
  }));
  for (std::size_t i = 1; i < JobQueue::kOfOneOwnerMost; ++i) add("ada", "a" + std::to_string(i));
  go();
  gave_way.get_future().wait();
  EXPECT_TRUE(queue.has("sweep"));
  EXPECT_FALSE(queue.has_room("ada"));
  EXPECT_TRUE(queue.stop("sweep"));
  looked.set_value();
  wait();
  EXPECT_EQ(done.size(), JobQueue::kOfOneOwnerMost);
  EXPECT_EQ(done.back(), "sweep stopped");
  EXPECT_TRUE(queue.has_room("ada"));
}

TEST(QueueEnd, DoesNotGoOnWithWhatGaveWay) {
  Metrics metrics;
  std::atomic<int> turns{0};
  {
    JobQueue queue{1, metrics, {}};
    ASSERT_TRUE(queue.add("ada", "a1", [&](const JobControl& control) {
      ++turns;
      while (!control.is_stopped()) std::this_thread::yield();
      return Turn::again;
    }));
    while (turns == 0) std::this_thread::yield();
  }
  EXPECT_EQ(turns, 1);
}

TEST(QueueEnd, StopsWhatRunsAndBeginsNothingMore) {
  Metrics metrics;
  std::atomic<int> begun{0};
  {
    JobQueue queue{1, metrics, {}};
    const auto work = [&](const JobControl& control) {
      ++begun;
      while (!control.is_stopped()) std::this_thread::yield();
      return Turn::over;
    };
    ASSERT_TRUE(queue.add("ada", "a1", work));
    ASSERT_TRUE(queue.add("ada", "a2", work));
    while (begun == 0) std::this_thread::yield();
  }
  EXPECT_EQ(begun, 1);
}

TEST(QueueThreads, AreIdle) {
  Metrics metrics;
  JobQueue queue{1, metrics, make_idle};
  std::promise<int> policy;
  ASSERT_TRUE(queue.add("ada", "a1", [&](const JobControl&) {
    policy.set_value(sched_getscheduler(0));
    return Turn::over;
  }));
  EXPECT_EQ(policy.get_future().get(), SCHED_IDLE);
}

}  // namespace
}  // namespace cw::lab
