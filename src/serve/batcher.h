// Answers the items of one dear model on threads of its own, several at a time. Threads start when there is work and
// end when there has been none for a while.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "model/classifier.h"
#include "observe/metrics.h"
#include "serve/batch_queue.h"
#include "serve/worker_threads.h"

namespace aisle {

struct BatcherOptions {
  BatchBounds bounds;       // `items` is the model's to say
  std::size_t workers = 1;  // threads of one model
  std::chrono::milliseconds idle{10'000};
};

// Thread-safe. What destroys it does not wait for a batch under way.
class Batcher {
 public:
  // `threads` and the metrics outlive it, and the batches under way.
  Batcher(std::shared_ptr<const Classifier> classifier, const BatcherOptions& options, QueueMetrics metrics,
          WorkerThreads& threads);
  ~Batcher();
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  // The ticket's wake is called when it is answered, by a worker; not where it was dropped before it began.
  // kOverloaded: the queue is full, or there is no thread for this model.
  void submit(std::shared_ptr<Ticket> ticket, Lane lane);
  // Refuses what has waited past its deadline, where the workers do not come to it.
  void expire(SteadyTime now);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace aisle
