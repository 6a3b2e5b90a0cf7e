#include "train/mixture_fit.h"

#include <algorithm>
#include <cmath>

#include "train/lbfgs.h"

namespace aisle {
namespace {

constexpr double kLeast = 1e-7;
constexpr double kPull = 1e-3;  // towards equal weights: decides where few items say little

// Weights are softmax(x) over the members in use.
class MixtureLoss {
 public:
  MixtureLoss(const HeldOutPanel& panel, const ItemTruth& truth, std::span<const std::uint32_t> rows,
              std::span<const std::uint8_t> use, TaskKind kind)
      : panel_(panel), truth_(truth), rows_(rows), kind_(kind) {
    for (std::uint32_t m = 0; m < use.size(); ++m) {
      if (use[m] != 0) members_.push_back(m);
    }
  }

  std::size_t size() const { return members_.size(); }

  std::vector<double> weights(std::span<const float> x) const {
    std::vector<double> weights;
    const double top = *std::ranges::max_element(x);
    double sum = 0;
    for (const float one : x) sum += weights.emplace_back(std::exp(one - top));
    for (double& weight : weights) weight /= sum;
    return weights;
  }

  double operator()(std::span<const float> x, std::span<float> gradient) {
    const std::vector<double> w = weights(x);
    std::vector<double> slopes(size());
    double loss = 0;
    for (const std::uint32_t row : rows_) loss += add_item(row, w, slopes);
    const double share = 1 / static_cast<double>(rows_.size());
    double mean = 0;
    for (std::size_t j = 0; j < size(); ++j) mean += w[j] * slopes[j];
    for (std::size_t j = 0; j < size(); ++j) {
      loss += kPull / 2 / share * x[j] * x[j];
      gradient[j] = static_cast<float>(w[j] * (slopes[j] - mean) * share + kPull * x[j]);
    }
    return loss * share;
  }

 private:
  // Adds dloss / dweight to slopes; returns the loss.
  double add_item(std::uint32_t row, std::span<const double> w, std::span<double> slopes) {
    const std::span<const std::uint8_t> known = panel_.known(row);
    double sum = 0;
    for (std::size_t j = 0; j < size(); ++j) sum += known[members_[j]] != 0 ? w[j] : 0;
    if (!(sum > 0)) return 0;
    const std::span<const std::uint32_t> labels = truth_.of(panel_.items()[row]);
    if (kind_ == TaskKind::kCategory) return add_class(row, labels.front(), true, sum, w, slopes);
    double loss = 0;
    for (std::uint32_t k = 0; k < panel_.classes(); ++k)
      loss += add_class(row, k, std::ranges::find(labels, k) != labels.end(), sum, w, slopes);
    return loss;
  }

  // -ln q or -ln(1 - q), where q is the mixture's probability of class k.
  double add_class(std::uint32_t row, std::uint32_t k, bool is_true, double sum, std::span<const double> w,
                   std::span<double> slopes) {
    const std::span<const std::uint8_t> known = panel_.known(row);
    double q = 0;
    for (std::size_t j = 0; j < size(); ++j) q += known[members_[j]] != 0 ? w[j] / sum * probability(row, j, k) : 0;
    q = std::clamp(q, kLeast, 1 - kLeast);
    const double slope = is_true ? -1 / q : 1 / (1 - q);
    for (std::size_t j = 0; j < size(); ++j) {
      if (known[members_[j]] != 0) slopes[j] += slope * (probability(row, j, k) - q) / sum;
    }
    return -std::log(is_true ? q : 1 - q);
  }

  double probability(std::uint32_t row, std::size_t j, std::uint32_t k) const {
    return static_cast<double>(panel_.probabilities(row, members_[j])[k]);
  }

  const HeldOutPanel& panel_;
  const ItemTruth& truth_;
  std::span<const std::uint32_t> rows_;
  TaskKind kind_;
  std::vector<std::uint32_t> members_;
};

}  // namespace

std::vector<float> fit_mixture(const HeldOutPanel& panel, const ItemTruth& truth, std::span<const std::uint32_t> rows,
                               std::span<const std::uint8_t> use, TaskKind kind, const CancelToken& cancel) {
  MixtureLoss loss(panel, truth, rows, use, kind);
  std::vector<float> x(loss.size(), 0.0F);
  if (!rows.empty() && loss.size() > 1) {
    minimise([&](std::span<const float> at, std::span<float> gradient) { return loss(at, gradient); }, x,
             {.max_iterations = 100, .gradient_limit = 1e-6, .decrease_limit = 1e-9}, cancel);
  }
  const std::vector<double> found = loss.weights(x);
  std::vector<float> weights;
  for (std::size_t m = 0, j = 0; m < use.size(); ++m)
    weights.push_back(use[m] != 0 ? static_cast<float>(found[j++]) : 0.0F);
  return weights;
}

}  // namespace aisle
