#include "http/api.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "core/ids.h"
#include "core/log.h"

namespace aisle::http {
namespace {

constexpr std::size_t kOptionsBodyBytes = 4096;  // of requests whose body means nothing

// Matches segment by segment; what stands for {task} or {name} goes to `parameter`.
bool matches(std::string_view pattern, std::string_view path, std::string& parameter) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = pattern.substr(0, pattern.find('/', 1));
    const std::string_view given = path.substr(0, path.find('/', 1));
    if (wanted.starts_with("/{") && given.size() > 1) {
      parameter = given.substr(1);
    } else if (wanted != given) {
      return false;
    }
    pattern.remove_prefix(wanted.size());
    path.remove_prefix(given.size());
  }
  return pattern.empty() && path.empty();
}

bool answers(const Route& route, std::string_view method) {
  return route.method == method || (method == "HEAD" && route.method == "GET");
}

bool is_json(std::string_view type) {
  return type.empty() || type == kJson || (type.starts_with("application/") && type.ends_with("+json"));
}

bool is_json_lines(std::string_view type) {
  static constexpr std::array<std::string_view, 6> kTypes = {"application/jsonl",        "application/x-ndjson",
                                                             "application/ndjson",       "application/json-lines",
                                                             "application/octet-stream", "text/plain"};
  return is_json(type) || std::ranges::find(kTypes, type) != kTypes.end();
}

void check_content_type(const Request& request, BodyKind kind) {
  if (!request.has_body || (kind == BodyKind::kWhole ? is_json(request.content_type) || request.content_type == kForm
                                                     : is_json_lines(request.content_type)))
    return;
  const std::string wanted(kind == BodyKind::kWhole ? "application/json or multipart/form-data" : kJsonLines);
  throw Error(ErrorCode::kUnsupportedMedia, "bodies of type '" + request.content_type.substr(0, 80) +
                                                "' are not read here; send Content-Type: " + wanted);
}

// The methods of a path that exists, as for Allow.
std::string allowed_methods(std::string_view path) {
  std::string allowed;
  std::string ignored;
  for (const Route& route : routes()) {
    if (matches(route.pattern, path, ignored))
      allowed +=
          std::string(allowed.empty() ? "" : ", ") + (route.method == "GET" ? "GET, HEAD" : std::string(route.method));
  }
  return allowed.empty() ? allowed : allowed + ", OPTIONS";
}

}  // namespace

AnswerDesk::AnswerDesk(const ServedModel& model, Metrics& metrics)
    : writer(model.classifier->card().labels, model.task.name, model.version, model.classifier->card().members),
      counters(metrics.predictions(model.task.name, model.version)),
      input(model.task),
      pictures(model.classifier->card().reads_pictures ? ItemBodyReader::Pictures::kDecode
                                                       : ItemBodyReader::Pictures::kPassOver) {
  input.text_fields = model.classifier->card().text_fields;
}

void AnswerDesk::write(std::string& out, const Prediction& prediction, double seconds, std::string_view item_id,
                       const Explanation* explanation) const {
  const std::string prediction_id = new_id();
  writer.append(out, prediction, seconds * 1000, {item_id, prediction_id, explanation});
  counters.count(prediction.decision);
}

Api::Api(const ServerOptions& options, Predictor& predictor, Metrics& metrics, const CancelToken& stop)
    : options_(options), predictor_(predictor), metrics_(metrics), stop_(stop), session_(predictor) {}

BodyPlan Api::plan(Request& request) {
  for (std::size_t i = 0; i < routes().size(); ++i) {
    const Route& route = routes()[i];
    if (!answers(route, request.method) || !matches(route.pattern, request.path, request.parameter)) continue;
    request.route = i + 1;
    if (route.body == BodyKind::kNone) return {BodyKind::kNone, kOptionsBodyBytes};
    check_content_type(request, route.body);
    return {route.body, takes_pictures(route, request) ? options_.max_picture_body_bytes : options_.max_body_bytes};
  }
  const std::string allowed = allowed_methods(request.path);
  if (allowed.empty())
    throw Error(ErrorCode::kNotFound, "there is nothing at this path; GET /openapi.json describes what there is");
  if (request.method == "OPTIONS") return {BodyKind::kNone, kOptionsBodyBytes};
  throw Error(ErrorCode::kMethodNotAllowed, "this path does not answer to the method; it answers to " + allowed,
              {{"allow", allowed}});
}

// Whether a model that reads pictures may be meant: of any task where the body names it, any where a version is named.
bool Api::takes_pictures(const Route& route, const Request& request) {
  if (route.body != BodyKind::kWhole) return false;
  const bool in_path = route.pattern.starts_with("/tasks/");
  const bool names_version =
      route.pattern.find("{name}") != std::string_view::npos || request.query.find("version=") != std::string::npos;
  return std::ranges::any_of(session_.table().tasks, [&](const ServedTask& served) {
    if (served.task.image_field.empty() || (in_path && served.task.name != request.parameter)) return false;
    return names_version || (served.production != nullptr && served.production->classifier->card().reads_pictures);
  });
}

void Api::answer(const Request& request, Response& response) {
  if (request.route != 0) return (this->*routes()[request.route - 1].handler)(request, response);
  response.status = 204;
  response.headers.emplace_back("Allow", allowed_methods(request.path));
}

void Api::finished(const Request& request, int status, double seconds) {
  const Tally& tally = tally_of(request.route, request.method, status);
  tally.requests->add();
  tally.seconds->observe(seconds);
  if (!options_.access_log) return;
  log(LogLevel::kInfo, request.method + " " + request.path + " " + std::to_string(status) + " " +
                           std::to_string(seconds * 1000) + " ms " + request.request_id);
}

const Api::Tally& Api::tally_of(std::size_t route, const std::string& method, int status) {
  static constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"};
  const auto known = std::ranges::find(kMethods, method);
  const auto method_index = static_cast<std::uint64_t>(known - kMethods.begin());
  const std::uint64_t key =
      (static_cast<std::uint64_t>(route) << 32) | (method_index << 16) | static_cast<std::uint64_t>(status);
  const auto found = tallies_.find(key);
  if (found != tallies_.end()) return found->second;
  const std::string_view pattern = route == 0 ? "none" : routes()[route - 1].pattern;
  const Tally tally = {&metrics_.requests(pattern, known == kMethods.end() ? "other" : *known, status),
                       &metrics_.request_seconds(pattern)};
  return tallies_.emplace(key, tally).first->second;
}

void Api::tick() {
  session_.refresh();
  if (seen_generation_ == predictor_.generation()) return;
  seen_generation_ = predictor_.generation();
  desks_.clear();
}

std::shared_ptr<const AnswerDesk> Api::desk_of(const std::shared_ptr<const ServedModel>& model) {
  constexpr std::size_t kOtherDesks = 64;  // of versions that were asked for by number and are opened ever anew
  if (desks_.size() > session_.table().tasks.size() + kOtherDesks) desks_.clear();
  std::shared_ptr<const AnswerDesk>& desk = desks_[model->serial];
  if (desk == nullptr) desk = std::make_shared<AnswerDesk>(*model, metrics_);
  return desk;
}

}  // namespace aisle::http
