// Winograd's transforms, included by kernels_body.h in its place: it stands in that file's anonymous namespace and uses
// its vectors. F(2 x 2, 3 x 3) of Lavin and Gray, "Fast algorithms for convolutional neural networks" (2015).

// B^T x of four vectors.
AISLE_INLINE void winograd_four(const Vec* x, std::size_t step, Vec* out) {
  out[0] = x[0] - x[2 * step];
  out[1] = x[step] + x[2 * step];
  out[2] = x[2 * step] - x[step];
  out[3] = x[step] - x[3 * step];
}

void winograd_in(const float* const* tile, std::size_t channels, float* out, std::size_t stride) {
  for (std::size_t c = 0; c < channels; c += kLanes) {
    Vec pixels[16], half[16];
    for (std::size_t k = 0; k < 16; ++k) pixels[k] = load(tile[k] + c);
    for (std::size_t row = 0; row < 4; ++row) winograd_four(pixels + 4 * row, 1, half + 4 * row);
    for (std::size_t column = 0; column < 4; ++column) {
      Vec whole[4];
      winograd_four(half + column, 4, whole);
      for (std::size_t row = 0; row < 4; ++row) store(out + (4 * row + column) * stride + c, whole[row]);
    }
  }
}

void winograd_out(const WinogradTile& tile, std::size_t channels) {
  for (std::size_t c = 0; c < channels; c += kLanes) {
    Vec half[2][4];  // A^T m
    for (std::size_t column = 0; column < 4; ++column) {
      Vec sums[4];
      for (std::size_t row = 0; row < 4; ++row) sums[row] = load(tile.sums + (4 * row + column) * tile.stride + c);
      half[0][column] = sums[0] + sums[1] + sums[2];
      half[1][column] = sums[1] - sums[2] - sums[3];
    }
    const Vec bias = load(tile.bias + c);
    for (std::size_t k = 0; k < 4; ++k) {
      if (tile.out[k] == nullptr) continue;
      const Vec* h = half[k / 2];
      Vec value = (k % 2 == 0 ? h[0] + h[1] + h[2] : h[1] - h[2] - h[3]) + bias;
      if (tile.adds) value += load(tile.out[k] + c);
      store(tile.out[k] + c, least_of(greatest_of(value, all(tile.least)), all(tile.most)));
    }
  }
}
