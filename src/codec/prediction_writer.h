// Writes answers as the contract's JSON, tens of thousands a second: labels and names are escaped once, when a model
// is opened, and every answer is appended to a string that the caller reuses.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/prediction.h"
#include "domain/task.h"

namespace aisle {

// What stands beside the prediction; an empty text is left out.
struct AnswerExtras {
  std::string_view id;             // the item's
  std::string_view prediction_id;  // HTTP only
  const Explanation* explanation = nullptr;
};

// Immutable after construction: one writer may serve all threads.
class PredictionWriter {
 public:
  // `labels` are the model's, index = class; `members` the names of its members, where it has any.
  PredictionWriter(std::span<const LabelInfo> labels, std::string_view task, std::int64_t version,
                   std::span<const std::string> members = {});

  // Appends {"id"?,"task","version","predictions":[{"label","name","probability","selected"}],"decision","latency_ms",
  // "members"?:[{"model","label","name","probability","latency_ms"}],"prediction_id"?,"explanation"?:{"label",
  // "evidence":[{"field","text","weight"}]}}. No line end. What a member knows nothing of has null for label, name and
  // probability.
  void append(std::string& out, const Prediction& prediction, double latency_ms, const AnswerExtras& extras = {}) const;

 private:
  void append_score(std::string& out, const LabelScore& score) const;
  void append_members(std::string& out, std::span<const MemberAnswer> members) const;
  void append_explanation(std::string& out, const Explanation& explanation) const;

  std::string head_;                  // "task":"apps","version":3,"predictions":[
  std::vector<std::string> scores_;   // {"label":"x","name":"y","probability":
  std::vector<std::string> labels_;   // "x"
  std::vector<std::string> members_;  // {"model":"sentence:minilm",
};

// A row that could not be answered: {"line","id","error":{"code","message"}}; id is null where it is not known.
void append_bad_line(std::string& out, std::int64_t line, std::string_view id, std::string_view code,
                     std::string_view message);

}  // namespace aisle
