#include "model/engine/gemm.h"

#include "model/engine/onednn.h"

namespace aisle {

void gemm(std::size_t m, std::size_t n, std::size_t k, Matrix a, Matrix b, float beta, float* c, std::size_t c_stride) {
  if (m == 0 || n == 0) return;
  const engine::OneThread one;
  const auto letter = [](Transpose transpose) { return transpose == Transpose::kYes ? 'T' : 'N'; };
  const auto size = [](std::size_t value) { return static_cast<dnnl_dim_t>(value); };
  const dnnl_status_t status = dnnl_sgemm(letter(a.transpose), letter(b.transpose), size(m), size(n), size(k), 1.0F,
                                          a.values, size(a.stride), b.values, size(b.stride), beta, c, size(c_stride));
  if (status != dnnl_success) throw Error(ErrorCode::kInternal, "oneDNN refused a matrix product");
}

}  // namespace aisle
