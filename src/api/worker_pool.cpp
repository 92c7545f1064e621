#include "api/worker_pool.h"

#include <boost/asio/post.hpp>

#include <utility>

#include "net/wakeup.h"

namespace cw::api {
namespace {

/// Where a job and the coroutine that waits for it meet. Lives on the loop: the job posts it back there before it lets go.
struct Meeting {
  explicit Meeting(boost::asio::io_context& loop) : wakeup(loop) {}
  net::Wakeup wakeup;
  bool done = false;
};

}  // namespace

WorkerPool::WorkerPool(std::size_t threads, std::size_t waiting_most, Metrics& metrics)
    : waiting_most_(waiting_most),
      refused_(metrics.counter("candlewick_worker_refused_total", "Jobs refused because too many waited.")) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::scoped_lock lock{mutex_};
    ending_ = true;
    jobs_.clear();
  }
  filled_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

net::Task<Result<void>> WorkerPool::run_erased(net::Runtime& runtime, std::function<void()> work) {
  auto meeting = std::make_shared<Meeting>(runtime.loop());
  auto& loop = runtime.loop();
  const bool taken = post([meeting, &loop, work = std::move(work)]() mutable {
    work();
    work = nullptr;
    boost::asio::post(loop, [meeting = std::move(meeting)] {
      meeting->done = true;
      meeting->wakeup.notify();
    });
  });
  if (!taken) {
    refused_.add();
    co_return fail(Errc::busy, "too many requests wait for the store");
  }
  while (!meeting->done) {
    const bool notified = co_await meeting->wakeup.wait();
    if (!notified) co_return fail(Errc::cancelled, "the request was given up");
  }
  co_return Result<void>{};
}

bool WorkerPool::post(std::function<void()> job) {
  {
    const std::scoped_lock lock{mutex_};
    if (ending_ || jobs_.size() >= waiting_most_) return false;
    jobs_.push_back(std::move(job));
  }
  filled_.notify_one();
  return true;
}

void WorkerPool::serve() {
  for (;;) {
    std::function<void()> job;
    {
      std::unique_lock lock{mutex_};
      filled_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
      if (ending_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace cw::api
