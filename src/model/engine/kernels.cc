#include "model/engine/kernels.h"

#include <oneapi/dnnl/dnnl.h>

namespace aisle::engine {
namespace {

// The widest lane count and block of queries of any variant.
constexpr std::size_t kMostLanes = 16;
constexpr std::size_t kMostRows = 24;

const Kernels& best() {
#if defined(__x86_64__)
  const auto may = static_cast<unsigned>(dnnl_get_effective_cpu_isa());
  const auto covers = [may](unsigned isa) { return (may & isa) == isa; };
  if (covers(dnnl_cpu_isa_avx512_core)) return avx512_kernels();
  if (covers(dnnl_cpu_isa_avx2) && __builtin_cpu_supports("fma")) return avx2_kernels();
#endif
  return plain_kernels();
}

}  // namespace

std::size_t attention_scratch(std::size_t tokens, std::size_t width) {
  const std::size_t padded_tokens = tokens + kMostLanes, padded_width = width + kMostLanes;
  return width * padded_tokens + tokens * padded_width + kMostRows * (padded_tokens + padded_width);
}

const Kernels& kernels() {
  static const Kernels& chosen = best();
  return chosen;
}

}  // namespace aisle::engine
