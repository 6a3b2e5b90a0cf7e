// The threads of one run: each works on its own share of every step, and they wait for each other between steps. They
// live as long as the run; nothing is kept, so requests at the same time share nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>

namespace aisle::engine {

// Spins for some microseconds, which is what a step takes, then sleeps, so that a busy machine is not kept busier.
class Barrier {
 public:
  explicit Barrier(std::size_t count) : count_(count) {}
  void wait();
  // Lets everybody through for good: one of them has failed.
  void open();

 private:
  std::size_t count_;
  std::atomic<std::size_t> arrived_{0};
  std::atomic<unsigned> turn_{0};
  std::atomic<bool> open_{false};
};

// A range of [0, count) for each of `parts`, in multiples of `unit`.
struct Range {
  std::size_t begin = 0, end = 0;
};
Range share_of(std::size_t count, std::size_t part, std::size_t parts, std::size_t unit = 1);

// What one thread of a team does, of how many.
using TeamBody = std::function<void(std::size_t member, std::size_t members, Barrier& barrier)>;
using StartThread = std::function<std::jthread(std::function<void()>)>;
std::jthread start_thread(std::function<void()> body);

// `body` on `size` threads, the calling one among them; on the calling one alone, as a team of one, where the system
// has no more threads. The first exception is thrown to the caller.
void run_team(std::size_t size, const TeamBody& body, const StartThread& start = start_thread);

}  // namespace aisle::engine
