#include "serve/batch_queue.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"

namespace aisle {

void BatchQueue::add(TicketPtr ticket, Lane lane, SteadyTime now) {
  if (lane == Lane::kStream) {
    streamed_.push_back({std::move(ticket), now});
    return;
  }
  const std::size_t bytes = ticket->bytes();
  if (is_full(bytes)) forget_dropped();
  if (is_full(bytes)) {
    throw Error(ErrorCode::kOverloaded, "the model has " + std::to_string(requests_.size()) +
                                            " items waiting and takes no more; try again in a second");
  }
  bytes_ += bytes;
  requests_.push_back({std::move(ticket), now});
}

// One item is taken whatever its size.
bool BatchQueue::is_full(std::size_t bytes) const {
  return requests_.size() >= bounds_.queue_items || (bytes_ + bytes > bounds_.queue_bytes && !requests_.empty());
}

void BatchQueue::forget_dropped() {
  std::erase_if(requests_, [this](const Entry& entry) {
    if (entry.ticket->is_dropped()) bytes_ -= entry.ticket->bytes();
    return entry.ticket->is_dropped();
  });
}

bool BatchQueue::lingers(SteadyTime now) const {
  return size() < bounds_.items && last_end_ != SteadyTime::min() && now < last_end_ + bounds_.wait;
}

SteadyTime BatchQueue::look_again(SteadyTime now) const {
  if (size() == 0) return SteadyTime::max();
  return lingers(now) ? last_end_ + bounds_.wait : now;
}

void BatchQueue::take(SteadyTime now, std::vector<Entry>& batch) {
  batch.clear();
  if (size() == 0 || lingers(now)) return;
  const std::size_t for_streams = std::min(streamed_.size(), std::max<std::size_t>(1, bounds_.items / 4));
  move_from(requests_, bounds_.items - for_streams, batch);
  move_from(streamed_, bounds_.items, batch);
  move_from(requests_, bounds_.items, batch);  // where streams had nothing left
}

void BatchQueue::move_from(std::deque<Entry>& lane, std::size_t limit, std::vector<Entry>& batch) {
  while (!lane.empty() && batch.size() < limit) {
    if (&lane == &requests_) bytes_ -= lane.front().ticket->bytes();
    if (lane.front().ticket->begin()) batch.push_back(std::move(lane.front()));
    lane.pop_front();
  }
}

void BatchQueue::expire(SteadyTime now, std::vector<TicketPtr>& expired) {
  std::erase_if(requests_, [&](const Entry& entry) {
    if (now < entry.ticket->deadline) return false;
    bytes_ -= entry.ticket->bytes();
    if (entry.ticket->begin()) expired.push_back(entry.ticket);
    return true;
  });
}

void BatchQueue::clear(std::vector<TicketPtr>& all) {
  for (std::deque<Entry>* lane : {&requests_, &streamed_}) {
    for (Entry& entry : *lane) all.push_back(std::move(entry.ticket));
    lane->clear();
  }
  bytes_ = 0;
}

}  // namespace aisle
