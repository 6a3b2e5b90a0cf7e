#include "workflow/backbones.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/sha256.h"
#include "model/network/architectures.h"
#include "model/network/backbone_network.h"
#include "model/network/formats/safetensors.h"
#include "model/network/weights.h"
#include "workflow/picture_settings.h"
#include "workflow_support.h"

namespace aisle {
namespace {

namespace fs = std::filesystem;
using network::MemoryWeights;
using network::NamedTensor;
using nlohmann::json;

// All of a source's tensors under other names.
void write_weights(const fs::path& file, const network::WeightSource& weights,
                   const std::function<std::string(std::string)>& rename) {
  std::vector<NamedTensor> tensors;
  for (const std::string& name : weights.names()) tensors.push_back({rename(name), weights.find(name).value()});
  network::write_safetensors(file, tensors);
}

std::string same(std::string name) {
  return name;
}

const json kConfig = {{"model_type", "bert"},         {"vocab_size", 30},         {"hidden_size", 8},
                      {"num_hidden_layers", 1},       {"num_attention_heads", 2}, {"intermediate_size", 16},
                      {"max_position_embeddings", 20}};

// Words of one letter: enough to open.
json small_tokenizer(int words) {
  json vocabulary = json::array();
  for (int i = 0; i < words; ++i) vocabulary.push_back({std::string(1, static_cast<char>('a' + i)), -i});
  return {{"model", {{"type", "Unigram"}, {"unk_id", 0}, {"vocab", vocabulary}}}};
}

// As sentence-transformers writes it.
constexpr const char* kModules = R"([{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},
{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
{"idx":2,"name":"2","path":"2_Normalize","type":"sentence_transformers.models.Normalize"}])";

class Backbones : public testing::Test {
 protected:
  // A Hugging Face folder with a tiny encoder.
  fs::path encoder_folder(const std::function<std::string(std::string)>& rename = same) {
    const fs::path folder = path() / "encoder";
    fs::create_directories(folder / "1_Pooling");
    write_file_atomically(folder / "config.json", kConfig.dump());
    write_file_atomically(folder / "tokenizer.json", small_tokenizer(3).dump());
    write_file_atomically(folder / "1_Pooling/config.json",
                          R"({"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false})");
    write_file_atomically(folder / "modules.json", kModules);
    const BackboneManifest manifest{.architecture = "bert", .input = BackboneInput::kText};
    const network::Network network = network::backbone_network(manifest, kConfig);
    write_weights(folder / "model.safetensors", network::random_weights(network, 1), rename);
    return folder;
  }

  fs::path picture_file(const char* architecture, const std::function<std::string(std::string)>& rename = same) {
    const fs::path file = path() / "weights.safetensors";
    write_weights(file, network::random_weights(network::find_architecture(architecture).build(10), 2), rename);
    return file;
  }

  Backbone add(const fs::path& source, const std::string& architecture = "") {
    return add_backbone(fixture_.context, "it", {.source = source.string(), .architecture = architecture});
  }

  std::string refusal(const fs::path& source, ErrorCode code, const std::string& architecture = "") {
    try {
      add(source, architecture);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << describe(error);
      EXPECT_TRUE(list_backbones(fixture_.context).empty());
      return describe(error);
    }
    ADD_FAILURE() << source << " is taken";
    return "";
  }

  fs::path path() { return fs::path(fixture_.file("marker", "")).parent_path(); }

  WorkflowFixture fixture_;
};

TEST_F(Backbones, KeepsAHuggingFaceFolderWithAllThatItsFeaturesNeed) {
  const Backbone added = add(encoder_folder());
  EXPECT_EQ(added.manifest.architecture, "bert");
  EXPECT_EQ(added.manifest.text, (TextInput{.pooling = "first", .normalize = true, .max_tokens = 20}));
  EXPECT_EQ(added.manifest.features, 8);
  std::vector<std::string> names;
  for (const BackboneFile& file : added.manifest.files) names.push_back(file.name);
  EXPECT_EQ(names, (std::vector<std::string>{"config.json", "tokenizer.json", "weights.safetensors"}));
  EXPECT_EQ(require_backbone(fixture_.context, "it"), added);
  EXPECT_EQ(require_backbone(fixture_.context, added.digest), added);
}

TEST_F(Backbones, OpensWhatItKeeps) {
  const fs::path folder = encoder_folder();
  const network::WeightFile given = network::WeightFile::open(folder / "model.safetensors");
  const OpenBackbone opened = open_backbone(fixture_.context, add(folder));
  EXPECT_FALSE(network::check_weights(opened.network, opened.weights).fatal());
  EXPECT_EQ(opened.network.name(), "bert");
  for (const std::string& name : given.names())
    EXPECT_EQ(network::to_floats(*opened.weights.find(name)), network::to_floats(*given.find(name))) << name;
}

