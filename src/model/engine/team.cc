#include "model/engine/team.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>
#include <vector>

namespace aisle::engine {
namespace {

constexpr int kSpins = 6000;

void pause_a_moment() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

void Barrier::wait() {
  const unsigned turn = turn_.load(std::memory_order_acquire);
  if (open_.load(std::memory_order_relaxed)) return;
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) {
    arrived_.store(0, std::memory_order_relaxed);
    turn_.fetch_add(1, std::memory_order_acq_rel);
    turn_.notify_all();
    return;
  }
  for (int i = 0; i < kSpins; ++i) {
    if (turn_.load(std::memory_order_acquire) != turn) return;
    pause_a_moment();
  }
  turn_.wait(turn, std::memory_order_acquire);
}

void Barrier::open() {
  open_.store(true, std::memory_order_relaxed);
  turn_.fetch_add(1, std::memory_order_acq_rel);
  turn_.notify_all();
}

Range share_of(std::size_t count, std::size_t part, std::size_t parts, std::size_t unit) {
  const std::size_t units = (count + unit - 1) / unit;
  return {std::min(count, units * part / parts * unit), std::min(count, units * (part + 1) / parts * unit)};
}

std::jthread start_thread(std::function<void()> body) {
  return std::jthread(std::move(body));
}

namespace {

// The members of one team. They begin when all of them are there, or not at all.
class Team {
 public:
  Team(std::size_t size, const TeamBody& body) : size_(size), body_(body), barrier_(size) {}

  // False where not all threads could be started; then nobody has begun.
  bool run(const StartThread& start) {
    std::vector<std::jthread> others;
    others.reserve(size_);
    bool complete = true;
    try {
      for (std::size_t member = 1; member < size_; ++member) {
        others.push_back(start([this, member] {
          word_.wait(kWait);
          if (word_ == kGo) work(member);
        }));
      }
    } catch (const std::system_error&) {
      complete = false;
    }
    word_ = complete ? kGo : kNo;
    word_.notify_all();
    if (complete) work(0);
    others.clear();  // waits for them
    if (failure_) std::rethrow_exception(failure_);
    return complete;
  }

 private:
  static constexpr int kWait = 0, kGo = 1, kNo = 2;

  void work(std::size_t member) {
    try {
      body_(member, size_, barrier_);
      barrier_.wait();
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      barrier_.open();
    }
  }

  std::size_t size_;
  const TeamBody& body_;
  Barrier barrier_;
  std::atomic<int> word_{kWait};
  std::mutex mutex_;
  std::exception_ptr failure_;
};

}  // namespace

void run_team(std::size_t size, const TeamBody& body, const StartThread& start) {
  if (size > 1 && Team(size, body).run(start)) return;
  Barrier alone(1);
  body(0, 1, alone);
}

}  // namespace aisle::engine
