// One item on its way through the queue of a dear model, shared by who asked and who answers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>

#include "domain/item.h"
#include "domain/prediction.h"
#include "serve/wake.h"

namespace aisle {

using SteadyTime = std::chrono::steady_clock::time_point;

class Ticket {
 public:
  // What is asked; not changed once it is in a queue.
  Item item;
  std::size_t top_k = 5;
  std::size_t evidence = 0;                 // words that explain the first label; 0: none
  SteadyTime deadline = SteadyTime::max();  // what has not begun by then is not computed

  // The answer, once it is done; `wake` is called then.
  Prediction prediction;
  Explanation explanation;
  std::exception_ptr failure;  // then there is no other answer

  Wake wake;

  // The answer is complete.
  void finish() {
    state_.store(State::kDone, std::memory_order_release);
    wake.call();
  }
  bool is_done() const { return state_.load(std::memory_order_acquire) == State::kDone; }

  // A worker takes it; false where nobody waits for it any more.
  bool begin() { return move_on(State::kBegun); }
  // Nobody waits for it any more; false where it has begun.
  bool drop() { return move_on(State::kDropped); }
  bool is_dropped() const { return state_.load() == State::kDropped; }

  std::size_t bytes() const {
    std::size_t bytes = item.picture.size();
    for (const std::string& text : item.texts) bytes += text.size();
    return bytes;
  }

 private:
  enum class State { kWaiting, kBegun, kDone, kDropped };
  bool move_on(State to) {
    State waiting = State::kWaiting;
    return state_.compare_exchange_strong(waiting, to);
  }
  std::atomic<State> state_{State::kWaiting};
};

}  // namespace aisle
