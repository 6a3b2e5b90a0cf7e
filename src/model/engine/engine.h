// A network compiled for inference on this processor: weights packed once, passes fused, memory planned. Immutable and
// safe to run from several threads at once: a run takes its memory and its threads from a small pool of the engine's
// own, and leaves them there, asleep.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/engine/precision.h"
#include "model/engine/ranges.h"
#include "model/network/network.h"
#include "model/network/weights.h"

namespace aisle::engine {

struct CompileOptions {
  Precision precision = Precision::kF32;
  std::vector<std::string> outputs = {"features"};
  // Threads that may work on one text or picture together; pictures in runs with fewer are one thread's each.
  std::size_t threads = 1;
  // int8 of pictures: what an f32 engine of the network measured.
  Ranges ranges = {};
};

// Whether the engine computes in this precision on this processor: f32 and int8 always, bf16 where it is native.
bool can_compute(Precision precision);

// What "auto" means: the fastest precision that the processor really has and whose loss `is_acceptable`, asked from the
// fastest on (int8, bf16), says is small enough; else f32.
Precision choose_precision(const std::function<bool(Precision)>& is_acceptable);

using Text = std::span<const std::int32_t>;  // its tokens' ids, special ones among them

class Engine {
 public:
  // kCorrupt where the weights do not fit, kNotFound for an unknown output, kUnsupported for an operation or a
  // precision that the engine does not have here (can_compute). The weights may be closed afterwards.
  static std::shared_ptr<const Engine> compile(const network::Network& network, const network::WeightSource& weights,
                                               const CompileOptions& options);
  ~Engine();

  // The outputs' rows, in the order of CompileOptions::outputs: [N, width] float32; one row a token for outputs that
  // have tokens. `threads` at least 1.
  // kInvalidArgument: an empty text, one over the network's limit, an id that the vocabulary does not have.
  std::vector<std::vector<float>> run_texts(std::span<const Text> texts, std::size_t threads) const;
  // pixels: [N, H, W, C], as a decoder gives them, normalised. kInvalidArgument: not whole pictures.
  std::vector<std::vector<float>> run_pictures(std::span<const float> pixels, std::size_t threads) const;
  // rows: [N, width].
  std::vector<std::vector<float>> run_rows(std::span<const float> rows, std::size_t threads) const;

  // What int8 is calibrated with: for each of a picture network's values the largest magnitude that a picture gave it,
  // the mean over the pictures. Of an engine in f32 with the outputs that int8 is to have.
  Ranges measure_ranges(std::span<const float> pixels, std::size_t threads) const;

  std::size_t width(std::size_t output) const;  // numbers in a row

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace aisle::engine
