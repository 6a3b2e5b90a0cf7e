#include "observe/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <limits>
#include <map>
#include <mutex>
#include <sstream>
#include <tuple>
#include <utility>

#include "core/files.h"

namespace aisle {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

prometheus::ClientMetric labelled(const Labels& labels) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  return metric;
}

prometheus::MetricFamily family(const std::string& name, const std::string& help, prometheus::MetricType type) {
  return {name, help, type, {}};
}

prometheus::ClientMetric gauge_metric(double value, const Labels& labels = {}) {
  prometheus::ClientMetric metric = labelled(labels);
  metric.gauge.value = value;
  return metric;
}

prometheus::ClientMetric counter_metric(double value, const Labels& labels = {}) {
  prometheus::ClientMetric metric = labelled(labels);
  metric.counter.value = value;
  return metric;
}

prometheus::ClientMetric histogram_metric(const Histogram& histogram, const Labels& labels) {
  prometheus::ClientMetric metric = labelled(labels);
  const Histogram::Reading reading = histogram.read();
  const std::vector<double>& limits = reading.limits;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < reading.counts.size(); ++i) {
    total += reading.counts[i];
    metric.histogram.bucket.push_back({total, i < limits.size() ? limits[i] : std::numeric_limits<double>::infinity()});
  }
  metric.histogram.sample_count = total;
  metric.histogram.sample_sum = reading.sum;
  return metric;
}

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double processor_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

}  // namespace

