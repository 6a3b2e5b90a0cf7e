// Answers JSONL line by line while it comes in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/api.h"

namespace aisle::http {

// Stays with the version that it began with. A line is bounded by limits::kRowBytes; a longer one is a bad line.
class BatchTransform final : public BodyTransform {
 public:
  BatchTransform(Api& api, std::shared_ptr<const ServedModel> model, PredictQuery query);

  std::size_t consume(std::string_view bytes, std::string& out) override;
  void finish(std::string& out) override;
  void fail(std::string_view code, std::string_view message, std::string& out) override;

 private:
  void end_line(std::string_view line, std::string& out);
  void answer_line(std::string_view line, std::string& out);

  Api& api_;
  std::shared_ptr<const ServedModel> model_;
  std::shared_ptr<const AnswerDesk> desk_;
  PredictQuery query_;
  std::string partial_;    // the start of a line whose end is not here yet
  bool too_long_ = false;  // its rest is skipped
  std::int64_t line_ = 1;  // the one that is being read
};

}  // namespace aisle::http
