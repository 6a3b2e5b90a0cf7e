#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace aisle {
namespace {

// Runs body(worker) on `threads` threads, the calling one among them. `stop` tells the others of a failure.
void run_on_all(std::size_t threads, const std::function<void(std::size_t)>& body, const std::function<void()>& stop) {
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&](std::size_t worker) {
    try {
      body(worker);
    } catch (...) {
      {
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
      }
      stop();
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      for (std::size_t worker = 1; worker < threads; ++worker) others.emplace_back(work, worker);
    } catch (const std::system_error&) {
      // The system has no more threads: those that there are do the work.
    }
    work(0);
  }
  if (failure) std::rethrow_exception(failure);
}

// Hands out the pieces of parallel_phases.
class Phases {
 public:
  Phases(std::size_t phases, std::size_t pieces) : phases_(phases), pieces_(pieces) {}

  void work(const std::function<void(std::size_t, std::size_t)>& body) {
    std::uint64_t seen = next_.load();
    while (phase_of(seen) < phases_) {
      if (piece_of(seen) == pieces_) {
        wait(seen);
        seen = next_.load();
      } else if (next_.compare_exchange_weak(seen, seen + 1)) {
        body(phase_of(seen), piece_of(seen));
        if (done_.fetch_add(1) + 1 == pieces_) begin(phase_of(seen) + 1);
        seen = next_.load();
      }
    }
  }

  // After a failure: its piece is never counted as done, so nobody begins another phase.
  void stop() { store(phases_); }

 private:
  // About 50 microseconds: longer than a piece should take, far shorter than the system leaves a thread waiting.
  static constexpr int kSpins = 1000;

  static std::size_t phase_of(std::uint64_t next) { return next >> 32; }
  static std::size_t piece_of(std::uint64_t next) { return next & 0xffffffff; }

  void wait(std::uint64_t seen) const {
    for (int i = 0; i < kSpins; ++i) {
      if (next_.load() != seen) return;
#ifdef __x86_64__
      __builtin_ia32_pause();
#endif
    }
    next_.wait(seen);
  }

  void begin(std::size_t phase) {
    done_.store(0);
    store(phase);
  }
  void store(std::size_t phase) {
    next_.store(std::uint64_t{phase} << 32);
    next_.notify_all();
  }

  const std::size_t phases_, pieces_;
  std::atomic<std::uint64_t> next_{0};  // phase << 32 | pieces of it that are taken
  std::atomic<std::size_t> done_{0};    // pieces of the phase that have ended
};

// The places of ordered_pipeline, as a ring: [given, taken) are in use.
class Pipeline {
 public:
  Pipeline(std::size_t slots, const std::function<bool(std::size_t)>& take,
           const std::function<void(std::size_t)>& give)
      : take_(take), give_(give), done_(slots, false) {}

  // A filled place; nothing at the end.
  std::optional<std::size_t> take() {
    const std::lock_guard one_reader(take_mutex_);
    std::unique_lock lock(mutex_);
    free_.wait(lock, [&] { return stopped_ || taken_ - given_ < done_.size(); });
    if (stopped_) return std::nullopt;
    const std::size_t slot = taken_ % done_.size();
    lock.unlock();
    const bool more = take_(slot);
    lock.lock();
    if (!more) {
      stopped_ = true;
      return std::nullopt;
    }
    ++taken_;
    return slot;
  }

  // Gives every finished place whose turn has come; leaves that to the thread that is giving already, if one is.
  void give(std::size_t slot) {
    std::unique_lock lock(mutex_);
    done_[slot] = true;
    if (giving_) return;
    giving_ = true;
    for (std::size_t turn = given_ % done_.size(); done_[turn]; turn = given_ % done_.size()) {
      lock.unlock();
      give_(turn);
      lock.lock();
      done_[turn] = false;
      ++given_;
      free_.notify_one();
    }
    giving_ = false;
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    free_.notify_all();
  }

 private:
  const std::function<bool(std::size_t)>& take_;
  const std::function<void(std::size_t)>& give_;
  std::mutex take_mutex_;  // held while reading
  std::mutex mutex_;       // of what follows
  std::condition_variable free_;
  std::vector<bool> done_;
  std::size_t taken_ = 0;
  std::size_t given_ = 0;
  bool giving_ = false;
  bool stopped_ = false;
};

}  // namespace

std::size_t thread_count(std::size_t wanted) {
  if (wanted == 0) wanted = std::thread::hardware_concurrency();
  return std::clamp<std::size_t>(wanted, 1, 256);
}

void parallel_for(std::size_t count, std::size_t threads, const std::function<void(std::size_t, std::size_t)>& body) {
  threads = std::min(threads, count);
  if (threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) body(i, 0);
    return;
  }
  std::atomic<std::size_t> next{0};
  run_on_all(
      threads,
      [&](std::size_t worker) {
        for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) body(i, worker);
      },
      [&] { next.store(count); });
}

void parallel_phases(std::size_t phases, std::size_t pieces, std::size_t threads,
                     const std::function<void(std::size_t, std::size_t)>& body) {
  threads = std::min(threads, pieces);
  if (threads <= 1) {
    for (std::size_t phase = 0; phase < phases; ++phase) {
      for (std::size_t piece = 0; piece < pieces; ++piece) body(phase, piece);
    }
    return;
  }
  Phases shared(phases, pieces);
  run_on_all(
      threads, [&](std::size_t) { shared.work(body); }, [&] { shared.stop(); });
}

void ordered_pipeline(std::size_t threads, std::size_t slots, const std::function<bool(std::size_t)>& take,
                      const std::function<void(std::size_t, std::size_t)>& work,
                      const std::function<void(std::size_t)>& give) {
  Pipeline pipeline(slots, take, give);
  run_on_all(
      threads,
      [&](std::size_t worker) {
        while (const auto slot = pipeline.take()) {
          work(*slot, worker);
          pipeline.give(*slot);
        }
      },
      [&] { pipeline.stop(); });
}

}  // namespace aisle
