// What operators watch, in Prometheus' text form. Counting takes atomics only: whoever counts often asks once for
// the counter and keeps it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/prediction.h"

namespace aisle {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double n) { value_.fetch_add(n, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

class Histogram {
 public:
  // Upper, inclusive, rising; a last bucket has none. They live for ever.
  explicit Histogram(const std::vector<double>& limits) : limits_(limits), counts_(limits.size() + 1) {}
  void observe(double value);

  struct Reading {
    const std::vector<double>& limits;
    std::vector<std::uint64_t> counts;  // one a bucket, not cumulated
    double sum = 0;
  };
  Reading read() const;

 private:
  const std::vector<double>& limits_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

// Seconds, in fixed buckets from 50 microseconds to 10 seconds.
struct LatencyHistogram : Histogram {
  LatencyHistogram();
};

// How many together: 1, 2, 4, ... 128.
struct SizeHistogram : Histogram {
  SizeHistogram();
};

// What a model's queue counts.
struct QueueMetrics {
  Gauge& waiting;
  SizeHistogram& batch_items;
  LatencyHistogram& wait_seconds;
  Counter& expired;  // past their deadline
  Counter& refused;  // the queue was full
};

// What a thread counts for one served version.
struct PredictionCounters {
  Counter& sure;
  Counter& unsure;

  void count(Decision decision) const { (decision == Decision::kSure ? sure : unsure).add(); }
};

struct BuildInfo {
  std::string version;
  std::string code;  // commit, where known
  std::string compiler;
};

// One served version, as the gauges show it at the moment of the reading.
struct ServedVersion {
  std::string task;
  std::int64_t version = 0;
  double load_seconds = 0;
};

class Metrics {
 public:
  explicit Metrics(const BuildInfo& build);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // These take a lock; what they return lives as long as this object. Thread-safe.
  Counter& requests(std::string_view route, std::string_view method, int status);
  LatencyHistogram& request_seconds(std::string_view route);
  PredictionCounters predictions(std::string_view task, std::int64_t version);
  QueueMetrics queue(std::string_view task, std::int64_t version);
  Counter& refused(std::string_view reason);  // connections and requests that were not let in

  Gauge& connections();
  Gauge& requests_in_flight();

  // Everything in the text exposition format 0.0.4.
  std::string text(const std::vector<ServedVersion>& served) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aisle
