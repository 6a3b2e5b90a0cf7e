// The application behind the server: finds the route, calls its handler, counts. One object a thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "codec/prediction_writer.h"
#include "core/clock.h"
#include "core/progress.h"
#include "http/handler.h"
#include "http/item_body.h"
#include "http/server.h"
#include "observe/metrics.h"
#include "serve/session.h"

namespace aisle::http {

class Api;

struct Route {
  std::string_view method;
  std::string_view pattern;  // one segment may be {task} or {name}
  BodyKind body;
  void (Api::*handler)(const Request& request, Response& response);
};

// The explicit list (routes.cc). A HEAD is answered by the GET of its path.
std::span<const Route> routes();

// What the query asks of a prediction.
struct PredictQuery {
  std::size_t top_k = 5;
  bool explain = false;
  std::string version;  // empty: production

  static PredictQuery of(const Request& request);  // kInvalidArgument names the parameter
};

inline constexpr std::size_t kExplainedWords = 20;

// What a thread keeps of a served version to write and count answers.
struct AnswerDesk {
  AnswerDesk(const ServedModel& model, Metrics& metrics);

  // Appends an answer under an id of its own, and counts it. `explanation` may be null.
  void write(std::string& out, const Prediction& prediction, double seconds, std::string_view item_id,
             const Explanation* explanation) const;

  PredictionWriter writer;
  PredictionCounters counters;
  Task input;  // the fields that the model reads, in its order
  ItemBodyReader::Pictures pictures;
};

class Api final : public RequestHandler {
 public:
  Api(const ServerOptions& options, Predictor& predictor, Metrics& metrics, const CancelToken& stop);

  BodyPlan plan(Request& request) override;
  void answer(const Request& request, Response& response) override;
  void finished(const Request& request, int status, double seconds) override;
  void tick() override;

  // The handlers.
  void show_page(const Request& request, Response& response);
  void show_openapi(const Request& request, Response& response);
  void show_live(const Request& request, Response& response);
  void show_ready(const Request& request, Response& response);
  void show_metrics(const Request& request, Response& response);
  void list_tasks(const Request& request, Response& response);
  void predict_task(const Request& request, Response& response);
  void predict_any(const Request& request, Response& response);
  void predict_named(const Request& request, Response& response);
  void predict_batch(const Request& request, Response& response);

 private:
  friend class BatchTransform;
  using ModelPtr = std::shared_ptr<const ServedModel>;
  struct Tally {
    Counter* requests;
    LatencyHistogram* seconds;
  };

  // An empty version means production.
  void predict_one(const Request& request, std::string_view task, const PredictQuery& query, ItemBodyReader::Keys keys,
                   Response& response);
  std::string task_of(const Request& request);
  void answer_item(const ModelPtr& model, const Request& request, ItemBodyReader::Keys keys, const PredictQuery& query,
                   const Stopwatch& watch, Response& response);
  std::shared_ptr<Ticket> ticket_for(const PredictQuery& query);
  std::chrono::steady_clock::time_point deadline() const;  // of what is asked now
  std::string only_task();
  bool takes_pictures(const Route& route, const Request& request);
  std::shared_ptr<const AnswerDesk> desk_of(const std::shared_ptr<const ServedModel>& model);
  const Tally& tally_of(std::size_t route, const std::string& method, int status);

  const ServerOptions& options_;
  Predictor& predictor_;
  Metrics& metrics_;
  const CancelToken& stop_;
  PredictSession session_;
  ItemBodyReader reader_;
  Item item_;
  std::uint64_t seen_generation_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<const AnswerDesk>> desks_;  // by serial
  std::unordered_map<std::uint64_t, Tally> tallies_;
};

}  // namespace aisle::http
