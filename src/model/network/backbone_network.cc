#include "model/network/backbone_network.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "model/network/efficientnet.h"
#include "model/network/hugging_face.h"
#include "model/network/inception.h"
#include "model/network/resnet.h"
#include "model/network/vgg.h"
#include "model/network/xception.h"

namespace aisle::network {
namespace {

constexpr std::array<double, 3> kHalf = {0.5, 0.5, 0.5};

struct PictureBackbone {
  Network (*build)(std::int64_t size);
  PictureInput input;
};

// In the order of kNames. Inception's and Xception's weights want (x - 0.5) / 0.5.
constexpr std::string_view kNames[] = {
    "resnet18", "resnet50", "vgg16", "xception", "inception_v3", "efficientnet_lite0", "tf_efficientnet_lite0"};

PictureBackbone picture_backbone(std::string_view name) {
  if (name == "resnet18") return {[](std::int64_t size) { return build_resnet18(0, size); }, {}};
  if (name == "resnet50") return {[](std::int64_t size) { return build_resnet50(0, size); }, {}};
  if (name == "vgg16") return {[](std::int64_t size) { return build_vgg16(0, size); }, {}};
  if (name == "xception") {
    return {[](std::int64_t size) { return build_xception(0, size); },
            {.size = 299, .resized = 333, .filter = "bicubic", .mean = kHalf, .deviation = kHalf}};
  }
  if (name == "inception_v3") {
    return {[](std::int64_t size) { return build_inception_v3(0, size); },
            {.size = 299, .resized = 342, .filter = "bilinear", .mean = kHalf, .deviation = kHalf}};
  }
  if (name == "efficientnet_lite0") {
    return {[](std::int64_t size) { return build_efficientnet_lite0(0, EfficientNetOrigin::kPyTorch, size); },
            {.filter = "bicubic"}};
  }
  if (name == "tf_efficientnet_lite0") {
    return {[](std::int64_t size) { return build_efficientnet_lite0(0, EfficientNetOrigin::kTensorFlow, size); },
            {.filter = "bicubic"}};
  }
  std::string known(kTextArchitecture);
  for (const std::string_view each : kNames) known += ", " + std::string(each);
  throw Error(ErrorCode::kUnsupported, "'" + std::string(name.substr(0, 80)) +
                                           "' is no architecture with pretrained weights; there are: " + known);
}

BertPooling pooling_of(const std::string& name) {
  if (name == "mean") return BertPooling::kMean;
  if (name == "first") return BertPooling::kFirst;
  if (name == "pooler") return BertPooling::kPooler;
  throw Error(ErrorCode::kUnsupported,
              "the pooling '" + name.substr(0, 80) + "' is not built here; mean, first and pooler are");
}

}  // namespace

std::span<const std::string_view> picture_backbones() {
  return kNames;
}

PictureInput usual_picture_input(std::string_view architecture) {
  return picture_backbone(architecture).input;
}

Network backbone_network(const BackboneManifest& manifest, const nlohmann::json& config) {
  if (manifest.input == BackboneInput::kPicture)
    return picture_backbone(manifest.architecture).build(manifest.picture.size);
  BertConfig bert = bert_config(config);
  bert.pooling = pooling_of(manifest.text.pooling);
  return build_bert(bert);
}

}  // namespace aisle::network
