#include "codec/prediction_writer.h"

#include "codec/json_text.h"

namespace aisle {

PredictionWriter::PredictionWriter(std::span<const LabelInfo> labels, std::string_view task, std::int64_t version,
                                   std::span<const std::string> members) {
  head_ = "\"task\":";
  append_json_string(head_, task);
  head_ += ",\"version\":";
  append_json_integer(head_, version);
  head_ += ",\"predictions\":[";
  scores_.reserve(labels.size());
  labels_.reserve(labels.size());
  for (const LabelInfo& info : labels) {
    std::string& label = labels_.emplace_back();
    append_json_string(label, info.label);
    std::string& score = scores_.emplace_back("{\"label\":" + label + ",\"name\":");
    append_json_string(score, info.name.empty() ? info.label : info.name);
    score += ",\"probability\":";
  }
  for (const std::string& name : members) append_json_string(members_.emplace_back("{\"model\":"), name);
}

void PredictionWriter::append_score(std::string& out, const LabelScore& score) const {
  out += scores_.at(score.label);
  append_json_number(out, static_cast<double>(score.probability));
  out += score.selected ? ",\"selected\":true}" : ",\"selected\":false}";
}

void PredictionWriter::append_members(std::string& out, std::span<const MemberAnswer> members) const {
  out += ",\"members\":[";
  for (const MemberAnswer& answer : members) {
    if (&answer != &members.front()) out += ',';
    out += members_.at(answer.member);
    if (answer.known) {
      out += ',';
      out += std::string_view(scores_.at(answer.label)).substr(1);
      append_json_number(out, static_cast<double>(answer.probability));
    } else {
      out += ",\"label\":null,\"name\":null,\"probability\":null";
    }
    out += ",\"latency_ms\":";
    append_json_number(out, answer.milliseconds);
    out += '}';
  }
  out += ']';
}

void PredictionWriter::append_explanation(std::string& out, const Explanation& explanation) const {
  out += ",\"explanation\":{\"label\":";
  out += labels_.at(explanation.label);
  out += ",\"evidence\":[";
  for (const Evidence& evidence : explanation.evidence) {
    if (&evidence != &explanation.evidence.front()) out += ',';
    out += "{\"field\":";
    append_json_string(out, evidence.field);
    out += ",\"text\":";
    append_json_string(out, evidence.text);
    out += ",\"weight\":";
    append_json_number(out, evidence.weight);
    out += '}';
  }
  out += "]}";
}

void PredictionWriter::append(std::string& out, const Prediction& prediction, double latency_ms,
                              const AnswerExtras& extras) const {
  out += '{';
  if (!extras.id.empty()) {
    out += "\"id\":";
    append_json_string(out, extras.id);
    out += ',';
  }
  out += head_;
  bool first = true;
  for (const LabelScore& score : prediction.labels) {
    if (!first) out += ',';
    first = false;
    append_score(out, score);
  }
  out += prediction.decision == Decision::kSure ? "],\"decision\":\"sure\",\"latency_ms\":"
                                                : "],\"decision\":\"unsure\",\"latency_ms\":";
  append_json_number(out, latency_ms);
  if (!prediction.members.empty()) append_members(out, prediction.members);
  if (!extras.prediction_id.empty()) {
    out += ",\"prediction_id\":";
    append_json_string(out, extras.prediction_id);
  }
  if (extras.explanation != nullptr) append_explanation(out, *extras.explanation);
  out += '}';
}

void append_bad_line(std::string& out, std::int64_t line, std::string_view id, std::string_view code,
                     std::string_view message) {
  out += "{\"line\":";
  append_json_integer(out, line);
  out += ",\"id\":";
  if (id.empty()) {
    out += "null";
  } else {
    append_json_string(out, id);
  }
  out += ",\"error\":{\"code\":";
  append_json_string(out, code);
  out += ",\"message\":";
  append_json_string(out, message);
  out += "}}";
}

}  // namespace aisle
