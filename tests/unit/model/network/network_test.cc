#include "model/network/network.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "model/network/architectures.h"
#include "model/network/bert.h"
#include "model/network/resnet.h"
#include "model/network/weights.h"

namespace aisle::network {
namespace {

using testing::HasSubstr;

// What building throws, with its context.
template <typename Build>
std::string refusal(Build build) {
  try {
    build();
  } catch (const Error& error) {
    return describe(error);
  }
  return "built";
}

const Operation& named(const Network& network, std::string_view name) {
  for (const Operation& operation : network.operations()) {
    if (operation.name == name) return operation;
  }
  throw Error(ErrorCode::kNotFound, std::string(name));
}

TEST(Network, ResnetsHaveTorchvisionsParametersAndProducts) {
  // The figures that torchvision publishes with its weights.
  const Network small = build_resnet18(1000), large = build_resnet50(1000);
  EXPECT_EQ(small.parameter_count(), 11'689'512U);
  EXPECT_EQ(large.parameter_count(), 25'557'032U);
  EXPECT_NEAR(static_cast<double>(large.multiply_adds()), 4.09e9, 0.005e9);
  EXPECT_NEAR(static_cast<double>(small.multiply_adds()), 1.81e9, 0.005e9);
  EXPECT_EQ(named(large, "layer4.0.conv2").shape, (Shape{Axis::kItems, {512, 7, 7}}));
  EXPECT_EQ(named(large, "layer2.0.downsample.0").parameters.at(0).name, "layer2.0.downsample.0.weight");
}

TEST(Network, EncodersHaveHuggingFacesParameters) {
  // num_parameters() of bert-base-uncased, distilbert-base-uncased and camembert-base as published.
  EXPECT_EQ(build_bert({.pooling = BertPooling::kPooler}).parameter_count(), 109'482'240U);
  const BertConfig distil = {.family = BertFamily::kDistilBert, .layers = 6, .token_types = 0};
  EXPECT_EQ(build_bert(distil).parameter_count(), 66'362'880U);
  const BertConfig camembert = {.family = BertFamily::kRoberta,
                                .vocabulary = 32005,
                                .positions = 514,
                                .position_offset = 2,
                                .token_types = 1,
                                .pooling = BertPooling::kPooler};
  EXPECT_EQ(build_bert(camembert).parameter_count(), 110'621'952U);
  EXPECT_EQ(build_bert(camembert).max_tokens(), 512U);
}

TEST(Network, ProductsOfAnEncoderGrowWithTheTextsLength) {
  const Network bert = build_bert({});
  // 85,054,464 weights of 12 layers less norms and biases, and 2 * 12 * 768 for each pair of tokens.
  const std::uint64_t weights = 12 * (4 * 768 * 768 + 2 * 768 * 3072);
  EXPECT_EQ(bert.multiply_adds(1), weights + 2 * 12 * 768);
  EXPECT_EQ(bert.multiply_adds(128), 128 * weights + 2 * 12 * 768 * 128 * 128);
}

TEST(Network, ErrorsNameTheOperation) {
  NetworkBuilder b("odd");
  const Value x = b.picture("pixels", 3, 8, 8);
  EXPECT_THAT(refusal([&] { b.conv("stem", x, {.out = 4, .kernel = {9, 9}}); }), HasSubstr("operation stem"));
  EXPECT_THAT(refusal([&] { b.conv("grouped", x, {.out = 4, .groups = 2}); }), HasSubstr("operation grouped"));
  EXPECT_THAT(refusal([&] { b.linear("fc", x, 4); }), HasSubstr("operation fc"));
  EXPECT_THAT(refusal([&] { b.conv("wide", x, {.out = 1 << 30}); }), HasSubstr("operation wide"));
  EXPECT_THAT(refusal([&] { b.conv("pixels", x, {.out = 4}); }), HasSubstr("the name is taken"));
  EXPECT_THAT(refusal([&] { b.ids("second"); }), HasSubstr("one input"));
  EXPECT_THAT(refusal([&] { b.add("sum", x, b.conv("c", x, {.out = 4})); }), HasSubstr("N x [3, 8, 8]"));
}

TEST(Network, RefusesSizesOfAnAbsurdConfiguration) {
  EXPECT_THAT(refusal([] { build_bert({.layers = 0}); }), HasSubstr("0 layers"));
  EXPECT_THAT(refusal([] { build_bert({.layers = 1'000'000}); }), HasSubstr("1000000 layers"));
  EXPECT_THAT(refusal([] { build_bert({.heads = 7}); }), HasSubstr("7 heads"));
  EXPECT_THAT(refusal([] { build_bert({.vocabulary = std::int64_t{1} << 40}); }), HasSubstr("word_embeddings"));
  EXPECT_THAT(refusal([] { build_bert({.vocabulary = 1 << 23, .width = 4096}); }), HasSubstr("word_embeddings"));
  EXPECT_THAT(refusal([] { build_bert({.position_offset = 512}); }), HasSubstr("position_embeddings"));
}

TEST(Network, SamePaddingIsTensorFlows) {
  // 224 with a kernel of 3 and a stride of 2: one row of zeros, below.
  const op::Padding even = same_padding(224, 224, 3, 2);
  EXPECT_EQ(even.top, 0);
  EXPECT_EQ(even.bottom, 1);
  const op::Padding five = same_padding(112, 15, 5, 2);
  EXPECT_EQ(five.top, 1);
  EXPECT_EQ(five.bottom, 2);
  EXPECT_EQ(five.left, 2);
  EXPECT_EQ(five.right, 2);
  NetworkBuilder b("same");
  const Value x = b.picture("pixels", 3, 224, 225);
  const Value y = b.conv("stem", x, {.out = 8, .kernel = {3, 3}, .stride = 2, .padding = same_padding(224, 225, 3, 2)});
  EXPECT_EQ(b.shape(y), (Shape{Axis::kItems, {8, 112, 113}}));
}

TEST(Network, ListsItsArchitectures) {
  for (const Architecture& architecture : architectures()) {
    const Network network = architecture.build(7);
    EXPECT_EQ(network.operations()[network.output("logits")].shape, (Shape{Axis::kItems, {7}})) << architecture.name;
    EXPECT_THAT(refusal([&] { architecture.build(0).output("logits"); }), HasSubstr("features"));
  }
  EXPECT_THAT(refusal([] { find_architecture("alexnet"); }), HasSubstr("resnet50"));
}

TEST(Weights, AreCheckedByNameAndShape) {
  const Network network = build_resnet18(10, 32);
  MemoryWeights weights = random_weights(network, 1);
  EXPECT_FALSE(check_weights(network, weights).fatal());
  weights.set("fc.bias", {11}, std::vector<float>(11));
  weights.set("extra", {1}, {0});
  const WeightProblems problems = check_weights(network, weights);
  EXPECT_THAT(problems.misshapen, testing::ElementsAre("fc.bias is f32 [11], should be [10]"));
  EXPECT_THAT(problems.surplus, testing::ElementsAre("extra"));
  EXPECT_THAT(check_weights(network, MemoryWeights()).missing, testing::Contains("fc.weight [10, 512]"));
}

TEST(Tensor, HalfPrecisionIsConvertedExactly) {
  EXPECT_EQ(float_from_f16(0x3c00), 1.0F);
  EXPECT_EQ(float_from_f16(0xc000), -2.0F);
  EXPECT_EQ(float_from_f16(0x0001), 0x1p-24F);
  EXPECT_EQ(float_from_f16(0x7bff), 65504.0F);
  EXPECT_EQ(float_from_f16(0xfc00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(float_from_f16(0x7e00)));
  EXPECT_EQ(bf16_from_float(1.0F), 0x3f80);
  EXPECT_EQ(bf16_from_float(1.00390625F), 0x3f80);  // half way: to even
  EXPECT_EQ(bf16_from_float(1.01171875F), 0x3f82);
  EXPECT_EQ(float_from_bf16(0xc2f7), -123.5F);
}

}  // namespace
}  // namespace aisle::network
