#include "model/network/architectures.h"

#include <fmt/format.h>

#include "core/error.h"
#include "model/network/bert.h"
#include "model/network/resnet.h"

namespace aisle::network {
namespace {

constexpr Architecture kArchitectures[] = {
    {"bert", "text encoder of 12 layers, 768 wide; a checkpoint's config.json gives other sizes",
     [](std::int64_t classes) { return build_bert({.classes = classes}); }},
    {"resnet18", "residual network of 18 layers", [](std::int64_t classes) { return build_resnet18(classes); }},
    {"resnet50", "residual network of 50 layers", [](std::int64_t classes) { return build_resnet50(classes); }},
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
