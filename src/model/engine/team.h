// The threads that work together on one run: each on its own share of every step, and they wait for each other between
// steps. A team sleeps between runs: a fresh thread begins up to three milliseconds later than one that is woken,
// because the system puts it on the processor of who starts it. Who runs takes a team of its own, so requests share
// nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace aisle::engine {

// Spins for a tenth of a millisecond or two, which is what a step takes, then sleeps, so that a busy machine is not
// kept busier.
class Barrier {
 public:
  explicit Barrier(std::size_t count) : count_(count) {}
  // False once it is open: what the others should have done is not there.
  bool wait();
  // Lets everybody through for good: one of them has failed.
  void open();
  bool is_open() const { return open_.load(std::memory_order_relaxed); }

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

class Team {
 public:
  explicit Team(StartThread start = start_thread) : start_(std::move(start)) {}
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  // `body` on `size` threads, the calling one among them; on the calling one alone, as a team of one, where the system
  // has no more threads. The first exception is thrown to the caller. One run at a time.
  void run(std::size_t size, const TeamBody& body);
  // body(i) for i in [0, count), handed out one at a time.
  void share(std::size_t count, std::size_t size, const std::function<void(std::size_t)>& body);

 private:
  struct Member {
    std::atomic<unsigned> turn{0};
    std::jthread thread;
  };
  struct Work;

  bool has(std::size_t size);
  void wait_for_turns(std::size_t member, std::atomic<unsigned>& turn);

  StartThread start_;
  std::vector<std::unique_ptr<Member>> others_;
  Work* work_ = nullptr;              // null when turns come: the end
  std::atomic<std::size_t> busy_{0};  // others that have not ended their turn
};

}  // namespace aisle::engine
