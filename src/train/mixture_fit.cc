#include "train/mixture_fit.h"

#include <algorithm>
#include <cmath>

#include "train/lbfgs.h"

namespace aisle {
namespace {

constexpr double kLeast = 1e-7;
constexpr double kPull = 1e-3;  // towards equal weights: decides where few items say little

// Parameters: one a member in use, whose softmax are the weights, then ln slope and, for tags, an offset: the mixture
// is calibrated afterwards, so what counts is its loss when it is. A weak member makes a mixture too modest, which a
// slope mends; without it the member would be given no say at all.
class MixtureLoss {
 public:
  MixtureLoss(const HeldOutPanel& panel, const ItemTruth& truth, std::span<const std::uint32_t> rows,
              std::span<const std::uint8_t> use, TaskKind kind)
      : panel_(panel), truth_(truth), rows_(rows), kind_(kind), q_(panel.classes()), slope_of_q_(panel.classes()) {
    for (std::uint32_t m = 0; m < use.size(); ++m) {
      if (use[m] != 0) members_.push_back(m);
    }
  }

  std::size_t members() const { return members_.size(); }
  std::size_t parameters() const { return members_.size() + (kind_ == TaskKind::kTags ? 2 : 1); }

  std::vector<double> weights(std::span<const float> x) const {
    std::vector<double> weights;
    const std::span<const float> own = x.first(members());
    const double top = *std::ranges::max_element(own);
    double sum = 0;
    for (const float one : own) sum += weights.emplace_back(std::exp(one - top));
    for (double& weight : weights) weight /= sum;
    return weights;
  }

  double operator()(std::span<const float> x, std::span<float> gradient) {
    const std::vector<double> w = weights(x);
    std::vector<double> slopes(members());  // dloss / dweight
    scale_ = std::exp(std::clamp(static_cast<double>(x[members()]), -4.0, 4.0));
    offset_ = kind_ == TaskKind::kTags ? x[members() + 1] : 0;
    slope_of_scale_ = slope_of_offset_ = 0;
    double loss = 0;
    for (const std::uint32_t row : rows_) loss += add_item(row, w, slopes);
    const double share = 1 / static_cast<double>(rows_.size());
    double mean = 0;
    for (std::size_t j = 0; j < members(); ++j) mean += w[j] * slopes[j];
    loss *= share;
    for (std::size_t j = 0; j < members(); ++j) {
      loss += kPull / 2 * x[j] * x[j];
      gradient[j] = static_cast<float>(w[j] * (slopes[j] - mean) * share + kPull * x[j]);
    }
    gradient[members()] = static_cast<float>(slope_of_scale_ * scale_ * share);
    if (kind_ == TaskKind::kTags) gradient[members() + 1] = static_cast<float>(slope_of_offset_ * share);
    return loss;
  }

 private:
  double add_item(std::uint32_t row, std::span<const double> w, std::span<double> slopes) {
    const std::span<const std::uint8_t> known = panel_.known(row);
    double sum = 0;
    for (std::size_t j = 0; j < members(); ++j) sum += known[members_[j]] != 0 ? w[j] : 0;
    if (!(sum > 0)) return 0;
    std::ranges::fill(q_, 0.0);
    for (std::size_t j = 0; j < members(); ++j) {
      if (known[members_[j]] == 0) continue;
      const std::span<const float> p = panel_.probabilities(row, members_[j]);
      for (std::size_t k = 0; k < q_.size(); ++k) q_[k] += w[j] / sum * static_cast<double>(p[k]);
    }
    for (double& q : q_) q = std::clamp(q, kLeast, 1 - kLeast);
    const std::span<const std::uint32_t> labels = truth_.of(panel_.items()[row]);
    const double loss = kind_ == TaskKind::kCategory ? category_loss(labels.front()) : tags_loss(labels);
    for (std::size_t j = 0; j < members(); ++j) {
      if (known[members_[j]] == 0) continue;
      const std::span<const float> p = panel_.probabilities(row, members_[j]);
      for (std::size_t k = 0; k < q_.size(); ++k)
        slopes[j] += slope_of_q_[k] * (static_cast<double>(p[k]) - q_[k]) / sum;
    }
    return loss;
  }

  // Of softmax(scale * ln q); slope_of_q_ becomes dloss / dq.
  double category_loss(std::uint32_t label) {
    double sum = 0, mean_log = 0;
    for (std::size_t k = 0; k < q_.size(); ++k) {
      slope_of_q_[k] = std::exp(scale_ * std::log(q_[k]));
      sum += slope_of_q_[k];
      mean_log += slope_of_q_[k] * std::log(q_[k]);
    }
    const double loss = std::log(sum) - scale_ * std::log(q_[label]);
    for (std::size_t k = 0; k < q_.size(); ++k)
      slope_of_q_[k] = scale_ / q_[k] * (slope_of_q_[k] / sum - (k == label ? 1 : 0));
    slope_of_scale_ += mean_log / sum - std::log(q_[label]);
    return loss;
  }

  // Of one sigmoid(scale * ln(q / (1 - q)) + offset) a tag.
  double tags_loss(std::span<const std::uint32_t> labels) {
    double loss = 0;
    for (std::uint32_t k = 0; k < q_.size(); ++k) {
      const bool is_true = std::ranges::find(labels, k) != labels.end();
      const double odds = std::log(q_[k] / (1 - q_[k]));
      const double p = std::clamp(1 / (1 + std::exp(-(scale_ * odds + offset_))), kLeast, 1 - kLeast);
      const double error = p - (is_true ? 1 : 0);
      loss -= std::log(is_true ? p : 1 - p);
      slope_of_q_[k] = error * scale_ / (q_[k] * (1 - q_[k]));
      slope_of_scale_ += error * odds;
      slope_of_offset_ += error;
    }
    return loss;
  }

  const HeldOutPanel& panel_;
  const ItemTruth& truth_;
  std::span<const std::uint32_t> rows_;
  TaskKind kind_;
  std::vector<std::uint32_t> members_;
  std::vector<double> q_, slope_of_q_;  // [K], of the item at hand
  double scale_ = 1, offset_ = 0, slope_of_scale_ = 0, slope_of_offset_ = 0;
};

}  // namespace

std::vector<float> fit_mixture(const HeldOutPanel& panel, const ItemTruth& truth, std::span<const std::uint32_t> rows,
                               std::span<const std::uint8_t> use, TaskKind kind, const CancelToken& cancel) {
  MixtureLoss loss(panel, truth, rows, use, kind);
  std::vector<float> x(loss.parameters(), 0.0F);
  if (!rows.empty() && loss.members() > 1) {
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
