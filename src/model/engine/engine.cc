#include "model/engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "model/engine/compile.h"
#include "model/engine/onednn.h"
#include "model/engine/wave.h"

namespace aisle::engine {
namespace {

namespace op = network::op;

// Items whose rows are held at a time.
constexpr std::size_t kWave = 1024;

std::unique_ptr<Step> make_step(const CompileContext& context, std::size_t node) {
  for (const auto make : {make_text_step, make_sequence_step, make_row_step, make_picture_step}) {
    if (auto step = make(context, node)) return step;
  }
  const network::Operation& operation = context.operation(context.lowered.nodes[node].operations[0]);
  throw Error(ErrorCode::kUnsupported, fmt::format("the engine cannot compute {}, a {}", operation.name,
                                                   network::kind_name(operation.attributes)));
}

bool is_picture_network(const network::Network& network) {
  return std::holds_alternative<op::Picture>(network.input().attributes);
}

// The largest magnitude. NaN would be lost in a comparison, so what is not finite ends the calibration.
float top_of(std::span<const float> values, const std::string& name) {
  float top = 0;
  bool is_finite = true;
  for (const float value : values) {
    is_finite = is_finite && std::isfinite(value);
    top = std::max(top, std::abs(value));
  }
  if (is_finite) return top;
  throw Error(ErrorCode::kInvalidArgument,
              fmt::format("{} of a picture is not finite: int8 cannot be calibrated with it", name));
}

}  // namespace

std::vector<float> CompileContext::parameter(std::size_t index, std::size_t which) const {
  const auto& parameters = operation(index).parameters;
  if (which >= parameters.size()) return {};
  return network::load_parameter(weights, parameters[which]);
}

struct Engine::State {
  explicit State(const network::Network& wanted) : network(wanted) {}

  network::Network network;
  CompileOptions options;
  Lowered lowered;
  Plan plan;
  Steps inner_steps, item_steps;
  std::vector<std::size_t> inner_nodes;  // of inner_steps
  mutable WorkspacePool pool;

  void compile(const network::WeightSource& weights) {
    lowered = lower(network, options.outputs);
    const Exactness exact = find_exact(lowered, options.precision);
    plan = plan_memory(lowered, element_bytes(exact.wide));
    LinearShapes shapes;
    WinogradShapes winograd;
    CompileContext context{network,         weights, lowered,  plan,  options.precision,
                           options.threads, shapes,  winograd, exact, {}};
    if (options.precision == Precision::kInt8 && is_picture_network(network))
      context.bytes = plan_bytes(network, lowered, options.ranges);
    for (std::size_t i = 1; i < lowered.nodes.size(); ++i) {
      if (is_inner_step(i)) inner_nodes.push_back(i);
      (is_inner_step(i) ? inner_steps : item_steps).push_back(make_step(context, i));
    }
    forget_primitives();
  }

  std::vector<std::size_t> element_bytes(const std::vector<bool>& wide) const {
    const std::size_t narrow = options.precision == Precision::kF32 ? 4 : options.precision == Precision::kBf16 ? 2 : 1;
    std::vector<std::size_t> bytes;
    for (const bool one : wide) bytes.push_back(one ? 4 : narrow);
    return bytes;
  }

  bool is_inner_step(std::size_t node) const {
    const auto is_inner_value = [&](std::size_t i) { return is_inner(lowered.nodes[i].shape); };
    const auto& inputs = lowered.nodes[node].inputs;
    return is_inner_value(node) || std::any_of(inputs.begin(), inputs.end(), is_inner_value);
  }

  const std::string& name_of(std::size_t node) const { return network.operations()[lowered.nodes[node].value].name; }
  const Slot& output(std::size_t k) const { return plan.slots[lowered.outputs[k]]; }

  template <typename Input>
  void check_input() const {
    if (!std::holds_alternative<Input>(network.input().attributes)) {
      throw Error(ErrorCode::kInvalidArgument,
                  fmt::format("{} takes {}, nothing else", network.name(), network::shape_text(network.input().shape)));
    }
  }

