#include "lab/job_queue.h"

#include <gtest/gtest.h>

#include <sched.h>

#include <future>

namespace cw::lab {
namespace {

/// A queue of one thread that is held up until `go` is called.
struct Queue : testing::Test {
  void hold() {
    ASSERT_TRUE(queue.add("holder", "hold", [this](const JobControl&) { gate.get_future().wait(); }));
  }
  void go() { gate.set_value(); }
  void add(const std::string& owner, const std::string& id) {
    ASSERT_TRUE(queue.add(owner, id, [this, id](const JobControl& control) {
      const std::scoped_lock lock{mutex};
      done.push_back(control.is_stopped() ? id + " stopped" : id);
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
  EXPECT_EQ(queue.add("ada", "more", [](const JobControl&) {}).error().code, Errc::rate_limited);
  EXPECT_TRUE(queue.has_room("bob"));
  EXPECT_EQ(queue.add("bob", "a0", [](const JobControl&) {}).error().code, Errc::conflict);
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

TEST(QueueEnd, StopsWhatRunsAndBeginsNothingMore) {
  Metrics metrics;
  std::atomic<int> begun{0};
  {
    JobQueue queue{1, metrics, {}};
    const auto work = [&](const JobControl& control) {
      ++begun;
      while (!control.is_stopped()) std::this_thread::yield();
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
  ASSERT_TRUE(queue.add("ada", "a1", [&](const JobControl&) { policy.set_value(sched_getscheduler(0)); }));
  EXPECT_EQ(policy.get_future().get(), SCHED_IDLE);
}

}  // namespace
}  // namespace cw::lab
