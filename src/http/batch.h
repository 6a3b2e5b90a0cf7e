// Answers JSONL line by line while it comes in. Models that answer in place are asked line by line; the lines of others
// go to their queue, so many at a time, and their answers leave in the lines' order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "http/api.h"
#include "serve/ticket.h"

namespace aisle::http {

// Stays with the version that it began with. A line is bounded by limits::kRowBytes; a longer one is a bad line.
class BatchTransform : public BodyTransform {
 public:
  BatchTransform(Api& api, std::shared_ptr<const ServedModel> model, PredictQuery query);

  std::size_t consume(std::string_view bytes, std::string& out) override;
  void finish(std::string& out) override;
  void fail(std::string_view code, std::string_view message, std::string& out) override;

 protected:
  virtual bool is_full() const { return false; }  // reads no further lines for now
  virtual void answer(Item& item, std::string& out);
  virtual void put(std::string_view line, std::string& out) { out += line; }  // a finished answer

  Api& api_;
  std::shared_ptr<const ServedModel> model_;
  std::shared_ptr<const AnswerDesk> desk_;
  PredictQuery query_;

 private:
  void end_line(std::string_view line, std::string& out);
  void read_line(std::string_view line, std::string& out);
  void put_fault(std::string_view id, std::string_view code, std::string_view message, std::string& out);

  std::string partial_;    // the start of a line whose end is not here yet
  bool too_long_ = false;  // its rest is skipped
 protected:
  std::int64_t line_ = 1;  // the one that is being read
};

// The same through the model's queue.
class QueuedBatch final : public BatchTransform {
 public:
  using BatchTransform::BatchTransform;
  ~QueuedBatch() override;

  void start(std::function<void()> wake) override { wake_ = std::move(wake); }
  std::size_t consume(std::string_view bytes, std::string& out) override;
  void collect(std::string& out) override;
  bool waits() const override { return !window_.empty(); }

 private:
  struct Place {
    std::shared_ptr<Ticket> ticket;  // null: `text` is the answer
    std::int64_t line = 0;
    Stopwatch watch;
    std::string text;
  };
  bool is_full() const override;
  void answer(Item& item, std::string& out) override;
  void put(std::string_view line, std::string& out) override;
  void write(const Place& place, std::string& out);

  std::function<void()> wake_;
  std::deque<Place> window_;  // in the lines' order
  std::size_t bytes_ = 0;     // of its items
};

// What a handler of a batch streams its body through.
std::unique_ptr<BodyTransform> make_batch(Api& api, std::shared_ptr<const ServedModel> model, PredictQuery query);

}  // namespace aisle::http
