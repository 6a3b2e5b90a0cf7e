// A matrix product for dense features, outside of networks: oneDNN's sgemm on the calling thread alone, so that callers
// decide how many threads work. Row-major.
#pragma once

#include <cstddef>

namespace aisle {

enum class Transpose : bool { kNo, kYes };

// Borrowed: rows of `stride` floats.
struct Matrix {
  const float* values = nullptr;
  std::size_t stride = 0;
  Transpose transpose = Transpose::kNo;
};

// c [m, n] = beta * c + a [m, k] * b [k, n], shapes after transposition. kInternal where oneDNN refuses.
void gemm(std::size_t m, std::size_t n, std::size_t k, Matrix a, Matrix b, float beta, float* c, std::size_t c_stride);

}  // namespace aisle
