// What is served now. Every task's production model is open and shared; a watcher sees a promotion, opens the new
// version away from the serving threads and swaps it in. Requests under way finish on the version they started with.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "observe/metrics.h"
#include "serve/batcher.h"
#include "serve/model_source.h"
#include "serve/other_versions.h"
#include "serve/served_model.h"
#include "serve/worker_threads.h"

namespace aisle {

// A task and how it is served.
struct ServedTask {
  Task task;
  std::shared_ptr<const ServedModel> production;  // null: not trained yet, or not to be opened
  std::string problem;                            // why there is no model, or why an older one still answers
  std::int64_t wanted_version = 0;                // 0: not trained yet

  bool operator==(const ServedTask&) const = default;
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
  ~Predictor();  // waits for what is being opened
  Predictor(const Predictor&) = delete;
  Predictor& operator=(const Predictor&) = delete;

  // Grows with every swap; cheap. Threads keep the table and take it again when this has grown.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  std::shared_ptr<const ServedTable> table() const;

  // A version that is not production ("3", "candidate"); null where it is not open.
  std::shared_ptr<const ServedModel> find_other(std::string_view task, std::string_view version) {
    return others_.find(task, version);
  }
  // Opens it away from the caller; the opening's wake is called then. kOverloaded when many wait.
  void open_other(std::shared_ptr<Opening> opening) { others_.open(std::move(opening)); }
  // Refuses those that wait past their deadline.
  void expire_openings(SteadyTime now) { others_.expire(now); }
  std::size_t max_other_versions() const { return options_.max_other_versions; }

  // Empty when ready: every production model is open and the source could be read. Else the reasons.
  std::vector<std::string> reasons_not_ready() const;

 private:
  // Of opening the version that a task wants. A task that is slow to open holds up no other.
  struct Attempt {
    std::int64_t version = 0;  // wanted
    std::int64_t opening = 0;  // by one of the loaders; 0: none
    int failures = 0;
    SteadyTime again = SteadyTime::min();  // not before
    std::string problem;                   // of the last failure
    std::shared_ptr<const ServedModel> model;
  };
  struct Outcome {
    std::int64_t task = 0, version = 0;
    std::shared_ptr<const ServedModel> model;
    std::string problem;
  };

  void watch();
  // Watcher only, and the constructor before it:
  void refresh();
  bool read_source();  // true: it has changed
  bool take_outcomes();
  void publish_what_changed();
  bool is_opening() const;
  ServedTask serve(const ModelRef& ref, const ServedTable& current);
  void begin_opening(const ModelRef& ref, Attempt& attempt);
  void end_attempt(std::int64_t task, std::int64_t version);

  std::shared_ptr<const ServedModel> open(const ModelRef& ref);
  std::shared_ptr<const ServedModel> open_other_version(const ModelRef& ref);

  ModelSource& source_;
  Metrics& metrics_;
  const PredictorOptions options_;
  WorkerThreads workers_;  // outlives the models
  const std::shared_ptr<ModelBin> bin_ = std::make_shared<ModelBin>();
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint64_t> next_serial_{1};

  mutable std::mutex mutex_;  // table_, source_problem_, outcomes_, stopping_
  std::shared_ptr<const ServedTable> table_;
  std::string source_problem_;
  std::vector<Outcome> outcomes_;
  bool stopping_ = false;
  std::condition_variable wake_;

  // Watcher only, after construction.
  std::int64_t seen_counter_ = -1;
  std::vector<ModelRef> wanted_;              // by task name
  std::map<std::int64_t, Attempt> attempts_;  // by task id

  std::thread watcher_;
  OtherVersions others_;
  WorkerThreads loaders_{0};  // ends before what its threads use
};

}  // namespace aisle
