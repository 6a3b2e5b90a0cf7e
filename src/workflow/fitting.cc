#include "workflow/fitting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "model/network/backbone_network.h"
#include "model/network/spelling.h"

namespace aisle {
namespace {

constexpr std::size_t kMostNamed = 12;  // of each kind of problem

std::string listed(std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  const std::size_t shown = std::min(names.size(), kMostNamed);
  std::string text =
      fmt::format("; {} {}: {}", names.size(), what, fmt::join(names.begin(), names.begin() + shown, ", "));
  return shown < names.size() ? text + ", ..." : text;
}

std::string words_of(const network::WeightProblems& problems) {
  return listed("missing", problems.missing) + listed("of another shape", problems.misshapen);
}

network::WeightProblems problems_of(std::string_view architecture, const network::WeightSource& weights) {
  const BackboneManifest manifest{.architecture = std::string(architecture),
                                  .input = BackboneInput::kPicture,
                                  .picture = network::usual_picture_input(architecture)};
  return network::check_weights(network::backbone_network(manifest, {}), network::UsualNames(architecture, weights));
}

}  // namespace

void check_fit(const network::Network& network, const network::WeightSource& weights) {
  const network::WeightProblems problems = network::check_weights(network, weights);
  if (!problems.fatal()) return;
  throw Error(ErrorCode::kInvalidArgument, fmt::format("the weights do not fit {}{}{}", network.name(),
                                                       words_of(problems), listed("not wanted", problems.surplus)));
}

std::string find_architecture_of(const network::WeightSource& weights) {
  std::vector<std::string> fitting;
  std::string nearest, nearest_words;
  std::size_t fewest = SIZE_MAX;
  for (const std::string_view architecture : network::picture_backbones()) {
    const network::WeightProblems problems = problems_of(architecture, weights);
    const std::size_t count = problems.missing.size() + problems.misshapen.size();
    if (count == 0) fitting.emplace_back(architecture);
    if (count >= fewest) continue;
    fewest = count;
    nearest = architecture;
    nearest_words = words_of(problems);
  }
  if (fitting.size() > 1 && network::has_tensorflow_names(weights)) return "tf_efficientnet_lite0";
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty()) {
    throw Error(ErrorCode::kInvalidArgument, fmt::format("the weights fit no picture network that is built here; the "
                                                         "nearest is {}{}. A text encoder is added from its folder",
                                                         nearest, nearest_words));
  }
  throw Error(ErrorCode::kInvalidArgument,
              fmt::format("the weights fit {}; say which with --architecture (weights that "
                          "come from TensorFlow want tf_...)",
                          fmt::join(fitting, " and ")));
}

}  // namespace aisle
