// Writes every architecture with made-up weights as an ONNX file, and beside it inputs with what the engine makes of
// them: onnx_reference.py shows them to onnxruntime.
//
//   onnx_cases FOLDER [MOST_PARAMETERS]    small ones, those with at most so many parameters
//   onnx_cases FOLDER whole [NAME...]      as they were published, without a head
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <list>

#include "core/error.h"
#include "core/random.h"
#include "model/engine/engine.h"
#include "model/network/architectures.h"
#include "model/network/bert.h"
#include "model/network/bigru.h"
#include "model/network/cnn.h"
#include "model/network/conv1d.h"
#include "model/network/dnn.h"
#include "model/network/efficientnet.h"
#include "model/network/formats/safetensors.h"
#include "model/network/inception.h"
#include "model/network/resnet.h"
#include "model/network/vgg.h"
#include "model/network/xception.h"
#include "model/onnx/translate.h"
#include "model/onnx/write.h"

namespace aisle {
namespace {

namespace op = network::op;
using network::BertConfig;
using network::BertFamily;
using network::BertPooling;
using network::Network;
using network::NetworkBuilder;
using network::Value;

constexpr std::size_t kItems = 3;

struct Case {
  std::string name;
  Network network;
};

BertConfig small_bert() {
  return {.vocabulary = 60, .width = 32, .layers = 2, .heads = 4, .inner_width = 72, .positions = 40};
}

Network distilbert() {
  BertConfig config = small_bert();
  config.family = BertFamily::kDistilBert;
  config.token_types = 0;
  config.pooling = BertPooling::kFirst;
  return network::build_bert(config);
}

Network camembert() {
  BertConfig config = small_bert();
  config.family = BertFamily::kRoberta;
  config.positions = 42;
  config.position_offset = 2;
  config.token_types = 1;
  config.epsilon = 1e-5;
  config.function = op::Function::kGeluTanh;
  config.classes = 5;
  return network::build_bert(config);
}

Network with_pooler() {
  BertConfig config = small_bert();
  config.pooling = BertPooling::kPooler;
  config.function = op::Function::kSilu;
  config.classes = 3;
  return network::build_bert(config);
}

// What no architecture does to texts.
Network along_texts() {
  NetworkBuilder b("along_texts");
  const Value ids = b.ids("ids");
  const Value x = b.embedding("embedding", ids, {.rows = 50, .width = 12});
  const Value odd = b.activation("relu", b.conv1d("odd", x, {.out = 20, .kernel = 3}), op::Function::kRelu);
  const Value both = b.concat("both", {odd, b.conv1d("even", x, {.out = 16, .kernel = 4})});
  const Value forward = b.gru("forward", both, {.hidden = 7});
  const Value tokens = b.gru("gru", forward, {.hidden = 10, .bidirectional = true});
  const Value last = b.gru("last", tokens, {.hidden = 9, .last = true});
  const Value shares = b.softmax("shares", b.linear("narrow", tokens, 6, false));
  return b.build({{"tokens", tokens},
                  {"features", last},
                  {"most", b.over_tokens("most", shares, op::Over::kMax)},
                  {"mean", b.over_tokens("mean", b.layer_norm("norm", shares, 1e-3), op::Over::kMean)}});
}

// Every operation on pictures with attributes of its own.
Network on_pictures() {
  NetworkBuilder b("on_pictures");
  Value x = b.picture("pixels", 3, 37, 41);
  x = b.conv("stem", x, {.out = 12, .kernel = {5, 3}, .stride = 2, .padding = {1, 0, 2, 1}});
  x = b.activation("relu6", b.batch_norm("bn", x, 1e-3), op::Function::kRelu6);
  const Value far = b.conv(
      "far", x, {.out = 12, .kernel = {3, 3}, .dilation = 2, .groups = 4, .padding = {2, 2, 2, 2}, .bias = true});
  x = b.add("sum", x, b.activation("silu", far, op::Function::kSilu));
  x = b.concat(
      "join", {b.conv("depth", x, {.out = 12, .kernel = {1, 7}, .groups = 12, .padding = {0, 3, 0, 3}}),
               b.pool("mean", x, {.max = false, .kernel = {3, 3}, .stride = 1, .padding = {1, 1, 1, 1}}),
               b.pool("inner", x,
                      {.max = false, .kernel = {3, 3}, .stride = 1, .padding = {1, 1, 1, 1}, .count_padding = false})});
  x = b.pool("max", x, {.max = true, .kernel = {3, 2}, .stride = 2, .padding = {1, 0, 0, 1}});
  const Value hidden = b.activation("tanh", b.linear("fc1", b.flatten("flat", x), 24), op::Function::kTanh);
  const Value gates =
      b.activation("sigmoid", b.linear("fc2", b.dropout("dropout", hidden, 0.5), 10), op::Function::kSigmoid);
  return b.build({{"features", b.global_avg_pool("features", x)}, {"logits", b.softmax("softmax", gates)}});
}

std::vector<Case> small_cases() {
  using network::EfficientNetOrigin;
  return {{"bert", network::build_bert(small_bert())},
          {"bert_pooler", with_pooler()},
          {"distilbert", distilbert()},
          {"camembert", camembert()},
          {"along_texts", along_texts()},
          {"conv1d", network::build_conv1d({.vocabulary = 60, .embedding = 16, .filters = 20, .classes = 4})},
          {"bigru", network::build_bigru({.vocabulary = 60, .embedding = 16, .hidden = 12, .classes = 4})},
          {"dnn", network::build_dnn({.inputs = 50, .hidden = 32, .classes = 4})},
          {"on_pictures", on_pictures()},
          {"cnn", network::build_cnn({.size = 64, .classes = 4})},
          {"resnet18", network::build_resnet18(6, 64)},
          {"resnet50", network::build_resnet50(6, 64)},
          {"vgg16", network::build_vgg16(0, 64)},
          {"xception", network::build_xception(6, 96)},
          {"inception_v3", network::build_inception_v3(6, 96)},
          {"efficientnet_lite0", network::build_efficientnet_lite0(6, EfficientNetOrigin::kPyTorch, 64)},
          {"tf_efficientnet_lite0", network::build_efficientnet_lite0(6, EfficientNetOrigin::kTensorFlow, 64)}};
}

std::vector<Case> whole_cases(const std::vector<std::string>& names) {
  std::vector<Case> cases;
  for (const network::Architecture& architecture : network::architectures()) {
    const bool wanted = names.empty() || std::ranges::find(names, architecture.name) != names.end();
    if (wanted) cases.push_back({std::string(architecture.name), architecture.build(0)});
  }
  return cases;
}

// Weights that keep a signal near 1 however deep it goes, and norms that do something.
network::MemoryWeights lively_weights(const Network& network) {
  network::MemoryWeights weights = network::random_weights(network, 1);
  Random random(2);
  for (const network::Operation& operation : network.operations()) {
    const bool is_norm = std::holds_alternative<op::BatchNorm>(operation.attributes) ||
                         std::holds_alternative<op::LayerNorm>(operation.attributes);
    for (const network::Parameter& parameter : operation.parameters) {
      std::vector<float> values = network::load_parameter(weights, parameter);
      for (float& value : values) {
        value = is_norm ? value + static_cast<float>(0.4 * random.uniform() - 0.2)
                        : value * (parameter.shape.size() > 1 ? 2.1F : 0.5F);
      }
      weights.set(parameter.name, parameter.shape, std::move(values));
    }
  }
  return weights;
}

// Tensors of one case's file, with the memory that they look at.
class CaseFile {
 public:
  void add(const std::string& name, network::Dims shape, std::vector<float> values) {
    const std::vector<float>& kept = floats_.emplace_back(std::move(values));
    tensors_.push_back({name, {network::DType::kF32, std::move(shape), std::as_bytes(std::span(kept))}});
  }
  void add(const std::string& name, network::Dims shape, std::vector<std::int64_t> values) {
    const std::vector<std::int64_t>& kept = wholes_.emplace_back(std::move(values));
    tensors_.push_back({name, {network::DType::kI64, std::move(shape), std::as_bytes(std::span(kept))}});
  }
  void write(const std::filesystem::path& path) const { network::write_safetensors(path, tensors_); }

