// The HTTP server: listens, bounds what comes in, and answers until it is told to stop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/progress.h"
#include "http/handler.h"
#include "observe/metrics.h"
#include "serve/predictor.h"

namespace aisle {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: a free one
  std::size_t threads = 0;    // 0: all cores
  std::size_t max_connections = 1024;
  std::size_t max_header_bytes = 16 << 10;
  std::size_t max_body_bytes = 1 << 20;            // of a whole body; streamed ones are bounded by the line
  std::size_t max_picture_body_bytes = 16 << 20;   // the same where a model that reads pictures is asked
  std::size_t max_large_bodies_bytes = 512 << 20;  // of all bodies over max_body_bytes together
  std::size_t max_in_flight = 256;                 // requests being read; those in a queue are bounded there
  std::size_t max_streams = 64;
  std::size_t max_waiting_answer_bytes = 256 << 20;  // of one stream whose client sends but does not read; on disk
  std::filesystem::path temporary_folder;            // for those; empty: the system's
  int header_timeout_ms = 10'000;
  int body_timeout_ms = 30'000;  // a whole body; or without progress in a stream
  int idle_timeout_ms = 60'000;
  int write_timeout_ms = 30'000;  // without progress
  int drain_timeout_ms = 10'000;
  int answer_timeout_ms = 5'000;  // an item that waits longer for its model is refused
  bool access_log = false;
};

// Serves the routes of api/openapi.yaml until `stop` is cancelled (a signal handler may do that), then accepts no
// more, answers what was accepted (for drain_timeout_ms at most; what waits for a model, for twice answer_timeout_ms
// where that is longer) and returns.
// `on_listening` is told the port. Throws kIo when it cannot listen, kInvalidArgument for an option out of range.
void serve(const ServerOptions& options, Predictor& predictor, Metrics& metrics, const CancelToken& stop,
           const std::function<void(std::uint16_t)>& on_listening);

namespace http {

// The server without the application: `make_handler` is called once a thread. For serve() and tests.
void run_server(const ServerOptions& options, Metrics& metrics, const CancelToken& stop,
                const std::function<std::unique_ptr<RequestHandler>()>& make_handler,
                const std::function<void(std::uint16_t)>& on_listening);

}  // namespace http
}  // namespace aisle
