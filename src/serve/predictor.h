// What is served now. Every task's production model is open and shared; a watcher sees a promotion, opens the new
// version away from the serving threads and swaps it in. Requests under way finish on the version they started with.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "observe/metrics.h"
#include "serve/batcher.h"
#include "serve/model_source.h"
#include "serve/opener.h"
#include "serve/worker_threads.h"

namespace aisle {

// One opened version. Immutable.
struct ServedModel {
  std::uint64_t serial = 0;  // unique in this process: what threads key their own state by
  Task task;
  std::int64_t version = 0;
  std::string model;
  std::shared_ptr<const Classifier> classifier;
  std::unique_ptr<Batcher> batcher;  // of a dear model, which is asked through it alone; null: it is asked in place
  double load_seconds = 0;
};

// A task and how it is served.
struct ServedTask {
  Task task;
  std::shared_ptr<const ServedModel> production;  // null: not trained yet, or not to be opened
  std::string problem;                            // why there is no model, or why an older one still answers
  std::int64_t wanted_version = 0;                // 0: not trained yet
};

// By task name. Immutable; readers keep it as long as they use it.
struct ServedTable {
  std::vector<ServedTask> tasks;

  const ServedTask* find(std::string_view task) const;
  // kNotFound names the tasks there are.
  const ServedTask& require(std::string_view task) const;
};

struct PredictorOptions {
  int poll_ms = 250;
  std::size_t max_other_versions = 4;  // asked for with ?version=, kept open beside production
  BatcherOptions batcher;
  std::size_t max_worker_threads = 64;  // of all dear models together
};

class Predictor {
 public:
  // Opens every production model before it returns; one that cannot be opened is a problem in the table, not an error.
  // `source` and `metrics` must outlive it, and it what it gives.
  Predictor(ModelSource& source, Metrics& metrics, PredictorOptions options = {});
  ~Predictor();
  Predictor(const Predictor&) = delete;
  Predictor& operator=(const Predictor&) = delete;

  // Grows with every swap; cheap. Threads keep the table and take it again when this has grown.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  std::shared_ptr<const ServedTable> table() const;

  // A version that is not production ("3", "candidate"); null where it is not open.
  std::shared_ptr<const ServedModel> find_other(std::string_view task, std::string_view version);
  // Opens it away from the caller; the opening's wake is called then. kOverloaded when many wait.
  void open_other(std::shared_ptr<Opening> opening) { opener_.add(std::move(opening)); }
  // Opens it here. kNotFound.
  std::shared_ptr<const ServedModel> other_version(std::string_view task, std::string_view version);

  // Empty when ready: every production model is open and the source could be read. Else the reasons.
  std::vector<std::string> reasons_not_ready() const;

 private:
  struct OtherVersion {
    std::string key;  // task/version as asked for
    std::shared_ptr<const ServedModel> model;
  };

  void watch();
  void refresh();  // watcher only
  ServedTask serve(const ModelRef& ref, const ServedTable& current);
  std::shared_ptr<const ServedModel> open(const ModelRef& ref);
  void publish(std::shared_ptr<const ServedTable> table);
  void set_source_problem(std::string problem);
  void keep_other(std::string key, std::shared_ptr<const ServedModel> model, std::uint64_t generation_before);

  ModelSource& source_;
  Metrics& metrics_;
  const PredictorOptions options_;
  WorkerThreads workers_;  // outlives the models
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint64_t> next_serial_{1};

  mutable std::mutex mutex_;  // table_, source_problem_, others_, stopping_
  std::shared_ptr<const ServedTable> table_;
  std::string source_problem_;
  std::vector<OtherVersion> others_;  // least recently used first
  bool stopping_ = false;
  std::condition_variable wake_;
  std::int64_t seen_counter_ = -1;  // watcher only, after construction
  std::thread watcher_;
  Opener opener_;
};

}  // namespace aisle