void Histogram::observe(double value) {
  const auto bucket = static_cast<std::size_t>(std::ranges::lower_bound(limits_, value) - limits_.begin());
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Reading Histogram::read() const {
  Reading reading{limits_, {}, 0};
  for (const auto& count : counts_) reading.counts.push_back(count.load(std::memory_order_relaxed));
  reading.sum = sum_.load(std::memory_order_relaxed);
  return reading;
}

LatencyHistogram::LatencyHistogram()
    : Histogram([]() -> const std::vector<double>& {
        static const std::vector<double> kLimits = {50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3,
                                                    50e-3, 0.1,    0.25,   0.5,    1,    2.5,    5,    10};
        return kLimits;
      }()) {}

SizeHistogram::SizeHistogram()
    : Histogram([]() -> const std::vector<double>& {
        static const std::vector<double> kLimits = {1, 2, 4, 8, 16, 32, 64, 128};
        return kLimits;
      }()) {}

struct Metrics::State {
  struct Queue {
    Gauge waiting;
    SizeHistogram batch_items;
    LatencyHistogram wait_seconds;
    Counter expired, refused;
  };
  struct VersionCounters {
    Counter sure, unsure;
  };
  BuildInfo build;
  double start_seconds = static_cast<double>(std::time(nullptr));
  Gauge connections, in_flight;
  mutable std::mutex mutex;  // the maps; their values never move
  std::map<std::tuple<std::string, std::string, int>, Counter> requests;
  std::map<std::string, LatencyHistogram> seconds;
  std::map<std::pair<std::string, std::int64_t>, VersionCounters> predictions;
  std::map<std::pair<std::string, std::int64_t>, Queue> queues;
  std::map<std::string, Counter> refused;

  void add_queues(std::vector<prometheus::MetricFamily>& families) const;
};

Metrics::Metrics(const BuildInfo& build) : state_(std::make_unique<State>()) {
  state_->build = build;
}
Metrics::~Metrics() = default;

Counter& Metrics::requests(std::string_view route, std::string_view method, int status) {
  const std::lock_guard lock(state_->mutex);
  return state_->requests[{std::string(route), std::string(method), status}];
}

LatencyHistogram& Metrics::request_seconds(std::string_view route) {
  const std::lock_guard lock(state_->mutex);
  return state_->seconds[std::string(route)];
}

PredictionCounters Metrics::predictions(std::string_view task, std::int64_t version) {
  const std::lock_guard lock(state_->mutex);
  State::VersionCounters& counters = state_->predictions[{std::string(task), version}];
  return {counters.sure, counters.unsure};
}

QueueMetrics Metrics::queue(std::string_view task, std::int64_t version) {
  const std::lock_guard lock(state_->mutex);
  State::Queue& queue = state_->queues[{std::string(task), version}];
  return {queue.waiting, queue.batch_items, queue.wait_seconds, queue.expired, queue.refused};
}

void Metrics::State::add_queues(std::vector<prometheus::MetricFamily>& families) const {
  using prometheus::MetricType;
  auto waiting = family("aisle_queue_items", "Items that wait for a model", MetricType::Gauge);
  auto sizes = family("aisle_batch_items", "Items that a model answered together", MetricType::Histogram);
  auto waits = family("aisle_queue_wait_seconds", "From the queue to the batch", MetricType::Histogram);
  auto left = family("aisle_queue_unanswered_total", "Items that the model did not come to", MetricType::Counter);
  for (const auto& [key, queue] : queues) {
    const Labels labels = {{"task", key.first}, {"version", std::to_string(key.second)}};
    waiting.metric.push_back(gauge_metric(queue.waiting.value(), labels));
    sizes.metric.push_back(histogram_metric(queue.batch_items, labels));
    waits.metric.push_back(histogram_metric(queue.wait_seconds, labels));
    for (const auto& [reason, counter] : {std::pair{"expired", &queue.expired}, std::pair{"refused", &queue.refused}}) {
      Labels with_reason = labels;
      with_reason.emplace_back("reason", reason);
      left.metric.push_back(counter_metric(static_cast<double>(counter->value()), with_reason));
    }
  }
  for (auto* one : {&waiting, &sizes, &waits, &left}) families.push_back(std::move(*one));
}

Counter& Metrics::refused(std::string_view reason) {
  const std::lock_guard lock(state_->mutex);
  return state_->refused[std::string(reason)];
}

Gauge& Metrics::connections() {
  return state_->connections;
}
Gauge& Metrics::requests_in_flight() {
  return state_->in_flight;
}

std::string Metrics::text(const std::vector<ServedVersion>& served) const {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;
  const auto add = [&](const char* name, const char* help, MetricType type) -> std::vector<prometheus::ClientMetric>& {
    families.push_back(family(name, help, type));
    return families.back().metric;
  };
  {
    const std::lock_guard lock(state_->mutex);
    auto* metrics = &add("aisle_http_requests_total", "Answered requests", MetricType::Counter);
    for (const auto& [key, counter] : state_->requests) {
      metrics->push_back(counter_metric(
          static_cast<double>(counter.value()),
          {{"route", std::get<0>(key)}, {"method", std::get<1>(key)}, {"status", std::to_string(std::get<2>(key))}}));
    }
    metrics =
        &add("aisle_http_request_seconds", "From a request's head to the end of its answer", MetricType::Histogram);
    for (const auto& [route, histogram] : state_->seconds)
      metrics->push_back(histogram_metric(histogram, {{"route", route}}));
    metrics = &add("aisle_predictions_total", "Answers given, by what was decided", MetricType::Counter);
    for (const auto& [key, counters] : state_->predictions) {
      const Labels labels = {{"task", key.first}, {"version", std::to_string(key.second)}};
      for (const auto& [decision, counter] :
           {std::pair{"sure", &counters.sure}, std::pair{"unsure", &counters.unsure}}) {
        Labels with_decision = labels;
        with_decision.emplace_back("decision", decision);
        metrics->push_back(counter_metric(static_cast<double>(counter->value()), with_decision));
      }
    }
    state_->add_queues(families);
    metrics = &add("aisle_http_refused_total", "Connections and requests that were not let in", MetricType::Counter);
    for (const auto& [reason, counter] : state_->refused)
      metrics->push_back(counter_metric(static_cast<double>(counter.value()), {{"reason", reason}}));
  }
  add("aisle_http_connections", "Open connections", MetricType::Gauge)
      .push_back(gauge_metric(state_->connections.value()));
  add("aisle_http_requests_in_flight", "Requests that are read or answered, without those that wait for a network",
      MetricType::Gauge)
      .push_back(gauge_metric(state_->in_flight.value()));
  auto* metrics = &add("aisle_model_version", "The version that is served", MetricType::Gauge);
  for (const ServedVersion& model : served)
    metrics->push_back(gauge_metric(static_cast<double>(model.version), {{"task", model.task}}));
  metrics = &add("aisle_model_load_seconds", "How long opening the served version took", MetricType::Gauge);
  for (const ServedVersion& model : served)
    metrics->push_back(gauge_metric(model.load_seconds, {{"task", model.task}}));
  add("aisle_build_info", "Always 1; the labels tell the build", MetricType::Gauge)
      .push_back(gauge_metric(
          1, {{"version", state_->build.version}, {"code", state_->build.code}, {"compiler", state_->build.compiler}}));
  add("process_resident_memory_bytes", "Resident memory", MetricType::Gauge).push_back(gauge_metric(resident_bytes()));
  add("process_peak_memory_bytes", "Highest resident memory so far", MetricType::Gauge)
      .push_back(gauge_metric(static_cast<double>(peak_memory_bytes())));
  add("process_cpu_seconds_total", "Processor time used", MetricType::Counter)
      .push_back(counter_metric(processor_seconds()));
  add("process_start_time_seconds", "Start, in seconds since 1970", MetricType::Gauge)
      .push_back(gauge_metric(state_->start_seconds));
  std::erase_if(families, [](const prometheus::MetricFamily& one) { return one.metric.empty(); });
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return out.str();
}

}  // namespace aisle
