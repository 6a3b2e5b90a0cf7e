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
    Lane lane;
  };
  using Batch = std::vector<Entry>;

  explicit BatchQueue(const BatchBounds& bounds) : bounds_(bounds) {}

  // kOverloaded where a request would be one too many; streams are never refused.
  void add(TicketPtr ticket, Lane lane, SteadyTime now);

  // Moves the next batch to `batch`, oldest first, requests before streams (which have a quarter of it for themselves):
  // what one of `workers` has to do for all to end together. Empty: nothing is to be done until look_again(). A model
  // that was idle answers at once; one that has just answered waits a little for as many to ask again. To explain an
  // item takes as long as whole batches do: it comes alone, by turns with the others.
  void take(SteadyTime now, std::size_t workers, Batch& batch);
  SteadyTime look_again(SteadyTime now) const;
  // Of a batch that was taken; before who waits for it can know.
  void ended(SteadyTime now, std::size_t items);

  // Moves those whose deadline has passed to `expired`.
  void expire(SteadyTime now, std::vector<TicketPtr>& expired);

  std::size_t size() const { return requests_.size() + streamed_.size() + explained_.size(); }
  std::size_t most_of_a_batch() const { return bounds_.items; }

 private:
  using Entries = std::deque<Entry>;
  SteadyTime linger_end() const;  // of what is answered together
  bool is_full(std::size_t bytes) const;
  void forget_dropped();
  void forget(const Entry& entry);
  void move_from(Entries& entries, std::size_t limit, Batch& batch);
  void move_explained(Batch& batch);

  BatchBounds bounds_;
  Entries requests_, streamed_;  // answered together
  Entries explained_;            // of both lanes
  bool explains_next_ = false;
  std::size_t waiting_ = 0, bytes_ = 0;  // of Lane::kRequest
  std::size_t under_way_ = 0;
  std::size_t expected_ = 0;  // were answered and have not asked again
  SteadyTime last_end_ = SteadyTime::min();
};

}  // namespace aisle
