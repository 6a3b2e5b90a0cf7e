#include "serve/batcher.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.h"

namespace aisle {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWithoutMemory{100};

std::exception_ptr too_late() {
  return std::make_exception_ptr(
      Error(ErrorCode::kOverloaded, "more is asked of the model than it can answer in time; try again in a second"));
}

// One thread's scratch memory.
class BatchWorker {
 public:
  explicit BatchWorker(const Classifier& classifier)
      : card_(classifier.card()), worker_(classifier.new_worker()), classes_(card_.labels.size()) {}

  // Gives every ticket its answer, on so many threads. Where the batch fails, one by one: a bad item fails alone.
  void answer(std::span<const BatchQueue::Entry> batch, std::size_t threads) {
    worker_->use_threads(threads);
    try {
      predict(batch);
    } catch (...) {
      if (batch.size() == 1) throw;
      for (std::size_t i = 0; i < batch.size(); ++i) answer_one(batch.subspan(i, 1));
    }
  }

 private:
  void answer_one(std::span<const BatchQueue::Entry> one) try { predict(one); } catch (...) {
    one.front().ticket->failure = std::current_exception();
  }

  void predict(std::span<const BatchQueue::Entry> batch) {
    views_.clear();
    for (const auto& entry : batch) views_.push_back(view(entry.ticket->item));
    probabilities_.resize(batch.size() * classes_);
    known_.assign(batch.size(), 0);
    worker_->probabilities_of(views_, probabilities_, known_);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      decide(card_, std::span(probabilities_).subspan(i * classes_, classes_), batch[i].ticket->top_k,
             batch[i].ticket->prediction, known_[i] != 0, *worker_, i);
    }
    for (const auto& entry : batch) {
      if (entry.ticket->evidence != 0) explain(*entry.ticket);
    }
  }

  void explain(Ticket& ticket) {
    ticket.explanation = worker_->explain(view(ticket.item), ticket.prediction.labels.front().label, ticket.evidence);
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
  std::size_t workers = 0, idle = 0, busy = 0;
  bool closed = false;

  // A thread more where all are busy; the first one whatever other models have. False: there is none at all.
  bool has_worker() {
    if (idle == 0 && workers < options.workers &&
        threads.start([self = shared_from_this()] { self->run(); },
                      workers == 0 ? WorkerThreads::Need::kMust : WorkerThreads::Need::kMay))
      ++workers;
    return workers > 0;
  }

  // A thread. Where memory is short, it goes on a little later.
  void run() {
    bool more = true;
    while (more) {
      try {
        work();
        more = false;
      } catch (...) {
        std::this_thread::sleep_for(kWithoutMemory);
      }
    }
  }

  void work() {
    std::unique_ptr<BatchWorker> worker;
    BatchQueue::Batch batch;
    batch.reserve(queue.most_of_a_batch());
    std::unique_lock lock(mutex);
    while (wait_for_batch(lock, batch)) {
      const std::size_t cores = std::max<std::size_t>(1, options.workers / ++busy);  // who is alone uses all
      if (queue.size() != 0) changed.notify_one();
      lock.unlock();
      answer(batch, cores, worker);
      lock.lock();
      --busy;
      queue.ended(steady_clock::now(), batch.size());
      lock.unlock();
      for (const auto& entry : batch) entry.ticket->finish();
      batch.clear();  // pictures are large, and idle may last
      lock.lock();
    }
    --workers;
  }

  // False: there was nothing for long, or will not be.
  bool wait_for_batch(std::unique_lock<std::mutex>& lock, BatchQueue::Batch& batch) {
    const SteadyTime give_up = steady_clock::now() + options.idle;
    while (true) {
      const SteadyTime now = steady_clock::now();
      refuse_expired(lock, now);
      queue.take(now, workers, batch);
      metrics.waiting.set(static_cast<double>(queue.size()));
      if (!batch.empty()) return true;
      if (queue.size() == 0 && (closed || now >= give_up)) return false;
      ++idle;
      changed.wait_until(lock, std::min(queue.look_again(now), give_up));
      --idle;
    }
  }

  void answer(std::span<const BatchQueue::Entry> batch, std::size_t cores, std::unique_ptr<BatchWorker>& worker) try {
    const SteadyTime now = steady_clock::now();
    metrics.batch_items.observe(static_cast<double>(batch.size()));
    for (const auto& entry : batch)
      metrics.wait_seconds.observe(std::chrono::duration<double>(now - entry.since).count());
    if (worker == nullptr) worker = std::make_unique<BatchWorker>(*classifier);
    worker->answer(batch, cores);
  } catch (...) {
    for (const auto& entry : batch) entry.ticket->failure = std::current_exception();
  }

  void refuse_expired(std::unique_lock<std::mutex>& lock, SteadyTime now) {
    std::vector<BatchQueue::TicketPtr> expired;
    queue.expire(now, expired);
    if (expired.empty()) return;
    metrics.expired.add(expired.size());
    lock.unlock();
    for (const auto& ticket : expired) {
      ticket->failure = too_late();
      ticket->finish();
    }
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
