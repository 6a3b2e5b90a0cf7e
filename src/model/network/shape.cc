// Shape inference: for each operation what it takes, what it gives and which parameters it has.
#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "domain/limits.h"
#include "model/network/operation.h"

namespace aisle::network {
namespace {

using Shapes = std::vector<Shape>;

[[noreturn]] void wrong(const std::string& message) {
  throw Error(ErrorCode::kInvalidArgument, message);
}

// Every size that a builder gives passes here, so that products of two of them cannot overflow.
void check_size(std::string_view what, std::int64_t size) {
  if (size < 1 || size > static_cast<std::int64_t>(limits::kTensorSide))
    wrong(fmt::format("{} is {}, must be in [1, {}]", what, size, limits::kTensorSide));
}

const Shape& one_input(const Shapes& inputs) {
  if (inputs.size() != 1) wrong(fmt::format("takes one input, not {}", inputs.size()));
  return inputs.front();
}

const Shape& tokens(const Shape& shape) {
  if (shape.axis != Axis::kTokens || shape.dims.size() != 1)
    wrong(fmt::format("takes tokens with one dimension, not {}", shape_text(shape)));
  return shape;
}

// Tokens or items with one dimension.
const Shape& rows(const Shape& shape) {
  if (shape.axis == Axis::kIds || shape.dims.size() != 1)
    wrong(fmt::format("takes rows with one dimension, not {}", shape_text(shape)));
  return shape;
}

const Shape& picture(const Shape& shape) {
  if (shape.axis != Axis::kItems || shape.dims.size() != 3)
    wrong(fmt::format("takes pictures, not {}", shape_text(shape)));
  return shape;
}

std::int64_t slid(std::string_view what, std::int64_t size, std::int64_t before, std::int64_t after,
                  std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
  check_size("a kernel", kernel);
  check_size("the stride", stride);
  check_size("the dilation", dilation);
  const std::int64_t reach = (kernel - 1) * dilation + 1;
  if (before < 0 || after < 0 || before >= reach || after >= reach)
    wrong(fmt::format("padding of {} and {} does not fit a kernel that reaches {}", before, after, reach));
  if (size + before + after < reach)
    wrong(fmt::format("a kernel that reaches {} is larger than the {} of {}", reach, what, size + before + after));
  return (size + before + after - reach) / stride + 1;
}

Dims slid(const Dims& dims, std::int64_t channels, std::array<std::int64_t, 2> kernel, std::int64_t stride,
          std::int64_t dilation, const op::Padding& padding) {
  return {channels, slid("height", dims[1], padding.top, padding.bottom, kernel[0], stride, dilation),
          slid("width", dims[2], padding.left, padding.right, kernel[1], stride, dilation)};
}

Shape infer(const op::Ids&, const Shapes&) {
  return {Axis::kIds, {}};
}

Shape infer(const op::Picture& picture, const Shapes&) {
  check_size("the number of channels", picture.channels);
  check_size("the height", picture.height);
  check_size("the width", picture.width);
  return {Axis::kItems, {picture.channels, picture.height, picture.width}};
}

Shape infer(const op::Dense& dense, const Shapes&) {
  check_size("the width", dense.width);
  return {Axis::kItems, {dense.width}};
}

Shape infer(const op::Embedding& embedding, const Shapes& inputs) {
  if (one_input(inputs).axis != Axis::kIds) wrong("takes the ids of tokens");
  check_size("the number of rows", embedding.rows);
  check_size("the width", embedding.width);
  if (embedding.offset < 0 || embedding.offset >= embedding.rows)
    wrong(fmt::format("an offset of {} leaves none of {} rows", embedding.offset, embedding.rows));
  return {Axis::kTokens, {embedding.width}};
}

Shape infer(const op::Attention& attention, const Shapes& inputs) {
  if (inputs.size() != 3) wrong("takes a query, a key and a value");
  const Shape& query = tokens(inputs[0]);
  if (query != inputs[1] || query != inputs[2]) wrong("query, key and value differ in shape");
  check_size("the number of heads", attention.heads);
  if (query.dims[0] % attention.heads != 0)
    wrong(fmt::format("a width of {} cannot be split into {} heads", query.dims[0], attention.heads));
  return query;
}

Shape infer(const op::Conv1d& conv, const Shapes& inputs) {
  tokens(one_input(inputs));
  check_size("the number of channels", conv.out);
  check_size("the kernel", conv.kernel);
  return {Axis::kTokens, {conv.out}};
}

Shape infer(const op::Gru& gru, const Shapes& inputs) {
  tokens(one_input(inputs));
  check_size("the hidden width", gru.hidden);
  return {gru.last ? Axis::kItems : Axis::kTokens, {gru.bidirectional ? 2 * gru.hidden : gru.hidden}};
}

Shape infer(const op::OverTokens&, const Shapes& inputs) {
  return {Axis::kItems, tokens(one_input(inputs)).dims};
}

Shape infer(const op::Linear& linear, const Shapes& inputs) {
  check_size("the number of outputs", linear.out);
  return {rows(one_input(inputs)).axis, {linear.out}};
}

Shape infer(const op::LayerNorm& norm, const Shapes& inputs) {
  if (!(norm.epsilon > 0)) wrong("epsilon must be positive");
  return rows(one_input(inputs));
}

Shape infer(const op::Softmax&, const Shapes& inputs) {
  return rows(one_input(inputs));
}

Shape infer(const op::Conv2d& conv, const Shapes& inputs) {
  const Shape& shape = picture(one_input(inputs));
  check_size("the number of channels", conv.out);
  check_size("the number of groups", conv.groups);
  if (shape.dims[0] % conv.groups != 0 || conv.out % conv.groups != 0)
    wrong(
        fmt::format("{} channels in and {} out cannot be split into {} groups", shape.dims[0], conv.out, conv.groups));
  return {Axis::kItems, slid(shape.dims, conv.out, conv.kernel, conv.stride, conv.dilation, conv.padding)};
}

Shape infer(const op::BatchNorm& norm, const Shapes& inputs) {
  if (!(norm.epsilon > 0)) wrong("epsilon must be positive");
  return picture(one_input(inputs));
}

Shape infer(const op::Pool& pool, const Shapes& inputs) {
  const Shape& shape = picture(one_input(inputs));
  return {Axis::kItems, slid(shape.dims, shape.dims[0], pool.kernel, pool.stride, 1, pool.padding)};
}

Shape infer(const op::GlobalAvgPool&, const Shapes& inputs) {
  return {Axis::kItems, {picture(one_input(inputs)).dims[0]}};
}

Shape infer(const op::Flatten&, const Shapes& inputs) {
  const Dims& dims = picture(one_input(inputs)).dims;
  return {Axis::kItems, {static_cast<std::int64_t>(element_count(dims))}};
}

Shape infer(const op::Activation&, const Shapes& inputs) {
  if (one_input(inputs).axis == Axis::kIds) wrong("takes numbers, not ids");
  return inputs[0];
}

Shape infer(const op::Add&, const Shapes& inputs) {
  if (inputs.size() != 2 || inputs[0] != inputs[1] || inputs[0].axis == Axis::kIds)
    wrong(fmt::format("takes two values of one shape, not {} and {}", shape_text(inputs.front()),
                      shape_text(inputs.back())));
  return inputs[0];
}

Shape infer(const op::Concat&, const Shapes& inputs) {
  if (inputs.size() < 2) wrong("takes two values or more");
  Shape sum = inputs[0];
  if (sum.axis == Axis::kIds) wrong("takes numbers, not ids");
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const Dims& dims = inputs[i].dims;
    if (inputs[i].axis != sum.axis || dims.size() != sum.dims.size() ||
        !std::equal(dims.begin() + 1, dims.end(), sum.dims.begin() + 1))
      wrong(fmt::format("{} does not go with {}", shape_text(inputs[i]), shape_text(sum)));
    sum.dims[0] += dims[0];
  }
  return sum;
}

Shape infer(const op::Dropout& dropout, const Shapes& inputs) {
  if (!(dropout.share >= 0 && dropout.share < 1)) wrong("the share must be in [0, 1)");
  return infer(op::Activation{}, inputs);
}

using Rows = std::vector<std::pair<std::string, Dims>>;

std::int64_t width_of(const Shapes& inputs) {
  return inputs.front().dims.front();
}

Rows gru_rows(const op::Gru& gru, std::int64_t in) {
  Rows rows;
  for (const std::string end : {"", "_reverse"}) {
    if (!end.empty() && !gru.bidirectional) break;
    rows.emplace_back("weight_ih_l0" + end, Dims{3 * gru.hidden, in});
    rows.emplace_back("weight_hh_l0" + end, Dims{3 * gru.hidden, gru.hidden});
    rows.emplace_back("bias_ih_l0" + end, Dims{3 * gru.hidden});
    rows.emplace_back("bias_hh_l0" + end, Dims{3 * gru.hidden});
  }
  return rows;
}

struct ParameterRows {
  const Shapes& inputs;
  Rows operator()(const op::Embedding& e) const { return {{"weight", {e.rows, e.width}}}; }
  Rows operator()(const op::Gru& gru) const { return gru_rows(gru, width_of(inputs)); }
  Rows operator()(const op::Conv1d& conv) const {
    return {{"weight", {conv.out, width_of(inputs), conv.kernel}}, {"bias", {conv.out}}};
  }
  Rows operator()(const op::Linear& linear) const {
    Rows rows = {{"weight", {linear.out, width_of(inputs)}}};
    if (linear.bias) rows.emplace_back("bias", Dims{linear.out});
    return rows;
  }
  Rows operator()(const op::LayerNorm&) const { return {{"weight", {width_of(inputs)}}, {"bias", {width_of(inputs)}}}; }
  Rows operator()(const op::Conv2d& conv) const {
    Rows rows = {{"weight", {conv.out, width_of(inputs) / conv.groups, conv.kernel[0], conv.kernel[1]}}};
    if (conv.bias) rows.emplace_back("bias", Dims{conv.out});
    return rows;
  }
  Rows operator()(const op::BatchNorm&) const {
    const Dims channels = {width_of(inputs)};
    return {{"weight", channels}, {"bias", channels}, {"running_mean", channels}, {"running_var", channels}};
  }
  template <typename Other>
  Rows operator()(const Other&) const {
    return {};
  }
};

}  // namespace

Shape infer_shape(const Attributes& attributes, const Shapes& inputs) {
  return std::visit([&](const auto& which) { return infer(which, inputs); }, attributes);
}

std::vector<Parameter> parameters_of(const std::string& name, const Attributes& attributes, const Shapes& inputs) {
  std::vector<Parameter> parameters;
  for (auto& [role, shape] : std::visit(ParameterRows{inputs}, attributes))
    parameters.push_back({name + "." + role, std::move(shape)});
  return parameters;
}

op::Padding same_padding(std::int64_t height, std::int64_t width, std::int64_t kernel, std::int64_t stride,
                         std::int64_t dilation) {
  const auto total = [&](std::int64_t size) {
    const std::int64_t reach = (kernel - 1) * dilation + 1;
    return std::max<std::int64_t>((size + stride - 1) / stride * stride - stride + reach - size, 0);
  };
  const std::int64_t rows = total(height), columns = total(width);
  return {rows / 2, columns / 2, rows - rows / 2, columns - columns / 2};
}

}  // namespace aisle::network
