#include "codec/domain_json.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/clock.h"

namespace aisle {
namespace {

Json object_of(const Parameters& parameters) {
  Json object = Json::object();
  for (const auto& [key, value] : parameters) object[key] = value;
  return object;
}

Json time_or_null(std::int64_t time_ms) {
  return time_ms == 0 ? Json() : Json(format_utc(time_ms));
}
Json count_or_null(std::int64_t value) {
  return value == 0 ? Json() : Json(value);
}

std::string_view to_string(RunState state) {
  switch (state) {
    case RunState::kRunning:
      return "running";
    case RunState::kDone:
      return "done";
    case RunState::kFailed:
      return "failed";
    case RunState::kCancelled:
      return "cancelled";
  }
  return "failed";
}

Json to_json(const EpochMetrics& epoch) {
  return {{"epoch", epoch.epoch},
          {"train_loss", number_or_null(epoch.train_loss)},
          {"validation_loss", number_or_null(epoch.validation_loss)},
          {"validation_score", number_or_null(epoch.validation_score)},
          {"seconds", number_or_null(epoch.seconds)}};
}

Json to_json(const ClassMeasures& row) {
  return {{"label", row.label},
          {"support", row.support},
          {"predicted", row.predicted},
          {"precision", number_or_null(row.precision)},
          {"recall", number_or_null(row.recall)},
          {"f1", number_or_null(row.f1)}};
}

Json to_json(const ConfusionCell& cell) {
  return {{"truth", cell.truth}, {"answer", cell.answer}, {"count", cell.count}};
}

Json to_json(const CalibrationBin& bin) {
  return {{"mean_probability", number_or_null(bin.mean_probability)},
          {"accuracy", number_or_null(bin.accuracy)},
          {"count", bin.count}};
}

Json to_json(const RobustnessRow& row) {
  Json object = {{"what", row.what}, {"items", row.items}};
  add_measures(object, row.measures);
  return object;
}

template <typename T>
Json array_of(const std::vector<T>& values) {
  Json array = Json::array();
  for (const T& value : values) array.push_back(to_json(value));
  return array;
}

using MeasureField = std::pair<std::string_view, double Measures::*>;
constexpr std::array<MeasureField, 11> kMeasureFields = {{
    {"accuracy", &Measures::accuracy},
    {"weighted_f1", &Measures::weighted_f1},
    {"macro_f1", &Measures::macro_f1},
    {"micro_f1", &Measures::micro_f1},
    {"jaccard", &Measures::jaccard},
    {"any_right", &Measures::any_right},
    {"all_right", &Measures::all_right},
    {"coverage", &Measures::coverage},
    {"no_prediction", &Measures::no_prediction},
    {"sure_precision", &Measures::sure_precision},
    {"expected_calibration_error", &Measures::expected_calibration_error},
}};

}  // namespace

Json number_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

void add_measures(Json& object, const Measures& measures) {
  for (const auto& [name, member] : kMeasureFields) object[std::string(name)] = number_or_null(measures.*member);
  Json top = Json::array();
  for (const double accuracy : measures.top_k_accuracy) top.push_back(number_or_null(accuracy));
  object["top_k_accuracy"] = top.empty() ? Json() : top;
}

Json measures_to_json(const Measures& measures) {
  Json object = Json::object();
  add_measures(object, measures);
  return object;
}

Measures measures_from_json(const Json& json) {
  Measures measures;
  const auto number = [](const Json& value) { return value.is_number() ? value.get<double>() : kUndefined; };
  for (const auto& [name, member] : kMeasureFields) {
    const auto found = json.find(std::string(name));
    if (found != json.end()) measures.*member = number(*found);
  }
  const auto top = json.find("top_k_accuracy");
  if (top != json.end() && top->is_array()) {
    for (const Json& value : *top) measures.top_k_accuracy.push_back(number(value));
  }
  return measures;
}

Json to_json(const Task& task) {
  return {{"task", task.name},
          {"kind", to_string(task.kind)},
          {"text_fields", task.text_fields},
          {"image_field", task.image_field.empty() ? Json() : Json(task.image_field)},
          {"created", time_or_null(task.created_ms)}};
}

Json to_json(const LabelInfo& label) {
  return {{"label", label.label}, {"name", label.name}, {"items", label.items}};
}

Json to_json(const Snapshot& snapshot) {
  return {{"snapshot", snapshot.number},       {"digest", snapshot.digest.hex()},
          {"items", snapshot.items},           {"train", snapshot.train},
          {"validation", snapshot.validation}, {"test", snapshot.test},
          {"labels", snapshot.labels},         {"created", time_or_null(snapshot.created_ms)}};
}

Json to_json(const SnapshotDiff& diff) {
  return {{"added_count", diff.added_count},
          {"removed_count", diff.removed_count},
          {"changed_count", diff.changed_count},
          {"added", diff.added},
          {"removed", diff.removed},
          {"changed", diff.changed}};
}

Json to_json(const Run& run) {
  return {{"run", run.number},
          {"model", run.model},
          {"state", to_string(run.state)},
          {"failure", run.failure.empty() ? Json() : Json(run.failure)},
          {"snapshot", count_or_null(run.snapshot)},
          {"seed", run.seed},
          {"parameters", object_of(run.parameters)},
          {"environment", object_of(run.environment)},
          {"started", time_or_null(run.started_ms)},
          {"ended", time_or_null(run.ended_ms)},
          {"train_seconds", number_or_null(run.train_seconds)},
          {"peak_memory_bytes", count_or_null(run.peak_memory_bytes)},
          {"epochs", array_of(run.epochs)}};
}

Json to_json(const ModelVersion& version) {
  Json object = {{"version", version.version},   {"model", version.model}, {"aliases", version.aliases},
                 {"snapshot", version.snapshot}, {"run", version.run},     {"items", version.items},
                 {"classes", version.classes}};
  add_measures(object, version.measures);
  object["train_seconds"] = number_or_null(version.train_seconds);
  object["peak_memory_bytes"] = count_or_null(version.peak_memory_bytes);
  object["model_bytes"] = version.model_bytes;
  object["parameters"] = object_of(version.parameters);
  object["archive"] = version.archive;
  object["created"] = time_or_null(version.created_ms);
  object["who"] = version.actor.empty() ? Json() : Json(version.actor);
  return object;
}

Json to_json(const Promotion& promotion) {
  return {
      {"version", promotion.version}, {"previous", count_or_null(promotion.previous)}, {"action", promotion.action},
      {"who", promotion.actor},       {"when", time_or_null(promotion.time_ms)},       {"reason", promotion.reason}};
}

Json to_json(const Problem& problem) {
  return {{"kind", to_string(problem.kind)},
          {"severity", to_string(severity_of(problem.kind))},
          {"file", problem.file},
          {"row", count_or_null(problem.row)},
          {"column", problem.column.empty() ? Json() : Json(problem.column)},
          {"id", problem.id.empty() ? Json() : Json(problem.id)},
          {"message", problem.message}};
}

Json to_json(const ImportReport& report) {
  return {{"rows", report.rows},
          {"added", report.added},
          {"updated", report.updated},
          {"unchanged", report.unchanged},
          {"certified", report.certified},
          {"skipped", report.skipped},
          {"rejected", report.rejected},
          {"warnings", report.warnings},
          {"stored", report.stored},
          {"seconds", number_or_null(report.seconds)},
          {"by_kind", report.by_kind},
          {"splits", report.splits},
          {"labels", report.labels},
          {"languages", report.languages},
          {"length_histogram", report.length_histogram},
          {"problems", array_of(report.problems)}};
}

Json to_json(const Evaluation& evaluation) {
  Json object = {
      {"items", evaluation.items}, {"classes", evaluation.classes}, {"unknown_labels", evaluation.unknown_labels}};
  add_measures(object, evaluation.measures);
  object["predict_seconds"] = number_or_null(evaluation.seconds);
  object["predict_microseconds_per_item"] = number_or_null(microseconds_an_item(evaluation));
  object["per_class"] = array_of(evaluation.per_class);
  object["confusion"] = array_of(evaluation.confusion);
  object["reliability"] = array_of(evaluation.reliability);
  object["robustness"] = evaluation.robustness.empty() ? Json() : array_of(evaluation.robustness);
  return object;
}

Json to_json(const Error& error) {
  Json context = Json::object();
  for (const auto& [key, value] : error.context()) context[key] = value;
  return {{"error", {{"code", error_traits(error.code()).name}, {"message", error.what()}, {"context", context}}}};
}

}  // namespace aisle