 private:
  std::vector<network::NamedTensor> tensors_;
  std::list<std::vector<float>> floats_;
  std::list<std::vector<std::int64_t>> wholes_;
};

using Results = std::vector<std::vector<float>>;

Results run_texts(const engine::Engine& engine, std::int64_t vocabulary, CaseFile& file) {
  const std::vector<std::size_t> lengths = {9, 1, 24};
  const std::size_t longest = std::ranges::max(lengths);
  Random random(3);
  std::vector<std::vector<std::int32_t>> texts;
  std::vector<std::int64_t> ids(lengths.size() * longest, 7), mask(ids.size(), 0);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    std::vector<std::int32_t>& text = texts.emplace_back();
    for (std::size_t k = 0; k < lengths[i]; ++k) {
      text.push_back(static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(vocabulary))));
      ids[i * longest + k] = text.back();
      mask[i * longest + k] = 1;
    }
  }
  const network::Dims shape = {static_cast<std::int64_t>(lengths.size()), static_cast<std::int64_t>(longest)};
  file.add("input_ids", shape, ids);
  file.add("attention_mask", shape, mask);
  file.add("token_type_ids", shape, std::vector<std::int64_t>(ids.size(), 0));
  return engine.run_texts(std::vector<engine::Text>(texts.begin(), texts.end()), 2);
}

