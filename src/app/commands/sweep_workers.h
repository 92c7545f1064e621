#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "backtest/sweep/sweep.h"

namespace cw::app {

/// Threads that run the cells of one sweep, at the lowest priority: a live desk in the same process goes first.
class SweepWorkers {
 public:
  /// All outlive it. `trials_most` a portion.
  SweepWorkers(const backtest::SweepPlan& plan, const backtest::SweepShape& shape, const backtest::SweepData& data,
               std::size_t threads);
  /// Stops, and waits for what is under way.
  ~SweepWorkers();
  SweepWorkers(const SweepWorkers&) = delete;
  SweepWorkers& operator=(const SweepWorkers&) = delete;

  /// How many portions are given out and not fetched yet.
  std::size_t under_way() const { return under_way_; }
  void give(std::vector<backtest::Trial> trials);

  /// The results of a portion that is finished, waiting for one at most so long; none: there was none in that time.
  /// Errors  those of run_cells
  std::optional<Result<std::vector<backtest::CellResult>>> fetch(std::chrono::milliseconds wait);

  /// Asks all to end soon: portions come back shorter than they were given.
  void stop() { stopped_.store(true); }

 private:
  void work();

  const backtest::SweepPlan& plan_;
  const backtest::SweepShape& shape_;
  const backtest::SweepData& data_;
  std::atomic<bool> stopped_{false};
  std::size_t under_way_ = 0;  // of the caller's thread alone
  std::mutex mutex_;
  std::condition_variable given_;
  std::condition_variable finished_;
  bool ending_ = false;
  std::deque<std::vector<backtest::Trial>> trials_;
  std::deque<Result<std::vector<backtest::CellResult>>> results_;
  std::vector<std::thread> threads_;
};

}  // namespace cw::app
