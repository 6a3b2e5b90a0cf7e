#include "model/network/architectures.h"

#include <fmt/format.h>

#include "core/error.h"
#include "model/network/bert.h"
#include "model/network/bigru.h"
#include "model/network/cnn.h"
#include "model/network/conv1d.h"
#include "model/network/dnn.h"
#include "model/network/efficientnet.h"
#include "model/network/inception.h"
#include "model/network/resnet.h"
#include "model/network/vgg.h"
#include "model/network/xception.h"

namespace aisle::network {
namespace {

constexpr Architecture kArchitectures[] = {
    {"bert", "text encoder of 12 layers, 768 wide; a checkpoint's config.json gives other sizes",
     [](std::int64_t classes) { return build_bert({.classes = classes}); }},
    {"resnet18", "residual network of 18 layers, 224 pixels",
     [](std::int64_t classes) { return build_resnet18(classes); }},
    {"resnet50", "residual network of 50 layers, 224 pixels",
     [](std::int64_t classes) { return build_resnet50(classes); }},
    {"vgg16", "16 layers of plain 3x3 convolutions, 224 pixels",
     [](std::int64_t classes) { return build_vgg16(classes); }},
    {"xception", "depthwise separable convolutions, 299 pixels",
     [](std::int64_t classes) { return build_xception(classes); }},
    {"inception_v3", "parallel convolutions of several sizes, 299 pixels",
     [](std::int64_t classes) { return build_inception_v3(classes); }},
    {"efficientnet_lite0", "small and fast, 224 pixels; as timm trained it",
     [](std::int64_t classes) { return build_efficientnet_lite0(classes, EfficientNetOrigin::kPyTorch); }},
    {"tf_efficientnet_lite0", "the same for weights that come from TensorFlow, with its padding",
     [](std::int64_t classes) { return build_efficientnet_lite0(classes, EfficientNetOrigin::kTensorFlow); }},
    {"conv1d", "learns from scratch: convolutions over words",
     [](std::int64_t classes) { return build_conv1d({.classes = classes}); }},
    {"dnn", "learns from scratch: dense layers on TF-IDF",
     [](std::int64_t classes) { return build_dnn({.classes = classes}); }},
    {"bigru", "learns from scratch: recurrent units over words in both directions",
     [](std::int64_t classes) { return build_bigru({.classes = classes}); }},
    {"cnn", "learns from scratch: five convolutions on pictures",
     [](std::int64_t classes) { return build_cnn({.classes = classes}); }},
};

}  // namespace

std::span<const Architecture> architectures() {
  return kArchitectures;
}

const Architecture& find_architecture(std::string_view name) {
  std::string names;
  for (const Architecture& architecture : kArchitectures) {
    if (architecture.name == name) return architecture;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", architecture.name);
  }
  throw Error(ErrorCode::kNotFound, fmt::format("there is no architecture \"{}\": there is {}", name, names));
}

}  // namespace aisle::network
