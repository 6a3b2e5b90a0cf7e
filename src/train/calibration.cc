#include "train/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aisle {
namespace {

// First and second derivative of the log loss by s = 1 / T.
std::pair<double, double> temperature_slopes(std::span<const float> logits, std::size_t classes, std::span<const std::uint32_t> labels, double s) {
  double first = 0, second = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::span<const float> z = logits.subspan(i * classes, classes);
    const double top = *std::ranges::max_element(z);
    double sum = 0, mean = 0, square = 0;
    for (const float value : z) {
      const double weight = std::exp(s * (value - top));
      sum += weight;
      mean += weight * value;
      square += weight * value * value;
    }
    mean /= sum;
    first += mean - z[labels[i]];
    second += square / sum - mean * mean;
  }
  return {first, second};
}

}  // namespace

double fit_temperature(std::span<const float> logits, std::size_t classes, std::span<const std::uint32_t> labels) {
  if (labels.empty()) return 1;
  double low = 0.05, high = 20, s = 1;
  for (int step = 0; step < 40; ++step) {  // Newton's steps, kept in a shrinking interval: the loss is convex in s
    const auto [first, second] = temperature_slopes(logits, classes, labels, s);
    (first > 0 ? high : low) = s;
    double next = second > 0 ? s - first / second : 0;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (std::abs(next - s) < 1e-5 * s) break;
    s = next;
  }
  return 1 / s;
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

float fit_sure_limit(std::span<const float> probabilities, std::span<const std::uint8_t> right, double wanted_precision) {
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

// Of one tag's falling probabilities: the limit that gains most where a right answer is worth 2 - f1 and a wrong one -f1.
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
std::vector<float> fit_tag_limits(std::span<const float> probabilities, std::span<const std::uint8_t> truths, std::size_t tags) {
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
      limits[tag] = scored[tag].empty() ? static_cast<float>(f1 / 2) : std::clamp(best_limit(scored[tag], trust[tag], f1), 0.02F, 0.98F);
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
