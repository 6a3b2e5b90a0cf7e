// The explicit list of architectures by name. A new one is one builder file and one line in architectures.cc.
#pragma once

#include <span>

#include "model/network/network.h"

namespace aisle::network {

struct Architecture {
  std::string_view name;
  std::string_view about;  // for `network show`
  // As published, with `classes` outputs; 0 leaves the head out.
  Network (*build)(std::int64_t classes);
};

std::span<const Architecture> architectures();
// kNotFound, with the names that there are.
const Architecture& find_architecture(std::string_view name);

}  // namespace aisle::network
