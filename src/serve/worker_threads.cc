#include "serve/worker_threads.h"

#include <system_error>
#include <utility>

namespace aisle {

bool WorkerThreads::start(std::function<void()> work, Need need) {
  const std::lock_guard lock(mutex_);
  places_.remove_if([](const Place& place) { return place.ended.load(); });
  if (need == Need::kMay && places_.size() >= max_threads_) return false;
  Place& place = places_.emplace_back();
  try {
    place.thread = std::jthread([&place, work = std::move(work)]() mutable {
      work();
      work = nullptr;  // may free a network, which takes a while: before anybody joins
      place.ended = true;
    });
  } catch (const std::system_error&) {
    places_.pop_back();
    return false;
  }
  return true;
}

}  // namespace aisle