TEST_F(Backbones, UnderstandsOtherSpellingsOfAnEncodersNames) {
  const fs::path folder = encoder_folder([](std::string name) {
    if (const auto at = name.find("LayerNorm.weight"); at != std::string::npos) name.replace(at, 16, "LayerNorm.gamma");
    if (const auto at = name.find("LayerNorm.bias"); at != std::string::npos) name.replace(at, 14, "LayerNorm.beta");
    return "module.bert." + name;
  });
  const OpenBackbone opened = open_backbone(fixture_.context, add(folder));
  EXPECT_TRUE(opened.weights.find("embeddings.LayerNorm.weight"));
  EXPECT_FALSE(network::check_weights(opened.network, opened.weights).fatal());
}

TEST_F(Backbones, FindsOutWhichPictureNetworkAFileIsOf) {
  EXPECT_EQ(add(picture_file("resnet18")).manifest.architecture, "resnet18");
  const Backbone found = require_backbone(fixture_.context, "it");
  EXPECT_EQ(found.manifest.picture, PictureInput{});
  EXPECT_EQ(found.manifest.features, 512);
  // The head of the file is not kept.
  EXPECT_FALSE(open_backbone(fixture_.context, found).weights.find("fc.weight"));
}

TEST_F(Backbones, AsksWhereTheWeightsFitTwoNetworks) {
  const fs::path file = picture_file("efficientnet_lite0");
  EXPECT_NE(refusal(file, ErrorCode::kInvalidArgument).find("--architecture"), std::string::npos);
  EXPECT_EQ(add(file, "efficientnet_lite0").manifest.architecture, "efficientnet_lite0");
}

TEST_F(Backbones, NamesEveryParameterThatIsMissingOrMisshapen) {
  const fs::path folder =
      encoder_folder([](const std::string& name) { return name == "embeddings.LayerNorm.bias" ? "other.bias" : name; });
  json config = kConfig;
  config["intermediate_size"] = 24;
  write_file_atomically(folder / "config.json", config.dump());
  const std::string words = refusal(folder, ErrorCode::kInvalidArgument);
  for (const char* part : {"1 missing: embeddings.LayerNorm.bias [8]", "3 of another shape", "should be [24, 8]",
                           "1 not wanted: other.bias"})
    EXPECT_NE(words.find(part), std::string::npos) << words;
}

TEST_F(Backbones, SaysWhatAFolderLacks) {
  const fs::path folder = encoder_folder();
  for (const char* name : {"tokenizer.json", "model.safetensors", "config.json"}) {
    fs::remove(folder / name);
    EXPECT_NE(refusal(folder, ErrorCode::kNotFound).find(name), std::string::npos);
  }
  EXPECT_NE(refusal(folder / "nowhere", ErrorCode::kNotFound).find("nowhere"), std::string::npos);
}

TEST_F(Backbones, SaysThatWeightsAreSplit) {
  const fs::path folder = encoder_folder();
  fs::rename(folder / "model.safetensors", folder / "model-00001-of-00002.safetensors");
  write_file_atomically(folder / "model.safetensors.index.json", "{}");
  const std::string words = refusal(folder, ErrorCode::kUnsupported);
  EXPECT_NE(words.find("max_shard_size"), std::string::npos) << words;
  EXPECT_NE(words.find("model.safetensors.index.json"), std::string::npos) << words;
}

TEST_F(Backbones, OpensTheTokenizerBeforeItTakesAnEncoder) {
  const fs::path folder = encoder_folder();
  const auto given = [&](const json& tokenizer, ErrorCode code) {
    write_file_atomically(folder / "tokenizer.json", tokenizer.dump());
    return refusal(folder, code);
  };
  EXPECT_NE(given(json::object(), ErrorCode::kCorrupt).find("tokenizer.json"), std::string::npos);
  json tokenizer = small_tokenizer(3);
  tokenizer["normalizer"] = {{"type", "Nonsense"}};
  EXPECT_NE(given(tokenizer, ErrorCode::kUnsupported).find("Nonsense"), std::string::npos);
  tokenizer = small_tokenizer(3);
  tokenizer["added_tokens"] = {{{"id", 30}, {"content", "[NEW]"}}};
  EXPECT_NE(given(tokenizer, ErrorCode::kInvalidArgument).find("31 ids, the network's embedding 30 rows"),
            std::string::npos);
  fs::remove(folder / "tokenizer.json");
  write_file_atomically(folder / "vocab.txt", "[UNK]\na\n");
  EXPECT_NE(refusal(folder, ErrorCode::kCorrupt).find("vocab.txt"), std::string::npos);
}

