// y = x W^T + b on rows, with the weights packed once as the product's kernel wants them. Rows are taken in tiles, so
// that a few primitives serve every number of rows, and columns in blocks, whose sums stay in the cache until they are
// made numbers, activated and put in their place.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <tuple>

#include "model/engine/buffer.h"
#include "model/engine/kernels.h"
#include "model/engine/precision.h"
#include "model/engine/team.h"

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

class LinearCalls;  // oneDNN's objects of the calls that were made

// Scratch of one thread for every Linear of a program.
struct LinearScratch {
  std::shared_ptr<LinearCalls> calls;
  Buffer input;  // a tile in the product's type
  Buffer scales;
  Buffer sums;  // a tile of a block, before it goes to its place
  Buffer library;
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

  // Where a few rows are all there is, threads share the blocks of columns: each reads its part of the weights, and
  // that part alone.
  std::size_t blocks() const { return out_ / block_; }
  // Before that: x as the product reads it, made once, by ranges of rows that begin at a multiple of kUnit. Bytes of
  // it; 0: it reads x itself.
  std::size_t narrow_bytes(std::size_t rows) const;
  void narrow(const float* x, Range range, std::size_t rows, std::byte* out) const;
  void run_blocks(const float* x, const std::byte* narrow, std::size_t rows, float* y, Range blocks,
                  LinearScratch& scratch) const;
  std::size_t weight_bytes() const;

 private:
  struct Tile {  // of x as the product reads it
    const void* values = nullptr;
    const RowScale* scales = nullptr;  // int8
  };
  void convert(const float* x, std::size_t rows, std::byte* values, RowScale* scales) const;
  Tile converted(const float* x, std::size_t rows, LinearScratch& scratch) const;
  void run_block(const Tile& tile, std::size_t rows, float* y, std::size_t block, LinearScratch& scratch) const;

  std::size_t in_, out_, block_;  // columns of a block
  Precision precision_;
  std::shared_ptr<const LinearShape> shape_;  // of a block
  std::optional<network::op::Function> activation_;
  Buffer weights_;  // block after block
  Buffer bias_;
  Buffer column_scales_, column_sums_;  // int8
};

}  // namespace aisle::engine
