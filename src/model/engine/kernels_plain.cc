#include "model/engine/kernels.h"

namespace aisle::engine {
namespace {

constexpr std::size_t kLanes = 4;
constexpr std::size_t kProductRows = 4;
constexpr std::size_t kProductVectors = 2;
constexpr std::size_t kAttentionRows = 24;

#include "model/engine/kernels_body.h"

constexpr Kernels kTable = table("plain");

}  // namespace

const Kernels& plain_kernels() {
  return kTable;
}

}  // namespace aisle::engine
