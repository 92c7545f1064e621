#include "api/worker_pool.h"

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

#include <fmt/format.h>

#include "net/wakeup.h"

namespace cw::api {
namespace {

/// Where a job and the coroutine that waits for it meet. Lives on the loop: the job posts it back there before it lets go.
struct Meeting {
  explicit Meeting(boost::asio::io_context& loop) : wakeup(loop) {}
  net::Wakeup wakeup;
  std::optional<Result<void>> outcome;
};

Result<void> outcome_of(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const std::exception& error) {
    return fail(Errc::internal, fmt::format("a job failed: {}", error.what()));
  }
}

}  // namespace

WorkerPool::WorkerPool(std::string_view name, std::size_t threads, std::size_t waiting_most, Metrics& metrics,
                       std::function<void()> on_start)
    : waiting_most_(waiting_most),
      refused_(metrics.counter("candlewick_worker_refused_total", "Jobs refused because too many waited.",
                               {{"pool", std::string{name}}})) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this, on_start] {
      if (on_start) on_start();
      serve();
    });
  }
}

WorkerPool::~WorkerPool() {
  std::deque<Job> never_begun;
  {
    const std::scoped_lock lock{mutex_};
    ending_ = true;
    never_begun.swap(jobs_);
  }
  filled_.notify_all();
  for (const Job& job : never_begun) job(Turn::dropped);
  for (std::thread& thread : threads_) thread.join();
}

net::Task<Result<void>> WorkerPool::run_erased(net::Runtime& runtime, std::function<void()> work) {
  auto meeting = std::make_shared<Meeting>(runtime.loop());
  auto& loop = runtime.loop();
  const bool taken = post([meeting, &loop, work = std::move(work)](Turn turn) mutable {
    auto outcome = turn == Turn::run ? outcome_of(work) : Result<void>{fail(Errc::cancelled, "the server is ending")};
    work = nullptr;
    boost::asio::post(loop, [meeting = std::move(meeting), outcome = std::move(outcome)]() mutable {
      meeting->outcome = std::move(outcome);
      meeting->wakeup.notify();
    });
  });
  if (!taken) {
    refused_.add();
    co_return fail(Errc::busy, "too many jobs wait");
  }
  while (!meeting->outcome) {
    const bool notified = co_await meeting->wakeup.wait();
    if (!notified) co_return fail(Errc::cancelled, "the request was given up");
  }
  co_return std::move(*meeting->outcome);
}

bool WorkerPool::post(Job job) {
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
    Job job;
    {
      std::unique_lock lock{mutex_};
      filled_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
      if (ending_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job(Turn::run);
  }
}

}  // namespace cw::api
