#include "http/pending_answers.h"

#include <exception>

namespace aisle::http {

VersionAnswer::VersionAnswer(Predictor& predictor, std::string_view task, std::string_view version, SteadyTime deadline,
                             GoOn go_on)
    : predictor_(predictor), opening_(std::make_shared<Opening>()), go_on_(std::move(go_on)) {
  opening_->task = task;
  opening_->version = version;
  opening_->deadline = deadline;
}

void VersionAnswer::start(std::function<void()> wake) {
  opening_->wake.set(std::move(wake));
  predictor_.open_other(opening_);
}

void VersionAnswer::finish(Response& response) {
  if (opening_->failure) std::rethrow_exception(opening_->failure);
  go_on_(opening_->model, response);
}

void VersionAnswer::tick(std::chrono::steady_clock::time_point now) {
  if (now >= opening_->deadline) predictor_.expire_openings(now);
}

QueuedAnswer::~QueuedAnswer() {
  ticket_->drop();
  ticket_->wake.revoke();
}

void QueuedAnswer::start(std::function<void()> wake) {
  ticket_->wake.set(std::move(wake));
  model_->batcher->submit(ticket_, Lane::kRequest);
}

void QueuedAnswer::finish(Response& response) {
  if (ticket_->failure) std::rethrow_exception(ticket_->failure);
  response.content_type = kJson;
  desk_->write(response.body, ticket_->prediction, watch_.seconds(), ticket_->item.id,
               ticket_->evidence == 0 ? nullptr : &ticket_->explanation);
}

void QueuedAnswer::tick(std::chrono::steady_clock::time_point now) {
  if (now >= ticket_->deadline) model_->batcher->expire(now);
}

}  // namespace aisle::http
