// What the connection waits for while a model is opened or an item has its turn.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "core/clock.h"
#include "http/api.h"
#include "serve/ticket.h"

namespace aisle::http {

// Another version than production that is not open yet.
class VersionAnswer final : public PendingAnswer {
 public:
  // `go_on` answers with the model, or leaves another pending answer.
  using GoOn = std::function<void(const std::shared_ptr<const ServedModel>& model, Response& response)>;
  VersionAnswer(Predictor& predictor, std::string_view task, std::string_view version, SteadyTime deadline, GoOn go_on);
  ~VersionAnswer() override { opening_->wake.revoke(); }

  void start(std::function<void()> wake) override;
  void finish(Response& response) override;
  bool give_up() override { return false; }
  bool reads_body() const override { return true; }
  void tick(std::chrono::steady_clock::time_point now) override;

 private:
  Predictor& predictor_;
  std::shared_ptr<Opening> opening_;
  GoOn go_on_;
};

// One item in the queue of its model.
class QueuedAnswer final : public PendingAnswer {
 public:
  // Takes the item of the ticket's `item`.
  QueuedAnswer(std::shared_ptr<const ServedModel> model, std::shared_ptr<const AnswerDesk> desk,
               std::shared_ptr<Ticket> ticket, const Stopwatch& watch)
      : model_(std::move(model)), desk_(std::move(desk)), ticket_(std::move(ticket)), watch_(watch) {}
  ~QueuedAnswer() override;

  void start(std::function<void()> wake) override;
  void finish(Response& response) override;
  bool give_up() override { return ticket_->drop(); }
  void tick(std::chrono::steady_clock::time_point now) override;

 private:
  std::shared_ptr<const ServedModel> model_;
  std::shared_ptr<const AnswerDesk> desk_;
  std::shared_ptr<Ticket> ticket_;
  Stopwatch watch_;
};

}  // namespace aisle::http