  std::vector<std::vector<float>> run(const Batch& batch, std::size_t threads, std::size_t team) const;
  Ranges measure_ranges(const PictureBatch& batch, std::size_t threads) const;
  // Copies rows of the outputs that lie in this space.
  void take(const Frame& frame, Space space, std::size_t first, std::size_t rows,
            std::vector<std::vector<float>>& results) const;
};

void Engine::State::take(const Frame& frame, Space space, std::size_t first, std::size_t rows,
                         std::vector<std::vector<float>>& results) const {
  for (std::size_t k = 0; k < results.size(); ++k) {
    const Slot& slot = output(k);
    if (slot.space != space) continue;
    std::memcpy(results[k].data() + first * slot.width, frame.at(slot), rows * slot.width * sizeof(float));
  }
}

std::vector<std::vector<float>> Engine::State::run(const Batch& batch, std::size_t threads, std::size_t team) const {
  std::vector<std::vector<float>> results;
  for (std::size_t k = 0; k < lowered.outputs.size(); ++k) {
    const std::size_t rows = output(k).space == Space::kInner ? batch.rows_before(batch.items()) : batch.items();
    results.emplace_back(rows * output(k).width);
  }
  for (std::size_t first = 0; first < batch.items(); first += kWave) {
    const Range items = {first, std::min(first + kWave, batch.items())};
    Wave wave(plan, pool, items, {threads, team});
    wave.run_groups(batch, inner_steps, [&](Range group, const Frame& frame) {
      take(frame, Space::kInner, batch.rows_before(group.begin),
           batch.rows_before(group.end) - batch.rows_before(group.begin), results);
    });
    Workspace workspace;
    Frame frame;
    if (inner_steps.empty()) batch.prepare(items, workspace, frame);
    wave.run_items(item_steps, frame.input);
    take(wave.frame(), Space::kItems, first, items.end - items.begin, results);
  }
  return results;
}

Ranges Engine::State::measure_ranges(const PictureBatch& batch, std::size_t threads) const {
  const std::size_t nodes = lowered.nodes.size();
  std::vector<float> tops(batch.items() * nodes);  // [pictures, nodes]
  const auto note = [&](std::size_t node, const Frame& frame) {
    if (node != 0 && plan.slots[node].space != Space::kInner) return;
    tops[frame.first_item * nodes + node] = top_of({frame.at(plan.slots[node]), plan.slots[node].width}, name_of(node));
  };
  const Wave wave(plan, pool, {0, batch.items()}, {threads, 1});
  wave.watch_groups(batch, inner_steps, [&](std::size_t step, const Frame& frame) {
    if (step == 0) note(0, frame);
    note(inner_nodes[step], frame);
  });
  Ranges ranges;
  for (std::size_t node = 0; node < nodes; ++node) {
    if (lowered.nodes[node].shape.dims.size() != 3) continue;
    double sum = 0;
    for (std::size_t i = 0; i < batch.items(); ++i) sum += tops[i * nodes + node];
    ranges[name_of(node)] = static_cast<float>(sum / static_cast<double>(batch.items()));
  }
  return ranges;
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::~Engine() = default;

bool can_compute(Precision precision) {
  return precision != Precision::kBf16 || is_native(precision);
}

Precision choose_precision(const std::function<bool(Precision)>& is_acceptable) {
  for (const Precision precision : {Precision::kInt8, Precision::kBf16}) {
    if (is_native(precision) && is_acceptable(precision)) return precision;
  }
  return Precision::kF32;
}

std::shared_ptr<const Engine> Engine::compile(const network::Network& network, const network::WeightSource& weights,
                                              const CompileOptions& options) {
  if (!can_compute(options.precision)) {
    throw Error(ErrorCode::kUnsupported, fmt::format("{} cannot be computed in {} here: take f32, or auto",
                                                     network.name(), precision_name(options.precision)));
  }
  auto state = std::make_unique<State>(network);
  state->options = options;
  state->options.threads = std::max<std::size_t>(1, options.threads);
  state->compile(weights);
  return std::shared_ptr<const Engine>(new Engine(std::move(state)));
}

std::size_t Engine::width(std::size_t output) const {
  return state_->plan.slots[state_->lowered.outputs.at(output)].width;
}

std::vector<std::vector<float>> Engine::run_texts(std::span<const Text> texts, std::size_t threads) const {
  state_->check_input<op::Ids>();
  threads = std::max<std::size_t>(1, threads);
  const TextBatch batch(texts, state_->network.max_tokens(), state_->network.vocabulary());
  return state_->run(batch, threads, std::min(threads, state_->options.threads));
}

std::vector<std::vector<float>> Engine::run_pictures(std::span<const float> pixels, std::size_t threads) const {
  state_->check_input<op::Picture>();
  threads = std::max<std::size_t>(1, threads);
  const PictureBatch batch(pixels, state_->plan.slots[0].width);
  return state_->run(batch, threads, threads >= state_->options.threads ? state_->options.threads : 1);
}

Ranges Engine::measure_ranges(std::span<const float> pixels, std::size_t threads) const {
  state_->check_input<op::Picture>();
  if (state_->options.precision != Precision::kF32 || pixels.empty())
    throw Error(ErrorCode::kInvalidArgument, "int8 is calibrated in f32, on one picture at least");
  return state_->measure_ranges(PictureBatch(pixels, state_->plan.slots[0].width), std::max<std::size_t>(1, threads));
}

std::vector<std::vector<float>> Engine::run_rows(std::span<const float> rows, std::size_t threads) const {
  state_->check_input<op::Dense>();
  return state_->run(RowBatch(rows, state_->plan.slots[0].width), std::max<std::size_t>(1, threads), 1);
}

}  // namespace aisle::engine