TEST_F(Backbones, NamesWhatIsWrongWithSentenceTransformersFiles) {
  const fs::path folder = encoder_folder();
  const auto with = [&](const char* file, const std::string& text, ErrorCode code) {
    const std::string good = read_file(folder / file, 1 << 20);
    write_file_atomically(folder / file, text);
    std::string words = refusal(folder, code);
    write_file_atomically(folder / file, good);
    EXPECT_NE(words.find(file), std::string::npos) << words;
    return words;
  };
  const char* const pooling = "1_Pooling/config.json";
  EXPECT_NE(with("modules.json", R"([{"type":"sentence_transformers.models.Dense","path":"2_Dense"}])",
                 ErrorCode::kUnsupported)
                .find("'Dense'"),
            std::string::npos);
  with("modules.json", "{}", ErrorCode::kInvalidArgument);
  with("modules.json", "[{\"type\":1}]", ErrorCode::kInvalidArgument);
  with("modules.json", "[", ErrorCode::kInvalidArgument);
  with("modules.json", R"([{"type":"Transformer","path":"../other"}])", ErrorCode::kInvalidArgument);
  with(pooling, R"({"pooling_mode_mean_tokens":true,"pooling_mode_cls_token":true})", ErrorCode::kUnsupported);
  with(pooling, R"({"pooling_mode_max_tokens":true})", ErrorCode::kUnsupported);
  with(pooling, R"({"pooling_mode_mean_tokens":"yes"})", ErrorCode::kInvalidArgument);
  with(pooling, "[]", ErrorCode::kInvalidArgument);
  EXPECT_NE(
      with(pooling, R"({"word_embedding_dimension":384,"pooling_mode_mean_tokens":true})", ErrorCode::kInvalidArgument)
          .find("8 wide"),
      std::string::npos);
  fs::remove(folder / pooling);
  EXPECT_NE(refusal(folder, ErrorCode::kNotFound).find(pooling), std::string::npos);
}

TEST_F(Backbones, TakesAnEncoderThatLiesWithinItsFolder) {
  const fs::path inner = encoder_folder(), folder = path() / "old";
  fs::create_directories(folder);
  fs::rename(inner / "1_Pooling", folder / "1_Pooling");
  fs::remove(inner / "modules.json");
  fs::rename(inner, folder / "0_Transformer");
  write_file_atomically(folder / "modules.json",
                        R"([{"path":"0_Transformer","type":"sentence_transformers.models.Transformer"},
                            {"path":"1_Pooling","type":"sentence_transformers.models.Pooling"}])");
  EXPECT_EQ(add(folder).manifest.text, (TextInput{.pooling = "first", .max_tokens = 20}));
}

TEST_F(Backbones, RefusesPicturesThatCannotBePrepared) {
  const fs::path folder = path() / "timm";
  fs::create_directories(folder);
  fs::rename(picture_file("resnet18"), folder / "model.safetensors");
  const auto given = [&](const json& trained, ErrorCode code) {
    write_file_atomically(folder / "config.json",
                          json{{"architecture", "resnet18"}, {"pretrained_cfg", trained}}.dump());
    return refusal(folder, code);
  };
  EXPECT_NE(given({{"interpolation", "nearest"}}, ErrorCode::kUnsupported).find("'nearest'"), std::string::npos);
  EXPECT_NE(given({{"input_size", {3, 224, 320}}}, ErrorCode::kUnsupported).find("square"), std::string::npos);
  EXPECT_NE(given({{"input_size", {3, 1e300, 1e300}}}, ErrorCode::kInvalidArgument).find("input_size"),
            std::string::npos);
  EXPECT_NE(given({{"input_size", {3, 224}}}, ErrorCode::kInvalidArgument).find("config.json"), std::string::npos);
  given({{"input_size", {3, 5000, 5000}}}, ErrorCode::kInvalidArgument);
  given({{"std", {0, 1, 1}}}, ErrorCode::kInvalidArgument);
  given({{"crop_pct", 2}}, ErrorCode::kInvalidArgument);
  EXPECT_NE(refusal(folder, ErrorCode::kInvalidArgument, "bert").find("picture network"), std::string::npos);
}

