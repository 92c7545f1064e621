#include <sched.h>
#include <sys/resource.h>

#include <thread>

#include <gtest/gtest.h>

#include "db/database.h"
#include "db/testing.h"

namespace cw::db {
namespace {

using testing::Story;

/// All threads that are started while it lives share one processor.
class OneProcessor {
 public:
  OneProcessor() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ~OneProcessor() { sched_setaffinity(0, sizeof before_, &before_); }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t before_{};
};

// The owner thread takes the processor from an idle thread at the moment that this one wakes it. If the idle thread had the lock
// then, the owner would have to stop once more, and on a busy machine everybody who hands in a job would wait with it.
TEST(Database, IsNotWokenByAnIdleThreadThatHasTheLock) {
  constexpr int kReads = 200;
  const OneProcessor processor;
  Story story;
  const auto stops_of_owner = [&story] {
    return story.database->read([](Connection&) -> Result<long> {
      rusage used{};
      getrusage(RUSAGE_THREAD, &used);
      return used.ru_nvcsw;
    });
  };
  std::thread idle([&] {
    const sched_param plain{};
    sched_setscheduler(0, SCHED_IDLE, &plain);
    const auto before = stops_of_owner();
    for (int i = 0; i < kReads; ++i) ASSERT_TRUE(stops_of_owner());
    const auto after = stops_of_owner();
    ASSERT_TRUE(before && after);
    EXPECT_LT(*after - *before, kReads * 3 / 2) << "it stops once for each read: until there is one";
  });
  idle.join();
}

}  // namespace
}  // namespace cw::db
