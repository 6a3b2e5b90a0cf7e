// The words in which an architecture is written: about twenty operations, each a small struct of attributes. What an
// operation computes is PyTorch's operation of the same name; parameters have PyTorch's shapes and order, so that a
// published checkpoint fits as it is. Three readers share this: the engine, the exporter and the trainer.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/network/tensor.h"

namespace aisle::network {

// What a value holds for a batch of N items. A batch of texts has no padding: the tokens of all texts stand one after
// the other, and every operation over tokens knows where each text begins.
enum class Axis : std::uint8_t {
  kIds,     // [tokens] whole numbers
  kTokens,  // [tokens, dims...] float32
  kItems,   // [N, dims...] float32; a picture's dims are channels, height, width
};

struct Shape {
  Axis axis = Axis::kItems;
  Dims dims;  // of one item, or of one token
  bool operator==(const Shape&) const = default;
};
std::string shape_text(const Shape& shape);  // "N x [64, 112, 112]", "T x [768]"

namespace op {

enum class Function : std::uint8_t { kRelu, kRelu6, kGelu, kGeluTanh, kSilu, kTanh, kSigmoid };
enum class Index : std::uint8_t { kId, kPosition, kFirstRow };  // which row of an embedding a token takes
enum class Over : std::uint8_t { kMean, kMax, kFirst };         // what becomes of a text's tokens

struct Padding {
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;
};

// --- inputs
struct Ids {};
struct Picture {
  std::int64_t channels = 3, height = 224, width = 224;
};
struct Dense {
  std::int64_t width = 0;
};
// --- on tokens
struct Embedding {  // input: ids. weight [rows, width]
  std::int64_t rows = 0, width = 0;
  Index index = Index::kId;
  std::int64_t offset = 0;  // kPosition: the first token takes row `offset`
};
struct Attention {  // inputs: query, key, value. softmax(Q K^T / sqrt(width / heads)) V, within each text, each head
  std::int64_t heads = 1;
};
struct Conv1d {  // weight [out, in, kernel], bias [out]; zeros beyond a text's ends, as many tokens out as in
  std::int64_t out = 0, kernel = 1;
};
struct Gru {  // weight_ih_l0 [3 hidden, in], weight_hh_l0 [3 hidden, hidden], bias_ih_l0, bias_hh_l0; again _reverse
  std::int64_t hidden = 0;
  bool bidirectional = false;
  bool last = false;  // each direction's last state, [N, directions * hidden], instead of every token's
};
struct OverTokens {
  Over over = Over::kMean;
};
// --- on tokens or items with one dimension
struct Linear {  // weight [out, in], bias [out]
  std::int64_t out = 0;
  bool bias = true;
};
struct LayerNorm {  // weight [width], bias [width]
  double epsilon = 1e-5;
};
struct Softmax {};
// --- on pictures
struct Conv2d {  // weight [out, in / groups, kernel, kernel], bias [out]
  std::int64_t out = 0;
  std::array<std::int64_t, 2> kernel = {1, 1};  // height, width
  std::int64_t stride = 1, dilation = 1, groups = 1;
  Padding padding;
  bool bias = false;
};
struct BatchNorm {  // weight, bias, running_mean, running_var [channels]
  double epsilon = 1e-5;
};
struct Pool {
  bool max = true;
  std::array<std::int64_t, 2> kernel = {2, 2};
  std::int64_t stride = 2;
  Padding padding;
  bool count_padding = true;  // mean: zeros beyond the edge count
};
struct GlobalAvgPool {};  // [C, H, W] to [C]
struct Flatten {};        // [C, H, W] to [C * H * W]
// --- on anything
struct Activation {
  Function function = Function::kRelu;
};
struct Add {};     // two of one shape
struct Concat {};  // two or more, along the first of dims
struct Dropout {   // nothing at inference
  double share = 0.1;
};

}  // namespace op

using Attributes =
    std::variant<op::Ids, op::Picture, op::Dense, op::Embedding, op::Attention, op::Conv1d, op::Gru, op::OverTokens,
                 op::Linear, op::LayerNorm, op::Softmax, op::Conv2d, op::BatchNorm, op::Pool, op::GlobalAvgPool,
                 op::Flatten, op::Activation, op::Add, op::Concat, op::Dropout>;

struct Parameter {
  std::string name;  // "encoder.layer.0.output.dense.weight"
  Dims shape;
};

struct Operation {
  std::string name;  // the module's path in PyTorch where it has parameters: "layer1.0.conv1"
  Attributes attributes;
  std::vector<std::size_t> inputs;    // operations before this one
  std::vector<Parameter> parameters;  // in the order of the attribute's comment
  Shape shape;                        // of the result
};

std::string_view kind_name(const Attributes& attributes);  // "linear"

// The result's shape and the parameters, from the shapes of the inputs. Throws kInvalidArgument in words that the
// caller completes with the operation's name.
Shape infer_shape(const Attributes& attributes, const std::vector<Shape>& inputs);
std::vector<Parameter> parameters_of(const std::string& name, const Attributes& attributes,
                                     const std::vector<Shape>& inputs);

// Numbers that training fits: a batch norm's running statistics are not among them.
std::uint64_t learned_count(const Operation& operation);

// Multiplications (each with its addition) for one item, of `tokens` tokens where it is a text.
std::uint64_t multiply_adds(const Operation& operation, const std::vector<Shape>& inputs, std::uint64_t tokens);

// Padding as TensorFlow's "same": output = ceil(size / stride); what is odd goes below and to the right.
op::Padding same_padding(std::int64_t height, std::int64_t width, std::int64_t kernel, std::int64_t stride,
                         std::int64_t dilation = 1);

}  // namespace aisle::network
