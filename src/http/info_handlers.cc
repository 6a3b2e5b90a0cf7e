#include <nlohmann/json.hpp>

#include "codec/domain_json.h"
#include "http/api.h"
#include "http/embedded.h"
#include "http/problem.h"

namespace aisle::http {
namespace {

void write_json(const Json& json, Response& response) {
  response.content_type = kJson;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json task_json(const ServedTask& served) {
  Json json = to_json(served.task);
  json.erase("created");
  const ServedModel* model = served.production.get();
  json["version"] = model == nullptr ? Json() : Json(model->version);
  json["model"] = model == nullptr ? Json() : Json(model->model);
  json["labels"] = model == nullptr ? Json() : Json(model->classifier->card().labels.size());
  json["problem"] = served.problem.empty() ? Json() : Json(served.problem);
  return json;
}

}  // namespace

void Api::show_page(const Request&, Response& response) {
  response.content_type = kHtml;
  response.cache_control = "no-cache";
  response.headers.emplace_back("Content-Security-Policy", embedded::page_policy());
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.constant_body = embedded::page();
}

void Api::show_openapi(const Request&, Response& response) {
  response.content_type = kJson;
  response.cache_control = "no-cache";
  response.constant_body = embedded::openapi();
}

void Api::show_live(const Request&, Response& response) {
  write_json({{"status", "live"}}, response);
}

void Api::show_ready(const Request& request, Response& response) {
  std::vector<std::string> reasons = predictor_.reasons_not_ready();
  if (stop_.cancelled()) reasons.emplace_back("the server is stopping");
  if (reasons.empty()) return write_json({{"status", "ready"}}, response);
  response.status = 503;
  write_json({{"type", "about:blank"},
              {"title", reason_phrase(503)},
              {"status", 503},
              {"detail", "not ready: " + reasons.front()},
              {"code", "not_ready"},
              {"reasons", reasons},
              {"request_id", request.request_id}},
             response);
  response.content_type = kProblem;
  response.headers.emplace_back("Retry-After", "1");
}

void Api::show_metrics(const Request&, Response& response) {
  std::vector<ServedVersion> served;
  for (const ServedTask& task : session_.table().tasks) {
    if (task.production != nullptr)
      served.push_back({task.task.name, task.production->version, task.production->load_seconds});
  }
  response.content_type = kPrometheusText;
  response.body = metrics_.text(served);
}

void Api::list_tasks(const Request&, Response& response) {
  Json tasks = Json::array();
  for (const ServedTask& served : session_.table().tasks) tasks.push_back(task_json(served));
  write_json({{"tasks", std::move(tasks)}}, response);
}

}  // namespace aisle::http
