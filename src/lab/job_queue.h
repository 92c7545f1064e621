#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/metrics.h"

namespace cw::lab {

/// What a job looks at while it works. Any thread.
class JobControl {
 public:
  bool is_stopped() const { return stopped_.load(std::memory_order_relaxed); }
  void stop() { stopped_.store(true, std::memory_order_relaxed); }

 private:
  std::atomic<bool> stopped_{false};
};

/// Long work of people: runs and sweeps. A few threads of the lowest priority take it in turns from those who wait, the next
/// one of whoever had the least turns lately, so that nobody's sweeps keep another's run waiting. Thread-safe.
///
/// Metrics: candlewick_lab_jobs_waiting, candlewick_lab_jobs_total, candlewick_lab_jobs_refused_total.
class JobQueue {
 public:
  static constexpr std::size_t kOfOneOwnerMost = 8;  // that wait or run
  static constexpr std::size_t kWaitingMost = 1'000;

  /// `on_start` is called first on each thread, where it may lower its priority.
  JobQueue(std::size_t threads, Metrics& metrics, std::function<void()> on_start);
  /// Stops what runs and waits for its end; what waits is not begun.
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  /// Whether the owner may hand in one more. A place that is promised by true may be gone by the time of `add`.
  bool has_room(const std::string& owner) const;

  /// `work` is called once, on one of the threads; where the queue ends first it is not called.
  /// Errors  rate_limited where the owner has kOfOneOwnerMost already; busy at kWaitingMost; conflict: there is a job of this id
  Result<void> add(const std::string& owner, const std::string& id, std::function<void(const JobControl&)> work);

  /// Asks a job to end: one that waits is called at its turn with `is_stopped()` true. Whether there was one.
  bool stop(const std::string& id);

  bool has(const std::string& id) const;
  std::size_t size() const;

 private:
  struct Job {
    std::string owner;
    std::string id;
    std::function<void(const JobControl&)> work;
    JobControl control;
  };
  using JobPtr = std::shared_ptr<Job>;
  void serve();
  JobPtr take();

  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::map<std::string, std::deque<JobPtr>> waiting_;  // by owner; no empty ones
  std::map<std::string, JobPtr> jobs_;                 // by id: those that wait and those that run
  std::map<std::string, std::size_t> of_owner_;
  std::string last_;  // the owner who had the last turn
  std::size_t waiting_count_ = 0;
  bool ending_ = false;
  Gauge& waiting_gauge_;
  Counter& begun_;
  Counter& refused_;
  std::vector<std::thread> threads_;
};

/// Threads for such work on this machine: one fewer than its cores, at least one.
std::size_t job_threads();

/// Lowers the calling thread to what runs only where nothing else wants to: SCHED_IDLE.
void make_idle();

}  // namespace cw::lab
