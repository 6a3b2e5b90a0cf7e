// The engine against torch, torchvision and transformers (tests/reference/make_networks.py).
#include "model/engine/engine.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"
#include "core/parallel.h"
#include "core/random.h"
#include "model/network/bert.h"
#include "model/network/resnet.h"
#include "support/compared.h"
#include "unit/model/engine/reference_file.h"

namespace aisle::engine {
namespace {

namespace op = network::op;
using network::BertConfig;
using network::BertFamily;
using network::BertPooling;
using network::Network;
using network::Value;
using network::WeightFile;

constexpr double kExact = 1e-4;  // the bar for float32

BertConfig tiny_bert() {
  return {.vocabulary = 60, .width = 32, .layers = 2, .heads = 4, .inner_width = 72, .positions = 40};
}

BertConfig tiny_distilbert() {
  return {.family = BertFamily::kDistilBert,
          .vocabulary = 60,
          .width = 24,
          .layers = 2,
          .heads = 3,
          .inner_width = 40,
          .positions = 40,
          .token_types = 0,
          .pooling = BertPooling::kFirst};
}

BertConfig tiny_camembert() {
  return {.family = BertFamily::kRoberta,
          .vocabulary = 60,
          .width = 40,
          .layers = 1,
          .heads = 2,
          .inner_width = 64,
          .positions = 42,
          .position_offset = 2,
          .token_types = 1,
          .epsilon = 1e-5,
          .function = op::Function::kGeluTanh};
}

// The texts of a reference file.
struct Texts {
  explicit Texts(const WeightFile& file) : ids(wholes(file, "input.ids")) {
    std::size_t begin = 0;
    for (const std::int32_t length : wholes(file, "input.lengths")) {
      texts.push_back(Text(ids).subspan(begin, static_cast<std::size_t>(length)));
      begin += static_cast<std::size_t>(length);
    }
  }
  std::vector<std::int32_t> ids;
  std::vector<Text> texts;
};

struct EncoderCase {
  const char* file;
  BertConfig config;
  const char* pooled;
};

class EngineEncoder : public testing::TestWithParam<EncoderCase> {};

TEST_P(EngineEncoder, M3_IsTransformersOnPackedTexts) {
  const WeightFile file = reference_file(GetParam().file);
  const Network network = network::build_bert(GetParam().config);
  EXPECT_TRUE(network::check_weights(network, file).missing.empty());
  const auto engine = Engine::compile(network, file, {.outputs = {"tokens", "features"}});
  const Texts texts(file);
  for (const std::size_t threads : {1U, 2U, 3U}) {
    const auto results = engine->run_texts(texts.texts, threads);
    EXPECT_LT(difference(results[0], floats(file, "output.tokens")), kExact) << threads;
    EXPECT_LT(difference(results[1], floats(file, GetParam().pooled)), kExact) << threads;
  }
  // A team shares one text.
  const auto shared = Engine::compile(network, file, {.outputs = {"tokens"}, .threads = 2});
  const auto one = shared->run_texts(std::span(texts.texts).last(1), 2);
  const auto all = floats(file, "output.tokens");
  EXPECT_LT(difference(one[0], {all.end() - static_cast<std::ptrdiff_t>(one[0].size()), all.end()}), kExact);
}

// What the processor does not have is refused, not computed wrongly.
void expect_unsupported(const Network& network, const WeightFile& file, Precision precision) {
  try {
    Engine::compile(network, file, {.precision = precision});
    FAIL() << precision_name(precision);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  }
}

TEST_P(EngineEncoder, M13_StaysNearInNarrowerNumbers) {
  const WeightFile file = reference_file(GetParam().file);
  const Network network = network::build_bert(GetParam().config);
  const Texts texts(file);
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    if (!can_compute(precision)) {
      expect_unsupported(network, file, precision);
      continue;
    }
    const auto engine = Engine::compile(network, file, {.precision = precision});
    EXPECT_GT(cosine(engine->run_texts(texts.texts, 2)[0], floats(file, GetParam().pooled)),
              precision == Precision::kBf16 ? 0.999 : 0.99)
        << precision_name(precision);
  }
}

INSTANTIATE_TEST_SUITE_P(Families, EngineEncoder,
                         testing::Values(EncoderCase{"bert", tiny_bert(), "output.mean"},
                                         EncoderCase{"distilbert", tiny_distilbert(), "output.first"},
                                         EncoderCase{"camembert", tiny_camembert(), "output.mean"}),
                         [](const auto& given) { return std::string(given.param.file); });

TEST(Engine, M3_RefusesTextsThatTheNetworkCannotTake) {
  const WeightFile file = reference_file("bert");
  const auto engine = Engine::compile(network::build_bert(tiny_bert()), file, {});
  const auto refusal = [&](const std::vector<std::int32_t>& ids) {
    try {
      const std::vector<std::int32_t> good = {5, 6};
      engine->run_texts(std::vector<Text>{good, ids}, 1);
    } catch (const Error& error) {
      return describe(error);
    }
    return std::string("taken");
  };
  EXPECT_THAT(refusal({}), testing::HasSubstr("(text 1)"));
  EXPECT_THAT(refusal(std::vector<std::int32_t>(41, 1)), testing::HasSubstr("41 tokens is too long"));
  EXPECT_THAT(refusal({3, 60}), testing::HasSubstr("no token 60"));
  EXPECT_THAT(refusal({-1}), testing::HasSubstr("no token -1"));
  EXPECT_EQ(refusal(std::vector<std::int32_t>(40, 59)), "taken");
  EXPECT_THROW(engine->run_pictures({}, 1), Error);
  EXPECT_TRUE(engine->run_texts({}, 2)[0].empty());
}

TEST(Engine, M3_NamesWeightsThatAreMissing) {
  try {
    Engine::compile(network::build_bert(tiny_bert()), reference_file("camembert"), {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
    EXPECT_THAT(error.what(), testing::HasSubstr("embeddings."));
  }
}

TEST(Engine, M2_LooksAlongTextsAsTorch) {
  const WeightFile file = reference_file("sequences");
  network::NetworkBuilder b("sequences");
  Value x = b.embedding("embedding", b.ids("ids"), {.rows = 50, .width = 12});
  x = b.activation("relu", b.conv1d("odd", x, {.out = 20, .kernel = 3}), op::Function::kRelu);
  x = b.conv1d("even", x, {.out = 16, .kernel = 4});
  const Value tokens = b.gru("gru", x, {.hidden = 10, .bidirectional = true});
  const Value last = b.gru("last", tokens, {.hidden = 9, .bidirectional = true, .last = true});
  const Network network = b.build({{"max", b.over_tokens("most", x, op::Over::kMax)}, {"last", last}});
  const auto engine = Engine::compile(network, file, {.outputs = {"max", "last"}});
  const Texts texts(file);
  for (const std::size_t threads : {1U, 2U, 5U}) {
    const auto results = engine->run_texts(texts.texts, threads);
    EXPECT_LT(difference(results[0], floats(file, "output.max")), kExact) << threads;
    EXPECT_LT(difference(results[1], floats(file, "output.last")), kExact) << threads;
  }
}

// Everything() of make_networks.py.
Network everything() {
  network::NetworkBuilder b("everything");
  const auto norm = [&](const char* conv, const char* bn, Value x, const op::Conv2d& how, double epsilon = 1e-5) {
    return b.batch_norm(bn, b.conv(conv, x, how), epsilon);
  };
  Value x = b.picture("pixels", 3, 37, 37);
  x = norm("stem", "bn_stem", x, {.out = 12, .kernel = {5, 5}, .stride = 2, .padding = {1, 1, 2, 2}}, 1e-3);
  x = b.activation("relu6", x, op::Function::kRelu6);
  x = norm("depth", "bn_depth", x, {.out = 12, .kernel = {3, 3}, .groups = 12, .padding = {1, 1, 1, 1}});
  x = norm("point", "bn_point", b.activation("silu", x, op::Function::kSilu), {.out = 20});
  const Value far = b.conv(
      "far", x, {.out = 20, .kernel = {3, 3}, .dilation = 2, .groups = 4, .padding = {2, 2, 2, 2}, .bias = true});
  x = b.add("sum", x, b.activation("relu_far", far, op::Function::kRelu));
  x = b.activation("relu_sum", x, op::Function::kRelu);
  x = b.concat("join", {b.conv("wide", x, {.out = 8, .kernel = {1, 7}, .padding = {0, 3, 0, 3}, .bias = true}),
                        b.conv("tall", x, {.out = 8, .kernel = {7, 1}, .padding = {3, 0, 3, 0}, .bias = true}),
                        b.pool("mean", x, {.max = false, .kernel = {3, 3}, .stride = 1, .padding = {1, 1, 1, 1}})});
  x = b.pool("max", x, {.max = true, .kernel = {3, 3}, .stride = 2, .padding = {1, 1, 1, 1}});
  x = b.pool("mean_less", x, {.max = false, .kernel = {3, 3}, .stride = 2, .count_padding = false});
  const Value features = b.global_avg_pool("features", x);
  const Value hidden = b.activation("tanh", b.linear("fc1", b.flatten("flat", x), 24), op::Function::kTanh);
  return b.build({{"features", features}, {"logits", b.linear("fc2", hidden, 10)}});
}

// [N, C, H, W] to [N, H, W, C].
std::vector<float> by_pixel(const std::vector<float>& planes, std::size_t channels, std::size_t pixels) {
  std::vector<float> out(planes.size());
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const std::size_t item = i / (channels * pixels), c = i / pixels % channels, p = i % pixels;
    out[(item * pixels + p) * channels + c] = planes[i];
  }
  return out;
}

TEST(EnginePictures, M5_EveryOperationIsTorchs) {
  const WeightFile file = reference_file("everything");
  const Network network = everything();
  EXPECT_FALSE(network::check_weights(network, file).fatal());
  const std::vector<float> pixels = by_pixel(floats(file, "input.pixels"), 3, 37 * 37);
  for (const std::size_t threads : {1U, 2U, 4U}) {
    const auto engine = Engine::compile(network, file, {.outputs = {"features", "logits"}, .threads = threads});
    for (const std::size_t used : {threads, std::size_t{1}, threads + 3}) {
      const auto results = engine->run_pictures(pixels, used);
      EXPECT_LT(difference(results[0], floats(file, "output.features")), kExact) << threads << used;
      EXPECT_LT(difference(results[1], floats(file, "output.logits")), kExact) << threads << used;
    }
  }
}

// A convolution of 3 x 3 with a border of zeros, as it is defined. x: [H, W, in]; weight: [out, in, 3, 3].
std::vector<double> plain_convolution(const std::vector<double>& x, std::int64_t height, std::int64_t width,
                                      const std::vector<float>& weight, const std::vector<float>& bias) {
  const auto out = static_cast<std::int64_t>(bias.size()), in = static_cast<std::int64_t>(weight.size()) / (9 * out);
  std::vector<double> y;
  for (std::int64_t i = 0; i < height * width * out; ++i) {
    const std::int64_t o = i % out, column = i / out % width, row = i / out / width;
    double sum = bias[static_cast<std::size_t>(o)];
    for (std::int64_t k = 0; k < 9 * in; ++k) {
      const std::int64_t c = k / 9, r = row + k / 3 % 3 - 1, s = column + k % 3 - 1;
      if (r < 0 || r >= height || s < 0 || s >= width) continue;
      sum += weight[static_cast<std::size_t>(o * in * 9 + k)] * x[static_cast<std::size_t>((r * width + s) * in + c)];
    }
    y.push_back(sum);
  }
  return y;
}

// Odd and even sides, a sum with a shortcut that the last convolution adds in place, ReLU and ReLU6; wide enough for
// Winograd's way.
TEST(EnginePictures, M5_ConvolutionsOfThreeByThreeAreWhatTheyAreDefinedAs) {
  constexpr std::int64_t kHeight = 15, kWidth = 14;
  network::NetworkBuilder b("wide");
  const op::Conv2d how = {.out = 48, .kernel = {3, 3}, .padding = {1, 1, 1, 1}, .bias = true};
  const Value pixels = b.picture("pixels", 32, kHeight, kWidth);
  const Value first = b.activation("relu6", b.conv("first", pixels, how), op::Function::kRelu6);
  const Value mid = b.conv("mid", first, how);
  const Value sum = b.add("sum", first, b.conv("second", mid, how));
  const Network network = b.build({{"features", b.flatten("flat", b.activation("relu", sum, op::Function::kRelu))}});
  const network::MemoryWeights weights = network::random_weights(network, 5);
  Random random(7);
  std::vector<float> picture(2 * kHeight * kWidth * 32);
  for (float& value : picture) value = static_cast<float>(random.uniform() * 4 - 2);
  std::vector<float> expected;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto half = picture.begin() + static_cast<std::ptrdiff_t>(i * picture.size() / 2);
    auto x = plain_convolution({half, half + static_cast<std::ptrdiff_t>(picture.size() / 2)}, kHeight, kWidth,
                               floats(weights, "first.weight"), floats(weights, "first.bias"));
    for (double& value : x) value = std::clamp(value, 0.0, 6.0);
    auto y = x;
    for (const std::string name : {"mid", "second"})
      y = plain_convolution(y, kHeight, kWidth, floats(weights, name + ".weight"), floats(weights, name + ".bias"));
    for (std::size_t k = 0; k < x.size(); ++k) expected.push_back(static_cast<float>(std::max(0.0, x[k] + y[k])));
  }
  for (const std::size_t threads : {1U, 2U, 3U}) {
    const auto engine = Engine::compile(network, weights, {.threads = threads});
    EXPECT_LT(difference(engine->run_pictures(picture, threads)[0], expected), 1e-6) << threads;
  }
}

TEST(EnginePictures, M13_StayNearInBf16) {
  const WeightFile file = reference_file("everything");
  if (!can_compute(Precision::kBf16)) return expect_unsupported(everything(), file, Precision::kBf16);
  const auto engine = Engine::compile(everything(), file,
                                      {.precision = Precision::kBf16, .outputs = {"features", "logits"}, .threads = 2});
  const auto results = engine->run_pictures(by_pixel(floats(file, "input.pixels"), 3, 37 * 37), 2);
  EXPECT_GT(cosine(results[0], floats(file, "output.features")), 0.999);
  EXPECT_GT(cosine(results[1], floats(file, "output.logits")), 0.999);
}

TEST(EnginePictures, M13_StayNearInBytes) {
  const WeightFile file = reference_file("everything");
  const std::vector<float> pixels = by_pixel(floats(file, "input.pixels"), 3, 37 * 37);
  CompileOptions options = {.outputs = {"features", "logits"}};
  options.ranges = Engine::compile(everything(), file, options)->measure_ranges(pixels, 2);
  options.precision = Precision::kInt8;
  std::vector<std::vector<float>> alone;
  for (const std::size_t threads : {1U, 2U, 4U}) {
    options.threads = threads;
    const auto results = Engine::compile(everything(), file, options)->run_pictures(pixels, threads);
    EXPECT_GT(cosine(results[0], floats(file, "output.features")), 0.99) << threads;
    EXPECT_GT(cosine(results[1], floats(file, "output.logits")), 0.99) << threads;
    if (threads == 1) alone = results;
    EXPECT_LT(difference(results[0], alone[0]), 1e-6) << threads;
  }
}

TEST(EnginePictures, M13_BytesWantARangeOfEveryValue) {
  const WeightFile file = reference_file("everything");
  const auto exact = Engine::compile(everything(), file, {});
  CompileOptions options = {.precision = Precision::kInt8};
  options.ranges = exact->measure_ranges(by_pixel(floats(file, "input.pixels"), 3, 37 * 37), 1);
  for (const char* name : {"pixels", "relu6", "relu_sum"}) EXPECT_TRUE(options.ranges.contains(name)) << name;
  EXPECT_GT(options.ranges.at("relu6"), 0);
  EXPECT_LE(options.ranges.at("relu6"), 6);
  options.ranges.erase("relu6");
  try {
    Engine::compile(everything(), file, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(error.what(), testing::HasSubstr("relu6"));
  }
  EXPECT_THROW(exact->measure_ranges({}, 1), Error);
  std::vector<float> broken(3 * 37 * 37, 0.5F);
  broken[1000] = NAN;
  EXPECT_THROW(exact->measure_ranges(broken, 1), Error);
}

TEST(Engine, M13_TakesTheFastestPrecisionWhoseLossIsSmall) {
  std::vector<Precision> asked, native;
  const auto none = [&](Precision precision) {
    asked.push_back(precision);
    return false;
  };
  EXPECT_EQ(choose_precision(none), Precision::kF32);
  for (const Precision precision : {Precision::kInt8, Precision::kBf16}) {
    if (is_native(precision)) native.push_back(precision);
  }
  EXPECT_EQ(asked, native);
  const auto any = [](Precision) { return true; };
  EXPECT_EQ(choose_precision(any), native.empty() ? Precision::kF32 : native.front());
}

TEST(Engine, M3_RunsAtTheSameTimeGiveTheSame) {
  const WeightFile file = reference_file("bert");
  const auto engine = Engine::compile(network::build_bert(tiny_bert()), file, {});
  const Texts texts(file);
  const auto expected = engine->run_texts(texts.texts, 1)[0];
  std::vector<double> apart(24);
  parallel_for(apart.size(), 4, [&](std::size_t i, std::size_t) {
    apart[i] = difference(engine->run_texts(texts.texts, 1 + i % 3)[0], expected);
  });
  EXPECT_THAT(apart, testing::Each(testing::Lt(1e-6)));
}

}  // namespace
}  // namespace aisle::engine