std::vector<float> random_row(std::size_t size) {
  Random random(4);
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(2 * random.uniform() - 1);
  return values;
}

Results run_pictures(const engine::Engine& engine, const op::Picture& input, CaseFile& file) {
  const std::size_t channels = static_cast<std::size_t>(input.channels);
  const std::size_t pixels = static_cast<std::size_t>(input.height * input.width);
  const std::vector<float> planes = random_row(kItems * channels * pixels);
  std::vector<float> by_pixel(planes.size());
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const std::size_t item = i / (channels * pixels), channel = i / pixels % channels, pixel = i % pixels;
    by_pixel[(item * pixels + pixel) * channels + channel] = planes[i];
  }
  file.add("pixel_values", {kItems, input.channels, input.height, input.width}, planes);
  return engine.run_pictures(by_pixel, 2);
}

Results run(const Network& network, const engine::Engine& engine, CaseFile& file) {
  const network::Operation& input = network.input();
  if (const auto* picture = std::get_if<op::Picture>(&input.attributes)) return run_pictures(engine, *picture, file);
  if (const auto* dense = std::get_if<op::Dense>(&input.attributes)) {
    const std::vector<float> rows = random_row(kItems * static_cast<std::size_t>(dense->width));
    file.add(input.name, {kItems, dense->width}, rows);
    return engine.run_rows(rows, 2);
  }
  const auto& embedding = std::get<op::Embedding>(network.operations()[1].attributes);
  return run_texts(engine, embedding.rows, file);
}

void write_case(const Case& one, const std::filesystem::path& folder) {
  const Network& network = one.network;
  const network::MemoryWeights weights = lively_weights(network);
  std::vector<std::string> outputs;
  for (const network::Output& output : network.outputs()) outputs.push_back(output.name);
  onnx::GraphBuilder graph(one.name);
  const std::vector<std::string> values = onnx::add_network(graph, network, weights, outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) graph.output(values[i], onnx::output_info(network, outputs[i]));
  SilentProgress progress;
  onnx::write_model({.graph = std::move(graph).take()}, folder / (one.name + ".onnx"), progress, {});

  CaseFile file;
  const auto engine = engine::Engine::compile(network, weights, {.outputs = outputs, .threads = 2});
  const Results results = run(network, *engine, file);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto width = static_cast<std::int64_t>(engine->width(i));
    file.add("expected." + outputs[i], {static_cast<std::int64_t>(results[i].size()) / width, width}, results[i]);
  }
  file.write(folder / (one.name + ".safetensors"));
}

int main(const std::vector<std::string>& words) {
  const bool whole = words.size() > 1 && words[1] == "whole";
  const std::size_t most = !whole && words.size() > 1 ? std::stoul(words[1]) : std::numeric_limits<std::size_t>::max();
  for (const Case& one : whole ? whole_cases({words.begin() + 2, words.end()}) : small_cases()) {
    if (one.network.parameter_count() <= most) write_case(one, words[0]);
  }
  return 0;
}

}  // namespace
}  // namespace aisle

int main(int argc, char** argv) {
  try {
    if (argc > 1) return aisle::main({argv + 1, argv + argc});
    fmt::print(stderr, "onnx_cases FOLDER [MOST_PARAMETERS | whole [NAME...]]\n");
  } catch (const aisle::Error& error) {
    fmt::print(stderr, "onnx_cases: {}\n", describe(error));
  } catch (const std::exception& error) {
    fmt::print(stderr, "onnx_cases: {}\n", error.what());
  }
  return 1;
}