TEST_F(Backbones, ReadsHowTimmsFolderWasTrained) {
  const fs::path folder = path() / "timm";
  fs::create_directories(folder);
  const json config = {{"architecture", "resnet18"},
                       {"pretrained_cfg",
                        {{"input_size", {3, 160, 160}},
                         {"crop_pct", 0.95},
                         {"interpolation", "bicubic"},
                         {"mean", {0.5, 0.5, 0.5}},
                         {"std", {0.25, 0.25, 0.25}},
                         {"crop_mode", "center"}}}};
  write_file_atomically(folder / "config.json", config.dump());
  fs::rename(picture_file("resnet18"), folder / "model.safetensors");
  const PictureInput wanted{
      .size = 160, .resized = 168, .filter = "bicubic", .mean = {0.5, 0.5, 0.5}, .deviation = {0.25, 0.25, 0.25}};
  EXPECT_EQ(add(folder).manifest.picture, wanted);
}

TEST_F(Backbones, SameContentHasTheSameDigestUnderAnyName) {
  const fs::path folder = encoder_folder();
  const Backbone first = add(folder);
  const Backbone second = add_backbone(fixture_.context, "again", {.source = folder.string()});
  EXPECT_EQ(first.digest, second.digest);
  const Backbone other = add_backbone(fixture_.context, "mean", {.source = folder.string(), .pooling = "mean"});
  EXPECT_NE(first.digest, other.digest);
}

TEST_F(Backbones, ATakenNameAndABadOneAreRefusedBeforeAnyWork) {
  add(encoder_folder());
  EXPECT_THROW(add("/nowhere"), Error);
  try {
    add("/nowhere");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kAlreadyExists);
  }
  EXPECT_THROW(add_backbone(fixture_.context, "Not a name", {.source = "/nowhere"}), Error);
}

TEST_F(Backbones, RemovingTakesTheFilesAwayUnlessAModelNeedsThem) {
  const Backbone added = add(encoder_folder());
  const Digest weights = added.manifest.file(kBackboneWeights).digest;
  ModelVersion version{.model = "average", .parameters = {{"members", "linear,sentence:it"}}};
  fixture_.context.workspace.training->add_version(fixture_.task.id, version);
  try {
    remove_backbone(fixture_.context, "it");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kFailedPrecondition);
    EXPECT_NE(std::string(error.what()).find("version 1 of"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(fixture_.context.workspace.blobs->contains(weights));
  version.parameters = {{"members", "linear,sentence:item"}};
  fixture_.context.workspace.training->add_version(fixture_.task.id, version);
  add_backbone(fixture_.context, "other", {.source = encoder_folder().string(), .pooling = "mean"});
  remove_backbone(fixture_.context, "other");
  EXPECT_THROW(require_backbone(fixture_.context, "other"), Error);
  EXPECT_TRUE(fixture_.context.workspace.blobs->contains(weights));  // "it" has the same weights
}

TEST_F(Backbones, CollectsTheFilesOfARemovedOne) {
  const Backbone added = add(encoder_folder());
  remove_backbone(fixture_.context, "it");
  EXPECT_FALSE(fixture_.context.workspace.blobs->contains(added.manifest.file(kBackboneWeights).digest));
}

TEST_F(Backbones, FetchesAFileFromAUrlAndChecksIt) {
  const fs::path file = picture_file("resnet18");
  const std::string sum = sha256_hex(MappedFile(file).text());
  const auto fetch = [&](const std::string& sha256) {
    return add_backbone(fixture_.context, "it", {.source = "file://" + file.string(), .sha256 = sha256});
  };
  EXPECT_THROW(fetch(std::string(64, '0')), Error);
  EXPECT_THROW(fetch("12"), Error);
  EXPECT_EQ(fetch(sum).manifest.architecture, "resnet18");
}

TEST(UsualPictures, D5_ArePreparedAsTheAuthorsDo) {
  // torchvision 0.14 (IMAGENET1K_V1) and timm's pretrained_cfg.
  const auto usual = [](const char* name) { return transform_of(network::usual_picture_input(name)); };
  EXPECT_EQ(usual("resnet50").frame,
            (PictureFrame{224, 224, PictureResize::kShortestSide, 256, PictureFilter::kBilinear}));
  EXPECT_EQ(usual("inception_v3").frame,
            (PictureFrame{299, 299, PictureResize::kShortestSide, 342, PictureFilter::kBilinear}));
  EXPECT_EQ(usual("inception_v3").mean[0], 0.5F);
  EXPECT_EQ(usual("xception").frame.resized, resized_side(299, 0.8975));
  EXPECT_EQ(usual("efficientnet_lite0").frame.filter, PictureFilter::kBicubic);
  for (const std::string_view name : network::picture_backbones())
    EXPECT_NO_THROW(transform_of(network::usual_picture_input(name))) << name;
  EXPECT_THROW(network::usual_picture_input("bert"), Error);
}

}  // namespace
}  // namespace aisle
