#include "serve/batcher.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"

namespace aisle {
namespace {

using std::chrono::steady_clock;

std::exception_ptr too_late() {
  return std::make_exception_ptr(
      Error(ErrorCode::kOverloaded, "more is asked of the model than it can answer in time; try again in a second"));
}

void finish(Ticket& ticket, std::exception_ptr failure = nullptr) {
  ticket.failure = std::move(failure);
  ticket.finish();
}

// One thread's scratch memory.
class BatchWorker {
 public:
  explicit BatchWorker(const Classifier& classifier)
      : card_(classifier.card()), worker_(classifier.new_worker()), classes_(card_.labels.size()) {}

  // Answers every ticket. Where the batch fails, one by one: a bad item fails alone.
  void answer(std::span<const BatchQueue::Entry> batch) {
    views_.clear();
    for (const auto& entry : batch) views_.push_back(view(entry.ticket->item));
    probabilities_.resize(batch.size() * classes_);
    known_.assign(batch.size(), 0);
    try {
      worker_->probabilities_of(views_, probabilities_, known_);
    } catch (...) {
      if (batch.size() == 1) return finish(*batch.front().ticket, std::current_exception());
      for (std::size_t i = 0; i < batch.size(); ++i) answer(batch.subspan(i, 1));
      return;
    }
    for (std::size_t i = 0; i < batch.size(); ++i)
      decide(card_, std::span(probabilities_).subspan(i * classes_, classes_), batch[i].ticket->top_k,
             batch[i].ticket->prediction, known_[i] != 0, *worker_, i);
    for (const auto& entry : batch) {
      if (entry.ticket->evidence == 0) finish(*entry.ticket);
    }
    for (const auto& entry : batch) {  // dear: nobody else waits for it
      if (entry.ticket->evidence != 0) explain(*entry.ticket);
    }
  }

 private:
  void explain(Ticket& ticket) try {
    ticket.explanation = worker_->explain(view(ticket.item), ticket.prediction.labels.front().label, ticket.evidence);
    finish(ticket);
  } catch (...) {
    finish(ticket, std::current_exception());
  }

  const ModelCard& card_;
  std::unique_ptr<Worker> worker_;
  std::size_t classes_;
  std::vector<ItemView> views_;
  std::vector<float> probabilities_;
  std::vector<std::uint8_t> known_;
};

}  // namespace

struct Batcher::State : std::enable_shared_from_this<State> {
  State(std::shared_ptr<const Classifier> classifier_, const BatcherOptions& options_, QueueMetrics metrics_,
        WorkerThreads& threads_)
      : classifier(std::move(classifier_)), options(options_), metrics(metrics_), threads(threads_), queue([&] {
          BatchBounds bounds = options_.bounds;
          bounds.items = classifier->preferred_batch();
          return bounds;
        }()) {}

  std::shared_ptr<const Classifier> classifier;
  const BatcherOptions options;
  QueueMetrics metrics;
  WorkerThreads& threads;

  std::mutex mutex;  // all below
  std::condition_variable changed;
  BatchQueue queue;
  std::size_t workers = 0, idle = 0;
  bool closed = false;

  // A thread more where all are busy. False: there is none at all.
  bool has_worker() {
    if (idle == 0 && workers < options.workers && threads.start([self = shared_from_this()] { self->work(); }))
      ++workers;
    return workers > 0;
  }

  void work() {
    std::unique_ptr<BatchWorker> worker;
    std::vector<BatchQueue::Entry> batch;
    std::unique_lock lock(mutex);
    while (wait_for_batch(lock, batch)) {
      lock.unlock();
      answer(batch, worker);
      batch.clear();  // pictures are large, and idle may last
      lock.lock();
      queue.ended(steady_clock::now());
    }
    --workers;
  }

  // False: there was nothing for long, or will not be.
  bool wait_for_batch(std::unique_lock<std::mutex>& lock, std::vector<BatchQueue::Entry>& batch) {
    const SteadyTime give_up = steady_clock::now() + options.idle;
    while (true) {
      const SteadyTime now = steady_clock::now();
      refuse_expired(lock, now);
      queue.take(now, batch);
      metrics.waiting.set(static_cast<double>(queue.size()));
      if (!batch.empty()) return true;
      if (queue.size() == 0 && (closed || now >= give_up)) return false;
      ++idle;
      changed.wait_until(lock, std::min(queue.look_again(now), give_up));
      --idle;
    }
  }

  void answer(std::span<const BatchQueue::Entry> batch, std::unique_ptr<BatchWorker>& worker) {
    const SteadyTime now = steady_clock::now();
    metrics.batch_items.observe(static_cast<double>(batch.size()));
    for (const auto& entry : batch)
      metrics.wait_seconds.observe(std::chrono::duration<double>(now - entry.since).count());
    try {
      if (worker == nullptr) worker = std::make_unique<BatchWorker>(*classifier);
    } catch (...) {
      for (const auto& entry : batch) finish(*entry.ticket, std::current_exception());
      return;
    }
    worker->answer(batch);
  }

  void refuse_expired(std::unique_lock<std::mutex>& lock, SteadyTime now) {
    std::vector<BatchQueue::TicketPtr> expired;
    queue.expire(now, expired);
    if (expired.empty()) return;
    metrics.expired.add(expired.size());
    lock.unlock();
    for (const auto& ticket : expired) finish(*ticket, too_late());
    lock.lock();
  }
};

Batcher::Batcher(std::shared_ptr<const Classifier> classifier, const BatcherOptions& options, QueueMetrics metrics,
                 WorkerThreads& threads)
    : state_(std::make_shared<State>(std::move(classifier), options, metrics, threads)) {}

Batcher::~Batcher() {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
  state_->changed.notify_all();
}

void Batcher::submit(std::shared_ptr<Ticket> ticket, Lane lane) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->has_worker()) {
    state_->metrics.refused.add();
    throw Error(ErrorCode::kOverloaded, "too many models work at the same time; try again in a second");
  }
  try {
    state_->queue.add(std::move(ticket), lane, steady_clock::now());
  } catch (const Error&) {
    state_->metrics.refused.add();
    throw;
  }
  state_->metrics.waiting.set(static_cast<double>(state_->queue.size()));
  state_->changed.notify_one();
}

void Batcher::expire(SteadyTime now) {
  std::unique_lock lock(state_->mutex);
  state_->refuse_expired(lock, now);
}

}  // namespace aisle
