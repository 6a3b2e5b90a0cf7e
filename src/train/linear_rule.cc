#include "train/linear_rule.h"

#include <algorithm>
#include <cmath>

#include "model/calibration.h"
#include "model/linear/kernels.h"
#include "train/calibration.h"

namespace aisle {
namespace {

// [items, classes]: 1 where the item has the label.
std::vector<std::uint8_t> truth_table(const SparseSet& items, std::size_t classes) {
  std::vector<std::uint8_t> truths(items.size() * classes);
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (const std::uint32_t label : items.item_labels(i)) truths[i * classes + label] = 1;
  }
  return truths;
}

void fit_category(std::span<const float> logits, const SparseSet& items, std::size_t classes, LinearRule& out) {
  const double temperature = fit_temperature(logits, classes, items.labels);
  std::ranges::fill(out.slope, static_cast<float>(1 / temperature));
  std::vector<float> top, z(kernels::padded(classes));  // top: probabilities of the first answers
  std::vector<std::uint8_t> right;
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t k = 0; k < classes; ++k) z[k] = logits[i * classes + k] * out.slope[k];
    kernels::softmax(z.data(), classes);
    const auto best = std::max_element(z.begin(), z.begin() + static_cast<std::ptrdiff_t>(classes));
    top.push_back(*best);
    right.push_back(static_cast<std::uint32_t>(best - z.begin()) == items.labels[i]);
  }
  out.top = fit_top_scale(top, right);
  for (float& one : top) one = scaled(out.top, one);
  out.rule.sure_limit = fit_sure_limit(top, right, out.rule.wanted_precision);
}

void fit_tags(std::span<const float> logits, const SparseSet& items, std::size_t classes, LinearRule& out) {
  const std::vector<std::uint8_t> truths = truth_table(items, classes);
  const PlattScale platt = fit_platt(logits, truths);
  std::ranges::fill(out.slope, static_cast<float>(platt.slope));
  std::ranges::fill(out.offset, static_cast<float>(platt.offset));
  std::vector<float> probabilities;
  for (const float z : logits)
    probabilities.push_back(static_cast<float>(1 / (1 + std::exp(-(platt.slope * z + platt.offset)))));
  out.rule.tag_limits = fit_tag_limits(probabilities, truths, classes);
}

}  // namespace

void calibrate(const LinearRule& rule, TaskKind kind, std::size_t classes, std::span<float> scores) {
  const Calibration calibration{rule.slope, rule.offset, rule.top};
  std::vector<float> z(kernels::padded(classes));
  for (std::size_t at = 0; at < scores.size(); at += classes) {
    const std::span<float> row = scores.subspan(at, classes);
    std::ranges::fill(z, 0.0F);
    std::ranges::copy(row, z.begin());
    apply(calibration, kind, z);
    std::copy_n(z.begin(), classes, row.begin());
  }
}

DecisionRule fit_decision(std::span<const float> probabilities, const SparseSet& items, std::size_t classes,
                          TaskKind kind, double wanted_precision) {
  DecisionRule rule;
  rule.wanted_precision = wanted_precision;
  if (kind == TaskKind::kTags) {
    rule.tag_limits = fit_tag_limits(probabilities, truth_table(items, classes), classes);
    return rule;
  }
  std::vector<float> top;
  std::vector<std::uint8_t> right;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::span<const float> row = probabilities.subspan(i * classes, classes);
    const auto best = std::ranges::max_element(row);
    top.push_back(*best);
    right.push_back(static_cast<std::uint32_t>(best - row.begin()) == items.labels[i]);
  }
  rule.sure_limit = fit_sure_limit(top, right, wanted_precision);
  return rule;
}

LinearRule fit_linear_rule(std::span<const float> logits, const SparseSet& items, std::size_t classes, TaskKind kind,
                           double wanted_precision) {
  LinearRule out{std::vector<float>(classes, 1), std::vector<float>(classes, 0), {}, {}};
  out.rule.wanted_precision = wanted_precision;
  if (kind == TaskKind::kCategory) {
    fit_category(logits, items, classes, out);
  } else {
    fit_tags(logits, items, classes, out);
  }
  return out;
}

}  // namespace aisle
