// The explicit list of the kinds of model that this program can train.
#include <algorithm>
#include <array>

#include "core/error.h"
#include "train/cascade_trainer.h"
#include "train/frozen_trainer.h"
#include "train/fusion_trainer.h"
#include "train/linear_trainer.h"
#include "train/trainer.h"

namespace aisle {
namespace {

std::array<const Trainer*, 7> all_trainers() {
  static const LinearTrainer kLinear;
  static const FrozenTrainer kSentence(Reads::kText), kPicture(Reads::kPicture);
  static const FusionTrainer kAverage(kAverageKind), kWeighted(kWeightedKind), kConcat(kConcatKind);
  static const CascadeTrainer kCascade;
  return {&kLinear, &kSentence, &kPicture, &kAverage, &kWeighted, &kConcat, &kCascade};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::vector<const Trainer*> list_trainers() {
  const auto trainers = all_trainers();
  return {trainers.begin(), trainers.end()};
}

const Trainer& find_trainer(std::string_view kind) {
  std::vector<std::string> kinds;
  for (const Trainer* trainer : all_trainers()) {
    if (trainer->kind() == kind) return *trainer;
    kinds.emplace_back(trainer->kind());
  }
  throw Error(ErrorCode::kInvalidArgument,
              "there is no kind of model '" + std::string(kind.substr(0, 80)) + "'; there are: " + joined(kinds));
}

Parameters merge_parameters(const Trainer& trainer, std::span<const std::pair<std::string, std::string>> set) {
  return trainer.merge(set, "");
}

Parameters Trainer::merge(std::span<const std::pair<std::string, std::string>> set, const std::string& prefix) const {
  Parameters merged;
  std::vector<std::string> keys;
  for (const OptionSpec& spec : options()) {
    merged.emplace_back(spec.key, spec.default_value);
    keys.push_back(prefix + spec.key);
  }
  for (const auto& [key, value] : set) {
    const auto found = std::ranges::find(merged, key, &std::pair<std::string, std::string>::first);
    if (found == merged.end()) {
      const std::string written = (prefix + key).substr(0, 80);
      throw Error(ErrorCode::kUsage, "--set knows no key '" + written + "'; there are: " + joined(keys),
                  {{"key", written}});
    }
    found->second = value;
  }
  std::ranges::sort(merged);
  return merged;
}

}  // namespace aisle
