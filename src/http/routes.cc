#include <array>

#include "http/api.h"

namespace aisle::http {

std::span<const Route> routes() {
  static constexpr std::array<Route, 10> kRoutes = {{
      {"GET", "/", BodyKind::kNone, &Api::show_page},
      {"GET", "/openapi.json", BodyKind::kNone, &Api::show_openapi},
      {"GET", "/health/live", BodyKind::kNone, &Api::show_live},
      {"GET", "/health/ready", BodyKind::kNone, &Api::show_ready},
      {"GET", "/metrics", BodyKind::kNone, &Api::show_metrics},
      {"GET", "/tasks", BodyKind::kNone, &Api::list_tasks},
      {"POST", "/tasks/{task}/predict", BodyKind::kWhole, &Api::predict_task},
      {"POST", "/tasks/{task}/predict/batch", BodyKind::kStream, &Api::predict_batch},
      {"POST", "/model/predict", BodyKind::kWhole, &Api::predict_any},
      {"POST", "/model/{name}/predict", BodyKind::kWhole, &Api::predict_named},
  }};
  return kRoutes;
}

}  // namespace aisle::http
