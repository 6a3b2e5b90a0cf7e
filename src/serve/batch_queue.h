// Which items a model answers together, and when: the rules of batching without their threads. Time is an argument.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "serve/ticket.h"

namespace aisle {

struct BatchBounds {
  std::size_t items = 32;                // of one batch
  std::chrono::microseconds wait{1000};  // for a batch to fill up, where the model is busy
  std::size_t queue_items = 256;         // that wait with Lane::kRequest
  std::size_t queue_bytes = 256 << 20;   // of their texts and pictures
};

enum class Lane {
  kRequest,  // somebody waits for this one answer
  kStream,   // one of many; whoever streams bounds how many are under way
};

// One thread at a time.
class BatchQueue {
 public:
  using TicketPtr = std::shared_ptr<Ticket>;
  struct Entry {
    TicketPtr ticket;
    SteadyTime since;
  };

  explicit BatchQueue(const BatchBounds& bounds) : bounds_(bounds) {}

  // kOverloaded where a request would be one too many; streams are never refused.
  void add(TicketPtr ticket, Lane lane, SteadyTime now);

  // Moves the next batch to `batch`, oldest first, requests before streams (which have a quarter of it for themselves).
  // Empty: nothing is to be done until look_again(). A model that was idle answers at once; one that has just ended a
  // batch waits a little, as the clients that it answered ask again.
  void take(SteadyTime now, std::vector<Entry>& batch);
  SteadyTime look_again(SteadyTime now) const;
  void ended(SteadyTime now) { last_end_ = now; }

  // Moves those whose deadline has passed to `expired`.
  void expire(SteadyTime now, std::vector<TicketPtr>& expired);
  // Everything, for what is to be refused.
  void clear(std::vector<TicketPtr>& all);

  std::size_t size() const { return requests_.size() + streamed_.size(); }

 private:
  bool lingers(SteadyTime now) const;
  bool is_full(std::size_t bytes) const;
  void forget_dropped();
  void move_from(std::deque<Entry>& lane, std::size_t limit, std::vector<Entry>& batch);

  BatchBounds bounds_;
  std::deque<Entry> requests_, streamed_;
  std::size_t bytes_ = 0;  // of requests_
  SteadyTime last_end_ = SteadyTime::min();
};

}  // namespace aisle
