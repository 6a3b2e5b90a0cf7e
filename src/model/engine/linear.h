// y = x W^T + b on rows, with the weights packed once as the product's kernel wants them. Rows are taken in tiles, so
// that a few primitives serve every number of rows and a tile's intermediate results stay in the cache.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <tuple>

#include "model/engine/buffer.h"
#include "model/engine/kernels.h"
#include "model/engine/precision.h"

namespace aisle::engine {

class LinearShape;  // oneDNN's primitives for one (in, out, precision)

// Made while compiling: linears of one shape share their primitives.
class LinearShapes {
 public:
  LinearShapes();
  ~LinearShapes();
  std::shared_ptr<const LinearShape> get(Precision precision, std::size_t in, std::size_t out);

 private:
  std::map<std::tuple<Precision, std::size_t, std::size_t>, std::shared_ptr<const LinearShape>> shapes_;
};

// Scratch of one thread for every Linear of a program.
struct LinearScratch {
  Buffer input;  // a tile in the product's type
  Buffer sums;   // int8: its sums; a panel: its results
  Buffer library;
  Buffer scales;
};

class Linear {
 public:
  static constexpr std::size_t kTile = 64;
  // Rows are computed in multiples of this: x and y must have room for so many.
  static constexpr std::size_t kUnit = 8;

  // weight: [out, in]; bias: [out] or empty. `team`: threads that may share the columns.
  Linear(LinearShapes& shapes, Precision precision, std::size_t in, std::size_t out, std::span<const float> weight,
         std::span<const float> bias, std::optional<network::op::Function> activation, std::size_t team = 1);
  ~Linear();
  Linear(Linear&&) noexcept;

  // x: [rows, in], y: [rows, out], both dense. Safe to call from several threads, each with its own scratch.
  void run(const float* x, std::size_t rows, float* y, LinearScratch& scratch) const;
  // Where a few rows are all there is, threads share the columns: each reads its part of the weights, and that part
  // alone. 1: the weights' format does not let them.
  std::size_t panels() const { return panels_; }
  void run_panel(const float* x, std::size_t rows, float* y, std::size_t panel, LinearScratch& scratch) const;
  std::size_t weight_bytes() const;

 private:
  void run_tile(const float* x, std::size_t rows, float* y, LinearScratch& scratch) const;
  // x as the product reads it.
  const void* convert(const float* x, std::size_t rows, LinearScratch& scratch) const;
  void dequantise(const LinearScratch& scratch, std::size_t row, std::size_t rows, std::size_t first,
                  std::size_t columns, float* y) const;

  std::size_t in_, out_, panels_ = 1;
  Precision precision_;
  std::shared_ptr<const LinearShape> shape_, panel_;  // of all columns; of a panel's
  std::optional<network::op::Function> activation_;
  Buffer weights_;
  Buffer bias_;
  Buffer column_scales_, column_sums_;  // int8
};

}  // namespace aisle::engine
