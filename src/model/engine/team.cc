#include "model/engine/team.h"

#include <algorithm>

#include "core/parallel.h"

namespace aisle::engine {
namespace {

constexpr int kSpins = 4000;

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

void run_team(std::size_t size, const std::function<void(std::size_t, Barrier&)>& body) {
  Barrier barrier(size);
  // As many indices as threads, and everybody waits for everybody before the end: each thread takes exactly one.
  parallel_for(size, size, [&](std::size_t member, std::size_t) {
    try {
      body(member, barrier);
      barrier.wait();
    } catch (...) {
      barrier.open();
      throw;
    }
  });
}

}  // namespace aisle::engine
