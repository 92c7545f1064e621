#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cw {

/// Only rises. Thread-safe, lock-free.
class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Rises and falls. Thread-safe, lock-free.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// Every metric of a process, by name and labels. Names follow Prometheus' rules: `candlewick_feed_messages_total`.
/// `counter` and `gauge` make the metric at the first call and give the same one afterwards; the reference stays valid
/// as long as the registry. Bounded: labels come from our own short lists, never from input.
/// Thread-safe; look a metric up once and keep the reference where it is hot.
class Metrics {
 public:
  Counter& counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels = {});

  struct Sample {
    std::string name;
    std::string help;
    MetricLabels labels;
    bool is_counter;
    double value;
  };
  /// A copy of every metric as it stands, in order of first use.
  std::vector<Sample> collect() const;

 private:
  struct Entry {
    std::string name;
    std::string help;
    MetricLabels labels;
    bool is_counter;
    Counter counter{};
    Gauge gauge{};
  };
  Entry& find_or_make(std::string_view name, std::string_view help, MetricLabels labels, bool is_counter);

  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
};

}  // namespace cw
