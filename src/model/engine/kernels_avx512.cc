#include "model/engine/kernels.h"

namespace aisle::engine {
namespace {

constexpr std::size_t kLanes = 16;
constexpr std::size_t kProductRows = 6;
constexpr std::size_t kProductVectors = 4;
constexpr std::size_t kAttentionRows = 24;

#include "model/engine/kernels_body.h"

constexpr Kernels kTable = table("avx512");

}  // namespace

const Kernels& avx512_kernels() {
  return kTable;
}

}  // namespace aisle::engine
