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

bool Barrier::wait() {
  const unsigned turn = turn_.load(std::memory_order_acquire);
  if (is_open()) return false;
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) {
    arrived_.store(0, std::memory_order_relaxed);
    turn_.fetch_add(1, std::memory_order_acq_rel);
    turn_.notify_all();
    return true;
  }
  for (int i = 0; i < kSpins && turn_.load(std::memory_order_acquire) == turn; ++i) pause_a_moment();
  turn_.wait(turn, std::memory_order_acquire);
  return !is_open();
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

// One run.
struct Team::Work {
  std::size_t size;
  const TeamBody& body;
  Barrier barrier{size};
  std::mutex mutex = {};
  std::exception_ptr failure = {};

  void run(std::size_t member) {
    try {
      body(member, size, barrier);
    } catch (...) {
      const std::scoped_lock lock(mutex);
      if (!failure) failure = std::current_exception();
      barrier.open();
    }
  }
};

Team::~Team() {
  work_ = nullptr;
  for (const auto& other : others_) {
    other->turn.fetch_add(1);
    other->turn.notify_one();
  }
}

// Whether there are so many; starts those that are missing.
bool Team::has(std::size_t size) {
  try {
    others_.reserve(size - 1);
    while (others_.size() + 1 < size) {
      auto fresh = std::make_unique<Member>();
      fresh->thread =
          start_([this, member = others_.size() + 1, &turn = fresh->turn] { wait_for_turns(member, turn); });
      others_.push_back(std::move(fresh));
    }
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void Team::wait_for_turns(std::size_t member, std::atomic<unsigned>& turn) {
  for (unsigned seen = 0;; ++seen) {
    turn.wait(seen);
    Work* work = work_;
    if (work == nullptr) return;
    work->run(member);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
  }
}

void Team::run(std::size_t size, const TeamBody& body) {
  if (size <= 1 || !has(size)) {
    Barrier alone(1);
    return body(0, 1, alone);
  }
  Work work{size, body};
  work_ = &work;
  busy_ = size - 1;
  for (std::size_t i = 0; i + 1 < size; ++i) {
    others_[i]->turn.fetch_add(1);
    others_[i]->turn.notify_one();
  }
  work.run(0);
  for (int i = 0; i < kSpins && busy_.load(std::memory_order_acquire) > 0; ++i) pause_a_moment();
  for (std::size_t left = busy_; left > 0; left = busy_) busy_.wait(left);
  if (work.failure) std::rethrow_exception(work.failure);
}

void Team::share(std::size_t count, std::size_t size, const std::function<void(std::size_t)>& body) {
  std::atomic<std::size_t> next{0};
  run(std::min(size, count), [&](std::size_t, std::size_t, Barrier& barrier) {
    for (std::size_t i = next++; i < count && !barrier.is_open(); i = next++) body(i);
  });
}

}  // namespace aisle::engine
