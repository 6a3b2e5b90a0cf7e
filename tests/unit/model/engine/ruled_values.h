// Weights and inputs made by a rule, so that whole networks need no files: tests/reference/make_whole_networks.py makes
// the same.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/network/network.h"
#include "model/network/weights.h"

namespace aisle {

// Whole numbers of 64 bits: SplitMix64's output function of the FNV-1a hash of the name and a counter.
class RuledSteps {
 public:
  explicit RuledSteps(std::string_view name) {
    for (const char c : name) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

// Even in (-1, 1).
inline std::vector<float> ruled_spread(std::string_view name, std::size_t count, float scale = 1, float middle = 0) {
  RuledSteps steps(name);
  std::vector<float> values(count);
  for (float& value : values) {
    const float spread = (static_cast<float>(steps.next() >> 40) + 0.5F) * 0x1p-23F - 1;
    value = middle + scale * spread;
  }
  return values;
}

// Noise that keeps a signal's size; norms and their statistics near 1 or 0.
inline std::vector<float> ruled_values(const network::Parameter& parameter) {
  const std::size_t count = network::element_count(parameter.shape);
  const std::string& name = parameter.name;
  if (parameter.shape.size() > 1) {
    const auto inputs = static_cast<double>(count / static_cast<std::size_t>(parameter.shape[0]));
    return ruled_spread(name, count, static_cast<float>(std::sqrt(4.5 / inputs)));
  }
  if (name.ends_with("running_var")) return ruled_spread(name, count, 0.5F, 1);
  if (name.ends_with("weight")) return ruled_spread(name, count, 0.2F, 1);
  return ruled_spread(name, count, 0.1F);
}

inline network::MemoryWeights ruled_weights(const network::Network& network) {
  network::MemoryWeights weights;
  for (const network::Parameter& parameter : network.parameters())
    weights.set(parameter.name, parameter.shape, ruled_values(parameter));
  return weights;
}

// `count` ids; 0 to 3 are special in some families.
inline std::vector<std::int32_t> ruled_ids(std::size_t count, std::uint64_t vocabulary) {
  RuledSteps steps("ids");
  std::vector<std::int32_t> ids(count);
  for (std::int32_t& id : ids) id = static_cast<std::int32_t>(steps.next() % (vocabulary - 4) + 4);
  return ids;
}

}  // namespace aisle
