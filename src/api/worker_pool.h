#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/metrics.h"
#include "net/runtime.h"

namespace cw::api {

/// Threads for work that would hold up a loop: reading candles, making long answers of them, hashing passwords. At most
/// `waiting_most` jobs wait beside those that run; one more is refused with Errc::busy.
class WorkerPool {
 public:
  /// `name` is the pool's label in the metrics. `on_start` is called first on each thread.
  WorkerPool(std::string_view name, std::size_t threads, std::size_t waiting_most, Metrics& metrics,
             std::function<void()> on_start = {});
  /// Waits for the jobs that run; those that wait are not begun, and their callers get Errc::cancelled. The runtimes of
  /// callers outlive the pool.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Runs `work` on one of the threads and answers on the loop of `runtime`. `work` owns what it needs: a cancelled caller
  /// goes away before it is done.
  /// Errors  busy; cancelled; internal: `work` threw, with what it said; those of `work`
  template <class T>
  net::Task<Result<T>> run(net::Runtime& runtime, std::function<Result<T>()> work) {
    auto answer = std::make_shared<std::optional<Result<T>>>();
    const auto done = co_await run_erased(runtime, [answer, work = std::move(work)] { answer->emplace(work()); });
    if (!done) co_return std::unexpected(done.error());
    co_return std::move(**answer);
  }

 private:
  net::Task<Result<void>> run_erased(net::Runtime& runtime, std::function<void()> work);
  enum class Turn { run, dropped };
  using Job = std::function<void(Turn)>;
  bool post(Job job);
  void serve();

  const std::size_t waiting_most_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Job> jobs_;
  bool ending_ = false;
  Counter& refused_;
  std::vector<std::thread> threads_;
};

}  // namespace cw::api
