#include "app/commands/sweep_workers.h"

#include "lab/job_queue.h"

namespace cw::app {

SweepWorkers::SweepWorkers(const backtest::SweepPlan& plan, const backtest::SweepShape& shape,
                           const backtest::SweepData& data, std::size_t threads)
    : plan_(plan), shape_(shape), data_(data) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

SweepWorkers::~SweepWorkers() {
  stop();
  {
    const std::scoped_lock lock{mutex_};
    ending_ = true;
  }
  given_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void SweepWorkers::give(std::vector<backtest::Trial> trials) {
  ++under_way_;
  {
    const std::scoped_lock lock{mutex_};
    trials_.push_back(std::move(trials));
  }
  given_.notify_one();
}

std::optional<Result<std::vector<backtest::CellResult>>> SweepWorkers::fetch(std::chrono::milliseconds wait) {
  std::unique_lock lock{mutex_};
  if (!finished_.wait_for(lock, wait, [this] { return !results_.empty(); })) return std::nullopt;
  auto results = std::move(results_.front());
  results_.pop_front();
  --under_way_;
  return results;
}

void SweepWorkers::work() {
  lab::make_idle();
  for (;;) {
    std::vector<backtest::Trial> trials;
    {
      std::unique_lock lock{mutex_};
      given_.wait(lock, [this] { return ending_ || !trials_.empty(); });
      if (ending_) return;
      trials = std::move(trials_.front());
      trials_.pop_front();
    }
    auto results = backtest::run_cells(plan_, shape_, data_, trials, [this] { return !stopped_.load(); });
    {
      const std::scoped_lock lock{mutex_};
      results_.push_back(std::move(results));
    }
    finished_.notify_one();
  }
}

}  // namespace cw::app
