#include "model/engine/precision.h"

#include <oneapi/dnnl/dnnl.h>

#include <string>

#include "core/error.h"

namespace aisle::engine {
namespace {

bool may_use(unsigned isa) {
  return (static_cast<unsigned>(dnnl_get_effective_cpu_isa()) & isa) == isa;
}

}  // namespace

std::string_view precision_name(Precision precision) {
  constexpr std::string_view kNames[] = {"f32", "bf16", "int8"};
  return kNames[static_cast<std::size_t>(precision)];
}

Precision precision_from_name(std::string_view name) {
  for (const Precision precision : {Precision::kF32, Precision::kBf16, Precision::kInt8}) {
    if (precision_name(precision) == name) return precision;
  }
  throw Error(ErrorCode::kInvalidArgument, "\"" + std::string(name) + "\" is no precision: f32, bf16 or int8 is");
}

bool has_wide_byte_sums() {
  return may_use(dnnl_cpu_isa_avx512_core_vnni) || may_use(dnnl_cpu_isa_avx2_vnni);
}

bool is_native(Precision precision) {
  switch (precision) {
    case Precision::kF32:
      return true;
    case Precision::kBf16:
      return may_use(dnnl_cpu_isa_avx512_core_bf16);
    case Precision::kInt8:
      return has_wide_byte_sums();
  }
  return false;
}

}  // namespace aisle::engine
