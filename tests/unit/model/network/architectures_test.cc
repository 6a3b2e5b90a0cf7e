// Parameters, shapes and multiplications of each architecture against torchvision and timm
// (tests/data/networks/generate.py), and what the small networks of our own are made of.
#include "model/network/architectures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "core/error.h"
#include "core/files.h"

namespace aisle::network {
namespace {

constexpr std::int64_t kClasses = 1000;

struct Reference {
  std::uint64_t multiply_adds = 0;
  std::vector<std::string> parameters;  // "name [shape]", sorted
};

Reference read_reference(const std::string& name) {
  std::istringstream text(read_file(std::filesystem::path(AISLE_TEST_DATA) / "networks" / (name + ".txt"), 1 << 20));
  Reference reference;
  std::string line;
  std::getline(text, line);
  reference.multiply_adds = std::stoull(line.substr(line.rfind(' ')));
  while (std::getline(text, line)) reference.parameters.push_back(line);
  std::ranges::sort(reference.parameters);
  return reference;
}

std::vector<std::string> parameters_of(const Network& network) {
  std::vector<std::string> lines;
  for (const Parameter& parameter : network.parameters())
    lines.push_back(parameter.name + " " + dims_text(parameter.shape));
  std::ranges::sort(lines);
  return lines;
}

class Published : public testing::TestWithParam<const char*> {};

TEST_P(Published, HasTheParametersAndTheCostOfTheReference) {
  const Reference reference = read_reference(GetParam());
  const Network network = find_architecture(GetParam()).build(kClasses);
  EXPECT_EQ(network.name(), GetParam());
  EXPECT_EQ(parameters_of(network), reference.parameters);
  EXPECT_EQ(network.multiply_adds(), reference.multiply_adds);
}

TEST_P(Published, WithoutItsHeadHasTheFeaturesAlone) {
  const Network network = find_architecture(GetParam()).build(0);
  ASSERT_EQ(network.outputs().size(), 1U);
  EXPECT_EQ(network.outputs().front().name, "features");
  const Shape& features = network.operations()[network.output("features")].shape;
  EXPECT_EQ(features.axis, Axis::kItems);
  EXPECT_EQ(features.dims.size(), 1U);
  EXPECT_LT(network.parameter_count(), find_architecture(GetParam()).build(kClasses).parameter_count());
}

INSTANTIATE_TEST_SUITE_P(Architectures, Published,
                         testing::Values("resnet18", "resnet50", "vgg16", "inception_v3", "xception",
                                         "efficientnet_lite0", "tf_efficientnet_lite0"),
                         [](const auto& name) { return std::string(name.param); });

Dims features_of(const char* name) {
  const Network network = find_architecture(name).build(7);
  EXPECT_EQ(network.operations()[network.output("logits")].shape.dims, Dims{7}) << name;
  return network.operations()[network.output("features")].shape.dims;
}

TEST(Architectures, M2_M5_SmallNetworksHaveTheirFeaturesAndClasses) {
  EXPECT_EQ(features_of("conv1d"), Dims{256});
  EXPECT_EQ(features_of("dnn"), Dims{256});
  EXPECT_EQ(features_of("bigru"), Dims{1024});
  EXPECT_EQ(features_of("cnn"), Dims{512});
}

TEST(Architectures, BigruHasTheParametersOfPyTorchsGru) {
  const Network network = find_architecture("bigru").build(0);
  // Of torch.nn.GRU(512, 512, bidirectional=True), besides the embedding.
  const std::vector<std::string> wanted = {"embedding.weight [20000, 512]",        "gru.bias_hh_l0 [1536]",
                                           "gru.bias_hh_l0_reverse [1536]",        "gru.bias_ih_l0 [1536]",
                                           "gru.bias_ih_l0_reverse [1536]",        "gru.weight_hh_l0 [1536, 512]",
                                           "gru.weight_hh_l0_reverse [1536, 512]", "gru.weight_ih_l0 [1536, 512]",
                                           "gru.weight_ih_l0_reverse [1536, 512]"};
  EXPECT_EQ(parameters_of(network), wanted);
}

TEST(Architectures, AnUnknownNameSaysWhatThereIs) {
  try {
    find_architecture("resnet51");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    for (const Architecture& architecture : architectures())
      EXPECT_NE(std::string(error.what()).find(architecture.name), std::string::npos) << architecture.name;
  }
}

}  // namespace
}  // namespace aisle::network
