#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "api/operations.h"

namespace cw::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily single(std::string name, std::string help, MetricType type, double value) {
  MetricFamily family{std::move(name), std::move(help), type, {}};
  ClientMetric& metric = family.metric.emplace_back();
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return family;
}

double resident_bytes() {
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  long total = 0;
  long resident = 0;
  const int read = std::fscanf(file, "%ld %ld", &total, &resident);
  std::fclose(file);
  return read == 2 ? static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) : 0;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void add_process(std::vector<MetricFamily>& families) {
  families.push_back(
      single("process_resident_memory_bytes", "Resident memory size in bytes.", MetricType::Gauge, resident_bytes()));
  families.push_back(single("process_cpu_seconds_total", "User and system CPU time spent in seconds.",
                            MetricType::Counter, cpu_seconds()));
}

}  // namespace

std::string metrics_text(const Metrics& metrics) {
  std::vector<MetricFamily> families;
  std::map<std::string, std::size_t, std::less<>> places;  // one family a name, however many labels
  for (const Metrics::Sample& sample : metrics.collect()) {
    const MetricType type = sample.is_counter ? MetricType::Counter : MetricType::Gauge;
    const auto [place, is_new] = places.try_emplace(sample.name, families.size());
    if (is_new) families.push_back({sample.name, sample.help, type, {}});
    ClientMetric& metric = families[place->second].metric.emplace_back();
    for (const auto& [label, value] : sample.labels) metric.label.push_back({label, value});
    (sample.is_counter ? metric.counter.value : metric.gauge.value) = sample.value;
  }
  add_process(families);
  return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace cw::api
