// The threads that models work on. All together are bounded, but that each model has its first one, and nobody waits
// for one that ends.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace aisle {

class WorkerThreads {
 public:
  explicit WorkerThreads(std::size_t max_threads) : max_threads_(max_threads) {}
  // Waits for all: their work must have been told to end.
  ~WorkerThreads() = default;
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;

  enum class Need {
    kMay,   // refused where there are as many as there may be
    kMust,  // refused only where the system has no more
  };
  // False: refused. What `work` holds is let go of by the thread, when it has ended.
  bool start(std::function<void()> work, Need need);

 private:
  struct Place {
    std::atomic<bool> ended{false};
    std::jthread thread;  // joined before `ended` goes
  };
  const std::size_t max_threads_;
  std::mutex mutex_;
  std::list<Place> places_;
};

}  // namespace aisle
