#include "serve/batch_queue.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"

namespace aisle {

void BatchQueue::add(TicketPtr ticket, Lane lane, SteadyTime now) {
  const std::size_t bytes = ticket->bytes();
  if (lane == Lane::kRequest && is_full(bytes)) {
    forget_dropped();
    if (is_full(bytes)) {
      throw Error(ErrorCode::kOverloaded, "the model has " + std::to_string(waiting_) +
                                              " items waiting and takes no more; try again in a second");
    }
  }
  Entries& entries = ticket->evidence != 0 ? explained_ : lane == Lane::kRequest ? requests_ : streamed_;
  entries.push_back({std::move(ticket), now, lane});
  if (expected_ != 0) --expected_;
  if (lane == Lane::kStream) return;
  ++waiting_;
  bytes_ += bytes;
}

// One item is taken whatever its size.
bool BatchQueue::is_full(std::size_t bytes) const {
  return waiting_ >= bounds_.queue_items || (bytes_ + bytes > bounds_.queue_bytes && waiting_ != 0);
}

void BatchQueue::forget_dropped() {
  for (Entries* entries : {&requests_, &explained_}) {
    std::erase_if(*entries, [this](const Entry& entry) {
      if (!entry.ticket->is_dropped()) return false;
      forget(entry);
      return true;
    });
  }
}

void BatchQueue::forget(const Entry& entry) {
  if (entry.lane == Lane::kStream) return;
  --waiting_;
  bytes_ -= entry.ticket->bytes();
}

// No item waits longer than bounds_.wait for others, however often a batch ends.
SteadyTime BatchQueue::linger_end() const {
  if (expected_ == 0 || requests_.size() + streamed_.size() >= bounds_.items) return SteadyTime::min();
  SteadyTime since = last_end_;
  for (const Entries* entries : {&requests_, &streamed_}) {
    if (!entries->empty()) since = std::min(since, entries->front().since);
  }
  return since + bounds_.wait;
}

SteadyTime BatchQueue::look_again(SteadyTime now) const {
  if (size() == 0) return SteadyTime::max();
  return explained_.empty() ? std::max(now, linger_end()) : now;
}

void BatchQueue::ended(SteadyTime now, std::size_t items) {
  under_way_ -= items;
  if (expected_ != 0 && now >= last_end_ + bounds_.wait) expected_ = 0;  // those do not ask again
  expected_ += items;
  last_end_ = now;
}

void BatchQueue::take(SteadyTime now, std::size_t workers, Batch& batch) {
  batch.clear();
  const std::size_t together = requests_.size() + streamed_.size();
  if (together != 0 && linger_end() <= now && !(explains_next_ && !explained_.empty())) {
    const std::size_t share = (together + under_way_ + workers - 1) / workers;
    const std::size_t most = std::min(bounds_.items, std::max<std::size_t>(share, streamed_.empty() ? 1 : 2));
    const std::size_t for_streams = std::min(streamed_.size(), std::max<std::size_t>(1, most / 4));
    move_from(requests_, most - for_streams, batch);
    move_from(streamed_, most, batch);
    move_from(requests_, most, batch);  // where streams had nothing left
    explains_next_ = true;
  }
  if (batch.empty()) move_explained(batch);
  under_way_ += batch.size();
}

void BatchQueue::move_from(Entries& entries, std::size_t limit, Batch& batch) {
  while (!entries.empty() && batch.size() < limit) {
    forget(entries.front());
    if (entries.front().ticket->begin()) batch.push_back(std::move(entries.front()));
    entries.pop_front();
  }
}

// One, requests before streams.
void BatchQueue::move_explained(Batch& batch) {
  explains_next_ = false;
  while (!explained_.empty() && batch.empty()) {
    auto next = std::ranges::find(explained_, Lane::kRequest, &Entry::lane);
    if (next == explained_.end()) next = explained_.begin();
    forget(*next);
    if (next->ticket->begin()) batch.push_back(std::move(*next));
    explained_.erase(next);
  }
}

void BatchQueue::expire(SteadyTime now, std::vector<TicketPtr>& expired) {
  for (Entries* entries : {&requests_, &explained_}) {
    const auto is_late = [now](const Entry& entry) { return now >= entry.ticket->deadline; };
    expired.reserve(expired.size() + static_cast<std::size_t>(std::ranges::count_if(*entries, is_late)));
    std::erase_if(*entries, [&](const Entry& entry) {
      if (!is_late(entry)) return false;
      forget(entry);
      if (entry.ticket->begin()) expired.push_back(entry.ticket);
      return true;
    });
  }
}

}  // namespace aisle
