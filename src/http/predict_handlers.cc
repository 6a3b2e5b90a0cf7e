#include <charconv>

#include "core/clock.h"
#include "core/error.h"
#include "domain/limits.h"
#include "http/api.h"
#include "http/batch.h"
#include "http/item_form.h"
#include "http/pending_answers.h"

namespace aisle::http {
namespace {

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
  predict_one(request, request.parameter, PredictQuery::of(request), ItemBodyReader::Keys::kFields, response);
}

void Api::predict_any(const Request& request, Response& response) {
  predict_one(request, task_of(request), PredictQuery::of(request), ItemBodyReader::Keys::kFieldsAndTask, response);
}

// The path says which model of the task: a kind, "fusion", a version's number or alias.
void Api::predict_named(const Request& request, Response& response) {
  PredictQuery query = PredictQuery::of(request);
  if (!query.version.empty())
    throw Error(ErrorCode::kInvalidArgument, "the path names the model; leave version out", {{"parameter", "version"}});
  if (request.parameter.size() > kMaxVersionBytes)
    throw Error(ErrorCode::kNotFound, "there is no model of so long a name");
  query.version = request.parameter;
  predict_one(request, task_of(request), query, ItemBodyReader::Keys::kFieldsAndTask, response);
}

std::string Api::task_of(const Request& request) {
  std::string task = request.content_type == kForm ? task_of_form(request.body, request.content_parameters)
                                                   : reader_.task_of(request.body);
  return task.empty() ? only_task() : task;
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

void Api::predict_one(const Request& request, std::string_view task, const PredictQuery& query,
                      ItemBodyReader::Keys keys, Response& response) {
  const Stopwatch watch;
  if (const ModelPtr model = session_.select(task, query.version))
    return answer_item(model, request, keys, query, watch, response);
  // The request outlives the waiting for a version.
  response.pending =
      std::make_unique<VersionAnswer>(predictor_, task, query.version, deadline(),
                                      [this, watch, query, keys, &request](const ModelPtr& model, Response& out) {
                                        answer_item(model, request, keys, query, watch, out);
                                      });
}

void Api::answer_item(const ModelPtr& model, const Request& request, ItemBodyReader::Keys keys,
                      const PredictQuery& query, const Stopwatch& watch, Response& response) {
  const auto desk = desk_of(model);
  if (request.content_type == kForm) {
    read_item_form(request.body, request.content_parameters, desk->input, keys, item_, desk->pictures);
  } else {
    reader_.read(request.body, desk->input, keys, item_, desk->pictures);
  }
  const Prediction* prediction = nullptr;
  if (!model->batcher) {
    prediction = &session_.predict(model, view(item_), query.top_k);
  } else if (!query.explain && model->classifier->answers_at_once()) {
    prediction = session_.answer_at_once(model, view(item_), query.top_k);
  }
  if (prediction == nullptr) {
    response.pending = std::make_unique<QueuedAnswer>(model, desk, ticket_for(query), watch);
    return;
  }
  const Explanation* explanation = query.explain ? &session_.explain(model, view(item_), kExplainedWords) : nullptr;
  response.content_type = kJson;
  desk->write(response.body, *prediction, watch.seconds(), item_.id, explanation);
}

// Takes item_.
std::shared_ptr<Ticket> Api::ticket_for(const PredictQuery& query) {
  auto ticket = std::make_shared<Ticket>();
  std::swap(ticket->item, item_);
  ticket->top_k = query.top_k;
  ticket->evidence = query.explain ? kExplainedWords : 0;
  ticket->deadline = deadline();
  return ticket;
}

SteadyTime Api::deadline() const {
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(options_.answer_timeout_ms);
}

void Api::predict_batch(const Request& request, Response& response) {
  PredictQuery query = PredictQuery::of(request);
  const auto go_on = [this, query](const ModelPtr& model, Response& out) {
    out.content_type = kJsonLines;
    out.transform = make_batch(*this, model, query);
  };
  if (const ModelPtr model = session_.select(request.parameter, query.version)) return go_on(model, response);
  response.pending = std::make_unique<VersionAnswer>(predictor_, request.parameter, query.version, deadline(), go_on);
}

}  // namespace aisle::http
