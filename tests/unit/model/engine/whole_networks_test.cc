// Every architecture whole, features and logits, against torchvision, timm, transformers and plain torch
// (tests/reference/make_whole_networks.py): weights and inputs are made by a rule on both sides.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/files.h"
#include "model/engine/engine.h"
#include "model/network/architectures.h"
#include "model/network/bert.h"
#include "model/network/cnn.h"
#include "model/network/efficientnet.h"
#include "model/network/hugging_face.h"
#include "model/network/inception.h"
#include "model/network/resnet.h"
#include "model/network/vgg.h"
#include "model/network/xception.h"
#include "support/compared.h"
#include "unit/model/engine/reference_file.h"
#include "unit/model/engine/ruled_values.h"

namespace aisle::engine {
namespace {

using network::EfficientNetOrigin;
using network::Network;

constexpr std::int64_t kClasses = 7;
constexpr std::size_t kItems = 2;
constexpr double kExact = 1e-4;  // the bar for float32
constexpr std::size_t kLengths[] = {5, 1, 23, 12};

const network::WeightFile& references() {
  static const network::WeightFile file = reference_file("whole");
  return file;
}

std::shared_ptr<const Engine> ruled_engine(const Network& network) {
  return Engine::compile(network, ruled_weights(network), {.outputs = {"features", "logits"}, .threads = 2});
}

void expect_reference(const std::string& name, const std::vector<float>& got) {
  EXPECT_LE(difference(got, floats(references(), name)), kExact) << name;
}

void expect_references(const std::string& name, const std::vector<std::vector<float>>& got) {
  expect_reference(name + ".features", got[0]);
  expect_reference(name + ".logits", got[1]);
}

// --- pictures

struct PictureCase {
  const char* name;
  std::int64_t size;
  Network (*build)(std::int64_t classes, std::int64_t size);
};
void PrintTo(const PictureCase& given, std::ostream* out) {
  *out << given.name;
}

// [N, H, W, C], by the rule in the order [N, C, H, W].
std::vector<float> ruled_pixels(std::size_t side) {
  const std::size_t area = side * side;
  const std::vector<float> planes = ruled_spread("pixels", kItems * 3 * area, 1.75F);
  std::vector<float> pixels(planes.size());
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const std::size_t picture = i / (3 * area), channel = i / area % 3, at = i % area;
    pixels[(picture * area + at) * 3 + channel] = planes[i];
  }
  return pixels;
}

class WholePictureNetwork : public testing::TestWithParam<PictureCase> {};

TEST_P(WholePictureNetwork, M5_HasTheFeaturesAndLogitsOfTheReference) {
  const auto& [name, size, build] = GetParam();
  const auto engine = ruled_engine(build(kClasses, size));
  expect_references(name, engine->run_pictures(ruled_pixels(static_cast<std::size_t>(size)), 2));
}

INSTANTIATE_TEST_SUITE_P(Architectures, WholePictureNetwork,
                         testing::Values(PictureCase{"resnet18", 97, network::build_resnet18},
                                         PictureCase{"resnet50", 97, network::build_resnet50},
                                         PictureCase{"vgg16", 64, network::build_vgg16},
                                         PictureCase{"xception", 75, network::build_xception},
                                         PictureCase{"inception_v3", 107, network::build_inception_v3},
                                         PictureCase{"efficientnet_lite0", 97,
                                                     [](std::int64_t classes, std::int64_t size) {
                                                       return network::build_efficientnet_lite0(
                                                           classes, EfficientNetOrigin::kPyTorch, size);
                                                     }},
                                         PictureCase{"tf_efficientnet_lite0", 97,
                                                     [](std::int64_t classes, std::int64_t size) {
                                                       return network::build_efficientnet_lite0(
                                                           classes, EfficientNetOrigin::kTensorFlow, size);
                                                     }},
                                         PictureCase{"cnn", 128,
                                                     [](std::int64_t classes, std::int64_t size) {
                                                       return network::build_cnn({.size = size, .classes = classes});
                                                     }}),
                         [](const auto& given) { return std::string(given.param.name); });

// --- texts and rows

std::vector<std::vector<float>> run_ruled_texts(const Engine& engine, std::uint64_t vocabulary) {
  std::size_t count = 0;
  for (const std::size_t length : kLengths) count += length;
  const std::vector<std::int32_t> ids = ruled_ids(count, vocabulary);
  std::vector<Text> texts;
  std::size_t begin = 0;
  for (const std::size_t length : kLengths) {
    texts.push_back(Text(ids).subspan(begin, length));
    begin += length;
  }
  return engine.run_texts(texts, 2);
}

class WholeEncoder : public testing::TestWithParam<const char*> {};

TEST_P(WholeEncoder, M3_IsBuiltFromItsConfigurationAsTransformersDoes) {
  const auto file = std::filesystem::path(AISLE_TEST_DATA) / "networks/encoders.json";
  const auto how = nlohmann::json::parse(read_file(file, 1 << 20)).at(GetParam());
  network::BertConfig config = network::bert_config(how.at("config"));
  const std::string pooling = how.at("pooling");
  config.pooling = pooling == "pooler"  ? network::BertPooling::kPooler
                   : pooling == "first" ? network::BertPooling::kFirst
                                        : network::BertPooling::kMean;
  config.classes = kClasses;
  const auto engine = ruled_engine(network::build_bert(config));
  expect_references(GetParam(), run_ruled_texts(*engine, static_cast<std::uint64_t>(config.vocabulary)));
}

INSTANTIATE_TEST_SUITE_P(Families, WholeEncoder,
                         testing::Values("bert", "distilbert", "roberta", "camembert", "xlm-roberta"),
                         [](const auto& given) {
                           std::string name = given.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(WholeNetworks, M2_TextNetworksThatLearnFromScratch) {
  for (const char* name : {"conv1d", "bigru"}) {
    const auto engine = ruled_engine(network::find_architecture(name).build(kClasses));
    expect_references(name, run_ruled_texts(*engine, 20'000));
  }
}

TEST(WholeNetworks, M2_DenseLayersOnRows) {
  const auto engine = ruled_engine(network::find_architecture("dnn").build(kClasses));
  expect_references("dnn", engine->run_rows(ruled_spread("tfidf", kItems * 10'000), 2));
}

}  // namespace
}  // namespace aisle::engine
