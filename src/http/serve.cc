#include <memory>

#include "http/api.h"
#include "http/server.h"

namespace aisle {

void serve(const ServerOptions& options, Predictor& predictor, Metrics& metrics, const CancelToken& stop,
           const std::function<void(std::uint16_t)>& on_listening) {
  const auto make_handler = [&] { return std::make_unique<http::Api>(options, predictor, metrics, stop); };
  http::run_server(options, metrics, stop, make_handler, on_listening);
}

}  // namespace aisle
