#include "model/calibration.h"

#include <cmath>

#include "model/linear/kernels.h"

namespace aisle {

void apply(const Calibration& calibration, TaskKind kind, std::span<float> z) {
  const std::size_t classes = calibration.slope.size();
  for (std::size_t k = 0; k < classes; ++k) {
    const float value = calibration.slope[k] * z[k] + calibration.offset[k];
    z[k] = std::isfinite(value) ? value : 0;
  }
  if (kind == TaskKind::kTags) return kernels::sigmoid(z.data(), z.size());
  kernels::softmax(z.data(), classes);
  apply(calibration.top, z.first(classes));
}

}  // namespace aisle
