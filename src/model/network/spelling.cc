#include "model/network/spelling.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "core/error.h"

namespace aisle::network {
namespace {

struct Replacement {
  std::string_view from, to;
};

// What wraps a model: data parallel training, compilation, a model with a head around its base.
constexpr std::string_view kPrefixes[] = {"module.", "model.", "_orig_mod.", "base_model."};
constexpr std::string_view kEncoderPrefixes[] = {"0.auto_model.", "auto_model.", "bert.",
                                                 "roberta.",      "camembert.",  "distilbert."};
constexpr Replacement kSuffixes[] = {{".gamma", ".weight"}, {".beta", ".bias"}};

// lukemelas' names, which EfficientNet-Lite's checkpoints have, to timm's.
constexpr std::string_view kBlocks = "_blocks.";
constexpr int kBlocksOfStage[] = {1, 2, 2, 3, 3, 4, 1};
constexpr Replacement kStem[] = {{"_conv_stem.", "conv_stem."},
                                 {"_conv_head.", "conv_head."},
                                 {"_bn0.", "bn1."},
                                 {"_bn1.", "bn2."},
                                 {"_fc.", "classifier."}};
constexpr Replacement kFirstBlock[] = {
    {"_depthwise_conv.", "conv_dw."}, {"_bn1.", "bn1."}, {"_project_conv.", "conv_pw."}, {"_bn2.", "bn2."}};
constexpr Replacement kOtherBlocks[] = {{"_expand_conv.", "conv_pw."},    {"_bn0.", "bn1."},
                                        {"_depthwise_conv.", "conv_dw."}, {"_bn1.", "bn2."},
                                        {"_project_conv.", "conv_pwl."},  {"_bn2.", "bn3."}};

bool strip(std::string_view& name, std::span<const std::string_view> prefixes) {
  const auto found = std::ranges::find_if(prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
  if (found == prefixes.end()) return false;
  name.remove_prefix(found->size());
  return true;
}

std::string with_start(std::string_view name, std::span<const Replacement> table) {
  for (const auto& [from, to] : table) {
    if (name.starts_with(from)) return std::string(to) + std::string(name.substr(from.size()));
  }
  return std::string(name);
}

// "_blocks.4._bn0.weight" to "blocks.2.1.bn1.weight".
std::string block_name(std::string_view name) {
  const std::string_view rest = name.substr(kBlocks.size());
  int block = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), block);
  if (error != std::errc() || end == rest.data() + rest.size() || *end != '.' || block < 0) return std::string(name);
  const std::string_view part = rest.substr(static_cast<std::size_t>(end - rest.data()) + 1);
  for (std::size_t stage = 0; stage < std::size(kBlocksOfStage); block -= kBlocksOfStage[stage++]) {
    if (block >= kBlocksOfStage[stage]) continue;
    return "blocks." + std::to_string(stage) + "." + std::to_string(block) + "." +
           (stage == 0 ? with_start(part, kFirstBlock) : with_start(part, kOtherBlocks));
  }
  return std::string(name);
}

bool is_efficientnet(std::string_view architecture) {
  return architecture == "efficientnet_lite0" || architecture == "tf_efficientnet_lite0";
}

}  // namespace

std::string usual_name(std::string_view architecture, std::string_view name) {
  while (strip(name, kPrefixes) || (architecture == "bert" && strip(name, kEncoderPrefixes))) {
  }
  std::string usual(name);
  for (const auto& [from, to] : kSuffixes) {
    if (usual.ends_with(from)) usual.replace(usual.size() - from.size(), from.size(), to);
  }
  if (!is_efficientnet(architecture)) return usual;
  return usual.starts_with(kBlocks) ? block_name(usual) : with_start(usual, kStem);
}

bool has_tensorflow_names(const WeightSource& weights) {
  const std::vector<std::string> names = weights.names();
  return std::ranges::any_of(names, [](const std::string& name) { return name.ends_with("_conv_stem.weight"); });
}

UsualNames::UsualNames(std::string_view architecture, const WeightSource& source) : source_(source) {
  for (std::string& name : source.names()) {
    std::string usual = usual_name(architecture, name);
    const auto [found, fresh] = names_.try_emplace(std::move(usual), name);
    if (!fresh) {
      throw Error(ErrorCode::kCorrupt,
                  "the weights have '" + found->second + "' and '" + name + "', which are the same parameter");
    }
  }
}

std::optional<TensorView> UsualNames::find(std::string_view name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return std::nullopt;
  return source_.find(found->second);
}

std::vector<std::string> UsualNames::names() const {
  std::vector<std::string> names;
  for (const auto& [usual, written] : names_) names.push_back(usual);
  return names;
}

}  // namespace aisle::network
