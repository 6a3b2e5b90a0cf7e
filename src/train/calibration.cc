#include "train/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/linear/kernels.h"

namespace aisle {
namespace {

// softmax(logits * s)[label] of every item.
std::vector<float> label_probabilities(std::span<const float> logits, std::size_t classes,
                                       std::span<const std::uint32_t> labels, double s) {
  std::vector<float> z(kernels::padded(classes)), out;
  out.reserve(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t k = 0; k < classes; ++k) z[k] = logits[i * classes + k] * static_cast<float>(s);
    kernels::softmax(z.data(), classes);
    out.push_back(z[labels[i]]);
  }
  return out;
}

double floor_loss(std::span<const float> p, double classes, double floor) {
  double loss = 0;
  for (const float one : p) loss -= std::log(std::max((1 - floor) * static_cast<double>(one) + floor / classes, 1e-12));
  return loss;
}

// The lowest point of a function with one valley in [low, high] (golden section, Kiefer 1953).
template <typename Function>
std::pair<double, double> lowest(double low, double high, int steps, Function&& function) {
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
  return fa < fb ? std::pair(a, fa) : std::pair(b, fb);
}

}  // namespace

SoftmaxCalibration fit_softmax_calibration(std::span<const float> logits, std::size_t classes,
                                           std::span<const std::uint32_t> labels) {
  SoftmaxCalibration best;
  if (labels.empty()) return best;
  const auto best_floor = [&](double log_s) {
    const std::vector<float> p = label_probabilities(logits, classes, labels, std::exp(log_s));
    return lowest(0, 0.5, 20, [&](double floor) { return floor_loss(p, static_cast<double>(classes), floor); });
  };
  const double log_s = lowest(std::log(0.05), std::log(20.0), 22, [&](double x) { return best_floor(x).second; }).first;
  best.temperature = std::exp(-log_s);
  best.floor = best_floor(log_s).first;
  if (best.floor < 1e-4) best.floor = 0;
  return best;
}

PlattScale fit_platt(std::span<const float> logits, std::span<const std::uint8_t> truths) {
  const auto positives = static_cast<double>(std::ranges::count(truths, 1));
  const auto negatives = static_cast<double>(truths.size()) - positives;
  PlattScale scale;
  if (positives == 0 || negatives == 0) return scale;
  const double high = (positives + 1) / (positives + 2), low = 1 / (negatives + 2);
  for (int step = 0; step < 50; ++step) {
    double ga = 0, gb = 0, haa = 1e-9, hab = 0, hbb = 1e-9;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const double z = logits[i];
      const double p = 1 / (1 + std::exp(-(scale.slope * z + scale.offset)));
      const double error = p - (truths[i] != 0 ? high : low), weight = p * (1 - p);
      ga += error * z;
      gb += error;
      haa += weight * z * z;
      hab += weight * z;
      hbb += weight;
    }
    const double determinant = haa * hbb - hab * hab;
    if (!(determinant > 0)) break;
    double da = (hbb * ga - hab * gb) / determinant, db = (haa * gb - hab * ga) / determinant;
    const double size = std::max(std::abs(da), std::abs(db));
    if (size > 1) da /= size, db /= size;
    scale.slope -= da;
    scale.offset -= db;
    if (size < 1e-6) break;
  }
  if (!(scale.slope > 0) || !std::isfinite(scale.offset)) return {};
  return scale;
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
