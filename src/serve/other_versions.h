// Versions that are asked for by number, alias or kind: they are found, opened and kept open away from who asks, as a
// network takes a while to load and a serving thread has others to answer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "serve/model_source.h"
#include "serve/ticket.h"
#include "serve/wake.h"
#include "serve/worker_threads.h"

namespace aisle {

struct ServedModel;

// What is to be opened, and what came of it, once `wake` was called.
struct Opening {
  std::string task, version;
  SteadyTime deadline = SteadyTime::max();
  std::shared_ptr<const ServedModel> model;
  std::exception_ptr failure;  // then there is no model
  Wake wake;
};

// Thread-safe. The threads start with the first opening.
class OtherVersions {
 public:
  using ModelPtr = std::shared_ptr<const ServedModel>;
  using Find = std::function<ModelRef(std::string_view task, std::string_view version)>;
  using Open = std::function<ModelPtr(const ModelRef& ref)>;

  // `most`: so many are kept open.
  OtherVersions(Find find, Open open, std::size_t most) : find_(std::move(find)), open_(std::move(open)), most_(most) {}
  ~OtherVersions();  // waits for what is being opened
  OtherVersions(const OtherVersions&) = delete;
  OtherVersions& operator=(const OtherVersions&) = delete;

  // Null where it is not open, or not known under this name.
  ModelPtr find(std::string_view task, std::string_view version);
  // The name is looked up at once, whatever is being opened meanwhile; a version is opened once for all who wait for
  // it, and what failed is not tried again for a moment. kOverloaded when too many wait.
  void open(std::shared_ptr<Opening> opening);
  // Refuses those whose deadline has passed; what is being opened for them will be open for the next.
  void expire(SteadyTime now);
  // Aliases may have moved and versions may be gone: names are looked up anew.
  void forget_names();

 private:
  struct Waiting {
    std::shared_ptr<Opening> opening;
    std::uint64_t epoch = 0;  // when its name was looked up
  };
  struct Load {
    ModelRef ref;
    bool begun = false;
    std::vector<Waiting> waiting;
  };
  struct Kept {
    ModelPtr model;
    std::vector<std::string> names;  // "task/name"
  };
  struct Failure {
    std::int64_t task = 0, version = 0;
    std::exception_ptr why;
    SteadyTime until;
  };

  void look_up_names();
  void load(const ModelRef& ref);
  // With the lock held:
  void place(const ModelRef& ref, Waiting waiting);
  void begin_loads();
  void finish(const std::shared_ptr<Opening>& opening, ModelPtr model, std::exception_ptr failure);
  void keep_name(Kept& kept, const Waiting& waiting);

  const Find find_;
  const Open open_;
  const std::size_t most_;
  std::mutex mutex_;  // all below
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Opening>> asked_;
  std::list<Load> loads_;
  std::vector<Kept> kept_;  // least recently used first
  std::deque<Failure> failures_;
  std::uint64_t epoch_ = 0;
  std::size_t unanswered_ = 0;
  bool stopping_ = false;
  std::thread thread_;
  WorkerThreads loaders_{0};  // ends before what its threads use
};

}  // namespace aisle
