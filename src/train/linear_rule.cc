#include "train/linear_rule.h"

#include <algorithm>
#include <cmath>

#include "model/linear/kernels.h"
#include "train/calibration.h"

namespace aisle {
namespace {

void fit_category(std::span<const float> logits, const SparseSet& items, std::size_t classes, LinearRule& out) {
  const SoftmaxCalibration calibration = fit_softmax_calibration(logits, classes, items.labels);
  std::ranges::fill(out.slope, static_cast<float>(1 / calibration.temperature));
  out.floor = static_cast<float>(calibration.floor);
  std::vector<float> odds, z(kernels::padded(classes));  // odds: log odds of the first answers
  std::vector<std::uint8_t> right;
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t k = 0; k < classes; ++k) z[k] = logits[i * classes + k] * out.slope[k];
    kernels::softmax(z.data(), classes);
    const auto best = std::max_element(z.begin(), z.begin() + static_cast<std::ptrdiff_t>(classes));
    odds.push_back(log_odds((1 - out.floor) * *best + out.floor / static_cast<float>(classes)));
    right.push_back(static_cast<std::uint32_t>(best - z.begin()) == items.labels[i]);
  }
  const PlattScale platt = fit_platt(odds, right);
  out.top = {std::clamp(static_cast<float>(platt.slope), 0.05F, 20.0F),
             std::clamp(static_cast<float>(platt.offset), -20.0F, 20.0F)};
  std::vector<float> top;
  for (const float one : odds) top.push_back(1 / (1 + std::exp(-(out.top.slope * one + out.top.offset))));
  out.rule.sure_limit = fit_sure_limit(top, right, out.rule.wanted_precision);
}

void fit_tags(std::span<const float> logits, const SparseSet& items, std::size_t classes, LinearRule& out) {
  std::vector<std::uint8_t> truths(logits.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (const std::uint32_t label : items.item_labels(i)) truths[i * classes + label] = 1;
  }
  const PlattScale platt = fit_platt(logits, truths);
  std::ranges::fill(out.slope, static_cast<float>(platt.slope));
  std::ranges::fill(out.offset, static_cast<float>(platt.offset));
  std::vector<float> probabilities;
  for (const float z : logits)
    probabilities.push_back(static_cast<float>(1 / (1 + std::exp(-(platt.slope * z + platt.offset)))));
  out.rule.tag_limits = fit_tag_limits(probabilities, truths, classes);
}

}  // namespace

LinearRule fit_linear_rule(std::span<const float> logits, const SparseSet& items, std::size_t classes, TaskKind kind,
                           double wanted_precision) {
  LinearRule out{std::vector<float>(classes, 1), std::vector<float>(classes, 0), 0, {}};
  out.rule.wanted_precision = wanted_precision;
  if (kind == TaskKind::kCategory) {
    fit_category(logits, items, classes, out);
  } else {
    fit_tags(logits, items, classes, out);
  }
  return out;
}

}  // namespace aisle
