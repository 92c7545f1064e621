#include "api/user_allowance.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace cw::api {
namespace {

TEST(UserAllowance, IsPerUserAndComesBack) {
  UserAllowance allowance{2};
  auto first = allowance.take("ada");
  const auto second = allowance.take("ada");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(allowance.take("ada"));
  EXPECT_TRUE(allowance.take("bob"));
  first.reset();
  EXPECT_TRUE(allowance.take("ada"));
}

TEST(UserAllowance, CountsUntilTheLastCopyIsGone) {
  UserAllowance allowance{1};
  auto of_the_caller = allowance.take("ada");
  auto of_the_work = of_the_caller;
  of_the_caller.reset();
  EXPECT_FALSE(allowance.take("ada")) << "the work goes on";
  of_the_work.reset();
  EXPECT_TRUE(allowance.take("ada"));
}

TEST(UserAllowance, ATokenMayOutliveIt) {
  UserAllowance::Token token;
  {
    UserAllowance allowance{1};
    token = allowance.take("ada");
  }
  token.reset();
}

TEST(UserAllowance, HoldsUnderManyThreads) {
  UserAllowance allowance{2};
  std::atomic<int> at_work{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 2'000; ++round) {
        auto token = allowance.take("ada");
        if (!token) continue;
        const int now = ++at_work;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
        --at_work;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GE(most.load(), 1);
  EXPECT_LE(most.load(), 2);
}

}  // namespace
}  // namespace cw::api
