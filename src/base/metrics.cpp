#include "base/metrics.h"

#include "base/require.h"

namespace cw {

Metrics::Entry& Metrics::find_or_make(std::string_view name, std::string_view help, MetricLabels labels,
                                      bool is_counter) {
  const std::scoped_lock lock{mutex_};
  for (Entry& entry : entries_) {
    if (entry.name == name && entry.labels == labels) {
      CW_REQUIRE(entry.is_counter == is_counter);
      return entry;
    }
  }
  Entry& entry = entries_.emplace_back();
  entry.name = name;
  entry.help = help;
  entry.labels = std::move(labels);
  entry.is_counter = is_counter;
  return entry;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_make(name, help, std::move(labels), true).counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_make(name, help, std::move(labels), false).gauge;
}

std::vector<Metrics::Sample> Metrics::collect() const {
  const std::scoped_lock lock{mutex_};
  std::vector<Sample> samples;
  samples.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    const double value = entry.is_counter ? static_cast<double>(entry.counter.value()) : entry.gauge.value();
    samples.push_back({entry.name, entry.help, entry.labels, entry.is_counter, value});
  }
  return samples;
}

}  // namespace cw
