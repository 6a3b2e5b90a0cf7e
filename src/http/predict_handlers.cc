#include <charconv>

#include "core/clock.h"
#include "core/error.h"
#include "core/ids.h"
#include "domain/limits.h"
#include "http/api.h"
#include "http/batch.h"

namespace aisle::http {
namespace {

constexpr std::size_t kExplainedWords = 20;
constexpr std::size_t kMaxVersionBytes = 64;

std::size_t parse_top(const std::string& text) {
  std::size_t top = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), top);
  if (code == std::errc() && end == text.data() + text.size() && top >= 1 && top <= limits::kTopK) return top;
  throw Error(ErrorCode::kInvalidArgument, "top is a number from 1 to " + std::to_string(limits::kTopK),
              {{"parameter", "top"}});
}

bool parse_flag(const std::string& text) {
  if (text.empty() || text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  throw Error(ErrorCode::kInvalidArgument, "explain is true or false", {{"parameter", "explain"}});
}

}  // namespace

PredictQuery PredictQuery::of(const Request& request) {
  PredictQuery query;
  if (request.query.empty()) return query;
  std::string value;
  if (request.query_value("top", value)) query.top_k = parse_top(value);
  if (request.query_value("explain", value)) query.explain = parse_flag(value);
  if (request.query_value("version", query.version) &&
      (query.version.empty() || query.version.size() > kMaxVersionBytes)) {
    throw Error(ErrorCode::kInvalidArgument, "version is a number or an alias", {{"parameter", "version"}});
  }
  return query;
}

void Api::predict_task(const Request& request, Response& response) {
  predict_one(request, request.parameter, ItemBodyReader::Keys::kFields, response);
}

void Api::predict_any(const Request& request, Response& response) {
  std::string task = reader_.task_of(request.body);
  if (task.empty()) task = only_task();
  predict_one(request, task, ItemBodyReader::Keys::kFieldsAndTask, response);
}

std::string Api::only_task() {
  const ServedTable& table = session_.table();
  if (table.tasks.size() == 1) return table.tasks.front().task.name;
  std::string names;
  for (const ServedTask& served : table.tasks) names += (names.empty() ? "" : ", ") + served.task.name;
  throw Error(ErrorCode::kInvalidArgument,
              names.empty() ? "there is no task yet" : "say which task with \"task\" in the body; there are: " + names,
              {{"field", "task"}});
}

void Api::predict_one(const Request& request, std::string_view task, ItemBodyReader::Keys keys, Response& response) {
  const Stopwatch watch;
  const PredictQuery query = PredictQuery::of(request);
  const auto model = session_.select(task, query.version);
  const auto desk = desk_of(model);
  reader_.read(request.body, desk->input, keys, item_, desk->pictures);
  const Prediction& prediction = session_.predict(model, view(item_), query.top_k);
  const Explanation* explanation = query.explain ? &session_.explain(model, view(item_), kExplainedWords) : nullptr;
  const std::string prediction_id = new_id();
  response.content_type = kJson;
  desk->writer.append(response.body, prediction, watch.seconds() * 1000, {item_.id, prediction_id, explanation});
  desk->counters.count(prediction.decision);
}

void Api::predict_batch(const Request& request, Response& response) {
  PredictQuery query = PredictQuery::of(request);
  const auto model = session_.select(request.parameter, query.version);
  response.content_type = kJsonLines;
  response.transform = std::make_unique<BatchTransform>(*this, model, std::move(query));
}

}  // namespace aisle::http
