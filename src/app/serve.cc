#include "app/serve.h"

#include <algorithm>
#include <iostream>
#include <string>

#include "core/log.h"
#include "core/parallel.h"
#include "http/server.h"
#include "workflow/environment.h"
#include "workflow/model_source.h"

namespace aisle {
namespace {

ServerOptions options_of(const Workspace& workspace, const ServeRequest& request) {
  const Config& config = workspace.config;
  ServerOptions options;
  options.host = request.host.value_or(config.server.host);
  options.port = request.port.value_or(static_cast<std::uint16_t>(config.server.port));
  options.threads = request.threads;
  options.max_connections = static_cast<std::size_t>(config.server.max_connections);
  options.max_header_bytes = static_cast<std::size_t>(config.server.max_header_bytes);
  options.max_body_bytes = static_cast<std::size_t>(config.server.max_body_bytes);
  options.max_picture_body_bytes =
      std::max(options.max_body_bytes, static_cast<std::size_t>(config.server.max_picture_body_bytes));
  options.body_timeout_ms = static_cast<int>(config.server.request_timeout_ms);
  options.answer_timeout_ms = static_cast<int>(config.server.answer_timeout_ms);
  options.temporary_folder = workspace.folder / "tmp";
  return options;
}

PredictorOptions predictor_options(const ServerConfig& config, std::size_t threads) {
  PredictorOptions options;
  options.batcher.workers = thread_count(threads);
  options.batcher.bounds.wait = std::chrono::milliseconds(config.batch_wait_ms);
  options.batcher.bounds.queue_items = static_cast<std::size_t>(config.max_queue);
  return options;
}

std::string url_of(const std::string& host, std::uint16_t port) {
  const bool version_6 = host.find(':') != std::string::npos;
  return "http://" + (version_6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/";
}

}  // namespace

void serve_workspace(Context& context, const ServeRequest& request) {
  const ServerOptions options = options_of(context.workspace, request);
  WorkspaceModels models(context.workspace, context.clock, context.encoders);
  Metrics metrics({.version = program_version(), .code = program_version(), .compiler = compiler_name()});
  Predictor predictor(models, metrics, predictor_options(context.workspace.config.server, options.threads));
  for (const ServedTask& task : predictor.table()->tasks) {
    if (!task.problem.empty()) log(LogLevel::kWarning, task.task.name + ": " + task.problem);
  }
  serve(options, predictor, metrics, context.cancel,
        [&](std::uint16_t port) { log(LogLevel::kInfo, "listening on " + url_of(options.host, port)); });
  log(LogLevel::kInfo, "stopped; everything that was accepted is answered");
}

}  // namespace aisle
