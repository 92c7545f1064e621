#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/metrics.h"

namespace cw::lab {

/// What a job looks at while it works. Any thread.
class JobControl {
 public:
  /// `waiting`: how many jobs wait for a thread. It outlives the control.
  explicit JobControl(const std::atomic<std::size_t>& waiting) : waiting_(waiting) {}

  bool is_stopped() const { return stopped_.load(std::memory_order_relaxed); }
  void stop() { stopped_.store(true, std::memory_order_relaxed); }

  /// Whether some job, whoever's, waits for a thread: long work that can go on later gives way then.
  bool is_waited_for() const { return waiting_.load(std::memory_order_relaxed) > 0; }

 private:
  std::atomic<bool> stopped_{false};
  const std::atomic<std::size_t>& waiting_;
};

/// How a job's turn ended.
enum class Turn : std::uint8_t {
  over,   // its work is done
  again,  // it gave way, and goes on at its next turn
};

/// Called on one of the queue's threads, once a turn; never on two at the same time.
using JobWork = std::function<Turn(const JobControl&)>;

/// Long work of people: runs and sweeps. A few threads of the lowest priority take it in turns from those who wait, the next
/// one of whoever had the least turns lately, so that nobody's sweeps keep another's run waiting. A job that gives way waits
/// behind all other jobs of its owner. Thread-safe.
///
/// Metrics: candlewick_lab_jobs_waiting, those that gave way among them; candlewick_lab_jobs_total, each once, however many
/// turns it takes; candlewick_lab_jobs_refused_total.
class JobQueue {
 public:
  static constexpr std::size_t kOfOneOwnerMost = 8;   // that wait or run
  static constexpr std::size_t kWaitingMost = 1'000;  // a job that gives way comes back even so

  /// `on_start` is called first on each thread, where it may lower its priority.
  JobQueue(std::size_t threads, Metrics& metrics, std::function<void()> on_start);
  /// Stops what runs and waits for its end; what waits is neither begun nor gone on with.
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  /// Whether the owner may hand in one more. A place that is promised by true may be gone by the time of `add`.
  bool has_room(const std::string& owner) const;

  /// `work` is called on one of the threads, and again at a later turn for as long as it answers `again`: all that time it has
  /// its place among those of its owner. Where the queue ends first it is not called any more.
  /// Errors  rate_limited where the owner has kOfOneOwnerMost already; busy at kWaitingMost; conflict: there is a job of this id
  Result<void> add(const std::string& owner, const std::string& id, JobWork work);

  /// Asks a job to end: one that waits, or gave way, is called at its turn with `is_stopped()` true. Whether there was one.
  bool stop(const std::string& id);

  /// Takes a job out that waits, or gave way: it is not called again, and its place is free at once. One that runs is asked to
  /// end. Whether there was one.
  bool drop(const std::string& id);

  bool has(const std::string& id) const;
  std::size_t size() const;

 private:
  struct Job {
    Job(std::string its_owner, std::string its_id, JobWork its_work, const std::atomic<std::size_t>& waiting)
        : owner(std::move(its_owner)), id(std::move(its_id)), work(std::move(its_work)), control(waiting) {}

    std::string owner;
    std::string id;
    JobWork work;
    JobControl control;
    bool is_begun = false;
  };
  using JobPtr = std::shared_ptr<Job>;
  void serve();
  JobPtr take();
  void put(JobPtr job);
  void forget(const Job& job);

  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::map<std::string, std::deque<JobPtr>> waiting_;  // by owner; no empty ones
  std::map<std::string, JobPtr> jobs_;                 // by id: those that wait and those that run
  std::map<std::string, std::size_t> of_owner_;
  std::string last_;                           // the owner who had the last turn
  std::atomic<std::size_t> waiting_count_{0};  // written under the lock, looked at by what runs
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
