#include "train/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "model/linear/kernels.h"

namespace aisle {
namespace {

double log_loss(std::span<const float> logits, std::size_t classes, std::span<const std::uint32_t> labels, double s) {
  std::vector<float> z(kernels::padded(classes));
  double loss = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t k = 0; k < classes; ++k) z[k] = logits[i * classes + k] * static_cast<float>(s);
    kernels::softmax(z.data(), classes);
    loss -= std::log(std::max(static_cast<double>(z[labels[i]]), 1e-12));
  }
  return loss;
}

// matrix * x = right, matrix symmetric and positive.
template <std::size_t N>
struct SquareSystem {
  std::array<std::array<double, N>, N> matrix{};
  std::array<double, N> right{};

  void add(const std::array<double, N>& x, double weight, double error) {
    for (std::size_t n = 0; n < N; ++n) {
      right[n] += error * x[n];
      for (std::size_t m = 0; m < N; ++m) matrix[n][m] += weight * x[n] * x[m];
    }
  }

  // By Gauss's elimination; false where there is no one answer.
  bool solve(std::array<double, N>& x) {
    for (std::size_t n = 0; n < N; ++n) {
      if (!(matrix[n][n] > 0)) return false;
      for (std::size_t m = n + 1; m < N; ++m) {
        const double factor = matrix[m][n] / matrix[n][n];
        for (std::size_t k = n; k < N; ++k) matrix[m][k] -= factor * matrix[n][k];
        right[m] -= factor * right[n];
      }
    }
    for (std::size_t n = N; n-- > 0;) {
      x[n] = right[n];
      for (std::size_t k = n + 1; k < N; ++k) x[n] -= matrix[n][k] * x[k];
      x[n] /= matrix[n][n];
    }
    return std::ranges::all_of(x, [](double one) { return std::isfinite(one); });
  }
};

// The lowest point of a function with one valley in [low, high] (golden section, Kiefer 1953).
template <typename Function>
double lowest(double low, double high, int steps, Function&& function) {
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double a = high - golden * (high - low), b = low + golden * (high - low);
  double fa = function(a), fb = function(b);
  for (int step = 0; step < steps; ++step) {
    if (fa < fb) {
      high = b, b = a, fb = fa;
      a = high - golden * (high - low);
      fa = function(a);
    } else {
      low = a, a = b, fa = fb;
      b = low + golden * (high - low);
      fb = function(b);
    }
  }
  return fa < fb ? a : b;
}

// Logistic regression on N features by Newton's method, with Platt's smoothed targets (1999). features(i): array of N.
// Nothing where only one of the two truths occurs, or where it comes to no end.
template <std::size_t N, typename Features>
std::optional<std::array<double, N>> fit_logistic(Features&& features, std::span<const std::uint8_t> truths,
                                                  std::array<double, N> weights, const std::array<double, N>& prior) {
  const auto positives = static_cast<double>(std::ranges::count(truths, 1));
  const auto negatives = static_cast<double>(truths.size()) - positives;
  if (positives == 0 || negatives == 0) return std::nullopt;
  const double high = (positives + 1) / (positives + 2), low = 1 / (negatives + 2);
  const std::array<double, N> start = weights;
  for (int step = 0; step < 50; ++step) {
    SquareSystem<N> system;
    for (std::size_t n = 0; n < N; ++n) {
      system.right[n] = prior[n] * (weights[n] - start[n]);
      system.matrix[n][n] = prior[n] + 1e-9;
    }
    for (std::size_t i = 0; i < truths.size(); ++i) {
      const std::array<double, N> x = features(i);
      const double p = 1 / (1 + std::exp(-std::inner_product(x.begin(), x.end(), weights.begin(), 0.0)));
      const double error = p - (truths[i] != 0 ? high : low);
      system.add(x, p * (1 - p), error);
    }
    std::array<double, N> change{};
    if (!system.solve(change)) return std::nullopt;
    const double size = std::abs(*std::ranges::max_element(change, {}, [](double one) { return std::abs(one); }));
    for (std::size_t n = 0; n < N; ++n) weights[n] -= size > 1 ? change[n] / size : change[n];
    if (size < 1e-6) break;
  }
  return weights;
}

}  // namespace

double fit_temperature(std::span<const float> logits, std::size_t classes, std::span<const std::uint32_t> labels) {
  if (labels.empty()) return 1;
  return std::exp(-lowest(std::log(0.05), std::log(20.0), 22,
                          [&](double log_s) { return log_loss(logits, classes, labels, std::exp(log_s)); }));
}

