#include <exception>
#include <utility>

#include "core/error.h"
#include "http/batch.h"
#include "http/problem.h"

namespace aisle::http {
namespace {

constexpr std::size_t kWindowBytes = 32 << 20;  // of the items of one stream that are under way

}  // namespace

QueuedBatch::~QueuedBatch() {
  for (const Place& place : window_) {
    if (!place.ticket) continue;
    place.ticket->drop();
    place.ticket->wake.revoke();
  }
}

// So many that every worker finds a whole batch when it ends one.
bool QueuedBatch::is_full() const {
  return window_.size() >= 4 * model_->classifier->preferred_batch() || bytes_ >= kWindowBytes;
}

std::size_t QueuedBatch::consume(std::string_view bytes, std::string& out) {
  collect(out);
  return BatchTransform::consume(bytes, out);
}

void QueuedBatch::answer(Item& item, std::string&) {
  auto ticket = std::make_shared<Ticket>();
  std::swap(ticket->item, item);
  item.texts.resize(ticket->item.texts.size());
  ticket->top_k = query_.top_k;
  ticket->evidence = query_.explain ? kExplainedWords : 0;
  ticket->wake.set(wake_);
  window_.push_back({.ticket = ticket, .line = line_, .watch = {}, .text = {}});
  bytes_ += ticket->bytes();
  try {
    model_->batcher->submit(ticket, Lane::kStream);
  } catch (...) {
    ticket->failure = std::current_exception();
    ticket->finish();
  }
}

void QueuedBatch::put(std::string_view line, std::string&) {
  window_.push_back({.ticket = nullptr, .line = line_, .watch = {}, .text = std::string(line)});
}

void QueuedBatch::collect(std::string& out) {
  for (; !window_.empty() && (!window_.front().ticket || window_.front().ticket->is_done()); window_.pop_front()) {
    const Place& place = window_.front();
    if (!place.ticket) {
      out += place.text;
      continue;
    }
    place.ticket->wake.revoke();  // the worker may not have called it yet
    bytes_ -= place.ticket->bytes();
    write(place, out);
  }
}

void QueuedBatch::write(const Place& place, std::string& out) {
  const Ticket& ticket = *place.ticket;
  if (ticket.failure) {
    const Error error = as_error(ticket.failure);
    append_bad_line(out, place.line, ticket.item.id, error_traits(error.code()).name, error.what());
  } else {
    desk_->write(out, ticket.prediction, place.watch.seconds(), ticket.item.id,
                 ticket.evidence == 0 ? nullptr : &ticket.explanation);
  }
  out += '\n';
}

std::unique_ptr<BodyTransform> make_batch(Api& api, std::shared_ptr<const ServedModel> model, PredictQuery query) {
  if (model->batcher) return std::make_unique<QueuedBatch>(api, std::move(model), std::move(query));
  return std::make_unique<BatchTransform>(api, std::move(model), std::move(query));
}

}  // namespace aisle::http
