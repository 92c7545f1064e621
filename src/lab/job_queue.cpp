#include "lab/job_queue.h"

#include <sched.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace cw::lab {

JobQueue::JobQueue(std::size_t threads, Metrics& metrics, std::function<void()> on_start)
    : waiting_gauge_(metrics.gauge("candlewick_lab_jobs_waiting", "Runs and sweeps that wait for their turn.")),
      begun_(metrics.counter("candlewick_lab_jobs_total", "Runs and sweeps that were begun.")),
      refused_(metrics.counter("candlewick_lab_jobs_refused_total", "Runs and sweeps that were one too many.")) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this, on_start] {
      if (on_start) on_start();
      serve();
    });
  }
}

JobQueue::~JobQueue() {
  {
    const std::scoped_lock lock{mutex_};
    ending_ = true;
    waiting_.clear();
    for (auto& [id, job] : jobs_) job->control.stop();
  }
  filled_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool JobQueue::has_room(const std::string& owner) const {
  const std::scoped_lock lock{mutex_};
  const auto found = of_owner_.find(owner);
  return waiting_count_ < kWaitingMost && (found == of_owner_.end() || found->second < kOfOneOwnerMost);
}

Result<void> JobQueue::add(const std::string& owner, const std::string& id, JobWork work) {
  const std::scoped_lock lock{mutex_};
  if (jobs_.contains(id)) return fail(Errc::conflict, "It waits or runs already.");
  const auto owned = of_owner_.find(owner);
  if (owned != of_owner_.end() && owned->second >= kOfOneOwnerMost) {
    refused_.add();
    return fail(Errc::rate_limited, fmt::format("{} runs of yours wait or run, which is the limit of one account. Wait "
                                                "for one, or delete one.",
                                                kOfOneOwnerMost));
  }
  if (waiting_count_ >= kWaitingMost) {
    refused_.add();
    return fail(Errc::busy, "Too many runs wait already. Try again later.");
  }
  ++of_owner_[owner];
  put(jobs_.emplace(id, std::make_shared<Job>(owner, id, std::move(work), waiting_count_)).first->second);
  filled_.notify_one();
  return {};
}

bool JobQueue::stop(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return false;
  found->second->control.stop();
  return true;
}

bool JobQueue::drop(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return false;
  const JobPtr job = found->second;
  job->control.stop();
  const auto own = waiting_.find(job->owner);
  if (own == waiting_.end() || std::erase(own->second, job) == 0) return true;  // it runs
  if (own->second.empty()) waiting_.erase(own);
  waiting_gauge_.set(static_cast<double>(--waiting_count_));
  forget(*job);
  return true;
}

bool JobQueue::has(const std::string& id) const {
  const std::scoped_lock lock{mutex_};
  return jobs_.contains(id);
}

std::size_t JobQueue::size() const {
  const std::scoped_lock lock{mutex_};
  return jobs_.size();
}

/// The next job of the owner after the one who had the last turn. The lock is held, and somebody waits.
JobQueue::JobPtr JobQueue::take() {
  auto next = waiting_.upper_bound(last_);
  if (next == waiting_.end()) next = waiting_.begin();
  last_ = next->first;
  JobPtr job = std::move(next->second.front());
  next->second.pop_front();
  if (next->second.empty()) waiting_.erase(next);
  waiting_gauge_.set(static_cast<double>(--waiting_count_));
  return job;
}

/// Behind the other jobs of its owner. The lock is held.
void JobQueue::put(JobPtr job) {
  auto& own = waiting_[job->owner];
  own.push_back(std::move(job));
  waiting_gauge_.set(static_cast<double>(++waiting_count_));
}

/// The lock is held.
void JobQueue::forget(const Job& job) {
  const auto owned = of_owner_.find(job.owner);
  if (--owned->second == 0) of_owner_.erase(owned);
  jobs_.erase(job.id);
}

void JobQueue::serve() {
  for (;;) {
    JobPtr job;
    {
      std::unique_lock lock{mutex_};
      filled_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (ending_) return;
      job = take();
    }
    if (!std::exchange(job->is_begun, true)) begun_.add();
    const Turn turn = job->work(job->control);
    const std::scoped_lock lock{mutex_};
    if (turn == Turn::again && !ending_)
      put(std::move(job));  // this thread looks for the next one itself: nobody is to be woken
    else
      forget(*job);
  }
}

std::size_t job_threads() { return std::max<std::size_t>(std::thread::hardware_concurrency(), 2) - 1; }

void make_idle() {
  const sched_param plain{};
  sched_setscheduler(0, SCHED_IDLE, &plain);  // of the thread; where the system refuses, the work is only less polite
}

}  // namespace cw::lab
