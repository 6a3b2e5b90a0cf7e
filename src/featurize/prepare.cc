#include "featurize/prepare.h"

#include "domain/limits.h"

namespace aisle {

std::string_view prepare(std::string_view text, PrepareScratch&) {
  return text.substr(0, limits::kFieldBytes);
}

}  // namespace aisle