TopScale fit_top_scale(std::span<const float> probabilities, std::span<const std::uint8_t> right) {
  // A map that does not rise would change the order of answers: then the slope that is negative is left out.
  const auto fit = [&](double with_slope, double with_rest) {
    const auto features = [&](std::size_t i) -> std::array<double, 3> {
      const TopFeatures of = top_features(probabilities[i]);
      return {with_slope * of.log_p, with_rest * of.log_rest, 1};
    };
    return fit_logistic<3>(features, right, {with_slope, with_rest, 0}, {1, 1, 0});
  };
  auto found = fit(1, 1);
  if (found && (*found)[0] < 0) found = fit(0, 1);
  if (found && (*found)[1] < 0) found = fit(1, 0);
  if (!found || (*found)[0] < 0 || (*found)[1] < 0) return {};
  const auto [slope, rest_slope, offset] = *found;
  return {static_cast<float>(std::min(slope, 20.0)), static_cast<float>(std::min(rest_slope, 20.0)),
          static_cast<float>(std::clamp(offset, -20.0, 20.0))};
}

PlattScale fit_platt(std::span<const float> logits, std::span<const std::uint8_t> truths) {
  const auto found = fit_logistic<2>(
      [&](std::size_t i) -> std::array<double, 2> {
        return {static_cast<double>(logits[i]), 1};
      },
      truths, {1, 0}, {});
  if (!found || !((*found)[0] > 0)) return {};
  return {(*found)[0], (*found)[1]};
}

float fit_sure_limit(std::span<const float> probabilities, std::span<const std::uint8_t> right,
                     double wanted_precision) {
  std::vector<std::uint32_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, std::greater<>(), [&](std::uint32_t i) { return probabilities[i]; });
  float limit = 2;
  double hits = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    hits += right[order[i]];
    const bool last_of_equals = i + 1 == order.size() || probabilities[order[i + 1]] != probabilities[order[i]];
    if (last_of_equals && hits >= wanted_precision * static_cast<double>(i + 1)) limit = probabilities[order[i]];
  }
  return limit;
}

namespace {

constexpr double kPriorPositives = 20;  // a tag with this many positives is believed half

struct Scored {
  float probability;
  std::uint8_t truth;
};

// Of one tag's falling probabilities: the limit that gains most where a right answer is worth 2 - f1 and a wrong one
// -f1.
float best_limit(std::span<const Scored> scored, double trust, double f1) {
  double gain = 0, best = 0;
  float limit = 2;
  for (std::size_t i = 0; i < scored.size(); ++i) {
    gain += 2 * (trust * scored[i].truth + (1 - trust) * static_cast<double>(scored[i].probability)) - f1;
    const bool last_of_equals = i + 1 == scored.size() || scored[i + 1].probability != scored[i].probability;
    if (!last_of_equals || gain <= best) continue;
    best = gain;
    const float next = i + 1 == scored.size() ? 0 : scored[i + 1].probability;
    limit = (scored[i].probability + next) / 2;
  }
  return limit;
}

struct Counts {
  double right = 0, answered = 0, true_tags = 0;
  double f1() const { return answered + true_tags > 0 ? 2 * right / (answered + true_tags) : 0; }
};

}  // namespace

// Micro F1 is a ratio of sums over the tags: by Dinkelbach (1967) its maximum is found by maximising 2 * right - F1 *
// answered for each tag by itself, with F1 the ratio reached so far.
std::vector<float> fit_tag_limits(std::span<const float> probabilities, std::span<const std::uint8_t> truths,
                                  std::size_t tags) {
  const std::size_t items = tags == 0 ? 0 : probabilities.size() / tags;
  std::vector<std::vector<Scored>> scored(tags);
  std::vector<double> trust(tags);
  Counts none;
  for (std::size_t tag = 0; tag < tags; ++tag) {
    double positives = 0;
    for (std::size_t i = 0; i < items; ++i) {
      const Scored one{probabilities[i * tags + tag], truths[i * tags + tag]};
      positives += one.truth;
      if (one.probability > 0.01F || one.truth != 0) scored[tag].push_back(one);
    }
    std::ranges::sort(scored[tag], std::greater<>(), &Scored::probability);
    trust[tag] = positives / (positives + kPriorPositives);
    none.true_tags += positives;
  }
  std::vector<float> limits(tags, 0.5F);
  double f1 = 0.5;
  for (int round = 0; round < 20; ++round) {
    Counts counts = none;
    for (std::size_t tag = 0; tag < tags; ++tag) {
      limits[tag] = scored[tag].empty() ? static_cast<float>(f1 / 2)
                                        : std::clamp(best_limit(scored[tag], trust[tag], f1), 0.02F, 0.98F);
      for (const Scored& one : scored[tag]) {
        if (one.probability < limits[tag]) break;
        counts.right += one.truth;
        counts.answered += 1;
      }
    }
    const double next = counts.f1();
    if (std::abs(next - f1) < 1e-6) break;
    f1 = next;
  }
  return limits;
}

}  // namespace aisle
