#pragma once

#include <future>
#include <memory>

#include <gtest/gtest.h>

#include "api/worker_pool.h"
#include "net/sim_runtime.h"

namespace cw::app::testing {

inline net::Task<void> mark(api::WorkerPool& pool, net::Runtime& runtime, std::shared_ptr<std::promise<void>> done) {
  const auto ran = co_await pool.run<int>(runtime, [done]() -> Result<int> {
    done->set_value();
    return 0;
  });
  EXPECT_TRUE(ran);
}

/// Lets a pool's one worker finish what it has, and the loop of a simulation take it.
inline void drain(api::WorkerPool& pool, net::SimRuntime& runtime) {
  auto done = std::make_shared<std::promise<void>>();
  auto reached = done->get_future();
  runtime.run_ready();
  runtime.spawn("drain", mark(pool, runtime, std::move(done)));
  runtime.run_ready();
  reached.wait();
  runtime.run_ready();
}

}  // namespace cw::app::testing
